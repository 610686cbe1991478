"""What each dial of the built-in translator promises, in numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from roads import CPU, EYE_M, FOCAL, HORIZON, NIGHT, ROAD, luminance, road, seen

import plugins.atmosphere
from core.camera import Motion
from core.condition import AXES, LIGHTNING, SCHEMA, AxisKind
from core.extension.manifest import load_manifest
from core.extension.translator import ShotTime
from plugins.atmosphere import fields, lens, lightning
from plugins.atmosphere.noise import Noise
from plugins.atmosphere.view import View

AMOUNTS = [axis.id for axis in SCHEMA if axis.kind is AxisKind.AMOUNT and axis.id != LIGHTNING]  # it flashes


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_dial_moves_the_picture_without_a_jump(amount: str) -> None:
    """Ten steps from neutral to full: no step is a large part of the whole way."""
    base = {"sun_elevation": -6.0} if amount == "sun" else dict(NIGHT) if amount == "practicals" else {}
    leaves = torch.tensor([0.10, 0.20, 0.05]).view(3, 1, 1).expand(3, 54, 96) if amount == "foliage" else None
    ladder = [seen(road({**base, amount: i / 10.0}, size=(96, 54), pixels=leaves)) for i in range(11)]
    steps = [float((b - a).abs().mean()) for a, b in pairwise(ladder)]
    assert sum(steps) > 0.0
    assert max(steps) < 0.45 * sum(steps)


def test_exposure_alone_is_exactly_a_power_of_two() -> None:
    request = road({"exposure": 1.5})
    assert torch.equal(seen(request), request.frame.pixels * 2.0**1.5)


def test_wind_alone_changes_nothing() -> None:
    request = road({"wind_speed": 12.0, "wind_from": 90.0})
    assert torch.equal(seen(request), request.frame.pixels)


def test_a_camera_balanced_for_lamplight_cools_daylight() -> None:
    grey = torch.full((3, 54, 96), 0.5)
    cool = seen(road({"white_balance": 3200.0}, size=(96, 54), pixels=grey)).mean((1, 2))
    warm = seen(road({"white_balance": 9000.0}, size=(96, 54), pixels=grey)).mean((1, 2))
    assert cool[2] > cool[1] > cool[0]
    assert warm[0] > warm[1] > warm[2]


def test_balancing_for_a_light_makes_it_neutral() -> None:
    """Light of 3000 K (as linear Rec.709) comes out grey from a camera balanced for 3000 K."""
    x, y = lens.white_xy(3000.0)
    to_rgb = torch.linalg.inv(torch.tensor(lens._RGB_TO_XYZ))
    light = to_rgb @ torch.tensor([x / y, 1.0, (1.0 - x - y) / y], dtype=torch.float64)
    white_x, white_y = lens.white_xy(lens.REFERENCE_K)
    white = to_rgb @ torch.tensor([white_x / white_y, 1.0, (1.0 - white_x - white_y) / white_y], dtype=torch.float64)
    balanced = torch.tensor(lens.balance_matrix(3000.0)) @ light
    assert torch.allclose(balanced, white, atol=1e-6)


def test_contrast_in_haze_falls_by_koschmieders_law() -> None:
    """Two greys at the same place keep a contrast of exp(-extinction · distance); the slope over distance is even."""
    dark, light = (seen(road({"haze": 0.4}, pixels=torch.full((3, 108, 192), level))) for level in (0.10, 0.30))
    contrast = (luminance(light) - luminance(dark)).mean(1)
    rows = [62, 65, 70, 80]
    distance = torch.tensor([FOCAL * EYE_M / ((r + 0.5) / 108 - HORIZON) for r in rows])
    slopes = -torch.log(contrast[rows]).diff() / distance.diff()
    assert float(slopes.mean()) == pytest.approx(0.05 * 0.4**3, rel=0.35)
    assert torch.all(contrast[rows].diff() > 0.0), "nearer is clearer"


def test_distance_fades_to_the_airlight() -> None:
    thick = luminance(seen(road({"haze": 1.0})))
    at_horizon, near = thick[56].mean(), thick[-1].mean()
    assert at_horizon > 0.8 > near


def test_taking_haze_out_undoes_koschmieder() -> None:
    """A dark road under thin haze comes back closer to what it was, the more the farther."""
    row = ((torch.arange(108, dtype=torch.float32) + 0.5) / 108).view(1, 108, 1).expand(3, 108, 192)
    distance = FOCAL * EYE_M / (row - HORIZON).clamp_min(1e-3)
    hazy = 0.9 + (0.15 - 0.9) * torch.exp(-0.004 * distance)
    request = road({"haze": -1.0}, pixels=hazy)
    error = (luminance(seen(request)) - 0.15).abs().mean(1) / (luminance(request.frame.pixels) - 0.15).abs().mean(1)
    assert torch.all(error[56:62] < 0.9)


def test_night_is_dark_and_its_sky_outshines_the_unlit_land() -> None:
    night = luminance(seen(road(NIGHT, scene=replace(ROAD, motion=Motion()))))
    assert night.mean() < 0.06
    assert night[45:52].mean() > night[60:].mean()


def test_low_beams_light_the_lane_and_not_the_sky() -> None:
    dark, lit = (luminance(seen(road({**NIGHT, "practicals": p}))) for p in (0.0, 1.0))
    gained = lit - dark
    assert gained[80:100, 80:112].mean() > 3.0 * gained[80:100, :20].mean()  # street lamps light the side too
    assert gained[80:100, 80:112].mean() > 10.0 * gained[5:15].mean()


def test_golden_light_is_warm_and_blue_hour_is_cool() -> None:
    golden = seen(road({"sun": 1.0, "sun_elevation": 5.0}))[:, 70:].mean((1, 2))
    blue = seen(road({"sun": 1.0, "sun_elevation": -5.0}))[:, 70:].mean((1, 2))
    assert golden[0] > golden[2]
    assert blue[2] > 1.2 * blue[0]


@pytest.mark.parametrize("cloud", [0.0, 0.6])
def test_the_day_passes_without_a_pop(cloud: float) -> None:
    """A tenth of a degree of sun is never more than a few per cent of light, from night to noon."""
    for elevation in (-18.0, -11.0, -8.1, -5.0, -4.1, -2.6, -2.1, -1.1, -0.1, 0.9, 4.9, 11.9, 29.9, 59.9):
        dials = {"sun": 1.0, "sun_azimuth": 15.0, "cloud": cloud, "practicals": 1.0, "haze": 0.2}
        a, b = (seen(road({**dials, "sun_elevation": elevation + d}, size=(96, 54))) for d in (0.0, 0.1))
        assert float((a - b).abs().mean() / a.mean()) < 0.06, elevation


def test_the_sun_is_seen_where_it_stands() -> None:
    x = luminance(seen(road({"sun": 1.0, "sun_elevation": 8.0, "sun_azimuth": 20.0})))
    row, column = divmod(int(x.argmax()), x.shape[1])
    view = View.of(ROAD.camera, 108, 192, CPU)
    assert float(view.azimuth[row, column]) == pytest.approx(0.349, abs=0.03)
    assert float(view.up[row, column]) == pytest.approx(0.139, abs=0.03)


def test_a_closed_deck_is_grey_and_bright() -> None:
    sky = seen(road({"cloud": 1.0}))[:, :45].mean((1, 2))
    assert float(sky.max() / sky.min()) < 1.2
    assert sky.mean() > 1.0


def streak_angle(wind_from: float) -> float:
    """Which way streaks lean, from the picture's structure tensor: positive leans to the right going down."""
    still = replace(ROAD, motion=Motion())
    request = road({"rain": 1.0, "wind_speed": 10.0, "wind_from": wind_from}, size=(384, 216), scene=still)
    picture = luminance(seen(request))
    gx, gy = picture[1:-1, 2:] - picture[1:-1, :-2], picture[2:, 1:-1] - picture[:-2, 1:-1]
    land = slice(112, None)
    return float(-(gx * gy)[land].sum())


