"""Path: from what was measured between frames to where the camera was at each of them. Plain numbers, any thread.

Nothing here drifts where anything at all says how things are: a chain of small steps is fitted to all absolute measures at
once (a Kalman smoother written as least squares), so that slow changes come from the measures and quick ones from the
steps. Outliers lose their weight (Cauchy).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, sin
from typing import Final

import numpy as np
import numpy.typing as npt

from core.analysis.pace import Pause, no_pause
from core.camera import Camera, Pose

Doubles = npt.NDArray[np.float64]

ROUNDS: Final = 8
LEVEL_DOUBT: Final = 0.04
"""How far, in heights, the horizon of a frame may lie from that of the shot, as far as one frame is concerned."""
STEP_DOUBT: Final = 0.0004
"""Error of a pitch step that is common to many frames, in heights."""
MEASURE_DOUBT: Final = 0.006
"""Error of a measured horizon that no number of pixels takes away: roads are not flat."""
WANDER: Final = 0.6
"""Metres a second per second by which the speed strays from its trend."""
LOOSER: Final = 4.0
"""How much more it may while the trend is not yet known."""
TREND: Final = 24
"""Frames."""
UNSURE: Final = 0.5
"""Error of one frame's speed, as a share of the speed, above which that frame has not told it."""
SHORTEST_GAP: Final = 12
"""Frames without a speed that are not worth a word."""


@dataclass(frozen=True, slots=True)
class Link:
    """What was measured between a frame and the one before. Angles in radians, lengths in camera heights, rows as shares.

    A measure that is missing has an infinite doubt.
    """

    pitch: float = 0.0
    yaw: float = 0.0
    turn_doubt: float = float("inf")
    is_still: bool = False
    horizons: tuple[tuple[float, float], ...] = ()
    """Rows of the horizon at this frame that something tells, and the doubt of each."""
    ahead: float = 0.0
    ahead_doubt: float = float("inf")
    side: float = 0.0
    """Motion to the right for each unit ahead."""
    side_doubt: float = float("inf")


def chain(
    steps: Doubles, step_doubts: Doubles, measures: Sequence[Sequence[tuple[float, float]]]
) -> tuple[Doubles, Doubles]:
    """Values whose differences are about `steps` (N - 1) and which are about what is measured (N), and their doubts.

    Each measure is a value and its doubt. Least squares with Cauchy weights on the measures; the system is tridiagonal, so
    the effort grows with N alone. A step with a doubt of 0 means that nothing changed.
    """
    moves = step_doubts > 0.0
    if not moves.all():  # frames between which nothing changed are one
        one = np.concatenate(([0], np.cumsum(moves)))
        told: list[list[tuple[float, float]]] = [[] for _ in range(int(one[-1]) + 1)]
        for i, here in zip(one, measures, strict=True):
            told[i].extend(here)
        values, doubts = chain(steps[moves], step_doubts[moves], told)
        return values[one], doubts[one]
    count = len(measures)
    owner = np.array([i for i, told in enumerate(measures) for _ in told], np.intp)
    value = np.array([v for told in measures for v, _ in told], np.float64)
    doubt = np.array([d for told in measures for _, d in told], np.float64)
    stiff = 1.0 / np.square(step_doubts)
    weight = 1.0 / np.square(doubt)
    found, spread = np.zeros(count), np.zeros(count)
    for round_ in range(ROUNDS):
        diagonal = np.bincount(owner, weight, count).astype(np.float64) + 1e-12
        right = np.bincount(owner, weight * value, count).astype(np.float64)
        diagonal[:-1] += stiff
        diagonal[1:] += stiff
        right[1:] += stiff * steps
        right[:-1] -= stiff * steps
        found, spread = _solved(diagonal, -stiff, right)
        if round_ < ROUNDS - 1:
            rest = (value - found[owner]) / doubt
            weight = 1.0 / np.square(doubt) / (1.0 + np.square(rest) / 4.0)
    return found, np.sqrt(spread)


def _solved(diagonal: Doubles, beside: Doubles, right: Doubles) -> tuple[Doubles, Doubles]:
    """Solution of a symmetric tridiagonal system, and the diagonal of its inverse (Thomas, from both ends)."""
    count = len(diagonal)
    down, up, value = diagonal.copy(), diagonal.copy(), right.copy()
    for i in range(1, count):
        share = beside[i - 1] / down[i - 1]
        down[i] -= share * beside[i - 1]
        value[i] -= share * value[i - 1]
    for i in range(count - 2, -1, -1):
        up[i] -= beside[i] * beside[i] / up[i + 1]
    value[-1] /= down[-1]
    for i in range(count - 2, -1, -1):
        value[i] = (value[i] - beside[i] * value[i + 1]) / down[i]
    return value, 1.0 / (down + up - diagonal)


