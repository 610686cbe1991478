"""Recovery: opening a project with whatever its journal still holds, and finding what a crash left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.document.changes import ChangeSet, merged_changes
from core.document.history import History, Step
from core.document.journal import (
    JOURNAL_SUFFIX,
    Did,
    Journal,
    Opened,
    Record,
    Redid,
    Saving,
    Undid,
    journal_folder,
    journal_path,
)
from core.document.model import Project
from core.document.storage import ProjectNewer, decode_project, load_project, newest_good_backup
from core.errors import EditRejected, ProjectError


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A project with edits that were never saved, left by a session that did not close."""

    name: str
    path: Path | None
    """Its project file, which recovers by being opened; None for an untitled project."""
    steps: int
    """Undo steps since it was opened."""
    edited_s: float
    """When it was last edited, seconds since the epoch."""
    journal: Path


@dataclass(slots=True)
class OpenedProject:
    """A project ready to be worked on. `saved` is the value the file on disk holds, or None if it holds no such value."""

    project: Project
    saved: Project | None
    history: History
    path: Path | None
    journal: Journal | None
    generation: int = 0
    digest: str = ""
    notices: tuple[str, ...] = ()
    """Sentences the user should read."""


@dataclass(slots=True)
class _Replay:
    """What a journal says."""

    first: Project
    project: Project
    history: History = field(default_factory=History)
    saves: dict[str, Project] = field(default_factory=dict)
    """Digest of a project file -> the value it holds."""
    rejected: str = ""
    generation: int = 0
    path: Path | None = None
    """The project file last saved to or opened."""
    steps: int = 0


def replay(records: Sequence[Record], path: Path | None) -> _Replay:
    """Do the recorded edits again, undo and redo included. Raises `ProjectError` if the first project is unreadable."""
    if not records or not isinstance(records[0], Opened):
        raise ProjectError("The journal is empty; there is nothing to recover.")
    opened = records[0]
    folder = path.resolve().parent if path else None
    stored = decode_project(opened.document.encode(), path.name if path else "The journal", folder)
    first = stored.project
    result = _Replay(first, first, generation=stored.generation, path=Path(opened.path) if opened.path else None)
    if opened.digest:
        result.saves[opened.digest] = first
    for record in records[1:]:
        try:
            _replay_one(result, record)
        except EditRejected as error:
            label = record.label if isinstance(record, Did) else "Undo"
            result.rejected = f"“{label}” and later edits could not be done again: {error.message}"
            break
    return result


def _replay_one(result: _Replay, record: Record) -> None:
    match record:
        case Did():
            step = _done_again(result.project, record)
            result.history.add(step)
            result.project, result.steps = step.after, result.steps + 1
        case Undid() if result.history.undo_label is not None:
            result.project, result.steps = result.history.undo().before, result.steps - 1
        case Redid() if result.history.redo_label is not None:
            result.project, result.steps = result.history.redo().after, result.steps + 1
        case Saving():
            result.saves[record.digest] = result.project
            result.path = Path(record.path)
            result.generation += 1
        case _:
            raise EditRejected("The journal is out of order.")


def _done_again(project: Project, record: Did) -> Step:
    after, changes = project, list[ChangeSet]()
    for command in record.commands:
        edit = command.apply(after)
        after = edit.project
        changes.append(edit.changes)
    return Step(record.label, project, after, merged_changes(changes))


def open_project(path: Path) -> OpenedProject:
    """Main thread. Open a project file, its unsaved edits from a crash included; damaged, from the newest good copy.

    Raises `ProjectInUse` if it is open elsewhere, `ProjectError` if nothing of it can be read.
    """
    journal = Journal.take(journal_path(path))
    try:
        records = journal.read()
    except ProjectError:
        journal.release()
        raise
    try:
        opened = _replayed(path, journal, records) if records else _plain(path, journal)
        return replace(opened, notices=(*opened.notices, *_damage(journal)))
    except BaseException:
        if journal.is_empty:
            journal.discard()
        else:
            journal.release()
        raise


def _damage(journal: Journal) -> tuple[str, ...]:
    """What to say of a journal that `read` could not read to its end."""
    if journal.damaged is None:
        return ()
    return (
        f"The journal was damaged; edits after the damage could not be read, and a copy is kept in {journal.damaged}.",
    )


