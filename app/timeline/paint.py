"""Painting the timeline: one function per row, all reading one `TimelineState`. Nothing here decides or remembers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app.look_names import look_name
from app.theme import tokens as tk
from app.theme.fonts import mono_font, ui_font
from app.theme.icons import paint_icon
from app.theme.painting import diamond, draw_text, hatch, minus
from app.timeline import layout as lay
from app.timeline.curves import value_bounds, value_y
from app.timeline.extents import extents
from app.timeline.heads import paint_switches
from app.timeline.layout import HEAD_W, Lane, LaneKind
from app.timeline.markers import paint_markers
from app.timeline.scale import ticks
from app.timeline.state import Thumbnails, TimelineState, Waveforms
from core.document.model import Clip, Curve, animatable_axis
from core.timebase import Time, TimeRange, format_timecode
from core.words import msg, num, tr, trn

SHORT_LABELS: Final = {
    "Sun elevation": msg("Sun elev."),
    "Sun azimuth": msg("Sun azim."),
    "White balance": msg("White bal."),
    "Foliage turn": msg("Foliage"),
    "Wind speed": msg("Wind"),
}
"""A lane's head has room for about nine letters beside its value."""

OFF_VEIL: Final = QColor(0x1A, 0x1A, 0x1A, 170)
"""Over tracks that are switched off."""
NARROW_PX: Final = 3.0
"""A clip that is narrower shows neither name nor picture."""
_BLOCKS: Final = {
    LaneKind.ADJUSTMENT: tk.ACC_DIM,
    LaneKind.CONDITION: tk.CTL,
    LaneKind.MASK: tk.MATTE,
    LaneKind.PICTURE: tk.EDGE,
    LaneKind.AUDIO: tk.EDGE,
}
_NO_PEN = Qt.PenStyle.NoPen
_NO_BRUSH = Qt.BrushStyle.NoBrush


def paint_still(
    painter: QPainter, state: TimelineState, width: float, height: float, thumbnails: Thumbnails, waveforms: Waveforms
) -> None:
    """All that does not change while the playhead moves, `width` by `height` logical px: worth keeping as a pixmap."""
    painter.fillRect(QRectF(0, 0, width, height), tk.WINDOW)
    rows = state.rows
    painter.save()
    painter.setClipRect(QRectF(0, lay.LANES_TOP, width, height - lay.LANES_TOP))
    painter.translate(0, -state.scroll_y)
    for lane in rows:
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
    for lane in state.rows:
        if lane.kind is LaneKind.KEYS:
            _paint_key_head(painter, state, lane)
            _paint_key_under_playhead(painter, state, lane)
    if state.band is not None:
        left, top, right, bottom = state.band
        painter.setPen(QPen(tk.ACC_TEXT, 1))
        painter.setBrush(QColor(tk.ACC.red(), tk.ACC.green(), tk.ACC.blue(), 40))
        painter.drawRect(QRectF(left, top, right - left, bottom - top))
    painter.restore()
    painter.setClipRect(QRectF(HEAD_W - 8, 0, width - HEAD_W + 8, height))
    if state.snap is not None:
        _paint_snap_cue(painter, state.x(state.snap), height)
    paint_playhead(painter, state.x(state.playhead), height)


def _paint_empty(painter: QPainter, rows: tuple[Lane, ...], width: float) -> None:
    area = QRectF(HEAD_W, lay.LANES_TOP, width - HEAD_W, lay.content_height(rows) - lay.LANES_TOP)
    draw_text(painter, area, tr("Clips you add appear here"), tk.T3, ui_font(), Qt.AlignmentFlag.AlignHCenter)


