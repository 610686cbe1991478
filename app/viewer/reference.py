"""A picture that stands in for the source while something is compared with it: a still, or another look. Main thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF
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
    scale = min(rect.width() / max(1, image.width()), rect.height() / max(1, image.height()))
    wide, high = image.width() * scale, image.height() * scale
    box = QRectF(rect.center().x() - wide / 2, rect.center().y() - high / 2, wide, high)
    if rect.width() - wide > 1 or rect.height() - high > 1:
        painter.fillRect(rect, tk.TRACK)
        painter.drawImage(box, image)
    else:  # a rounded pixel is no bar
        painter.drawImage(rect, image)
