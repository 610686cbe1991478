"""Band-limited noise baked once into a periodic texture, and sums of its octaves on any coordinates.

Every octave fades where a pixel covers more than a wavelength, so distant ground neither boils nor aliases.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin, sqrt

import numpy as np
import numpy.typing as npt
import torch

from plugins.atmosphere import kernels
from plugins.atmosphere.fields import look_up, sample, smooth

SIDE = 512
"""Texels along a side of the texture."""
CELL = 8.0
"""Texels per unit of noise coordinate: about one feature per unit."""
LACUNARITY = 2.03
SHARP, FADED = 0.35, 0.9
"""Pixel sizes, in feature lengths, up to which an octave is whole, and from which it is gone."""

Rows = npt.NDArray[np.float64]


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

    def over(self, u: torch.Tensor, v: torch.Tensor, step: torch.Tensor, octaves: int) -> torch.Tensor:
        """Sum of octaves at (u, v) in feature lengths, (H, W); unit deviation where none has faded.

        `step` is a pixel's size in feature lengths, (H, W). Each octave halves in strength.
        """
        total = torch.zeros_like(u)
        fused = kernels.fit(u, v, step)
        for k in range(octaves):
            c, s = _turn(k)
            if fused:
                at = kernels.turned(u, v, (CELL * c, CELL * s), _shift(k), SIDE)
                faded, sharp = (limit / LACUNARITY**k for limit in (FADED, SHARP))
                kernels.weighed(total, look_up(self.texture, *at), step, faded, sharp, _strength(k, octaves))
                continue
            across = (u * (CELL * c)).add_(v, alpha=CELL * s).add_(_shift(k)[0])
            down = (v * (CELL * c)).add_(u, alpha=-CELL * s).add_(_shift(k)[1])
            weight = smooth(FADED, SHARP, step * LACUNARITY**k)
            total.addcmul_(sample(self.texture, across, down), weight, value=_strength(k, octaves))
        return total

    def on_plane(self, plane: Plane, octaves: int, shape: tuple[int, int]) -> torch.Tensor:
        """The same sum on a plane seen in perspective, (H, W); 0 where it is not seen or every octave has faded.

        Row by row such a plane is even, so that only the rows that hold an octave are looked up, and nothing is kept:
        the camera may move, nod and turn between any two frames.
        """
        total = torch.zeros(shape, device=self.texture.device)
        for k in range(octaves):
            weight = _step_down(plane.step * LACUNARITY**k) * _strength(k, octaves)
            seen = np.flatnonzero(weight > 1e-4)
            if not len(seen):
                break
            rows = slice(int(seen[0]), int(seen[-1]) + 1)
            c, s = _turn(k)
            turned = CELL * np.array([[c, s], [-s, c]])
            slope = turned @ plane.slope[:, rows]
            start = np.remainder(turned @ plane.start[:, rows] + np.array(_shift(k))[:, None], SIDE)
            if kernels.fit(total):
                at = kernels.ruled(start.astype(np.float32), slope.astype(np.float32), shape[1], SIDE)
                w32 = weight[rows, None].astype(np.float32)
                kernels.added(total[rows], look_up(self.texture, *at), w32)
                continue
            (su, sv), (u0, v0), (w,) = (
                [torch.from_numpy(r.astype(np.float32))[:, None].to(total.device) for r in group]
                for group in (slope, start, weight[None, rows])
            )
            columns = torch.arange(shape[1], dtype=torch.float32, device=total.device)[None, :]
            found = sample(self.texture, torch.addcmul(u0, su, columns), torch.addcmul(v0, sv, columns))
            total[rows].addcmul_(found, w)
        return total


@dataclass(frozen=True, slots=True)
class Plane:
    """A plane as a picture's rows see it. Coordinates in feature lengths: those of column n are `start` + n `slope`."""

    start: Rows
    """(2, H) across and along; anything where the plane is not seen."""
    slope: Rows
    """(2, H)."""
    step: Rows
    """(H,) size of a pixel in feature lengths; infinite where the plane is not seen."""


def _step_down(step: Rows) -> Rows:
    """`smooth(FADED, SHARP, step)` of numbers."""
    t = np.clip((FADED - step) / (FADED - SHARP), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def _strength(k: int, octaves: int) -> float:
    return float(0.5**k / sqrt(sum(0.25**i for i in range(octaves))))


def _shift(k: int) -> tuple[float, float]:
    """Texels by which octave `k` is shifted: no two start at one place."""
    return CELL * 17.3 * k, CELL * 9.1 * k


def _turn(k: int) -> tuple[float, float]:
    """Cosine and sine by which octave `k` is turned, times its frequency: no two octaves line up."""
    return cos(0.7 * k) * LACUNARITY**k, sin(0.7 * k) * LACUNARITY**k
