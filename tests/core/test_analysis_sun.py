"""Claims of `core.analysis.sun`: a sun is told where it is seen, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin, tan

import cv2
import numpy as np
import pytest

from core.analysis.appearance import Appearance
from core.analysis.sun import find_sun, sun_by_shadow
from core.camera import Camera

WIDTH, HEIGHT = 480, 270
CAMERA = Camera(focal=1.1, horizon=0.6)


def sky_with(*discs: tuple[float, float], radius: float = 4.0, glow: float = 0.5) -> Appearance:
    """A blue sky over a dark ground, with clipped discs at (x, y) shares and a glow about each."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = np.full((HEIGHT, WIDTH, 3), (0.35, 0.5, 0.75), np.float32)
    for x, y in discs:
        away = np.hypot(xs - x * WIDTH, ys - y * HEIGHT)
        light += (glow * np.exp(-away / 25.0))[..., None]
        light[away < radius] = 1.0
    light[ys >= 0.6 * HEIGHT] = 0.2
    return Appearance(np.clip(light, 0.0, 1.0).astype(np.float32))


def matte() -> np.ndarray:
    return np.repeat((np.arange(HEIGHT)[:, None] < 0.6 * HEIGHT).astype(np.float32), WIDTH, axis=1)


def test_a_disc_with_a_glow_is_the_sun() -> None:
    found = find_sun([sky_with((0.7, 0.2))] * 3, [matte()] * 3, CAMERA)
    assert found is not None
    right, up, ahead = CAMERA.ray(0.7, 0.2, WIDTH / HEIGHT)
    assert found.azimuth_deg == pytest.approx(np.degrees(np.arctan2(right, ahead)), abs=0.5)
    assert found.elevation_deg == pytest.approx(np.degrees(np.arcsin(up)), abs=0.5)


def test_a_white_spot_without_a_glow_is_not() -> None:
    assert find_sun([sky_with((0.7, 0.2), glow=0.0)] * 3, [matte()] * 3, CAMERA) is None


def test_a_clipped_cloud_is_not() -> None:
    picture = sky_with()
    cloud = cv2.GaussianBlur((np.random.default_rng(1).random((HEIGHT, WIDTH)) > 0.5).astype(np.float32), (0, 0), 18)
    picture.rgb[(cloud > 0.5) & (matte() > 0.5)] = 1.0
    assert find_sun([picture] * 3, [matte()] * 3, CAMERA) is None


def test_two_suns_are_none() -> None:
    assert find_sun([sky_with((0.3, 0.2), (0.8, 0.25))] * 3, [matte()] * 3, CAMERA) is None


def test_a_lamp_below_the_sky_is_not_the_sun() -> None:
    assert find_sun([sky_with((0.5, 0.8))] * 3, [matte()] * 3, CAMERA) is None


def test_a_spot_that_is_here_and_there_is_not_the_sun() -> None:
    frames = [sky_with((0.2, 0.2)), sky_with((0.8, 0.2)), sky_with((0.3, 0.1))]
    assert find_sun(frames, [matte()] * 3, CAMERA) is None


def test_a_plain_sky_says_nothing_of_the_sun() -> None:
    assert find_sun([sky_with()] * 3, [matte()] * 3, CAMERA) is None
    assert find_sun([], [], CAMERA) is None


# ---- by a shadow that someone points at -------------------------------------------------------------------------------

ASPECT = WIDTH / HEIGHT
STANCE = Camera(focal=1.1, horizon=0.47, height_m=1.6)


def shadow(azimuth: float, elevation: float, *, foot: tuple[float, float] = (1.0, 12.0), yaw: float = 0.0) -> list:
    """Foot, top and tip of the shadow of a pole of 2.5 m at (right, ahead) metres, as picture points."""
    turned = radians(azimuth) - yaw
    reach = 2.5 / tan(radians(elevation))
    ends = [
        (foot[0], -1.6, foot[1]),
        (foot[0], 0.9, foot[1]),
        (foot[0] - reach * sin(turned), -1.6, foot[1] - reach * cos(turned)),
    ]
    return [STANCE.project(end, ASPECT)[:2] for end in ends]


@pytest.mark.parametrize("azimuth", [0.0, 35.0, 120.0, 180.0, 250.0, 330.0])
@pytest.mark.parametrize("elevation", [20.0, 45.0, 70.0])
def test_a_shadow_tells_the_sun_that_throws_it(azimuth: float, elevation: float) -> None:
    found = sun_by_shadow(STANCE, ASPECT, *shadow(azimuth, elevation))
    assert found is not None
    assert (found.azimuth_deg - azimuth + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=0.1)
    assert found.elevation_deg == pytest.approx(elevation, abs=0.1)


def test_the_sun_of_a_shadow_does_not_turn_with_the_camera() -> None:
    found = sun_by_shadow(STANCE, ASPECT, *shadow(120.0, 30.0, yaw=0.3), yaw_rad=0.3)
    assert found is not None
    assert found.azimuth_deg == pytest.approx(120.0, abs=0.1)


def test_the_sun_of_a_shadow_does_not_hang_on_the_height_of_the_lens() -> None:
    points = shadow(200.0, 40.0)
    assert sun_by_shadow(STANCE, ASPECT, *points) == sun_by_shadow(replace(STANCE, height_m=6.0), ASPECT, *points)


@pytest.mark.parametrize(
    "points",
    [
        ((0.5, 0.4), (0.5, 0.2), (0.6, 0.8)),
        ((0.5, 0.7), (0.5, 0.4), (0.6, 0.472)),
        ((0.5, 0.7), (0.5, 0.8), (0.6, 0.8)),
    ],
    ids=["foot in the sky", "tip at the horizon", "top below the foot"],
)
def test_points_that_no_sun_fits_tell_none(points: tuple) -> None:
    assert sun_by_shadow(STANCE, ASPECT, *points) is None
