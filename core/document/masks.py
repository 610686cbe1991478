"""Masks as mattes: strokes drawn at any size, combined, and named for the cache. numpy and OpenCV only."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any, Final

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from core.document.model import Mask, Stroke, StrokeMode
from core.ids import MaskId

Matte = npt.NDArray[np.float32]
"""(H, W) float32, 0..1, C-contiguous."""

MATTE_VERSION: Final = 1
"""Raised by whoever changes the pixels of a matte."""

_FEWEST_PRESSURE: Final = 0.05
"""A pen that barely touches still leaves a line this share of the brush wide."""
_CELLS_PER_RADIUS: Final = 16
"""The distance field is computed this finely and enlarged: its bend over a cell stays below a tenth of a pixel."""


def effective_masks(masks: tuple[Mask, ...]) -> tuple[Mask, ...]:
    """What a matte depends on: the enabled masks without id and name. Equal exactly when the mattes are the same by cause."""
    return tuple(replace(m, id=MaskId(""), name="") for m in masks if m.is_enabled)


def mask_digest(masks: tuple[Mask, ...]) -> str:
    """Names the combined matte by everything that can change it; empty where there is no enabled mask."""
    causes = effective_masks(masks)
    if not causes:
        return ""
    data = msgspec.json.encode([MATTE_VERSION, _on_grid(msgspec.to_builtins(causes))])
    return hashlib.blake2b(data, digest_size=20).hexdigest()


def _on_grid(value: Any) -> Any:
    """Floats rounded to 1e-6, so that a digest does not depend on the last bit."""
    if isinstance(value, float):
        return round(value, 6) + 0.0
    if isinstance(value, dict):
        return {key: _on_grid(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_on_grid(item) for item in value]
    return value


def combined(masks: tuple[Mask, ...], width: int, height: int) -> Matte | None:
    """All enabled masks laid together (1 - product of what each leaves out), or None: the look acts everywhere."""
    matte: Matte | None = None
    for mask in masks:
        if mask.is_enabled:
            one = rasterise(mask, width, height)
            matte = one if matte is None else matte + one - matte * one
    return matte


def rasterise(mask: Mask, width: int, height: int) -> Matte:
    """One mask at this size, enabled or not: strokes in order, then feather, inversion, opacity."""
    matte = np.zeros((height, width), np.float32)
    for stroke in mask.strokes:
        _paint(matte, stroke)
    if mask.feather > 0.0:
        matte = _blurred(matte, mask.feather * height)
    if mask.is_inverted:
        matte = np.float32(1.0) - matte
    return np.ascontiguousarray(np.clip(matte * np.float32(mask.opacity), 0.0, 1.0), np.float32)


def _blurred(matte: Matte, sigma_px: float) -> Matte:
    """Gaussian blur; a wide one is done small, where it costs little and looks the same."""
    height, width = matte.shape
    shrink = max(1, int(sigma_px / 4.0))
    if shrink > 1:
        small = cv2.resize(matte, (-(-width // shrink), -(-height // shrink)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), sigma_px / shrink, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.asarray(cv2.GaussianBlur(matte, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE), np.float32)


def _paint(matte: Matte, stroke: Stroke) -> None:
    """Composite one stroke into the matte, in place. Within the stroke only the nearest part of the path counts, so a
    drag never builds up beyond its flow."""
    height, width = matte.shape
    path = _path(stroke, width / height)
    reach = stroke.radius + 1.0 / height
    left = max(0, int(np.floor((path[:, 0].min() - reach) * height)))
    right = min(width, int(np.ceil((path[:, 0].max() + reach) * height)))
    top = max(0, int(np.floor((path[:, 1].min() - reach) * height)))
    bottom = min(height, int(np.ceil((path[:, 1].max() + reach) * height)))
    if left >= right or top >= bottom:
        return
    radius_px = stroke.radius * height
    cell = max(1, int(radius_px * path[:, 2].min() / _CELLS_PER_RADIUS))
    columns, rows = -(-(right - left) // cell), -(-(bottom - top) // cell)
    xs = (left + (np.arange(columns, dtype=np.float32) + 0.5) * cell) / height
    ys = (top + (np.arange(rows, dtype=np.float32) + 0.5) * cell) / height
    field = _distance(path, stroke.radius, reach, xs, ys, cell / height)
    if cell > 1:
        field = np.asarray(cv2.resize(field, (columns * cell, rows * cell), interpolation=cv2.INTER_LINEAR), np.float32)
    alpha = stroke.flow * _falloff(field[: bottom - top, : right - left], stroke.hardness, radius_px)
    area = matte[top:bottom, left:right]
    if stroke.mode is StrokeMode.ADD:
        area += alpha * (1.0 - area)
    else:
        area *= 1.0 - alpha


def _falloff(distance: Matte, hardness: float, radius_px: float) -> Matte:
    """1 inside, smoothstep to 0 at the brush's edge; never steeper than one pixel, so a hard edge stays smooth."""
    half_px = 0.5 / radius_px
    inner, outer = min(hardness, 1.0 - half_px), 1.0 + half_px
    t = np.clip((outer - distance) / np.float32(outer - inner), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def _distance(
    path: npt.NDArray[np.float32], radius: float, reach: float, xs: Matte, ys: Matte, cell: float
) -> npt.NDArray[np.float32]:
    """Distance of every grid point to the path, in brush radii: 1 is the edge. Each part is drawn in its own small box."""
    field = np.full((len(ys), len(xs)), 4.0, np.float32)
    starts, ends = (path[:-1], path[1:]) if len(path) > 1 else (path, path)
    margin = reach + 2.0 * cell
    boxes = np.stack(
        [
            np.searchsorted(xs, np.minimum(starts[:, 0], ends[:, 0]) - margin),
            np.searchsorted(xs, np.maximum(starts[:, 0], ends[:, 0]) + margin),
            np.searchsorted(ys, np.minimum(starts[:, 1], ends[:, 1]) - margin),
            np.searchsorted(ys, np.maximum(starts[:, 1], ends[:, 1]) + margin),
        ],
        axis=1,
    )
    for (x0, y0, p0), (x1, y1, p1), (left, right, top, bottom) in zip(
        starts.tolist(), ends.tolist(), boxes.tolist(), strict=True
    ):
        if left >= right or top >= bottom:
            continue
        dx, dy = x1 - x0, y1 - y0
        px, py = xs[left:right] - np.float32(x0), ys[top:bottom, None] - np.float32(y0)
        along = (px * np.float32(dx) + py * np.float32(dy)) * np.float32(1.0 / max(dx * dx + dy * dy, 1e-20))
        np.clip(along, 0.0, 1.0, out=along)
        away = np.hypot(px - along * np.float32(dx), py - along * np.float32(dy))
        away /= np.float32(radius * p0) + along * np.float32(radius * (p1 - p0))
        box = field[top:bottom, left:right]
        np.minimum(box, away, out=box)
    return field


def _path(stroke: Stroke, aspect: float) -> npt.NDArray[np.float32]:
    """The brush's path as (N, 3): x and y in picture heights, pressure. Smooth through the points as they were drawn.

    Points closer than an eighth of the radius to the last one kept add nothing that could be seen; between the kept
    ones runs a Catmull-Rom spline, cut finely enough that its chords stay within 2 % of the radius.
    """
    points = np.array([(p.x * aspect, p.y, max(p.pressure, _FEWEST_PRESSURE)) for p in stroke.points], np.float64)
    kept = [points[0]]
    for point in points[1:]:
        if np.hypot(*(point - kept[-1])[:2]) >= stroke.radius / 8.0:
            kept.append(point)
    if len(kept) == 1 or np.any(kept[-1] != points[-1]):
        kept.append(points[-1])
    knots = np.array([kept[0], *kept, kept[-1]])
    pieces = [knots[1:2]]
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        bend = np.hypot(*(before - start - end + after)[:2]) / 8.0
        count = int(np.clip(np.ceil(np.sqrt(bend / (0.02 * stroke.radius))), 1, 64))
        t = (np.arange(1, count + 1) / count)[:, None]
        leave, arrive = (end - before) / 2.0, (after - start) / 2.0
        piece = (
            start
            + t * leave
            + t**2 * (3.0 * (end - start) - 2.0 * leave - arrive)
            + t**3 * (2.0 * (start - end) + leave + arrive)
        )
        pieces.append(piece)
    path = np.concatenate(pieces)
    path[:, 2] = np.clip(path[:, 2], _FEWEST_PRESSURE, 1.0)
    return path.astype(np.float32)
