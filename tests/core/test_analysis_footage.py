"""What the analysis says of real clips: loose bounds, but a wrong guess about sky or ground would break them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
import torch
from footage import footage

from core.analysis.analyser import Analyser
from core.analysis.appearance import Appearance
from core.analysis.flow import FlowPreset, consistency, dis_flow, warp
from core.analysis.open_view import BOUND
from core.cancel import CancelToken
from core.color import ColorPipeline
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.media.decoder import Decoder
from core.media.index import frame_index
from core.media.probe import probe
from core.progress import ignore_progress
from core.scene import Scene, SurfaceClass

pytestmark = pytest.mark.footage

KINDS = (MapKind.SKY, MapKind.GROUND, MapKind.DEPTH, MapKind.CLASSES)


@dataclass(frozen=True)
class Shot:
    scene: Scene
    frames: tuple[Frame, ...]
    """Three neighbours from the middle, at the work size."""
    maps: tuple[Maps, ...]


@cache
def shot(name: str) -> Shot:
    """Decoded, brought to light, analysed and mapped once for all tests."""
    path = footage(name)
    analyser, color, facts = Analyser(), ColorPipeline(), probe(path)
    index, size = frame_index(facts), analyser.work_size(facts.video)
    with Decoder(facts) as decoder:

        def read(frame: int) -> Frame:
            return color.to_working(decoder.read(frame, size), torch.device("cpu"))

        scene = analyser.analyse_shot(read, index, facts, CancelToken(), ignore_progress)
        middle = index.count // 2
        frames = tuple(read(middle + i) for i in range(3))
    return Shot(scene, frames, tuple(analyser.maps(f, None, scene, KINDS, CancelToken()) for f in frames))


def sky(maps: Maps) -> np.ndarray:
    assert maps.sky is not None
    return maps.sky[0].numpy()


def ground(maps: Maps) -> np.ndarray:
    assert maps.ground is not None
    return maps.ground[0].numpy()


def share(maps: Maps, kind: SurfaceClass, rows: tuple[float, float], columns: tuple[float, float]) -> float:
    """Mean chance of a surface in a part of the picture, given in shares of height and width."""
    assert maps.classes is not None
    plane = maps.classes[list(SurfaceClass).index(kind)].numpy()
    height, width = plane.shape
    return float(
        plane[int(rows[0] * height) : int(rows[1] * height), int(columns[0] * width) : int(columns[1] * width)].mean()
    )


def test_the_highway_has_a_sky_a_road_and_a_moving_camera() -> None:
    found = shot("highway.mp4")
    assert found.scene.has_sky
    assert found.scene.has_ground
    assert found.scene.camera.horizon == pytest.approx(0.575, abs=0.025)
    assert 10.0 < found.scene.motion.forward_m_s < 30.0
    assert found.scene.notes == ()
    middle = found.maps[0]
    height, width = sky(middle).shape
    assert 0.36 < sky(middle).mean() < 0.5
    assert sky(middle)[: height // 4, : width // 2].min() > 0.9, "the open sky is whole"
    assert sky(middle)[int(0.62 * height) :].max() < 0.05, "no sky on the road"
    assert ground(middle)[int(0.8 * height) : int(0.97 * height), width // 3 : 2 * width // 3].min() > 0.7


def test_the_coast_has_a_sky_down_to_the_sea() -> None:
    found = shot("coast.mp4")
    assert found.scene.has_sky
    assert found.scene.camera.horizon == pytest.approx(0.465, abs=0.03)
    matte = sky(found.maps[0])
    assert 0.38 < matte.mean() < 0.52
    assert matte[: int(0.36 * len(matte))].mean() > 0.95, "clouds belong to the sky"
    assert matte[int(0.55 * len(matte)) :].max() < 0.05, "the sea does not"


def test_the_highway_is_road_between_grass_and_trees() -> None:
    middle = shot("highway.mp4").maps[0]
    assert share(middle, SurfaceClass.ROAD, (0.7, 1.0), (0.2, 0.7)) > 0.8
    assert share(middle, SurfaceClass.GRASS, (0.7, 1.0), (0.2, 0.7)) < 0.1
    assert share(middle, SurfaceClass.PLANT, (0.36, 0.42), (0.85, 0.98)) > 0.6, "the trees on the right"
    assert share(middle, SurfaceClass.GRASS, (0.62, 0.66), (0.75, 0.9)) > 0.5, "the dry bank under them"
    assert share(middle, SurfaceClass.WATER, (0.0, 1.0), (0.0, 1.0)) < 0.001


def test_the_coast_has_a_sea_and_its_sand_is_dry() -> None:
    middle = shot("coast.mp4").maps[0]
    assert share(middle, SurfaceClass.WATER, (0.53, 0.7), (0.02, 0.2)) > 0.5
    assert share(middle, SurfaceClass.WATER, (0.6, 1.0), (0.5, 1.0)) < 0.05
    assert share(middle, SurfaceClass.BUILDING, (0.6, 1.0), (0.0, 1.0)) < 0.05


def test_a_wood_is_plants_and_a_car_park_is_not() -> None:
    wood, asphalt = shot("waterfall_portrait_c2pa.mp4").maps[0], shot("carpark.mp4").maps[0]
    assert share(wood, SurfaceClass.PLANT, (0.0, 0.3), (0.0, 1.0)) > 0.7
    assert share(wood, SurfaceClass.PLANT, (0.62, 0.7), (0.2, 0.8)) < 0.4, "white water"
    assert share(asphalt, SurfaceClass.PLANT, (0.0, 1.0), (0.0, 1.0)) < 0.25


@pytest.mark.parametrize("name", ["carpark.mp4", "waterfall_portrait_c2pa.mp4"])
def test_shots_without_sky_say_so_and_get_no_ramp_to_a_horizon(name: str) -> None:
    found = shot(name)
    assert not found.scene.has_sky
    assert not found.scene.has_ground
    assert "No sky was found in this shot." in found.scene.notes
    near = found.maps[0].inverse_depth
    assert near is not None
    assert float(near.max() / near.min()) < np.exp(2 * BOUND)
    assert sky(found.maps[0]).max() == 0.0


@pytest.mark.parametrize("name", ["highway.mp4", "coast.mp4"])
@pytest.mark.parametrize("matte", [sky, ground])
def test_mattes_follow_the_picture_from_frame_to_frame(name: str, matte: Callable[[Maps], np.ndarray]) -> None:
    found = shot(name)
    changes = []
    for (before, was), (here, now) in zip(
        zip(found.frames, found.maps, strict=True), zip(found.frames[1:], found.maps[1:], strict=True), strict=False
    ):
        a, b = (Appearance.of(frame, frame.size).grey for frame in (here, before))
        flow = dis_flow(a, b, FlowPreset.MEDIUM)
        trust = consistency(flow, dis_flow(b, a, FlowPreset.MEDIUM))
        changes.append(float((np.abs(matte(now) - warp(matte(was), flow)) * trust).sum() / trust.sum()))
    assert np.mean(changes) < 0.005
