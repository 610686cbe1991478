"""The shapes of a curve between two keyframes. Pure; times in seconds, values in the axis' units.

A Bézier segment has two handles, each a share of the segment's length in time (0..1) and an offset in value: with shares in
0..1 time never runs back (as in CSS Easing Functions Level 1 and in film software). A handle that nobody set follows from
the keys beside it so that the curve never overshoots them: Fritsch and Butland, "A Method for Constructing Local Monotone
Piecewise Cubic Interpolants" (SIAM J. Sci. Stat. Comput. 5, 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

THIRD: Final = 1.0 / 3.0
DECIMALS: Final = 6
STEPS: Final = 40
"""Halvings when time is inverted: far below a frame of any film."""


@dataclass(frozen=True, slots=True, order=True)
class Handle:
    """One end of a Bézier segment, seen from its key: `time` as a share 0..1 of the segment, `value` as an offset."""

    time: float
    value: float

    @property
    def exact(self) -> Handle:
        """As it is stored."""
        return Handle(round(min(max(self.time, 0.0), 1.0), DECIMALS) + 0.0, round(self.value, DECIMALS) + 0.0)


def bezier(u: float, length: tuple[float, float], leaves: Handle, arrives: Handle) -> float:
    """Value at a share `u` 0..1 of the time between two keys of values `length`."""
    first, last = length
    if u <= 0.0:
        return first
    if u >= 1.0:
        return last
    x1, x2 = leaves.time, 1.0 - arrives.time
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        t = (low + high) / 2
        if _cubic(t, 0.0, x1, x2, 1.0) < u:
            low = t
        else:
            high = t
    return _cubic((low + high) / 2, first, first + leaves.value, last + arrives.value, last)


def _cubic(t: float, a: float, b: float, c: float, d: float) -> float:
    s = 1.0 - t
    return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d


def slopes(times: Sequence[float], values: Sequence[float]) -> list[float]:
    """Slope at each of some keys, values a second, so that a cubic through them is monotone wherever they are.

    The weighted harmonic mean of the steps on both sides, 0 where they turn; one-sided at the ends.
    """
    count = len(times)
    if count < 2:
        return [0.0] * count
    lengths = [b - a for a, b in pairwise(times)]
    steps = [(b - a) / length for (a, b), length in zip(pairwise(values), lengths, strict=True)]
    found = [steps[0]]
    for (before, after), (first, last) in zip(pairwise(steps), pairwise(lengths), strict=True):
        if before * after <= 0.0:
            found.append(0.0)
        else:
            one, other = 2 * last + first, last + 2 * first
            found.append((one + other) / (one / before + other / after))
    return [*found, steps[-1]]


def smooth_handles(length_s: float, before: float, after: float) -> tuple[Handle, Handle]:
    """Handles of a segment that leaves and arrives with these slopes: a third of it each."""
    return Handle(THIRD, before * length_s * THIRD), Handle(THIRD, -after * length_s * THIRD)
