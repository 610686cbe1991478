"""The one helper that makes QImages over numpy pixels and keeps the array alive (a QImage only borrows its buffer)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from core.render.messages import Picture8


class HeldImage:
    """A QImage together with the pixels it borrows; keep this, not the image."""

    __slots__ = ("_pixels", "image")

    def __init__(self, pixels: npt.NDArray[np.uint8], form: QImage.Format) -> None:
        self._pixels = pixels
        height, width = pixels.shape[:2]
        self.image = QImage(pixels.data, width, height, pixels.strides[0], form)


def held(picture: Picture8) -> HeldImage:
    """No copy: `Picture8` owns read-only BGRX bytes, which is what RGB32 is on a little-endian machine."""
    return HeldImage(picture.pixels, QImage.Format.Format_RGB32)


def tinted(*mattes: tuple[npt.NDArray[np.float32], QColor], opacity: float) -> HeldImage:
    """Mattes (H, W) 0..1 of one size as a premultiplied overlay, each in its colour, the last on top: `opacity` inside,
    opaque along the half-way edge."""
    result = _tint(*mattes[0], opacity)
    for matte, color in mattes[1:]:
        over = _tint(matte, color, opacity)
        result = over + (result * ((255 - over[..., 3:]) / np.float32(255)) + 0.5).astype(np.uint8)
    return HeldImage(result, QImage.Format.Format_ARGB32_Premultiplied)


def _tint(matte: npt.NDArray[np.float32], color: QColor, opacity: float) -> npt.NDArray[np.uint8]:
    """(H, W, 4) premultiplied B G R A by a table: a brush draws this at every move."""
    ink = np.array([color.blue(), color.green(), color.red(), 255], np.float32)
    shares = np.append(np.arange(256, dtype=np.float32) * np.float32(opacity / 255), np.float32(1.0))
    table = (shares[:, None] * ink + 0.5).astype(np.uint8)
    codes = (matte * np.float32(255) + np.float32(0.5)).astype(np.int16)
    codes[_edge(matte)] = 256
    whole = np.take(table.view(np.uint32)[:, 0], codes)  # four bytes at a time
    return whole.view(np.uint8).reshape(*matte.shape, 4)


def _edge(matte: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Two pixels wide where the matte passes one half."""
    grown = matte > 0.5
    edge = np.zeros_like(grown)
    edge[1:, :] |= grown[1:, :] != grown[:-1, :]
    edge[:, 1:] |= grown[:, 1:] != grown[:, :-1]
    edge[:-1, :] |= edge[1:, :]
    edge[:, :-1] |= edge[:, 1:]
    return edge
