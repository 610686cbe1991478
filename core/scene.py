"""Scene: what stands in the shot, as a value. Found by `core.analysis`, corrected by hand in the document.

Three values make one: `Scene` is what a look at a few frames tells, `Tracking` what only a pass over every frame can tell,
and `Corrections` what a person said. `Scene.corrected` lays the last over the first; per-frame maps are apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from math import radians, tan
from typing import Final

from core.camera import Camera, Motion, Pose
from core.objects import ObjectId, PlacedObject, SceneObject, Spot, box_at, placed
from core.words import Note


class SurfaceClass(StrEnum):
    """What a surface is made of; the order is that of the planes of `Maps.classes`."""

    ROAD = "road"
    PATH = "path"
    GRASS = "grass"
    PLANT = "plant"
    WATER = "water"
    BUILDING = "building"
    GLASS = "glass"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True)
class SunAsShot:
    """Where the sun stood when the shot was taken. Degrees; azimuth clockwise from straight ahead at the first frame."""

    azimuth_deg: float
    elevation_deg: float


@dataclass(frozen=True, slots=True)
class Tracking:
    """What a pass over every frame of a medium tells."""

    poses: tuple[Pose, ...] = ()
    """One a source frame; empty where the camera could not be followed."""
    objects: tuple[SceneObject, ...] = ()
    """Vehicles that were found, and lights that a road like this would have."""
    cuts: tuple[int, ...] = ()
    """First frames of the shots after the first. Poses start anew there; no track crosses one."""
    untold: tuple[tuple[int, int], ...] = ()
    """First and last frames of stretches where the speed of the camera could not be told; it is taken as even there."""

    def __hash__(self) -> int:
        """Quick, where there are a hundred thousand poses."""
        return hash((len(self.poses), self.poses[-1:], len(self.objects), self.cuts))

    def notes(self, frames: range | None = None, first_number: int = 0) -> tuple[str, ...]:
        """Plain sentences on what does not hold in `frames`, or anywhere. They count from the medium's `first_number`."""
        return tuple(
            Note(
                "The speed of the camera could not be told between frames {first} and {last}; it is taken as even there.",
                first=first_number + first,
                last=first_number + last,
            )
            for first, last in self.untold
            if frames is None or (frames and first <= frames[-1] and frames[0] <= last)
        )


class Presence(StrEnum):
    AUTO = "auto"
    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a found vehicle was that a person took away or changed. Ids of vehicles count them, and another look at the shot
    may count otherwise: it is known again by its place."""

    id: ObjectId
    spot: Spot


SAME_PLACE: Final = 0.3
"""Least overlap of two boxes at one frame that hold one vehicle: models draw its edges differently."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person said of a shot; None and AUTO leave what was found."""

    sky: Presence = Presence.AUTO
    horizon: float | None = None
    """Row at the shot's usual pitch, a share of the height; the path's changes are kept around it."""
    field_of_view_deg: float | None = None
    """Across the picture's width."""
    camera_height_m: float | None = None
    sun: SunAsShot | None = None
    objects: tuple[SceneObject, ...] = ()
    """Added by hand, or found and then changed: an id that was found takes its place."""
    removed: tuple[ObjectId, ...] = ()
    """Found, and not there as found: taken away, or standing among `objects` in a changed form."""
    sightings: tuple[Sighting, ...] = ()
    """Of those in `removed` that are known by their place; the others go by their id."""

    @property
    def of_maps(self) -> Corrections:
        """The part that changes what the maps of a frame look like."""
        return replace(self, sun=None, objects=(), removed=(), sightings=())


NO_CORRECTIONS = Corrections()


