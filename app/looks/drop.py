"""Looks and stills dragged onto a clip or onto the picture: an outline shows who would wear it, letting go applies. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QDropEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.panels.context import PanelContext
from app.theme import tokens as tk
from app.theme.painting import painting
from app.timeline import hits
from app.timeline.canvas import TimelineCanvas
from app.timeline.layout import HEAD_W, LANES_TOP, LaneKind
from app.viewer.labels import paint_label
from app.viewer.view import ViewerView
from core.document.model import Clip
from core.words import tr

_KINDS: Final = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.DragLeave, QEvent.Type.Drop)


@dataclass(frozen=True, slots=True)
class Dragged:
    """What is in the hand: its name, and how a clip comes to wear it."""

    name: str
    put_on: Callable[[Clip], object]


Kinds = Mapping[str, Callable[[str], Dragged | None]]
"""By the MIME type of what is dragged: what an id means."""


class LookDrop(QObject):
    """Listens to the timeline and the viewer. Drags of other things pass through to them."""

    def __init__(self, context: PanelContext, kinds: Kinds, canvas: TimelineCanvas, view: ViewerView) -> None:
        super().__init__(canvas)
        self._context, self._dragged_kinds = context, kinds
        self._canvas, self._view = canvas, view
        self.outlines = {target: _Outline(target) for target in (canvas, view)}
        for target in self.outlines:
            target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _KINDS:
            return False
        outline = self.outlines[self._canvas if watched is self._canvas else self._view]
        if event.type() is QEvent.Type.DragLeave:
            outline.hide()
            return False
        assert isinstance(event, QDropEvent)
        dragged = self._dragged(event)
        if dragged is None:
            return False
        clip, box = self._under(event) if watched is self._canvas else self._on_screen()
        if event.type() is QEvent.Type.Drop:
            outline.hide()
            if clip is not None:
                dragged.put_on(clip)
        elif clip is None:
            outline.hide()
        else:
            outline.show_at(box, tr("Apply {name}", name=dragged.name))
        event.setDropAction(Qt.DropAction.CopyAction if clip is not None else Qt.DropAction.IgnoreAction)
        event.setAccepted(clip is not None or event.type() is QEvent.Type.DragEnter)
        return True

    def _dragged(self, event: QDropEvent) -> Dragged | None:
        data = event.mimeData()
        for mime, meant in self._dragged_kinds.items():
            if data.hasFormat(mime):
                return meant(data.data(mime).toStdString())
        return None

    def _under(self, event: QDropEvent) -> tuple[Clip | None, QRectF]:
        """The clip under the pointer that can wear a look, and where it lies on the canvas."""
        state, x, y = self._canvas.state, event.position().x(), event.position().y()
        lane = hits.lane_at(state, y + state.scroll_y)
        if lane is None or lane.kind is LaneKind.AUDIO or x < HEAD_W or y < LANES_TOP:
            return None, QRectF()
        clip = hits.clip_at(state, lane, x)
        if clip is None:
            return None, QRectF()
        left, right = max(HEAD_W, state.x(clip.span.start)), min(self._canvas.width(), state.x(clip.span.end))
        return clip, QRectF(left, lane.top - state.scroll_y, max(2.0, right - left), lane.height - 1)

    def _on_screen(self) -> tuple[Clip | None, QRectF]:
        """The clip that the panels show."""
        return self._context.clip, self._view.picture_rect.intersected(self._view.area)


class _Outline(QWidget):
    """Two pixels of the accent about what is meant, and what would happen."""

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self._target = target
        self._box = QRectF()
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, box: QRectF, text: str) -> None:
        """`box` in px of the target."""
        self._box, self.text = box, text
        self.setGeometry(self._target.rect())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.setPen(QPen(tk.ACC, 2.0))
            p.drawRect(self._box.adjusted(1, 1, -1, -1))
            paint_label(p, self._box.topLeft() + QPointF(6, 4), self.text)
