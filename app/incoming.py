"""Incoming: files on their way into the project, and files of the project that cannot be read. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.media_host import MediaHost
from app.preview_client import PreviewClient
from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from core.document.commands import AddMedia, clip_from
from core.ids import ClipId, MediaId
from core.media.facts import MediaFacts
from core.media.sequence import pattern_around
from core.words import tr


class Incoming(QObject):
    """Probing happens on the media thread; what comes back becomes a clip, or takes the place of a lost file."""

    told = Signal(str, bool)
    """(one sentence for the status bar, whether it is an error)."""
    collected = Signal(object)
    """`MediaFacts` that are for the bin alone."""

    def __init__(
        self,
        bridge: SessionBridge,
        media: MediaHost,
        client: PreviewClient,
        canvas: TimelineCanvas,
        choose: Callable[[], list[str]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._media, self._client, self._canvas = bridge, media, client, canvas
        self._choose = choose
        self._relinking: dict[str, MediaId] = {}
        self._collecting: set[str] = set()
        media.probed.connect(self._on_probed)
        media.probe_failed.connect(self._on_probe_failed)
        media.media_failed.connect(self._on_media_failed)
        bridge.changed.connect(lambda *_: media.know(bridge.project.media))

    def add(self, paths: list[str]) -> None:
        """Lay films at the end of the timeline, in this order. Images of one sequence are one film."""
        for path in _films(paths):
            self._read(path)

    def collect(self, paths: list[str]) -> None:
        """Put films into the bin; the timeline stays as it is."""
        for path in _films(paths):
            self._collecting.add(path)
            self._read(path)

    def _read(self, path: str) -> None:
        self.told.emit(tr("Reading {name}…", name=Path(path).name), False)
        self._media.probe(path)

    def relink(self, clip: ClipId) -> None:
        """Find the file of a clip again: only the same film is taken."""
        paths = self._choose()
        if paths:
            self._relinking[paths[0]] = self._bridge.project.clip(clip).media
            self._media.probe(paths[0])

    def try_again(self) -> None:
        """Whatever could not be read may be there now."""
        self._media.forget_failures()
        self._client.ask_again()

    def _on_probed(self, path: str, facts: MediaFacts) -> None:
        wanted = self._relinking.pop(path, None)
        if wanted is not None:
            self._take_relinked(facts, wanted)
            return
        if path in self._collecting:
            self._collecting.discard(path)
            self.collected.emit(facts)
            return
        command = clip_from(self._bridge.project, facts)
        if self._bridge.do(command, self):
            self._canvas.select(command.clip)
            self.told.emit(facts.damage or tr("Added {name}.", name=Path(facts.path).name), False)

    def _take_relinked(self, facts: MediaFacts, wanted: MediaId) -> None:
        name = Path(facts.path).name
        if facts.id != wanted:
            self.told.emit(tr("{name} is another film; choose the one that was used here.", name=name), True)
        elif self._bridge.do(AddMedia(facts), self):
            self.told.emit(tr("{name} was found again.", name=name), False)
            self.try_again()

    def _on_probe_failed(self, path: str, message: str) -> None:
        self._relinking.pop(path, None)
        self._collecting.discard(path)
        self.told.emit(message, True)

    def _on_media_failed(self, media: MediaId, message: str) -> None:
        self._media.mark_failed(media)
        for clip in self._bridge.project.clips():
            if clip.media == media:
                self._canvas.set_failure(clip.id, message)
        self.told.emit(message, True)


def _films(paths: list[str]) -> tuple[str, ...]:
    """Each film once; images of one sequence are one."""
    return tuple(dict.fromkeys(str(pattern_around(path)) for path in paths))
