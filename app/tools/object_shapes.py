"""Boxes of objects under the hand: their usual sizes, their handles, and what a drag makes of them. Pure."""

from __future__ import annotations

from enum import Enum
from typing import Final

from core.camera import Camera
from core.objects import FACADE_M, Box, ObjectKind

SIZES_M: Final = {
    ObjectKind.VEHICLE: (1.8, 1.5),
    ObjectKind.STREET_LIGHT: (0.9, 8.6),
    ObjectKind.BOLLARD: (0.25, 0.9),
    ObjectKind.WINDOW: (1.6, 1.4),
    ObjectKind.SIGN: (1.4, 0.9),
}
"""Width and height of a new one."""
NEAREST_M: Final = 1.5
SMALLEST: Final = 0.006
"""Least side of a new box, picture sizes: what is smaller cannot be taken hold of."""


class Part(Enum):
    """What of an object the hand is on."""

    BODY = "body"
    TOP_LEFT = "top left"
    TOP_RIGHT = "top right"
    BOTTOM_LEFT = "bottom left"
    BOTTOM_RIGHT = "bottom right"
    HEAD = "head"
    FOOT = "foot"


def is_pole(kind: ObjectKind) -> bool:
    """Drawn as a line from head to foot; its width is its own."""
    return kind in (ObjectKind.STREET_LIGHT, ObjectKind.BOLLARD)


def new_box(kind: ObjectKind, camera: Camera, aspect: float, u: float, v: float) -> Box:
    """A box of the usual size where the hand clicked: at its foot for what stands on the ground, in its middle for what hangs.
    A street light above the horizon is placed by its head, and its pole follows. `camera` as it is at the frame."""
    wide_m, high_m = SIZES_M[kind]
    if is_pole(kind) and v < camera.horizon and high_m > camera.height_m:
        right, up, ahead = camera.ray(u, v, aspect)
        reach = (high_m - camera.height_m) / max(up, 0.01)
        foot = (right * reach, -camera.height_m, ahead * reach)
        x, y, _ = camera.project(foot, aspect)
        depth = max(ahead * reach, NEAREST_M)
        return _sized(x, max(y, v + SMALLEST), wide_m * camera.focal / depth / aspect, max(y - v, SMALLEST))
    foot = camera.on_ground(u, v, aspect)
    depth = max(camera.project(foot, aspect)[2], NEAREST_M)
    if kind.hangs:
        depth = min(depth, FACADE_M)
    wide = max(wide_m * camera.focal / depth / aspect, SMALLEST)
    high = max(high_m * camera.focal / depth, SMALLEST)
    return _sized(u, v + high / 2 if kind.hangs else v, wide, high)


def _sized(x: float, bottom: float, wide: float, high: float) -> Box:
    return Box(x - wide / 2, bottom - high, x + wide / 2, bottom)


def handles(kind: ObjectKind, box: Box) -> dict[Part, tuple[float, float]]:
    """Where a box can be taken hold of to resize it, picture shares."""
    if is_pole(kind):
        x = box.center[0]
        return {Part.HEAD: (x, box.top), Part.FOOT: (x, box.bottom)}
    return {
        Part.TOP_LEFT: (box.left, box.top),
        Part.TOP_RIGHT: (box.right, box.top),
        Part.BOTTOM_LEFT: (box.left, box.bottom),
        Part.BOTTOM_RIGHT: (box.right, box.bottom),
    }


def reshaped(box: Box, part: Part, du: float, dv: float) -> Box:
    """The box after its part was dragged by picture shares. It keeps a least size and never turns over."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    if part is Part.BODY:
        return Box(left + du, top + dv, right + du, bottom + dv)
    if part in (Part.TOP_LEFT, Part.BOTTOM_LEFT):
        left = min(left + du, right - SMALLEST)
    elif part in (Part.TOP_RIGHT, Part.BOTTOM_RIGHT):
        right = max(right + du, left + SMALLEST)
    else:
        left, right = left + du, right + du
    if part in (Part.TOP_LEFT, Part.TOP_RIGHT, Part.HEAD):
        top = min(top + dv, bottom - SMALLEST)
    else:
        bottom = max(bottom + dv, top + SMALLEST)
    return Box(left, top, right, bottom)
