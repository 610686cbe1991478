"""What the pictures on the screen are called: always both, and at which size they were rendered. Main thread."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text
from app.viewer.compare import halves
from app.viewer.geometry import Wipe
from app.viewer.labels import PLATE, paint_label
from app.viewer.modes import ViewMode
from app.viewer.pictures import Pictures
from core.render.messages import Layer, Quality

QUALITY_NAMES: Final = {Quality.DRAFT: "Preview ¼", Quality.HALF: "Preview ½", Quality.FULL: "Full size"}
EDGE_PX: Final = 12.0
LEGEND_W, LEGEND_H = 188.0, 42.0
FLICKER_FROM, FLICKER_FULL = 1.0, 5.0
"""Scores at which the heatmap begins to show, and is brightest."""


def paint_names(
    painter: QPainter,
    rect: QRectF,
    shown: QRectF,
    pictures: Pictures,
    mode: ViewMode,
    wipe: Wipe,
    result_name: str,
    *,
    is_moving: bool,
) -> None:
    """`rect` is where the picture stands, `shown` the part of it in sight."""
    quality = _quality(pictures, is_moving=is_moving)
    source, result = f"Source   {quality}", f"{result_name}   {quality}"
    if not pictures.has(Layer.RESULT):
        result = f"Source, {result_name.lower()} is not ready   {quality}"
    left = QPointF(shown.left() + EDGE_PX, shown.top() + EDGE_PX)
    right = QPointF(shown.right() - EDGE_PX, shown.top() + EDGE_PX)
    if mode is ViewMode.WIPE:
        result_is_right = wipe.distance(right, rect) > 0
        paint_label(painter, left, source if result_is_right else result)
        paint_label(painter, right, result if result_is_right else source, to_left=True)
    elif mode is ViewMode.SPLIT:
        paint_label(painter, left, source)
        paint_label(painter, halves(rect)[1].topLeft() + QPointF(EDGE_PX, EDGE_PX), result)
    elif mode is ViewMode.BUTTERFLY:
        paint_label(painter, left, source)
        paint_label(painter, right, f"Mirrored: {result}", to_left=True)
    else:
        paint_label(painter, left, _name(pictures, mode, source, result, quality))


def _name(pictures: Pictures, mode: ViewMode, source: str, result: str, quality: str) -> str:
    def waiting(layer: Layer) -> str:
        return "" if pictures.has(layer) else ", not ready"

    return {
        ViewMode.SOURCE: source,
        ViewMode.MATTE: f"Matte over source   {quality}",
        ViewMode.SKY: f"Sky over source{waiting(Layer.SKY)}   {quality}",
        ViewMode.GROUND: f"Ground over source{waiting(Layer.GROUND)}   {quality}",
        ViewMode.DEPTH: f"Depth, near is white{waiting(Layer.DEPTH)}   {quality}",
        ViewMode.FLICKER: f"Flicker added to the source   {quality}",
        ViewMode.DIFFERENCE: f"Difference, {pictures.gain}×{waiting(Layer.RESULT)}   {quality}",
    }.get(mode, result)


def _quality(pictures: Pictures, *, is_moving: bool) -> str:
    ready = pictures.ready
    if ready is None:
        return ""
    name = QUALITY_NAMES[ready.quality]
    return name if ready.is_last or is_moving else f"{name}, refining"


def paint_flicker_legend(painter: QPainter, shown: QRectF) -> None:
    """The map from dark to bright with its scores, in the lower right corner."""
    box = QRectF(shown.right() - EDGE_PX - LEGEND_W, shown.bottom() - EDGE_PX - LEGEND_H, LEGEND_W, LEGEND_H)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLATE)
    painter.drawRoundedRect(box, tk.RADIUS, tk.RADIUS)
    bar = QRectF(box.left() + 10, box.top() + 8, box.width() - 20, 8)
    ramp = QLinearGradient(bar.topLeft(), bar.topRight())
    for number, color in enumerate(tk.FLICKER_MAP):
        ramp.setColorAt(number / (len(tk.FLICKER_MAP) - 1), color)
    painter.fillRect(bar, ramp)
    words = QRectF(bar.left(), bar.bottom() + 2, bar.width(), 20)
    font = ui_font(tk.SMALL_PX)
    draw_text(painter, words, f"{FLICKER_FROM:.0f}", tk.T2, font)
    draw_text(painter, words, "Flicker score", tk.T3, font, Qt.AlignmentFlag.AlignHCenter)
    draw_text(painter, words, f"{FLICKER_FULL:.0f} and above", tk.T2, font, Qt.AlignmentFlag.AlignRight)
