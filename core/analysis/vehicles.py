"""Vehicles on the road ahead, found without any model: by the shape a car has on a plane, and by how it moves.

A lens at a driver's height sees every car as a box from its contact with the road up to about the horizon, so the row of the
contact fixes the size of the box, and the search is over two numbers. What looks like one (a dark underside on plain road,
upright sides, a busy body) is followed from frame to frame by its texture (median flow: Kalal, Mikolajczyk, Matas,
"Forward-Backward Error", 2010) and believed only if it travels: what stands comes nearer as fast as the camera drives, and
is a sign, a shadow or a parked car. Any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage, Grey8
from core.camera import Camera, Pose
from core.objects import FADE_FRAMES, Box, Facing, ObjectId, ObjectKind, SceneObject, Spot

Doubles = npt.NDArray[np.float64]
Candidates = tuple["Candidate", ...]
Finder = Callable[[Appearance, float, float], Candidates]
"""Boxes that may be vehicles in a picture, given the row of the horizon (a share) and the height of the lens (metres)."""

CAR_WIDTH_M, CAR_HEIGHT_M = 1.8, 1.48
LOOK_EVERY: Final = 4
"""Frames between two searches; between them boxes are followed."""
LEAST_BELOW: Final = 0.022
"""Contact rows searched begin this far below the horizon, in heights: above, a car is a few pixels."""
LOWEST: Final = 0.94
STRAW_RED: Final = 0.1
"""Dry grass and earth are this much redder than green; lamps are more."""
LEAST_SCORE: Final = 1.9
LEAST_MEAN_SCORE: Final = 2.15
"""Over a track: a car that is not there is louder than one that is missed."""
MOST: Final = 24
"""Candidates a picture."""
POINTS: Final = 24
"""Texture points a box is followed by."""
ASTRAY_PX: Final = 0.8
"""A point that does not come back to where it started from by more than this is lost."""
COAST: Final = 6
"""Frames a box goes on without points to follow."""
UNSEEN: Final = 5
"""Searches in a row that do not find a box again, after which it is given up."""
PULL: Final = 0.35
"""Share by which a box found again corrects the one that was followed."""
SAME: Final = 0.3
"""Overlap from which two boxes are one thing."""
JOIN_FRAMES: Final = 24
"""Frames within which a track that was lost may be found again."""
SHORTEST: Final = 14
"""Frames a vehicle must have been seen for."""
LEAST_FOUND: Final = 0.5
"""Share of searches that must have found it again."""
OWN_SPEED_M_S: Final = 2.5
"""Least speed over the ground of what travels."""
OWN_SHARE: Final = 0.3
"""And as a share of the camera's."""
STANDING_M_S: Final = 1.0
"""A camera slower than this stands: then whatever crosses the picture travels."""
CLEARLY_ASIDE: Final = 0.08
"""Metres to the side, a metre ahead, from which on the bearing of a thing must say too that it travels."""
CROSSED: Final = 1.5
"""Own widths that it must have moved by then."""
SMOOTH_FRAMES: Final = 4.0
"""Sigma over which boxes are smoothed in time."""
SPOT_ERROR: Final = 0.0012
"""Picture sizes by which a box left out may differ from the one interpolated."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box that may be a vehicle, and how much it looks like one (about 2 to 5)."""

    box: Box
    score: float


@dataclass(slots=True)
class _Track:
    """A box being followed, as centre, bottom, width and height in pixels of the work size, a row a frame."""

    first: int
    rows: list[tuple[float, float, float, float]]
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
    def edges(self) -> tuple[float, float, float, float]:
        return _edges(self.rows[-1])


