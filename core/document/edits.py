"""Edits of the timeline and the project: pure functions from a project to an `Edit`, applied whole or rejected.

Instants on the timeline are snapped down to the project's frames, so that no cut ever falls inside a frame. A trim
stops at the media's end, at its neighbour and at one frame; a move onto another clip is rejected.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from core.document.changes import Aspect, ChangeSet, Edit
from core.document.model import ADJUSTMENT_LENGTH, ADJUSTMENT_START, NO_MEDIA, Clip, Project, Track, TrackKind
from core.document.tracks import (
    carved,
    cut_at,
    difference,
    each_clip,
    free_id,
    next_name,
    open_track_of,
    opened,
    reject_overlap,
    shifted,
    shown_name,
    the_track,
    together,
    with_track,
)
from core.errors import EditRejected
from core.ids import ClipId, LinkId, TrackId
from core.media.facts import MediaFacts
from core.timebase import ZERO, RangeSet, Time, TimeRange
from core.words import tr

MAX_NAME: Final = 120


class Placement(StrEnum):
    """What becomes of what lies where a clip is put."""

    REFUSE = "refuse"
    """The edit is rejected."""
    OVERWRITE = "overwrite"
    """It is trimmed, cut or taken away."""
    INSERT = "insert"
    """It moves on, on all tracks that are not locked; what lies across is cut."""


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
        raise EditRejected(tr("A name cannot be empty."))
    if len(tidy) > MAX_NAME:
        raise EditRejected(
            tr(
                "A name can have {most} characters at most; this one has {count}.",
                most=MAX_NAME,
                count=len(tidy),
            )
        )
    return tidy


def _reject_unstorable(text: str) -> None:
    """A file name of an older system may hold bytes that are no text; JSON cannot carry them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        shown = text.encode("ascii", "replace").decode()
        raise EditRejected(tr("{name} has characters that are not Unicode; rename it.", name=shown)) from None


def snapped(project: Project, time: Time) -> Time:
    """The start of the project's frame on screen at `time`, not before zero."""
    return max(ZERO, Time.from_frame(time.to_frame(project.rate), project.rate))


def snapped_up(project: Project, time: Time) -> Time:
    return Time.from_frame(time.to_frame_ceil(project.rate), project.rate)


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
    sound: ClipId | None = None,
    sound_track: TrackId | None = None,
    placement: Placement = Placement.REFUSE,
) -> Edit:
    """Lay a clip of `facts` on a picture track (made if it is not there), after its last clip if `start` is None.

    `sound` names a second clip with the sound, on `sound_track` (made if it is not there), linked to the first. The first
    clip of an empty timeline gives the project its rate and size.
    """
    ids = [clip_id] if sound is None else [clip_id, sound]
    if len({*ids, *(c.id for c in project.clips())}) < len(ids) + sum(1 for _ in project.clips()):
        raise EditRejected(tr("That clip is already on the timeline."))
    whole = TimeRange(ZERO, facts.video.duration)
    source = source or whole
    if source.is_empty or source.start < whole.start or source.end > whole.end:
        raise EditRejected(tr("The clip reaches beyond its media."))
    changed, aspects = add_media(project, facts).project, Aspect.MEDIA | Aspect.TIMELINE
    if not any(True for _ in project.clips()):
        video = facts.video
        changed = replace(changed, rate=video.rate, width=video.width, height=video.height)
        aspects |= Aspect.PROJECT
    lanes = [(clip_id, track_id, TrackKind.VIDEO)]
    if sound is not None and sound_track is not None:
        lanes.append((sound, sound_track, TrackKind.AUDIO))
    for _, lane, kind in lanes:
        changed = _with_lane(changed, lane, kind)
    if start is None:
        ends = (c.span.end for _, lane, _ in lanes for c in the_track(changed, lane).clips)
        start = snapped_up(changed, max(ends, default=ZERO))
    start = snapped(changed, start)
    span = TimeRange(start, start + source.duration)
    changed = with_room(changed, span, [lane for _, lane, _ in lanes], placement)
    link = LinkId(f"{clip_id}.link") if len(lanes) > 1 else None
    for id_, lane, _ in lanes:
        clip = Clip(id_, facts.id, _clip_name(facts), start, source, link=link)
        track = opened(the_track(changed, lane))
        reject_overlap(track, clip)
        changed = with_track(changed, replace(track, clips=(*track.clips, clip)))
    if changed.markers != project.markers:
        aspects |= Aspect.MARKERS
    return edited(project, changed, aspects, *difference(project, changed))


