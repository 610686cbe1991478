"""The shape of a car on the road: what a picture is searched for where there is no detector.

A lens at a driver's height sees every car as a box from its contact with the road up to about the horizon, so the row of the
contact fixes the size of the box, and the search is over two numbers: a dark underside on plain road, upright sides, a busy
body, two red lamps. Any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage
from core.objects import Box

Doubles = npt.NDArray[np.float64]
Candidates = tuple["Candidate", ...]
Finder = Callable[[Appearance, float, float], Candidates]
"""Boxes that may be vehicles in a picture, given the row of the horizon (a share) and the height of the lens (metres)."""

CAR_WIDTH_M, CAR_HEIGHT_M = 1.8, 1.48
LEAST_BELOW: Final = 0.022
"""Contact rows searched begin this far below the horizon, in heights: above, a car is a few pixels."""
LOWEST: Final = 0.94
STRAW_RED: Final = 0.1
"""Dry grass and earth are this much redder than green; lamps are more."""
LEAST_SCORE: Final = 1.9
MOST: Final = 24
"""Candidates a picture."""
APART: Final = 0.3
"""Two candidates share less than this of the smaller one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box that may be a vehicle, and how much it looks like one (about 2 to 5)."""

    box: Box
    score: float


def find_by_shape(picture: Appearance, horizon: float, height_m: float) -> Candidates:
    """Boxes that look like the rear or the front of a car on the road, best first, without overlaps."""
    look = _Sums.of(picture)
    found: list[tuple[float, Doubles]] = []
    top = horizon * picture.height
    bottom, last = top + LEAST_BELOW * picture.height, LOWEST * picture.height
    while bottom < last:
        width = (bottom - top) * CAR_WIDTH_M / height_m
        tall = (bottom - top) * CAR_HEIGHT_M / height_m
        step = max(1.0, width / 14.0)
        lefts = np.arange(-0.3 * width, picture.width - 0.7 * width, step)
        scores = look.scores(lefts, bottom, width, tall)
        found += [
            (float(scores[i]), np.array([lefts[i], bottom - tall, lefts[i] + width, bottom]))
            for i in np.flatnonzero(scores > LEAST_SCORE)
        ]
        bottom += max(1.0, 0.06 * (bottom - top))
    found.sort(key=lambda item: -item[0])
    kept: list[tuple[float, Doubles]] = []
    for score, edges in found:
        if all(_covered(edges, other) < APART for _, other in kept):
            kept.append((score, edges))
        if len(kept) == MOST:
            break
    size = np.array([picture.width, picture.height, picture.width, picture.height])
    return tuple(Candidate(Box(*(float(v) for v in edges / size)), score) for score, edges in kept)


@dataclass(frozen=True)
class _Sums:
    """Summed-area tables (Crow 1984) of a picture: means over rectangles at once."""

    shape: tuple[int, int]
    light: Doubles
    square: Doubles
    across: Doubles
    """Of the horizontal gradient: upright edges."""
    busy: Doubles
    red: Doubles
    """How much redder than anything else, in code values: tail lamps."""

    @staticmethod
    def of(picture: Appearance) -> _Sums:
        grey: FloatImage = picture.grey.astype(np.float32)
        x, y = (np.abs(cv2.Sobel(grey, cv2.CV_32F, dx, 1 - dx)) / 4.0 for dx in (1, 0))
        rgb = picture.rgb
        red = 255.0 * np.clip(rgb[..., 0] - np.maximum(rgb[..., 1], rgb[..., 2]) - STRAW_RED, 0.0, 0.3)
        light, square, across, busy, lamps = (
            np.asarray(cv2.integral(plane, sdepth=cv2.CV_64F), np.float64)
            for plane in (grey, grey * grey, x, x + y, red)
        )
        return _Sums((picture.height, picture.width), light, square, across, busy, lamps)

    def scores(self, lefts: Doubles, bottom: float, width: float, tall: float) -> Doubles:
        """How much each box with these left edges looks like a car that stands on `bottom`."""
        rights, middles = lefts + width, lefts + width / 2
        thin, under = max(1.0, 0.10 * width), max(1.5, 0.18 * width)
        road = (lefts, bottom + 0.06 * width, rights, bottom + 0.06 * width + under)
        plain = self._mean(self.light, *road)
        rough = np.sqrt(np.maximum(self._mean(self.square, *road) - plain**2, 0.0))
        # Dark under both halves: between two cars, and under a pole, only one of them is.
        shadow = np.maximum(
            self._mean(self.light, lefts + 0.08 * width, bottom - thin, middles, bottom),
            self._mean(self.light, middles, bottom - thin, rights - 0.08 * width, bottom),
        )
        dark = np.clip((plain - shadow) / (plain + 10.0), -0.5, 0.6)
        high, low = bottom - 0.8 * tall, bottom - 0.1 * tall
        body = self._mean(self.busy, lefts + 0.05 * width, high, rights - 0.05 * width, low)
        busy = np.clip((body - self._mean(self.busy, *road)) / 20.0, -1.0, 1.2)
        sides = np.minimum(self._side(lefts, bottom, width, tall), self._side(rights, bottom, width, tall))
        upright = np.clip(sides / 12.0, 0.0, 1.2)
        left, right = (
            self._mean(self.light, lefts, high, middles, low),
            self._mean(self.light, middles, high, rights, low),
        )
        uneven = np.clip(np.abs(left - right) / 40.0 - 0.25, 0.0, 1.0)
        lamps = np.minimum(*(self._lamp(lefts + at * width, bottom, width, tall) for at in (0.14, 0.86)))
        # The flank shows on the side of the vanishing point: on the other one the dark must end with the rear face.
        outside = np.where(middles < self.shape[1] / 2, lefts - 0.22 * width, rights + 0.04 * width)
        beyond = self._mean(self.light, outside, bottom - thin, outside + 0.18 * width, bottom)
        goes_on = np.clip((plain - beyond) / (plain + 10.0), 0.0, 0.6)
        return np.asarray(
            3.0 * dark
            - 1.8 * goes_on
            + busy
            + 0.8 * upright
            + 1.2 * np.clip(lamps / 30.0, 0.0, 1.0)
            - 0.8 * uneven
            - 0.05 * np.clip(rough - 4.0, 0.0, 20.0),
            np.float64,
        )

    def _lamp(self, at: Doubles, bottom: float, width: float, tall: float) -> Doubles:
        """Red where a tail lamp would be: .12 of the width to either side, .45 to .7 of the height."""
        return self._mean(self.red, at - 0.12 * width, bottom - 0.70 * tall, at + 0.12 * width, bottom - 0.45 * tall)

    def _side(self, at: Doubles, bottom: float, width: float, tall: float) -> Doubles:
        return self._mean(self.across, at - 0.06 * width, bottom - 0.75 * tall, at + 0.06 * width, bottom - 0.08 * tall)

    def _mean(self, table: Doubles, left: Doubles, top: float, right: Doubles, bottom: float) -> Doubles:
        """Means over rectangles, cut to the picture and at least a pixel large."""
        height, width = self.shape
        x0 = np.clip(np.rint(left).astype(int), 0, width - 1)
        x1 = np.clip(np.rint(right).astype(int), x0 + 1, width)
        y0 = min(max(round(top), 0), height - 1)
        y1 = min(max(round(bottom), y0 + 1), height)
        total = table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0]
        return np.asarray(total / ((x1 - x0) * (y1 - y0)), np.float64)


def _covered(a: Doubles, b: Doubles) -> float:
    """Share of the smaller box that the other covers."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return float(max(across, 0.0) * max(down, 0.0) / smaller)
