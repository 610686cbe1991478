"""Particles: rain and snow falling through a box of air around the camera, anchored in the world.

Where each drop or flake stands at an instant follows from the seed, the wind and the camera's way alone; both ends of
the shutter are projected with their own camera position, so streaks radiate from the vanishing point of a moving camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from plugins.atmosphere import kernels
from plugins.atmosphere.fields import blur, color, falloff, halve, resize, smooth
from plugins.atmosphere.lamps import HALOGEN
from plugins.atmosphere.light import luminance, scaled
from plugins.atmosphere.shot import Shot

DROPS, FLAKES, SPLASHES = 60000, 33000, 3600
RAIN_BOX = (15.0, 9.0, 15.0)
"""Metres. Beyond, rain is seen as haze: drops there would only be a veil and noise."""
SNOW_BOX = (15.0, 9.0, 15.0)
SPLASH_BOX = (16.0, 18.0)
"""Metres across and along of the ground on which single drops are seen to burst."""
NEAREST_M = 0.55
CLEAR_M = (1.0, 2.6)
"""No streak is drawn nearer than the first of these, all from the second: a drop at the lens is a smear of a whole frame."""
FIXED_POINT = 4096.0
"""Splats are summed as whole numbers, so that the sum does not depend on its order on any device."""
FALL_M_S = 8.2
"""Terminal speed of a drop of 2.2 mm (Gunn and Kinzer 1949: 6 to 9 m/s from 2 to 5 mm)."""
DAY_SHUTTER_S, NIGHT_SHUTTER_S = 1.0 / 90.0, 1.0 / 60.0
DROP_M, FLAKE_M = 0.0022, 0.0090
FLAKE_GAIN = 3.0
"""Look-fitted: a flake's true cover in a shutter's time is too faint to read at video sizes; so it is with drops."""
FLAKE_TINT = (0.97, 1.0, 1.03)
APERTURE_M, FOCUS_M = 0.0022, 7.0


LONGEST = 96
"""Samples of a streak at most."""
DIMMEST, AMBIENT, MOST_COVER = 0.94, 0.65, 0.70
"""Of drops: their light at least, as a share of the air's; what the air gives beside what is near; and their cover."""


@dataclass(frozen=True, slots=True)
class Swarm:
    """Particles before the lens: both ends of their way during the shutter, level camera frame, metres; (N, 3) each."""

    start: torch.Tensor
    end: torch.Tensor
    size: torch.Tensor
    """Diameter in metres."""
    weight: torch.Tensor
    """0..1: fades in the last ones as the dial turns, and those about to leave the box."""


