"""Proxies: small films of nothing but whole pictures, frame for frame as their source, for scrubbing big media.

A proxy is Motion JPEG in a .mov with the source's own time stamps, so the numbers and times of its frames are those of
the source, whatever its rate or the order of its packets. Its place in the cache is named by content.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import Final, cast

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from core.cancel import CancelToken
from core.errors import MediaError
from core.media.decoder import Decoder
from core.media.facts import MediaFacts, VideoFacts
from core.media.identity import check_unchanged
from core.media.index import FrameIndex, frame_index
from core.media.opening import media_errors, open_container, picture_stream
from core.media.picture import Picture
from core.progress import Progress, ProgressSink
from core.words import msg, tr

VERSION: Final = 1
"""Part of a proxy's name and of the key of every frame read from one; raised whenever its pixels change."""

BIG_LINES: Final = 1080
"""What has more lines on its shorter side is big."""
_QUARTER_FROM: Final = 2160
_JPEG_QUALITY: Final = 92
_LINEAR_CODECS: Final = frozenset({"exr"})


class ProxyPolicy(StrEnum):
    """For which media proxies are made and used."""

    OFF = "off"
    AUTO = "auto"
    """For those above 1080 lines."""
    ALWAYS = "always"


def wants_proxy(facts: MediaFacts, policy: ProxyPolicy) -> bool:
    """Whether a medium is to have one. Light without a ceiling has none: eight bits cannot hold it."""
    if policy is ProxyPolicy.OFF or facts.video.codec in _LINEAR_CODECS:
        return False
    return policy is ProxyPolicy.ALWAYS or min(facts.video.width, facts.video.height) > BIG_LINES


def proxy_size(video: VideoFacts) -> tuple[int, int]:
    """(width, height): half the upright size, a quarter from 2160 lines on."""
    share = 4 if min(video.width, video.height) >= _QUARTER_FROM else 2
    return max(16, round(video.width / share)), max(16, round(video.height / share))


class ProxyShelf:
    """The proxies in a folder, under a budget in bytes. Any thread; two programs may share a folder."""

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self._folder = folder
        self.budget_bytes = budget_bytes

    def place(self, facts: MediaFacts) -> Path:
        """Where the proxy of a medium lies, or would lie."""
        return self._folder / f"{facts.id}-{proxy_size(facts.video)[1]}.v{VERSION}.mov"

    def find(self, facts: MediaFacts) -> Path | None:
        """The finished proxy of a medium, marked as used now."""
        place = self.place(facts)
        try:
            os.utime(place)
        except OSError:
            return None
        return place

    @property
    def used_bytes(self) -> int:
        return sum(size for _, size, _ in self._files())

    def make(self, facts: MediaFacts, report: ProgressSink, cancel: CancelToken) -> Path:
        """The proxy of a medium, made now if it is not there. Raises `MediaError`, `Cancelled`; half a proxy never stays."""
        found = self.find(facts)
        if found is not None:
            return found
        place = self.place(facts)
        with media_errors(facts.path, msg("given a proxy")):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="making-", suffix=".mov", dir=self._folder)
            os.close(handle)
            try:
                write_proxy(facts, Path(name), report, cancel)
                Path(name).replace(place)
            finally:
                Path(name).unlink(missing_ok=True)
        self.trim(keep={place})
        return place

    def trim(self, keep: Collection[Path] = ()) -> None:
        """Delete those not used for longest until the budget holds."""
        files = self._files()
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self.budget_bytes:
                return
            if path not in keep:
                with suppress(OSError):
                    path.unlink()
                total -= size

    def clear(self) -> None:
        """Delete all of them."""
        for _, _, path in self._files():
            with suppress(OSError):
                path.unlink()

    def _files(self) -> list[tuple[float, int, Path]]:
        """(last used, bytes, path) of each."""
        found = []
        with suppress(OSError):
            for path in self._folder.glob("*.v*.mov"):
                with suppress(OSError):
                    told = path.stat()
                    found.append((told.st_mtime, told.st_size, path))
        return found


