"""One scope: its trace under its graticule. Main thread.

Traces are drawn brighter where more pixels stand, by the logarithm, as phosphor would glow; the graticule is never hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import cos, hypot, radians, sin
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, focus_ring, inset, painting
from app.widgets.focus import KeyboardFocus
from core.evaluation.scopes import BARS, CELLS, SKIN_DEG, Traces, bar, place_of
from core.words import inline, msg, num, tr

Light = npt.NDArray[np.float32]

INKS: Final = (QColor("#FF5A50"), QColor("#4FE06B"), QColor("#5C8CFF"), QColor("#DADADA"))
"""R', G', B', Y'."""
CHANNELS: Final = ("R", "G", "B", msg("luma"))
GAIN: Final = 48.0
"""How soon a trace is bright; the share of a column at one level that counts as full is 1 / 8."""
LEFT, RIGHT, TOP, BOTTOM = 28.0, 6.0, 24.0, 8.0
UNNAMED_TOP = 18.0
"""Air around a scope, px: levels stand at the left, its name on top."""
HISTOGRAM_SIDE, HISTOGRAM_BOTTOM = 12.0, 18.0
"""Its levels stand below it."""
_LETTERS_PX: Final = 14.0
"""From the box of a colour bar inwards to the middle of its letters, so that neither touches the other."""
CLIPPED_FROM: Final = 0.0005
"""Share of the pixels at an end of the range that is told of."""


class Scope(StrEnum):
    WAVEFORM = "waveform"
    PARADE = "parade"
    VECTORSCOPE = "vectorscope"
    HISTOGRAM = "histogram"

    @property
    def label(self) -> str:
        return tr(_LABELS[self])

    @property
    def tab(self) -> str:
        """The label where there is less room."""
        return tr("Parade") if self is Scope.PARADE else self.label


_LABELS: Final = {
    Scope.WAVEFORM: msg("Waveform"),
    Scope.PARADE: msg("RGB parade"),
    Scope.VECTORSCOPE: msg("Vectorscope"),
    Scope.HISTOGRAM: msg("Histogram"),
}


@dataclass(frozen=True, slots=True)
class ScopeSettings:
    """How scopes are drawn."""

    in_codes: bool = False
    """Levels in 10-bit codes of the studio range (64 to 940) instead of per cent."""
    in_channels: bool = False
    """The waveform of R', G' and B' instead of luma."""
    zoom: int = 1
    """Of the vectorscope."""
    gain: float = 1.0
    """Of the traces' brightness."""

    def level(self, share: float) -> str:
        """A level 0..1 in the units chosen."""
        return f"{64 + 876 * share:.0f}" if self.in_codes else f"{100 * share:.0f}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What lies under the pointer over the picture."""

    u: float
    """0..1 of the picture's width."""
    color: tuple[int, int, int]
    """R' G' B' codes."""


