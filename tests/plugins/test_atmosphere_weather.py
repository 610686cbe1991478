"""What weather promises: the law of fog, the way of a drop, patterns that stand in the world, materials that are respected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from math import atan2, degrees, exp

import cv2
import numpy as np
import pytest
import torch

from core.camera import Camera, Motion, Pose
from core.cancel import CancelToken
from core.condition import Condition
from core.extension.translator import Maps, TranslateRequest
from core.frame import Frame
from core.objects import Box, Facing, ObjectId, ObjectKind, PlacedObject
from core.scene import Scene, SunAsShot, SurfaceClass
from plugins.atmosphere import air, fields, ground, lamps, lens, particles, season, snow, surface, translator
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.tables import Tables
from plugins.atmosphere.translator import Atmosphere
from tests.plugins.streets import WORLD, carried, street_frame, street_request

CPU = torch.device("cpu")


def seen(request: TranslateRequest) -> torch.Tensor:
    return Atmosphere(CPU).translate(request, CancelToken()).pixels


def shot_of(request: TranslateRequest) -> Shot:
    return Shot.of(request, Tables(CPU))


def under(request: TranslateRequest, condition: Mapping[str, float]) -> TranslateRequest:
    return replace(request, condition=Condition.of(condition).effective)


def luminance(x: torch.Tensor) -> torch.Tensor:
    return fields.luma(x)[0]


# Air


@pytest.mark.parametrize("haze", [0.3, 0.45, 0.6, 0.8])
def test_fog_fades_contrast_by_the_extinction_that_was_asked(haze: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two greys over the whole street: the log of their contrast falls in a straight line along the way through the air.

    What the lens adds after the air is left out, and so are the two pixels beside a silhouette: air is drawn at half size.
    """
    monkeypatch.setattr(lens, "grain_strength", lambda _: 0.0)
    monkeypatch.setattr(lens, "bloom", lambda x, _: x)
    street = street_frame(3)
    height, width = street.depth.shape
    dark, light = (
        street_request(3, {"haze": haze}, pixels=torch.full((3, height, width), level)) for level in (0.10, 0.30)
    )
    contrast = luminance(seen(light)) - luminance(seen(dark))
    shot = shot_of(dark)
    low = air.scale_height(shot)
    asked = air.DENSEST * haze**3 * exp(-WORLD.camera_height_m / low)
    reach = (torch.from_numpy(street.depth) / shot.view.ahead).clamp(0.0, 1e4)
    way = air.optical_depth(1.0, low, shot.view.up, reach)
    stops = np.log(np.minimum(street.depth, 1e4))
    whole = torch.from_numpy(cv2.dilate(stops, np.ones((5, 5))) - cv2.erode(stops, np.ones((5, 5))) < 0.25)
    here = whole & (torch.from_numpy(street.sky) < 0.01) & (way < 300.0) & (way * asked < 3.0)
    x, y = way[here].double(), -contrast[here].double().log()
    slope = float(((x - x.mean()) * (y - y.mean())).mean() / x.var(correction=0))
    fitted = y.mean() + slope * (x - x.mean())
    assert slope == pytest.approx(asked, rel=0.05)
    assert float((y - fitted).square().mean() / y.var(correction=0)) <= 0.02, "R² is at least 0.98"


def test_a_camera_above_the_fog_looks_through_thinner_air() -> None:
    request = street_request(3, {"haze": 0.6})
    high = replace(request, scene=replace(request.scene, camera=replace(request.scene.camera, height_m=25.0)))
    assert air.extinction(shot_of(high)) < 0.7 * air.extinction(shot_of(request))