def write_proxy(facts: MediaFacts, out: Path, report: ProgressSink, cancel: CancelToken) -> None:
    """Every frame that decodes, small, under its own time stamp; those that are damaged are left out."""
    check_unchanged(facts)
    size, began = proxy_size(facts.video), monotonic()
    with Decoder(facts) as source:
        index = source.index
        base = Fraction(1, index.time_base.denominator)
        clock = {"video_track_timescale": str(base.denominator), "movie_timescale": "1000"}
        with av.open(str(out), "w", format="mov", container_options=clock) as film:
            stream = film.add_stream("mjpeg", rate=25)
            stream.width, stream.height, stream.pix_fmt = *size, "yuvj444p"
            stream.codec_context.time_base = stream.time_base = base
            written = 0
            for number in range(index.count):
                cancel.check()
                with suppress(MediaError):
                    film.mux(_packet(source.read(number, size, cancel), index, number, base, stream))
                    written += 1
                report(Progress(msg("Making a proxy"), number + 1, index.count, monotonic() - began))
    if not written:
        raise MediaError(
            tr("{name} has no frame that can be decoded, so it gets no proxy.", name=Path(facts.path).name)
        )


def _packet(
    picture: Picture, index: FrameIndex, number: int, base: Fraction, stream: av.VideoStream
) -> av.Packet[av.VideoStream]:
    """One JPEG, R'G'B' as it is in the source: no matrix, no range, no gamma of a stream's is undone when it is read."""
    pixels: npt.NDArray[np.generic] = picture.pixels
    if pixels.dtype == np.uint16:
        pixels = ((pixels.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    flags = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    flags += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(np.asarray(pixels, np.uint8), cv2.COLOR_RGB2BGR), flags)
    if not done:
        raise MediaError(tr("Frame {number} cannot be written as JPEG.", number=number))
    packet = cast("av.Packet[av.VideoStream]", av.Packet(data.tobytes()))
    steps = index.time_base.numerator
    packet.pts = packet.dts = (index.pts[number] - index.pts[0]) * steps
    packet.duration = round(index.duration_of(number).seconds / base)
    packet.time_base = base
    packet.is_keyframe = True
    packet.stream = stream
    return packet


class ProxyDecoder:
    """Frames of a source by number, read from its proxy. As `Decoder`, but small and soft; used by one thread at a time."""

    def __init__(self, facts: MediaFacts, place: str | Path) -> None:
        self._facts, self._place = facts, str(place)
        self._index = frame_index(facts)
        self._container: InputContainer | None = None

    @property
    def index(self) -> FrameIndex:
        """The source's own."""
        return self._index

    def read(self, index: int, size: tuple[int, int] | None = None, cancel: CancelToken | None = None) -> Picture:
        """Frame `index` at `size`. Raises `MediaError` where the proxy is gone, damaged or lacks the frame, `Cancelled`."""
        if not 0 <= index < self._index.count:
            raise IndexError(f"frame {index} is outside 0..{self._index.count - 1}")
        if cancel is not None:
            cancel.check()
        with media_errors(self._place, msg("decoded")):
            pixels = self._decoded(self._packet(index), size)
        return Picture(pixels, self._facts.video.color, index)

    def _packet(self, index: int) -> bytes:
        """The JPEG of a frame, found by its time."""
        if self._container is None:
            self._container = open_container(self._place)
        stream = picture_stream(self._container, self._place)
        base = stream.time_base or Fraction(1)
        wanted = round(self._index.time_of(index).seconds / base)
        self._container.seek(wanted, stream=stream)
        for packet in self._container.demux(stream):
            if packet.pts is not None and packet.size and packet.pts >= wanted:
                if packet.pts == wanted:
                    return bytes(packet)
                break
        raise MediaError(
            tr("Frame {index} is not in the proxy of {name}.", index=index, name=Path(self._facts.path).name)
        )

    def _decoded(self, data: bytes, size: tuple[int, int] | None) -> npt.NDArray[np.uint8]:
        """JPEG decodes to a half, a quarter or an eighth for a fraction of the cost: whatever is still large enough."""
        full = proxy_size(self._facts.video)
        wanted = size or (self._facts.video.width, self._facts.video.height)
        flag = next(
            (flag for share, flag in _REDUCED if full[0] >= wanted[0] * share and full[1] >= wanted[1] * share),
            cv2.IMREAD_COLOR,
        )
        found = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
        if found is None:
            raise MediaError(tr("{name} is damaged.", name=Path(self._place).name))
        pixels = cv2.cvtColor(found, cv2.COLOR_BGR2RGB)
        if (pixels.shape[1], pixels.shape[0]) != wanted:
            smaller = pixels.shape[1] > wanted[0]
            pixels = cv2.resize(pixels, wanted, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
        return np.ascontiguousarray(pixels, np.uint8)

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None


_REDUCED: Final = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)
