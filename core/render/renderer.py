"""The renderer walks a plan's tree and makes what the cache does not hold. Same tree, same bits, in any order.

Engine thread; `look_ahead` sends a worker before it. Holds what is expensive to open (decoders, translators), never
anything of an earlier frame: whatever is remembered lies in the cache, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np
import torch

from core.cancel import Cancelled, CancelToken
from core.color import VERSION as COLOR_VERSION
from core.errors import MediaError, MemoryShortage, WeathervaneError, is_out_of_memory
from core.evaluation.flicker import Link, Measurement
from core.evaluation.flicker import Sample as FlickerSample
from core.extension.translator import Translator
from core.frame import Frame
from core.frame_times import FrameTimes
from core.ids import MediaId, TranslatorId
from core.media.facts import MediaFacts
from core.progress import Progress
from core.render.cache import Place
from core.render.following import Followers
from core.render.keys import stage_key
from core.render.lookahead import LookAhead, errand_of
from core.render.mattes import Mattes
from core.render.media_plan import PlanParams, analysis_of, tracking_key_of
from core.render.messages import Picture8
from core.render.nodes import (
    Analysis,
    Black,
    Composite,
    Decode,
    DoubtView,
    Flicker,
    FramePlan,
    MapView,
    Matte,
    Node,
    Pixels,
    Sample,
    Translate,
)
from core.render.plan import FLICKER_VERSION
from core.render.services import Services
from core.render.sizes import Size
from core.render.sources import AnalysisSink, Sources, Trackings
from core.render.stages import analyse, composite, flicker
from core.render.stages.doubt import doubted
from core.render.stages.layers import Layers
from core.render.stages.translate import layered, translate
from core.scene import FrameScene, Scene, Tracking, scene_at
from core.words import tr

T = TypeVar("T")
NOWHERE: Final = Place(MediaId(""), 0)
Samples = tuple[FlickerSample | None, FlickerSample, FlickerSample | None]
"""Of the frame before, the frame itself and the frame after."""


class Renderer:
    """Makes the results that a plan names."""

    def __init__(
        self, services: Services, on_analysis: AnalysisSink, is_urgent: Callable[[], bool] = lambda: False
    ) -> None:
        """`is_urgent` tells, on any thread, that following a shot must make room at once."""
        self._services = services
        self._cache = services.cache
        self._trackings = Trackings(services.cache.disk)
        self._sources = Sources(services, on_analysis, self._trackings)
        self._mattes = Mattes(services, self._sources)
        self._ahead = LookAhead(lambda: Sources(services, _unheard, self._trackings))
        self._followers = Followers(services, self._trackings, is_urgent)
        self._translators: dict[TranslatorId, Translator] = {}

    def index_of(self, facts: MediaFacts) -> FrameTimes:
        """Raises `MediaError`."""
        return self._sources.index_of(facts)

    def plan_params(self, size_of: Callable[..., Size], canvas: Size, *, as_known: bool = False) -> PlanParams:
        """What a plan may depend on, on this machine. `as_known`: shots that were not followed yet are shown without it."""
        device = self._services.device
        params = PlanParams(
            index_of=self.index_of,
            spec_of=self._services.translators.spec,
            analyser_version=self._services.analyser.version,
            models_of=self._services.analyser.models_of,
            source_version=self._sources.version,
            size_of=size_of,
            canvas=canvas,
            backend=f"{device.type}-float32",
        )

        def is_followed(facts: MediaFacts) -> bool:
            return self._trackings.get(tracking_key_of(facts, params)) is not None

        return replace(params, is_tracked=is_followed, is_carried=self._mattes.is_carried) if as_known else params

    def shot_of(self, facts: MediaFacts) -> Analysis:
        """A medium as a whole, followed: what `scene`, `follow` and `tracking` are asked about."""
        return analysis_of(facts, 0, (), self.plan_params(lambda _: (1, 1), (1, 1)))

    @property
    def mattes(self) -> Mattes:
        """What makes the mattes of plans."""
        return self._mattes

    def close(self) -> None:
        self._ahead.close()
        self._followers.close()
        self._sources.close()
        for translator in self._translators.values():
            translator.close()
        self._translators.clear()

    def look_ahead(self, plans: Iterable[FramePlan]) -> None:
        """From now on read and analyse these frames, in order, on another thread; whatever was wanted before is dropped."""
        wanted = tuple(plans)
        for id_ in {plan.translation.spec.id for plan in wanted if plan.translation}:
            with suppress(Exception):  # whoever needs the translator meets the same failure
                self._translator(
                    id_
                )  # imported before the worker runs: imports may parse, and parse in one thread only
        self._ahead.want(errand for plan in wanted if (errand := errand_of(plan)) is not None)

    def scene(self, node: Analysis, cancel: CancelToken) -> Scene:
        """The shot as understood. Raises `MediaError`, `Cancelled`."""
        return self._sources.scene(node, cancel)

    def has_scene(self, node: Analysis) -> bool:
        """Whether the shot is known without reading it."""
        return self._sources.has_scene(node)

    def tracking(self, node: Analysis, cancel: CancelToken) -> Tracking | None:
        """What was followed; None where the node is shown without it. Raises as `scene`."""
        return self._sources.tracking(node, cancel)

    def is_followed(self, node: Analysis) -> bool:
        """Whether every frame of the shot was looked at."""
        return self._trackings.get(node.tracking_key) is not None

    def follow(self, node: Analysis, cancel: CancelToken) -> Progress | None:
        """One slice of following a shot, begun where the last one ended; None where it is known. Raises as `scene`."""
        if not node.tracking_key or self.is_followed(node):
            return None
        return self._followers.advance(node, self._sources.scene(node, cancel))

    # ---- pictures in light ----------------------------------------------------------------------------------------

    def frame(self, node: Pixels, cancel: CancelToken) -> Frame:
        """The pixels a node names, in the working space on the device.

        Raises `MediaError`, `PluginError`, `Cancelled`, and `MemoryShortage` where just this frame is too large.
        """
        kept = self._cache.results.get(node.key)
        if isinstance(kept, Frame):
            return kept
        with _memory_errors(node):
            return self._made_frame(node, cancel)

    def _made_frame(self, node: Pixels, cancel: CancelToken) -> Frame:
        match node:
            case Black():
                return Frame(torch.zeros((3, node.size[1], node.size[0]), device=self._services.device))
            case Decode():
                self._ahead.finish(node.key, cancel)
                return self._sources.decoded(node, cancel)
            case Translate():
                made = self._translated(node, cancel, translate)
            case Composite():
                below, result = self.frame(node.below, cancel), self.frame(node.result, cancel)
                mask = self._mattes.matte(node.matte, cancel)
                made = composite.composite(below, result, node.amount, mask)
        cancel.check()
        self._cache.results.put(node.key, made, place_of(node))
        return made

    def light_at(self, node: Pixels, u: float, v: float, side: int) -> tuple[float, float, float] | None:
        """Mean R, G, B of a square of `side` pixels about a point in 0..1, cut at the edges, in the working space. None where
        the frame is not in memory: nothing is decoded or rendered for it."""
        if isinstance(node, Black):
            return 0.0, 0.0, 0.0
        kept = self._cache.results.get(node.key)
        if not isinstance(kept, Frame):
            return None
        x, y, reach = min(int(u * kept.width), kept.width - 1), min(int(v * kept.height), kept.height - 1), side // 2
        square = kept.pixels[:, max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
        red, green, blue = (float(value) for value in square.mean(dim=(1, 2)))
        return red, green, blue

    def layers(self, node: Pixels, cancel: CancelToken) -> Layers:
        """A result taken apart; its picture is kept as `frame` would keep it. Raises as `frame`."""
        with _memory_errors(node):
            match node:
                case Translate():
                    made = self._translated(node, cancel, layered)
                    self._cache.results.put(node.key, made.result, place_of(node))
                    return made
                case Composite():
                    below, above = self.layers(node.below, cancel), self.layers(node.result, cancel)
                    mask = self._mattes.matte(node.matte, cancel)
                    return above.mixed(below, self.frame(node, cancel), mask * node.amount)
                case _:
                    return Layers.untouched(self.frame(node, cancel))

    def _translated(self, node: Translate, cancel: CancelToken, how: Callable[..., T]) -> T:
        """What `translate` or `layered` makes of a node."""
        self._ahead.finish(node.source.key, cancel)
        maps = self._sources.maps(node.analysis, node.source, cancel)
        shown = self._shown(node, cancel)
        source = self._sources.decoded(node.source, cancel)
        translator = self._translator(node.spec.id)
        cancel.check()
        try:
            return how(node, source, maps, shown, translator, cancel)
        except (Cancelled, WeathervaneError):
            raise
        except Exception as problem:  # foreign code: whatever it raises switches it off, and the engine goes on
            if is_out_of_memory(problem):  # but for this: a smaller frame may well do
                raise
            self._translators.pop(node.spec.id, None)
            raise self._services.translators.mark_broken(node.spec.id, problem) from problem

    def _shown(self, node: Translate, cancel: CancelToken) -> FrameScene:
        """The scene as a frame has it: found, followed, said."""
        analysis, said = node.analysis, node.analysis.said.word
        scene, tracking = self._sources.shot(analysis, said, cancel)
        return scene_at(
            scene, tracking, said, analysis.aspect, node.source.frame, float(node.time), float(node.duration)
        )

    def _translator(self, id_: TranslatorId) -> Translator:
        if id_ not in self._translators:
            self._translators[id_] = self._services.translators.create(id_, self._services.device)
        return self._translators[id_]

    # ---- flicker --------------------------------------------------------------------------------------------------

    def sample(self, node: Sample, cancel: CancelToken) -> FlickerSample:
        kept = self._cache.results.get(node.key)
        if isinstance(kept, FlickerSample):
            return kept
        source = self._codes(node.source, cancel)
        result = source if node.result.key == node.source.key else self._codes(node.result, cancel)
        made = flicker.reduced(node.source.frame, source, result)
        cancel.check()
        self._cache.results.put(node.key, made, place_of(node.source))
        return made

    def _codes(self, node: Pixels, cancel: CancelToken) -> flicker.Picture:
        """(H, W, 3) R'G'B' of a screen, uint8. A cell of the measure averages hundreds of pixels, so bytes are fine enough."""
        bgra = self._services.color.to_display(self.frame(node, cancel))
        return np.ascontiguousarray(bgra[..., 2::-1])

    def samples(self, node: Flicker, cancel: CancelToken) -> Samples:
        """All that the measure of a frame looks at: this makes the pictures of three frames. Raises as `frame`."""
        before = self._neighbour(node.before, cancel)
        return before, self.sample(node.here, cancel), self._neighbour(node.after, cancel)

    def measured(self, node: Flicker, samples: Samples) -> Measurement:
        """The verdict on a frame, from its samples. Any thread: it touches nothing but the cache."""
        kept = self._cache.results.get(node.key)
        if isinstance(kept, Measurement):
            return kept
        before, here, after = samples
        past = (before, self._link(node.before, before, node.here, here)) if node.before and before else None
        future = (after, self._link(node.here, here, node.after, after)) if node.after and after else None
        made = flicker.judge(past, here, future)
        self._cache.results.put(node.key, made, place_of(node))
        return made

    def _link(self, before: Sample, was: FlickerSample, here: Sample, now: FlickerSample) -> Link:
        """The flow between two frames, found once. Named by the source's frames: it outlives every edit."""
        key = stage_key("link", FLICKER_VERSION, None, (before.source.key, here.source.key))
        kept = self._cache.results.get(key)
        if isinstance(kept, Link):
            return kept
        made = flicker.link(was, now)
        self._cache.results.put(key, made, place_of(here))
        return made

    def _neighbour(self, node: Sample | None, cancel: CancelToken) -> FlickerSample | None:
        """A neighbour's sample; None where there is none or it is damaged."""
        try:
            return None if node is None else self.sample(node, cancel)
        except MediaError:
            return None

    def heatmap(self, node: Flicker, samples: Samples, size: Size) -> flicker.Picture:
        """(H, W, 3) uint8 R'G'B' at a size. Any thread, as `measured`."""
        return flicker.heat(self.measured(node, samples), samples[1], size)

    # ---- pictures for a screen ------------------------------------------------------------------------------------

    def picture(self, node: Node, cancel: CancelToken) -> Picture8:
        """What a screen shows of a node: finished bytes, from the cache if they are there."""
        key = self.picture_key(node)
        kept = self._cache.pictures.get(key)
        if kept is not None:
            return kept
        with _memory_errors(node):
            made = self._made_picture(node, cancel)
        cancel.check()
        self._cache.pictures.put(key, made, place_of(node))
        return made

    def _made_picture(self, node: Node, cancel: CancelToken) -> Picture8:
        match node:
            case Matte():
                mask = self._mattes.matte(node, cancel)[0].cpu().numpy()
                return _opaque(np.repeat(np.rint(mask * 255.0).astype(np.uint8)[..., None], 3, axis=2))
            case DoubtView():
                bgra = self._services.color.to_display(self.frame(node.source, cancel))
                matte = self._mattes.matte(node.matte, cancel)[0].cpu().numpy()
                return _opaque(doubted(bgra, matte, self._mattes.doubt(node.matte, cancel)))
            case MapView():
                maps = self._sources.maps(node.analysis, node.source, cancel)
                return _opaque(np.repeat(analyse.map_codes(maps, node.kind)[..., None], 3, axis=2))
            case Flicker():
                return _opaque(self.heatmap(node, self.samples(node, cancel), node.size)[..., ::-1])
            case Sample():
                raise TypeError("a flicker sample is not a picture")
            case _:
                bgra = self._services.color.to_display(self.frame(node, cancel))
                bgra.flags.writeable = False
                return Picture8(bgra)

    def picture_key(self, node: Node) -> str:
        return stage_key("display", COLOR_VERSION, None, (node.key,))

    def has(self, node: Pixels) -> bool:
        """Whether the pixels are in memory."""
        return node.key in self._cache.results

    def has_picture(self, node: Node) -> bool:
        return self.picture_key(node) in self._cache.pictures