def poses_of(
    links: Sequence[Link], seconds: Sequence[float], camera: Camera, first: int, pause: Pause = no_pause
) -> tuple[list[Pose], list[tuple[int, int]]]:
    """One pose a frame of one shot, `links[i]` leading to frame i from the one before (the first says nothing of it).

    `seconds` are the lengths of the frames, `first` the number of the shot's first frame. And the first and last frames
    of stretches whose speed could not be told.
    Raises what `pause` does.
    """
    pause()
    horizons = _horizons(links, camera)
    pause()
    speeds, untold = _speeds(links, seconds, camera, first)
    pause()
    sides = _sides(links)
    poses = []
    right = ahead = yaw = 0.0
    for i, link in enumerate(links):
        if i:
            course = yaw + link.yaw / 2
            way = speeds[i] * camera.height_m
            ahead += way * (cos(course) - sides[i] * sin(course))
            right += way * (sin(course) + sides[i] * cos(course))
            yaw += link.yaw
        poses.append(Pose(right, 0.0, ahead, yaw, float(horizons[i])))
    return poses, untold


def _horizons(links: Sequence[Link], camera: Camera) -> Doubles:
    """Row of the horizon at each frame. In the pinhole's tangent, a pitch step moves it by focal · (1 + tan²)."""
    stretch = camera.focal * (1.0 + ((camera.horizon - 0.5) / camera.focal) ** 2)
    steps = np.array([link.pitch * stretch for link in links[1:]])
    doubts = np.array(
        [0.0 if link.is_still else min(max(link.turn_doubt * stretch, STEP_DOUBT), 0.05) for link in links[1:]]
    )
    measures = [
        [(camera.horizon, LEVEL_DOUBT), *((row, max(doubt, MEASURE_DOUBT)) for row, doubt in link.horizons)]
        for link in links
    ]
    return chain(steps, doubts, measures)[0]


def _speeds(
    links: Sequence[Link], seconds: Sequence[float], camera: Camera, first: int
) -> tuple[Doubles, list[tuple[int, int]]]:
    """Heights a frame, signed, leading to each frame, and where that could not be told."""
    told = [
        [(0.0, 1e-6)] if link.is_still else [(link.ahead, link.ahead_doubt)] if link.ahead_doubt < 1e3 else []
        for link in links
    ]
    if not any(link.ahead_doubt < 1e3 for link in links):
        return np.zeros(len(links)), []
    wander = np.array([WANDER * s * s / camera.height_m for s in seconds[1:]])
    for i, (before, here) in enumerate(pairwise(links)):
        if before.is_still or here.is_still:
            wander[i] = 10.0
    first_guess, _ = chain(np.zeros(len(links) - 1), LOOSER * wander, told)
    speeds, _ = chain(_trend(first_guess), wander, told)
    stands = np.array([link.is_still for link in links])
    unsure = np.array([link.ahead_doubt for link in links]) > UNSURE * np.abs(speeds) + 1e-3
    gaps = [(a, b) for a, b in _runs(unsure & ~stands) if b - a + 1 >= SHORTEST_GAP]
    return np.where(stands, 0.0, speeds), [(first + a, first + b) for a, b in gaps]


def _trend(values: Doubles) -> Doubles:
    """How much more each value is than the one before, about evenly over TREND neighbours."""
    steps = np.diff(values)
    half = min(TREND // 2, (len(steps) - 1) // 2)
    if half < 1:
        return np.zeros(len(steps))
    padded = np.pad(steps, half, mode="reflect")
    return np.asarray(np.convolve(padded, np.full(2 * half + 1, 1.0 / (2 * half + 1)), mode="valid"))


def _sides(links: Sequence[Link]) -> Doubles:
    told = [[(link.side, link.side_doubt)] if link.side_doubt < 1e3 else [] for link in links]
    if not any(told):
        return np.zeros(len(links))
    return chain(np.zeros(len(links) - 1), np.full(len(links) - 1, 0.002), told)[0]


def _runs(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of each run of what is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
