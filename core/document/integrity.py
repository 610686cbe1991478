"""Integrity: the laws a project from a file must keep, checked once at the door so that nobody need doubt it later."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import pairwise

from core.condition import Condition
from core.document.mask_edits import MOST_GROWTH
from core.document.mask_shapes import checked_shape
from core.document.model import AMOUNT_AXIS, AS_FOUND, Clip, Look, Project, TrackKind, animatable_axis
from core.document.scene_edits import checked_scene
from core.errors import EditRejected, UsageError
from core.timebase import ZERO


def check_project(project: Project) -> None:
    """Raise `ValueError` with the place and the reason if the value contradicts itself or the schema."""
    if project.rate <= 0 or project.width <= 0 or project.height <= 0:
        raise ValueError("rate, width and height must be above zero")
    _check_unique("media", (m.id for m in project.media))
    _check_unique("tracks", (t.id for t in project.tracks))
    _check_unique("clips", (c.id for c in project.clips()))
    lengths = {m.id: m.video.duration for m in project.media}
    for clip in project.clips():
        place = f"clip {clip.id}"
        if not clip.is_adjustment and clip.media not in lengths:
            raise ValueError(f"{place}: its media is not in the project")
        if clip.start < ZERO or clip.source.is_empty:
            raise ValueError(f"{place}: it has no place on the timeline")
        if clip.source.start < ZERO or clip.source.end > project.length_of(clip):
            raise ValueError(f"{place}: it reaches beyond its media")
        check_clip(place, clip)
    for track in project.tracks:
        if any(c.is_adjustment != (track.kind is TrackKind.ADJUSTMENT) for c in track.clips):
            raise ValueError(f"track {track.id}: it holds {track.kind.holds} only")
        if any(b.start < a.span.end for a, b in pairwise(track.clips)):
            raise ValueError(f"track {track.id}: its clips overlap or are out of order")
    _check_unique("markers", (m.id for m in project.markers))
    if any(b.time <= a.time for a, b in pairwise(project.markers)) or any(m.time < ZERO for m in project.markers):
        raise ValueError("markers: two are on one frame, or they are out of order")
    _check_scenes(project)
    _check_media_names(project)


def _check_scenes(project: Project) -> None:
    _check_unique("scenes", (media for media, _ in project.scenes))
    if [media for media, _ in project.scenes] != sorted(media for media, _ in project.scenes):
        raise ValueError("scenes: they are out of order")
    known = {m.id for m in project.media}
    for media, said in project.scenes:
        place = f"scene {media}"
        if media not in known:
            raise ValueError(f"{place}: its media is not in the project")
        try:
            exact = checked_scene(said)
        except EditRejected as error:
            raise ValueError(f"{place}: {error}") from None
        if exact != said or said == AS_FOUND:
            raise ValueError(f"{place}: a value is not on its grid")


def _check_media_names(project: Project) -> None:
    _check_unique("media names", (media for media, _ in project.media_names))
    if list(project.media_names) != sorted(project.media_names):
        raise ValueError("media names: they are out of order")
    known = {m.id for m in project.media}
    for media, name in project.media_names:
        if media not in known or not name:
            raise ValueError(f"media name {media}: its media is not in the project, or it is empty")


def _check_unique(place: str, ids: Iterable[Hashable]) -> None:
    given = list(ids)
    if len(set(given)) != len(given):
        raise ValueError(f"{place}: an id is used twice")


def check_clip(place: str, clip: Clip) -> None:
    """Look and masks of a clip. Raises as `check_project`."""
    try:
        _check_look(clip.look)
    except (UsageError, EditRejected, ValueError) as error:
        raise ValueError(f"{place}: {error}") from None
    _check_unique(f"{place}: masks", (m.id for m in clip.masks))
    for mask in clip.masks:
        if not (0.0 <= mask.feather <= 0.5 and 0.0 <= mask.opacity <= 1.0):
            raise ValueError(f"{place}: mask {mask.id}: feather or opacity is out of range")
        if not -MOST_GROWTH <= mask.grow <= MOST_GROWTH:
            raise ValueError(f"{place}: mask {mask.id}: growth is out of range")
        for stroke in mask.strokes:
            if not stroke.points or not 0.0 < stroke.radius <= 2.0:
                raise ValueError(f"{place}: mask {mask.id}: a stroke has no points or no width")
        _check_unique(f"{place}: mask {mask.id}: shapes", (s.id for s in mask.shapes))
        for shape in mask.shapes:
            try:
                exact = checked_shape(shape)
            except EditRejected as error:
                raise ValueError(f"{place}: mask {mask.id}: {error}") from None
            if exact != shape:
                raise ValueError(f"{place}: mask {mask.id}: a shape is not on its grid")


def _check_look(look: Look) -> None:
    if Condition.of(dict(look.base)) != look.base or AMOUNT_AXIS.quantise(look.amount) != look.amount:
        raise ValueError("a value is not on its axis' grid")
    _check_unique("curves", (c.axis for c in look.curves))
    for curve in look.curves:
        axis = animatable_axis(curve.axis)
        if not curve.keys or any(b.time <= a.time for a, b in pairwise(curve.keys)):
            raise ValueError(f"the keyframes of {axis.label} are missing or out of order")
        if any(axis.quantise(k.value) != k.value for k in curve.keys):
            raise ValueError(f"a keyframe of {axis.label} is not on its grid")
        if any(h is not None and h != h.exact for k in curve.keys for h in (k.into, k.out)):
            raise ValueError(f"a handle of {axis.label} is not on its grid")