def fall_rain(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Streaks over the picture and drops bursting on its ground; may be in place."""
    amount = shot.weather.rain
    if amount == 0.0:
        return x
    veil = _streaks(rain_swarm(shot), shot) * (8.0 + 7.0 * amount)
    burst = _splashes(shot)
    if burst is not None:
        veil += burst
    local, beam = _around(x, shot), _beam(shot)
    ambient, night = scaled(shot.light.air, 0.92), 0.35 + 1.2 * shot.light.dark
    if kernels.fit(x, local, veil):
        kernels.drops(x, local, veil, beam, *ambient, night, DIMMEST, AMBIENT, MOST_COVER, lamp=HALOGEN)
        return x
    # A drop gathers the light around it, lamps included.
    lit = torch.maximum(color(ambient, x) * DIMMEST, local * night + color(ambient, x) * AMBIENT)
    if beam is not None:
        lit += color(HALOGEN, x) * beam
    return lit.sub_(x).clamp_min_(0.0).mul_((1.0 - torch.exp(-veil)).clamp_(max=MOST_COVER)).add_(x)


def rain_swarm(shot: Shot) -> Swarm:
    """The drops in front of the lens while the shutter of this frame is open."""
    amount = shot.weather.rain
    wanted = DROPS * amount**0.8
    count = min(DROPS, int(wanted) + 1)
    place, luck = _dealt(shot, "rain", DROPS, count)
    wind = shot.weather.wind
    velocity = np.stack([np.full(count, wind[0]), -FALL_M_S * (0.75 + 0.5 * luck[:, 0]), np.full(count, wind[1])], 1)
    size = DROP_M * (0.5 + 1.1 * luck[:, 1] ** 2) * (0.55 + 0.55 * amount)
    shutter = DAY_SHUTTER_S + (NIGHT_SHUTTER_S - DAY_SHUTTER_S) * shot.light.dark
    return _swarm(shot, place, velocity, RAIN_BOX, size, shutter, wanted)


def _around(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """The light around each pixel, (3, H, W)."""
    return resize(blur(halve(x, 4), 1.6), shot.view.height, shot.view.width)


def _beam(shot: Shot) -> torch.Tensor | None:
    """How the car's own lamps light the drops before it, below the cut-off and a little above, (1, H, W); None by day."""
    strength = 0.12 * shot.light.dark * shot.weather.practicals * shot.driving
    if strength <= 0.0:
        return None
    grid = shot.grid
    return shot.full((smooth(0.20, -0.06, grid.up) * falloff(grid.azimuth.square(), -1.0 / 0.45**2) * strength)[None])


def fall_snow(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Flakes over the picture, new tensor: darker than a white sky, lighter than trees."""
    amount = shot.weather.snow
    if amount == 0.0:
        return x
    count = min(FLAKES, int(FLAKES * amount**0.8) + 1)
    place, luck = _dealt(shot, "snow", FLAKES, count)
    wind = shot.weather.wind
    velocity = np.stack([np.full(count, 0.9 * wind[0]), -1.0 - 0.55 * luck[:, 0], np.full(count, 0.9 * wind[1])], 1)
    size = FLAKE_M * (0.45 + luck[:, 1] ** 2)
    swarm = _swarm(shot, place, velocity, SNOW_BOX, size, 1.0 / 110.0, FLAKES * amount**0.8, swirl=luck[:, 2:4])
    cover = (1.0 - torch.exp(_flakes(swarm, shot) * -FLAKE_GAIN)).clamp_(max=0.92)
    level = 0.80 * max(0.02, luminance(shot.light.air) / 1.12) * (1.3 if shot.light.dark > 0.0 else 1.0)
    lit = x * (1.0 - cover)
    if shot.light.dark > 0.0:
        lit += _around(x, shot).mul_(cover).mul_(1.4 * shot.light.dark)
    for plane, tint in zip(lit, FLAKE_TINT, strict=True):
        plane.add_(cover[0], alpha=tint * level)
    return lit


def _dealt(shot: Shot, what: str, most: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Where `count` particles stand in their box (count, 3) and what chance gives each (count, 4), in [0, 1)."""
    seed = shot.request.seed & 0xFFFFFFFF
    dealt = shot.tables.get(
        (what, seed), lambda: np.random.default_rng([seed, len(what), ord(what[0])]).random((most, 7))
    )
    return dealt[:count, :3], dealt[:count, 3:]


def _swarm(
    shot: Shot,
    place: np.ndarray,
    velocity: np.ndarray,
    box: tuple[float, float, float],
    size: np.ndarray,
    shutter: float,
    wanted: float,
    swirl: np.ndarray | None = None,
) -> Swarm:
    """Particles of a box of the world that wraps around the camera; both ends of their way have their own camera pose.

    Phases are kept in double precision, for hours of footage. The box keeps to the world's axes, so that a camera that
    turns looks into another part of the same rain.
    """
    t, frame_s = shot.seconds, shot.request.time.frame_s
    shutter = min(shutter, 0.5 * frame_s)
    opened, closed = shot.pose, shot.pose_at(shutter / frame_s)
    extent = np.array(box)
    ahead = 0.5 * box[2] - 1.0
    centre = np.array(opened.to_world((0.0, 0.05 * box[1], ahead)))
    world = place * extent + velocity * t
    inside = np.mod(world - centre + extent / 2, extent)
    edge = np.minimum(inside, extent - inside) / extent
    weight = np.clip(edge.min(1) * 25.0, 0.0, 1.0) * np.clip(wanted - np.arange(len(place)), 0.0, 1.0)
    world = inside + (centre - extent / 2)
    if swirl is not None:
        phase = 2.0 * np.pi * swirl
        pulse = t * (1.1 + 1.3 * swirl[:, 0])
        world[:, 0] += 0.25 * np.sin(pulse + phase[:, 0])
        world[:, 2] += 0.25 * np.cos(0.8 * pulse + phase[:, 1])
    start = shot.to_camera(world, opened)
    end = shot.to_camera(world + velocity * shutter, closed)
    weight *= np.clip(
        (1.9 * ahead - start[:, 2]) / (0.8 * ahead), 0.0, 1.0
    )  # the far side fades over a third of the box
    keep = (weight > 0.0) & (start[:, 2] > NEAREST_M) & (end[:, 2] > NEAREST_M * 0.6)
    tensors = (torch.from_numpy(a[keep].astype(np.float32)).to(shot.device) for a in (start, end, size, weight))
    return Swarm(*tensors)


def _streaks(swarm: Swarm, shot: Shot) -> torch.Tensor:
    """Cover of motion-blurred drops (1, H, W): most are short and thin; what is near is wide, soft and faint."""
    view = shot.view
    u0, v0, z0 = view.project(*swarm.start.unbind(1))
    u1, v1, _ = view.project(*swarm.end.unbind(1))
    length = torch.sqrt((u1 - u0) ** 2 + (v1 - v0) ** 2)
    width = swarm.size * view.focal_px / z0
    disc = APERTURE_M * view.focal_px * (1.0 / z0 - 1.0 / FOCUS_M).abs()
    across = torch.sqrt(width * width + disc * disc)
    share = width / length.clamp_min(1.0) * (width / across).clamp_(max=1.0) * width.clamp(max=1.0)
    share = share * swarm.weight * smooth(*CLEAR_M, z0)
    seen = _in_front(u0, v0, z0, shot) & (length < 0.30 * view.height)
    near = z0 < 2.4
    height, wide = view.height, view.width
    sharp = _splat_lines(u0, v0, u1, v1, length, share, seen & ~near, height, wide)
    soft = _splat_lines(
        u0 / 2, v0 / 2, u1 / 2, v1 / 2, length / 2, share * 0.7, seen & near, (height + 1) // 2, (wide + 1) // 2
    )
    return blur(sharp, 0.40 * max(1.0, height / 540.0)) + resize(
        blur(soft, 0.45 * max(1.0, height / 540.0)), height, wide
    )


def _splashes(shot: Shot) -> torch.Tensor | None:
    """Drops that burst on level ground (1, H, W), optical depth: each place of the world has its own times, and lives 70 ms."""
    scene = shot.request.scene
    if not scene.has_ground or scene.camera.height_m > 4.0:
        return None
    amount, pose, t = shot.weather.rain, shot.pose, shot.seconds
    place, luck = _dealt(shot, "splash", SPLASHES, int(SPLASHES * amount))
    period = 0.35 + 0.5 * luck[:, 0]
    turn = t / period + luck[:, 1]
    age = (turn - np.floor(turn)) * period / 0.07
    alive = age < 1.0
    if not alive.any():
        return None
    hop = np.floor(turn)[alive, None] * np.array([[0.754877, 0.569840]])  # another place each time (Roberts' sequence)
    extent = np.array(SPLASH_BOX)
    spot = np.mod(place[alive, :2] + hop, 1.0) * extent
    centre = np.array(pose.to_world((0.0, 0.0, 0.5 * extent[1] + 1.5)))[[0, 2]]
    spot = np.mod(spot - centre + extent / 2, extent) + centre - extent / 2
    foot = np.stack([spot[:, 0], np.full(len(spot), pose.up_m - scene.camera.height_m), spot[:, 1]], 1)
    seen = shot.to_camera(foot, pose)
    grown = 0.02 + 0.05 * age[alive]
    u, v, z = shot.view.project(*torch.from_numpy(seen.astype(np.float32)).to(shot.device).unbind(1))
    wide = torch.from_numpy(grown.astype(np.float32)).to(shot.device) * shot.view.focal_px / z.clamp_min(0.5)
    power = torch.from_numpy(((1.0 - age[alive]) * (0.4 + 0.6 * luck[alive, 2])).astype(np.float32)).to(shot.device)
    keep = _in_front(u, v, z * 0.9, shot) & (z > 2.0)
    column, row = (u / 2).long().clamp_(0, shot.grid.width - 1), (v / 2).long().clamp_(0, shot.grid.height - 1)
    power = power * shot.materials.level[row, column] * smooth(16.0, 9.0, z)
    lift = wide * 0.35
    spray = _splat_lines(
        u - wide, v - lift, u + wide, v - lift, 2.0 * wide, power * 0.5, keep, shot.view.height, shot.view.width
    )
    return blur(spray, 0.6, 0.5).mul_(1.1)


def _in_front(u: torch.Tensor, v: torch.Tensor, z: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Whether each particle is inside the picture (with a margin) and nearer than the scene behind it."""
    view, grid = shot.view, shot.grid
    margin = 0.1 * view.width
    inside = (u > -margin) & (u < view.width + margin) & (v > -margin) & (v < view.height + margin)
    column = (u / 2).long().clamp_(0, grid.width - 1)
    row = (v / 2).long().clamp_(0, grid.height - 1)
    scene = torch.where(shot.sky_half[0] > 0.5, torch.full_like(shot.range, 1e4), shot.range)
    return inside & (z < scene[row, column])


def _splat_lines(
    u0: torch.Tensor,
    v0: torch.Tensor,
    u1: torch.Tensor,
    v1: torch.Tensor,
    length: torch.Tensor,
    share: torch.Tensor,
    keep: torch.Tensor,
    height: int,
    width: int,
) -> torch.Tensor:
    """Lines of even light, one sample about a pixel, summed bilinearly into (1, height, width)."""
    u0, v0, u1, v1, length, share = (a[keep] for a in (u0, v0, u1, v1, length, share))
    if kernels.chains is not None and u0.device.type == "cpu":
        return kernels.lines((u0, v0, u1, v1, length, share), height, width, FIXED_POINT, LONGEST)
    samples = length.ceil().clamp_(1, LONGEST).long()
    which = torch.repeat_interleave(torch.arange(len(samples), device=u0.device), samples)
    first = samples.cumsum(0) - samples
    t = (torch.arange(len(which), device=u0.device) - first[which] + 0.5) / samples[which]
    energy = share * (length.clamp_min(1.0) / samples)
    taper = 1.5 - 1.5 * (2.0 * t - 1.0).square()  # a streak has no hard ends
    return splat(
        u0[which] + (u1 - u0)[which] * t, v0[which] + (v1 - v0)[which] * t, energy[which] * taper, height, width
    )


def splat(u: torch.Tensor, v: torch.Tensor, energy: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Sum points into a picture (1, height, width), each shared by the four pixels around it. Exact in any order."""
    inside = ((u > -0.5) & (u < width + 0.5) & (v > -0.5) & (v < height + 0.5)).nonzero()[:, 0]
    x, y, energy = u[inside] + 0.5, v[inside] + 0.5, energy[inside] * FIXED_POINT  # on a canvas with a rim of one pixel
    x0, y0 = x.floor(), y.floor()
    right, low = (x - x0).mul_(energy), y - y0
    left = energy - right
    canvas = torch.zeros((height + 3) * (width + 3), dtype=torch.int32, device=u.device)
    first = y0.int().mul_(width + 3).add_(x0.int())
    for step, side in ((0, left), (1, right)):
        below = side * low
        canvas.index_add_(0, first + step, (side - below).round_().int())
        canvas.index_add_(0, first + (step + width + 3), below.round_().int())
    picture = canvas.view(height + 3, width + 3)[1 : height + 1, 1 : width + 1]
    return (picture.to(torch.float32) * (1.0 / FIXED_POINT))[None]


def _flakes(swarm: Swarm, shot: Shot) -> torch.Tensor:
    """Cover of flakes (1, H, W): each drawn at the scale of its blur disc (thin lens), energy kept."""
    view = shot.view
    u0, v0, z = view.project(*swarm.start.unbind(1))
    u1, v1, _ = view.project(*swarm.end.unbind(1))
    seen = _in_front(u0, v0, z, shot)
    blur_disc = APERTURE_M * view.focal_px * (1.0 / z - 1.0 / FOCUS_M).abs()
    body = swarm.size * view.focal_px / z
    across = torch.sqrt(body * body + blur_disc * blur_disc)
    length = torch.sqrt((u1 - u0) ** 2 + (v1 - v0) ** 2)
    area = 0.785 * body * torch.maximum(body, torch.full_like(body, 0.6)) * swarm.weight
    total = torch.zeros(1, view.height, view.width, device=shot.device)
    height, width, scale, low = view.height, view.width, 1.0, 0.0
    for level in range(4):
        high = 3.2 * scale if level < 3 else 60.0 * scale
        here = seen & (across >= low) & (across < high)
        share = area / (scale * scale) / (length / scale).clamp_min(1.0)
        layer = _splat_lines(u0 / scale, v0 / scale, u1 / scale, v1 / scale, length / scale, share, here, height, width)
        total += resize(blur(layer, 0.55 if level == 0 else 0.85), view.height, view.width)
        low, scale, height, width = high, scale * 2.0, (height + 1) // 2, (width + 1) // 2
    return total
