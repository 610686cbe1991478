"""The base of all commands: edits by name, with every value and id that a replay needs."""

from __future__ import annotations

import msgspec

from core.document.changes import Edit
from core.document.model import Project


class Command(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Base of all commands."""

    def apply(self, project: Project) -> Edit:
        """The edit, whole. Raises `EditRejected` and changes nothing."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """What the undo menu says after “Undo”: sentence case, no full stop."""
        raise NotImplementedError

    @property
    def subject(self) -> tuple[object, ...] | None:
        """What this command sets, if a later one of its kind in the same gesture makes it superfluous; else None."""
        return None
