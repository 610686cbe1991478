"""Fakes for the renderer: media made of numbers, and translators that a test can hold, count and break.

A fake translator blocks on an event the test owns, so a race is a script and no test sleeps.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from builders import a_media

from core.camera import Pose
from core.cancel import CancelToken
from core.condition import EXPOSURE, HAZE, RAIN, Condition
from core.document.model import Look
from core.errors import MediaError, PluginError
from core.extension.spec import MapKind, TranslatorSpec
from core.extension.translator import Maps, TranslateRequest, Translator
from core.frame import Frame
from core.frame_times import FrameTimes
from core.ids import TranslatorId
from core.media.facts import ColorTags, MediaFacts, VideoFacts
from core.media.picture import Picture
from core.models.adapters import NONE, ModelSet
from core.models.tasks import Task
from core.objects import Box, ObjectId, ObjectKind, SceneObject, Spot
from core.progress import Progress, ProgressSink
from core.render.cache import DiskCache, MemoryCache
from core.render.messages import Picture8
from core.render.services import RenderCache, Services, kept_bytes, picture_bytes
from core.scene import Scene, Tracking
from core.timebase import Time

SMALL = a_media("small.mp4", frames=10, width=48, height=32)
FAKE = TranslatorId("fake")
FOUND_CAR = ObjectId("vehicle-1")
FOLLOWED = "The speed of the camera could not be told between frames 0 and 9; it is taken as even there."


def rain(amount: float = 0.5) -> Condition:
    return Condition.of({RAIN: amount})


def fake_look(condition: Condition | None = None, **rest: Any) -> Look:
    """A look of the fake translator; rain unless said otherwise."""
    return Look(translator=FAKE, base=rain() if condition is None else condition, **rest)


# ---- media ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FakeIndex:
    """A PTS table given as instants."""

    times: tuple[Fraction, ...]
    last: Fraction = Fraction(1, 25)
    time_base: Fraction = Fraction(1, 90000)
    damaged: tuple[int, ...] = ()

    @staticmethod
    def steady(count: int, rate: Fraction = Fraction(25)) -> FakeIndex:
        return FakeIndex(tuple(Fraction(n) / rate for n in range(count)), 1 / rate)

    @property
    def count(self) -> int:
        return len(self.times)

    def frame_at(self, time: Time) -> int:
        return max(0, sum(t <= time.seconds for t in self.times) - 1)

    def time_of(self, index: int) -> Time:
        return Time(self.times[index])

    def duration_of(self, index: int) -> Time:
        end = self.times[index + 1] if index + 1 < self.count else self.times[index] + self.last
        return Time(end - self.times[index])


@dataclass
class FakeDecoder:
    """Noise that depends on medium and frame alone, shrunk by striding; remembers what was read."""

    facts: MediaFacts
    reads: list[tuple[int, tuple[int, int]]]
    damaged: frozenset[int] = frozenset()

    def read(self, index: int, size: tuple[int, int] | None = None, cancel: CancelToken | None = None) -> Picture:
        if index in self.damaged:
            raise MediaError(f"Frame {index} of {self.facts.path} is damaged.")
        video = self.facts.video
        width, height = size or (video.width, video.height)
        self.reads.append((index, (width, height)))
        seed = [index, *self.facts.id.encode()]
        full = np.random.default_rng(seed).integers(0, 256, (video.height, video.width, 3), np.uint8)
        rows = np.arange(height) * video.height // height
        columns = np.arange(width) * video.width // width
        return Picture(np.ascontiguousarray(full[rows][:, columns]), video.color, index)

    def close(self) -> None:
        return


class FakeColor:
    """Light is the code value over 255, so nothing is lost either way, and nothing is dithered."""

    def to_working(self, picture: Picture, device: torch.device) -> Frame:
        pixels = torch.from_numpy(picture.pixels.astype(np.float32) / np.float32(255.0))
        return Frame(pixels.permute(2, 0, 1).contiguous().to(device))

    def to_encoded(
        self, frame: Frame, tags: ColorTags, bits: int = 8, dither_seed: int | None = None
    ) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        top = 255.0 if bits == 8 else 65535.0
        codes = np.clip(np.rint((frame.pixels * top).permute(1, 2, 0).cpu().numpy()), 0, top)
        return codes.astype(np.uint8) if bits == 8 else codes.astype(np.uint16)

    def to_display(self, frame: Frame) -> npt.NDArray[np.uint8]:
        codes = self.to_encoded(frame, SMALL.video.color)
        return np.ascontiguousarray(np.dstack((codes[..., ::-1], np.full(codes.shape[:2], 255, np.uint8)))).astype(
            np.uint8
        )

    def to_linear_exr(self, frame: Frame) -> npt.NDArray[np.float32]:
        return np.ascontiguousarray(frame.pixels.permute(1, 2, 0).cpu().numpy())


@dataclass
class FakeAnalyser:
    """Reads three frames of a shot and gives flat maps; counts."""

    version: str = "fake-1"
    models: ModelSet = NONE
    shots: int = 0
    frames: list[int] = field(default_factory=list)
    on_progress: Callable[[int], object] = lambda done: None
    followed: list[int] = field(default_factory=list)
    """Frames read to follow the shot, in order."""
    on_follow: Callable[[int], object] = lambda frame: None
    untold: tuple[tuple[int, int], ...] = ((0, 9),)

    def models_of(self, finding: MapKind | None) -> str:
        return self.models.digest(*Task)

    def tracking_size(self, video: VideoFacts) -> tuple[int, int]:
        return 12, 8

    def track(
        self,
        read: Callable[[int], Frame],
        index: FrameTimes,
        facts: MediaFacts,
        scene: Scene,
        cancel: CancelToken,
        progress: ProgressSink,
    ) -> Tracking:
        """A camera that drives on by as much as the frames are bright, and a car found in the middle of the shot."""
        poses: list[Pose] = [Pose()]
        for frame in range(index.count):
            with suppress(MediaError):
                light = float(read(frame).pixels.mean())
                poses.append(replace(poses[-1], ahead_m=poses[-1].ahead_m + light / 3.0))
            self.followed.append(frame)
            self.on_follow(frame)
            progress(Progress("following", frame + 1, index.count, 0.1))
        spots = tuple(Spot(frame, Box(0.4, 0.5, 0.5, 0.6)) for frame in range(2, index.count - 2))
        return Tracking(tuple(poses[1:]), (SceneObject(FOUND_CAR, ObjectKind.VEHICLE, spots),), (), self.untold)

    def work_size(self, video: VideoFacts) -> tuple[int, int]:
        return 24, 16

    def analyse_shot(
        self,
        read: Callable[[int], Frame],
        index: FrameTimes,
        facts: MediaFacts,
        cancel: CancelToken,
        progress: ProgressSink,
    ) -> Scene:
        self.shots += 1
        looked_at = sorted({0, index.count // 2, index.count - 1})
        for done, frame in enumerate(looked_at, start=1):
            cancel.check()
            read(frame)
            self.on_progress(done)
            progress(Progress("analysis", done, len(looked_at), 0.1))
        return Scene(sky_confidence=1.0, notes=("No ground was found in this shot.",))

    def maps(
        self, frame: Frame, previous: Frame | None, scene: Scene, kinds: tuple[MapKind, ...], cancel: CancelToken
    ) -> Maps:
        self.frames.append(1)
        mean = frame.pixels.mean(0, keepdim=True)
        flow = torch.zeros((2, frame.height, frame.width)) if previous is None else torch.cat((mean, mean))
        return Maps(
            sky=mean if MapKind.SKY in kinds else None,
            ground=1 - mean if MapKind.GROUND in kinds else None,
            inverse_depth=mean if MapKind.DEPTH in kinds else None,
            flow=flow if MapKind.FLOW in kinds else None,
        )


# ---- translators ----------------------------------------------------------------------------------------------


def fake_spec(*, analyses: tuple[MapKind, ...] = (MapKind.SKY, MapKind.FLOW), multiple: int = 1) -> TranslatorSpec:
    return TranslatorSpec(FAKE, "1.0", "Fake", "fake:build", (RAIN, HAZE, EXPOSURE), analyses, size_multiple=multiple)


@dataclass
class CountingTranslator:
    """Halves the light where there is sky, by how hard it rains. Remembers frame and size of every call."""

    calls: list[tuple[int, tuple[int, int]]] = field(default_factory=list)

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        self.calls.append((request.time.index, request.frame.size))
        sky = 0.5 if request.maps.sky is None else request.maps.sky
        return request.frame.with_pixels(request.frame.pixels * (1.0 - 0.5 * request.condition[RAIN] * sky))

    def close(self) -> None:
        return


@dataclass
class BrighteningTranslator(CountingTranslator):
    """Eight times the light: most of it beyond what a screen can show."""

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        self.calls.append((request.time.index, request.frame.size))
        return request.frame.with_pixels(request.frame.pixels * 8.0)


@dataclass
class PlacingTranslator(CountingTranslator):
    """Darkens by how far the camera has gone and by where every object is, so that each of them shows in the picture."""

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        made = super().translate(request, cancel)
        things = sum(thing.at[0] + thing.at[2] + thing.strength for thing in request.objects)
        seen = request.pose.ahead_m + request.pose_after.ahead_m + things + request.scene.camera.horizon
        return made.with_pixels(made.pixels * (0.5 + 0.5 / (1.0 + seen**2)))


@dataclass
class BlockingTranslator(CountingTranslator):
    """Says that it has begun, and goes on only when the test lets it, checking its token until then."""

    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go_on: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        self.begun.release()
        if not self.go_on.acquire(timeout=60.0):
            raise TimeoutError("the test forgot to let the translator go on")
        cancel.check()
        return super().translate(request, cancel)


@dataclass
class RaisingTranslator(CountingTranslator):
    error: Exception = field(default_factory=lambda: ZeroDivisionError("a bug in a plugin"))

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        raise self.error


@dataclass
class FakeTranslators:
    """A registry of one."""

    translator: Translator
    the_spec: TranslatorSpec = field(default_factory=fake_spec)
    problem: PluginError | None = None

    def spec(self, translator_id: TranslatorId) -> TranslatorSpec:
        if self.problem is not None:
            raise self.problem
        if translator_id != self.the_spec.id:
            raise PluginError(translator_id, "There is no such translator.")
        return self.the_spec

    def create(self, translator_id: TranslatorId, device: torch.device) -> Translator:
        return self.translator

    def mark_broken(self, translator_id: TranslatorId, problem: BaseException) -> PluginError:
        self.problem = PluginError(translator_id, f"The translator failed and was switched off ({problem}).")
        return self.problem


# ---- the whole ------------------------------------------------------------------------------------------------


@dataclass
class World:
    """Services made of fakes, with everything a test may want to look at."""

    folder: Path
    translator: Translator = field(default_factory=CountingTranslator)
    spec: TranslatorSpec = field(default_factory=fake_spec)
    damaged: frozenset[int] = frozenset()
    results_bytes: int = 64 << 20
    reads: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    analyser: FakeAnalyser = field(default_factory=FakeAnalyser)

    def services(self) -> Services:
        return Services(
            open_decoder=lambda facts: FakeDecoder(facts, self.reads, self.damaged),
            open_index=lambda facts: FakeIndex.steady(facts.video.frame_count, facts.video.rate),
            color=FakeColor(),
            analyser=self.analyser,
            translators=FakeTranslators(self.translator, self.spec),
            cache=RenderCache(
                MemoryCache(self.results_bytes, kept_bytes),
                MemoryCache(16 << 20, picture_bytes),
                DiskCache(self.folder / "cache", 16 << 20),
            ),
            device=torch.device("cpu"),
        )


def pixels_of(picture: Picture8 | None) -> npt.NDArray[np.uint8]:
    """R G B of a display picture."""
    assert picture is not None
    return picture.pixels[..., 2::-1]
