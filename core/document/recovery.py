"""Recovery: opening a project with whatever its journal still holds, and finding what a crash left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
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
from core.words import tr


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
    done: int = 1
    """Records done again, the first project included."""
    rejected: str = ""
    """Why the next could not be, as the beginning of a sentence; empty if all were."""
    generation: int = 0
    path: Path | None = None
    """The project file last saved to or opened."""
    steps: int = 0


def replay(records: Sequence[Record], path: Path | None) -> _Replay:
    """Do the recorded edits again, undo and redo included. Raises `ProjectError` if the first project is unreadable."""
    if not records or not isinstance(records[0], Opened):
        raise ProjectError(tr("The journal is empty; there is nothing to recover."))
    opened = records[0]
    folder = path.resolve().parent if path else None
    stored = decode_project(opened.document.encode(), path.name if path else tr("The journal"), folder)
    first = stored.project
    result = _Replay(first, first, generation=stored.generation, path=Path(opened.path) if opened.path else None)
    if opened.digest:
        result.saves[opened.digest] = first
    for record in records[1:]:
        try:
            _replay_one(result, record)
        except EditRejected as error:
            label = record.label if isinstance(record, Did) else tr("Undo")
            reason = error.message.rstrip(".")
            result.rejected = tr(
                "“{label}” and later edits could not be done again ({reason})", label=label, reason=reason
            )
            break
        result.done += 1
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
            raise EditRejected(tr("The journal is out of order."))


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
        return _replayed(path, journal, records) if records else _plain(path, journal, _mended(journal, 0))
    except BaseException:
        if journal.is_empty:
            journal.discard()
        else:
            journal.release()
        raise


def reopen_project(path: Path, journal: Journal) -> OpenedProject:
    """Main thread. The project as its file has it, under the journal its session holds; edits in that are given up.

    Raises `ProjectError` if nothing of it can be read, and the journal is as before.
    """
    opened = _plain(path, journal, "")
    journal.clear()
    return opened


def _mended(journal: Journal, done: int, rejected: str = "") -> str:
    """Cut a journal of which not everything could be done again after its first `done` records, and say so; else empty.

    Raises `ProjectError` if the whole of it cannot be kept as a copy.
    """
    if not rejected and not journal.is_damaged:
        return ""
    lost = rejected or tr("Unsaved edits behind a damaged place of their journal could not be recovered")
    return tr("{lost}; all of the journal was kept as {copy}.", lost=lost, copy=journal.cut_after(done))


def _plain(path: Path, journal: Journal, notice: str) -> OpenedProject:
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
            tr(
                "{message} The newest good backup (save {number}) was opened instead; "
                "save the project to put it in place.",
                message=error.message,
                number=backup.generation,
            )
        )
    return OpenedProject(
        stored.project, saved, History(), path, journal, stored.generation, stored.digest, tuple(notices)
    )


def _replayed(path: Path, journal: Journal, records: Sequence[Record]) -> OpenedProject:
    """A project whose last session ended without closing."""
    found = replay(records, path)
    try:
        stored, broken = load_project(path), ""
    except ProjectNewer:
        raise
    except ProjectError as error:
        stored, broken = None, error.message
    mended = _mended(journal, found.done, found.rejected)
    if stored is None:
        notice = tr("{broken} It was restored from the journal; save the project to put it in place.", broken=broken)
        notices = (notice, mended) if mended else (notice,)
        return OpenedProject(found.project, None, found.history, path, journal, found.generation, "", notices)
    saved = found.saves.get(stored.digest)
    if saved is None:
        journal.set_aside()
        notice = mended or tr("{name} was changed elsewhere; unsaved edits of it were kept as a copy.", name=path.name)
        return _plain(path, journal, notice)
    notice = mended or (
        tr("Unsaved edits of {name} were recovered.", name=path.name) if found.project is not saved else ""
    )
    return OpenedProject(
        found.project,
        saved,
        found.history,
        path,
        journal,
        stored.generation,
        stored.digest,
        (notice,) if notice else (),
    )


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
    """What is unsaved in this journal, or None. Raises `ProjectError` if that cannot be known."""
    records = journal.read()
    if not records and journal.is_damaged:
        raise ProjectError(tr("The journal {path} is damaged at its beginning.", path=journal.path))
    if not records:
        return None
    found = replay(records, None)
    path = found.path if found.path is not None and journal_path(found.path) == journal.path else None
    saved: Project | None = None if path else found.first
    if found.path is not None:
        with contextlib.suppress(ProjectError):
            saved = found.saves.get(load_project(found.path).digest)
    if found.project is saved and not found.rejected and not journal.is_damaged:
        return None
    return Recoverable(found.project.name, path, found.steps, journal.path.stat().st_mtime, journal.path)


def recover(item: Recoverable) -> OpenedProject:
    """Main thread. Open what `recoverable` found, its history included. Raises `ProjectError`."""
    if item.path is not None:
        return open_project(item.path)
    journal = Journal.take(item.journal)
    try:
        found = replay(journal.read(), None)
        mended = _mended(journal, found.done, found.rejected)
    except BaseException:
        journal.release()
        raise
    notice = mended or tr("Unsaved edits of “{name}” were recovered.", name=found.project.name)
    return OpenedProject(found.project, None, found.history, None, journal, notices=(notice,))


def forget(item: Recoverable) -> None:
    """Give the unsaved edits up, as the user asked. Raises `ProjectInUse`."""
    Journal.take(item.journal).discard()
