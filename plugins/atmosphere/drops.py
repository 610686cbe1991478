"""Rain on the lens: drops that land on the front element, hang, creep down and dry. Each is a small lens of its own.

Where a drop is follows from the seed and the time alone, so any frame has its own. They belong to the camera and stay
with the picture when the camera turns. A drop shows the whole view upside down and small, soft, for it is far out of
focus, with a dark rim where it bends light away from the lens (Garg and Nayar, "Vision and Rain", 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import torch
from torch.nn import functional as nnf

from core.condition import RAIN_ON_LENS
from plugins.atmosphere.fields import blur, halve, mix, smooth
from plugins.atmosphere.noise import unit_hash
from plugins.atmosphere.shot import Shot

PLACES = 130
"""Drops at most at one time."""
LIFE_S = (5.0, 16.0)
LANDS_S = 0.12
DRIES = 0.80
"""Share of its life after which a drop shrinks."""
SMALL, LARGE = 0.006, 0.030
"""Radii in heights of the picture; most are small."""
CREEPS_FROM = 0.014
CREEP = 0.030
"""Heights a second that the largest drops run down, by fits and starts."""
MINIFIES = 5.0
"""How many times as far from the middle of a drop one looks, on the other side."""
RIM = 0.45


@dataclass(frozen=True, slots=True)
class Drop:
    """One drop at one instant, in heights of the picture from its top left corner."""

    x: float
    y: float
    radius: float
    """0 where it has not landed, or has dried."""


def drops_at(amount: float, seed: int, seconds: float, aspect: float) -> list[Drop]:
    """The drops on the lens. `amount` 0..1 fades the last of them in, so that the dial moves no other; aspect is width / height."""
    wanted = PLACES * amount
    found = []
    for place in range(min(PLACES, ceil(wanted))):
        life = LIFE_S[0] + (LIFE_S[1] - LIFE_S[0]) * unit_hash(seed, 701, place)
        turn = seconds / life + unit_hash(seed, 702, place)
        born = floor(turn)
        age = (turn - born) * life
        luck = [unit_hash(seed, 703 + k, place, born) for k in range(4)]
        radius = SMALL + (LARGE - SMALL) * luck[2] ** 3
        heavy = max(0.0, (radius - CREEPS_FROM) / (LARGE - CREEPS_FROM))
        run = age + 0.45 * _stutter(age, luck[3])
        size = min(1.0, age / LANDS_S) * min(1.0, (1.0 - age / life) / (1.0 - DRIES)) ** 0.5 * min(1.0, wanted - place)
        found.append(Drop(luck[0] * aspect, luck[1] * 1.05 - 0.05 + CREEP * heavy * run, radius * size))
    return [drop for drop in found if drop.radius > 0.2 * SMALL]


def _stutter(age: float, phase: float) -> float:
    """Seconds by which a creeping drop is ahead of its mean way: it hangs, then slips. Within ±0.5; its slope stays above -1."""
    turn = age * 0.9 + phase
    part = turn - floor(turn)
    return (part * part * (3.0 - 2.0 * part) - part) / 0.9


def wet_lens(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """The picture seen through the drops on the lens; `x` itself where there are none, else a new tensor."""
    amount = shot.request.condition[RAIN_ON_LENS]
    if amount == 0.0:
        return x
    height, width = shot.grid.height, shot.grid.width
    bent = torch.zeros(2, height, width, device=x.device)
    cover, rim = torch.zeros(1, height, width, device=x.device), torch.ones(1, height, width, device=x.device)
    for drop in drops_at(amount, shot.request.seed, shot.seconds, width / height):
        _lay(drop, bent, cover, rim)
    soft = blur(halve(x, 2), max(0.4, 0.0025 * width))
    rows = (torch.arange(height, device=x.device, dtype=torch.float32) + 0.5)[:, None].expand(height, width)
    columns = (torch.arange(width, device=x.device, dtype=torch.float32) + 0.5)[None].expand(height, width)
    at = torch.stack(((columns + bent[0]) * (2.0 / width) - 1.0, (rows + bent[1]) * (2.0 / height) - 1.0), -1)
    seen = nnf.grid_sample(soft[None], at[None], mode="bilinear", padding_mode="reflection", align_corners=False)[0]
    return mix(x, shot.full((seen * rim).contiguous()), shot.full(cover))


def _lay(drop: Drop, bent: torch.Tensor, cover: torch.Tensor, rim: torch.Tensor) -> None:
    """Write one drop into the fields of the grid: where one looks instead (pixels), how far it covers, its rim."""
    _, height, width = bent.shape
    radius = max(1.2, drop.radius * height)
    x, y = drop.x * height, drop.y * height
    tall = 1.15 * radius
    rows = slice(max(0, int(y - tall)), max(0, min(height, int(y + tall) + 2)))
    columns = slice(max(0, int(x - radius)), max(0, min(width, int(x + radius) + 2)))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    dy = (torch.arange(rows.start, rows.stop, device=bent.device, dtype=torch.float32) + 0.5 - y)[:, None]
    dx = (torch.arange(columns.start, columns.stop, device=bent.device, dtype=torch.float32) + 0.5 - x)[None]
    away = torch.sqrt((dx / radius).square() + (dy / tall).square())
    share = smooth(1.0, 0.55, away) * min(1.0, drop.radius * height / 1.2)
    here = cover[0, rows, columns]
    over = share > here
    for plane, shift in zip(bent, (-MINIFIES * dx, -MINIFIES * dy), strict=True):
        plane[rows, columns] = torch.where(over, shift.expand_as(share), plane[rows, columns])
    dark = 1.0 - RIM * smooth(0.35, 0.95, away) * (0.65 + 0.35 * (-dy / tall).clamp(-1.0, 1.0))
    rim[0, rows, columns] = torch.where(over, dark, rim[0, rows, columns])
    cover[0, rows, columns] = torch.maximum(share, here)
