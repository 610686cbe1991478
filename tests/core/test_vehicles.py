"""Vehicles found by shape and motion: what travels on the road is one, what stands is not."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from core.analysis.appearance import Appearance
from core.analysis.vehicles import VehicleTracker, find_by_shape
from core.camera import Camera, Pose
from core.objects import Box, Facing, SceneObject, box_at

SIZE = WIDTH, HEIGHT = 640, 360
CAMERA = Camera(focal=1.1, horizon=0.5, height_m=1.4)
RATE = 25.0
SPEED = 20.0
ROAD, DARK = 0.42, 0.05


def car_box(distance: float, aside: float) -> Box:
    """Where the rear of a car stands in the picture; `aside` metres to the right."""
    scale = CAMERA.focal / distance
    x, bottom = 0.5 + scale * aside * HEIGHT / WIDTH, CAMERA.horizon + scale * CAMERA.height_m
    half, tall = 0.9 * scale * HEIGHT / WIDTH, 1.48 * scale
    return Box(x - half, bottom - tall, x + half, bottom)


def street(*cars: Box, seed: int = 3) -> Appearance:
    """A grey road under a sky, with cars: a body of texture, a dark underside, two red lamps."""
    rng = np.random.default_rng(seed)
    picture = np.full((HEIGHT, WIDTH, 3), 0.75, np.float32)
    picture[int(CAMERA.horizon * HEIGHT) :] = ROAD
    picture += rng.normal(0.0, 0.004, picture.shape).astype(np.float32)
    for number, box in enumerate(sorted(cars, key=lambda b: b.bottom)):
        x0, y0 = round(box.left * WIDTH), round(box.top * HEIGHT)
        x1, y1 = round(box.right * WIDTH), round(box.bottom * HEIGHT)
        body = np.random.default_rng(number).uniform(0.2, 0.9, (6, 6, 1)).repeat(3, 2).astype(np.float32)
        body = np.maximum(body, body[:, ::-1])
        face = cv2.resize(body, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)
        h, w = face.shape[:2]
        face[-max(2, h // 8) :] = DARK
        for left in (0.04, 0.78):
            face[int(0.35 * h) : int(0.5 * h), int(left * w) : int((left + 0.18) * w)] = (0.8, 0.1, 0.1)
        _paste(picture, face, x0, y0)
    return Appearance(np.clip(cv2.GaussianBlur(picture, (0, 0), 0.6), 0.0, 1.0))


def _paste(picture: np.ndarray, face: np.ndarray, x0: int, y0: int) -> None:
    a, b = max(0, x0), min(WIDTH, x0 + face.shape[1])
    c, d = max(0, y0), min(HEIGHT, y0 + face.shape[0])
    picture[c:d, a:b] = face[c - y0 : d - y0, a - x0 : b - x0]


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
