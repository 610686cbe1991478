"""Naming media by content, so that a moved or renamed file keeps its analyses and a changed one loses them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.ids import MediaId
from core.media.opening import check_readable, media_errors
from core.media.sequence import Sequence, find_sequence, is_pattern

_BLOCK = 1 << 16


def identify(path: str | Path) -> MediaId:
    """Fingerprint of a film or an image pattern: BLAKE2b over its size and its first, middle and last 64 KiB.

    Constant time in the length of the film. Raises `MediaError`.
    """
    if is_pattern(path):
        return identify_images(find_sequence(path))
    digest = hashlib.blake2b(digest_size=16)
    _digest(digest, Path(path))
    return MediaId(f"media-{digest.hexdigest()}")


def identify_images(sequence: Sequence) -> MediaId:
    """Fingerprint of a sequence: the names and sizes of its images and the content of the first and the last."""
    digest = hashlib.blake2b(digest_size=16)
    files = [sequence.path(n) for n in sequence.numbers]
    with media_errors(sequence.pattern):
        for file in files:
            digest.update(f"{file.name}\0{file.stat().st_size}\n".encode())
    for file in (files[0], files[-1]):
        _digest(digest, file)
    return MediaId(f"media-{digest.hexdigest()}")


def _digest(digest: hashlib.blake2b, path: Path) -> None:
    check_readable(path)
    with media_errors(path):
        _sample(digest, path)


def _sample(digest: hashlib.blake2b, path: Path) -> None:
    size = path.stat().st_size
    digest.update(f"{size}\n".encode())
    with path.open("rb") as file:
        for offset in sorted({0, max(0, size // 2 - _BLOCK // 2), max(0, size - _BLOCK)}):
            file.seek(offset)
            digest.update(file.read(_BLOCK))
