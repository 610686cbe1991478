"""My looks: the library at the top of the looks page. Main thread."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.language import when
from app.looks.shelf import LookShelf
from app.looks.stills import LookStills
from app.theme import tokens as tk
from app.widgets.buttons import IconButton
from app.widgets.parts import text_label
from app.widgets.picks import PickGrid
from app.widgets.thumbs import Thumb
from core.document.recipe import Recipe, wears
from core.looks.library import SUFFIX, SavedLook
from core.words import tr, trn

MIME: Final = "application/x-weathervane-look"
"""Of a look that is dragged; the data is its id."""


class LookGrid(PickGrid):
    """Tells which of its looks are in sight, so that only those are drawn."""

    in_sight = Signal(tuple)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        near = self._near(self.visibleRegion().boundingRect())
        self.in_sight.emit(tuple(self._thumbs[n].id for n in near))


class MyLooks(QWidget):
    """Heading, thumbnails, and a sentence where there are none or a file cannot be read."""

    asked = Signal(str)
    """`save`, `import`, or one of the menu's words, for the looks that are picked."""
    applied = Signal(str)
    hovered = Signal(object)
    """The `Recipe` under the pointer, or None."""

    def __init__(self, shelf: LookShelf, stills: LookStills, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self.setAcceptDrops(True)
        self._words: list[str] = []
        self._details: dict[str, str] = {}
        self._thumbs: list[Thumb] = []
        self.grid = LookGrid(tr("My looks"), thumb_w=96, mime=MIME)
        self.save = IconButton("plus", tr("Save the look of the clip"))
        self.more = IconButton("more", tr("My looks menu"))
        self._count = text_label(px=tk.CAPTION_PX, color=tk.T3)
        self._empty = text_label(
            tr("Looks that you save are kept here for every project."), px=tk.CAPTION_PX, color=tk.T3, wraps=True
        )
        self._problems = text_label(px=tk.CAPTION_PX, color=tk.ERR, wraps=True)
        self._build()
        self.grid.in_sight.connect(stills.want)
        self.grid.used.connect(self.applied)
        self.grid.hovered.connect(lambda id_: self.hovered.emit(self.recipe(id_)))
        self.grid.rename_wanted.connect(lambda _id: self.asked.emit("rename"))
        self.grid.removed.connect(lambda _ids: self.asked.emit("delete"))
        self.grid.menu_wanted.connect(self._show_menu)
        self.save.clicked.connect(lambda: self.asked.emit("save"))
        self.more.clicked.connect(lambda: self._show_menu(self.more.mapToGlobal(QPoint(0, self.more.height()))))
        stills.image_ready.connect(self.grid.set_picture)
        shelf.changed.connect(self._refresh)
        shelf.context.changed.connect(self._on_context)
        self._refresh()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(tk.PANEL_INSET, 4, tk.GRID + 2, 2)
        head.setSpacing(2)
        head.addWidget(text_label(tr("My looks"), px=tk.CAPTION_PX, color=tk.T2))
        head.addSpacing(6)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.save)
        head.addWidget(self.more)
        for label in (self._empty, self._problems):
            label.setContentsMargins(tk.PANEL_INSET, 2, tk.PANEL_INSET, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._empty)
        layout.addWidget(self.grid)
        layout.addWidget(self._problems)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _look_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files of looks come into the library."""
        for path in _look_files(event.mimeData()):
            self._shelf.take_in(path)
        event.acceptProposedAction()

    def showEvent(self, event: QShowEvent) -> None:
        """Another window may have saved."""
        super().showEvent(event)
        self._shelf.refresh()

    # ---- what is shown --------------------------------------------------------------------------------------------

    @property
    def picked(self) -> tuple[SavedLook, ...]:
        """In the order in which they were picked."""
        return tuple(look for id_ in self.grid.picks if (look := self._shelf.look(id_)) is not None)

    def search(self, text: str) -> int:
        """Show what has all these words; how many do."""
        self._words = text.casefold().split()
        return self._refresh()

    def _refresh(self) -> int:
        shelf = self._shelf.shelf
        self._details = {look.id: self._detail(look) for look in shelf.looks}
        found = self._show_thumbs()
        self.grid.setVisible(bool(found))
        self._count.setText(str(len(shelf.looks)) if shelf.looks else "")
        self._empty.setVisible(not shelf.looks and not self._words)
        self._problems.setText("\n".join(shelf.problems))
        self._problems.setVisible(bool(shelf.problems))
        if self.parentWidget() is not None:  # shown without a parent it would be a window of its own
            self.setVisible(bool(found) or not self._words)
        return found

    def _show_thumbs(self) -> int:
        """The looks that match, with a tick at those that the clip wears; how many there are."""
        project, clip = self._shelf.context.project, self._shelf.context.clip
        found = [look for look in self._shelf.shelf.looks if self._matches(look)]
        worn = {look.id for look in found if clip is not None and wears(project, clip, look.newest.recipe)}
        thumbs = [Thumb(k.id, k.name, self._details[k.id], "check" if k.id in worn else "") for k in found]
        if thumbs != self._thumbs:
            self._thumbs = thumbs
            self.grid.set_thumbs(thumbs)
        return len(found)

    def _on_context(self) -> None:
        self._show_thumbs()
        self.save.setEnabled(self._shelf.context.clip is not None)

    def _matches(self, look: SavedLook) -> bool:
        text = f"{look.name} {look.newest.note}".casefold()
        return all(word in text for word in self._words)

    def _detail(self, look: SavedLook) -> str:
        version = look.newest
        saved = when(version.saved.timestamp(), "dd MMM yyyy, HH:mm")
        lines = [
            version.note,
            tr("Version {number}, {date}.", number=version.number, date=saved),
            *(tr(note) for note in version.notes),
            *self._shelf.remarks(version.recipe),
        ]
        return "\n".join(line for line in lines if line)

    def recipe(self, id_: str) -> Recipe | None:
        """Of the newest version of a look."""
        look = self._shelf.look(id_)
        return look.newest.recipe if look else None

    # ---- menu -----------------------------------------------------------------------------------------------------

    def menu(self) -> QMenu:
        """What can be done with what is picked, and with the library."""
        menu, picked = QMenu(self), self.picked
        one, has_clip = len(picked) == 1, self._shelf.context.clip is not None
        has_keys = one and bool(picked[0].newest.recipe.curves)
        rows: tuple[tuple[str, str, bool], ...] = (
            ("apply", tr("Apply\tEnter"), one and has_clip),
            ("apply_stretched", tr("Apply, keyframes spread over the clip"), has_keys and has_clip),
            ("", "", True),
            ("update", tr("Save the clip's look as a new version"), one and has_clip),
            ("versions", tr("Versions…"), one),
            ("blend", tr("Blend looks…"), has_clip and len(picked) <= 2),
            ("compare", self._compare_words(picked), has_clip and 1 <= len(picked) <= 2),
            ("rename", tr("Rename…\tF2"), one),
            ("export", tr("Export look…"), one),
            ("delete", tr("Delete\tDel"), bool(picked)),
            ("", "", True),
            ("save", tr("Save the look of the clip…"), has_clip),
            ("import", tr("Import look…"), True),
        )
        for word, text, is_on in rows:
            if not word:
                menu.addSeparator()
                continue
            action = menu.addAction(text)
            action.setEnabled(is_on)
            action.triggered.connect(lambda _=False, word=word: self.asked.emit(word))
        self._add_trash(menu)
        return menu

    @staticmethod
    def _compare_words(picked: tuple[SavedLook, ...]) -> str:
        if len(picked) == 2:
            return tr("Compare “{left}” with “{right}”", left=picked[0].name, right=picked[1].name)
        return tr("Compare with the clip as it is")

    def _add_trash(self, menu: QMenu) -> None:
        gone = self._shelf.trash
        if gone:
            said = trn("Bring back {count} deleted look", "Bring back one of {count} deleted looks", len(gone))
            bin_menu = menu.addMenu(said)
            for look in gone:
                bin_menu.addAction(look.name).triggered.connect(
                    lambda _=False, id_=look.id: self._shelf.bring_back(id_)
                )

    def _show_menu(self, at: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)


def _look_files(data: QMimeData) -> list[Path]:
    paths = (Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    return [path for path in paths if path.suffix == SUFFIX]
