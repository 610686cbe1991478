"""Shapes of a mask over the picture: outlines, the reach of their soft edges, and what they can be taken hold of by.

White on a dark edge, so that they read on snow and at night; the accent is for what is selected. A solid outline adds, a
dashed one cuts away; the thin dots beside it show how far its edge is soft.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF, QTransform

from app.theme import tokens as tk
from app.theme.painting import diamond
from app.tools.shape_grips import At, Frame, Grip, Part, frame_of, handle, place, turn_grip
from core.document.mask_shape_raster import outline
from core.document.mask_shapes import (
    AnyForm,
    LinearGradient,
    PathPoint,
    PathShape,
    RadialGradient,
    RectShape,
    ShapeOperation,
)

_EDGE: Final = QColor(0, 0, 0, 150)
_FAINT: Final = QColor(255, 255, 255, 215)
_FAINTER: Final = QColor(255, 255, 255, 150)
_FAINT_EDGE: Final = QColor(0, 0, 0, 70)
_DARK: Final = QColor(20, 20, 20)
_GRIP: Final = 7.0
_ROUND: Final = (Part.TURN, Part.INTO, Part.OUT, Part.INNER)
TURN_AWAY_PX: Final = 22.0
"""From a frame to the grip that turns it; from a path to its frame half as far."""


def px(at: At, rect: QRectF) -> QPointF:
    """A place in widget px; `rect` is where the picture stands."""
    return QPointF(rect.left() + at.x * rect.height(), rect.top() + at.y * rect.height())


def outline_px(form: AnyForm, rect: QRectF) -> QPainterPath:
    path = QPainterPath()
    points = outline(form, rect.width() / rect.height()).tolist()
    path.addPolygon(QPolygonF([px(At(x, y), rect) for x, y in points]))
    if not isinstance(form, LinearGradient):
        path.closeSubpath()
    return path


def paint_shape(
    painter: QPainter,
    form: AnyForm,
    operation: ShapeOperation,
    rect: QRectF,
    *,
    is_selected: bool,
    is_hot: bool,
    has_key: bool,
) -> None:
    """One shape as it stands over the picture at `rect`."""
    ink = tk.ACC if is_selected else QColor(Qt.GlobalColor.white)
    style = Qt.PenStyle.SolidLine if operation is ShapeOperation.ADD else Qt.PenStyle.DashLine
    path = outline_px(form, rect)
    lines = _thin(form, path, rect)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _stroke_thin(painter, lines)
    _stroke(painter, path, ink, 2.0 if is_selected or is_hot else 1.2, style)
    if has_key:
        top = path.boundingRect().topRight()
        painter.setPen(QPen(_EDGE, 1))
        painter.setBrush(tk.KEY)
        painter.drawPolygon(diamond(top + QPointF(9, 0)))


def _stroke(painter: QPainter, path: QPainterPath, ink: QColor, width: float, style: Qt.PenStyle) -> None:
    for color, wide, line in ((_EDGE, width + 2.0, Qt.PenStyle.SolidLine), (ink, width, style)):
        painter.setPen(QPen(color, wide, line, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)


def _stroke_thin(painter: QPainter, path: QPainterPath, style: Qt.PenStyle = Qt.PenStyle.DotLine) -> None:
    """A line that only helps: white dots, or a faint line, on a trace of dark."""
    ink = _FAINT if style is Qt.PenStyle.DotLine else _FAINTER
    for color, wide, line in ((_FAINT_EDGE, 2.4, Qt.PenStyle.SolidLine), (ink, 1.0, style)):
        painter.setPen(QPen(color, wide, line, Qt.PenCapStyle.RoundCap))
        painter.drawPath(path)


def _thin(form: AnyForm, path: QPainterPath, rect: QRectF) -> QPainterPath:
    """What is drawn thin beside an outline: how far its edge is soft, or where a gradient is whole and where it ends."""
    aspect, height = rect.width() / rect.height(), rect.height()
    if isinstance(form, LinearGradient):
        lines = QPainterPath()
        start, end = At(form.x0 * aspect, form.y0), At(form.x1 * aspect, form.y1)
        along = end - start
        if along.length > 0.0:
            across = At(-along.y, along.x).times(0.5 / along.length)
            for at in (start, end):
                lines.moveTo(px(at - across, rect))
                lines.lineTo(px(at.plus(across), rect))
        return lines
    if isinstance(form, RadialGradient):
        frame = frame_of(form, aspect)
        assert frame is not None
        inner = QPainterPath()
        middle = px(frame.middle, rect)
        inner.addEllipse(QPointF(), frame.width * form.inner / 2 * height, frame.height * form.inner / 2 * height)
        return QTransform().rotate(frame.rotation).map(inner).translated(middle)
    if form.softness * height < 3.0:
        return QPainterPath()
    stroker = QPainterPathStroker()
    stroker.setWidth(form.softness * height)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(path).simplified()


def paint_grips(
    painter: QPainter,
    form: AnyForm,
    rect: QRectF,
    grips: list[tuple[Grip, At]],
    *,
    point: int | None,
    hot: Grip | None,
) -> None:
    """What a selected shape can be taken hold of by: squares for corners and points, discs for what turns and bends."""
    aspect, away = rect.width() / rect.height(), TURN_AWAY_PX / rect.height()
    frame = frame_of(form, aspect)
    if frame is not None:
        _paint_frame(
            painter, frame, away if isinstance(form, PathShape) else 0.0, away, rect, is_box=isinstance(form, RectShape)
        )
    if isinstance(form, PathShape):
        _paint_arms(painter, form, grips, rect)
    for grip, at in grips:
        is_held = grip.part is Part.POINT and grip.index == point
        _paint_grip(painter, px(at, rect), grip, is_hot=grip == hot, is_selected=is_held)


def _paint_frame(painter: QPainter, frame: Frame, out: float, away: float, rect: QRectF, *, is_box: bool) -> None:
    """The stalk of the turning grip, and the frame that is scaled by, but where the shape is that frame."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lines = QPainterPath()
    if not is_box:
        lines.addPolygon(QPolygonF([px(frame.at(sign, out), rect) for sign in ((-1, -1), (1, -1), (1, 1), (-1, 1))]))
        lines.closeSubpath()
    lines.moveTo(px(turn_grip(frame, out), rect))
    lines.lineTo(px(turn_grip(frame, out + away), rect))
    _stroke_thin(painter, lines, Qt.PenStyle.SolidLine)


