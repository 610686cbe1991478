"""Filling the cache for playback, and telling which spans of the timeline are ready."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from core.document.model import Clip, Project
from core.errors import WeathervaneError
from core.frame_times import FrameTimes
from core.ids import ClipId, MediaId
from core.render.cache import BEHIND, Place
from core.render.media_plan import PlanParams
from core.render.messages import PrefetchRequest
from core.render.nodes import FramePlan, Node
from core.render.plan import plan_frame
from core.timebase import RangeSet, Time, TimeRange

RUN: Final = 8
"""Frames behind the playhead that are made in one go."""


def nearest_first(playhead: Time, span: TimeRange, project: Project) -> Iterator[Time]:
    """The project's frames within a span, outward from the playhead, in runs, twice as many ahead as behind.

    Each run is in order, because a decoder reads forward: a frame behind the last costs all from its keyframe on.
    """
    rate = project.rate
    frames = span.frames(rate)
    here = min(max(playhead.to_frame(rate), frames.start), max(frames.start, frames.stop - 1))
    ahead, behind = range(here, frames.stop), range(frames.start, here)
    while ahead or behind:
        for frame in (*ahead[: BEHIND * RUN], *behind[-RUN:]):
            yield Time.from_frame(frame, rate)
        ahead, behind = ahead[BEHIND * RUN :], behind[:-RUN]


@dataclass
class Prefetch:
    """The frames still to make for one request. `capacity` is how many pictures the cache can hold."""

    request: PrefetchRequest
    params: PlanParams
    capacity: int
    _times: Iterator[Time] = field(init=False)
    _upcoming: deque[FramePlan] = field(init=False, default_factory=deque)

    def __post_init__(self) -> None:
        self._times = nearest_first(self.request.playhead, self.request.span, self.request.project)

    def upcoming(self, count: int, is_ready: Callable[[Node], bool]) -> tuple[FramePlan, ...]:
        """The next frames that are not ready, at most `count`; none when all are, or when the cache is full of nearer ones."""
        self._upcoming = deque(plan for plan in self._upcoming if not is_ready(plan.result))
        while len(self._upcoming) < count and (plan := self._next_plan(is_ready)) is not None:
            self._upcoming.append(plan)
        return tuple(self._upcoming)

    def drop_first(self) -> None:
        """It was made, or cannot be."""
        self._upcoming.popleft()

    def _next_plan(self, is_ready: Callable[[Node], bool]) -> FramePlan | None:
        for time in self._times:
            if self.capacity <= 0:
                return None
            self.capacity -= 1
            try:
                plan = plan_frame(self.request.project, time, self.params)
            except WeathervaneError:
                continue  # a preview of the same instant says why
            if plan.clip is not None and not is_ready(plan.result):
                return plan
        return None


class Readiness:
    """Which spans of one timeline, at one size, are in the cache. Plans each frame once and then only looks up names."""

    def __init__(self, project: Project, params: PlanParams) -> None:
        self._project = project
        self._params = params
        self._results: dict[tuple[ClipId, int], tuple[TimeRange, Node] | None] = {}
        self._clips: dict[MediaId, list[Clip]] = {}
        for clip in project.pictures():
            self._clips.setdefault(clip.media, []).append(clip)

    def spans(self, kept: Iterator[Place], is_ready: Callable[[Node], bool]) -> tuple[TimeRange, ...]:
        """`kept` are the places of which any picture is kept."""
        found = (self._result(clip, place.frame) for place in set(kept) for clip in self._clips.get(place.media, ()))
        return RangeSet.of(result[0] for result in found if result is not None and is_ready(result[1])).ranges

    def _result(self, clip: Clip, frame: int) -> tuple[TimeRange, Node] | None:
        """Where a source frame of a clip shows on the timeline, and what it shows; None where it does not."""
        if (clip.id, frame) not in self._results:
            self._results[clip.id, frame] = self._planned(clip, frame)
        return self._results[clip.id, frame]

    def _planned(self, clip: Clip, frame: int) -> tuple[TimeRange, Node] | None:
        try:
            index = self._params.index_of(self._project.media_facts(clip.media))
            span = frame_span(clip, frame, index)
            plan = plan_frame(self._project, span.start, self._params)
        except WeathervaneError:
            return None
        is_on_screen = not span.is_empty and plan.clip is not None and plan.clip.id == clip.id
        return (span, plan.result) if is_on_screen else None


def frame_span(clip: Clip, frame: int, index: FrameTimes) -> TimeRange:
    """The timeline span over which a clip shows a source frame; empty if it is trimmed away."""
    appears = index.time_of(frame)
    shown = TimeRange(appears, appears + index.duration_of(frame))
    within = shown.intersection(clip.source)
    return TimeRange(clip.timeline_time(within.start), clip.timeline_time(within.end))
