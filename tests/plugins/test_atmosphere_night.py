"""Night: every lamp stands where its object says, lights what is around it, and nothing is lit without a lamp."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch
from roads import NIGHT, ROAD, luminance, road, seen

from core.camera import Motion
from core.extension.translator import TranslateRequest
from core.objects import Box, Facing, ObjectId, ObjectKind, PlacedObject, lamp_post
from core.world.model import Surface
from plugins.atmosphere import dawn, streetlights
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.tables import Tables
from tests.plugins.streets import street_frame, street_request

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


@pytest.mark.parametrize(("aside", "distance", "wide"), [(5.0, 22.0, 0.3), (-7.0, 16.0, 0.3), (6.0, 20.0, 2.2)])
def test_a_street_light_glows_where_the_hand_takes_hold_of_its_head(aside: float, distance: float, wide: float) -> None:
    one = thing(ObjectKind.STREET_LIGHT, aside, distance, 8.6, wide)
    u, v, _ = ROAD.camera.project(lamp_post(one, ROAD.camera, ASPECT).head, ASPECT)
    assert v == pytest.approx(one.box.top, abs=1e-6)
    gain = luminance(added(one))
    row, column = divmod(int(gain.argmax()), WIDTH)
    assert (column + 0.5, row + 0.5) == pytest.approx((u * WIDTH, v * HEIGHT), abs=1.0)


def test_its_pole_joins_head_and_ground() -> None:
    one = street_light(5.0, 22.0)
    request = road({**NIGHT, "practicals": 1.0}, size=SIZE, scene=PARKED, pixels=torch.full((3, HEIGHT, WIDTH), 0.6))
    lit = luminance(seen(with_things(request, one)))
    column = round(one.box.center[0] * WIDTH)
    for share in (0.35, 0.6, 0.85):
        row = round((one.box.top + share * one.box.height) * HEIGHT)
        assert lit[row, column - 2 : column + 3].min() < 0.8 * lit[row, column - 12 : column - 6].mean()


def test_the_pole_of_a_dim_lamp_is_as_solid_as_that_of_a_bright_one() -> None:
    request = road({**NIGHT, "practicals": 1.0}, size=SIZE, scene=PARKED, pixels=torch.full((3, HEIGHT, WIDTH), 0.6))
    one = street_light(5.0, 22.0)
    row, column = round((one.box.top + 0.5 * one.box.height) * HEIGHT), round(one.box.center[0] * WIDTH)
    for strength in (0.1, 1.0):
        lit = luminance(seen(with_things(request, replace(one, strength=strength))))
        assert lit[row, column - 2 : column + 3].min() < 0.8 * lit[row, column - 12 : column - 6].mean()


def test_no_mast_shows_through_a_car_that_stands_before_it() -> None:
    request = street_request(28, LIT)
    assert request.maps.classes is not None
    shot = Shot.of(request, Tables(torch.device("cpu")))
    frame = street_frame(28)
    body = frame.surface == Surface.PAINT
    inner = cv2.erode(body.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    rows, columns = np.nonzero(inner)
    window = slice(int(rows.min()), int(rows.max())), slice(int(columns.min()), int(columns.max()))
    ahead = 1.5 * float(frame.depth[inner].max())
    shown = streetlights.unhidden(shot, *window, ahead)[0].numpy()
    assert shown[inner[window]].max() < 0.05
    assert streetlights.unhidden(shot, *window, 0.5 * float(frame.depth[inner].min()))[0].numpy().min() > 0.95


def test_a_pool_is_two_or_three_lamp_heights_across() -> None:
    lamp = streetlights.Light((0.0, 6.6, 20.0), 0.0, 8.0, 1.0, is_low=False)
    away = torch.arange(0, 25)[None].float()
    plane = [away, torch.full_like(away, lamp.foot_y), torch.full_like(away, 20.0), torch.ones_like(away)]
    light = streetlights._lit(lamp, plane)[0]
    assert light[8] < 0.3 * light[0]
    assert 0.03 * light[0] < light[12] < 0.15 * light[0]
    assert light[17] == 0.0
    assert bool((light.diff() <= 0.0).all())


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
    left, right = torch.zeros(3, HEIGHT // 2, WIDTH // 2), torch.zeros(3, HEIGHT // 2, WIDTH // 2)
    left[0], right[0] = -1.0, 1.0
    flat = replace(request.maps, ground=torch.zeros(1, HEIGHT, WIDTH))
    one, other = (luminance(seen(replace(request, maps=replace(flat, normals=n)))).mean() for n in (left, right))
    assert one > 1.15 * other


def test_rooms_behind_panes_are_lit_and_some_are_not() -> None:
    front = thing(ObjectKind.WINDOW, 0.0, 30.0, 9.9, 18.4, up=0.5)
    gain = luminance(added(front))
    rows = slice(round(front.box.top * HEIGHT) + 1, round(front.box.bottom * HEIGHT) - 1)
    columns = slice(round(front.box.left * WIDTH) + 1, round(front.box.right * WIDTH) - 1)
    panes = gain[rows, columns]
    assert panes.quantile(0.8) > 0.05
    assert panes.quantile(0.05) < 0.2 * panes.quantile(0.8)
    outside = gain.clone()
    outside[rows.start - 6 : rows.stop + 6, columns.start - 6 : columns.stop + 6] = 0.0
    assert outside.max() < 0.5 * panes.max()


def test_rooms_stay_behind_their_panes_as_the_camera_comes_nearer() -> None:
    """Twice as near, the same façade shows the same lit rooms."""

    def pattern(distance: float) -> torch.Tensor:
        front = replace(thing(ObjectKind.WINDOW, 0.0, distance, 6.6, 13.8, up=0.2), id=ObjectId("front"))
        gain = luminance(added(front))
        cells = []
        for j in range(2):
            for i in range(3):
                x = front.box.left + (i + 0.5) / 3 * front.box.width
                y = front.box.top + (j + 0.5) / 2 * front.box.height
                row, column = round(y * HEIGHT), round(x * WIDTH)
                cells.append(gain[row - 4 : row + 5, column - 4 : column + 5].mean())
        return torch.stack(cells)

    far, near = pattern(28.0), pattern(16.0)
    assert torch.corrcoef(torch.stack([far, near]))[0, 1] > 0.8


def test_a_sign_shines_in_its_own_colours() -> None:
    pixels = torch.full((3, HEIGHT, WIDTH), 0.2)
    board = thing(ObjectKind.SIGN, 3.0, 14.0, 2.0, 4.0, up=2.5)
    row, column = round(board.box.center[1] * HEIGHT), round(board.box.center[0] * WIDTH)
    pixels[:, row - 8 : row + 8, column - 10 : column + 10] = torch.tensor([0.05, 0.5, 0.1]).view(3, 1, 1)
    request = road(LIT, size=SIZE, scene=PARKED, pixels=pixels)
    face = (seen(with_things(request, board)) - seen(request))[:, row - 5 : row + 5, column - 6 : column + 6].mean(
        (1, 2)
    )
    assert face[1] > 0.2
    assert face[1] > 2.0 * face[0]


def test_glass_in_walls_glows_without_anyone_saying_so() -> None:
    def lit(glass: float) -> torch.Tensor:
        pixels = torch.full((3, HEIGHT, WIDTH), 0.3)
        for left in range(60, 200, 28):  # panes are darker than their wall
            pixels[:, 40:100, left : left + 12] = 0.12
        request = road(LIT, size=SIZE, scene=replace(PARKED, sky_confidence=1.0), pixels=pixels)
        classes = torch.zeros(8, HEIGHT // 2, WIDTH // 2)
        classes[5, 20:50, 30:100] = 1.0 - glass
        classes[6, 20:50, 30:100] = glass
        maps = replace(request.maps, classes=classes, sky=request.maps.sky.clone())  # type: ignore[union-attr]
        maps.sky[:, 40:100, 60:200] = 0.0  # type: ignore[index]
        return luminance(seen(replace(request, maps=maps)))[50:90, 70:190]

    assert (lit(1.0) - lit(0.0)).max() > 0.05


def test_a_night_shot_is_lifted_into_day_and_a_day_shot_is_left_alone() -> None:
    day = {"sun": 1.0, "sun_elevation": 45.0}
    dark = road(day, size=SIZE, pixels=seen(road(NIGHT, size=SIZE, scene=replace(ROAD, motion=Motion()))))
    land = slice(HEIGHT // 2 + 6, None)
    lifted, was = seen(dark)[:, land], dark.frame.pixels[:, land]
    assert lifted.mean() > 3.0 * was.mean()
    grain = (lifted - lifted.mean(2, keepdim=True)).std() / lifted.mean()
    assert grain < 2.0 * (was - was.mean(2, keepdim=True)).std() / was.mean()
    bright = road(day, size=SIZE)
    shot = Shot.of(bright, Tables(torch.device("cpu")))
    assert dawn.lift(bright.frame.pixels, shot) is bright.frame.pixels


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
