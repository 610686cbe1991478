"""The player: moves the playhead by a clock, and counts honestly what was shown and what was not."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.playback.clock import Clock, MonotonicClock
from core.timebase import Time, TimeRange

TICK_MS: Final = 8
MAX_SPEED: Final = 8
ClockFactory = Callable[[Time, int], Clock]
"""(where playback starts, speed) -> a clock; only speed 1 is heard."""


def silent_clock(_start: Time, _speed: int) -> Clock:
    return MonotonicClock()


def next_speed(speed: int, direction: int) -> int:
    """J and L: start at one, double at each press, and turn round through one."""
    if speed * direction <= 0:
        return direction
    return direction * min(MAX_SPEED, abs(speed) * 2)


class Player(QObject):
    """Main thread. `speed` is 0 when stopped, negative in reverse. Emits `moved` once per frame that is due."""

    moved = Signal(object)
    """The `Time` of the frame that is due."""
    speed_changed = Signal(int)

    def __init__(self, clocks: ClockFactory = silent_clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clocks = clocks
        self._clock: Clock | None = None
        self._start = Time(Fraction(0))
        self._range = TimeRange(self._start, self._start)
        self._rate = Fraction(25)
        self._frame = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.speed = 0
        self.is_looping = True
        self.count = PlaybackCount()

    @property
    def is_playing(self) -> bool:
        return self.speed != 0

    def play(self, speed: int, at: Time, span: TimeRange, rate: Fraction) -> None:
        """From `at` inside `span`; at the far end it starts over."""
        self._stop_clock()
        if span.is_empty or speed == 0:
            return
        last = Time.from_frame(span.end.to_frame_ceil(rate) - 1, rate)
        if speed > 0 and (at >= last or at < span.start):
            at = span.start
        elif speed < 0 and (at <= span.start or at > last):
            at = last
        self._start, self._range, self._rate = at, span, rate
        self._frame = at.to_frame(rate)
        self._clock = self._clocks(at, speed)
        self._clock.start()
        self.count.restart()
        self.speed = speed
        self._timer.start()
        self.speed_changed.emit(speed)

    def stop(self) -> None:
        if self.speed:
            self._stop_clock()
            self.speed = 0
            self.speed_changed.emit(0)

    def _stop_clock(self) -> None:
        self._timer.stop()
        if self._clock is not None:
            self._clock.stop()
            self._clock = None

    def tick(self) -> None:
        """Called by the timer; a test may call it with a clock of its own."""
        if self._clock is None:
            return
        elapsed = Fraction(self._clock.elapsed_s()).limit_denominator(1_000_000)
        frame = floor((self._start.seconds + elapsed * self.speed) * self._rate)
        first, end = self._range.start.to_frame_ceil(self._rate), self._range.end.to_frame_ceil(self._rate)
        if not first <= frame < end:
            self._at_end(first, end)
            return
        if frame != self._frame:
            self.count.due(abs(frame - self._frame))
            self._frame = frame
            self.moved.emit(Time.from_frame(frame, self._rate))

    def _at_end(self, first: int, end: int) -> None:
        speed, span, rate = self.speed, self._range, self._rate
        if self.is_looping:
            restart = first if speed > 0 else end - 1
            kept = self.count
            self.play(speed, Time.from_frame(restart, rate), span, rate)
            self.count = kept
            self.moved.emit(Time.from_frame(restart, rate))
        else:
            stop_at = end - 1 if speed > 0 else first
            self.stop()
            self.moved.emit(Time.from_frame(stop_at, rate))


class PlaybackCount:
    """Frames that were due and frames that reached the screen since playback began."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._due = 0
        self._shown_frames: set[int] = set()
        self._recent: deque[float] = deque(maxlen=64)

    def due(self, frames: int) -> None:
        self._due += frames

    def shown(self, frame: int, now_s: float) -> None:
        """A picture of this timeline frame was painted."""
        if frame not in self._shown_frames:
            self._shown_frames.add(frame)
            self._recent.append(now_s)

    @property
    def dropped(self) -> int:
        """One frame is always under way, and is not dropped yet."""
        return max(0, self._due - 1 - len(self._shown_frames))

    def fps(self, now_s: float) -> float:
        """Frames painted in the second before `now_s`."""
        return float(sum(1 for t in self._recent if now_s - t <= 1.0))
