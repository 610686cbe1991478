"""The library of looks: one readable JSON file a look in the user's data folder, with every version that was ever saved.

    {"weathervane": {"look": 1}, "id": "look-5f1c…", "name": "Wet dusk",
     "versions": [{"number": 1, "saved": "2026-11-23T07:40:00+00:00", "note": "", "recipe": {…}}]}

Versions are only ever added, and carried from save to save as the bytes they were, so what a newer Weathervane wrote into
them is not lost. A file that cannot be read is said and left alone. What is removed goes to a trash beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from core.document.edits import checked_name
from core.document.recipe import Recipe
from core.document.storage import reason_of, write_atomically
from core.errors import EditRejected, LookError
from core.ids import new_id
from core.looks.format import decode_recipe, encode_recipe
from core.words import Note, tr

FORMAT: Final = 1
SUFFIX: Final = ".wvlook"
"""Of a look that was exported. In the library they are plain `.json`."""
LARGEST: Final = 64 << 20
"""Bytes of a look; no hand has ever painted as many strokes."""
TRASH: Final = "trash"


class _Format(msgspec.Struct):
    look: int


class _Version(msgspec.Struct):
    number: int
    saved: str
    recipe: msgspec.Raw
    note: str = ""
    again: int = 0


class _File(msgspec.Struct):
    weathervane: _Format
    id: str
    name: str
    versions: tuple[msgspec.Raw, ...]


@dataclass(frozen=True, slots=True)
class LookVersion:
    """One save of a look. `notes` say what of it this Weathervane cannot use."""

    number: int
    saved: datetime
    note: str
    recipe: Recipe
    notes: tuple[Note, ...] = ()
    again: int = 0
    """The version that this one brought back; 0 where a person saved it."""


@dataclass(frozen=True, slots=True)
class SavedLook:
    """A look with its versions, the newest first; there is one at least."""

    id: str
    name: str
    versions: tuple[LookVersion, ...]

    @property
    def newest(self) -> LookVersion:
        return self.versions[0]

    def version(self, number: int) -> LookVersion:
        """Raises `LookError`."""
        found = next((v for v in self.versions if v.number == number), None)
        if found is None:
            raise LookError(tr("The look “{name}” has no version {number}.", name=self.name, number=number))
        return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a folder holds: looks by name, and a sentence for each file that cannot be read."""

    looks: tuple[SavedLook, ...] = ()
    problems: tuple[str, ...] = ()


