"""The list of curves at the left of the plot: a row with its name, its value at the playhead and an eye. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from app.curves.plot import ink_of
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, focus_ring, painting
from app.timeline.key_lanes import SHORT_LABELS
from app.widgets.buttons import IconButton
from app.widgets.focus import KeyboardFocus
from app.widgets.scroll import ScrollColumn
from core.document.model import animatable_axis
from core.ids import AxisId
from core.words import inline, tr

ROW_H: Final = 24


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says. `value` is as shown, without its unit; `spoken` has it."""

    axis: AxisId
    value: str
    spoken: str
    is_chosen: bool
    is_hidden: bool


class AxisRow(KeyboardFocus, QAbstractButton):
    """A click chooses the curve; the eye in it hides the curve or shows it."""

    def __init__(self, axis: AxisId, parent: QWidget) -> None:
        super().__init__(parent)
        self.axis, self._row = axis, Row(axis, "", "", is_chosen=False, is_hidden=False)
        self._label = tr(animatable_axis(axis).label)
        self.setCheckable(True)
        self.setAccessibleName(self._label)
        self.setToolTip(self._label)
        self.setFixedHeight(ROW_H)
        self.eye = IconButton("eye", "", self, size=14)

    def show_row(self, row: Row) -> None:
        if row == self._row:
            return
        self._row = row
        self.setChecked(row.is_chosen)
        policy = Qt.FocusPolicy.TabFocus if row.is_chosen else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)  # one stop for Tab: the others are a page key away
        self.eye.setFocusPolicy(policy)
        name = inline(self._label)
        does = tr("Show the curve of {name}", name=name) if row.is_hidden else tr("Hide the curve of {name}", name=name)
        self.eye.set_icon_name("eye_off" if row.is_hidden else "eye")
        self.eye.tint = tk.TD if row.is_hidden else tk.T3
        self.eye.setAccessibleName(does)
        self.eye.setToolTip(does)
        self.setAccessibleDescription(tr("{value}, hidden", value=row.spoken) if row.is_hidden else row.spoken)
        self.update()

    def nextCheckState(self) -> None:
        """A row that is chosen stays so."""
        self.setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.eye.move(self.width() - self.eye.width() - 6, (ROW_H - self.eye.height()) // 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        row = self._row
        with painting(self) as painter:
            if row.is_chosen:
                painter.fillRect(self.rect(), tk.ROW_SELECTED)
                painter.fillRect(QRectF(0, 0, 2, ROW_H), tk.ACC)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tk.TD) if row.is_hidden else ink_of(self.axis))
            painter.drawEllipse(QPointF(14, ROW_H / 2), 4, 4)
            font = ui_font(tk.CAPTION_PX)
            room = QRectF(self.width() - 70, 0, 38, ROW_H)
            draw_text(painter, room, row.value, tk.KEY, font, Qt.AlignmentFlag.AlignRight)
            label = animatable_axis(self.axis).label
            words = QRectF(24, 0, self.width() - 24 - 66, ROW_H)
            draw_text(painter, words, tr(SHORT_LABELS.get(label, label)), tk.TD if row.is_hidden else tk.T1, font)
            if self._shows_focus:
                focus_ring(painter, QRectF(self.rect()), gap=-2)


class AxisList(ScrollColumn):
    """The rows of a clip's curves."""

    chosen = Signal(object)
    """An `AxisId` that a person works on from now on."""
    eye_clicked = Signal(object)
    """An `AxisId` whose curve is to be hidden, or shown."""

    def __init__(self, parent: QWidget) -> None:
        self._content = QWidget()
        super().__init__(self._content, parent)
        self.setAccessibleName(tr("List of curves"))
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 6, 0, 0)
        self._column.setSpacing(0)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows: dict[AxisId, AxisRow] = {}

    def show_rows(self, rows: Sequence[Row]) -> None:
        if list(self.rows) != [row.axis for row in rows]:
            for gone in self.rows.values():
                self._column.removeWidget(gone)
                gone.hide()
                gone.deleteLater()
            self.rows = {row.axis: self._row(row.axis) for row in rows}
        for row in rows:
            self.rows[row.axis].show_row(row)

    def show_row(self, axis: AxisId) -> None:
        """Scroll to it."""
        if (row := self.rows.get(axis)) is not None:
            self.ensureWidgetVisible(row, 0, 0)

    def _row(self, axis: AxisId) -> AxisRow:
        row = AxisRow(axis, self._content)
        row.clicked.connect(lambda: self.chosen.emit(axis))
        row.eye.clicked.connect(lambda: self.eye_clicked.emit(axis))
        self._column.addWidget(row)
        row.show()
        return row
