"""A lock on an open file that dies with the process: who holds it owns what the file stands for."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_LOCKED_BYTE: Final = 1 << 40
"""Windows locks bytes, not files, and forbids reading them: one far behind any file's end."""

if sys.platform == "win32":
    import msvcrt

    def lock_handle(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def lock_handle(handle: int) -> bool:
        """Whether the lock was free. It belongs to this opening of the file and dies with it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class FileLock:
    """A lock on a file that holds nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Whether it is ours, now or before. Raises `OSError` where the file cannot be made."""
        if self._handle is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if lock_handle(handle):
            self._handle = handle
            return True
        os.close(handle)
        return False

    def close(self) -> None:
        """Let others have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
