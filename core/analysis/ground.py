"""The ground: its matte, and the depth of a scene that stands on it.

The matte is colour learned below the horizon (a wedge ahead of the camera seeds it) with a lid at the horizon. Depth is the
pop-up of Hoiem, Efros, Hebert ("Automatic Photo Pop-up", 2005), softened: going up a column, depth follows the ground plane
where there is ground and stands still where something stands on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import Appearance, ColorTable, color_histogram, color_table, logistic, look_up
from core.analysis.flow import FloatImage
from core.analysis.pace import Pause, no_pause, with_pauses
from core.camera import Camera

ROUNDS: Final = 2
FARTHEST: Final = 0.004
"""Least height below the horizon, as a share of the picture, that depth is told apart at."""
LEAK_BELOW, LEAK_ABOVE = 0.01, 0.003
"""How much a standing thing still recedes per row of a 270-row picture: it hides small errors of the matte."""
UNSEEN: Final = 0.5
"""How far a column follows the plane until ground has been seen in it."""


def fit_ground(
    samples: Sequence[Appearance], skies: Sequence[FloatImage], horizon: float, pause: Pause = no_pause
) -> ColorTable:
    """Colours of the ground over the shot. `skies` are the sky mattes of the samples."""
    seeds = [_seed(sample, horizon) for sample in samples]
    rests = [_rest(sample, sky, horizon) for sample, sky in zip(samples, skies, strict=True)]
    mattes = seeds
    table: ColorTable = ()
    for _ in range(ROUNDS):
        inside = np.sum(
            [color_histogram(s, m) for s, m in zip(with_pauses(samples, pause), mattes, strict=True)], axis=0
        )
        outside = np.sum(
            [color_histogram(s, r) for s, r in zip(with_pauses(samples, pause), rests, strict=True)], axis=0
        )
        table = color_table(inside, outside)
        mattes = [
            0.5 * seed + 0.5 * _believed(sample, table, horizon) * (1.0 - sky)
            for sample, seed, sky in zip(with_pauses(samples, pause), seeds, skies, strict=True)
        ]
    return table


def ground_matte(picture: Appearance, table: ColorTable, sky: FloatImage, horizon: float) -> FloatImage:
    """(H, W) soft matte 0..1, before it is fitted to the picture's edges. Road paint does not make holes."""
    matte = _believed(picture, table, horizon) * (1.0 - sky)
    size = 2 * max(1, round(5 * picture.scale)) + 1
    whole = cv2.medianBlur(np.asarray(matte * 255.0 + 0.5, np.uint8), size)
    return np.asarray(cv2.blur(whole, (5, 5)) / np.float32(255.0), np.float32)


def pop_up(ground: FloatImage, camera: Camera) -> FloatImage:
    """(H, W) inverse depth, 1/metre, never 0: what is sky the caller knows.

    On the ground 1/Z = (row - horizon) / (focal · height), rows and focal length in picture heights.
    """
    height, width = ground.shape
    below = (np.arange(height) + 0.5) / height - camera.horizon
    plane = np.maximum(below, FARTHEST).astype(np.float32)
    follow = np.clip((ground - 0.3) / 0.4, 0.0, 1.0).astype(np.float32)
    per_row = 270.0 / height
    depth = np.empty((height, width), np.float32)
    near = np.full(width, plane[-1], np.float32)
    seen = np.zeros(width, np.float32)
    for y in range(height - 1, -1, -1):
        leak = (LEAK_BELOW if plane[y] > FARTHEST else LEAK_ABOVE) * per_row
        share = np.maximum(np.maximum(follow[y], leak), UNSEEN * (1.0 - seen))
        near = np.minimum(near, near + share * (plane[y] - near))
        seen = np.maximum(seen, follow[y])
        if below[y] < 0.0 <= below[min(y + 1, height - 1)]:
            near = _calmed(near)
        depth[y] = near
    return np.asarray(depth / (camera.focal * camera.height_m), np.float32)


def _calmed(near: FloatImage) -> FloatImage:
    """Contacts at the horizon are a guess to a pixel, and a pixel there is a hundred metres: neighbours agree on one."""
    half = max(1, len(near) // 24)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(np.log(near), half, mode="edge"), 2 * half + 1)
    median = np.median(windows, axis=1).astype(np.float32)[None]
    return np.asarray(np.exp(cv2.GaussianBlur(median, (0, 0), half / 3)[0]), np.float32)


def open_view(height: int, width: int, sky: FloatImage) -> FloatImage:
    """Inverse depth where no horizon is known: nearly flat, a little nearer at the bottom, as most pictures are."""
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    return np.asarray((0.1 + 0.1 * rows) * np.ones((1, width), np.float32) * (1.0 - sky), np.float32)


def _seed(picture: Appearance, horizon: float) -> FloatImage:
    """A wedge that opens from the horizon to the bottom edge: in most shots there is ground ahead."""
    below = (picture.rows - horizon) / max(1.0 - horizon, 0.05)
    across = np.abs((np.arange(picture.width, dtype=np.float32) + 0.5) / picture.width - 0.5)[None, :]
    wedge = np.clip((below - 0.12) / 0.08, 0.0, 1.0) * np.clip((0.08 + 0.42 * below - across) / 0.05, 0.0, 1.0)
    return np.asarray(wedge * np.ones((1, picture.width), np.float32), np.float32)


def _rest(picture: Appearance, sky: FloatImage, horizon: float) -> FloatImage:
    """What surely is no ground: all above the horizon that is not sky; a little of everything below keeps it honest."""
    above = np.clip((horizon - 0.01 - picture.rows) / 0.02, 0.0, 1.0)
    return np.asarray((above + 0.03) * (1.0 - sky), np.float32)


def _believed(picture: Appearance, table: ColorTable, horizon: float) -> FloatImage:
    """Colour and place. Far to the side of the camera, in its own heights, something else than ground is likely to stand."""
    below = picture.rows - horizon
    across = np.abs((np.arange(picture.width, dtype=np.float32) + 0.5 - picture.width / 2) / picture.height)[None, :]
    aside = np.clip(across / np.maximum(below, 0.01) / 4.0 - 1.0, 0.0, 1.0)
    prior = np.where(below > 0, np.minimum(9.0 * below - 0.3, 2.0), np.maximum(220.0 * below, -8.0))
    return logistic(np.asarray(1.2 * look_up(table, picture) + prior - 1.5 * aside, np.float32))