def place_of(node: Node) -> Place:
    """Where a result belongs on the source's axis."""
    match node:
        case Decode():
            return Place(node.media, node.frame)
        case Translate() | Composite() | DoubtView() | MapView() | Sample():
            return place_of(node.source)
        case Flicker():
            return place_of(node.here.source)
        case _:
            return NOWHERE


@contextmanager
def _memory_errors(node: Node) -> Iterator[None]:
    """Where memory runs out, say which frame is too large. Raises `MemoryShortage`."""
    try:
        yield
    except Exception as problem:
        if isinstance(problem, WeathervaneError) or not is_out_of_memory(problem):
            raise
        name, width, height = _named(node)
        raise MemoryShortage(
            tr(
                "{name} needs more memory than is free at {width}x{height}; choose a smaller preview or close other programs.",
                name=name,
                width=width,
                height=height,
            )
        ) from problem


def _named(node: Node) -> tuple[str, int, int]:
    """The frame that a node is made of, for people, and its size in pixels."""
    match node:
        case Decode():
            return tr("Frame {number}", number=node.facts.first_number + node.frame), *node.size
        case Translate() | Composite() | DoubtView() | MapView() | Sample():
            return _named(node.source)
        case Flicker():
            return _named(node.here)
        case _:
            return tr("This picture"), *node.size


def _unheard(_: MediaId, __: Progress) -> None:
    """The look-ahead never analyses a whole shot, so it has nothing to report."""


def _opaque(bgr: np.ndarray) -> Picture8:
    pixels = np.full((*bgr.shape[:2], 4), 255, np.uint8)
    pixels[..., :3] = bgr
    pixels.flags.writeable = False
    return Picture8(pixels)
