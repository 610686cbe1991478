"""Camera motion: where the camera heads, from flow, and how fast over the ground, from the picture. Both say how sure they are.

Coordinates are in picture heights from the centre, x right, y down. Pairs are a frame and the one before it; a flow leads
from the frame to the one before, as in `core.analysis.flow`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.flow import FloatImage, FlowPreset, Grey8, consistency, dis_flow
from core.analysis.pace import Pause, no_pause, with_pauses

Doubles = npt.NDArray[np.float64]

STEP_PX: Final = 12
"""Flow is read on a grid this wide: neighbours say the same."""
LEAST_GRADIENT: Final = 12.0
"""Mean Sobel response around a point below which its flow is a guess."""
LEAST_MOTION: Final = 0.0012
"""Mean length of flow, in heights per frame, below which a camera is taken as standing."""
NOISE: Final = 0.0006
"""Error of flow in heights, which residuals are judged by."""
ROWS, COLUMNS = 34, 29


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the camera heads: the focus of expansion, as shares of height and width. `confidence` 0..1."""

    row: float = 0.5
    column: float = 0.5
    confidence: float = 0.0
    is_forward: bool = True


@dataclass(frozen=True, slots=True)
class Track:
    """Flow of one pair at the grid points that can be trusted: positions and displacements in heights, both (N, 2)."""

    at: Doubles
    by: Doubles

    @staticmethod
    def of(here: Grey8, before: Grey8) -> Track:
        flow = dis_flow(here, before, FlowPreset.MEDIUM)
        trust = consistency(flow, dis_flow(before, here, FlowPreset.MEDIUM))
        gradient = np.abs(cv2.Sobel(here, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(here, cv2.CV_32F, 0, 1))
        trust = trust * (cv2.blur(gradient, (9, 9)) > LEAST_GRADIENT)
        height, width = here.shape
        ys, xs = np.mgrid[STEP_PX // 2 : height : STEP_PX, STEP_PX // 2 : width : STEP_PX]
        good = trust[ys, xs] > 0.5
        ys, xs = ys[good], xs[good]
        at = np.stack(((xs + 0.5 - width / 2) / height, (ys + 0.5 - height / 2) / height), -1)
        return Track(at, flow[ys, xs].astype(np.float64) / height)

    @property
    def is_moving(self) -> bool:
        return len(self.at) >= 30 and float(np.linalg.norm(self.by, axis=1).mean()) > LEAST_MOTION


def find_heading(tracks: Sequence[Track], focal: float, aspect: float, pause: Pause = no_pause) -> Heading:
    """The one heading that best explains the flow of all pairs. `focal` in heights, `aspect` is width over height.

    After Heeger and Jepson (1992): for a given heading, flow across the lines through it can only be rotation, which is
    linear in three unknowns. Each candidate is scored by what is left, robustly; the pairs are added up, because a camera
    keeps its course within a shot. The confidence is how much worse a heading .12 H higher or lower would be.
    """
    moving = [track for track in tracks if track.is_moving]
    if 2 * len(moving) < len(tracks) or not moving:
        return Heading()
    columns = np.linspace(-0.55 * aspect, 0.55 * aspect, COLUMNS)
    rows = np.linspace(-0.55, 0.55, ROWS)
    cost = np.mean([_heading_cost(track, columns, rows, focal) for track in with_pauses(moving, pause)], axis=0)
    row, column = np.unravel_index(int(cost.argmin()), cost.shape)
    by_row = cost.min(axis=1)
    away = round(0.12 / (rows[1] - rows[0]))
    if not away <= row < ROWS - away or column in (0, COLUMNS - 1):
        return Heading()
    rise = min(float(by_row[row - away]), float(by_row[row + away])) / max(float(by_row[row]), 0.05)
    fine_rows = rows[row] + np.linspace(-0.036, 0.036, 13)
    fine_columns = columns[column] + np.linspace(-0.02, 0.02, 3) * aspect
    fine = np.mean(
        [_heading_cost(track, fine_columns, fine_rows, focal) for track in with_pauses(moving, pause)], axis=0
    )
    row, column = np.unravel_index(int(fine.argmin()), fine.shape)
    at = np.array([fine_columns[column], fine_rows[row]])
    inward = sum(float(np.median(((t.at - at) * t.by).sum(1))) for t in moving) < 0
    return Heading(
        0.5 + float(at[1]), 0.5 + float(at[0]) / aspect, float(np.clip((rise - 1.1) / 0.5, 0.0, 1.0)), inward
    )


def _heading_cost(track: Track, columns: Doubles, rows: Doubles, focal: float) -> Doubles:
    """Robust residual of every candidate, (rows, columns)."""
    x, y = track.at.T
    turn_x = np.stack((x * y / focal, -(focal + x * x / focal), y), -1)
    turn_y = np.stack((focal + y * y / focal, -x * y / focal, -x), -1)
    heading = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 1, 2)
    ray = track.at - heading
    length = np.linalg.norm(ray, axis=-1) + 1e-6
    across_x, across_y = -ray[..., 1] / length, ray[..., 0] / length
    a = across_x[..., None] * turn_x + across_y[..., None] * turn_y
    b = across_x * track.by[:, 0] + across_y * track.by[:, 1]
    near = np.clip(length / 0.08, 0.0, 1.0)
    weight, rest = near, b
    for _ in range(3):
        weighted = (a * weight[..., None]).transpose(0, 2, 1)
        turn = np.linalg.solve(weighted @ a + 1e-9 * np.eye(3), weighted @ b[..., None])
        rest = b - (a @ turn)[..., 0]
        weight = near / (1.0 + np.square(rest / NOISE))
    cost = (near * np.log1p(np.square(rest / NOISE))).sum(1) / near.sum(1)
    return np.asarray(cost.reshape(len(rows), len(columns)), np.float64)


# ---- speed over the ground ----------------------------------------------------------------------------------------

SPEEDS: Final = np.concatenate(([0.0], np.geomspace(0.004, 2.4, 44)))
"""Candidates, camera heights per frame."""
TURNS_PX: Final = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""Pitch and yaw between two frames that are tried with each speed."""

LEAST_DETAIL: Final = 0.4
"""Mean rest, in code values, of a wrong speed, below which a floor is too bare to tell."""


@dataclass(frozen=True, slots=True)
class GroundSpeed:
    """Camera heights per frame along the heading. `confidence` 0..1; `at_bound` when the answer is the fastest one tried."""

    heights_per_frame: float = 0.0
    confidence: float = 0.0
    at_bound: bool = False


def find_ground_speed(
    pairs: Sequence[tuple[Grey8, Grey8]], heading: Heading, horizon: float, focal: float, pause: Pause = no_pause
) -> GroundSpeed:
    """The speed that best lays the ground of each frame over the ground of the one before, pitch and yaw free per pair.

    Direct alignment of pictures, because flow locks on to lane lines and slides along them. Pairs vote together.
    """
    votes: list[Doubles] = []
    for here, before in with_pauses(pairs, pause):
        rest = _alignment(_detail(here), _detail(before), heading, horizon, focal)
        usual = float(np.median(rest))
        if usual > LEAST_DETAIL:
            votes.append(rest / usual)
    if not votes:
        return GroundSpeed()
    curve = np.mean(votes, axis=0)
    best = int(curve.argmin())
    agreeing = float(np.mean([abs(int(vote.argmin()) - best) <= 3 for vote in votes]))
    dip = 1.0 - float(curve[best])
    confidence = float(np.clip(dip / 0.12, 0.0, 1.0) * np.clip(1.4 * agreeing, 0.0, 1.0))
    return GroundSpeed(_vertex(curve, best), confidence, best == len(SPEEDS) - 1)


def _vertex(curve: Doubles, best: int) -> float:
    """The minimum between the candidates, by a parabola over the logarithm of the speed."""
    if not 2 <= best < len(SPEEDS) - 1:
        return float(SPEEDS[best])
    left, middle, right = (float(v) for v in curve[best - 1 : best + 2])
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend > 1e-9 else 0.0
    return float(SPEEDS[best] * (SPEEDS[-1] / SPEEDS[-2]) ** np.clip(shift, -0.5, 0.5))


def _detail(grey: Grey8) -> FloatImage:
    """What is sharper than 15 pixels: changes of light between frames drop out."""
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.2)
    return np.asarray(soft - cv2.blur(soft, (31, 31)), np.float32)


def _alignment(here: FloatImage, before: FloatImage, heading: Heading, horizon: float, focal: float) -> Doubles:
    """Mean absolute rest of each of SPEEDS, at its best pitch and yaw, over a wedge of ground ahead."""
    height, width = here.shape
    ys, xs = np.mgrid[0:height:2, 0:width:2].astype(np.float32)
    below = (ys + 0.5) / height - horizon
    across = (xs + 0.5) / height - heading.column * width / height
    wedge = (below > 0.05) & (np.abs(across) < 0.12 + 1.2 * below) & (ys < 0.93 * height)
    if wedge.sum() < 200:
        return np.ones(len(SPEEDS))
    xs, ys, below, across = xs[wedge], ys[wedge], below[wedge], across[wedge]
    mine = here[ys.astype(int), xs.astype(int)]
    rest = np.full(len(SPEEDS), np.inf)
    for i, candidate in enumerate(SPEEDS):
        speed = float(candidate) if heading.is_forward else -float(candidate)
        shrink = 1.0 / np.maximum(1.0 + speed * below / focal, 0.2) - 1.0
        to_x, to_y = xs + across * shrink * height, ys + below * shrink * height
        for yaw, pitch in product(TURNS_PX, TURNS_PX):
            theirs = cv2.remap(before, to_x[None] + yaw, to_y[None] + pitch, cv2.INTER_LINEAR)[0]
            rest[i] = min(rest[i], float(np.minimum(np.abs(theirs - mine), 20.0).mean()))
    return rest
