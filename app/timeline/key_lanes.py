"""The keyframe lanes of the selected clip: their heads with previous, key and next, their curves and keys.

Zones and painting read the same rectangles. Nothing here decides.
"""

from __future__ import annotations

from math import floor
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import diamond, draw_text, minus
from app.timeline.course import course_xs, values
from app.timeline.curves import MARGIN, lane_y, value_bounds
from app.timeline.layout import HEAD_W, Lane
from app.timeline.state import TimelineState
from core.document.model import Clip, Curve, animatable_axis
from core.words import msg, num, tr

SHORT_LABELS: Final = {
    "Sun elevation": msg("Sun elev."),
    "Sun azimuth": msg("Sun azim."),
    "White balance": msg("White bal."),
    "Foliage turn": msg("Foliage"),
    "Wind speed": msg("Wind"),
}
"""A lane's head has room for about nine letters beside its value."""


def key_head_zones(lane: Lane) -> dict[str, QRectF]:
    """The fold at the left, then previous, key and next in the head of a keyframe lane."""
    middle = lane.top + lane.height / 2
    return {
        "fold": QRectF(0, middle - 12, 20, 24),
        "previous": QRectF(HEAD_W - 54, middle - 12, 18, 24),
        "key": QRectF(HEAD_W - 36, middle - 12, 18, 24),
        "next": QRectF(HEAD_W - 18, middle - 12, 17, 24),
    }


def paint_key_head(painter: QPainter, state: TimelineState, lane: Lane) -> None:
    clip = state.clip
    if clip is None or lane.axis is None or (curve := clip.look.curve(lane.axis)) is None:
        return
    if lane.axis == state.axis:
        painter.fillRect(QRectF(0, lane.top, HEAD_W - 1, lane.height - 1), tk.ROW_SELECTED)
        painter.fillRect(QRectF(0, lane.top, 2, lane.height - 1), tk.ACC)
    axis = animatable_axis(lane.axis)
    now = clip.source_time(state.playhead)
    value = clip.look.value_at(lane.axis, now) * axis.shown_scale
    shown = minus(num(value, ".1f" if axis.shown_scale == 1 and axis.quantum < 1 else ".0f"))
    font = ui_font(tk.CAPTION_PX)
    text = shown + (axis.shown_unit if axis.shown_unit == "°" else "")
    wide = QFontMetricsF(font).horizontalAdvance(text)
    draw_text(painter, QRectF(HEAD_W - 56 - wide, lane.top, wide + 1, lane.height - 1), text, tk.KEY, font)
    room = QRectF(18, lane.top, HEAD_W - 78 - wide, lane.height - 1)
    draw_text(painter, room, tr(SHORT_LABELS.get(lane.label, lane.label)), tk.T2, font)
    zones = key_head_zones(lane)
    for name, icon in (
        ("fold", "chevron_right" if lane.is_folded else "chevron_down"),
        ("previous", "chevron_left"),
        ("next", "chevron_right"),
    ):
        center = zones[name].center()
        paint_icon(painter, icon, center.x() - 6, center.y() - 6, 12, tk.T3)
    painter.setPen(QPen(tk.KEY, 1.3))
    painter.setBrush(tk.KEY if curve.key_at(now) else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(diamond(zones["key"].center()))


def paint_key_lane(painter: QPainter, state: TimelineState, lane: Lane, clip: Clip, curve: Curve, width: float) -> None:
    """The curve over its clip, and its keys; of a folded lane the keys alone."""
    painter.setPen(QPen(tk.LINE, 1))
    middle = floor(lane.top + (lane.height - 1) / 2) + 0.5
    painter.drawLine(QLineF(HEAD_W, middle, width, middle))
    if not lane.is_folded:
        painter.setPen(QPen(tk.T2, 1.3))
        painter.drawPolyline(_course(state, lane, clip, curve, width))
    for key in curve.keys:
        center = QPointF(state.x(clip.timeline_time(key.time)), lane_y(lane, curve, key.value))
        if not HEAD_W - tk.DIAMOND_W <= center.x() <= width + tk.DIAMOND_W:
            continue
        if (curve.axis, key.time) in state.keys or (curve.axis, key.time) == state.hot_key:
            _paint_key_ring(painter, center)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tk.KEY)
        painter.drawPolygon(diamond(center, tk.DIAMOND_W + 1))


def _course(state: TimelineState, lane: Lane, clip: Clip, curve: Curve, width: float) -> QPolygonF:
    """The line of a curve as far as its clip is in sight, a point every 3 px and at every key."""
    left, right = max(float(HEAD_W), state.x(clip.span.start)), min(width, state.x(clip.span.end))
    xs = course_xs(left, right, (state.x(clip.timeline_time(k.time)) for k in curve.keys))
    seconds = (xs - HEAD_W) / state.scale.px_per_s + state.scale.origin_s
    found = values(curve, seconds + float(clip.source.start) - float(clip.start))
    low, high = value_bounds(curve)
    share = np.clip((found - low) / (high - low), 0.0, 1.0) if high > low else np.full_like(found, 0.5)
    ys = lane.top + lane.height - 1 - MARGIN - share * (lane.height - 1 - 2 * MARGIN)
    return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])


def _paint_key_ring(painter: QPainter, center: QPointF) -> None:
    painter.setPen(QPen(tk.T1, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(diamond(center, tk.DIAMOND_W + 6))


def paint_key_under_playhead(painter: QPainter, state: TimelineState, lane: Lane) -> None:
    clip = state.clip
    curve = clip.look.curve(lane.axis) if clip and lane.axis else None
    key = curve.key_at(clip.source_time(state.playhead)) if clip and curve else None
    if clip is not None and curve is not None and key is not None:
        _paint_key_ring(painter, QPointF(state.x(clip.timeline_time(key.time)), lane_y(lane, curve, key.value)))
