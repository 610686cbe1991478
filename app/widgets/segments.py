"""A choice between two to four words side by side, all of them in sight: one button a word, exactly one pressed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, fill_box, focus_ring, inset, painting
from app.theme.style import edge_color
from app.widgets.focus import KeyboardFocus

_ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class Segments(KeyboardFocus, QWidget):
    """24 px high. One stop for Tab; the arrows choose. Shows what it is told and tells what is asked for."""

    chosen = Signal(int)

    def __init__(self, name: str, words: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._words = name, tuple(words)
        self._current, self._hot = 0, -1
        self.setFixedHeight(tk.CONTROL_H)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.set_current(0)

    @property
    def current(self) -> int:
        return self._current

    def set_current(self, index: int) -> None:
        """Show a choice without telling."""
        self._current = index
        self.setAccessibleName(f"{self._name}, {self._words[index]}")
        self.update()

    def set_words(self, words: Sequence[str]) -> None:
        """Other words for the same choices."""
        if tuple(words) != self._words:
            self._words = tuple(words)
            self.set_current(self._current)

    def sizeHint(self) -> QSize:
        return QSize(sum(self.fontMetrics().horizontalAdvance(w) + 24 for w in self._words), tk.CONTROL_H)

    def part(self, index: int) -> QRectF:
        """Where a word stands, on whole pixels."""
        wide = self.width() / len(self._words)
        left = round(index * wide)
        return QRectF(left, 0, round((index + 1) * wide) - left, self.height())

    def _at(self, event: QMouseEvent) -> int:
        return next((i for i in range(len(self._words)) if self.part(i).contains(event.position())), -1)

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._words) and index != self._current:
            self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._choose(self._at(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hot = self._at(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hot = -1
        self.update()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """The arrows are ours before they step through the clip."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in _ARROWS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._current + step)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            fill_box(p, QRectF(self.rect()), tk.TRACK, edge_color(self))
            for index, word in enumerate(self._words):
                self._paint_part(p, index, word)
            if self._shows_focus:
                focus_ring(p, QRectF(self.rect()), gap=-2)

    def _paint_part(self, p: QPainter, index: int, word: str) -> None:
        box, is_current = self.part(index), index == self._current
        if is_current:
            fill_box(p, inset(box, 2), tk.SEL if self.isEnabled() else tk.CTL, radius=2)
        elif index == self._hot and self.isEnabled():
            fill_box(p, inset(box, 2), tk.CTL_PRESSED, radius=2)
        if index and index not in (self._current, self._current + 1):
            p.setPen(QPen(tk.EDGE, 1))
            p.drawLine(int(box.left()), 6, int(box.left()), self.height() - 6)
        ink = tk.TD if not self.isEnabled() else tk.T1 if is_current or index == self._hot else tk.T2
        draw_text(p, box, word, ink, ui_font(), Qt.AlignmentFlag.AlignHCenter)
