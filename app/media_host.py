"""MediaHost: the thread that reads files for the window: facts, thumbnails, waveforms. No torch, no engine."""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from math import floor, log2
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from core.cancel import Cancelled, CancelToken
from core.errors import MediaError
from core.ids import MediaId
from core.media.facts import MediaFacts
from core.media.presence import is_present
from core.timebase import Time
from core.words import tr

log = logging.getLogger(__name__)

THUMBNAIL_H: Final = 96
FINEST_STEP_S: Final = 0.25
PEAKS_HZ: Final = 100
MAX_WAITING: Final = 48
"""Thumbnails asked for and not begun; older wishes are forgotten, for the view has moved on."""

Peaks = npt.NDArray[np.float32]


class MediaHost(QThread):
    """Main thread, except `run`. Answers from memory at once, and with a signal when something better has been read."""

    probed = Signal(str, object)
    """(path as asked for, `MediaFacts`)."""
    probe_failed = Signal(str, str)
    """(path, one sentence)."""
    thumbnail_ready = Signal()
    waveform_ready = Signal()
    presence_changed = Signal()
    """`problems` is new: a file has gone, or has come back."""
    media_failed = Signal(object, str)
    """(`MediaId`, one sentence): a file that is in the project and cannot be read."""
    _made = Signal(object, float, QImage)
    _drawn = Signal(object, object)
    _looked = Signal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("media")
        # main thread
        self._facts: dict[MediaId, MediaFacts] = {}
        self._images: dict[tuple[MediaId, float], QImage] = {}
        self._times: dict[MediaId, list[float]] = {}
        self._peaks: dict[MediaId, Peaks] = {}
        self._asked: set[object] = set()
        self._failed: set[MediaId] = set()
        self._current: tuple[MediaFacts, ...] = ()
        self.problems: dict[MediaId, str] = {}
        """One sentence for each medium of the project whose file is not there."""
        # under the lock
        self._changed = threading.Condition()
        self._probes: deque[str] = deque()
        self._thumbnails: deque[tuple[MediaFacts, float]] = deque(maxlen=MAX_WAITING)
        self._waveforms: deque[MediaFacts] = deque()
        self._looks: deque[MediaFacts] = deque()
        self._cancel = CancelToken()
        self._made.connect(self._on_made)
        self._drawn.connect(self._on_drawn)
        self._looked.connect(self._on_looked)

    # ---- main thread ----------------------------------------------------------------------------------------------

    def know(self, media: tuple[MediaFacts, ...]) -> None:
        """The media of the project; a file that failed is tried again when its place has changed."""
        for facts in media:
            if self._facts.get(facts.id) != facts:
                self._failed.discard(facts.id)
                self._asked = {a for a in self._asked if not (isinstance(a, tuple) and a[0] == facts.id)}
            self._facts[facts.id] = facts
        before, self._current = set(self._current), media
        self._look(facts for facts in media if facts not in before)
        gone = set(self.problems) - {facts.id for facts in media}
        self.problems = {id_: text for id_, text in self.problems.items() if id_ not in gone}

    def look(self) -> None:
        """Look anew whether the files of the project are there."""
        self._look(self._current)

    def _look(self, media: Iterable[MediaFacts]) -> None:
        for facts in media:
            self._post(partial(self._looks.append, facts))

    def _on_looked(self, facts: MediaFacts, is_present: bool) -> None:  # noqa: FBT001 - a Qt slot
        if facts not in self._current or is_present == (facts.id not in self.problems):
            return
        if is_present:
            del self.problems[facts.id]
            self._try_again({facts.id})
        else:
            path = Path(facts.path)
            self._failed.add(facts.id)
            self.problems[facts.id] = tr(
                "{name} is not in {folder}; put it back, or find it with Relink media.",
                name=path.name,
                folder=path.parent,
            )
        self.presence_changed.emit()

    def probe(self, path: str) -> None:
        self._post(lambda: self._probes.append(path))

    def thumbnail(self, media: MediaId, second: float, tile_s: float) -> QImage | None:
        """The nearest thumbnail there is; the one at the step's own instant is asked for."""
        facts = self._facts.get(media)
        if facts is None or media in self._failed:
            return None
        step = max(FINEST_STEP_S, 2.0 ** floor(log2(max(tile_s, 1e-6))))
        last = max(0.0, float(facts.video.duration) - float(1 / facts.video.rate))
        wanted = min(last, floor(max(0.0, second) / step + 0.5) * step)
        found = self._images.get((media, wanted))
        if found is None:
            self._ask((media, wanted), lambda: self._thumbnails.append((facts, wanted)))
            found = self._nearest(media, wanted)
        return found

    def _nearest(self, media: MediaId, wanted: float) -> QImage | None:
        times = self._times.get(media, [])
        if not times:
            return None
        at = bisect_left(times, wanted)
        best = min(times[max(0, at - 1) : at + 1], key=lambda t: abs(t - wanted))
        return self._images[media, best]

    def waveform(self, media: MediaId) -> tuple[Peaks, float] | None:
        facts = self._facts.get(media)
        if facts is None or not facts.audio or media in self._failed:
            return None
        if media not in self._peaks:
            self._ask((media, "peaks"), lambda: self._waveforms.append(facts))
            return None
        return self._peaks[media], PEAKS_HZ

    def _ask(self, what: object, put: Callable[[], None]) -> None:
        if what not in self._asked:
            self._asked.add(what)
            self._post(put)

    def _post(self, put: Callable[[], None]) -> None:
        if self._cancel.is_cancelled:
            return
        with self._changed:
            if len(self._thumbnails) == MAX_WAITING:
                facts, wanted = self._thumbnails[0]
                self._asked.discard((facts.id, wanted))
            put()
            self._changed.notify()
        if not self.isRunning():
            self.start()

    def close(self) -> None:
        """Ends the thread after the frame in work."""
        self._cancel.cancel()
        with self._changed:
            self._changed.notify()
        self.wait()

    def _on_made(self, media: MediaId, second: float, image: QImage) -> None:
        self._images[media, second] = image
        insort(self._times.setdefault(media, []), second)
        self.thumbnail_ready.emit()

    def _on_drawn(self, media: MediaId, peaks: Peaks) -> None:
        self._peaks[media] = peaks
        self.waveform_ready.emit()

    def mark_failed(self, media: MediaId) -> None:
        self._failed.add(media)

    def forget_failures(self) -> None:
        """Try again what could not be read."""
        self._try_again(self._failed - set(self.problems))

    def _try_again(self, media: set[MediaId]) -> None:
        self._asked = {a for a in self._asked if not (isinstance(a, tuple) and a[0] in media)}
        self._failed -= media

    # ---- media thread ---------------------------------------------------------------------------------------------

    def run(self) -> None:
        readers = _Readers()
        try:
            while not self._cancel.is_cancelled:
                work = self._take()
                if work is not None:
                    work(readers)
        except Cancelled:
            pass
        finally:
            readers.close()

    def _take(self) -> Callable[[_Readers], None] | None:
        """Whether files are there, facts, then the newest wish for a thumbnail, then waveforms."""
        with self._changed:
            if self._looks:
                looked_at = self._looks.popleft()
                return lambda _readers: self._looked.emit(looked_at, is_present(looked_at))
            if self._probes:
                path = self._probes.popleft()
                return lambda _readers: self._do_probe(path)
            if self._thumbnails:
                facts, second = self._thumbnails.pop()
                return lambda readers: self._do_thumbnail(readers, facts, second)
            if self._waveforms:
                facts = self._waveforms.popleft()
                return lambda _readers: self._do_waveform(facts)
            if not self._cancel.is_cancelled:
                self._changed.wait()
            return None

    def _do_probe(self, path: str) -> None:
        from core.media.probe import probe

        try:
            self.probed.emit(path, probe(path))
        except MediaError as error:
            self.probe_failed.emit(path, error.message)
        except Exception as error:
            log.exception("probing %s", path)
            self.probe_failed.emit(path, tr("{name} cannot be read: {error}.", name=Path(path).name, error=error))

    def _do_thumbnail(self, readers: _Readers, facts: MediaFacts, second: float) -> None:
        try:
            self._made.emit(facts.id, second, readers.thumbnail(facts, second, self._cancel))
        except MediaError as error:
            self.media_failed.emit(facts.id, error.message)

    def _do_waveform(self, facts: MediaFacts) -> None:
        from core.media.audio import waveform

        try:
            self._drawn.emit(facts.id, waveform(facts, PEAKS_HZ, self._cancel))
        except MediaError as error:
            log.info("no waveform: %s", error.message)


