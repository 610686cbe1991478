"""Our own line icons: 24 px grid, 1.5 px line, one SVG each in `resources/icons`, tinted and cached by size and pixel ratio."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.theme import tokens as tk
from core.resources import resource, resource_text

_RATIOS: Final = (1.0, 1.5, 2.0, 3.0)


def icon_names() -> tuple[str, ...]:
    """Every icon there is, sorted."""
    return tuple(sorted(p.stem for p in resource("icons").glob("*.svg")))


@cache
def _source(name: str) -> str:
    """SVG text. Raises `FileNotFoundError` for a name that has no drawing: a programming error, not a user's."""
    return resource_text(f"icons/{name}.svg")


@lru_cache(maxsize=1024)
def _pixmap(name: str, size: int, rgba: int, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", QColor(rgba).name()).encode()))
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon_pixmap(name: str, size: int = 16, color: QColor = tk.T2, ratio: float = 1.0) -> QPixmap:
    """One icon for painting, `size` logical px; pass the widget's `devicePixelRatioF()` as `ratio`. GUI thread."""
    return _pixmap(name, size, color.rgba(), ratio)


def paint_icon(painter: QPainter, name: str, x: float, y: float, size: int = 16, color: QColor = tk.T2) -> None:
    """Draw an icon with its top left at (x, y) logical px, sharp at the painter's own pixel ratio."""
    ratio = painter.device().devicePixelRatioF()
    target = QRectF(x, y, size, size)
    pixmap = icon_pixmap(name, size, color, ratio)
    painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()))


def icon(name: str, size: int = 16, color: QColor = tk.T2, on: QColor = tk.T1) -> QIcon:
    """An icon for actions and buttons: `color` off, `on` when checked, disabled grey; sharp at every pixel ratio."""
    result = QIcon()
    for ratio in _RATIOS:
        for state, tint in ((QIcon.State.Off, color), (QIcon.State.On, on)):
            result.addPixmap(icon_pixmap(name, size, tint, ratio), QIcon.Mode.Normal, state)
            result.addPixmap(icon_pixmap(name, size, tk.TD, ratio), QIcon.Mode.Disabled, state)
    return result
