"""Guides over the picture: thirds, centre, safe areas and the frames of other formats. Pure geometry and its painting.

Safe areas are those of SMPTE ST 2046-1 (2009): 93 % of width and height for action, 90 % for titles.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text
from app.viewer.labels import PLATE
from core.words import tr

ACTION_SAFE, TITLE_SAFE = 0.93, 0.90
NARROW: Final = 760.0
"""Px of a picture whose middle has no room beside the words in its upper corners."""


class Guide(StrEnum):
    CENTER = "center"
    THIRDS = "thirds"
    SAFE = "safe"
    CINEMA = "2.39"
    FLAT = "1.85"
    CLASSIC = "1.3333"
    SQUARE = "1.00"
    PORTRAIT = "0.5625"

    @property
    def action(self) -> str:
        """Id of the action that shows it."""
        return f"guide_{self.name.lower()}"

    @property
    def aspect(self) -> float | None:
        """Of a frame; None for the others."""
        return float(self.value) if self.value[0].isdigit() else None


_EDGE: Final = QColor(0, 0, 0, 120)
_INK: Final = QColor(255, 255, 255, 190)


def safe_area(picture: QRectF, share: float) -> QRectF:
    """The middle of the picture, `share` of its width and of its height."""
    dx, dy = picture.width() * (1 - share) / 2, picture.height() * (1 - share) / 2
    return picture.adjusted(dx, dy, -dx, -dy)


def framed(picture: QRectF, aspect: float) -> QRectF:
    """The largest frame of an aspect in the middle of the picture."""
    width = min(picture.width(), picture.height() * aspect)
    height = width / aspect
    return QRectF(picture.center().x() - width / 2, picture.center().y() - height / 2, width, height)


def lines(guide: Guide, picture: QRectF) -> list[QLineF]:
    """Straight lines of a guide; none for those that are boxes."""
    left, top, width, height = picture.left(), picture.top(), picture.width(), picture.height()
    if guide is Guide.THIRDS:
        across = [QLineF(left, top + height * n / 3, left + width, top + height * n / 3) for n in (1, 2)]
        return across + [QLineF(left + width * n / 3, top, left + width * n / 3, top + height) for n in (1, 2)]
    if guide is Guide.CENTER:
        middle, reach = picture.center(), min(width, height) * 0.04
        return [
            QLineF(middle - QPointF(reach, 0), middle + QPointF(reach, 0)),
            QLineF(middle - QPointF(0, reach), middle + QPointF(0, reach)),
        ]
    return []


def paint_guides(painter: QPainter, picture: QRectF, guides: frozenset[Guide]) -> None:
    """Lines with a dark edge; what lies outside a frame is darkened."""
    if not guides:
        return
    painter.save()
    painter.setClipRect(picture)
    for guide in sorted(guides):
        if guide.aspect is not None:
            outside = QPainterPath()
            outside.addRect(picture)
            inner = framed(picture, guide.aspect)
            outside.addRect(inner)
            painter.fillPath(outside, QColor(0, 0, 0, 140))
            _draw(painter, _box(inner))
        elif guide is Guide.SAFE:
            for share in (ACTION_SAFE, TITLE_SAFE):
                _draw(painter, _box(safe_area(picture, share)))
            _name_safe_areas(painter, picture)
        else:
            _draw(painter, lines(guide, picture))
    painter.restore()


def safe_name_place(picture: QRectF) -> QRectF | None:
    """In the middle below the upper edge of the title area: the corners belong to the words of the view. None in a picture
    that is narrower than all of them: the lines say which is which by themselves."""
    if picture.width() < NARROW:
        return None
    width, title = (
        QFontMetricsF(ui_font(tk.SMALL_PX)).horizontalAdvance(_safe_name()) + 12,
        safe_area(picture, TITLE_SAFE),
    )
    return QRectF(title.center().x() - width / 2, title.top() + 4, width, 16)


def _safe_name() -> str:
    """Which of the two lines is which: the inner one is for titles."""
    return tr("Title {title} %   Action {action} %", title=round(100 * TITLE_SAFE), action=round(100 * ACTION_SAFE))


def _name_safe_areas(painter: QPainter, picture: QRectF) -> None:
    place = safe_name_place(picture)
    if place is None:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLATE)
    painter.drawRoundedRect(place, tk.RADIUS, tk.RADIUS)
    draw_text(painter, place, _safe_name(), _INK, ui_font(tk.SMALL_PX), Qt.AlignmentFlag.AlignHCenter)


def _box(area: QRectF) -> list[QLineF]:
    corners = (area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft())
    return [QLineF(a, b) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]


def _draw(painter: QPainter, strokes: list[QLineF]) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((_EDGE, 3.0), (_INK, 1.0)):
        painter.setPen(QPen(color, width))
        painter.drawLines(strokes)
