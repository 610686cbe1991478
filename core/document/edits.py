"""Edits of the timeline and the project: pure functions from a project to an `Edit`, applied whole or rejected.

Instants on the timeline are snapped down to the project's frames, so that no cut ever falls inside a frame. A trim
stops at the media's end, at its neighbour and at one frame; a move onto another clip is rejected.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from core.document.changes import Aspect, ChangeSet, Edit
from core.document.model import Clip, Project, Track, TrackKind
from core.errors import EditRejected
from core.ids import ClipId, TrackId
from core.media.facts import MediaFacts
from core.timebase import ZERO, RangeSet, Time, TimeRange

MAX_NAME: Final = 120


def unchanged(project: Project) -> Edit:
    """The outcome of an edit that asks for what is already so."""
    return Edit(project, ChangeSet(Aspect.NONE))


def edited(project: Project, changed: Project, aspects: Aspect, *dirty: TimeRange) -> Edit:
    """The outcome, with dirty spans tidied; the very same project if nothing differs."""
    if changed == project:
        return unchanged(project)
    return Edit(changed, ChangeSet(aspects, RangeSet.of(dirty).ranges))


def checked_name(name: str) -> str:
    """A name on one line. Raises `EditRejected` if nothing is left, it is too long to show, or it is not Unicode."""
    tidy = " ".join(name.split())
    _reject_unstorable(tidy)
    if not tidy:
        raise EditRejected("A name cannot be empty.")
    if len(tidy) > MAX_NAME:
        raise EditRejected(f"A name can have {MAX_NAME} characters at most; this one has {len(tidy)}.")
    return tidy


def _reject_unstorable(text: str) -> None:
    """A file name of an older system may hold bytes that are no text; JSON cannot carry them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise EditRejected(
            f"{text.encode('ascii', 'replace').decode()} has characters that are not Unicode; rename it."
        ) from None


def snapped(project: Project, time: Time) -> Time:
    """The start of the project's frame on screen at `time`, not before zero."""
    return max(ZERO, Time.from_frame(time.to_frame(project.rate), project.rate))


def _snapped_up(project: Project, time: Time) -> Time:
    return Time.from_frame(time.to_frame_ceil(project.rate), project.rate)


def _track_of(project: Project, clip_id: ClipId) -> Track:
    for track in project.tracks:
        if any(c.id == clip_id for c in track.clips):
            return track
    raise EditRejected("That clip is no longer on the timeline.")


def _with_track(project: Project, changed: Track) -> Project:
    ordered = replace(changed, clips=tuple(sorted(changed.clips, key=lambda c: c.start)))
    return replace(project, tracks=tuple(ordered if t.id == ordered.id else t for t in project.tracks))


def _reject_overlap(track: Track, clip: Clip) -> None:
    for other in track.clips:
        if other.id != clip.id and other.span.overlaps(clip.span):
            raise EditRejected(f"“{other.name}” is already there; clips on one track cannot overlap.")


def add_media(project: Project, facts: MediaFacts) -> Edit:
    """Put a file into the project; the same content from another place relinks it."""
    _reject_unstorable(facts.path)
    known = any(m.id == facts.id for m in project.media)
    media = tuple(facts if m.id == facts.id else m for m in project.media) if known else (*project.media, facts)
    return edited(project, replace(project, media=media), Aspect.MEDIA)


def add_clip(
    project: Project,
    facts: MediaFacts,
    clip_id: ClipId,
    track_id: TrackId,
    start: Time | None,
    source: TimeRange | None,
) -> Edit:
    """Lay a clip of `facts` on a track (made if it is not there), after the last clip if `start` is None.

    The first clip of an empty timeline gives the project its rate and size.
    """
    if any(c.id == clip_id for c in project.clips()):
        raise EditRejected("That clip is already on the timeline.")
    whole = TimeRange(ZERO, facts.video.duration)
    source = source or whole
    if source.is_empty or source.start < whole.start or source.end > whole.end:
        raise EditRejected("The clip reaches beyond its media.")
    changed, aspects = add_media(project, facts).project, Aspect.MEDIA | Aspect.TIMELINE
    if not any(True for _ in project.clips()):
        video = facts.video
        changed = replace(changed, rate=video.rate, width=video.width, height=video.height)
        aspects |= Aspect.PROJECT
    if not any(t.id == track_id for t in changed.tracks):
        number = 1 + sum(t.kind is TrackKind.VIDEO for t in changed.tracks)
        changed = replace(changed, tracks=(*changed.tracks, Track(track_id, TrackKind.VIDEO, f"Video {number}")))
    track = next(t for t in changed.tracks if t.id == track_id)
    if start is None:
        end = max((c.span.end for c in track.clips), default=ZERO)
        start = _snapped_up(changed, end)
    clip = Clip(clip_id, facts.id, _clip_name(facts), snapped(changed, start), source)
    _reject_overlap(track, clip)
    changed = _with_track(changed, replace(track, clips=(*track.clips, clip)))
    return edited(project, changed, aspects, clip.span)


