"""Exact time to OpenTimelineIO's and back. Theirs is a float over a float; ours comes back to the very fraction."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import opentimelineio as otio

from core.timebase import Time, TimeRange

_NEAR: Final = 1e-3
"""Frames: how far a float may be from a whole frame to be taken for one."""


def rate_of(rate: float) -> Fraction:
    """The exact rate that a float stands for: 23.976 is 24000/1001."""
    whole = Fraction(round(rate))
    for exact in (whole, Fraction(round(rate * 1001 / 1000) * 1000, 1001)):
        if exact > 0 and abs(float(exact) - rate) < 0.005:
            return exact
    return Fraction(rate).limit_denominator(1001)


def rational(time: Time, rate: Fraction) -> otio.opentime.RationalTime:
    """An instant in frames of a rate, parts of a frame kept."""
    return otio.opentime.RationalTime(float(time.seconds * rate), float(rate))


def ranged(span: TimeRange, rate: Fraction) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(rational(span.start, rate), rational(span.duration, rate))


def time_from(time: otio.opentime.RationalTime) -> Time:
    """The instant meant: on a frame where it is within a thousandth of one."""
    rate = rate_of(time.rate)
    nearest = round(time.value)
    if abs(time.value - nearest) < _NEAR:
        return Time.from_frame(nearest, rate)
    return Time(Fraction(time.value).limit_denominator(1_000_000) / rate)


def same(exact: Time, other: Time, rate: Fraction) -> bool:
    """Whether an instant read from a file is the one that was written there."""
    return abs(float((exact.seconds - other.seconds) * rate)) < 2 * _NEAR
