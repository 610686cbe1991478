"""What the renderer is given: everything it needs from other rooms, as it needs it. Built once, in the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from core.cancel import CancelToken
from core.evaluation.flicker import Link, Measurement
from core.evaluation.flicker import Sample as FlickerSample
from core.extension.spec import MapKind, TranslatorSpec
from core.extension.translator import Maps, Translator
from core.frame import Frame
from core.frame_times import FrameTimes
from core.ids import TranslatorId
from core.media.facts import ColorTags, MediaFacts, VideoFacts
from core.media.picture import Picture
from core.models.adapters import ModelSet
from core.progress import ProgressSink
from core.render.cache import DiskCache, MemoryCache
from core.render.messages import Picture8
from core.render.sizes import Size
from core.render.stages.carried import CarriedMatte
from core.scene import Scene, Tracking


class Decoder(Protocol):
    """One open medium."""

    def read(self, index: int, size: Size, cancel: CancelToken) -> Picture:
        """A source frame, upright, at a size. Raises `MediaError`, `Cancelled`."""
        ...

    def close(self) -> None: ...


class Color(Protocol):
    """The transforms between a file's numbers, light, and a screen's numbers."""

    def to_working(self, picture: Picture, device: torch.device) -> Frame: ...

    def to_display(self, frame: Frame) -> npt.NDArray[np.uint8]:
        """(H, W, 4) uint8 B G R 255."""
        ...

    def to_encoded(
        self, frame: Frame, tags: ColorTags, bits: int = 8, dither_seed: int | None = None
    ) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        """(H, W, 3) R'G'B', full scale 255 or, above 8 bits, 65535. With a seed, noise below half a code hides banding."""
        ...

    def to_linear_exr(self, frame: Frame) -> npt.NDArray[np.float32]:
        """(H, W, 3) light."""
        ...


class Analyser(Protocol):
    """Finds out what stands in a shot. Works at a size of its own, so nothing depends on the size of a preview."""

    @property
    def version(self) -> str: ...

    @property
    def models(self) -> ModelSet:
        """The optional models that it asks."""
        ...

    def models_of(self, finding: MapKind | None) -> str:
        """Digest of the models that feed a map, or the tracking for None; empty without any."""
        ...

    def work_size(self, video: VideoFacts) -> Size: ...

    def analyse_shot(
        self,
        read: Callable[[int], Frame],
        index: FrameTimes,
        facts: MediaFacts,
        cancel: CancelToken,
        progress: ProgressSink,
    ) -> Scene:
        """`read` gives a frame at the work size."""
        ...

    def tracking_size(self, video: VideoFacts) -> Size: ...

    def track(
        self,
        read: Callable[[int], Frame],
        index: FrameTimes,
        facts: MediaFacts,
        scene: Scene,
        cancel: CancelToken,
        progress: ProgressSink,
    ) -> Tracking:
        """The camera and the objects followed through every frame; `read` gives one at the tracking size, best in order.

        `read` and `cancel` may keep the caller waiting while something more urgent is done.
        """
        ...

    def maps(
        self, frame: Frame, previous: Frame | None, scene: Scene, kinds: tuple[MapKind, ...], cancel: CancelToken
    ) -> Maps:
        """Maps at the size of `frame`, which is the work size. `scene` is corrected, its camera as it is at this frame."""
        ...


class Translators(Protocol):
    """The plugins at hand, as `core.extension.registry.Registry`."""

    def spec(self, translator_id: TranslatorId) -> TranslatorSpec: ...
    def create(self, translator_id: TranslatorId, device: torch.device) -> Translator: ...
    def mark_broken(self, translator_id: TranslatorId, problem: BaseException) -> Exception: ...


Kept = Frame | Maps | torch.Tensor | FlickerSample | Link | Measurement | Scene | CarriedMatte
"""What memory keeps besides finished pictures."""


def kept_bytes(kept: Kept) -> int:
    """Memory of a result, bytes."""
    match kept:
        case Frame():
            return kept.pixels.nbytes
        case Maps():
            return sum(m.nbytes for f in fields(kept) if (m := getattr(kept, f.name)) is not None)
        case torch.Tensor() | CarriedMatte():
            return kept.nbytes
        case FlickerSample():
            return kept.source.nbytes + kept.result.nbytes + kept.unclipped.nbytes
        case Link():
            return kept.to_before.nbytes + kept.to_here.nbytes
        case Measurement():
            return kept.heat.nbytes
        case Scene():
            return 0


def picture_bytes(picture: Picture8) -> int:
    return picture.pixels.nbytes


@dataclass(frozen=True, slots=True)
class RenderCache:
    """`results` are device tensors and measurements; `pictures` are finished display bytes; `disk` holds analyses."""

    results: MemoryCache[Kept]
    pictures: MemoryCache[Picture8]
    disk: DiskCache


@dataclass(frozen=True, slots=True)
class Services:
    """`threads` is given to torch when the engine thread starts, as `core.threads` counts them; None leaves torch alone."""

    open_decoder: Callable[[MediaFacts], Decoder]
    open_index: Callable[[MediaFacts], FrameTimes]
    color: Color
    analyser: Analyser
    translators: Translators
    cache: RenderCache
    device: torch.device
    threads: int | None = None
    open_proxy: Callable[[MediaFacts, str], Decoder] | None = None
    """Opens the proxy of a medium at a path; None where nobody makes any."""
