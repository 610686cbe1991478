"""Lamps: the camera car's own low beams and a row of street lamps beside the road, standing in the world.

Intensities are in the picture's own light: a street lamp lights the road below it to about a fifth of a sunlit card,
as a camera exposed for the night sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, floor

import torch

from plugins.atmosphere.fields import color, mix, sample, smooth
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.surface import ambient_level

SPACING_M = 42.0
HEIGHT_M = 8.6
ARM_M = 1.9
SODIUM = (1.0, 0.72, 0.42)
TAIL_LAMP = (1.9, 0.10, 0.045)
HALOGEN = (1.0, 0.89, 0.72)
NIGHT_GAIN = 2.3
"""Camera exposure at night over the daylight one, for lamps as for the stops of `light`."""
POOL_TEXELS = 256
POOL_WIDTH_M = 96.0


@dataclass(frozen=True, slots=True)
class Row:
    """Street lamps along the road: where the poles stand, which way the arm reaches (-1 left), and the shift along."""

    pole_x: float
    arm: int
    shift_m: float

    @property
    def head_x(self) -> float:
        return self.pole_x + self.arm * ARM_M


ROWS = (Row(8.4, -1, 0.0), Row(-24.0, 1, SPACING_M / 2))


def adaptation(shot: Shot) -> float:
    """How strongly a lamp shows beside the light there is: 1 at night, nothing by day."""
    return max(0.0, min(1.0, 0.082 / (ambient_level(shot) + 0.03)) - 0.08) / 0.92


def lamp_light(shot: Shot) -> torch.Tensor | None:
    """Light of all lamps on the foreground (3, h, w), or None where there are none."""
    share, drive = shot.weather.practicals * adaptation(shot), shot.driving
    if share <= 0.0:
        return None
    gain = share * NIGHT_GAIN
    if drive == 0.0:
        return color(SODIUM, shot.sky) * (_unseen_lamp(shot)[None] * gain)
    sodium = _street_light(shot).mul_(drive * gain)
    if drive < 1.0:
        sodium += _unseen_lamp(shot) * ((1.0 - drive) * gain)
    beam = _low_beam(shot).mul_(drive * gain)
    return torch.stack([s * sodium + h * beam for s, h in zip(SODIUM, HALOGEN, strict=True)])


def _unseen_lamp(shot: Shot) -> torch.Tensor:
    """A lamp behind the camera, where no road tells where lamps stand: warm near things, gone at a distance, (h, w)."""
    x, y, z = shot.position
    squared = (x - 3.0) ** 2 + (y - 4.0) ** 2 + (z + 4.0) ** 2
    return 16.0 / squared.clamp_min(36.0)


def _low_beam(shot: Shot) -> torch.Tensor:
    """Two low beams with the cut-off of right-hand traffic (ECE R112 in shape), (h, w)."""
    x, y, z = shot.position
    mount = 0.65 - shot.request.scene.camera.height_m
    ahead = (z - 1.2).clamp_min_(0.5)
    dy = y - mount
    inverse = ahead.reciprocal()
    across, rise = x * inverse, dy * inverse
    below = across.clamp(0.0, 0.06).mul_(0.20).sub_(rise).sub_(0.010)
    sunk = below.clamp_min(0.0)
    beam = torch.exp(sunk * -50.0).add_(torch.exp(sunk * -10.0), alpha=0.16)
    beam *= ((below + 0.005) * 100.0).clamp_(0.0, 1.0)
    beam += torch.exp(rise.clamp_min_(0.0).mul_(-8.3)).mul_(0.018)
    wide = across.square_().mul_(-1.0 / 0.34**2)  # the two lamps' 0.22 and 0.55 rad lobes, seen as one
    beam *= torch.exp(wide).add_(torch.exp(wide * 0.22), alpha=0.30)
    squared = (x * x).addcmul_(dy, dy).addcmul_(ahead, ahead).clamp_min_(4.0)
    grazing = (-dy).clamp_min_(0.05) * torch.rsqrt(squared)
    facing = mix(torch.full_like(x, 0.55), grazing, shot.ground_half[0])
    near = smooth(0.0, 15.0, ahead)  # the bonnet hides the road before it
    return beam.mul_(facing).mul_(near).div_(squared).mul_(2800.0)


def _street_light(shot: Shot) -> torch.Tensor:
    """Pools of the lamp rows (h, w), from a baked strip that repeats along the road."""
    x, y, z = shot.position
    _, z0 = shot.travelled()
    pools = shot.tables.get(("pools",), lambda: _pools(shot.device))
    u = x * (POOL_TEXELS / POOL_WIDTH_M) + POOL_TEXELS / 2
    v = (z + z0 % SPACING_M) * (POOL_TEXELS / SPACING_M)
    near = sample(pools[0], u, v)
    row_mean = sample(pools[1], u, v)
    footprint = z * z / (shot.grid.focal_px * shot.request.scene.camera.height_m)
    light = mix(near, row_mean, smooth(6.0, 30.0, footprint)) * smooth(44.0, 34.0, x.abs())
    raised = (y + shot.request.scene.camera.height_m).clamp_min(0.0)
    # On what stands rough depth would break a pool: there it is an even glow, from street level up, on either side.
    wall = 0.085 * smooth(34.0, 9.0, (x + 7.0).abs() - 8.0)
    glow = (row_mean * 0.55).add_(wall).mul_(smooth(HEIGHT_M - 1.0, 0.0, raised))
    return mix(glow, light, shot.ground_half[0]) * smooth(420.0, 180.0, z)


def _pools(device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Light on the ground from the endless rows, over x (columns) and one spacing along (rows); and its mean along."""
    x = (torch.arange(POOL_TEXELS, dtype=torch.float32) - POOL_TEXELS / 2) * (POOL_WIDTH_M / POOL_TEXELS)
    z = torch.arange(POOL_TEXELS, dtype=torch.float32) * (SPACING_M / POOL_TEXELS)
    total = torch.zeros(POOL_TEXELS, POOL_TEXELS)
    for row in ROWS:
        for k in range(-2, 4):
            dx, dz = x[None, :] - row.head_x, z[:, None] - (row.shift_m + k * SPACING_M)
            squared = dx * dx + dz * dz + HEIGHT_M**2
            cosine = HEIGHT_M * torch.rsqrt(squared)
            lobe = smooth(0.30, 0.55, cosine)  # full cut-off luminaire
            total += 66.0 * lobe * cosine / squared
    mean = total.mean(0, keepdim=True).expand(POOL_TEXELS, POOL_TEXELS).contiguous()
    return total.to(device), mean.to(device)


