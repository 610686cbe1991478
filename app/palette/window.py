"""CommandPalette: type a few letters, press Enter. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.palette.entries import Entry, Found, ranked
from app.preferences.key_field import shown
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, fill_box, painting
from app.theme.style import edge_color
from app.widgets.parts import text_label
from core.words import tr

ROW_H: Final = 28
ROWS: Final = 12
WIDTH: Final = 620
_MOVES: Final = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -ROWS, Qt.Key.Key_PageDown: ROWS,
}  # fmt: skip
Suggest = Callable[[str], Sequence[Entry]]
_Index = QModelIndex | QPersistentModelIndex


class FoundModel(QAbstractListModel):
    """What was found, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: tuple[Found, ...] = ()

    def show(self, found: tuple[Found, ...]) -> None:
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.found[index.row()].entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (entry.text, entry.where, shown(entry.keys), entry.reason)))
        return None


class FoundDelegate(QStyledItemDelegate):
    """Text with its matched letters lit, menu, and keys or the reason why not."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(WIDTH, ROW_H)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, FoundModel)
        found = model.found[index.row()]
        entry, row = found.entry, QRectF(option.rect)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_chosen:
            painter.fillRect(row, tk.ROW_SELECTED)
            painter.fillRect(QRectF(row.left(), row.top(), 2, row.height()), tk.ACC)
        right = row.right() - tk.PANEL_INSET
        small = ui_font(tk.CAPTION_PX)
        note = entry.reason or shown(entry.keys)
        if note:
            wide = QFontMetricsF(small).horizontalAdvance(note)
            box = QRectF(right - wide - 2, row.top(), wide + 4, row.height())
            draw_text(painter, box, note, tk.T3, small)
            right -= wide + 20
        x = _letters(painter, row.adjusted(tk.CARD_INSET, 0, 0, 0), found, dim=bool(entry.reason))
        where = QRectF(x + 10, row.top(), max(0.0, right - x - 10), row.height())
        draw_text(painter, where, entry.where, tk.T3, small)


def _letters(painter: QPainter, box: QRectF, found: Found, *, dim: bool) -> float:
    """The text in stretches, lit where letters were matched. Returns where it ends."""
    text, x = found.entry.text, box.left()
    plain, lit = ui_font(), ui_font(bold=True)
    begin = 0
    while begin < len(text):
        is_lit = begin in found.at
        end = begin + 1
        while end < len(text) and (end in found.at) == is_lit:
            end += 1
        font = lit if is_lit else plain
        ink = tk.T3 if dim else tk.ACC_TEXT if is_lit else tk.T1
        wide = QFontMetricsF(font).horizontalAdvance(text[begin:end])
        draw_text(painter, QRectF(x, box.top(), wide + 4, box.height()), text[begin:end], ink, font)
        x += wide
        begin = end
    return x


class CommandPalette(QDialog):
    """One line and what it finds. Enter runs, Esc leaves; a grey row says why it is grey and does not run."""

    def __init__(self, suggest: Suggest, entries: Sequence[Entry], recent: Sequence[str], parent: QWidget) -> None:
        """`suggest` makes further rows from the query itself; they stand first."""
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Commands"))
        self._suggest, self._entries, self._recent = suggest, tuple(entries), tuple(recent)
        self.query = QLineEdit()
        self.query.setPlaceholderText(tr("Type a command, or a condition and a value: haze 40"))
        self.query.setAccessibleName(tr("Command"))
        self.query.setMinimumHeight(30)
        self.model = FoundModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(FoundDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName(tr("Commands found"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("QListView { background: transparent; border: none; outline: none; }")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 8)
        column.setSpacing(8)
        line = QVBoxLayout()
        line.setContentsMargins(8, 0, 8, 0)
        line.addWidget(self.query)
        column.addLayout(line)
        self.nothing = text_label(tr("No command and no condition with a value matches."), color=tk.T3)
        self.nothing.setContentsMargins(tk.CARD_INSET, 4, tk.CARD_INSET, 4)
        column.addWidget(self.nothing)
        column.addWidget(self.list)
        self.setFixedWidth(WIDTH)
        self.query.textChanged.connect(self._find)
        self.query.installEventFilter(self)
        self.list.clicked.connect(lambda _index: self.run())
        self._find("")

    def show_over(self, window: QWidget) -> None:
        """In the middle, below the top bar."""
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - WIDTH) // 2, corner.y() + 96)
        self.show()
        self.query.setFocus()

    def _find(self, query: str) -> None:
        made = tuple(Found(entry) for entry in self._suggest(query))
        self.model.show((*made, *ranked(query, self._entries, self._recent)))
        rows = min(ROWS, self.model.rowCount())
        self.nothing.setVisible(not rows)
        self.list.setFixedHeight(rows * ROW_H + 2)
        self.list.setVisible(bool(rows))
        self.setFixedHeight(self.sizeHint().height())
        if rows:
            self._go(0)

    @property
    def chosen(self) -> Entry | None:
        row = self.list.currentIndex().row()
        return self.model.found[row].entry if 0 <= row < len(self.model.found) else None

    def _go(self, row: int) -> None:
        index = self.model.index(row)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        entry = self.model.found[row].entry
        self.query.setAccessibleDescription(", ".join(filter(None, (entry.text, entry.reason))))

    def run(self) -> None:
        """The chosen row, once this window is gone: what it opens must not be closed with it."""
        entry = self.chosen
        if entry is None or entry.reason:
            return
        self.close()
        entry.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The line keeps the focus; the keys of a list go to the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run()
                return True
            if key in _MOVES and self.model.rowCount():
                last = self.model.rowCount() - 1
                here = self.list.currentIndex().row()
                step = _MOVES[key]
                wrapped = (here + step) % (last + 1)
                self._go(wrapped if abs(step) == 1 else max(0, min(last, here + step)))
                return True
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            fill_box(p, QRectF(self.rect()), tk.RAISED, edge_color(self), radius=0)