def _with_lane(project: Project, track_id: TrackId, kind: TrackKind) -> Project:
    """The project with a track of this id. Raises `EditRejected` if it is of another kind."""
    found = next((t for t in project.tracks if t.id == track_id), None)
    if found is None:
        return replace(project, tracks=(*project.tracks, Track(track_id, kind, next_name(project, kind))))
    if found.kind is not kind:
        raise EditRejected(tr("{name} holds {holds} only.", name=shown_name(found), holds=found.kind.holds))
    return project


def with_room(
    project: Project, span: TimeRange, tracks: Iterable[TrackId], placement: Placement, *, keep: Collection[ClipId] = ()
) -> Project:
    """The project with what `placement` says done to what lies in a span of some tracks."""
    match placement:
        case Placement.REFUSE:
            return project
        case Placement.OVERWRITE:
            for lane in tracks:
                project = carved(project, lane, span, keep=keep)
            return project
        case Placement.INSERT:
            for track in project.tracks:
                if not track.is_locked:
                    project = _cut_through(project, track.id, span.start)
            return shifted(project, span.start, span.duration, keep=keep)


def _cut_through(project: Project, track_id: TrackId, at: Time) -> Project:
    track = the_track(project, track_id)
    clip = track.clip_at(at)
    if clip is None or clip.start == at:
        return project
    head, tail = cut_at(clip, at, free_id({c.id for c in project.clips()}, clip.id))
    return with_track(project, replace(track, clips=(*(c for c in track.clips if c.id != clip.id), head, tail)))


def add_adjustment(project: Project, clip_id: ClipId, span: TimeRange, track_id: TrackId, name: str) -> Edit:
    """Lay an adjustment clip over a span: on the lowest adjustment track with room there, else on a new one, `track_id`."""
    if any(c.id == clip_id for c in project.clips()):
        raise EditRejected(tr("That clip is already on the timeline."))
    start, end = snapped(project, span.start), snapped_up(project, span.end)
    if end <= start:
        raise EditRejected(tr("An adjustment clip needs a frame at least."))
    length = end - start
    if length > ADJUSTMENT_LENGTH - ADJUSTMENT_START:
        raise EditRejected(tr("An adjustment clip can be a day long at most."))
    source = TimeRange(ADJUSTMENT_START, ADJUSTMENT_START + length)
    clip = Clip(clip_id, NO_MEDIA, checked_name(name), start, source)
    lanes = (t for t in project.tracks_of(TrackKind.ADJUSTMENT) if not t.is_locked)
    free = next((t for t in lanes if not any(c.span.overlaps(clip.span) for c in t.clips)), None)
    if free is None and any(t.id == track_id for t in project.tracks):
        raise EditRejected(tr("That track is already on the timeline."))
    changed = project if free else _with_lane(project, track_id, TrackKind.ADJUSTMENT)
    track = free or the_track(changed, track_id)
    changed = with_track(changed, replace(track, clips=(*track.clips, clip)))
    aspects = Aspect.TIMELINE if free else Aspect.TIMELINE | Aspect.TRACKS
    return edited(project, changed, aspects, *difference(project, changed))


def _clip_name(facts: MediaFacts) -> str:
    return facts.path.replace("\\", "/").rsplit("/", 1)[-1][:MAX_NAME] or "Clip"


def remove_clip(project: Project, clip_id: ClipId, *, alone: bool = False) -> Edit:
    """Take a clip and its partners off the timeline; its media stays in the project and the others stay where they are."""
    changed = project
    for clip in together(project, project.clip(clip_id), alone=alone):
        track = open_track_of(changed, clip.id)
        changed = with_track(changed, replace(track, clips=tuple(c for c in track.clips if c.id != clip.id)))
    return edited(project, changed, Aspect.TIMELINE, *difference(project, changed))


def move_clip(project: Project, clip_id: ClipId, start: Time, *, alone: bool = False) -> Edit:
    """Move a clip along its track, and its partners with it. Raises `EditRejected` where another clip lies."""
    clip = project.clip(clip_id)
    clips = together(project, clip, alone=alone)
    by = max(snapped(project, start) - clip.start, *(ZERO - c.start for c in clips), ZERO - clip.start)
    changed = each_clip(project, (c.id for c in clips), lambda c: replace(c, start=c.start + by))
    for each in clips:
        reject_overlap(open_track_of(changed, each.id), changed.clip(each.id))
    return edited(project, changed, Aspect.TIMELINE, *difference(project, changed))


