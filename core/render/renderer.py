"""The renderer walks a plan's tree and makes what the cache does not hold. Same tree, same bits, in any order.

Engine thread. Holds what is expensive to open (decoders, translators), never anything of an earlier frame: whatever is
remembered lies in the cache, by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch

from core.cancel import Cancelled, CancelToken
from core.color import VERSION as COLOR_VERSION
from core.errors import MediaError, WeathervaneError
from core.evaluation.flicker import Measurement
from core.evaluation.flicker import Sample as FlickerSample
from core.extension.spec import MapKind
from core.extension.translator import Maps, Translator
from core.frame import Frame
from core.ids import MediaId, TranslatorId
from core.media.decoder import VERSION as DECODER_VERSION
from core.media.facts import MediaFacts
from core.progress import Progress
from core.render.cache import Place
from core.render.keys import stage_key
from core.render.messages import Picture8
from core.render.plan import (
    Analysis,
    Black,
    Composite,
    Decode,
    Flicker,
    FrameIndex,
    Matte,
    Node,
    Pixels,
    PlanParams,
    Sample,
    Translate,
    decode_of,
)
from core.render.services import Decoder, Services
from core.render.sizes import Size
from core.render.stages import analyse, composite, flicker
from core.render.stages.translate import translate
from core.scene import Scene

AnalysisSink = Callable[[MediaId, Progress], None]
NOWHERE: Final = Place(MediaId(""), 0)


class Renderer:
    """Makes the results that a plan names."""

    def __init__(self, services: Services, on_analysis: AnalysisSink) -> None:
        self._services = services
        self._cache = services.cache
        self._on_analysis = on_analysis
        self._indexes: dict[MediaId, FrameIndex] = {}
        self._decoders: dict[MediaId, Decoder] = {}
        self._translators: dict[TranslatorId, Translator] = {}
        self._source_version = f"{DECODER_VERSION}/{COLOR_VERSION}"

    def index_of(self, facts: MediaFacts) -> FrameIndex:
        """Raises `MediaError`."""
        if facts.id not in self._indexes:
            self._indexes[facts.id] = self._services.open_index(facts)
        return self._indexes[facts.id]

    def plan_params(self, size_of: Callable[..., Size], canvas: Size) -> PlanParams:
        """What a plan may depend on, on this machine."""
        device = self._services.device
        return PlanParams(
            index_of=self.index_of,
            spec_of=self._services.translators.spec,
            analyser_version=self._services.analyser.version,
            source_version=self._source_version,
            size_of=size_of,
            canvas=canvas,
            backend=f"{device.type}-float32",
        )

    def close(self) -> None:
        for decoder in self._decoders.values():
            decoder.close()
        for translator in self._translators.values():
            translator.close()
        self._decoders.clear()
        self._translators.clear()

    # ---- pictures in light ----------------------------------------------------------------------------------------

    def frame(self, node: Pixels, cancel: CancelToken) -> Frame:
        """The pixels a node names, in the working space on the device. Raises `MediaError`, `PluginError`, `Cancelled`."""
        kept = self._cache.results.get(node.key)
        if isinstance(kept, Frame):
            return kept
        match node:
            case Black():
                return Frame(torch.zeros((3, node.size[1], node.size[0]), device=self._services.device))
            case Decode():
                made = self._decoded(node, cancel)
            case Translate():
                made = self._translated(node, cancel)
            case Composite():
                source, result = self.frame(node.source, cancel), self.frame(node.result, cancel)
                mask = composite.matte(node.masks, node.source.size, self._services.device)
                made = composite.composite(source, result, node.amount, mask)
        cancel.check()
        self._cache.results.put(node.key, made, place_of(node))
        return made

    def _decoded(self, node: Decode, cancel: CancelToken) -> Frame:
        if node.media not in self._decoders:
            self._decoders[node.media] = self._services.open_decoder(node.facts)
        picture = self._decoders[node.media].read(node.frame, node.size, cancel)
        return self._services.color.to_working(picture, self._services.device)

    def _translated(self, node: Translate, cancel: CancelToken) -> Frame:
        maps = self.maps(node.analysis, node.source.size, cancel)  # first: it may want the frame before this one
        scene = self.scene(node.analysis, cancel)
        source = self.frame(node.source, cancel)
        translator = self._translator(node.spec.id)
        cancel.check()
        try:
            return translate(node, source, maps, scene, translator, cancel)
        except (Cancelled, WeathervaneError):
            raise
        except Exception as problem:  # foreign code: whatever it raises switches it off, and the engine goes on
            self._translators.pop(node.spec.id, None)
            raise self._services.translators.mark_broken(node.spec.id, problem) from problem

    def _translator(self, id_: TranslatorId) -> Translator:
        if id_ not in self._translators:
            self._translators[id_] = self._services.translators.create(id_, self._services.device)
        return self._translators[id_]

    # ---- analyses -------------------------------------------------------------------------------------------------

    def scene(self, node: Analysis, cancel: CancelToken) -> Scene:
        """The shot as understood: from memory, from disk, or found now, which reads the whole shot once."""
        kept = self._cache.results.get(node.scene_key)
        if isinstance(kept, Scene):
            return kept
        arrays = self._cache.disk.get(node.scene_key)
        scene = analyse.scene_from_arrays(arrays) if arrays else None
        if scene is None:
            scene = self._analysed(node, cancel)
            cancel.check()
            self._cache.disk.put(node.scene_key, analyse.scene_to_arrays(scene))
        self._cache.results.put(node.scene_key, scene, Place(node.facts.id, node.frame))
        return scene

    def has_scene(self, node: Analysis) -> bool:
        """Whether the shot is known without reading it."""
        return node.scene_key in self._cache.results or self._cache.disk.has(node.scene_key)

    def _analysed(self, node: Analysis, cancel: CancelToken) -> Scene:
        media = node.facts.id

        def read(frame: int) -> Frame:
            return self._small(node.facts, frame, cancel)

        def report(progress: Progress) -> None:
            self._on_analysis(media, progress)

        return self._services.analyser.analyse_shot(read, self.index_of(node.facts), node.facts, cancel, report)

    def maps(self, node: Analysis, size: Size, cancel: CancelToken) -> Maps:
        """The maps a node names, fitted to a picture of `size`."""
        kept: dict[MapKind, torch.Tensor] = {}
        missing: list[tuple[MapKind, str]] = []
        for kind, key in node.maps:
            plane = self._kept_map(key, Place(node.facts.id, node.frame))
            if plane is None:
                missing.append((kind, key))
            else:
                kept[kind] = plane
        if missing:
            kept |= self._found_maps(node, missing, cancel)
        return analyse.maps_at_size(kept, size, self._services.device)

    def _kept_map(self, key: str, place: Place) -> torch.Tensor | None:
        kept = self._cache.results.get(key)
        if isinstance(kept, torch.Tensor):
            return kept
        arrays = self._cache.disk.get(key)
        plane = analyse.map_from_arrays(arrays) if arrays else None
        if plane is not None:
            self._cache.results.put(key, plane, place)
        return plane

    def _found_maps(
        self, node: Analysis, missing: list[tuple[MapKind, str]], cancel: CancelToken
    ) -> dict[MapKind, torch.Tensor]:
        scene = self.scene(node, cancel)
        kinds = tuple(kind for kind, _ in missing)
        previous = self._previous(node, cancel) if MapKind.FLOW in kinds else None
        here = self._small(node.facts, node.frame, cancel)
        maps = self._services.analyser.maps(here, previous, scene, kinds, cancel)
        cancel.check()
        found: dict[MapKind, torch.Tensor] = {}
        for kind, key in missing:
            plane = analyse.map_of(maps, kind)
            if plane is not None:
                found[kind] = plane
                self._cache.disk.put(key, analyse.map_to_arrays(plane))
                self._cache.results.put(key, plane, Place(node.facts.id, node.frame))
        return found

    def _previous(self, node: Analysis, cancel: CancelToken) -> Frame | None:
        """The frame before; None at the first, and where it is damaged."""
        if node.frame == 0:
            return None
        try:
            return self._small(node.facts, node.frame - 1, cancel)
        except MediaError:
            return None

    def _small(self, facts: MediaFacts, frame: int, cancel: CancelToken) -> Frame:
        """A source frame at the analyser's size, whatever the preview's."""
        size = self._services.analyser.work_size(facts.video)
        return self.frame(decode_of(facts, frame, size, self._source_version), cancel)

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

    def measurement(self, node: Flicker, cancel: CancelToken) -> Measurement:
        kept = self._cache.results.get(node.key)
        if isinstance(kept, Measurement):
            return kept
        before = self._neighbour(node.before, cancel)
        here = self.sample(node.here, cancel)
        made = flicker.judged(before, here, self._neighbour(node.after, cancel))
        cancel.check()
        self._cache.results.put(node.key, made, place_of(node.here.source))
        return made

    def _neighbour(self, node: Sample | None, cancel: CancelToken) -> FlickerSample | None:
        """A neighbour's sample; None where there is none or it is damaged."""
        try:
            return None if node is None else self.sample(node, cancel)
        except MediaError:
            return None

    def heatmap(self, node: Flicker, size: Size, cancel: CancelToken) -> flicker.Picture:
        """(H, W, 3) uint8 R'G'B' at a size."""
        return flicker.heat(self.measurement(node, cancel), self.sample(node.here, cancel), size)

    # ---- pictures for a screen ------------------------------------------------------------------------------------

    def picture(self, node: Node, cancel: CancelToken) -> Picture8:
        """What a screen shows of a node: finished bytes, from the cache if they are there."""
        key = self.picture_key(node)
        kept = self._cache.pictures.get(key)
        if kept is not None:
            return kept
        match node:
            case Matte():
                mask = composite.matte(node.masks, node.size, torch.device("cpu"))[0].numpy()
                made = _opaque(np.repeat(np.rint(mask * 255.0).astype(np.uint8)[..., None], 3, axis=2))
            case Flicker():
                made = _opaque(self.heatmap(node, node.size, cancel)[..., ::-1])
            case Sample():
                raise TypeError("a flicker sample is not a picture")
            case _:
                bgra = self._services.color.to_display(self.frame(node, cancel))
                bgra.flags.writeable = False
                made = Picture8(bgra)
        cancel.check()
        self._cache.pictures.put(key, made, place_of(node))
        return made

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
        case Translate() | Composite() | Sample():
            return place_of(node.source)
        case Flicker():
            return place_of(node.here.source)
        case _:
            return NOWHERE


def _opaque(bgr: np.ndarray) -> Picture8:
    pixels = np.full((*bgr.shape[:2], 4), 255, np.uint8)
    pixels[..., :3] = bgr
    pixels.flags.writeable = False
    return Picture8(pixels)
