"""Depth of a shot that has no ground to stand on: an order of near and far from what one picture tells.

Two cues. Air adds its own light to what is far, so that nothing there stays dark: the dark channel of He, Sun, Tang ("Single
Image Haze Removal Using Dark Channel Prior", PAMI 2011). And what is lower in a picture is nearer, in most pictures. Neither
knows metres; a translator that needs them has to set a scale.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage
from core.analysis.guided import Guide

MIDDLE: Final = 0.15
"""Inverse depth, 1/metre, in the middle of an even picture."""
OF_AIR: Final = 1.1
"""Of the natural logarithm of nearness: for one unit of optical depth that the dark channel tells."""
OF_ROWS: Final = 0.7
"""And from the top of the picture to its bottom."""
USUAL_AIR: Final = 0.3
"""Optical depth, as the dark channel tells it, of what is neither near nor far."""
PATCH_PX, EDGE_PX = 7, 12
"""Patch of the dark channel and reach of the edges, at 480 pixels."""
KEPT: Final = 0.85
"""Of the dark channel, what counts as air: something is white without any."""
WHITE_FROM, WHITE_AT = 0.60, 0.85
"""Display codes from which what has no dark in it begins to and does count as white itself: foam, snow, paint."""
BOUND: Final = 0.6
"""Natural logarithm of nearness that is not left: the cues give an order, no more."""


def open_view(picture: Appearance, sky: FloatImage) -> FloatImage:
    """(H, W) inverse depth, 1/metre up to scale, 0 in the sky."""
    size = 2 * max(1, round(PATCH_PX * picture.scale / 2)) + 1
    dark = cv2.erode(np.ascontiguousarray(picture.rgb.min(axis=2)), np.ones((size, size), np.uint8))
    soft = cv2.GaussianBlur(dark, (0, 0), size / 2)
    veil = np.clip(np.asarray(soft, np.float32), 0.0, 1.0)
    white = np.clip((veil - WHITE_FROM) / (WHITE_AT - WHITE_FROM), 0.0, 1.0)
    air = -np.log1p(-KEPT * veil) * (1.0 - white * white * (3.0 - 2.0 * white))
    cues = OF_ROWS * (picture.rows - 0.5) + OF_AIR * (USUAL_AIR - air)
    log_near = BOUND * np.tanh(cues / BOUND)
    guide = Guide(picture.rgb, np.square(1.0 - sky) + 1e-3, max(2, round(EDGE_PX * picture.scale)), eps=2e-3)
    smooth = np.clip(guide.smooth(np.asarray(log_near, np.float32)), log_near.min(), log_near.max())
    return np.asarray(MIDDLE * np.exp(smooth) * (1.0 - sky), np.float32)
