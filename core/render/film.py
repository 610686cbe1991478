"""What a film consists of: which instants of the timeline it shows, and for how long. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.document.model import Clip, Project
from core.frame_times import FrameTimes
from core.media.facts import MediaFacts
from core.render.media_plan import facts_of
from core.timebase import ZERO, Time, TimeRange


@dataclass(frozen=True, slots=True)
class ExportFrame:
    """One picture of the film: planned at timeline instant `time`, shown at `at` for `duration` (from the film's start)."""

    time: Time
    at: Time
    duration: Time
    number: int
    """For an image sequence: the source frame's number, or the timeline frame's where several clips meet."""


def plan_export(
    project: Project, span: TimeRange, index_of: Callable[[MediaFacts], FrameTimes]
) -> tuple[ExportFrame, ...]:
    """The frames of a film of `span`, in order.

    Where the span shows one clip, each of its source frames appears once with its own length, so variable frame rates,
    frame counts and durations come out as they went in. Otherwise the project's rate decides.
    """
    clip = untouched_clip(project, span)
    if clip is None:
        return tuple(_at_project_rate(project, span))
    facts = facts_of(project, clip)
    return tuple(_at_source_frames(clip, facts, span.intersection(clip.span), index_of(facts)))


def untouched_clip(project: Project, span: TimeRange) -> Clip | None:
    """The one picture clip that fills the span, or None where clips meet, overlap, or leave a gap."""
    touching = [clip for clip in project.pictures() if clip.span.overlaps(span) and not clip.span.is_empty]
    if len(touching) != 1 or touching[0].span.start > span.start or touching[0].span.end < span.end:
        return None
    return touching[0]


def _at_source_frames(clip: Clip, facts: MediaFacts, span: TimeRange, index: FrameTimes) -> Iterator[ExportFrame]:
    start, end = clip.source_time(span.start), clip.source_time(span.end)
    for frame in range(index.frame_at(start), index.count):
        appears = max(index.time_of(frame), start)
        if appears >= end:
            return
        leaves = min(index.time_of(frame) + index.duration_of(frame), end)
        if leaves <= appears:
            continue
        yield ExportFrame(clip.timeline_time(appears), appears - start, leaves - appears, facts.first_number + frame)


def _at_project_rate(project: Project, span: TimeRange) -> Iterator[ExportFrame]:
    rate = project.rate
    frames = span.frames(rate)
    first = Time.from_frame(frames.start, rate) if frames else ZERO
    for frame in frames:
        time = Time.from_frame(frame, rate)
        yield ExportFrame(time, time - first, Time.from_frame(1, rate), frame)
