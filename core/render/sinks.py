"""Where an export's pictures go: a film or numbered images, piece by piece into a folder of parts, then whole to their place.

A sink never touches the final name before everything is written and verified.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.cancel import CancelToken
from core.errors import ExportError
from core.media.encoder import Segment, SegmentWriter
from core.media.facts import ColorTags
from core.media.formats import Codec, FilmFormat
from core.media.images import write_exr, write_layers_exr, write_png
from core.media.joiner import join, verify
from core.media.mixdown import Mixdown, SoundCopy
from core.media.output import export_errors, publish, sync
from core.media.sequence import image_path, is_pattern
from core.render.stages.layers import Channels
from core.timebase import Time
from core.words import tr

Image = npt.NDArray[Any]
"""(H, W, 3): uint8 or uint16 R'G'B' codes, or float32 light for EXR."""


@dataclass(frozen=True, slots=True)
class Shot:
    """When one picture of the film is shown, in ticks from the film's start, and its number in a sequence."""

    at: int
    length: int
    number: int

    @property
    def end(self) -> int:
        return self.at + self.length


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of pictures that is finished, or not, as a whole. Never empty."""

    number: int
    shots: tuple[Shot, ...]


class Sink(Protocol):
    """One output. A piece is begun, written in order and ended; one that is whole already need not be."""

    @property
    def out(self) -> Path: ...
    @property
    def codec(self) -> Codec: ...
    @property
    def color(self) -> ColorTags:
        """Of the codes it takes."""
        ...

    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def identity(self) -> object:
        """Everything but the pictures that its bytes depend on."""
        ...

    def is_whole(self, piece: Piece) -> bool:
        """Whether the files of a piece are there."""
        ...

    def begin(self, piece: Piece) -> None: ...
    def write(self, image: Image, shot: Shot) -> None: ...
    def end(self) -> None: ...
    def abandon(self) -> None:
        """Remove what was begun."""
        ...

    def finish(self, pieces: tuple[Piece, ...], cancel: CancelToken) -> None:
        """Put the pieces together, verify, and only then use the final name. Raises `ExportError`, `Cancelled`."""
        ...


@dataclass
class FilmSink:
    """A film of closed-GOP segments. `folder` is its own."""

    out: Path
    folder: Path
    film: FilmFormat
    sound: SoundCopy | Mixdown | None = None
    _writer: SegmentWriter | None = field(default=None, init=False)

    @property
    def codec(self) -> Codec:
        return self.film.codec

    @property
    def color(self) -> ColorTags:
        return self.film.color

    @property
    def size(self) -> tuple[int, int]:
        return self.film.width, self.film.height

    @property
    def identity(self) -> object:
        return self.film

    def _path(self, piece: Piece) -> Path:
        return self.folder / f"{self.out.stem}-{piece.number:05d}.mov"

    def is_whole(self, piece: Piece) -> bool:
        return self._path(piece).is_file()

    def begin(self, piece: Piece) -> None:
        self._writer = SegmentWriter(self._path(piece), self.film)

    def write(self, image: Image, shot: Shot) -> None:
        assert self._writer is not None
        self._writer.write(image, shot.at, shot.length)

    def end(self) -> None:
        assert self._writer is not None
        self._writer.close()
        self._writer = None

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def finish(self, pieces: tuple[Piece, ...], cancel: CancelToken) -> None:
        segments = [Segment(self._path(piece), piece.shots[0].at) for piece in pieces]
        end = pieces[-1].shots[-1].end
        part = self.folder / f"{self.out.stem}.part{self.out.suffix}"
        join(segments, self.out, part, self.film, end, self.sound, cancel)
        verify(part, self.film, sum(len(piece.shots) for piece in pieces), Time(end * self.film.time_base))
        publish(part, self.out)


@dataclass
class ImageSink:
    """PNG (16 bits a channel) or EXR (half float light). `out` is a pattern, or one file for a single picture; `folder` is its own."""

    out: Path
    folder: Path
    codec: Codec
    color: ColorTags
    size: tuple[int, int]
    _begun: list[Path] = field(default_factory=list, init=False)

    @property
    def identity(self) -> object:
        return [self.codec, self.color, self.size, self.out.name]

    def place(self, shot: Shot) -> Path:
        """The final name of a picture."""
        return image_path(self.out, shot.number) if is_pattern(self.out) else self.out

    def _path(self, shot: Shot) -> Path:
        return self.folder / self.place(shot).name

    def is_whole(self, piece: Piece) -> bool:
        return all(self._path(shot).is_file() for shot in piece.shots)

    def begin(self, piece: Piece) -> None:
        self._begun = [self._path(shot) for shot in piece.shots]

    def write(self, image: Image, shot: Shot) -> None:
        path = self._path(shot)
        if self.codec is Codec.EXR:
            write_exr(path, np.asarray(image, np.float32))
        else:
            write_png(path, image, self.color)

    def end(self) -> None:
        with export_errors(self.out):
            for path in self._begun:
                sync(path)
        self._begun.clear()

    def abandon(self) -> None:
        for path in self._begun:
            path.unlink(missing_ok=True)
        self._begun.clear()

    def finish(self, pieces: tuple[Piece, ...], cancel: CancelToken) -> None:
        cancel.check()
        shots = [shot for piece in pieces for shot in piece.shots]
        whole = {path for path in map(self._path, shots) if path.is_file() and path.stat().st_size}
        if len(whole) != len(shots):
            raise ExportError(
                tr(
                    "Only {count} of {total} images of {name} were kept; export it again.",
                    count=len(whole),
                    total=len(shots),
                    name=self.out.name,
                )
            )
        with export_errors(self.out):
            for shot in shots:
                publish(self._path(shot), self.place(shot))
            _sync_names(self.out.parent)


@dataclass
class LayerSink(ImageSink):
    """EXRs of named planes, one a picture: `write_layers` instead of `write`."""

    def write_layers(self, channels: Channels, shot: Shot) -> None:
        write_layers_exr(self._path(shot), channels)


def _sync_names(folder: Path) -> None:
    """Have the new names on disk too."""
    with suppress(PermissionError):  # Windows opens no folder, and keeps names by itself
        sync(folder)