class _Readers:
    """Media thread. One open decoder, the last one used."""

    def __init__(self) -> None:
        from core.media.decoder import Decoder

        self._make = Decoder
        self._open: tuple[MediaFacts, Decoder] | None = None

    def thumbnail(self, facts: MediaFacts, second: float, cancel: CancelToken) -> QImage:
        """About `THUMBNAIL_H` px high, of the frame on screen at `second` of the source."""
        if self._open is None or self._open[0] != facts:
            self.close()
            self._open = (facts, self._make(facts))
        decoder = self._open[1]
        width = max(1, round(THUMBNAIL_H * facts.video.width / facts.video.height))
        index = min(decoder.index.frame_at(Time(Fraction(second))), decoder.index.count - 1)
        return _image(decoder.read(index, (width, THUMBNAIL_H), cancel).pixels)

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


def _image(pixels: npt.NDArray[np.generic]) -> QImage:
    """R'G'B' of any depth as an image of its own; linear light gets a plain 2.2 curve, enough for a thumbnail."""
    if pixels.dtype == np.uint16:
        pixels = (pixels.astype(np.uint16) >> 8).astype(np.uint8)
    elif pixels.dtype == np.float32:
        pixels = (np.clip(pixels, 0.0, 1.0) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)
    height, width = pixels.shape[:2]
    pixels = np.ascontiguousarray(pixels)
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
