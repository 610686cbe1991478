"""Naming media by content, so that a moved or renamed file keeps its analyses and a changed one loses them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from core.errors import MediaError
from core.ids import MediaId
from core.media.facts import MediaFacts, MediaKind
from core.media.opening import check_readable, media_errors
from core.media.sequence import Sequence, find_sequence, is_pattern
from core.words import tr

_KIND: Final = "media2-"
"""Begins every id made as described here; raised when that changes, so that ids of two ways are never compared."""

_END: Final = 1 << 16
_WINDOW: Final = 1 << 14
_WINDOWS: Final = 32
_IMAGE_WINDOW: Final = 1 << 12
_MOST_IMAGES: Final = 2000


def identify(path: str | Path) -> MediaId:
    """Fingerprint of a film or an image pattern: BLAKE2b over its size, its ends and 32 windows spread between them.

    The ends are 64 KiB, a window 16 KiB. Constant time in the length of the film. For images see `identify_images`.
    Raises `MediaError`.
    """
    if is_pattern(path):
        return identify_images(find_sequence(path))
    digest = hashlib.blake2b(digest_size=16)
    film = Path(path)
    check_readable(film)
    with media_errors(film):
        size = film.stat().st_size
        rest = max(0, size - _WINDOW)
        spread = {(rest * n // (_WINDOWS - 1), _WINDOW) for n in range(_WINDOWS)}
        _digest(digest, film, size, {(0, _END), (max(0, size - _END), _END), *spread})
    return _named(digest)


def identify_images(sequence: Sequence) -> MediaId:
    """Fingerprint of a sequence: the name and size of each image, and 4 KiB from its head and 4 KiB from its middle.

    Of more than 2000 images the content of 2000, spread evenly with the first and the last, is read. Raises `MediaError`.
    """
    digest = hashlib.blake2b(digest_size=16)
    files = [sequence.path(n) for n in sequence.numbers]
    count = min(len(files), _MOST_IMAGES)
    read = {(len(files) - 1) * n // max(1, count - 1) for n in range(count)}
    for number, file in enumerate(files):
        with media_errors(file):
            size = file.stat().st_size
            middle = max(0, (size - _IMAGE_WINDOW) // 2)
            digest.update(f"{file.name}\0".encode())
            _digest(digest, file, size, {(0, _IMAGE_WINDOW), (middle, _IMAGE_WINDOW)} if number in read else set())
    return _named(digest)


def check_unchanged(facts: MediaFacts) -> None:
    """Raise `MediaError` where the path of probed media holds other content by now, or none that can be read.

    Images missing from a sequence are not a change: each is named when it is asked for.
    """
    if not facts.id.startswith(_KIND):
        return
    if facts.kind is MediaKind.SEQUENCE:
        sequence = find_sequence(facts.path)
        promised = range(facts.first_number, facts.first_number + facts.video.frame_count)
        if not facts.damage and not set(sequence.numbers).issuperset(promised):
            return
        found = identify_images(sequence)
    else:
        found = identify(facts.path)
    if found != facts.id:
        raise MediaError(tr("{name} has changed on disk since it was added; add it again.", name=Path(facts.path).name))


def _digest(digest: hashlib.blake2b, path: Path, size: int, windows: set[tuple[int, int]]) -> None:
    """Take in a file's size and what lies in its (offset, length) windows; without any it is not opened."""
    digest.update(f"{size}\n".encode())
    if windows:
        with path.open("rb", buffering=0) as file:
            for offset, length in sorted(windows):
                file.seek(offset)
                digest.update(file.read(length))


def _named(digest: hashlib.blake2b) -> MediaId:
    return MediaId(f"{_KIND}{digest.hexdigest()}")
