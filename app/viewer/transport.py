"""Transport: where the playhead stands, the buttons that move it, and how good the preview is to be. Main thread."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.actions.button import BarButton
from app.theme import tokens as tk
from app.theme.fonts import mono_font
from app.widgets.buttons import Select
from core.render.messages import Quality
from core.timebase import ZERO, Time, TimeRange, format_timecode
from core.words import msg, tr

SMALL_HEIGHT: Final = 576
"""Up to this many lines a full-size preview comes quickly enough on a laptop, and half of it would look soft."""
QUALITIES: Final = (
    (Quality.DRAFT, msg("Preview ¼")),
    (Quality.HALF, msg("Preview ½")),
    (Quality.FULL, msg("Full size")),
)


class JogBar(QWidget):
    """The whole timeline in one line: drag to scrub. The lighter stretch lies between the in and out points."""

    seeked = Signal(object)
    scrub_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(14)
        self.setAccessibleName(tr("Jog bar"))
        self._duration, self._span, self._time, self._rate = ZERO, TimeRange(ZERO, ZERO), ZERO, Fraction(25)

    def set_state(self, duration: Time, span: TimeRange, time: Time, rate: Fraction) -> None:
        self._duration, self._span, self._time, self._rate = duration, span, time, rate
        self.update()

    def _x(self, time: Time) -> float:
        return 12 + (self.width() - 24) * (float(time) / max(1e-9, float(self._duration)))

    def _seek(self, x: float) -> None:
        share = min(1.0, max(0.0, (x - 12) / max(1, self.width() - 24)))
        last = max(0, self._duration.to_frame_ceil(self._rate) - 1)
        self.seeked.emit(Time.from_frame(min(last, int(share * (last + 1))), self._rate))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._duration > ZERO:
            self.scrub_changed.emit(True)
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._duration > ZERO:
            self._seek(event.position().x())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.scrub_changed.emit(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(12, self.height() / 2 - 1.5, self.width() - 24, 3)
        painter.setBrush(tk.TRACK)
        painter.drawRoundedRect(groove, 1.5, 1.5)
        if self._duration > ZERO:
            left, right = self._x(self._span.start), self._x(self._span.end)
            painter.setBrush(tk.EDGE)
            painter.drawRoundedRect(QRectF(left, groove.top(), right - left, 3), 1.5, 1.5)
            painter.setBrush(tk.T1)
            painter.drawRect(QRectF(round(self._x(self._time)) - 1, 1, 2, self.height() - 2))
        painter.end()


class TimecodeLabel(QLabel):
    """Timecode in the system's monospace face; a fixed width, so that nothing beside it dances."""

    def __init__(self, name: str, *, is_quiet: bool = False) -> None:
        super().__init__("00:00:00:00")
        font = mono_font(14)
        self.setFont(font)
        self.setAccessibleName(name)
        self.setMinimumWidth(round(QFontMetricsF(font).horizontalAdvance("\u221200:00:00:00")) + 4)
        palette = self.palette()
        palette.setColor(self.foregroundRole(), tk.T3 if is_quiet else tk.T1)
        self.setPalette(palette)

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), 24)


class Transport(QWidget):
    """Buttons only name actions; `asked` carries the id of the row in the action table."""

    asked = Signal(str)
    quality_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.jog = JogBar()
        self._now = TimecodeLabel(tr("Timecode"))
        self._length = TimecodeLabel(tr("Duration"), is_quiet=True)
        self._length.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._quality = Select()
        self._quality.setAccessibleName(tr("Preview quality"))
        self._quality.setToolTip(tr("Preview quality when nothing moves"))
        self._quality.setFixedSize(104, 24)
        self._quality.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for quality, name in QUALITIES:
            self._quality.addItem(tr(name), quality)
        self._quality.setCurrentIndex(1)
        self._is_chosen = False
        self._quality.activated.connect(self._on_chosen)
        self._quality.currentIndexChanged.connect(lambda index: self.quality_changed.emit(QUALITIES[index][0]))
        self._buttons = {
            id_: self._button(id_, icon, name)
            for id_, icon, name in (
                ("set_in", "in_point", tr("Set in point")),
                ("set_out", "out_point", tr("Set out point")),
                ("to_start", "to_start", tr("To the start")),
                ("step_back", "step_back", tr("Previous frame")),
                ("reverse", "reverse", tr("Play backwards")),
                ("play", "play", tr("Play")),
                ("step_on", "step_forward", tr("Next frame")),
                ("to_end", "to_end", tr("To the end")),
                ("loop", "loop", tr("Loop")),
            )
        }
        self._lay_out()

    def _button(self, id_: str, icon: str, name: str) -> BarButton:
        big = id_ == "play"
        button = BarButton(
            icon,
            name,
            action=id_,
            checkable=id_ == "loop",
            filled=big,
            size=32 if big else 28,
            icon_px=18 if big else 16,
        )
        button.clicked.connect(lambda: self.asked.emit(id_))
        return button

    def _lay_out(self) -> None:
        left, middle, right = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.addWidget(self._now)
        left.addSpacing(8)
        for id_ in ("set_in", "set_out"):
            left.addWidget(self._buttons[id_])
        left.addStretch(1)
        middle.setSpacing(2)
        for id_ in ("to_start", "step_back", "reverse", "play", "step_on", "to_end", "loop"):
            middle.addWidget(self._buttons[id_])
        right.addStretch(1)
        right.addWidget(self._quality)
        right.addSpacing(8)
        right.addWidget(self._length)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 6)
        row.addLayout(left, 1)
        row.addLayout(middle)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.jog)
        column.addLayout(row)
        self.setFixedHeight(tk.TRANSPORT_H + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tk.PANEL)
        painter.fillRect(QRectF(QPointF(0, 0), QSize(self.width(), 1).toSizeF()), tk.SEAM)
        painter.end()

    def set_state(self, time: Time, duration: Time, span: TimeRange, rate: Fraction) -> None:
        self._now.setText(format_timecode(time.to_frame(rate), rate))
        self._length.setText(format_timecode(duration.to_frame_ceil(rate), rate))
        self.jog.set_state(duration, span, time, rate)

    def set_speed(self, speed: int) -> None:
        """Shows pause while playing, and the multiple where it is not one."""
        button = self._buttons["play"]
        button.set_icon("pause" if speed else "play")
        button.setAccessibleName(tr("Pause") if speed else tr("Play"))

    def set_looping(self, on: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._buttons["loop"].setChecked(on)

    def set_usable(self, on: bool) -> None:  # noqa: FBT001 - a Qt slot
        for button in self._buttons.values():
            button.setEnabled(on)

    def _on_chosen(self, _index: int) -> None:
        self._is_chosen = True

    def suggest_quality(self, height: int) -> None:
        """The best a picture of this many lines deserves, until a person chooses."""
        if not self._is_chosen:
            self.set_quality(Quality.FULL if height <= SMALL_HEIGHT else Quality.HALF)

    def prefer_quality(self, quality: Quality | None) -> None:
        """The quality of every project from now on; None leaves it to `suggest_quality`."""
        self._is_chosen = quality is not None
        if quality is not None:
            self.set_quality(quality)

    @property
    def quality(self) -> Quality:
        return QUALITIES[self._quality.currentIndex()][0]

    def set_quality(self, quality: Quality) -> None:
        self._quality.setCurrentIndex([q for q, _ in QUALITIES].index(quality))
