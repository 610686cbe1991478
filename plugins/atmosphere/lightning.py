"""Lightning: when it flashes follows from the seed and the time alone, so any frame knows its own light."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, pi

import torch

from plugins.atmosphere.fields import color, smooth
from plugins.atmosphere.noise import unit_hash
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.view import View

PERIOD_S = 1.7
"""At most one flash in each span of this length."""
DECAY_S = 0.055
LONGEST_S = 0.9
TINT = (0.88, 0.95, 1.22)


@dataclass(frozen=True, slots=True)
class Flash:
    """Light of the flash at one instant. `strength` 1 is about the light of an overcast noon; azimuth in radians."""

    strength: float
    azimuth: float

    def on_sky(self, view: View) -> torch.Tensor:
        """What it adds to the cloud (3, h, w): bright where it strikes, a glow all over."""
        away = torch.remainder(view.azimuth - self.azimuth + pi, 2.0 * pi) - pi
        core = torch.exp(-((away / 0.42) ** 2)) * torch.exp(-view.up.clamp_min(0.0) / 0.5)
        above = smooth(-0.05, 0.02, view.up)
        return color(TINT, view.up) * ((0.35 + 1.9 * core) * above * self.strength)[None]


def flash_at(shot: Shot) -> Flash:
    """The flash of this frame, averaged over its length."""
    amount, time = shot.weather.lightning, shot.request.time
    if amount == 0.0:
        return Flash(0.0, 0.0)
    level = brightness(amount, shot.request.seed, time.seconds, time.frame_s)
    return Flash(level * amount, azimuth(shot.request.seed, floor(time.seconds / PERIOD_S)) - shot.pose.yaw_rad)


def azimuth(seed: int, span: int) -> float:
    return (unit_hash(seed, span, 3) - 0.5) * 1.6


def flashes(amount: float, seed: int, span: int) -> list[tuple[float, float]]:
    """(seconds, peak) of each stroke of the flash in span number `span`; empty when there is none."""
    if unit_hash(seed, span, 1) >= 0.15 + 0.75 * amount:
        return []
    start = span * PERIOD_S + 0.35 + unit_hash(seed, span, 2) * (PERIOD_S - 0.4)
    strokes = 2 + int(unit_hash(seed, span, 4) * 3)
    gaps = [unit_hash(seed, span, 10 + i) * 0.16 + 0.04 for i in range(strokes)]
    peaks = [0.35 + 0.65 * unit_hash(seed, span, 20 + i) for i in range(strokes)]
    return [(start + sum(gaps[:i]), peak) for i, peak in enumerate(peaks)]


def brightness(amount: float, seed: int, seconds: float, length_s: float) -> float:
    """Mean of the strokes' decaying light over [seconds, seconds + length_s)."""
    span, total = floor(seconds / PERIOD_S), 0.0
    for s in (span - 1, span):
        for start, peak in flashes(amount, seed, s):
            a, b = max(0.0, seconds - start), seconds + length_s - start
            if b > 0.0 and a < LONGEST_S:
                total += peak * DECAY_S / length_s * (exp(-a / DECAY_S) - exp(-b / DECAY_S))
    return total
