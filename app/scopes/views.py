"""One scope: its trace under its graticule. Main thread.

Traces are drawn brighter where more pixels stand, by the logarithm, as phosphor would glow; the graticule is never hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import cos, radians, sin
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, focus_ring, inset, painting
from app.widgets.focus import KeyboardFocus
from core.evaluation.scopes import BARS, CELLS, SKIN_DEG, Traces, bar

INKS: Final = (QColor("#FF5A50"), QColor("#4FE06B"), QColor("#5C8CFF"), QColor("#DADADA"))
"""R', G', B', Y'."""
CHANNELS: Final = ("R", "G", "B", "Y")
GAIN: Final = 48.0
"""How soon a trace is bright; the share of a column at one level that counts as full is 1 / 8."""
LEFT, RIGHT, TOP, BOTTOM = 28.0, 6.0, 24.0, 6.0
"""Air around a scope, px: levels stand at the left, its name on top."""


class Scope(StrEnum):
    WAVEFORM = "waveform"
    PARADE = "parade"
    VECTORSCOPE = "vectorscope"
    HISTOGRAM = "histogram"

    @property
    def label(self) -> str:
        return {"parade": "RGB parade"}.get(self.value, self.value.capitalize())


@dataclass(frozen=True, slots=True)
class ScopeSettings:
    """How scopes are drawn."""

    in_codes: bool = False
    """Levels in 10-bit codes of the studio range (64 to 940) instead of per cent."""
    in_channels: bool = False
    """The waveform of R', G' and B' instead of luma."""
    zoom: int = 1
    """Of the vectorscope."""

    def level(self, share: float) -> str:
        """A level 0..1 in the units chosen."""
        return f"{64 + 876 * share:.0f}" if self.in_codes else f"{100 * share:.0f}"


