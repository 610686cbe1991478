"""The project's media: what each file is, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.panels.context import PanelContext
from app.panels.media_text import media_line, problem_of
from app.theme import tokens as tk
from app.widgets.buttons import Button
from app.widgets.item_list import Item, ItemList
from app.widgets.parts import text_label
from app.widgets.scroll import ScrollColumn
from core.document.commands import clip_from
from core.media.facts import MediaFacts


class MediaPanel(QWidget):
    """A double-click lays a file at the end of the timeline. Whether files are there is looked up when the list changes."""

    add_requested = Signal()
    """The user wants to choose files; a dialog follows."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[MediaFacts, ...] | None = None
        self.list = ItemList("Media")
        self.list.activated.connect(self._lay_on_timeline)
        self._hint = text_label("Drop clips here or add files. They stay where they are.", color=tk.T3, wraps=True)
        add = Button("Add files…", icon_name="plus")
        add.clicked.connect(self.add_requested)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, tk.GRID, 0, tk.GRID)
        self._hint.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 8)
        column.setSpacing(0)
        column.addWidget(self._hint)
        column.addWidget(self.list)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, tk.PANEL_INSET)
        foot.addWidget(add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(ScrollColumn(body), 1)
        layout.addLayout(foot)
        context.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        media = self._context.project.media
        if media == self._shown:
            return
        self._shown = media
        self._hint.setVisible(not media)
        self.list.set_items(
            [
                Item(
                    m.id,
                    Path(m.path).name,
                    media_line(m),
                    icon="film" if m.kind == "film" else "layers",
                    problem=problem_of(m),
                )
                for m in media
            ]
        )

    def _lay_on_timeline(self, id_: str) -> None:
        project = self._context.project
        media = next((m for m in project.media if m.id == id_), None)
        if media is not None:
            self._context.do(clip_from(project, media))
