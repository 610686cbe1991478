"""What a survey writes of a scene: only what the file has, and what was measured told from what is assumed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest
from builders import a_media

from core.camera import Camera
from core.objects import Box, ObjectId, ObjectKind, SceneObject, Spot
from core.render.sources import Sources
from core.render.survey import Survey, described
from core.scene import Scene, Tracking
from core.timebase import Time

FRAMES = 48


def a_car(*frames: int) -> SceneObject:
    spots = tuple(Spot(frame, Box(0.1, 0.5, 0.2, 0.6)) for frame in frames)
    return SceneObject(ObjectId("car"), ObjectKind.VEHICLE, spots)


def written(scene: Scene, tracking: Tracking) -> dict[str, Any]:
    """`scene.json` of a film of which no frame was mapped."""
    index = SimpleNamespace(
        time_of=lambda frame: Time.from_frame(frame, Fraction(25)),
        duration_of=lambda _: Time.from_frame(1, Fraction(25)),
    )
    sources = cast(Sources, SimpleNamespace(index_of=lambda _: index))
    return described(Survey(a_media(frames=FRAMES), range(0), scene, tracking, (), 1.0), sources, ())


@pytest.mark.parametrize(
    ("spots", "cuts", "frames"),
    [
        ((-6, 0, 30), (), [0, 30]),
        ((10, 47, 53), (), [10, 47]),
        ((-6, 0, 19, 25), (20,), [0, 19]),
        ((14, 20, 40), (20,), [20, 40]),
        ((-6, 0, 6), (), [0, 6]),
        ((3, 9), (), [3, 9]),
    ],
)
def test_boxes_lie_in_the_frames_of_their_shot(
    spots: tuple[int, ...], cuts: tuple[int, ...], frames: list[int]
) -> None:
    (vehicle,) = written(Scene(), Tracking(objects=(a_car(*spots),), cuts=cuts))["vehicles"]
    assert [box["frame"] for box in vehicle["boxes"]] == frames


def test_notes_are_of_the_frames_that_were_asked_for_by_their_own_numbers() -> None:
    tracking = Tracking(untold=((0, 3), (5, 6), (8, 9)))
    facts = replace(a_media(frames=FRAMES), first_number=1001)
    assert len(Survey(facts, range(FRAMES), Scene(), tracking, (), 1.0).notes) == 3
    assert Survey(facts, range(4, 5), Scene(), tracking, (), 1.0).notes == ()
    (note,) = Survey(facts, range(6, 8), Scene(), tracking, (), 1.0).notes
    assert "between frames 1006 and 1007;" in note


def test_what_is_assumed_of_the_camera_is_not_called_measured() -> None:
    unsure = written(Scene(), Tracking())
    assert not any(unsure["camera"]["is_measured"].values())
    assert not unsure["horizon"]["is_measured"]
    assert not unsure["motion"]["is_measured"]
    sure = written(Scene(Camera(horizon=0.4), horizon_confidence=0.9, motion_confidence=0.7), Tracking())
    assert [name for name, is_measured in sure["camera"]["is_measured"].items() if is_measured] == ["pitch_deg"]
    assert sure["horizon"]["is_measured"]
    assert sure["motion"]["is_measured"]
