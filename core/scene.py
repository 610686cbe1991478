"""Scene: what stands in the shot, as a value. Found by `core.analysis`, later corrected by hand in the document.

The camera model is a pinhole without roll. Camera space is x right, y up, z forward, metres, origin at the lens;
the ground is the plane y = -camera_height_m where there is one. A shot has one Scene; per-frame maps are apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan


@dataclass(frozen=True, slots=True)
class Camera:
    """Lens and stance, constant over the shot."""

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


@dataclass(frozen=True, slots=True)
class Motion:
    """Mean motion of the camera over the shot, in camera space. Position at media time t is velocity times t."""

    forward_m_s: float = 0.0
    right_m_s: float = 0.0
    up_m_s: float = 0.0


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
    notes: tuple[str, ...] = ()
    """Plain sentences for the user, such as "No sky was found in this shot."."""

    @property
    def has_sky(self) -> bool:
        return self.sky_confidence >= 0.5

    @property
    def has_ground(self) -> bool:
        return self.ground_confidence >= 0.5
