"""One long job beside the window: drawing the demo, say. Main thread, except `run`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from core.cancel import Cancelled, CancelToken
from core.errors import WeathervaneError
from core.progress import ProgressSink
from core.words import tr

log = logging.getLogger(__name__)


class Background(QThread):
    """Runs `work(progress, cancel)` on a thread of its own; then exactly one of `done`, `failed` and neither (cancelled)."""

    progressed = Signal(object)
    """A `core.progress.Progress`."""
    done = Signal(object)
    """What the work returned."""
    failed = Signal(str)

    def __init__(self, work: Callable[[ProgressSink, CancelToken], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancel = CancelToken()

    def run(self) -> None:
        """Its own thread."""
        try:
            self.done.emit(self._work(self.progressed.emit, self._cancel))
        except Cancelled:
            pass
        except WeathervaneError as error:
            self.failed.emit(error.message)
        except Exception as error:
            log.exception("a background job failed")
            self.failed.emit(tr("Something went wrong: {error}.", error=error))

    def cancel(self) -> None:
        """Give up at the job's next boundary."""
        self._cancel.cancel()

    def close(self) -> None:
        """Cancel, and wait for the job's next boundary."""
        self._cancel.cancel()
        self.wait()
