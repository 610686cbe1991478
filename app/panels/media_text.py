"""Media facts in words. Pure."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from core.media.facts import MediaFacts, MediaKind, VideoFacts


def rate_text(rate: Fraction) -> str:
    """`25 fps`, `23.976 fps`."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".") + " fps"


def duration_text(seconds: float) -> str:
    """`8.84 s`, `2:05` from a minute on, `1:02:05` from an hour on."""
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def media_line(media: MediaFacts) -> str:
    """Size, rate and duration in one line."""
    video = media.video
    return f"{video.width} × {video.height}, {rate_text(video.rate)}, {duration_text(float(video.duration))}"


def colour_text(video: VideoFacts) -> str:
    """As the stream is tagged; honest about what it does not say."""
    tags = video.color
    named = tags.primaries if tags.primaries != "unknown" else "Untagged"
    transfer = f", {tags.transfer}" if tags.transfer not in ("unknown", tags.primaries) else ""
    return f"{named}{transfer}, {'full' if tags.full_range else 'limited'} range"


def audio_text(media: MediaFacts) -> str:
    if not media.audio:
        return "None"
    first = media.audio[0]
    channels = {1: "mono", 2: "stereo"}.get(first.channels, f"{first.channels} channels")
    more = f", {len(media.audio)} streams" if len(media.audio) > 1 else ""
    return f"{first.codec}, {channels}, {first.rate_hz / 1000:g} kHz{more}"


def problem_of(media: MediaFacts) -> str:
    """One sentence when the file is gone or damaged, else empty. Looks at the disk."""
    path = Path(media.path)
    here = path.parent.is_dir() if media.kind is MediaKind.SEQUENCE else path.is_file()
    if not here:
        return f"{path.name} is not in {path.parent}; put it back or add it again from where it is now."
    return media.damage
