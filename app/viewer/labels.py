"""Words over the picture: on their own dark plate, so that they read on white snow and at night."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.theme import tokens as tk
from app.theme.fonts import mono_font, ui_font
from app.theme.icons import paint_icon

PLATE: Final = QColor(14, 14, 14, 200)
LABEL_H: Final = 20.0
TIMECODE_H: Final = 24.0
EDGE_PX: Final = 12.0
"""From the edge of the picture to the words in its corners."""


def paint_label(
    painter: QPainter,
    at: QPointF,
    text: str,
    *,
    to_left: bool = False,
    mono: bool = False,
    inside: QRectF | None = None,
    ink: QColor = tk.T1,
) -> QRectF:
    """One line on a plate whose top left, or top right, is `at`; moved and cut so that it stays `inside`. Returns the plate."""
    font = _font(mono=mono)
    width = label_width(text, mono=mono)
    if inside is not None and width > inside.width():
        width = inside.width()
        text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width - 16)
    box = QRectF(at.x() - width if to_left else at.x(), at.y(), width, TIMECODE_H if mono else LABEL_H)
    if inside is not None:
        box.moveLeft(max(inside.left(), min(box.left(), inside.right() - width)))
        box.moveTop(max(inside.top(), min(box.top(), inside.bottom() - box.height())))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLATE)
    painter.drawRoundedRect(box, tk.RADIUS, tk.RADIUS)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return box


def label_width(text: str, *, mono: bool = False) -> float:
    return QFontMetricsF(_font(mono=mono)).horizontalAdvance(text) + 16


def _font(*, mono: bool) -> QFont:
    return mono_font(13) if mono else ui_font(tk.CAPTION_PX)


def paint_message(painter: QPainter, area: QRectF, message: str, *, is_error: bool) -> None:
    """One sentence in the middle, wrapped; an error has its frame and its icon."""
    font = ui_font(tk.BODY_PX)
    room = area.adjusted(32, 32, -32, -32)
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    icon_w = 28 if is_error else 0
    text = QFontMetricsF(font).boundingRect(room.adjusted(0, 0, -icon_w, 0), flags, message)
    box = text.adjusted(-14 - icon_w, -10, 14, 10)
    painter.setPen(QPen(tk.ERR, 1) if is_error else Qt.PenStyle.NoPen)
    painter.setBrush(tk.ERR_DIM if is_error else PLATE)
    painter.drawRoundedRect(box, tk.RADIUS_POPOVER, tk.RADIUS_POPOVER)
    if is_error:
        paint_icon(painter, "error", box.left() + 12, box.center().y() - 9, 18, tk.ERR)
    painter.setFont(font)
    painter.setPen(tk.T1 if is_error else tk.T2)
    painter.drawText(text, flags, message)
