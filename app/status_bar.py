"""The line at the bottom: a hint or a message at the left, what the machine is doing at the right. Main thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import draw_text
from core.words import num, tr

MESSAGE_MS = 8000


def size_text(count: int) -> str:
    """Bytes as a person reads them."""
    if count < 1 << 30:
        return f"{count / (1 << 20):.0f} MB"
    return f"{num(count / (1 << 30), '.1f')} GB"


class StatusBar(QWidget):
    """A message outlives hints for a while, an error until the next message. Every field is also readable as text."""

    job_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(tk.STATUS_H)
        self._hint = ""
        self._message = ""
        self._is_error = False
        self._job: tuple[str, float | None, str] | None = None
        self._job_rect = QRectF()
        self._device = ""
        self._cache = ""
        self._playback = ""
        self._is_dropping = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._clear_message)

    def _clear_message(self) -> None:
        self._message, self._is_error = "", False
        self._changed()

    def _changed(self) -> None:
        self.setAccessibleName(self.text)
        self.update()

    @property
    def text(self) -> str:
        """What stands at the left."""
        return self._message or self._hint or tr("Ready")

    def set_hint(self, text: str) -> None:
        if text != self._hint:
            self._hint = text
            self._changed()

    def show_message(self, text: str, *, is_error: bool = False) -> None:
        self._message, self._is_error = text, is_error
        self._timer.stop()
        if not is_error:
            self._timer.start(MESSAGE_MS)
        self._changed()

    def clear_error(self) -> None:
        if self._is_error:
            self._clear_message()

    def set_job(self, name: str, fraction: float | None = None, detail: str = "") -> None:
        """What is being worked on; an empty name takes it away, no fraction shows no bar."""
        self._job = (name, fraction, detail) if name else None
        self.update()

    def set_device(self, device: str) -> None:
        self._device = device.upper()
        self.update()

    def set_cache(self, used: int, budget: int) -> None:
        self._cache = f"{size_text(used)} / {size_text(budget)}"
        self.update()

    def set_playback(self, text: str, *, is_dropping: bool) -> None:
        self._playback, self._is_dropping = text, is_dropping
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._job is not None and self._job_rect.contains(event.position()):
            self.job_clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tk.HEADER)
        painter.fillRect(QRectF(0, 0, self.width(), 1), tk.SEAM)
        right = float(self.width() - 12)
        if self._playback:
            right = self._word(painter, right, self._playback, tk.WARN if self._is_dropping else tk.T1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tk.WARN if self._is_dropping else tk.ACC)
            painter.drawEllipse(QRectF(right - 10, self.height() / 2 - 2.5, 6, 6))
            right = self._divider(painter, right - 12)
        for icon, name, value in (("database", tr("Cache"), self._cache), ("chip", "", self._device)):
            if value:
                right = self._word(painter, right, value, tk.T1)
                right = self._word(painter, right - 6, name, tk.T2) if name else right
                paint_icon(painter, icon, right - 20, (self.height() - 14) / 2, 14, tk.T2)
                right = self._divider(painter, right - 22)
        if self._job is not None:
            right = self._paint_job(painter, right, *self._job)
        left = 12.0
        if self._is_error:
            paint_icon(painter, "error", 10, (self.height() - 14) / 2, 14, tk.ERR)
            left = 30
        ink = tk.ERR if self._is_error else tk.T1 if self._message else tk.T2
        draw_text(painter, QRectF(left, 0, right - left - 12, self.height()), self.text, ink, ui_font(tk.CAPTION_PX))
        painter.end()

    def _paint_job(self, painter: QPainter, right: float, name: str, fraction: float | None, detail: str) -> float:
        end = right
        right = self._word(painter, right, detail, tk.T3) if detail else right
        if fraction is not None:
            bar = QRectF(right - 80, self.height() / 2 - 2, 70, 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tk.TRACK)
            painter.drawRoundedRect(bar, 2, 2)
            painter.setBrush(tk.CACHE)
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * min(1.0, fraction), 4), 2, 2)
            right = bar.left() - 8
        right = self._word(painter, right - (4 if fraction is None and detail else 0), name, tk.T2)
        self._job_rect = QRectF(right, 0, end - right, self.height())
        return self._divider(painter, right)

    def _word(self, painter: QPainter, right: float, text: str, ink: QColor) -> float:
        font = ui_font(tk.CAPTION_PX)
        wide = QFontMetricsF(font).horizontalAdvance(text)
        draw_text(painter, QRectF(right - wide, 0, wide + 1, self.height()), text, ink, font)
        return right - wide

    def _divider(self, painter: QPainter, right: float) -> float:
        x = round(right) - 10
        painter.fillRect(QRectF(x, 6, 1, self.height() - 12), tk.EDGE)
        return x - 10.0
