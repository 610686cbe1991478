"""Edits that touch more than one clip: ripple, roll, slip, slide, lift, moving and pasting several. Pure, like all edits.

Words as the field has them: a *ripple* lets everything later follow, on all tracks that are not locked, so that what was in
sync stays so; a *roll* moves a cut; a *slip* shows another part of the media in the same place; a *slide* moves a clip
between its neighbours, which give way. Lengths are held to whole frames of the project, to what the media have, and to one
frame at least. Linked clips are edited with the clip unless `alone`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from core.document.changes import Aspect, Edit
from core.document.edits import Placement, edited, snapped, with_room
from core.document.model import Clip, Project, Track, TrackKind
from core.document.tracks import (
    carved,
    difference,
    each_clip,
    open_track_of,
    opened,
    reject_overlap,
    shifted,
    shown_name,
    the_track,
    together,
    track_of,
    with_track,
)
from core.errors import EditRejected
from core.ids import ClipId, TrackId
from core.timebase import ZERO, RangeSet, Time, TimeRange
from core.words import tr


def _timeline_edit(project: Project, changed: Project) -> Edit:
    aspects = Aspect.TIMELINE if changed.tracks != project.tracks else Aspect.NONE
    if changed.markers != project.markers:
        aspects |= Aspect.MARKERS
    return edited(project, changed, aspects, *difference(project, changed))


def _frame(project: Project) -> Time:
    return Time.from_frame(1, project.rate)


def _whole_frames(project: Project, length: Time) -> Time:
    """A length, negative too, cut to whole frames towards zero."""
    frames = abs(length.seconds) * project.rate
    whole = Time.from_frame(int(frames), project.rate)
    return whole if length >= ZERO else ZERO - whole


def _held(wanted: Time, low: Time, high: Time) -> Time:
    return min(max(wanted, low), high)


def _reject_locked(project: Project, clips: Sequence[Clip]) -> None:
    for clip in clips:
        open_track_of(project, clip.id)


def _media_left(project: Project, clip: Clip) -> Time:
    """How much media lies behind the clip's out point."""
    return project.length_of(clip) - clip.source.end


# ---- taking away --------------------------------------------------------------------------------------------------


def lift(project: Project, ids: Sequence[ClipId]) -> Edit:
    """Take clips off the timeline; everything else stays where it is."""
    changed = project
    for id_ in ids:
        track = open_track_of(changed, id_)
        changed = with_track(changed, replace(track, clips=tuple(c for c in track.clips if c.id != id_)))
    return _timeline_edit(project, changed)


def ripple_delete(project: Project, ids: Sequence[ClipId]) -> Edit:
    """Take clips off the timeline and close the gaps they leave. Raises `EditRejected` where something is in the way."""
    gaps = RangeSet.of(project.clip(id_).span for id_ in ids)
    changed = lift(project, ids).project
    for gap in reversed(gaps.ranges):
        changed = shifted(changed, gap.end, ZERO - gap.duration)
    return _timeline_edit(project, changed)


def close_gap(project: Project, track_id: TrackId, at: Time) -> Edit:
    """Close the empty span of a track around an instant. Raises `EditRejected` where there is none."""
    track = opened(the_track(project, track_id))
    if track.clip_at(at) is not None:
        raise EditRejected(tr("There is no gap here."))
    start = max((c.span.end for c in track.clips if c.span.end <= at), default=ZERO)
    end = min((c.start for c in track.clips if c.start > at), default=None)
    if end is None:
        raise EditRejected(tr("Nothing follows this gap."))
    return _timeline_edit(project, shifted(project, end, start - end))


# ---- trimming -----------------------------------------------------------------------------------------------------


def ripple_trim_in(project: Project, clip_id: ClipId, to: Time, *, alone: bool = False) -> Edit:
    """Let a clip show its media from the instant now at `to`; it stays in its place and everything later follows."""
    clip = project.clip(clip_id)
    clips = together(project, clip, alone=alone)
    _reject_locked(project, clips)
    low = max(ZERO - c.source.start for c in clips)
    high = min(c.source.duration for c in clips) - _frame(project)
    wanted = _whole_frames(project, to - clip.start)
    by = _whole_frames(project, _held(wanted, low, max(high, ZERO)))

    def trimmed(each: Clip) -> Clip:
        return replace(each, source=TimeRange(each.source.start + by, each.source.end))

    return _rippled(project, clips, trimmed, ZERO - by)


