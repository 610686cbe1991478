"""Progress of a long job: how much is done, and an honest guess of the time left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

FRAMES_BEFORE_A_GUESS = 5
"""Below this many finished frames no time left is shown; the first frames pay for warm-up."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A point in a job. `done` and `total` count frames; `elapsed_s` is wall time since the start."""

    stage: str
    done: int
    total: int
    elapsed_s: float

    @property
    def fraction(self) -> float:
        """Share done, 0..1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def rate_hz(self) -> float | None:
        """Frames a second so far, or None before there is anything to divide."""
        return self.done / self.elapsed_s if self.done and self.elapsed_s > 0 else None

    @property
    def left_s(self) -> float | None:
        """Seconds left, or None until enough frames are done to say."""
        if self.done < FRAMES_BEFORE_A_GUESS or not self.rate_hz:
            return None
        return (self.total - self.done) / self.rate_hz


ProgressSink = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """The sink for callers that do not show progress."""
