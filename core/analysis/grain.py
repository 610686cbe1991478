"""Grain: how busy a surface is across and up, as a table of its own beside that of colours.

Asphalt is plain both ways, a lawn busy both ways, a façade busy across. Strengths are counted in octaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import Appearance, Cells
from core.analysis.flow import FloatImage

CELLS: Final = 10
"""Cells along each axis."""
FINE: Final = 8
"""A table is looked up in one so much finer, interpolated, so that a grain never jumps between cells."""
RADIUS_PX: Final = 5
FAINTEST, OCTAVES = 0.15, 6.5
"""Steps of L a pixel that are told from none, and how far above them the last cell lies."""
LIMIT: Final = 3.0

GrainTable = tuple[float, ...]
"""Log-odds of a class for each cell, row by row, within ±LIMIT, to two decimals."""


@dataclass(frozen=True, slots=True)
class Grain:
    """(H, W) each, 0..CELLS: strength of the steps across and up."""

    across: FloatImage
    up: FloatImage

    @staticmethod
    def of(picture: Appearance) -> Grain:
        light = np.ascontiguousarray(picture.lab[..., 0])
        size = 2 * max(1, round(RADIUS_PX * picture.scale)) + 1

        def octaves(dx: int, dy: int) -> FloatImage:
            step = cv2.blur(np.abs(cv2.Sobel(light, cv2.CV_32F, dx, dy, scale=1 / 8)), (size, size))
            level = (np.log2(step + FAINTEST) - np.log2(FAINTEST)) / OCTAVES * CELLS
            return np.asarray(np.clip(level, 0.0, CELLS - 0.01), np.float32)

        return Grain(octaves(1, 0), octaves(0, 1))

    def look_up(self, table: GrainTable) -> FloatImage:
        """Log-odds of each pixel (H, W)."""
        return np.asarray(_fine(table)[_cell(self, FINE)], np.float32)


def grain_histogram(grain: Grain, weight: FloatImage) -> FloatImage:
    """Weight per cell, (CELLS, CELLS), smoothed by [1 2 1] along each axis."""
    counts = np.bincount(_cell(grain, 1).ravel(), weight.ravel(), CELLS * CELLS)
    counts = counts.reshape(CELLS, CELLS).astype(np.float32)
    kernel = np.array([0.25, 0.5, 0.25], np.float32)
    return np.asarray(cv2.sepFilter2D(counts, cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)


def grain_table(inside: FloatImage, outside: FloatImage) -> GrainTable:
    """Log-odds of two histograms, each brought to sum 1; a cell that neither has seen says nothing."""
    a, b = (h / max(float(h.sum()), 1e-6) for h in (inside, outside))
    odds = np.clip(np.log((a + 2e-3) / (b + 2e-3)), -LIMIT, LIMIT)
    return tuple(round(float(v), 2) for v in odds.ravel())


def _cell(grain: Grain, fine: int) -> Cells:
    return np.asarray((grain.across * fine).astype(np.int32) * (CELLS * fine) + (grain.up * fine).astype(np.int32))


@lru_cache(maxsize=8)
def _fine(table: GrainTable) -> FloatImage:
    small = np.array(table, np.float32).reshape(CELLS, CELLS)
    return np.asarray(cv2.resize(small, (CELLS * FINE, CELLS * FINE)).ravel(), np.float32)
