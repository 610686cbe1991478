"""The thread that counts pictures for the scopes: always the newest, what it has no time for is left out."""

from __future__ import annotations

import logging
import threading

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QThread, Signal

from core.evaluation.scopes import traces
from core.render.messages import Layer

log = logging.getLogger(__name__)


class ScopeWorker(QThread):
    """Main thread, except `run`."""

    counted = Signal(object, object)
    """The `Traces` of the newest picture, and the layer that it is of."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scopes")
        self._changed = threading.Condition()
        self._next: tuple[npt.NDArray[np.uint8], Layer] | None = None
        self._is_closed = False

    def count(self, picture: npt.NDArray[np.uint8], layer: Layer) -> None:
        """(H, W, 4) B G R codes that nobody writes to any more."""
        with self._changed:
            self._next = picture, layer
            self._changed.notify()
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        """Its own thread."""
        while True:
            with self._changed:
                while self._next is None and not self._is_closed:
                    self._changed.wait()
                wanted, self._next = self._next, None
                if self._is_closed or wanted is None:
                    return
            picture, layer = wanted
            try:
                found = traces(picture)
            except Exception:
                log.exception("counting a picture for the scopes")
                continue
            self.counted.emit(found, layer)
