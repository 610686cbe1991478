"""Media dragged from the bin over the timeline: a ghost shows where they would lie, letting go lays them there. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QDropEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.bin.desk import MediaDesk
from app.bin.model import dragged_media
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, painting
from app.timeline import hits
from app.timeline.canvas import TimelineCanvas
from app.timeline.layout import HEAD_W, LANES_TOP, LaneKind
from app.timeline.scale import snapped_span
from core.document.edits import Placement, snapped
from core.document.media_edits import media_name
from core.document.model import Project, TrackKind
from core.ids import TrackId
from core.media.facts import MediaFacts
from core.timebase import Time, TimeRange
from core.words import tr, trn

_KINDS: Final = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.DragLeave, QEvent.Type.Drop)
_ADJUST: Final = Qt.KeyboardModifier.ShiftModifier
"""Held, what lies there moves on; else it gives way."""


class MediaDrop(QObject):
    """Listens to a canvas. Drags of other things pass through to it."""

    def __init__(self, desk: MediaDesk, canvas: TimelineCanvas) -> None:
        super().__init__(canvas)
        self._desk, self._canvas = desk, canvas
        self.ghost = DropGhost(canvas)
        canvas.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() not in _KINDS:
            return False
        if event.type() is QEvent.Type.DragLeave:
            self._end()
            return False
        assert isinstance(event, QDropEvent)
        media = self._media(event)
        if not media:
            return False
        start, track = self._place(event, media)
        placement = Placement.INSERT if event.modifiers() & _ADJUST else Placement.OVERWRITE
        if event.type() is QEvent.Type.Drop:
            self._end()
            self._desk.lay(media, start, placement, track)
        else:
            self._show(media, start, track, placement)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def _media(self, event: QDropEvent) -> tuple[MediaFacts, ...]:
        project = self._canvas.state.project
        known = {m.id: m for m in project.media}
        return tuple(known[id_] for id_ in dragged_media(event.mimeData()) if id_ in known)

    def _place(self, event: QDropEvent, media: Sequence[MediaFacts]) -> tuple[Time, TrackId | None]:
        """Where the first would begin, on a cut within reach, and the picture track under the pointer."""
        state = self._canvas.state
        at = state.instant_at(event.position().x())
        snap = snapped_span(TimeRange(at, at + length_of(media)), state.snap_targets(), state.scale)
        start = snap.time if snap.target is not None else state.edge_at(event.position().x())
        if state.snap != snap.target:
            state.snap = snap.target
            self._canvas.redraw()
        lane = hits.lane_at(state, event.position().y() + state.scroll_y)
        return snapped(state.project, start), track_for(state.project, lane.track if lane else None)

    def _show(self, media: Sequence[MediaFacts], start: Time, track: TrackId | None, placement: Placement) -> None:
        state = self._canvas.state
        rows = [lane for lane in state.rows if lane.kind is LaneKind.PICTURE]
        lane = next((r for r in rows if r.track == track), rows[-1])
        left, right = state.x(start), state.x(start + length_of(media))
        name = (
            media_name(state.project, media[0])
            if len(media) == 1
            else trn("{count} medium", "{count} media", len(media))
        )
        said = tr("Insert: {name}", name=name) if placement is Placement.INSERT else tr("Overwrite: {name}", name=name)
        top = lane.top - state.scroll_y
        self.ghost.show_at(QRectF(left, top, max(2.0, right - left), lane.height - 1), said)

    def _end(self) -> None:
        self.ghost.hide()
        if self._canvas.state.snap is not None:
            self._canvas.state.snap = None
            self._canvas.redraw()


def length_of(media: Sequence[MediaFacts]) -> Time:
    """Of all media one after the other."""
    return sum((m.video.duration for m in media[1:]), media[0].video.duration)


def track_for(project: Project, under: TrackId | None) -> TrackId | None:
    """The picture track that a drop over a track means: itself, or that of its sound; None lets the project choose."""
    pictures, sounds = project.tracks_of(TrackKind.VIDEO), project.tracks_of(TrackKind.AUDIO)
    if any(t.id == under for t in pictures):
        return under
    number = next((n for n, t in enumerate(sounds) if t.id == under), len(pictures))
    return pictures[number].id if number < len(pictures) else None


class DropGhost(QWidget):
    """The outline of what would lie there, over the canvas."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._box = QRectF()
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, box: QRectF, text: str) -> None:
        """`box` in px of the canvas."""
        self._box, self.text = box, text
        self.setGeometry(self._canvas.rect())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.setClipRect(QRectF(HEAD_W, LANES_TOP, self.width() - HEAD_W, self.height() - LANES_TOP))
            fill = tk.ACC_DIM
            p.setOpacity(0.75)
            p.fillRect(self._box, fill)
            p.setOpacity(1.0)
            p.setPen(tk.ACC)
            p.drawRect(self._box.adjusted(0.5, 0.5, -0.5, -0.5))
            room = self._box.adjusted(6, 2, -6, 2 - self._box.height() + 18)
            draw_text(p, room, self.text, tk.ACC_TEXT, ui_font(tk.CAPTION_PX))
