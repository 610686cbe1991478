"""Where a keyframe lies in its lane. Pure geometry shared by painting, hit-testing and dragging."""

from __future__ import annotations

from app.timeline.layout import Lane
from core.document.model import Curve, animatable_axis

MARGIN = 7.0
"""Px kept free above and below, so that a diamond at the range's end is whole."""


def value_bounds(curve: Curve) -> tuple[float, float]:
    """Low and high of the lane: the keys' own span with air around it, never beyond the axis, never empty.

    A lane is about 30 px high, so the axis' whole range would flatten most curves.
    """
    axis = animatable_axis(curve.axis)
    values = [key.value for key in curve.keys]
    low, high = min(values), max(values)
    least = (axis.high - axis.low) * 0.1
    if high - low < least:
        middle = (high + low) / 2
        low, high = middle - least / 2, middle + least / 2
    return max(axis.low, low), min(axis.high, high)


def value_y(value: float, bounds: tuple[float, float], top: float, height: float) -> float:
    low, high = bounds
    share = (value - low) / (high - low) if high > low else 0.5
    return top + height - MARGIN - min(1.0, max(0.0, share)) * (height - 2 * MARGIN)


def lane_y(lane: Lane, curve: Curve, value: float) -> float:
    """Where a value stands in its lane; in the middle of one that is folded."""
    if lane.is_folded:
        return lane.top + (lane.height - 1) / 2
    return value_y(value, value_bounds(curve), lane.top, lane.height - 1)


def y_value(y: float, bounds: tuple[float, float], top: float, height: float) -> float:
    """The inverse of `value_y`, held inside the lane."""
    low, high = bounds
    share = (top + height - MARGIN - y) / (height - 2 * MARGIN)
    return low + min(1.0, max(0.0, share)) * (high - low)
