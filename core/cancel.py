"""Cooperative cancellation: a token that is checked at boundaries and unwinds as an exception."""

from __future__ import annotations

import threading


class Cancelled(Exception):
    """Nobody wants this work any more."""


class CancelToken:
    """Set from any thread, checked by the worker between pieces of work.

    Cancellation is only an optimisation: late results are rejected by serial and key.
    """

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the work is no longer wanted."""
        if self._event.is_set():
            raise Cancelled
