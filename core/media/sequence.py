"""Image sequences: a printf pattern such as `shot/f_%05d.png`, and the numbers of it found on disk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from core.errors import MediaError
from core.words import tr

_FIELD = re.compile(r"%(0?)(\d*)d")
_LAST_NUMBER = re.compile(r"(\d+)(?=\D*$)")
_LONGEST_SURE_SPAN = 10_000
"""Frames a sequence may always span; a longer one has to hold an image for every `_SPARSEST` of them."""
_SPARSEST = 100
_IMAGE_ENDINGS = frozenset({".png", ".exr", ".jpg", ".jpeg", ".tif", ".tiff", ".dpx", ".bmp"})


@dataclass(frozen=True, slots=True)
class Sequence:
    """Images of one pattern, by number, ascending. `numbers` is never empty and may have gaps."""

    pattern: str
    numbers: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.numbers[0]

    @property
    def span(self) -> range:
        """From the first number to the last, gaps included."""
        return range(self.numbers[0], self.numbers[-1] + 1)

    def path(self, number: int) -> Path:
        return image_path(self.pattern, number)


def is_pattern(path: str | Path) -> bool:
    """Whether a path names numbered images."""
    return _FIELD.search(Path(path).name) is not None


def image_path(pattern: str | Path, number: int) -> Path:
    """The file of one number."""
    path = Path(pattern)
    return path.with_name(_FIELD.sub(lambda m: f"{number:{m[1]}{m[2]}d}", path.name, count=1))


def number_in(pattern: str | Path, name: str) -> int | None:
    """The number a file's name has in a pattern; None where the pattern never makes that name."""
    shape = Path(pattern).name
    field = _FIELD.search(shape)
    if field is None:
        return None
    found = re.fullmatch(f"{re.escape(shape[: field.start()])}(\\d+){re.escape(shape[field.end() :])}", name)
    return int(found[1]) if found and image_path(pattern, int(found[1])).name == name else None


def pattern_around(path: str | Path) -> Path:
    """The pattern of the numbered images that an image stands among, or the path itself where it stands alone.

    What a person means by dropping one image of a sequence. `f_00007.png` beside `f_00008.png` is `f_%05d.png`.
    """
    path = Path(path)
    number = _LAST_NUMBER.search(path.stem)
    if path.suffix.lower() not in _IMAGE_ENDINGS or number is None:
        return path
    digits = number[1]
    field = f"%0{len(digits)}d" if digits.startswith("0") else "%d"
    pattern = path.with_name(path.stem[: number.start()] + field + path.stem[number.end() :] + path.suffix)
    value = int(digits)
    has_neighbour = any(image_path(pattern, n).is_file() for n in (value - 1, value + 1) if n >= 0)
    return pattern if has_neighbour else path


def find_sequence(pattern: str | Path) -> Sequence:
    """The numbers on disk. Raises `MediaError` if the folder or every image is missing, or one lies far off."""
    path = Path(pattern)
    if not is_pattern(path):
        raise MediaError(tr("{name} is not an image pattern: write the number as %05d.", name=path.name))
    if not path.parent.is_dir():
        raise MediaError(tr("{folder} does not exist: check the folder of the image sequence.", folder=path.parent))
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError as error:
        raise MediaError(tr("{folder} cannot be read: {reason}.", folder=path.parent, reason=error.strerror)) from error
    numbers = sorted(n for name in names if (n := number_in(path, name)) is not None)
    if not numbers:
        raise MediaError(
            tr("No image matches {name} in {folder}: check the pattern.", name=path.name, folder=path.parent)
        )
    sequence = Sequence(str(path), tuple(numbers))
    if numbers[-1] - numbers[0] >= max(_LONGEST_SURE_SPAN, _SPARSEST * len(numbers)):
        stray = sequence.path(_stray(numbers)).name
        raise MediaError(
            tr(
                "{stray} is numbered far from the other images of {name}: move it to another folder.",
                stray=stray,
                name=path.name,
            )
        )
    return sequence


def _stray(numbers: list[int]) -> int:
    """Of ascending numbers, the one beyond the widest gap, on the side where fewer are."""
    _, after = max((high - low, n) for n, (low, high) in enumerate(pairwise(numbers), start=1))
    return numbers[after - 1] if after < len(numbers) - after else numbers[after]
