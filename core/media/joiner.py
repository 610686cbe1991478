"""Joining: segments behind each other, sound beside them, packet by packet, and the result read back.

Nothing is encoded again. Times are the source's own, variable frame rates included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from functools import cache
from heapq import merge
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NoReturn

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from core.cancel import CancelToken
from core.errors import ExportError, MediaError
from core.media.audio import Samples, audio_packets
from core.media.decoder import Decoder
from core.media.encoder import Segment
from core.media.facts import ColorTags, MediaFacts
from core.media.formats import FilmFormat
from core.media.mixdown import RATE_HZ, Mixdown, SoundCopy, encoded_packets, mixed
from core.media.opening import opened, picture_stream
from core.media.output import close_quietly, export_errors, open_output, sync
from core.media.probe import probe
from core.timebase import Time, TimeRange
from core.words import tr

_MUXERS: Final = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}


def join(
    segments: Sequence[Segment],
    out: Path,
    part: Path,
    film: FilmFormat,
    end: int,
    sound: SoundCopy | Mixdown | Samples | None = None,
    cancel: CancelToken | None = None,
) -> None:
    """Copy segments, in order, into `part`, the unfinished form of `out`; `end` (ticks) is where the last frame ends.

    Sound is carried over in the very packets of one source, moved so that its span starts with the film; or mixed from
    several and encoded, for just as long as the film lasts; or given as samples, (n, 2) at 48 kHz. Matroska keeps times to
    the millisecond, the others exactly.
    Raises `ExportError`, `MediaError`, `Cancelled`; then `part` is removed.
    """
    try:
        with export_errors(out), ExitStack() as stack:
            target = open_output(part, _MUXERS[out.suffix.lower()], film)
            stack.callback(close_quietly, target)
            video = _copied_video_stream(target, segments, film)
            streams = [_timed(_video_packets(segments, video, film, end))]
            if isinstance(sound, Mixdown):
                blocks = mixed(sound.stretches, round(end * film.time_base * RATE_HZ), cancel)
                streams.append(_timed(encoded_packets(target, film.codec, blocks)))
            elif isinstance(sound, np.ndarray):
                streams.append(_timed(encoded_packets(target, film.codec, [sound])))
            elif sound is not None and sound.facts.audio:
                source = stack.enter_context(opened(sound.facts.path))
                streams.append(_timed(_moved_audio(target, source, sound.facts, sound.span)))
            for _, packet in merge(*streams, key=lambda item: item[0]):
                if cancel is not None:
                    cancel.check()
                target.mux_one(packet)
            target.close()
            sync(part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@cache
def can_hold(ending: str, codec: str) -> bool:
    """Whether a film of this ending can carry sound of this codec, named by its decoder, as it is."""
    with av.open(BytesIO(), "w", format=_MUXERS[ending.lower()]) as trial:
        return av.Codec(codec, "r").canonical_name in trial.supported_codecs


def verify(path: Path, film: FilmFormat, frames: int, duration: Time) -> None:
    """Read a written film back: frame count, length, size, colour tags, and whether its last frame decodes.

    Raises `ExportError` with the first thing that is not as it should be.
    """
    try:
        facts = probe(path)
        with Decoder(facts) as decoder:
            decoder.read(facts.video.frame_count - 1)
    except MediaError as error:
        raise ExportError(tr("The written film cannot be read back: {message}", message=error.message)) from error
    video = facts.video
    if abs(video.duration.seconds - duration.seconds) > _tolerance(facts):
        _complain("length", f"{float(video.duration):.4f} s", f"{float(duration):.4f} s")
    if video.frame_count != frames:
        _complain(tr("number of frames"), str(video.frame_count), str(frames))
    if (video.width, video.height) != (film.width, film.height):
        _complain("size", f"{video.width}×{video.height}", f"{film.width}×{film.height}")
    if video.color != film.color:
        _complain(tr("colour tags"), _spelled(video.color), _spelled(film.color))


def _complain(what: str, found: str, wanted: str) -> NoReturn:
    raise ExportError(
        tr(
            "The written film has the wrong {what}, {found} instead of {wanted}; export it again.",
            what=what,
            found=found,
            wanted=wanted,
        )
    )


def _spelled(tags: ColorTags) -> str:
    return f"{tags.primaries}/{tags.transfer}/{tags.matrix}/{'full' if tags.full_range else 'limited'}"


def _copied_video_stream(target: OutputContainer, segments: Sequence[Segment], film: FilmFormat) -> VideoStream:
    """The film's picture stream, shaped like the first segment's; all segments must be decodable by one header."""
    headers = set()
    for segment in segments:
        with opened(segment.path) as source:
            headers.add(picture_stream(source, segment.path).codec_context.extradata)
    if len(headers) != 1:
        raise ExportError(tr("The finished parts of this export were made differently: delete them and export again."))
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
    first_dts = shown[0] - delay * step
    is_matroska = "matroska" in stream.container.format.name
    number = 0
    for segment, order in zip(segments, orders, strict=True):
        with opened(segment.path) as source:
            packets = (p for p in source.demux(picture_stream(source, segment.path)) if p.size)
            for tick, packet in zip(order, packets, strict=True):
                earlier = number - delay
                at = place[tick]
                packet.stream, packet.time_base = stream, film.time_base
                packet.pts = tick
                packet.dts = shown[earlier] if earlier >= 0 else first_dts + number * step
                packet.duration = (shown[at + 1] if at + 1 < len(shown) else end) - tick
                number += 1
                if number == len(shown) and not is_matroska:
                    # ISO files add up decode steps: only the last can make the sum the film's true length
                    packet.duration = end - shown[0] - (packet.dts - first_dts)
                yield packet


def _presentation_ticks(segment: Segment, film: FilmFormat) -> list[int]:
    """When each packet of a segment is shown, in decode order, in ticks of the film."""
    with opened(segment.path) as source:
        stream = picture_stream(source, segment.path)
        base = (stream.time_base or film.time_base) / film.time_base
        return [round(p.pts * base) + segment.start for p in source.demux(stream) if p.size and p.pts is not None]


def _moved_audio(
    target: OutputContainer, source: InputContainer, facts: MediaFacts, span: TimeRange
) -> Iterator[Packet[av.AudioStream]]:
    """Sound packets of the source, their bytes untouched, on the film's clock."""
    template = source.streams[facts.audio[0].index]
    try:
        stream: Any = target.add_stream_from_template(template)
    except (ValueError, av.FFmpegError) as error:
        raise ExportError(
            tr(
                "The sound of the source ({codec}) does not fit this kind of file: choose .mkv.",
                codec=facts.audio[0].codec,
            )
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
