"""The course of a curve at many instants at once, as floats: for drawing it. What is rendered is sampled by `Curve.value_at`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from core.condition import AxisKind
from core.document.model import Curve, Interpolation, animatable_axis

Floats = npt.NDArray[np.float64]
STEPS: Final = 24
"""Halvings when the time of a Bézier segment is inverted: a sixteen-millionth of it, below a pixel of any window."""


def course_xs(left: float, right: float, keys: Iterable[float]) -> Floats:
    """Where a line from `left` to `right` px takes its points: every 3 px, at its keys, and just before them, for there a
    hold falls."""
    corners = np.array([x for x in keys if left <= x <= right])
    return np.unique(np.concatenate([np.arange(left, right, 3.0), corners, corners - 0.01, [max(left, right)]]))


def values(curve: Curve, seconds: Floats) -> Floats:
    """`curve.value_at` at source instants in seconds, to within 1e-6 of the axis' range. Shape as given."""
    keys, axis = curve.keys, animatable_axis(curve.axis)
    times = np.array([float(k.time) for k in keys])
    levels = np.array([k.value for k in keys])
    after = np.searchsorted(times, seconds, side="right")
    found = levels[np.clip(after - 1, 0, len(keys) - 1)]
    for number in range(len(keys) - 1):
        here = after == number + 1
        if not here.any():
            continue
        first, kind = levels[number], keys[number].interpolation
        share = (seconds[here] - times[number]) / (times[number + 1] - times[number])
        rise = axis.step(first, levels[number + 1])
        if kind is Interpolation.BEZIER:
            found[here] = _bezier(curve, number, share, first, first + rise)
        else:
            found[here] = first + rise * _eased(kind, share)
    if axis.kind is AxisKind.ANGLE:
        found = axis.low + (found - axis.low) % (axis.high - axis.low)
    held: Floats = np.clip(found, axis.low, axis.high)
    return held


def _eased(kind: Interpolation, t: Floats) -> Floats:
    match kind:
        case Interpolation.HOLD:
            return np.zeros_like(t)
        case Interpolation.SMOOTH:
            return t * t * (3.0 - 2.0 * t)
        case Interpolation.EASE_OUT:
            return t * t
        case Interpolation.EASE_IN:
            return t * (2.0 - t)
    return t


def _bezier(curve: Curve, number: int, share: Floats, first: float, last: float) -> Floats:
    leaves, arrives = curve.handles(number)
    low, high = np.zeros_like(share), np.ones_like(share)
    for _ in range(STEPS):
        middle = (low + high) / 2
        early = _cubic(middle, 0.0, leaves.time, 1.0 - arrives.time, 1.0) < share
        low, high = np.where(early, middle, low), np.where(early, high, middle)
    return _cubic((low + high) / 2, first, first + leaves.value, last + arrives.value, last)


def _cubic(t: Floats, a: float, b: float, c: float, d: float) -> Floats:
    s = 1.0 - t
    return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d
