"""What optional models add to the maps: evidence, never a condition."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pytest
import torch

from core.analysis.analyser import Analyser, Pair, understand
from core.analysis.appearance import Appearance
from core.analysis.pace import no_pause
from core.cancel import CancelToken
from core.errors import ModelError
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.models.adapters import ModelSet, SurfaceShares, UsedModel
from core.models.tasks import Task
from core.scene import Scene, SurfaceClass

WIDTH, HEIGHT = 240, 136
KINDS = (MapKind.SKY, MapKind.GROUND, MapKind.DEPTH, MapKind.CLASSES)


def street() -> Frame:
    """A pale sky, a brown house with a level foot, and a grey road."""
    noise = np.random.default_rng(1).random((HEIGHT, WIDTH, 1), np.float32)
    picture = np.full((HEIGHT, WIDTH, 3), (1.4, 1.5, 1.7), np.float32)
    picture[40:80] = (0.16, 0.1, 0.07) * (0.6 + 0.8 * noise[40:80])
    picture[80:] = (0.2, 0.2, 0.2) * (0.9 + 0.2 * noise[80:])
    return Frame(torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))))


@pytest.fixture(scope="module")
def scene() -> Scene:
    frame = street()
    return understand([Pair(Appearance.of(frame, frame.size), None, 0.04)], no_pause)


@dataclass
class FakeSegmenter:
    """Says that the upper `house` rows are no sky, and that all below row 80 is one surface."""

    surface: SurfaceClass
    asked: list[tuple[int, ...]] = field(default_factory=list)

    def segment(self, rgb: npt.NDArray[np.uint8]) -> SurfaceShares:
        self.asked.append(rgb.shape)
        height, width = rgb.shape[:2]
        classes = np.zeros((len(SurfaceClass), height, width), np.float32)
        classes[list(SurfaceClass).index(self.surface), 80:] = 1.0
        sky = np.zeros((height, width), np.float32)
        sky[:40] = 1.0
        return SurfaceShares(classes, sky)


@dataclass
class FakeDepth:
    """The plane of the ground on a scale of its own, a house that is nearer than its foot, or nonsense."""

    scale: float = 40.0

    def inverse_depth(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        height, width = rgb.shape[:2]
        rows = np.maximum((np.arange(height, dtype=np.float32) + 0.5) / height - 0.47, 0.004)[:, None]
        near = np.repeat(rows, width, axis=1)
        near[40:80, 100:140] = 0.5
        return np.asarray(self.scale * near + 7.0, np.float32)


class Broken:
    def segment(self, rgb: npt.NDArray[np.uint8]) -> SurfaceShares:
        raise ModelError(f"The segmentation cannot read {rgb.shape[1]} columns.")

    def inverse_depth(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        raise ModelError(f"The depth network cannot read {rgb.shape[1]} columns.")


def maps_with(models: ModelSet, scene: Scene) -> Maps:
    return Analyser(models).maps(street(), None, scene, KINDS, CancelToken())


def test_a_segmentation_turns_what_looks_like_road_into_what_it_is(scene: Scene) -> None:
    segmenter = FakeSegmenter(SurfaceClass.WATER)
    plain, told = maps_with(ModelSet(), scene), maps_with(ModelSet(segmenter=segmenter), scene)
    assert plain.classes is not None
    assert told.classes is not None
    water = list(SurfaceClass).index(SurfaceClass.WATER)
    assert float(plain.classes[water, 90:].mean()) < 0.1
    assert float(told.classes[water, 90:].mean()) > 0.5
    assert float(told.classes.sum(0).max()) <= 1.0 + 1e-5
    assert segmenter.asked == [(HEIGHT, WIDTH, 3)], "asked once a frame, whatever the maps"


def test_a_depth_network_is_brought_to_the_scale_of_the_ground(scene: Scene) -> None:
    plain, told = maps_with(ModelSet(), scene), maps_with(ModelSet(depth=FakeDepth()), scene)
    assert plain.inverse_depth is not None
    assert told.inverse_depth is not None
    ours, theirs = plain.inverse_depth[0].numpy(), told.inverse_depth[0].numpy()
    assert theirs[100:130, 20] == pytest.approx(ours[100:130, 20], rel=0.1)
    assert theirs[60, 120] > 2.0 * ours[60, 120], "what the network knows of standing things is taken over"
    assert theirs[:20].max() < 1e-3, "the sky stays at infinity"


def test_a_depth_network_that_contradicts_the_ground_is_not_believed(scene: Scene) -> None:
    plain, told = maps_with(ModelSet(), scene), maps_with(ModelSet(depth=FakeDepth(scale=-40.0)), scene)
    assert plain.inverse_depth is not None
    assert told.inverse_depth is not None
    assert torch.equal(plain.inverse_depth, told.inverse_depth)


def test_models_that_fail_leave_the_maps_as_they_are_without(scene: Scene) -> None:
    plain = maps_with(ModelSet(), scene)
    told = maps_with(ModelSet(segmenter=Broken(), depth=Broken()), scene)
    for name in ("sky", "ground", "inverse_depth", "classes"):
        assert torch.equal(getattr(plain, name), getattr(told, name))


def used(task: Task, sha256: str = "a") -> ModelSet:
    return ModelSet(used=(UsedModel("one", "One", task, sha256),))


@pytest.mark.parametrize(
    ("task", "fed"),
    [
        (Task.DETECTOR, {None}),
        (Task.SEGMENTATION, {MapKind.SKY, MapKind.GROUND, MapKind.DEPTH, MapKind.CLASSES, MapKind.NORMALS}),
        (Task.DEPTH, {MapKind.DEPTH}),
    ],
)
def test_a_model_is_named_by_what_it_is_asked_for_and_nothing_else(task: Task, fed: set[MapKind | None]) -> None:
    findings = (None, *MapKind)
    assert {finding for finding in findings if Analyser(used(task)).models_of(finding)} == fed
    for finding in fed:
        assert Analyser(used(task)).models_of(finding) != Analyser(used(task, "b")).models_of(finding)
    assert Analyser(used(task)).version == Analyser().version
