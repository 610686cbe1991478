"""Opening, saving, recovering: what happens between a person, a file and the session. Main thread."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from time import strftime
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.language import when
from app.session_bridge import SessionBridge
from app.theme import tokens as tk
from app.widgets.boxes import message_box
from core.document.journal import ProjectInUse
from core.document.model import UNTITLED
from core.document.recovery import Recoverable, forget, recoverable
from core.document.storage import SUFFIX, project_file
from core.document.versions import Version
from core.errors import ProjectError
from core.places import config_dir
from core.words import msg, tr, trn

RECENT_KEPT: Final = 8
_PROJECTS: Final = msg("Weathervane projects (*{ending})")
_TIMELINE_KINDS: Final = ("OpenTimelineIO (*.otio)", "EDL, CMX 3600 (*.edl)", "Final Cut Pro XML (*.fcpxml)")
_TIMELINES: Final = msg("Timelines (*.otio *.edl *.fcpxml)")
_CLIPS: Final = msg(
    "Films and images (*.mp4 *.mov *.mkv *.avi *.webm *.mxf *.m4v *.png *.exr *.tif *.tiff *.dpx);;All files (*)"
)


class Choice(StrEnum):
    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Dialogs(Protocol):
    """What a person is asked. A test answers in their place."""

    def choose_project(self) -> Path | None: ...
    def choose_place(self, name: str) -> Path | None: ...
    def confirm_replace(self, name: str) -> bool:
        """Whether a project that the file dialog did not ask about may be replaced."""
        ...

    def choose_clips(self) -> list[str]: ...
    def confirm_save(self, name: str) -> Choice: ...
    def confirm_recovery(self, item: Recoverable) -> Choice:
        """SAVE recovers, DISCARD gives the edits up, CANCEL decides later."""
        ...

    def confirm_copy(self, message: str) -> bool: ...
    def confirm_stop(self) -> bool:
        """Whether a running export may be stopped."""
        ...

    def choose_timeline(self) -> Path | None: ...
    def choose_target(self, name: str) -> Path | None:
        """Where a timeline is written, with an ending that says as what."""
        ...

    def confirm_losses(self, title: str, losses: tuple[str, ...]) -> bool:
        """Whether a timeline may be written that cannot hold all of the project."""
        ...

    def choose_folder(self, title: str) -> Path | None: ...
    def choose_file(self, title: str, kinds: str) -> Path | None:
        """A file to read; `kinds` is Qt's filter."""
        ...

    def choose_new_file(self, title: str, name: str, kinds: str) -> Path | None:
        """A place to write to."""
        ...

    def show_error(self, message: str) -> None: ...


