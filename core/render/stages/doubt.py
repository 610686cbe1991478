"""How sure a mask that follows is, for the eye: the picture darkened, the mask's edge, and doubt along it in colour.

The ramp runs from dark red to pale yellow, ever lighter, so it reads without colour vision too.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

DARKENED: Final = 0.45
FULL_DOUBT: Final = 0.6
"""Lost confidence at which the ramp ends."""
VISIBLE_FROM: Final = 0.03
REACH_PX: Final = 2
"""How far doubt is spread, so that a thin edge can be seen."""
RAMP: Final = np.array([(40, 30, 150), (40, 110, 245), (170, 240, 255)], np.float32)
"""B G R codes at no, half and full doubt."""
EDGE: Final = np.array((235, 235, 235), np.float32)


def doubted(
    bgra: npt.NDArray[np.uint8], matte: npt.NDArray[np.float32], doubt: npt.NDArray[np.float32]
) -> npt.NDArray[np.uint8]:
    """(H, W, 3) B G R codes of a source picture, its matte and the doubt about it, all of one size."""
    shown = np.asarray(bgra[..., :3], np.float32) * np.float32(DARKENED)
    inside = matte > 0.5
    shown[inside] *= np.float32(1.0 / DARKENED * 0.8)
    kernel = np.ones((3, 3), np.uint8)
    edge = (cv2.dilate(inside.astype(np.uint8), kernel) - cv2.erode(inside.astype(np.uint8), kernel)) > 0
    shown[edge] = EDGE
    side = 2 * REACH_PX + 1
    wide = cv2.dilate(doubt, np.ones((side, side), np.uint8))
    level = np.clip(wide / FULL_DOUBT, 0.0, 1.0) * (len(RAMP) - 1)
    low = np.minimum(level.astype(np.int64), len(RAMP) - 2)
    color = RAMP[low] + (RAMP[low + 1] - RAMP[low]) * (level - low)[..., None]
    seen = wide > VISIBLE_FROM
    shown[seen] = color[seen]
    return np.asarray(np.clip(shown, 0.0, 255.0) + 0.5, np.uint8)
