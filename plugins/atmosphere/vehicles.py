"""Vehicles: the lamps of the cars in the shot, and the road they light.

Where a car is comes with the request, as the box of the face it shows; its lamps follow from the face: a pair at three
eighths of its width to either side of the middle, tail lamps at three fifths of its height. The road lit between the cars
is what makes a night of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import torch

from core.objects import Facing, ObjectKind, PlacedObject
from plugins.atmosphere.fields import smooth
from plugins.atmosphere.lamps import HALOGEN, NIGHT_GAIN, TAIL_LAMP, adaptation
from plugins.atmosphere.light import step
from plugins.atmosphere.shot import Shot

FACE_M, FACE_TALL_M = 1.8, 1.48
ASIDE, HIGH, LOW = 0.38, 0.60, 0.44
"""Of the face: how far lamps are from its middle, how high tail lamps and headlights are."""
TAIL_RADIUS_M, HEAD_RADIUS_M = 0.11, 0.10
ASPECT: Final = 1.7
HEAD_LAMP = (1.0, 0.94, 0.84)
LEAST_SIGMA_PX = 0.55
SNAP_PX = 10.0
"""Faces narrower than this keep their lamps where geometry puts them: the picture has nothing finer to say."""
LENGTH_M = 4.4
POOL_M, BEAM_M = 11.0, 46.0
"""How far behind a car its tail lamps, and before it its beams, are seen on the road."""
FARTHEST_M = 260.0


@dataclass(frozen=True, slots=True)
class Face:
    """The side a vehicle shows. Pixels of the frame; `x` and `z` are metres, on the ground below its middle."""

    left: float
    right: float
    bottom: float
    tall: float
    x: float
    z: float
    is_rear: bool
    strength: float

    @property
    def width(self) -> float:
        return self.right - self.left

    def hides(self, column: float, row: float) -> float:
        """0..1 how far this vehicle stands before a point that is farther off."""
        inside = min(column - self.left, self.right - column, self.bottom - row, row - self.bottom + self.tall)
        return step(-0.04 * self.width, 0.08 * self.width, inside)


def lamps_on(shot: Shot) -> float:
    """0..1: drivers have their lamps on at night, and in rain, snow and fog by day; the practicals dial adds to it."""
    w, light = shot.weather, shot.light
    by_weather = max(step(0.12, 0.45, w.rain), step(0.15, 0.5, w.snow), step(0.25, 0.6, w.fog))
    return max(w.practicals, by_weather * (1.0 - light.dark))


def faces(shot: Shot) -> list[Face]:
    """Of the vehicles whose lamps are seen, farthest first."""
    vehicles = (thing for thing in shot.request.objects if thing.kind is ObjectKind.VEHICLE)
    return [
        _face(thing, shot) for thing in vehicles if 1.0 < thing.at[2] < FARTHEST_M and thing.facing is not Facing.SIDE
    ]


def _face(thing: PlacedObject, shot: Shot) -> Face:
    """A box much wider than a car is at that distance shows a flank too, on the side of the vanishing point."""
    view, box = shot.view, thing.box
    left, right = box.left * view.width, box.right * view.width
    bottom, tall = box.bottom * view.height, box.height * view.height
    usual = FACE_M * view.focal_px / thing.at[2]
    if right - left > 1.35 * usual and right - left > 1.25 * tall * FACE_M / FACE_TALL_M:
        outer_is_left = (left + right) / 2 < view.width / 2
        left, right = (left, left + usual) if outer_is_left else (right - usual, right)
    return Face(left, right, bottom, tall, thing.at[0], thing.at[2], thing.facing is Facing.REAR, thing.strength)


# ---- the lamps themselves -----------------------------------------------------------------------------------------


def draw_car_lamps(x: torch.Tensor, source: torch.Tensor, shot: Shot) -> torch.Tensor | None:
    """Tail lamps and headlights, in place (3, H, W); `source` is the picture as shot, which says where exactly lamps are.

    Returns the glow of tail lamps on the grid (1, h, w), for wet ground to mirror; None where no lamp is on.
    """
    share, seen = lamps_on(shot), faces(shot)
    if share <= 0.0 or not seen:
        return None
    tails = torch.zeros(1, shot.grid.height, shot.grid.width, device=x.device)
    night = shot.light.dark
    for number, face in enumerate(seen):
        level = share * face.strength * ((0.55 + 1.35 * night) if face.is_rear else (1.1 + 3.6 * night))
        radius = TAIL_RADIUS_M if face.is_rear else HEAD_RADIUS_M
        for side in (-1, 1):
            column, row = _lamp_at(face, side, source)
            open_ = level
            for nearer in seen[number + 1 :]:
                open_ *= 1.0 - nearer.hides(column, row)
            if open_ <= 0.01:
                continue
            rgb = TAIL_LAMP if face.is_rear else HEAD_LAMP
            scale = radius * face.width / FACE_M
            wide, high = (scale * ASPECT**0.5, scale / ASPECT**0.5) if face.is_rear else (scale, scale)
            _spot(x, column, row, wide, high, open_, rgb)
            if face.is_rear:
                _spot(tails, column / 2, row / 2, wide / 2, high / 2, min(1.0, open_), (1.0,))
    return tails


def _lamp_at(face: Face, side: int, source: torch.Tensor) -> tuple[float, float]:
    """Column and row of a lamp: by geometry, drawn to the reddest place nearby where the picture is fine enough."""
    column = (face.left + face.right) / 2 + side * ASIDE * face.width
    row = face.bottom - (HIGH if face.is_rear else LOW) * face.tall
    if not face.is_rear or face.width < SNAP_PX:
        return column, row
    reach_x, reach_y = 0.14 * face.width, 0.18 * face.tall
    window = _window(source, column, row, reach_x, reach_y)
    if window is None:
        return column, row
    rows, columns = window
    part = source[:, rows, columns]
    red = (part[0] - 1.3 * torch.maximum(part[1], part[2])).clamp_min_(0.0) / (part.sum(0) + 0.03)
    v = torch.arange(rows.start, rows.stop, device=source.device) + 0.5 - row
    u = torch.arange(columns.start, columns.stop, device=source.device) + 0.5 - column
    red *= torch.exp(-2.0 * ((v / reach_y)[:, None] ** 2 + (u / reach_x)[None, :] ** 2))
    by_row, by_column = red.sum(1), red.sum(0)
    total = float(by_row.sum())
    if total <= 0.0:
        return column, row
    trust = total / (total + 0.02 * red.numel())
    return column + trust * float((by_column * u).sum()) / total, row + trust * float((by_row * v).sum()) / total


def _spot(
    x: torch.Tensor, column: float, row: float, wide: float, high: float, level: float, rgb: tuple[float, ...]
) -> None:
    """A soft lamp, added in place; one smaller than a pixel keeps its energy, not its brightness."""
    sx, sy = max(LEAST_SIGMA_PX, wide), max(LEAST_SIGMA_PX, high)
    window = _window(x, column, row, 3.0 * sx, 3.0 * sy)
    if window is None:
        return
    rows, columns = window
    energy = level * min(1.0, (0.12 + wide) / sx) * min(1.0, (0.12 + high) / sy)
    u = (torch.arange(columns.start, columns.stop, device=x.device) + 0.5 - column) / sx
    v = (torch.arange(rows.start, rows.stop, device=x.device) + 0.5 - row) / sy
    glow = torch.exp(-(v * v))[:, None] * torch.exp(-(u * u))[None, :]
    for plane, part in zip(x, rgb, strict=True):
        plane[rows, columns] += glow * (part * energy)


def _window(x: torch.Tensor, column: float, row: float, across: float, down: float) -> tuple[slice, slice] | None:
    rows = slice(max(0, floor(row - down)), min(int(x.shape[1]), ceil(row + down) + 1))
    columns = slice(max(0, floor(column - across)), min(int(x.shape[2]), ceil(column + across) + 1))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


# ---- the road they light ------------------------------------------------------------------------------------------


def add_car_light(light: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Light of the cars on the road (3, h, w): red behind them, warm white before them. A new tensor where there are any."""
    share, seen = lamps_on(shot) * adaptation(shot) * NIGHT_GAIN, faces(shot)
    if share <= 0.0 or not seen or not shot.request.scene.has_ground:
        return light
    light = light.expand(3, *shot.ground_half.shape[1:]).clone()
    for face in seen:
        if face.is_rear:
            _pool(light, shot, face, share * face.strength)
        _beam(light, shot, face, share * face.strength)
    return light