def test_rain_leans_with_the_wind() -> None:
    from_left, from_right = streak_angle(270.0), streak_angle(90.0)
    assert from_left > 0.0 > from_right


def test_rain_and_snow_move_from_frame_to_frame_and_come_back_the_same() -> None:
    for axis in ("rain", "snow"):
        a, b, again = (seen(road({axis: 0.8}, index=i)) for i in (10, 11, 10))
        assert torch.equal(a, again)
        assert not torch.equal(a, b)


def test_wet_ground_is_darker_near_and_mirrors_far() -> None:
    still = replace(ROAD, motion=Motion())
    dry, wet = (luminance(seen(road({"wetness": w}, scene=still))) for w in (0.0005, 1.0))
    assert wet[100:].mean() < 0.95 * dry[100:].mean()
    assert wet[56:62].mean() > dry[56:62].mean()


def test_snow_cover_whitens_the_ground_only() -> None:
    still = replace(ROAD, motion=Motion())
    request = road({"snow_cover": 1.0}, scene=still)
    snow = luminance(seen(request))
    assert snow[70:].mean() > 0.6
    assert torch.allclose(snow[:40], luminance(request.frame.pixels)[:40], atol=0.02)


def test_autumn_turns_leaves_and_leaves_grey_alone() -> None:
    """Trees whose green differs a little turn out in colours of their own, red before green on the whole."""
    trees = [torch.tensor([0.10, g, 0.05]).view(3, 1, 1).expand(3, 108, 48) for g in (0.17, 0.19, 0.21, 0.23)]
    leaf = torch.cat(trees, 2)
    turned = seen(road({"foliage": 1.0}, pixels=leaf))[:, 60:]
    colours = [turned[:, :, 48 * k + 12 : 48 * k + 36].mean((1, 2)) for k in range(4)]
    assert turned.mean((1, 2))[0] > 1.05 * turned.mean((1, 2))[1]
    ratios = [float(c[0] / c[1]) for c in colours]
    assert max(ratios) > 1.25 * min(ratios)
    fresh = seen(road({"foliage": -1.0}, pixels=leaf))[:, 60:].mean((1, 2))
    assert fresh[1] / fresh[0] > 2.1
    grey = torch.full((3, 108, 192), 0.3)
    assert torch.allclose(seen(road({"foliage": 1.0}, pixels=grey)), grey, atol=0.01)


