"""CrashGuard: what nobody caught is written to a file and said in one sentence; the window lives on.

PySide hands what a slot raised to `sys.excepthook` and goes on with the next event, so keeping the window alive needs no
more than a hook that does not end the program.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QObject, Signal

from core.places import data_dir
from core.words import tr

LOG_BYTES: Final = 1 << 20
LOGS_KEPT: Final = 3
log = logging.getLogger("weathervane.faults")


def log_path() -> Path:
    folder = data_dir() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "weathervane.log"


class CrashGuard(QObject):
    """Between `install` and `remove` it hears the main thread's uncaught exceptions and those of other threads."""

    told = Signal(str)
    """One sentence. Emitted on the thread that failed; a connection to a widget is queued by Qt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = log_path()
        self._before = sys.excepthook
        self._before_threads = threading.excepthook
        self._handler: logging.Handler | None = None
        self._is_telling = False

    def install(self) -> None:
        """Errors of every part of the program are written to the log from here on; a crash of the interpreter too."""
        self._handler = RotatingFileHandler(
            self.path, maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, encoding="utf-8", delay=True
        )
        self._handler.setLevel(logging.WARNING)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(self._handler)
        self._before, self._before_threads = sys.excepthook, threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = lambda args: self._on_exception(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )
        if not faulthandler.is_enabled():
            faulthandler.enable()

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._before, self._before_threads
        if self._handler is not None:
            logging.getLogger().removeHandler(self._handler)
            self._handler.close()
            self._handler = None

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        log.error("uncaught", exc_info=(kind, error, trace))
        self._before(kind, error, trace)  # the terminal sees it too
        if self._is_telling:  # telling itself failed: once in the log is enough
            return
        self._is_telling = True
        try:
            self.told.emit(
                tr("Something went wrong and the last action may be incomplete; details are in {path}.", path=self.path)
            )
        finally:
            self._is_telling = False
