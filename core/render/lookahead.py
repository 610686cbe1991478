"""The look-ahead: while the engine thread translates a frame, a worker reads and analyses the ones that come next.

It makes nothing that the engine could not make itself, with the same bits; it only makes it earlier. What it finishes it
puts into the shared caches, whole; what fails it drops, and whoever needs that frame meets the failure on the engine
thread. It never analyses a whole shot: that reports, and is the engine's.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from core.cancel import CancelToken
from core.render.nodes import Analysis, Decode, FramePlan
from core.render.sources import Sources

FRAMES_AHEAD: Final = 3
"""Frames made before they are asked for: enough to even out slow ones, few enough to drop without regret."""
CHECK_EVERY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Errand:
    """A source frame to read and, where it will be translated, to analyse. Known by the name of the frame."""

    source: Decode
    analysis: Analysis | None


def errand_of(plan: FramePlan) -> Errand | None:
    """None where the timeline is empty."""
    if not isinstance(plan.source, Decode):
        return None
    return Errand(plan.source, plan.translation.analysis if plan.translation else None)


class LookAhead:
    """One worker thread with `Sources` of its own, started by the first errand.

    Engine thread: `want`, `finish`, `close`. The worker takes one errand at a time, in order.
    """

    def __init__(self, open_sources: Callable[[], Sources]) -> None:
        self._open_sources = open_sources
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        # Under the lock:
        self._waiting: deque[Errand] = deque()
        self._at_work: Errand | None = None
        self._unwanted = CancelToken()
        """Of the errand at work."""
        self._is_closed = False

    def want(self, errands: Iterable[Errand]) -> None:
        """Do these, in order, and nothing that was wanted before. Returns at once."""
        wanted = tuple(errands)
        with self._changed:
            if self._at_work not in wanted:
                self._unwanted.cancel()
            self._waiting = deque(errand for errand in wanted if errand != self._at_work)
            self._changed.notify_all()
        if wanted and self._thread is None:
            self._thread = threading.Thread(target=self._work, name="look-ahead", daemon=True)
            self._thread.start()

    def finish(self, key: str, cancel: CancelToken) -> None:
        """Wait until the worker is done with a frame, if it was sent for it. Raises `Cancelled`."""
        with self._changed:
            while self._is_pending(key):
                cancel.check()
                self._changed.wait(CHECK_EVERY_S)

    def close(self) -> None:
        """Give up the work at hand and wait for the worker to leave."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._unwanted.cancel()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _is_pending(self, key: str) -> bool:
        pending = (self._at_work, *self._waiting)
        return any(errand is not None and errand.source.key == key for errand in pending)

    # ---- worker thread --------------------------------------------------------------------------------------------

    def _work(self) -> None:
        sources = self._open_sources()
        try:
            while (errand := self._next()) is not None:
                with suppress(Exception):  # whoever needs the frame makes it again, and meets the same failure
                    _prepare(errand, sources, self._unwanted)
        finally:
            with self._changed:  # nobody may wait for a worker that is gone
                self._is_closed, self._at_work = True, None
                self._waiting.clear()
                self._changed.notify_all()
            sources.close()

    def _next(self) -> Errand | None:
        """The next errand, waiting for one; None when closed."""
        with self._changed:
            self._at_work = None
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_closed or self._waiting)
            if self._is_closed:
                return None
            self._at_work, self._unwanted = self._waiting.popleft(), CancelToken()
            return self._at_work


def _prepare(errand: Errand, sources: Sources, cancel: CancelToken) -> None:
    if errand.analysis is not None and sources.is_understood(errand.analysis):
        sources.maps(errand.analysis, errand.source, cancel)
    sources.decoded(errand.source, cancel)