class ScopeView(KeyboardFocus, QWidget):
    """Double-click or Enter asks for it to be shown alone, or among the others again."""

    enlarged = Signal()

    def __init__(self, scope: Scope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scope = scope
        self.settings = ScopeSettings()
        self.traces: Traces | None = None
        self.source_name = ""
        self._image: QImage | None = None
        self.setMinimumSize(QSize(120, 84))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._say()

    def show_traces(self, traces: Traces | None, source_name: str, settings: ScopeSettings) -> None:
        """`source_name`: what the picture is, for people."""
        self.traces, self.source_name, self.settings = traces, source_name, settings
        self._image = None
        self._say()
        self.update()

    def _say(self) -> None:
        name = f"{self.scope.label} of the {self.source_name.lower()}" if self.source_name else self.scope.label
        if self.traces is None:
            self.setAccessibleName(f"{name}, no picture yet")
        else:
            low, high = self.traces.reach()
            self.setAccessibleName(f"{name}, luma {100 * low:.0f} % to {100 * high:.0f} %")

    # ---- painting -------------------------------------------------------------------------------------------------

    @property
    def plot(self) -> QRectF:
        """Where the trace stands; the vectorscope's is square."""
        area = QRectF(LEFT, TOP, self.width() - LEFT - RIGHT, self.height() - TOP - BOTTOM)
        if self.scope is not Scope.VECTORSCOPE:
            return area
        side = min(self.width() - 12.0, area.height())
        return QRectF((self.width() - side) / 2, TOP, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), tk.SEAM)
            name = QRectF(8, 0, self.width() - 16, TOP - 4)
            draw_text(painter, name, self.scope.label, tk.T2, ui_font(tk.CAPTION_PX))
            if self.scope is Scope.VECTORSCOPE:
                self._paint_vector_graticule(painter)
            else:
                self._paint_levels(painter)
            if self.traces is not None:
                if self.scope is Scope.HISTOGRAM:
                    self._paint_histogram(painter, self.traces)
                else:
                    self._paint_trace(painter, self.traces)
                self._paint_clipping(painter, self.traces)
            if self._shows_focus:
                focus_ring(painter, inset(self.rect(), 3))

    def _paint_trace(self, painter: QPainter, traces: Traces) -> None:
        if self._image is None:
            self._image = _image(self._glow(traces))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.drawImage(self.plot, self._image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def _glow(self, traces: Traces) -> npt.NDArray[np.float32]:
        """(H, W, 3) light 0..1, R G B, top row first."""
        if self.scope is Scope.VECTORSCOPE:
            half = CELLS // (2 * self.settings.zoom)
            seen = traces.vectors[CELLS // 2 - half : CELLS // 2 + half, CELLS // 2 - half : CELLS // 2 + half]
            light = _brightness(seen, traces.pixels / 220.0)[::-1]
            return np.asarray(light[..., None] * _ink(INKS[3]), np.float32)
        columns = traces.waveform.shape[2]
        light = _brightness(traces.waveform, traces.pixels / columns)[:, ::-1]
        if self.scope is Scope.PARADE:
            return np.concatenate([light[n][..., None] * _ink(INKS[n]) for n in range(3)], axis=1)
        if self.settings.in_channels:
            return np.asarray(sum(light[n][..., None] * _ink(INKS[n]) for n in range(3)), np.float32)
        return np.asarray(light[3][..., None] * _ink(INKS[3]), np.float32)

    def _paint_levels(self, painter: QPainter) -> None:
        plot, font = self.plot, ui_font(tk.SMALL_PX)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            if self.scope is Scope.HISTOGRAM:
                x = round(plot.left() + share * plot.width()) + 0.5
                painter.setPen(QPen(tk.LINE, 1))
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
                continue
            y = round(plot.bottom() - share * plot.height()) + 0.5
            painter.setPen(QPen(tk.EDGE if share in (0.0, 1.0) else tk.LINE, 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            if share in (0.0, 0.5, 1.0):
                room = QRectF(0, y - 7, LEFT - 5, 14)
                draw_text(painter, room, self.settings.level(share), tk.T3, font, Qt.AlignmentFlag.AlignRight)
        if self.scope is Scope.PARADE:
            for third in (1, 2):
                x = round(plot.left() + third * plot.width() / 3) + 0.5
                painter.setPen(QPen(tk.EDGE, 1))
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_vector_graticule(self, painter: QPainter) -> None:
        plot, zoom = self.plot, self.settings.zoom
        middle, unit = plot.center(), plot.width() * zoom
        painter.save()
        painter.setClipRect(plot.adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(tk.LINE, 1))
        painter.drawEllipse(middle, unit / 2, unit / 2)
        painter.drawLine(QPointF(plot.left(), middle.y()), QPointF(plot.right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), plot.top()), QPointF(middle.x(), plot.bottom()))
        skin = QPointF(cos(radians(SKIN_DEG)), -sin(radians(SKIN_DEG))) * unit / 2
        painter.setPen(QPen(tk.EDGE3, 1, Qt.PenStyle.DashLine))
        painter.drawLine(middle, middle + skin)
        for name in BARS:
            for level, size in ((0.75, 7.0), (1.0, 5.0)):
                cb, cr = bar(name, level)
                at = middle + QPointF(cb, -cr) * unit
                painter.setPen(QPen(tk.EDGE3 if level < 1.0 else tk.EDGE, 1))
                painter.drawRect(QRectF(at.x() - size / 2, at.y() - size / 2, size, size))
            cb, cr = bar(name, 0.75)
            at = middle + QPointF(cb, -cr) * unit * 0.72
            room = QRectF(at.x() - 10, at.y() - 7, 20, 14)
            draw_text(painter, room, name, tk.T3, ui_font(tk.SMALL_PX), Qt.AlignmentFlag.AlignHCenter)
        painter.restore()
        if zoom > 1:
            room = QRectF(plot.right() - 24, plot.top(), 24, 14)
            draw_text(painter, room, f"{zoom}×", tk.T3, ui_font(tk.SMALL_PX), Qt.AlignmentFlag.AlignRight)

    def _paint_histogram(self, painter: QPainter, traces: Traces) -> None:
        """The square root of the counts, so that small ones show; the ends, which may be clipped, do not set the scale."""
        plot = self.plot
        heights = np.sqrt(traces.histogram / max(1, traces.pixels))
        scale = max(float(heights[:, 2:-2].max()), 1e-6)
        xs = plot.left() + np.arange(256) / 255.0 * plot.width()
        painter.save()
        painter.setClipRect(plot)
        for channel in (3, 0, 1, 2):
            ys = plot.bottom() - np.minimum(heights[channel] / scale, 1.0) * (plot.height() - 1)
            points = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
            ink = QColor(INKS[channel])
            if channel == 3:
                ink.setAlphaF(0.22)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink)
                painter.drawPolygon(QPolygonF([plot.bottomLeft(), *points, plot.bottomRight()]))
            else:
                painter.setPen(QPen(ink, 1.2))
                painter.drawPolyline(QPolygonF(points))
        painter.restore()

    def _paint_clipping(self, painter: QPainter, traces: Traces) -> None:
        """Shares of luma that stand at either end, where there are any."""
        if self.scope not in (Scope.WAVEFORM, Scope.HISTOGRAM):
            return
        parts = []
        for word, share in (("black", float(traces.low[3])), ("white", float(traces.high[3]))):
            if share >= 0.0005:
                parts.append(f"{word} {100 * share:.1f} %")
        if parts:
            room = QRectF(self.width() / 2 - 20, 0, self.width() / 2 + 12, TOP)
            text = "Clipped " + ", ".join(parts)
            draw_text(painter, room, text, tk.WARN, ui_font(tk.SMALL_PX), Qt.AlignmentFlag.AlignRight)

    # ---- hands ----------------------------------------------------------------------------------------------------

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.enlarged.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarged.emit()
        else:
            super().keyPressEvent(event)


def _brightness(counts: npt.NDArray[np.int64], full: float) -> npt.NDArray[np.float32]:
    share = counts.astype(np.float32) * np.float32(8.0 / max(full, 1.0))
    return np.asarray(np.minimum(np.log1p(share * np.float32(GAIN)) / np.float32(np.log1p(GAIN)), 1.0), np.float32)


def _ink(color: QColor) -> npt.NDArray[np.float32]:
    return np.array([color.redF(), color.greenF(), color.blueF()], np.float32)


def _image(light: npt.NDArray[np.float32]) -> QImage:
    """R G B 0..1 as an image of its own."""
    pixels = np.empty((*light.shape[:2], 4), np.uint8)
    pixels[..., :3] = np.clip(light[..., ::-1] * 255.0, 0.0, 255.0)
    pixels[..., 3] = 255
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
