"""Street lights and bollards: poles, heads that glow, the pools they throw and their long images on wet ground.

Where one stands comes with the request: its box runs from the head to the foot of the pole. There is no pool without its
lamp and no lamp without its pole.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, floor

import torch

from core.camera import Point3
from core.objects import ObjectKind, PlacedObject, lamp_post
from plugins.atmosphere.fields import color, resize, smooth
from plugins.atmosphere.light import Rgb, step
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.surface import ambient_level

SODIUM: Rgb = (1.0, 0.72, 0.42)
HEAD: Rgb = (1.0, 0.80, 0.52)
BOLLARD: Rgb = (1.0, 0.76, 0.48)
TALLEST_M, USUAL_M = 14.0, 8.6
"""A light that would be taller stands nearer than the ground says: it is drawn from a hand's guess of its foot."""
CANDELA, BOLLARD_CANDELA = 27.0, 5.0
"""Light at a metre straight below, relative to the card in the sun, before the night's exposure."""
REACH = 2.0
"""Radius in heights of the lamp at which its shade cuts a pool off; most of its light falls within 1.3 of them."""
FORESHORTENED = 0.55
"""How flat a pool is taken to look where no ground is known."""
STANDING = 0.30
"""Share of a pool's light that what stands in it shows: its depth is rough, and leaves take light in."""
FADE_FROM_M, GONE_M = 170.0, 260.0
POLE_GONE_M = 150.0
"""Beyond, a pole is a tenth of a pixel."""

SOLID_FROM = 0.05
"""A mast is solid whatever its lamp does; below this share of its light it comes and goes, so that keys do not pop."""


@dataclass(frozen=True, slots=True)
class Light:
    """One light in the camera frame, metres."""

    head: Point3
    pole_x: float
    tall: float
    strength: float
    is_low: bool
    """A bollard."""

    @property
    def foot_y(self) -> float:
        return self.head[1] - self.tall

    @property
    def tint(self) -> Rgb:
        return BOLLARD if self.is_low else SODIUM


def lights(shot: Shot) -> list[Light]:
    """Those of the request, farthest first."""
    kinds = (ObjectKind.STREET_LIGHT, ObjectKind.BOLLARD)
    found = (_light(thing, shot) for thing in shot.request.objects if thing.kind in kinds and thing.at[2] > 1.0)
    return [light for light in found if light.strength > 0.0]


def _light(thing: PlacedObject, shot: Shot) -> Light:
    view = shot.view
    post = lamp_post(thing, view.camera, view.width / view.height)
    (head, y, z), pole, tall = post.head, post.foot[0], post.tall
    is_low = thing.kind is ObjectKind.BOLLARD
    most, usual = (1.4, 0.97) if is_low else (TALLEST_M, USUAL_M)
    if tall > most:  # the same picture, nearer
        nearer = usual / tall
        head, y, z, pole, tall = head * nearer, y * nearer, z * nearer, pole * nearer, usual
    fade = 1.0 - step(FADE_FROM_M, GONE_M, z)
    return Light((head, y, z), pole, tall, thing.strength * fade, is_low)


# ---- pools --------------------------------------------------------------------------------------------------------


def add_pools(total: torch.Tensor, shot: Shot, gain: float) -> None:
    """Light of the lamps on what stands and lies around them, onto `total` (3, h, w), in place.

    Pools are soft: every second pixel of the grid holds them.
    """
    seen = lights(shot)
    if not seen:
        return
    if not shot.request.scene.has_ground:
        for light in seen:
            _pool_in_picture(total, shot, light, gain)
        return
    normals = shot.request.maps.normals
    planes = [*shot.position, shot.ground_half[0], *(() if normals is None else normals)]
    coarse = [plane[::2, ::2] for plane in planes]
    lit = torch.zeros(3, *coarse[0].shape, device=shot.device)
    for light in seen:
        window = _reached(light, shot)
        if window is None:
            continue
        share = _lit(light, [plane[window] for plane in coarse]).mul_(gain * light.strength)
        for plane, level in zip(lit, light.tint, strict=True):
            plane[window].add_(share, alpha=level)
    total += resize(lit, shot.grid.height, shot.grid.width)


def _pool_in_picture(total: torch.Tensor, shot: Shot, light: Light, gain: float) -> None:
    """Where no ground is known, a lamp someone drew lights a foreshortened round around its foot: inverse square and cosines."""
    grid = shot.grid
    column, foot, _ = grid.pixel(light.head[0], light.foot_y, light.head[2])
    ring = 1.6 if light.is_low else 1.0  # a bollard throws its light out
    tall = max(1.0, ring * light.tall * grid.focal_px / light.head[2])
    u = (torch.arange(grid.width, device=shot.device) + 0.5 - column) / tall
    v = (torch.arange(grid.height, device=shot.device) + 0.5 - foot) / (FORESHORTENED * tall)
    squared = (u * u)[None, :] + (v * v)[:, None]
    pool = (squared + 1.0).pow_(-2.0) * smooth(REACH**2, 1.0, squared) * (1.0 - shot.sky_half[0])
    pool *= gain * light.strength * CANDELA / USUAL_M**2
    for plane, level in zip(total, light.tint, strict=True):
        plane.add_(pool, alpha=level)


