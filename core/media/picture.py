"""Picture: what a decoder gives. Plain numbers with their meaning; no PyAV, no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.media.facts import ColorTags

Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, upright, in square pixels.

    pixels: (H, W, 3) R G B, C-contiguous. uint8 and uint16 are display-referred R'G'B', 0 to full scale (255, 65535);
            float32 is scene-linear light (EXR). The stream's matrix and range are already undone.
    color:  as the stream is tagged; primaries and transfer say what the numbers mean.
    number: frame of the media, from 0.
    """

    pixels: Pixels
    color: ColorTags
    number: int

    def codes(self) -> npt.NDArray[np.float32]:
        """(H, W, 3) R'G'B' 0..1 for measures that need no more; linear light gets a plain 2.2 curve."""
        pixels = self.pixels
        if pixels.dtype == np.uint8 or pixels.dtype == np.uint16:
            return np.asarray(pixels / np.float32(255 if pixels.dtype == np.uint8 else 65535), np.float32)
        light = np.asarray(pixels, np.float32).clip(0.0, 1.0)
        return np.asarray(np.power(light, 1 / 2.2), np.float32)

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])
