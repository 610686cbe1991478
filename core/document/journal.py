"""Journal: every edit on disk before it is acknowledged, so that a kill at any instant loses none.

One append-only file per open project in `data_dir()/journals`: each record is its length and CRC-32 (little-endian
u32 each) and its JSON. It lives from open to close and holds the project it began from, so it can be replayed alone.
Whoever holds the file's lock owns the project; the lock dies with the process.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import msgspec

from core.document.commands import AnyCommand
from core.document.storage import flush_folder, from_builtins, path_key, reason_of, to_json, write_atomically
from core.document.upgrades import RECORD_STEPS, SCHEMA, upgraded
from core.errors import ProjectError
from core.file_lock import lock_handle
from core.ids import new_id
from core.places import data_dir
from core.words import tr

JOURNAL_SUFFIX: Final = ".wvj"
_FRAME: Final = struct.Struct("<II")
_PAYLOAD: Final = re.compile(rb'\{"type":"')
"""How every record begins, and many a value inside one."""


class ProjectInUse(ProjectError):
    """The project is open elsewhere; it can be opened as a copy."""


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The first record: where the edits begin."""

    schema: int
    path: str | None
    digest: str
    """Of the project file it began from; empty if there was none."""
    document: str
    """That file's content, or the untitled project in the same form."""


class Did(msgspec.Struct, frozen=True, tag=True):
    """One undo step: a command, or those of one gesture."""

    label: str
    commands: tuple[AnyCommand, ...]


class Undid(msgspec.Struct, frozen=True, tag=True):
    pass


class Redid(msgspec.Struct, frozen=True, tag=True):
    pass


class Saving(msgspec.Struct, frozen=True, tag=True):
    """Written before the project file is: if a file of this digest is found, the save had happened."""

    path: str
    digest: str


Record = Opened | Did | Undid | Redid | Saving


def journal_folder() -> Path:
    """Created on demand."""
    folder = data_dir() / "journals"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def journal_path(project_path: Path) -> Path:
    """Where the journal of the project file at this place is kept."""
    return journal_folder() / f"{path_key(project_path)}{JOURNAL_SUFFIX}"


def untitled_journal_path() -> Path:
    """A place for the journal of a project that has no file yet."""
    return journal_folder() / f"{new_id('untitled')}{JOURNAL_SUFFIX}"


