"""Edits of the shapes in a clip's masks. Pure. A change of keys dirties only what lies between the keys it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile

from core.document.changes import Aspect, ChangeSet, Edit
from core.document.edits import unchanged
from core.document.mask_shapes import (
    FEWEST_POINTS,
    AnyForm,
    PathShape,
    Shape,
    ShapeKey,
    ShapeOperation,
    Tween,
    checked_shape,
    with_point,
    without_point,
)
from core.document.model import Clip, Mask, Project
from core.errors import EditRejected
from core.ids import ClipId, MaskId, ShapeId
from core.timebase import Time, TimeRange
from core.words import tr


def _shape(mask: Mask, shape_id: ShapeId) -> Shape:
    for shape in mask.shapes:
        if shape.id == shape_id:
            return shape
    raise EditRejected(tr("That shape is no longer in the mask."))


def _with_shapes(project: Project, clip: Clip, mask: Mask, shapes: tuple[Shape, ...], dirty: TimeRange) -> Edit:
    if shapes == mask.shapes:
        return unchanged(project)
    masks = tuple(replace(m, shapes=shapes) if m is mask else m for m in clip.masks)
    is_seen = mask.is_enabled and not dirty.is_empty
    return Edit(project.with_clip(replace(clip, masks=masks)), ChangeSet(Aspect.MASK, (dirty,) if is_seen else ()))


def _edited(
    project: Project, clip_id: ClipId, mask_id: MaskId, shape_id: ShapeId, change: Callable[[Shape], Shape]
) -> Edit:
    """One shape changed, on its grid again."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    shape = _shape(mask, shape_id)
    changed = checked_shape(change(shape))
    shapes = tuple(changed if s is shape else s for s in mask.shapes)
    return _with_shapes(project, clip, mask, shapes, _dirty(clip, shape, changed))


def _dirty(clip: Clip, old: Shape, new: Shape) -> TimeRange:
    """Timeline span in which one shape may differ from another that took its place."""
    if not old.keys or not new.keys or old.operation is not new.operation:
        return clip.span
    start, end = _changed_between(old, new)
    first = clip.span.start if start is None else max(clip.timeline_time(start), clip.span.start)
    last = clip.span.end if end is None else min(clip.timeline_time(end), clip.span.end)
    return TimeRange(first, max(first, last))


def _changed_between(old: Shape, new: Shape) -> tuple[Time | None, Time | None]:
    """Source instants of the last key before and the first key after everything that differs; None where there is none.

    A smooth passage differs from the key before that, for its speed at a key follows from the keys on both sides.
    """
    if old.tween is not new.tween:
        return old.keys[0].time, old.keys[-1].time
    before, now, reach = old.keys, new.keys, int(old.tween is Tween.SMOOTH)
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False)))
    rest = zip(reversed(before[head:]), reversed(now[head:]), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], rest))
    head, tail = (max(1, n - reach) if n else 0 for n in (head, tail))
    return (before[head - 1].time if head else None), (before[-tail].time if tail else None)


def add_shape(project: Project, clip_id: ClipId, mask_id: MaskId, shape: Shape) -> Edit:
    """Lay a shape over all that the mask has."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    if any(s.id == shape.id for s in mask.shapes):
        raise EditRejected(tr("That shape is already in the mask."))
    made = checked_shape(replace(shape, after=len(mask.strokes)))
    return _with_shapes(project, clip, mask, (*mask.shapes, made), clip.span)


def remove_shape(project: Project, clip_id: ClipId, mask_id: MaskId, shape_id: ShapeId) -> Edit:
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    gone = _shape(mask, shape_id)
    return _with_shapes(project, clip, mask, tuple(s for s in mask.shapes if s is not gone), clip.span)


def move_shape(project: Project, clip_id: ClipId, mask_id: MaskId, shape_id: ShapeId, index: int) -> Edit:
    """Put a shape at this place of the mask's list: it acts on those before it."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    shape = _shape(mask, shape_id)
    others = [s for s in mask.shapes if s is not shape]
    if not 0 <= index <= len(others):
        raise EditRejected(
            tr("There are {count} shapes; place {place} does not exist.", count=len(mask.shapes), place=index + 1)
        )
    return _with_shapes(project, clip, mask, (*others[:index], shape, *others[index:]), clip.span)


def set_form(
    project: Project, clip_id: ClipId, mask_id: MaskId, shape_id: ShapeId, form: AnyForm, at: Time | None
) -> Edit:
    """Give a shape another form. One with keys gets a key at source instant `at`."""

    def change(shape: Shape) -> Shape:
        if not shape.keys:
            return replace(shape, form=form)
        if at is None:
            raise EditRejected(tr("The shape has keyframes; move the playhead onto the clip to change it."))
        return _keyed(shape, at, form)

    return _edited(project, clip_id, mask_id, shape_id, change)


def _keyed(shape: Shape, at: Time, form: AnyForm) -> Shape:
    return shape.with_keys((*(k for k in shape.keys if k.time != at), ShapeKey(at, form)))


def set_shape(
    project: Project,
    clip_id: ClipId,
    mask_id: MaskId,
    shape_id: ShapeId,
    *,
    operation: ShapeOperation | None = None,
    tween: Tween | None = None,
) -> Edit:
    """Change what is given."""

    def change(shape: Shape) -> Shape:
        return replace(
            shape,
            operation=shape.operation if operation is None else operation,
            tween=shape.tween if tween is None else tween,
        )

    return _edited(project, clip_id, mask_id, shape_id, change)


def set_key(project: Project, clip_id: ClipId, mask_id: MaskId, shape_id: ShapeId, at: Time) -> Edit:
    """Pin the shape as it is at a source instant."""
    return _edited(project, clip_id, mask_id, shape_id, lambda shape: _keyed(shape, at, shape.at(at)))


def remove_key(project: Project, clip_id: ClipId, mask_id: MaskId, shape_id: ShapeId, at: Time) -> Edit:
    """Take a key away; after the last one the shape stays as that had it."""

    def change(shape: Shape) -> Shape:
        key = shape.key_at(at)
        if key is None:
            raise EditRejected(tr("The shape has no keyframe at this frame."))
        return replace(shape, form=key.form).with_keys(tuple(k for k in shape.keys if k is not key))

    return _edited(project, clip_id, mask_id, shape_id, change)


def add_point(
    project: Project, clip_id: ClipId, mask_id: MaskId, shape_id: ShapeId, segment: int, share: float
) -> Edit:
    """Another point on a path, at every key in the same place of the same segment; the path keeps its form."""

    def change(form: AnyForm) -> AnyForm:
        path = _path(form, segment)
        return with_point(path, segment, min(max(share, 0.001), 0.999))

    return _edited(project, clip_id, mask_id, shape_id, lambda shape: shape.mapped(change))


def remove_point(project: Project, clip_id: ClipId, mask_id: MaskId, shape_id: ShapeId, index: int) -> Edit:
    """A point less, at every key."""

    def change(form: AnyForm) -> AnyForm:
        path = _path(form, index)
        if len(path.points) <= FEWEST_POINTS:
            raise EditRejected(
                tr("A path keeps {count} points at least; delete the shape instead.", count=FEWEST_POINTS)
            )
        return without_point(path, index)

    return _edited(project, clip_id, mask_id, shape_id, lambda shape: shape.mapped(change))


def _path(form: AnyForm, index: int) -> PathShape:
    if not isinstance(form, PathShape) or not 0 <= index < len(form.points):
        raise EditRejected(tr("The shape has no such point."))
    return form
