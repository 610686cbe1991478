"""Objects: the lights and vehicles of a shot, found or placed by hand, and where each is at a frame.

Every object is a box drawn in the picture at one frame or at several. What stands (a street light, a window) is carried
over the shot by the camera's path, from its box or evenly from one box to the next; what moves by itself (a vehicle) is
tracked: its boxes are interpolated, and it is there only between its first and its last.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log
from typing import Final, NewType

from core.camera import Camera, Point3, Pose
from core.words import msg

ObjectId = NewType("ObjectId", str)


class ObjectKind(StrEnum):
    VEHICLE = msg("vehicle")
    """Box of the whole vehicle; its lamps follow from the face it shows."""
    STREET_LIGHT = msg("street light")
    """Box from the lamp's head (top) to the foot of its pole (bottom)."""
    BOLLARD = msg("bollard")
    """A low lamp: box from its head to its foot."""
    WINDOW = msg("window")
    """Panes with rooms behind them: box of the glazed part of a façade."""
    SIGN = msg("sign")
    """A face that shines: box of the face."""

    @property
    def moves(self) -> bool:
        return self is ObjectKind.VEHICLE

    @property
    def hangs(self) -> bool:
        """Whether its box need not reach the ground."""
        return self in (ObjectKind.WINDOW, ObjectKind.SIGN)


