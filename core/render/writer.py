"""The writer: an export's pictures are converted, measured and encoded while the engine makes the next one.

One thread, jobs in the order in which they were given, and only a few of them waiting, so memory stays bounded and a
failure is met a few frames later at most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

WAITING: Final = 3
"""Jobs given and not done. Each may hold a frame."""


class Writer:
    """Called by the engine thread. Between `settle` or `drop` and the next `put` its thread does nothing."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="export-writer")
        self._given: deque[Future[None]] = deque()

    def put(self, job: Callable[[], None]) -> None:
        """Have this done after all that was given before. Waits while too much is undone; raises what an earlier job did."""
        while len(self._given) >= WAITING:
            self._given.popleft().result()
        self._given.append(self._pool.submit(job))

    def settle(self) -> None:
        """Wait until all is done. Raises what a job did."""
        while self._given:
            self._given.popleft().result()

    def drop(self) -> None:
        """Forget what has not begun, and wait for the job that has, however it ends."""
        for job in self._given:
            job.cancel()
        wait(self._given)
        self._given.clear()

    def close(self) -> None:
        """Drop the rest and end the thread."""
        self.drop()
        self._pool.shutdown()
