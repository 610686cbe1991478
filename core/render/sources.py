"""What depends on media: decoded frames, the scene of a shot, what was followed in it, the maps of a frame.

No edit reaches it but a person's word on the scene, which what is found is kept apart from.

What is made goes into the caches, which are shared; decoders are not, so each thread has `Sources` of its own: the engine
thread's in the renderer, the look-ahead's in its worker. Either may make what the other has not, with the same bits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch

from core.cancel import CancelToken
from core.color import VERSION as COLOR_VERSION
from core.errors import MediaError
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.frame_times import FrameTimes
from core.ids import MediaId
from core.media.decoder import VERSION as DECODER_VERSION
from core.media.facts import MediaFacts
from core.media.picture import Picture
from core.progress import Progress, ProgressSink
from core.render.cache import DiskCache, Place
from core.render.keys import stage_key
from core.render.media_plan import decode_of
from core.render.nodes import Analysis, Decode
from core.render.services import Decoder, Services
from core.render.sizes import Size
from core.render.stages import analyse
from core.scene import Corrections, Scene, Tracking, camera_at

AnalysisSink = Callable[[MediaId, Progress], None]


class Trackings:
    """What was followed, by name: in memory for as long as this lives, and on disk. Any thread.

    Memory never lets go of one: it is small, every frame of its shot needs it, and it takes a pass over all of them to make.
    """

    def __init__(self, disk: DiskCache) -> None:
        self._disk = disk
        self._lock = threading.Lock()
        # Under the lock:
        self._known: dict[str, Tracking] = {}

    def get(self, key: str) -> Tracking | None:
        with self._lock:
            if key in self._known:
                return self._known[key]
        arrays = self._disk.get(key)
        found = analyse.tracking_from_arrays(arrays) if arrays else None
        if found is not None:
            with self._lock:
                found = self._known.setdefault(key, found)
        return found

    def put(self, key: str, tracking: Tracking) -> Tracking:
        """Keep it; returned as it is kept, its numbers rounded."""
        kept = analyse.rounded(tracking)
        self._disk.put(key, analyse.tracking_to_arrays(kept))
        with self._lock:
            return self._known.setdefault(key, kept)


class Sources:
    """Reads and analyses media. Used by one thread; open files are its own, `close` gives them back."""

    def __init__(self, services: Services, on_analysis: AnalysisSink, trackings: Trackings | None = None) -> None:
        self._services = services
        self._cache = services.cache
        self._on_analysis = on_analysis
        self._trackings = trackings or Trackings(services.cache.disk)
        self._indexes: dict[MediaId, tuple[MediaFacts, FrameTimes]] = {}
        self._decoders: dict[tuple[MediaId, str], tuple[MediaFacts, Decoder]] = {}
        self.version = f"{DECODER_VERSION}/{COLOR_VERSION}"

    def index_of(self, facts: MediaFacts) -> FrameTimes:
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

    def _decoder(self, facts: MediaFacts, proxy: str = "") -> Decoder:
        """The open medium or its proxy, opened anew where the same content now lies elsewhere or runs at another rate."""
        place = facts.id, proxy
        known, decoder = self._decoders.get(place, (None, None))
        if decoder is None or known != facts:
            if decoder is not None:
                del self._decoders[place]
                decoder.close()
            open_proxy = self._services.open_proxy
            decoder = open_proxy(facts, proxy) if proxy and open_proxy else self._services.open_decoder(facts)
            self._decoders[place] = facts, decoder
        return decoder

    def decoded(self, node: Decode, cancel: CancelToken) -> Frame:
        """A source frame in the working space on the device. Raises `MediaError`, `Cancelled`."""
        kept = self._cache.results.get(node.key)
        if isinstance(kept, Frame):
            return kept
        made = self._read(node.facts, node.frame, node.size, cancel, node.proxy)
        cancel.check()
        self._cache.results.put(node.key, made, Place(node.media, node.frame))
        return made

    def passing(self, node: Decode, cancel: CancelToken) -> Frame:
        """As `decoded`, for whoever goes through a film once: what is not kept is not kept for this. Raises as `decoded`."""
        kept = self._cache.results.get(node.key)
        return kept if isinstance(kept, Frame) else self._read(node.facts, node.frame, node.size, cancel, node.proxy)

    def picture(self, node: Decode, cancel: CancelToken) -> Picture:
        """A source frame in the numbers of its file, untouched by any transform. Raises `MediaError`, `Cancelled`."""
        return self._decoder(node.facts).read(node.frame, node.size, cancel)

    def _read(self, facts: MediaFacts, frame: int, size: Size, cancel: CancelToken, proxy: str = "") -> Frame:
        """A proxy may have been deleted or cut short by whoever tidies the cache: then the source has the frame."""
        try:
            picture = self._decoder(facts, proxy).read(frame, size, cancel)
        except MediaError:
            if not proxy:
                raise
            picture = self._decoder(facts).read(frame, size, cancel)
        return self._services.color.to_working(picture, self._services.device)

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

    def is_understood(self, node: Analysis) -> bool:
        """Whether all that is needed of the whole shot is known."""
        return self.has_scene(node) and not (node.tracking_key and self._trackings.get(node.tracking_key) is None)

    def _analysed(self, node: Analysis, cancel: CancelToken) -> Scene:
        def read(frame: int) -> Frame:
            return self._small(node.facts, frame, cancel)

        with self._telling(node.facts.id) as report:
            return self._services.analyser.analyse_shot(read, self.index_of(node.facts), node.facts, cancel, report)

    @contextmanager
    def _telling(self, media: MediaId) -> Iterator[ProgressSink]:
        """How far a look at a whole shot is. Whoever shows it hears of its end, were it only given up."""
        last: Progress | None = None

        def report(progress: Progress) -> None:
            nonlocal last
            last = progress
            self._on_analysis(media, progress)

        try:
            yield report
        finally:
            if last is not None and last.done < last.total:
                self._on_analysis(media, replace(last, done=last.total))

    def tracking(self, node: Analysis, cancel: CancelToken) -> Tracking | None:
        """What was followed; None where the node is shown without it. Where it is not known this looks at every frame now."""
        if not node.tracking_key:
            return None
        known = self._trackings.get(node.tracking_key)
        return known if known is not None else self.follow(node, self.scene(node, cancel), cancel)

    def follow(self, node: Analysis, scene: Scene, cancel: CancelToken) -> Tracking:
        """Look at every frame. None of them is kept: they would drive out all that the playhead is near."""
        facts, analyser = node.facts, self._services.analyser
        size = analyser.tracking_size(facts.video)

        def read(frame: int) -> Frame:
            cancel.check()
            return self._read(facts, frame, size, cancel)

        with self._telling(facts.id) as report:
            found = analyser.track(read, self.index_of(facts), facts, scene, cancel, report)
        cancel.check()
        return self._trackings.put(node.tracking_key, found)

    def shot(self, node: Analysis, said: Corrections, cancel: CancelToken) -> tuple[Scene, Tracking | None]:
        """The scene with a person's word laid over it, and what was followed. Raises as `scene`."""
        return self.scene(node, cancel).corrected(said, node.aspect), self.tracking(node, cancel)

    def maps(self, node: Analysis, source: Decode, cancel: CancelToken) -> Maps:
        """The maps a node names, fitted to a picture. Raises `MediaError`, `Cancelled`."""
        names = tuple(name for _, name in node.maps)
        key = stage_key("fitted", analyse.VERSION, node.painting, (source.key, *names))
        fitted = self._cache.results.get(key)
        if isinstance(fitted, Maps):
            return fitted
        found = self._maps_as_kept(node, cancel)  # first: it may read the frame before this one
        made = analyse.maps_at_size(found, self.decoded(source, cancel))
        if node.painting:
            made = analyse.with_painted_sky(made, node.said.sky_strokes)
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
        scene, tracking = self.shot(node, node.said.corrections, cancel)
        scene = replace(scene, camera=camera_at(scene, tracking, node.frame))
        kinds = tuple(kind for kind, _ in missing)
        previous = self._previous(node, cancel) if MapKind.FLOW in kinds else None
        here = self._small(node.facts, node.frame, cancel, node.proxy)
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
            return self._small(node.facts, node.frame - 1, cancel, node.proxy)
        except MediaError:
            return None

    def _small(self, facts: MediaFacts, frame: int, cancel: CancelToken, proxy: str = "") -> Frame:
        """A source frame at the analyser's size, whatever the preview's."""
        size = self._services.analyser.work_size(facts.video)
        return self.decoded(decode_of(facts, frame, size, self.version, proxy), cancel)