class VehicleTracker:
    """Fed frames in rising order; `finish` says which boxes were vehicles. Keeps boxes, never pictures but the last."""

    def __init__(self, camera: Camera, size: tuple[int, int], find: Finder | None = None) -> None:
        self._camera, self._size = camera, size
        self._find = find or find_by_shape
        self._open: list[_Track] = []
        self._closed: list[_Track] = []
        self._before: Grey8 | None = None
        self._last = -1

    def step(self, frame: int, picture: Appearance, horizon: float) -> None:
        """Look at a frame at the work size. `horizon` is the row there, as a share, as far as is known by now."""
        if self._before is not None and frame == self._last + 1:
            self._follow(self._before, picture.grey)
        elif self._open:
            self.cut()
        if frame % LOOK_EVERY == 0 or not self._open:
            self._look(frame, picture, horizon)
        self._before, self._last = picture.grey, frame

    def cut(self) -> None:
        """A new shot begins, or a frame is missing: nothing is followed across."""
        self._closed += self._open
        self._open = []

    def finish(
        self, poses: Sequence[Pose], seconds: Sequence[float], cuts: Sequence[int] = ()
    ) -> tuple[SceneObject, ...]:
        """The vehicles, in order of appearance. `poses` and `seconds` (when each frame starts) are the whole medium's."""
        self.cut()
        if not poses:
            return ()
        pieces = [piece for track in self._closed for piece in _parted(track, cuts)]
        tracks = [track for track in _joined(pieces, cuts) if _is_steady(track)]
        travelling = [(t, speed) for t in tracks if (speed := self._own_speed(t, poses, seconds)) is not None]
        kept = _one_each(travelling, self._size[0] / 2)
        shots = (0, *cuts, len(poses))
        made = []
        for number, (track, speed) in enumerate(sorted(kept, key=lambda k: (k[0].first, k[0].rows[0]))):
            first, end = max(s for s in shots if s <= track.first), min(s for s in shots if s >= track.end)
            spots = _spots(_smoothed(track), track.first, self._size, (first, end))
            facing = Facing.REAR if speed > 0 else Facing.FRONT
            sure = float(np.clip((np.mean(track.scores) - 1.5) / 1.5, 0.3, 0.95))
            made.append(
                SceneObject(
                    ObjectId(f"vehicle-{number + 1}"), ObjectKind.VEHICLE, spots, facing, confidence=round(sure, 2)
                )
            )
        return tuple(made)

    # ---- from frame to frame --------------------------------------------------------------------------------------

    def _follow(self, before: Grey8, here: Grey8) -> None:
        """Move every open box by the texture inside it: shift by the median, size by the median of pairwise distances."""
        points = [_points_in(before, track.edges) for track in self._open]
        counts = np.array([len(p) for p in points])
        there, good = _moved(before, here, np.concatenate(points)) if counts.sum() else (np.empty((0, 2)), np.empty(0))
        starts = np.cumsum(counts) - counts
        going: list[_Track] = []
        for track, mine, start in zip(self._open, points, starts, strict=True):
            part = slice(start, start + len(mine))
            kept = np.asarray(good[part], np.bool_)
            if _advance(
                track, np.asarray(mine, np.float64)[kept], np.asarray(there[part], np.float64)[kept], self._size
            ):
                going.append(track)
            else:
                self._closed.append(track)
        self._open = going

    def _look(self, frame: int, picture: Appearance, horizon: float) -> None:
        """Search the picture; boxes found again are corrected, new ones are followed from here."""
        width, height = self._size
        found = [
            (c.score, np.array([c.box.left * width, c.box.top * height, c.box.right * width, c.box.bottom * height]))
            for c in self._find(picture, horizon, self._camera.height_m)
        ]
        taken: set[int] = set()
        for track in self._open:
            overlaps = [0.0 if i in taken else _overlap(track.edges, edges) for i, (_, edges) in enumerate(found)]
            best = int(np.argmax(overlaps)) if overlaps else -1
            track.searched += 1
            if best >= 0 and overlaps[best] > SAME:
                taken.add(best)
                score, edges = found[best]
                old, new = np.array(track.rows[-1]), np.array(_row(edges))
                track.rows[-1] = tuple(float(v) for v in old + PULL * (new - old))  # type: ignore[assignment]
                track.scores.append(score)
                track.missed, track.found_at = 0, len(track.rows)
            else:
                track.missed += 1
        self._closed += [t for t in self._open if t.missed > UNSEEN]
        self._open = [t for t in self._open if t.missed <= UNSEEN]
        for i, (score, edges) in enumerate(found):
            if i not in taken and all(_overlap(t.edges, edges) < SAME for t in self._open):
                self._open.append(_Track(frame, [_row(edges)], [score]))

    # ---- what travels ---------------------------------------------------------------------------------------------

    def _own_speed(self, track: _Track, poses: Sequence[Pose], seconds: Sequence[float]) -> float | None:
        """Speed over the ground along the camera's course, metres a second; None where the thing stands.

        A thing at distance Z that nears at v grows by v / Z a second, which says more than where it touches the road. Beside
        the course its bearing says the same, and a box that swells over the flank of a parked car does not deceive it.
        """
        rows = np.array(track.rows)
        frames = range(track.first, min(track.end, len(poses)))
        rows = rows[: len(frames)]
        below = np.maximum(rows[:, 1] / self._size[1] - np.array([poses[f].horizon for f in frames]), 0.004)
        times = np.array([seconds[f] for f in frames])
        ahead = np.array([poses[f].ahead_m for f in frames])
        distance = float(np.median(self._camera.focal * self._camera.height_m / below))
        camera = _slope(times, ahead)
        if abs(camera) < STANDING_M_S:
            moved = np.hypot(np.ptp(rows[:, 0]), np.ptp(rows[:, 1]))
            return 1.0 if moved > CROSSED * float(np.median(rows[:, 2])) else None
        least = max(OWN_SPEED_M_S, OWN_SHARE * abs(camera))
        own = camera - distance * _slope(times, np.log(rows[:, 2]))
        aside = self._aside(rows[:, 0], [poses[f] for f in frames])
        if float(np.median(np.abs(aside))) > CLEARLY_ASIDE and bool((aside * aside[0] > 0.0).all()):
            other = camera - distance * _slope(times, np.log(np.abs(aside)))
            own = min(own, other, key=abs) if own * other > 0.0 else 0.0
        return own if abs(own) > least else None

    def _aside(self, columns: Doubles, poses: Sequence[Pose]) -> Doubles:
        """How far a thing stands to the side of the camera's course, per metre ahead. It too grows by v / Z a second."""
        width, height = self._size
        turned = np.arctan((columns - width / 2) / (self._camera.focal * height)) + [pose.yaw_rad for pose in poses]
        course = _slope(np.array([p.ahead_m for p in poses]), np.array([p.right_m for p in poses]))
        return np.asarray(np.tan(turned) - course, np.float64)


