"""History: undo and redo as a list of projects. No inverse is ever computed, so none can be wrong."""

from __future__ import annotations

from dataclasses import dataclass

from core.document.changes import ChangeSet
from core.document.model import Project


@dataclass(frozen=True, slots=True)
class Step:
    """One undo step: the very values before and after, and what differs between them (the same in both directions)."""

    label: str
    before: Project
    after: Project
    changes: ChangeSet


class History:
    """Main thread. Steps done and steps undone; a new step forgets the undone ones."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def undo_label(self) -> str | None:
        """What an undo would take back; None when there is nothing."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        return self._undone[-1].label if self._undone else None

    def add(self, step: Step) -> None:
        self._done.append(step)
        self._undone.clear()

    def undo(self) -> Step:
        """The step taken back. There must be one."""
        step = self._done.pop()
        self._undone.append(step)
        return step

    def redo(self) -> Step:
        """The step done again. There must be one."""
        step = self._undone.pop()
        self._done.append(step)
        return step
