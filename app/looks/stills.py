"""Thumbnails of kept looks: the current clip's own frame under each, made by the engine when it has time. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.looks.shelf import LookShelf
from app.viewer.images import held
from core.document.model import Clip
from core.document.recipe import Recipe, dressed
from core.ids import ClipId, MediaId
from core.render.messages import Event, Request, StillReady, StillRequest
from core.timebase import Time

_TAG: Final = "look:"
_HEIGHT_PX: Final = 126
"""Twice a thumbnail, for screens with two pixels to the point."""
_SETTLE_MS: Final = 300

_Subject = tuple[ClipId, MediaId]


class LookStills(QObject):
    """Asks only for looks that somebody `wants` to see, once a clip and version; forgets those that are gone."""

    image_ready = Signal(str, QImage)

    def __init__(self, shelf: LookShelf, post: Callable[[Request], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelf, self._post = shelf, post
        self._wanted: tuple[str, ...] = ()
        self._asked: dict[str, tuple[_Subject, Recipe]] = {}
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        shelf.context.changed.connect(self._on_changed)
        shelf.changed.connect(self._settle.start)

    def want(self, ids: tuple[str, ...]) -> None:
        """These are in sight."""
        if ids != self._wanted:
            self._wanted = ids
            self._settle.start()

    def _on_changed(self) -> None:
        clip = self._shelf.context.clip
        if clip is not None and any(subject != (clip.id, clip.media) for subject, _ in self._asked.values()):
            self._settle.start()

    def _ask(self) -> None:
        context, clip = self._shelf.context, self._shelf.context.clip
        if clip is None:
            return
        there = {look.id for look in self._shelf.shelf.looks}
        self._asked = {id_: asked for id_, asked in self._asked.items() if id_ in there}
        time = clip.timeline_time(context.source_time)
        for id_ in self._wanted:
            look = self._shelf.look(id_)
            if look is None:
                continue
            subject = (clip.id, clip.media), look.newest.recipe
            if self._asked.get(id_) != subject:
                self._asked[id_] = subject
                self._post_one(id_, clip, look.newest.recipe, time)

    def _post_one(self, id_: str, clip: Clip, recipe: Recipe, time: Time) -> None:
        bare = self._shelf.context.project.with_clip(replace(clip, masks=()))
        self._post(StillRequest(f"{_TAG}{id_}", dressed(bare, clip.id, recipe), time, _HEIGHT_PX))

    def on_event(self, event: Event) -> None:
        """Feed every engine event; others are ignored."""
        if isinstance(event, StillReady) and event.tag.startswith(_TAG):
            self.image_ready.emit(event.tag.removeprefix(_TAG), held(event.picture).image.copy())