@dataclass(frozen=True, slots=True)
class Scene:
    """The shot as understood. Each `*_confidence` is 0..1; below 0.5 the thing is treated as absent."""

    camera: Camera = Camera()
    motion: Motion = Motion()
    sky_confidence: float = 0.0
    ground_confidence: float = 0.0
    sky_model: tuple[float, ...] = ()
    """Parameters the sky matte needs, found once over the shot (opaque to everyone but `core.analysis`)."""
    ground_model: tuple[float, ...] = ()
    """The same for the ground matte."""
    horizon_confidence: float = 0.0
    """How sure the horizon is; below 0.5 it is the default."""
    motion_confidence: float = 0.0
    """How sure the speed is; below 0.5 `motion` stays zero."""
    sun: SunAsShot | None = None
    """None where nothing in the picture says so: unknown."""
    notes: tuple[str, ...] = ()
    """Plain sentences for the user, such as "No sky was found in this shot."."""
    found_camera: Camera | None = None
    """The camera as it was found, where a person's word changed it: the one that motion was measured with."""

    @property
    def has_sky(self) -> bool:
        return self.sky_confidence >= 0.5

    @property
    def has_ground(self) -> bool:
        return self.ground_confidence >= 0.5

    def corrected(self, said: Corrections, aspect: float) -> Scene:
        """This scene with a person's word laid over it. `aspect` is width over height of the picture.

        What was measured of motion are shifts in the picture: under another lens or from another height they are other metres.
        """
        camera = self.camera
        if said.field_of_view_deg is not None:
            camera = replace(camera, focal=0.5 * aspect / tan(radians(said.field_of_view_deg) / 2))
        if said.horizon is not None:
            camera = replace(camera, horizon=said.horizon)
        if said.camera_height_m is not None:
            camera = replace(camera, height_m=said.camera_height_m)
        sure = {Presence.PRESENT: 1.0, Presence.ABSENT: 0.0, Presence.AUTO: self.sky_confidence}[said.sky]
        ground = 1.0 if said.horizon is not None else self.ground_confidence
        ahead, across = _stretch(self.camera, camera)
        motion = self.motion
        return replace(
            self,
            camera=camera,
            motion=Motion(motion.forward_m_s * ahead, motion.right_m_s * across, motion.up_m_s * across),
            found_camera=self.found_camera or (None if camera == self.camera else self.camera),
            sky_confidence=sure,
            ground_confidence=ground,
            horizon_confidence=1.0 if said.horizon is not None else self.horizon_confidence,
            sun=said.sun or self.sun,
        )


@dataclass(frozen=True, slots=True)
class FrameScene:
    """The scene as one frame has it: all that is needed to place things in its picture."""

    scene: Scene
    """With the camera as it is at this frame."""
    pose: Pose = Pose()
    pose_after: Pose = Pose()
    """One frame later: between the two lies the shutter."""
    objects: tuple[PlacedObject, ...] = ()
    """Farthest first."""


def scene_at(
    scene: Scene,
    tracking: Tracking | None,
    said: Corrections,
    aspect: float,
    frame: int,
    seconds: float,
    frame_s: float,
) -> FrameScene:
    """What a frame shows, from what was found, followed and said. `scene` is already corrected.

    Without tracking the camera moves evenly, as `scene.motion` says, and only what was placed by hand is there.
    """
    pose_at = _path(scene, tracking, frame, seconds, frame_s)
    here, after = pose_at(frame), pose_at(frame + 1)
    if tracking and tracking.poses:
        is_first = frame == 0 or frame in tracking.cuts
        if frame + 1 >= len(tracking.poses) or frame + 1 in tracking.cuts:
            after = here if is_first else pose_at(frame - 1).mixed(here, 2.0)
    camera = replace(scene.camera, horizon=here.horizon)
    objects = _of_one_shot(standing_objects(tracking, said), tracking.cuts if tracking else (), frame)
    return FrameScene(replace(scene, camera=camera), here, after, placed(objects, frame, pose_at, camera, aspect))


def _of_one_shot(objects: tuple[SceneObject, ...], cuts: tuple[int, ...], frame: int) -> tuple[SceneObject, ...]:
    """Those that are there in the shot of a frame. What stands is carried by a path, which ends at a cut: it is in the shots
    that it has a box in."""
    if not cuts:
        return objects
    shot = bisect_right(cuts, frame)
    found: list[SceneObject] = []
    for thing in objects:
        if thing.kind.moves:
            found.append(thing)
        elif spots := tuple(spot for spot in thing.spots if bisect_right(cuts, spot.frame) == shot):
            found.append(replace(thing, spots=spots))
    return tuple(found)


