"""The clips of a lane: pictures, conditions, masks, sound. Those out of sight are not looked at. Nothing here decides."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.look_names import look_name
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import diamond, draw_text, hatch
from app.timeline import layout as lay
from app.timeline.extents import extents
from app.timeline.layout import HEAD_W, Lane, LaneKind
from app.timeline.state import Thumbnails, TimelineState, Waveforms
from core.document.model import Clip
from core.words import tr, trn

NARROW_PX: Final = 3.0
"""A clip that is narrower shows neither name nor picture."""
_KEY_W: Final = 8.0
_BLOCKS: Final = {
    LaneKind.ADJUSTMENT: tk.ACC_DIM,
    LaneKind.CONDITION: tk.CTL,
    LaneKind.MASK: tk.MATTE,
    LaneKind.PICTURE: tk.EDGE,
    LaneKind.AUDIO: tk.EDGE,
}


def paint_clips(
    painter: QPainter, state: TimelineState, lane: Lane, width: float, thumbnails: Thumbnails, waveforms: Waveforms
) -> None:
    """All that are in sight of a lane that shows clips."""
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
    _paint_shape_keys(painter, clip, box)


def _paint_shape_keys(painter: QPainter, clip: Clip, box: QRectF) -> None:
    """A diamond wherever a shape of an enabled mask is keyed."""
    source = clip.source
    per_second = box.width() / float(source.duration)
    painter.setPen(QPen(tk.SEAM, 1))
    painter.setBrush(tk.KEY)
    for time in sorted({key.time for mask in clip.masks if mask.is_enabled for s in mask.shapes for key in s.keys}):
        if source.contains(time):
            x = box.left() + float(time - source.start) * per_second
            if x > HEAD_W:
                painter.drawPolygon(diamond(QPointF(x, box.center().y()), _KEY_W))


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
    painter.setBrush(Qt.BrushStyle.NoBrush)
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
    painter.setBrush(Qt.BrushStyle.NoBrush)
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