class ScopeView(KeyboardFocus, QWidget):
    """Double-click or Enter asks for it to be shown alone, or among the others again."""

    enlarged = Signal()

    def __init__(self, scope: Scope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scope = scope
        self.settings = ScopeSettings()
        self.traces: Traces | None = None
        self.source_name = ""
        self.mark: Mark | None = None
        self.is_named = True
        """Whether its name stands above it; a tab may say it instead."""
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

    def show_mark(self, mark: Mark | None) -> None:
        if mark != self.mark:
            self.mark = mark
            self.update()

    def _say(self) -> None:
        """The numbers, for who cannot see the trace, and for a tooltip."""
        name = (
            tr("{scope} of the {layer}", scope=self.scope.label, layer=inline(self.source_name))
            if self.source_name
            else self.scope.label
        )
        said = (
            tr("{name}, no picture yet", name=name) if self.traces is None else f"{name}, {self._numbers(self.traces)}"
        )
        self.setAccessibleName(said)
        self.setToolTip(said)

    def _numbers(self, traces: Traces) -> str:
        if self.scope is Scope.VECTORSCOPE:
            return tr("chroma up to {chroma:.0f} %", chroma=100 * traces.chroma)
        ends = [tuple(self.settings.level(v) for v in traces.reach(channel)) for channel in range(4)]
        unit = "" if self.settings.in_codes else " %"
        spans = [tr("{low} to {high}", low=low + unit, high=high + unit) for low, high in ends]
        words = [f"{tr(CHANNELS[channel])} {spans[channel]}" for channel in self._channels]
        if clipped := _clipped(traces, self._channels):
            words.append(tr("clipped {shares}", shares=clipped))
        return ", ".join(words)

    @property
    def _channels(self) -> tuple[int, ...]:
        """Those of its trace: luma alone, or R', G' and B'."""
        is_luma = self.scope is Scope.WAVEFORM and not self.settings.in_channels
        return (3,) if is_luma else (0, 1, 2)

    # ---- painting -------------------------------------------------------------------------------------------------

    @property
    def _title(self) -> str:
        zoom = f"{self.settings.zoom}×" if self.scope is Scope.VECTORSCOPE and self.settings.zoom > 1 else ""
        return " ".join(word for word in (self.scope.label if self.is_named else "", zoom) if word)

    @property
    def _top(self) -> float:
        return TOP if self.is_named else UNNAMED_TOP

    @property
    def plot(self) -> QRectF:
        """Where the trace stands; the vectorscope's is square."""
        area = QRectF(LEFT, self._top, self.width() - LEFT - RIGHT, self.height() - self._top - BOTTOM)
        if self.scope is Scope.HISTOGRAM:
            return QRectF(
                HISTOGRAM_SIDE, TOP, self.width() - 2 * HISTOGRAM_SIDE, self.height() - TOP - HISTOGRAM_BOTTOM
            )
        if self.scope is not Scope.VECTORSCOPE:
            return area
        side = min(self.width() - 12.0, area.height())
        return QRectF((self.width() - side) / 2, self._top, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), tk.SEAM)
            name = QRectF(8, 0, self.width() - 16, self._top - 4)
            draw_text(painter, name, self._title, tk.T2, ui_font(tk.CAPTION_PX))
            if self.scope is Scope.VECTORSCOPE:
                self._paint_vector_graticule(painter)
            else:
                self._paint_levels(painter)
            if self.traces is not None:
                self._paint_trace(painter, self.traces)
                self._paint_clipping(painter, self.traces)
                if self.mark is not None:
                    self._paint_mark(painter, self.mark)
            if self._shows_focus:
                focus_ring(painter, inset(self.rect(), 3))

    def _paint_trace(self, painter: QPainter, traces: Traces) -> None:
        ratio = self.devicePixelRatioF()
        size = max(1, round(self.plot.width() * ratio)), max(1, round(self.plot.height() * ratio))
        if self._image is None or (self._image.width(), self._image.height()) != size:
            is_histogram = self.scope is Scope.HISTOGRAM
            self._image = self._histogram(traces, *size) if is_histogram else _image(self._glow(traces, *size))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.drawImage(self.plot, self._image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def _glow(self, traces: Traces, width: int, height: int) -> Light:
        """(height, width, 3) light 0..1, R G B, top row first: what falls on one device pixel glows together."""
        gain = self.settings.gain
        if self.scope is Scope.VECTORSCOPE:
            half = CELLS // (2 * self.settings.zoom)
            middle = slice(CELLS // 2 - half, CELLS // 2 + half)
            share = np.float32(8.0 * gain * CELLS / max(1, traces.pixels))
            return _light(_resized(traces.vectors[middle, middle][::-1], width, height) * share)[..., None] * _ink(
                INKS[3]
            )
        share = np.float32(8.0 * gain * traces.waveform.shape[2] / max(1, traces.pixels))

        def light(channel: int, wide: int) -> npt.NDArray[np.float32]:
            return _light(_resized(traces.waveform[channel, ::-1], wide, height) * share)

        if self.scope is Scope.PARADE:
            seams = [round(third * width / 3) for third in range(4)]
            parts = [light(n, max(1, seams[n + 1] - seams[n]))[..., None] * _ink(INKS[n]) for n in range(3)]
            return np.concatenate(parts, axis=1)
        if self.settings.in_channels:
            return np.asarray(sum(light(n, width)[..., None] * _ink(INKS[n]) for n in range(3)), np.float32)
        return light(3, width)[..., None] * _ink(INKS[3])

    def _paint_levels(self, painter: QPainter) -> None:
        plot, font = self.plot, ui_font(tk.SMALL_PX)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            if self.scope is Scope.HISTOGRAM:
                x = round(plot.left() + share * plot.width()) + 0.5
                painter.setPen(QPen(tk.LINE, 1))
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
                if share in (0.0, 0.5, 1.0):
                    room = QRectF(plot.left() + share * (plot.width() - 40), plot.bottom() + 3, 40, 12)
                    align = Qt.AlignmentFlag.AlignLeft if share == 0.0 else Qt.AlignmentFlag.AlignHCenter
                    align = Qt.AlignmentFlag.AlignRight if share == 1.0 else align
                    draw_text(painter, room, self.settings.level(share), tk.T3, font, align)
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
        painter.setClipRect(plot.adjusted(-4, -4, 4, 4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tk.LINE, 1))
        for share in (0.25, 0.5):
            painter.drawEllipse(middle, unit * share, unit * share)
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
            away = hypot(cb, cr) * unit
            at = middle + QPointF(cb, -cr) * unit * max(0.0, 1.0 - _LETTERS_PX / away)
            room = QRectF(at.x() - 10, at.y() - 7, 20, 14)
            if plot.contains(room):
                draw_text(painter, room, name, tk.T3, ui_font(tk.SMALL_PX), Qt.AlignmentFlag.AlignHCenter)
        painter.restore()

    def _histogram(self, traces: Traces, width: int, height: int) -> QImage:
        """The square root of the counts, so that small ones show; the ends, which may be clipped, do not set the scale."""
        drawn = QImage(width, height, QImage.Format.Format_RGB32)
        drawn.fill(Qt.GlobalColor.black)
        heights = np.sqrt(traces.histogram / max(1, traces.pixels))
        scale = max(float(heights[:, 2:-2].max()), 1e-6)
        xs = (np.arange(256) / 255.0 * width).tolist()
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)  # where all agree it is white
        for channel in (3, 0, 1, 2):
            ys = height - np.minimum(heights[channel] / scale, 1.0) * (height - 1)
            points = [QPointF(x, y) for x, y in zip(xs, ys.tolist(), strict=True)]
            ink = QColor(INKS[channel])
            if channel == 3:
                ink.setAlphaF(0.22)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink)
                painter.drawPolygon(QPolygonF([QPointF(0, height), *points, QPointF(width, height)]))
            else:
                painter.setPen(QPen(ink, self.devicePixelRatioF()))
                painter.drawPolyline(QPolygonF(points))
        painter.end()
        return drawn

    def _paint_clipping(self, painter: QPainter, traces: Traces) -> None:
        """Shares at either end of the range in words, and, under a waveform or parade, in which columns."""
        if self.scope is Scope.VECTORSCOPE:
            return
        shown = self._channels
        if text := _clipped(traces, shown):
            taken = 26.0 + QFontMetricsF(ui_font(tk.CAPTION_PX)).horizontalAdvance(self._title)
            room = QRectF(taken, 0, self.width() - taken - 8, self._top - 4)
            most = max(float(traces.low[channel] + traces.high[channel]) for channel in shown)
            words = (
                tr("Clipped {shares}", shares=text),
                text,
                text.replace(" %,", ","),
                tr("Clipped {share:.1f} %", share=100 * most),
            )
            metrics = QFontMetricsF(ui_font(tk.SMALL_PX))
            fits = next((word for word in words if metrics.horizontalAdvance(word) <= room.width()), words[-1])
            draw_text(painter, room, fits, tk.WARN, ui_font(tk.SMALL_PX), Qt.AlignmentFlag.AlignRight)
        if self.scope is Scope.HISTOGRAM:
            return
        plot, columns = self.plot, traces.waveform.shape[2]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tk.WARN)
        for place, channel in enumerate(shown):
            parts = len(shown) if self.scope is Scope.PARADE else 1
            left = plot.left() + (place % parts) * plot.width() / parts
            wide = plot.width() / parts / columns
            for code, y in zip((0, -1), (plot.bottom() + 1.5, plot.top() - 3.5), strict=True):
                for start, end in _runs(traces.waveform[channel, code] > 0):
                    painter.drawRect(QRectF(left + start * wide, y, max(1.0, (end - start) * wide), 2))

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        """A small ring, or a line in the histogram, at what lies under the pointer over the picture."""
        plot = self.plot
        luma, cb, cr = place_of(mark.color)
        levels = (*(code / 255.0 for code in mark.color), luma)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tk.ACC, 1.5))
        if self.scope is Scope.VECTORSCOPE:
            at = plot.center() + QPointF(cb, -cr) * plot.width() * self.settings.zoom
            if plot.adjusted(-1, -1, 1, 1).contains(at):
                painter.drawEllipse(at, 4.0, 4.0)
        elif self.scope is Scope.HISTOGRAM:
            x = plot.left() + luma * plot.width()
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        elif self.scope is Scope.PARADE:
            for n in range(3):
                at = QPointF(plot.left() + (n + mark.u) * plot.width() / 3, plot.bottom() - levels[n] * plot.height())
                painter.drawEllipse(at, 4.0, 4.0)
        else:
            for level in levels[:3] if self.settings.in_channels else levels[3:]:
                at = QPointF(plot.left() + mark.u * plot.width(), plot.bottom() - level * plot.height())
                painter.drawEllipse(at, 4.0, 4.0)

    # ---- hands ----------------------------------------------------------------------------------------------------

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.enlarged.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarged.emit()
        else:
            super().keyPressEvent(event)


def _clipped(traces: Traces, channels: Iterable[int]) -> str:
    """Shares at the two ends of the range, as `R 1.2 %, B 0.3 %`; of luma without its name."""
    ends = traces.low + traces.high
    told = ((channel, float(ends[channel])) for channel in channels)
    return ", ".join(
        f"{'' if channel == 3 else CHANNELS[channel] + ' '}{num(100 * share, '.1f')} %"
        for channel, share in told
        if share >= CLIPPED_FROM
    )


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First index and the one past the last of each run of true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _resized(counts: npt.NDArray[np.int64], width: int, height: int) -> npt.NDArray[np.float32]:
    """Counts on another grid, as a density: how many would stand in a cell of the old one."""
    cells = np.ascontiguousarray(counts, np.float32)
    shrinks = width < cells.shape[1] or height < cells.shape[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cells, (width, height), interpolation=how), np.float32)


def _light(share: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """0..1: the logarithm of a share, full at 1."""
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