def ripple_trim_out(project: Project, clip_id: ClipId, to: Time, *, alone: bool = False) -> Edit:
    """Let a clip end at `to`; everything later follows."""
    clip = project.clip(clip_id)
    clips = together(project, clip, alone=alone)
    _reject_locked(project, clips)
    low = max(_frame(project) - c.source.duration for c in clips)
    high = min(_media_left(project, c) for c in clips)
    by = _held(snapped(project, to) - clip.span.end, min(low, ZERO), high)

    def trimmed(each: Clip) -> Clip:
        return replace(each, source=TimeRange(each.source.start, each.source.end + by))

    return _rippled(project, clips, trimmed, by)


def _rippled(project: Project, clips: Sequence[Clip], trimmed: Callable[[Clip], Clip], by: Time) -> Edit:
    """What begins at or after the end of the clips moves by `by`, before or after they are trimmed as there is room."""
    ids = frozenset(c.id for c in clips)
    since = max(c.span.end for c in clips)
    if by > ZERO:
        project_after = each_clip(shifted(project, since, by, keep=ids), ids, trimmed)
    else:
        project_after = shifted(each_clip(project, ids, trimmed), since, by, keep=ids)
    for id_ in ids:
        reject_overlap(track_of(project_after, id_), project_after.clip(id_))
    return _timeline_edit(project, project_after)


@dataclass(frozen=True, slots=True)
class Cut:
    """Where two clips of a track meet."""

    left: Clip
    right: Clip


def cut_after(track: Track, clip: Clip) -> Cut | None:
    """The cut at a clip's end, if another begins there."""
    right = next((c for c in track.clips if c.start == clip.span.end), None)
    return None if right is None else Cut(clip, right)


def roll(project: Project, left_id: ClipId, to: Time, *, alone: bool = False) -> Edit:
    """Move the cut at the end of a clip to `to`: it and the one after it give and take; nothing else moves.

    Raises `EditRejected` where no clip follows at once.
    """
    clip = project.clip(left_id)
    cuts = [cut_after(open_track_of(project, c.id), c) for c in together(project, clip, alone=alone)]
    if cuts[0] is None:
        raise EditRejected(tr("No clip follows “{name}” at once; trim its end instead.", name=clip.name))
    found = [cut for cut in cuts if cut is not None and cut.left.span.end == clip.span.end]
    low = max(max(_frame(project) - c.left.source.duration, ZERO - c.right.source.start) for c in found)
    high = min(min(_media_left(project, c.left), c.right.source.duration - _frame(project)) for c in found)
    by = _held(snapped(project, to) - clip.span.end, min(low, ZERO), max(high, ZERO))
    lefts, rights = frozenset(c.left.id for c in found), frozenset(c.right.id for c in found)

    def rolled(each: Clip) -> Clip:
        if each.id in lefts:
            return replace(each, source=TimeRange(each.source.start, each.source.end + by))
        return replace(each, start=each.start + by, source=TimeRange(each.source.start + by, each.source.end))

    return _timeline_edit(project, each_clip(project, lefts | rights, rolled))


def slip(project: Project, clip_id: ClipId, by: Time, *, alone: bool = False) -> Edit:
    """Show another part of the media, `by` later, in the same place."""
    clips = together(project, project.clip(clip_id), alone=alone)
    _reject_locked(project, clips)
    low = max(ZERO - c.source.start for c in clips)
    high = min(_media_left(project, c) for c in clips)
    step = _held(_whole_frames(project, by), low, high)

    def slipped(each: Clip) -> Clip:
        return replace(each, source=TimeRange(each.source.start + step, each.source.end + step))

    return _timeline_edit(project, each_clip(project, (c.id for c in clips), slipped))


def slide(project: Project, clip_id: ClipId, start: Time, *, alone: bool = False) -> Edit:
    """Move a clip so that it begins at `start`, between its neighbours: those that touch it give way and follow."""
    clip = project.clip(clip_id)
    clips = together(project, clip, alone=alone)
    places = [_Between.of(project, each) for each in clips]
    low = max(place.low for place in places)
    high = min(place.high for place in places)
    by = _held(snapped(project, start) - clip.start, min(low, ZERO), max(high, ZERO))
    moved = frozenset(c.id for c in clips)
    lefts = frozenset(p.left.id for p in places if p.left is not None)
    rights = frozenset(p.right.id for p in places if p.right is not None)

    def slid(each: Clip) -> Clip:
        if each.id in moved:
            return replace(each, start=each.start + by)
        if each.id in lefts:
            each = replace(each, source=TimeRange(each.source.start, each.source.end + by))
        if each.id in rights:
            each = replace(each, start=each.start + by, source=TimeRange(each.source.start + by, each.source.end))
        return each

    return _timeline_edit(project, each_clip(project, moved | lefts | rights, slid))