def _paint_lane(
    painter: QPainter, state: TimelineState, lane: Lane, width: float, thumbnails: Thumbnails, waveforms: Waveforms
) -> None:
    if lane.kind is LaneKind.KEYS:
        painter.fillRect(QRectF(HEAD_W, lane.top, width - HEAD_W, lane.height), tk.WELL)
        if state.clip is not None and lane.axis is not None and (curve := state.clip.look.curve(lane.axis)):
            _paint_curve(painter, state, lane, state.clip, curve, width)
        return
    for clip, box in _clips_in_sight(painter, state, lane, width):
        if lane.kind is LaneKind.PICTURE:
            _paint_picture_clip(painter, state, clip, box, width, thumbnails)
        elif lane.kind is LaneKind.CONDITION:
            _paint_condition_clip(painter, clip, box, look_name(clip.look), is_chosen=clip.id == state.selected)
        elif lane.kind is LaneKind.ADJUSTMENT:
            name = clip.name if clip.look.is_as_shot else f"{clip.name}: {look_name(clip.look)}"
            _paint_condition_clip(painter, clip, box, name, is_chosen=clip.id in state.selection)
        elif lane.kind is LaneKind.MASK and clip.masks:
            _paint_mask_clip(painter, clip, box)
        elif lane.kind is LaneKind.AUDIO:
            _paint_audio_clip(painter, state, clip, box, width, waveforms)
    if any(not track.is_on for track in lay.tracks_in(state.project, lane) if lane.track):
        painter.fillRect(QRectF(HEAD_W, lane.top, width - HEAD_W, lane.height), OFF_VEIL)
    if any(track.is_locked for track in lay.tracks_in(state.project, lane) if lane.track):
        painter.fillRect(QRectF(HEAD_W, lane.top, width - HEAD_W, lane.height), hatch(tk.EDGE))


def _clips_in_sight(painter: QPainter, state: TimelineState, lane: Lane, width: float) -> Iterator[tuple[Clip, QRectF]]:
    """Clips and their boxes. Those too narrow to say anything are drawn here, as the blocks that they make up together."""
    scale = state.scale
    first_s, last_s = scale.seconds(0.0), scale.seconds(width - HEAD_W)
    blocks: list[QRectF] = []
    for track in lay.tracks_in(state.project, lane):
        found = extents(track)
        for number in found.between(first_s, last_s):
            left = HEAD_W + (found.starts[number] - scale.origin_s) * scale.px_per_s
            right = HEAD_W + (found.ends[number] - scale.origin_s) * scale.px_per_s
            clip = found.clips[number]
            if right - left >= NARROW_PX or clip.id in state.selection or clip.id in state.failures:
                yield clip, QRectF(left, lane.top + 1, max(2.0, right - left - 1), lane.height - 3)
            elif lane.kind is not LaneKind.MASK or clip.masks:
                if blocks and left - blocks[-1].right() < 1.0:
                    blocks[-1].setRight(right)
                else:
                    blocks.append(QRectF(left, lane.top + 1, right - left, lane.height - 3))
    for block in blocks:
        painter.fillRect(block, _BLOCKS[lane.kind])


# ---- ruler, cache bar, playhead -------------------------------------------------------------------------------


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
    painter.setBrush(_NO_BRUSH)
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


def _paint_snap_cue(painter: QPainter, x: float, height: float) -> None:
    painter.setPen(QPen(tk.ACC_TEXT, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(floor(x) + 0.5, lay.RULER_H, floor(x) + 0.5, height))


# ---- lanes ----------------------------------------------------------------------------------------------------


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


def key_head_zones(lane: Lane) -> dict[str, QRectF]:
    """Previous, key and next in the head of a keyframe lane."""
    middle = lane.top + lane.height / 2
    return {
        "previous": QRectF(HEAD_W - 54, middle - 12, 18, 24),
        "key": QRectF(HEAD_W - 36, middle - 12, 18, 24),
        "next": QRectF(HEAD_W - 18, middle - 12, 17, 24),
    }


def _paint_key_head(painter: QPainter, state: TimelineState, lane: Lane) -> None:
    clip = state.clip
    if clip is None or lane.axis is None or (curve := clip.look.curve(lane.axis)) is None:
        return
    axis = animatable_axis(lane.axis)
    now = clip.source_time(state.playhead)
    value = clip.look.value_at(lane.axis, now) * axis.shown_scale
    shown = minus(num(value, ".1f" if axis.shown_scale == 1 and axis.quantum < 1 else ".0f"))
    font = ui_font(tk.CAPTION_PX)
    text = shown + (axis.shown_unit if axis.shown_unit == "°" else "")
    wide = QFontMetricsF(font).horizontalAdvance(text)
    draw_text(painter, QRectF(HEAD_W - 60 - wide, lane.top, wide + 1, lane.height - 1), text, tk.KEY, font)
    room = QRectF(12, lane.top, HEAD_W - 78 - wide, lane.height - 1)
    draw_text(painter, room, tr(SHORT_LABELS.get(lane.label, lane.label)), tk.T2, font)
    zones = key_head_zones(lane)
    for name, icon in (("previous", "chevron_left"), ("next", "chevron_right")):
        zone = zones[name]
        paint_icon(painter, icon, zone.center().x() - 6, zone.center().y() - 6, 12, tk.T3)
    painter.setPen(QPen(tk.KEY, 1.3))
    painter.setBrush(tk.KEY if curve.key_at(now) else _NO_BRUSH)
    painter.drawPolygon(diamond(zones["key"].center()))


def _paint_condition_clip(painter: QPainter, clip: Clip, box: QRectF, name: str, *, is_chosen: bool) -> None:
    as_shot = clip.look.is_as_shot
    idle = tk.EDGE if clip.is_adjustment else tk.LINE
    painter.setPen(
        QPen(
            tk.ACC if is_chosen and (clip.is_adjustment or not as_shot) else idle if as_shot else tk.ACC.darker(160), 1
        )
    )
    painter.setBrush(tk.WINDOW if as_shot else tk.ACC_DIM)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), tk.RADIUS, tk.RADIUS)
    keys = sum(len(curve.keys) for curve in clip.look.curves)
    room = box.intersected(QRectF(HEAD_W, box.top(), 1e6, box.height())).adjusted(8, 0, -8, 0)
    if room.width() < 24:
        return
    counted = trn("{count} keyframe", "{count} keyframes", keys) if keys else ""
    counted_w = QFontMetricsF(ui_font(tk.SMALL_PX)).horizontalAdvance(counted)
    if counted and room.width() > counted_w + 90:
        draw_text(painter, room, counted, tk.ACC_TEXT, ui_font(tk.SMALL_PX), Qt.AlignmentFlag.AlignRight)
    if not as_shot:
        paint_icon(painter, "layers", room.left(), box.center().y() - 7, 14, tk.ACC_TEXT)
        room.adjust(20, 0, 0, 0)
    draw_text(painter, room, name, tk.T3 if as_shot else tk.T1, ui_font(tk.CAPTION_PX))


