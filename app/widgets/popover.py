"""A card that floats over the window: raised, round corners, the only thing here with a shadow."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QVBoxLayout, QWidget

from app.theme import tokens as tk
from app.theme.painting import fill_box, painting
from app.theme.style import edge_color


class Popover(QWidget):
    """Not modal: the window behind it goes on working. Esc closes it."""

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setOffset(0, 5)
        shadow.setBlurRadius(14)
        shadow.setColor(QColor(0, 0, 0, 160))
        self.setGraphicsEffect(shadow)
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(*(tk.CARD_INSET,) * 4)
        self.content.setSpacing(tk.GRID * 2)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hide()

    def show_above(self, anchor: QWidget) -> None:
        """Right edges aligned, 8 px above the anchor, inside the window."""
        self.adjustSize()
        window = self.parentWidget()
        corner = anchor.mapTo(window, QPoint(anchor.width(), 0)) if window else QPoint()
        room = (window.width() if window else corner.x()) - self.width() - 8
        x = max(8, min(corner.x() - self.width(), room))
        self.move(x, max(8, corner.y() - self.height() - 8))
        self.show()
        self.raise_()

    def dismiss(self) -> None:
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            fill_box(p, QRectF(self.rect()), tk.RAISED, edge_color(self), radius=tk.RADIUS_POPOVER)
