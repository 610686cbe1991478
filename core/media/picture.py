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

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])
