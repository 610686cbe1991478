"""Band-limited noise baked once into a periodic texture, and sums of its octaves on any coordinates.

Every octave fades where a pixel covers more than a wavelength, so distant ground neither boils nor aliases.
"""

from __future__ import annotations

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

    def sum(
        self,
        u: torch.Tensor,
        v: torch.Tensor,
        octaves: int,
        *,
        footprint: torch.Tensor | None = None,
        gain: float = 0.5,
    ) -> torch.Tensor:
        """Fractional Brownian motion at (u, v); `footprint` is a pixel's size in the same unit. Unit deviation where unfaded."""
        total = torch.zeros_like(u)
        weight, frequency, power = 1.0, 1.0, 0.0
        for k in range(octaves):
            turn = 0.7 * k
            c, s = cos(turn) * frequency, sin(turn) * frequency
            term = self.octave(u * c + v * s + 17.3 * k, v * c - u * s + 9.1 * k)
            if footprint is not None:
                term *= smooth(0.9, 0.35, footprint * frequency)
            total.add_(term, alpha=weight)
            power += weight * weight
            weight, frequency = weight * gain, frequency * LACUNARITY
        return total.mul_(1.0 / sqrt(power))
