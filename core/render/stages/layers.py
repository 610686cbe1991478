"""A translated frame taken apart: passes that add up to the picture, with the mattes and the depth they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from core.extension.translator import LayerTap, Maps, Pass
from core.frame import Frame
from core.render.sizes import Size

FARTHEST_M: Final = 1e5
"""Depth that is written for sky, and where no depth is known."""
Channels = dict[str, npt.NDArray[np.float32]]
"""Planes (H, W) by the name they have in a file."""


@dataclass(frozen=True, slots=True)
class Layers:
    """One frame in passes. source + the sum of `passes` is `result`, to float rounding; all on the frame's device."""

    source: Frame
    result: Frame
    passes: Mapping[Pass, torch.Tensor]
    """Signed light, (3, H, W); a pass that did nothing is left out."""
    look: torch.Tensor
    """(1, H, W) 0..1: how far the look may act, masks and amount."""
    maps: Maps
    """What the look was made from; empty where nothing was translated."""

    @staticmethod
    def untouched(frame: Frame) -> Layers:
        """A frame that no look has changed."""
        return Layers(frame, frame, {}, torch.zeros_like(frame.pixels[:1]), Maps())

    @staticmethod
    def of(source: Frame, result: Frame, tap: LayerTap, maps: Maps) -> Layers:
        """What a tap took from a translation, before any mask."""
        height, width = source.height, source.width
        passes = {name: tap.change(name)[:, :height, :width] for name in Pass}
        return Layers(source, result, passes, torch.ones_like(source.pixels[:1]), maps)

    def mixed(self, below: Layers, result: Frame, share: torch.Tensor) -> Layers:
        """This over another of the same source after the composite, whose outcome is `result`: every pass counts for its
        share (1, H, W)."""
        passes = {name: change * share for name, change in self.passes.items()}
        for name, change in below.passes.items():
            passes[name] = passes.get(name, 0.0) + change * (1.0 - share)
        look = self.look * share + below.look * (1.0 - share)
        return Layers(self.source, result, passes, look, self.maps if self.passes else below.maps)

    def channels(self, canvas: Size) -> Channels:
        """Every plane by its name in the file, in the middle of the canvas. The same names for every frame.

        R, G, B is the picture, `source.*` the picture as shot, `PASS.*` what each pass did; `depth.Z` in metres up to
        scale; `matte.sky`, `.ground`, `.look` 0..1.
        """
        rgb = {"": self.result.pixels, "source.": self.source.pixels}
        rgb |= {f"{name}.": self.passes.get(name, torch.zeros_like(self.source.pixels)) for name in Pass}
        found = {prefix + c: plane for prefix, planes in rgb.items() for c, plane in zip("RGB", planes, strict=True)}
        none = torch.zeros_like(self.look)
        mattes = {"sky": self.maps.sky, "ground": self.maps.ground, "look": self.look}
        found |= {f"matte.{name}": (none if plane is None else plane)[0] for name, plane in mattes.items()}
        inverse = none if self.maps.inverse_depth is None else self.maps.inverse_depth
        found["depth.Z"] = inverse.clamp_min(1.0 / FARTHEST_M).reciprocal()[0]
        return {name: _centred(plane.cpu().numpy(), canvas) for name, plane in found.items()}


def _centred(plane: npt.NDArray[np.float32], canvas: Size) -> npt.NDArray[np.float32]:
    """The plane in the middle of nothing, contiguous."""
    height, width = plane.shape
    if (width, height) == canvas:
        return np.ascontiguousarray(plane)
    whole = np.zeros((canvas[1], canvas[0]), np.float32)
    top, left = (canvas[1] - height) // 2, (canvas[0] - width) // 2
    whole[top : top + height, left : left + width] = plane
    return whole
