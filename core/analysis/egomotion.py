"""Egomotion: how the camera moved between two neighbouring frames, from far things and from the ground.

First the turn, from flow: whatever the depth of a point, flow *across* the line through it and the point the camera heads
for can only be rotation (Heeger and Jepson 1992), and near the horizon flow along that line is small too. Then the way, by
laying the ground of one frame over the ground of the other (direct alignment, robust Gauss-Newton), with pitch, yaw and
horizon free about what the turn says, because a pixel of pitch is louder there than a tenth of speed.

Coordinates are picture heights from the centre, x right, y down; lengths are camera heights; angles radians. Any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import atan, cos, sin
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.flow import FloatImage, FlowPreset, Grey8, consistency, dis_flow

Doubles = npt.NDArray[np.float64]

GRID_PX: Final = 6
"""Flow is read on a grid this wide."""
LEAST_GRADIENT: Final = 10.0
"""Mean Sobel response around a point below which its flow is a guess."""
CLEAR_GRADIENT: Final = 40.0
FIT_PX: Final = (7, 7)
STRAY_PX: Final = 1.0
"""A point that is fitted farther than this from where the dense flow led is lost."""
CONTRAST_OF_GRADIENT: Final = 0.05
"""What may differ between a point and where it stood before, in code values for each of the mean Sobel response around it."""
UNLIKE_CODES: Final = 3.0
FLOW_NOISE_PX: Final = 0.12
"""Error of flow, which residuals are judged by."""
NOISE_SHARE: Final = 0.1
"""Error of flow as a share of its length."""
STILL_PX: Final = 0.12
"""Flow below this is none."""
STILL_SHARE: Final = 0.9
"""Share of points without flow that makes a camera stand: what moves before it is the smaller part."""
LEAST_POINTS: Final = 25
NEAREST: Final = 3.0
"""Depth, in camera heights, that things above the horizon are taken to have at least."""
BEYOND: Final = 0.35
"""Doubt, against that of depth, of flow that comes nearer the heading: beyond infinity is nothing, so it is rotation or drives."""
HEADING_DOUBT, HEADING_DOUBT_ROWS = 0.06, 0.012
"""How far, in heights, the point headed for may lie from where it is expected: across and up."""
LEAST_DOUBT_PX: Final = 0.012
ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Lens:
    """What is taken as given between two frames: focal length in heights, width over height."""

    focal: float
    aspect: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Rotation from the frame before to this one: pitch up, yaw clockwise from above, roll clockwise of the picture."""

    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0
    doubt: float = 1.0
    """Standard error of pitch and yaw, radians."""
    is_still: bool = False
    """Nothing moved: the camera stands."""
    heading: tuple[float, float] = (0.0, 0.0)
    """The point the camera heads for, x and y."""
    heading_doubt: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Points:
    """Flow from a frame to the one before at points that can be trusted: positions and displacements, both (N, 2)."""

    at: Doubles
    by: Doubles
    clear: Doubles
    """(N,) 0..1: how much there is to see. Clouds, which drift, have little."""
    pixel: float
    """Height of a pixel."""
    followed: float
    """Share 0..1 of what has detail that flow follows there and back."""


def follow_points(here: Grey8, before: Grey8, fixed: npt.NDArray[np.bool_]) -> Points:
    """Flow on the grid where it can be trusted. `fixed` (grid) is true where something rides along with the camera.

    Dense flow leads the way and is checked there and back; it is a tenth of a pixel off to one side where depths meet, so
    each point is then fitted by itself (Lucas and Kanade 1981).
    """
    flow = dis_flow(here, before, FlowPreset.FAST)
    trust = consistency(flow, dis_flow(before, here, FlowPreset.FAST))
    gradient = np.abs(cv2.Sobel(here, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(here, cv2.CV_32F, 0, 1))
    gradient = np.asarray(cv2.blur(gradient, (7, 7)), np.float32)
    height, width = here.shape
    ys, xs = grid(height, width)
    detailed = gradient[ys, xs] > LEAST_GRADIENT
    sound = detailed & (trust[ys, xs] > 0.5)
    cells = np.argwhere(sound & ~fixed)
    if not len(cells):
        return Points(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0), 1.0 / height, 0.0 if detailed.any() else 1.0)
    ys, xs = ys[cells[:, 0], cells[:, 1]], xs[cells[:, 0], cells[:, 1]]
    here_at = np.stack((xs, ys), -1).astype(np.float32)
    led = here_at + flow[ys, xs]
    flags = cv2.OPTFLOW_USE_INITIAL_FLOW
    there, found, unlike = cv2.calcOpticalFlowPyrLK(
        here, before, here_at, led.copy(), winSize=FIT_PX, maxLevel=1, flags=flags
    )
    good = (found[:, 0] > 0) & (np.abs(there - led).max(1) < STRAY_PX)
    contrast = cv2.blur(gradient, FIT_PX)[ys, xs] * CONTRAST_OF_GRADIENT
    followed = float((good & (unlike[:, 0] < UNLIKE_CODES + contrast)).sum()) / max(int(detailed.sum()), 1)
    at = (here_at[good].astype(np.float64) + 0.5 - (width / 2, height / 2)) / height
    by = (there - here_at)[good].astype(np.float64) / height
    clear = np.clip(gradient[ys, xs][good] / CLEAR_GRADIENT, 0.1, 1.0).astype(np.float64)
    return Points(at, by, clear, 1.0 / height, followed)


