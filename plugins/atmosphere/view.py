"""View: where each pixel looks, and where it meets the ground. Follows from the camera and the size alone, so it is cached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, sin

import torch

from core.camera import Camera

FAR_M = 2000.0
"""Ground beyond this is treated as being at this distance."""


@dataclass(frozen=True, slots=True)
class View:
    """Rays of a level camera frame: x right, y up, z ahead, metres, origin at the lens. All planes are (H, W)."""

    height: int
    width: int
    camera: Camera
    focal_px: float
    right: torch.Tensor
    up: torch.Tensor
    ahead: torch.Tensor
    """Unit direction of each pixel's ray."""
    azimuth: torch.Tensor
    """Radians clockwise from straight ahead."""
    ground_range: torch.Tensor
    """Distance along the ray to the ground plane, at most FAR_M; FAR_M above the horizon."""
    footprint: torch.Tensor
    """Size of a pixel on the ground plane, metres, the longer way."""

    @staticmethod
    def of(camera: Camera, height: int, width: int, device: torch.device) -> View:
        """Rays through pixel centres; the focal length is in picture heights, so any size of one picture agrees."""
        focal = camera.focal * height
        x = (torch.arange(width, device=device, dtype=torch.float32) + 0.5 - width / 2) / focal
        y = (height / 2 - torch.arange(height, device=device, dtype=torch.float32) - 0.5) / focal
        x, y = x[None, :].expand(height, width), y[:, None].expand(height, width)
        pitch = camera.pitch_rad
        up, ahead = y * cos(pitch) + sin(pitch), cos(pitch) - y * sin(pitch)
        norm = torch.rsqrt(x * x + up * up + ahead * ahead)
        right, up, ahead = x * norm, up * norm, ahead * norm
        ground_range = (camera.height_m / (-up).clamp_min(1e-5)).clamp_(0.0, FAR_M)
        footprint = (ground_range / focal) * (0.5 * ground_range / camera.height_m).clamp_min(1.0)
        return View(height, width, camera, focal, right, up, ahead, torch.atan2(right, ahead), ground_range, footprint)

    def top(self, rows: int) -> View:
        """The same view cut to its first `rows` rows. Shares memory."""
        cut = {n: getattr(self, n)[:rows] for n in ("right", "up", "ahead", "azimuth", "ground_range", "footprint")}
        return replace(self, **cut)

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
        pitch = self.camera.pitch_rad
        depth = z * cos(pitch) + y * sin(pitch)
        safe = torch.where(depth.abs() < 1e-3, torch.full_like(depth, 1e-3), depth)
        height_c = y * cos(pitch) - z * sin(pitch)
        return self.width / 2 + self.focal_px * x / safe, self.height / 2 - self.focal_px * height_c / safe, depth

    def pixel(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """`project` for one point."""
        c, s = cos(self.camera.pitch_rad), sin(self.camera.pitch_rad)
        depth = z * c + y * s
        safe = depth if abs(depth) >= 1e-3 else 1e-3
        scale = self.focal_px / safe
        return self.width / 2 + scale * x, self.height / 2 - scale * (y * c - z * s), depth
