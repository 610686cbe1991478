"""Edits of a clip's masks: pure, numbers brought to the grid on which they are hashed and drawn."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import Final

from core.document.changes import Aspect, ChangeSet, Edit
from core.document.edits import checked_name, unchanged
from core.document.masks import effective_masks
from core.document.model import Clip, Mask, MaskOperation, Project, Stroke, StrokePoint
from core.errors import EditRejected
from core.ids import ClipId, MaskId
from core.words import tr

POINT_DECIMALS: Final = 5
"""A stroke's points lie on a grid of 1e-5 picture sizes: a tenth of a pixel at 8K."""
MARGIN: Final = 1.0
"""How far outside the picture, in picture sizes, the brush is still followed."""


MOST_GROWTH: Final = 0.25


def with_masks(project: Project, clip: Clip, masks: tuple[Mask, ...]) -> Edit:
    """Dirty is the whole clip, since masks hold still, or nothing where the matte stays the same."""
    if masks == clip.masks:
        return unchanged(project)
    is_seen = effective_masks(clip.masks) != effective_masks(masks)
    changed = project.with_clip(replace(clip, masks=masks))
    return Edit(changed, ChangeSet(Aspect.MASK, (clip.span,) if is_seen else ()))


def with_mask(project: Project, clip: Clip, mask: Mask) -> Edit:
    return with_masks(project, clip, tuple(mask if m.id == mask.id else m for m in clip.masks))


def checked_number(name: str, value: float, low: float, high: float, decimals: int) -> float:
    """The value on its grid. Raises `EditRejected` outside `low` .. `high`."""
    if not isfinite(value) or not low <= value <= high:
        raise EditRejected(
            tr("{name} runs from {low:g} to {high:g}, not {value:g}.", name=name, low=low, high=high, value=value)
        )
    return round(value, decimals) + 0.0


def add_mask(project: Project, clip_id: ClipId, mask_id: MaskId, name: str) -> Edit:
    """Add an empty mask: until it is painted on, the look acts nowhere through it."""
    clip = project.clip(clip_id)
    if any(m.id == mask_id for m in clip.masks):
        raise EditRejected(tr("That mask is already in the clip."))
    return with_masks(project, clip, (*clip.masks, Mask(mask_id, checked_name(name))))


def remove_mask(project: Project, clip_id: ClipId, mask_id: MaskId) -> Edit:
    clip = project.clip(clip_id)
    gone = clip.mask(mask_id)
    return with_masks(project, clip, tuple(m for m in clip.masks if m is not gone))


def rename_mask(project: Project, clip_id: ClipId, mask_id: MaskId, name: str) -> Edit:
    clip = project.clip(clip_id)
    return with_mask(project, clip, replace(clip.mask(mask_id), name=checked_name(name)))


def move_mask(project: Project, clip_id: ClipId, mask_id: MaskId, index: int) -> Edit:
    """Put a mask at this place of the list."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    others = [m for m in clip.masks if m is not mask]
    if not 0 <= index <= len(others):
        raise EditRejected(
            tr("There are {count} masks; place {index} does not exist.", count=len(clip.masks), index=index + 1)
        )
    return with_masks(project, clip, (*others[:index], mask, *others[index:]))


def set_mask(
    project: Project,
    clip_id: ClipId,
    mask_id: MaskId,
    *,
    is_enabled: bool | None = None,
    is_inverted: bool | None = None,
    feather: float | None = None,
    opacity: float | None = None,
    operation: MaskOperation | None = None,
    grow: float | None = None,
) -> Edit:
    """Change what is given. `feather` in picture heights, 0..0.5; `opacity` 0..1; `grow` in picture heights, ±0.25."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    changed = replace(
        mask,
        is_enabled=mask.is_enabled if is_enabled is None else is_enabled,
        is_inverted=mask.is_inverted if is_inverted is None else is_inverted,
        feather=mask.feather if feather is None else checked_number(tr("Feather"), feather, 0.0, 0.5, 4),
        opacity=mask.opacity if opacity is None else checked_number(tr("Opacity"), opacity, 0.0, 1.0, 3),
        operation=mask.operation if operation is None else operation,
        grow=mask.grow if grow is None else checked_number(tr("Growth"), grow, -MOST_GROWTH, MOST_GROWTH, 4),
    )
    return with_mask(project, clip, changed)


def add_stroke(project: Project, clip_id: ClipId, mask_id: MaskId, stroke: Stroke) -> Edit:
    """Paint. Raises `EditRejected` for a stroke without points or a brush out of range, or on a frame that is locked."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    if stroke.at is not None and mask.follow is not None and mask.follow.locked_at(stroke.at) is not None:
        raise EditRejected(tr("The matte is locked on this frame; unlock it to paint on it."))
    return with_mask(project, clip, replace(mask, strokes=(*mask.strokes, checked_stroke(stroke))))


def clear_strokes(project: Project, clip_id: ClipId, mask_id: MaskId) -> Edit:
    """Take all strokes away; what is painted next lies over the shapes that are left."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    return with_mask(project, clip, replace(mask, strokes=(), shapes=tuple(replace(s, after=0) for s in mask.shapes)))


def checked_stroke(stroke: Stroke) -> Stroke:
    """The stroke on its grid. Raises `EditRejected` for one without points or a brush out of range."""
    if not stroke.points:
        raise EditRejected(tr("A stroke needs at least one point."))
    return Stroke(
        points=tuple(_checked_point(p) for p in stroke.points),
        radius=checked_number(tr("Brush radius"), stroke.radius, 1e-4, 2.0, POINT_DECIMALS),
        hardness=checked_number(tr("Brush hardness"), stroke.hardness, 0.0, 1.0, 3),
        flow=checked_number(tr("Brush flow"), stroke.flow, 0.0, 1.0, 3),
        mode=stroke.mode,
        at=stroke.at,
        pressing=stroke.pressing,
        mirror=None
        if stroke.mirror is None
        else checked_number(tr("Mirror axis"), stroke.mirror, 0.0, 1.0, POINT_DECIMALS),
    )


def _checked_point(point: StrokePoint) -> StrokePoint:
    """A pen far outside the picture is held at the margin: a drag must not fail for leaving the window."""
    if not (isfinite(point.x) and isfinite(point.y) and isfinite(point.pressure)):
        raise EditRejected(tr("A stroke's points must be numbers."))
    return StrokePoint(
        x=round(min(max(point.x, -MARGIN), 1.0 + MARGIN), POINT_DECIMALS) + 0.0,
        y=round(min(max(point.y, -MARGIN), 1.0 + MARGIN), POINT_DECIMALS) + 0.0,
        pressure=round(min(max(point.pressure, 0.0), 1.0), 3) + 0.0,
    )
