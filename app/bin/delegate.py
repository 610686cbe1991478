"""How a medium looks in the bin: a row with its picture, or a tile. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.bin.model import ROW
from app.bin.rows import Row
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import draw_picture, draw_text, fill_box, focus_ring, hatch
from core.ids import MediaId
from core.words import tr

Thumbnails = Callable[[MediaId, float, float], QImage | None]

ROW_H: Final = 56
_PICTURE_W: Final = 64
_GAP: Final = 8
TILE_W: Final = 100
_TILE_CAPTION_H: Final = 34


class MediaDelegate(QStyledItemDelegate):
    """`hover` is the medium under the pointer and how far along its picture, 0..1: the picture then shows that instant."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.is_grid = False
        self.tile_w = TILE_W
        self.hover: tuple[MediaId, float] | None = None

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        if self.is_grid:
            return QSize(self.tile_w, _tile_picture_h(self.tile_w) + _TILE_CAPTION_H)
        return QSize(160, ROW_H)

    def picture_rect(self, item: QRect) -> QRect:
        """Where the picture of an item lies."""
        if self.is_grid:
            return QRect(item.left() + 4, item.top() + 4, item.width() - 8, _tile_picture_h(item.width()))
        high = round(_PICTURE_W * 9 / 16)
        return QRect(item.left() + tk.PANEL_INSET, item.top() + (ROW_H - high) // 2, _PICTURE_W, high)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW)
        if not isinstance(row, Row):
            return
        rect, state = QRect(option.rect), option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hot = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.is_grid:
            box = QRectF(rect).adjusted(1, 1, -1, -1)
            if is_selected or is_hot:
                fill_box(painter, box, tk.ROW_SELECTED if is_selected else tk.HEADER, tk.ACC if is_selected else None)
        elif is_selected:
            painter.fillRect(rect, tk.ROW_SELECTED)
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), tk.ACC)
        elif is_hot:
            painter.fillRect(rect, tk.HEADER)
        self._paint_picture(painter, QRectF(self.picture_rect(rect)), row)
        self._paint_words(painter, rect, row)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            focus_ring(painter, QRectF(rect).adjusted(1, 1, -1, -1), gap=-2)
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, row: Row) -> None:
        caption = ui_font(tk.CAPTION_PX)
        if self.is_grid:
            top = self.picture_rect(rect).bottom() + 3
            line = QRectF(rect.left() + 6, top, rect.width() - 12, 14)
            draw_text(painter, line, row.name, tk.T1, caption)
            said, ink = (tr("File missing"), tk.ERR) if row.is_missing else (row.line.split(", ")[-1], tk.T3)
            draw_text(painter, line.translated(0, 13), said, ink, ui_font(tk.SMALL_PX))
            return
        left = rect.left() + tk.PANEL_INSET + _PICTURE_W + _GAP
        line = QRectF(left, rect.top() + 5, rect.right() - left - 6, 17)
        draw_text(painter, line, row.name, tk.T1, ui_font())
        draw_text(painter, line.translated(0, 16), row.line, tk.T3, caption)
        if row.is_missing:
            draw_text(painter, line.translated(0, 31), tr("File missing, {detail}", detail=row.detail), tk.ERR, caption)
        else:
            draw_text(painter, line.translated(0, 31), row.detail, tk.WARN if row.problem else tk.T3, caption)

    def _paint_picture(self, painter: QPainter, rect: QRectF, row: Row) -> None:
        """The placeholder of a missing file is hatched: its colour is not the only sign."""
        painter.fillRect(rect, tk.VIEWER)
        scrub = self.hover[1] if self.hover and self.hover[0] == row.facts.id else None
        length = float(row.facts.video.duration)
        image = None
        if not row.is_missing:
            at, step = (length / 3, 1.0) if scrub is None else (scrub * length, length / 24)
            image = self._thumbnails(row.facts.id, at, step)
        if image is not None:
            draw_picture(painter, _fitted(rect, image), image)
        elif row.is_missing:
            painter.fillRect(rect, hatch(tk.ERR_DIM))
        if row.is_missing or image is None:
            name, ink = ("error", tk.ERR) if row.is_missing else ("film", tk.TD)
            paint_icon(painter, name, rect.center().x() - 8, rect.center().y() - 8, 16, ink)
        if scrub is not None and image is not None:
            painter.fillRect(QRectF(rect.left() + scrub * (rect.width() - 1), rect.top(), 1, rect.height()), tk.ACC)
        if row.fraction is not None:
            bar = QRectF(rect.left(), rect.bottom() - 3, rect.width(), 3)
            painter.fillRect(bar, tk.TRACK)
            painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * row.fraction, 3), tk.CACHE)

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFont(ui_font())
        editor.setAccessibleName(tr("Name"))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = QRect(option.rect)
        if self.is_grid:
            editor.setGeometry(rect.left() + 2, self.picture_rect(rect).bottom() - 2, rect.width() - 4, 24)
        else:
            left = tk.PANEL_INSET + _PICTURE_W
            editor.setGeometry(rect.left() + left, rect.top() + 2, rect.width() - left - 4, 24)


def _tile_picture_h(width: int) -> int:
    return round((width - 8) * 9 / 16)


def _fitted(rect: QRectF, image: QImage) -> QRectF:
    """The image whole in the middle of a rectangle."""
    size = image.size().scaled(rect.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
    x, y = rect.left() + (rect.width() - size.width()) / 2, rect.top() + (rect.height() - size.height()) / 2
    return QRectF(x, y, size.width(), size.height())
