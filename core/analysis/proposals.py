"""Proposals: lights that a road like this would have, as objects a person can move, change and take away.

Nothing in a picture by day says where lamps will burn; a road driven at a car's height and speed has them at its edges.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.camera import Camera, Pose
from core.objects import Box, ObjectId, ObjectKind, SceneObject, Spot
from core.scene import Scene

SPACING_M: Final = 42.0
HEIGHT_M: Final = 8.6
WIDTH_M: Final = 0.3
RIGHT_M, LEFT_M = 8.4, -24.0
"""Where the poles of a fast road stand: its right edge, and that of the other carriageway."""
KERB_RIGHT_M, KERB_LEFT_M = 7.6, -12.0
"""And those of a street in a town, driven on its right: a lane more lies on the left."""
TOWN_M_S: Final = 14.0
"""Slower than this one drives in a town."""
AHEAD_M: Final = 30.0
"""Distance of the light that stands for its row at the first frame."""
LEAST_SPEED_M_S: Final = 4.0
HIGHEST_LENS_M: Final = 4.0
SURE: Final = 0.5


def is_driven(scene: Scene) -> bool:
    """Whether the camera rides along a road at a car's height."""
    rides = scene.motion_confidence >= SURE and scene.motion.forward_m_s >= LEAST_SPEED_M_S
    return scene.has_ground and scene.horizon_confidence >= SURE and scene.camera.height_m < HIGHEST_LENS_M and rides


def street_lights(scene: Scene, firsts: Mapping[int, Pose], aspect: float) -> tuple[SceneObject, ...]:
    """Two rows along the road of footage that was driven; none elsewhere. `firsts` are the first frames of its shots, at
    least one, and the pose at each: paths start anew there, and so do the rows."""
    if not is_driven(scene):
        return ()
    lens = scene.camera
    cameras = [(frame, Camera(lens.focal, pose.horizon, lens.height_m)) for frame, pose in firsts.items()]
    right, left = (KERB_RIGHT_M, KERB_LEFT_M) if scene.motion.forward_m_s < TOWN_M_S else (RIGHT_M, LEFT_M)
    rows = (("right", right, AHEAD_M), ("left", left, AHEAD_M + SPACING_M / 2))
    return tuple(
        SceneObject(
            ObjectId(f"street-lights-{side}"),
            ObjectKind.STREET_LIGHT,
            tuple(Spot(frame, _box(camera, aspect, aside, ahead)) for frame, camera in cameras),
            repeat_m=SPACING_M,
            confidence=SURE,
        )
        for side, aside, ahead in rows
    )


def _box(camera: Camera, aspect: float, right: float, ahead: float) -> Box:
    """From the head to the foot of a pole on the ground."""
    x, bottom, depth = camera.project((right, -camera.height_m, ahead), aspect)
    half, tall = WIDTH_M / 2 * camera.focal / depth / aspect, HEIGHT_M * camera.focal / depth
    return Box(*(round(v, 6) for v in (x - half, bottom - tall, x + half, bottom)))
