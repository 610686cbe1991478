"""The contact line: for each column, the row where the ground ends and something stands on it.

A column's ground reaches from the bottom edge up to one row; which row is a hidden state that moves little from column to
column, save at the sides of things. The evidence of all pixels is summed by the forward-backward recursion (Rabiner 1989),
so the answer is a distribution over rows: soft where the picture is unclear, and continuous in it, so that it is steady.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.flow import FloatImage

Doubles = npt.NDArray[np.floating[Any]]

COLUMNS, ROWS = 240, 120
"""Most columns, and rows below the horizon, that the line is found at."""
WITNESSES: Final = 40.0
"""How many independent witnesses the pixels of a column count for."""
JUMP: Final = 0.04
"""Chance that a neighbouring column has another thing in it."""
DRIFT: Final = 0.02
"""How far the line moves otherwise from one of COLUMNS to the next, as a share of the rows."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where things stand. `ground` (H, W) 0..1 is the chance that the line is above a pixel, `rows` (W,) where the line is
    expected, as a share of the height. `cars` (W,) 0..1 is how sure it is that a car stands there, where that is known."""

    ground: FloatImage
    rows: FloatImage
    cars: FloatImage | None = None


def find_contact(odds: FloatImage, edges: FloatImage, horizon: float) -> Contact:
    """From log-odds of ground, and log-odds that the line runs here, both (H, W). Nothing above `horizon` is ground."""
    height, width = odds.shape
    top = int(np.clip(round(horizon * height), 0, height - 1))
    rows, columns = min(ROWS, height - top), min(COLUMNS, width)
    below = np.clip(_at(odds[top:], columns, rows), -3.0, 3.0) * (WITNESSES / rows)
    evidence = np.zeros((rows + 1, columns))  # state k: ground from row k down; k = rows: none
    evidence[:rows] = 2.0 * np.cumsum(below[::-1], axis=0)[::-1] + _at(edges[top:], columns, rows)
    chance = _posterior(evidence)
    ground = np.zeros((height, width), np.float32)
    ground[top:] = _at(np.cumsum(chance, axis=0)[:rows], width, height - top)
    line = (top + (np.arange(rows + 1)[:, None] * chance).sum(0) * (height - top) / rows) / height
    return Contact(ground, _at(line[None], width, 1)[0])


def _posterior(evidence: Doubles) -> Doubles:
    """(K, W) chance of each row in each column, from log evidence of that shape."""
    states, columns = evidence.shape
    likely = np.exp(evidence - evidence.max(0))
    away = np.abs(np.arange(states)[:, None] - np.arange(states)[None, :]) / max(DRIFT * states, 0.5)
    step = np.exp(-away)
    step = (1.0 - JUMP) * step / step.sum(0) + JUMP / states
    forward, backward = np.empty_like(likely), np.ones_like(likely)
    forward[:, 0] = likely[:, 0]
    for x in range(1, columns):
        here = likely[:, x] * (step @ forward[:, x - 1])
        forward[:, x] = here / here.sum()
    for x in range(columns - 2, -1, -1):
        here = step.T @ (likely[:, x + 1] * backward[:, x + 1])
        backward[:, x] = here / here.sum()
    chance = forward * backward
    return np.asarray(chance / chance.sum(0))


def _at(plane: Doubles, width: int, height: int) -> FloatImage:
    """(height, width) float32: by area where smaller, bilinear where larger."""
    shrinks = width < plane.shape[1] or height < plane.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(plane, np.float32), (width, height), interpolation=method)
    return np.asarray(resized.reshape(height, width), np.float32)