def _lit(light: Light, planes: list[torch.Tensor]) -> torch.Tensor:
    """Irradiance of a full cut-off luminaire, or of a bollard's ring, where planes hold x, y, z, ground and perhaps a normal."""
    x, y, z, ground = planes[:4]
    dx, dy, dz = light.head[0] - x, light.head[1] - y, light.head[2] - z
    squared = (dx * dx).addcmul_(dy, dy).addcmul_(dz, dz).clamp_min_(0.30 * light.tall**2)
    inverse = squared.rsqrt()
    down = dy * inverse
    if len(planes) > 4:
        n = planes[4:]
        stands = (n[0] * dx + n[1] * dy + n[2] * dz).mul_(inverse).add_(0.25)
    else:
        stands = (-0.85 * dz).mul_(inverse).add_(0.25)  # it faces the camera
    raised = smooth(light.tall, 0.1 * light.tall, y - light.foot_y)
    turned = stands.clamp_(0.0, 1.0).mul_(raised).mul_(STANDING)
    turned += (down.clamp_min(0.0) - turned) * ground
    if light.is_low:
        lobe = smooth(-0.25, 0.10, down).mul_(smooth(14.0**2, 5.0**2, squared))
        return turned.mul_(lobe).div_(squared).mul_(BOLLARD_CANDELA)
    lobe = smooth(0.44, 0.68, down).mul_(down)  # a flat panel sends off by the cosine
    return turned.mul_(lobe).div_(squared).mul_(CANDELA * (light.tall / USUAL_M) ** 2)


