"""What stands over a dark underside: a car near the camera, or one that the picture's edge cuts, whatever its colour.

Paint may look like shaded road, but under a car neither sun nor sky shines: a level band darker than any shade, with a
surface above it that is lighter and not of the road's own look. A lens at a driver's height sees all that stands there
between the band and the horizon, and the row of the band says how large it is. Any thread; continuous in the picture.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage

CLEARANCE: Final = 0.2
"""Height of the underside above the road, in heights of the lens."""
COLUMNS: Final = 240
"""Most columns looked at."""
GAP: Final = 0.9
"""Width of what shines through between the wheels, in heights of the lens: it parts no car."""
LEAST_BELOW: Final = 0.04
"""An underside is looked for from so far below the horizon, in heights: above, a car is a few pixels."""
BAND, BODY, SIDE = 0.10, 0.30, 0.3
"""Heights of the dark band and of the surface over it that are looked at, and half the width over which they must run on,
in heights of the lens."""
DARK, DARKEST = 0.62, 19.0
"""Lightness of an underside, at most, against the road's and in itself: shade under the open sky is lighter."""
STEP: Final = 0.12
"""How much lighter, against the road, the body is at least."""


def over_undersides(picture: Appearance, likeness: FloatImage, horizon: float) -> FloatImage:
    """(H, W) 0..1: what stands over an underside, down to where its wheels touch the road.

    `likeness` are log-odds (H, W) of the looks of the ground alone.
    """
    height, width = likeness.shape
    over = np.zeros((height, width), np.float32)
    first, top = max(0, round(horizon * height)), round((horizon + LEAST_BELOW) * height)
    if top > height - 4:
        return over
    columns = min(COLUMNS, width)
    light, like = (
        np.asarray(cv2.resize(plane[first:], (columns, height - first), interpolation=cv2.INTER_AREA), np.float32)
        for plane in (np.ascontiguousarray(picture.lab[..., 0]), likeness)
    )
    bands = np.arange(top - first, height - first, dtype=np.float32)  # rows where the underside begins
    size = bands + first + 0.5 - horizon * height
    sure = cv2.dilate(_undersides(light, like, bands, size), np.ones((5, 1), np.uint8))
    along = _columns_mean(np.asarray(sure, np.float32), SIDE * size * columns / width)
    level = np.clip((along - 0.25) / 0.25, 0.0, 1.0)
    at = np.interp(np.arange(height - first), bands + CLEARANCE * size, np.arange(len(bands)), left=-1.0)
    low = at.astype(int)
    part = (at - low)[:, None]
    stands = level[low] * (1.0 - part) + level[np.minimum(low + 1, len(bands) - 1)] * part
    stands[at < 0.0] = 0.0
    reach = GAP / 2 * np.maximum(np.arange(height - first), 1.0) * columns / width
    stands = _down_to(_closed(_down_to(stands), reach))
    over[first:] = cv2.resize(np.ascontiguousarray(stands, np.float32), (width, height - first))
    return over


def _undersides(light: FloatImage, like: FloatImage, bands: FloatImage, size: FloatImage) -> FloatImage:
    """(N, W) 0..1: how much it looks as if an underside began at each of the rows `bands` (N,).

    `light` is L and `like` as `likeness`, both from the horizon down; `size` (N,) are rows below the horizon.
    """
    rows, columns = light.shape
    ahead = np.s_[-max(1, rows // 2) :, columns // 3 : columns - columns // 3]
    road, usual = float(np.median(light[ahead])), float(np.median(like[ahead]))
    sill = bands - np.minimum(0.03 * size, 1.0)
    under = _rows_mean(light, bands, bands + np.maximum(BAND * size, 1.0))
    body = _rows_mean(light, bands - np.maximum(BODY * size, 2.0), sill)
    looks = _rows_mean(like, bands - np.maximum(2.0 * BODY * size, 3.0), sill)
    dark = np.clip((min(DARK * road, DARKEST) - under) / 4.0, 0.0, 1.0)
    lighter = np.clip(((body - under) / (road + 1.0) - STEP) / 0.1, 0.0, 1.0)
    other = np.clip((0.7 - looks / max(usual, 0.5)) / 0.3, 0.0, 1.0)
    return np.asarray(dark * lighter * other, np.float32)


def _down_to(stands: FloatImage) -> FloatImage:
    """Each row as sure as the surest below it: what has a foot there reaches up from it."""
    return np.asarray(np.maximum.accumulate(stands[::-1], axis=0)[::-1], np.float32)


def _closed(stands: FloatImage, reach: FloatImage) -> FloatImage:
    """The mask (H, W) without gaps up to twice `reach` (H,) wide: its closing along each row."""
    closed = np.empty_like(stands)
    for row, wide in enumerate(np.rint(reach).astype(int)):
        across = np.ones((1, 2 * wide + 1), np.uint8)
        closed[row] = cv2.morphologyEx(stands[row : row + 1], cv2.MORPH_CLOSE, across)[0]
    return closed


def _rows_mean(plane: FloatImage, low: FloatImage, high: FloatImage) -> FloatImage:
    """(N, W) means of an (H, W) plane over rows low..high (N,), between rows too."""
    sums = np.pad(np.cumsum(plane, axis=0, dtype=np.float64), ((1, 0), (0, 0)))
    last = len(plane)
    low = np.clip(low, 0.0, last - 1.0)
    high = np.clip(high, low + 0.5, float(last))

    def until(row: FloatImage) -> FloatImage:
        at = np.minimum(row.astype(int), last - 1)
        return np.asarray(sums[at] + (sums[at + 1] - sums[at]) * (row - at)[:, None])

    return np.asarray((until(high) - until(low)) / (high - low)[:, None], np.float32)


def _columns_mean(plane: FloatImage, reach: FloatImage) -> FloatImage:
    """(N, W) means over `reach` (N,) columns to either side, as far as the picture goes."""
    count, width = plane.shape
    sums = np.pad(np.cumsum(plane, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    wide = np.maximum(np.rint(reach), 1.0).astype(int)[:, None]
    at = np.arange(width)[None, :]
    low, high = np.maximum(at - wide, 0), np.minimum(at + wide + 1, width)
    rows = np.arange(count)[:, None]
    return np.asarray((sums[rows, high] - sums[rows, low]) / (high - low), np.float32)
