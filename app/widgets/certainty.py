"""One thing that was found: what, how it is, and how sure that is, as a bar and as a number."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, fill_box, painting
from core.words import tr

_NAME_W = 84
_BAR_W = 44
_NUMBER_W = 36
SURE = 0.5
"""From here on a thing is treated as being there."""


class CertaintyRow(QWidget):
    """20 px high. A bar below `SURE` is grey; what was said by hand has no bar, for nothing is guessed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._value = name, ""
        self._sure: float | None = None
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, 20)

    @property
    def value(self) -> str:
        return self._value

    @property
    def sure(self) -> float | None:
        return self._sure

    def show_found(self, value: str, sure: float | None) -> None:
        """`sure` 0..1, or None where there is nothing to be unsure of."""
        self._value, self._sure = value, sure
        spoken = f"{self._name}, {value}"
        if sure is not None:
            spoken += ", " + tr("{percent}% sure", percent=round(100 * sure))
        self.setAccessibleName(spoken)
        self.setToolTip(spoken)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        h, right = self.height(), float(self.width())
        font = ui_font(tk.CAPTION_PX)
        with painting(self) as p:
            draw_text(p, QRectF(0, 0, _NAME_W, h), self._name, tk.T3, font)
            if self._sure is not None:
                number = QRectF(right - _NUMBER_W, 0, _NUMBER_W, h)
                draw_text(p, number, f"{self._sure:.0%}".replace("%", " %"), tk.T2, font, Qt.AlignmentFlag.AlignRight)
                groove = QRectF(number.left() - _BAR_W, (h - 4) / 2, _BAR_W, 4)
                fill_box(p, groove, tk.TRACK, radius=2)
                done = QRectF(groove.left(), groove.top(), max(4.0, _BAR_W * self._sure), 4)
                fill_box(p, done, tk.ACC if self._sure >= SURE else tk.EDGE3, radius=2)
                right = groove.left() - 8
            draw_text(p, QRectF(_NAME_W, 0, right - _NAME_W, h), self._value, tk.T1, font)