def _paint_arms(painter: QPainter, form: PathShape, grips: list[tuple[Grip, At]], rect: QRectF) -> None:
    aspect = rect.width() / rect.height()
    lines = QPainterPath()
    for grip, at in grips:
        if grip.part in (Part.INTO, Part.OUT):
            lines.moveTo(px(place(form.points[grip.index], aspect), rect))
            lines.lineTo(px(at, rect))
    _stroke(painter, lines, tk.ACC, 1.0, Qt.PenStyle.SolidLine)


def _paint_grip(painter: QPainter, at: QPointF, grip: Grip, *, is_hot: bool, is_selected: bool) -> None:
    half = (_GRIP + (2.0 if is_hot or is_selected else 0.0)) / 2
    painter.setPen(QPen(_DARK, 1))
    painter.setBrush(QColor(Qt.GlobalColor.white) if is_selected else tk.ACC)
    if grip.part in _ROUND or (grip.part is Part.END and grip.index == 1):
        painter.drawEllipse(at, half, half)
    else:
        painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))


def paint_draft(painter: QPainter, points: tuple[PathPoint, ...], to: At | None, rect: QRectF, *, closes: bool) -> None:
    """A path that is being drawn: what there is of it, a line on to the pointer, a ring where a click would close it."""
    aspect = rect.width() / rect.height()
    if not points:
        return
    path = QPainterPath(px(place(points[0], aspect), rect))
    for before, after in pairwise(points):
        path.cubicTo(
            px(handle(before, Part.OUT, aspect), rect),
            px(handle(after, Part.INTO, aspect), rect),
            px(place(after, aspect), rect),
        )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _stroke(painter, path, tk.ACC, 2.0, Qt.PenStyle.SolidLine)
    if to is not None:
        on = QPainterPath(px(place(points[-1], aspect), rect))
        end = place(points[0], aspect) if closes else to
        into = handle(points[0], Part.INTO, aspect) if closes else to
        on.cubicTo(px(handle(points[-1], Part.OUT, aspect), rect), px(into, rect), px(end, rect))
        _stroke(painter, on, tk.ACC, 1.2, Qt.PenStyle.DashLine)
    arms = QPainterPath()
    for part in (Part.INTO, Part.OUT):
        arms.moveTo(px(place(points[-1], aspect), rect))
        arms.lineTo(px(handle(points[-1], part, aspect), rect))
    if not points[-1].is_corner:
        _stroke(painter, arms, tk.ACC, 1.0, Qt.PenStyle.SolidLine)
        for part in (Part.INTO, Part.OUT):
            _paint_grip(
                painter, px(handle(points[-1], part, aspect), rect), Grip(part), is_hot=False, is_selected=False
            )
    for index, point in enumerate(points):
        at, is_last = px(place(point, aspect), rect), index == len(points) - 1
        _paint_grip(painter, at, Grip(Part.POINT, index), is_hot=False, is_selected=is_last)
    if closes:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tk.ACC, 2))
        painter.drawEllipse(px(place(points[0], aspect), rect), 9, 9)