def camera_at(scene: Scene, tracking: Tracking | None, frame: int) -> Camera:
    """The camera as it is at a frame. `scene` is already corrected."""
    return replace(scene.camera, horizon=_path(scene, tracking, frame, 0.0, 0.0)(frame).horizon)


def _path(scene: Scene, tracking: Tracking | None, frame: int, seconds: float, frame_s: float) -> Callable[[int], Pose]:
    """Where the camera is at any frame: followed, or moving evenly through the one at `seconds`."""
    camera = scene.camera
    if tracking is None or not tracking.poses:
        return lambda index: scene.motion.pose(seconds + (index - frame) * frame_s, camera.horizon)
    found = scene.found_camera or camera
    alone = replace(tracking, objects=(), untold=())  # a lamp that is dragged leaves the path as it is
    poses, usual = _poses_under(alone, *_stretch(found, camera))
    shift = (
        camera.horizon - usual if camera.horizon != found.horizon else 0.0
    )  # what was followed knows better than a look

    def pose_at(index: int) -> Pose:
        pose = poses[min(max(index, 0), len(poses) - 1)]
        return replace(pose, horizon=pose.horizon + shift)

    return pose_at


def _stretch(found: Camera, said: Camera) -> tuple[float, float]:
    """What metres ahead and metres across become where another lens sees the same picture from another height.

    Ground that is seen v picture heights below the horizon lies f h / v ahead, and u to the side there is u h / v across.
    """
    across = said.height_m / found.height_m
    return across * said.focal / found.focal, across


@lru_cache(maxsize=8)
def _poses_under(tracking: Tracking, ahead: float, across: float) -> tuple[tuple[Pose, ...], float]:
    """The path stretched step by step, and its usual horizon (the middle one of all)."""
    usual = sorted(pose.horizon for pose in tracking.poses)[len(tracking.poses) // 2]
    if ahead == across == 1.0:
        return tracking.poses, usual
    zoom = ahead / across
    poses: list[Pose] = []
    for frame, pose in enumerate(tracking.poses):
        is_first = frame == 0 or frame in tracking.cuts
        was, before = (Pose(), Pose()) if is_first else (tracking.poses[frame - 1], poses[-1])
        right, up, forward = was.from_world((pose.right_m, pose.up_m, pose.ahead_m))
        at = before.to_world((right * across, up * across, forward * ahead))
        poses.append(Pose(*at, before.yaw_rad + (pose.yaw_rad - was.yaw_rad) / zoom, pose.horizon))
    return tuple(poses), usual


def standing_objects(tracking: Tracking | None, said: Corrections) -> tuple[SceneObject, ...]:
    """All objects of a shot: those found and not removed, each in its changed form where there is one, and those added."""
    by_hand = {thing.id: thing for thing in said.objects}
    gone, sighted = hidden_objects(tracking, said), {sighting.id for sighting in said.sightings}
    kept: list[SceneObject] = []
    for thing in tracking.objects if tracking else ():
        if thing.id in gone:
            continue
        if thing.id in sighted:  # another vehicle, which has got the id of one that a person knew
            kept.append(replace(thing, id=ObjectId(f"{thing.id}-again")))
        else:
            kept.append(by_hand.pop(thing.id, thing))
    return (*kept, *by_hand.values())


def hidden_objects(tracking: Tracking | None, said: Corrections) -> dict[ObjectId, ObjectId]:
    """The found objects that do not stand as found, each with the id that it had when a person removed or changed it."""
    found = tracking.objects if tracking else ()
    sighted = {sighting.id for sighting in said.sightings}
    hidden = {thing.id: thing.id for thing in found if thing.id in said.removed and thing.id not in sighted}
    for sighting in said.sightings:
        there = [(_overlap(thing, sighting.spot), thing.id) for thing in found if thing.id not in hidden]
        share, id_ = max(there, default=(0.0, sighting.id))
        if share >= SAME_PLACE:
            hidden[id_] = sighting.id
    return hidden


def _overlap(thing: SceneObject, spot: Spot) -> float:
    """Of a vehicle's box with a box at its frame, 0..1."""
    box = box_at(thing, spot.frame) if thing.kind.moves else None
    return 0.0 if box is None else box.overlap(spot.box)