def test_the_sea_melts_into_the_sky_though_its_horizon_was_guessed_too_high() -> None:
    height, width = 108, 192
    row = (torch.arange(height, dtype=torch.float32) + 0.5).div(height).view(1, height, 1).expand(1, height, width)
    sky = (row < 0.50).to(torch.float32).contiguous()
    water = torch.zeros(len(SurfaceClass), height, width)
    water[list(SurfaceClass).index(SurfaceClass.WATER)] = 1.0 - sky[0]
    scene = Scene(Camera(1.0, 0.45, 10.0), sky_confidence=1.0, ground_confidence=1.0)
    maps = Maps(
        sky=sky,
        ground=1.0 - sky,
        inverse_depth=((row - 0.45) / 10.0).clamp_min(0.0).contiguous(),
        classes=fields.halve(water),
    )
    request = replace(
        street_request(3, {"haze": 0.5, "cloud": 0.6}),
        frame=Frame((sky * 0.8 + (1.0 - sky) * 0.1).expand(3, height, width).contiguous()),
        maps=maps,
        scene=scene,
    )
    line = luminance(seen(request)).mean(1)
    assert line[55] > 0.85 * line[50]


def test_depth_without_a_scale_still_thickens_the_haze_with_distance() -> None:
    height, width = 108, 96
    inverse = torch.linspace(0.1, 0.2, height).view(1, height, 1).expand(1, height, width).contiguous()
    request = replace(
        street_request(3, {"haze": 0.6}),
        frame=Frame(torch.full((3, height, width), 0.15)),
        maps=Maps(inverse_depth=inverse),
        scene=Scene(Camera(0.7, 0.47)),
    )
    line = luminance(seen(request)).mean(1)
    assert line[5] > 1.3 * line[-5]


# Rain and snow in the air


def driving(forward_m_s: float, condition: Mapping[str, float], index: int = 5) -> TranslateRequest:
    """Dark ground under dark sky, a camera that drives straight on; nothing but what falls is bright."""
    height, width = 270, 480
    row = (torch.arange(height, dtype=torch.float32) + 0.5).div(height).view(1, height, 1).expand(1, height, width)
    sky = (row < 0.5).to(torch.float32).contiguous()
    camera, frame_s = Camera(0.9, 0.5, 1.4), 1 / 25.0
    base = street_request(3, condition)
    return replace(
        base,
        frame=Frame(torch.full((3, height, width), 0.02)),
        maps=Maps(sky=sky, ground=1.0 - sky, inverse_depth=((row - 0.5) / 1.26).clamp_min(0.0).contiguous()),
        scene=Scene(camera, Motion(forward_m_s), sky_confidence=1.0, ground_confidence=1.0),
        time=replace(base.time, index=index, seconds=index * frame_s, frame_s=frame_s),
        pose=Pose(ahead_m=forward_m_s * index * frame_s, horizon=0.5),
        pose_after=Pose(ahead_m=forward_m_s * (index + 1) * frame_s, horizon=0.5),
    )


@pytest.mark.parametrize("forward", [0.0, 15.0])
def test_a_drop_moves_by_its_fall_the_wind_and_the_camera_while_the_shutter_is_open(forward: float) -> None:
    shot = shot_of(driving(forward, {"rain": 1.0, "wind_speed": 6.0, "wind_from": 270.0}))
    swarm = particles.rain_swarm(shot)
    moved = (swarm.end - swarm.start).double() / particles.DAY_SHUTTER_S
    assert torch.allclose(moved[:, 0], torch.full_like(moved[:, 0], 6.0), atol=0.01)
    assert torch.allclose(moved[:, 2], torch.full_like(moved[:, 2], -forward), atol=0.01)
    fall = -moved[:, 1]
    assert float(fall.min()) >= 0.75 * particles.FALL_M_S - 0.01
    assert float(fall.max()) <= 1.25 * particles.FALL_M_S + 0.01


@pytest.mark.parametrize("wind", [3.0, 8.2])
def test_streaks_lean_as_wind_and_fall_say(wind: float) -> None:
    """From the picture's structure tensor over the sky, the camera at rest and the wind across."""
    request = driving(0.0, {"rain": 1.0, "wind_speed": wind, "wind_from": 270.0})
    shot = shot_of(request)
    veil = fields.blur(particles._streaks(particles.rain_swarm(shot), shot), 1.2)[0, :130]
    gx, gy = veil[1:-1, 2:] - veil[1:-1, :-2], veil[2:, 1:-1] - veil[:-2, 1:-1]
    xx, yy, xy = (float((a * b).sum()) for a, b in ((gx, gx), (gy, gy), (gx, gy)))
    across = 0.5 * atan2(2.0 * xy, xx - yy)  # direction of the strongest gradient; streaks stand at right angles to it
    lean = degrees(-across)
    assert lean == pytest.approx(degrees(atan2(wind, particles.FALL_M_S)), abs=4.0)