def trim_in(project: Project, clip_id: ClipId, to: Time, *, alone: bool = False) -> Edit:
    """Let a clip, and its partners by as much, begin at timeline instant `to`; its pictures stay where they are."""
    clip = project.clip(clip_id)
    clips = together(project, clip, alone=alone)
    earliest = max(_earliest_in(project, c) - c.start for c in clips)
    latest = min(_latest_in(project, c) - c.start for c in clips)
    wanted = max(snapped(project, to), snapped_up(project, clip.start + earliest)) - clip.start
    by = min(wanted, latest)

    def trimmed(each: Clip) -> Clip:
        return replace(each, start=each.start + by, source=TimeRange(each.source.start + by, each.source.end))

    changed = each_clip(project, (c.id for c in clips), trimmed)
    return edited(project, changed, Aspect.TIMELINE, *difference(project, changed))


def _earliest_in(project: Project, clip: Clip) -> Time:
    """Where a clip can begin at the earliest: its media, zero and the neighbour hold it. Raises if it is locked."""
    track = open_track_of(project, clip.id)
    before = (c.span.end for c in track.clips if c.span.end <= clip.start and c.id != clip.id)
    return max(clip.start - clip.source.start, ZERO, *before)


def _latest_in(project: Project, clip: Clip) -> Time:
    """Where it can begin at the latest: a frame stays."""
    return max(clip.start, snapped(project, clip.span.end - Time.from_frame(1, project.rate)))


def trim_out(project: Project, clip_id: ClipId, to: Time, *, alone: bool = False) -> Edit:
    """Let a clip, and its partners by as much, end at timeline instant `to`; its pictures stay where they are."""
    clip = project.clip(clip_id)
    clips = together(project, clip, alone=alone)
    latest = min(_latest_out(project, c) - c.span.end for c in clips)
    earliest = max(c.start + Time.from_frame(1, project.rate) - c.span.end for c in clips)
    by = min(max(snapped(project, to) - clip.span.end, earliest), latest)

    def trimmed(each: Clip) -> Clip:
        return replace(each, source=TimeRange(each.source.start, each.source.end + by))

    changed = each_clip(project, (c.id for c in clips), trimmed)
    return edited(project, changed, Aspect.TIMELINE, *difference(project, changed))


def _latest_out(project: Project, clip: Clip) -> Time:
    """Where a clip can end at the latest: its media and the neighbour hold it. Raises if it is locked."""
    track = open_track_of(project, clip.id)
    media_end = clip.timeline_time(project.length_of(clip))
    return min([media_end, *(c.start for c in track.clips if c.start >= clip.span.end)])


def split_clip(project: Project, clip_id: ClipId, at: Time, tail_id: ClipId, *, alone: bool = False) -> Edit:
    """Cut a clip in two at the frame on screen at `at`, and its partners; no picture changes, the tails are linked anew."""
    clip = project.clip(clip_id)
    cut = snapped(project, at)
    if not clip.start < cut < clip.span.end:
        raise EditRejected(tr("The playhead is not inside “{name}”.", name=clip.name))
    if any(c.id == tail_id for c in project.clips()):
        raise EditRejected(tr("That clip is already on the timeline."))
    changed = project
    partners = [c for c in together(project, clip, alone=alone) if c.start < cut < c.span.end]
    for number, each in enumerate(partners):
        track = open_track_of(changed, each.id)
        taken = {tail_id, *(c.id for c in changed.clips())}
        head, tail = cut_at(each, cut, tail_id if number == 0 else free_id(taken, tail_id))
        clips = (*(c for c in track.clips if c.id != each.id), head, tail)
        changed = with_track(changed, replace(track, clips=clips))
    return edited(project, changed, Aspect.TIMELINE)


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
        raise EditRejected(tr("The out point must lie after the first frame."))
    is_in_kept = point is None or project.in_point is None or project.in_point < point
    changed = replace(project, out_point=point, in_point=project.in_point if is_in_kept else None)
    return edited(project, changed, Aspect.RANGE)