def _pool(light: torch.Tensor, shot: Shot, face: Face, share: float) -> None:
    patch = _patch(shot, face.x, 9.0, face.z - POOL_M, face.z)
    if patch is None:
        return
    rows, columns, x, z, ground = patch
    behind = face.z - z
    spread = 0.9 + 0.22 * behind.clamp_min(0.0)
    glow = torch.exp(-(((x - face.x) / spread) ** 2)) / (0.8 + 0.22 * behind * behind)
    glow *= smooth(-0.4, 0.8, behind) * smooth(POOL_M, 0.6 * POOL_M, behind) * ground * (0.34 * share)
    for plane, level in zip(light, (1.0, 0.085, 0.04), strict=True):
        plane[rows, columns] += glow * level


def _beam(light: torch.Tensor, shot: Shot, face: Face, share: float) -> None:
    way = 1.0 if face.is_rear else -1.0
    lamp = face.z + (LENGTH_M if face.is_rear else 0.0)
    first, last = (lamp, lamp + BEAM_M) if face.is_rear else (lamp - BEAM_M, lamp)
    patch = _patch(shot, face.x, 5.0 if face.is_rear else 20.0, first, last)  # beams are widest where they end
    if patch is None:
        return
    rows, columns, x, z, ground = patch
    before = (z - lamp) * way
    spread = 1.1 + 0.16 * before.clamp_min(0.0)
    glow = torch.exp(-(((x - face.x) / spread) ** 2)) / (1.0 + (before / 13.0) ** 2)
    glow *= smooth(0.5, 5.0, before) * smooth(BEAM_M, 0.5 * BEAM_M, before) * ground * (0.42 * share)
    for plane, level in zip(light, HALOGEN, strict=True):
        plane[rows, columns] += glow * level


def _patch(
    shot: Shot, x: float, half: float, first: float, last: float
) -> tuple[slice, slice, torch.Tensor, torch.Tensor, torch.Tensor] | None:
    """The part of the grid that sees road between two distances: rows, columns, metres right and ahead, share of ground."""
    grid = shot.grid
    near, far = max(first, 2.0), min(last, FARTHEST_M)
    if far <= near:
        return None
    height_m = shot.request.scene.camera.height_m
    left, bottom, _ = grid.pixel(x - half, -height_m, near)
    right, _, _ = grid.pixel(x + half, -height_m, near)
    _, top, _ = grid.pixel(x, -height_m, far)
    rows = slice(max(0, floor(top)), min(grid.height, ceil(bottom) + 1))
    columns = slice(max(0, floor(left)), min(grid.width, ceil(right) + 1))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return None
    reach = grid.ground_range[rows, columns]
    return (
        rows,
        columns,
        grid.right[rows, columns] * reach,
        grid.ahead[rows, columns] * reach,
        shot.ground_half[0, rows, columns],
    )
