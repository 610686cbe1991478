"""Thumbnails of the presets, each the current clip's own frame under that preset, made by the engine when it has time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.panels.context import PanelContext
from app.viewer.images import held
from core.document.model import Clip, Look
from core.ids import ClipId, MediaId, TranslatorId
from core.presets import Preset, presets
from core.render.messages import Event, Layer, Request, StillReady, StillRequest
from core.timebase import Time

AS_SHOT: Final = "as-shot"
"""Id of the thumbnail that takes a look away."""
PRESET_MIME: Final = "application/x-weathervane-preset"
"""Of a preset that is dragged; the data is its id."""
_TAG: Final = "preset:"
_HEIGHT_PX: Final = 126
"""Twice the larger thumbnail, for screens with two pixels to the point."""
_SETTLE_MS: Final = 250

_Subject = tuple[ClipId, MediaId, TranslatorId, int]


class PresetStills(QObject):
    """Main thread. Asks once per clip, translator and seed; pictures stay until new ones arrive."""

    image_ready = Signal(str, QImage)
    """(preset id or `AS_SHOT`, picture)."""

    def __init__(self, context: PanelContext, post: Callable[[Request], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._post = post
        self._subject: _Subject | None = None
        self.images: dict[str, QImage] = {}
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        context.changed.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        clip = self._context.clip
        if clip is None:
            return
        subject = (clip.id, clip.media, clip.look.translator, clip.look.seed)
        if subject != self._subject:
            self._subject = subject
            self._settle.start()

    def _ask(self) -> None:
        clip = self._context.clip
        if clip is None:
            return
        time = clip.timeline_time(self._context.source_time)
        self._post_one(AS_SHOT, clip, Look(), time, Layer.SOURCE)
        for preset in presets():
            self._post_one(preset.id, clip, self._look_of(clip, preset), time, Layer.RESULT)

    @staticmethod
    def _look_of(clip: Clip, preset: Preset) -> Look:
        return Look(clip.look.translator, preset.title, preset.condition, seed=clip.look.seed)

    def _post_one(self, id_: str, clip: Clip, look: Look, time: Time, layer: Layer) -> None:
        project = self._context.project.with_clip(replace(clip, look=look, masks=()))
        self._post(StillRequest(f"{_TAG}{id_}", project, time, _HEIGHT_PX, layer))

    def on_event(self, event: Event) -> None:
        """Feed every engine event; others are ignored."""
        if isinstance(event, StillReady) and event.tag.startswith(_TAG):
            id_ = event.tag.removeprefix(_TAG)
            self.images[id_] = held(event.picture).image.copy()
            self.image_ready.emit(id_, self.images[id_])
