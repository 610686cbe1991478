"""The callout under a clip that cannot be shown: cause, what is safe, and what to do. Main thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.widgets.buttons import Button, Emphasis, IconButton
from app.widgets.parts import fit_height
from core.ids import ClipId
from core.words import tr

WIDTH_PX = 430
_POINT_PX = 8
_INSETS = (12, 8)
"""Of the card, left and right."""
_TEXT_INSETS = (28, 12)
_TEXT_W = WIDTH_PX - sum(_INSETS) - sum(_TEXT_INSETS)


class FailureCallout(QWidget):
    """Floats over the lanes below the clip it points at; dismissing it leaves the mark on the clip."""

    retry = Signal()
    relink = Signal(object)
    """The `ClipId` whose file is to be found again."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._clip: ClipId | None = None
        self._dismissed: tuple[ClipId, str] | None = None
        self._point_x = 40.0
        self._title, self._text = QLabel(), QLabel()
        self._title.setFont(ui_font(tk.TITLE_PX, bold=True))
        self._text.setFont(ui_font())
        self._text.setWordWrap(True)
        self._retry = Button(tr("Try again"), height=tk.ACTION_H)
        self._relink = Button(tr("Find the file…"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        close = IconButton("close", tr("Dismiss"))
        close.clicked.connect(self._dismiss)
        self._retry.clicked.connect(self.retry)
        self._relink.clicked.connect(lambda: self.relink.emit(self._clip))
        head, buttons = QHBoxLayout(), QHBoxLayout()
        head.setContentsMargins(28, 0, 0, 0)
        head.addWidget(self._title, 1)
        head.addWidget(close)
        buttons.setContentsMargins(28, 4, 0, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self._relink)
        buttons.addWidget(self._retry)
        buttons.addStretch(1)
        text = QHBoxLayout()
        text.setContentsMargins(_TEXT_INSETS[0], 0, _TEXT_INSETS[1], 0)
        text.addWidget(self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(_INSETS[0], _POINT_PX + 8, _INSETS[1], 12)
        column.setSpacing(4)
        for part in (head, text, buttons):
            column.addLayout(part)
        self.setFixedWidth(WIDTH_PX)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, self.heightForWidth(WIDTH_PX))

    def tell(self, clip: ClipId, title: str, message: str, *, can_relink: bool) -> None:
        """Fill it; a person who dismissed these very words is not told again."""
        self._clip = clip
        self._title.setText(title)
        self._text.setText(message)
        self._relink.setVisible(can_relink)
        fit_height(self._text, _TEXT_W)
        self.setAccessibleName(f"{title}. {message}")
        if self._dismissed != (clip, message):
            self._dismissed = None
            self.adjustSize()
            self.show()
            self.raise_()

    def point_at(self, x: float, y: float) -> None:
        """Place the tip at (x, y) of the parent, the card inside it."""
        parent = self.parentWidget()
        room = parent.width() - self.width() - 8 if parent else 0
        left = max(8.0, min(x - 40, float(room)))
        self._point_x = min(max(x - left, 16.0), self.width() - 16.0)
        self.move(round(left), round(y))
        self.update()

    def clear(self) -> None:
        """The failure is gone."""
        self._dismissed = None
        self.hide()

    def _dismiss(self) -> None:
        if self._clip is not None:
            self._dismissed = (self._clip, self._text.text())
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(0.5, _POINT_PX + 0.5, self.width() - 1, self.height() - _POINT_PX - 1)
        painter.setPen(QPen(tk.ERR, 1))
        painter.setBrush(tk.RAISED)
        painter.drawRoundedRect(card, tk.RADIUS_POPOVER, tk.RADIUS_POPOVER)
        tip = [
            QPointF(self._point_x + dx, dy)
            for dx, dy in ((-_POINT_PX, _POINT_PX + 1), (0, 0.5), (_POINT_PX, _POINT_PX + 1))
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF(tip))
        painter.setPen(QPen(tk.ERR, 1))
        painter.drawPolyline(QPolygonF(tip))
        paint_icon(painter, "error", 14, _POINT_PX + 12, 18, tk.ERR)
        painter.end()
