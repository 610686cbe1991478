"""Edits of tracks, links and markers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from core.document.changes import Aspect, Edit
from core.document.edits import checked_name, edited, snapped
from core.document.model import Marker, MarkerColor, Project, Track, TrackKind
from core.document.tracks import difference, each_clip, next_name, open_track_of, opened, the_track
from core.errors import EditRejected
from core.ids import ClipId, LinkId, MarkerId, TrackId
from core.timebase import Time
from core.words import tr

MAX_TRACKS: Final = 64
MAX_NOTE: Final = 2000


def add_track(project: Project, track_id: TrackId, kind: TrackKind) -> Edit:
    """An empty track: pictures on top of all others, sound below all others."""
    if any(t.id == track_id for t in project.tracks):
        raise EditRejected(tr("That track is already on the timeline."))
    if len(project.tracks) >= MAX_TRACKS:
        raise EditRejected(tr("A timeline can have {most} tracks at most.", most=MAX_TRACKS))
    track = Track(track_id, kind, next_name(project, kind))
    return edited(project, replace(project, tracks=(*project.tracks, track)), Aspect.TRACKS)


def remove_track(project: Project, track_id: TrackId) -> Edit:
    """Take a track away with all that lies on it. Raises `EditRejected` if it is locked."""
    gone = opened(the_track(project, track_id))
    changed = replace(project, tracks=tuple(t for t in project.tracks if t.id != track_id))
    aspects = Aspect.TRACKS | (Aspect.TIMELINE if gone.clips else Aspect.NONE)
    return edited(project, changed, aspects, *difference(project, changed))


def set_track(
    project: Project, track_id: TrackId, *, name: str | None, is_on: bool | None, is_locked: bool | None
) -> Edit:
    """Rename a track, switch it on or off, lock or unlock it; None leaves a property as it is."""
    track = the_track(project, track_id)
    now = replace(
        track,
        name=track.name if name is None else checked_name(name),
        is_on=track.is_on if is_on is None else is_on,
        is_locked=track.is_locked if is_locked is None else is_locked,
    )
    changed = replace(project, tracks=tuple(now if t.id == track_id else t for t in project.tracks))
    return edited(project, changed, Aspect.TRACKS, *difference(project, changed))


def link_clips(project: Project, ids: Sequence[ClipId], link: LinkId | None) -> Edit:
    """Let clips be edited together from now on; None parts them, and their partners."""
    clips = [project.clip(id_) for id_ in ids]
    for clip in clips:
        open_track_of(project, clip.id)
    if link is not None and len(set(ids)) < 2:
        raise EditRejected(tr("Select at least two clips to link them."))
    wanted = {c.id for c in clips}
    if link is None:
        links = {c.link for c in clips if c.link is not None}
        wanted |= {c.id for c in project.clips() if c.link in links}
    changed = each_clip(project, wanted, lambda c: replace(c, link=link))
    return edited(project, changed, Aspect.TIMELINE)


# ---- markers ------------------------------------------------------------------------------------------------------


def _with_markers(project: Project, markers: Sequence[Marker]) -> Edit:
    ordered = tuple(sorted(markers, key=lambda m: (m.time, m.id)))
    return edited(project, replace(project, markers=ordered), Aspect.MARKERS)


def the_marker(project: Project, marker_id: MarkerId) -> Marker:
    """Raises `EditRejected` if it is gone."""
    for marker in project.markers:
        if marker.id == marker_id:
            return marker
    raise EditRejected(tr("That marker is no longer on the timeline."))


def add_marker(project: Project, marker_id: MarkerId, time: Time, color: MarkerColor) -> Edit:
    """A marker on the frame on screen at an instant, one to a frame."""
    at = snapped(project, time)
    if any(m.id == marker_id for m in project.markers):
        raise EditRejected(tr("That marker is already on the timeline."))
    _reject_taken(project, at, marker_id)
    return _with_markers(project, (*project.markers, Marker(marker_id, at, color=color)))


def move_marker(project: Project, marker_id: MarkerId, time: Time) -> Edit:
    marker, at = the_marker(project, marker_id), snapped(project, time)
    _reject_taken(project, at, marker_id)
    return _with_markers(project, [replace(m, time=at) if m is marker else m for m in project.markers])


def _reject_taken(project: Project, at: Time, but: MarkerId) -> None:
    if any(m.time == at and m.id != but for m in project.markers):
        raise EditRejected(tr("There is a marker on this frame already."))


def set_marker(
    project: Project, marker_id: MarkerId, *, name: str | None, note: str | None, color: MarkerColor | None
) -> Edit:
    """Change what a marker says; None leaves a property as it is. A name or a note may be empty."""
    marker = the_marker(project, marker_id)
    if note is not None and len(note) > MAX_NOTE:
        raise EditRejected(
            tr(
                "A note can have {most} characters at most; this one has {count}.",
                most=MAX_NOTE,
                count=len(note),
            )
        )
    now = replace(
        marker,
        name=marker.name if name is None else (checked_name(name) if name.strip() else ""),
        note=marker.note if note is None else note,
        color=marker.color if color is None else color,
    )
    return _with_markers(project, [now if m is marker else m for m in project.markers])


def remove_marker(project: Project, marker_id: MarkerId) -> Edit:
    marker = the_marker(project, marker_id)
    return _with_markers(project, [m for m in project.markers if m is not marker])