# ---- the shape of a car -------------------------------------------------------------------------------------------


def find_by_shape(picture: Appearance, horizon: float, height_m: float) -> Candidates:
    """Boxes that look like the rear or the front of a car on the road, best first, without overlaps."""
    look = _Sums.of(picture)
    found: list[tuple[float, Doubles]] = []
    top = horizon * picture.height
    bottom, last = top + LEAST_BELOW * picture.height, LOWEST * picture.height
    while bottom < last:
        width = (bottom - top) * CAR_WIDTH_M / height_m
        tall = (bottom - top) * CAR_HEIGHT_M / height_m
        step = max(1.0, width / 14.0)
        lefts = np.arange(-0.3 * width, picture.width - 0.7 * width, step)
        scores = look.scores(lefts, bottom, width, tall)
        found += [
            (float(scores[i]), np.array([lefts[i], bottom - tall, lefts[i] + width, bottom]))
            for i in np.flatnonzero(scores > LEAST_SCORE)
        ]
        bottom += max(1.0, 0.06 * (bottom - top))
    found.sort(key=lambda item: -item[0])
    kept: list[tuple[float, Doubles]] = []
    for score, edges in found:
        if all(_covered(edges, other) < SAME for _, other in kept):
            kept.append((score, edges))
        if len(kept) == MOST:
            break
    size = np.array([picture.width, picture.height, picture.width, picture.height])
    return tuple(Candidate(Box(*(float(v) for v in edges / size)), score) for score, edges in kept)


