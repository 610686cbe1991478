"""Output files: opened with an exact clock, flushed for good, and every failure said in one sentence."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
from av.container import OutputContainer

from core.cancel import Cancelled
from core.errors import ExportError, WeathervaneError
from core.media.formats import FilmFormat
from core.words import tr


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
            errno.ENOSPC: tr("the disk is full; free some space and export again"),
            errno.EDQUOT: tr("the disk quota is used up; free some space and export again"),
            errno.EFBIG: tr("the file grew larger than the disk allows; choose another disk"),
            errno.EACCES: tr("writing there is not allowed; choose another folder"),
            errno.EPERM: tr("writing there is not allowed; choose another folder"),
            errno.EROFS: tr("the disk is read-only; choose another folder"),
            errno.ENOENT: tr("no file can be made there; choose another folder")
            if path.parent.is_dir()
            else tr("the folder is gone; choose another folder"),
            errno.ENOTDIR: tr("its folder is a file; choose another folder"),
            errno.EEXIST: tr("a file of that name stands where its folder would; choose another folder"),
            errno.EISDIR: tr("there is a folder of that name; choose another name"),
        }
        detail = error.strerror if isinstance(error, OSError | av.FFmpegError) and error.strerror else str(error)
        raise ExportError(
            tr("{path} cannot be written: {reason}.", path=path, reason=reasons.get(code or 0, detail))
        ) from error


def open_output(path: Path, muxer: str, film: FilmFormat) -> OutputContainer:
    """An output whose clock is the film's. Edit lists in it are exact to the tick, not to the usual millisecond."""
    scale = str(film.timescale)
    options = {"video_track_timescale": scale, "movie_timescale": scale}
    if muxer == "mp4":
        options["movflags"] = "+faststart"
    if muxer == "matroska":
        options = {"fflags": "+bitexact"}  # without it every file gets random ids, and a resumed export is another film
    return av.open(str(path), "w", format=muxer, container_options=options)


def sync(path: Path) -> None:
    """Have the bytes on disk before anyone relies on them."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def close_quietly(container: OutputContainer) -> None:
    """For a file that is given up, or closed already: what goes wrong now no longer matters."""
    with suppress(av.FFmpegError, OSError, ValueError):
        container.close()


def publish(part: Path, out: Path) -> None:
    """Give a finished file its final name, at once and for good. Raises `ExportError`.

    From another disk it is copied beside its place first, so that it never stands there half-written.
    """
    with export_errors(out):
        try:
            part.replace(out)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            near = out.with_name(f".{out.name}.part")
            try:
                shutil.copyfile(part, near)
                sync(near)
                near.replace(out)
            finally:
                near.unlink(missing_ok=True)
            part.unlink()
