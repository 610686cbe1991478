"""Following a shot: the pass over every frame that tells where the camera and the objects are, a slice at a time.

A pass is one call of the analyser that reads thousands of frames. It runs on a thread of its own with decoders of its own,
and stands still at every frame until whoever drives it lets it go on: so the engine fits it between other work, whatever
is more urgent waits no longer than for one frame, and nothing that was looked at is looked at again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from time import monotonic
from typing import Final

from core.cancel import CancelToken
from core.progress import Progress
from core.render.nodes import Analysis
from core.render.services import Services
from core.render.sources import Sources, Trackings
from core.scene import Scene
from core.words import msg

SLICE_S: Final = 0.04
"""How long a pass goes on by itself where nothing is urgent."""
PASSES_KEPT: Final = 3
"""Shots half followed at once: whoever goes to and fro between two of them begins neither anew."""
FOLLOWING: Final = msg("Following the camera")

Track = Callable[["PauseToken", Callable[[Progress], None]], None]


class PauseToken(CancelToken):
    """Keeps whoever checks it waiting until it is their turn."""

    __slots__ = ("_pause",)

    def __init__(self, pause: Callable[[], None]) -> None:
        super().__init__()
        self._pause = pause

    def check(self) -> None:
        self._pause()
        super().check()


class Pass:
    """One pass on its thread. `advance` and `close` from the thread that drives it."""

    def __init__(self, track: Track, is_urgent: Callable[[], bool]) -> None:
        self._track = track
        self._is_urgent = is_urgent
        self._token = PauseToken(self._pause)
        self._thread = threading.Thread(target=self._work, name="following", daemon=True)
        self._changed = threading.Condition()
        # Under the lock:
        self._may_work = False
        self._is_over = False
        self._problem: BaseException | None = None
        self._progress = Progress(FOLLOWING, 0, 0, 0.0)
        # The pass's own:
        self._began = 0.0
        self._worked_s = 0.0

    def advance(self) -> Progress | None:
        """Let it go on for a slice; how far it is, or None where it is done. Raises what it failed with."""
        with self._changed:
            if not self._is_over:
                self._may_work = True
                if not self._thread.is_alive():
                    self._thread.start()
                self._changed.notify_all()
                self._changed.wait_for(lambda: not self._may_work)
            if self._problem is not None:
                raise self._problem
            return None if self._is_over else self._progress

    def close(self) -> None:
        """Give up what is not done, and wait for the thread to leave."""
        self._token.cancel()
        with self._changed:
            self._may_work = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    # ---- the pass's thread ----------------------------------------------------------------------------------------

    def _work(self) -> None:
        self._began = monotonic()
        try:
            self._track(self._token, self._say)
        except BaseException as problem:  # whoever drives it hears of it
            self._problem = problem
        finally:
            with self._changed:
                self._is_over, self._may_work = True, False
                self._changed.notify_all()

    def _say(self, progress: Progress) -> None:
        """Time in which it had to wait says nothing of how long the rest will take."""
        spent = self._worked_s + monotonic() - self._began
        with self._changed:
            self._progress = replace(progress, stage=FOLLOWING, elapsed_s=spent)

    def _pause(self) -> None:
        """Wait for the next slice where this one is used up or something is urgent."""
        if self._token.is_cancelled or (monotonic() - self._began < SLICE_S and not self._is_urgent()):
            return
        self._worked_s += monotonic() - self._began
        with self._changed:
            self._may_work = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._may_work or self._token.is_cancelled)
        self._began = monotonic()


class Followers:
    """The passes under way. One thread, the engine's."""

    def __init__(self, services: Services, trackings: Trackings, is_urgent: Callable[[], bool]) -> None:
        self._services = services
        self._trackings = trackings
        self._is_urgent = is_urgent
        self._passes: dict[str, Pass] = {}
        """By the name of what they make, the one last driven at the end."""

    def advance(self, node: Analysis, scene: Scene) -> Progress | None:
        """One slice of following the node's shot; None where it is known. Raises `MediaError` and whatever the analyser does."""
        key = node.tracking_key
        self._passes[key] = one = self._passes.pop(key, None) or Pass(self._tracker(node, scene), self._is_urgent)
        for old in tuple(self._passes)[:-PASSES_KEPT]:
            self._drop(old)
        try:
            progress = one.advance()
        except BaseException:
            self._drop(key)
            raise
        if progress is None:
            self._drop(key)
        return progress

    def close(self) -> None:
        for key in tuple(self._passes):
            self._drop(key)

    def _drop(self, key: str) -> None:
        if (one := self._passes.pop(key, None)) is not None:
            one.close()

    def _tracker(self, node: Analysis, scene: Scene) -> Track:
        def track(token: PauseToken, say: Callable[[Progress], None]) -> None:
            with closing(Sources(self._services, lambda _, now: say(now), self._trackings)) as sources:
                sources.follow(node, scene, token)

        return track
