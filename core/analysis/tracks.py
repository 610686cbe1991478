"""Tracks of boxes, and what becomes of them: parted at cuts, joined where they were lost, one for each vehicle, smoothed, thinned.

A box is a row of four numbers: centre, bottom, width and height, in pixels of the size that was looked at. Any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.objects import FADE_FRAMES, Box, Spot

Doubles = npt.NDArray[np.float64]
Row = tuple[float, float, float, float]

LOOK_EVERY: Final = 4
"""Frames between two searches; between them boxes are followed."""
SAME: Final = 0.3
"""Overlap from which two boxes are one thing."""
JOIN_FRAMES: Final = 24
"""Frames within which a track that was lost may be found again."""
SHORTEST: Final = 14
"""Frames a vehicle must have been seen for."""
LEAST_FOUND: Final = 0.5
"""Share of searches that must have found it again."""
LEAST_MEAN_SCORE: Final = 2.15
"""Over a track: a car that is not there is louder than one that is missed."""
SMOOTH_FRAMES: Final = 4.0
"""Sigma over which boxes are smoothed in time."""
SPOT_ERROR: Final = 0.0012
"""Picture sizes by which a box left out may differ from the one interpolated."""


@dataclass(slots=True)
class Track:
    """A box being followed, as centre, bottom, width and height in pixels of the work size, a row a frame."""

    first: int
    rows: list[Row]
    scores: list[float]
    searched: int = 1
    found_at: int = 1
    """Rows up to where it was last found; what follows is a guess."""
    missed: int = 0
    coasted: int = 0
    speed: tuple[float, float] = (0.0, 0.0)

    @property
    def end(self) -> int:
        return self.first + len(self.rows)

    @property
    def edges(self) -> Row:
        return edges_of(self.rows[-1])


def as_row(values: Doubles) -> Row:
    x, bottom, width, height = (float(v) for v in values)
    return x, bottom, width, height


def row_of(edges: Doubles) -> Row:
    left, top, right, bottom = (float(v) for v in edges)
    return (left + right) / 2, bottom, right - left, bottom - top


def edges_of(row: Sequence[float] | Doubles) -> Row:
    x, bottom, width, height = (float(v) for v in row)
    return x - width / 2, bottom - height, x + width / 2, bottom


def overlap(a: Sequence[float] | Doubles, b: Sequence[float] | Doubles) -> float:
    """Intersection over union."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(across, 0.0) * max(down, 0.0)
    return float(both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both))


def parted(track: Track, cuts: Iterable[int]) -> list[Track]:
    """The track as far as it was found, in pieces where a cut was found later."""
    pieces, start = [], track.first
    believed = min(track.end, track.first + track.found_at + LOOK_EVERY - 1)
    for end in [c for c in cuts if track.first < c < believed] + [believed]:
        rows = track.rows[start - track.first : end - track.first]
        pieces.append(Track(start, rows, list(track.scores), track.searched))
        start = end
    return pieces


def joined(tracks: Iterable[Track], cuts: Sequence[int]) -> list[Track]:
    """Tracks that were lost and found again, as one: the way between is straight."""
    whole: list[Track] = []
    recent: list[Track] = []
    for track in sorted((t for t in tracks if len(t.scores) > 1), key=lambda t: t.first):
        recent = [t for t in recent if track.first - t.end <= JOIN_FRAMES]
        before = max(
            (t for t in recent if _goes_on(t, track) and not any(t.first < c <= track.first for c in cuts)),
            key=lambda t: t.end,
            default=None,
        )
        if before is None:
            whole.append(track)
            recent.append(track)
            continue
        kept = before.rows[: track.first - before.first]
        gap = track.first - before.first - len(kept)
        last, then = np.array(kept[-1]), np.array(track.rows[0])
        between = [as_row(last + (then - last) * (i + 1) / (gap + 1)) for i in range(gap)]
        before.rows = [*kept, *between, *track.rows]
        before.scores += track.scores
        before.searched += track.searched
    return whole


def _goes_on(a: Track, b: Track) -> bool:
    """Whether `b` begins where `a` was, or would soon have been."""
    gap = b.first - a.end
    if gap > JOIN_FRAMES or b.first <= a.first or b.end <= a.end:
        return False
    if gap < 0:
        there = np.array(a.rows[b.first - a.first])
    else:
        recent = np.array(a.rows[-JOIN_FRAMES:])
        there = recent[-1] + (recent[-1] - recent[0]) / max(1, len(recent) - 1) * (gap + 1)
    return overlap(edges_of(there), edges_of(np.array(b.rows[0]))) > SAME


def is_steady(track: Track) -> bool:
    often = len(track.scores) >= LEAST_FOUND * track.searched
    return len(track.rows) >= SHORTEST and often and float(np.mean(track.scores)) > LEAST_MEAN_SCORE


