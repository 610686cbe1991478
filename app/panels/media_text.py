"""Media facts in words. Pure."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

from core.media.facts import MediaFacts, MediaKind, VideoFacts
from core.words import num, tr, trn

_CODECS: Final = {
    "h264": "H.264", "hevc": "H.265", "prores": "ProRes", "mjpeg": "Motion JPEG", "av1": "AV1", "vp9": "VP9",
    "aac": "AAC", "mp3": "MP3", "ac3": "AC-3", "opus": "Opus", "flac": "FLAC", "vorbis": "Vorbis",
}  # fmt: skip
_PRIMARIES: Final = {
    "bt709": "Rec. 709", "bt2020": "Rec. 2020", "smpte170m": "SMPTE 170M", "bt470bg": "EBU 3213", "smpte432": "P3 D65",
    "smpte431": "DCI-P3",
}  # fmt: skip
_TRANSFERS: Final = {
    "smpte2084": "PQ", "arib-std-b67": "HLG", "iec61966-2-1": "sRGB", "bt709": "Rec. 709", "bt2020-10": "Rec. 2020",
    "bt2020-12": "Rec. 2020", "smpte170m": "SMPTE 170M",
}  # fmt: skip
"""As colorists call what ITU-T H.273 numbers."""


def rate_text(rate: Fraction) -> str:
    """`25 fps`, `23.976 fps`."""
    return tr("{rate} fps", rate=num(float(rate), ".3f").rstrip("0").rstrip(".,"))


def duration_text(seconds: float) -> str:
    """`8.84 s`, `2:05` from a minute on, `1:02:05` from an hour on."""
    if seconds < 60:
        return f"{num(seconds, '.2f')} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def frames_text(count: int) -> str:
    return trn("{count} frame", "{count} frames", count)


def media_line(media: MediaFacts) -> str:
    """Size, rate and duration in one line."""
    video = media.video
    return f"{video.width} × {video.height}, {rate_text(video.rate)}, {duration_text(float(video.duration))}"


def colour_text(video: VideoFacts) -> str:
    """As the stream is tagged; honest about what it does not say."""
    tags = video.color
    named = _PRIMARIES.get(tags.primaries, tags.primaries) if tags.primaries != "unknown" else tr("Untagged")
    transfer = _TRANSFERS.get(tags.transfer, tags.transfer)
    named += f", {transfer}" if transfer not in ("unknown", named) else ""
    return tr("{colour}, full range", colour=named) if tags.full_range else tr("{colour}, limited range", colour=named)


def codec_name(codec: str) -> str:
    """`H.264`, `AAC`, `PCM` for FFmpeg's `h264`, `aac`, `pcm_s16le`."""
    return "PCM" if codec.startswith("pcm_") else _CODECS.get(codec, codec.upper())


def codec_text(media: MediaFacts) -> str:
    """Of the picture."""
    return codec_name(media.video.codec)


def audio_text(media: MediaFacts) -> str:
    if not media.audio:
        return tr("None")
    first = media.audio[0]
    channels = {1: tr("mono"), 2: tr("stereo")}.get(first.channels) or tr("{count} channels", count=first.channels)
    words = [codec_name(first.codec), channels, f"{num(first.rate_hz / 1000, 'g')} kHz"]
    if len(media.audio) > 1:
        words.append(tr("{count} streams", count=len(media.audio)))
    return ", ".join(words)


def problem_of(media: MediaFacts) -> str:
    """One sentence when the file is gone or damaged, else empty. Looks at the disk."""
    path = Path(media.path)
    here = path.parent.is_dir() if media.kind is MediaKind.SEQUENCE else path.is_file()
    if not here:
        return tr(
            "{name} is not in {folder}; put it back or add it again from where it is now.",
            name=path.name,
            folder=path.parent,
        )
    return media.damage
