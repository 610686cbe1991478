"""Cars carry their lamps where their box says, and light the road they drive on."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from roads import NIGHT, ROAD, road, seen

from core.extension.translator import TranslateRequest
from core.objects import Box, Facing, ObjectId, ObjectKind, PlacedObject

SIZE = WIDTH, HEIGHT = 384, 216
ASPECT = WIDTH / HEIGHT
LIT = {**NIGHT, "practicals": 1.0}


def car(distance: float, aside: float = 0.0, facing: Facing = Facing.REAR, strength: float = 1.0) -> PlacedObject:
    foot = (aside, -ROAD.camera.height_m, distance)
    x, bottom, depth = ROAD.camera.project(foot, ASPECT)
    half, tall = 0.9 * ROAD.camera.focal / depth / ASPECT, 1.48 * ROAD.camera.focal / depth
    box = Box(x - half, bottom - tall, x + half, bottom)
    return PlacedObject(ObjectId(f"{distance}/{aside}"), ObjectKind.VEHICLE, box, foot, facing, strength)


def with_cars(request: TranslateRequest, *cars: PlacedObject) -> TranslateRequest:
    return replace(request, objects=tuple(sorted(cars, key=lambda c: -c.at[2])))


def added(dials: dict[str, float], *cars: PlacedObject) -> torch.Tensor:
    """What the cars put into the picture (3, H, W)."""
    request = road(dials, size=SIZE)
    return seen(with_cars(request, *cars)) - seen(request)


def around(picture: torch.Tensor, box: Box, x: float, y: float, reach: int = 3) -> torch.Tensor:
    """Mean colour (3,) about a point of a box, shares of it from its top left."""
    column = round((box.left + x * box.width) * WIDTH)
    row = round((box.top + y * box.height) * HEIGHT)
    return picture[:, row - reach : row + reach + 1, column - reach : column + reach + 1].mean((1, 2))


def test_tail_lamps_hang_on_both_sides_of_the_rear() -> None:
    one = car(9.0, -1.0)
    glow = added(LIT, one)
    left, right, roof = (around(glow, one.box, x, y) for x, y in ((0.12, 0.4), (0.88, 0.4), (0.5, -0.3)))
    for lamp in (left, right):
        assert lamp[0] > 0.2
        assert lamp[0] > 4 * lamp[2]
    assert roof[0] < 0.3 * left[0]


def test_a_car_that_comes_has_white_lamps() -> None:
    one = car(9.0, -3.0, Facing.FRONT)
    lamp = around(added(LIT, one), one.box, 0.12, 0.56)
    assert lamp.min() > 0.2
    assert lamp[0] < 2 * lamp[2]


def test_lamps_move_with_the_box() -> None:
    here, there = car(9.0, -2.0), car(9.0, 2.0)
    glow = added(LIT, here)
    assert around(glow, here.box, 0.12, 0.4)[0] > 10 * around(glow, there.box, 0.12, 0.4)[0]


def test_a_nearer_car_hides_the_lamps_behind_it() -> None:
    far, near = car(16.0), car(7.0)
    both, alone = added(LIT, far, near), added(LIT, near)
    hidden, open_ = (around(p, far.box, 0.12, 0.4, reach=1)[0] for p in (both - alone, added(LIT, far)))
    assert hidden < 0.1 * open_


def test_the_road_behind_a_car_is_red_and_before_it_white() -> None:
    glow = added(LIT, car(14.0))

    def on_road(distance: float) -> torch.Tensor:
        x, y, _ = ROAD.camera.project((0.0, -ROAD.camera.height_m, distance), ASPECT)
        return glow[:, round(y * HEIGHT), round(x * WIDTH) - 2 : round(x * WIDTH) + 3].mean(1)

    behind = on_road(11.5)
    assert behind[0] > 2 * behind[2] > 0
    before = on_road(24.0)
    assert before.min() > 0.3 * before.max() > 0


def test_lamps_fade_with_their_strength_and_with_the_dial() -> None:
    sums = [float(added(LIT, car(9.0, strength=s)).sum()) for s in (0.25, 0.5, 1.0)]
    assert 0 < sums[0] < sums[1] < sums[2]
    dial = [float(added({**NIGHT, "practicals": p}, car(9.0)).sum()) for p in (0.0, 0.5, 1.0)]
    assert dial[0] == 0.0
    assert dial[1] < dial[2]


def test_in_rain_by_day_lamps_are_on_and_under_a_clear_sky_they_are_not() -> None:
    rainy, hazy = added({"rain": 0.8, "cloud": 0.9}, car(9.0)), added({"cloud": 0.3}, car(9.0))
    assert around(rainy, car(9.0).box, 0.12, 0.4)[0] > 0.1
    assert not hazy.any()


def test_tail_lamps_are_drawn_long_on_a_wet_road() -> None:
    one = car(9.0)
    below = slice(round(one.box.bottom * HEIGHT) + 6, round(one.box.bottom * HEIGHT) + 16)
    column = round((one.box.left + 0.12 * one.box.width) * WIDTH)

    def redder(wetness: float) -> float:
        request = road({**LIT, "wetness": wetness}, size=SIZE)
        ground = request.maps.ground
        assert ground is not None
        standing = ground.clone()
        top, left = round(one.box.top * HEIGHT), round(one.box.left * WIDTH)
        standing[:, top : round(one.box.bottom * HEIGHT), left : round(one.box.right * WIDTH)] = 0.0
        request = replace(request, maps=replace(request.maps, ground=standing))
        glow = (seen(with_cars(request, one)) - seen(request))[:, below, column - 3 : column + 4].mean((1, 2))
        return float(glow[0] - glow[2])

    assert redder(0.9) > 1.5 * redder(0.0)


@pytest.mark.parametrize("distance", [1.5, 3.0, 40.0, 240.0])
def test_any_distance_gives_finite_light_that_only_adds(distance: float) -> None:
    glow = added(LIT, car(distance))
    assert torch.isfinite(glow).all()
    assert float(glow.sum()) > 0
