"""Recipes: looks apart from any clip. One can be kept, worn by any clip, and blended into another over time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite
from typing import Final

from core.condition import AXES, NEUTRAL, Condition
from core.document.changes import Aspect, ChangeSet, Edit
from core.document.edits import unchanged
from core.document.look_edits import checked, exact_keys, then, with_keys, with_look
from core.document.masks import retimed
from core.document.model import (
    AMOUNT,
    Clip,
    Curve,
    Interpolation,
    Keyframe,
    Look,
    Mask,
    Project,
    animatable_axis,
)
from core.errors import EditRejected
from core.ids import AxisId, ClipId, TranslatorId
from core.timebase import ZERO, Time, TimeRange
from core.words import tr

BLENDED: Final = " \u2192 "
"""Between the names of two looks that pass into one another."""
_PLAIN: Final = Look()


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that made a picture of a source, but for the source. `version` and `weights` only tell: they choose nothing."""

    name: str
    base: Condition = NEUTRAL
    amount: float = 1.0
    curves: tuple[Curve, ...] = ()
    """Their instants count from the in point of the clip they were made on."""
    length: Time = ZERO
    """Of that clip; `ZERO` where there was none, as for a preset."""
    masks: tuple[Mask, ...] | None = None
    """None has nothing to say of masks: a clip that wears the recipe keeps its own. Keys of shapes count as those of curves."""
    translator: TranslatorId = _PLAIN.translator
    seed: int = 1
    version: str = ""
    """Of the translator it was made with."""
    weights: str = ""
    """Names the weights of the optional models that had a part in it; empty where none had."""


def recipe_of(clip: Clip, name: str, *, with_masks: bool, version: str = "", weights: str = "") -> Recipe:
    """What a clip wears, times counted from its in point."""
    look = clip.look
    return Recipe(
        name,
        look.base,
        look.amount,
        tuple(Curve(c.axis, _moved(c.keys, ZERO - clip.source.start)) for c in look.curves),
        clip.source.duration,
        retimed(clip.masks, lambda time: time - clip.source.start) if with_masks else None,
        look.translator,
        look.seed,
        version,
        weights,
    )


def worn(recipe: Recipe, clip: Clip, *, stretched: bool = False) -> Look:
    """The recipe as a look of this clip: keys at their distance from the in point, or spread over its length.

    Keys may lie outside the clip's media.
    """
    when = _when(recipe, clip, stretched=stretched)
    curves = tuple(Curve(c.axis, tuple(replace(k, time=when(k.time)) for k in c.keys)) for c in recipe.curves)
    return Look(recipe.translator, recipe.name, recipe.base, recipe.amount, curves, recipe.seed)


def _when(recipe: Recipe, clip: Clip, *, stretched: bool) -> Callable[[Time], Time]:
    """The source instant of this clip for one of the recipe."""
    stretch = stretched and recipe.length > ZERO
    scale = clip.source.duration.seconds / recipe.length.seconds if stretch else Fraction(1)
    return lambda time: Time(clip.source.start.seconds + time.seconds * scale)


def _masks_of(recipe: Recipe, clip: Clip, *, stretched: bool) -> tuple[Mask, ...]:
    """The masks that a clip has in this recipe."""
    return clip.masks if recipe.masks is None else retimed(recipe.masks, _when(recipe, clip, stretched=stretched))


def apply_recipe(project: Project, ids: Sequence[ClipId], recipe: Recipe, *, stretched: bool) -> Edit:
    """Have clips wear a recipe, whole. Of keys outside a clip's media what they make at its ends stays."""
    edit = unchanged(project)
    for id_ in ids:
        clip = edit.project.clip(id_)
        look = _inside(worn(recipe, clip, stretched=stretched), edit.project.length_of(clip))
        edit = then(edit, with_look(edit.project, clip, look))
        masks = _masks_of(recipe, clip, stretched=stretched)
        if masks != clip.masks:
            changed = edit.project.with_clip(replace(edit.project.clip(id_), masks=masks))
            edit = then(edit, Edit(changed, ChangeSet(Aspect.MASK, (clip.span,))))
    return edit


def dressed(project: Project, clip_id: ClipId, recipe: Recipe) -> Project:
    """The project with a clip in a recipe, for looking at; as it is where that clip is gone."""
    is_there = any(clip.id == clip_id for clip in project.clips())
    return apply_recipe(project, (clip_id,), recipe, stretched=False).project if is_there else project


def wears(project: Project, clip: Clip, recipe: Recipe) -> bool:
    """Whether applying the recipe to this clip would change nothing but the name of its look."""
    look = clip.look
    if (look.base, look.amount) != (recipe.base, recipe.amount):
        return False  # the usual case, told without looking at keys
    has_masks = _masks_of(recipe, clip, stretched=False) == clip.masks
    return has_masks and replace(_inside(worn(recipe, clip), project.length_of(clip)), name=look.name) == look


def _moved(keys: Iterable[Keyframe], by: Time) -> tuple[Keyframe, ...]:
    return tuple(replace(k, time=k.time + by) for k in keys)


