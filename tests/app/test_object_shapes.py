"""Boxes under the hand: what is clicked, what is taken hold of and what is drawn are one place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.object_shapes import Part, Post, handles, head_moved, new_box, post_of
from core.camera import Camera, Pose
from core.objects import Box, ObjectId, ObjectKind, PlacedObject, SceneObject, Spot, placed

WIDE = 16 / 9
SIZE = 1920, 1080


def seen(kind: ObjectKind, box: Box, camera: Camera) -> PlacedObject:
    """The object as the frame shows it in which a hand drew its box."""
    thing = SceneObject(ObjectId("one"), kind, (Spot(5, box),))
    (one,) = placed((thing,), 5, lambda _frame: Pose(3.0, 0.0, 7.0, 0.2, camera.horizon), camera, WIDE)
    return one


def post(box: Box, camera: Camera) -> Post:
    found = post_of(seen(ObjectKind.STREET_LIGHT, box, camera), camera, WIDE)
    assert found is not None
    return found


def away_px(one: tuple[float, float], other: tuple[float, float]) -> float:
    return max(abs(a - b) * side for a, b, side in zip(one, other, SIZE, strict=True))


@given(u=st.floats(0.02, 0.98), up=st.floats(0.002, 0.9), horizon=st.floats(0.25, 0.65), focal=st.floats(0.5, 2.5))
def test_the_head_of_a_new_light_is_where_the_hand_clicked_under_any_lens(
    u: float, up: float, horizon: float, focal: float
) -> None:
    camera = Camera(focal, horizon, 1.4)
    at = u, horizon - up * horizon
    light = post(new_box(ObjectKind.STREET_LIGHT, camera, WIDE, *at), camera)
    assert away_px(light.head, at) < 2.0
    assert away_px(handles(Box(0, 0, 1, 1), light)[Part.HEAD], at) < 2.0


@pytest.mark.parametrize("kind", [ObjectKind.STREET_LIGHT, ObjectKind.BOLLARD])
def test_the_foot_of_a_new_lamp_is_where_the_hand_clicked_below_the_horizon(kind: ObjectKind) -> None:
    camera = Camera(1.1, 0.4, 1.4)
    found = post_of(seen(kind, new_box(kind, camera, WIDE, 0.8, 0.7), camera), camera, WIDE)
    assert found is not None
    assert away_px(found.foot, (0.8, 0.7)) < 0.1


def test_a_dragged_head_stays_under_the_hand_though_its_arm_grows() -> None:
    camera = Camera(0.9, 0.45, 1.4)
    box = new_box(ObjectKind.STREET_LIGHT, camera, WIDE, 0.7, 0.3)
    before = post(box, camera)
    after = post(head_moved(box, before, -0.03, -0.1), camera)
    assert away_px(after.head, (0.67, 0.2)) < 3.0


def test_a_light_clicked_just_above_the_horizon_stands_near_enough_to_be_seen_burning() -> None:
    camera = Camera(0.9, 0.47, 1.4)
    light = seen(ObjectKind.STREET_LIGHT, new_box(ObjectKind.STREET_LIGHT, camera, WIDE, 0.55, 0.468), camera)
    assert light.at[2] < 170.0
