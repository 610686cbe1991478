"""Claims of `core.analysis.motion`, on a plain under a textured sky whose camera motion is known exactly."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.analysis.flow import Grey8
from core.analysis.motion import Heading, Track, find_ground_speed, find_heading

WIDTH, HEIGHT, FOCAL, ASPECT = 480, 270, 1.0, 480 / 270


def noise(seed: int) -> np.ndarray:
    picture = np.random.default_rng(seed).random((512, 512), np.float32) - 0.5
    fine, coarse = (cv2.GaussianBlur(picture, (0, 0), s) for s in (1.0, 6.0))
    return np.asarray(fine / fine.std() + coarse / coarse.std(), np.float32)


def plain(travel: float, horizon: float, column: float = 0.5) -> Grey8:
    """A textured plain one height below a camera that has gone `travel` heights forward, and posts that stand on it."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    below = np.maximum((ys + 0.5) / HEIGHT - horizon, 1e-3)
    z = FOCAL / below
    x = ((xs + 0.5) / HEIGHT - column * ASPECT) * z / FOCAL
    u, v = (np.asarray(a, np.float32) for a in ((x * 24) % 511, ((z + travel) * 24) % 511))
    ground = cv2.remap(noise(1), u, v, cv2.INTER_LINEAR)
    picture = np.where((ys + 0.5) / HEIGHT > horizon + 0.02, 110 + 22 * ground * np.minimum(1, below * 12), 200.0)
    for i in range(60):
        side, ahead = (-1) ** i * (3 + i % 5), (4 + 1.7 * i - travel) % 60 + 2
        left = int(((side / ahead) * FOCAL + column * ASPECT) * HEIGHT)
        top, foot = (int((horizon + FOCAL * y / ahead) * HEIGHT) for y in (-2.0, 1.0))
        size = max(2, int(0.5 * FOCAL / ahead * HEIGHT))
        cv2.rectangle(picture, (left, top), (left + size, foot), 40.0 + 11 * (i % 9), -1)
    return np.asarray(np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7), 0, 255), np.uint8)


@pytest.mark.parametrize(("horizon", "column"), [(0.45, 0.5), (0.56, 0.58)])
def test_the_heading_is_found_where_the_camera_goes(horizon: float, column: float) -> None:
    tracks = [Track.of(plain(t + 0.12, horizon, column), plain(t, horizon, column)) for t in (0.0, 1.3, 2.9)]
    heading = find_heading(tracks, FOCAL, ASPECT)
    assert heading.confidence >= 0.5
    assert heading.row == pytest.approx(horizon, abs=0.015)
    assert heading.column == pytest.approx(column, abs=0.03)
    assert heading.is_forward


def test_a_camera_that_backs_away_is_told_from_one_that_advances() -> None:
    tracks = [Track.of(plain(t, 0.5), plain(t + 0.12, 0.5)) for t in (0.0, 1.3, 2.9)]
    assert not find_heading(tracks, FOCAL, ASPECT).is_forward


def test_a_camera_at_rest_has_no_heading() -> None:
    tracks = [Track.of(plain(0.0, 0.5), plain(0.0, 0.5))] * 3
    assert find_heading(tracks, FOCAL, ASPECT).confidence == 0.0


def test_a_shot_without_motion_to_follow_has_no_heading() -> None:
    flat = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert find_heading([Track.of(flat, flat)], FOCAL, ASPECT).confidence == 0.0


@pytest.mark.parametrize("speed", [0.03, 0.12, 0.4])
def test_the_speed_over_the_ground_is_measured(speed: float) -> None:
    pairs = [(plain(t + speed, 0.5), plain(t, 0.5)) for t in (0.0, 1.3, 2.9)]
    found = find_ground_speed(pairs, Heading(0.5, 0.5, 1.0), 0.5, FOCAL)
    assert found.confidence >= 0.5
    assert found.heights_per_frame == pytest.approx(speed, rel=0.05)
    assert not found.at_bound


def test_a_camera_that_only_nods_does_not_move_over_the_ground() -> None:
    still = plain(0.0, 0.5)
    nodded = np.roll(still, 1, axis=0)
    assert find_ground_speed([(still, nodded)] * 3, Heading(0.5, 0.5, 1.0), 0.5, FOCAL).heights_per_frame < 0.01


def test_a_bare_floor_gives_no_confident_speed() -> None:
    flat = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert find_ground_speed([(flat, flat)] * 3, Heading(0.5, 0.5, 1.0), 0.5, FOCAL).confidence < 0.5
