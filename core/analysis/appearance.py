"""How a picture looks to the analysis: display codes and CIELAB at the work size, and colour tables learned from a shot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.flow import FloatImage, Grey8
from core.frame import Frame

Cells = npt.NDArray[np.int32]

SHOULDER: Final = 0.8
"""Light x is shown as x / (1 + .8 x): white 5 lands on code 1."""


def display_codes(light: FloatImage) -> FloatImage:
    """Scene-linear light as R'G'B' 0..1, any shape: a shoulder, then the sRGB curve (IEC 61966-2-1)."""
    above: FloatImage = np.asarray(np.maximum(light, 0.0), np.float32)
    shown = np.minimum(above / (1.0 + SHOULDER * above), 1.0)
    curved = 1.055 * np.power(np.maximum(shown, 0.0031308), 1 / 2.4) - 0.055
    return np.asarray(np.where(shown <= 0.0031308, 12.92 * shown, curved), np.float32)


@dataclass(frozen=True)
class Appearance:
    """One picture at the work size. `rgb` is (H, W, 3) float32 display codes 0..1."""

    rgb: FloatImage

    @staticmethod
    def of(frame: Frame, size: tuple[int, int]) -> Appearance:
        """`frame` reduced to `size` (width, height) by area. The reduction is made in display codes."""
        codes = display_codes(np.ascontiguousarray(frame.pixels.cpu().numpy().transpose(1, 2, 0)))
        if frame.size != size:
            smaller = cv2.resize(codes, size, interpolation=cv2.INTER_AREA)
            codes = np.asarray(smaller.reshape(size[1], size[0], 3), np.float32)
        return Appearance(codes)

    def reduced(self, size: tuple[int, int]) -> Appearance:
        """The same picture at a smaller size (width, height), by area."""
        if size == (self.width, self.height):
            return self
        return Appearance(np.asarray(cv2.resize(self.rgb, size, interpolation=cv2.INTER_AREA), np.float32))

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def scale(self) -> float:
        """Size against the 480 pixels for which radii are given."""
        return max(self.width, self.height) / 480.0

    @cached_property
    def lab(self) -> FloatImage:
        """(H, W, 3) CIELAB, L 0..100, D65."""
        return np.asarray(cv2.cvtColor(self.rgb, cv2.COLOR_RGB2Lab), np.float32)

    @cached_property
    def cells(self) -> Cells:
        """(H, W) cell of each pixel in a colour histogram."""
        return _cells(self.lab, GRID)

    @cached_property
    def fine_cells(self) -> Cells:
        """(H, W) cell of each pixel in a table as it is looked up, FINE times finer."""
        return _cells(self.lab, (GRID[0] * FINE, GRID[1] * FINE, GRID[2] * FINE))

    @cached_property
    def grey(self) -> Grey8:
        """(H, W) 8-bit luma, for flow."""
        return np.asarray(cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY) * 255.0 + 0.5, np.uint8)

    @cached_property
    def rows(self) -> FloatImage:
        """(H, 1) height in the picture, 0 at the top edge, 1 at the bottom edge."""
        return np.asarray(((np.arange(self.height) + 0.5) / self.height)[:, None], np.float32)


# ---- colour tables ---------------------------------------------------------------------------------------------

GRID: Final = (14, 12, 12)
"""Cells of a colour table along L, a, b."""
LOW: Final = np.array([0.0, -36.0, -48.0], np.float32)
HIGH: Final = np.array([100.0, 36.0, 48.0], np.float32)
FINE: Final = 3
"""A table is looked up in one FINE times finer, interpolated, so that a colour never jumps between cells."""
TABLE_LIMIT: Final = 4.0

ColorTable = tuple[float, ...]
"""Log-odds of a class for each cell of GRID in C order, within ±TABLE_LIMIT, to two decimals: small enough to keep in a scene."""


def _cells(lab: FloatImage, grid: tuple[int, int, int]) -> Cells:
    """Index of the cell of each pixel, channel by channel: numpy is slow over an axis of three."""
    scale = np.array(grid, np.float32) / (HIGH - LOW)
    index = np.zeros(lab.shape[:2], np.int32)
    for channel, count in enumerate(grid):
        at = (lab[..., channel] - LOW[channel]) * scale[channel]
        index = index * count + np.clip(at, 0.0, count - 1.0).astype(np.int32)
    return index


def color_histogram(picture: Appearance, weight: FloatImage) -> FloatImage:
    """Weight per cell, GRID-shaped, smoothed by [1 2 1] along each axis."""
    counts = np.asarray(
        np.bincount(picture.cells.ravel(), weight.ravel(), int(np.prod(GRID))).reshape(GRID), np.float32
    )
    for axis in range(3):
        padded: FloatImage = np.moveaxis(
            np.pad(counts, [(1, 1) if a == axis else (0, 0) for a in range(3)], mode="edge"), axis, 0
        )
        counts = np.moveaxis((padded[:-2] + 2.0 * padded[1:-1] + padded[2:]) / 4.0, 0, axis)
    return np.asarray(counts, np.float32)


def color_table(inside: FloatImage, outside: FloatImage) -> ColorTable:
    """Log-odds of two histograms, each brought to sum 1; a cell that neither has seen says nothing."""
    floor = 2e-4
    a, b = (h / max(float(h.sum()), 1e-6) for h in (inside, outside))
    odds = np.clip(np.log((a + floor) / (b + floor)), -TABLE_LIMIT, TABLE_LIMIT)
    return tuple(round(float(v), 2) for v in odds.ravel())


def histogram_overlap(inside: FloatImage, outside: FloatImage) -> float:
    """Shared part of two histograms, 0 (apart) .. 1 (the same)."""
    a, b = (h / max(float(h.sum()), 1e-6) for h in (inside, outside))
    return float(np.minimum(a, b).sum())


@lru_cache(maxsize=8)
def _fine(table: ColorTable) -> FloatImage:
    values = np.array(table, np.float32).reshape(GRID)
    for axis, count in enumerate(GRID):
        at = np.clip((np.arange(count * FINE) + 0.5) / FINE - 0.5, 0, count - 1)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, count - 1)
        part = (at - low).reshape([-1 if a == axis else 1 for a in range(3)])
        values = values.take(low, axis) * (1 - part) + values.take(high, axis) * part
    return np.ascontiguousarray(values.ravel(), np.float32)


def look_up(table: ColorTable, picture: Appearance) -> FloatImage:
    """Log-odds of each pixel (H, W)."""
    return np.asarray(_fine(table)[picture.fine_cells], np.float32)


def logistic(z: FloatImage) -> FloatImage:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0))), np.float32)
