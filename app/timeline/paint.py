"""Painting the timeline: what stands still and what follows the playhead, all reading one `TimelineState`. Nothing here decides."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.theme import tokens as tk
from app.theme.fonts import mono_font, ui_font
from app.theme.painting import draw_text, hatch
from app.timeline import layout as lay
from app.timeline.heads import paint_switches
from app.timeline.key_lanes import paint_key_head, paint_key_lane, paint_key_under_playhead
from app.timeline.layout import HEAD_W, Lane, LaneKind
from app.timeline.paint_clips import paint_clips
from app.timeline.paint_ruler import paint_cache_bar, paint_playhead, paint_ruler, paint_snap_cue
from app.timeline.state import Thumbnails, TimelineState, Waveforms
from core.timebase import format_timecode
from core.words import tr

OFF_VEIL: Final = QColor(0x1A, 0x1A, 0x1A, 170)
"""Over tracks that are switched off."""


def paint_still(
    painter: QPainter, state: TimelineState, width: float, height: float, thumbnails: Thumbnails, waveforms: Waveforms
) -> None:
    """All that does not change while the playhead moves, `width` by `height` logical px: worth keeping as a pixmap."""
    painter.fillRect(QRectF(0, 0, width, height), tk.WINDOW)
    rows = state.rows
    painter.save()
    painter.setClipRect(QRectF(0, lay.LANES_TOP, width, height - lay.LANES_TOP))
    painter.translate(0, -state.scroll_y)
    for lane in _in_sight(rows, state, height):
        painter.save()
        painter.setClipRect(QRectF(HEAD_W, lane.top, width - HEAD_W, lane.height), Qt.ClipOperation.IntersectClip)
        _paint_lane(painter, state, lane, width, thumbnails, waveforms)
        painter.restore()
        _paint_head(painter, state, lane)
        painter.fillRect(QRectF(0, lane.bottom - 1, width, 1), tk.SEAM)
    painter.restore()
    paint_ruler(painter, state, width)
    paint_cache_bar(painter, state, width)
    painter.fillRect(QRectF(HEAD_W - 1, 0, 1, height), tk.SEAM)
    if not state.project.media:
        _paint_empty(painter, rows, width)


def paint_moving(painter: QPainter, state: TimelineState, width: float, height: float) -> None:
    """What follows the playhead: its line, its timecode, and the values and keys under it."""
    rate = state.project.rate
    head = QRectF(12, 0, HEAD_W - 16, lay.RULER_H + 4)
    draw_text(painter, head, format_timecode(state.playhead.to_frame(rate), rate), tk.T1, mono_font(13))
    if not state.project.media:
        return
    painter.save()
    painter.setClipRect(QRectF(0, lay.LANES_TOP, width, height - lay.LANES_TOP))
    painter.translate(0, -state.scroll_y)
    for lane in _in_sight(state.rows, state, height):
        if lane.kind is LaneKind.KEYS:
            paint_key_head(painter, state, lane)
            paint_key_under_playhead(painter, state, lane)
    if state.band is not None:
        left, top, right, bottom = state.band
        painter.setPen(QPen(tk.ACC_TEXT, 1))
        painter.setBrush(QColor(tk.ACC.red(), tk.ACC.green(), tk.ACC.blue(), 40))
        painter.drawRect(QRectF(left, top, right - left, bottom - top))
    painter.restore()
    painter.setClipRect(QRectF(HEAD_W - 8, 0, width - HEAD_W + 8, height))
    if state.snap is not None:
        paint_snap_cue(painter, state.x(state.snap), height)
    paint_playhead(painter, state.x(state.playhead), height)


def _in_sight(rows: tuple[Lane, ...], state: TimelineState, height: float) -> list[Lane]:
    """The lanes that are not scrolled away."""
    top = lay.LANES_TOP + state.scroll_y
    return [lane for lane in rows if lane.bottom > top and lane.top < height + state.scroll_y]


def _paint_empty(painter: QPainter, rows: tuple[Lane, ...], width: float) -> None:
    area = QRectF(HEAD_W, lay.LANES_TOP, width - HEAD_W, lay.content_height(rows) - lay.LANES_TOP)
    draw_text(painter, area, tr("Clips you add appear here"), tk.T3, ui_font(), Qt.AlignmentFlag.AlignHCenter)


def _paint_lane(
    painter: QPainter, state: TimelineState, lane: Lane, width: float, thumbnails: Thumbnails, waveforms: Waveforms
) -> None:
    if lane.kind is LaneKind.KEYS:
        painter.fillRect(QRectF(HEAD_W, lane.top, width - HEAD_W, lane.height), tk.WELL)
        if state.clip is not None and lane.axis is not None and (curve := state.clip.look.curve(lane.axis)):
            paint_key_lane(painter, state, lane, state.clip, curve, width)
        return
    paint_clips(painter, state, lane, width, thumbnails, waveforms)
    if any(not track.is_on for track in lay.tracks_in(state.project, lane) if lane.track):
        painter.fillRect(QRectF(HEAD_W, lane.top, width - HEAD_W, lane.height), OFF_VEIL)
    if any(track.is_locked for track in lay.tracks_in(state.project, lane) if lane.track):
        painter.fillRect(QRectF(HEAD_W, lane.top, width - HEAD_W, lane.height), hatch(tk.EDGE))


def _paint_head(painter: QPainter, state: TimelineState, lane: Lane) -> None:
    painter.fillRect(QRectF(0, lane.top, HEAD_W - 1, lane.height), tk.PANEL)
    quiet = not state.project.media
    if lane.kind is LaneKind.KEYS:
        return
    box = QRectF(12, lane.top, 24, lane.height - 1)
    draw_text(painter, box, lane.code, tk.TD if quiet else tk.T3, ui_font(tk.CAPTION_PX, bold=True))
    track = next(iter(lay.tracks_in(state.project, lane)), None) if lane.track else None
    room = HEAD_W - 44 if track is None else HEAD_W - 92
    label = QRectF(36, lane.top, room, lane.height - 1)
    draw_text(painter, label, lane.label, tk.TD if quiet else tk.T2, ui_font(tk.CAPTION_PX))
    if track is not None:
        paint_switches(painter, lane, track)
