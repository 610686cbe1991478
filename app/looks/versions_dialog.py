"""LookVersionsDialog: every save of a look; one can be worn, brought back, or compared with another. Main thread."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.language import when
from app.looks.shelf import LookShelf
from app.theme import tokens as tk
from app.widgets.buttons import Button, Emphasis, Select
from app.widgets.item_list import Item, ItemList
from app.widgets.parts import Rule, text_label
from app.widgets.scroll import ScrollColumn
from core.document.recipe import Recipe
from core.looks.library import LookVersion, SavedLook
from core.words import tr

_CLIP: Final = 0
"""Instead of a version's number: the look that the clip wears."""


class LookVersionsDialog(QDialog):
    """Stays open beside the window, so that the picture is seen. Nothing here touches the project but `Apply`."""

    compared = Signal(object, str, object, str)
    """(left `Recipe`, its name, right `Recipe` or None for the clip's own look, its name)."""
    applied = Signal(object)
    """A `Recipe`."""

    def __init__(self, shelf: LookShelf, look: SavedLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf, self._id = shelf, look.id
        self.list = ItemList(tr("Versions"))
        self.other = Select()
        self.other.setAccessibleName(tr("Compare with"))
        self.compare = Button(tr("Compare"), height=tk.ACTION_H)
        self.restore = Button(tr("Make it the newest"), height=tk.ACTION_H)
        self.apply = Button(tr("Apply"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self._build()
        self.list.selected.connect(lambda _id: self._show_choice())
        self.list.activated.connect(lambda _id: self._apply())
        self.compare.clicked.connect(self._compare)
        self.restore.clicked.connect(self._restore)
        self.apply.clicked.connect(self._apply)
        shelf.changed.connect(self._refresh)
        self._refresh()
        self.list.setFocus()

    def _build(self) -> None:
        self.resize(460, 420)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        intro = text_label(tr("Every save is kept. Versions can be compared on the frame in the viewer."), wraps=True)
        intro.setContentsMargins(tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET, 8)
        column.addWidget(intro)
        column.addWidget(Rule())
        column.addWidget(ScrollColumn(self.list), 1)
        column.addWidget(Rule())
        for row in (self._compare_row(), self._foot()):
            column.addLayout(row)

    def _compare_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(tk.CARD_INSET, 10, tk.CARD_INSET, 0)
        row.setSpacing(8)
        row.addWidget(text_label(tr("Compare with")))
        row.addWidget(self.other, 1)
        row.addWidget(self.compare)
        return row

    def _foot(self) -> QHBoxLayout:
        close = Button(tr("Close"), height=tk.ACTION_H)
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.setContentsMargins(tk.CARD_INSET, 10, tk.CARD_INSET, tk.CARD_INSET)
        row.setSpacing(8)
        row.addWidget(close)
        row.addStretch(1)
        row.addWidget(self.restore)
        row.addWidget(self.apply)
        return row

    # ---- what is shown --------------------------------------------------------------------------------------------

    @property
    def look(self) -> SavedLook | None:
        """As it is in the library now."""
        return self._shelf.look(self._id)

    @property
    def version(self) -> LookVersion | None:
        """The one that is selected."""
        look = self.look
        return next((v for v in look.versions if str(v.number) == self.list.current), None) if look else None

    def _refresh(self) -> None:
        look = self.look
        if look is None:
            self.close()
            return
        self.setWindowTitle(tr("Versions of “{name}”", name=look.name))
        self.list.set_items([self._item(version, look) for version in look.versions])
        if self.version is None:
            self.list.set_current(str(look.newest.number))
        self._show_choice()

    def _item(self, version: LookVersion, look: SavedLook) -> Item:
        saved = when(version.saved.timestamp(), "dd MMM yyyy, HH:mm:ss")
        words = [tr("newest")] if version is look.newest else []
        words += [tr("version {number} again", number=version.again)] if version.again else []
        recipe = version.recipe
        words += [recipe.translator + (f" {recipe.version}" if recipe.version else "")]
        words += [version.note] if version.note else []
        remarks = [*(tr(note) for note in version.notes), *self._shelf.remarks(recipe)]
        title = tr("Version {number}, {date}", number=version.number, date=saved)
        return Item(str(version.number), title, ", ".join(words), "clock", problem=" ".join(remarks))

    def _show_choice(self) -> None:
        look, version = self.look, self.version
        if look is None or version is None:
            return
        chosen = self.other.currentData()
        self.other.clear()
        self.other.addItem(tr("The clip as it is"), _CLIP)
        for other in look.versions:
            if other.number != version.number:
                self.other.addItem(tr("Version {number}", number=other.number), other.number)
        before = self.other.findData(chosen if chosen is not None else look.newest.number)
        self.other.setCurrentIndex(max(before, 1 if chosen is None and self.other.count() > 1 else 0))
        self.restore.setEnabled(version is not look.newest)

    # ---- hands ----------------------------------------------------------------------------------------------------

    def _named(self, number: int) -> tuple[Recipe | None, str]:
        look = self.look
        assert look is not None
        if number == _CLIP:
            return None, ""
        return look.version(number).recipe, f"{look.name}   {tr('version {number}', number=number)}"

    def _compare(self) -> None:
        """The older one at the left; the clip's own look at the right."""
        version = self.version
        if version is None:
            return
        numbers = sorted((version.number, self.other.currentData()))
        if numbers[0] == _CLIP:
            numbers.reverse()
        (left, left_name), (right, right_name) = map(self._named, numbers)
        self.compared.emit(left, left_name, right, right_name)

    def _restore(self) -> None:
        look, version = self.look, self.version
        if look is not None and version is not None and self._shelf.restore(look, version.number) is not None:
            newest = self.look
            self.list.set_current(str(newest.newest.number) if newest else "")
            self._show_choice()

    def _apply(self) -> None:
        if self.version is not None:
            self.applied.emit(self.version.recipe)
