"""Camera: the lens of a shot and where it is at each of its frames, as plain values.

A pinhole without roll. The camera frame is level: x right, y up, z ahead, metres, origin at the lens; the ground is the
plane y = -height_m where there is one. The world frame is the camera frame of the shot's first frame. Picture points are
shares: x of the width from the left, y of the height from the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan, cos, hypot, sin

Point3 = tuple[float, float, float]
"""Metres: right, up, ahead."""
LEAST_BELOW = 0.004
"""How far below the horizon, in picture heights, a point on the ground is taken to lie at least."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Lens and stance. `Scene.camera` is the shot's usual one; `at` gives that of a frame."""

    focal: float = 0.9
    """Focal length in picture *heights*."""
    horizon: float = 0.47
    """Row of the horizon as a share of the height from the top; may lie outside 0..1."""
    height_m: float = 1.4
    """Height of the lens above the ground."""

    @property
    def pitch_rad(self) -> float:
        """Tilt of the optical axis, up positive."""
        return atan((self.horizon - 0.5) / self.focal)

    def ray(self, x: float, y: float, aspect: float) -> Point3:
        """Unit direction of a picture point, camera frame. `aspect` is width over height."""
        right, up = (x - 0.5) * aspect / self.focal, (0.5 - y) / self.focal
        c, s = cos(self.pitch_rad), sin(self.pitch_rad)
        level = (right, up * c + s, c - up * s)
        length = hypot(*level)
        return level[0] / length, level[1] / length, level[2] / length

    def on_ground(self, x: float, y: float, aspect: float) -> Point3:
        """Where a picture point meets the ground plane, camera frame; a point at or above the horizon counts as far off."""
        right, up, ahead = self.ray(x, max(y, self.horizon + LEAST_BELOW), aspect)
        reach = self.height_m / max(-up, 1e-6)
        return right * reach, -self.height_m, ahead * reach

    def project(self, point: Point3, aspect: float) -> tuple[float, float, float]:
        """Picture point and depth along the optical axis (metres, negative behind the lens) of a camera-frame point."""
        right, up, ahead = point
        c, s = cos(self.pitch_rad), sin(self.pitch_rad)
        depth = ahead * c + up * s
        scale = self.focal / (depth if abs(depth) > 1e-3 else 1e-3)
        return 0.5 + scale * right / aspect, 0.5 - scale * (up * c - ahead * s), depth


@dataclass(frozen=True, slots=True)
class Motion:
    """Mean motion of the camera over the shot, in the camera frame. What is known before every frame has been looked at."""

    forward_m_s: float = 0.0
    right_m_s: float = 0.0
    up_m_s: float = 0.0

    def pose(self, seconds: float, horizon: float) -> Pose:
        """Where a camera that moves like this is at an instant."""
        return Pose(self.right_m_s * seconds, self.up_m_s * seconds, self.forward_m_s * seconds, 0.0, horizon)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the camera is at an instant: world position (metres), heading, and the horizon's row then."""

    right_m: float = 0.0
    up_m: float = 0.0
    ahead_m: float = 0.0
    yaw_rad: float = 0.0
    """Heading, clockwise seen from above; 0 at the first frame."""
    horizon: float = 0.47
    """Share of the height from the top."""

    def to_world(self, point: Point3) -> Point3:
        """A camera-frame point in the world frame."""
        right, up, ahead = point
        c, s = cos(self.yaw_rad), sin(self.yaw_rad)
        return self.right_m + right * c + ahead * s, self.up_m + up, self.ahead_m + ahead * c - right * s

    def from_world(self, point: Point3) -> Point3:
        """A world point in the camera frame."""
        right, up, ahead = point[0] - self.right_m, point[1] - self.up_m, point[2] - self.ahead_m
        c, s = cos(self.yaw_rad), sin(self.yaw_rad)
        return right * c - ahead * s, up, ahead * c + right * s

    def mixed(self, other: Pose, t: float) -> Pose:
        """From here (t = 0) to `other` (t = 1); poses of neighbouring frames, so angles need no care."""
        return Pose(*(a + (b - a) * t for a, b in zip(self._numbers, other._numbers, strict=True)))

    @property
    def _numbers(self) -> tuple[float, float, float, float, float]:
        return self.right_m, self.up_m, self.ahead_m, self.yaw_rad, self.horizon
