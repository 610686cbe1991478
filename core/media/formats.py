"""What can be written: codecs, the endings that hold them, and the shape and tags of a film to be made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Final

from core.errors import ExportError
from core.media.facts import ColorTags
from core.media.sequence import is_pattern
from core.media.tags import MATRICES, UNTAGGED_SD_HEIGHT
from core.words import tr


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


def codec_for(out: str | Path, codec: str = "") -> Codec:
    """The codec for a file name, by its ending or as named. Raises `ExportError` for a pair that cannot be."""
    path = Path(out)
    fitting = _BY_ENDING.get(path.suffix.lower())
    if fitting is None:
        raise ExportError(
            tr("{name} needs one of the endings {endings}.", name=path.name, endings=", ".join(_BY_ENDING))
        )
    chosen = codec or fitting[0].value
    if chosen not in {c.value for c in Codec}:
        raise ExportError(tr("There is no codec '{codec}'; choose from {known}.", codec=chosen, known=", ".join(Codec)))
    if chosen not in fitting:
        raise ExportError(
            tr(
                "{ending} cannot hold {codec}; it holds {fitting}.",
                ending=path.suffix,
                codec=chosen,
                fitting=tr(" or ").join(fitting),
            )
        )
    found = Codec(chosen)
    if found.is_sequence and not is_pattern(path):
        raise ExportError(
            tr(
                "{name} must number its images, such as {stem}_%05d{suffix}.",
                name=path.name,
                stem=path.stem,
                suffix=path.suffix,
            )
        )
    return found


def film_tags(source: ColorTags, codec: Codec, height: int) -> ColorTags:
    """Tags for a film made from a source: the source's own, with what it left unsaid filled in as it was decoded.

    A picture that came as R'G'B' gets a matrix and limited range; ProRes is limited because its decoders expect it; light
    (EXR) is encoded for screens.
    """
    known = MATRICES.keys() - {0, 8, 14}
    matrix = source.matrix
    if matrix not in {MATRICES[k] for k in known}:
        matrix = "smpte170m" if height <= UNTAGGED_SD_HEIGHT else "bt709"
    return ColorTags(
        primaries="bt709" if source.primaries == "unknown" else source.primaries,
        transfer="bt709" if source.transfer in ("unknown", "linear") else source.transfer,
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