def _paint_mask_clip(painter: QPainter, clip: Clip, box: QRectF) -> None:
    enabled = [mask for mask in clip.masks if mask.is_enabled]
    tint = QColor(tk.MATTE)
    tint.setAlphaF(0.22 if enabled else 0.06)
    painter.setPen(QPen(tk.MATTE if enabled else tk.EDGE, 1))
    painter.setBrush(tint)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), tk.RADIUS, tk.RADIUS)
    names = ", ".join(mask.name for mask in enabled) or tr("Masks off")
    room = box.intersected(QRectF(HEAD_W, box.top(), 1e6, box.height())).adjusted(8, 0, -8, 0)
    draw_text(painter, room, names, tk.T1, ui_font(tk.SMALL_PX))


def _paint_picture_clip(
    painter: QPainter, state: TimelineState, clip: Clip, box: QRectF, width: float, thumbnails: Thumbnails
) -> None:
    chosen, failed = clip.id in state.selection, clip.id in state.failures
    painter.fillRect(box, tk.RAISED)
    strip = box.adjusted(1, lay.CLIP_TITLE_H, -1, -1)
    facts = state.project.media_facts(clip.media)
    tile_w = max(24.0, strip.height() * facts.video.width / facts.video.height)
    tile_s = tile_w / state.scale.px_per_s
    first = max(0, floor((HEAD_W - strip.left()) / tile_w))
    last = max(first, ceil((min(width, strip.right()) - strip.left()) / tile_w))
    painter.save()
    painter.setClipRect(strip, Qt.ClipOperation.IntersectClip)
    for index in range(first, last):
        tile = QRectF(strip.left() + index * tile_w, strip.top(), tile_w, strip.height())
        image = thumbnails(clip.media, float(clip.source.start) + index * tile_s, tile_s)
        if image is None:
            painter.fillRect(tile, tk.TRACK)
        else:
            painter.drawImage(tile, image)
        painter.fillRect(QRectF(tile.right() - 1, tile.top(), 1, tile.height()), tk.SEAM)
    painter.restore()
    room = box.intersected(QRectF(HEAD_W, box.top(), 1e6, box.height())).adjusted(8, 0, -4, 0)
    title = QRectF(room.left(), box.top(), room.width(), lay.CLIP_TITLE_H)
    draw_text(painter, title, clip.name, tk.T1 if chosen else tk.T2, ui_font(tk.SMALL_PX))
    painter.setBrush(_NO_BRUSH)
    if failed:
        painter.fillRect(strip, hatch(tk.ERR))
        paint_icon(painter, "error", max(HEAD_W, strip.left()) + 6, strip.top() + 6, 16, tk.ERR)
    painter.setPen(QPen(tk.ERR if failed else tk.T1 if chosen else tk.EDGE, 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), tk.RADIUS, tk.RADIUS)


