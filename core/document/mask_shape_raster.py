"""Shapes drawn into a matte at any size: signed distance for outlines, in closed form for gradients. numpy and OpenCV only."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, radians, sin
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.document.mask_shapes import (
    AnyForm,
    Box,
    LinearGradient,
    PathShape,
    RadialGradient,
    RectShape,
    Shape,
    ShapeOperation,
)

Array = npt.NDArray[np.float64]
Matte = npt.NDArray[np.float32]

_SAG: Final = 1e-4
"""Picture heights by which the chords of an outline may miss it: a fifth of a pixel at 2160 rows."""
_CELLS_PER_EDGE: Final = 24
"""A soft edge's distances are computed this finely across it, and enlarged."""
_PIECE_CELLS: Final = 48
"""Long lines are cut into pieces of so many cells, for each is drawn in its own upright box."""
_MOST: Final = 256


def draw(matte: Matte, shape: Shape) -> None:
    """Add a still shape to a matte, or cut it away, in place."""
    rows, columns, alpha = _alpha(shape.form, *matte.shape)
    area = matte[rows, columns]
    if shape.operation is ShapeOperation.ADD:
        area += alpha * (1.0 - area)
    else:
        area *= 1.0 - alpha


def _alpha(form: AnyForm, height: int, width: int) -> tuple[slice, slice, Matte]:
    """Where a form lies in a picture of this size, and how far it covers each pixel there."""
    if isinstance(form, (LinearGradient, RadialGradient)):
        xs = np.asarray((np.arange(width) + 0.5) / height, np.float32)[None, :]
        ys = np.asarray((np.arange(height) + 0.5) / height, np.float32)[:, None]
        ramp = (
            _linear(form, xs, ys, width / height)
            if isinstance(form, LinearGradient)
            else _radial(form, xs, ys, width / height)
        )
        return slice(0, height), slice(0, width), _smooth(np.broadcast_to(ramp, (height, width)))
    return _filled(outline(form, width / height), form.softness, height, width)


