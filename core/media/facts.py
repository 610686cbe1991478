"""What is known of a media file. Plain values: no decoder, no torch, safe to keep in a project and send between threads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from core.ids import MediaId
from core.timebase import Time


class MediaKind(StrEnum):
    FILM = "film"
    SEQUENCE = "sequence"
    """Numbered images, named by a printf pattern such as `f_%05d.png`."""


@dataclass(frozen=True, slots=True)
class ColorTags:
    """Colour as the stream states it, by the names of ITU-T H.273 as FFmpeg spells them; `unknown` where it does not say."""

    primaries: str = "unknown"
    transfer: str = "unknown"
    matrix: str = "unknown"
    full_range: bool = False


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The picture stream. Sizes are upright, after rotation and in square pixels."""

    codec: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    rotation_deg: int
    """Clockwise turn that makes the coded picture upright: 0, 90, 180 or 270."""
    pixel_format: str
    bit_depth: int
    sample_aspect: Fraction
    rate: Fraction
    """Nominal frames a second. With `is_variable_rate` it is only the mean; the PTS table has the truth."""
    is_variable_rate: bool
    frame_count: int
    start: Time
    duration: Time
    """From the first frame's start to the last frame's end."""
    color: ColorTags
    """As tagged. What is assumed for `unknown` is decided in `core.color`."""


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """One audio stream. `index` is its number among all streams of the container."""

    index: int
    codec: str
    channels: int
    rate_hz: int
    start: Time
    duration: Time


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """A file as probed."""

    id: MediaId
    path: str
    """Absolute path, or absolute pattern for a sequence."""
    kind: MediaKind
    container: str
    video: VideoFacts
    audio: tuple[AudioFacts, ...] = ()
    first_number: int = 0
    """Number of the first image of a sequence; 0 for a film."""
    damage: str = ""
    """One sentence when only part of the file can be decoded, else empty."""
    metadata: tuple[tuple[str, str], ...] = ()
