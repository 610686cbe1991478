"""Fuzzy matching as in an editor's palette. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_RUN, _WORD, _FIRST, _GAP = 9.0, 8.0, 4.0, 0.4
"""Worth of a letter that follows the last one, that begins a word, that begins the text; cost of each letter skipped."""
LONGEST: Final = 60
"""Letters of a query that are looked at."""


@dataclass(frozen=True, slots=True)
class Match:
    """`at` are the positions of the query's letters in the text."""

    score: float
    at: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """The best way in which the letters of `query` stand in `text` in this order, or None. Case and blanks do not count.

    Dynamic programming over (letter of the query, position): O(len(query) · len(text)).
    """
    letters, low = "".join(query.casefold().split())[:LONGEST], text.casefold()
    if not letters:
        return Match(0.0, ())
    if len(low) != len(text):  # folding that changes the length would shift the marks
        low = text.lower() if len(text.lower()) == len(text) else text
    best: list[tuple[float, tuple[int, ...]] | None] = [None] * len(low)
    for n, letter in enumerate(letters):
        row: list[tuple[float, tuple[int, ...]] | None] = [None] * len(low)
        far: tuple[float, tuple[int, ...]] | None = None
        for i, other in enumerate(low):
            if n and i >= 2 and (older := best[i - 2]) is not None and (far is None or older[0] > far[0]):
                far = older
            if far is not None:
                far = (far[0] - _GAP, far[1])
            if other != letter:
                continue
            worth = _FIRST if i == 0 else 0.0
            worth += _WORD if i == 0 or not low[i - 1].isalnum() else 0.0
            if n == 0:
                row[i] = (worth - _GAP * i, (i,))
                continue
            near = best[i - 1] if i else None
            ways = [(near[0] + _RUN + worth, near[1])] if near else []
            ways += [(far[0] + worth, far[1])] if far else []
            if ways:
                score, at = max(ways)
                row[i] = (score, (*at, i))
        best = row
    found = [each for each in best if each is not None]
    if not found:
        return None
    score, at = max(found)
    return Match(score - 0.05 * len(low), at)