def test_lightning_follows_from_the_seed() -> None:
    times = [lightning.flashes(0.8, 5, span) for span in range(20)]
    assert times == [lightning.flashes(0.8, 5, span) for span in range(20)]
    assert times != [lightning.flashes(0.8, 6, span) for span in range(20)]
    starts = [strokes[0][0] for strokes in times if strokes]
    assert 8 <= len(starts) <= 20
    dark, bright = (lightning.brightness(0.8, 5, t, 0.04) for t in (starts[0] - 0.1, starts[0]))
    assert bright > 0.05 > dark


def test_a_flash_lights_cloud_and_ground() -> None:
    start = next(s[0][0] for span in range(20) if (s := lightning.flashes(1.0, 1, span)))
    dial = {"lightning": 1.0, "cloud": 1.0}
    request = road(dial)
    lit, before = (
        luminance(seen(replace(request, time=ShotTime(round(t * 25), t, 0.04)))) for t in (start, start - 0.2)
    )
    assert lit[:40].mean() > 1.1 * before[:40].mean()
    assert lit[70:].mean() > 1.05 * before[70:].mean()


@pytest.mark.parametrize("size", [(37, 23), (960, 540)])
def test_a_preview_agrees_with_the_full_picture(size: tuple[int, int]) -> None:
    """The mean of the picture does not depend on the size at which it is rendered."""
    dials = {"sun": 1.0, "sun_elevation": 6.0, "cloud": 0.4, "haze": 0.3}
    here, reference = seen(road(dials, size=size)), seen(road(dials))
    assert float(here.mean()) == pytest.approx(float(reference.mean()), rel=0.08)


def test_grain_belongs_to_the_frame_and_the_seed() -> None:
    still = replace(ROAD, motion=Motion())
    plates = [seen(road(NIGHT, index=i, seed=s, scene=still)) for i, s in ((1, 1), (2, 1), (1, 2), (1, 1))]
    assert torch.equal(plates[0], plates[3])
    assert not torch.equal(plates[0], plates[1])
    assert not torch.equal(plates[0], plates[2])


def test_opencv_and_torch_operators_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The path that other devices take, run on the CPU."""
    x = torch.rand(3, 45, 70)
    u, v = torch.rand(20, 30) * 900.0 - 300.0, torch.rand(20, 30) * 900.0 - 300.0
    texture = Noise(CPU).texture

    def everything() -> list[torch.Tensor]:
        return [
            fields.resize(x, 90, 141),
            fields.halve(x, 2),
            fields.blur(x, 2.0, 0.7),
            fields.box(x, 3),
            fields.spread((x[:1] > 0.9).to(torch.float32), 2),
            *fields.guided_split(x[:1], 8, 0.3),
            fields.sample(texture, u, v),
        ]

    with_opencv = everything()
    monkeypatch.setattr(fields, "on_opencv", lambda _: False)
    for one, other in zip(with_opencv, everything(), strict=True):
        assert one.shape == other.shape
        assert torch.allclose(one, other, atol=0.05 if one.shape == u.shape else 2e-5)


def test_every_axis_is_declared() -> None:
    spec = load_manifest(Path(plugins.atmosphere.__file__).parent)
    assert set(spec.axes) == set(AXES)


def test_one_point_is_projected_like_many() -> None:
    view = View.of(ROAD.camera, 108, 192, CPU)
    for point in ((1.0, -0.5, 8.0), (-3.0, 2.0, 30.0), (0.2, 0.1, -4.0)):
        many = view.project(*(torch.tensor([c]) for c in point))
        assert view.pixel(*point) == pytest.approx([float(c) for c in many], rel=1e-4)


@pytest.mark.parametrize("look", [{**NIGHT, "practicals": 1.0}, {"haze": -0.6}, {"cloud": 0.8, "rain": 0.6}])
def test_the_bits_do_not_depend_on_how_many_threads_share_the_work(look: dict[str, float]) -> None:
    before = torch.get_num_threads()
    try:
        pictures = []
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            pictures.append(seen(road(look, size=(480, 270))))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(pictures[0], other) for other in pictures[1:])
