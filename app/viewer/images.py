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
    result = np.zeros((*mattes[0][0].shape, 4), np.float32)
    for matte, color in mattes:
        alpha = np.where(_edge(matte), np.float32(1.0), matte * np.float32(opacity))[..., None]
        ink = np.array([color.blue(), color.green(), color.red(), 255], np.float32)
        result = result * (1.0 - alpha) + ink * alpha
    return HeldImage((result + 0.5).astype(np.uint8), QImage.Format.Format_ARGB32_Premultiplied)


def _edge(matte: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Two pixels wide where the matte passes one half."""
    grown = matte > 0.5
    edge = np.zeros_like(grown)
    edge[1:, :] |= grown[1:, :] != grown[:-1, :]
    edge[:, 1:] |= grown[:, 1:] != grown[:, :-1]
    edge[:-1, :] |= edge[1:, :]
    edge[:, :-1] |= edge[:, 1:]
    return edge
