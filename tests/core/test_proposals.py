"""Lights that are proposed stand where lights of such a road do, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from core.analysis.proposals import HEIGHT_M, KERB_LEFT_M, KERB_RIGHT_M, RIGHT_M, SPACING_M, street_lights
from core.camera import Camera, Motion, Pose
from core.scene import Corrections, Scene, Tracking, scene_at

WIDE = 16 / 9
DRIVEN = Scene(
    Camera(1.1, 0.5, 1.4),
    Motion(forward_m_s=15.0),
    ground_confidence=1.0,
    horizon_confidence=1.0,
    motion_confidence=1.0,
)


def test_a_driven_road_has_a_row_on_either_side() -> None:
    first = Pose(horizon=0.52)
    rows = street_lights(DRIVEN, {0: first}, WIDE)
    poses = tuple(replace(first, ahead_m=0.6 * n) for n in range(100))
    shown = scene_at(DRIVEN, Tracking(poses, rows), Corrections(), WIDE, 0, 0.0, 0.04)
    right = [o for o in shown.objects if o.at[0] > 0]
    assert len(right) >= 5
    assert {round(o.at[0], 2) for o in right} == {RIGHT_M}
    assert {round(a.at[2] - b.at[2], 3) for a, b in pairwise(right)} == {SPACING_M}
    focal, tallest = shown.scene.camera.focal, max(right, key=lambda o: o.box.height)
    assert tallest.box.height * tallest.at[2] / focal == pytest.approx(HEIGHT_M, rel=0.05)


@pytest.mark.parametrize(
    "scene",
    [
        replace(DRIVEN, ground_confidence=0.0),
        replace(DRIVEN, motion=Motion()),
        replace(DRIVEN, motion_confidence=0.2),
        replace(DRIVEN, camera=Camera(1.1, 0.5, 10.0)),
    ],
)
def test_what_was_not_driven_has_none(scene: Scene) -> None:
    assert street_lights(scene, {0: Pose()}, WIDE) == ()


def test_a_street_in_a_town_has_its_lights_at_the_kerbs() -> None:
    slow = replace(DRIVEN, motion=Motion(forward_m_s=9.0))
    rows = street_lights(slow, {0: Pose(horizon=0.5)}, WIDE)
    shown = scene_at(slow, Tracking((Pose(horizon=0.5),), rows), Corrections(), WIDE, 0, 0.0, 0.04)
    assert {round(o.at[0], 2) for o in shown.objects} == {KERB_LEFT_M, KERB_RIGHT_M}


def test_rows_start_anew_in_every_shot_of_footage_with_cuts() -> None:
    shots = [tuple(Pose(ahead_m=0.6 * n, horizon=row) for n in range(50)) for row in (0.5, 0.4)]
    rows = street_lights(DRIVEN, {0: shots[0][0], 50: shots[1][0]}, WIDE)
    tracking = Tracking((*shots[0], *shots[1]), rows, (50,))
    for frame in (0, 50):
        shown = scene_at(DRIVEN, tracking, Corrections(), WIDE, frame, 0.0, 0.04)
        assert {round(o.at[0], 2) for o in shown.objects if o.at[0] > 0} == {RIGHT_M}
        assert {round(o.at[1], 2) for o in shown.objects} == {-DRIVEN.camera.height_m}
