"""View: where each pixel looks, and where it meets the ground.

The camera nods from frame to frame, its lens does not change. What follows from the lens alone (`Rays`) is kept; what
follows from the tilt is a row's number times a plane of the lens, made when it is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import cos, sin

import numpy as np
import numpy.typing as npt
import torch

from core.camera import Camera

FAR_M = 2000.0
"""Ground beyond this is treated as being at this distance."""
LEAST_SINK = 1e-5
"""How far a ray falls per metre at least, where it is asked for the ground."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rays:
    """What a lens and a size give, whatever the tilt. `focal` in picture heights."""

    focal_px: float
    x: torch.Tensor
    """(1, W) to the right, at one focal length ahead."""
    y: torch.Tensor
    """(H, 1) up, before the tilt."""
    short: torch.Tensor
    """(H, W) 1 over the length of the ray (x, y, 1)."""
    right: torch.Tensor
    """(H, W) of the unit ray."""

    @staticmethod
    def of(focal: float, height: int, width: int, device: torch.device) -> Rays:
        """Rays through pixel centres; the focal length is in picture heights, so any size of one picture agrees."""
        focal_px = focal * height
        x = ((torch.arange(width, device=device, dtype=torch.float32) + 0.5 - width / 2) / focal_px)[None, :]
        y = ((height / 2 - torch.arange(height, device=device, dtype=torch.float32) - 0.5) / focal_px)[:, None]
        short = (x * x + (y * y + 1.0)).rsqrt_()
        return Rays(focal_px, x, y, short, x * short)


@dataclass(frozen=True)
class View:
    """Rays of a level camera frame: x right, y up, z ahead, metres, origin at the lens. All planes are (H, W)."""

    height: int
    width: int
    camera: Camera
    rays: Rays
    whole: View | None = None
    """The view that this is the top of."""
    rows: int = -1
    """How many rows the planes of a top have."""

    @staticmethod
    def of(camera: Camera, height: int, width: int, device: torch.device) -> View:
        return View(height, width, camera, Rays.of(camera.focal, height, width, device))

    @property
    def focal_px(self) -> float:
        return self.rays.focal_px

    @cached_property
    def right(self) -> torch.Tensor:
        """Unit direction of each pixel's ray, with `up` and `ahead`."""
        return self.rays.right if self.whole is None else self.whole.right[: self.rows]

    @cached_property
    def up(self) -> torch.Tensor:
        return self.rays.short * self._rise if self.whole is None else self.whole.up[: self.rows]

    @cached_property
    def ahead(self) -> torch.Tensor:
        if self.whole is not None:
            return self.whole.ahead[: self.rows]
        return self.rays.short * (cos(self._pitch) - self.rays.y * sin(self._pitch))

    @cached_property
    def azimuth(self) -> torch.Tensor:
        """Radians clockwise from straight ahead."""
        if self.whole is not None:
            return self.whole.azimuth[: self.rows]
        return torch.atan2(self.rays.x, cos(self._pitch) - self.rays.y * sin(self._pitch))

    def toward(self, right: float, ahead: float) -> torch.Tensor:
        """Cosine between each ray's azimuth and a level direction, times that direction's length (H, W)."""
        forward = cos(self._pitch) - self.rays.y[: self.up.shape[0]] * sin(self._pitch)
        return (self.rays.x * right + forward * ahead).mul_(self._level)

    @cached_property
    def _level(self) -> torch.Tensor:
        """1 over the length of the ray's shadow on the ground."""
        if self.whole is not None:
            return self.whole._level[: self.rows]
        forward = cos(self._pitch) - self.rays.y * sin(self._pitch)
        return (self.rays.x.square() + forward.square()).rsqrt_()

    @cached_property
    def ground_range(self) -> torch.Tensor:
        """Distance along the ray to the ground plane, at most FAR_M; FAR_M above the horizon."""
        if self.whole is not None:
            return self.whole.ground_range[: self.rows]
        reach = self.camera.height_m / (-self._rise).clamp_min(LEAST_SINK)
        return (reach / self.rays.short).clamp_(max=FAR_M)

    @cached_property
    def footprint(self) -> torch.Tensor:
        """Size of a pixel on the ground plane, metres, the longer way."""
        reach = self.ground_range
        return (reach * (0.5 / self.camera.height_m)).clamp_min_(1.0).mul_(reach).mul_(1.0 / self.focal_px)

    @cached_property
    def _rise(self) -> torch.Tensor:
        """(H, 1) how far a ray of unit depth climbs."""
        return self.rays.y * cos(self._pitch) + sin(self._pitch)

    @property
    def _pitch(self) -> float:
        return self.camera.pitch_rad

    def top(self, rows: int) -> View:
        """The same view cut to its first `rows` rows. Shares memory."""
        return View(self.height, self.width, self.camera, self.rays, self, rows)

    def to_ground(self) -> Matrix:
        """(3, 3) that takes (column, row, 1), whole numbers at pixel centres, to (right, ahead, 1) on the ground plane,
        times a depth that is positive below the horizon."""
        c, s = cos(self._pitch), sin(self._pitch)
        x = np.array([1.0, 0.0, 0.5 - self.width / 2]) / self.focal_px
        y = np.array([0.0, -1.0, self.height / 2 - 0.5]) / self.focal_px
        one = np.array([0.0, 0.0, 1.0])
        return np.stack([x * self.camera.height_m, (one * c - y * s) * self.camera.height_m, -(y * c + one * s)])

    def ground_steps(self) -> npt.NDArray[np.float64]:
        """(H,) size of each row's pixels on the ground plane a little beside the middle; infinite above the horizon."""
        c, s = cos(self._pitch), sin(self._pitch)
        y = (self.height / 2 - np.arange(self.height) - 0.5) / self.focal_px
        short = 1.0 / (1.0 + y * y + (self.width / (4.0 * self.focal_px)) ** 2)
        sink = -(y * c + s)
        with np.errstate(divide="ignore"):
            reach = np.where(sink > LEAST_SINK, self.camera.height_m / np.maximum(sink, LEAST_SINK), np.inf)
        return np.asarray(
            reach / short**0.5 * np.maximum(1.0, 0.5 * reach / (self.camera.height_m * short**0.5)) / self.focal_px
        )

    @property
    def rows_below(self) -> slice:
        """Rows that see the ground plane."""
        return slice(min(self.height, max(0, int(self.horizon_px))), self.height)

    @property
    def rows_above(self) -> slice:
        """Rows that see the sky's dome."""
        return slice(0, min(self.height, max(0, int(self.horizon_px) + 2)))

    @property
    def horizon_px(self) -> float:
        return self.camera.horizon * self.height

    def project(
        self, x: torch.Tensor, y: torch.Tensor, z: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Column, row and depth of points in the level frame. Depth may be negative: behind the lens."""
        pitch = self._pitch
        depth = z * cos(pitch) + y * sin(pitch)
        safe = torch.where(depth.abs() < 1e-3, torch.full_like(depth, 1e-3), depth)
        height_c = y * cos(pitch) - z * sin(pitch)
        return self.width / 2 + self.focal_px * x / safe, self.height / 2 - self.focal_px * height_c / safe, depth

    def pixel(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """`project` for one point."""
        c, s = cos(self._pitch), sin(self._pitch)
        depth = z * c + y * s
        safe = depth if abs(depth) >= 1e-3 else 1e-3
        scale = self.focal_px / safe
        return self.width / 2 + scale * x, self.height / 2 - scale * (y * c - z * s), depth