def lamp_places(shot: Shot) -> list[tuple[Row, float]]:
    """(row, metres ahead) of the lamps worth drawing, far ones first."""
    _, z0 = shot.travelled()
    found = []
    for row in ROWS:
        first = ceil((z0 + 3.0 - row.shift_m) / SPACING_M)
        last = floor((z0 + 260.0 - row.shift_m) / SPACING_M)
        found += [(row, row.shift_m + k * SPACING_M - z0) for k in range(first, last + 1)]
    return sorted(found, key=lambda place: -place[1])


def draw_lamps(x: torch.Tensor, shot: Shot, extinction: float) -> None:
    """Poles, arms and glowing heads into the picture, in place, hidden behind what stands nearer.

    `extinction` per metre dims the far ones in haze. A lamp without its pole floats, so the pole comes first.
    """
    shown = shot.weather.practicals * shot.driving * min(1.0, shot.light.dark * 1.6 + 0.25 * adaptation(shot))
    if shown <= 0.0:
        return
    air = color(shot.light.air, x)
    for row, ahead in lamp_places(shot):
        clear = exp(-extinction * ahead)
        fade = (1.0 if ahead < 170.0 else (260.0 - ahead) / 90.0) * shown
        if ahead < 150.0:  # beyond, a pole is a tenth of a pixel
            _draw_pole(x, shot, row, ahead, fade * min(1.0, (150.0 - ahead) / 30.0), clear, air)
        _draw_head(x, shot, row, ahead, fade * clear)


def _pixel(shot: Shot, x: float, height: float, ahead: float) -> tuple[float, float]:
    """Column and row of a point `height` above the ground."""
    column, row, _ = shot.view.pixel(x, height - shot.request.scene.camera.height_m, ahead)
    return column, row


