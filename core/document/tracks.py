"""Tracks as lists of clips: what lies in a span, making room, closing gaps. Pure; the edits are made of these.

A clip on a locked track is never touched: edits that would have to touch one are rejected, ripples pass it by.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import islice, pairwise
from typing import Final

from core.document.model import Clip, Marker, Project, Track, TrackKind
from core.errors import EditRejected
from core.ids import ClipId, LinkId, TrackId
from core.timebase import ZERO, RangeSet, Time, TimeRange
from core.words import msg, tr

MANY: Final = 64
"""Clips that are compared instant by instant."""


def track_of(project: Project, clip_id: ClipId) -> Track:
    """The track a clip lies on. Raises `EditRejected` if it is gone."""
    for track in project.tracks:
        if any(c.id == clip_id for c in track.clips):
            return track
    raise EditRejected(tr("That clip is no longer on the timeline."))


def open_track_of(project: Project, clip_id: ClipId) -> Track:
    """The same, for an edit. Raises `EditRejected` if it is locked."""
    return opened(track_of(project, clip_id))


def opened(track: Track) -> Track:
    """The track itself. Raises `EditRejected` if it is locked."""
    if track.is_locked:
        raise EditRejected(tr("{name} is locked; unlock it to edit its clips.", name=shown_name(track)))
    return track


def the_track(project: Project, track_id: TrackId) -> Track:
    for track in project.tracks:
        if track.id == track_id:
            return track
    raise EditRejected(tr("That track is no longer on the timeline."))


def with_track(project: Project, changed: Track) -> Project:
    """The project with the track of the same id replaced, its clips put in order."""
    ordered = replace(changed, clips=tuple(sorted(changed.clips, key=lambda c: c.start)))
    return replace(project, tracks=tuple(ordered if t.id == ordered.id else t for t in project.tracks))


def reject_overlap(track: Track, clip: Clip) -> None:
    """Raise `EditRejected` where another clip of the track lies under this one."""
    others = [other for other in track.clips if other.id != clip.id]
    number = bisect_right(others, clip.start, key=lambda c: c.start)
    for other in others[max(0, number - 1) : number + 1]:  # others lie in order and apart
        if other.span.overlaps(clip.span):
            raise EditRejected(tr("“{name}” is already there; clips on one track cannot overlap.", name=other.name))


def together(project: Project, clip: Clip, *, alone: bool = False) -> tuple[Clip, ...]:
    """The clip and those linked to it, the clip first; only itself when `alone`."""
    if alone or clip.link is None:
        return (clip,)
    return (clip, *(c for c in project.clips() if c.link == clip.link and c.id != clip.id))


def free_id(taken: Collection[str], near: str) -> ClipId:
    """An id that is not taken, made from `near`: the same project gives the same one, so a replay agrees."""
    root = near.split("~", 1)[0]
    number = 2
    while f"{root}~{number}" in taken:
        number += 1
    return ClipId(f"{root}~{number}")


def cut_at(clip: Clip, at: Time, tail_id: ClipId) -> tuple[Clip, Clip]:
    """Head and tail of a clip that `at`, a timeline instant, lies inside. Tails of partners that are cut there are linked."""
    middle = clip.source_time(at)
    head = replace(clip, source=TimeRange(clip.source.start, middle))
    link = None if clip.link is None else LinkId(f"{clip.link}~{at.seconds}")
    return head, replace(clip, id=tail_id, start=at, source=TimeRange(middle, clip.source.end), link=link)


def carved(project: Project, track_id: TrackId, span: TimeRange, *, keep: Collection[ClipId] = ()) -> Project:
    """The project with nothing left in a span of one track: what reaches into it is trimmed, what reaches over it is cut
    in two. Clips in `keep` are not touched. Raises `EditRejected` if the track is locked and something lies there.
    """
    track = the_track(project, track_id)
    taken = {c.id for c in project.clips()}
    clips: list[Clip] = []
    for clip in track.clips:
        if clip.id in keep or not clip.span.overlaps(span):
            clips.append(clip)
            continue
        opened(track)
        rest = clip
        if clip.start < span.start:
            tail_id = free_id(taken, clip.id)
            head, rest = cut_at(clip, span.start, tail_id)
            clips.append(head)
        if span.end < clip.span.end:
            _, tail = cut_at(rest, span.end, rest.id)
            taken.add(tail.id)
            clips.append(tail if rest is not clip else replace(tail, link=clip.link))
    return with_track(project, replace(track, clips=tuple(clips)))


def shifted(project: Project, since: Time, by: Time, *, keep: Collection[ClipId] = ()) -> Project:
    """Everything that begins at or after `since` moved by `by`, on all tracks that are not locked, and the markers too.

    Clips in `keep` stay. Raises `EditRejected` where a clip would land on another.
    """
    if by == ZERO:
        return project
    changed = project
    for track in project.tracks:
        if track.is_locked:
            continue
        goes = [c for c in track.clips if c.start >= since and c.id not in keep]
        stays = [c for c in track.clips if c.start < since or c.id in keep]
        if not goes:
            continue
        first = goes[0].start + by
        if first < ZERO:
            raise EditRejected(
                tr("There is no room before “{name}” on {track}.", name=goes[0].name, track=shown_name(track))
            )
        over = next((c for c in stays if c.span.end > first and c.start < since), None)
        if over is not None and by < ZERO:
            raise EditRejected(
                tr(
                    "“{name}” on {track} is in the way; lock {track} to leave it out, or lift instead.",
                    name=over.name,
                    track=shown_name(track),
                )
            )
        moved = (replace(c, start=c.start + by) for c in goes)
        changed = with_track(changed, replace(track, clips=(*stays, *moved)))
    return replace(changed, markers=_markers_shifted(project, since, by))


def _markers_shifted(project: Project, since: Time, by: Time) -> tuple[Marker, ...]:
    """Markers that followed a ripple, each on the nearest frame that is free: no note is lost where a gap closes."""
    found: list[Marker] = []
    moved = (replace(m, time=max(ZERO, m.time + by)) if m.time >= since else m for m in project.markers)
    for marker in sorted(moved, key=lambda m: (m.time, m.id)):
        frame = marker.time.to_frame(project.rate)
        if found:
            frame = max(frame, found[-1].time.to_frame(project.rate) + 1)
        found.append(replace(marker, time=Time.from_frame(frame, project.rate)))
    return tuple(found)


def each_clip(project: Project, ids: Iterable[ClipId], change: Callable[[Clip], Clip]) -> Project:
    """The project with some clips replaced, whichever track they lie on."""
    wanted = frozenset(ids)
    tracks = []
    for track in project.tracks:
        if any(c.id in wanted for c in track.clips):
            clips = sorted((change(c) if c.id in wanted else c for c in track.clips), key=lambda c: c.start)
            tracks.append(replace(track, clips=tuple(clips)))
        else:
            tracks.append(track)
    return replace(project, tracks=tuple(tracks))


def difference(before: Project, after: Project) -> tuple[TimeRange, ...]:
    """The timeline spans whose picture may differ: where another source instant, look or matte is on top.

    Only what was touched is looked at; where MANY clips of a track were, as after a ripple, all from the first to the last
    counts as different.
    """
    runs = _touched(before, after)
    if any(len(run) > MANY for run in runs):
        return RangeSet.of(TimeRange(run[0].start, run[-1].span.end) for run in runs).ranges
    spans = RangeSet.of(clip.span for run in runs for clip in run)
    stacks = [t.clips for p in (before, after) for t in p.tracks if t.kind is not TrackKind.AUDIO and t.is_on]
    edges = {edge for span in spans for edge in (span.start, span.end)}
    edges |= {edge for span in spans for clips in stacks for edge in _edges_in(clips, span)}
    return RangeSet.of(
        TimeRange(start, end)
        for start, end in pairwise(sorted(edges))
        if spans.contains(start) and _shown(before, start) != _shown(after, start)
    ).ranges


def _touched(before: Project, after: Project) -> list[tuple[Clip, ...]]:
    """Runs of clips on tracks that make the picture, in one of the projects and not, or otherwise, in the other."""
    was, now = ({t.id: t for t in p.tracks if t.kind is not TrackKind.AUDIO} for p in (before, after))
    if [id_ for id_ in was if id_ in now] != [id_ for id_ in now if id_ in was]:  # other tracks lie on top
        return [t.clips for tracks in (was, now) for t in tracks.values() if t.clips]
    runs: list[tuple[Clip, ...]] = []
    for id_ in {**was, **now}:
        old, new = (tracks[id_].clips if id_ in tracks and tracks[id_].is_on else () for tracks in (was, now))
        first = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a is not b), min(len(old), len(new)))
        ends = zip(reversed(old[first:]), reversed(new[first:]), strict=False)
        same = next((n for n, (a, b) in enumerate(ends) if a is not b), min(len(old), len(new)) - first)
        runs += [run for run in (old[first : len(old) - same], new[first : len(new) - same]) if run]
    return runs


def _edges_in(clips: tuple[Clip, ...], span: TimeRange) -> Iterator[Time]:
    """Starts and ends of a track's clips inside a span."""
    number = max(0, bisect_right(clips, span.start, key=lambda c: c.start) - 1)
    for clip in islice(clips, number, None):
        if clip.start >= span.end:
            return
        yield from (edge for edge in (clip.start, clip.span.end) if span.contains(edge))


def _shown(project: Project, at: Time) -> object:
    clip = project.video_clip_at(at)
    over = tuple((c.source_time(at), c.look, c.masks) for c in project.adjustments_at(at) if not c.look.is_as_shot)
    return clip and (clip.media, clip.source_time(at), clip.look, clip.masks, over)


def next_name(project: Project, kind: TrackKind) -> str:
    """What a new track of a kind is called: stored in English, so that a replay gives the same project everywhere."""
    word = "Adjust" if kind is TrackKind.ADJUSTMENT else kind.value.capitalize()
    return f"{word} {1 + len(project.tracks_of(kind))}"


def shown_name(track: Track) -> str:
    """The name of a track as it is said to people: one that `next_name` gave is translated, a person's own is not."""
    word, _, count = track.name.partition(" ")
    told = {"Video": msg("Video {number}"), "Audio": msg("Audio {number}"), "Adjust": msg("Adjust {number}")}.get(word)
    return tr(told, number=count) if told and count.isdigit() else track.name
