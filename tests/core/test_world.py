"""The procedural world is exact: its flow, depth and mattes agree with each other and with its pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.world.model import Surface, World, street
from core.world.render import WorldFrame, render

SIZE = (192, 108)


@pytest.fixture(scope="module")
def world() -> World:
    return street()


@pytest.fixture(scope="module")
def pair(world: World) -> tuple[WorldFrame, WorldFrame]:
    return render(world, 9, *SIZE), render(world, 10, *SIZE)


def test_the_same_frame_is_the_same_to_the_bit(world: World, pair: tuple[WorldFrame, WorldFrame]) -> None:
    again = render(street(), 10, *SIZE)
    assert again.rgb.tobytes() == pair[1].rgb.tobytes()
    assert again.flow.tobytes() == pair[1].flow.tobytes()


def test_flow_carries_the_frame_before_onto_this_one(pair: tuple[WorldFrame, WorldFrame]) -> None:
    before, now = pair
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
    houses = now.visible & (now.surface == Surface.WALL)

    def error(off_x: float, off_y: float) -> float:
        warped = cv2.remap(before.rgb, x + now.flow[..., 0] + off_x, y + now.flow[..., 1] + off_y, cv2.INTER_LINEAR)
        return float(np.abs(warped - now.rgb).mean(-1)[houses].mean())

    exact = error(0.0, 0.0)
    assert all(exact < 0.85 * error(dx, dy) for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)))
    assert exact < 0.6 * float(np.abs(before.rgb - now.rgb).mean(-1)[houses].mean())


def test_depth_on_the_road_follows_the_pinhole(world: World, pair: tuple[WorldFrame, WorldFrame]) -> None:
    frame = pair[1]
    seconds = 10 / world.rate
    _, rotation = world.camera(seconds)
    rows, columns = np.nonzero(frame.surface == Surface.ROAD)
    h, w = frame.depth.shape
    x = (columns + 0.5 - w / 2) / (world.focal * h)
    y = (h / 2 - rows - 0.5) / (world.focal * h)
    down = rotation[2, 1] + x * rotation[0, 1] + y * rotation[1, 1]
    expected = -world.camera_height_m / down
    assert np.allclose(frame.depth[rows, columns], expected, rtol=1e-3)


def test_only_the_sky_is_infinitely_far(pair: tuple[WorldFrame, WorldFrame]) -> None:
    frame = pair[1]
    assert np.array_equal(np.isinf(frame.depth), frame.surface == Surface.SKY)
    assert 0.1 < frame.sky.mean() < 0.6
    assert frame.sky[frame.surface == Surface.ROAD].max() == 0.0


def test_the_horizon_is_where_far_ground_ends(world: World, pair: tuple[WorldFrame, WorldFrame]) -> None:
    rows = np.nonzero(pair[1].ground[:, SIZE[0] // 2] > 0.5)[0]
    assert abs(rows.min() / SIZE[1] - world.horizon(10 / world.rate)) < 0.03


def test_light_is_finite_positive_and_brighter_than_white_where_the_sun_is(pair: tuple[WorldFrame, WorldFrame]) -> None:
    rgb = pair[1].rgb
    assert np.isfinite(rgb).all()
    assert rgb.min() > 0.0
    assert 0.15 < np.median(rgb) < 1.2
    assert rgb.max() > 1.0
