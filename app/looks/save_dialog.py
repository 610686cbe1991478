"""SaveLookDialog: a name, a note, and whether the masks come along. Main thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.theme import tokens as tk
from app.widgets.buttons import Button, Emphasis, Tick
from app.widgets.parts import text_label
from core.looks.library import SavedLook
from core.words import tr, trn


class SaveLookDialog(QDialog):
    """A name that is there already saves the next version of that look, and says so."""

    def __init__(
        self, name: str, masks: int, named: Callable[[str], SavedLook | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Save look"))
        self._named = named
        self.name, self.note = QLineEdit(name), QLineEdit()
        self.masks = Tick(trn("With {count} mask", "With {count} masks", masks) if masks else tr("With masks"))
        self.masks.setEnabled(masks > 0)
        self._said = text_label(px=tk.CAPTION_PX, color=tk.T3, wraps=True)
        self.save = Button(tr("Save"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self._build()
        self.name.textChanged.connect(self._show)
        self._show()
        self.name.selectAll()
        self.name.setFocus()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET)
        column.setSpacing(8)
        for field, label in ((self.name, tr("Name")), (self.note, tr("Note"))):
            row = QHBoxLayout()
            word = text_label(label)
            word.setFixedWidth(64)
            word.setBuddy(field)
            field.setAccessibleName(label)
            row.addWidget(word)
            row.addWidget(field, 1)
            column.addLayout(row)
        inset = QHBoxLayout()
        inset.setContentsMargins(64 + 6, 0, 0, 0)
        inset.addWidget(self.masks)
        column.addLayout(inset)
        column.addWidget(self._said)
        foot = QHBoxLayout()
        foot.addStretch(1)
        cancel = Button(tr("Cancel"), height=tk.ACTION_H)
        cancel.clicked.connect(self.reject)
        self.save.clicked.connect(self.accept)
        for field in (self.name, self.note):
            field.returnPressed.connect(self.save.click)
        foot.addWidget(cancel)
        foot.addWidget(self.save)
        column.addSpacing(8)
        column.addLayout(foot)
        self.setMinimumWidth(380)

    def _show(self) -> None:
        known = self._named(self.name.text())
        if known is None:
            said = tr("Conditions, keyframes, amount, translator and seed are saved.")
        else:
            next_one = known.newest.number + 1
            said = tr("Saves version {number} of “{name}”; those before it stay.", number=next_one, name=known.name)
        self._said.setText(said)
        self.save.setEnabled(bool(self.name.text().strip()))