_ANYWHERE = Time(Fraction(10**9))
"""Farther than any timeline reaches, seconds."""


@dataclass(frozen=True, slots=True)
class _Between:
    """How far a clip can slide, and the neighbours that touch it."""

    low: Time
    high: Time
    left: Clip | None
    right: Clip | None

    @staticmethod
    def of(project: Project, clip: Clip) -> _Between:
        """Raises `EditRejected` if the track is locked."""
        track, frame = open_track_of(project, clip.id), _frame(project)
        left = next((c for c in track.clips if c.span.end == clip.start), None)
        right = next((c for c in track.clips if c.start == clip.span.end), None)
        before = max((c.span.end for c in track.clips if c.span.end <= clip.start), default=ZERO)
        after = min((c.start for c in track.clips if c.start >= clip.span.end), default=_ANYWHERE)
        low, high = before - clip.start, after - clip.span.end
        if left is not None:
            low = frame - left.source.duration
        if right is not None:
            high = right.source.duration - frame
            low = max(low, ZERO - right.source.start)
        if left is not None:
            high = min(high, _media_left(project, left))
        return _Between(low, high, left, right)


# ---- moving and pasting -------------------------------------------------------------------------------------------


def move_clips(
    project: Project, ids: Sequence[ClipId], by: Time, lanes: int, placement: Placement = Placement.OVERWRITE
) -> Edit:
    """Move clips by a length, negative too, and pictures `lanes` tracks up; what lies there gives way as `placement` says.

    The whole selection is held at zero. Raises `EditRejected` where a track is missing or locked.
    """
    clips = [project.clip(id_) for id_ in ids]
    homes = {clip.id: _lane_away(project, open_track_of(project, clip.id), clip, lanes) for clip in clips}
    by = max(_whole_frames(project, by), *(ZERO - c.start for c in clips), ZERO - clips[0].start)
    lifted = lift(project, ids).project
    placed = [(homes[c.id], replace(c, start=c.start + by)) for c in clips]
    return _timeline_edit(project, _laid(lifted, placed, placement))


def _lane_away(project: Project, track: Track, clip: Clip, lanes: int) -> TrackId:
    if lanes == 0 or track.kind is not TrackKind.VIDEO:
        return track.id
    row = project.tracks_of(track.kind)
    number = next(i for i, t in enumerate(row) if t.id == track.id) + lanes
    if not 0 <= number < len(row):
        raise EditRejected(tr("There is no track there for “{name}”; add one first.", name=clip.name))
    return opened(row[number]).id


def paste(project: Project, items: Sequence[tuple[TrackId, Clip]], placement: Placement) -> Edit:
    """Lay finished clips on tracks; their media must be in the project."""
    taken = {c.id for c in project.clips()}
    for track_id, clip in items:
        if clip.id in taken:
            raise EditRejected(tr("That clip is already on the timeline."))
        taken.add(clip.id)
        if clip.source.end > project.length_of(clip):
            raise EditRejected(tr("“{name}” reaches beyond its media.", name=clip.name))
        track = opened(the_track(project, track_id))
        if clip.is_adjustment != (track.kind is TrackKind.ADJUSTMENT):
            raise EditRejected(tr("{name} holds {holds} only.", name=shown_name(track), holds=track.kind.holds))
    return _timeline_edit(project, _laid(project, items, placement))


def _laid(project: Project, items: Sequence[tuple[TrackId, Clip]], placement: Placement) -> Project:
    """The project with clips laid on tracks, room made for all of them first."""
    if placement is Placement.INSERT:
        whole = TimeRange(min(c.start for _, c in items), max(c.span.end for _, c in items))
        project = with_room(project, whole, (), placement)
    for track_id, clip in items:
        if placement is Placement.OVERWRITE:
            project = carved(project, track_id, clip.span)
        track = the_track(project, track_id)
        reject_overlap(track, clip)
        project = with_track(project, replace(track, clips=(*track.clips, clip)))
    return project
