"""Light: from the dials to the few colours that light a shot, as a camera's exposure sees them. Plain numbers, no pixels.

The stops below are relative to the exposure a camera would choose: 1.0 is a white card in the sun at noon, and night is
exposed about nine stops up. Day stops follow clear-sky measurements by shape (warm key, blue fill); twilight ones are
designed by eye, because a single-scatter sky in three wavelengths turns pink and green below the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import cos, exp, log, radians, sin

from core.condition import (
    CLOUD,
    HAZE,
    LIGHTNING,
    PRACTICALS,
    RAIN,
    SNOW,
    SNOW_COVER,
    SUN,
    SUN_AZIMUTH,
    SUN_ELEVATION,
    WETNESS,
    WIND_FROM,
    WIND_SPEED,
    Condition,
)

Rgb = tuple[float, float, float]

# fmt: off
_STOPS: tuple[tuple[float, Rgb, Rgb, Rgb, Rgb, Rgb, Rgb], ...] = (
    # elevation: direct sun (facing it), sky light on the ground, zenith,
    #            horizon under the sun, horizon opposite, closed deck
    (-18.0, (2e-4, 1e-4, 1e-4), (0.020, 0.025, 0.040), (0.0034, 0.0058, 0.0160),
     (0.0085, 0.0105, 0.0190), (0.0070, 0.0090, 0.0180), (0.012, 0.012, 0.016)),
    (-12.0, (3e-4, 2e-4, 1e-4), (0.025, 0.031, 0.050), (0.0040, 0.0070, 0.0195),
     (0.0140, 0.0150, 0.0250), (0.0085, 0.0110, 0.0220), (0.015, 0.015, 0.020)),
    (-8.0, (6e-4, 3e-4, 2e-4), (0.075, 0.095, 0.155), (0.018, 0.037, 0.095),
     (0.2, 0.13, 0.105), (0.065, 0.075, 0.13), (0.06, 0.07, 0.098)),
    (-5.0, (0.004, 0.002, 0.001), (0.135, 0.175, 0.285), (0.042, 0.095, 0.265),
     (0.75, 0.4, 0.2), (0.17, 0.2, 0.34), (0.14, 0.155, 0.215)),
    (-2.0, (0.05, 0.02, 0.01), (0.28, 0.31, 0.42), (0.075, 0.145, 0.33),
     (1.15, 0.56, 0.24), (0.3, 0.27, 0.37), (0.33, 0.31, 0.35)),
    (1.0, (1.7, 0.7, 0.24), (0.36, 0.39, 0.52), (0.1, 0.19, 0.41),
     (1.8, 0.88, 0.32), (0.39, 0.38, 0.48), (0.64, 0.56, 0.54)),
    (5.0, (3.1, 1.55, 0.58), (0.35, 0.41, 0.57), (0.115, 0.27, 0.62),
     (2.3, 1.32, 0.50), (0.47, 0.58, 0.76), (1, 0.88, 0.78)),
    (12.0, (2.3, 1.75, 1.15), (0.37, 0.44, 0.58), (0.15, 0.35, 0.84),
     (1.45, 1.28, 1.05), (0.68, 0.88, 1.15), (1.5, 1.48, 1.45)),
    (30.0, (1.38, 1.26, 1.08), (0.3, 0.36, 0.46), (0.15, 0.4, 1.05),
     (0.95, 1.15, 1.48), (0.72, 1.02, 1.48), (1.85, 1.88, 1.92)),
    (60.0, (0.86, 0.83, 0.77), (0.27, 0.31, 0.39), (0.14, 0.39, 1.1),
     (0.85, 1.12, 1.56), (0.76, 1.06, 1.54), (2, 2.05, 2.11)),
    (90.0, (0.76, 0.74, 0.7), (0.26, 0.3, 0.37), (0.14, 0.39, 1.1),
     (0.82, 1.1, 1.56), (0.82, 1.1, 1.56), (2.05, 2.1, 2.17)),
)
# fmt: on
_DAY_DECK: Rgb = (1.95, 2.02, 2.10)
_DAY_AIR: Rgb = (1.10, 1.135, 1.17)


def _log_mix(a: Rgb, b: Rgb, t: float) -> Rgb:
    r, g, b_ = (exp(log(p) + (log(q) - log(p)) * t) for p, q in zip(a, b, strict=True))
    return r, g, b_


def _mix(a: Rgb, b: Rgb, t: float) -> Rgb:
    r, g, b_ = (p + (q - p) * t for p, q in zip(a, b, strict=True))
    return r, g, b_


def scaled(a: Rgb, k: float) -> Rgb:
    return a[0] * k, a[1] * k, a[2] * k


def luminance(a: Rgb) -> float:
    return 0.2126 * a[0] + 0.7152 * a[1] + 0.0722 * a[2]


def step(low: float, high: float, x: float) -> float:
    """Hermite step from 0 at `low` to 1 at `high`."""
    t = min(1.0, max(0.0, (x - low) / (high - low)))
    return t * t * (3.0 - 2.0 * t)


def _stops_at(elevation: float) -> tuple[Rgb, ...]:
    """The row of the table at this elevation, interpolated in log light so that dusk falls evenly."""
    for low, high in pairwise(_STOPS):
        if elevation <= high[0]:
            t = max(0.0, (elevation - low[0]) / (high[0] - low[0]))
            return tuple(_log_mix(a, b, t) for a, b in zip(low[1:], high[1:], strict=True))
    return _STOPS[-1][1:]


@dataclass(frozen=True, slots=True)
class Light:
    """What lights the shot. Colours are linear Rec.709 at the camera's exposure; shares are 0..1."""

    relit: float
    """Share of the light as shot that has given way (the `sun` axis)."""
    elevation: float
    sun: tuple[float, float, float]
    """Unit direction towards the sun: right, up, ahead."""
    key: Rgb
    fill: Rgb
    zenith: Rgb
    horizon: Rgb
    antisolar: Rgb
    deck: Rgb
    """Radiance of a closed cloud deck overhead."""
    air: Rgb
    """Airlight: what haze fades to."""
    dark: float
    """0 by day, 1 at night: how far the camera has opened up, and with it lamps, noise and night vision."""

    @property
    def moon(self) -> tuple[float, float, float]:
        """Unit direction towards the moon. It is full, hence opposite the sun."""
        x, y, z = self.sun
        return -x, -y, -z

    @staticmethod
    def of(condition: Condition) -> Light:
        relit, elevation, cloud = condition[SUN], condition[SUN_ELEVATION], condition[CLOUD]
        key, fill, zenith, horizon, antisolar, deck = _stops_at(elevation)
        el, az = radians(elevation), radians(condition[SUN_AZIMUTH])
        gloom = 1.0 - 0.30 * condition[RAIN] * cloud - 0.30 * condition[LIGHTNING] * cloud
        haze_air = scaled(_log_mix(horizon, antisolar, 0.55), 0.80)
        if elevation < 30.0:  # under a low sun the air is as bright as the sky at the horizon; by day it is whiter
            day = step(4.0, 30.0, elevation)
            haze_air = _mix(haze_air, _DAY_AIR, day)
        else:
            haze_air = _DAY_AIR
        air = _log_mix(_DAY_AIR, haze_air, relit)
        air = _log_mix(air, scaled(_log_mix(_DAY_DECK, deck, relit), 0.56), cloud * 0.85)
        night = 1.0 - step(-11.0, 1.0, elevation)
        return Light(
            relit=relit,
            elevation=elevation,
            sun=(sin(az) * cos(el), sin(el), cos(az) * cos(el)),
            key=scaled(key, 1.0 - cloud),
            fill=_mix(fill, _cloudy(key, fill, el), cloud),
            zenith=zenith,
            horizon=horizon,
            antisolar=antisolar,
            deck=scaled(_log_mix(_DAY_DECK, deck, relit), gloom),
            air=scaled(air, gloom),
            dark=relit * night,
        )


