"""SessionBridge: the session's one signal, as Qt knows signals, and gestures as Qt widgets make them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, suppress
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from core.document.commands import AnyCommand
from core.document.model import Project
from core.document.session import Session
from core.errors import WeathervaneError


class GestureCancelled(Exception):
    """Esc was pressed: thrown into the gesture, and out again, so that the session takes everything back."""


class SessionBridge(QObject):
    """Main thread. Widgets talk to the document only through this; opening and saving belong to `app.documents`."""

    changed = Signal(object, object)
    """(`core.document.changes.ChangeSet`, initiator). The new project is in `project`."""
    rejected = Signal(str)
    """One sentence for the status bar: an edit that could not be applied; nothing changed."""
    settled = Signal()
    """After every undo step, undo, redo or cancelled gesture: labels and dirty state may differ."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gesture: AbstractContextManager[None] | None = None
        self._session = session
        session.subscribe(self.changed.emit)

    @property
    def session(self) -> Session:
        return self._session

    @property
    def project(self) -> Project:
        return self._session.project

    def do(self, command: AnyCommand, initiator: object = None) -> bool:
        """Apply a command; False, and `rejected`, where it cannot be applied or cannot be written down."""
        return self._attempt(lambda: self._session.do(command, initiator))

    def undo(self) -> None:
        self.cancel_gesture()
        self._attempt(self._session.undo)

    def redo(self) -> None:
        self.cancel_gesture()
        self._attempt(self._session.redo)

    def _attempt(self, edit: Callable[[], object]) -> bool:
        """Run an edit; a sentence for the user in `rejected`, and False, where it cannot be made or written down."""
        try:
            edit()
        except WeathervaneError as error:
            self.rejected.emit(error.message)
            return False
        finally:
            if self._gesture is None:
                self.settled.emit()
        return True

    # ---- gestures: one undo step from `begin_gesture` to `commit_gesture` -----------------------------------------

    @property
    def in_gesture(self) -> bool:
        return self._gesture is not None

    def begin_gesture(self, label: str, initiator: object = None) -> None:
        """A gesture that was left open is finished first: two hands cannot drag at once."""
        self.commit_gesture()
        self._gesture = self._session.gesture(label, initiator)
        self._gesture.__enter__()

    def commit_gesture(self) -> None:
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            self._attempt(lambda: gesture.__exit__(None, None, None))

    def cancel_gesture(self) -> None:
        """Everything since `begin_gesture` is taken back."""
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            outcome = GestureCancelled()
            with suppress(GestureCancelled):
                gesture.__exit__(GestureCancelled, outcome, None)
            self.settled.emit()


P = TypeVar("P")


class GestureRun(Generic[P]):
    """A gesture written as a generator that is sent pointer events: `script` runs inside one undo step.

    `send` each event; then `finish`, or `cancel`, which throws `GestureCancelled` into the script and rolls back.
    """

    def __init__(self, bridge: SessionBridge, label: str, script: Generator[None, P, None], initiator: object) -> None:
        self._bridge = bridge
        self._script = script
        bridge.begin_gesture(label, initiator)
        next(script)

    def send(self, pointer: P) -> None:
        self._script.send(pointer)

    def finish(self) -> None:
        self._script.close()
        self._bridge.commit_gesture()

    def cancel(self) -> None:
        with suppress(GestureCancelled, StopIteration):
            self._script.throw(GestureCancelled())
        self._bridge.cancel_gesture()
