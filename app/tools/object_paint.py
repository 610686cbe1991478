"""Objects over the picture: vehicles as boxes with their lamps, street lights as pole and head, windows with their cross.

White on a dark edge, so that they read on snow and at night; the accent is for what is selected. Dashed is found, solid is
said by hand, so that colour is never the only sign.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.theme import tokens as tk
from app.theme.painting import diamond
from app.tools.object_shapes import Post, handles
from core.objects import Box, Facing, ObjectKind, PlacedObject

_EDGE: Final = QColor(0, 0, 0, 150)
_HANDLE: Final = 7.0
_RED: Final = QColor("#FF5A4D")
_PALE: Final = QColor("#FFF3D6")
_LAMPS: Final = {
    Facing.REAR: ((0.13, 0.87), _RED),
    Facing.FRONT: ((0.13, 0.87), _PALE),
    Facing.SIDE: ((0.04, 0.96), _PALE),
}
"""Shares of the box's width, and colour."""
_LAMP_ROW: Final = 0.58
"""Share of the box's height from the top."""


def box_rect(box: Box, rect: QRectF) -> QRectF:
    """A box in widget px; `rect` is where the picture stands."""
    return QRectF(
        rect.left() + box.left * rect.width(),
        rect.top() + box.top * rect.height(),
        box.width * rect.width(),
        box.height * rect.height(),
    )


def point(at: tuple[float, float], rect: QRectF) -> QPointF:
    return QPointF(rect.left() + at[0] * rect.width(), rect.top() + at[1] * rect.height())


def paint_object(
    painter: QPainter,
    thing: PlacedObject,
    rect: QRectF,
    post: Post | None,
    *,
    is_selected: bool,
    is_held: bool,
    is_hot: bool,
    is_on: bool,
    is_found: bool,
    has_key: bool,
) -> None:
    """One object as it stands in the picture at `rect`; `post` of a lamp. `is_held`: of the selected ones the one that has the handles."""
    ink = QColor(tk.ACC if is_selected else Qt.GlobalColor.white)
    ink.setAlphaF(1.0 if is_on or is_selected else 0.45)
    width = 2.0 if is_selected or is_hot else 1.2
    style = Qt.PenStyle.DashLine if is_found else Qt.PenStyle.SolidLine
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, wide, line in ((_EDGE, width + 2.0, Qt.PenStyle.SolidLine), (ink, width, style)):
        painter.setPen(QPen(color, wide, line, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.MiterJoin))
        _outline(painter, thing, rect, post)
    _paint_lamps(painter, thing, rect, post, is_on=is_on)
    if has_key:
        corner = box_rect(thing.box, rect).topRight()
        if post is not None:
            corner = QPointF(max(point(at, rect).x() for at in (post.head, post.elbow)) + 3, corner.y())
        painter.setPen(QPen(_EDGE, 1))
        painter.setBrush(tk.KEY)
        painter.drawPolygon(diamond(corner + QPointF(9, 0)))
    if is_held:
        _paint_handles(painter, thing, rect, post)


def _outline(painter: QPainter, thing: PlacedObject, rect: QRectF, post: Post | None) -> None:
    box = box_rect(thing.box, rect)
    if post is not None:
        stand = QPointF(5.0 if thing.kind is ObjectKind.STREET_LIGHT else 3.0, 0.0)
        head, elbow, foot = (point(at, rect) for at in (post.head, post.elbow, post.foot))
        painter.drawPolyline([foot, elbow, head])
        painter.drawLine(foot - stand, foot + stand)
        return
    painter.drawRect(box)
    if thing.kind is ObjectKind.WINDOW:
        painter.drawLine(QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom()))
        painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
    elif thing.kind is ObjectKind.SIGN:
        third = box.height() / 3
        for row in (1, 2):
            painter.drawLine(
                QPointF(box.left() + third, box.top() + row * third),
                QPointF(box.right() - third, box.top() + row * third),
            )


def _paint_lamps(painter: QPainter, thing: PlacedObject, rect: QRectF, post: Post | None, *, is_on: bool) -> None:
    """A dot where light comes from; a ring where the lamps are off."""
    box = box_rect(thing.box, rect)
    spots: list[QPointF] = []
    color = _PALE
    if thing.kind is ObjectKind.VEHICLE:
        shares, color = _LAMPS[thing.facing]
        spots = [QPointF(box.left() + share * box.width(), box.top() + _LAMP_ROW * box.height()) for share in shares]
    elif post is not None:
        spots = [point(post.head, rect)]
    size = min(4.5, max(2.0, box.height() * 0.06)) if thing.kind is ObjectKind.VEHICLE else 4.0
    for spot in spots:
        painter.setPen(QPen(_EDGE, 3.0) if not is_on else QPen(_EDGE, 1.0))
        painter.setBrush(color if is_on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(spot, size, size)
        if not is_on:
            painter.setPen(QPen(color, 1.2))
            painter.drawEllipse(spot, size, size)


def _paint_handles(painter: QPainter, thing: PlacedObject, rect: QRectF, post: Post | None) -> None:
    painter.setPen(QPen(QColor(20, 20, 20), 1))
    painter.setBrush(tk.ACC)
    for at in handles(thing.box, post).values():
        middle = point(at, rect)
        half = _HANDLE / 2
        corners = [
            QPointF(middle.x() + x * half, middle.y() + y * half) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        painter.drawPolygon(QPolygonF(corners))