def _draw_pole(
    x: torch.Tensor, shot: Shot, row: Row, ahead: float, fade: float, clear: float, air: torch.Tensor
) -> None:
    column, top = _pixel(shot, row.pole_x, HEIGHT_M, ahead)
    head, _ = _pixel(shot, row.head_x, HEIGHT_M, ahead)
    _, foot = _pixel(shot, row.pole_x, 0.0, ahead)
    thick = 0.16 * shot.view.focal_px / ahead
    boxes = (
        (column - thick / 2, column + thick / 2, top, foot),
        (min(column, head), max(column, head), top - 0.3 * thick, top + 0.4 * thick),
    )
    paint = air * (1.0 - clear) + color((0.016, 0.015, 0.015), x) * (clear * (0.6 + 3.0 * ambient_level(shot)))
    for left, right, upper, lower in boxes:
        window = _window(shot, left, right, upper, lower)
        if window is None:
            continue
        rows, columns = window
        u = torch.arange(columns.start, columns.stop, device=x.device) + 0.5
        v = torch.arange(rows.start, rows.stop, device=x.device) + 0.5
        cover_u = ((u + 0.5).clamp(max=right) - (u - 0.5).clamp(min=left)).clamp_(0.0, 1.0)
        cover_v = ((v + 0.5).clamp(max=lower) - (v - 0.5).clamp(min=upper)).clamp_(0.0, 1.0)
        cover = (cover_v[:, None] * cover_u[None, :] * fade)[None] * _unhidden(shot, rows, columns, ahead)
        patch = x[:, rows, columns]
        patch += (paint - patch) * cover


def _draw_head(x: torch.Tensor, shot: Shot, row: Row, ahead: float, fade: float) -> None:
    column, line = _pixel(shot, row.head_x, HEIGHT_M - 0.05, ahead)
    scale = shot.view.focal_px / ahead
    wide, tall = 0.30 * scale, 0.10 * scale
    sx, sy = max(0.6, wide), max(0.55, tall)
    energy = 6.5 * (max(0.16, wide) / sx) * (max(0.16, tall) / sy)
    window = _window(shot, column - 3 * sx, column + 3 * sx, line - 3 * sy, line + 3 * sy)
    if window is None:
        return
    rows, columns = window
    u = (torch.arange(columns.start, columns.stop, device=x.device) + 0.5 - column) / sx
    v = (torch.arange(rows.start, rows.stop, device=x.device) + 0.5 - line) / sy
    glow = torch.exp(-(v * v))[:, None] * torch.exp(-(u * u))[None, :] * (energy * fade)
    x[:, rows, columns] += color((1.0, 0.80, 0.52), x) * glow[None] * _unhidden(shot, rows, columns, ahead)


def _window(shot: Shot, left: float, right: float, top: float, bottom: float) -> tuple[slice, slice] | None:
    rows = slice(max(0, floor(top)), min(shot.view.height, ceil(bottom) + 1))
    columns = slice(max(0, floor(left)), min(shot.view.width, ceil(right) + 1))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def _unhidden(shot: Shot, rows: slice, columns: slice, ahead: float) -> torch.Tensor:
    """Share of each pixel that is not in front of a thing `ahead` metres away; depth is rough, so the test is lenient."""
    top, left = rows.start // 2, columns.start // 2
    near = shot.range[top : (rows.stop + 1) // 2, left : (columns.stop + 1) // 2]
    seen = smooth(0.45, 0.75, near / ahead).repeat_interleave(2, 0).repeat_interleave(2, 1)
    r, c = rows.start - 2 * top, columns.start - 2 * left
    seen = seen[r : r + rows.stop - rows.start, c : c + columns.stop - columns.start]
    return torch.maximum(seen[None], shot.sky[:, rows, columns])


def mirrored_lamps(shot: Shot) -> torch.Tensor | None:
    """Lamp columns on wet ground (3, h, w): each head mirrored in the plane, drawn long by the rough water film."""
    shown = shot.weather.practicals * shot.driving * shot.light.dark
    if shown <= 0.0:
        return None
    grid = shot.grid
    total = torch.zeros(grid.height, grid.width, device=shot.device)
    for row, ahead in lamp_places(shot):
        column, line = (p / 2 for p in _pixel(shot, row.head_x, -HEIGHT_M, ahead))
        scale = grid.focal_px / ahead
        near, far = grid.horizon_px, line
        v = torch.arange(grid.height, device=shot.device) + 0.5
        u = torch.arange(grid.width, device=shot.device) + 0.5
        middle = near + 0.72 * (far - near)
        tall = max(2.0, 0.30 * (far - near))
        thick = max(0.8, 0.34 * scale)
        energy = min(1.0, 0.34 * scale / 0.8) ** 0.5
        down = torch.exp(-(((v - middle) / tall) ** 2))
        core = torch.exp(-(((u - column) / thick) ** 2)) + 0.25 * torch.exp(-(((u - column) / (3 * thick)) ** 2))
        fade = 1.0 if ahead < 170.0 else (260.0 - ahead) / 90.0
        total += down[:, None] * core[None, :] * (energy * fade * shown)
    return color((1.0, 0.80, 0.52), total) * total[None]
