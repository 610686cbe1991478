"""A 5 px progress bar: the accent fills a dark groove."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.theme import tokens as tk
from app.theme.painting import fill_box, painting


class ProgressBar(QWidget):
    """`set_fraction` 0..1, in the accent while it runs and in the error colour once it failed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._fraction, self._ink = name, 0.0, tk.ACC
        self.setFixedHeight(5)
        self.setMinimumWidth(60)
        self.set_fraction(0.0)

    def sizeHint(self) -> QSize:
        return QSize(200, 5)

    @property
    def fraction(self) -> float:
        return self._fraction

    def set_fraction(self, fraction: float, ink: QColor = tk.ACC) -> None:
        self._fraction, self._ink = min(1.0, max(0.0, fraction)), ink
        self.setAccessibleName(f"{self._name}, {self._fraction:.0%}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        with painting(self) as p:
            fill_box(p, box, tk.TRACK, radius=2)
            if self._fraction > 0.0:
                done = QRectF(box.x(), box.y(), max(5.0, box.width() * self._fraction), box.height())
                fill_box(p, done, self._ink, radius=2)
