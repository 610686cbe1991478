"""A picture that stands in for the source while something is compared with it: a still, or another look. Main thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from app.theme import tokens as tk
from app.viewer.images import HeldImage
from app.viewer.modes import ViewMode

SIDES: Final = (ViewMode.WIPE, ViewMode.SPLIT, ViewMode.BUTTERFLY)
"""Views that have a side for it; the others show the clip alone."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Display pixels of any size, and what they are called."""

    picture: HeldImage
    name: str


def draw_reference(painter: QPainter, rect: QRectF, image: QImage) -> None:
    """Whole inside `rect`, with bars where it has another shape."""
    box = _inside(rect, image)
    if box != rect:
        painter.fillRect(rect, tk.TRACK)
    painter.drawImage(box, image)


def reference_codes(image: QImage, picture: QRectF, at: QPointF, side: int) -> tuple[int, int, int] | None:
    """R, G, B as shown, of a square of `side` of its pixels about a point of the place `picture`; None on a bar."""
    box = _inside(picture, image)
    if not box.contains(at):
        return None
    x = min(int((at.x() - box.left()) / box.width() * image.width()), image.width() - 1)
    y = min(int((at.y() - box.top()) / box.height() * image.height()), image.height() - 1)
    reach = side // 2
    around = QRect(x - reach, y - reach, side, side).intersected(image.rect())
    read = [image.pixelColor(u, v) for v in _rows(around) for u in _columns(around)]
    red, green, blue = (sum(codes) for codes in zip(*((c.red(), c.green(), c.blue()) for c in read), strict=True))
    return round(red / len(read)), round(green / len(read)), round(blue / len(read))


def _rows(area: QRect) -> range:
    return range(area.top(), area.top() + area.height())


def _columns(area: QRect) -> range:
    return range(area.left(), area.left() + area.width())


def _inside(rect: QRectF, image: QImage) -> QRectF:
    """Where a picture of this shape stands in the middle of a place. A pixel that comes of rounding is no bar."""
    scale = min(rect.width() / max(1, image.width()), rect.height() / max(1, image.height()))
    wide, high = image.width() * scale, image.height() * scale
    if rect.width() - wide <= 1 and rect.height() - high <= 1:
        return rect
    return QRectF(rect.center().x() - wide / 2, rect.center().y() - high / 2, wide, high)
