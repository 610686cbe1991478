"""Legends of the views that show numbers as colours: a ramp, ticks with their values, and the unit. Main thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import minus
from app.viewer.images import HeldImage
from app.viewer.labels import EDGE_PX, PLATE
from app.viewer.modes import ViewMode
from core.evaluation import difference, heatmap
from core.words import num, tr

INSET: Final = 10.0
TITLE_H, BAR_H, TICK_H, WORD_H = 18.0, 8.0, 4.0, 14.0
BAR_W: Final = 240.0
GAP: Final = 16.0
"""Kept free between two words of a line."""
SWATCH: Final = 9.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on the ramp: `share` 0..1 of its width, and how it is written."""

    share: float
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text and where it stands, widget px."""

    box: QRectF
    text: str


@dataclass(frozen=True, slots=True)
class Legend:
    """`ramp` is (1, W, 4) uint8 B G R 255, from the left end of the scale to the right."""

    title: str
    ramp: HeldImage
    ticks: tuple[Tick, ...]
    other: tuple[QColor, str] | None = None
    """What is not on the scale, such as places without a measurement."""

    def size(self) -> tuple[float, float]:
        """Wide enough for its words in any language."""
        metrics = QFontMetricsF(ui_font(tk.SMALL_PX))
        words = metrics.horizontalAdvance(self.title)
        if self.other is not None:
            words += GAP + SWATCH + 4 + metrics.horizontalAdvance(self.other[1])
        return max(BAR_W, words + 2) + 2 * INSET, TITLE_H + BAR_H + TICK_H + WORD_H + 10

    def place(self, shown: QRectF) -> QRectF:
        """In the lower right corner of what is in sight."""
        width, height = self.size()
        return QRectF(shown.right() - EDGE_PX - width, shown.bottom() - EDGE_PX - height, width, height)

    def bar(self, place: QRectF) -> QRectF:
        return QRectF(place.left() + INSET, place.top() + 4 + TITLE_H, place.width() - 2 * INSET, BAR_H)

    def words(self, place: QRectF) -> Iterator[Words]:
        """All that is written: the title, what is not on the scale, and the values, each under its tick and in the plate."""
        metrics, bar = QFontMetricsF(ui_font(tk.SMALL_PX)), self.bar(place)
        top = place.top() + 4
        yield Words(QRectF(bar.left(), top, metrics.horizontalAdvance(self.title) + 1, TITLE_H), self.title)
        if self.other is not None:
            width = metrics.horizontalAdvance(self.other[1]) + 1
            yield Words(QRectF(bar.right() - width, top, width, TITLE_H), self.other[1])
        for tick in self.ticks:
            width = metrics.horizontalAdvance(tick.text) + 1
            left = bar.left() + tick.share * bar.width() - width / 2
            left = max(bar.left(), min(left, bar.right() - width))
            yield Words(QRectF(left, bar.bottom() + TICK_H, width, WORD_H), tick.text)

    def paint(self, painter: QPainter, shown: QRectF) -> None:
        """Over the picture, of which `shown` is in sight."""
        place = self.place(shown)
        bar = self.bar(place)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PLATE)
        painter.drawRoundedRect(place, tk.RADIUS, tk.RADIUS)
        painter.drawImage(bar, self.ramp.image)
        painter.setPen(QPen(tk.T2, 1))
        for tick in self.ticks:
            x = bar.left() + 0.5 + round(tick.share * (bar.width() - 1))
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + TICK_H - 1))
        painter.setFont(ui_font(tk.SMALL_PX))
        for at, words in enumerate(self.words(place)):
            painter.setPen(tk.T2 if at else tk.T1)
            painter.drawText(words.box, Qt.AlignmentFlag.AlignCenter, words.text)
            if at == 1 and self.other is not None:
                swatch = QRectF(words.box.left() - SWATCH - 4, words.box.center().y() - SWATCH / 2, SWATCH, SWATCH)
                painter.fillRect(swatch, self.other[0])


def flicker_legend() -> Legend:
    """Of the heat map, by its own numbers: the ramp is what it paints over a grey picture, from none to its end."""
    unknown = heatmap.unknown_code()
    return Legend(
        title=tr("Flicker added, in codes of 255"),
        ramp=ramp_image(heatmap.ramp_picture(round(BAR_W))),
        ticks=tuple(
            Tick(
                value / heatmap.FULL_SCALE,
                tr("{value} and above", value=num(value, "g")) if value == heatmap.FULL_SCALE else num(value, "g"),
            )
            for value in heatmap.ticks()
        ),
        other=(QColor(unknown, unknown, unknown), tr("not measured")),
    )


def difference_legend(gain: int) -> Legend:
    """Of the signed difference, amplified this many times."""
    end = difference.full_scale(gain)
    beyond = {-end: "\u2264 ", end: "\u2265 "}
    return Legend(
        title=tr("Result less source, luma in codes of 255"),
        ramp=ramp_image(difference.ramp_picture(round(BAR_W))),
        ticks=tuple(
            Tick((value / end + 1) / 2, beyond.get(value, "") + minus(str(value))) for value in difference.ticks(gain)
        ),
    )


def legend_of(mode: ViewMode, gain: int) -> Legend | None:
    """What explains a view; None where its colours are no numbers."""
    if mode is ViewMode.FLICKER:
        return flicker_legend()
    return difference_legend(gain) if mode is ViewMode.SIGNED else None


def ramp_image(ramp: heatmap.Picture) -> HeldImage:
    """From (1, W, 3) uint8 R'G'B'."""
    pixels = np.full((1, ramp.shape[1], 4), 255, np.uint8)
    pixels[..., :3] = ramp[..., ::-1]
    return HeldImage(pixels, QImage.Format.Format_RGB32)
