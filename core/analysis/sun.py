"""Sun: where it stood when the shot was taken, said only where the picture shows it.

By itself from a disc that is clipped, round, inside the sky, and from which light falls off on all sides. The gradient of a
sky says next to nothing of where the sun is, so nothing is made of it. A cast shadow says it exactly, but only to someone
who knows what casts it: there a person points at the three ends, and the ground plane gives the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import asin, atan2, degrees, hypot
from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage
from core.camera import Camera, Point3
from core.scene import SunAsShot

CLIPPED: Final = 0.985
"""Display code from which a channel is taken as clipped."""
SMALLEST, LARGEST = 0.003, 0.07
"""Radius of what is clipped, in heights: from the bare disc to one with its glare."""
ROUND: Final = 0.55
"""Share of its surrounding circle that the disc fills."""
RINGS: Final = (1.5, 2.2, 3.2, 4.6, 6.6)
"""Borders of the rings about it in which light must fall off, in its radii."""
SECTORS: Final = 8
GLOW: Final = 0.02
"""Display code by which the innermost ring is brighter than the outermost, in nearly every sector."""
APART: Final = 0.26
"""Radians by which the disc may lie elsewhere in the next frame that is looked at."""
FARTHEST: Final = 150.0
"""Distance, in heights of the lens, up to which a point on the ground can be pointed at: beyond, a pixel is metres."""

Point2 = tuple[float, float]
"""Shares of the width and the height of the picture, from its top left."""


def find_sun(samples: Sequence[Appearance], skies: Sequence[FloatImage], camera: Camera) -> SunAsShot | None:
    """The sun of a shot, from frames in order and their sky mattes; None where it cannot be told.

    Degrees; azimuth clockwise from straight ahead. A camera that turns sees it elsewhere in each frame: the first counts.
    """
    rays = [ray for s, sky in zip(samples, skies, strict=True) if (ray := _disc(s, sky, camera)) is not None]
    if not rays or 3 * len(rays) < len(samples):
        return None
    if any(float(np.dot(a, b)) < np.cos(APART) for a, b in pairwise(rays)):
        return None
    right, up, ahead = rays[0]
    return SunAsShot(round(degrees(atan2(right, ahead)), 1), round(degrees(asin(up)), 1))


def sun_by_shadow(
    camera: Camera, aspect: float, foot: Point2, top: Point2, tip: Point2, yaw_rad: float = 0.0
) -> SunAsShot | None:
    """The sun that throws the shadow of an upright thing, from its foot, its top and the tip of its shadow on the ground.

    `camera` is the frame's, `yaw_rad` its heading against the shot's first frame, from which azimuths count. None where the
    foot or the tip is not on the ground this side of FARTHEST, or the top is not above the foot. The height of the lens
    does not matter, its focal length does.
    """
    rays = camera.ray(*foot, aspect), camera.ray(*tip, aspect)
    if any(-up * FARTHEST < hypot(right, ahead) for right, up, ahead in rays):
        return None
    (right, _, ahead), (tip_right, _, tip_ahead) = (camera.on_ground(x, y, aspect) for x, y in (foot, tip))
    up_right, up, up_ahead = camera.ray(*top, aspect)
    height = camera.height_m + hypot(right, ahead) * up / max(hypot(up_right, up_ahead), 1e-6)
    along, across = ahead - tip_ahead, right - tip_right
    if height <= 0.0:
        return None
    azimuth = degrees(atan2(across, along) + yaw_rad)
    return SunAsShot(round(azimuth % 360.0, 1) % 360.0, round(degrees(atan2(height, hypot(across, along))), 1))


def _disc(picture: Appearance, sky: FloatImage, camera: Camera) -> Point3 | None:
    """Direction of the one disc in this frame."""
    clipped = ((picture.rgb.min(axis=-1) > CLIPPED) & (sky > 0.5)).astype(np.uint8)
    count, _, stats, centers = cv2.connectedComponentsWithStats(clipped, connectivity=8)
    found = [
        (float(x), float(y), radius)
        for (left, top, width, height, area), (x, y) in zip(stats[1:count], centers[1:count], strict=True)
        if (radius := max(width, height) / 2) * (1 / picture.height) < LARGEST
        and radius >= SMALLEST * picture.height
        and area > ROUND * np.pi * radius * radius
        and 0 < left < left + width < picture.width
        and top > 0
        and _glows(picture, float(x), float(y), radius)
    ]
    if len(found) != 1:
        return None
    x, y, _ = found[0]
    ray = camera.ray((x + 0.5) / picture.width, (y + 0.5) / picture.height, picture.width / picture.height)
    return ray if ray[1] > 0.0 else None


def _glows(picture: Appearance, x: float, y: float, radius: float) -> bool:
    """Whether light falls off from ring to ring, on nearly all sides that are in the picture."""
    ys, xs = np.mgrid[0 : picture.height, 0 : picture.width]
    away = np.hypot(xs - x, ys - y) / max(radius, 1.0)
    sector = ((np.arctan2(ys - y, xs - x) / (2 * np.pi) + 0.5) * SECTORS).astype(int) % SECTORS
    light = picture.rgb.mean(axis=-1)
    falls = seen = 0
    for side in range(SECTORS):
        rings = [light[(sector == side) & (away >= inner) & (away < outer)] for inner, outer in pairwise(RINGS)]
        if min(len(ring) for ring in rings) == 0:
            continue
        levels = [float(np.median(ring)) for ring in rings]
        seen += 1
        falls += levels[0] > levels[-1] + GLOW and all(a >= b - GLOW / 4 for a, b in pairwise(levels))
    return seen >= SECTORS // 2 and falls >= 0.75 * seen
