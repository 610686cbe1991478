"""Timelines of other programs in the window: what is lost is said before a file is written. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.documents import Documents
from app.session_bridge import SessionBridge
from core.cancel import CancelToken
from core.document.commands import RenameProject
from core.document.model import UNTITLED, Project
from core.errors import WeathervaneError
from core.ids import ProjectId, new_id
from core.progress import ProgressSink
from core.words import tr, trn

if TYPE_CHECKING:
    from core.interchange.load import Imported


class TimelineFiles(QObject):
    """Reading probes media, so it has a thread of its own; what comes back is a new project."""

    told = Signal(str)
    failed = Signal(str)
    busy = Signal(str)
    """What the status bar shows while a timeline is read; empty at its end."""

    def __init__(self, bridge: SessionBridge, documents: Documents, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._documents = bridge, documents
        self._reading: Background | None = None

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What the rows of the action table do that belong here."""
        return {"import_timeline": self.choose_and_import, "export_timeline": self.choose_and_export}

    def choose_and_export(self) -> None:
        path = self._documents.dialogs.choose_target(self._documents.name)
        if path is not None:
            self.export(path)

    def export(self, path: Path) -> None:
        """Write the project as a timeline, once a person knows what is lost."""
        from core.interchange.formats import format_of, losses, write_timeline

        project = self._bridge.project
        try:
            kind = format_of(path)
            lost = losses(project, kind)
            if lost and not self._documents.dialogs.confirm_losses(kind.title, lost):
                return
            write_timeline(project, path)
        except WeathervaneError as error:
            self.failed.emit(error.message)
            return
        self.told.emit(tr("Exported the timeline to {name}.", name=path.name))

    def choose_and_import(self) -> None:
        path = self._documents.dialogs.choose_timeline()
        if path is not None:
            self.load(path)

    def load(self, path: Path) -> None:
        """Read a timeline beside the window's work; then it is a new project, if the present one may be left."""
        self.close()
        rate = self._bridge.project.rate if any(True for _ in self._bridge.project.clips()) else None

        def read(_report: ProgressSink, _cancel: CancelToken) -> Imported:
            from core.interchange.formats import read_timeline

            return read_timeline(path, rate if path.suffix.lower() == ".edl" else None)

        self.busy.emit(tr("Reading {name}", name=path.name))
        self._reading = Background(read, self)
        self._reading.done.connect(lambda imported: self._take(path, imported))
        self._reading.failed.connect(self.failed)
        self._reading.finished.connect(lambda: self.busy.emit(""))
        self._reading.start()

    def _take(self, path: Path, imported: Imported) -> None:
        """The name is given by an edit, so that the new project counts as not yet saved."""
        if not self._documents.may_leave():
            return
        project: Project = replace(imported.project, id=ProjectId(new_id("project")), name=UNTITLED)
        self._bridge.session.new(project)
        name = imported.project.name
        self._bridge.do(RenameProject(name if name != UNTITLED else path.stem), self)
        clips = sum(1 for _ in project.clips())
        said = trn("Imported {count} clip from {name}.", "Imported {count} clips from {name}.", clips, name=path.name)
        self.told.emit(" ".join((said, *imported.notes)))

    def close(self) -> None:
        """Wait for what is being read."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None
