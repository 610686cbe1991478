"""What the timeline shows at this moment. Main thread; the canvas owns one, the painter reads it, gestures never write to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from app.timeline.layout import HEAD_W, Lane, lanes
from app.timeline.scale import TimeScale
from core.document.model import Clip, Project
from core.ids import AxisId, ClipId, MediaId
from core.timebase import ZERO, Time, TimeRange

KeyRef = tuple[AxisId, Time]
"""A keyframe of the selected clip, by axis and source time."""

Thumbnails = Callable[[MediaId, float, float], QImage | None]
"""(media, source second, seconds a tile covers) -> the nearest thumbnail there is now; asks for a better one."""
Peaks = npt.NDArray[np.float32]
Waveforms = Callable[[MediaId], tuple[Peaks, float] | None]
"""media -> ((n, 2) lowest and highest sample of each step, -1..1; steps a second), or None while it is read."""


class Tool(StrEnum):
    """What the pointer does to clips."""

    SELECT = "select"
    TRIM = "trim"
    """Ends ripple, the picture slips, the title slides."""
    RAZOR = "razor"


@dataclass(slots=True)
class TimelineState:
    project: Project
    tool: Tool = Tool.SELECT
    is_linked: bool = True
    """Whether what is done to a clip is done to its partners."""
    scale: TimeScale = field(default_factory=TimeScale)
    playhead: Time = ZERO
    selected: ClipId | None = None
    """The one that the panels show: a picture or an adjustment, for those wear a look."""
    selection: frozenset[ClipId] = frozenset()
    """All that are selected, partners among them."""
    band: tuple[float, float, float, float] | None = None
    """Left, top, right, bottom of the rubber band, canvas px before vertical scrolling."""
    keys: frozenset[KeyRef] = frozenset()
    """The selected keyframes of the selected clip, in its lanes and in the curve editor."""
    focus_key: KeyRef | None = None
    """The one the keyboard stands at."""
    anchor_key: KeyRef | None = None
    """The one a selection reaches out from."""
    axis: AxisId | None = None
    """The chosen one of the animated axes: its lane is marked, its values stand beside its curve."""
    folded: frozenset[AxisId] = frozenset()
    """Axes whose lane is low and shows keyframes only."""
    hot_key: KeyRef | None = None
    ready: tuple[TimeRange, ...] = ()
    stale: tuple[TimeRange, ...] = ()
    """Spans that were ready before the last edit: shown as out of date until they are ready again."""
    working: TimeRange | None = None
    queued: TimeRange | None = None
    failures: dict[ClipId, str] = field(default_factory=dict)
    missing: frozenset[MediaId] = frozenset()
    """Media whose file is not there: their clips stay marked even where a picture of them is still in the cache."""
    snap: Time | None = None
    is_snapping: bool = True
    scroll_y: float = 0.0

    @property
    def clip(self) -> Clip | None:
        """The selected clip, while it exists."""
        return next((c for c in self.project.clips() if c.id == self.selected), None)

    @property
    def rows(self) -> tuple[Lane, ...]:
        return lanes(self.project, self.clip, self.folded)

    def with_partners(self, clips: Iterable[ClipId]) -> frozenset[ClipId]:
        """These clips and, while linked selection is on, those linked to them."""
        wanted = frozenset(clips)
        if not self.is_linked:
            return wanted
        links = {c.link for c in self.project.clips() if c.id in wanted and c.link is not None}
        return wanted | {c.id for c in self.project.clips() if c.link in links}

    def x(self, time: Time) -> float:
        """Canvas x of a timeline instant."""
        return HEAD_W + self.scale.x(time)

    def time_at(self, x: float) -> Time:
        """Start of the frame under canvas x."""
        return self.scale.time(x - HEAD_W, self.project.rate)

    def edge_at(self, x: float) -> Time:
        return self.scale.nearest_edge(x - HEAD_W, self.project.rate)

    def instant_at(self, x: float) -> Time:
        """The very instant under canvas x, between frames too, never before zero."""
        return max(ZERO, Time(Fraction(self.scale.seconds(x - HEAD_W)).limit_denominator(1_000_000)))

    def snap_targets(self, without: Collection[ClipId] = ()) -> tuple[Time, ...]:
        """Clip ends, markers, in and out points, the playhead and zero; empty when snapping is off."""
        if not self.is_snapping:
            return ()
        ends = {t for c in self.project.clips() if c.id not in without for t in (c.span.start, c.span.end)}
        marks = [t for t in (self.project.in_point, self.project.out_point) if t is not None]
        return (ZERO, self.playhead, *ends, *marks, *(m.time for m in self.project.markers))