def _inside(look: Look, length: Time) -> Look:
    """The look on its grid, with the keys that media of this length can have."""
    if not look.translator.strip() or not 0 <= look.seed < 2**31:
        raise EditRejected(tr("A look needs a translator, and a seed from 0 to 2147483647."))
    made = replace(look, base=checked(look.base), amount=_exact(AMOUNT, look.amount), curves=())
    for curve in look.curves:
        keys = exact_keys(curve.axis, curve.keys)
        kept = exact_keys(curve.axis, _cut(Curve(curve.axis, keys), length)) if keys else ()
        made = with_keys(made, curve.axis, kept)
        if keys and not kept:
            made = with_still(made, curve.axis, Curve(curve.axis, keys).value_at(ZERO))
    return made


def _cut(curve: Curve, length: Time) -> tuple[Keyframe, ...]:
    """The keys from 0 to `length`, with one at an end beyond which there were more; none where the value stands still."""
    early = [k for k in curve.keys if k.time < ZERO]
    late = [k for k in curve.keys if k.time > length]
    inside = [k for k in curve.keys if ZERO <= k.time <= length]
    times = {k.time for k in inside}
    if early and (inside or late) and ZERO not in times:
        inside.insert(0, Keyframe(ZERO, curve.value_at(ZERO), early[-1].interpolation))
    if late and inside and length not in times:
        inside.append(Keyframe(length, curve.value_at(length)))
    return tuple(inside)


def _exact(axis: AxisId, value: float) -> float:
    known = animatable_axis(axis)
    if not isfinite(value):
        raise EditRejected(tr("{name} must be a number.", name=tr(known.label)))
    return known.quantise(known.held(value))


def with_still(look: Look, axis: AxisId, value: float) -> Look:
    """The look with one value of an axis (or `AMOUNT`) for all time."""
    still, exact = with_keys(look, axis, ()), _exact(axis, value)
    return replace(still, amount=exact) if axis == AMOUNT else replace(still, base=still.base.with_value(axis, exact))


# ---- from one look to another ------------------------------------------------------------------------------------


def blend(
    project: Project, clip_id: ClipId, recipes: tuple[Recipe, Recipe], span: TimeRange, interpolation: Interpolation
) -> Edit:
    """Have a clip wear one recipe until source instant `span.start`, another from `span.end`, and pass from one to the other.

    Conditions and amount blend, directions the short way round. A direction or height whose gate is shut in one of the two
    is the other's throughout, as in `Condition.mixed`. Translator, seed and masks stay as the clip has them.
    """
    clip = project.clip(clip_id)
    if span.is_empty or not (clip.source.start <= span.start and span.end <= clip.source.end):
        raise EditRejected(tr("A blend must begin and end inside the clip, and the beginning comes first."))
    length = project.length_of(clip)
    first, last = (_inside(worn(recipe, clip), length) for recipe in recipes)
    look = replace(clip.look, name=f"{recipes[0].name}{BLENDED}{recipes[1].name}", curves=())
    for axis in (AMOUNT, *AXES):
        keys = exact_keys(axis, _passage(*_opened(first, last, axis), axis, span, interpolation))
        if len({key.value for key in keys}) == 1:
            look = with_still(look, axis, keys[0].value)
        else:
            look = with_keys(with_still(look, axis, keys[0].value), axis, keys)
    return with_look(project, clip, look)


def _opened(first: Look, last: Look, axis: AxisId) -> tuple[Look, Look]:
    """The two looks, where an axis does nothing in one of them because its gate is shut, with the other's value in its place."""
    gate = None if axis == AMOUNT else AXES[axis].gate
    if gate is None or _is_shut(first, gate) == _is_shut(last, gate):
        return first, last
    return (last, last) if _is_shut(first, gate) else (first, first)


def _is_shut(look: Look, gate: AxisId) -> bool:
    return look.curve(gate) is None and look.base[gate] == AXES[gate].neutral


def _passage(
    first: Look, last: Look, axis: AxisId, span: TimeRange, interpolation: Interpolation
) -> Iterator[Keyframe]:
    """Keys of the one before the span, of the other after it, and one at either end."""
    before, after = first.curve(axis), last.curve(axis)
    yield from (k for k in before.keys if k.time < span.start) if before else ()
    yield Keyframe(span.start, first.value_at(axis, span.start), interpolation)
    left = [k.interpolation for k in after.keys if k.time <= span.end] if after else []
    yield Keyframe(span.end, last.value_at(axis, span.end), left[-1] if left else Interpolation.LINEAR)
    yield from (k for k in after.keys if k.time > span.end) if after else ()


def left_by_blend(clip: Clip, recipes: tuple[Recipe, Recipe]) -> tuple[str, ...]:
    """What of two recipes a blend on this clip leaves out, for it cannot lie between two: `translator`, `seed`, `masks`."""
    masks = [_masks_of(recipe, clip, stretched=False) for recipe in recipes]
    differs = {
        "translator": any(r.translator != clip.look.translator for r in recipes),
        "seed": any(r.seed != clip.look.seed for r in recipes),
        "masks": any(m != clip.masks for m in masks),
    }
    return tuple(name for name, is_so in differs.items() if is_so)
