"""Vehicles on the road ahead, found without any model: by the shape a car has on a plane, and by how it moves.

What looks like one (`core.analysis.car_shape`, or a detector) is followed from frame to frame by its texture (median flow:
Kalal, Mikolajczyk, Matas, "Forward-Backward Error", 2010) and believed only if it travels: what stands comes nearer as fast
as the camera drives, and is a sign, a shadow or a parked car. Any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.appearance import Appearance
from core.analysis.car_shape import Finder, find_by_shape
from core.analysis.flow import FloatImage, Grey8
from core.analysis.tracks import (
    LOOK_EVERY,
    SAME,
    Doubles,
    Track,
    as_row,
    is_steady,
    joined,
    one_each,
    overlap,
    parted,
    row_of,
    slope,
    smoothed,
    spots_of,
)
from core.camera import Camera, Pose
from core.objects import Facing, ObjectId, ObjectKind, SceneObject

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


class VehicleTracker:
    """Fed frames in rising order; `finish` says which boxes were vehicles. Keeps boxes, never pictures but the last."""

    def __init__(self, camera: Camera, size: tuple[int, int], find: Finder | None = None) -> None:
        self._camera, self._size = camera, size
        self._find = find or find_by_shape
        self._open: list[Track] = []
        self._closed: list[Track] = []
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
        pieces = [piece for track in self._closed for piece in parted(track, cuts)]
        tracks = [track for track in joined(pieces, cuts) if is_steady(track)]
        travelling = [(t, speed) for t in tracks if (speed := self._own_speed(t, poses, seconds)) is not None]
        kept = one_each(travelling, self._size[0] / 2)
        shots = (0, *cuts, len(poses))
        made = []
        for number, (track, speed) in enumerate(sorted(kept, key=lambda k: (k[0].first, k[0].rows[0]))):
            first, end = max(s for s in shots if s <= track.first), min(s for s in shots if s >= track.end)
            spots = spots_of(smoothed(track), track.first, self._size, (first, end))
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
        going: list[Track] = []
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
            overlaps = [0.0 if i in taken else overlap(track.edges, edges) for i, (_, edges) in enumerate(found)]
            best = int(np.argmax(overlaps)) if overlaps else -1
            track.searched += 1
            if best >= 0 and overlaps[best] > SAME:
                taken.add(best)
                score, edges = found[best]
                old, new = np.array(track.rows[-1]), np.array(row_of(edges))
                track.rows[-1] = as_row(old + PULL * (new - old))
                track.scores.append(score)
                track.missed, track.found_at = 0, len(track.rows)
            else:
                track.missed += 1
        self._closed += [t for t in self._open if t.missed > UNSEEN]
        self._open = [t for t in self._open if t.missed <= UNSEEN]
        for i, (score, edges) in enumerate(found):
            if i not in taken and all(overlap(t.edges, edges) < SAME for t in self._open):
                self._open.append(Track(frame, [row_of(edges)], [score]))

    # ---- what travels ---------------------------------------------------------------------------------------------

    def _own_speed(self, track: Track, poses: Sequence[Pose], seconds: Sequence[float]) -> float | None:
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
        camera = slope(times, ahead)
        if abs(camera) < STANDING_M_S:
            moved = np.hypot(np.ptp(rows[:, 0]), np.ptp(rows[:, 1]))
            return 1.0 if moved > CROSSED * float(np.median(rows[:, 2])) else None
        least = max(OWN_SPEED_M_S, OWN_SHARE * abs(camera))
        own = camera - distance * slope(times, np.log(rows[:, 2]))
        aside = self._aside(rows[:, 0], [poses[f] for f in frames])
        if float(np.median(np.abs(aside))) > CLEARLY_ASIDE and bool((aside * aside[0] > 0.0).all()):
            other = camera - distance * slope(times, np.log(np.abs(aside)))
            own = min(own, other, key=abs) if own * other > 0.0 else 0.0
        return own if abs(own) > least else None

    def _aside(self, columns: Doubles, poses: Sequence[Pose]) -> Doubles:
        """How far a thing stands to the side of the camera's course, per metre ahead. It too grows by v / Z a second."""
        width, height = self._size
        turned = np.arctan((columns - width / 2) / (self._camera.focal * height)) + [pose.yaw_rad for pose in poses]
        course = slope(np.array([p.ahead_m for p in poses]), np.array([p.right_m for p in poses]))
        return np.asarray(np.tan(turned) - course, np.float64)


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


def _advance(track: Track, here: Doubles, there: Doubles, size: tuple[int, int]) -> bool:
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
