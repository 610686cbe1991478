"""Painting the curve editor: list, scale, curves, keys, handles. Nothing here decides."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from app.curves.plot import Plot, ink_of
from app.curves.walk import with_unit
from app.theme import tokens as tk
from app.theme.fonts import mono_font, ui_font
from app.theme.painting import diamond, draw_text, minus, painting
from app.timeline.course import course_xs, values
from app.timeline.keyframes import keys_of
from app.timeline.layout import HEAD_W, RULER_H
from app.timeline.paint_ruler import paint_playhead, paint_ruler
from core.document.model import Curve, animatable_axis
from core.timebase import format_timecode
from core.words import tr

if TYPE_CHECKING:
    from app.curves.view import CurveView


def paint_still(view: CurveView, on: QPixmap) -> None:
    """All that stays while the playhead moves."""
    with painting(on) as painter:
        painter.fillRect(view.rect(), tk.WELL)
        plot, state = view.plot, view.state
        paint_ruler(painter, state, view.width())
        painter.fillRect(QRectF(0, RULER_H, HEAD_W, view.height() - RULER_H), tk.WINDOW)
        if plot is None or not plot.clip.look.curves:
            words = tr("Select a clip with keyframes") if plot is None else tr("This clip has no keyframes yet")
            room = QRectF(HEAD_W, RULER_H, view.width() - HEAD_W, view.height() - RULER_H)
            draw_text(painter, room, words, tk.T3, ui_font(), Qt.AlignmentFlag.AlignHCenter)
            return
        painter.save()
        painter.setClipRect(QRectF(HEAD_W, RULER_H, view.width() - HEAD_W, view.height() - RULER_H))
        _paint_span(painter, view, plot)
        if (active := view.active) is not None:
            _paint_scale(painter, view, plot, active)
        for curve in view.curves:
            _paint_curve(painter, view, plot, curve)
        _paint_selection(painter, view, plot)
        painter.restore()


def paint_moving(view: CurveView, still: QPixmap) -> None:
    """The playhead and its timecode, over what stays."""
    state = view.state
    with painting(view) as painter:
        painter.drawPixmap(0, 0, still)
        now = format_timecode(state.playhead.to_frame(state.project.rate), state.project.rate)
        draw_text(painter, QRectF(12, 0, HEAD_W - 16, RULER_H + 4), now, tk.T1, mono_font(13))
        painter.setClipRect(QRectF(HEAD_W - 8, 0, view.width(), view.height()))
        paint_playhead(painter, state.x(state.playhead), view.height())


def _paint_span(painter: QPainter, view: CurveView, plot: Plot) -> None:
    """The clip's own stretch is lighter than its handles."""
    state = view.state
    left, right = state.x(plot.clip.span.start), state.x(plot.clip.span.end)
    painter.fillRect(QRectF(left, RULER_H, right - left, view.height() - RULER_H), tk.WINDOW)


def _paint_scale(painter: QPainter, view: CurveView, plot: Plot, curve: Curve) -> None:
    """Round values of the active axis."""
    axis, span = animatable_axis(curve.axis), plot.span(curve)
    step = (
        _round_step((span.high - span.low) * axis.shown_scale / max(2.0, plot.area.height() / 44.0)) / axis.shown_scale
    )
    font = ui_font(tk.SMALL_PX)
    value = floor(span.low / step) * step
    while value <= span.high:
        y = floor(plot.y(curve, value)) + 0.5
        if RULER_H + 6 < y < view.height():
            painter.setPen(QPen(tk.LINE, 1))
            painter.drawLine(QLineF(HEAD_W, y, view.width(), y))
            if axis.low - 1e-9 <= value <= axis.high + 1e-9:
                shown = with_unit(minus(f"{value * axis.shown_scale:g}"), axis.shown_unit)
                draw_text(painter, QRectF(HEAD_W + 6, y - 14, 90, 13), shown, tk.T3, font)
        value = round((value / step) + 1) * step


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below."""
    power = float(10.0 ** floor(np.log10(max(least, 1e-9))))
    return next(n * power for n in (1.0, 2.0, 5.0, 10.0) if n * power >= least - 1e-12)


def _paint_curve(painter: QPainter, view: CurveView, plot: Plot, curve: Curve) -> None:
    ink, state = ink_of(curve.axis), view.state
    xs = course_xs(HEAD_W, view.width() + 3.0, (plot.x(key.time) for key in curve.keys))
    seconds = (xs - HEAD_W) / state.scale.px_per_s + state.scale.origin_s
    found = values(curve, seconds + float(plot.clip.source.start) - float(plot.clip.start))
    span = plot.span(curve)
    ys = plot.area.bottom() - (found - span.low) / span.length * plot.area.height()
    points = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    is_active = view.active is not None and curve.axis == view.active.axis
    painter.setPen(QPen(ink, 1.8 if is_active else 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    for key in curve.keys:
        spot = (curve.axis, key.time)
        chosen = spot in view.spots
        if spot == state.focus_key and chosen and len(view.spots) > 1:
            painter.setPen(QPen(tk.T1, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(diamond(plot.at(curve, key), 17))
        painter.setPen(QPen(tk.T1 if chosen else ink, 1.3))
        painter.setBrush(ink if chosen else tk.WINDOW)
        painter.drawPolygon(diamond(plot.at(curve, key), 11 if chosen else 9))


def _paint_selection(painter: QPainter, view: CurveView, plot: Plot) -> None:
    for curve, key in keys_of(plot.clip, view.spots):
        if curve.axis in view.hidden:
            continue
        for side, at in plot.handles(curve, key).items():
            painter.setPen(QPen(tk.T3, 1))
            painter.drawLine(plot.at(curve, key), at)
            is_held = view.held == ((curve.axis, key.time), side)
            painter.setBrush(tk.ACC if is_held else tk.T1)
            painter.setPen(QPen(tk.T1 if is_held else tk.SEAM, 1.3 if is_held else 1))
            painter.drawEllipse(at, 5.0 if is_held else 3.5, 5.0 if is_held else 3.5)
    box = plot.box(view.spots)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if box is not None and view.hand.band is None:
        painter.setPen(QPen(tk.EDGE3, 1, Qt.PenStyle.DashLine))
        painter.drawRect(box)
    if view.hand.band is not None:
        painter.setPen(QPen(tk.ACC_TEXT, 1))
        painter.setBrush(QColor(tk.ACC.red(), tk.ACC.green(), tk.ACC.blue(), 40))
        painter.drawRect(view.hand.band)
