"""Shot: one request made ready for the layers: cleaned matte, foreground distance, dials, light, and cached geometry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import cos, sin
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from core.camera import Pose
from core.extension.translator import Maps, TranslateRequest
from plugins.atmosphere import kernels
from plugins.atmosphere.fields import blur, halve, near, resize, smooth
from plugins.atmosphere.light import Light, Weather, step
from plugins.atmosphere.materials import Materials
from plugins.atmosphere.noise import Noise, Plane
from plugins.atmosphere.view import FAR_M, View

if TYPE_CHECKING:
    from plugins.atmosphere.tables import Tables

STANDS = 0.34
"""How tall a cloud of a deck is, in its own lengths."""
UNKNOWN_RANGE_M = 30.0
"""Distance given to everything where the shot has no depth."""

FAINT = 0.04
"""A matte below this, or above 1 less this, is taken for none, or for whole."""
PLAIN = 0.5 * 0.92 + FAINT
"""As kept; half of it when its faint ends are cut."""

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shot:
    """What the layers read. Planes are (1, H, W) at full size, (1, h, w) on the half-size `grid`."""

    request: TranslateRequest
    weather: Weather
    light: Light
    tables: Tables
    view: View
    grid: View
    noise: Noise
    sky: torch.Tensor
    """Matte of the sky, cleaned of leaks into plain sky; zero where the shot has none."""
    ground: torch.Tensor

    @staticmethod
    def of(request: TranslateRequest, tables: Tables) -> Shot:
        height, width = request.frame.height, request.frame.width
        maps, scene = request.maps, request.scene
        zero = torch.zeros(1, height, width, device=request.frame.device)
        sky = maps.sky if maps.sky is not None and scene.has_sky else zero
        return Shot(
            request=request,
            weather=Weather.of(request.condition),
            light=_seen_from(request.pose, Light.of(request.condition)),
            tables=tables,
            view=tables.view(scene.camera, height, width),
            grid=tables.view(scene.camera, (height + 1) // 2, (width + 1) // 2),
            noise=tables.noise(),
            sky=_cleaned(sky) if sky is not zero else zero,
            ground=maps.ground if maps.ground is not None and scene.has_ground else zero,
        )

    @cached_property
    def materials(self) -> Materials:
        """What the surfaces are made of."""
        return Materials.of(self)

    @property
    def device(self) -> torch.device:
        return self.request.frame.device

    @property
    def seconds(self) -> float:
        return self.request.time.seconds

    @cached_property
    def source_half(self) -> torch.Tensor:
        """The picture as shot on the grid, (3, h, w)."""
        return halve(self.request.frame.pixels)

    @cached_property
    def source_quarter(self) -> torch.Tensor:
        return halve(self.source_half)

    @cached_property
    def sky_half(self) -> torch.Tensor:
        return halve(self.sky)

    @cached_property
    def sky_rows(self) -> int:
        """Rows of the grid, from the top, down to the lowest one that has sky. Below them the sky costs nothing."""
        if not self.request.scene.has_sky:
            return 0
        seen = (self.sky_half[0].amax(1) > 1e-3).nonzero()
        return min(self.grid.height, int(seen[-1]) + 2) if len(seen) else 1

    @cached_property
    def dome(self) -> View:
        """The rows of the grid that have sky."""
        return self.grid.top(self.sky_rows)

    @cached_property
    def small_dome(self) -> View:
        """The same at half the grid's size, for what is smooth."""
        half = self.grid
        quarter = self.tables.view(half.camera, (half.height + 1) // 2, (half.width + 1) // 2)
        return quarter.top(min(quarter.height, (self.sky_rows + 3) // 2))

    def on_dome(self, plane: torch.Tensor) -> torch.Tensor:
        """A field of the small dome (C, h, w) at the size of the dome."""
        rows = min(self.grid.height, 2 * int(plane.shape[1]))
        return resize(plane, rows, self.grid.width)[:, : self.sky_rows]

    def rows(self, grid_rows: int) -> slice:
        """The frame's rows that the first `grid_rows` rows of the grid stand for."""
        return slice(0, min(self.view.height, 2 * grid_rows))

    @cached_property
    def ground_half(self) -> torch.Tensor:
        """Ground, without what lies above the horizon: a plane cannot be there."""
        below = smooth(0.0, -0.01, self.grid.up)
        return halve(self.ground) * below

    @cached_property
    def range(self) -> torch.Tensor:
        """Metres along each ray to the foreground (h, w); behind sky pixels it is that of their neighbours."""
        inverse = _inverse_depth(self.request.maps, self)
        return (self.grid.ahead.clamp_min(0.05) * inverse.clamp_min(1.0 / FAR_M)).reciprocal()[0]

    @cached_property
    def position(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Points of the foreground, level camera frame (right, up, ahead), metres, (h, w); ground from its plane."""
        share = self.ground_half[0]
        reach = self.range + (self.grid.ground_range - self.range) * share
        return self.grid.right * reach, self.grid.up * reach, self.grid.ahead * reach

    @cached_property
    def driving(self) -> float:
        """0..1: whether the camera rides along a road: it moves ahead like a car, over ground, at a car's height."""
        scene = self.request.scene
        if not scene.has_ground:
            return 0.0
        return step(3.0, 7.0, scene.motion.forward_m_s) * (1.0 - step(4.0, 6.0, scene.camera.height_m))

    @property
    def opened(self) -> float:
        """How much longer a camera waits at night where no lamps light the way."""
        return 1.0 + 0.8 * self.light.dark**2 * (1.0 - self.driving)

    @property
    def pose(self) -> Pose:
        """Where the camera is at this frame: what anchors everything that stands in the world."""
        return self.request.pose

    def pose_at(self, t: float) -> Pose:
        """Where it is at a share of the frame's length: 0 as it begins, 1 when the next one does."""
        return self.request.pose.mixed(self.request.pose_after, t)

    def to_camera(self, points: Points, pose: Pose) -> Points:
        """World points (N, 3) in the level camera frame of a pose, metres."""
        right, up, ahead = points[:, 0] - pose.right_m, points[:, 1] - pose.up_m, points[:, 2] - pose.ahead_m
        c, s = cos(pose.yaw_rad), sin(pose.yaw_rad)
        return np.stack([right * c - ahead * s, up, ahead * c + right * s], 1)

    def travelled(self) -> tuple[float, float]:
        """Camera position (right, ahead) in metres since the first frame."""
        return self.pose.right_m, self.pose.ahead_m

    def ground_noise(self, across_m: float, along_m: float, octaves: int, heading: float = 0.0) -> torch.Tensor:
        """Noise lying on the ground plane, anchored in the world, (h, w) of the grid.

        Features are `along_m` long in the direction `heading` (radians clockwise from ahead of the first frame) and
        `across_m` wide.
        """
        grid, pose = self.grid, self.pose
        cy, sy, ch, sh = cos(pose.yaw_rad), sin(pose.yaw_rad), cos(heading), sin(heading)
        to_world = np.array([[cy, sy, pose.right_m], [-sy, cy, pose.ahead_m]])
        to_feature = np.array([[ch / across_m, -sh / across_m], [sh / along_m, ch / along_m]])
        seen = grid.to_ground()
        onto = to_feature @ to_world @ seen
        rows = np.arange(grid.height)
        depth = np.maximum(seen[2, 1] * rows + seen[2, 2], 1e-6)
        start = (onto[:, 1:2] * rows + onto[:, 2:3]) / depth
        slope = onto[:, 0:1] / depth
        plane = Plane(start, slope, grid.ground_steps() / max(across_m, along_m))
        return self.noise.on_plane(plane, octaves, (grid.height, grid.width))

    def cloud_noise(
        self, height_m: float, scale_m: float, octaves: int, drift: tuple[float, float], *, clumps: bool = False
    ) -> torch.Tensor:
        """Noise on a deck `height_m` above the ground, where each ray of the dome meets it, (h, w) of the small dome.

        Features are `scale_m` long; the deck has moved by `drift` (right, ahead) metres. Anchored in the world: it
        stands still while the camera turns. Clouds are not flat: they stand `STANDS` of their length tall, so that at
        an elevation e one of length 1 is sin e + `STANDS` tall in the picture, which a deck at a distance of
        1 / (sin e + `STANDS`) gives. Towards the horizon they grow finer, and do not end in lines.
        """
        sky, pose = self.small_dome, self.pose
        reach = (sky.up.clamp_min(0.0) + STANDS).reciprocal_().mul_(height_m * (1.0 + STANDS))
        c, s = cos(pose.yaw_rad), sin(pose.yaw_rad)
        x, z = sky.right * reach, sky.ahead * reach
        u = (x * (c / scale_m)).add_(z, alpha=s / scale_m).add_((pose.right_m - drift[0]) / scale_m)
        v = (z * (c / scale_m)).add_(x, alpha=-s / scale_m).add_((pose.ahead_m - drift[1]) / scale_m)
        step = reach.square_().mul_(1.0 / (height_m * (1.0 + STANDS) * sky.focal_px * scale_m))
        return self.noise.over(u, v, step, octaves, clumps=clumps)

    def full(self, plane: torch.Tensor) -> torch.Tensor:
        """A half-size field (C, h, w) at the frame's size."""
        return resize(plane, self.view.height, self.view.width)

    def full_rows(self, plane: torch.Tensor) -> torch.Tensor:
        """The first rows of a half-size field at the frame's size: those of `rows`."""
        return resize(plane, self.rows(int(plane.shape[1])).stop, self.view.width)


def _seen_from(pose: Pose, light: Light) -> Light:
    """Light with the sun where the camera sees it: the dial counts its azimuth from the first frame's heading."""
    if pose.yaw_rad == 0.0:
        return light
    c, s = cos(pose.yaw_rad), sin(pose.yaw_rad)
    right, up, ahead = light.sun
    return replace(light, sun=(right * c - ahead * s, up, ahead * c + right * s))


def _cleaned(sky: torch.Tensor) -> torch.Tensor:
    """The matte with its faint ends cut and plain sky forced to 1.

    One that leaks in plain sky would let the old bright sky through, a pale halo.
    """
    beside = resize(near(halve(sky), PLAIN, 3), int(sky.shape[1]), int(sky.shape[2]))
    if kernels.fit(sky, beside):
        return kernels.forced(sky, beside, FAINT, 1.0 / 0.92)
    return torch.maximum(sky.sub(FAINT).mul_(1.0 / 0.92).clamp_(0.0, 1.0), 1.0 - beside)


def _inverse_depth(maps: Maps, shot: Shot) -> torch.Tensor:
    """1/metre of the foreground on the grid; sky pixels take it from the foreground around them."""
    if maps.inverse_depth is None:
        return torch.full((1, shot.grid.height, shot.grid.width), 1.0 / UNKNOWN_RANGE_M, device=shot.device)
    grid = shot.grid
    inverse, land = halve(maps.inverse_depth), shot.sky_half
    weight = torch.rsub(halve(land), 1.0).square_().square_().add_(1e-4)
    spread_out = torch.cat((halve(inverse) * weight, weight))
    # Behind sky stands what is around it.
    around = blur(spread_out, 1.5)
    around = resize(around[0:1].div_(around[1:2]), grid.height, grid.width)
    inverse = torch.where(land > 0.02, torch.maximum(around, inverse), inverse)
    # Above the horizon depth is carried up column by column; evened out sideways, haze and light show no stripes.
    first = int((grid.up[:, 0] > -0.012).sum())  # rows keep their order to the picture's edge
    wide, tall = 0.012 * grid.width / 4 + 0.3, 0.006 * grid.height / 4 + 0.3
    even = blur(halve(spread_out), wide, tall)
    even = resize(even[0:1].div_(even[1:2]), grid.height, grid.width)[:, :first]
    upper = inverse[:, :first]
    upper += (even - upper) * smooth(-0.012, 0.012, grid.up[:first])[None]
    return inverse