def _paint_audio_clip(
    painter: QPainter, state: TimelineState, clip: Clip, box: QRectF, width: float, waveforms: Waveforms
) -> None:
    painter.fillRect(box, tk.HEADER)
    _paint_waveform(painter, state, clip, box, width, waveforms)
    painter.setBrush(_NO_BRUSH)
    painter.setPen(QPen(tk.T1 if clip.id in state.selection else tk.EDGE, 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), tk.RADIUS, tk.RADIUS)


def _paint_waveform(
    painter: QPainter, state: TimelineState, clip: Clip, box: QRectF, width: float, waveforms: Waveforms
) -> None:
    found = waveforms(clip.media)
    if found is None or not len(found[0]):
        return
    peaks, steps_per_s = found
    left, right = max(HEAD_W, floor(box.left())), min(width, box.right())
    xs = np.arange(left, right, 2.0)
    if not len(xs):
        return
    start = float(clip.source.start)
    edges = (start + (np.append(xs, xs[-1] + 2) - box.left()) / state.scale.px_per_s) * steps_per_s
    indices = np.clip(edges.astype(int), 0, len(peaks) - 1)
    seen = peaks[: indices[-1] + 1]
    lows, highs = np.minimum.reduceat(seen[:, 0], indices[:-1]), np.maximum.reduceat(seen[:, 1], indices[:-1])
    middle, half = box.center().y(), box.height() / 2 - 2
    tops, bottoms = middle - np.maximum(0.5, highs * half), middle - np.minimum(-0.5, lows * half)
    painter.setPen(QPen(tk.EDGE3, 1))
    lines = [QLineF(x, a, x, b) for x, a, b in zip((xs + 0.5).tolist(), tops.tolist(), bottoms.tolist(), strict=True)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_curve(painter: QPainter, state: TimelineState, lane: Lane, clip: Clip, curve: Curve, width: float) -> None:
    bounds = value_bounds(curve)

    def y(value: float) -> float:
        return value_y(value, bounds, lane.top, lane.height - 1)

    painter.setPen(QPen(tk.LINE, 1))
    middle = floor(lane.top + lane.height / 2) + 0.5
    painter.drawLine(QLineF(HEAD_W, middle, width, middle))
    left, right = max(HEAD_W, state.x(clip.span.start)), min(width, state.x(clip.span.end))
    xs = sorted(
        {*np.arange(left, right, 3.0).tolist(), right, *(state.x(clip.timeline_time(k.time)) for k in curve.keys)}
    )
    points = []
    for x in xs:
        if left <= x <= right:
            seconds = state.scale.seconds(x - HEAD_W) - float(clip.start) + float(clip.source.start)
            points.append(QPointF(x, y(curve.value_at(Time(Fraction(seconds))))))
    painter.setPen(QPen(tk.T2, 1.3))
    painter.drawPolyline(QPolygonF(points))
    for key in curve.keys:
        center = QPointF(state.x(clip.timeline_time(key.time)), y(key.value))
        if (curve.axis, key.time) in state.keys or (curve.axis, key.time) == state.hot_key:
            _paint_key_ring(painter, center)
        painter.setPen(_NO_PEN)
        painter.setBrush(tk.KEY)
        painter.drawPolygon(diamond(center, tk.DIAMOND_W + 1))


def _paint_key_ring(painter: QPainter, center: QPointF) -> None:
    painter.setPen(QPen(tk.T1, 1.3))
    painter.setBrush(_NO_BRUSH)
    painter.drawPolygon(diamond(center, tk.DIAMOND_W + 6))


def _paint_key_under_playhead(painter: QPainter, state: TimelineState, lane: Lane) -> None:
    clip = state.clip
    curve = clip.look.curve(lane.axis) if clip and lane.axis else None
    key = curve.key_at(clip.source_time(state.playhead)) if clip and curve else None
    if clip is not None and curve is not None and key is not None:
        y = value_y(key.value, value_bounds(curve), lane.top, lane.height - 1)
        _paint_key_ring(painter, QPointF(state.x(clip.timeline_time(key.time)), y))
