"""Vehicles that a detector boxed, brought into the form that the tracker follows: the face that its lamps are on."""

from __future__ import annotations

from typing import Final

import numpy as np

from core.analysis.appearance import Appearance
from core.analysis.car_shape import CAR_WIDTH_M, LEAST_BELOW, Candidate, Candidates, Finder, find_by_shape
from core.errors import ModelError
from core.models.adapters import Detection, Detector, Picture8
from core.objects import Box

WIDE: Final = {"truck": 2.5, "bus": 2.5}
"""Widths in metres of what is wider than a car."""
NARROWEST, LONGEST_M = 0.6, 14.0
"""Share of its face that must be boxed, and metres across the picture that are still one vehicle."""
LOW_M, TALL_M = 0.9, 2.3
"""Heights of vehicles; of WIDE ones up to twice as much."""
ZOOM: Final = 2
"""The distance is looked at again this much larger, in tiles along the horizon: networks see in a few hundred pixels."""
ABOVE: Final = 0.4
"""Share of a tile above the horizon."""
TILE_SHARE: Final = 0.4
"""What is wider than this in a tile is seen better in the whole picture."""
EDGE, TILE_EDGE = 0.004, 0.03
"""What ends this near the edge of its picture, as a share, goes on beyond it."""
COVERED: Final = 0.5
"""Of two boxes the better is kept where they share this much of the smaller."""
LEAST_LIKELY, SPAN = 1.5, 2.0
"""A detector's score in the measure of `find_by_shape`."""
SMALL: Final = 0.03
"""Share of the picture's width below which a network is blind to a car, and its shape alone is looked for."""


def find_with(detector: Detector) -> Finder:
    """A search as `find_by_shape` is one, by a detector; what is too small for it is still found by its shape.

    On a frame that the detector fails on everything is.
    """

    def find(picture: Appearance, horizon: float, height_m: float) -> Candidates:
        rgb = np.asarray(picture.rgb * 255.0 + 0.5, np.uint8)
        aspect = picture.width / picture.height
        try:
            things = _each_once(_seen(detector, rgb, horizon))
        except ModelError:
            return find_by_shape(picture, horizon, height_m)
        found: list[Candidate] = []
        for seen in things:
            face = rear_face(seen, horizon, height_m, aspect)
            if face is not None:
                found.append(Candidate(face, LEAST_LIKELY + SPAN * seen.score))
        for small in find_by_shape(picture, horizon, height_m):
            if small.box.width < SMALL and all(_shared(small.box, other.box) < COVERED for other in found):
                found.append(small)
        return tuple(found)

    return find


def rear_face(seen: Detection, horizon: float, height_m: float, aspect: float) -> Box | None:
    """The part of a detected box that is as wide as a vehicle is; None for what is none, given where it stands.

    Beside the lens a vehicle also shows its flank, always towards the vanishing point; the face is at the other end.
    """
    box = seen.box
    below = box.bottom - horizon
    if below < LEAST_BELOW or box.left < EDGE or box.right > 1.0 - EDGE:
        return None
    metre = below / height_m / aspect
    face = WIDE.get(seen.label, CAR_WIDTH_M) * metre
    tall = box.height / (metre * aspect)
    highest = 2.0 * TALL_M if seen.label in WIDE else TALL_M
    if not (NARROWEST * face < box.width < LONGEST_M * metre and LOW_M < tall < highest):
        return None
    if box.width <= face:
        return box
    if box.center[0] < 0.5:
        return Box(box.left, box.top, box.left + face, box.bottom)
    return Box(box.right - face, box.top, box.right, box.bottom)


def _each_once(found: list[Detection]) -> list[Detection]:
    """Best first, without those that lie in a better one: a box around a flank, or of one half of a car."""
    kept: list[Detection] = []
    for one in sorted(found, key=lambda d: -d.score):
        if all(_shared(one.box, other.box) < COVERED for other in kept):
            kept.append(one)
    return kept


def _shared(a: Box, b: Box) -> float:
    """What two boxes have in common, as a share of the smaller."""
    across, down = min(a.right, b.right) - max(a.left, b.left), min(a.bottom, b.bottom) - max(a.top, b.top)
    return max(across, 0.0) * max(down, 0.0) / max(min(a.width * a.height, b.width * b.height), 1e-12)


def _seen(detector: Detector, rgb: Picture8, horizon: float) -> list[Detection]:
    """The whole picture, and its distance enlarged. What a tile cuts off is left to its neighbour. Raises `ModelError`."""
    height, width = rgb.shape[:2]
    found = list(detector.detect(rgb))
    tall, wide = height // ZOOM, width // ZOOM
    top = int(np.clip(horizon * height - ABOVE * tall, 0, height - tall))
    for left in range(0, width - wide + 1, max(1, wide // 2)):
        tile = np.ascontiguousarray(rgb[top : top + tall, left : left + wide])
        for one in detector.detect(tile):
            inner = one.box
            cut = (inner.left < TILE_EDGE and left > 0) or (inner.right > 1.0 - TILE_EDGE and left + wide < width)
            if not cut and inner.width < TILE_SHARE and inner.bottom < 1.0 - TILE_EDGE:
                found.append(Detection(_placed(inner, left, top, (wide, tall), (width, height)), one.label, one.score))
    return found


def _placed(inner: Box, left: int, top: int, tile: tuple[int, int], whole: tuple[int, int]) -> Box:
    x0, x1 = ((left + x * tile[0]) / whole[0] for x in (inner.left, inner.right))
    y0, y1 = ((top + y * tile[1]) / whole[1] for y in (inner.top, inner.bottom))
    return Box(x0, y0, x1, y1)
