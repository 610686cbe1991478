"""The relink dialog: one folder for all that is missing, searched in the background; what differs is said before it is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.background import Background
from app.theme import tokens as tk
from app.widgets.buttons import Button, Emphasis
from app.widgets.parts import Rule, text_label
from app.widgets.progress_bar import ProgressBar
from core.document.commands import RelinkMedia
from core.document.media_edits import media_name, relink_problem
from core.document.model import Project
from core.media.facts import MediaFacts
from core.media.relink import Found, Match, find_lost
from core.progress import Progress
from core.words import msg, tr, trn

_MEDIUM, _PLACE, _NOTE = range(3)
_LOST: Final = msg("Not found yet")


class RelinkDialog(QDialog):
    """Works on the project as it was when opened. `take` gets one command for all that is ticked. Main thread."""

    def __init__(
        self,
        project: Project,
        missing: Sequence[MediaFacts],
        take: Callable[[RelinkMedia], None],
        choose_folder: Callable[[str], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._project, self._missing, self._take = project, tuple(missing), take
        self._choose_folder = choose_folder
        self.found: dict[str, Found] = {}
        self._search: Background | None = None
        self.setWindowTitle(tr("Relink media"))
        self.setMinimumSize(860, 380)
        self.choose = Button(tr("Choose folder…"), height=tk.ACTION_H)
        self.relink = Button(tr("Relink"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self.folder = text_label(tr("All folders below it are searched."), color=tk.T3)
        self.bar = ProgressBar(tr("Search"))
        self.stage = text_label(px=tk.CAPTION_PX, color=tk.T3)
        self.list = QTreeWidget()
        self._build()
        self._show_rows()

    def _build(self) -> None:
        count = len(self._missing)
        lead = trn("{count} file is missing.", "{count} files are missing.", count)
        way = tr("Choose a folder that they may be in now: files of the same content are found under any name.")
        head = text_label(
            f"{lead} {way}",
            color=tk.T2,
            wraps=True,
        )
        self.choose.clicked.connect(self._choose)
        self.list.setHeaderLabels([tr("Medium"), tr("Found in"), tr("Note")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName(tr("Missing media"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        header = self.list.header()
        header.setSectionResizeMode(_MEDIUM, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(_PLACE, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(_NOTE, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(_MEDIUM, 190)
        header.resizeSection(_PLACE, 270)
        self.list.itemChanged.connect(lambda *_: self._show_count())
        cancel = Button(tr("Cancel"), height=tk.ACTION_H)
        cancel.clicked.connect(self.reject)
        self.relink.clicked.connect(self.accept)
        line, foot = QHBoxLayout(), QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.choose)
        line.addWidget(self.folder, 1)
        foot.setSpacing(8)
        foot.addWidget(self.stage, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.relink)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(tk.CARD_INSET,) * 4)
        layout.setSpacing(tk.PANEL_INSET)
        layout.addWidget(head)
        layout.addLayout(line)
        layout.addWidget(self.bar)
        layout.addWidget(self.list, 1)
        layout.addWidget(Rule())
        layout.addLayout(foot)
        self.bar.hide()

    # ---- searching ------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        chosen = self._choose_folder(tr("Folder with the missing media"))
        if chosen is not None:
            self.search(chosen)

    def search(self, folder: Path) -> None:
        """Look through a folder; what was found before is kept where nothing better is."""
        self._stop()
        self.folder.setText(str(folder))
        self.bar.set_fraction(0.0, tk.ACC)
        self.bar.show()
        self.stage.setText(tr("Searching"))
        lost = tuple(m for m in self._missing if not self._has_content(m))
        self._search = Background(partial(find_lost, lost, folder), self)
        self._search.progressed.connect(self._on_progress)
        self._search.done.connect(self._on_found)
        self._search.failed.connect(self.stage.setText)
        self._search.start()

    def _has_content(self, facts: MediaFacts) -> bool:
        found = self.found.get(facts.id)
        return found is not None and found.match is Match.CONTENT

    def _on_progress(self, progress: Progress) -> None:
        self.bar.set_fraction(progress.fraction, tk.ACC)
        self.stage.setText(
            tr("{stage}, {done} of {total} files", stage=tr(progress.stage), done=progress.done, total=progress.total)
        )

    def _on_found(self, found: tuple[Found, ...]) -> None:
        for each in found:
            self.found[each.lost] = each
        self.bar.hide()
        count = len(self.found)
        self.stage.setText(
            tr("{count} of {total} found", count=count, total=len(self._missing))
            if count
            else tr("None of them is there.")
        )
        self._show_rows()

    # ---- what was found -------------------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        self.list.clear()
        for facts in self._missing:
            found = self.found.get(facts.id)
            row = QTreeWidgetItem([media_name(self._project, facts), tr(_LOST), ""])
            row.setData(_MEDIUM, Qt.ItemDataRole.UserRole, facts.id)
            row.setToolTip(_MEDIUM, facts.path)
            row.setForeground(_PLACE, tk.T3)
            if found is not None:
                self._show_found(row, facts, found)
            self.list.addTopLevelItem(row)
        self._show_count()

    def _show_found(self, row: QTreeWidgetItem, facts: MediaFacts, found: Found) -> None:
        problem = relink_problem(self._project, facts, found.facts)
        note, ink = note_of(found), tk.T2 if found.match is Match.CONTENT else tk.WARN
        row.setText(_PLACE, found.facts.path)
        row.setToolTip(_PLACE, found.facts.path)
        row.setForeground(_PLACE, tk.T1)
        row.setText(_NOTE, problem or note)
        row.setToolTip(_NOTE, problem or note)
        row.setForeground(_NOTE, tk.ERR if problem else ink)
        if not problem:
            is_sure = found.match is Match.CONTENT or not found.differences
            row.setCheckState(_MEDIUM, Qt.CheckState.Checked if is_sure else Qt.CheckState.Unchecked)

    def command(self) -> RelinkMedia:
        """What Relink would do now."""
        rows = (self.list.topLevelItem(n) for n in range(self.list.topLevelItemCount()))
        ticked = [r.data(_MEDIUM, Qt.ItemDataRole.UserRole) for r in rows if r and _is_ticked(r)]
        return RelinkMedia(tuple((self.found[id_].lost, self.found[id_].facts) for id_ in ticked))

    def _show_count(self) -> None:
        count = len(self.command().found)
        self.relink.setText(trn("Relink {count} file", "Relink {count} files", count) if count else tr("Relink"))
        self.relink.setEnabled(count > 0)
        self.relink.updateGeometry()

    # ---- the end --------------------------------------------------------------------------------------------------

    def accept(self) -> None:
        command = self.command()
        if command.found:
            self._take(command)
            super().accept()

    def done(self, result: int) -> None:
        self._stop()
        super().done(result)

    def _stop(self) -> None:
        if self._search is not None:
            self._search.close()
            self._search = None


def _is_ticked(row: QTreeWidgetItem) -> bool:
    return row.checkState(_MEDIUM) is Qt.CheckState.Checked


def note_of(found: Found) -> str:
    """What a person should know before this file is taken."""
    if found.match is Match.CONTENT:
        return tr("Same content")
    return ", ".join((tr("Same name, other content"), *found.differences))
