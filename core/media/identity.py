"""Naming media by content, so that a moved or renamed file keeps its analyses and a changed one loses them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.ids import MediaId
from core.media.opening import check_readable, media_errors
from core.media.sequence import find_sequence, is_pattern

_BLOCK = 1 << 16


def identify(path: str | Path) -> MediaId:
    """Fingerprint of a film or an image pattern: BLAKE2b over its size and its first, middle and last 64 KiB.

    A sequence is named by the names and sizes of its images and the content of the first and the last. Constant time
    in the length of the film. Raises `MediaError`.
    """
    digest = hashlib.blake2b(digest_size=16)
    if is_pattern(path):
        sequence = find_sequence(path)
        files = [sequence.path(n) for n in sequence.numbers]
        with media_errors(path):
            for file in files:
                digest.update(f"{file.name}\0{file.stat().st_size}\n".encode())
            sampled = [files[0], files[-1]]
    else:
        sampled = [Path(path)]
    for file in sampled:
        check_readable(file)
        with media_errors(file):
            _sample(digest, file)
    return MediaId(f"media-{digest.hexdigest()}")


def _sample(digest: hashlib.blake2b, path: Path) -> None:
    size = path.stat().st_size
    digest.update(f"{size}\n".encode())
    with path.open("rb") as file:
        for offset in sorted({0, max(0, size // 2 - _BLOCK // 2), max(0, size - _BLOCK)}):
            file.seek(offset)
            digest.update(file.read(_BLOCK))
