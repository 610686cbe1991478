"""Boxes of objects under the hand: their usual sizes, their handles, and what a drag makes of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from core.camera import Camera, Point3
from core.objects import FACADE_M, Box, ObjectKind, PlacedObject, arm_m, lamp_post

SIZES_M: Final = {
    ObjectKind.VEHICLE: (1.8, 1.5),
    ObjectKind.STREET_LIGHT: (0.3, 8.6),
    ObjectKind.BOLLARD: (0.25, 0.9),
    ObjectKind.WINDOW: (1.6, 1.4),
    ObjectKind.SIGN: (1.4, 0.9),
}
"""Width and height of a new one."""
NEAREST_M: Final = 1.5
FARTHEST_M: Final = 150.0
"""A lamp placed by its head stands no farther off, or nobody would see it burn."""
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
    if kind is ObjectKind.STREET_LIGHT and v < camera.horizon and high_m > camera.height_m:
        return _below_head(camera, aspect, u, v)
    foot = camera.on_ground(u, v, aspect)
    depth = max(camera.project(foot, aspect)[2], NEAREST_M)
    if kind.hangs:
        depth = min(depth, FACADE_M)
    wide = max(wide_m * camera.focal / depth / aspect, SMALLEST)
    high = max(high_m * camera.focal / depth, SMALLEST)
    return _sized(u, v + high / 2 if kind.hangs else v, wide, high)


def _sized(x: float, bottom: float, wide: float, high: float) -> Box:
    return Box(x - wide / 2, bottom - high, x + wide / 2, bottom)


def _below_head(camera: Camera, aspect: float, u: float, v: float) -> Box:
    """The box of a street light whose head is where the hand clicked, above the horizon."""
    wide_m, high_m = SIZES_M[ObjectKind.STREET_LIGHT]
    right, up, ahead = camera.ray(u, v, aspect)
    ahead = max(ahead, 1e-3)
    reach = (high_m - camera.height_m) / max(up, 1e-6)
    far = min(max(ahead * reach, NEAREST_M), FARTHEST_M)
    head, tall = right / ahead * far, up / ahead * far + camera.height_m
    pole = head + (arm_m(tall) if head >= 0.0 else -arm_m(tall))
    x, y, depth = camera.project((pole, -camera.height_m, far), aspect)
    wide = wide_m * tall / high_m * camera.focal / max(depth, 0.5) / aspect
    return _sized(x, max(y, v + SMALLEST), wide, max(y - v, SMALLEST))


@dataclass(frozen=True, slots=True)
class Post:
    """Where a street light or a bollard is seen, picture shares."""

    head: tuple[float, float]
    elbow: tuple[float, float]
    foot: tuple[float, float]


def post_of(thing: PlacedObject, camera: Camera, aspect: float) -> Post | None:
    """The lamp as it is drawn into the picture; None for what is none. `camera` as it is at the frame."""
    if not is_pole(thing.kind):
        return None
    lamp = lamp_post(thing, camera, aspect)

    def seen(at: Point3) -> tuple[float, float]:
        return camera.project(at, aspect)[:2]

    return Post(seen(lamp.head), seen(lamp.elbow), seen(lamp.foot))


def handles(box: Box, post: Post | None) -> dict[Part, tuple[float, float]]:
    """Where a box, or a lamp, can be taken hold of to resize it, picture shares."""
    if post is not None:
        return {Part.HEAD: post.head, Part.FOOT: post.foot}
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


def head_moved(box: Box, post: Post, du: float, dv: float) -> Box:
    """The box after a lamp's head was dragged: its arm grows with the pole, and the head stays under the hand."""
    lean = (post.elbow[0] - post.head[0]) / box.height
    return reshaped(box, Part.HEAD, du - lean * dv, dv)
