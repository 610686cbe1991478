"""Encoding: R'G'B' frames into closed-GOP segments, with exact times and true colour tags.

A segment is a small .mov of its own, so a killed export keeps every finished one; `core.media.joiner` puts them behind
each other without encoding again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from av.codec.context import Flags
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from core.errors import ExportError
from core.media.formats import Codec, FilmFormat
from core.media.output import close_quietly, export_errors, open_output, sync
from core.media.planes import yuv_frame
from core.media.tags import FULL_RANGE, MATRICES, PRIMARIES, TRANSFERS, code_of
from core.words import tr

_ENCODERS: Final[dict[Codec, tuple[str, dict[str, str]]]] = {
    # without mbtree: with it x264 gives other bytes on every run, and a resumed export must give the same film
    Codec.H264: ("libx264", {"preset": "fast", "crf": "16", "x264-params": "no-mbtree=1"}),
    Codec.H265: ("libx265", {"preset": "fast", "crf": "18", "x265-params": "open-gop=0:log-level=none"}),
    Codec.PRORES: ("prores_ks", {"profile": "hq", "vendor": "apl0"}),
}
_KEYFRAME_EVERY_S: Final = 2
_DELAY: Final = 4
"""Frames by which decoding runs ahead in a segment: more than any encoder here reorders. The joiner sets it anew."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished piece of a film. `start` is the place of its first frame in the film, in ticks of the format."""

    path: Path
    start: int


class SegmentWriter:
    """Encodes one segment. Used by one thread. `close` finishes the file; leaving without it, or an error, removes it.

    The file has its name only once it is whole and on disk: after a kill, a segment that is there is good.

    Every segment starts with a keyframe and refers to no frame outside itself, so any run of frames can be one.
    """

    def __init__(self, path: Path, film: FilmFormat) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._film = film
        self._first: int | None = None
        self._shown: list[int] = []
        self._decoded = 0
        with export_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._container = open_output(self._part, "mov", film)
            self._stream = _encoder_stream(self._container, film)

    def write(self, rgb: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], pts: int, duration: int) -> None:
        """The next frame: R'G'B' (H, W, 3) in the primaries and transfer of the format, full scale 255 or 65535.

        `pts` (ascending) and `duration` in ticks of the format, counted from the start of the film.
        Raises `ExportError`.
        """
        film = self._film
        if rgb.shape != (film.height, film.width, 3):
            raise ValueError(f"a frame here is {(film.height, film.width, 3)}, not {rgb.shape}")
        if self._first is None:
            self._first = pts
        frame = yuv_frame(rgb, film.color, film.pixel_format)
        frame.pts, frame.duration, frame.time_base = pts - self._first, duration, film.time_base
        self._shown.append(frame.pts)
        frame.color_primaries = code_of(PRIMARIES, film.color.primaries)
        frame.color_trc = code_of(TRANSFERS, film.color.transfer)
        frame.colorspace = code_of(MATRICES, film.color.matrix)
        frame.color_range = FULL_RANGE if film.color.full_range else 1
        with export_errors(self._path):
            self._mux(self._stream.encode(frame))

    def close(self) -> Segment:
        """Finish the file. Raises `ExportError`; then nothing is left of it."""
        if self._first is None:
            self.abandon()
            raise ExportError(tr("{name} would hold no frame.", name=self._path.name))
        try:
            with export_errors(self._path):
                self._mux(self._stream.encode(None))
                self._container.close()
                sync(self._part)
                self._part.replace(self._path)
        except ExportError:
            self.abandon()
            raise
        return Segment(self._path, self._first)

    def _mux(self, packets: list[Packet[VideoStream]]) -> None:
        """Store packets with decode times of our own: x265 leaves them unset in segments of one or two frames."""
        for packet in packets:
            earlier = self._decoded - _DELAY
            packet.dts = self._shown[earlier] if earlier >= 0 else earlier
            self._decoded += 1
            self._container.mux_one(packet)

    def abandon(self) -> None:
        """Remove what was written, unless it is finished."""
        close_quietly(self._container)
        self._part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()


def _encoder_stream(container: OutputContainer, film: FilmFormat) -> VideoStream:
    name, options = _ENCODERS[film.codec]
    if film.codec is Codec.PRORES and film.pixel_format.startswith("yuv444"):
        options = {**options, "profile": "4444"}
    stream = container.add_stream(name, rate=film.rate, options=dict(options))
    if not isinstance(stream, VideoStream):
        raise ExportError(tr("{name} is not a video encoder.", name=name))
    stream.width, stream.height, stream.pix_fmt = film.width, film.height, film.pixel_format
    context = stream.codec_context
    context.time_base = stream.time_base = film.time_base
    context.color_primaries = code_of(PRIMARIES, film.color.primaries)
    context.color_trc = code_of(TRANSFERS, film.color.transfer)
    context.colorspace = code_of(MATRICES, film.color.matrix)
    context.color_range = FULL_RANGE if film.color.full_range else 1
    context.gop_size = max(1, round(film.rate * _KEYFRAME_EVERY_S))
    context.flags |= Flags.closed_gop | Flags.frame_duration
    if film.codec is Codec.H265:
        context.codec_tag = "hvc1"  # parameter sets in the header: what Apple's players ask for
    return stream
