"""What the analysis finds in the procedural street, whose sky, ground, depth, normals and surfaces are exact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
import torch

from core.analysis.analyser import Analyser, Pair, understand
from core.analysis.appearance import Appearance
from core.analysis.pace import no_pause
from core.cancel import CancelToken
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.scene import Scene, SurfaceClass
from core.world.model import Surface, street
from core.world.render import WorldFrame, render

pytestmark = pytest.mark.slow

STREETS = ((7, 44.0, 164.0), (2, 60.0, 200.0), (1, 20.0, 60.0), (11, 50.0, 120.0))
"""Seed, and the sun's elevation and azimuth."""
FRAMES = (3, 83, 163)
PARKED = 38
"""The frame in which the right edge cuts a parked car; in one street it lies in shade as the road does."""
SIZE = (480, 270)
KINDS = (MapKind.SKY, MapKind.GROUND, MapKind.DEPTH, MapKind.CLASSES, MapKind.NORMALS)

Image = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Shot:
    scene: Scene
    truth: tuple[WorldFrame, ...]
    maps: tuple[Maps, ...]


def frame_of(drawn: WorldFrame) -> Frame:
    return Frame(torch.from_numpy(np.ascontiguousarray(drawn.rgb.transpose(2, 0, 1))))


@cache
def shot(seed: int, elevation: float, azimuth: float) -> Shot:
    world = replace(street(seed), sun_elevation_deg=elevation, sun_azimuth_deg=azimuth)
    pairs = [(render(world, n - 1, *SIZE), render(world, n, *SIZE)) for n in FRAMES]
    looks = [[Appearance.of(frame_of(f), SIZE) for f in pair] for pair in pairs]
    scene = understand([Pair(here, before, 1 / world.rate) for before, here in looks], no_pause)
    truth = tuple(here for _, here in pairs)
    return Shot(scene, truth, tuple(Analyser().maps(frame_of(f), None, scene, KINDS, CancelToken()) for f in truth))


def overlap(matte: torch.Tensor | None, truth: Image) -> float:
    """Intersection over union."""
    assert matte is not None
    a, b = matte[0].numpy() > 0.5, truth > 0.5
    return float((a & b).sum() / (a | b).sum())


def rank_correlation(a: Image, b: Image) -> float:
    """Spearman's."""
    ranks = [np.argsort(np.argsort(v)).astype(np.float64) for v in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1])


def mean_over(street_: tuple[int, float, float], score: object) -> float:
    found = shot(*street_)
    assert callable(score)
    return float(np.mean([score(maps, truth) for maps, truth in zip(found.maps, found.truth, strict=True)]))


@pytest.mark.parametrize("where", STREETS, ids=str)
def test_the_sky_of_the_street_is_found(where: tuple[int, float, float]) -> None:
    assert mean_over(where, lambda maps, truth: overlap(maps.sky, truth.sky)) >= 0.97


@pytest.mark.parametrize("where", STREETS, ids=str)
def test_the_ground_of_the_street_is_found(where: tuple[int, float, float]) -> None:
    assert mean_over(where, lambda maps, truth: overlap(maps.ground, truth.ground)) >= 0.94


def test_over_all_streets_the_ground_is_found_to_a_twentieth() -> None:
    scores = [mean_over(where, lambda maps, truth: overlap(maps.ground, truth.ground)) for where in STREETS]
    assert np.mean(scores) >= 0.95


def test_depth_ranks_as_it_is_and_far_better_than_rows_do() -> None:
    ours, rows = [], []
    for where in STREETS:
        found = shot(*where)
        for maps, truth in zip(found.maps, found.truth, strict=True):
            there = truth.sky < 0.5
            exact = 1.0 / np.minimum(truth.depth[there], 1e5)
            assert maps.inverse_depth is not None
            ours.append(rank_correlation(maps.inverse_depth[0].numpy()[there], exact))
            height = np.broadcast_to(np.arange(SIZE[1], dtype=np.float32)[:, None], truth.depth.shape)
            rows.append(rank_correlation(height[there], exact))
    assert np.mean(ours) >= 0.95
    assert np.mean(ours) > np.mean(rows) + 0.05


