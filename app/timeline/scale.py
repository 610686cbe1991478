"""The map between timeline time and pixels. Pure; the only place where the timeline divides by a zoom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Final

from core.timebase import ZERO, Time, TimeRange

MIN_PX_PER_S: Final = 0.02
"""A day fits on a screen."""
MAX_PX_PER_FRAME: Final = 64.0
"""Beyond this a frame is wider than anybody needs to see."""


@dataclass(frozen=True, slots=True)
class TimeScale:
    """`px_per_s` logical pixels for a second; `origin_s` is the time at x = 0, in seconds."""

    px_per_s: float = 80.0
    origin_s: float = 0.0

    def x(self, time: Time) -> float:
        return (float(time) - self.origin_s) * self.px_per_s

    def seconds(self, x: float) -> float:
        return x / self.px_per_s + self.origin_s

    def time(self, x: float, rate: Fraction) -> Time:
        """The start of the frame under `x`, never before zero."""
        frame = max(0, floor(Fraction(self.seconds(x)) * rate + Fraction(1, 1000)))
        return Time.from_frame(frame, rate)

    def nearest_edge(self, x: float, rate: Fraction) -> Time:
        """The frame boundary nearest to `x`, never before zero: for cuts and clip ends."""
        return Time.from_frame(max(0, round(self.seconds(x) * float(rate))), rate)

    def zoomed(self, factor: float, at_x: float, rate: Fraction) -> TimeScale:
        """Zoomed about the instant under `at_x`, which stays where it is unless zero would leave the left edge."""
        wanted = min(max(self.px_per_s * factor, MIN_PX_PER_S), MAX_PX_PER_FRAME * float(rate))
        fixed = self.seconds(at_x)
        return TimeScale(wanted, max(0.0, fixed - at_x / wanted))

    def scrolled(self, dx: float) -> TimeScale:
        return replace(self, origin_s=max(0.0, self.origin_s + dx / self.px_per_s))

    @staticmethod
    def around(span: TimeRange, width: float, rate: Fraction) -> TimeScale:
        """`span` in the middle of `width`, with a twentieth of it free on either side."""
        length = max(float(span.duration), 1 / float(rate))
        px_per_s = min(max(width * 0.9 / length, MIN_PX_PER_S), MAX_PX_PER_FRAME * float(rate))
        return TimeScale(px_per_s, max(0.0, float(span.start) - (width / px_per_s - length) / 2))

    @staticmethod
    def fitting(duration: Time, width: float) -> TimeScale:
        """The whole of `duration` in `width`, with a little air on the right; ten seconds while there is nothing."""
        return TimeScale(max(MIN_PX_PER_S, width * 0.96 / max(float(duration) or 10.0, 0.5)), 0.0)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    frame: int
    is_major: bool
    """Major ticks carry a timecode."""


def ticks(scale: TimeScale, rate: Fraction, width: float, label_px: float = 92.0) -> list[Tick]:
    """Ruler ticks over 0..width: major ones at the roundest step that leaves room for `label_px`, four or five minor between."""
    base = max(1, round(rate))
    steps = [
        n
        for n in (
            1,
            2,
            5,
            10,
            base // 2,
            base,
            base * 2,
            base * 5,
            base * 10,
            base * 30,
            base * 60,
            base * 300,
            base * 600,
        )
        if n
    ]
    px_per_frame = scale.px_per_s / float(rate)
    major = next((n for n in sorted(set(steps)) if n * px_per_frame >= label_px), base * 3600)
    minor = next((major // n for n in (5, 4, 2) if major % n == 0 and major // n * px_per_frame >= 5), major)
    first = floor(scale.origin_s * float(rate) / minor) * minor
    last = ceil(scale.seconds(width) * float(rate))
    return [
        Tick(scale.x(Time.from_frame(frame, rate)), frame, frame % major == 0)
        for frame in range(first, last + 1, minor)
    ]


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a dragged edge lands. `target` is the instant it stuck to, for the cue, or None."""

    time: Time
    target: Time | None = None


def snapped(wanted: Time, targets: tuple[Time, ...], scale: TimeScale, reach_px: float = 8.0) -> Snap:
    """`wanted`, or the nearest target within `reach_px`."""
    nearest = min(targets, key=lambda t: abs(t.seconds - wanted.seconds), default=None)
    if nearest is not None and abs(scale.x(nearest) - scale.x(wanted)) <= reach_px:
        return Snap(nearest, nearest)
    return Snap(wanted)


def snapped_span(span: TimeRange, targets: tuple[Time, ...], scale: TimeScale) -> Snap:
    """The start of a moved span, so that whichever of its ends is nearer to a target sticks to it."""
    at_start, at_end = snapped(span.start, targets, scale), snapped(span.end, targets, scale)
    moved_end = Time(at_end.time.seconds - span.duration.seconds)
    if at_end.target is not None and moved_end >= ZERO:
        near_end = abs(at_end.time.seconds - span.end.seconds)
        if at_start.target is None or near_end < abs(at_start.time.seconds - span.start.seconds):
            return Snap(moved_end, at_end.target)
    return at_start