def grid(height: int, width: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows and columns of the grid's points."""
    ys, xs = np.mgrid[GRID_PX // 2 : height : GRID_PX, GRID_PX // 2 : width : GRID_PX]
    return ys.astype(np.intp), xs.astype(np.intp)


def rotated(at: Doubles, pitch: float, yaw: float, roll: float, focal: float) -> Doubles:
    """Where far points seen at `at` (N, 2) stood before the camera turned."""
    x, y, z = at[:, 0] / focal, at[:, 1] / focal, np.ones(len(at))
    c, s = cos(roll), sin(roll)
    x, y = x * c - y * s, x * s + y * c
    c, s = cos(pitch), sin(pitch)
    y, z = y * c - z * s, y * s + z * c
    c, s = cos(yaw), sin(yaw)
    x, z = x * c + z * s, z * c - x * s
    return np.asarray(np.stack((x / z, y / z), -1) * focal)


def find_turn(points: Points, lens: Lens, heading: tuple[float, float], speed: float) -> Turn:
    """The rotation, and the point the camera heads for, expected at `heading` (x, y) at about `speed` heights a frame.

    Iterated least squares with Cauchy weights, so that what moves by itself has little to say. A camera that backs away has
    a negative speed.
    """
    at, by, base = points.at, points.by, FLOW_NOISE_PX * points.pixel
    lengths = np.hypot(by[:, 0], by[:, 1])
    if len(at) < LEAST_POINTS:
        return Turn(heading=heading)
    if float((lengths < STILL_PX * points.pixel).mean()) > STILL_SHARE:
        return Turn(doubt=LEAST_DOUBT_PX * points.pixel, is_still=True, heading=heading)
    noise = np.hypot(base, lengths * NOISE_SHARE)
    f, (x, y) = lens.focal, at.T
    turns_by = (
        np.stack((-x * y / f, -(f + y * y / f)), -1),
        np.stack((f + x * x / f, x * y / f), -1),
        np.stack((-y, x), -1),
    )
    prior = np.diag([1e-6, 1e-6, 1e-6, HEADING_DOUBT**-2, HEADING_DOUBT_ROWS**-2])
    found, info = np.array([0.0, 0.0, 0.0, *heading]), prior
    for _ in range(ROUNDS):
        rest = at + by - rotated(at, float(found[0]), float(found[1]), float(found[2]), f)
        ray = at - found[3:]
        length = np.hypot(ray[:, 0], ray[:, 1]) + 1e-6
        along = ray / length[:, None]
        across = np.stack((-along[:, 1], along[:, 0]), -1)
        near = np.clip(-(rest * along).sum(1) / length, *((0.0, 0.5) if speed >= 0 else (-0.5, 0.0)))
        a = np.stack(
            [(across * turn_by).sum(1) for turn_by in turns_by] + [near * across[:, 0], near * across[:, 1]], -1
        )
        b = (across * rest).sum(1)
        w = points.clear * np.clip(length / 0.05, 0.0, 1.0) / (noise**2 + b * b)
        below = np.maximum(at[:, 1] - found[4], 0.0)
        a2 = np.stack([(along * turn_by).sum(1) for turn_by in turns_by], -1)
        out = (along * rest).sum(1)
        beyond = out * speed > 0.0
        b2 = np.where(beyond, out, out + speed * length * below / f)
        depth_doubt = length * abs(speed) * np.maximum(1.0 / NEAREST, below / f)
        spread = np.hypot(noise, np.where(beyond, BEYOND, 1.0) * depth_doubt)
        w2 = points.clear / (spread**2 + b2 * b2)
        info = (a * w[:, None]).T @ a + prior
        info[:3, :3] += (a2 * w2[:, None]).T @ a2
        right = (a * w[:, None]).T @ b + prior @ (np.array([0.0, 0.0, 0.0, *heading]) - found)
        right[:3] += (a2 * w2[:, None]).T @ b2
        found = found + np.linalg.solve(info, right)
    spread = np.sqrt(np.diag(np.linalg.inv(info))) * 2.0
    return Turn(
        pitch=float(found[0]),
        yaw=float(found[1]),
        roll=float(found[2]),
        doubt=max(float(spread[:2].max()), LEAST_DOUBT_PX * points.pixel),
        heading=(float(found[3]), float(found[4])),
        heading_doubt=(float(spread[3]), float(spread[4])),
    )


# ---- the ground ----------------------------------------------------------------------------------------------------


Params = Doubles
"""(5,): ahead and right in camera heights, pitch and yaw since the frame before, row of the horizon from the centre."""

DETAIL_PX: Final = 21
"""Alignment looks at what is sharper than this, so that changes of light drop out."""
MOST_PIXELS: Final = 5000
LEAST_PIXELS: Final = 150
LEAST_SLOPE: Final = 1.5
"""Gradient, code values a pixel, below which a pixel of the ground says nothing."""
SPEEDS: Final = np.concatenate(([0.0], np.geomspace(0.004, 2.4, 30)))
"""Tried where nothing is known of the speed; heights a frame. The last is the bound."""
NEAR_SPEEDS: Final = np.exp(np.linspace(-0.3, 0.3, 7))
"""Tried about the speed of the frame before."""
KIN: Final = 8.0
"""Pixels that say the same as one."""
REST_FLOOR: Final = 1.5
SPEED_DOUBT: Final = 0.3
"""Of the speed, against where the search for it began, as a share."""
SIDE_DOUBT: Final = 0.03
"""Of the sideways motion, as a share of the speed."""
HORIZON_DOUBT: Final = 0.02


@dataclass(frozen=True, slots=True)
class GroundStep:
    """Motion over the ground between two frames, camera heights, and the row of the horizon that fits it best."""

    ahead: float
    right: float
    pitch: float
    yaw: float
    horizon: float
    """Share of the height from the top, at this frame."""
    ahead_doubt: float
    """Standard error, heights a frame."""
    right_doubt: float
    horizon_doubt: float
    at_bound: bool
    """The speed is the fastest that was tried."""


def detail(grey: Grey8) -> FloatImage:
    """What the ground is aligned by, in code values."""
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 0.8)
    return np.asarray(soft - cv2.blur(soft, (DETAIL_PX, DETAIL_PX)), np.float32)


def ground_before(at: Doubles, params: Params, roll: float, focal: float) -> Doubles:
    """Where points of the ground seen at `at` (N, 2) stood in the frame before."""
    ahead, right, turned, yaw, horizon = (float(v) for v in params)
    c, s = cos(roll), sin(roll)
    x, y = (at[:, 0] * c - at[:, 1] * s) / focal, (at[:, 0] * s + at[:, 1] * c) / focal
    pitch = atan(horizon / focal)
    c, s = cos(pitch), sin(pitch)
    down = np.maximum(y * c - s, 1e-4)
    rights, aheads = x / down + right, (c + y * s) / down + ahead
    c, s = cos(yaw), sin(yaw)
    rights, aheads = rights * c + aheads * s, aheads * c - rights * s
    c, s = cos(pitch - turned), sin(pitch - turned)
    depth = np.maximum(aheads * c - s, 0.05)
    return np.asarray(np.stack((rights / depth, (aheads * s + c) / depth), -1) * focal)


def find_ground_step(
    here: FloatImage,
    before: FloatImage,
    usable: npt.NDArray[np.bool_],
    turn: Turn,
    lens: Lens,
    expected: tuple[float, float, float],
    known: float | None,
) -> GroundStep | None:
    """The motion that best lays the ground of one frame over the other's; None where there is too little to see.

    `here` and `before` are `detail`s, `usable` the pixels (H, W) that may be ground. `expected` is the row of the horizon
    as a share of the height, and where the camera heads relative to it: (row, right per ahead, sign of ahead). `known` is
    the speed of the frame before, heights a frame, None where it is not known.
    """
    horizon, side, sign = expected
    pixels = _pixels(here, usable)
    if len(pixels) < LEAST_PIXELS:
        return None
    height, width = here.shape
    mine = np.asarray(here[pixels[:, 1], pixels[:, 0]], np.float32)
    at = (pixels + 0.5 - (width / 2, height / 2)) / height
    pitch = atan((horizon - 0.5) / lens.focal)
    yaw = turn.yaw * cos(pitch) - turn.roll * sin(pitch)
    roll = turn.yaw * sin(pitch) + turn.roll * cos(pitch)

    def start(speed: float) -> Params:
        return np.array([sign * speed, sign * speed * side, turn.pitch, yaw, horizon - 0.5])

    def sampled(picture: FloatImage, params: Params) -> FloatImage:
        there = ground_before(at, params, roll, lens.focal) * height + (width / 2 - 0.5, height / 2 - 0.5)
        xy = there.astype(np.float32)
        return np.asarray(cv2.remap(picture, xy[None, :, 0], xy[None, :, 1], cv2.INTER_LINEAR)[0], np.float32)

    speeds = SPEEDS if known is None or known < SPEEDS[1] else known * NEAR_SPEEDS
    costs = [float(np.minimum(np.abs(sampled(before, start(v)) - mine), 15.0).mean()) for v in speeds]
    best = int(np.argmin(costs))
    speed = float(speeds[best])
    doubt = SPEED_DOUBT * max(speed if known is None else known, 0.02)
    params, info = _aligned(sampled, before, mine, at, start(speed), roll, turn, lens, side, doubt, height)
    spread = np.sqrt(np.diag(np.linalg.inv(info)))
    return GroundStep(
        ahead=float(params[0]),
        right=float(params[1]),
        pitch=float(params[2]),
        yaw=float(params[3]),
        horizon=0.5 + float(params[4]),
        ahead_doubt=float(spread[0]),
        right_doubt=float(spread[1]),
        horizon_doubt=float(spread[4]),
        at_bound=known is None and best == len(SPEEDS) - 1,
    )


def _pixels(here: FloatImage, usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """(N, 2) columns and rows of the usable pixels that have something to say, evenly thinned."""
    slope = np.abs(cv2.Sobel(here, cv2.CV_32F, 1, 0, scale=1 / 8)) + np.abs(
        cv2.Sobel(here, cv2.CV_32F, 0, 1, scale=1 / 8)
    )
    found = np.argwhere(usable & (slope > LEAST_SLOPE))[:, ::-1]
    return found[:: max(1, -(-len(found) // MOST_PIXELS))]


def _aligned(
    sampled: Callable[[FloatImage, Params], FloatImage],
    before: FloatImage,
    mine: FloatImage,
    at: Doubles,
    params: Params,
    roll: float,
    turn: Turn,
    lens: Lens,
    side: float,
    speed_doubt: float,
    height: int,
) -> tuple[Params, Doubles]:
    """Gauss-Newton from `params`: the answer, and its information matrix."""
    slope_x, slope_y = (
        np.asarray(cv2.Sobel(before, cv2.CV_32F, *order, scale=height / 8), np.float32) for order in ((1, 0), (0, 1))
    )
    first = params.copy()
    nudge = np.array([1e-3, 1e-3, 1e-4, 1e-4, 1e-4])
    moved = ground_before(at, params, roll, lens.focal)
    ways = [
        (ground_before(at, params + nudge * axis, roll, lens.focal) - moved) / nudge[i]
        for i, axis in enumerate(np.eye(len(params)))
    ]
    side_doubt = SIDE_DOUBT * max(abs(params[0]), 0.01)
    prior = np.diag([speed_doubt**-2, side_doubt**-2, turn.doubt**-2, turn.doubt**-2, HORIZON_DOUBT**-2])
    info = prior
    for _ in range(ROUNDS):
        rest = (mine - sampled(before, params)).astype(np.float64)
        gx, gy = sampled(slope_x, params), sampled(slope_y, params)
        a = np.stack([gx * way[:, 0] + gy * way[:, 1] for way in ways], -1)
        noise = max(REST_FLOOR, 1.4 * float(np.median(np.abs(rest))))
        weight = 1.0 / (noise**2 + rest * rest) / KIN
        info = (a * weight[:, None]).T @ a + prior
        pull = first - params
        pull[1] = side * params[0] - params[1]
        params = params + np.linalg.solve(info, (a * weight[:, None]).T @ rest + prior @ pull)
    return params, info
