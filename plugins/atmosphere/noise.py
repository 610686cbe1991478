"""Band-limited noise baked once into a periodic texture, and sums of its octaves on any coordinates.

Every octave fades where a pixel covers more than a wavelength, so distant ground neither boils nor aliases.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin, sqrt

import numpy as np
import torch

from plugins.atmosphere.fields import sample, smooth

SIDE = 512
"""Texels along a side of the texture."""
CELL = 8.0
"""Texels per unit of noise coordinate: about one feature per unit."""
LACUNARITY = 2.03


def unit_hash(*key: int) -> float:
    """A number in [0, 1) that follows from the key alone (splitmix64)."""
    mask = (1 << 64) - 1
    state = 0x9E3779B97F4A7C15
    for part in key:
        state = (state + (part & mask) * 0xBF58476D1CE4E5B9 + 0x9E3779B97F4A7C15) & mask
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & mask
        state ^= state >> 31
    return state / 2.0**64


class Noise:
    """A noise source. Values have mean 0 and about unit deviation per octave sum."""

    def __init__(self, device: torch.device) -> None:
        rng = np.random.default_rng(1963)
        spectrum = np.fft.rfft2(rng.standard_normal((SIDE, SIDE)))
        fy, fx = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :]
        band = np.hypot(fx, fy) * CELL
        image = np.fft.irfft2(
            spectrum * np.exp(-((band / 0.62) ** 2)) * (1.0 - np.exp(-((band / 0.25) ** 2))), (SIDE, SIDE)
        )
        self.texture = torch.from_numpy((image / image.std()).astype(np.float32)).to(device)

    def octave(self, u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """One octave at (u, v) in feature lengths, (H, W)."""
        return sample(self.texture, u * CELL, v * CELL)

    def over(self, lattice: Lattice, u: float = 0.0, v: float = 0.0) -> torch.Tensor:
        """Sum of octaves over a lattice moved by (u, v) feature lengths, (H, W); unit deviation where no octave has faded."""
        total = torch.zeros(lattice.shape, device=self.texture.device)
        part = total[lattice.rows]
        for k, (columns, rows, weight) in enumerate(lattice.octaves):
            c, s = _turn(k)
            across, down = (CELL * (u * c + v * s)) % SIDE, (CELL * (v * c - u * s)) % SIDE
            part.addcmul_(sample(self.texture, columns + across, rows + down), weight)
        return total


@dataclass(frozen=True, slots=True)
class Lattice:
    """Where the octaves of a fixed plane (the ground, a cloud deck) fall in each pixel: made once per view, then only moved."""

    shape: tuple[int, int]
    rows: slice
    """The rows that see the plane; outside them the sum is 0."""
    octaves: tuple[tuple[torch.Tensor, torch.Tensor, torch.Tensor], ...]
    """Columns and rows of the texture in texels, and weight after fading, for each octave."""

    @staticmethod
    def of(u: torch.Tensor, v: torch.Tensor, footprint: torch.Tensor, octaves: int, rows: slice) -> Lattice:
        """(u, v) in feature lengths and a pixel's size in the same unit, all (H, W). Each octave halves in strength."""
        shape = (int(u.shape[0]), int(u.shape[1]))
        u, v, footprint = u[rows], v[rows], footprint[rows]
        norm = 1.0 / sqrt(sum(0.25**k for k in range(octaves)))
        made = []
        for k in range(octaves):
            c, s = _turn(k)
            weight = smooth(0.9, 0.35, footprint * LACUNARITY**k) * (0.5**k * norm)
            across, down = CELL * (u * c + v * s + 17.3 * k), CELL * (v * c - u * s + 9.1 * k)
            made.append((torch.remainder(across, SIDE), torch.remainder(down, SIDE), weight))
        return Lattice(shape, rows, tuple(made))


def _turn(k: int) -> tuple[float, float]:
    """Cosine and sine by which octave `k` is turned, times its frequency: no two octaves line up."""
    return cos(0.7 * k) * LACUNARITY**k, sin(0.7 * k) * LACUNARITY**k
