"""Mixdown: the sound of several clips, placed to the sample, summed, held below full scale and encoded.

Everything streams: a film of hours takes as much memory as one of seconds, and the same cut gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import ceil, floor
from typing import Final

import numpy as np
from av import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from core.cancel import CancelToken
from core.errors import ExportError
from core.media.audio import AudioReader, Samples
from core.media.facts import MediaFacts
from core.media.formats import Codec
from core.timebase import Time, TimeRange
from core.words import tr

RATE_HZ: Final = 48_000
_BLOCK: Final = 4096
"""Samples mixed at a time: four frames of AAC."""
_FADE: Final = 192
"""4 ms: long enough that a cut does not click, too short to be heard as a fade."""
_REACH: Final = 960
"""20 ms: how far ahead of a peak the limiter begins to give way, and how long after it recovers."""
_AAC_BIT_RATE: Final = 256_000


@dataclass(frozen=True, slots=True)
class SoundCopy:
    """Sound carried over in the very packets of one source. `span` counts from its first picture."""

    facts: MediaFacts
    span: TimeRange


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of one source's sound, whole in itself: clips that only a split divides are one stretch.

    `span` is where it sounds, counted from the film's start; `source` is the source instant it begins with.
    """

    facts: MediaFacts
    span: TimeRange
    source: Time

    @property
    def first(self) -> int:
        return ceil(self.span.start.seconds * RATE_HZ)

    @property
    def end(self) -> int:
        """One past the last sample."""
        return ceil(self.span.end.seconds * RATE_HZ)

    @property
    def offset(self) -> int:
        """Sample of the source minus sample of the film."""
        return floor((self.source - self.span.start).seconds * RATE_HZ)

    @property
    def cuts_in(self) -> bool:
        """Whether the source sounds before this: then it starts with a fade."""
        return self.source.seconds > 0

    @property
    def cuts_out(self) -> bool:
        return self.source + self.span.duration < self.facts.video.duration


@dataclass(frozen=True, slots=True)
class Mixdown:
    """Sound of several sources summed, 48 kHz stereo; silence where none of them sounds."""

    stretches: tuple[Stretch, ...]


def mixed(stretches: Iterable[Stretch], samples: int, cancel: CancelToken | None = None) -> Iterator[Samples]:
    """The sum as blocks of (n, 2) float32, `samples` in all: untouched below full scale, softly held below it elsewhere.

    Raises `MediaError`, `Cancelled`.
    """
    return _limited(_summed(sorted(stretches, key=lambda s: s.first), samples, cancel))


def _summed(stretches: list[Stretch], samples: int, cancel: CancelToken | None) -> Iterator[Samples]:
    """Each stretch has a reader of its own, open only while it sounds, so that every source is read in order."""
    waiting, sounding = list(reversed(stretches)), list[tuple[Stretch, AudioReader]]()
    try:
        for begin in range(0, samples, _BLOCK):
            if cancel is not None:
                cancel.check()
            end = min(begin + _BLOCK, samples)
            while waiting and waiting[-1].first < end:
                stretch = waiting.pop()
                sounding.append((stretch, AudioReader(stretch.facts, RATE_HZ)))
            block = np.zeros((end - begin, 2), np.float32)
            for stretch, reader in sounding:
                first, last = max(begin, stretch.first), min(end, stretch.end)
                heard = reader.read(Time(Fraction(first + stretch.offset, RATE_HZ)), last - first)
                block[first - begin : last - begin] += heard * _fades(stretch, first, last)
            yield block
            for over in [each for each in sounding if each[0].end <= end]:
                over[1].close()
                sounding.remove(over)
    finally:
        for _, reader in sounding:
            reader.close()


def _fades(stretch: Stretch, first: int, last: int) -> Samples:
    """Gain of film samples first..last, (n, 1): a raised cosine at each edge that cuts into the source, else 1."""
    at = np.arange(first, last) + 0.5
    gain = np.ones(last - first)
    for is_cut, inside in ((stretch.cuts_in, at - stretch.first), (stretch.cuts_out, stretch.end - at)):
        if is_cut:
            gain *= np.sin(np.pi / 2 * np.clip(inside / _FADE, 0.0, 1.0)) ** 2
    return gain[:, None].astype(np.float32)


def _limited(blocks: Iterator[Samples]) -> Iterator[Samples]:
    """Look-ahead limiter, linear in phase. Samples farther than `_REACH` from a peak above full scale come out unchanged.

    The gain a peak needs is spread by a running minimum, then smoothed by a running mean of the same width: the mean of
    values that are each no larger than what the sample needs is no larger either, so nothing clips.
    """
    silence = np.zeros((_REACH, 2), np.float32)
    held = silence
    for block in chain(blocks, [silence]):
        held = np.concatenate((held, block))
        ready = len(held) - 2 * _REACH
        if ready > 0:
            yield _held_down(held)
            held = held[ready:]


def _held_down(samples: Samples) -> Samples:
    """All but `_REACH` samples at either end, which are there to be looked at."""
    middle, peaks = samples[_REACH:-_REACH], np.abs(samples).max(axis=1)
    if peaks.max() <= 1.0:
        return middle
    gain = 1.0 / np.maximum(peaks.astype(np.float64), 1.0)
    covered = 1
    while covered <= _REACH:  # a running minimum by doubling
        step = min(covered, _REACH + 1 - covered)
        gain, covered = np.minimum(gain[:-step], gain[step:]), covered + step
    sums = np.concatenate(([0.0], np.cumsum(gain)))
    smooth = (sums[_REACH + 1 :] - sums[: -_REACH - 1]) / (_REACH + 1)
    return np.clip(middle * smooth[:, None].astype(np.float32), -1.0, 1.0)


def encoded_packets(target: OutputContainer, codec: Codec, blocks: Iterable[Samples]) -> Iterator[Packet[AudioStream]]:
    """Add a sound stream of (n, 2) blocks to a film and give its packets: 24-bit PCM beside ProRes, else AAC.

    The AAC encoder's delay lies before zero, where the container's edit list (or codec delay) cuts it off.
    """
    is_pcm = codec is Codec.PRORES
    stream = target.add_stream("pcm_s24le" if is_pcm else "aac", rate=RATE_HZ)
    if not isinstance(stream, AudioStream):
        raise ExportError(tr("This build of FFmpeg cannot write sound; export without it."))
    context = stream.codec_context
    context.layout, context.format = "stereo", "s32" if is_pcm else "fltp"
    context.time_base = stream.time_base = Fraction(1, RATE_HZ)
    if not is_pcm:
        context.bit_rate = _AAC_BIT_RATE

    def encoded() -> Iterator[Packet[AudioStream]]:
        at = 0
        for block in blocks:
            frame = _deep(block) if is_pcm else AudioFrame.from_ndarray(np.ascontiguousarray(block.T), "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at, Fraction(1, RATE_HZ)
            at += len(block)
            yield from stream.encode(frame)
        yield from stream.encode(None)

    return encoded()


def _deep(block: Samples) -> AudioFrame:
    """24 bits in the upper part of 32."""
    codes = np.clip(np.rint(block.astype(np.float64) * 2**23), -(2**23), 2**23 - 1).astype(np.int32) * 256
    return AudioFrame.from_ndarray(codes.reshape(1, -1), "s32", "stereo")
