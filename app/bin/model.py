"""The bin as Qt's views know a list: rows, names that can be edited, and what a drag carries. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from app.bin.rows import Row, SortBy, has_words, sort_key
from core.ids import MediaId

Index = QModelIndex | QPersistentModelIndex

MIME: Final = "application/x-weathervane-media"
"""Ids of media, one a line."""
ROW: Final = int(Qt.ItemDataRole.UserRole)
"""The `Row` of an index."""


def dragged_media(data: QMimeData) -> tuple[MediaId, ...]:
    """The media that a drag carries; none where it comes from elsewhere."""
    if not data.hasFormat(MIME):
        return ()
    return tuple(MediaId(line) for line in bytes(data.data(MIME).data()).decode().splitlines() if line)


class MediaModel(QAbstractListModel):
    """Rows in the order of the project."""

    renamed = Signal(str, str)
    """(media id, the name that was typed)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """The selection stays where the media stay the same."""
        before, now = [r.facts.id for r in self.rows], [r.facts.id for r in rows]
        if before != now:
            self.beginResetModel()
            self.rows = tuple(rows)
            self.endResetModel()
            return
        changed = [n for n, (a, b) in enumerate(zip(self.rows, rows, strict=True)) if a != b]
        self.rows = tuple(rows)
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.name, row.line, row.detail, row.problem) if part)
        return row if role == ROW else None

    def setData(self, index: Index, value: object, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        """The document decides; the row follows when it does."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.EditRole and str(value).strip() and str(value) != row.name:
            self.renamed.emit(row.facts.id, str(value))
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag
        usual = flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemIsEditable | flags.ItemNeverHasChildren
        return usual | flags.ItemIsDragEnabled if index.isValid() else flags.NoItemFlags

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, "\n".join(self.rows[i.row()].facts.id for i in indexes).encode())
        return data


class SortedMedia(QSortFilterProxyModel):
    """What was searched for, in the order asked for."""

    def __init__(self, model: MediaModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._words = ""
        self.by = SortBy.NAME
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)
        self.sort(0)

    def row_at(self, index: Index) -> Row:
        return self._model.rows[self.mapToSource(index).row()]

    def search(self, words: str) -> None:
        self._words = words
        self.invalidate()

    def sort_by(self, by: SortBy, *, descending: bool) -> None:
        self.by = by
        self.invalidate()
        self.sort(0, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)

    def filterAcceptsRow(self, source_row: int, _parent: Index) -> bool:
        return has_words(self._model.rows[source_row], self._words)

    def lessThan(self, left: Index, right: Index) -> bool:
        key = sort_key(self.by)
        return bool(key(self._model.rows[left.row()]) < key(self._model.rows[right.row()]))