def _smooth(ramp: Matte) -> Matte:
    """0 to 1 without a crease at either end."""
    t = np.clip(ramp, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def _linear(form: LinearGradient, xs: Matte, ys: Matte, aspect: float) -> Matte:
    """1 at and before the first point, 0 at and beyond the second; between points that are one it falls at once."""
    dx, dy = (form.x1 - form.x0) * aspect, form.y1 - form.y0
    along = (xs - np.float32(form.x0 * aspect)) * np.float32(dx) + (ys - np.float32(form.y0)) * np.float32(dy)
    return np.asarray(1.0 - along / np.float32(max(dx * dx + dy * dy, 1e-9)), np.float32)


def _radial(form: RadialGradient, xs: Matte, ys: Matte, aspect: float) -> Matte:
    turn = radians(form.rotation)
    x, y = xs - np.float32(form.x * aspect), ys - np.float32(form.y)
    across = (x * np.float32(cos(turn)) + y * np.float32(sin(turn))) * np.float32(2.0 / form.width)
    down = (y * np.float32(cos(turn)) - x * np.float32(sin(turn))) * np.float32(2.0 / form.height)
    return np.asarray((1.0 - np.hypot(across, down)) / np.float32(max(1.0 - form.inner, 1e-3)), np.float32)


# ---- outlines ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def outline(form: AnyForm, aspect: float) -> Array:
    """A closed outline as (N, 2) points in picture heights, read-only; of a radial gradient where it ends, of a linear one
    the line it runs along."""
    if isinstance(form, PathShape):
        points = _path(form, aspect)
    elif isinstance(form, LinearGradient):
        points = np.array([(form.x0 * aspect, form.y0), (form.x1 * aspect, form.y1)])
    elif isinstance(form, RectShape):
        points = _placed(_rounded(form), form, aspect)
    else:
        turn = np.arange(count := _steps(max(form.width, form.height) / 2.0)) * (2.0 * pi / count)
        points = _placed(np.stack([np.cos(turn) * form.width, np.sin(turn) * form.height], 1) / 2.0, form, aspect)
    points.setflags(write=False)
    return points


def _steps(radius: float) -> int:
    """Chords of a full circle whose sag r(1 - cos(pi / n)) is small enough."""
    return int(np.clip(np.ceil(pi / np.sqrt(2.0 * _SAG / max(radius, _SAG))), 16, _MOST) + 3) // 4 * 4


def _placed(points: Array, box: Box, aspect: float) -> Array:
    turn = radians(box.rotation)
    x, y = points[:, 0], points[:, 1]
    return np.stack([x * cos(turn) - y * sin(turn) + box.x * aspect, x * sin(turn) + y * cos(turn) + box.y], 1)


def _rounded(form: RectShape) -> Array:
    radius = min(form.corner, form.width / 2.0, form.height / 2.0)
    corners = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * (form.width / 2.0 - radius, form.height / 2.0 - radius)
    if radius <= 0.0:
        return np.asarray(corners, np.float64)
    count = _steps(radius) // 4
    turns = [(n + np.arange(count + 1) / count) * pi / 2.0 for n in range(4)]
    arcs = [c + radius * np.stack([np.cos(t), np.sin(t)], 1) for c, t in zip(corners, turns, strict=True)]
    return np.concatenate(arcs)


def _path(form: PathShape, aspect: float) -> Array:
    """Each segment cut into as many chords as its bend asks for: a cubic of second difference D has a sag of 3/4 D / n²."""
    scale = (aspect, 1.0)
    pieces = []
    for start, end in zip(form.points, (*form.points[1:], form.points[0]), strict=True):
        a, d = np.multiply((start.x, start.y), scale), np.multiply((end.x, end.y), scale)
        b, c = a + np.multiply(start.out, scale), d + np.multiply(end.into, scale)
        if start.out == (0.0, 0.0) == end.into:
            pieces.append(a[None])
            continue
        bend = max(np.hypot(*(a - 2 * b + c)), np.hypot(*(b - 2 * c + d)))
        t = (np.arange(count := int(np.clip(np.ceil(np.sqrt(0.75 * bend / _SAG)), 1, _MOST))) / count)[:, None]
        s = 1.0 - t
        pieces.append(s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d)
    return np.concatenate(pieces)


# ---- filling -------------------------------------------------------------------------------------------------------


def _filled(points: Array, softness: float, height: int, width: int) -> tuple[slice, slice, Matte]:
    """A closed outline filled: half covered on it, an even fall across the edge, which is never sharper than a pixel."""
    edge = max(softness, 1.0 / height)
    low, high = (points.min(0) - edge / 2.0) * height, (points.max(0) + edge / 2.0) * height
    left, top = (max(0, int(np.floor(v))) for v in low)
    right, bottom = min(width, int(np.ceil(high[0]))), min(height, int(np.ceil(high[1])))
    if left >= right or top >= bottom:
        return slice(0, 0), slice(0, 0), np.zeros((0, 0), np.float32)
    cell = max(1, int(edge * height / _CELLS_PER_EDGE))
    # One cell more on every side, so that enlarging interpolates right up to the border.
    columns, rows = 2 - (left - right) // cell, 2 - (top - bottom) // cell
    xs = (left + (np.arange(columns) - 0.5) * cell) / height
    ys = (top + (np.arange(rows) - 0.5) * cell) / height
    field = _signed(points, xs, ys, edge / 2.0 + 2.0 * cell / height, cell / height)
    if cell > 1:
        field = np.asarray(cv2.resize(field, (columns * cell, rows * cell), interpolation=cv2.INTER_LINEAR), np.float32)
    field = field[cell : cell + bottom - top, cell : cell + right - left]
    ramp = np.clip(np.float32(0.5) - field * np.float32(1.0 / edge), 0.0, 1.0)
    ramp += (_smooth(ramp) - ramp) * np.float32(
        1.0 - 1.0 / (height * edge)
    )  # an edge of one pixel is coverage: straight
    return slice(top, bottom), slice(left, right), np.asarray(ramp, np.float32)


def _signed(points: Array, xs: Array, ys: Array, reach: float, cell: float) -> Matte:
    """Distance of every grid point to an outline, below 0 inside, in picture heights; exact within `reach`."""
    field = np.full((len(ys), len(xs)), np.float32(reach), np.float32)
    starts, ends = _cut(points, cell * _PIECE_CELLS)
    low, high = np.minimum(starts, ends) - reach, np.maximum(starts, ends) + reach
    boxes = [np.searchsorted(axis, edge[:, i]).tolist() for i, axis in enumerate((xs, ys)) for edge in (low, high)]
    x32, y32 = xs.astype(np.float32), ys.astype(np.float32)
    for (x, y), (dx, dy), left, right, top, bottom in zip(
        starts.tolist(), (ends - starts).tolist(), *boxes, strict=True
    ):
        if left < right and top < bottom:
            box = field[top:bottom, left:right]
            px, py = x32[None, left:right] - np.float32(x), y32[top:bottom, None] - np.float32(y)
            along = (px * np.float32(dx) + py * np.float32(dy)) / np.float32(max(dx * dx + dy * dy, 1e-12))
            np.clip(along, 0.0, 1.0, out=along)
            np.minimum(box, np.hypot(px - along * np.float32(dx), py - along * np.float32(dy)), out=box)
    field[_inside(points, xs, ys)] *= -1.0
    return field


def _cut(points: Array, longest: float) -> tuple[Array, Array]:
    """The pieces of a closed outline, none longer than this."""
    ends = np.roll(points, -1, 0)
    counts = np.maximum(1, np.ceil(np.hypot(*(ends - points).T) / longest)).astype(int)
    of = np.repeat(np.arange(len(points)), counts)
    number = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    step = ((ends - points) / counts[:, None])[of]
    starts = points[of] + step * number[:, None]
    return starts, starts + step


def _inside(points: Array, xs: Array, ys: Array) -> npt.NDArray[np.bool_]:
    """Which grid points an outline runs around, by its winding number: what it runs around twice is inside."""
    x0, y0 = points.T
    x1, y1 = np.roll(points, -1, 0).T
    first, last = np.searchsorted(ys, np.minimum(y0, y1)), np.searchsorted(ys, np.maximum(y0, y1))
    count = last - first
    of = np.repeat(np.arange(len(points)), count)
    row = np.repeat(first, count) + np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    crossing = x0[of] + (ys[row] - y0[of]) * (x1 - x0)[of] / (y1 - y0)[of]
    winding = np.zeros((len(ys), len(xs) + 1), np.int32)
    np.add.at(winding, (row, np.searchsorted(xs, crossing)), np.where(y1 > y0, 1, -1)[of])
    return np.asarray(np.cumsum(winding, 1)[:, :-1] != 0)
