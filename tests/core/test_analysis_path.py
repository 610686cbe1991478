"""Claims of `core.analysis.path`: many small steps and a few absolute measures make one path that does not drift."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.analysis.path import Link, chain, poses_of
from core.camera import Camera

CAMERA = Camera(focal=0.95, horizon=0.48, height_m=1.4)


def even(count: int, **link: float) -> list[Link]:
    return [Link(turn_doubt=1e-3), *(Link(turn_doubt=1e-3, **link) for _ in range(count - 1))]  # type: ignore[arg-type]


def test_steps_that_all_err_to_one_side_do_not_carry_the_horizon_off() -> None:
    links = [Link(pitch=0.0005, turn_doubt=5e-4, horizons=((0.5, 0.01),)) for _ in range(600)]
    poses, _ = poses_of(links, [0.04] * 600, CAMERA, 0)
    assert max(abs(pose.horizon - 0.5) for pose in poses[20:-20]) < 0.01


def test_quick_changes_come_from_the_steps() -> None:
    bump = 0.02 * np.exp(-np.square((np.arange(100) - 50) / 3.0))
    steps = np.diff(bump, prepend=0.0) / CAMERA.focal
    poses, _ = poses_of(
        [Link(pitch=p, turn_doubt=2e-4, horizons=((0.48, 0.02),)) for p in steps], [0.04] * 100, CAMERA, 0
    )
    assert poses[50].horizon - poses[30].horizon == pytest.approx(0.02, rel=0.1)


@given(st.integers(0, 59), st.floats(-0.3, 0.3))
def test_one_wild_measure_hardly_moves_a_chain(where: int, wild: float) -> None:
    told = [[(0.5, 0.01)] for _ in range(60)]
    told[where] = [(0.5 + wild, 0.01)]
    values, _ = chain(np.zeros(59), np.full(59, 1e-3), told)
    assert np.abs(values - 0.5).max() < 0.003


def test_the_doubt_of_a_chain_is_that_of_a_full_solve() -> None:
    values, doubts = chain(np.array([1.0, -2.0, 0.5]), np.array([0.5, 0.2, 0.1]), [[(0.0, 1.0)], [], [(1.0, 0.5)], []])
    stiff = 1 / np.array([0.5, 0.2, 0.1]) ** 2
    a = np.zeros((4, 4))
    for i, k in enumerate(stiff):
        a[i : i + 2, i : i + 2] += k * np.array([[1, -1], [-1, 1]])
    b = np.zeros(4)
    for i, (k, s) in enumerate(zip(stiff, (1.0, -2.0, 0.5), strict=True)):
        b[i] -= k * s
        b[i + 1] += k * s
    weights = [1 / 1.0 / (1 + values[0] ** 2 / 4), 4 / (1 + ((1 - values[2]) / 0.5) ** 2 / 4)]
    a[0, 0] += weights[0]
    a[2, 2] += weights[1]
    b[2] += weights[1]
    assert values == pytest.approx(np.linalg.solve(a, b), abs=1e-3)
    assert doubts == pytest.approx(np.sqrt(np.diag(np.linalg.inv(a))), rel=1e-3)


def test_a_camera_that_stands_has_one_pose() -> None:
    poses, untold = poses_of(
        [Link(), *(Link(is_still=True, turn_doubt=0.0) for _ in range(40))], [0.04] * 41, CAMERA, 0
    )
    assert len(set(poses)) == 1
    assert untold == []


def test_metres_are_camera_heights_times_the_height() -> None:
    poses, _ = poses_of(even(50, ahead=0.3, ahead_doubt=0.005), [1 / 24] * 50, CAMERA, 0)
    assert poses[-1].ahead_m == pytest.approx(49 * 0.3 * 1.4, rel=1e-3)


def test_a_turning_camera_goes_round() -> None:
    links = even(101, ahead=0.3, ahead_doubt=0.005, yaw=np.pi / 200)
    poses, _ = poses_of(links, [1 / 24] * 101, CAMERA, 0)
    radius = 100 * 0.3 * 1.4 / (np.pi / 2)
    assert (poses[-1].right_m, poses[-1].ahead_m) == pytest.approx((radius, radius), rel=1e-3)


def test_a_gap_in_the_speed_is_bridged_evenly_and_named() -> None:
    links = even(120, ahead=0.3, ahead_doubt=0.005)
    links[40:62] = [Link(turn_doubt=1e-3)] * 22
    links[62:] = [Link(turn_doubt=1e-3, ahead=0.36, ahead_doubt=0.005)] * 58
    poses, untold = poses_of(links, [1 / 24] * 120, CAMERA, 0)
    speeds = [b.ahead_m - a.ahead_m for a, b in pairwise(poses)]
    assert max(b - a for a, b in pairwise(speeds)) < 0.2 * (0.36 - 0.3) * 1.4
    assert 0.29 * 1.4 < min(speeds) < max(speeds) < 0.37 * 1.4
    assert len(untold) == 1


def test_a_long_stretch_without_a_speed_is_named() -> None:
    links = even(300, ahead=0.3, ahead_doubt=0.005)
    links[40:260] = [Link(turn_doubt=1e-3)] * 220
    _, untold = poses_of(links, [1 / 24] * 300, CAMERA, 1000)
    assert untold == [(1040, 1259)]
