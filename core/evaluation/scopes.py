"""Scopes: what a picture's codes are, counted. Pure numpy; any thread.

Codes are display-referred R'G'B' 0..255, as on the screen. Luma and colour difference are those of Rec. ITU-R BT.709-6:
Y' = 0.2126 R' + 0.7152 G' + 0.0722 B', Cb' = (B' - Y') / 1.8556, Cr' = (R' - Y') / 1.5748.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Final

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
    """

    waveform: Counts
    vectors: Counts
    pixels: int
    """How many were counted."""

    @property
    def histogram(self) -> Counts:
        """(4, LEVELS): R', G', B', Y'."""
        return np.asarray(self.waveform.sum(axis=2))

    @property
    def low(self) -> npt.NDArray[np.float64]:
        """(4,) share of pixels at code 0."""
        return np.asarray(self.histogram[:, 0] / max(1, self.pixels))

    @property
    def high(self) -> npt.NDArray[np.float64]:
        """(4,) share of pixels at code 255."""
        return np.asarray(self.histogram[:, -1] / max(1, self.pixels))

    def reach(self, channel: int = 3) -> tuple[float, float]:
        """Lowest and highest level that occurs, 0..1."""
        found = np.flatnonzero(self.histogram[channel])
        return (float(found[0]) / 255.0, float(found[-1]) / 255.0) if len(found) else (0.0, 0.0)


def traces(picture: Codes, columns: int = 256) -> Traces:
    """Count a picture. `columns` across the waveform; every column of the picture falls into one of them."""
    height, width = picture.shape[:2]
    step = max(1, ceil(sqrt(height * width / MOST_PIXELS)))
    seen = picture[::step, ::step, :3]
    height, width = seen.shape[:2]
    blue, green, red = (np.ascontiguousarray(seen[..., c]) for c in range(3))
    luma = _luma(red, green, blue)
    codes = (red, green, blue, np.asarray(luma + np.float32(0.5), np.uint8))
    across = (np.arange(width) * columns // width).astype(np.intp)
    waveform = np.stack([_columns(code, across, columns) for code in codes])
    cb, cr = difference(red, blue, luma)
    cells = _cell(cr) * CELLS + _cell(cb)
    vectors = np.bincount(cells.ravel(), minlength=CELLS * CELLS).reshape(CELLS, CELLS)
    return Traces(waveform, vectors, height * width)


def _luma(red: Codes, green: Codes, blue: Codes) -> npt.NDArray[np.float32]:
    r, g, b = (np.float32(weight) for weight in LUMA)
    return np.asarray(red * r + green * g + blue * b, np.float32)


def difference(
    red: Codes, blue: Codes, luma: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Cb' and Cr', -0.5..0.5, of codes 0..255."""
    cb = (blue - luma) * np.float32(1.0 / (255.0 * CB_SCALE))
    cr = (red - luma) * np.float32(1.0 / (255.0 * CR_SCALE))
    return np.asarray(cb, np.float32), np.asarray(cr, np.float32)


def _cell(value: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """The nearest cell; grey is exactly in the middle one."""
    return np.asarray(value * np.float32(CELLS - 2) + np.float32(CELLS / 2 + 0.5), np.intp)


def _columns(code: Codes, across: npt.NDArray[np.intp], columns: int) -> Counts:
    """(LEVELS, columns)"""
    places = code.astype(np.intp) * columns + across
    return np.bincount(places.ravel(), minlength=LEVELS * columns).reshape(LEVELS, columns)


def bar(name: str, level: float) -> tuple[float, float]:
    """Cb' and Cr' of a colour bar of this level (0.75 or 1)."""
    red, green, blue = (level * v for v in BARS[name])
    luma = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return (blue - luma) / CB_SCALE, (red - luma) / CR_SCALE
