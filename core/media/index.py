"""FrameIndex: when each frame of a film appears, from the packets themselves, never from a header's frame rate.

Frames an edit list cuts away are not in it, frames FFmpeg presents are, in the order they are shown.
"""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median_low
from typing import Final

import msgspec
from av.packet import Packet
from av.video.stream import VideoStream

from core.errors import MediaError
from core.ids import MediaId
from core.media.facts import MediaFacts, MediaKind
from core.media.identity import check_unchanged
from core.media.opening import media_errors, opened, picture_stream, readable_packets
from core.media.sequence import Sequence, find_sequence
from core.places import cache_dir
from core.timebase import Time
from core.words import tr

_FORMAT: Final = 2


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """The table of presentation times of one picture stream. Instants are counted from the first frame."""

    time_base: Fraction
    """Seconds a tick."""
    pts: tuple[int, ...]
    """Ticks of the container, ascending, one per frame; the first need not be 0."""
    last_duration: int
    """Ticks the last frame stays on screen."""
    keyframes: tuple[int, ...]
    """Frames at which decoding can start, ascending; the first frame is always among them."""
    damaged: tuple[int, ...] = ()
    """Frames whose data are known to be broken or missing."""
    promised: int = 0
    """Frames the header claims, 0 where it does not say."""

    @property
    def count(self) -> int:
        return len(self.pts)

    @property
    def start(self) -> Time:
        """Of the first frame, on the container's own clock."""
        return Time(self.pts[0] * self.time_base)

    @property
    def duration(self) -> Time:
        """From the start of the first frame to the end of the last."""
        return Time((self.pts[-1] + self.last_duration - self.pts[0]) * self.time_base)

    def frame_at(self, time: Time) -> int:
        """The frame on screen at an instant; the first before the start, the last after the end."""
        ticks = time.seconds / self.time_base + self.pts[0]
        return max(0, bisect_right(self.pts, ticks) - 1)

    def time_of(self, frame: int) -> Time:
        """When a frame appears. Raises `IndexError` outside the film."""
        return Time((self._pts(frame) - self.pts[0]) * self.time_base)

    def duration_of(self, frame: int) -> Time:
        """How long a frame stays on screen."""
        begin = self._pts(frame)
        end = self.pts[frame + 1] if frame + 1 < self.count else begin + self.last_duration
        return Time((end - begin) * self.time_base)

    def keyframe_before(self, index: int) -> int:
        """The last frame at or before this one at which decoding can start."""
        return self.keyframes[max(0, bisect_right(self.keyframes, index) - 1)]

    def is_steady(self, rate: Fraction) -> bool:
        """Whether every frame appears within a tick of a clock of `rate` frames a second."""
        step = 1 / (rate * self.time_base)
        return all(abs(p - self.pts[0] - n * step) <= 1 for n, p in enumerate(self.pts))

    def _pts(self, index: int) -> int:
        if not 0 <= index < self.count:
            raise IndexError(f"frame {index} is outside 0..{self.count - 1}")
        return self.pts[index]


def frame_index(facts: MediaFacts) -> FrameIndex:
    """The index of probed media; read from the cache, or scanned and cached. Any thread. Raises `MediaError`.

    A file that has changed since is not scanned: its frames would go under the other's name.
    """
    if facts.kind is MediaKind.SEQUENCE:
        promised = range(facts.first_number, facts.first_number + facts.video.frame_count)
        return sequence_index(find_sequence(facts.path), promised, facts.video.rate)
    stored = _load(_place(facts.id))
    if stored is not None:
        return stored
    check_unchanged(facts)
    return film_index(facts.path, facts.id)


def sequence_index(sequence: Sequence, span: range, rate: Fraction) -> FrameIndex:
    """One frame for each number of the span; those without an image are `damaged`. Every image stands alone."""
    numbers, present = tuple(range(len(span))), set(sequence.numbers)
    missing = tuple(frame for frame, number in enumerate(span) if number not in present)
    return FrameIndex(1 / rate, numbers, 1, numbers, missing)


def film_index(path: str, media: MediaId) -> FrameIndex:
    """The index of a film whose fingerprint is known. Reads every packet once, decodes nothing."""
    cached = _place(media)
    found = _load(cached)
    if found is None:
        with opened(path) as container, media_errors(path):
            stream = picture_stream(container, path)
            found = scan(stream, container.demux(stream), path)
        _store(cached, found)
    return found