def _plain(path: Path, journal: Journal, notice: str = "") -> OpenedProject:
    """A project without unsaved edits; a damaged one from its newest good backup."""
    notices = [notice] if notice else []
    try:
        stored = load_project(path)
        saved: Project | None = stored.project
    except ProjectNewer:
        raise
    except ProjectError as error:
        backup = newest_good_backup(path)
        if backup is None:
            raise
        stored, saved = backup, None
        notices.append(
            f"{error.message} The newest good backup (save {backup.generation}) was opened instead; "
            "save the project to put it in place."
        )
    return OpenedProject(
        stored.project, saved, History(), path, journal, stored.generation, stored.digest, tuple(notices)
    )


def _replayed(path: Path, journal: Journal, records: Sequence[Record]) -> OpenedProject:
    """A project whose last session ended without closing."""
    found = replay(records, path)
    try:
        stored = load_project(path)
    except ProjectNewer:
        raise
    except ProjectError as error:
        notice = f"{error.message} It was restored from the journal; save the project to put it in place."
        return OpenedProject(found.project, None, found.history, path, journal, found.generation, "", (notice,))
    saved = found.saves.get(stored.digest)
    if saved is None:
        journal.set_aside()
        return _plain(path, journal, f"{path.name} was changed elsewhere; unsaved edits of it were kept as a copy.")
    if found.rejected:
        # What follows cannot be replayed either, so the journal starts anew from here.
        journal.set_aside()
        project, digest = found.project, stored.digest
        return OpenedProject(project, None, History(), path, journal, stored.generation, digest, (found.rejected,))
    notices = () if found.project is saved else (f"Unsaved edits of {path.name} were recovered.",)
    generation, digest = stored.generation, stored.digest
    return OpenedProject(found.project, saved, found.history, path, journal, generation, digest, notices)


def open_copy(path: Path) -> OpenedProject:
    """The project as it was last saved, as an untitled one: for a file that is open elsewhere. Raises `ProjectError`."""
    return OpenedProject(load_project(path).project, None, History(), None, None)


def recoverable() -> tuple[Recoverable, ...]:
    """Projects with unsaved edits that nobody has open, last edited first. Journals that hold nothing more are removed."""
    items = []
    for file in journal_folder().glob(f"*{JOURNAL_SUFFIX}"):
        with contextlib.suppress(ProjectError):
            journal = Journal.take(file)
            item = None
            try:
                item = _described(journal)
            except ProjectError:
                journal.release()
                continue
            if item is None:
                journal.discard()
            else:
                journal.release()
                items.append(item)
    return tuple(sorted(items, key=lambda item: item.edited_s, reverse=True))


def _described(journal: Journal) -> Recoverable | None:
    """What is unsaved in this journal, or None."""
    records = journal.read()
    if not records:
        return None
    found = replay(records, None)
    path = found.path if found.path is not None and journal_path(found.path) == journal.path else None
    saved: Project | None = None if path else found.first
    if found.path is not None:
        with contextlib.suppress(ProjectError):
            saved = found.saves.get(load_project(found.path).digest)
    if found.project is saved:
        if found.rejected:
            journal.keep_copy()
        return None
    return Recoverable(found.project.name, path, found.steps, journal.path.stat().st_mtime, journal.path)


def recover(item: Recoverable) -> OpenedProject:
    """Main thread. Open what `recoverable` found, its history included. Raises `ProjectError`."""
    if item.path is not None:
        return open_project(item.path)
    journal = Journal.take(item.journal)
    try:
        found = replay(journal.read(), None)
    except BaseException:
        journal.release()
        raise
    notices = (found.rejected or f"Unsaved edits of “{found.project.name}” were recovered.", *_damage(journal))
    if not found.rejected:
        return OpenedProject(found.project, None, found.history, None, journal, notices=notices)
    journal.release()
    return OpenedProject(found.project, None, History(), None, None, notices=notices)


def forget(item: Recoverable) -> None:
    """Give the unsaved edits up, as the user asked. Raises `ProjectInUse`."""
    Journal.take(item.journal).discard()
