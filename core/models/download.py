"""Fetching a large file whose hash is known: with progress, going on where it stopped, and never believed unchecked."""

from __future__ import annotations

import hashlib
import time
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from core.cancel import CancelToken
from core.errors import ModelError
from core.progress import Progress, ProgressSink
from core.words import msg, tr

CHUNK_BYTES: Final = 1 << 18
TIMEOUT_S: Final = 30.0
PARTIAL, RANGE_BEYOND_END = 206, 416


def fetch(address: str, to: Path, sha256: str, size: int, cancel: CancelToken, progress: ProgressSink) -> None:
    """Put the file at `address` to `to`, once it has `size` bytes and this hash. Any thread that may wait.

    What has come is kept in `to` + ".part" when the line breaks or the work is cancelled, and the next call asks only for the
    rest. Raises `ModelError` in one sentence, `Cancelled`.
    """
    host = urlsplit(address).netloc
    if urlsplit(address).scheme not in ("http", "https"):
        raise ModelError(tr("{address} is no web address.", address=address))
    part = to.with_name(to.name + ".part")
    try:
        _receive(address, part, size, cancel, progress)
    except HTTPError as error:
        raise ModelError(
            tr(
                "{host} does not give {address}: {code} {reason}.",
                host=host,
                address=address,
                code=error.code,
                reason=error.reason,
            )
        ) from None
    except (HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error or type(error).__name__
        raise ModelError(
            tr("{host} could not be read: {reason}; try again to go on where it stopped.", host=host, reason=reason)
        ) from None
    came = part.stat().st_size
    if came < size:
        raise ModelError(
            tr(
                "{host} stopped after {came} of {size} bytes; try again to go on from there.",
                host=host,
                came=came,
                size=size,
            )
        )
    if file_hash(part) != sha256:
        part.unlink()
        raise ModelError(
            tr(
                "What {host} gave is not the file that is known under this hash, and was deleted: {address}.",
                host=host,
                address=address,
            )
        )
    part.replace(to)


def _receive(address: str, part: Path, size: int, cancel: CancelToken, progress: ProgressSink) -> None:
    """Append what is missing of `part`. A server that cannot go on in the middle begins anew."""
    had = part.stat().st_size if part.exists() else 0
    if had == size:
        return
    if had > size:
        part.unlink()
        had = 0
    headers = {"User-Agent": "Weathervane", "Accept-Encoding": "identity"} | ({"Range": f"bytes={had}-"} if had else {})
    try:
        answer: HTTPResponse = urlopen(Request(address, headers=headers), timeout=TIMEOUT_S)
    except HTTPError as error:
        if error.code != RANGE_BEYOND_END:
            raise
        error.close()
        part.unlink(missing_ok=True)
        _receive(address, part, size, cancel, progress)
        return
    with answer, part.open("ab") as file:
        if answer.status != PARTIAL:
            had = 0
            file.truncate(0)
        _copy(answer, file, had, size, cancel, progress)


def _copy(
    answer: HTTPResponse, file: IO[bytes], had: int, size: int, cancel: CancelToken, progress: ProgressSink
) -> None:
    """Never more than `size` bytes in all, whatever the server sends."""
    began = time.monotonic()
    done = had
    while done < size:
        cancel.check()
        chunk = answer.read(min(CHUNK_BYTES, size - done))
        if not chunk:
            return
        file.write(chunk)
        done += len(chunk)
        progress(Progress(msg("Fetching the model"), done, size, time.monotonic() - began))


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
