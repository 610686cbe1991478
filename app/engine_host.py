"""EngineHost: the thread that owns the engine, torch and the device. Nothing else in the app ever touches them."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal

from core.render.messages import EngineFault, Event, Request

log = logging.getLogger(__name__)

Emit = Callable[[Event], None]


class SteppedEngine(Protocol):
    """What the host needs of an engine."""

    def post(self, request: Request) -> None:
        """Any thread."""
        ...

    def step(self) -> bool:
        """Engine thread. One piece of work; False when there was none."""
        ...

    def close(self) -> None:
        """Engine thread."""
        ...


class EngineHost(QThread):
    """Loops `Engine.step()`. `build` runs on the thread itself, because it imports torch and that takes seconds.

    Requests posted before the engine stands are kept and handed over in order. Faults that escape a step are reported
    and the loop goes on; a failing `build` ends the thread with one `EngineFault`.
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
        # set from anywhere
        self._wake = threading.Event()
        self._is_closing = threading.Event()

    def post(self, request: Request) -> None:
        """Any thread; returns at once."""
        with self._lock:
            engine = self._engine
            if engine is None:
                self._early.append(request)
        if engine is not None:
            engine.post(request)
            self._wake.set()

    def close(self) -> None:
        """Main thread. Ends the loop after the running step and waits for it."""
        self._is_closing.set()
        self._wake.set()
        self.wait()

    def run(self) -> None:
        """Engine thread."""
        try:
            engine = self._build(self.happened.emit)
        except Exception as error:
            log.exception("the engine could not be built")
            self.happened.emit(EngineFault(f"The renderer could not start: {error}", traceback.format_exc()))
            return
        with self._lock:
            self._engine, early = engine, self._early
            for request in early:
                engine.post(request)
            self._early = []
        self.ready.emit()
        try:
            while not self._is_closing.is_set():
                self._wake.clear()
                if not self._step(engine):
                    self._wake.wait()
        finally:
            with self._lock:
                self._engine = None
            engine.close()

    def _step(self, engine: SteppedEngine) -> bool:
        try:
            return engine.step()
        except Exception as error:
            log.exception("a step of the engine failed")
            self.happened.emit(EngineFault(f"Rendering stopped: {error}", traceback.format_exc()))
            return False
