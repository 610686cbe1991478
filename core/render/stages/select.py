"""Where a rule about the picture holds: colour, luminance, depth, sky, ground, foliage. Engine thread.

Colours are those of the screen, as a person sees and picks them. Each edge of a range is a smoothstep over its softness.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch

from core.document.selectors import FARTHEST_M, WHEEL, Range, Selector, SelectorKind
from core.extension.translator import Maps
from core.scene import SurfaceClass

Plane = npt.NDArray[np.float32]

FOLIAGE: Final = [list(SurfaceClass).index(kind) for kind in (SurfaceClass.PLANT, SurfaceClass.GRASS)]
NEAREST_M: Final = 0.1


def selected(selector: Selector, bgra: npt.NDArray[np.uint8], maps: Maps) -> Plane:
    """(H, W) 0..1 where the selector's rule holds, at the size of `bgra`, display codes. `maps` has those its kind reads."""
    height, width = bgra.shape[:2]
    match selector.kind:
        case SelectorKind.COLOR:
            hue, saturation, luminance = hsl(bgra)
            made = _turning(hue, selector.hue) * within(saturation, selector.saturation)
            return np.asarray(made * within(luminance, selector.luminance), np.float32)
        case SelectorKind.LUMINANCE:
            return within(luma(bgra), selector.luminance)
        case SelectorKind.DEPTH:
            return _in_depth(_plane(maps.inverse_depth, width, height), selector.depth)
        case SelectorKind.SKY:
            return _plane(maps.sky, width, height)
        case SelectorKind.GROUND:
            return _plane(maps.ground, width, height)
        case SelectorKind.FOLIAGE:
            planes = None if maps.classes is None else maps.classes[FOLIAGE].sum(0, keepdim=True)
            return _plane(planes, width, height)
        case SelectorKind.FILM:
            raise ValueError("a matte that was brought along is read, not selected")


def hsl(bgra: npt.NDArray[np.uint8]) -> tuple[Plane, Plane, Plane]:
    """Hue 0..360, saturation and lightness 0..1, (H, W) each: the double hexcone of Joblove and Greenberg (1978)."""
    planes = cv2.cvtColor(np.asarray(bgra[..., :3], np.float32) / np.float32(255.0), cv2.COLOR_BGR2HLS)
    hue, light, saturation = (np.asarray(planes[..., channel], np.float32) for channel in range(3))
    return hue, saturation, light


def luma(bgra: npt.NDArray[np.uint8]) -> Plane:
    """Y' of BT.709, 0..1."""
    weights = np.array([0.0722, 0.7152, 0.2126], np.float32) / np.float32(255.0)
    return np.asarray(bgra[..., :3] @ weights, np.float32)


def within(value: Plane, range_: Range) -> Plane:
    """1 in the range, smoothly to 0 over its softness on either side."""
    soft = np.float32(max(range_.soft, 1e-4))
    return _smooth(1.0 + (value - np.float32(range_.low)) / soft) * _smooth(
        1.0 + (np.float32(range_.high) - value) / soft
    )


def _turning(hue: Plane, range_: Range) -> Plane:
    """`within` on the wheel of hues: by the distance from the middle of the range."""
    half = (range_.high - range_.low) / 2.0
    if half >= WHEEL / 2.0:
        return np.ones_like(hue)
    away = np.abs((hue - np.float32(range_.low + half) + 180.0) % 360.0 - 180.0)
    return within(np.asarray(away, np.float32), Range(-1.0, half, range_.soft))


def _in_depth(inverse: Plane, range_: Range) -> Plane:
    """`inverse` in 1/m. A range that reaches the farthest takes all that lies beyond along."""
    metres = 1.0 / np.maximum(inverse, np.float32(0.5 / FARTHEST_M))
    metres = np.maximum(metres, np.float32(NEAREST_M))
    far = 2.0 * FARTHEST_M if range_.high >= FARTHEST_M else range_.high
    near = -1.0 if range_.low <= 0.0 else range_.low
    return within(np.asarray(metres, np.float32), Range(near, far, range_.soft))


def _plane(planes: torch.Tensor | None, width: int, height: int) -> Plane:
    if planes is None:
        return np.zeros((height, width), np.float32)
    plane = planes[0].detach().float().cpu().numpy()
    if plane.shape != (height, width):
        plane = cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(plane, 0.0, 1.0e9), np.float32)


def _smooth(t: Plane) -> Plane:
    held = np.clip(t, 0.0, 1.0)
    return np.asarray(held * held * (3.0 - 2.0 * held), np.float32)
