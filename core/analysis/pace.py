"""Long work in small steps, so that it can be dropped and whoever waits hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

Pause = Callable[[], None]
"""Called between steps of a tenth of a second or so, on the thread that works; it may raise `Cancelled`."""


def no_pause() -> None:
    """For work that nobody waits for."""


def with_pauses(items: Iterable[Item], pause: Pause) -> Iterator[Item]:
    """The items, with a pause before each."""
    for item in items:
        pause()
        yield item
