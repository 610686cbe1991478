"""Probing: what is in a file, as measured from its packets and its first picture, in one `MediaFacts`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.errors import MediaError
from core.media.facts import AudioFacts, ColorTags, MediaFacts, MediaKind, VideoFacts
from core.media.identity import identify, identify_images
from core.media.index import FrameIndex, film_index, sequence_index
from core.media.opening import media_errors, opened, picture_stream
from core.media.sequence import find_sequence, is_pattern
from core.media.tags import FULL_RANGE, tags_from_codes
from core.timebase import ZERO, Time
from core.words import tr

DEFAULT_SEQUENCE_RATE: Final = Fraction(25)
"""Images carry no rate. A sequence probed without one runs at this, and says so in its metadata (`rate`: `assumed`)."""
NEARLY_SQUARE: Final = Fraction(1, 200)


def probe(path: str | Path, rate: Fraction | None = None) -> MediaFacts:
    """Facts of a film, or of an image pattern such as `f_%05d.png` at `rate` frames a second (25 if not given).

    `frame_count`, `start` and `duration` come from the packets. `AudioFacts.start` is on the container's clock, as is
    `VideoFacts.start`: their difference is the offset. A film that decodes only in part has a `damage` sentence.
    Any thread; reads the whole file once, later from a cached index. Raises `MediaError` with one sentence.
    """
    if is_pattern(path):
        return _probe_sequence(str(Path(path).absolute()), rate)
    absolute = str(Path(path).absolute())
    media = identify(absolute)
    with opened(absolute) as container, media_errors(absolute):
        stream = picture_stream(container, absolute)
        first = _first_picture(container, stream, absolute)
        shape = _shape(stream, first)
        audio = tuple(_audio(s) for s in container.streams.audio if s.codec_context is not None)
        kind = container.format.name
        notes = tuple(sorted((str(k), str(v)) for k, v in {**stream.metadata, **container.metadata}.items()))
        guessed = stream.guessed_rate or stream.average_rate
    index = film_index(absolute, media)
    return MediaFacts(
        id=media,
        path=absolute,
        kind=MediaKind.FILM,
        container=kind,
        video=shape.facts(index, guessed),
        audio=audio,
        damage=_damage(index, absolute),
        metadata=notes,
    )


def _probe_sequence(pattern: str, rate: Fraction | None) -> MediaFacts:
    if rate is not None and rate <= 0:
        raise MediaError(tr("{name} needs a frame rate above 0, not {rate}.", name=Path(pattern).name, rate=rate))
    sequence = find_sequence(pattern)
    image = str(sequence.path(sequence.first))
    with opened(image) as container, media_errors(image):
        stream = picture_stream(container, image)
        shape = _shape(stream, _first_picture(container, stream, image))
    used = rate or DEFAULT_SEQUENCE_RATE
    index = sequence_index(sequence, sequence.span, used)
    return MediaFacts(
        id=identify_images(sequence),
        path=pattern,
        kind=MediaKind.SEQUENCE,
        container="image2",
        video=shape.facts(index, used),
        first_number=sequence.first,
        damage=_damage(index, pattern, first_number=sequence.first),
        metadata=(("rate", "as given" if rate else "assumed"),),
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the first decoded picture tells that headers may get wrong."""

    codec: str
    coded: tuple[int, int]
    rotation_deg: int
    pixel_format: str
    bit_depth: int
    sample_aspect: Fraction
    color: ColorTags

    def facts(self, index: FrameIndex, guessed: Fraction | None) -> VideoFacts:
        width, height = upright_size(self.coded, self.sample_aspect, self.rotation_deg)
        mean = Fraction(index.count) / index.duration.seconds
        steady = guessed is not None and guessed > 0 and index.is_steady(guessed)
        if not steady and index.is_steady(mean):
            guessed, steady = mean, True
        return VideoFacts(
            codec=self.codec,
            width=width,
            height=height,
            coded_width=self.coded[0],
            coded_height=self.coded[1],
            rotation_deg=self.rotation_deg,
            pixel_format=self.pixel_format,
            bit_depth=self.bit_depth,
            sample_aspect=self.sample_aspect,
            rate=guessed if steady and guessed is not None else mean,
            is_variable_rate=not steady,
            frame_count=index.count,
            start=index.start,
            duration=index.duration,
            color=self.color,
        )


def upright_size(coded: tuple[int, int], sample_aspect: Fraction, rotation_deg: int) -> tuple[int, int]:
    """(width, height) of the picture in square pixels, turned upright. Lines are kept, the width is stretched.

    Pixels that are square but for the rounding of some scaler are square: the picture is not resampled for them.
    """
    is_square = abs(sample_aspect - 1) < NEARLY_SQUARE
    width, height = coded[0] if is_square else max(1, round(coded[0] * sample_aspect)), coded[1]
    return (height, width) if rotation_deg in (90, 270) else (width, height)


def _first_picture(container: InputContainer, stream: VideoStream, path: str) -> VideoFrame:
    """The first picture that decodes; packets before it that do not are passed over."""
    name = Path(path).name
    for packet in container.demux(stream):
        try:
            for frame in packet.decode():
                return frame
        except av.FFmpegError:
            continue
    raise MediaError(tr("{name} holds no picture that can be decoded: it is cut off or damaged.", name=name))


def _shape(stream: VideoStream, frame: VideoFrame) -> _Shape:
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or Fraction(1)
    pixel_format = frame.format
    depth = max(c.bits for c in pixel_format.components)
    full = pixel_format.is_rgb or pixel_format.name.startswith("yuvj") or int(frame.color_range) == FULL_RANGE
    return _Shape(
        codec=stream.codec_context.name,
        coded=(frame.width, frame.height),
        rotation_deg=(-round(frame.rotation / 90) * 90) % 360,
        pixel_format=pixel_format.name,
        bit_depth=depth,
        sample_aspect=Fraction(aspect) if aspect and aspect > 0 else Fraction(1),
        color=tags_from_codes(
            int(frame.color_primaries),
            int(frame.color_trc),
            0 if pixel_format.is_rgb else int(frame.colorspace),
            full_range=full,
        ),
    )


def _audio(stream: av.AudioStream) -> AudioFacts:
    base = stream.time_base or Fraction(1, stream.rate)
    return AudioFacts(
        index=stream.index,
        codec=stream.codec_context.name,
        channels=stream.channels,
        rate_hz=stream.rate,
        start=Time((stream.start_time or 0) * base),
        duration=Time(stream.duration * base) if stream.duration else ZERO,
    )


def _damage(index: FrameIndex, path: str, first_number: int = 0) -> str:
    """One sentence on what cannot be decoded, or empty."""
    name = Path(path).name
    if index.damaged:
        first, last = index.damaged[0], index.damaged[-1]
        when = f"{float(index.time_of(first)):.2f} s"
        if first_number or index.promised == 0:
            first, last = first + first_number, last + first_number
        if len(index.damaged) == 1:
            return tr(
                "Frame {first} of {name} (at {when}) is missing or damaged and cannot be shown.",
                first=first,
                name=name,
                when=when,
            )
        return tr(
            "{count} frames of {name} between {first} and {last} (from {when}) are missing or damaged.",
            count=len(index.damaged),
            name=name,
            first=first,
            last=last,
            when=when,
        )
    if index.promised > index.count:
        end = f"{float(index.duration):.2f} s"
        return tr(
            "{name} is cut off: {count} of {promised} frames are there, the rest after {end} is missing.",
            name=name,
            count=index.count,
            promised=index.promised,
            end=end,
        )
    return ""
