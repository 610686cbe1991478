"""Named thumbnails: a grid that wraps, or a strip of one row. One is current; the keyboard walks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import draw_picture, draw_text, fill_box, focus_ring, painting
from app.widgets.focus import KeyboardFocus
from core.words import tr

_GAP: Final = 9
_CAPTION_H: Final = 20
_ASPECT: Final = 9.0 / 16.0
_RING: Final = 3
"""Room round the pictures for the accent outline."""

_PLATE: Final = QColor(0, 0, 0, 176)
_DRAG_W: Final = 96
_FADE_W: Final = 30
"""Of an end of a strip where it goes on."""


@dataclass(frozen=True, slots=True)
class Thumb:
    """`detail` is the tool tip, `badge` an icon in the picture's corner."""

    id: str
    title: str
    detail: str = ""
    badge: str = ""


class Thumbs(KeyboardFocus, QWidget):
    """`chosen` on a click or Enter, `hovered` with an id or an empty string. Pictures arrive whenever they are ready."""

    chosen = Signal(str)
    stacked = Signal(str)
    """Chosen with Shift: on top of what is there."""
    hovered = Signal(str)

    def __init__(
        self, name: str, parent: QWidget | None = None, *, thumb_w: int, is_strip: bool = False, mime: str = ""
    ) -> None:
        """`thumb_w` is a strip's exact and a grid's smallest picture width. With a `mime` type thumbnails can be dragged, and
        are chosen when the button is let go; the data is the id."""
        super().__init__(parent)
        self._name, self._thumb_w, self._is_strip = name, thumb_w, is_strip
        self._thumbs: tuple[Thumb, ...] = ()
        self._pictures: dict[str, QImage] = {}
        self._current = ""
        self._hot = -1
        self._cursor = 0
        self._offset = 0
        self._mime = mime
        self._pressed: QPoint | None = None
        """Where a drag may begin."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)

    # ---- content ----

    def set_thumbs(self, thumbs: Sequence[Thumb]) -> None:
        self._thumbs = tuple(thumbs)
        self._cursor = min(self._cursor, max(0, len(self._thumbs) - 1))
        self._relayout()

    def set_picture(self, id_: str, picture: QImage) -> None:
        self._pictures[id_] = picture
        self.update()

    def set_current(self, id_: str) -> None:
        """Outline one; an empty string for none."""
        if id_ != self._current:
            self._current = id_
            ids = [t.id for t in self._thumbs]
            if id_ in ids:
                self._cursor = ids.index(id_)
                self._reveal(self._cursor)
        self._say()
        self.update()

    @property
    def current(self) -> str:
        return self._current

    def _say(self) -> None:
        if self._thumbs:
            thumb = self._thumbs[self._cursor]
            state = [tr("applied")] if thumb.id == self._current else []
            at = tr("{at} of {count}", at=self._cursor + 1, count=len(self._thumbs))
            self.setAccessibleName(", ".join((self._name, thumb.title, *state, at)))

    # ---- layout ----

    def _columns(self) -> int:
        if self._is_strip:
            return max(1, len(self._thumbs))
        return max(1, (self.width() - 2 * tk.PANEL_INSET + _GAP) // (self._thumb_w + _GAP))

    def _picture_w(self) -> int:
        if self._is_strip:
            return self._thumb_w
        columns = self._columns()
        return (self.width() - 2 * tk.PANEL_INSET - (columns - 1) * _GAP) // columns

    def cell(self, index: int) -> QRect:
        """Where picture and caption of one thumbnail are."""
        wide = self._picture_w()
        high = round(wide * _ASPECT) + _CAPTION_H
        row, column = divmod(index, self._columns())
        gap = 6 if self._is_strip else _GAP
        x = tk.PANEL_INSET + column * (wide + gap) - self._offset
        return QRect(x, _RING + row * (high + 6), wide, high)

    def _near(self, area: QRect) -> range:
        """Thumbnails that an area may show: of a strip all, of a grid whole rows."""
        if self._is_strip or not self._thumbs or area.isEmpty():
            return range(len(self._thumbs) if self._is_strip else 0)
        columns = self._columns()
        step = self.cell(columns).top() - self.cell(0).top()
        first, last = (area.top() - _RING) // step, (area.bottom() + _RING) // step
        return range(max(0, first * columns), min(len(self._thumbs), (last + 1) * columns))

    def heightForWidth(self, width: int) -> int:
        del width
        return self.cell(max(0, len(self._thumbs) - 1)).bottom() + _RING

    def _relayout(self) -> None:
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._relayout()
        self._scroll_to(self._offset)
        self._reveal(self._cursor)
        super().resizeEvent(event)

    def _scroll_to(self, offset: int) -> None:
        if self._is_strip:
            last = self.cell(max(0, len(self._thumbs) - 1)).right() + self._offset + tk.PANEL_INSET
            self._offset = max(0, min(offset, last - self.width()))
            self.update()

    def _reveal(self, index: int) -> None:
        if not self._is_strip or not self._thumbs:
            return
        cell = self.cell(index)
        if cell.left() < tk.PANEL_INSET:
            self._scroll_to(self._offset + cell.left() - tk.PANEL_INSET)
        elif cell.right() > self.width() - tk.PANEL_INSET:
            self._scroll_to(self._offset + cell.right() - self.width() + tk.PANEL_INSET)

    def _index_at(self, point: QPoint) -> int:
        return next((i for i in range(len(self._thumbs)) if self.cell(i).contains(point)), -1)

    # ---- hands ----

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._pressed = None
        if self._pressed is None:
            self._set_hot(self._index_at(at))
        elif (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            index, self._pressed = self._index_at(self._pressed), None
            if index >= 0:
                self._drag(self._thumbs[index].id)

    def _drag(self, id_: str) -> None:
        self._set_hot(-1)
        data = QMimeData()
        data.setData(self._mime, QByteArray(id_.encode()))
        drag = QDrag(self)
        drag.setMimeData(data)
        picture = self._pictures.get(id_)
        if picture is not None:
            small = picture.scaledToWidth(_DRAG_W, Qt.TransformationMode.SmoothTransformation)
            drag.setPixmap(QPixmap.fromImage(small))
        drag.exec(Qt.DropAction.CopyAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        index = self._index_at(event.position().toPoint())
        if pressed is not None and index >= 0 and index == self._index_at(pressed):
            self._take(index, event.modifiers())

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hot(-1)
        super().leaveEvent(event)

    def _set_hot(self, index: int) -> None:
        if index != self._hot:
            self._hot = index
            self.hovered.emit(self._thumbs[index].id if index >= 0 else "")
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x, index = event.position().x(), self._index_at(event.position().toPoint())
        to_left, to_right = self.more
        if event.button() == Qt.MouseButton.LeftButton and (to_left and x < _FADE_W):
            self._scroll_to(self._offset - self.width() // 2)
        elif event.button() == Qt.MouseButton.LeftButton and (to_right and x > self.width() - _FADE_W):
            self._scroll_to(self._offset + self.width() // 2)
        elif event.button() == Qt.MouseButton.LeftButton and index >= 0:
            if self._mime:
                self._pressed = event.position().toPoint()
            else:
                self._take(index, event.modifiers())

    def _take(self, index: int, modifiers: Qt.KeyboardModifier) -> None:
        self._cursor = index
        self._say()
        self._choose(index, modifiers)

    def _choose(self, index: int, modifiers: Qt.KeyboardModifier) -> None:
        with_shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        (self.stacked if with_shift else self.chosen).emit(self._thumbs[index].id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways = event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            sideways = sideways or event.angleDelta().y()
        if self._is_strip and sideways:
            self._scroll_to(self._offset - sideways // 2)
            event.accept()
        else:
            event.ignore()

    def _step_of(self, key: int) -> int:
        columns = self._columns()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        return steps.get(Qt.Key(key), 0)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._step_of(event.key()) or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space):
                event.accept()
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._index_at(event.pos())
            detail = f"{self._thumbs[index].title}. {self._thumbs[index].detail}" if index >= 0 else ""
            QToolTip.showText(event.globalPos(), detail, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._thumbs:
            return
        step = self._step_of(event.key())
        if step:
            self._cursor = min(len(self._thumbs) - 1, max(0, self._cursor + step))
            self._reveal(self._cursor)
            self._say()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._cursor, event.modifiers())
        else:
            super().keyPressEvent(event)

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as p:
            for index in self._near(event.rect()):
                self._paint_thumb(p, index, self._thumbs[index], self.cell(index))
            self._paint_ends(p)

    @property
    def more(self) -> tuple[bool, bool]:
        """Whether a strip goes on to the left, and to the right, of what is seen."""
        if not self._is_strip or not self._thumbs:
            return False, False
        return self._offset > 0, self.cell(len(self._thumbs) - 1).right() > self.width()

    def _paint_ends(self, p: QPainter) -> None:
        """A strip that goes on fades out where it does, under an arrow. A press there scrolls."""
        to_left, to_right = self.more
        if to_left:
            self._paint_end(p, 0.0, _FADE_W, "chevron_left")
        if to_right:
            self._paint_end(p, self.width(), self.width() - _FADE_W, "chevron_right")

    def _paint_end(self, p: QPainter, edge: float, inner: float, arrow: str) -> None:
        fade = QLinearGradient(edge, 0.0, inner, 0.0)
        fade.setColorAt(0.0, tk.PANEL)
        fade.setColorAt(0.4, tk.PANEL)
        fade.setColorAt(1.0, QColor(tk.PANEL.red(), tk.PANEL.green(), tk.PANEL.blue(), 0))
        p.fillRect(QRectF(min(edge, inner), 0.0, _FADE_W, self.height()), fade)
        picture = self.cell(0).adjusted(0, 0, 0, -_CAPTION_H)
        x = edge + (7.0 if edge < inner else -7.0)
        paint_icon(p, arrow, x - 6, picture.center().y() - 6, 12, tk.T1)

    def _is_outlined(self, thumb: Thumb) -> bool:
        return thumb.id == self._current

    def _paint_thumb(self, p: QPainter, index: int, thumb: Thumb, cell: QRect) -> None:
        frame = QRectF(cell).adjusted(0, 0, 0, -_CAPTION_H)
        picture = self._pictures.get(thumb.id)
        if picture is None:
            fill_box(p, frame, tk.WELL, tk.LINE, radius=tk.RADIUS_THUMB)
            paint_icon(p, "clock", frame.center().x() - 8, frame.center().y() - 8, 16, tk.TD)
        else:
            draw_picture(p, frame, picture)
        if thumb.badge:
            _paint_badge(p, frame, thumb.badge)
        is_current = self._is_outlined(thumb)
        if is_current or (self._shows_focus and index == self._cursor):
            focus_ring(p, frame, radius=tk.RADIUS_THUMB, gap=0)
        elif index == self._hot:
            p.setPen(tk.T3)
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), tk.RADIUS_THUMB, tk.RADIUS_THUMB)
        font = ui_font(tk.CAPTION_PX)
        caption = QRectF(cell.left(), frame.bottom() + 3, cell.width() + 2, _CAPTION_H - 3)
        ink = tk.T1 if is_current or index == self._hot else tk.T2
        title = QFontMetricsF(font).elidedText(thumb.title, Qt.TextElideMode.ElideRight, caption.width())
        draw_text(p, caption, title, ink, font)


def _paint_badge(p: QPainter, frame: QRectF, name: str) -> None:
    """An icon on a dark plate in the lower right corner."""
    plate = QRectF(frame.right() - 21, frame.bottom() - 19, 18, 16)
    fill_box(p, plate, _PLATE, radius=tk.RADIUS_THUMB)
    paint_icon(p, name, plate.left() + 3, plate.top() + 2, 12, tk.T1)
