"""Level: the line where a sea or a plain meets the sky, which is the horizon itself."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.flow import Grey8

REACH: Final = 0.08
"""How far from where it is expected the line is looked for, in heights."""
LEAST_STEP: Final = 6.0
"""Code values between sky and sea."""
LEAST_SHARE: Final = 0.25
"""Of the width that the line must run through."""
STEEPEST: Final = 0.06
"""Rise over run."""
STRAIGHT: Final = 0.004
"""How far a point of the line may lie off it, in heights: a crest of hills bends more."""
GAP: Final = 3
"""Columns of about 160 that a mast or a wave may hide."""
EVEN: Final = 14.0
"""Spread between quartiles, in code values, of what lies right above and right below the line."""


def level_row(grey: Grey8, expected: float) -> float | None:
    """Row of the horizon as a share of the height, at the picture's centre column; None where no such line is seen."""
    height, width = grey.shape
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), max(0.8, height / 225))
    low, high = (round((expected + way * REACH) * height) for way in (-1, 1))
    low, high = max(low, 4), min(high, height - 4)
    if high - low < 4 or width < 16:
        return None
    columns = np.arange(2, width - 2, max(1, width // 160))
    step = soft[low : high - 1, columns] - soft[low + 1 : high, columns]
    sharp = step.max(0) > LEAST_STEP / 2
    first = (step > LEAST_STEP / 2).argmax(0)  # the first thing below the sky, at its steepest
    rows = (
        low
        + 1
        + np.where(
            np.take_along_axis(step, np.minimum(first + 1, len(step) - 1)[None], 0)[0]
            > step[first, np.arange(len(columns))],
            first + 1,
            first,
        )
    )
    chosen = np.zeros(len(columns), np.bool_)
    for start in range(0, len(columns), 8):  # lines through pairs of columns that lie apart
        for end in range(start + len(columns) // 5, len(columns), 8):
            if not (sharp[start] and sharp[end]):
                continue
            slope = (rows[end] - rows[start]) / (columns[end] - columns[start])
            on_line = rows[start] + slope * (columns - columns[start])
            fits = _longest(sharp & (np.abs(rows - on_line) <= max(0.75, STRAIGHT * height)))
            if abs(slope) < STEEPEST and fits.sum() > chosen.sum():
                chosen = fits
    if chosen.sum() < LEAST_SHARE * len(columns):
        return None
    slope, offset = np.polyfit(columns[chosen], rows[chosen], 1)
    reach = max(2, height // 60)
    above, below = (soft[np.clip(rows[chosen] + way * reach, 0, height - 1), columns[chosen]] for way in (-1, 1))
    uneven = max(float(np.subtract(*np.percentile(side, (75, 25)))) for side in (above, below))
    if uneven > EVEN or float(np.median(above - below)) < LEAST_STEP:
        return None
    return float((slope * (width / 2 - 0.5) + offset) / height)


def _longest(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Only the longest stretch of what is true; gaps of GAP do not end it."""
    at = np.flatnonzero(flags)
    if not len(at):
        return flags
    runs = np.split(at, np.flatnonzero(np.diff(at) > GAP + 1) + 1)
    kept = np.zeros_like(flags)
    kept[max(runs, key=len)] = True
    return kept
