"""Errors, by audience: each subclass says who must read it and where it is shown.

A message is one sentence in the user's terms that names the file or the value and says what to do.
It never contains a traceback, a class name or a line break; `on_one_line` makes sure of the last.
"""

from __future__ import annotations

import traceback
from contextlib import suppress


def on_one_line(text: str) -> str:
    """Fold any white space, so that a message is exactly one line on a terminal or a status bar."""
    return " ".join(text.split())


def traceback_of(error: BaseException) -> str:
    """The whole of an error for a crash report, and at least the error itself.

    Formatting may fail of its own: it parses source lines, and the parser of CPython 3.11 trips over other threads.
    """
    with suppress(Exception):
        return "".join(traceback.format_exception(error))
    return f"{type(error).__name__}: {error}"


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, of the computer or of its graphics card, under any of the names libraries have for it.

    By name and text, so that torch and OpenCV need not be there.
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    signs = "not enough memory", "DefaultCPUAllocator", "out of memory", "Insufficient memory"
    return isinstance(error, Exception) and any(sign in str(error) for sign in signs)


class WeathervaneError(Exception):
    """Base of every error meant for a person."""

    def __init__(self, message: str) -> None:
        super().__init__(on_one_line(message))

    @property
    def message(self) -> str:
        return str(self.args[0])


class MediaError(WeathervaneError):
    """A file that cannot be read, or not to the end. Shown on the clip."""


class MemoryShortage(WeathervaneError):
    """A frame that needs more memory than is free; another may not. Shown as a `MediaError` is."""


class EditRejected(WeathervaneError):
    """An edit that cannot be applied; the project is unchanged. Shown in the status bar."""


class ProjectError(WeathervaneError):
    """A project that cannot be loaded or saved; the file on disk is untouched. Shown in a dialog."""


class ExportError(WeathervaneError):
    """An export that cannot start or go on; finished segments are kept. Shown on the export."""


class PluginError(WeathervaneError):
    """A translator that cannot be used, with its id; its row is greyed. Shown on that row."""

    def __init__(self, plugin_id: str, message: str) -> None:
        super().__init__(f"{plugin_id}: {message}")
        self.plugin_id = plugin_id


class ModelError(WeathervaneError):
    """An optional model that cannot be had, read or run; everything works without. Shown where models are managed."""


class LookError(WeathervaneError):
    """A kept look or still that cannot be read or written; the others are untouched. Shown in the status bar."""


class UsageError(WeathervaneError):
    """A value a person typed that means nothing: an unknown axis, a number out of range."""