@dataclass(frozen=True)
class _Sums:
    """Summed-area tables (Crow 1984) of a picture: means over rectangles at once."""

    shape: tuple[int, int]
    light: Doubles
    square: Doubles
    across: Doubles
    """Of the horizontal gradient: upright edges."""
    busy: Doubles
    red: Doubles
    """How much redder than anything else, in code values: tail lamps."""

    @staticmethod
    def of(picture: Appearance) -> _Sums:
        grey: FloatImage = picture.grey.astype(np.float32)
        x, y = (np.abs(cv2.Sobel(grey, cv2.CV_32F, dx, 1 - dx)) / 4.0 for dx in (1, 0))
        rgb = picture.rgb
        red = 255.0 * np.clip(rgb[..., 0] - np.maximum(rgb[..., 1], rgb[..., 2]) - STRAW_RED, 0.0, 0.3)
        light, square, across, busy, lamps = (
            np.asarray(cv2.integral(plane, sdepth=cv2.CV_64F), np.float64)
            for plane in (grey, grey * grey, x, x + y, red)
        )
        return _Sums((picture.height, picture.width), light, square, across, busy, lamps)

    def scores(self, lefts: Doubles, bottom: float, width: float, tall: float) -> Doubles:
        """How much each box with these left edges looks like a car that stands on `bottom`."""
        rights, middles = lefts + width, lefts + width / 2
        thin, under = max(1.0, 0.10 * width), max(1.5, 0.18 * width)
        road = (lefts, bottom + 0.06 * width, rights, bottom + 0.06 * width + under)
        plain = self._mean(self.light, *road)
        rough = np.sqrt(np.maximum(self._mean(self.square, *road) - plain**2, 0.0))
        # Dark under both halves: between two cars, and under a pole, only one of them is.
        shadow = np.maximum(
            self._mean(self.light, lefts + 0.08 * width, bottom - thin, middles, bottom),
            self._mean(self.light, middles, bottom - thin, rights - 0.08 * width, bottom),
        )
        dark = np.clip((plain - shadow) / (plain + 10.0), -0.5, 0.6)
        high, low = bottom - 0.8 * tall, bottom - 0.1 * tall
        body = self._mean(self.busy, lefts + 0.05 * width, high, rights - 0.05 * width, low)
        busy = np.clip((body - self._mean(self.busy, *road)) / 20.0, -1.0, 1.2)
        sides = np.minimum(self._side(lefts, bottom, width, tall), self._side(rights, bottom, width, tall))
        upright = np.clip(sides / 12.0, 0.0, 1.2)
        left, right = (
            self._mean(self.light, lefts, high, middles, low),
            self._mean(self.light, middles, high, rights, low),
        )
        uneven = np.clip(np.abs(left - right) / 40.0 - 0.25, 0.0, 1.0)
        lamps = np.minimum(*(self._lamp(lefts + at * width, bottom, width, tall) for at in (0.14, 0.86)))
        # The flank shows on the side of the vanishing point: on the other one the dark must end with the rear face.
        outside = np.where(middles < self.shape[1] / 2, lefts - 0.22 * width, rights + 0.04 * width)
        beyond = self._mean(self.light, outside, bottom - thin, outside + 0.18 * width, bottom)
        goes_on = np.clip((plain - beyond) / (plain + 10.0), 0.0, 0.6)
        return np.asarray(
            3.0 * dark
            - 1.8 * goes_on
            + busy
            + 0.8 * upright
            + 1.2 * np.clip(lamps / 30.0, 0.0, 1.0)
            - 0.8 * uneven
            - 0.05 * np.clip(rough - 4.0, 0.0, 20.0),
            np.float64,
        )

    def _lamp(self, at: Doubles, bottom: float, width: float, tall: float) -> Doubles:
        """Red where a tail lamp would be: .12 of the width to either side, .45 to .7 of the height."""
        return self._mean(self.red, at - 0.12 * width, bottom - 0.70 * tall, at + 0.12 * width, bottom - 0.45 * tall)

    def _side(self, at: Doubles, bottom: float, width: float, tall: float) -> Doubles:
        return self._mean(self.across, at - 0.06 * width, bottom - 0.75 * tall, at + 0.06 * width, bottom - 0.08 * tall)

    def _mean(self, table: Doubles, left: Doubles, top: float, right: Doubles, bottom: float) -> Doubles:
        """Means over rectangles, cut to the picture and at least a pixel large."""
        height, width = self.shape
        x0 = np.clip(np.rint(left).astype(int), 0, width - 1)
        x1 = np.clip(np.rint(right).astype(int), x0 + 1, width)
        y0 = min(max(round(top), 0), height - 1)
        y1 = min(max(round(bottom), y0 + 1), height)
        total = table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0]
        return np.asarray(total / ((x1 - x0) * (y1 - y0)), np.float64)


# ---- following ----------------------------------------------------------------------------------------------------


_lucas_kanade: Final[Callable[..., tuple[Any, Any, Any]]] = partial(
    cv2.calcOpticalFlowPyrLK, nextPts=None, winSize=(9, 9), maxLevel=3
)


def _points_in(grey: Grey8, edges: tuple[float, float, float, float]) -> FloatImage:
    """(N, 2) points of texture inside a box, clear of its rim, where the backdrop shows."""
    height, width = grey.shape
    rim = 0.08 * (edges[2] - edges[0])
    x0, y0 = max(0, round(edges[0] + rim)), max(0, round(edges[1] + rim))
    x1, y1 = min(width, round(edges[2] - rim)), min(height, round(edges[3]))
    if x1 - x0 < 4 or y1 - y0 < 4:
        return np.empty((0, 2), np.float32)
    corners = cv2.goodFeaturesToTrack(np.ascontiguousarray(grey[y0:y1, x0:x1]), POINTS, 0.02, 2)
    if corners is None:
        return np.empty((0, 2), np.float32)
    return np.asarray(corners.reshape(-1, 2) + np.array([x0, y0], np.float32), np.float32)


