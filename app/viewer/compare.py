"""Two pictures against each other: side by side, or with a wipe between them."""

from __future__ import annotations

from math import degrees

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.theme import tokens as tk
from app.theme.icons import paint_icon
from app.viewer.geometry import Wipe
from app.viewer.modes import ViewMode


def halves(rect: QRectF) -> tuple[QRectF, QRectF]:
    """Where two pictures stand side by side in the place of both, a hair apart."""
    width = rect.width() * 100 / 201
    return (
        QRectF(rect.left(), rect.top(), width, rect.height()),
        QRectF(rect.right() - width, rect.top(), width, rect.height()),
    )


def picture_point(mode: ViewMode, rect: QRectF, at: QPointF) -> tuple[float, float]:
    """Which point of the picture, 0..1 of both ways, stands at a place on the screen; outside of 0..1 there is none.

    Side by side both halves show the whole picture, the right half of a butterfly the left one in a mirror.
    """
    if mode is ViewMode.SPLIT:
        left, right = halves(rect)
        rect = right if at.x() >= right.left() else left
    u, v = (at.x() - rect.left()) / rect.width(), (at.y() - rect.top()) / rect.height()
    return (1.0 - u if mode is ViewMode.BUTTERFLY and u > 0.5 else u), v


def screen_point(mode: ViewMode, rect: QRectF, u: float, v: float) -> QPointF:
    """A place where a point of the picture stands on the screen, that of the source where there are two."""
    shown = halves(rect)[0] if mode is ViewMode.SPLIT else rect
    return QPointF(shown.left() + u * shown.width(), shown.top() + v * shown.height())


def paint_wipe(painter: QPainter, wipe: Wipe, rect: QRectF) -> None:
    """The line, cut at the picture, and the handle on it."""
    painter.save()
    painter.setClipRect(rect)
    top, bottom = wipe.ends(rect)
    for color, width in ((QColor(0, 0, 0, 150), 3.0), (QColor(Qt.GlobalColor.white), 1.0)):
        painter.setPen(QPen(color, width))
        painter.drawLine(top, bottom)
    painter.restore()
    middle = wipe.middle(rect)
    painter.setPen(QPen(QColor(Qt.GlobalColor.white), 1.5))
    painter.setBrush(QColor(20, 20, 20, 200))
    painter.drawEllipse(middle, 12, 12)
    painter.save()
    painter.translate(middle)
    painter.rotate(degrees(wipe.angle_rad))
    paint_icon(painter, "chevron_left", -11, -6, 12, tk.T1)
    paint_icon(painter, "chevron_right", -1, -6, 12, tk.T1)
    painter.restore()
