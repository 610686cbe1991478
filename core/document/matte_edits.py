"""Edits of what a mask begins with, and of how it follows the picture: pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from core.document.changes import Edit
from core.document.edits import unchanged
from core.document.mask_edits import checked_number, with_mask
from core.document.model import Mask, Project
from core.document.selectors import MOST_MATTE_BYTES, Follow, LockedMatte, Selector, SelectorKind, checked
from core.errors import EditRejected
from core.ids import ClipId, MaskId
from core.timebase import ZERO, Time
from core.words import tr

MOST_STEADY: Final = 3
PNG: Final = b"\x89PNG\r\n\x1a\n"


def set_selector(project: Project, clip_id: ClipId, mask_id: MaskId, selector: Selector | None) -> Edit:
    """Lay paint over what this rule selects, or over nothing again. Raises `EditRejected` where a film is not in the project."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    chosen = None if selector is None else checked(selector)
    if chosen is not None and chosen.kind is SelectorKind.FILM and chosen.media is not None:
        project.media_facts(chosen.media)
    return with_mask(project, clip, replace(mask, selector=chosen))


def set_steady(project: Project, clip_id: ClipId, mask_id: MaskId, frames: int) -> Edit:
    """Average over so many frames before and after."""
    clip = project.clip(clip_id)
    steady = int(checked_number(tr("Steadiness"), frames, 0, MOST_STEADY, 0))
    return with_mask(project, clip, replace(clip.mask(mask_id), steady=steady))


def follow_mask(project: Project, clip_id: ClipId, mask_id: MaskId, start: Time, first: Time, last: Time) -> Edit:
    """Carry a mask along the picture from `start` to `first` and to `last`, source instants; one that follows goes farther.

    Where it follows already it keeps its start: paint belongs to the frames it was painted on. Raises `EditRejected`.
    """
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    if clip.is_adjustment:
        raise EditRejected(tr("A mask of an adjustment clip lies over several shots and cannot follow any."))
    length = project.length_of(clip)
    first, last = max(first, ZERO), min(last, length)
    before = mask.follow
    if before is not None:
        start, first, last = before.start, min(first, before.first), max(last, before.last)
    if not first <= start <= last:
        raise EditRejected(tr("A mask follows from the frame it was painted on; that one lies outside the span."))
    locked = before.locked if before is not None else ()
    return with_mask(project, clip, replace(mask, follow=Follow(start, first, last, locked)))


def stop_following(project: Project, clip_id: ClipId, mask_id: MaskId) -> Edit:
    """Hold still again, as it was painted where following began: what was corrected on the way goes."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    if mask.follow is None:
        return unchanged(project)
    start = mask.follow.start
    kept = tuple(replace(s, at=None) for s in mask.strokes if s.at is None or s.at == start)
    return with_mask(project, clip, replace(mask, follow=None, strokes=kept))


def lock_matte(project: Project, clip_id: ClipId, mask_id: MaskId, time: Time, png: bytes) -> Edit:
    """Let a mask be just this at a source instant, whatever is corrected before it; what lies farther on follows from it."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    follow = _followed(mask)
    if not png.startswith(PNG) or len(png) > MOST_MATTE_BYTES:
        raise EditRejected(tr("A locked matte must be a picture of a few megabytes at most."))
    others = tuple(each for each in follow.locked if each.time != time)
    locked = tuple(sorted((*others, LockedMatte(time, png)), key=lambda each: each.time))
    return with_mask(project, clip, replace(mask, follow=replace(follow, locked=locked)))


def unlock_matte(project: Project, clip_id: ClipId, mask_id: MaskId, time: Time) -> Edit:
    """Let the matte follow from the frames before it again."""
    clip = project.clip(clip_id)
    mask = clip.mask(mask_id)
    follow = _followed(mask)
    left = tuple(each for each in follow.locked if each.time != time)
    if left == follow.locked:
        raise EditRejected(tr("That frame is not locked."))
    return with_mask(project, clip, replace(mask, follow=replace(follow, locked=left)))


def _followed(mask: Mask) -> Follow:
    if mask.follow is None:
        raise EditRejected(tr("“{name}” does not follow the picture.", name=mask.name))
    return mask.follow
