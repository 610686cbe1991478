"""The look browser: looks that were saved, then every preset as the current clip would look under it, in groups, with a search."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.looks.my_looks import MyLooks
from app.panels.conditions_panel import apply_preset, current_preset, preset_thumbs
from app.panels.context import PanelContext
from app.panels.preset_stills import AS_SHOT, PRESET_MIME, PresetStills
from app.theme import tokens as tk
from app.theme.icons import icon
from app.widgets.parts import Rule, text_label
from app.widgets.scroll import ScrollColumn
from app.widgets.thumbs import Thumb, Thumbs
from core.presets import presets
from core.words import tr


class _Section(QWidget):
    """A heading with a count, and its thumbnails. Hides itself when a search leaves it empty."""

    def __init__(self, title: str, thumbs: tuple[Thumb, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all = thumbs
        self.grid = Thumbs(title, thumb_w=96, mime=PRESET_MIME)
        self._count = text_label(px=tk.CAPTION_PX, color=tk.T3)
        head = QHBoxLayout()
        head.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 4)
        head.addWidget(text_label(title, px=tk.CAPTION_PX, color=tk.T2))
        head.addStretch(1)
        head.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.grid)
        self.search("")

    def search(self, text: str) -> int:
        """Show what matches in name or description; how many do."""
        words = text.casefold().split()
        found = [t for t in self._all if all(w in f"{t.title} {t.detail}".casefold() for w in words)]
        self.grid.set_thumbs(found)
        self._count.setText(str(len(found)))
        if self.parentWidget() is not None or not found:  # shown without a parent it would be a window of its own
            self.setVisible(bool(found))
        return len(found)


class LooksPanel(QWidget):
    """A click on a preset applies, Shift-click lays it over what is set; one undo step each."""

    hovered = Signal(str)
    """Preset under the pointer, or an empty string."""

    def __init__(
        self, context: PanelContext, stills: PresetStills, mine: MyLooks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.mine = mine
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search looks"))
        self.search.setAccessibleName(tr("Search looks"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            QAction(icon("search"), tr("Search"), self.search), QLineEdit.ActionPosition.LeadingPosition
        )
        self.search.textChanged.connect(self._on_search)
        self._nothing = text_label(tr("No look has these words."), color=tk.T3)
        self._sections = self._make_sections(stills)
        self._build()
        context.changed.connect(self._refresh)
        self._refresh()

    def _make_sections(self, stills: PresetStills) -> list[_Section]:
        thumbs = {t.id: t for t in preset_thumbs()}
        groups: dict[str, list[Thumb]] = {tr("Source"): [thumbs[AS_SHOT]]}
        for preset in presets():
            groups.setdefault(tr(preset.group), []).append(thumbs[preset.id])
        made = [_Section(title, tuple(found)) for title, found in groups.items()]
        for section in made:
            section.grid.chosen.connect(lambda id_: apply_preset(self._context, id_))
            section.grid.stacked.connect(lambda id_: apply_preset(self._context, id_, is_stacked=True))
            section.grid.hovered.connect(self.hovered)
            for id_, image in stills.images.items():
                section.grid.set_picture(id_, image)
        stills.image_ready.connect(self._on_image)
        return made

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, tk.GRID)
        column.setSpacing(0)
        column.addWidget(self.mine)
        for section in self._sections:
            column.addWidget(Rule())
            column.addWidget(section)
        column.addWidget(self._nothing)
        self._nothing.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 8)
        self._nothing.hide()
        column.addStretch(1)
        top = QHBoxLayout()
        top.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 4)
        top.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(ScrollColumn(body), 1)

    def _on_image(self, id_: str, image: QImage) -> None:
        for section in self._sections:
            section.grid.set_picture(id_, image)

    def _on_search(self, text: str) -> None:
        found = self.mine.search(text) + sum(section.search(text) for section in self._sections)
        self._nothing.setVisible(found == 0)

    def _refresh(self) -> None:
        clip = self._context.clip
        self.setEnabled(clip is not None)
        current = current_preset(clip.look) if clip else ""
        for section in self._sections:
            section.grid.set_current(current)
