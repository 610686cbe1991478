"""Edits of a clip's look: values, keyframes, presets, seed, translator. Pure; values are quantised by the schema.

The dirty spans follow from the two looks alone: an axis whose curve changed is dirty between its nearest untouched
keys, a base value only where no curve overrides it, and a value without effect dirties nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from itertools import takewhile
from math import isfinite
from operator import add

from core.condition import AXES, NEUTRAL, Condition
from core.document.changes import Aspect, ChangeSet, Edit
from core.document.edits import unchanged
from core.document.masks import retimed
from core.document.model import AMOUNT, Clip, Curve, Interpolation, Keyframe, Look, Mask, Project, animatable_axis
from core.document.shapes import Handle
from core.errors import EditRejected, UsageError
from core.ids import AxisId, ClipId, TranslatorId
from core.timebase import ZERO, RangeSet, Time, TimeRange
from core.words import tr


def _quantised(axis: AxisId, value: float) -> float:
    try:
        return animatable_axis(axis).quantise(value)
    except UsageError as error:
        raise EditRejected(error.message) from None


def with_look(project: Project, clip: Clip, look: Look) -> Edit:
    """The clip in another look, with the spans whose picture may differ."""
    if look == clip.look:
        return unchanged(project)
    changed = project.with_clip(replace(clip, look=look))
    dirty = RangeSet.of(r.intersection(clip.span) for r in _dirty_spans(clip, look))
    return Edit(changed, ChangeSet(Aspect.CONDITION, dirty.ranges))


def _dirty_spans(clip: Clip, after: Look) -> Iterator[TimeRange]:
    """Timeline spans whose picture may differ when the clip's look becomes `after`."""
    before = clip.look
    if before.is_as_shot and after.is_as_shot:
        return
    if (before.translator, before.seed) != (after.translator, after.seed):
        yield clip.span
        return
    if not before.curves and not after.curves:
        if before.amount != after.amount or before.base.effective != after.base.effective:
            yield clip.span
        return
    for axis in (AMOUNT, *AXES):
        yield from _axis_spans(clip, axis, after)


def _axis_spans(clip: Clip, axis: AxisId, after: Look) -> Iterator[TimeRange]:
    old, new = clip.look.curve(axis), after.curve(axis)
    if old is None and new is None:
        if _base_value(clip.look, axis) != _base_value(after, axis):
            yield clip.span
    elif old is None or new is None:
        yield clip.span
    elif old != new:
        start, end = _changed_between(old.keys, new.keys)
        # A key may lie in the handles, outside the clip.
        first = clip.span.start if start is None else max(clip.timeline_time(start), clip.span.start)
        last = clip.span.end if end is None else min(clip.timeline_time(end), clip.span.end)
        if first < last:
            yield TimeRange(first, last)


def _changed_between(old: tuple[Keyframe, ...], new: tuple[Keyframe, ...]) -> tuple[Time | None, Time | None]:
    """Source instants of the last key before and the first key after everything that differs; None where there is none.

    A Bézier segment beside it whose handles follow from the keys differs too.
    """
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    rest = zip(reversed(old[head:]), reversed(new[head:]), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], rest))
    if head > 1 and _follows(old[head - 2], old[head - 1]):
        head -= 1
    if tail > 1 and _follows(old[-tail], old[-tail + 1]):
        tail -= 1
    return (old[head - 1].time if head else None), (old[-tail].time if tail else None)


def _follows(left: Keyframe, right: Keyframe) -> bool:
    return left.interpolation is Interpolation.BEZIER and (left.out is None or right.into is None)


def _base_value(look: Look, axis: AxisId) -> float:
    return look.amount if axis == AMOUNT else look.base[axis]


def _with_base(look: Look, axis: AxisId, value: float) -> Look:
    return replace(look, amount=value) if axis == AMOUNT else replace(look, base=look.base.with_value(axis, value))


def with_keys(look: Look, axis: AxisId, keys: Iterable[Keyframe]) -> Look:
    """The look with these keys on `axis`; none takes the curve away. Curves stay in schema order."""
    ordered = tuple(sorted(keys, key=lambda k: k.time))
    curves = [c for c in look.curves if c.axis != axis]
    if ordered:
        curves.append(Curve(axis, ordered))
    places = (AMOUNT, *AXES)
    return replace(look, curves=tuple(sorted(curves, key=lambda c: places.index(c.axis))))


def _key(look: Look, axis: AxisId, at: Time) -> Keyframe:
    curve = look.curve(axis)
    key = curve.key_at(at) if curve else None
    if key is None:
        raise EditRejected(tr("{name} has no keyframe at this frame.", name=tr(animatable_axis(axis).label)))
    return key


def _reject_outside_media(project: Project, clip: Clip, at: Time) -> None:
    if not ZERO <= at <= project.length_of(clip):
        raise EditRejected(tr("A keyframe must lie inside its media."))


