"""Small things that several painted controls share: borders, focus rings, diamonds, hatches, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QPaintDevice,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)

from app.theme import tokens as tk


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """An antialiased painter over a widget or a pixmap, ended even when painting raises."""
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    try:
        yield painter
    finally:
        painter.end()


def inset(rect: QRect | QRectF, by: float) -> QRectF:
    return QRectF(rect).adjusted(by, by, -by, -by)


def fill_box(
    painter: QPainter, rect: QRectF, fill: QColor, border: QColor | None = None, radius: float = tk.RADIUS
) -> None:
    """A rounded box with a 1 px border inside its own rectangle, so edges stay on the pixel grid."""
    painter.setPen(QPen(border, 1.0) if border else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(inset(rect, 0.5) if border else rect, radius, radius)


def focus_ring(painter: QPainter, control: QRectF, radius: float = tk.RADIUS, gap: float = 0.0) -> None:
    """2 px accent around a control, `gap` px outside it. A control that fills its widget passes a negative gap."""
    painter.setPen(QPen(tk.ACC, tk.FOCUS_W))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    grow = gap + tk.FOCUS_W / 2
    painter.drawRoundedRect(inset(control, -grow), radius + grow, radius + grow)


def diamond(center: QPointF, width: float = tk.DIAMOND_W) -> QPolygonF:
    """The keyframe mark, `width` px from corner to corner."""
    r = width / 2
    x, y = center.x(), center.y()
    return QPolygonF([QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r), QPointF(x - r, y)])


def hatch(color: QColor) -> QBrush:
    """Diagonal lines: outside the trained range, queued, failed. Colour is never the only signal."""
    tile = QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 2.0))
    for x in (-8, 0, 8):
        painter.drawLine(QPointF(x - 1, 9), QPointF(x + 9, -1))
    painter.end()
    brush = QBrush(tile)
    brush.setTransform(QTransform.fromScale(0.5, 0.5))
    return brush


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    color: QColor,
    font: QFont,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line, vertically centred, cut with an ellipsis where it does not fit."""
    painter.setFont(font)
    painter.setPen(color)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()) + 1)
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), shown)


def draw_picture(painter: QPainter, rect: QRectF, image: QImage, radius: float = tk.RADIUS_THUMB) -> None:
    """A picture that fills `rect`, cropped from the middle and clipped to its corners."""
    painter.save()
    clip = QPainterPath()
    clip.addRoundedRect(rect, radius, radius)
    painter.setClipPath(clip)
    scale = max(rect.width() / max(1, image.width()), rect.height() / max(1, image.height()))
    w, h = rect.width() / scale, rect.height() / scale
    painter.drawImage(rect, image, QRectF((image.width() - w) / 2, (image.height() - h) / 2, w, h))
    painter.restore()


def minus(text: str) -> str:
    """A number with the true minus U+2212."""
    return text.replace("-", "\u2212")
