"""EngineHost: the thread that owns the engine, torch and the device. Nothing else in the app ever touches them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

from PySide6.QtCore import QObject, QThread, Signal

from core.errors import traceback_of
from core.render.messages import EngineFault, Event, Request
from core.words import tr

log = logging.getLogger(__name__)

Emit = Callable[[Event], None]

IDLE_WAIT_S: Final = 5.0
"""How long an idle step waits for a request before it looks round; a request or `stop` wakes it at once."""


class SteppedEngine(Protocol):
    """What the host needs of an engine."""

    def post(self, request: Request) -> None:
        """Any thread."""
        ...

    def step(self, timeout_s: float = 0.0) -> bool:
        """Engine thread. One piece of work, waiting for one up to `timeout_s`; False when there was none."""
        ...

    def stop(self) -> None:
        """Any thread. Give up the work at hand at its next boundary; `step` returns at once from now on."""
        ...

    def close(self) -> None:
        """Engine thread."""
        ...


class EngineHost(QThread):
    """Loops `Engine.step()`. `build` runs on the thread itself, because it imports torch and that takes seconds.

    Requests posted before the engine stands are kept and handed over in order. A failing `build` ends the thread with
    one `EngineFault`.
    """

    happened = Signal(object)
    """An `Event`, delivered on the receiver's thread."""
    ready = Signal()

    def __init__(self, build: Callable[[Emit], SteppedEngine], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engine")
        self._build = build
        self._lock = threading.Lock()
        # under the lock
        self._early: list[Request] = []
        self._engine: SteppedEngine | None = None
        self._is_closing = False

    def post(self, request: Request) -> None:
        """Any thread; returns at once."""
        with self._lock:
            engine = self._engine
            if engine is None:
                self._early.append(request)
        if engine is not None:
            engine.post(request)

    def close(self) -> None:
        """Main thread. Asks the running step to give up, ends the loop and waits for it."""
        with self._lock:
            self._is_closing, engine = True, self._engine
        if engine is not None:
            engine.stop()
        self.wait()

    def run(self) -> None:
        """Engine thread."""
        try:
            engine = self._build(self.happened.emit)
        except Exception as error:
            log.exception("the engine could not be built")
            self.happened.emit(
                EngineFault(tr("The renderer could not start: {error}", error=error), traceback_of(error))
            )
            return
        with self._lock:
            is_closing, early = self._is_closing, self._early
            self._engine, self._early = engine, []
            for request in early:
                engine.post(request)
        try:
            if not is_closing:
                self.ready.emit()
                self._loop(engine)
        finally:
            with self._lock:
                self._engine = None
            engine.close()

    def _loop(self, engine: SteppedEngine) -> None:
        while not self._is_closing:
            engine.step(IDLE_WAIT_S)
