"""A list of named things: icon or eye, title, detail, a sentence where something is wrong. Painted; the keyboard walks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import draw_text, focus_ring, painting
from app.widgets.focus import KeyboardFocus
from app.widgets.gesture import SLOP_PX
from core.words import tr

ITEM_H: Final = 44
"""Of an item without a problem."""
_TEXT_LEFT: Final = 40
_WRAP: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class Item:
    """`is_on` draws an eye that can be clicked; None draws `icon`. `problem` is one sentence, shown below in full."""

    id: str
    title: str
    detail: str = ""
    icon: str = "film"
    is_on: bool | None = None
    problem: str = ""


class ItemList(KeyboardFocus, QWidget):
    """One item is selected at most. Rename with F2 or a double-click where the list allows it; Delete removes; where order
    matters a drag moves an item, and so does Alt with the arrows."""

    selected = Signal(str)
    activated = Signal(str)
    """Enter or a double-click where names cannot be edited, or one click where the list is a menu."""
    toggled = Signal(str)
    renamed = Signal(str, str)
    removed = Signal(str)
    moved = Signal(str, int)
    """An item, and its place among the others."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        can_rename: bool = False,
        opens_on_click: bool = False,
        can_move: bool = False,
    ) -> None:
        super().__init__(parent)
        self._name, self._can_rename, self._opens_on_click = name, can_rename, opens_on_click
        self._items: tuple[Item, ...] = ()
        self._current = ""
        self._can_move = can_move
        self._pressed: tuple[int, float] | None = None
        """Of an item that may be dragged: its place, and where the hand took it."""
        self._gap: int | None = None
        """Where the dragged item would stand, counted before it is taken out."""
        self._hot = -1
        self._renaming = ""
        self._editor = QLineEdit(self)
        self._editor.setFont(ui_font())
        self._editor.setAccessibleName(tr("Name"))
        self._editor.hide()
        self._editor.installEventFilter(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)

    # ---- content ----

    @property
    def items(self) -> tuple[Item, ...]:
        return self._items

    @property
    def current(self) -> str:
        return self._current

    def set_items(self, items: Sequence[Item]) -> None:
        """Keeps the selection while its item is there."""
        self._items = tuple(items)
        if self._renaming not in {i.id for i in self._items}:
            self._end_rename()
        self._relayout()
        self._say()

    def set_current(self, id_: str) -> None:
        """Select without telling."""
        self._current = id_
        self._say()
        self.update()

    def _select(self, index: int) -> None:
        if self._items:
            item = self._items[min(len(self._items) - 1, max(0, index))]
            self.set_current(item.id)
            self.selected.emit(item.id)

    def _index(self) -> int:
        return next((i for i, item in enumerate(self._items) if item.id == self._current), -1)

    def _say(self) -> None:
        item = next((i for i in self._items if i.id == self._current), None)
        state = "" if item is None or item.is_on is None else f", {tr('on') if item.is_on else tr('off')}"
        text = f"{self._name}, {item.title}{state}, {item.detail} {item.problem}".strip() if item else self._name
        self.setAccessibleName(text)

    # ---- layout ----

    def _height_of(self, item: Item) -> int:
        return ITEM_H + (self._problem_height(item) + 4 if item.problem else 0)

    def _problem_height(self, item: Item) -> int:
        metrics = self.fontMetrics()
        wide = max(40, self.width() - _TEXT_LEFT - tk.PANEL_INSET)
        return metrics.boundingRect(QRect(0, 0, wide, 1000), _WRAP, item.problem).height()

    def row_rect(self, index: int) -> QRect:
        top = sum(self._height_of(item) for item in self._items[:index])
        return QRect(0, top, self.width(), self._height_of(self._items[index]))

    def _relayout(self) -> None:
        self.setFixedHeight(sum(self._height_of(item) for item in self._items))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.oldSize().width() != event.size().width():
            self._relayout()
        super().resizeEvent(event)

    def _index_at(self, point: QPoint) -> int:
        return next((i for i in range(len(self._items)) if self.row_rect(i).contains(point)), -1)

    # ---- hands ----

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hot = self._index_at(event.position().toPoint())
        y = event.position().y()
        if self._pressed is not None and (self._gap is not None or abs(y - self._pressed[1]) > SLOP_PX):
            middles = [self.row_rect(i).center().y() for i in range(len(self._items))]
            self._gap = sum(1 for middle in middles if middle < y)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, gap = self._pressed, self._gap
        self._drop()
        if pressed is not None and gap is not None:
            self._move(pressed[0], gap - (gap > pressed[0]))
        super().mouseReleaseEvent(event)

    def _drop(self) -> None:
        """The drag has ended."""
        self._pressed = self._gap = None
        self.unsetCursor()
        self.update()

    def _move(self, index: int, to: int) -> None:
        if to != index and 0 <= to < len(self._items):
            self.moved.emit(self._items[index].id, to)

    def leaveEvent(self, event: QEvent) -> None:
        self._hot = -1
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or index < 0:
            return
        item = self._items[index]
        if item.is_on is not None and event.position().x() < _TEXT_LEFT:
            self.toggled.emit(item.id)
        else:
            self._select(index)
            self._pressed = (index, event.position().y()) if self._can_move else None
            if self._opens_on_click:
                self.activated.emit(item.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if index < 0 or (self._items[index].is_on is not None and event.position().x() < _TEXT_LEFT):
            return self.mousePressEvent(event)
        return None if self._opens_on_click else self._activate(index)

    def _activate(self, index: int) -> None:
        if self._can_rename:
            self._begin_rename(index)
        else:
            self.activated.emit(self._items[index].id)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            ours = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_F2)
            is_ours = event.key() in ours or (event.key() == Qt.Key.Key_Escape and self._gap is not None)
            if is_ours or (event.key() == Qt.Key.Key_Space and self._has_eye()):
                event.accept()
                return True
        return super().event(event)

    def _has_eye(self) -> bool:
        return any(i.id == self._current and i.is_on is not None for i in self._items)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self._index()
        moves = self._can_move and index >= 0 and bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        match event.key():
            case Qt.Key.Key_Escape if self._gap is not None:
                self._drop()
            case Qt.Key.Key_Up | Qt.Key.Key_Down if moves:
                self._move(index, index + (1 if event.key() == Qt.Key.Key_Down else -1))
            case Qt.Key.Key_Up:
                self._select(index - 1)
            case Qt.Key.Key_Down:
                self._select(index + 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if index >= 0:
                self._activate(index)
            case Qt.Key.Key_F2 if index >= 0 and self._can_rename:
                self._begin_rename(index)
            case Qt.Key.Key_Space if self._has_eye():
                self.toggled.emit(self._current)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace if index >= 0:
                self.removed.emit(self._current)
            case _:
                super().keyPressEvent(event)

    # ---- renaming ----

    def _begin_rename(self, index: int) -> None:
        item = self._items[index]
        self._renaming = item.id
        row = self.row_rect(index)
        self._editor.setText(item.title)
        self._editor.setGeometry(_TEXT_LEFT - 8, row.top() + 2, self.width() - _TEXT_LEFT + 8 - tk.PANEL_INSET, 24)
        self._editor.show()
        self._editor.setFocus()
        self._editor.selectAll()

    def _end_rename(self) -> None:
        self._renaming = ""
        self._editor.hide()

    def _apply_rename(self) -> None:
        id_, name = self._renaming, self._editor.text().strip()
        self._end_rename()
        if id_ and name and all(i.title != name for i in self._items if i.id == id_):
            self.renamed.emit(id_, name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._editor and self._renaming:
            if event.type() == QEvent.Type.FocusOut:
                self._apply_rename()
            elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if event.key() == Qt.Key.Key_Escape:
                    self._end_rename()
                    self.setFocus()
                    return True
                if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                    self._apply_rename()
                    self.setFocus()
                    return True
        return super().eventFilter(watched, event)

    # ---- painting ----

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            for index, item in enumerate(self._items):
                self._paint_item(p, self.row_rect(index), item, is_hot=index == self._hot)
            if self._gap is not None:
                y = self.row_rect(self._gap).top() if self._gap < len(self._items) else self.height()
                p.fillRect(QRectF(0, min(max(y - 1, 0), self.height() - 2), self.width(), 2), tk.ACC)
            if self._shows_focus and (index := self._index()) >= 0:
                focus_ring(p, QRectF(self.row_rect(index)).adjusted(1, 1, -1, -1), gap=-2)

    def _paint_item(self, p: QPainter, row: QRect, item: Item, *, is_hot: bool) -> None:
        is_current = item.id == self._current
        if is_current:
            p.fillRect(row, tk.ROW_SELECTED)
            p.fillRect(QRect(0, row.top(), 2, row.height()), tk.ACC)
        elif is_hot:
            p.fillRect(row, tk.HEADER)
        faded = item.is_on is False
        icon = item.icon if item.is_on is None else "eye" if item.is_on else "eye_off"
        if item.problem:
            icon = "error"
        ink = tk.ERR if item.problem else tk.T3 if faded else tk.T2
        paint_icon(p, icon, tk.PANEL_INSET, row.top() + 14, 16, ink)
        wide = row.width() - _TEXT_LEFT - tk.PANEL_INSET
        title = QRectF(_TEXT_LEFT, row.top() + 5, wide, 17)
        draw_text(p, title, item.title, tk.T3 if faded else tk.T1, ui_font())
        caption = ui_font(tk.CAPTION_PX)
        draw_text(p, title.translated(0, 17), item.detail, tk.T3, caption)
        if item.problem:
            p.setFont(caption)
            p.setPen(tk.ERR)
            box = QRectF(_TEXT_LEFT, row.top() + 40, wide, row.height() - 42)
            p.drawText(box, _WRAP, item.problem)
