"""What the street sounds like from the moving camera: wind, our own tyres, and every car we near, left or right of us."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from core.world.model import Solid, Surface, World

Signal = npt.NDArray[np.floating[Any]]

_CAR = 0.9
"""RMS of a passing car's two bands at 1 m."""
_PARKED = 0.4
"""What a standing car throws back of our own noise, beside what a moving one makes."""
_EDGE_S = 0.02


def ambience(world: World, seconds: float, rate_hz: int = 48_000) -> npt.NDArray[np.float32]:
    """(n, 2) float32 in -1..1, quiet. The same for the same world; a level of sound falls with distance as 1/r."""
    rng, samples = np.random.default_rng([world.seed, 0x50]), ceil(seconds * rate_hz)
    time = np.arange(samples) / rate_hz

    def noise(shape: Callable[[Signal], Signal]) -> Signal:
        """Gaussian noise with this amplitude over frequency (Hz), RMS 1."""
        spectrum = np.fft.rfft(rng.standard_normal(samples))
        spectrum *= shape(np.fft.rfftfreq(samples, 1 / rate_hz))
        signal = np.fft.irfft(spectrum, samples)
        return np.asarray(signal / np.sqrt(np.mean(signal**2)), np.float64)

    gusts = 1.0 + 0.35 * np.sin(1.3 * time + 0.4) * np.sin(0.47 * time + 1.1)
    bed = 0.016 * gusts * noise(lambda f: _band(f, 40, 260)) + 0.008 * noise(lambda f: _band(f, 250, 1100))
    mix = np.stack([bed, bed])
    mix += np.stack([0.005 * noise(lambda f: _band(f, 120, 900)) for _ in range(2)])  # width: no two ears hear the same
    for car in world.solids:
        if Surface.GLASS not in car.surfaces:
            continue  # one cabin a car
        distance, side = _bearing(world, car, time)
        near = np.exp(-distance / 25.0)  # air and ground take the highs away first
        tyres = 0.8 * noise(lambda f: _band(f, 150, 700)) + 1.6 * near * noise(lambda f: _band(f, 600, 2600))
        tyres *= _CAR * (1.0 if car.velocity[2] else _PARKED) / np.maximum(distance, 1.5)
        angle = np.pi / 4 * (1.0 + side)
        mix += np.stack((np.cos(angle), np.sin(angle))) * tyres
    edge = np.clip(np.minimum(time, time[::-1]) / _EDGE_S, 0.0, 1.0)
    return np.clip(mix * edge, -1.0, 1.0).T.astype(np.float32)


def _band(hz: Signal, low: float, high: float) -> Signal:
    """A broad hump: 6 dB an octave up to `low`, 12 down from `high`."""
    return hz / np.hypot(hz, low) / (1.0 + (hz / high) ** 2)


def _bearing(world: World, car: Solid, time: Signal) -> tuple[Signal, Signal]:
    """Distance to the car (m), and how far to the side it is heard, -1 left .. 1 right."""
    coarse = np.arange(0.0, time[-1] + 0.02, 0.01)
    eyes = np.array([world.camera(float(t))[0] for t in coarse])
    centre = (np.array(car.low) + np.array(car.high)) / 2
    away = centre + np.outer(coarse, car.velocity) - eyes
    distance = np.linalg.norm(away, axis=1)
    return np.interp(time, coarse, distance), np.interp(time, coarse, away[:, 0] / distance)
