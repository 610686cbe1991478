"""The gallery: stills of this project or of all, the newest first. Main thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.language import when
from app.look_names import said
from app.looks.my_looks import LookGrid
from app.theme import tokens as tk
from app.widgets.buttons import Button, IconButton
from app.widgets.parts import Rule, text_label
from app.widgets.scroll import ScrollColumn
from app.widgets.thumbs import Thumb
from core.gallery import Gallery, Still, StillLayer
from core.words import tr, trn

MIME: Final = "application/x-weathervane-still"
"""Of a still that is dragged; the data is its id."""
THUMBS_KEPT: Final = 200
"""Thumbnails held in memory: about 25 MB."""


class GalleryPanel(QWidget):
    """Shows what it is given; `asked` says what is wanted of what is picked."""

    asked = Signal(str)
    compared = Signal(str)
    """The id of a still: Enter or a double-click."""
    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gallery = Gallery()
        self.removed: tuple[Still, ...] = ()
        """What the menu can bring back."""
        self.shows_all = False
        self._compared = ""
        self._images: OrderedDict[str, QImage] = OrderedDict()
        self.grid = LookGrid(tr("Stills"), thumb_w=96, mime=MIME)
        self.grab_button = Button(tr("Grab still"), icon_name="camera")
        self.grab_button.setToolTip(tr("Keep this picture and its look"))
        self.more = IconButton("more", tr("Gallery menu"))
        self._empty = text_label(
            tr(
                "A still keeps a picture with its look. Grab one to compare other frames with it, or to bring its look back."
            ),
            px=tk.CAPTION_PX,
            color=tk.T3,
            wraps=True,
        )
        self._problems = text_label(px=tk.CAPTION_PX, color=tk.ERR, wraps=True)
        self._about = text_label(px=tk.CAPTION_PX, color=tk.T2, wraps=True)
        """What is picked."""
        self._count = text_label(px=tk.CAPTION_PX, color=tk.T3)
        self._build()
        self.grid.in_sight.connect(self._draw)
        self.grid.used.connect(self.compared)
        self.grid.picked.connect(self._show_about)
        self.grid.picked.connect(self.picked)
        self.grid.removed.connect(lambda _ids: self.asked.emit("delete"))
        self.grid.menu_wanted.connect(self._show_menu)
        self.grab_button.clicked.connect(lambda: self.asked.emit("grab"))
        self.more.clicked.connect(lambda: self._show_menu(self.more.mapToGlobal(QPoint(0, self.more.height()))))
        self.show_gallery(Gallery(), ())

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(tk.PANEL_INSET, 8, tk.GRID + 2, 4)
        top.setSpacing(tk.GRID)
        top.addWidget(self.grab_button)
        top.addStretch(1)
        top.addWidget(self._count)
        top.addWidget(self.more)
        for label in (self._empty, self._problems):
            label.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 8)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 0, tk.GRID)
        column.setSpacing(0)
        column.addWidget(self._empty)
        column.addWidget(self.grid)
        column.addWidget(self._problems)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(ScrollColumn(body), 1)
        layout.addWidget(Rule())
        self._about.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 8)
        layout.addWidget(self._about)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.asked.emit("refresh")

    # ---- what is shown --------------------------------------------------------------------------------------------

    def show_gallery(self, gallery: Gallery, removed: Sequence[Still]) -> None:
        self.gallery, self.removed = gallery, tuple(removed)
        self._show_thumbs()
        self.grid.setVisible(bool(gallery.stills))
        self._empty.setVisible(not gallery.stills)
        self._problems.setText("\n".join(gallery.problems))
        self._problems.setVisible(bool(gallery.problems))
        count = len(gallery.stills)
        self._count.setText(trn("{count} still", "{count} stills", count) if count else "")
        self._show_about()

    def show_compared(self, id_: str) -> None:
        """The still that is on the screen has a mark."""
        if id_ != self._compared:
            self._compared = id_
            self._show_thumbs()

    def _show_thumbs(self) -> None:
        self.grid.set_thumbs([self._thumb(still) for still in self.gallery.stills])
        for id_, image in self._images.items():
            if not image.isNull():
                self.grid.set_picture(id_, image)

    def _thumb(self, still: Still) -> Thumb:
        badge = "wipe" if still.id == self._compared else ""
        return Thumb(still.id, look_of(still), about(still), badge)

    def _show_about(self) -> None:
        """The one that is picked in words, or that nothing is."""
        chosen = self.chosen
        if len(chosen) == 1:
            words = f"{look_of(chosen[0])}\n{about(chosen[0])}"
        else:
            words = trn("{count} still is picked.", "{count} stills are picked.", len(chosen)) if chosen else ""
        self._about.setText(words)
        self._about.setVisible(bool(words))

    def _draw(self, ids: tuple[str, ...]) -> None:
        """Read what came into sight; forget what was seen longest ago."""
        missing = [id_ for id_ in ids if id_ not in self._images]
        folders = {still.id: still.thumb for still in self.gallery.stills}
        for id_ in missing:
            image = QImage(str(folders[id_])) if id_ in folders else QImage()
            self._images[id_] = image
            if not image.isNull():
                self.grid.set_picture(id_, image)
        for id_ in ids:
            self._images.move_to_end(id_)
        while len(self._images) > max(THUMBS_KEPT, len(ids)):
            gone, _ = self._images.popitem(last=False)
            self.grid.forget_picture(gone)

    @property
    def chosen(self) -> tuple[Still, ...]:
        """What is picked, in the order in which it was."""
        stills = {still.id: still for still in self.gallery.stills}
        return tuple(stills[id_] for id_ in self.grid.picks if id_ in stills)

    # ---- menu -----------------------------------------------------------------------------------------------------

    def menu(self) -> QMenu:
        """What can be done with what is picked, and with the gallery."""
        menu, chosen = QMenu(self), self.chosen
        one = len(chosen) == 1
        rows: tuple[tuple[str, str, bool], ...] = (
            ("compare", tr("Compare by wipe\tEnter"), one),
            ("restore", tr("Restore look"), one and chosen[0].facts.recipe is not None),
            ("", "", True),
            ("export", tr("Export still…"), one),
            ("reveal", tr("Show in folder"), one),
            ("delete", tr("Delete\tDel"), bool(chosen)),
        )
        for word, text, is_on in rows:
            if not word:
                menu.addSeparator()
                continue
            action = menu.addAction(text)
            action.setEnabled(is_on)
            action.triggered.connect(lambda _=False, word=word: self.asked.emit(word))
        menu.addSeparator()
        everything = menu.addAction(tr("Stills of all projects"))
        everything.setCheckable(True)
        everything.setChecked(self.shows_all)
        everything.triggered.connect(lambda _=False: self.asked.emit("all"))
        if self.removed:
            menu.addAction(tr("Bring back the last one deleted")).triggered.connect(
                lambda: self.asked.emit("bring_back")
            )
        return menu

    def _show_menu(self, at: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)


def look_of(still: Still) -> str:
    """What a still shows, in a word or two."""
    return tr("Source") if still.facts.layer is StillLayer.SOURCE else said(still.facts.look)


def about(still: Still) -> str:
    """Where it was grabbed and when, a line each."""
    facts = still.facts
    taken = when(facts.taken.timestamp(), "dd MMM yyyy, HH:mm")
    lines = [
        tr("{clip}, frame {frame}", clip=facts.clip, frame=facts.frame),
        tr("{timecode} in {project}", timecode=facts.timecode, project=facts.project_name),
        tr("{width} × {height}, {date}", width=facts.width, height=facts.height, date=taken),
        *(tr(note) for note in facts.notes),
    ]
    return "\n".join(lines)