@cache
def parked_car(where: tuple[int, float, float]) -> tuple[Maps, WorldFrame, npt.NDArray[np.bool_]]:
    """Maps, truth, and the pixels of the parked car that the right edge cuts."""
    seed, elevation, azimuth = where
    truth = render(replace(street(seed), sun_elevation_deg=elevation, sun_azimuth_deg=azimuth), PARKED, *SIZE)
    maps = Analyser().maps(frame_of(truth), None, shot(*where).scene, KINDS, CancelToken())
    car = np.isin(truth.surface, (Surface.PAINT, Surface.GLASS, Surface.RUBBER))
    car[:, : int(0.75 * SIZE[0])] = False
    assert car.sum() > 4000
    return maps, truth, car


@pytest.mark.parametrize("where", STREETS, ids=str)
def test_a_parked_car_that_the_edge_cuts_stands_as_one_thing(where: tuple[int, float, float]) -> None:
    maps, truth, car = parked_car(where)
    assert maps.inverse_depth is not None
    found, exact = np.log(maps.inverse_depth[0].numpy()[car]), -np.log(truth.depth[car])
    assert found.std() < 0.2
    assert abs(np.median(found - exact)) < 0.2
    assert np.abs(found - exact).mean() < 0.2


@pytest.mark.parametrize("where", STREETS, ids=str)
def test_a_parked_car_of_the_colour_of_the_road_is_no_ground(where: tuple[int, float, float]) -> None:
    maps, truth, car = parked_car(where)
    assert maps.ground is not None
    assert float(maps.ground[0].numpy()[car].mean()) < 0.05
    road = (truth.surface == Surface.ROAD) & (np.arange(SIZE[0]) < int(0.75 * SIZE[0]))
    assert float(maps.ground[0].numpy()[road].mean()) > 0.9


@pytest.mark.parametrize("where", STREETS, ids=str)
def test_what_is_seen_above_a_parked_car_stands_behind_it(where: tuple[int, float, float]) -> None:
    maps, truth, car = parked_car(where)
    assert maps.inverse_depth is not None
    wall = truth.surface == Surface.WALL
    wall[:, : int(0.85 * SIZE[0])] = False
    wall[int(0.4 * SIZE[1]) :] = False
    near = maps.inverse_depth[0].numpy()
    assert float(np.median(near[wall])) < 0.7 * float(np.median(near[car]))


def test_the_ground_faces_up_and_walls_face_level() -> None:
    found = shot(*STREETS[0])
    for maps, truth in zip(found.maps, found.truth, strict=True):
        assert maps.normals is not None
        up = maps.normals[1].numpy()
        near = (truth.ground > 0.99) & (truth.depth < 25.0)
        assert np.median(up[near]) > 0.98
        assert np.abs(up[truth.surface == Surface.WALL]).mean() < 0.1


def test_walls_along_the_street_face_the_street() -> None:
    angles = []
    for where in STREETS[:2]:
        found = shot(*where)
        for maps, truth in zip(found.maps, found.truth, strict=True):
            assert maps.normals is not None
            wall = truth.surface == Surface.WALL
            agree = (maps.normals.numpy()[:, wall] * truth.normal.transpose(2, 0, 1)[:, wall]).sum(0)
            angles.append(float(np.median(np.degrees(np.arccos(np.clip(agree, -1, 1))))))
    assert np.mean(angles) < 35.0


@pytest.mark.parametrize(
    ("surface", "kind", "least"),
    [
        (Surface.ROAD, SurfaceClass.ROAD, 0.8),
        (Surface.TREE, SurfaceClass.PLANT, 0.75),
        (Surface.WALL, SurfaceClass.BUILDING, 0.35),
    ],
)
def test_surfaces_are_what_they_are(surface: Surface, kind: SurfaceClass, least: float) -> None:
    chances, others = [], []
    for where in STREETS:
        found = shot(*where)
        for maps, truth in zip(found.maps, found.truth, strict=True):
            assert maps.classes is not None
            here = maps.classes.numpy()[:, truth.surface == surface].mean(1)
            number = list(SurfaceClass).index(kind)
            chances.append(here[number])
            others.append(np.delete(here, number).max())
    assert np.mean(chances) >= least
    assert np.mean(chances) > 2.0 * np.mean(others)


def test_a_street_without_water_has_none() -> None:
    for where in STREETS:
        for maps in shot(*where).maps:
            assert maps.classes is not None
            assert float(maps.classes[list(SurfaceClass).index(SurfaceClass.WATER)].max()) < 0.05