def _reached(light: Light, shot: Shot) -> tuple[slice, slice] | None:
    """The part of every second pixel of the grid that a light can reach: a box around its pool, as tall as the lamp."""
    grid = shot.grid
    radius = 14.0 if light.is_low else REACH * light.tall
    x, z = light.head[0], light.head[2]
    top, bottom = light.head[1] + 0.3, light.foot_y
    columns, rows = [], []
    for depth in (max(0.8, z - radius), z + radius):
        for side in (x - radius, x + radius):
            columns.append(grid.pixel(side, bottom, depth)[0])
        rows += [grid.pixel(x, bottom, depth)[1], grid.pixel(x, top, depth)[1]]
    down = slice(max(0, floor(min(rows) / 2)), min((grid.height + 1) // 2, ceil(max(rows) / 2) + 1))
    across = slice(max(0, floor(min(columns) / 2)), min((grid.width + 1) // 2, ceil(max(columns) / 2) + 1))
    return (down, across) if down.start < down.stop and across.start < across.stop else None


# ---- poles and heads ----------------------------------------------------------------------------------------------


def draw_lights(x: torch.Tensor, shot: Shot, extinction: float, glow: float) -> None:
    """Poles, arms and heads into the picture, in place, hidden behind what stands nearer.

    `extinction` per metre dims the far ones in haze; `glow` 0..1 is how far they burn.
    """
    air = color(shot.light.air, x)
    for light in lights(shot):
        ahead = light.head[2]
        clear = exp(-extinction * ahead)
        fade = light.strength * glow
        if ahead < POLE_GONE_M:
            stands = min(1.0, fade / SOLID_FROM) * min(1.0, (POLE_GONE_M - ahead) / 30.0)
            _draw_pole(x, shot, light, stands, clear, air)
        _draw_head(x, shot, light, fade * clear)


def _draw_pole(x: torch.Tensor, shot: Shot, light: Light, fade: float, clear: float, air: torch.Tensor) -> None:
    view, ahead = shot.view, light.head[2]
    column, top, _ = view.pixel(light.pole_x, light.head[1], ahead)
    head, _, _ = view.pixel(light.head[0], light.head[1], ahead)
    _, foot, _ = view.pixel(light.pole_x, light.foot_y, ahead)
    thick = (0.12 if light.is_low else 0.16) * view.focal_px / ahead
    if light.is_low:
        top += 0.15 * (foot - top)
    parts = [(column - thick / 2, column + thick / 2, top, foot)]
    if abs(head - column) > thick:
        parts.append((min(column, head), max(column, head), top - 0.3 * thick, top + 0.4 * thick))
    paint = air * (1.0 - clear) + color((0.016, 0.015, 0.015), x) * (clear * (0.6 + 3.0 * ambient_level(shot)))
    for left, right, upper, lower in parts:
        window = _window(shot, left, right, upper, lower)
        if window is None:
            continue
        rows, columns = window
        u = torch.arange(columns.start, columns.stop, device=x.device) + 0.5
        v = torch.arange(rows.start, rows.stop, device=x.device) + 0.5
        cover_u = ((u + 0.5).clamp(max=right) - (u - 0.5).clamp(min=left)).clamp_(0.0, 1.0)
        cover_v = ((v + 0.5).clamp(max=lower) - (v - 0.5).clamp(min=upper)).clamp_(0.0, 1.0)
        cover = (cover_v[:, None] * cover_u[None, :] * fade)[None] * unhidden(shot, rows, columns, ahead)
        patch = x[:, rows, columns]
        patch += (paint - patch) * cover


def _draw_head(x: torch.Tensor, shot: Shot, light: Light, fade: float) -> None:
    """A lit diffuser, flat and even, with a soft rim; one below a pixel keeps its energy."""
    ahead = light.head[2]
    column, line, _ = shot.view.pixel(light.head[0], light.head[1], ahead)
    scale = shot.view.focal_px / ahead
    half = (0.10, 0.07) if light.is_low else (0.34, 0.10)
    wide, tall = half[0] * scale, half[1] * scale
    sx, sy = max(0.75, wide), max(0.7, tall)
    energy = (3.0 if light.is_low else 6.0) * min(1.0, (0.10 + wide) / sx) * min(1.0, (0.10 + tall) / sy)
    window = _window(shot, column - 2.2 * sx, column + 2.2 * sx, line - 2.2 * sy, line + 2.2 * sy)
    if window is None:
        return
    rows, columns = window
    u = (torch.arange(columns.start, columns.stop, device=x.device) + 0.5 - column) / sx
    v = (torch.arange(rows.start, rows.stop, device=x.device) + 0.5 - line) / sy
    away = (u * u)[None, :] + (v * v)[:, None]
    disc = torch.exp(-(away**1.5)) * (energy * fade)
    x[:, rows, columns] += color(HEAD, x) * disc[None] * unhidden(shot, rows, columns, ahead)


def _window(shot: Shot, left: float, right: float, top: float, bottom: float) -> tuple[slice, slice] | None:
    rows = slice(max(0, floor(top)), min(shot.view.height, ceil(bottom) + 1))
    columns = slice(max(0, floor(left)), min(shot.view.width, ceil(right) + 1))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def unhidden(shot: Shot, rows: slice, columns: slice, ahead: float) -> torch.Tensor:
    """Share (1, ·, ·) of each pixel not in front of a thing `ahead` metres away.

    Depth is rough, so the test is lenient; a vehicle's is that of its wheels, so that nothing behind it shows through.
    """
    top, left = rows.start // 2, columns.start // 2
    half = slice(top, (rows.stop + 1) // 2), slice(left, (columns.stop + 1) // 2)
    near = shot.range[half] / ahead
    seen = smooth(0.45, 0.75, near)
    seen += (smooth(0.80, 1.0, near) - seen) * shot.materials.vehicle[half]
    seen = seen.repeat_interleave(2, 0).repeat_interleave(2, 1)
    r, c = rows.start - 2 * top, columns.start - 2 * left
    seen = seen[r : r + rows.stop - rows.start, c : c + columns.stop - columns.start]
    return torch.maximum(seen[None], shot.sky[:, rows, columns])


# ---- on wet ground ------------------------------------------------------------------------------------------------


def mirrored_lamps(shot: Shot) -> torch.Tensor | None:
    """Lamp columns on wet ground (3, h, w): each head mirrored in the plane, drawn long by the rough water film."""
    shown = shot.weather.practicals * shot.light.dark
    seen = [light for light in lights(shot) if not light.is_low]
    if shown <= 0.0 or not seen:
        return None
    grid = shot.grid
    total = torch.zeros(grid.height, grid.width, device=shot.device)
    for light in seen:
        column, far, _ = grid.pixel(light.head[0], light.foot_y - light.tall, light.head[2])
        scale = grid.focal_px / light.head[2]
        near = grid.horizon_px
        middle, thick = near + 0.80 * (far - near), max(0.8, 0.34 * scale)
        above, below = max(2.0, 0.46 * (far - near)), max(2.0, 0.24 * (far - near))
        rows = slice(max(0, floor(middle - 2.0 * above)), min(grid.height, ceil(middle + 3.0 * below)))
        columns = slice(max(0, floor(column - 8.0 * thick)), min(grid.width, ceil(column + 8.0 * thick)))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            continue
        v = torch.arange(rows.start, rows.stop, device=shot.device) + 0.5
        u = torch.arange(columns.start, columns.stop, device=shot.device) + 0.5
        energy = min(1.0, 0.34 * scale / 0.8) ** 0.5 * light.strength * shown
        reach = torch.where(v < middle, torch.full_like(v, above), torch.full_like(v, below))
        down = torch.exp(-(((v - middle) / reach) ** 2))  # a film draws it towards the lamp more than towards the lens
        core = torch.exp(-(((u - column) / thick) ** 2)) + 0.25 * torch.exp(-(((u - column) / (3 * thick)) ** 2))
        total[rows, columns] += down[:, None] * core[None, :] * energy
    return color(HEAD, total) * total[None]
