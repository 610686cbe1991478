"""Thumbnails that can be picked, one or several: for things a person keeps, renames, drags, compares and throws away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.theme import tokens as tk
from app.widgets.thumbs import Thumb, Thumbs
from core.words import tr, trn

_OURS: Final = (Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class PickGrid(Thumbs):
    """A click picks one, Ctrl adds, Shift picks up to there; Enter or a double-click uses it, F2 renames, Delete removes."""

    used = Signal(str)
    picked = Signal()
    """Other ones are picked than before."""
    rename_wanted = Signal(str)
    removed = Signal(list)
    menu_wanted = Signal(QPoint)
    """Where, on the screen."""

    def __init__(self, name: str, parent: QWidget | None = None, *, thumb_w: int, mime: str) -> None:
        """`mime` names what is dragged; its data is the id."""
        super().__init__(name, parent, thumb_w=thumb_w, mime=mime)
        self._picks: list[str] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def picks(self) -> tuple[str, ...]:
        """The ids picked, in the order in which they were."""
        return tuple(self._picks)

    def pick(self, *ids: str) -> None:
        """These and no others."""
        known = [t.id for t in self._thumbs]
        picks = [id_ for id_ in ids if id_ in known]
        if picks:
            self._cursor = known.index(picks[-1])
        if picks != self._picks:
            self._picks = picks
            self.picked.emit()
        self._say()
        self.update()

    def set_thumbs(self, thumbs: Sequence[Thumb]) -> None:
        super().set_thumbs(thumbs)
        kept = {t.id for t in thumbs}
        self._pictures = {id_: image for id_, image in self._pictures.items() if id_ in kept}
        self.pick(*self._picks)

    def _scroll_to_cursor(self) -> None:
        """Scroll the column it lies in to where the cursor is."""
        column = self.parentWidget()
        while column is not None and not isinstance(column, QScrollArea):
            column = column.parentWidget()
        inner = column.widget() if column is not None else None
        if column is not None and inner is not None:
            cell = self.cell(self._cursor)
            at = self.mapTo(inner, cell.center())
            column.ensureVisible(at.x(), at.y(), 0, cell.height() // 2 + tk.GRID)

    def forget_picture(self, id_: str) -> None:
        """It is asked for again when it comes into sight."""
        self._pictures.pop(id_, None)

    def _is_outlined(self, thumb: Thumb) -> bool:
        return thumb.id in self._picks

    def _say(self) -> None:
        super()._say()
        if self._thumbs and self._thumbs[self._cursor].id in self._picks:
            count = len(self._picks)
            said = trn("{count} picked", "{count} picked", count) if count > 1 else tr("picked")
            self.setAccessibleName(f"{self.accessibleName()}, {said}")

    # ---- hands ----

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._picks and self._thumbs and self._shows_focus:
            self.pick(self._thumbs[self._cursor].id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick_with(index, event.modifiers())
            self._pressed = event.position().toPoint() if index >= 0 else None
        elif event.button() == Qt.MouseButton.RightButton and index >= 0:
            self.pick(*(self._picks if self._thumbs[index].id in self._picks else (self._thumbs[index].id,)))

    def _pick_with(self, index: int, modifiers: Qt.KeyboardModifier) -> None:
        if index < 0:
            self.pick()
            return
        id_ = self._thumbs[index].id
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.pick(*(p for p in self._picks if p != id_), *(() if id_ in self._picks else (id_,)))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and self._picks:
            first = [t.id for t in self._thumbs].index(self._picks[0])
            step = 1 if index >= first else -1
            self.pick(*(self._thumbs[n].id for n in range(first, index + step, step)))
        else:
            self.pick(id_)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None  # the press has picked
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.pick(self._thumbs[index].id)
            self.used.emit(self._thumbs[index].id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard and self._thumbs:
            self.menu_wanted.emit(self.mapToGlobal(self.cell(self._cursor).center()))
        else:
            self.menu_wanted.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OURS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._thumbs:
            event.ignore()
            return
        here = self._thumbs[self._cursor].id
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.pick(here)
                self.used.emit(here)
            case Qt.Key.Key_Space:
                self._pick_with(self._cursor, event.modifiers())
            case Qt.Key.Key_F2:
                self.rename_wanted.emit(here)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit(list(self._picks))
            case Qt.Key.Key_Escape:
                self.pick()
            case key if step := self._step_of(key):
                self._cursor = min(len(self._thumbs) - 1, max(0, self._cursor + step))
                ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                if not ctrl:  # with Ctrl the cursor walks alone, and Space picks
                    self._pick_with(self._cursor, event.modifiers())
                self._scroll_to_cursor()
                self._say()
                self.update()
            case _:
                event.ignore()
