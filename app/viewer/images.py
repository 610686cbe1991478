"""The one helper that makes QImages over numpy pixels and keeps the array alive (a QImage only borrows its buffer)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

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


def tinted_matte(matte: npt.NDArray[np.float32], rgb: tuple[int, int, int], opacity: float) -> HeldImage:
    """A matte (H, W) 0..1 as a premultiplied overlay: `opacity` inside, opaque along its half-way edge."""
    grown = matte > 0.5
    edge = np.zeros_like(grown)
    edge[1:, :] |= grown[1:, :] != grown[:-1, :]
    edge[:, 1:] |= grown[:, 1:] != grown[:, :-1]
    edge[:-1, :] |= edge[1:, :]
    edge[:, :-1] |= edge[:, 1:]
    alpha = np.where(edge, 1.0, matte * opacity).astype(np.float32)
    pixels = np.empty((*matte.shape, 4), np.uint8)
    red, green, blue = rgb
    for channel, value in enumerate((blue, green, red, 255)):
        pixels[..., channel] = alpha * value + 0.5
    return HeldImage(pixels, QImage.Format.Format_ARGB32_Premultiplied)