def _clip_name(facts: MediaFacts) -> str:
    return facts.path.replace("\\", "/").rsplit("/", 1)[-1][:MAX_NAME] or "Clip"


def remove_clip(project: Project, clip_id: ClipId) -> Edit:
    """Take a clip off the timeline; its media stays in the project and the others stay where they are."""
    track, clip = _track_of(project, clip_id), project.clip(clip_id)
    changed = _with_track(project, replace(track, clips=tuple(c for c in track.clips if c.id != clip_id)))
    return edited(project, changed, Aspect.TIMELINE, clip.span)


def move_clip(project: Project, clip_id: ClipId, start: Time) -> Edit:
    """Move a clip along its track. Raises `EditRejected` where another clip lies."""
    track, clip = _track_of(project, clip_id), project.clip(clip_id)
    moved = replace(clip, start=snapped(project, start))
    _reject_overlap(track, moved)
    return edited(project, project.with_clip(moved), Aspect.TIMELINE, clip.span, moved.span)


def trim_in(project: Project, clip_id: ClipId, to: Time) -> Edit:
    """Let a clip begin at timeline instant `to`; its pictures stay where they are."""
    track, clip = _track_of(project, clip_id), project.clip(clip_id)
    earliest = max(
        clip.start - clip.source.start,
        ZERO,
        *(c.span.end for c in track.clips if c.span.end <= clip.start and c != clip),
    )
    latest = max(clip.start, snapped(project, clip.span.end - Time.from_frame(1, project.rate)))
    start = min(max(snapped(project, to), _snapped_up(project, earliest)), latest)
    trimmed = replace(clip, start=start, source=TimeRange(clip.source_time(start), clip.source.end))
    dirty = TimeRange(min(start, clip.start), max(start, clip.start))
    return edited(project, project.with_clip(trimmed), Aspect.TIMELINE, dirty)


def trim_out(project: Project, clip_id: ClipId, to: Time) -> Edit:
    """Let a clip end at timeline instant `to`; its pictures stay where they are."""
    track, clip = _track_of(project, clip_id), project.clip(clip_id)
    media_end = clip.timeline_time(project.media_facts(clip.media).video.duration)
    latest = min([media_end, *(c.start for c in track.clips if c.start >= clip.span.end)])
    end = min(max(snapped(project, to), clip.start + Time.from_frame(1, project.rate)), latest)
    trimmed = replace(clip, source=TimeRange(clip.source.start, clip.source_time(end)))
    dirty = TimeRange(min(end, clip.span.end), max(end, clip.span.end))
    return edited(project, project.with_clip(trimmed), Aspect.TIMELINE, dirty)


def split_clip(project: Project, clip_id: ClipId, at: Time, tail_id: ClipId) -> Edit:
    """Cut a clip in two at the frame on screen at `at`; both halves keep look and masks, so no picture changes."""
    track, clip = _track_of(project, clip_id), project.clip(clip_id)
    cut = snapped(project, at)
    if not clip.start < cut < clip.span.end:
        raise EditRejected(f"The playhead is not inside “{clip.name}”.")
    if any(c.id == tail_id for c in project.clips()):
        raise EditRejected("That clip is already on the timeline.")
    middle = clip.source_time(cut)
    head = replace(clip, source=TimeRange(clip.source.start, middle))
    tail = replace(clip, id=tail_id, start=cut, source=TimeRange(middle, clip.source.end))
    clips = (*(c for c in track.clips if c.id != clip_id), head, tail)
    return edited(project, _with_track(project, replace(track, clips=clips)), Aspect.TIMELINE)


def rename_clip(project: Project, clip_id: ClipId, name: str) -> Edit:
    renamed = replace(project.clip(clip_id), name=checked_name(name))
    return edited(project, project.with_clip(renamed), Aspect.TIMELINE)


def rename_project(project: Project, name: str) -> Edit:
    return edited(project, replace(project, name=checked_name(name)), Aspect.PROJECT)


def set_in_point(project: Project, time: Time | None) -> Edit:
    """Mark where the export begins; an out point that would lie before it is cleared. None clears."""
    point = None if time is None else snapped(project, time)
    is_out_kept = point is None or project.out_point is None or point < project.out_point
    changed = replace(project, in_point=point, out_point=project.out_point if is_out_kept else None)
    return edited(project, changed, Aspect.RANGE)


def set_out_point(project: Project, time: Time | None) -> Edit:
    """Mark where the export ends (exclusive); an in point that would lie behind it is cleared. None clears."""
    point = None if time is None else snapped(project, time)
    if point == ZERO:
        raise EditRejected("The out point must lie after the first frame.")
    is_in_kept = point is None or project.in_point is None or project.in_point < point
    changed = replace(project, out_point=point, in_point=project.in_point if is_in_kept else None)
    return edited(project, changed, Aspect.RANGE)