def _cloudy(key: Rgb, fill: Rgb, elevation_rad: float) -> Rgb:
    """Light on the ground below a closed deck: what came down is kept, its colour is evened out."""
    level = 0.92 * luminance(key) * max(0.22, sin(elevation_rad)) + luminance(fill)
    grey = (level * 0.98, level * 1.0, level * 1.05)
    return _mix(grey, fill, 0.25 * (1.0 - step(0.10, 0.35, level)))


@dataclass(frozen=True, slots=True)
class Weather:
    """The dials that are weather, under short names, and the wind as a velocity (right, ahead) in m/s."""

    cloud: float
    haze: float
    rain: float
    snow: float
    wetness: float
    snow_cover: float
    lightning: float
    practicals: float
    wind: tuple[float, float]

    @staticmethod
    def of(condition: Condition) -> Weather:
        speed, source = condition[WIND_SPEED], radians(condition[WIND_FROM])
        return Weather(
            cloud=condition[CLOUD],
            haze=condition[HAZE],
            rain=condition[RAIN],
            snow=condition[SNOW],
            wetness=condition[WETNESS],
            snow_cover=condition[SNOW_COVER],
            lightning=condition[LIGHTNING],
            practicals=condition[PRACTICALS],
            wind=(-speed * sin(source), -speed * cos(source)),
        )

    @property
    def fog(self) -> float:
        """Haze that is added, 0..1."""
        return max(0.0, self.haze)
