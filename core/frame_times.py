"""What is asked of a medium's PTS table by whoever cannot see `core.media`."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from core.timebase import Time


class FrameTimes(Protocol):
    """The PTS table of a medium, as `core.media` builds it. Instants count from the first frame."""

    @property
    def time_base(self) -> Fraction:
        """Seconds a tick."""
        ...

    @property
    def count(self) -> int: ...
    @property
    def damaged(self) -> tuple[int, ...]:
        """Frames that are known to be broken or missing; others may turn out to be."""
        ...

    def frame_at(self, time: Time) -> int:
        """The frame on screen at an instant, clamped to the first and the last."""
        ...

    def time_of(self, frame: int) -> Time: ...
    def duration_of(self, frame: int) -> Time: ...
