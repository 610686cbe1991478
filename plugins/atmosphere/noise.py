"""Band-limited noise baked once into a periodic texture, and sums of its octaves on any coordinates.

Every octave fades where a pixel covers more than a wavelength, so distant ground neither boils nor aliases.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin, sqrt

import numpy as np
import numpy.typing as npt
import torch

from plugins.atmosphere import kernels
from plugins.atmosphere.fields import sample, smooth

SIDE = 512
"""Texels along a side of the texture."""
CELL = 8.0
"""Texels per unit of noise coordinate: about one feature per unit."""
CLUMP = 16.0
"""Texels per unit of noise coordinate in the texture of clumps: about one clump per unit."""
SOFT = 1.2
"""Texels by which the edges of clumps are softened."""
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
        self.clumps = torch.from_numpy(_clumps(rng, image / image.std()).astype(np.float32)).to(device)

    def octave(self, u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """One octave at (u, v) in feature lengths, (H, W)."""
        if kernels.fit(u, v):
            return kernels.look_up(u, v, self.texture, CELL)
        return sample(self.texture, u * CELL, v * CELL)

    def over(
        self, u: torch.Tensor, v: torch.Tensor, step: torch.Tensor, octaves: int, *, clumps: bool = False
    ) -> torch.Tensor:
        """Sum of octaves at (u, v) in feature lengths, (H, W); unit deviation where none has faded.

        `step` is a pixel's size in feature lengths, (H, W). Each octave halves in strength. With `clumps` each is of
        rounded heaps with narrow gaps between them, as the base of a cloud.
        """
        texture, cell = (self.clumps, CLUMP) if clumps else (self.texture, CELL)
        turns = [(*_turn(k), *_shift(k), LACUNARITY**k, _strength(k, octaves)) for k in range(octaves)]
        if kernels.fit(u, v, step):
            fade = 1.0 / (SHARP - FADED)
            rows = [(cell * c, cell * s, x, y, FADED / f, fade * f, gain) for c, s, x, y, f, gain in turns]
            return kernels.octaves(u, v, step, texture, np.array(rows, np.float32))
        total = torch.zeros_like(u)
        for c, s, x, y, finer, gain in turns:
            across = (u * (cell * c)).add_(v, alpha=cell * s).add_(x)
            down = (v * (cell * c)).add_(u, alpha=-cell * s).add_(y)
            total.addcmul_(sample(texture, across, down), smooth(FADED, SHARP, step * finer), value=gain)
        return total

    def on_plane(self, plane: Plane, octaves: int, shape: tuple[int, int]) -> torch.Tensor:
        """The same sum on a plane seen in perspective, (H, W); 0 where it is not seen or every octave has faded.

        Row by row such a plane is even, so that only the rows that hold an octave are looked up, and nothing is kept:
        the camera may move, nod and turn between any two frames.
        """
        lines = []
        for k in range(octaves):
            c, s = _turn(k)
            turned = CELL * np.array([[c, s], [-s, c]])
            slope = turned @ plane.slope
            start = np.remainder(turned @ plane.start + np.array(_shift(k))[:, None], SIDE)
            weight = _step_down(plane.step * LACUNARITY**k) * _strength(k, octaves)
            lines.append(np.where(weight > 0.0, (start[0], slope[0], start[1], slope[1], weight), 0.0))
        ruled = np.ascontiguousarray(np.concatenate(lines).T.astype(np.float32))
        if kernels.fit(self.texture):
            return kernels.ruled(ruled, shape[1], self.texture)
        total = torch.zeros(shape, device=self.texture.device)
        columns = torch.arange(shape[1], dtype=torch.float32, device=total.device)[None, :]
        for u0, su, v0, sv, w in torch.from_numpy(ruled).to(total.device).T.reshape(octaves, 5, -1, 1):
            rows = slice(int((w[:, 0] == 0.0).sum()), None)  # an octave that has faded has faded all the way up
            at = (torch.addcmul(o[rows], d[rows], columns) for o, d in ((u0, su), (v0, sv)))
            total[rows].addcmul_(sample(self.texture, *at), w[rows])
        return total


def _clumps(rng: np.random.Generator, bent: Rows) -> Rows:
    """Rounded heaps (SIDE, SIDE), mean 0 and deviation 1, periodic: high in the middle of each, low in the gaps.

    Cells of a jittered lattice (Worley 1996), each a dome that falls to the gap where its neighbour is as near; `bent`
    is a noise that bends them.
    """
    count = int(SIDE / CLUMP)
    at = np.arange(SIDE) / CLUMP
    x = at[None, :] + 0.16 * bent
    y = at[:, None] + 0.16 * np.roll(bent, (SIDE // 3, SIDE // 2), (0, 1))
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    jitter, tall = rng.uniform(0.0, 1.0, (2, count, count)), rng.uniform(0.55, 1.0, (count, count))
    first, second, high = np.full((SIDE, SIDE), 9.0), np.full((SIDE, SIDE), 9.0), np.zeros((SIDE, SIDE))
    for down in range(-2, 3):
        for across in range(-2, 3):
            j, i = column + across, row + down
            where = i % count, j % count
            away = np.hypot(j + jitter[0][where] - x, i + jitter[1][where] - y)
            high = np.where(away < first, tall[where], high)
            second = np.minimum(second, np.maximum(first, away))
            first = np.minimum(first, away)
    dome = high * (1.0 - (first / second) ** 2)
    soft = np.fft.fftfreq(SIDE)[:, None] ** 2 + np.fft.rfftfreq(SIDE)[None, :] ** 2
    dome = np.fft.irfft2(np.fft.rfft2(dome) * np.exp(soft * (-2.0 * pi**2 * SOFT**2)), (SIDE, SIDE))
    return np.asarray((dome - dome.mean()) / dome.std())


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