def set_value(project: Project, clip_id: ClipId, axis: AxisId, value: float, at: Time | None) -> Edit:
    """Set a condition, or `AMOUNT`. An animated axis gets a key at source instant `at`; any other its base value."""
    clip = project.clip(clip_id)
    exact = _quantised(axis, value)
    if clip.look.curve(axis) is None:
        return with_look(project, clip, _with_base(clip.look, axis, exact))
    if at is None:
        raise EditRejected(
            tr("{name} is animated; move the playhead onto the clip to set it.", name=tr(animatable_axis(axis).label))
        )
    return set_keyframe(project, clip_id, axis, at, exact)


def set_values(project: Project, clip_id: ClipId, values: Iterable[tuple[AxisId, float]], at: Time | None) -> Edit:
    """Several axes at once, each as `set_value` would: a dial sets two, and all of them or none."""
    edit = unchanged(project)
    for axis, value in values:
        step = set_value(edit.project, clip_id, axis, value, at)
        edit = Edit(step.project, edit.changes.merged(step.changes))
    return edit


def set_keyframe(project: Project, clip_id: ClipId, axis: AxisId, at: Time, value: float | None) -> Edit:
    """Add or change a key; None takes the value as it is at that instant. A new key leaves as its predecessor does."""
    clip = project.clip(clip_id)
    _reject_outside_media(project, clip, at)
    look = clip.look
    exact = look.value_at(axis, at) if value is None else _quantised(axis, value)
    keys = curve.keys if (curve := look.curve(axis)) else ()
    before = [k for k in keys if k.time <= at]
    interpolation = before[-1].interpolation if before else Interpolation.LINEAR
    key = Keyframe(at, exact, interpolation)
    return with_look(project, clip, with_keys(look, axis, (*(k for k in keys if k.time != at), key)))


def remove_keyframe(project: Project, clip_id: ClipId, axis: AxisId, at: Time) -> Edit:
    """Take a key away. The last one leaves its value as the base value, so the picture there stays."""
    clip = project.clip(clip_id)
    key = _key(clip.look, axis, at)
    keys = tuple(k for c in clip.look.curves if c.axis == axis for k in c.keys if k != key)
    look = with_keys(clip.look, axis, keys)
    return with_look(project, clip, look if keys else _with_base(look, axis, key.value))


def toggle_keyframe(project: Project, clip_id: ClipId, axis: AxisId, at: Time) -> Edit:
    """Take the key at this instant away, or pin the present value with one."""
    curve = project.clip(clip_id).look.curve(axis)
    if curve is not None and curve.key_at(at) is not None:
        return remove_keyframe(project, clip_id, axis, at)
    return set_keyframe(project, clip_id, axis, at, None)


def move_keyframe(project: Project, clip_id: ClipId, axis: AxisId, at: Time, to: Time, value: float | None) -> Edit:
    """Move a key in time, and to another value if one is given; it replaces a key it lands on."""
    clip = project.clip(clip_id)
    _reject_outside_media(project, clip, to)
    key = _key(clip.look, axis, at)
    moved = replace(key, time=to, value=key.value if value is None else _quantised(axis, value))
    keys = (k for c in clip.look.curves if c.axis == axis for k in c.keys if k.time not in (at, to))
    return with_look(project, clip, with_keys(clip.look, axis, (*keys, moved)))


def set_interpolation(project: Project, clip_id: ClipId, axis: AxisId, at: Time, interpolation: Interpolation) -> Edit:
    """Say how the curve leaves the key at `at`."""
    clip = project.clip(clip_id)
    key = _key(clip.look, axis, at)
    keys = (k for c in clip.look.curves if c.axis == axis for k in c.keys if k != key)
    return with_look(project, clip, with_keys(clip.look, axis, (*keys, replace(key, interpolation=interpolation))))


def set_handles(
    project: Project, clip_id: ClipId, axis: AxisId, at: Time, into: Handle | None, out: Handle | None
) -> Edit:
    """Say how a Bézier curve arrives at the key at `at` and leaves it; None lets it follow from the keys about it."""
    clip = project.clip(clip_id)
    key = _key(clip.look, axis, at)
    changed = replace(key, into=into and _exact_handle(into), out=out and _exact_handle(out))
    keys = (k for c in clip.look.curves if c.axis == axis for k in c.keys if k != key)
    return with_look(project, clip, with_keys(clip.look, axis, (*keys, changed)))


def _exact_handle(handle: Handle) -> Handle:
    if not (isfinite(handle.time) and isfinite(handle.value)):
        raise EditRejected(tr("A handle must be a number."))
    return handle.exact


def set_curves(project: Project, clip_id: ClipId, curves: Sequence[tuple[AxisId, Sequence[Keyframe]]]) -> Edit:
    """Give axes these keys, all of them or none: what moving, scaling and pasting several keys comes to. An axis without
    keys keeps the value it had at its first key. Values are held in the axis' range; of two keys at one instant the last counts.
    """
    clip = project.clip(clip_id)
    look = clip.look
    for axis, keys in curves:
        for key in keys:
            _reject_outside_media(project, clip, key.time)
        exact, before = exact_keys(axis, keys), look.curve(axis)
        look = with_keys(look, axis, exact)
        if not exact and before is not None:
            look = _with_base(look, axis, before.keys[0].value)
    return with_look(project, clip, look)


