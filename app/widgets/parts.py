"""Small pieces that panels are put together from: headings, captions, facts, labelled lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, painting


def text_label(
    text: str = "", *, px: int = tk.BODY_PX, color: QColor = tk.T2, bold: bool = False, wraps: bool = False
) -> InkLabel:
    """A label in one of the design's sizes and greys. User text is never read as markup."""
    label = InkLabel(text, color)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(ui_font(px, bold=bold))
    label.setWordWrap(wraps)
    return label


class InkLabel(QLabel):
    """A label that keeps its colour: Qt's style sheets give a widget the palette of its first day back when the theme
    of the application changes."""

    def __init__(self, text: str, ink: QColor) -> None:
        super().__init__(text)
        self._ink = ink
        self._dye()

    def set_ink(self, ink: QColor) -> None:
        self._ink = ink
        self._dye()

    def _dye(self) -> None:
        palette = self.palette()
        if palette.color(self.foregroundRole()) != self._ink:
            palette.setColor(self.foregroundRole(), self._ink)
            self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._dye()


def fit_height(label: QLabel, width: int) -> None:
    """As high as its text needs at this width, where the layout of a card that is not shown yet would be one text late."""
    label.setMinimumHeight(0)
    label.setFixedHeight(label.heightForWidth(width))
    parent = label.parentWidget()
    layout = parent.layout() if parent is not None else None
    if layout is not None:
        layout.activate()


class PanelHeader(QWidget):
    """28 px: a title at the left, tools at the right, a seam below."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(tk.PANEL_HEADER_H)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(tk.PANEL_INSET, 0, tk.GRID, 0)
        layout.addWidget(text_label(title, color=tk.T1))
        layout.addStretch(1)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(tk.GRID)
        layout.addLayout(self.tools)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.fillRect(self.rect(), tk.HEADER)
            p.fillRect(0, self.height() - 1, self.width(), 1, tk.SEAM)


class Fact(QWidget):
    """One line: what it is at the left in t3, how it is at the right of it in t1. The whole text is in the tool tip."""

    def __init__(self, name: str, parent: QWidget | None = None, *, name_w: int = 84) -> None:
        super().__init__(parent)
        self._name, self._name_w, self._value = name, name_w, ""
        self._ink = tk.T1
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, 20)

    def set_value(self, value: str, ink: QColor = tk.T1) -> None:
        self._value, self._ink = value, ink
        self.setAccessibleName(f"{self._name}, {value}")
        self.setToolTip(value)
        self.update()

    @property
    def value(self) -> str:
        return self._value

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            h = self.height()
            draw_text(p, QRectF(0, 0, self._name_w, h), self._name, tk.T3, ui_font(tk.CAPTION_PX))
            box = QRectF(self._name_w, 0, self.width() - self._name_w, h)
            draw_text(p, box, self._value, self._ink, ui_font(tk.CAPTION_PX))


class Rule(QWidget):
    """A hairline between sections."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.fillRect(self.rect(), tk.LINE)