def _moved(before: Grey8, here: Grey8, points: FloatImage) -> tuple[FloatImage, npt.NDArray[np.bool_]]:
    """Where points of one picture are in the next (Lucas and Kanade 1981, pyramids), and which came back when asked to."""
    start = np.ascontiguousarray(points.reshape(-1, 1, 2))
    there, found, _ = _lucas_kanade(before, here, start)
    back, returned, _ = _lucas_kanade(here, before, there)
    astray = np.linalg.norm((back - start).reshape(-1, 2), axis=1)
    good = (found.ravel() == 1) & (returned.ravel() == 1) & (astray < ASTRAY_PX)
    return np.asarray(there.reshape(-1, 2), np.float32), np.asarray(good, np.bool_)


def _advance(track: _Track, here: Doubles, there: Doubles, size: tuple[int, int]) -> bool:
    """Add the box of the next frame; False where the track ends: out of the picture, or nothing left to follow."""
    x, bottom, width, height = track.rows[-1]
    if len(here) >= 4:
        shift = np.median(there - here, axis=0)
        grown = _growth(here, there)
        track.coasted = 0
    else:
        shift, grown = np.array(track.speed), 1.0
        track.coasted += 1
    track.speed = float(shift[0]), float(shift[1])
    center = bottom - height / 2 + shift[1]
    x, width, height = x + shift[0], width * grown, height * grown
    track.rows.append((float(x), float(center + height / 2), float(width), float(height)))
    inside = min(x + width / 2, size[0]) - max(x - width / 2, 0.0)
    return bool(track.coasted <= COAST and inside > 0.35 * width and width > 4.0)


def _growth(here: Doubles, there: Doubles) -> float:
    pairs = np.array(list(combinations(range(len(here)), 2)))
    was = np.linalg.norm(here[pairs[:, 0]] - here[pairs[:, 1]], axis=1)
    now = np.linalg.norm(there[pairs[:, 0]] - there[pairs[:, 1]], axis=1)
    apart = was > 3.0
    return float(np.clip(np.median(now[apart] / was[apart]), 0.9, 1.1)) if apart.any() else 1.0


def _row(edges: Doubles) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(v) for v in edges)
    return (left + right) / 2, bottom, right - left, bottom - top


def _edges(row: Sequence[float] | Doubles) -> tuple[float, float, float, float]:
    x, bottom, width, height = (float(v) for v in row)
    return x - width / 2, bottom - height, x + width / 2, bottom


def _overlap(a: Sequence[float] | Doubles, b: Sequence[float] | Doubles) -> float:
    """Intersection over union."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(across, 0.0) * max(down, 0.0)
    return float(both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both))


def _covered(a: Doubles, b: Doubles) -> float:
    """Share of the smaller box that the other covers."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return float(max(across, 0.0) * max(down, 0.0) / smaller)


# ---- from tracks to objects ---------------------------------------------------------------------------------------


def _parted(track: _Track, cuts: Iterable[int]) -> list[_Track]:
    """The track as far as it was found, in pieces where a cut was found later."""
    pieces, start = [], track.first
    believed = min(track.end, track.first + track.found_at + LOOK_EVERY - 1)
    for end in [c for c in cuts if track.first < c < believed] + [believed]:
        rows = track.rows[start - track.first : end - track.first]
        pieces.append(_Track(start, rows, track.scores, track.searched))
        start = end
    return pieces


def _joined(tracks: Iterable[_Track], cuts: Sequence[int]) -> list[_Track]:
    """Tracks that were lost and found again, as one: the way between is straight."""
    whole: list[_Track] = []
    for track in sorted((t for t in tracks if len(t.scores) > 1), key=lambda t: t.first):
        before = max(
            (t for t in whole if _goes_on(t, track) and not any(t.first < c <= track.first for c in cuts)),
            key=lambda t: t.end,
            default=None,
        )
        if before is None:
            whole.append(track)
            continue
        kept = before.rows[: track.first - before.first]
        gap = track.first - before.first - len(kept)
        last, then = np.array(kept[-1]), np.array(track.rows[0])
        between = [tuple(float(v) for v in last + (then - last) * (i + 1) / (gap + 1)) for i in range(gap)]
        before.rows = [*kept, *between, *track.rows]  # type: ignore[list-item]
        before.scores += track.scores
        before.searched += track.searched
    return whole