@dataclass(slots=True)
class Journal:
    """Main thread. An open, locked journal; `take` makes one."""

    path: Path
    _handle: int
    _length: int = 0
    _ends: tuple[int, ...] = ()
    """Where each record that `read` found ends."""
    is_damaged: bool = False
    """Whether `read` found bytes it cannot explain by a write cut short. They stay until `cut_after`."""

    @staticmethod
    def take(path: Path) -> Journal:
        """Open (or make) and lock. Raises `ProjectInUse` if somebody else has it, `ProjectError` if it cannot be opened."""
        while True:
            try:
                handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            except OSError as error:
                raise ProjectError(
                    tr("The journal {path} cannot be opened: {reason}.", path=path, reason=reason_of(error))
                ) from None
            if not lock_handle(handle):
                os.close(handle)
                raise ProjectInUse(tr("This project is open in another window; close it there or open a copy."))
            # Its last owner may have deleted it between our open and our lock.
            if os.fstat(handle).st_nlink > 0:
                return Journal(path, handle)
            os.close(handle)

    @property
    def is_empty(self) -> bool:
        return os.fstat(self._handle).st_size == 0

    def read(self) -> tuple[Record, ...]:
        """The whole records before any damage, cutting a torn tail off and nothing else. Empty for a new journal.

        Raises `ProjectError` for an unreadable one.
        """
        data = self.content()
        frames = list(_frames(data))
        self._ends = tuple(accumulate(_FRAME.size + len(frame) for frame in frames))
        self._length = self._ends[-1] if frames else 0
        self.is_damaged = self._length < len(data) and not _is_torn(data[self._length :])
        if not self.is_damaged:
            os.ftruncate(self._handle, self._length)
        return _records(frames)

    def cut_after(self, count: int) -> Path:
        """Go on after the first `count` records; all of it is kept in a `.damaged` file beside it, whose place is returned.

        Raises `ProjectError` if that cannot be written, and the journal is as before.
        """
        content = self.content()
        copy = self.path.with_name(f"{self.path.stem}-{zlib.crc32(content):08x}.damaged")
        try:
            write_atomically(copy, content)
        except OSError as error:
            raise ProjectError(
                tr(
                    "The damaged journal {path} cannot be copied: {reason}; make room there and try again.",
                    path=self.path,
                    reason=reason_of(error),
                )
            ) from None
        self._length = self._ends[count - 1] if count else 0
        os.ftruncate(self._handle, self._length)
        self.is_damaged = False
        return copy

    def content(self) -> bytes:
        """The bytes as they are on disk."""
        with open(self._handle, "rb", closefd=False) as file:
            file.seek(0)
            return file.read()

    def fill(self, content: bytes) -> None:
        """Take over another journal's content, on disk when this returns. Raises `ProjectError`."""
        self._write_at(0, content)

    def append(self, record: Record) -> None:
        """Add a record; it is on disk when this returns. Raises `ProjectError`, and the journal is as before."""
        self._write_at(self._length, framed(record))

    def _write_at(self, start: int, data: bytes) -> None:
        try:
            os.lseek(self._handle, start, os.SEEK_SET)
            view = memoryview(data)
            while view:
                view = view[os.write(self._handle, view) :]
            os.fsync(self._handle)
            if start == 0:
                flush_folder(self.path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, start)
            raise ProjectError(
                tr(
                    "The edit was not kept, because the journal in {folder} cannot be written: "
                    "{reason}; make room there and try again.",
                    folder=self.path.parent,
                    reason=reason_of(error),
                )
            ) from None
        self._length = start + len(data)

    def release(self) -> None:
        """Let go and leave the file for a later recovery."""
        os.close(self._handle)

    def discard(self) -> None:
        """Let go of a journal nobody needs any more: its edits are saved, or were given up by the user."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, 0)
        # Windows refuses to delete an open file; the empty one means the same.
        with contextlib.suppress(OSError):
            self.path.unlink()
        os.close(self._handle)

    def set_aside(self) -> None:
        """Keep the content under another name, where it is found as recoverable, and go on empty under this one."""
        if self.is_empty:
            return
        aside = Journal.take(self.path.with_name(f"{new_id('aside')}{JOURNAL_SUFFIX}"))
        aside.fill(self.content())
        aside.release()
        self.clear()

    def clear(self) -> None:
        """Go on empty: its edits are kept elsewhere, or were given up by the user."""
        os.ftruncate(self._handle, 0)
        self._length = 0


def framed(record: Record) -> bytes:
    """A record as its bytes on disk."""
    payload = to_json(record)
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def _frames(data: bytes) -> Iterator[bytes]:
    """Payloads up to the first that is torn or does not match its CRC."""
    position = 0
    while payload := _payload_at(data, position):
        yield payload
        position += _FRAME.size + len(payload)


def _payload_at(data: bytes, position: int) -> bytes:
    """The payload of the record that begins there; empty if it is not whole."""
    if position + _FRAME.size > len(data):
        return b""
    length, crc = _FRAME.unpack_from(data, position)
    if position + _FRAME.size + length > len(data):
        return b""
    payload = data[position + _FRAME.size : position + _FRAME.size + length]
    return payload if zlib.crc32(payload) == crc else b""


def _is_torn(tail: bytes) -> bool:
    """Whether what follows the last whole record is one write cut short, and not damage with records behind it.

    A power cut leaves the beginning of the record, or its full length not yet filled, or only zeros.
    """
    if len(tail) < _FRAME.size or not tail.strip(b"\0"):
        return True
    length, _ = _FRAME.unpack_from(tail)
    if _FRAME.size + length < len(tail):
        return False
    # A damaged length looks like a short tail too; a whole record behind it tells them apart.
    return not any(_payload_at(tail, found.start() - _FRAME.size) for found in _PAYLOAD.finditer(tail, _FRAME.size + 1))


def _records(frames: list[bytes]) -> tuple[Record, ...]:
    if not frames:
        return ()
    try:
        plain: list[dict[str, Any]] = [msgspec.json.decode(frame) for frame in frames]
        schema = int(plain[0]["schema"])
        if schema > SCHEMA:
            raise ProjectError(
                tr("The unsaved edits were made by a newer Weathervane; update Weathervane to recover them.")
            )
        current = [upgraded(p, schema, steps=RECORD_STEPS) for p in plain]
        records: tuple[Record, ...] = from_builtins(current, tuple[Record, ...])
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise ProjectError(tr("The journal cannot be read: {error}.", error=error)) from None
    if not isinstance(records[0], Opened) or any(isinstance(r, Opened) for r in records[1:]):
        raise ProjectError(tr("The journal cannot be read: it does not begin with a project."))
    return records
