"""Vehicles found by shape and motion: what travels on the road is one, what stands is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from cars import CAMERA, HEIGHT, SIZE, WIDTH, car_box, street
from footage import footage

from core.analysis.analyser import Analyser
from core.analysis.appearance import Appearance, display_codes
from core.analysis.car_shape import Candidate, find_by_shape
from core.analysis.vehicles import VehicleTracker
from core.camera import Camera, Pose
from core.cancel import CancelToken
from core.color import ColorPipeline
from core.frame import Frame
from core.media.decoder import Decoder
from core.media.index import frame_index
from core.media.probe import probe
from core.objects import Box, Facing, ObjectKind, SceneObject, box_at
from core.progress import ignore_progress
from core.world.model import World
from core.world.model import street as procedural_street
from core.world.render import render

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


def beside(box: Box, widths: float) -> Box:
    return Box(box.left + widths * box.width, box.top, box.right + widths * box.width, box.bottom)


@pytest.mark.parametrize(("face_score", "expected"), [(3.2, 0.0), (2.6, 1.0)])
def test_of_a_face_and_a_flank_the_one_that_looks_more_like_a_face_is_kept(face_score: float, expected: float) -> None:
    face = car_box(16.0, -4.0)
    flank = beside(face, 1.0)

    def find(picture: Appearance, horizon: float, height_m: float) -> tuple[Candidate, ...]:
        both = Candidate(flank, 2.9), Candidate(face, face_score)
        return both if len(looked) > 16 else both[:1]

    looked: list[int] = []
    tracker, picture = VehicleTracker(CAMERA, SIZE, find), street(face, flank)
    for frame in range(60):
        looked.append(frame)
        tracker.step(frame, picture, CAMERA.horizon)
    (car,) = tracker.finish(*driven(60))
    box = box_at(car, 45)
    assert box is not None
    assert box.overlap(beside(face, expected)) > 0.8


# ---- the procedural street: one car drives ahead, four are parked -------------------------------------------------

AHEAD_X, AHEAD_Z, AHEAD_SPEED = -1.9, 30.0, 9.6


def lens_of(world: World, seconds: float) -> tuple[Camera, Pose]:
    (x, _, z), rotation = world.camera(seconds)
    yaw, horizon = float(np.arctan2(rotation[2, 0], rotation[2, 2])), world.horizon(seconds)
    return Camera(world.focal, horizon, world.camera_height_m), Pose(float(x), 0.0, float(z), yaw, horizon)


def face_ahead(world: World, seconds: float) -> Box:
    """Exact box of the tail of the car that drives ahead."""
    camera, pose = lens_of(world, seconds)
    tail = AHEAD_Z + AHEAD_SPEED * seconds
    corners = [
        camera.project(pose.from_world((AHEAD_X + side, up - world.camera_height_m, tail)), WIDTH / HEIGHT)
        for side, up in ((-0.9, 0.0), (0.9, 1.42))
    ]
    (left, bottom, _), (right, top, _) = corners
    return Box(left, top, right, bottom)


@pytest.mark.slow
def test_on_the_street_the_car_that_drives_is_found_and_parked_ones_are_not() -> None:
    world, count = procedural_street(), 30
    tracker = VehicleTracker(lens_of(world, 0.0)[0], SIZE)
    for frame in range(count):
        look = Appearance(display_codes(render(world, frame, WIDTH, HEIGHT, samples=1).rgb))
        tracker.step(frame, look, world.horizon(frame / world.rate))
    seconds = [frame / world.rate for frame in range(count)]
    (car,) = tracker.finish([lens_of(world, t)[1] for t in seconds], seconds)
    overlaps = [box.overlap(face_ahead(world, n / world.rate)) for n in range(count) if (box := box_at(car, n))]
    assert len(overlaps) == count
    assert min(overlaps) > 0.5
    assert float(np.mean(overlaps)) > 0.7


# ---- real clips ---------------------------------------------------------------------------------------------------

FACES_AT_160 = (
    (20, 297, 70, 358),
    (108, 299, 180, 363),
    (239, 295, 281, 331),
    (358, 300, 380, 318),
    (394, 304, 416, 320),
    (422, 300, 449, 321),
    (475, 303, 494, 317),
)
"""Rears of the cars on the near carriageway at frame 160 of the highway, by hand, in its 960 x 540 pixels."""


def found_in(name: str) -> tuple[SceneObject, ...]:
    facts, color, analyser = probe(footage(name)), ColorPipeline(), Analyser()
    index = frame_index(facts)
    with Decoder(facts) as decoder:

        def at(size: tuple[int, int]) -> Callable[[int], Frame]:
            return lambda frame: color.to_working(decoder.read(frame, size), torch.device("cpu"))

        scene = analyser.analyse_shot(at(analyser.work_size(facts.video)), index, facts, CancelToken(), ignore_progress)
        size = analyser.tracking_size(facts.video)
        tracking = analyser.track(at(size), index, facts, scene, CancelToken(), ignore_progress)
    return tuple(thing for thing in tracking.objects if thing.kind is ObjectKind.VEHICLE)


@pytest.mark.slow
@pytest.mark.footage
def test_every_box_on_the_highway_is_a_car_and_most_cars_have_one() -> None:
    cars = found_in("highway.mp4")
    assert {car.facing for car in cars} == {Facing.REAR}
    boxes = [box for car in cars if (box := box_at(car, 160))]
    faces = [Box(x0 / 960, y0 / 540, x1 / 960, y1 / 540) for x0, y0, x1, y1 in FACES_AT_160]
    hits = [max(range(len(faces)), key=lambda i: box.overlap(faces[i])) for box in boxes]
    assert all(box.overlap(faces[i]) > 0.3 for box, i in zip(boxes, hits, strict=True)), "no false car"
    assert len(set(hits)) == len(boxes) >= 5


@pytest.mark.slow
@pytest.mark.footage
def test_over_a_coast_there_is_no_vehicle() -> None:
    assert found_in("coast.mp4") == ()
