"""Claims of the mattes and of depth, on small scenes painted with a known truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, pairwise

import cv2
import numpy as np
import pytest
import torch
from builders import a_media
from fakes import FakeIndex

from core.analysis.analyser import Analyser, Pair, understand
from core.analysis.appearance import Appearance, display_codes
from core.analysis.contact import Contact
from core.analysis.depth import far_hills, pop_up, standing_depth
from core.analysis.flow import FloatImage
from core.analysis.guided import Guide
from core.analysis.pace import no_pause
from core.camera import Camera
from core.cancel import Cancelled, CancelToken
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.progress import Progress
from core.scene import Corrections, Presence, Scene, SurfaceClass

WIDTH, HEIGHT, HORIZON = 320, 180, 0.5
ALL = tuple(MapKind)
FIELDS = {
    MapKind.SKY: "sky",
    MapKind.GROUND: "ground",
    MapKind.DEPTH: "inverse_depth",
    MapKind.FLOW: "flow",
    MapKind.CLASSES: "classes",
    MapKind.NORMALS: "normals",
}


def road(seed: int = 0, sky: tuple[float, float, float] = (0.9, 1.5, 2.6)) -> tuple[Frame, FloatImage, FloatImage]:
    """A grey road under `sky`, brown-green verges, a hedge with a ragged top; and the exact sky and ground, (H, W)."""
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH]
    skyline = HORIZON - 0.12 - 0.05 * np.sin(xs / 17.0 + seed) - 0.03 * np.sin(xs / 5.0)
    row = (ys + 0.5) / HEIGHT
    is_sky, is_ground = row < skyline, row >= HORIZON
    texture = cv2.GaussianBlur(rng.random((HEIGHT, WIDTH), np.float32), (0, 0), 1.0) - 0.5
    picture = np.empty((HEIGHT, WIDTH, 3), np.float32)
    picture[...] = np.array([0.05, 0.09, 0.03]) * (1 + 3 * texture[..., None])
    picture[is_ground] = (0.2 * (1 + 0.3 * texture[..., None]) * np.ones(3))[is_ground]
    picture[is_sky] = (np.array(sky) * (1 - 0.4 * (skyline - row))[..., None])[is_sky]
    pixels = torch.from_numpy(np.maximum(picture, 0).transpose(2, 0, 1).astype(np.float32).copy())
    return Frame(pixels), is_sky.astype(np.float32), is_ground.astype(np.float32)


def overlap(matte: torch.Tensor, truth: FloatImage) -> float:
    """Intersection over union."""
    a, b = matte[0].numpy() > 0.5, truth > 0.5
    return float((a & b).sum() / (a | b).sum())


def scene_of(*frames: Frame) -> Scene:
    return understand([Pair(Appearance.of(f, f.size), None, 0.04) for f in frames], no_pause)


def maps_of(frame: Frame, scene: Scene, kinds: tuple[MapKind, ...] = ALL) -> Maps:
    return Analyser().maps(frame, None, scene, kinds, CancelToken())


@pytest.mark.parametrize("sky", [(0.9, 1.5, 2.6), (3.0, 3.0, 3.1), (1.2, 1.25, 1.3)], ids=["blue", "white", "grey"])
def test_the_sky_of_a_road_is_found(sky: tuple[float, float, float]) -> None:
    shots = [road(seed, sky) for seed in range(3)]
    scene = scene_of(*(frame for frame, _, _ in shots))
    assert scene.has_sky
    for frame, truth, _ in shots:
        found = maps_of(frame, scene).sky
        assert found is not None
        assert overlap(found, truth) > 0.95


def test_a_frame_that_was_not_sampled_is_matted_as_well() -> None:
    scene = scene_of(*(road(seed)[0] for seed in range(3)))
    frame, truth, _ = road(9)
    found = maps_of(frame, scene).sky
    assert found is not None
    assert overlap(found, truth) > 0.95


def test_the_ground_of_a_road_is_found() -> None:
    frame, _, truth = road()
    scene = scene_of(frame)
    assert scene.has_ground
    found = maps_of(frame, scene).ground
    assert found is not None
    assert overlap(found, truth) > 0.85


@pytest.mark.parametrize("level", [0.05, 0.2, 1.0])
def test_a_floor_seen_from_above_has_neither_sky_nor_ground_to_a_horizon(level: float) -> None:
    texture = cv2.GaussianBlur(np.random.default_rng(2).random((HEIGHT, WIDTH), np.float32), (0, 0), 3.0)
    floor = Frame(torch.from_numpy(level * (0.7 + 0.6 * texture)).expand(3, -1, -1).contiguous())
    scene = scene_of(floor)
    assert (scene.has_sky, scene.has_ground) == (False, False)
    assert len(scene.notes) == 2
    maps = maps_of(floor, scene)
    assert maps.sky is not None
    assert maps.ground is not None
    assert maps.inverse_depth is not None
    assert float(maps.sky.max()) == 0.0
    assert float(maps.ground.max()) == 0.0
    assert float(maps.inverse_depth.max() / maps.inverse_depth.min()) < 2.5


def standing(rows: FloatImage, height: int = 100) -> Contact:
    """Ground below `rows` (W,), shares of the height, and something standing above."""
    at = ((np.arange(height) + 0.5) / height)[:, None]
    return Contact((at >= rows[None, :]).astype(np.float32), rows)


def test_depth_on_open_ground_is_that_of_the_plane() -> None:
    camera = Camera(focal=0.9, horizon=0.4, height_m=1.4)
    rows = (np.arange(100) + 0.5) / 100
    expected = (rows - 0.4) / (0.9 * 1.4)
    near = pop_up(standing(np.full(60, 0.41, np.float32)), camera)
    assert near[45:, 30] == pytest.approx(expected[45:], rel=0.02)


def test_what_stands_on_the_ground_is_as_near_as_its_foot_and_ends_where_it_ends() -> None:
    camera = Camera(focal=0.9, horizon=0.4, height_m=1.4)
    line = np.full(90, 0.42, np.float32)
    line[42:48] = 0.7
    near = pop_up(standing(line), camera)
    foot = near[70, 45]
    assert near[45:70, 45].min() > 0.75 * foot
    assert near[41, 5] < 0.3 * foot
    assert near[2, 45] < 0.3 * foot, "above a narrow thing one sees what stands behind it"


def test_ground_is_never_behind_what_stands_on_it() -> None:
    line = (0.5 + 0.2 * np.sin(np.arange(120) / 9.0)).astype(np.float32)
    near = pop_up(standing(line), Camera(focal=1.0, horizon=0.25))
    assert (np.diff(near, axis=0) >= -1e-6).all()


def test_the_sky_is_at_infinity() -> None:
    frame, _, _ = road()
    near = maps_of(frame, scene_of(frame)).inverse_depth
    assert near is not None
    assert float(near[0].numpy()[:40].max()) < 0.01


@pytest.mark.parametrize(("tint", "is_far"), [((0.30, 0.40, 0.60), True), ((0.16, 0.24, 0.10), False)])
def test_blue_hills_below_the_sky_are_far_and_green_trees_are_not(
    tint: tuple[float, float, float], is_far: bool
) -> None:
    light = torch.empty(3, 100, 160)
    for row, color in ((0, (0.5, 0.7, 1.0)), (40, tint), (55, (0.16, 0.24, 0.10))):
        light[:, row:] = torch.tensor(color)[:, None, None]
    sky = np.zeros((100, 160), np.float32)
    sky[:40] = 1.0
    picture = Appearance.of(Frame(light), (160, 100))
    hills = far_hills(picture, sky, 0.56)
    assert (hills[44:52].min() > 0.9) if is_far else (hills.max() < 0.1)
    assert hills[58:].max() < 0.1


def test_only_the_maps_asked_for_are_made() -> None:
    frame, _, _ = road()
    scene = scene_of(frame)
    for kind, name in FIELDS.items():
        maps = maps_of(frame, scene, (kind,))
        assert [n for n in FIELDS.values() if getattr(maps, n) is not None] == [name]


def test_a_map_is_the_same_whatever_else_is_asked_for() -> None:
    frame, _, _ = road()
    scene = scene_of(frame)
    together = maps_of(frame, scene)
    for kind, name in FIELDS.items():
        assert torch.equal(getattr(maps_of(frame, scene, (kind,)), name), getattr(together, name))


def test_classes_are_chances_that_leave_the_sky_out() -> None:
    frame, sky, _ = road()
    classes = maps_of(frame, scene_of(frame), (MapKind.CLASSES,)).classes
    assert classes is not None
    assert classes.shape == (len(SurfaceClass), HEIGHT, WIDTH)
    assert float(classes.min()) >= 0.0
    assert float(classes.sum(0).max()) <= 1.0 + 1e-5
    assert float(classes.sum(0)[:50].max()) < 0.1
    assert sky[:50].min() == 1.0


def test_a_grey_road_is_road_and_a_hedge_is_a_plant() -> None:
    frame, sky, ground = road()
    classes = maps_of(frame, scene_of(frame), (MapKind.CLASSES,)).classes
    assert classes is not None
    found = dict(zip(SurfaceClass, classes.numpy(), strict=True))
    assert found[SurfaceClass.ROAD][ground > 0.5].mean() > 0.7
    assert found[SurfaceClass.PLANT][(ground < 0.5) & (sky < 0.5)].mean() > 0.6
    assert found[SurfaceClass.WATER].max() < 0.05


def sea() -> Frame:
    """A blue-grey sea with level waves below an even sky, and sand in the lower right."""
    rng = np.random.default_rng(4)
    waves = cv2.GaussianBlur(rng.random((HEIGHT, WIDTH), np.float32), (0, 0), sigmaX=9.0, sigmaY=0.8) - 0.5
    picture = np.full((HEIGHT, WIDTH, 3), (0.75, 0.8, 0.9), np.float32)
    water = np.array([0.16, 0.2, 0.25], np.float32) * (1.0 + 2.0 * waves[..., None])
    below = HEIGHT // 2
    picture[below:] = water[below:]
    shore = (np.arange(WIDTH)[None, :] > 200) & (np.arange(HEIGHT)[:, None] > below + 25)
    grains = 1.0 + 0.5 * (rng.random((HEIGHT, WIDTH, 1), np.float32) - 0.5)
    picture[shore] = (np.array([0.42, 0.34, 0.25], np.float32) * grains)[shore]
    return Frame(torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))))


def test_a_sea_below_a_level_horizon_is_water_and_its_beach_is_not() -> None:
    frame = sea()
    maps = maps_of(frame, scene_of(frame), (MapKind.CLASSES, MapKind.GROUND))
    assert maps.classes is not None
    assert maps.ground is not None
    water = maps.classes[list(SurfaceClass).index(SurfaceClass.WATER)].numpy()
    assert water[HEIGHT // 2 + 8 : -10, 20:180].mean() > 0.6
    assert water[HEIGHT // 2 + 40 :, 230:].max() < 0.2
    assert float(maps.ground[0, HEIGHT // 2 + 8 :, 20:180].mean()) > 0.8, "water lies level"


def test_normals_are_of_unit_length_where_there_is_no_sky() -> None:
    frame, sky, ground = road()
    normals = maps_of(frame, scene_of(frame), (MapKind.NORMALS,)).normals
    assert normals is not None
    length = np.linalg.norm(normals.numpy(), axis=0)
    assert length[ground > 0.5] == pytest.approx(1.0, abs=1e-3)
    assert length[:50].max() < 0.05
    assert np.median(normals[1].numpy()[ground > 0.5]) > 0.95, "the ground faces up"
    assert sky[:50].min() == 1.0


def test_without_a_ground_plane_only_what_grows_is_told() -> None:
    frame, _, _ = road()
    scene = replace(scene_of(frame), ground_confidence=0.0)
    classes = maps_of(frame, scene, (MapKind.CLASSES,)).classes
    assert classes is not None
    kinds = [kind for kind, plane in zip(SurfaceClass, classes, strict=True) if float(plane.max()) > 0.0]
    assert kinds == [SurfaceClass.PLANT]


def test_a_horizon_set_by_hand_makes_a_ground_where_none_was_found() -> None:
    texture = cv2.GaussianBlur(np.random.default_rng(2).random((HEIGHT, WIDTH), np.float32), (0, 0), 3.0)
    floor = Frame(torch.from_numpy(0.2 * (0.7 + 0.6 * texture)).expand(3, -1, -1).contiguous())
    scene = scene_of(floor)
    assert not scene.has_ground
    said = scene.corrected(Corrections(horizon=0.3, sky=Presence.PRESENT), WIDTH / HEIGHT)
    maps = maps_of(floor, said)
    assert maps.ground is not None
    assert float(maps.ground[0, HEIGHT // 2 :].mean()) > 0.5


def test_flow_leads_to_where_the_point_was() -> None:
    texture = cv2.GaussianBlur(np.random.default_rng(3).random((HEIGHT, WIDTH), np.float32), (0, 0), 2.0) * 2
    before = Frame(torch.from_numpy(texture).expand(3, -1, -1).contiguous())
    here = Frame(torch.roll(before.pixels, shifts=(2, 5), dims=(1, 2)))
    flow = Analyser().maps(here, before, Scene(), (MapKind.FLOW,), CancelToken()).flow
    assert flow is not None
    assert flow[:, 30:-30, 30:-30].mean(dim=(1, 2)).tolist() == pytest.approx([-5.0, -2.0], abs=0.2)


def test_the_first_frame_has_no_flow() -> None:
    frame, _, _ = road()
    flow = maps_of(frame, Scene(), (MapKind.FLOW,)).flow
    assert flow is not None
    assert not flow.any()


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (37, 23), (16, 90)])
def test_any_size_gets_sound_maps(size: tuple[int, int]) -> None:
    scene = scene_of(road()[0])
    frame = Frame(torch.rand(3, size[1], size[0], generator=torch.Generator().manual_seed(1)) * 4)
    maps = maps_of(frame, scene)
    for name, channels in (("sky", 1), ("ground", 1), ("inverse_depth", 1), ("flow", 2)):
        found = getattr(maps, name)
        assert found.shape == (channels, size[1], size[0])
        assert found.dtype == torch.float32
        assert bool(torch.isfinite(found).all())
    assert maps.sky is not None
    assert maps.ground is not None
    assert maps.inverse_depth is not None
    for matte in (maps.sky, maps.ground):
        assert 0.0 <= float(matte.min()) <= float(matte.max()) <= 1.0
    assert float(maps.inverse_depth.min()) >= 0.0


@pytest.mark.parametrize("level", [0.0, 400.0])
def test_a_black_or_blinding_shot_is_understood_without_harm(level: float) -> None:
    frame = Frame(torch.full((3, 40, 60), level))
    scene = scene_of(frame, frame)
    assert not scene.has_ground
    near = maps_of(frame, scene).inverse_depth
    assert near is not None
    assert bool(torch.isfinite(near).all())


def test_a_cancelled_analysis_unwinds() -> None:
    token = CancelToken()
    token.cancel()
    frame, _, _ = road()
    with pytest.raises(Cancelled):
        understand([Pair(Appearance.of(frame, frame.size), None, 0.04)], token.check)
    with pytest.raises(Cancelled):
        Analyser().maps(frame, None, Scene(), ALL, token)


def test_understanding_a_shot_can_be_dropped_between_any_two_steps() -> None:
    frame, _, _ = road()
    pairs = [Pair(Appearance.of(frame, frame.size), None, 0.04)] * 4
    paused: list[None] = []
    understand(pairs, lambda: paused.append(None))
    steps = len(paused)
    assert steps > 10 * len(pairs)
    for last in range(0, steps, 9):
        left = count(last, -1)

        def pause(left: Iterator[int] = left) -> None:
            if next(left) == 0:
                raise Cancelled

        with pytest.raises(Cancelled):
            understand(pairs, pause)


def test_progress_ends_once_and_never_before_the_end() -> None:
    frame, _, _ = road()
    facts, said = a_media("road.mp4", frames=9, width=WIDTH, height=HEIGHT), list[Progress]()
    Analyser().analyse_shot(lambda _: frame, FakeIndex.steady(9), facts, CancelToken(), said.append)
    assert [p.done for p in said] == sorted(p.done for p in said)
    assert [p.fraction for p in said].index(1.0) == len(said) - 1


def test_samples_come_in_pairs_from_the_whole_shot() -> None:
    analyser = Analyser()
    frames = analyser.sample_frames(221)
    assert len(frames) == 12
    assert frames[0] >= 1
    assert max(b - a for a, b in pairwise(frames)) <= 20
    assert analyser.sample_frames(1) == (0,)
    assert analyser.sample_frames(2) == (1,)


def test_samples_are_frames_that_are_there() -> None:
    analyser = Analyser()
    steps = tuple(n for n in range(300) if n % 10)
    assert analyser.sample_frames(300, steps)[:3] == (10, 30, 60)
    assert set(analyser.sample_frames(300, steps)) <= set(range(0, 300, 10))
    assert 5 not in analyser.sample_frames(12, (5,))


def test_display_codes_invert_the_shoulder() -> None:
    codes = np.array([0.0, 0.02, 0.5, 1.0], np.float32)
    y = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    assert display_codes(np.asarray(y / (1 - 0.8 * y), np.float32)) == pytest.approx(codes, abs=1e-5)


def test_a_guide_gives_a_coarse_matte_the_edge_of_the_picture() -> None:
    picture = np.zeros((40, 60, 3), np.float32)
    picture[:, 33:] = 0.8
    coarse = np.zeros((40, 60), np.float32)
    coarse[:, 30:] = 1.0
    smooth = Guide(picture, np.ones_like(coarse), 6).smooth(cv2.blur(coarse, (9, 9)))
    step = np.diff(smooth[20])
    assert int(step.argmax()) == 32
    assert step.max() > 0.5


def test_a_guide_leaves_an_even_map_alone() -> None:
    picture = np.random.default_rng(5).random((30, 40, 3)).astype(np.float32)
    even = np.full((30, 40), 0.7, np.float32)
    assert Guide(picture, np.ones_like(even), 4).smooth(even) == pytest.approx(even, abs=1e-3)


def test_a_scene_model_of_another_version_is_refused() -> None:
    frame, _, _ = road()
    scene = scene_of(frame)
    with pytest.raises(ValueError, match="sky model"):
        maps_of(frame, replace(scene, sky_model=scene.sky_model[:-1]))


def test_a_house_stands_on_its_foot_and_a_hill_lies_behind_it() -> None:
    """Left half a house, right half a slope, both seen above the same line 40 m off, in open country and in a town."""
    camera = Camera(focal=1.0, horizon=0.5, height_m=1.4)
    contact = standing(np.full(120, 0.535, np.float32))
    height, width = contact.ground.shape
    picture = Appearance(np.full((height, width, 3), 0.4, np.float32))
    sky = np.zeros((height, width), np.float32)
    sky[: height // 4] = 1.0
    row = int(0.38 * height)

    def seen(houses: int) -> tuple[float, float]:
        solid = np.zeros((height, width), np.float32)
        solid[:, :houses] = 1.0
        away = 1.0 / standing_depth(picture, contact, sky, camera, solid)[row]
        return float(away[houses // 2]), float(away[(houses + width) // 2])

    house, hill = seen(width // 6)
    assert 35.0 < house < 60.0
    assert hill > 1.8 * house
    among_houses = seen(2 * width // 3)
    assert among_houses[1] < 1.2 * among_houses[0]
