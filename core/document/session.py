"""Session: the one place where the project changes. Main thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.document.changes import Aspect, ChangeSet, merged_changes
from core.document.commands import AnyCommand
from core.document.history import History, Step
from core.document.journal import (
    Did,
    Journal,
    Opened,
    Record,
    Redid,
    Saving,
    Undid,
    framed,
    journal_path,
    untitled_journal_path,
)
from core.document.model import UNTITLED, Project
from core.document.recovery import OpenedProject, Recoverable, open_copy, open_project, recover, reopen_project
from core.document.storage import BACKUPS_KEPT, digest_of, encode_project, project_file, save_project
from core.document.upgrades import SCHEMA
from core.document.versions import Version, open_version
from core.errors import ProjectError
from core.ids import ProjectId, new_id
from core.timebase import ZERO, RangeSet, TimeRange
from core.words import tr

Listener = Callable[[ChangeSet, object], None]
"""Called after every change with what changed and who asked for it; read the project from the session."""


def new_project(name: str = UNTITLED) -> Project:
    return Project(ProjectId(new_id("project")), name)


@dataclass(slots=True)
class _Part:
    """A command of a running gesture, and the project it was applied to."""

    command: AnyCommand
    before: Project
    changes: ChangeSet


@dataclass(slots=True)
class Gesture:
    """What a running gesture has done so far."""

    initiator: object
    before: Project
    parts: list[_Part] = field(default_factory=list)


class Session:
    """Main thread. Holds the project value, its history and its place; every change is told to the listeners once.

    `project` is replaced, never changed: any thread may keep and read the value it was given. An edit is acknowledged,
    by `do` or the end of a gesture returning, only when the journal has it on disk.
    """

    def __init__(self, project: Project | None = None) -> None:
        self._thread = threading.get_ident()
        first = project or new_project()
        self._here = OpenedProject(first, first, History(), None, None)
        self._gesture: Gesture | None = None
        self._listeners: list[Listener] = []
        self._untold: deque[tuple[ChangeSet, object]] = deque()
        self.versions_kept = BACKUPS_KEPT
        """Saves kept of each project from now on."""

    # ---- reading ------------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        return self._here.project

    @property
    def path(self) -> Path | None:
        """The project file; None until it is first saved."""
        return self._here.path

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about how this project was opened: recovered edits, a backup used."""
        return self._here.notices

    @property
    def is_dirty(self) -> bool:
        """Whether the project differs from what is on disk. Undoing back to the saved state is clean again."""
        return self._here.project is not self._here.saved

    @property
    def undo_label(self) -> str | None:
        """What an undo would take back; None when there is nothing to undo."""
        return self._here.history.undo_label

    @property
    def redo_label(self) -> str | None:
        return self._here.history.redo_label

    @property
    def can_undo(self) -> bool:
        return self.undo_label is not None

    @property
    def can_redo(self) -> bool:
        return self.redo_label is not None

    # ---- listening ----------------------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change, in the order of the changes. Returns the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _tell(self, changes: ChangeSet, initiator: object) -> None:
        """A listener that edits is heard after everybody has heard of the change it answers."""
        self._untold.append((changes, initiator))
        if len(self._untold) > 1:
            return
        try:
            while self._untold:
                for listener in tuple(self._listeners):
                    listener(*self._untold[0])
                self._untold.popleft()
        finally:
            self._untold.clear()

    # ---- editing ------------------------------------------------------------------------------------------------

    def do(self, command: AnyCommand, initiator: object = None) -> None:
        """Apply a command: one undo step, or a part of the running gesture's. Raises `EditRejected`; nothing changes then."""
        self._assert_thread()
        if self._gesture is not None:
            self._do_in_gesture(self._gesture, command, initiator)
            return
        edit = command.apply(self._here.project)
        if edit.project is not self._here.project:
            self._commit(command.label, (command,), self._here.project, edit.project, edit.changes)
            self._tell(edit.changes, initiator)

    def _do_in_gesture(self, gesture: Gesture, command: AnyCommand, initiator: object) -> None:
        """A command that sets the same thing as the last one starts from where that one started, and takes its place."""
        replaced = gesture.parts[-1] if gesture.parts and _replaces(command, gesture.parts[-1].command) else None
        before = replaced.before if replaced else self._here.project
        edit = command.apply(before)
        if edit.project is self._here.project:
            return
        changes = edit.changes
        if replaced:
            gesture.parts.pop()
            changes = changes.merged(replaced.changes)
        if edit.project is not before:
            gesture.parts.append(_Part(command, before, edit.changes))
        self._here.project = edit.project
        self._tell(changes, gesture.initiator if initiator is None else initiator)

    @contextmanager
    def gesture(self, label: str, initiator: object = None) -> Iterator[None]:
        """Everything done inside is seen at once and becomes one undo step; any exception takes all of it back.

        Raises `ProjectError` at the end if the journal cannot be written; the gesture is then taken back too.
        """
        self._assert_thread()
        if self._gesture is not None:
            raise RuntimeError("a gesture is already running")
        gesture = self._gesture = Gesture(initiator, self._here.project)
        try:
            yield
            self._gesture = None
            is_new = self._finish(gesture, label)
        except BaseException:
            self._gesture = None
            self._roll_back(gesture)
            raise
        if is_new:
            # The pictures were told of as they changed; this is for whoever shows the undo step. Outside the try: the step
            # is on disk, and a listener that fails must not take it back in memory alone.
            self._tell(ChangeSet(Aspect.NONE), gesture.initiator)

    def _finish(self, gesture: Gesture, label: str) -> bool:
        """Make the undo step; False where the gesture changed nothing."""
        if self._here.project == gesture.before:
            self._roll_back(gesture)
            return False
        commands = tuple(part.command for part in gesture.parts)
        changes = merged_changes(part.changes for part in gesture.parts)
        self._commit(label, commands, gesture.before, self._here.project, changes)
        return True

    def _roll_back(self, gesture: Gesture) -> None:
        if self._here.project is not gesture.before:
            self._here.project = gesture.before
            self._tell(merged_changes(part.changes for part in gesture.parts), gesture.initiator)

    def _commit(
        self, label: str, commands: tuple[AnyCommand, ...], before: Project, after: Project, changes: ChangeSet
    ) -> None:
        self._record(Did(label, commands), before)
        self._here.history.add(Step(label, before, after, changes))
        self._here.project = after

    def undo(self, initiator: object = None) -> None:
        """Go back one step, to the very project value before it. Does nothing when there is none or a gesture runs."""
        self._assert_thread()
        if self.can_undo and self._gesture is None:
            self._record(Undid(), self._here.project)
            step = self._here.history.undo()
            self._here.project = step.before
            self._tell(step.changes, initiator)

    def redo(self, initiator: object = None) -> None:
        """Go forward again. Does nothing when there is nothing to redo or a gesture runs."""
        self._assert_thread()
        if self.can_redo and self._gesture is None:
            self._record(Redid(), self._here.project)
            step = self._here.history.redo()
            self._here.project = step.after
            self._tell(step.changes, initiator)

    def _record(self, record: Record, before: Project) -> None:
        """Bring a record to disk, with the project it starts from if it is the first. Raises `ProjectError`."""
        here = self._here
        if here.journal is None:
            here.journal = Journal.take(untitled_journal_path())
        if here.journal.is_empty:
            folder = here.path.resolve().parent if here.path else None
            document = encode_project(before, here.generation, folder).decode()
            opened = Opened(SCHEMA, str(here.path) if here.path else None, here.digest, document)
            here.journal.fill(framed(opened) + framed(record))
        else:
            here.journal.append(record)

    # ---- files --------------------------------------------------------------------------------------------------

    def new(self, project: Project | None = None) -> None:
        """Start an untitled project. Unsaved edits of the present one are given up: ask first."""
        first = project or new_project()
        self._replace_with(OpenedProject(first, first, History(), None, None))

    def open(self, path: Path) -> None:
        """Open a project file with what a crash left unsaved; read `notices` afterwards. Unsaved edits of the present
        project are given up: ask first. Raises `ProjectInUse` if another window has it, `ProjectError`; nothing changes then.
        """
        self._assert_settled()
        held = self._here.journal
        if held is not None and held.path == journal_path(path):
            opened = reopen_project(path, held)
            self._here.journal = None  # passed on, not let go of
        else:
            opened = open_project(path)
        self._replace_with(opened)

    def open_copy(self, path: Path) -> None:
        """Open the last saved state of a file as an untitled project: for one that is in use. Raises `ProjectError`."""
        self._replace_with(open_copy(path))

    def open_version(self, version: Version, project: Path) -> None:
        """Open an earlier save of a project file as an untitled project: ask first. Raises `ProjectError`."""
        self._replace_with(open_version(version, project))

    def recover(self, item: Recoverable) -> None:
        """Open what a crash left behind (see `recovery.recoverable`), with its history. Raises `ProjectError`."""
        self._assert_settled()
        self._replace_with(recover(item))

    def _replace_with(self, opened: OpenedProject) -> None:
        before = self._here.project
        self.close()
        self._here = opened
        spans = (TimeRange(ZERO, p.duration) for p in (before, opened.project))
        self._tell(ChangeSet(Aspect.ALL, RangeSet.of(spans).ranges), self)

    def save(self) -> None:
        """Write the project to its file. Raises `ProjectError`; the file on disk is then as before."""
        here = self._here
        if here.path is None:
            raise ProjectError(tr("The project has no file yet; choose a name for it."))
        self._assert_settled()
        content = self._content(here.path)
        if here.journal is not None and not here.journal.is_empty:
            here.journal.append(Saving(str(here.path), digest_of(content)))
        save_project(here.path, content, keep=self.versions_kept)
        self._saved_as(here.path, content)

    def save_as(self, path: Path) -> None:
        """Write the project to another file and go on there; the ending `.wvp` is added where it is missing.

        Raises `ProjectInUse` if that project is open elsewhere, `ProjectError`; the session then stays where it was.
        """
        path = project_file(path)
        if self.path is not None and path.resolve() == self.path.resolve():
            self.save()
            return
        self._assert_settled()
        content = self._content(path)
        target = Journal.take(journal_path(path))
        try:
            target.set_aside()
            if (source := self._here.journal) is not None and not source.is_empty:
                target.fill(source.content() + framed(Saving(str(path.resolve()), digest_of(content))))
            save_project(path, content, keep=self.versions_kept)
        except BaseException:
            target.discard()
            raise
        self.close()
        self._here.journal = target
        self._saved_as(path, content)

    def _content(self, path: Path) -> bytes:
        return encode_project(self._here.project, self._here.generation + 1, path.resolve().parent)

    def _saved_as(self, path: Path, content: bytes) -> None:
        here = self._here
        here.path, here.digest, here.generation = path.resolve(), digest_of(content), here.generation + 1
        here.saved = here.project
        self._tell(ChangeSet(Aspect.PROJECT), self)

    def close(self) -> None:
        """Let go of the file and of the journal. Unsaved edits are given up: ask first, then save or call this."""
        self._assert_settled()
        journal, self._here.journal = self._here.journal, None
        if journal is not None:
            journal.discard()

    def _assert_settled(self) -> None:
        self._assert_thread()
        if self._gesture is not None:
            raise ProjectError(tr("Finish the drag first, then try again."))

    def _assert_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("a session is used from the thread that made it")


def _replaces(command: AnyCommand, earlier: AnyCommand) -> bool:
    return type(command) is type(earlier) and command.subject is not None and command.subject == earlier.subject
