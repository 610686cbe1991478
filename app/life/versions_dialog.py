"""VersionsDialog: earlier saves of a project, to be opened as copies. Main thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.language import when
from app.theme import tokens as tk
from app.widgets.buttons import Button, Emphasis
from app.widgets.item_list import Item, ItemList
from app.widgets.parts import Rule, text_label
from app.widgets.scroll import ScrollColumn
from core.document.versions import Version
from core.words import num, tr


class VersionsDialog(QDialog):
    """Newest first. A version opens as an untitled copy: the project's own file is never touched."""

    chosen = Signal(object)
    """A `Version`."""

    def __init__(self, name: str, versions: tuple[Version, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions = {str(v.path): v for v in versions}
        self.setWindowTitle(tr("Open version"))
        self.resize(460, 420)
        intro = tr(
            "Saves of “{name}”. A version opens as an untitled copy; the project's file stays as it is.", name=name
        )
        head = text_label(intro if versions else tr("“{name}” has no saves yet.", name=name), wraps=True)
        head.setContentsMargins(tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET, 8)
        self.list = ItemList(tr("Versions"))
        self.list.set_items(
            [
                Item(
                    str(v.path),
                    when(v.saved_s, "dd MMM yyyy, HH:mm:ss"),
                    tr("save {number}, {size}", number=v.number, size=_size(v.size))
                    if n
                    else tr("save {number}, {size}, the file as it is", number=v.number, size=_size(v.size)),
                    icon="clock",
                )
                for n, v in enumerate(versions)
            ]
        )
        self.open_button = Button(tr("Open as a copy"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self.open_button.setEnabled(bool(versions))
        cancel = Button(tr("Cancel"), height=tk.ACTION_H)
        foot = QHBoxLayout()
        foot.setContentsMargins(tk.CARD_INSET, 10, tk.CARD_INSET, tk.CARD_INSET)
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(Rule())
        column.addWidget(ScrollColumn(self.list), 1)
        column.addWidget(Rule())
        column.addLayout(foot)
        if versions:
            self.list.set_current(str(versions[0].path))
        self.list.activated.connect(lambda _id: self._open())
        self.open_button.clicked.connect(self._open)
        cancel.clicked.connect(self.reject)
        self.list.setFocus()

    def _open(self) -> None:
        version = self._versions.get(self.list.current)
        if version is not None:
            self.accept()
            self.chosen.emit(version)


def _size(count: int) -> str:
    return f"{num(count / 1e6, '.1f')} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
