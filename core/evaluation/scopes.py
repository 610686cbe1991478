"""Scopes: what a picture's codes are, counted. Plain arrays, numpy and OpenCV; any thread.

Codes are display-referred R'G'B' 0..255, as on the screen. Luma and colour difference are those of Rec. ITU-R BT.709-6:
Y' = 0.2126 R' + 0.7152 G' + 0.0722 B', Cb' = (B' - Y') / 1.8556, Cr' = (R' - Y') / 1.5748.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint8]
"""(H, W, 3 or more), B G R first."""
Counts = npt.NDArray[np.int64]

LEVELS: Final = 256
LUMA: Final = (0.2126, 0.7152, 0.0722)
"""Of R', G', B'."""
CB_SCALE, CR_SCALE = 1.8556, 1.5748
MOST_PIXELS: Final = 540 * 960
"""Of a larger picture every n-th row and column is counted: a trace has no more dots than that."""
CELLS: Final = 256
"""Side of the vectorscope, -0.5..0.5 of Cb' to the right and of Cr' upwards."""
BARS: Final = {
    "R": (1.0, 0.0, 0.0),
    "Mg": (1.0, 0.0, 1.0),
    "B": (0.0, 0.0, 1.0),
    "Cy": (0.0, 1.0, 1.0),
    "G": (0.0, 1.0, 0.0),
    "Yl": (1.0, 1.0, 0.0),
}
"""R'G'B' of the colour bars (ITU-R BT.471)."""
SKIN_DEG: Final = 123.0
"""Angle of the I axis of NTSC, near which skin lies, counter-clockwise from +Cb'."""


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """All scopes of one picture.

    waveform: (4, LEVELS, columns) how often each code stands in each column: R', G', B', Y'. Row 0 is code 0.
    vectors:  (CELLS, CELLS) how often each colour difference occurs; row 0 is the most negative Cr'.
    histogram: (4, LEVELS) the waveform's columns together.
    """

    waveform: Counts
    vectors: Counts
    histogram: Counts
    pixels: int
    """How many were counted."""

    @property
    def low(self) -> npt.NDArray[np.float64]:
        """(4,) share of pixels at code 0."""
        return np.asarray(self.histogram[:, 0] / max(1, self.pixels))

    @property
    def high(self) -> npt.NDArray[np.float64]:
        """(4,) share of pixels at code 255."""
        return np.asarray(self.histogram[:, -1] / max(1, self.pixels))

    @property
    def chroma(self) -> float:
        """Length of the largest colour difference that occurs; 1 is the vectorscope's circle, at 0.5 of Cb' or Cr'."""
        rows, columns = np.nonzero(self.vectors)
        if not len(rows):
            return 0.0
        return float(np.hypot(rows - CELLS / 2, columns - CELLS / 2).max() / (CELLS / 2 - 1))

    def reach(self, channel: int = 3) -> tuple[float, float]:
        """Lowest and highest level that occurs, 0..1."""
        found = np.flatnonzero(self.histogram[channel])
        return (float(found[0]) / 255.0, float(found[-1]) / 255.0) if len(found) else (0.0, 0.0)


def traces(picture: Codes, most_columns: int = 512) -> Traces:
    """Count a picture. Columns of the waveform take equally many of the picture's, but for the last, lest they stripe."""
    height, width = picture.shape[:2]
    step = max(1, ceil(sqrt(height * width / MOST_PIXELS)))
    seen = np.ascontiguousarray(picture[::step, ::step, :3])
    height, width = seen.shape[:2]
    blue, green, red = (np.ascontiguousarray(seen[..., c]) for c in range(3))
    luma, cb, cr = (np.ascontiguousarray(plane) for plane in np.moveaxis(_matrixed(seen), 2, 0))
    together = ceil(width / most_columns)
    columns = ceil(width / together)
    across = np.arange(width) // together
    waveform = np.stack([_columns(code, across, columns) for code in (red, green, blue, luma)])
    return Traces(waveform, _count(cr, cb), np.asarray(waveform.sum(axis=2)), height * width)


def _matrix() -> npt.NDArray[np.float32]:
    """(3, 4) from B' G' R' codes to luma's code and the cells of Cb' and Cr'; half is added, to round by cutting."""
    red, green, blue = LUMA
    luma = np.array([blue, green, red])
    cells = (CELLS - 2) / 255.0
    cb = (np.array([1.0, 0.0, 0.0]) - luma) * (cells / CB_SCALE)
    cr = (np.array([0.0, 0.0, 1.0]) - luma) * (cells / CR_SCALE)
    offset = np.array([[0.5], [CELLS / 2 + 0.5], [CELLS / 2 + 0.5]])
    return np.hstack([np.stack([luma, cb, cr]), offset]).astype(np.float32)


_MATRIX: Final = _matrix()


def _matrixed(seen: Codes) -> Codes:
    """(H, W, 3): luma 0..255, and the cells of Cb' and Cr', 1..255 with grey at 128 exactly."""
    return np.asarray(cv2.transform(seen.astype(np.float32), _MATRIX), np.uint8)


def _columns(code: Codes, across: npt.NDArray[np.intp], columns: int) -> Counts:
    """(LEVELS, columns). Counted 256 columns at a time, for OpenCV's fast path takes bytes only."""
    parts = []
    for start in range(0, columns, LEVELS):
        wide = min(LEVELS, columns - start)
        first, last = np.searchsorted(across, (start, start + wide))
        place = np.broadcast_to((across[first:last] - start).astype(np.uint8), (len(code), last - first))
        parts.append(_count(code[:, first:last], place)[:, :wide])
    return np.hstack(parts)


def _count(rows: Codes, columns: Codes) -> Counts:
    """(256, 256): how often each pair of bytes occurs; float32 holds such counts exactly."""
    if not rows.size:
        return np.zeros((LEVELS, LEVELS), np.int64)
    planes = [np.ascontiguousarray(rows), np.ascontiguousarray(columns)]
    return cv2.calcHist(planes, [0, 1], None, [LEVELS, LEVELS], [0, LEVELS, 0, LEVELS]).astype(np.int64)


def place_of(color: tuple[float, float, float]) -> tuple[float, float, float]:
    """Luma 0..1, Cb' and Cr' -0.5..0.5 of R' G' B' codes 0..255."""
    red, green, blue = (code / 255.0 for code in color)
    luma = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return luma, (blue - luma) / CB_SCALE, (red - luma) / CR_SCALE


def bar(name: str, level: float) -> tuple[float, float]:
    """Cb' and Cr' of a colour bar of this level (0.75 or 1)."""
    red, green, blue = (255.0 * level * v for v in BARS[name])
    return place_of((red, green, blue))[1:]
