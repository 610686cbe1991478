"""The street as a run of frames, drawn a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from core.cancel import CancelToken
from core.world.model import World
from core.world.render import WorldFrame, render

WORKERS = 2
"""Numpy lets go of the interpreter in its loops, so two threads draw nearly twice as fast on two cores."""


def render_film(world: World, frames: int, width: int, height: int, cancel: CancelToken) -> Iterator[WorldFrame]:
    """Frames 0 … `frames` - 1 in order, at most `WORKERS` ahead of the caller. Raises `Cancelled` between frames."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="world") as pool:
        ahead: list[Future[WorldFrame]] = []
        submitted = 0
        for _ in range(frames):
            while submitted < frames and len(ahead) <= WORKERS:
                ahead.append(pool.submit(render, world, submitted, width, height))
                submitted += 1
            cancel.check()
            yield ahead.pop(0).result()
