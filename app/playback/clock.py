"""Clocks that playback runs by: the sound card's when there is one, else the machine's monotonic clock.

A clock only says how much time has passed since it was started; the player turns that into a playhead.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

log = logging.getLogger(__name__)

Samples = npt.NDArray[np.float32]
SampleSource = Callable[[int, int], Samples]
"""(first sample, count) -> (count, channels) float32 in -1..1. Called on the audio thread: must not block; silence is zeros."""


class Clock(Protocol):
    """Main thread."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def elapsed_s(self) -> float:
        """Seconds heard (or passed) since `start`."""
        ...


class MonotonicClock:
    """The clock of a machine without a sound card."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()

    def start(self) -> None:
        self._began = self._now()

    def stop(self) -> None:
        """Nothing runs."""

    def elapsed_s(self) -> float:
        return self._now() - self._began


class AudioClock:
    """Plays samples and counts them: what has been heard is what time it is.

    The device pulls `source` from its own thread. Between two callbacks the monotonic clock interpolates, never by more
    than one block, so a stalled device stops the picture rather than letting it run away.
    """

    def __init__(self, sounddevice: Any, source: SampleSource, rate_hz: int, channels: int) -> None:
        self._source = source
        self._rate_hz = rate_hz
        self._sent = 0
        self._stamp = time.monotonic()
        self._block_s = 0.0
        self._stream = sounddevice.OutputStream(
            samplerate=rate_hz, channels=channels, dtype="float32", callback=self._fill
        )

    def _fill(self, out: Samples, frames: int, _time: object, _status: object) -> None:
        """Audio thread."""
        out[:] = self._source(self._sent, frames)
        self._sent += frames
        self._block_s = frames / self._rate_hz
        self._stamp = time.monotonic()

    def start(self) -> None:
        self._sent, self._block_s, self._stamp = 0, 0.0, time.monotonic()
        self._stream.start()

    def stop(self) -> None:
        self._stream.abort()
        self._stream.close()

    def elapsed_s(self) -> float:
        since = min(time.monotonic() - self._stamp, self._block_s)
        heard = self._sent / self._rate_hz - self._block_s + since - float(self._stream.latency)
        return max(0.0, heard)


def open_audio_clock(source: SampleSource, rate_hz: int, channels: int) -> Clock | None:
    """The sound card's clock, or None where there is no PortAudio, no device, or the device refuses the format."""
    try:
        import sounddevice

        return AudioClock(sounddevice, source, rate_hz, channels)
    except Exception as error:
        log.info("playing without sound: %s", error)
        return None