def exact_keys(axis: AxisId, keys: Iterable[Keyframe]) -> tuple[Keyframe, ...]:
    """Keys as they are stored: in order, one an instant (the last counts), values held in the axis' range and on its grid."""
    known = animatable_axis(axis)
    exact: dict[Time, Keyframe] = {}
    for key in keys:
        if not isfinite(key.value):
            raise EditRejected(tr("{name} must be a number.", name=tr(known.label)))
        exact[key.time] = replace(
            key,
            value=known.quantise(known.held(key.value)),
            into=key.into and _exact_handle(key.into),
            out=key.out and _exact_handle(key.out),
        )
    return tuple(sorted(exact.values(), key=lambda k: k.time))


class LookPart(StrEnum):
    """What of a look can be pasted by itself."""

    CONDITIONS = "conditions"
    AMOUNT = "amount"
    KEYFRAMES = "keyframes"
    MASKS = "masks"
    TRANSLATOR = "translator"
    """With its seed."""


def paste_look(
    project: Project,
    ids: Sequence[ClipId],
    look: Look,
    masks: Sequence[Mask],
    origin: Time,
    parts: Collection[LookPart],
) -> Edit:
    """Give clips parts of a look that was copied from one whose in point is `origin`.

    Keyframes keep their distance from the in point; those that would lie outside the media are left out.
    """
    edit = unchanged(project)
    for id_ in ids:
        clip = edit.project.clip(id_)
        worn = clip.look
        if LookPart.TRANSLATOR in parts:
            worn = replace(worn, translator=look.translator, seed=look.seed)
        if LookPart.CONDITIONS in parts:
            worn = replace(worn, name=look.name, base=look.base)
        if LookPart.AMOUNT in parts:
            worn = replace(worn, amount=look.amount)
        if LookPart.KEYFRAMES in parts:
            by, last = clip.source.start - origin, edit.project.length_of(clip)
            worn = replace(worn, curves=())
            for curve in look.curves:
                moved = (replace(k, time=k.time + by) for k in curve.keys)
                worn = with_keys(worn, curve.axis, (k for k in moved if ZERO <= k.time <= last))
        edit = then(edit, with_look(edit.project, clip, worn))
        pasted = retimed(masks, partial(add, clip.source.start - origin))
        if LookPart.MASKS in parts and pasted != clip.masks:
            changed = edit.project.with_clip(replace(edit.project.clip(id_), masks=pasted))
            edit = then(edit, Edit(changed, ChangeSet(Aspect.MASK, (clip.span,))))
    return edit


def then(first: Edit, second: Edit) -> Edit:
    """Two edits, the second made of what the first has left, as one."""
    return Edit(second.project, first.changes.merged(second.changes))


def apply_preset(
    project: Project, clip_id: ClipId, name: str, condition: Condition, strength: float, *, is_stacked: bool
) -> Edit:
    """Lay a preset over the look (stacked: only the axes it sets move) or in place of it. Animated axes it sets become still."""
    if not 0.0 <= strength <= 1.0:
        raise EditRejected(tr("Strength runs from 0 to 1, not {strength:g}.", strength=strength))
    clip = project.clip(clip_id)
    look = clip.look
    base = (look.base if is_stacked else NEUTRAL).overlaid(checked(condition), strength)
    stilled = {axis for axis, _ in condition} if is_stacked else set(AXES)
    curves = tuple(c for c in look.curves if c.axis not in stilled)
    title = f"{look.name} + {name}" if is_stacked and look.name else name
    return with_look(project, clip, replace(look, name=title, base=base, curves=curves))


def checked(condition: Condition) -> Condition:
    """The condition on its grid. Raises `EditRejected`."""
    try:
        return Condition.of(dict(condition))
    except UsageError as error:
        raise EditRejected(error.message) from None


def reset_axes(project: Project, clip_id: ClipId, axes: tuple[AxisId, ...]) -> Edit:
    """Bring these axes (or `AMOUNT`) back to where they do nothing, keys included. A look left as shot loses its name."""
    clip = project.clip(clip_id)
    look = clip.look
    for axis in axes:
        look = _with_base(with_keys(look, axis, ()), axis, animatable_axis(axis).neutral)
    if look.base == NEUTRAL and not look.curves:
        look = replace(look, name="")
    return with_look(project, clip, look)


def set_seed(project: Project, clip_id: ClipId, seed: int) -> Edit:
    """Choose which rain, which clouds: another seed, another shot of the same weather. 0 .. 2**31 - 1."""
    if not 0 <= seed < 2**31:
        raise EditRejected(tr("A seed runs from 0 to {most}, not {seed}.", most=2**31 - 1, seed=seed))
    clip = project.clip(clip_id)
    return with_look(project, clip, replace(clip.look, seed=seed))


def set_translator(project: Project, clip_id: ClipId, translator: TranslatorId) -> Edit:
    """Choose what makes the picture. Whether it can be loaded is for the engine to say, on the clip."""
    if not translator.strip():
        raise EditRejected(tr("A translator needs an id."))
    clip = project.clip(clip_id)
    return with_look(project, clip, replace(clip.look, translator=translator))
