"""Dawn: a shot taken in the dark, lifted as far as its signal allows before a day's light is put on it."""

from __future__ import annotations

from typing import Final

import torch

from plugins.atmosphere.fields import blur, halve, luma, plane_sum
from plugins.atmosphere.light import step
from plugins.atmosphere.shot import Shot

DEEP_SHADE: Final = (0.010, 0.032)
NIGHT_SKY: Final = (0.05, 0.14)
"""Mean light below which a shot was surely taken at night, and above which surely not: of the foreground, of the sky."""
DAY: Final = 0.13
"""The mean that a lift aims at."""
MOST: Final = 10.0
"""Beyond three stops and a little, an 8-bit shadow is bands and blocks."""
NOISE: Final = 0.006
"""Light of which half is noise: detail below it is taken for grain and goes."""


def lift(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """The picture as if shot for the dark, new tensor; `x` itself where it was taken by day or stays at night."""
    day = shot.light.relit * (1.0 - shot.light.dark)
    if day <= 0.0:
        return x
    gain = _gain(x, shot) ** day
    if gain < 1.01:
        return x
    soft = blur(x, 0.0016 * shot.view.width + 0.3)
    y = luma(soft)
    signal = y / (y + NOISE * min(1.0, gain - 1.0))  # Wiener's share of signal, by what the lens can tell from grain
    lifted: torch.Tensor = soft + (x - soft) * signal
    lifted *= (gain - 1.0) / (1.0 + y * (gain / 0.5)) + 1.0  # lamps are bright as they are
    return lifted.clamp_min(0.0)


def _gain(x: torch.Tensor, shot: Shot) -> float:
    """How far a shot from the dark is lifted, from 1. A dark sky says it is night; without one only deep shade does."""
    sky = halve(shot.sky_half, 2)
    land = 1.0 - sky
    seen, above = float(plane_sum(land)), float(plane_sum(sky))
    if seen < 0.05 * land.numel():
        return 1.0
    y = halve(luma(x), 3)
    mean = float(torch.exp(plane_sum(torch.log(y + 0.002) * land) / seen))
    has_sky = above > 0.02 * sky.numel()
    day = step(*NIGHT_SKY, float(plane_sum(y * sky)) / above) if has_sky else step(*DEEP_SHADE, mean)
    return float(max(1.0, min(MOST, DAY / mean)) ** (1.0 - day))
