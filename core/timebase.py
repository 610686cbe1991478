"""Exact time. The only place where frames become time and time becomes frames.

Instants are fractions of a second and ranges are half-open, so 23.976 never drifts and two neighbours
never share a frame. A frame is found by flooring: the frame on screen at an instant is the last that began.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Final


@dataclass(frozen=True, slots=True, order=True)
class Time:
    """An exact instant or length, in seconds."""

    seconds: Fraction

    @staticmethod
    def from_frame(frame: int, rate: Fraction) -> Time:
        """The instant at which `frame` appears, at `rate` frames a second."""
        return Time(Fraction(frame) / rate)

    def to_frame(self, rate: Fraction) -> int:
        """Index of the frame on screen at this instant."""
        return floor(self.seconds * rate)

    def to_frame_ceil(self, rate: Fraction) -> int:
        """Index of the first frame that begins at or after this instant: the end of a half-open range."""
        return ceil(self.seconds * rate)

    def __add__(self, other: Time) -> Time:
        return Time(self.seconds + other.seconds)

    def __sub__(self, other: Time) -> Time:
        return Time(self.seconds - other.seconds)

    def __float__(self) -> float:
        return float(self.seconds)


ZERO: Final = Time(Fraction(0))


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """The half-open span [start, end). `end` may equal `start`: then it is empty."""

    start: Time
    end: Time

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a range cannot end before it starts")

    @staticmethod
    def of_frames(first: int, count: int, rate: Fraction) -> TimeRange:
        return TimeRange(Time.from_frame(first, rate), Time.from_frame(first + count, rate))

    @property
    def duration(self) -> Time:
        return self.end - self.start

    @property
    def is_empty(self) -> bool:
        return self.start == self.end

    def contains(self, time: Time) -> bool:
        return self.start <= time < self.end

    def overlaps(self, other: TimeRange) -> bool:
        return self.start < other.end and other.start < self.end

    def intersection(self, other: TimeRange) -> TimeRange:
        """What both cover; empty (at this range's start) when they are apart."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return TimeRange(start, end) if start < end else TimeRange(self.start, self.start)

    def frames(self, rate: Fraction) -> range:
        """The frames that begin inside this range."""
        return range(self.start.to_frame_ceil(rate), self.end.to_frame_ceil(rate))


@dataclass(frozen=True, slots=True)
class RangeSet:
    """A set of instants as sorted, disjoint, non-touching, non-empty ranges. Build it with `of`."""

    ranges: tuple[TimeRange, ...] = ()

    @staticmethod
    def of(ranges: Iterable[TimeRange]) -> RangeSet:
        merged: list[TimeRange] = []
        for item in sorted(r for r in ranges if not r.is_empty):
            if merged and item.start <= merged[-1].end:
                merged[-1] = TimeRange(merged[-1].start, max(merged[-1].end, item.end))
            else:
                merged.append(item)
        return RangeSet(tuple(merged))

    def __iter__(self) -> Iterator[TimeRange]:
        return iter(self.ranges)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def contains(self, time: Time) -> bool:
        return any(r.contains(time) for r in self.ranges)

    def union(self, other: RangeSet) -> RangeSet:
        return RangeSet.of((*self.ranges, *other.ranges))

    def intersection(self, other: RangeSet) -> RangeSet:
        return RangeSet.of(a.intersection(b) for a in self.ranges for b in other.ranges)

    def minus(self, other: RangeSet) -> RangeSet:
        left = list(self.ranges)
        for cut in other.ranges:
            left = [piece for r in left for piece in _without(r, cut)]
        return RangeSet.of(left)


def _without(whole: TimeRange, cut: TimeRange) -> Iterator[TimeRange]:
    if not whole.overlaps(cut):
        yield whole
        return
    if whole.start < cut.start:
        yield TimeRange(whole.start, cut.start)
    if cut.end < whole.end:
        yield TimeRange(cut.end, whole.end)


def format_timecode(frame: int, rate: Fraction) -> str:
    """Non-drop SMPTE timecode HH:MM:SS:FF for a frame count at `rate` (ST 12-1), with a true minus before zero."""
    base = max(1, round(rate))
    sign, frame = ("\u2212", -frame) if frame < 0 else ("", frame)
    seconds, ff = divmod(frame, base)
    minutes, ss = divmod(seconds, 60)
    hours, mm = divmod(minutes, 60)
    return f"{sign}{hours:02d}:{mm:02d}:{ss:02d}:{ff:02d}"
