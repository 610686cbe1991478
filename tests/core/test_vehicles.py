"""Vehicles found by shape and motion: what travels on the road is one, what stands is not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from cars import CAMERA, SIZE, WIDTH, car_box, street

from core.analysis.appearance import Appearance
from core.analysis.vehicles import VehicleTracker, find_by_shape
from core.camera import Pose
from core.objects import Facing, SceneObject, box_at

RATE = 25.0
SPEED = 20.0


def driven(frames: int, speed: float = SPEED) -> tuple[tuple[Pose, ...], list[float]]:
    seconds = [n / RATE for n in range(frames)]
    return tuple(Pose(ahead_m=speed * t, horizon=CAMERA.horizon) for t in seconds), seconds


def tracked(films: Iterator[Appearance] | list[Appearance], speed: float = SPEED) -> tuple[SceneObject, ...]:
    tracker, count = VehicleTracker(CAMERA, SIZE), 0
    for count, picture in enumerate(films, start=1):
        tracker.step(count - 1, picture, CAMERA.horizon)
    return tracker.finish(*driven(count, speed))


def test_a_car_is_found_where_it_stands_and_is_as_wide_as_a_car() -> None:
    box = car_box(22.0, -3.0)
    found = find_by_shape(street(box), CAMERA.horizon, CAMERA.height_m)
    assert found
    assert found[0].box.overlap(box) > 0.7


def test_an_empty_road_has_no_car() -> None:
    assert not find_by_shape(street(), CAMERA.horizon, CAMERA.height_m)


def test_a_car_that_keeps_its_distance_is_followed_over_the_shot() -> None:
    (car,) = tracked([street(car_box(22.0 + 0.02 * n, -3.0)) for n in range(40)])
    assert car.facing is Facing.REAR
    for frame in (4, 20, 36):
        box = box_at(car, frame)
        assert box is not None
        assert box.overlap(car_box(22.0 + 0.02 * frame, -3.0)) > 0.6


def test_what_stands_by_the_road_is_no_vehicle() -> None:
    assert not tracked([street(car_box(40.0 - SPEED * n / RATE, -3.0)) for n in range(36)])


def test_a_car_that_comes_towards_the_camera_shows_its_front() -> None:
    film = [street(car_box(70.0 - 2.2 * SPEED * n / RATE, -4.0)) for n in range(32)]
    assert [car.facing for car in tracked(film)] == [Facing.FRONT]


def test_a_track_that_lasts_as_long_as_the_shot_does_not_fade() -> None:
    (car,) = tracked([street(car_box(20.0, 2.0)) for _ in range(30)])
    assert car.spots[0].frame < 0
    assert car.spots[-1].frame > 29


def test_nothing_is_followed_across_a_cut() -> None:
    tracker = VehicleTracker(CAMERA, SIZE)
    for frame in range(40):
        tracker.step(frame, street(car_box(20.0, -3.0)), CAMERA.horizon)
    cars = tracker.finish(*driven(40), cuts=(20,))
    assert len(cars) == 2
    assert max(s.frame for s in cars[0].spots) < 20 + 6
    assert all(box_at(cars[1], frame) is None for frame in range(13))


def test_boxes_do_not_tremble() -> None:
    (car,) = tracked([street(car_box(20.0, -3.0), seed=n) for n in range(40)])
    centers = np.array([box_at(car, n).center for n in range(40)])  # type: ignore[union-attr]
    assert float(np.abs(np.diff(centers, 2, axis=0)).max() * WIDTH) < 0.5


@pytest.mark.parametrize("speed", [0.0, 20.0])
def test_without_poses_nothing_is_believed(speed: float) -> None:
    tracker = VehicleTracker(CAMERA, SIZE)
    for frame in range(20):
        tracker.step(frame, street(car_box(20.0, -3.0)), CAMERA.horizon)
    assert tracker.finish((), []) == ()