def slope(x: Doubles, y: Doubles) -> float:
    """Of the line through the medians of the first and the last third (Tukey 1971): no outlier tilts it."""
    third = max(1, len(x) // 3)
    run = float(np.median(x[-third:]) - np.median(x[:third]))
    return float(np.median(y[-third:]) - np.median(y[:third])) / run if run > 0 else 0.0


def one_each(tracks: Sequence[tuple[Track, float]], middle: float) -> list[tuple[Track, float]]:
    """Two tracks of one vehicle, as of its rear and its flank, made one. `middle` is the column of the vanishing point."""
    kept: list[tuple[Track, float]] = []
    for track, speed in sorted(tracks, key=lambda t: -float(np.sum(t[0].scores))):
        twin = next((other for other, _ in kept if _are_one(track, other)), None)
        if twin is None:
            kept.append((track, speed))
        else:
            _take_face(twin, track, middle)
    return kept


def _take_face(better: Track, other: Track, middle: float) -> None:
    """Put `other` where both are seen if it looks more like a face and lies farther out, away from the vanishing point.

    Farther out alone will not do: that may be the flank of the next car. Before and after, `better` slides over to where
    it was itself.
    """
    first, end = max(better.first, other.first), min(better.end, other.end)
    ours, theirs = (np.array(t.rows) for t in (better, other))
    here, there = slice(first - better.first, end - better.first), slice(first - other.first, end - other.first)
    outward = np.sign(theirs[there, 0] - middle) * (theirs[there, 0] - ours[here, 0])
    if float(np.median(outward)) < 0.0 or np.mean(other.scores) < np.mean(better.scores):
        return
    moved = np.zeros(len(ours))
    moved[here] = (theirs[there, 0] - ours[here, 0]) / ours[here, 2]
    back, on = np.arange(here.start, 0, -1), np.arange(1, len(ours) - here.stop + 1)
    moved[: here.start] = moved[here.start] * np.clip(1.0 - back / JOIN_FRAMES, 0.0, 1.0)
    moved[here.stop :] = moved[here.stop - 1] * np.clip(1.0 - on / JOIN_FRAMES, 0.0, 1.0)
    ours[:, 0] += moved * ours[:, 2]
    ours[here] = theirs[there]
    better.rows = [as_row(values) for values in ours]


def _are_one(a: Track, b: Track) -> bool:
    """Whether they touch, on the same row, for half of the time that both are seen: cars side by side are a lane apart."""
    first, end = max(a.first, b.first), min(a.end, b.end)
    if first >= end:
        return False
    ours, theirs = (np.array(t.rows[first - t.first : end - t.first]) for t in (a, b))
    width = (ours[:, 2] + theirs[:, 2]) / 2
    gap = np.abs(ours[:, 0] - theirs[:, 0]) - width
    level = np.abs(ours[:, 1] - theirs[:, 1])
    return float(np.mean((gap < 0.2 * width) & (level < 0.3 * width))) > 0.5


def smoothed(track: Track) -> Doubles:
    """(N, 4) rows with sizes smoothed in the logarithm: boxes must not tremble, lamps hang on them."""
    rows = np.array(track.rows)
    rows[:, 2:] = np.log(rows[:, 2:])
    reach = int(3 * SMOOTH_FRAMES)
    kernel = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / SMOOTH_FRAMES))
    kernel /= kernel.sum()
    # Mirrored through the ends, so that a trend goes on instead of levelling off.
    head, tail = 2 * rows[:1] - rows[reach:0:-1], 2 * rows[-1:] - rows[-2 : -reach - 2 : -1]
    padded = np.concatenate((head, rows, tail))
    smooth = np.stack([np.convolve(padded[:, i], kernel, "same") for i in range(4)], -1)
    smooth = smooth[len(head) : len(head) + len(rows)]
    smooth[:, 2:] = np.exp(smooth[:, 2:])
    return np.asarray(smooth, np.float64)


def spots_of(rows: Doubles, first: int, size: tuple[int, int], shot: tuple[int, int]) -> tuple[Spot, ...]:
    """As few boxes as give back all the others within SPOT_ERROR. `shot` are its first frame and the one after its last."""
    width, height = size
    x, bottom, wide, tall = rows.T
    boxes = np.stack(
        ((x - wide / 2) / width, (bottom - tall) / height, (x + wide / 2) / width, bottom / height), -1
    ).round(5)
    spots = [Spot(first + i, Box(*(float(v) for v in boxes[i]))) for i in _needed(boxes)]
    if first == shot[0]:
        spots.insert(0, Spot(first - FADE_FRAMES, spots[0].box))
    if first + len(boxes) >= shot[1]:
        spots.append(Spot(first + len(boxes) - 1 + FADE_FRAMES, spots[-1].box))
    return tuple(spots)


def _needed(boxes: Doubles) -> list[int]:
    """Those of (N, 4) boxes, the ends included, between which `Box.mixed` gives back the others (Douglas and Peucker 1973)."""
    sizes = np.log(np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-6))
    straight = np.concatenate(((boxes[:, :2] + boxes[:, 2:]) / 2, sizes), 1)  # what is interpolated evenly
    kept, spans = {0, len(boxes) - 1}, [(0, len(boxes) - 1)]
    while spans:
        a, b = spans.pop()
        if b - a < 2:
            continue
        t = (np.arange(a + 1, b) - a)[:, None] / (b - a)
        way = straight[a] + (straight[b] - straight[a]) * t
        half = np.exp(way[:, 2:]) / 2
        missed = np.abs(boxes[a + 1 : b] - np.concatenate((way[:, :2] - half, way[:, :2] + half), 1)).max(1)
        worst = a + 1 + int(missed.argmax())
        if missed[worst - a - 1] > SPOT_ERROR:
            kept.add(worst)
            spans += [(a, worst), (worst, b)]
    return sorted(kept)