class Facing(StrEnum):
    """Which side of a vehicle the camera sees."""

    REAR = msg("rear")
    FRONT = msg("front")
    SIDE = msg("side")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in picture shares, x of the width, y of the height, from the top left. May reach beyond the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def mixed(self, other: Box, t: float) -> Box:
        """From here (t = 0) to `other` (t = 1): the centre in a straight line, the sizes evenly in the logarithm, as things near."""
        (x0, y0), (x1, y1) = self.center, other.center
        x, y = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
        width, height = _log_mix(self.width, other.width, t), _log_mix(self.height, other.height, t)
        return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def overlap(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        both = max(across, 0.0) * max(down, 0.0)
        return both / max(self.width * self.height + other.width * other.height - both, 1e-12)


def _log_mix(a: float, b: float, t: float) -> float:
    low = 1e-6
    return exp(log(max(a, low)) + (log(max(b, low)) - log(max(a, low))) * t)


@dataclass(frozen=True, slots=True)
class Spot:
    """A box at a source frame."""

    frame: int
    box: Box


@dataclass(frozen=True, slots=True)
class Level:
    """How strongly an object shines at a source frame, 0..1."""

    frame: int
    value: float


@dataclass(frozen=True, slots=True)
class SceneObject:
    """One object over the whole shot. `spots` are sorted by frame, one a frame, never empty.

    What is there before the shot begins, or stays after its end, has a spot outside it, so that its lamps do not fade.
    """

    id: ObjectId
    kind: ObjectKind
    spots: tuple[Spot, ...]
    facing: Facing = Facing.REAR
    """Of a vehicle."""
    is_on: bool = True
    """Whether its lamps burn when practicals are on."""
    repeat_m: float = 0.0
    """Of a street light: distance to the next of its row, along the camera's course; 0 for a single one."""
    confidence: float = 1.0
    """0..1; 1 for what a person placed."""
    strength: float = 1.0
    """0..1: how strongly it shines, where no keyframes say so."""
    levels: tuple[Level, ...] = ()
    """Keyframes of its strength, sorted by frame, one a frame: evenly from one to the next, constant before and after."""


@dataclass(frozen=True, slots=True)
class PlacedObject:
    """An object as one frame has it. What a translator draws from."""

    id: ObjectId
    kind: ObjectKind
    box: Box
    at: Point3
    """Foot of the object in the camera frame of this frame, metres: middle of the box's lower edge, on the ground, or
    in the air for what hangs."""
    facing: Facing
    strength: float
    """0..1: its lamps at this frame, faded in and out where a track begins and ends."""


ARM: Final = 0.22
"""Reach of a street light's arm towards the middle of the picture as a share of its height, where its box is no wider than
a pole."""
ARMED_M: Final = 5.0
"""Lower lights carry their head on top of the pole."""
WIDER_THAN_A_POLE: Final = 0.12
"""A box wider than this share of its height holds the arm too: it runs from the pole to the head."""


def arm_m(tall_m: float) -> float:
    """How far the head of a street light reaches from its pole."""
    return ARM * tall_m if tall_m > ARMED_M else 0.0


@dataclass(frozen=True, slots=True)
class LampPost:
    """Pole and head of a street light or a bollard, camera frame, metres, both at one distance ahead."""

    head: Point3
    """The light itself. It is seen in the row of the box's upper edge."""
    foot: Point3
    """Of the pole, on the ground."""

    @property
    def tall(self) -> float:
        return self.head[1] - self.foot[1]

    @property
    def elbow(self) -> Point3:
        """Top of the pole, where the arm begins."""
        return self.foot[0], self.head[1], self.head[2]


def lamp_post(thing: PlacedObject, camera: Camera, aspect: float) -> LampPost:
    """Where a lamp's light and pole are, for whoever draws them and for whoever takes hold of them."""
    box, (x, y, ahead) = thing.box, thing.at

    def beside(column: float, row: float) -> tuple[float, float]:
        """Right and up of a picture point at the lamp's distance ahead."""
        ray = camera.ray(column, row, aspect)
        reach = ahead / max(ray[2], 1e-3)
        return ray[0] * reach, ray[1] * reach

    _, top = beside(box.center[0], box.top)
    pole, head, away = x, x, 1.0 if x >= 0.0 else -1.0
    if thing.kind is not ObjectKind.BOLLARD:
        inner, outer = (box.left, box.right) if x >= 0.0 else (box.right, box.left)
        if box.width * aspect > WIDER_THAN_A_POLE * box.height:
            head, pole = beside(inner, box.top)[0], beside(outer, box.bottom)[0]
        else:
            head = x - away * arm_m(top - y)
    return LampPost((head, top, ahead), (pole, y, ahead))


FADE_FRAMES: Final = 6
"""Over which the lamps of a tracked object come and go."""
ROW_REACH_M: Final = 260.0
"""Lights of a row farther off than this are not placed."""


FACADE_M: Final = 20.0
"""How far ahead what hangs is taken to be, unless the ground behind it is nearer."""


def placed(
    objects: tuple[SceneObject, ...],
    frame: int,
    pose_at: Callable[[int], Pose],
    camera: Camera,
    aspect: float,
) -> tuple[PlacedObject, ...]:
    """Every object that is on and in front of the lens at a frame, nearest last. `camera` as it is at this frame."""
    found: list[PlacedObject] = []
    for thing in objects:
        if not thing.is_on:
            continue
        if thing.kind.moves:
            found.extend(_tracked(thing, frame, camera, aspect))
        else:
            found.extend(_standing(thing, frame, pose_at, camera, aspect))
    return tuple(sorted(found, key=lambda p: (-p.at[2], p.id)))


def box_at(thing: SceneObject, frame: int) -> Box | None:
    """The box of a tracked object at a frame, interpolated; None before its first and after its last spot."""
    spots = thing.spots
    after = bisect_right(spots, frame, key=lambda spot: spot.frame)
    if after == 0 or (after == len(spots) and spots[-1].frame != frame):
        return None
    left = spots[after - 1]
    if left.frame == frame:
        return left.box
    right = spots[after]
    return left.box.mixed(right.box, (frame - left.frame) / (right.frame - left.frame))


def strength_at(thing: SceneObject, frame: int) -> float:
    """How strongly an object shines at a frame, 0..1."""
    levels = thing.levels
    if not levels:
        return thing.strength
    at = bisect_right(levels, frame, key=lambda level: level.frame)
    before, after = levels[max(at - 1, 0)], levels[min(at, len(levels) - 1)]
    if before is after or before.frame >= frame:
        return before.value
    return before.value + (after.value - before.value) * (frame - before.frame) / (after.frame - before.frame)


def _tracked(thing: SceneObject, frame: int, camera: Camera, aspect: float) -> list[PlacedObject]:
    box = box_at(thing, frame)
    if box is None:
        return []
    since, until = frame - thing.spots[0].frame, thing.spots[-1].frame - frame
    strength = min(1.0, (min(since, until) + 1) / FADE_FRAMES) * strength_at(thing, frame)
    at = camera.on_ground(box.center[0], box.bottom, aspect)
    return [PlacedObject(thing.id, thing.kind, box, at, thing.facing, strength)]


def _standing(
    thing: SceneObject, frame: int, pose_at: Callable[[int], Pose], camera: Camera, aspect: float
) -> list[PlacedObject]:
    fixed, size = _anchor(thing, frame, pose_at, camera, aspect)
    now, strength = pose_at(frame), strength_at(thing, frame)
    found: list[PlacedObject] = []
    for step in _row_steps(thing.repeat_m, fixed, now):
        at = now.from_world((fixed[0], fixed[1], fixed[2] + step * thing.repeat_m))
        x, y, depth = camera.project(at, aspect)
        if depth < 0.5:
            continue
        half, tall = size[0] / 2 * camera.focal / depth / aspect, size[1] * camera.focal / depth
        box = Box(x - half, y - tall, x + half, y)
        found.append(PlacedObject(_numbered(thing.id, step), thing.kind, box, at, thing.facing, strength))
    return found


def _anchor(
    thing: SceneObject, frame: int, pose_at: Callable[[int], Pose], camera: Camera, aspect: float
) -> tuple[Point3, tuple[float, float]]:
    """World position of the foot of what stands, and its width and height in metres, by the boxes about a frame.

    Between two boxes both go over evenly from the one to the other, so that what a path got wrong is not made up for in one
    jump. A row counts from the light of the nearer box: the other box may be that of another of its lights.
    """

    def anchored(spot: Spot) -> tuple[Point3, tuple[float, float]]:
        was = pose_at(spot.frame)
        then = Camera(camera.focal, was.horizon, camera.height_m)
        foot = _foot(thing.kind, spot.box, then, aspect)
        far = then.project(foot, aspect)[2]
        size = spot.box.width * aspect * far / camera.focal, spot.box.height * far / camera.focal
        return was.to_world(foot), size

    at = bisect_right(thing.spots, frame, key=lambda spot: spot.frame)
    before, after = thing.spots[max(0, at - 1)], thing.spots[min(at, len(thing.spots) - 1)]
    if before is after or before.frame == frame:
        return anchored(before)
    share = (frame - before.frame) / (after.frame - before.frame)
    if share > 0.5:
        before, after, share = after, before, 1.0 - share
    ((x, y, z), (wide, tall)), ((x1, y1, z1), (wide1, tall1)) = anchored(before), anchored(after)
    if thing.repeat_m > 0.0:
        z1 -= round((z1 - z) / thing.repeat_m) * thing.repeat_m
    fixed = x + (x1 - x) * share, y + (y1 - y) * share, z + (z1 - z) * share
    return fixed, (_log_mix(wide, wide1, share), _log_mix(tall, tall1, share))


def _foot(kind: ObjectKind, box: Box, camera: Camera, aspect: float) -> Point3:
    """Middle of a box's lower edge in the camera frame, metres."""
    foot = camera.on_ground(box.center[0], box.bottom, aspect)
    if not kind.hangs or foot[2] <= FACADE_M:
        return foot
    right, up, ahead = camera.ray(box.center[0], box.bottom, aspect)
    reach = FACADE_M / max(ahead, 1e-3)
    return right * reach, up * reach, FACADE_M


def _row_steps(repeat_m: float, fixed: Point3, now: Pose) -> range:
    """Which lights of a row can be seen from here; one that does not repeat has only itself."""
    if repeat_m <= 0.0:
        return range(1)
    away = fixed[2] - now.ahead_m
    first = int(-away // repeat_m)
    return range(first, first + int(ROW_REACH_M // repeat_m) + 2)


def _numbered(id_: ObjectId, step: int) -> ObjectId:
    return id_ if step == 0 else ObjectId(f"{id_}/{step}")