def _goes_on(a: _Track, b: _Track) -> bool:
    """Whether `b` begins where `a` was, or would soon have been."""
    gap = b.first - a.end
    if gap > JOIN_FRAMES or b.first <= a.first or b.end <= a.end:
        return False
    if gap < 0:
        there = np.array(a.rows[b.first - a.first])
    else:
        recent = np.array(a.rows[-JOIN_FRAMES:])
        there = recent[-1] + (recent[-1] - recent[0]) / max(1, len(recent) - 1) * (gap + 1)
    return _overlap(_edges(there), _edges(np.array(b.rows[0]))) > SAME


def _is_steady(track: _Track) -> bool:
    often = len(track.scores) >= LEAST_FOUND * track.searched
    return len(track.rows) >= SHORTEST and often and float(np.mean(track.scores)) > LEAST_MEAN_SCORE


def _slope(x: Doubles, y: Doubles) -> float:
    """Of the line through the medians of the first and the last third (Tukey 1971): no outlier tilts it."""
    third = max(1, len(x) // 3)
    run = float(np.median(x[-third:]) - np.median(x[:third]))
    return float(np.median(y[-third:]) - np.median(y[:third])) / run if run > 0 else 0.0


def _one_each(tracks: Sequence[tuple[_Track, float]], middle: float) -> list[tuple[_Track, float]]:
    """Two tracks of one vehicle, as of its rear and its flank, made one. `middle` is the column of the vanishing point."""
    kept: list[tuple[_Track, float]] = []
    for track, speed in sorted(tracks, key=lambda t: -float(np.sum(t[0].scores))):
        twin = next((other for other, _ in kept if _are_one(track, other)), None)
        if twin is None:
            kept.append((track, speed))
        else:
            _take_face(twin, track, middle)
    return kept


def _take_face(better: _Track, other: _Track, middle: float) -> None:
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
    better.rows = [tuple(float(v) for v in row) for row in ours]  # type: ignore[misc]


def _are_one(a: _Track, b: _Track) -> bool:
    """Whether they touch, on the same row, for half of the time that both are seen: cars side by side are a lane apart."""
    first, end = max(a.first, b.first), min(a.end, b.end)
    if first >= end:
        return False
    ours, theirs = (np.array(t.rows[first - t.first : end - t.first]) for t in (a, b))
    width = (ours[:, 2] + theirs[:, 2]) / 2
    gap = np.abs(ours[:, 0] - theirs[:, 0]) - width
    level = np.abs(ours[:, 1] - theirs[:, 1])
    return float(np.mean((gap < 0.2 * width) & (level < 0.3 * width))) > 0.5


def _smoothed(track: _Track) -> Doubles:
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


def _spots(rows: Doubles, first: int, size: tuple[int, int], shot: tuple[int, int]) -> tuple[Spot, ...]:
    """As few boxes as give back all the others within SPOT_ERROR. `shot` are its first frame and the one after its last."""
    width, height = size
    x, bottom, wide, tall = rows.T
    boxes = np.stack(
        ((x - wide / 2) / width, (bottom - tall) / height, (x + wide / 2) / width, bottom / height), -1
    ).round(5)
    kept = sorted(_needed(boxes, 0, len(boxes) - 1) | {0, len(boxes) - 1})
    spots = [Spot(first + i, Box(*(float(v) for v in boxes[i]))) for i in kept]
    if first == shot[0]:
        spots.insert(0, Spot(first - FADE_FRAMES, spots[0].box))
    if first + len(boxes) >= shot[1]:
        spots.append(Spot(first + len(boxes) - 1 + FADE_FRAMES, spots[-1].box))
    return tuple(spots)


def _needed(boxes: Doubles, a: int, b: int) -> set[int]:
    """Frames between a and b that a straight way misses (Douglas and Peucker 1973)."""
    if b - a < 2:
        return set()
    t = (np.arange(a + 1, b) - a)[:, None] / (b - a)
    missed = np.abs(boxes[a + 1 : b] - (boxes[a] + (boxes[b] - boxes[a]) * t)).max(1)
    worst = int(missed.argmax())
    if missed[worst] <= SPOT_ERROR:
        return set()
    middle = a + 1 + worst
    return {middle} | _needed(boxes, a, middle) | _needed(boxes, middle, b)
