"""Claims of `core.analysis.carry`: on the procedural street, where what belongs to what is known exactly."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
import pytest

from core.analysis.appearance import Appearance, display_codes
from core.analysis.carry import Carried, carried, painted, softness_of
from core.analysis.flow import FloatImage
from core.world.model import Surface, street
from core.world.render import WorldFrame, render

WIDTH, HEIGHT = 480, 270


@lru_cache(maxsize=1)
def filmed(frames: int) -> tuple[WorldFrame, ...]:
    world = replace(street(), trees=())  # leaves of less than a pixel are nobody's matte
    return tuple(render(world, frame, WIDTH, HEIGHT, samples=1) for frame in range(frames))


def of(frame: WorldFrame, surface: Surface) -> FloatImage:
    return np.asarray(frame.surface == surface, np.float32)


def overlap(a: FloatImage, b: FloatImage) -> float:
    """Intersection over union."""
    one, other = a > 0.5, b > 0.5
    return float((one & other).sum() / max(1, (one | other).sum()))


def along(frames: tuple[WorldFrame, ...], surface: Surface, *, exact: bool) -> Carried:
    """The surface as painted in the first frame, carried to the last."""
    pictures = [Appearance(display_codes(frame.rgb)) for frame in frames]
    here = painted(of(frames[0], surface))
    for number in range(1, len(frames)):
        here = carried(here, pictures[number - 1], pictures[number], frames[number].flow if exact else None)
    return here


def still(seed: int, noise: float = 0.01) -> FloatImage:
    rng = np.random.default_rng(seed)
    plain = cv2.GaussianBlur(rng.random((120, 160, 3), np.float32), (0, 0), 5.0)
    return np.asarray(0.5 + 3.0 * (plain - 0.5) + noise * rng.standard_normal(plain.shape), np.float32).clip(0.0, 1.0)


def test_a_matte_over_a_still_picture_stays_where_it_is_with_a_hard_edge() -> None:
    picture = Appearance(still(1, noise=0.0))
    disc = np.zeros((120, 160), np.float32)
    cv2.circle(disc, (80, 60), 30, 1.0, -1)
    here = painted(disc)
    for _ in range(24):
        here = carried(here, picture, picture)
    assert overlap(here.matte, disc) > 0.985
    assert ((here.matte > 0.1) & (here.matte < 0.9)).sum() < 1.5 * np.pi * 60  # an edge of about a pixel
    assert here.matte.dtype == np.float32
    assert 0.0 <= here.matte.min() <= here.matte.max() <= 1.0


def test_a_thing_that_moves_takes_its_matte_along_and_leaves_none_behind() -> None:
    ground, thing = still(2), still(3)[:40, :50] * 0.4 + np.array([0.5, 0.1, 0.1], np.float32)

    def shot(frame: int) -> tuple[Appearance, FloatImage]:
        picture, matte = ground.copy(), np.zeros((120, 160), np.float32)
        x, y = 20 + 4 * frame, 30 + frame
        picture[y : y + 40, x : x + 50] = thing
        matte[y : y + 40, x : x + 50] = 1.0
        return Appearance(picture), matte

    before, matte = shot(0)
    here = painted(matte)
    for frame in range(1, 16):
        picture, truth = shot(frame)
        here = carried(here, before, picture)
        before = picture
    assert overlap(here.matte, truth) > 0.93


def test_confidence_is_whole_where_it_was_painted_and_falls_where_nothing_is_alike() -> None:
    disc = np.zeros((120, 160), np.float32)
    cv2.circle(disc, (80, 60), 30, 1.0, -1)
    there = painted(disc)
    assert there.certainty == 1.0
    alike = carried(there, Appearance(still(1)), Appearance(still(1)))
    cut = carried(there, Appearance(still(1)), Appearance(0.9 + 0.1 * still(9)))
    assert alike.certainty > 0.95
    assert cut.certainty < alike.certainty - 0.02
    assert alike.confidence.max() <= 1.0
    assert alike.confidence[0, 0] == 1.0  # far from every edge nothing was asked


@pytest.mark.parametrize("sigma", [0.8, 2.0, 5.0])
def test_the_softness_of_an_edge_is_the_blur_that_makes_it(sigma: float) -> None:
    disc = np.zeros((240, 320), np.float32)
    cv2.circle(disc, (160, 120), 70, 1.0, -1)
    soft = np.asarray(cv2.GaussianBlur(disc, (0, 0), sigma), np.float32)
    assert softness_of(soft) == pytest.approx(sigma, rel=0.12)
    assert softness_of(disc) == 0.0
    assert softness_of(np.zeros_like(disc)) == 0.0


def test_a_picture_of_any_size_is_carried() -> None:
    for height, width in ((1, 1), (7, 5), (17, 130)):
        picture = Appearance(np.full((height, width, 3), 0.4, np.float32))
        matte = np.zeros((height, width), np.float32)
        matte[: height // 2 + 1] = 1.0
        assert carried(painted(matte), picture, picture).matte.shape == (height, width)


@pytest.mark.slow
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("surface", [Surface.WALL, Surface.SKY])
def test_after_48_frames_of_driving_a_matte_still_covers_what_it_was_painted_on(surface: Surface, exact: bool) -> None:
    """With the exact flow of the world, and with the flow that is found in the pictures."""
    frames = filmed(49)
    carried_matte = along(frames, surface, exact=exact).matte
    assert overlap(carried_matte, of(frames[-1], surface)) > 0.95
    assert overlap(of(frames[0], surface), of(frames[-1], surface)) < 0.93  # standing still would not do
