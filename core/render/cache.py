"""Finished results by name: get, put, evict. Memory holds what the playhead is near; disk holds what no edit can change.

Nothing is invalidated, because a name says everything that made the value: what nobody asks for any more is evicted.
Only complete results are put, after the last cancel check. Any thread: the engine's, and the look-ahead's before it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from core.ids import MediaId

Value = TypeVar("Value")

BEHIND: Final = 2
"""A frame behind the playhead counts as this much farther than one ahead: people play forward."""
ELSEWHERE: Final = 1 << 40
"""Distance of frames of another medium."""


@dataclass(frozen=True, slots=True)
class Place:
    """A frame on its source's axis; where the playhead stands, or where a result belongs."""

    media: MediaId
    frame: int

    def distance(self, playhead: Place | None) -> int:
        if playhead is None or playhead.media != self.media:
            return ELSEWHERE
        ahead = self.frame - playhead.frame
        return ahead if ahead >= 0 else -ahead * BEHIND


@dataclass(slots=True)
class _Entry(Generic[Value]):
    value: Value
    size: int
    place: Place
    used: int
    """Number of the last use: among equals the one unused for longest goes."""


class MemoryCache(Generic[Value]):
    """Values by name under a budget in bytes, the farthest from the playhead evicted first. Values are shared, never copied."""

    def __init__(self, budget_bytes: int, size_of: Callable[[Value], int]) -> None:
        self.budget_bytes = budget_bytes
        self.playhead: Place | None = None
        """What is made now. Set by the engine thread alone, as is `shown`."""
        self.shown: Place | None = None
        """What is on the screen: it stays wherever the playhead of a prefetch or an export goes."""
        self._size_of = size_of
        self._lock = threading.Lock()
        # Under the lock:
        self._entries: dict[str, _Entry[Value]] = {}
        self._bytes = 0
        self._uses = 0

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def used_bytes(self) -> int:
        return self._bytes

    def get(self, key: str) -> Value | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._uses += 1
            entry.used = self._uses
            return entry.value

    def put(self, key: str, value: Value, place: Place) -> bool:
        """Keep a finished value. False if it was not kept because everything else is nearer to the playhead."""
        size = self._size_of(value)
        with self._lock:
            self._drop(key)
            self._uses += 1
            self._entries[key] = _Entry(value, size, place, self._uses)
            self._bytes += size
            while self._bytes > self.budget_bytes:
                self._drop(self._farthest())
            return key in self._entries

    def evict(self, key: str) -> None:
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def places(self) -> Iterator[tuple[str, Place]]:
        """Every name kept now and where it belongs, in no order."""
        with self._lock:
            kept = tuple((key, entry.place) for key, entry in self._entries.items())
        return iter(kept)

    def _drop(self, key: str) -> None:
        if (entry := self._entries.pop(key, None)) is not None:
            self._bytes -= entry.size

    def _farthest(self) -> str:
        entries = self._entries
        shown, playhead = self.shown, self.playhead
        return max(
            entries, key=lambda k: (entries[k].place != shown, entries[k].place.distance(playhead), -entries[k].used)
        )


Arrays = dict[str, npt.NDArray[Any]]

_parsing = threading.Lock()
"""NumPy reads the head of an array with Python's parser, which in CPython 3.11 fails where two threads use it at once."""


class DiskCache:
    """Arrays by name in a folder of `.npz` files, the ones unused for longest evicted. Any thread.

    A file is written aside and renamed, so it is whole or absent; one that cannot be read is a miss and is removed. A disk
    that is full or refuses costs only the saving.
    """

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self._folder = folder
        self.budget_bytes = budget_bytes
        self._counting = threading.Lock()
        self._bytes: int | None = None
        """Under the lock; None until the folder was counted."""

    def get(self, key: str) -> Arrays | None:
        path = self._path(key)
        try:
            with path.open("rb") as file, _parsing, np.load(file, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files}
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        return found

    def has(self, key: str) -> bool:
        """Whether a file of this name is there; reading it may still be a miss."""
        return self._path(key).is_file()

    def put(self, key: str, arrays: Arrays) -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    np.savez(file, allow_pickle=False, **arrays)
                Path(aside).replace(path)
            except BaseException:
                Path(aside).unlink(missing_ok=True)
                raise
            size = path.stat().st_size
            with self._counting:
                self._grow(size)
        except OSError:
            return

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.npz"

    def _grow(self, by: int) -> None:
        """Count what is kept; past the budget, remove the oldest down to nine tenths of it."""
        self._bytes = self._bytes + by if self._bytes is not None else sum(s for _, s, _ in self._files())
        if self._bytes <= self.budget_bytes:
            return
        for _, size, path in sorted(self._files()):
            if self._bytes <= self.budget_bytes * 9 // 10:
                return
            path.unlink(missing_ok=True)
            self._bytes -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._folder.glob("*/*.npz"):
            with contextlib.suppress(FileNotFoundError):
                facts = path.stat()
                yield facts.st_mtime, facts.st_size, path