def scan(stream: VideoStream, packets: Iterator[Packet[VideoStream]], path: str) -> FrameIndex:
    """Read the packets of a stream to the end or to the first that cannot be read."""
    is_whole = _completeness_check(stream)
    shown: dict[int, Packet[VideoStream]] = {}
    broken: set[int] = set()
    cut = 0
    for packet in readable_packets(packets):
        stamp = packet.pts if packet.pts is not None else packet.dts
        if packet.size == 0:
            continue
        if packet.is_discard:
            cut += 1
            continue
        if stamp is None:
            raise MediaError(tr("{name} has no time stamps: rewrap it as .mp4 or .mkv first.", name=Path(path).name))
        shown[stamp] = packet
        if packet.is_corrupt or not is_whole(bytes(packet)):
            broken.add(stamp)
    if not shown or stream.time_base is None:
        raise MediaError(tr("{name} has no picture in it: it is cut off or damaged.", name=Path(path).name))
    pts = tuple(sorted(shown))
    last = _last_duration(stream, pts, shown[pts[-1]].duration or 0, is_complete=len(shown) + cut == stream.frames)
    keys = {0, *(n for n, p in enumerate(pts) if shown[p].is_keyframe)}
    damaged = tuple(n for n, p in enumerate(pts) if p in broken)
    return FrameIndex(stream.time_base, pts, last, tuple(sorted(keys)), damaged, stream.frames)


def _last_duration(stream: VideoStream, pts: tuple[int, ...], stored: int, *, is_complete: bool) -> int:
    """Ticks the last frame stays. ISO files store decode steps, which are not its own where frames are reordered;

    there the stream's whole length tells. Otherwise what its packet says, or else the usual step.
    """
    if is_complete and stream.duration and stream.start_time is not None:
        rest = stream.start_time + stream.duration - pts[-1]
        if rest > 0:
            return rest
    if stored > 0:
        return stored
    steps = [b - a for a, b in pairwise(pts)]
    base = stream.time_base or Fraction(1, 1000)
    return median_low(steps) if steps else max(1, round(1 / ((stream.guessed_rate or Fraction(25)) * base)))


def _completeness_check(stream: VideoStream) -> Callable[[bytes], bool]:
    """A test of one packet's data that needs no decoding: do its length-prefixed NAL units fill it exactly?

    Only H.264 and H.265 in ISO or Matroska files are laid out so (ISO/IEC 14496-15); others pass.
    """
    extra = stream.codec_context.extradata or b""
    name = stream.codec_context.name
    length_at = {"h264": 4, "hevc": 21}.get(name)
    if length_at is None or len(extra) <= length_at or extra[0] != 1:
        return lambda _: True
    width = (extra[length_at] & 3) + 1

    def is_whole(data: bytes) -> bool:
        position, end = 0, len(data)
        while position + width <= end:
            position += width + int.from_bytes(data[position : position + width], "big")
        return position == end

    return is_whole


class _Stored(msgspec.Struct, array_like=True):
    time_base: tuple[int, int]
    pts: tuple[int, ...]
    last_duration: int
    keyframes: tuple[int, ...]
    damaged: tuple[int, ...]
    promised: int


def _place(media: MediaId) -> Path:
    """Where an index is kept. The id names the way it was made, so a file read another way is never taken for it."""
    return cache_dir() / "index" / f"{media}.v{_FORMAT}.msgpack"


def _load(path: Path) -> FrameIndex | None:
    """From the cache; None when it is not there or is not whole (then it is simply scanned again)."""
    try:
        s = msgspec.msgpack.decode(path.read_bytes(), type=_Stored)
        return FrameIndex(Fraction(*s.time_base), s.pts, s.last_duration, s.keyframes, s.damaged, s.promised)
    except (OSError, msgspec.DecodeError, ZeroDivisionError):
        return None


def _store(path: Path, index: FrameIndex) -> None:
    """Atomically; a cache that cannot be written costs time only, so it is not an error."""
    base = (index.time_base.numerator, index.time_base.denominator)
    stored = _Stored(base, index.pts, index.last_duration, index.keyframes, index.damaged, index.promised)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(msgspec.msgpack.encode(stored))
        Path(file.name).replace(path)
    except OSError:
        return
