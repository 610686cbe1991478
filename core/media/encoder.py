"""Writing films: closed-GOP segments, joined without re-encoding, sound carried over packet by packet, read back at the end.

A segment is a small .mov of its own, so a killed export keeps every finished one. `join` copies their packets behind each
other with the exact presentation times of the source, variable frame rates included. Nothing here writes under the
final name; `publish` moves a verified file there.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from heapq import merge
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import numpy as np
import numpy.typing as npt
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.cancel import Cancelled, CancelToken
from core.errors import ExportError, MediaError, WeathervaneError
from core.media.audio import audio_packets
from core.media.decoder import Decoder
from core.media.facts import ColorTags, MediaFacts
from core.media.opening import opened, picture_stream
from core.media.planes import yuv_frame
from core.media.probe import probe
from core.media.sequence import is_pattern
from core.media.tags import FULL_RANGE, MATRICES, PRIMARIES, TRANSFERS, UNTAGGED_SD_HEIGHT, code_of
from core.timebase import Time, TimeRange


class Codec(StrEnum):
    """What can be written."""

    H264 = "h264"
    """8-bit, libx264."""
    H265 = "h265"
    """10-bit, libx265."""
    PRORES = "prores"
    """ProRes 422 HQ, 10-bit."""
    PNG = "png"
    EXR = "exr"
    """Scene-linear, half float."""

    @property
    def is_sequence(self) -> bool:
        return self in (Codec.PNG, Codec.EXR)

    @property
    def bits(self) -> int:
        """Bits a film of this codec keeps per channel."""
        return {Codec.H264: 8, Codec.H265: 10, Codec.PRORES: 10, Codec.PNG: 16, Codec.EXR: 16}[self]


_BY_ENDING: Final = {
    ".mp4": (Codec.H264, Codec.H265),
    ".mov": (Codec.H264, Codec.H265, Codec.PRORES),
    ".mkv": (Codec.H264, Codec.H265, Codec.PRORES),
    ".png": (Codec.PNG,),
    ".exr": (Codec.EXR,),
}
"""Codecs each ending can hold; the first is what it gets when none is named."""
_MUXERS: Final = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}
_ENCODERS: Final[dict[Codec, tuple[str, dict[str, str]]]] = {
    Codec.H264: ("libx264", {"preset": "fast", "crf": "16"}),
    Codec.H265: ("libx265", {"preset": "fast", "crf": "18", "x265-params": "open-gop=0:log-level=none"}),
    Codec.PRORES: ("prores_ks", {"profile": "hq", "vendor": "apl0"}),
}
_KEYFRAME_EVERY_S: Final = 2


def codec_for(out: str | Path, codec: str = "") -> Codec:
    """The codec for a file name, by its ending or as named. Raises `ExportError` for a pair that cannot be."""
    path = Path(out)
    fitting = _BY_ENDING.get(path.suffix.lower())
    if fitting is None:
        raise ExportError(f"{path.name} needs one of the endings {', '.join(_BY_ENDING)}.")
    chosen = codec or fitting[0].value
    if chosen not in {c.value for c in Codec}:
        raise ExportError(f"There is no codec '{chosen}'; choose from {', '.join(Codec)}.")
    if chosen not in fitting:
        raise ExportError(f"{path.suffix} cannot hold {chosen}; it holds {' or '.join(fitting)}.")
    found = Codec(chosen)
    if found.is_sequence and not is_pattern(path):
        raise ExportError(f"{path.name} must number its images, such as {path.stem}_%05d{path.suffix}.")
    return found


def film_tags(source: ColorTags, codec: Codec, height: int) -> ColorTags:
    """Tags for a film made from a source: the source's own, with what it left unsaid filled in as it was decoded.

    A picture that came as R'G'B' gets a matrix and limited range, and so does ProRes, whose decoders expect it.
    """
    known = MATRICES.keys() - {0, 8, 14}
    matrix = source.matrix
    if matrix not in {MATRICES[k] for k in known}:
        matrix = "smpte170m" if height <= UNTAGGED_SD_HEIGHT else "bt709"
    return ColorTags(
        primaries="bt709" if source.primaries == "unknown" else source.primaries,
        transfer="bt709" if source.transfer == "unknown" else source.transfer,
        matrix=matrix,
        full_range=source.full_range and source.matrix != "gbr" and codec is not Codec.PRORES,
    )


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """How a film is to be written; the same for each of its segments. `color` is complete: see `film_tags`."""

    codec: Codec
    width: int
    height: int
    rate: Fraction
    """Nominal; sets only how often a keyframe is due."""
    time_base: Fraction
    """Seconds a tick; that of the source's frame index, so that every instant is exact."""
    color: ColorTags

    @property
    def pixel_format(self) -> str:
        """Planes written. Halved chroma cannot hold an odd side; then chroma is kept whole (4:4:4), at the true size,

        which FFmpeg, VLC, mpv and Chromium read, rather than adding a line the source never had.
        """
        across, down = self.width % 2 == 0, self.height % 2 == 0
        if self.codec is Codec.H264:
            return "yuv420p" if across and down else "yuv444p"
        if self.codec is Codec.H265:
            return "yuv420p10le" if across and down else "yuv444p10le"
        return "yuv422p10le" if across else "yuv444p10le"

    @property
    def timescale(self) -> int:
        """Ticks a second of the file: a whole multiple of ours, never under 10000."""
        scale = self.time_base.denominator
        return scale if scale >= 10000 else scale * -(-10000 // scale)


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished piece of a film. `start` is the place of its first frame in the film, in ticks of the format."""

    path: Path
    start: int


class SegmentWriter:
    """Encodes one segment. Used by one thread. `close` finishes the file; `abandon`, or an error, removes it.

    Every segment starts with a keyframe and refers to no frame outside itself, so any run of frames can be one.
    """

    def __init__(self, path: Path, film: FilmFormat) -> None:
        self._path = path
        self._film = film
        self._first: int | None = None
        with export_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._container = _open_output(path, "mov", film)
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
        frame.color_primaries = code_of(PRIMARIES, film.color.primaries)
        frame.color_trc = code_of(TRANSFERS, film.color.transfer)
        frame.colorspace = code_of(MATRICES, film.color.matrix)
        frame.color_range = FULL_RANGE if film.color.full_range else 1
        with export_errors(self._path):
            self._container.mux(self._stream.encode(frame))

    def close(self) -> Segment:
        """Finish the file. Raises `ExportError`; then nothing is left of it."""
        if self._first is None:
            self.abandon()
            raise ExportError(f"{self._path.name} would hold no frame.")
        try:
            with export_errors(self._path):
                self._container.mux(self._stream.encode(None))
                self._container.close()
                _sync(self._path)
        except ExportError:
            self.abandon()
            raise
        return Segment(self._path, self._first)

    def abandon(self) -> None:
        """Remove what was written: after a cancel or an error."""
        _close_quietly(self._container)
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.abandon()


def join(
    segments: Sequence[Segment],
    out: Path,
    part: Path,
    film: FilmFormat,
    end: int,
    audio_from: MediaFacts | None = None,
    audio_span: TimeRange | None = None,
    cancel: CancelToken | None = None,
) -> None:
    """Copy segments, in order, into `part`, the unfinished form of `out`; `end` (ticks) is where the last frame ends.

    Sound of `audio_from` inside `audio_span` (instants from its first picture) is carried over in the very packets of the
    source, moved so that the span starts with the film. Matroska keeps times to the millisecond, the others exactly.
    Raises `ExportError`, `MediaError`, `Cancelled`; then `part` is removed.
    """
    try:
        with export_errors(out), ExitStack() as stack:
            target = _open_output(part, _MUXERS[out.suffix.lower()], film)
            stack.callback(_close_quietly, target)
            video = _copied_video_stream(target, segments, film)
            streams = [_timed(_video_packets(segments, video, film, end))]
            if audio_from is not None and audio_from.audio and audio_span is not None:
                source = stack.enter_context(opened(audio_from.path))
                streams.append(_timed(_moved_audio(target, source, audio_from, audio_span)))
            for _, packet in merge(*streams, key=lambda item: item[0]):
                if cancel is not None:
                    cancel.check()
                target.mux_one(packet)
            target.close()
            _sync(part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def verify(path: Path, film: FilmFormat, frames: int, duration: Time) -> None:
    """Read a written film back: frame count, length, size, colour tags, and whether its last frame decodes.

    Raises `ExportError` with the first thing that is not as it should be.
    """
    try:
        facts = probe(path)
        with Decoder(facts) as decoder:
            decoder.read(facts.video.frame_count - 1)
    except MediaError as error:
        raise ExportError(f"The written film cannot be read back: {error.message}") from error
    video = facts.video
    off = abs(video.duration.seconds - duration.seconds)
    checks = (
        ("frames", video.frame_count == frames, video.frame_count, frames),
        ("size", (video.width, video.height) == (film.width, film.height), (video.width, video.height), film),
        ("length", off <= _tolerance(facts), f"{float(video.duration):.4f} s", f"{float(duration):.4f} s"),
        ("colour tags", video.color == film.color, video.color, film.color),
    )
    for what, is_right, found, wanted in checks:
        if not is_right:
            raise ExportError(f"The written film has the wrong {what}: {found} instead of {wanted}; export it again.")


def publish(part: Path, out: Path) -> None:
    """Give a finished file its final name, at once and for good. Raises `ExportError`."""
    with export_errors(out):
        part.replace(out)


def write_png(path: Path, rgb: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], color: ColorTags) -> None:
    """A PNG of 8 or 16 bits, by the type of `rgb` (H, W, 3), tagged with primaries and transfer. Raises `ExportError`."""
    deep = rgb.dtype == np.uint16
    pixels: Any = np.ascontiguousarray(rgb)
    frame = VideoFrame.from_ndarray(pixels, format="rgb48le" if deep else "rgb24")
    if deep:
        frame = frame.reformat(format="rgb48be")
    frame.color_primaries = code_of(PRIMARIES, color.primaries)
    frame.color_trc = code_of(TRANSFERS, color.transfer)
    _write_image(path, frame, "png", {})


def write_exr(path: Path, light: npt.NDArray[np.float32], *, is_half: bool = True) -> None:
    """An OpenEXR of scene-linear Rec.709 light (H, W, 3), zip-compressed. Raises `ExportError`."""
    height, width = light.shape[:2]
    frame = VideoFrame(width, height, "gbrpf32le")
    for plane, channel in zip(frame.planes, (1, 2, 0), strict=True):
        room: Any = np.frombuffer(plane, np.float32)  # type: ignore[call-overload]
        room.reshape(height, -1)[:, :width] = light[..., channel]
    _write_image(path, frame, "exr", {"compression": "zip16", "format": "half" if is_half else "float"})


def _write_image(path: Path, frame: VideoFrame, codec: str, options: dict[str, str]) -> None:
    """Encode one picture and put it under its name in one step."""
    part = path.with_name(path.name + ".part")
    with export_errors(path):
        context: Any = av.CodecContext.create(codec, "w")
        context.width, context.height, context.pix_fmt = frame.width, frame.height, frame.format.name
        context.time_base, context.options = Fraction(1, 25), options
        frame.pts = 0
        data = b"".join(bytes(p) for p in (*context.encode(frame), *context.encode(None)))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise


@contextmanager
def export_errors(path: Path) -> Iterator[None]:
    """Turn any failure to write into one `ExportError` about this file; our own errors and cancellation pass through."""
    try:
        yield
    except (WeathervaneError, Cancelled, MemoryError):
        raise
    except Exception as error:
        code = error.errno if isinstance(error, OSError | av.FFmpegError) else None
        reasons = {
            errno.ENOSPC: "the disk is full; free some space and export again",
            errno.EDQUOT: "the disk quota is used up; free some space and export again",
            errno.EACCES: "writing there is not allowed; choose another folder",
            errno.EPERM: "writing there is not allowed; choose another folder",
            errno.EROFS: "the disk is read-only; choose another folder",
            errno.ENOENT: "the folder is gone; choose another folder",
            errno.ENOTDIR: "its folder is a file; choose another folder",
            errno.EISDIR: "there is a folder of that name; choose another name",
        }
        detail = error.strerror if isinstance(error, OSError | av.FFmpegError) and error.strerror else str(error)
        raise ExportError(f"{path} cannot be written: {reasons.get(code or 0, detail)}.") from error


def _open_output(path: Path, muxer: str, film: FilmFormat) -> OutputContainer:
    """An output whose clock is the film's. Edit lists in it are exact to the tick, not to the usual millisecond."""
    scale = str(film.timescale)
    options = {"video_track_timescale": scale, "movie_timescale": scale}
    if muxer == "mp4":
        options["movflags"] = "+faststart"
    return av.open(str(path), "w", format=muxer, container_options={} if muxer == "matroska" else options)


def _encoder_stream(container: OutputContainer, film: FilmFormat) -> VideoStream:
    name, options = _ENCODERS[film.codec]
    if film.codec is Codec.PRORES and film.pixel_format.startswith("yuv444"):
        options = {**options, "profile": "4444"}
    stream = container.add_stream(name, rate=film.rate, options=dict(options))
    if not isinstance(stream, VideoStream):
        raise ExportError(f"{name} is not a video encoder.")
    stream.width, stream.height, stream.pix_fmt = film.width, film.height, film.pixel_format
    context = stream.codec_context
    context.time_base = stream.time_base = film.time_base
    context.color_primaries = code_of(PRIMARIES, film.color.primaries)
    context.color_trc = code_of(TRANSFERS, film.color.transfer)
    context.colorspace = code_of(MATRICES, film.color.matrix)
    context.color_range = FULL_RANGE if film.color.full_range else 1
    context.gop_size = max(1, round(film.rate * _KEYFRAME_EVERY_S))
    context.flags |= av.codec.context.Flags.closed_gop | av.codec.context.Flags.frame_duration
    if film.codec is Codec.H265:
        context.codec_tag = "hvc1"  # parameter sets in the header: what Apple's players ask for
    return stream


def _copied_video_stream(target: OutputContainer, segments: Sequence[Segment], film: FilmFormat) -> VideoStream:
    """The film's picture stream, shaped like the first segment's; all segments must be decodable by one header."""
    headers = set()
    for segment in segments:
        with opened(segment.path) as source:
            headers.add(picture_stream(source, segment.path).codec_context.extradata)
    if len(headers) != 1:
        raise ExportError("The finished parts of this export were made differently: delete them and export again.")
    with opened(segments[0].path) as source:
        stream = target.add_stream_from_template(picture_stream(source, segments[0].path))
    stream.time_base = Fraction(1, film.timescale)
    return stream


def _video_packets(
    segments: Sequence[Segment], stream: VideoStream, film: FilmFormat, end: int
) -> Iterator[Packet[VideoStream]]:
    """Packets of all segments on the film's clock, with decode times that ascend across the joins.

    Encoders delay differently in short segments, so decode times are set anew: frame i in decode order is due when the
    frame `delay` places earlier is shown, with the smallest delay that keeps every one at or before its showing.
    """
    orders = [_presentation_ticks(segment, film) for segment in segments]
    decode_order = [tick for order in orders for tick in order]
    shown = sorted(decode_order)
    place = {tick: n for n, tick in enumerate(shown)}
    delay = max(n - place[tick] for n, tick in enumerate(decode_order))
    step = min((b - a for a, b in pairwise(shown)), default=1)
    number = 0
    for segment, order in zip(segments, orders, strict=True):
        with opened(segment.path) as source:
            packets = (p for p in source.demux(picture_stream(source, segment.path)) if p.size)
            for tick, packet in zip(order, packets, strict=True):
                earlier = number - delay
                at = place[tick]
                packet.stream, packet.time_base = stream, film.time_base
                packet.pts = tick
                packet.dts = shown[earlier] if earlier >= 0 else shown[0] + earlier * step
                packet.duration = (shown[at + 1] if at + 1 < len(shown) else end) - tick
                number += 1
                yield packet


def _presentation_ticks(segment: Segment, film: FilmFormat) -> list[int]:
    """When each packet of a segment is shown, in decode order, in ticks of the film."""
    with opened(segment.path) as source:
        stream = picture_stream(source, segment.path)
        base = (stream.time_base or film.time_base) / film.time_base
        return [round(p.pts * base) + segment.start for p in source.demux(stream) if p.size and p.pts is not None]


def _moved_audio(
    target: OutputContainer, source: av.container.InputContainer, facts: MediaFacts, span: TimeRange
) -> Iterator[Packet[av.AudioStream]]:
    """Sound packets of the source, their bytes untouched, on the film's clock."""
    template = source.streams[facts.audio[0].index]
    try:
        stream: Any = target.add_stream_from_template(template)
    except (ValueError, av.FFmpegError) as error:
        raise ExportError(
            f"The sound of the source ({facts.audio[0].codec}) does not fit this kind of file: choose .mkv."
        ) from error
    base = template.time_base or Fraction(1, facts.audio[0].rate_hz)
    shift = round((facts.video.start.seconds + span.start.seconds) / base)

    def moved() -> Iterator[Packet[av.AudioStream]]:
        for packet in audio_packets(source, facts, span):
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.dts = None if packet.dts is None else packet.dts - shift
            packet.stream = stream
            yield packet

    return moved()


def _timed(packets: Iterator[Any]) -> Iterator[tuple[Fraction, Any]]:
    for packet in packets:
        yield (packet.dts or 0) * packet.time_base, packet


def _tolerance(facts: MediaFacts) -> Fraction:
    """How far a length may be off: not at all, but a millisecond each way in Matroska."""
    return Fraction(2, 1000) if "matroska" in facts.container else Fraction(0)


def _sync(path: Path) -> None:
    """Have the bytes on disk before anyone relies on them."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _close_quietly(container: OutputContainer) -> None:
    """For a file that is given up, or closed already: what goes wrong now no longer matters."""
    with suppress(av.FFmpegError, OSError, ValueError):
        container.close()
