"""Sound: a waveform to draw, samples to play, and packets to carry over untouched."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from core.cancel import CancelToken
from core.errors import MediaError
from core.media.facts import MediaFacts
from core.media.opening import media_errors, open_container, opened, readable_packets
from core.timebase import Time, TimeRange
from core.words import tr

Samples = npt.NDArray[np.float32]

_WAVEFORM_HZ: Final = 8000
"""Enough to draw peaks by; a tenth of the work."""
_LONGEST_JUMP_S: Final = 2.0
"""A read this far ahead decodes on; one farther, or behind, seeks."""
_PREROLL_S: Final = 0.3
"""Decoded and dropped after a seek: codecs such as AAC need packets before the first true sample."""


def waveform(facts: MediaFacts, bins_per_second: int = 50, cancel: CancelToken | None = None) -> Samples:
    """Lowest and highest sample of each bin, (n, 2) float32 in -1..1, all channels mixed; bin 0 starts with the picture.

    (0, 2) when there is no sound. What cannot be decoded stays flat. Raises `MediaError`, `Cancelled`.
    """
    bins = ceil(facts.video.duration.seconds * bins_per_second) if facts.audio else 0
    result = np.zeros((bins, 2), np.float32)
    if not bins:
        return result
    with opened(facts.path) as container, media_errors(facts.path):
        stream = _sound_stream(container, facts)
        origin = float(facts.video.start)
        for start, block in _blocks(container, stream, "mono", _WAVEFORM_HZ, cancel):
            at = ((start - origin + np.arange(len(block)) / _WAVEFORM_HZ) * bins_per_second).astype(np.int64)
            inside = (at >= 0) & (at < bins)
            np.minimum.at(result[:, 0], at[inside], block[inside, 0])
            np.maximum.at(result[:, 1], at[inside], block[inside, 0])
    return result.clip(-1.0, 1.0)


class AudioReader:
    """Samples of a source's first sound stream for playback. Used by one thread; closed by its owner."""

    def __init__(self, facts: MediaFacts, rate_hz: int = 48000) -> None:
        if not facts.audio:
            raise MediaError(tr("{name} has no sound.", name=Path(facts.path).name))
        self._facts = facts
        self._rate_hz = rate_hz
        self._container: InputContainer | None = None
        self._blocks: Iterator[tuple[float, Samples]] = iter(())
        self._held = np.zeros((0, 2), np.float32)
        self._held_from = 0

    def read(self, start: Time, frames: int) -> Samples:
        """`frames` stereo samples from an instant counted from the first picture: (frames, 2) float32, -1..1.

        Silence before the sound begins, after it ends and where it is damaged. In order it decodes on without a seek.
        """
        first = floor(start.seconds * self._rate_hz)
        with media_errors(self._facts.path):
            held_to = self._held_from + len(self._held)
            if self._container is None or not self._held_from <= first <= held_to + _LONGEST_JUMP_S * self._rate_hz:
                self._seek(first)
            return self._take(first, frames)

    def close(self) -> None:
        self._blocks, self._held = iter(()), np.zeros((0, 2), np.float32)
        if self._container is not None:
            self._container.close()
            self._container = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _seek(self, first: int) -> None:
        """Place the decoder a little before a sample."""
        if self._container is None:
            self._container = open_container(self._facts.path)
        stream = _sound_stream(self._container, self._facts)
        seconds = first / self._rate_hz + float(self._facts.video.start) - _PREROLL_S
        if stream.time_base is not None:
            self._container.seek(floor(max(seconds, 0.0) / stream.time_base), stream=stream)
        self._blocks = _blocks(self._container, stream, "stereo", self._rate_hz)
        self._held, self._held_from = np.zeros((0, 2), np.float32), first

    def _take(self, first: int, frames: int) -> Samples:
        """Samples first..first+frames out of what is held, decoding more as needed; earlier ones are let go."""
        origin = float(self._facts.video.start)
        while self._held_from + len(self._held) < first + frames:
            block = next(self._blocks, None)
            if block is None:
                break
            self._hold(round((block[0] - origin) * self._rate_hz), block[1])
        result = np.zeros((frames, 2), np.float32)
        offset = first - self._held_from
        usable = self._held[max(0, offset) : max(0, offset + frames)]
        result[max(0, -offset) : max(0, -offset) + len(usable)] = usable
        drop = max(0, min(offset, len(self._held)))
        self._held, self._held_from = self._held[drop:], self._held_from + drop
        return result

    def _hold(self, at: int, block: Samples) -> None:
        """Append a block that belongs at sample `at`: overlaps are trimmed, gaps are silence."""
        end = self._held_from + len(self._held)
        if at > end:
            block = np.concatenate((np.zeros((at - end, 2), np.float32), block))
        self._held = np.concatenate((self._held, block[max(0, end - at) :]))


def audio_packets(container: InputContainer, facts: MediaFacts, span: TimeRange) -> Iterator[Packet[AudioStream]]:
    """The packets of the first sound stream that sound within a span of picture time, exactly as stored.

    A packet is kept whole when any of it lies inside; when the span is the whole film every packet is kept, those that
    run before or past the picture too. Raises `MediaError`.
    """
    stream = _sound_stream(container, facts)
    base = stream.time_base
    if base is None:
        return
    origin, video = facts.video.start.seconds, facts.video
    is_whole = span.start.seconds <= 0 and span.end >= video.duration
    with media_errors(facts.path):
        for packet in readable_packets(container.demux(stream)):
            if packet.size == 0 or packet.pts is None:
                continue
            begin = packet.pts * base - origin
            end = begin + (packet.duration or 0) * base
            if is_whole or (begin < span.end.seconds and end > span.start.seconds):
                yield packet


def _sound_stream(container: InputContainer, facts: MediaFacts) -> AudioStream:
    if not facts.audio:
        raise MediaError(tr("{name} has no sound.", name=Path(facts.path).name))
    stream = container.streams[facts.audio[0].index]
    if not isinstance(stream, AudioStream):
        raise MediaError(tr("{name} has changed on disk: add it to the project again.", name=Path(facts.path).name))
    return stream


def _blocks(
    container: InputContainer, stream: AudioStream, layout: str, rate_hz: int, cancel: CancelToken | None = None
) -> Iterator[tuple[float, Samples]]:
    """Decoded sound from here on as (container seconds, (n, channels)); what does not decode is left out.

    Mono sounds at its own level on both sides, as players do with the file itself; FFmpeg's matrix would take 3 dB off.
    """
    channels = 1 if layout == "mono" else 2
    sides = channels // min(channels, stream.channels or channels)
    resampler = av.AudioResampler("flt", "mono" if sides == 2 else layout, rate_hz)
    clock: float | None = None
    for packet in readable_packets(container.demux(stream)):
        if cancel is not None:
            cancel.check()
        try:
            frames: list[AudioFrame | None] = [*packet.decode()]
        except av.FFmpegError:
            continue
        if packet.size == 0:
            frames.append(None)
        for frame in frames:
            if frame is not None and (clock is None or abs(_seconds(frame) - clock) > 0.05):
                clock = _seconds(frame)  # a gap or a jump: go by the stamps, otherwise count samples
            for out in resampler.resample(frame):
                block: Any = out.to_ndarray().reshape(-1, channels // sides).repeat(sides, axis=1)
                yield clock or 0.0, block.astype(np.float32, copy=False)
                clock = (clock or 0.0) + len(block) / rate_hz


def _seconds(frame: AudioFrame) -> float:
    return frame.time or 0.0
