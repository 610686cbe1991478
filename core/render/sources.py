"""What depends on media alone: decoded frames, the scene of a shot, the maps of a frame. No edit reaches it.

What is made goes into the caches, which are shared; decoders are not, so each thread has `Sources` of its own: the engine
thread's in the renderer, the look-ahead's in its worker. Either may make what the other has not, with the same bits.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from core.cancel import CancelToken
from core.color import VERSION as COLOR_VERSION
from core.errors import MediaError
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.ids import MediaId
from core.media.decoder import VERSION as DECODER_VERSION
from core.media.facts import MediaFacts
from core.progress import Progress
from core.render.cache import Place
from core.render.keys import stage_key
from core.render.plan import Analysis, Decode, FrameIndex, decode_of
from core.render.services import Decoder, Services
from core.render.stages import analyse
from core.scene import Scene

AnalysisSink = Callable[[MediaId, Progress], None]


class Sources:
    """Reads and analyses media. Used by one thread; open files are its own, `close` gives them back."""

    def __init__(self, services: Services, on_analysis: AnalysisSink) -> None:
        self._services = services
        self._cache = services.cache
        self._on_analysis = on_analysis
        self._indexes: dict[MediaId, tuple[MediaFacts, FrameIndex]] = {}
        self._decoders: dict[MediaId, tuple[MediaFacts, Decoder]] = {}
        self.version = f"{DECODER_VERSION}/{COLOR_VERSION}"

    def index_of(self, facts: MediaFacts) -> FrameIndex:
        """Raises `MediaError`."""
        known, index = self._indexes.get(facts.id, (None, None))
        if index is None or known != facts:
            index = self._services.open_index(facts)
            self._indexes[facts.id] = facts, index
        return index

    def close(self) -> None:
        for _, decoder in self._decoders.values():
            decoder.close()
        self._decoders.clear()

    def _decoder(self, facts: MediaFacts) -> Decoder:
        """The open medium, opened anew where the same content now lies elsewhere or runs at another rate."""
        known, decoder = self._decoders.get(facts.id, (None, None))
        if decoder is None or known != facts:
            if decoder is not None:
                del self._decoders[facts.id]
                decoder.close()
            decoder = self._services.open_decoder(facts)
            self._decoders[facts.id] = facts, decoder
        return decoder

    def decoded(self, node: Decode, cancel: CancelToken) -> Frame:
        """A source frame in the working space on the device. Raises `MediaError`, `Cancelled`."""
        kept = self._cache.results.get(node.key)
        if isinstance(kept, Frame):
            return kept
        picture = self._decoder(node.facts).read(node.frame, node.size, cancel)
        made = self._services.color.to_working(picture, self._services.device)
        cancel.check()
        self._cache.results.put(node.key, made, Place(node.media, node.frame))
        return made

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

    def maps(self, node: Analysis, source: Decode, cancel: CancelToken) -> Maps:
        """The maps a node names, fitted to a picture. Raises `MediaError`, `Cancelled`."""
        names = tuple(name for _, name in node.maps)
        key = stage_key("fitted", analyse.VERSION, None, (source.key, *names))
        fitted = self._cache.results.get(key)
        if isinstance(fitted, Maps):
            return fitted
        found = self._maps_as_kept(node, cancel)  # first: it may read the frame before this one
        made = analyse.maps_at_size(found, self.decoded(source, cancel))
        cancel.check()
        self._cache.results.put(key, made, Place(source.media, source.frame))
        return made

    def _maps_as_kept(self, node: Analysis, cancel: CancelToken) -> dict[MapKind, torch.Tensor]:
        """At the work size, half precision."""
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
        return kept

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
        return self.decoded(decode_of(facts, frame, size, self.version), cancel)
