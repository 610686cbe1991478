"""What runs over all lanes: the ruler with its marks, the cache bar, the playhead, the cue of a snap. Nothing here decides."""

from __future__ import annotations

from math import floor

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from app.theme import tokens as tk
from app.theme.fonts import mono_font
from app.theme.painting import hatch
from app.timeline import layout as lay
from app.timeline.layout import HEAD_W
from app.timeline.markers import paint_markers
from app.timeline.scale import ticks
from app.timeline.state import TimelineState
from core.timebase import TimeRange, format_timecode


def paint_ruler(painter: QPainter, state: TimelineState, width: float) -> None:
    rate = state.project.rate
    painter.fillRect(QRectF(0, 0, width, lay.RULER_H), tk.HEADER)
    painter.fillRect(QRectF(0, 0, HEAD_W, lay.LANES_TOP), tk.HEADER)
    painter.save()
    painter.setClipRect(QRectF(HEAD_W, 0, width - HEAD_W, lay.RULER_H))
    font = mono_font(10)
    painter.setFont(font)
    for tick in ticks(state.scale, rate, width - HEAD_W):
        x = floor(HEAD_W + tick.x) + 0.5
        painter.setPen(QPen(tk.EDGE3 if tick.is_major else tk.EDGE, 1))
        painter.drawLine(QLineF(x, lay.RULER_H - (12 if tick.is_major else 5), x, lay.RULER_H))
        if tick.is_major:
            painter.setPen(tk.T3)
            painter.drawText(QPointF(x + 4, 12), format_timecode(tick.frame, rate))
    _paint_marks(painter, state)
    paint_markers(painter, state)
    painter.restore()
    painter.fillRect(QRectF(0, lay.RULER_H, width, 1), tk.SEAM)


def _paint_marks(painter: QPainter, state: TimelineState) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tk.T1, 2))
    for mark, turn in ((state.project.in_point, 5.0), (state.project.out_point, -5.0)):
        if mark is not None:
            x = state.x(mark) + (1 if turn > 0 else -1)
            painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(x + turn, 3),
                        QPointF(x, 3),
                        QPointF(x, lay.RULER_H - 2),
                        QPointF(x + turn, lay.RULER_H - 2),
                    ]
                )
            )


def paint_cache_bar(painter: QPainter, state: TimelineState, width: float) -> None:
    """Ready, in work, queued (hatched), out of date, failed (hatched red); empty where nothing was asked for."""
    top, bar = lay.RULER_H + 1, QRectF(HEAD_W, lay.RULER_H + 1, width - HEAD_W, lay.CACHE_H)
    painter.fillRect(bar, tk.TRACK)
    painter.save()
    painter.setClipRect(bar)

    def span(time: TimeRange) -> QRectF:
        left, right = state.x(time.start), state.x(time.end)
        return QRectF(left, top + 2, max(1.0, right - left), 4)

    if state.queued is not None:
        painter.fillRect(span(state.queued), hatch(tk.CACHE_DIM))
    for time in state.stale:
        painter.fillRect(span(time), tk.CACHE_DIM)
    for time in state.ready:
        painter.fillRect(span(time), tk.CACHE)
    if state.working is not None:
        painter.fillRect(span(state.working), tk.RENDERING)
    for clip in state.project.clips():
        if clip.id in state.failures:
            painter.fillRect(span(clip.span), tk.ERR_FILL)
            painter.fillRect(span(clip.span), hatch(tk.ERR))
    painter.restore()


def paint_playhead(painter: QPainter, x: float, height: float) -> None:
    x = floor(x) + 0.5
    painter.setPen(QPen(tk.SEAM, 3))
    painter.drawLine(QLineF(x, lay.RULER_H, x, height))
    painter.setPen(QPen(tk.T1, 1))
    painter.drawLine(QLineF(x, 14, x, height))
    painter.setPen(QPen(tk.SEAM, 1))
    painter.setBrush(tk.ACC)
    top, bottom = 4.5, 20.5
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(x - 6.5, top),
                QPointF(x + 6.5, top),
                QPointF(x + 6.5, bottom - 6),
                QPointF(x, bottom),
                QPointF(x - 6.5, bottom - 6),
            ]
        )
    )


def paint_snap_cue(painter: QPainter, x: float, height: float) -> None:
    painter.setPen(QPen(tk.ACC_TEXT, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(floor(x) + 0.5, lay.RULER_H, floor(x) + 0.5, height))
