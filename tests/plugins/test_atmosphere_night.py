"""Night: every lamp stands where its object says, lights what is around it, and nothing is lit without a lamp."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from roads import NIGHT, ROAD, luminance, road, seen

from core.camera import Motion
from core.extension.translator import TranslateRequest
from core.objects import Box, Facing, ObjectId, ObjectKind, PlacedObject

SIZE = WIDTH, HEIGHT = 384, 216
ASPECT = WIDTH / HEIGHT
LIT = {**NIGHT, "practicals": 1.0}
PARKED = replace(ROAD, motion=Motion(), sky_confidence=0.0)
"""The road without a camera car on it, and without a sky that cities could light."""


def thing(kind: ObjectKind, aside: float, distance: float, tall: float, wide: float, up: float = 0.0) -> PlacedObject:
    """An object whose lower edge is `up` metres above the road."""
    foot = (aside, up - ROAD.camera.height_m, distance)
    x, bottom, depth = ROAD.camera.project(foot, ASPECT)
    half, high = wide / 2 * ROAD.camera.focal / depth / ASPECT, tall * ROAD.camera.focal / depth
    box = Box(x - half, bottom - high, x + half, bottom)
    return PlacedObject(ObjectId(f"{kind}/{aside}/{distance}"), kind, box, foot, Facing.REAR, 1.0)


def street_light(aside: float, distance: float) -> PlacedObject:
    return thing(ObjectKind.STREET_LIGHT, aside, distance, 8.6, 0.3)


def with_things(request: TranslateRequest, *things: PlacedObject) -> TranslateRequest:
    return replace(request, objects=tuple(sorted(things, key=lambda t: -t.at[2])))


def added(*things: PlacedObject, practicals: float = 1.0) -> torch.Tensor:
    """What things put into the picture of an unlit road (3, H, W)."""
    request = road({**NIGHT, "practicals": practicals}, size=SIZE, scene=PARKED)
    return seen(with_things(request, *things)) - seen(request)


def test_a_street_light_glows_at_its_head_and_lights_the_road_below() -> None:
    one = street_light(5.0, 22.0)
    gain = luminance(added(one))
    row, column = divmod(int(gain.argmax()), WIDTH)
    assert row == pytest.approx(one.box.top * HEIGHT, abs=3)
    assert one.box.center[0] * WIDTH - 40 < column < one.box.center[0] * WIDTH  # its arm reaches over the road
    foot = round(one.box.bottom * HEIGHT)
    assert gain[foot + 2 : foot + 6, column - 4 : column + 4].mean() > 0.01
    assert gain[foot + 2 : foot + 6, :20].mean() < 0.2 * gain[foot + 2 : foot + 6, column - 4 : column + 4].mean()


def test_its_pole_joins_head_and_ground() -> None:
    one = street_light(5.0, 22.0)
    request = road({**NIGHT, "practicals": 1.0}, size=SIZE, scene=PARKED, pixels=torch.full((3, HEIGHT, WIDTH), 0.6))
    lit = luminance(seen(with_things(request, one)))
    column = round(one.box.center[0] * WIDTH)
    for share in (0.35, 0.6, 0.85):
        row = round((one.box.top + share * one.box.height) * HEIGHT)
        assert lit[row, column - 2 : column + 3].min() < 0.8 * lit[row, column - 12 : column - 6].mean()


def test_no_ground_is_lit_without_a_lamp() -> None:
    dark, on = (luminance(seen(road({**NIGHT, "practicals": p}, size=SIZE, scene=PARKED))) for p in (0.0, 1.0))
    assert torch.allclose(dark, on, atol=1e-4)


def test_lamps_grow_with_practicals() -> None:
    ladder = [added(street_light(4.0, 14.0), practicals=p / 4).mean() for p in range(1, 5)]
    assert all(b > a > 0.0 for a, b in pairwise(ladder))


def test_lamps_do_not_depend_on_the_order_of_a_row() -> None:
    row = [street_light(side, 12.0 + 42.0 * i) for i in range(3) for side in (6.0, -9.0)]
    request = road(LIT, size=SIZE, scene=PARKED)
    one, other = (seen(replace(request, objects=tuple(order))) for order in (row, row[::-1]))
    assert torch.allclose(one, other, atol=2e-3)


def test_nothing_takes_light_away_but_a_pole() -> None:
    gain = luminance(added(street_light(6.0, 25.0)))
    assert float((gain < -2e-3).float().mean()) < 0.01


def test_the_moon_lights_what_faces_it() -> None:
    request = road({**NIGHT, "sun_azimuth": 90.0}, size=SIZE, scene=PARKED)  # the moon stands to the left
    left, right = torch.zeros(3, HEIGHT, WIDTH), torch.zeros(3, HEIGHT, WIDTH)
    left[0], right[0] = -1.0, 1.0
    flat = replace(request.maps, ground=torch.zeros(1, HEIGHT, WIDTH))
    one, other = (luminance(seen(replace(request, maps=replace(flat, normals=n)))).mean() for n in (left, right))
    assert one > 1.15 * other


@pytest.mark.parametrize("size", [(37, 23), (64, 48), (5, 2), (1, 1)])
def test_lamps_of_every_kind_are_sound_at_any_size(size: tuple[int, int]) -> None:
    things = [
        street_light(5.0, 22.0),
        thing(ObjectKind.BOLLARD, -2.0, 6.0, 0.97, 0.15),
        thing(ObjectKind.SIGN, 4.0, 15.0, 1.0, 3.0, up=3.0),
        thing(ObjectKind.WINDOW, -8.0, 15.0, 7.0, 12.0, up=1.0),
        thing(ObjectKind.VEHICLE, -3.5, 12.0, 1.48, 1.8),
    ]
    for dials in (
        LIT,
        {**LIT, "rain": 0.7, "wetness": 0.8},
        {"rain": 0.8},
        {**LIT, "sun_elevation": -4.0, "haze": 0.5},
    ):
        picture = seen(with_things(road(dials, size=size), *things))
        assert picture.shape == (3, size[1], size[0])
        assert torch.isfinite(picture).all()
        assert picture.min() >= 0.0