def test_a_camera_that_turns_looks_into_another_part_of_the_same_rain() -> None:
    request = driving(0.0, {"rain": 1.0})
    turned = replace(
        request, pose=replace(request.pose, yaw_rad=0.2), pose_after=replace(request.pose_after, yaw_rad=0.2)
    )
    here, there = (particles.rain_swarm(shot_of(r)).start.double() for r in (request, turned))
    c, s = np.cos(0.2), np.sin(0.2)
    back = torch.stack([there[:, 0] * c + there[:, 2] * s, there[:, 1], there[:, 2] * c - there[:, 0] * s], 1)
    near = here[(here.norm(dim=1) < 4.0) & (here[:, 2] > 2.5) & (here[:, 0].abs() < 1.0)]
    nearest = torch.cdist(near[:200], back).amin(1)
    assert len(near) > 20
    assert float((nearest < 1e-3).double().mean()) > 0.95


def test_drops_burst_on_level_ground_only() -> None:
    request = driving(0.0, {"rain": 1.0})
    assert request.maps.ground is not None
    classes = torch.zeros(len(SurfaceClass), *request.maps.ground.shape[1:])
    paved, water = classes.clone(), classes.clone()
    paved[list(SurfaceClass).index(SurfaceClass.ROAD)] = request.maps.ground[0]
    water[list(SurfaceClass).index(SurfaceClass.WATER)] = request.maps.ground[0]
    bursts = [
        particles._splashes(shot_of(replace(request, maps=replace(request.maps, classes=fields.halve(c)))))
        for c in (paved, water)
    ]
    assert bursts[0] is not None
    assert bursts[1] is not None
    assert float(bursts[0].sum()) > 1.0
    assert float(bursts[1].sum()) == 0.0


def test_rain_without_ground_only_veils_the_shot() -> None:
    request = driving(0.0, {"rain": 1.0, "wetness": 1.0})
    bare = replace(request, scene=replace(request.scene, ground_confidence=0.0))
    assert particles._splashes(shot_of(bare)) is None
    x = seen(bare)
    assert torch.isfinite(x).all()
    assert luminance(x)[140:].mean() > luminance(bare.frame.pixels)[140:].mean()


def test_spray_hangs_behind_a_vehicle() -> None:
    dials = {"rain": 0.9, "wetness": 1.0}
    request = street_request(3, dials)
    request = replace(request, scene=replace(request.scene, motion=Motion(15.0)))
    box = Box(0.40, 0.50, 0.50, 0.62)
    at = request.scene.camera.on_ground(0.45, 0.62, 16 / 9)
    car = PlacedObject(ObjectId("car"), ObjectKind.VEHICLE, box, at, Facing.REAR, 1.0)
    gain = luminance(seen(replace(request, objects=(car,)))) - luminance(seen(request))
    plume, far = gain[150:166, 196:236], gain[:, 330:]
    assert float(plume.mean()) > 0.01
    assert float(far.abs().mean()) < 0.002


# Ground


ANCHORED: tuple[Mapping[str, float], ...] = (
    {"snow_cover": 0.35},
    {"snow_cover": 0.9},
    {"wetness": 0.9},
    {"wetness": 0.6, "snow_cover": 0.5},
)


