"""Markers on the ruler: where they are, how they are drawn, and the card that says what one of them means."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app.session_bridge import SessionBridge
from app.theme import tokens as tk
from app.timeline.layout import RULER_H
from app.timeline.state import TimelineState
from app.widgets.buttons import Button, Select
from app.widgets.parts import text_label
from app.widgets.popover import Popover
from core.document.commands import RemoveMarker, SetMarker
from core.document.model import Marker, MarkerColor
from core.ids import MarkerId
from core.timebase import format_timecode
from core.words import msg, tr

COLORS: Final = {
    MarkerColor.BLUE: QColor("#4E8FF0"),
    MarkerColor.GREEN: QColor("#57BF6A"),
    MarkerColor.YELLOW: QColor("#F2C84B"),
    MarkerColor.RED: QColor("#FF6B5E"),
    MarkerColor.PINK: QColor("#E86BC8"),
    MarkerColor.WHITE: QColor("#E8E8E8"),
}
COLOR_NAMES: Final = {
    MarkerColor.BLUE: msg("Blue"),
    MarkerColor.GREEN: msg("Green"),
    MarkerColor.YELLOW: msg("Yellow"),
    MarkerColor.RED: msg("Red"),
    MarkerColor.PINK: msg("Pink"),
    MarkerColor.WHITE: msg("White"),
}
GRAB_PX: Final = 6.0
_TOP: Final = RULER_H - 12


def marker_at(state: TimelineState, x: float, y: float) -> Marker | None:
    """The marker under the pointer, the nearest of several; `y` on the canvas, unscrolled."""
    if not _TOP - 2 <= y < RULER_H:
        return None
    near = [(abs(x - state.x(m.time)), m) for m in state.project.markers]
    distance, marker = min(near, key=lambda item: item[0], default=(GRAB_PX + 1, None))
    return marker if distance <= GRAB_PX else None


def paint_markers(painter: QPainter, state: TimelineState) -> None:
    for marker in state.project.markers:
        x = state.x(marker.time)
        painter.setPen(QPen(tk.SEAM, 1))
        painter.setBrush(COLORS[marker.color])
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x - 4.5, _TOP),
                    QPointF(x + 4.5, _TOP),
                    QPointF(x + 4.5, RULER_H - 5),
                    QPointF(x, RULER_H - 1),
                    QPointF(x - 4.5, RULER_H - 5),
                ]
            )
        )


def marker_text(marker: Marker) -> str:
    """For tool tips and readers: name and note, or at least the colour."""
    said = ". ".join(text for text in (marker.name, marker.note) if text)
    return said or tr("{colour} marker", colour=tr(COLOR_NAMES[marker.color]))


class MarkerCard(Popover):
    """Name, note and colour of one marker. Each field is an edit when it is left; main thread."""

    def __init__(self, bridge: SessionBridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._marker: MarkerId | None = None
        self.title = text_label(px=tk.CAPTION_PX, color=tk.T3)
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("Name"))
        self.name.setAccessibleName(tr("Marker name"))
        self.name.editingFinished.connect(self._keep_name)
        self.note = QPlainTextEdit()
        self.note.setPlaceholderText(tr("Note"))
        self.note.setAccessibleName(tr("Marker note"))
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(72)
        self.note.installEventFilter(self)
        self.color = Select()
        self.color.setAccessibleName(tr("Marker colour"))
        for color in MarkerColor:
            self.color.addItem(tr(COLOR_NAMES[color]), color)
        self.color.activated.connect(self._keep_color)
        self.remove = Button(tr("Remove"))
        self.remove.clicked.connect(self._remove)
        self.done = Button(tr("Done"))
        self.done.clicked.connect(self.dismiss)
        row = QHBoxLayout()
        row.addWidget(self.color, 1)
        row.addWidget(self.remove)
        row.addWidget(self.done)
        for widget in (self.title, self.name, self.note):
            self.content.addWidget(widget)
        self.content.addLayout(row)
        self.setFixedWidth(300)
        bridge.changed.connect(lambda *_: self._refresh())

    @property
    def marker(self) -> Marker | None:
        return next((m for m in self._bridge.project.markers if m.id == self._marker), None)

    def open_for(self, marker: Marker, anchor: QWidget, at_x: float) -> None:
        """Beside the marker at `at_x` on `anchor`, above it."""
        self._marker = marker.id
        self._refresh()
        self.adjustSize()
        window = self.parentWidget()
        assert window is not None
        corner = anchor.mapTo(window, QPointF(at_x, 0)).toPoint()
        self.move(
            min(max(8, corner.x() - 20), max(8, window.width() - self.width() - 8)),
            max(8, corner.y() - self.height() - 8),
        )
        self.show()
        self.raise_()
        self.name.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        self._keep_name()
        self._keep_note()
        super().dismiss()

    def _refresh(self) -> None:
        marker = self.marker
        if marker is None:
            if self.isVisible():
                super().dismiss()
            return
        rate = self._bridge.project.rate
        self.title.setText(tr("Marker at {time}", time=format_timecode(marker.time.to_frame(rate), rate)))
        if not self.name.hasFocus():
            self.name.setText(marker.name)
        if not self.note.hasFocus():
            self.note.setPlainText(marker.note)
        self.color.setCurrentIndex(self.color.findData(marker.color))

    def _keep_name(self) -> None:
        marker = self.marker
        if marker is not None and self.name.text().strip() != marker.name:
            self._set(name=self.name.text())

    def _keep_note(self) -> None:
        marker = self.marker
        if marker is not None and self.note.toPlainText() != marker.note:
            self._set(note=self.note.toPlainText())

    def _keep_color(self) -> None:
        color = self.color.currentData()
        self._keep_note()  # else showing the new colour would show the old note again
        self._set(color=color)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.note and event.type() is QEvent.Type.FocusOut:
            self._keep_note()
        return super().eventFilter(watched, event)

    def _set(self, *, name: str | None = None, note: str | None = None, color: MarkerColor | None = None) -> None:
        if self._marker is not None:
            self._bridge.do(SetMarker(self._marker, name, note, color), self)

    def _remove(self) -> None:
        gone, self._marker = self._marker, None
        self.hide()
        self.closed.emit()
        if gone is not None:
            self._bridge.do(RemoveMarker(gone), self)
