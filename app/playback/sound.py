"""Sound for playback: a thread reads ahead along the timeline, the sound card takes what is there.

The card is never kept waiting for a file: what has not been read in time is silence, and the picture goes on.
"""

from __future__ import annotations

import logging
import threading
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QThread

from app.playback.clock import Clock, MonotonicClock, Samples, open_audio_clock
from app.session_bridge import SessionBridge
from core.document.model import Clip, Project
from core.errors import MediaError
from core.ids import MediaId
from core.timebase import Time

if TYPE_CHECKING:
    from core.media.audio import AudioReader

log = logging.getLogger(__name__)

RATE_HZ: Final = 48_000
CHANNELS: Final = 2
BLOCK: Final = 4_800
AHEAD_BLOCKS: Final = 15
"""Read ahead by a second and a half."""


class SoundReader(QThread):
    """Fills blocks of the timeline's sound from sample `start` on; made for one run of playback and then closed."""

    def __init__(self, project: Project, start: Time) -> None:
        super().__init__()
        self.setObjectName("sound")
        self._project = project
        self._start = start
        # under the lock
        self._changed = threading.Condition()
        self._blocks: dict[int, Samples] = {}
        self._next = 0
        self._wanted = 0
        self._is_closing = False

    def read(self, first: int, count: int) -> Samples:
        """Audio thread. Samples `first`.. since the start; silence where nothing has been read yet."""
        out = np.zeros((count, CHANNELS), np.float32)
        with self._changed:
            at = first
            while at < first + count:
                number, offset = divmod(at, BLOCK)
                step = min(BLOCK - offset, first + count - at)
                block = self._blocks.get(number)
                if block is not None:
                    out[at - first : at - first + step] = block[offset : offset + step]
                at += step
            self._wanted = first // BLOCK
            for number in [n for n in self._blocks if n < self._wanted]:
                del self._blocks[number]
            self._changed.notify()
        return out

    def close(self) -> None:
        """Main thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        """Sound thread."""

        readers: dict[MediaId, AudioReader] = {}
        try:
            while (number := self._next_block()) is not None:
                block = self._mixed(number, readers)
                with self._changed:
                    self._blocks[number] = block
        finally:
            for reader in readers.values():
                reader.close()

    def _next_block(self) -> int | None:
        with self._changed:
            while not self._is_closing and self._next >= self._wanted + AHEAD_BLOCKS:
                self._changed.wait()
            number = max(self._next, self._wanted)
            self._next = number + 1
            return None if self._is_closing else number

    def _mixed(self, number: int, readers: dict[MediaId, AudioReader]) -> Samples:
        """One block: every clip that sounds in it, at its place."""
        from core.media.audio import AudioReader

        out = np.zeros((BLOCK, CHANNELS), np.float32)
        begin = self._start.seconds + Fraction(number * BLOCK, RATE_HZ)
        for clip in self._sounding(begin, begin + Fraction(BLOCK, RATE_HZ)):
            facts = self._project.media_facts(clip.media)
            if facts.id not in readers:
                readers[facts.id] = AudioReader(facts, RATE_HZ)
            first = max(0, floor((clip.start.seconds - begin) * RATE_HZ))
            last = min(BLOCK, floor((clip.span.end.seconds - begin) * RATE_HZ))
            at = clip.source_time(Time(begin + Fraction(first, RATE_HZ)))
            try:
                out[first:last] += readers[facts.id].read(at, last - first)
            except MediaError as error:
                log.info("no sound here: %s", error.message)
        return np.clip(out, -1.0, 1.0)

    def _sounding(self, begin: Fraction, end: Fraction) -> list[Clip]:
        return [clip for clip in self._project.sounds() if clip.start.seconds < end and clip.span.end.seconds > begin]


class HeardClock:
    """The sound card's clock together with the thread that feeds it."""

    def __init__(self, clock: Clock, reader: SoundReader) -> None:
        self._clock = clock
        self._reader = reader

    def start(self) -> None:
        self._clock.start()

    def stop(self) -> None:
        self._clock.stop()
        self._reader.close()

    def elapsed_s(self) -> float:
        return self._clock.elapsed_s()


class Sound:
    """Makes clocks for the player: heard at normal speed where there is sound and a card, silent otherwise. Main thread."""

    def __init__(self, bridge: SessionBridge) -> None:
        self._bridge = bridge
        self.is_muted = False

    def clock(self, start: Time, speed: int) -> Clock:
        project = self._bridge.project
        has_sound = any(True for _ in project.sounds())
        if speed != 1 or self.is_muted or not has_sound:
            return MonotonicClock()
        reader = SoundReader(project, start)
        clock = open_audio_clock(reader.read, RATE_HZ, CHANNELS)
        if clock is None:
            return MonotonicClock()
        reader.start()
        return HeardClock(clock, reader)