@pytest.mark.parametrize("dials", ANCHORED, ids=str)
def test_patterns_on_the_ground_move_with_the_exact_flow(
    dials: Mapping[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part of the picture that the flow does not explain, over the contrast: at most a tenth more than the source has."""
    monkeypatch.setattr(lens, "grain_strength", lambda _: 0.0)
    index = 6
    now = street_frame(index)
    paved = torch.from_numpy((now.ground > 0.99) & now.visible)
    paved[:150] = False
    requests = [street_request(i, dials) for i in (index - 1, index)]
    requests = [replace(r, scene=replace(r.scene, motion=Motion(WORLD.speed_m_s))) for r in requests]

    def residual(before: torch.Tensor, after: torch.Tensor) -> float:
        change = luminance(carried(index, before)) - luminance(after)
        return float(change[paved].abs().mean() / luminance(after)[paved].std())

    source = residual(*(r.frame.pixels for r in requests))
    assert residual(*(seen(r) for r in requests)) <= 1.10 * source


@pytest.mark.parametrize("dials", [{"snow_cover": 0.6}, {"wetness": 0.8}, {"foliage": 0.8}, {"cloud": 0.7}], ids=str)
def test_nothing_but_grain_changes_while_nothing_moves(
    dials: Mapping[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lens, "grain_strength", lambda _: 0.0)
    first = street_request(3, dials)
    later = replace(first, time=replace(first.time, index=40, seconds=40 / WORLD.rate))
    assert torch.equal(seen(first), seen(later))


@pytest.mark.parametrize("axis", ["rain", "snow", "snow_cover", "wetness", "haze", "cloud", "foliage"])
def test_more_of_a_dial_never_changes_the_picture_less(axis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lens, "grain_strength", lambda _: 0.0)
    source = street_request(3, {}).frame.pixels
    ladder = [float((seen(street_request(3, {axis: a / 8})) - source).abs().mean()) for a in range(1, 9)]
    assert all(b >= 0.995 * a for a, b in pairwise(ladder)), ladder


def covered(dials: Mapping[str, float]) -> torch.Tensor:
    """How much brighter the street is under snow than without."""
    request = street_request(3, dials)
    return luminance(seen(request)) - luminance(request.frame.pixels)


def test_snow_lies_on_the_ground_and_not_on_walls_glass_or_water() -> None:
    gain, kinds = fields.halve(covered({"snow_cover": 0.9})[None])[0], street_request(3, {}).maps.classes
    assert kinds is not None
    mean = {kind: float(gain[kinds[i] > 0.9].mean()) for i, kind in enumerate(SurfaceClass) if (kinds[i] > 0.9).any()}
    assert min(mean[SurfaceClass.ROAD], mean[SurfaceClass.PATH]) > 0.25
    assert max(mean[SurfaceClass.GLASS], mean[SurfaceClass.BUILDING]) < 0.4 * mean[SurfaceClass.ROAD]


def test_traffic_wears_tracks_into_the_snow() -> None:
    request = driving(15.0, {"snow_cover": 0.6})
    x = luminance(seen(replace(request, frame=Frame(torch.full((3, 270, 480), 0.12)))))[150:]
    view = shot_of(request).view
    across = (view.right * view.ground_range)[150:]
    apart = (across.abs() - snow.TRACK_M).abs()
    in_lane = across.abs() < 1.5
    worn, kept = x[in_lane & (apart < 0.15)], x[in_lane & (apart > 0.5)]
    assert float(worn.mean()) < 0.85 * float(kept.mean())


def test_the_border_of_a_material_does_not_show_as_the_border_of_the_snow() -> None:
    """A straight, soft edge between grass and wall: the cover crosses its middle at rows that differ from column to column."""
    height, width = 216, 384
    row = (torch.arange(height, dtype=torch.float32) + 0.5).div(height).view(1, height, 1).expand(1, height, width)
    share = ((row - 0.55) / 0.08).clamp(0.0, 1.0)
    classes = torch.zeros(len(SurfaceClass), height, width)
    classes[list(SurfaceClass).index(SurfaceClass.GRASS)] = share[0]
    texture = 0.2 * torch.exp2(2.0 * torch.randn(1, height, width, generator=torch.Generator().manual_seed(3)))
    base = driving(0.0, {"snow_cover": 0.6})
    maps = Maps(
        sky=(row < 0.4).to(torch.float32).contiguous(),
        ground=torch.zeros(1, height, width),
        inverse_depth=((row - 0.5) / 1.26).clamp_min(0.02).contiguous(),
        classes=fields.halve(classes),
    )
    request = replace(base, maps=maps, frame=Frame(fields.blur(texture, 2.5).expand(3, height, width).contiguous()))
    snowy = fields.blur(luminance(seen(request))[None], 1.0)[0] > 0.45
    first = snowy[100:].to(torch.float32).argmax(0)
    assert float(first.to(torch.float32).std()) > 1.0


def test_a_roof_holds_snow_where_the_vehicle_is_and_not_where_its_box_is() -> None:
    request = street_request(3, {"snow_cover": 0.9})
    assert request.maps.classes is not None
    height, width = request.frame.height, request.frame.width
    classes = torch.zeros_like(request.maps.classes)
    classes[list(SurfaceClass).index(SurfaceClass.VEHICLE), 60:80, 100:130] = 1.0
    car = PlacedObject(
        ObjectId("car"),
        ObjectKind.VEHICLE,
        Box(196 / width, 112 / height, 264 / width, 160 / height),
        (0.0, -1.4, 8.0),
        Facing.REAR,
        1.0,
    )
    grey = Frame(torch.full((3, height, width), 0.1))
    none = replace(request, maps=replace(request.maps, classes=classes), frame=grey)
    gain = luminance(seen(replace(none, objects=(car,)))) - luminance(seen(none))
    assert float(gain[120:123, 206:254].mean()) > 0.3
    assert float(gain[110:118, 200:260].abs().mean()) < 0.05
    assert float(gain[135:155, 206:254].abs().mean()) < 0.05


def test_puddles_stay_off_plants_and_water() -> None:
    request = driving(0.0, {"wetness": 1.0})
    assert request.maps.ground is not None
    for kind, wet in ((SurfaceClass.ROAD, True), (SurfaceClass.PLANT, False), (SurfaceClass.WATER, False)):
        classes = torch.zeros(len(SurfaceClass), *request.maps.ground.shape[1:])
        classes[list(SurfaceClass).index(kind)] = request.maps.ground[0]
        _, puddle = ground._water(shot_of(replace(request, maps=replace(request.maps, classes=fields.halve(classes)))))
        assert (float(puddle.amax()) > 0.5) is wet


# Old light


def coast(height_m: float, earth: tuple[float, float, float]) -> TranslateRequest:
    """The sea to the left, earth of one colour to the right, seen from above them."""
    base = driving(0.0, {"snow_cover": 0.6})
    pixels, classes = torch.full((3, 270, 480), 0.10), torch.zeros(len(SurfaceClass), 270, 480)
    pixels[:, :, 200:] = torch.tensor(earth).view(3, 1, 1)
    pixels *= 1.0 + 0.4 * torch.randn(1, 270, 480, generator=torch.Generator().manual_seed(4)).clamp(-2.0, 2.0)
    pixels[:, :135] = 0.8
    for kind, columns in ((SurfaceClass.WATER, slice(0, 200)), (SurfaceClass.GRASS, slice(200, 480))):
        classes[list(SurfaceClass).index(kind), 135:, columns] = 1.0
    scene = replace(base.scene, camera=replace(base.scene.camera, height_m=height_m), motion=Motion())
    return replace(base, frame=Frame(pixels), scene=scene, maps=replace(base.maps, classes=fields.halve(classes)))


def test_a_bare_cliff_over_the_sea_sheds_snow_and_a_green_slope_or_a_street_does_not() -> None:
    bare, green = (0.34, 0.26, 0.19), (0.16, 0.22, 0.11)
    cliff, slope, street = (
        snow._steep(shot_of(coast(*one)))[100:, 105:125].mean() for one in ((12.0, bare), (12.0, green), (1.5, bare))
    )
    assert cliff > 0.4
    assert slope < 0.05 * cliff
    assert street == 0.0


def across_the_road(tint: tuple[float, float, float], condition: Mapping[str, float]) -> tuple[float, float]:
    """Stops between plain road and a band over it that is darker by `tint`, before and after."""
    base = driving(0.0, condition)
    pixels = torch.full((3, 270, 480), 0.25)
    pixels[:, 180:225] *= torch.tensor(tint).view(3, 1, 1)
    request = replace(base, frame=Frame(pixels))

    def stops(x: torch.Tensor) -> float:
        y = luminance(x)
        return float(torch.log2(y[235:250].mean() / y[195:210].mean()))

    return stops(pixels), stops(seen(request))


def test_a_cast_shadow_goes_under_cloud_and_a_patch_of_new_tarmac_stays() -> None:
    before, after = across_the_road((0.30, 0.34, 0.42), {"cloud": 1.0})
    assert after < 0.35 * before
    before, after = across_the_road((0.34, 0.34, 0.34), {"cloud": 1.0})
    assert after > 0.40 * before


def test_a_sun_that_is_known_is_taken_off_the_walls_it_shone_on() -> None:
    """Two walls of one stone, one in the sun and one turned away: under cloud they come closer than without knowing."""
    base = driving(0.0, {"cloud": 1.0})
    normals, pixels = torch.zeros(3, 270, 480), torch.full((3, 270, 480), 0.2)
    left, right = (slice(60, 130), slice(40, 220)), (slice(60, 130), slice(260, 440))
    normals[1, 135:] = 1.0
    for side, across, level in ((left, 1.0, 0.45), (right, -1.0, 0.14)):
        normals[0][side], pixels[:, side[0], side[1]] = across, level
    sky = torch.zeros(1, 270, 480)
    sky[:, :50] = 1.0
    maps = replace(base.maps, normals=fields.halve(normals), sky=sky)
    request = replace(base, maps=maps, frame=Frame(pixels))

    def apart(r: TranslateRequest) -> float:
        y = luminance(seen(r))
        return float(torch.log2(y[80:110, 100:160].mean() / y[80:110, 320:380].mean()))

    known = replace(request, scene=replace(request.scene, sun=SunAsShot(azimuth_deg=90.0, elevation_deg=30.0)))
    assert apart(known) < 0.6 * apart(request)


def test_clipped_foam_keeps_a_shape_when_it_is_dimmed() -> None:
    """A white disc, clipped by day, is brighter in its middle than at its border once the sun has gone."""
    y, x = torch.meshgrid(torch.arange(270.0), torch.arange(480.0), indexing="ij")
    disc = ((x - 240.0) ** 2 + (y - 200.0) ** 2 < 40.0**2).to(torch.float32)
    request = replace(driving(0.0, {"cloud": 1.0}), frame=Frame((0.1 + 4.9 * disc).expand(3, 270, 480).contiguous()))
    foam = luminance(seen(request))
    assert float(foam[196:204, 236:244].mean()) > 1.15 * float(foam[196:204, 203:208].mean())


# Order and combinations


def test_layers_lie_in_the_order_in_which_light_passes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[str] = []
    layers: tuple[tuple[object, str], ...] = (
        (surface, "clean_foreground"),
        (season, "turn_foliage"),
        (surface, "even_out"),
        (ground, "wet_albedo"),
        (snow, "lay_snow"),
        (surface, "light_on"),
        (ground, "add_sheen"),
        (ground, "reflect"),
        (air, "add_haze"),
        (translator, "lay_sky"),
        (lamps, "draw_lamps"),
        (particles, "fall_rain"),
        (particles, "fall_snow"),
        (lens, "night_vision"),
        (lens, "bloom"),
        (lens, "camera"),
        (lens, "grain"),
    )

    def noted(name: str, layer: Callable[..., object]) -> Callable[..., object]:
        def pass_through(*args: object) -> object:
            passed.append(name)
            return layer(*args)

        return pass_through

    for module, name in layers:
        monkeypatch.setattr(module, name, noted(name, getattr(module, name)))
    seen(street_request(3, {"rain": 0.5, "snow": 0.3, "sun": 1.0, "sun_elevation": -5.0, "exposure": 0.5}))
    assert passed == [name for _, name in layers]


COMBINED: Mapping[str, Mapping[str, float]] = {
    "rain at night": {"sun": 1.0, "sun_elevation": -12.0, "practicals": 1.0, "rain": 0.8, "wetness": 0.9, "cloud": 0.7},
    "fog at golden hour": {"sun": 1.0, "sun_elevation": 5.0, "sun_azimuth": 325.0, "haze": 0.5},
    "snow at blue hour": {"sun": 1.0, "sun_elevation": -5.0, "practicals": 0.8, "snow": 0.5, "snow_cover": 0.8},
    "storm with lightning": {"rain": 0.9, "wetness": 0.9, "cloud": 1.0, "lightning": 1.0, "wind_speed": 16.0},
}


@pytest.mark.parametrize("name", COMBINED)
def test_combinations_hold_together(name: str) -> None:
    x = seen(street_request(3, COMBINED[name]))
    assert torch.isfinite(x).all()
    assert float(x.min()) >= 0.0
    assert 0.002 < float(x.mean()) < 2.0


def test_fog_under_a_low_sun_glows_warm_towards_it() -> None:
    x = seen(street_request(3, {**COMBINED["fog at golden hour"], "sun_azimuth": 300.0}))
    left, right = (x[:, 40:110, part].mean((1, 2)) for part in (slice(0, 120), slice(360, 480)))
    assert left[0] > 1.25 * left[2]
    assert float(left.sum()) > 1.1 * float(right.sum())


def test_snow_at_blue_hour_is_blue_and_darker_than_by_day() -> None:
    paved = torch.from_numpy(street_frame(3).ground > 0.99)
    paved[:170] = False
    blue = seen(street_request(3, {**COMBINED["snow at blue hour"], "practicals": 0.0}))[:, paved].mean(1)
    day = seen(street_request(3, {"snow": 0.5, "snow_cover": 0.8}))[:, paved].mean(1)
    assert blue[2] > 1.15 * blue[0]
    assert float(blue.sum()) < 0.6 * float(day.sum())


@pytest.mark.parametrize("kelvin", [2600.0, 3200.0, 4300.0, 5600.0, 7500.0, 11000.0])
def test_a_camera_balanced_for_a_light_shows_it_at_its_reference_within_three_per_cent(kelvin: float) -> None:
    """A grey card in the light of a black body, through the whole translator; McCamy's formula for what comes out."""
    to_xyz = torch.tensor(lens._RGB_TO_XYZ)
    x, y = lens.white_xy(kelvin)
    light = torch.linalg.solve(to_xyz, torch.tensor([x / y, 1.0, (1.0 - x - y) / y], dtype=torch.float64))
    height, width = street_frame(3).depth.shape
    card = (0.3 * light / light.max()).to(torch.float32).view(3, 1, 1).expand(3, height, width).contiguous()
    if float(card.min()) < 0.0:
        pytest.skip("this light lies outside the gamut")
    out = seen(street_request(3, {"white_balance": kelvin}, pixels=card)).mean((1, 2)).double()
    big_x, big_y, big_z = (to_xyz @ out).tolist()
    u, v = big_x / (big_x + big_y + big_z), big_y / (big_x + big_y + big_z)
    n = (u - 0.3320) / (0.1858 - v)
    assert 449.0 * n**3 + 3525.0 * n**2 + 6823.3 * n + 5520.33 == pytest.approx(lens.REFERENCE_K, rel=0.03)


def test_rings_widen_on_still_water_stand_in_the_world_and_fall_anew() -> None:
    """Seen from a camera that stands: at one place they change with time, and the same instant has the same rings."""
    parked = Scene(Camera(1.1, 0.1, 0.9), Motion(), sky_confidence=1.0, ground_confidence=1.0)
    base = replace(street_request(3, {"rain": 1.0, "wetness": 1.0}), scene=parked, pose=Pose(), pose_after=Pose())

    def rings(seconds: float) -> torch.Tensor:
        found = ground._rings(shot_of(replace(base, time=replace(base.time, seconds=seconds))))
        assert found is not None
        return found

    now = rings(2.0)
    assert torch.equal(now, rings(2.0))
    assert 0.3 < float(now.abs().amax()) <= 1.0
    assert float((now - rings(2.25)).abs().amax()) > 0.2
    dry = replace(base, condition=Condition.of({"wetness": 1.0}).effective)
    assert ground._rings(shot_of(dry)) is None
    aside = replace(base, pose=Pose(right_m=0.48), pose_after=Pose(right_m=0.48), time=replace(base.time, seconds=2.0))
    moved = ground._rings(shot_of(aside))
    assert moved is not None
    assert not torch.equal(moved, now)