class QtDialogs:
    """The real ones."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def choose_project(self) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, tr("Open project"), "", _projects())
        return Path(chosen) if chosen else None

    def choose_place(self, name: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, tr("Save project as"), name + SUFFIX, _projects())
        return Path(chosen) if chosen else None

    def choose_clips(self) -> list[str]:
        return QFileDialog.getOpenFileNames(self._window, tr("Add clips"), "", tr(_CLIPS))[0]

    def confirm_replace(self, name: str) -> bool:
        asked = tr("“{name}” is there already. Replace it?", name=name)
        box = message_box(self._window, asked, tr("The project that it holds now is kept as a backup only."))
        return self._answer(box, tr("Replace"), "", tr("Cancel")) is Choice.SAVE

    def confirm_save(self, name: str) -> Choice:
        asked = tr("Save the changes to “{name}”?", name=name)
        box = message_box(self._window, asked, tr("They are lost if you do not save them."))
        return self._answer(box, tr("Save"), tr("Do not save"), tr("Cancel"))

    def confirm_recovery(self, item: Recoverable) -> Choice:
        steps, name = item.steps, item.name
        found = (
            trn(
                "“{name}” was not closed and has {count} unsaved edit.",
                "“{name}” was not closed and has {count} unsaved edits.",
                steps,
                name=name,
            )
            if steps > 0
            else tr("“{name}” was not closed and has unsaved edits.", name=name)
        )
        where = tr("Its file is {path}.", path=item.path) if item.path else tr("It was never saved to a file.")
        edited = tr("Last edited {date}.", date=when(item.edited_s, "dd MMM, HH:mm"))
        box = message_box(self._window, found, f"{edited} {where}")
        return self._answer(box, tr("Recover"), tr("Discard edits"), tr("Later"))

    @staticmethod
    def _answer(box: QMessageBox, yes: str, no: str, cancel: str) -> Choice:
        buttons = {box.addButton(yes, QMessageBox.ButtonRole.AcceptRole): Choice.SAVE}
        if no:
            buttons[box.addButton(no, QMessageBox.ButtonRole.DestructiveRole)] = Choice.DISCARD
        buttons[box.addButton(cancel, QMessageBox.ButtonRole.RejectRole)] = Choice.CANCEL
        box.exec()
        choice = next((c for b, c in buttons.items() if b is box.clickedButton()), Choice.CANCEL)
        box.deleteLater()
        return choice

    def confirm_copy(self, message: str) -> bool:
        box = message_box(self._window, message, tr("You can open a copy of it as it was last saved."))
        return self._answer(box, tr("Open a copy"), tr("Do not open"), tr("Cancel")) is Choice.SAVE

    def confirm_stop(self) -> bool:
        asked = tr("An export is running. Stop it and close?")
        box = message_box(self._window, asked, tr("It stays in the render queue and goes on from its finished parts."))
        return self._answer(box, tr("Stop and close"), "", tr("Go on exporting")) is Choice.SAVE

    def choose_timeline(self) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, tr("Import timeline"), "", tr(_TIMELINES))
        return Path(chosen) if chosen else None

    def choose_target(self, name: str) -> Path | None:
        chosen, kind = QFileDialog.getSaveFileName(
            self._window, tr("Export timeline"), f"{name}.otio", ";;".join(_TIMELINE_KINDS)
        )
        if not chosen:
            return None
        path, ending = Path(chosen), kind.rpartition("*")[2].rstrip(")")
        return path if path.suffix and path.suffix.lower() in _TIMELINES else path.with_name(path.name + ending)

    def confirm_losses(self, title: str, losses: tuple[str, ...]) -> bool:
        left_out = ", ".join(losses)
        said = tr("{title} cannot hold everything in this project.", title=title)
        more = tr("Left out: {losses}. OpenTimelineIO keeps all of it.", losses=left_out)
        box = message_box(self._window, said, more)
        return self._answer(box, tr("Export"), "", tr("Cancel")) is Choice.SAVE

    def choose_folder(self, title: str) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self._window, title)
        return Path(chosen) if chosen else None

    def choose_file(self, title: str, kinds: str) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, "", kinds)
        return Path(chosen) if chosen else None

    def choose_new_file(self, title: str, name: str, kinds: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, name, kinds)
        return Path(chosen) if chosen else None

    def show_error(self, message: str) -> None:
        box = message_box(self._window, message, icon="error", ink=tk.ERR)
        box.exec()
        box.deleteLater()


def _projects() -> str:
    return tr(_PROJECTS, ending=SUFFIX)


class Documents(QObject):
    """One project at a time. Nothing unsaved is given up without asking."""

    clips_wanted = Signal(list)
    """Paths of films or images to be probed and laid on the timeline."""
    notice = Signal(str)
    changed = Signal()
    """The place, the saved state or the recent list."""

    def __init__(self, bridge: SessionBridge, dialogs: Dialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.dialogs = dialogs
        self._saved_at = ""
        bridge.settled.connect(self.changed)
        bridge.changed.connect(lambda *_: self.changed.emit())

    # ---- state ----------------------------------------------------------------------------------------------------

    @property
    def saved_text(self) -> str:
        session = self._bridge.session
        if session.is_dirty:
            return tr("Edited")
        if session.path is None:
            return ""
        return tr("Saved {time}", time=self._saved_at) if self._saved_at else tr("Saved")

    @property
    def name(self) -> str:
        path, name = self._bridge.session.path, self._bridge.project.name
        return path.stem if path else tr(UNTITLED) if name == UNTITLED else name

    @property
    def recent(self) -> tuple[Path, ...]:
        """Projects opened or saved lately that are still there, newest first."""
        return tuple(p for p in self.remembered if p.is_file())

    @property
    def remembered(self) -> tuple[Path, ...]:
        """Those that are gone, or on a disk that is not here, as well."""
        try:
            items = json.loads(self._recent_file.read_text(encoding="utf-8"))
            return tuple(map(Path, items))[:RECENT_KEPT]
        except (OSError, ValueError, TypeError):
            return ()

    def forget_recent(self) -> None:
        self._write_recent([])

    @property
    def _recent_file(self) -> Path:
        return config_dir() / "recent.json"

    def _remember(self, path: Path) -> None:
        self._write_recent([path, *(p for p in self.remembered if p != path)][:RECENT_KEPT])

    def _write_recent(self, items: list[Path]) -> None:
        try:
            self._recent_file.write_text(json.dumps([str(p) for p in items]), encoding="utf-8")
        except OSError as error:
            self.notice.emit(tr("The list of recent projects was not saved: {reason}.", reason=error.strerror))
        self.changed.emit()

    # ---- doing ----------------------------------------------------------------------------------------------------

    def _attempt(self, run: Callable[[], None]) -> bool:
        try:
            run()
        except ProjectError as error:
            self.dialogs.show_error(error.message)
            return False
        return True

    def may_leave(self) -> bool:
        """Whether the present project may be given up: saved, unchanged, or the person said so."""
        self._bridge.cancel_gesture()
        if not self._bridge.session.is_dirty:
            return True
        choice = self.dialogs.confirm_save(self.name)
        return choice is Choice.DISCARD or (choice is Choice.SAVE and self.save())

    def new(self) -> None:
        if self.may_leave():
            self._bridge.session.new()
            self._opened()

    def choose_and_open(self) -> None:
        path = self.dialogs.choose_project()
        if path is not None:
            self.open(path)

    def choose_clips(self) -> None:
        chosen = self.dialogs.choose_clips()
        if chosen:
            self.clips_wanted.emit(chosen)

    def open_paths(self, paths: list[str]) -> None:
        """Dropped or given on the command line: a project is opened, anything else is added."""
        projects = [p for p in paths if p.endswith(SUFFIX)]
        if projects:
            self.open(Path(projects[0]))
        elif paths:
            self.clips_wanted.emit(paths)

    def open(self, path: Path) -> None:
        if not self.may_leave():
            return
        session = self._bridge.session
        try:
            session.open(path)
        except ProjectInUse as error:
            if self.dialogs.confirm_copy(error.message) and self._attempt(lambda: session.open_copy(path)):
                self._opened()
            return
        except ProjectError as error:
            self.dialogs.show_error(error.message)
            return
        self._remember(path.resolve())
        self._opened()

    def open_version(self, version: Version, project: Path) -> None:
        """An earlier save of a project, as an untitled copy."""
        if self.may_leave() and self._attempt(lambda: self._bridge.session.open_version(version, project)):
            self._opened()
            self.notice.emit(
                tr(
                    "Version {number} of {name} is open as a copy; save it under a name to keep it.",
                    number=version.number,
                    name=project.name,
                )
            )

    def _opened(self) -> None:
        self._saved_at = ""
        for sentence in self._bridge.session.notices:
            self.notice.emit(sentence)
        self._bridge.settled.emit()

    def save(self) -> bool:
        session = self._bridge.session
        if session.path is None:
            return self.save_as()
        return self._attempt(session.save) and self._saved()

    def save_as(self) -> bool:
        chosen = self.dialogs.choose_place(self.name)
        if chosen is None:
            return False
        path = project_file(chosen)
        # The dialog asked about the name as it was typed, which is not yet the file's.
        if path != chosen and path.exists() and not self.dialogs.confirm_replace(path.name):
            return False
        return self._attempt(lambda: self._bridge.session.save_as(path)) and self._saved()

    def _saved(self) -> bool:
        path = self._bridge.session.path
        self._saved_at = strftime("%H:%M")
        if path is not None:
            self._remember(path)
            self.notice.emit(tr("Saved {name}.", name=path.name))
        return True

    def offer_recovery(self) -> None:
        """After a crash: ask about each project that was left with unsaved edits, newest first, until one is taken."""
        for item in recoverable():
            choice = self.dialogs.confirm_recovery(item)
            if choice is Choice.DISCARD:
                self._attempt(lambda item=item: forget(item))  # type: ignore[misc]
            elif choice is Choice.SAVE and self._attempt(
                lambda item=item: self._bridge.session.recover(item)  # type: ignore[misc]
            ):
                self._opened()
                return
