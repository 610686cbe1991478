"""Frame: pixels that carry their meaning. The one place where shape, type and range are enforced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import torch


class ColorSpace(StrEnum):
    """What the numbers in a picture mean. Values are OpenColorIO names in our configuration."""

    WORKING = "scene_linear"
    """Scene-linear light, Rec.709 primaries, D65; 1.0 is a sunlit white card; values above 1.0 are kept."""
    DISPLAY = "display"
    """Display-referred R'G'B', 0..1, as sent to a screen."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: a float32 tensor (3, H, W) on any device, and its colour space. Never written to after it is made."""

    pixels: torch.Tensor
    space: ColorSpace = ColorSpace.WORKING

    def __post_init__(self) -> None:
        p = self.pixels
        if p.ndim != 3 or p.shape[0] != 3 or 0 in p.shape:
            raise ValueError(f"a frame is (3, H, W), not {tuple(p.shape)}")
        if p.dtype != torch.float32:
            raise ValueError(f"a frame is float32, not {p.dtype}")

    @staticmethod
    def of_array(light: npt.NDArray[np.float32], device: torch.device | None = None) -> Frame:
        """A frame in the working space from an array (H, W, 3), copied."""
        return Frame(torch.from_numpy(np.ascontiguousarray(light.transpose(2, 0, 1))).to(device))

    @property
    def height(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[2])

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.width, self.height

    @property
    def device(self) -> torch.device:
        return self.pixels.device

    def with_pixels(self, pixels: torch.Tensor) -> Frame:
        return replace(self, pixels=pixels)
