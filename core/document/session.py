"""Session: the one place where the project changes. Main thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.document.changes import Aspect, ChangeSet
from core.document.commands import AnyCommand
from core.document.history import History, Step
from core.document.model import Project
from core.ids import ProjectId, new_id

Listener = Callable[[ChangeSet, object], None]
"""Called after every change with what changed and who asked for it; read the project from the session."""


def new_project(name: str = "Untitled project") -> Project:
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

    label: str
    initiator: object
    before: Project
    parts: list[_Part] = field(default_factory=list)


class Session:
    """Main thread. Holds the project value, its history and its place; every change is told to the listeners once.

    `project` is replaced, never changed: any thread may keep and read the value it was given.
    """

    def __init__(self, project: Project | None = None) -> None:
        self._thread = threading.get_ident()
        self._project = project or new_project()
        self._saved = self._project
        self._history = History()
        self._gesture: Gesture | None = None
        self._listeners: list[Listener] = []
        self._untold: deque[tuple[ChangeSet, object]] = deque()

    # ---- reading ------------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        return self._project

    @property
    def is_dirty(self) -> bool:
        """Whether the project differs from what is on disk. Undoing back to the saved state is clean again."""
        return self._project is not self._saved

    @property
    def undo_label(self) -> str | None:
        """What an undo would take back; None when there is nothing to undo."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str | None:
        return self._history.redo_label

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
        edit = command.apply(self._project)
        if edit.project is not self._project:
            self._commit(command.label, (command,), self._project, edit.project, edit.changes)
            self._tell(edit.changes, initiator)

    def _do_in_gesture(self, gesture: Gesture, command: AnyCommand, initiator: object) -> None:
        last = gesture.parts[-1] if gesture.parts else None
        is_replacing = last is not None and _replaces(command, last.command)
        before = last.before if last is not None and is_replacing else self._project
        edit = command.apply(before)
        if edit.project is self._project:
            return
        told = edit.changes.merged(last.changes) if last is not None and is_replacing else edit.changes
        if is_replacing:
            gesture.parts.pop()
        gesture.parts.append(_Part(command, before, edit.changes))
        self._project = edit.project
        self._tell(told, initiator if initiator is not None else gesture.initiator)

    @contextmanager
    def gesture(self, label: str, initiator: object = None) -> Iterator[Gesture]:
        """Everything done inside is seen at once and becomes one undo step; any exception takes all of it back."""
        self._assert_thread()
        if self._gesture is not None:
            raise RuntimeError("a gesture is already running")
        gesture = self._gesture = Gesture(label, initiator, self._project)
        try:
            yield gesture
        except BaseException:
            self._gesture = None
            self._roll_back(gesture)
            raise
        self._gesture = None
        changes = _merged(part.changes for part in gesture.parts)
        if self._project == gesture.before:
            self._roll_back(gesture)
        else:
            commands = tuple(part.command for part in gesture.parts)
            self._commit(label, commands, gesture.before, self._project, changes)

    def _roll_back(self, gesture: Gesture) -> None:
        if self._project is not gesture.before:
            self._project = gesture.before
            self._tell(_merged(part.changes for part in gesture.parts), gesture.initiator)

    def _commit(
        self, label: str, commands: tuple[AnyCommand, ...], before: Project, after: Project, changes: ChangeSet
    ) -> None:
        self._history.add(Step(label, before, after, changes))
        self._project = after

    def undo(self, initiator: object = None) -> None:
        """Go back one step, to the very project value before it. Does nothing when there is none or a gesture runs."""
        self._assert_thread()
        if self.can_undo and self._gesture is None:
            step = self._history.undo()
            self._project = step.before
            self._tell(step.changes, initiator)

    def redo(self, initiator: object = None) -> None:
        """Go forward again. Does nothing when there is nothing to redo or a gesture runs."""
        self._assert_thread()
        if self.can_redo and self._gesture is None:
            step = self._history.redo()
            self._project = step.after
            self._tell(step.changes, initiator)

    def _assert_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("a session is used from the thread that made it")


def _replaces(command: AnyCommand, earlier: AnyCommand) -> bool:
    return type(command) is type(earlier) and command.subject is not None and command.subject == earlier.subject


def _merged(changes: Iterator[ChangeSet]) -> ChangeSet:
    result = ChangeSet(Aspect.NONE)
    for item in changes:
        result = result.merged(item)
    return result
