"""Opening unknown media defensively: whatever goes wrong inside FFmpeg comes out as one clear `MediaError`.

PyAV raises plain `ValueError`, `OverflowError` and others on damaged files, not only `FFmpegError`; all are caught here.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from core.cancel import Cancelled
from core.errors import MediaError, WeathervaneError
from core.words import msg, tr

av.logging.set_level(None)  # FFmpeg's own chatter: what matters reaches the user as one sentence

AnyStream = TypeVar("AnyStream", bound=Stream)

_ISO_FIRST_BOXES = {b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide"}


@contextmanager
def media_errors(path: str | Path, doing: str = msg("read")) -> Iterator[None]:
    """Turn any failure inside into a `MediaError` about this file; our own errors and cancellation pass through."""
    try:
        yield
    except (WeathervaneError, Cancelled):
        raise
    except Exception as error:
        if isinstance(error, MemoryError) and not isinstance(error, av.FFmpegError):
            raise
        name = Path(path).name
        if isinstance(error, MemoryError):  # a damaged length field asks FFmpeg for gigabytes
            raise MediaError(
                tr(
                    "{name} cannot be {doing}: it asks for more memory than there is; copy it again if it is damaged.",
                    name=name,
                    doing=tr(doing),
                )
            ) from error
        if isinstance(error, PermissionError):
            raise MediaError(tr("{name} cannot be read: allow reading it and try again.", name=name)) from error
        reason = getattr(error, "strerror", None) or ""
        reason = reason[:1].lower() + reason[1:]
        if isinstance(error, OSError):  # a drive or a network that may be back in a moment
            raise MediaError(
                tr(
                    "{name} could not be read: {reason}; try again, or copy it anew.",
                    name=name,
                    reason=reason or tr("no reason given"),
                )
            ) from error
        if isinstance(error, av.FFmpegError) and reason:
            raise MediaError(
                tr("{name} cannot be {doing}: {reason}.", name=name, doing=tr(doing), reason=reason)
            ) from error
        raise MediaError(tr("{name} cannot be {doing}: the file is damaged.", name=name, doing=tr(doing))) from error


@contextmanager
def opened(path: str | Path) -> Iterator[InputContainer]:
    """An open container, closed at the end. Raises `MediaError` for a file that is missing, empty or not media."""
    container = open_container(path)
    try:
        yield container
    finally:
        container.close()


def open_container(path: str | Path) -> InputContainer:
    """Open for reading; the caller closes. Raises `MediaError`."""
    check_readable(Path(path))
    with media_errors(path, msg("opened")):
        try:
            return av.open(str(path), mode="r", metadata_errors="replace")
        except (av.InvalidDataError, av.DemuxerNotFoundError) as error:
            raise MediaError(
                tr("{name} is not a film Weathervane can read: it is damaged or no video.", name=Path(path).name)
            ) from error


def check_readable(path: Path) -> None:
    """Raise `MediaError` for the plain reasons a file cannot be media, before FFmpeg is asked."""
    try:
        if path.is_dir():
            raise MediaError(
                tr("{name} is a folder: choose a film, or an image pattern such as f_%05d.png.", name=path.name)
            )
        if not path.exists():
            raise MediaError(tr("{path} does not exist: check the name and the folder.", path=path))
        if path.stat().st_size == 0:
            raise MediaError(tr("{name} is empty: copy it again from its source.", name=path.name))
        readable = path.is_file() and os.access(path, os.R_OK)
    except OSError as error:
        raise MediaError(
            tr("{path} cannot be reached: {reason}.", path=path, reason=error.strerror or tr("check the path"))
        ) from error
    if not readable:
        raise MediaError(tr("{name} cannot be read: allow reading it and try again.", name=path.name))
    with media_errors(path):
        if _lacks_a_clock(path):
            raise MediaError(
                tr("{name} has a broken header without a time scale: copy it again from its source.", name=path.name)
            )


def picture_stream(container: InputContainer, path: str | Path) -> VideoStream:
    """The first true picture stream (cover art is passed over). Raises `MediaError` if there is none, or no decoder."""
    streams = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    if not streams:
        raise MediaError(tr("{name} has no picture stream: choose a film with video.", name=Path(path).name))
    stream = streams[0]
    if stream.codec_context is None:
        raise MediaError(
            tr("{name} uses a video codec that is not known here: convert it to H.264 first.", name=Path(path).name)
        )
    return stream


def readable_packets(packets: Iterator[Packet[AnyStream]]) -> Iterator[Packet[AnyStream]]:
    """What can be read of a container, to its end or to the first place that cannot be parsed.

    Raises `OSError` where the file could not be read for now: that is no end. The packet it cut short is not given.
    """
    torn: Packet[AnyStream] | None = None
    while True:
        try:
            packet = next(packets)
        except OSError:
            raise
        except (StopIteration, av.FFmpegError, ValueError, OverflowError):
            packet = None
        if torn is not None:
            yield torn
        if packet is None:
            return
        torn = packet if packet.is_corrupt else None  # known to lie in the file so only once reading goes on
        if torn is None:
            yield packet


def _lacks_a_clock(path: Path) -> bool:
    """Whether an ISO media file (ISO/IEC 14496-12) has a `moov` without a usable `mvhd` time scale.

    FFmpeg guesses a scale of 1 and goes on, so edit lists and lengths come out wrong without a word.
    """
    with path.open("rb") as file:
        end = path.stat().st_size
        first = True
        for kind, start, stop in _boxes(file, 0, end):
            if first and kind not in _ISO_FIRST_BOXES:
                return False
            first = False
            if kind == b"moov":
                for inner, body, _ in _boxes(file, start, stop):
                    if inner == b"mvhd":
                        file.seek(body)
                        head = file.read(24)
                        wide = head[:1] == b"\x01"
                        scale = head[20:24] if wide else head[12:16]
                        return scale == b"\0\0\0\0"
                return True
    return False


def _boxes(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, body start, end) of the boxes in a span; stops at the first that does not fit."""
    position = start
    while position + 8 <= stop:
        file.seek(position)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        body = position + 8
        if size == 1 and len(head) == 16:
            size, body = struct.unpack(">Q", head[8:])[0], position + 16
        elif size == 0:
            size = stop - position
        if size < body - position:
            return
        yield kind, body, min(position + size, stop)
        position += size