class LookLibrary:
    """Looks in one folder. Main thread. What cannot be written raises `LookError`, and the file on disk is as it was."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[tuple[int, int], SavedLook | str]] = {}

    # ---- reading --------------------------------------------------------------------------------------------------

    def shelf(self) -> Shelf:
        """All looks as they are on disk now; files that did not change are not read again."""
        return self._shelf(self._folder)

    def trash(self) -> Shelf:
        """What was removed, and can be brought back."""
        return self._shelf(self._folder / TRASH)

    def look(self, id_: str) -> SavedLook:
        """Raises `LookError`."""
        return self._found(self._folder, id_)[1]

    def _shelf(self, folder: Path) -> Shelf:
        read = [self._at(path) for path in sorted(folder.glob("*.json"))]
        looks = {found.id: found for found in read if isinstance(found, SavedLook)}
        problems = tuple(found for found in read if isinstance(found, str))
        return Shelf(tuple(sorted(looks.values(), key=lambda look: look.name.casefold())), problems)

    def _at(self, path: Path) -> SavedLook | str:
        try:
            facts = path.stat()
            stamp = facts.st_mtime_ns, facts.st_size
            kept = self._read.get(path)
            if kept is None or kept[0] != stamp:
                kept = self._read[path] = stamp, _look_of(_decoded(path))
        except LookError as error:
            return error.message
        except OSError as error:
            return tr("The look {name} cannot be read: {reason}.", name=path.name, reason=reason_of(error))
        return kept[1]

    def _found(self, folder: Path, id_: str) -> tuple[Path, SavedLook]:
        for path in folder.glob("*.json"):
            found = self._at(path)
            if isinstance(found, SavedLook) and found.id == id_:
                return path, found
        raise LookError(tr("That look is no longer in the library."))

    # ---- writing --------------------------------------------------------------------------------------------------

    def add(self, name: str, recipe: Recipe, note: str = "") -> SavedLook:
        """A new look, at version 1."""
        tidy, id_ = _tidy(name), new_id("look")
        path = self._folder / f"{_slug(tidy)}-{id_.removeprefix('look-')}.json"
        return self._write(
            path, _File(_Format(FORMAT), id_, tidy, (_stored(1, msgspec.Raw(encode_recipe(recipe)), note),))
        )

    def add_version(self, id_: str, recipe: Recipe, note: str = "") -> SavedLook:
        """The next version of a look; those before it stay."""
        path, _look = self._found(self._folder, id_)
        return self._append(path, recipe=msgspec.Raw(encode_recipe(recipe)), note=note)

    def restore(self, id_: str, number: int) -> SavedLook:
        """Make an earlier version the newest, by adding it again."""
        path, look = self._found(self._folder, id_)
        look.version(number)
        stored = next(v for v in _readable(_decoded(path)) if v.number == number)
        return self._append(path, recipe=stored.recipe, note=stored.note, again=number)

    def rename(self, id_: str, name: str) -> SavedLook:
        path, _look = self._found(self._folder, id_)
        return self._write(path, msgspec.structs.replace(_decoded(path), name=_tidy(name)))

    def remove(self, id_: str) -> SavedLook:
        """Into the trash, with all its versions."""
        return self._move(id_, self._folder, self._folder / TRASH)

    def bring_back(self, id_: str) -> SavedLook:
        """Out of the trash again."""
        return self._move(id_, self._folder / TRASH, self._folder)

    def export(self, id_: str, out: Path) -> None:
        """A copy of a look with all its versions, for another computer."""
        path, look = self._found(self._folder, id_)
        try:
            write_atomically(out, path.read_bytes())
        except OSError as error:
            reason = reason_of(error)
            raise LookError(
                tr("The look “{name}” was not written to {path}: {reason}.", name=look.name, path=out, reason=reason)
            ) from None

    def take_in(self, path: Path) -> SavedLook:
        """A look from a file; one that is in the library already comes in beside it."""
        file = _decoded(path)
        _look_of(file)
        id_ = new_id("look")
        out = self._folder / f"{_slug(file.name)}-{id_.removeprefix('look-')}.json"
        return self._write(out, msgspec.structs.replace(file, id=id_))

    def _append(self, path: Path, *, recipe: msgspec.Raw, note: str, again: int = 0) -> SavedLook:
        file = _decoded(path)
        number = 1 + max((v.number for v in _readable(file)), default=0)
        return self._write(
            path, msgspec.structs.replace(file, versions=(*file.versions, _stored(number, recipe, note, again)))
        )

    def _write(self, path: Path, file: _File) -> SavedLook:
        content = msgspec.json.format(msgspec.json.encode(file), indent=2)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
        except OSError as error:
            reason = reason_of(error)
            raise LookError(
                tr(
                    "The look “{name}” was not saved in {path}: {reason}.",
                    name=file.name,
                    path=path.parent,
                    reason=reason,
                )
            ) from None
        self._read.pop(path, None)
        return _look_of(_decoded(path))

    def _move(self, id_: str, source: Path, target: Path) -> SavedLook:
        path, look = self._found(source, id_)
        try:
            target.mkdir(parents=True, exist_ok=True)
            path.replace(target / path.name)
        except OSError as error:
            reason = reason_of(error)
            raise LookError(
                tr("The look “{name}” was not moved to {path}: {reason}.", name=look.name, path=target, reason=reason)
            ) from None
        return look


def read_look(path: Path) -> SavedLook:
    """A look from any file, as the library or an export wrote it. Raises `LookError`."""
    return _look_of(_decoded(path))


def _decoded(path: Path) -> _File:
    """Raises `LookError`."""
    try:
        if path.stat().st_size > LARGEST:
            raise LookError(tr("{name} is too large to be a look.", name=path.name))
        content = path.read_bytes()
    except OSError as error:
        reason = reason_of(error)
        raise LookError(tr("The look {name} cannot be read: {reason}.", name=path.name, reason=reason)) from None
    try:
        file = msgspec.json.decode(content, type=_File)
        if file.weathervane.look > FORMAT:
            raise LookError(
                tr("The look {name} was saved by a newer Weathervane; update Weathervane to use it.", name=path.name)
            )
        if not file.versions or not file.id:
            raise ValueError("no version")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise LookError(
            tr("The look {name} is damaged; move it out of {folder} or replace it.", name=path.name, folder=path.parent)
        ) from None
    return file


def _readable(file: _File) -> Iterator[_Version]:
    """The versions whose number and recipe can be told, whatever is in the recipe."""
    for raw in file.versions:
        with suppress(msgspec.MsgspecError):
            yield msgspec.json.decode(raw, type=_Version)


def _look_of(file: _File) -> SavedLook:
    """Versions that cannot be used are passed over while one can. Raises `LookError`."""
    found, problem = [], LookError(tr("The look “{name}” has no version that can be read.", name=file.name))
    for version in _readable(file):
        try:
            saved = datetime.fromisoformat(version.saved)
            read = decode_recipe(msgspec.json.decode(version.recipe), file.name)
            found.append(LookVersion(version.number, saved, version.note, read.recipe, read.notes, version.again))
        except ValueError:
            continue
        except LookError as error:
            problem = error
    if not found:
        raise problem
    return SavedLook(file.id, file.name, _newest_first(found))


def _newest_first(versions: Iterable[LookVersion]) -> tuple[LookVersion, ...]:
    return tuple(sorted({v.number: v for v in versions}.values(), key=lambda v: v.number, reverse=True))


def _stored(number: int, recipe: msgspec.Raw, note: str, again: int = 0) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(_Version(number, _now(), recipe, note.strip(), again)))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _tidy(name: str) -> str:
    try:
        return checked_name(name)
    except EditRejected as error:
        raise LookError(error.message) from None


def _slug(name: str) -> str:
    """The readable part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "look"
