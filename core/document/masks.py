"""Masks as mattes: strokes drawn at any size, combined, and named for the cache. numpy and OpenCV only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from core.document.mask_shape_raster import draw
from core.document.mask_shapes import Shape
from core.document.model import Mask, MaskOperation, Pressing, Stroke, StrokeMode
from core.ids import MaskId
from core.timebase import Time

Matte = npt.NDArray[np.float32]
"""(H, W) float32, 0..1, C-contiguous."""
_Path = npt.NDArray[np.float32]
"""(N, 4): x and y in picture heights, and at each place the share 0..1 of the brush's width and of its ink."""

MATTE_VERSION: Final = 1
"""Raised by whoever changes the pixels of a matte."""

_FEWEST_PRESSURE: Final = 0.05
"""A pen that barely touches still leaves a line this share of the brush wide."""
_CELLS_PER_RADIUS: Final = 32
"""A wide brush's distance field is computed this finely and enlarged: its bend over a cell stays below a tenth of a
pixel. Only where two arms of a hard stroke all but touch can a sliver of a cell's width close."""


def effective_masks(masks: tuple[Mask, ...]) -> tuple[Mask, ...]:
    """What a matte depends on: the enabled masks without ids and names. Equal exactly when the mattes are the same by cause."""
    return tuple(
        replace(m, id=MaskId(""), name="", shapes=tuple(s.cause for s in m.shapes)) for m in masks if m.is_enabled
    )


def masks_at(masks: tuple[Mask, ...], time: Time) -> tuple[Mask, ...]:
    """The masks as they are at a source instant: keyed shapes stand still in them. What is drawn and named is drawn of these."""
    return tuple(
        replace(m, shapes=tuple(s.still(time) for s in m.shapes)) if any(s.keys for s in m.shapes) else m for m in masks
    )


def retimed(masks: Iterable[Mask], when: Callable[[Time], Time]) -> tuple[Mask, ...]:
    """The masks with the keys of their shapes at other instants, for another clip. What follows the picture belongs to its
    footage and stays."""
    return tuple(replace(m, shapes=tuple(_shape_retimed(s, when) for s in m.shapes)) for m in masks)


def _shape_retimed(shape: Shape, when: Callable[[Time], Time]) -> Shape:
    return shape.with_keys(tuple(replace(k, time=when(k.time)) for k in shape.keys))


_BEFORE_5: Final = {"operation": "add", "grow": 0.0, "shapes": (), "selector": None, "follow": None, "steady": 0}
_STROKES_BEFORE_6: Final = {"at": None, "pressing": "size", "mirror": None}
"""What masks and strokes were before they had these: left out, so that a matte which is the same keeps its name."""


def mask_digest(masks: tuple[Mask, ...]) -> str:
    """Names the combined matte by everything that can change it; empty where there is no enabled mask."""
    causes = effective_masks(masks)
    if not causes:
        return ""
    told = [
        {k: v for k, v in mask.items() if _BEFORE_5.get(k) != v} for mask in msgspec.to_builtins(causes, enc_hook=str)
    ]
    data = msgspec.json.encode([MATTE_VERSION, _on_grid(told)])
    return hashlib.blake2b(data, digest_size=20).hexdigest()


def _on_grid(value: Any) -> Any:
    """Floats rounded to 1e-6, so that a digest does not depend on the last bit."""
    if isinstance(value, float):
        return round(value, 6) + 0.0
    if isinstance(value, dict):
        return {key: _on_grid(item) for key, item in value.items() if not _was_always(key, item)}
    if isinstance(value, (list, tuple)):
        return [_on_grid(item) for item in value]
    return value


def _was_always(key: str, item: Any) -> bool:
    return key in _STROKES_BEFORE_6 and _STROKES_BEFORE_6[key] == item


def told_strokes(strokes: tuple[Stroke, ...]) -> Any:
    """Strokes as plain values for a key: those that could be painted before keep their name."""
    return _on_grid(msgspec.to_builtins(strokes, enc_hook=str))


def combined(masks: tuple[Mask, ...], width: int, height: int) -> Matte | None:
    """All enabled masks joined from the first to the last, or None: the look acts everywhere.

    Added: 1 - product of what each leaves out; taken away: what the others leave; common: the product. The first stands by
    itself, or is taken from the whole picture.
    """
    return joined((mask.operation, rasterise(mask, width, height)) for mask in masks if mask.is_enabled)


def joined(mattes: Iterable[tuple[MaskOperation, Matte]]) -> Matte | None:
    """Finished mattes joined in order; None where there is none."""
    matte: Matte | None = None
    for operation, one in mattes:
        match operation:
            case MaskOperation.ADD:
                matte = one if matte is None else matte + one - matte * one
            case MaskOperation.SUBTRACT:
                matte = 1.0 - one if matte is None else matte * (1.0 - one)
            case MaskOperation.INTERSECT:
                matte = one if matte is None else matte * one
    return None if matte is None else np.ascontiguousarray(matte, np.float32)


def rasterise(mask: Mask, width: int, height: int) -> Matte:
    """One still mask at this size, enabled or not, without what only the picture tells."""
    return finished(mask, drawn(mask, np.zeros((height, width), np.float32)))


def drawn(mask: Mask, matte: Matte) -> Matte:
    """Strokes and shapes of a still mask laid over a matte in order, in place."""
    painted = 0
    for shape in mask.shapes:
        under = max(painted, min(shape.after, len(mask.strokes)))
        paint(matte, mask.strokes[painted:under])
        draw(matte, shape)
        painted = under
    paint(matte, mask.strokes[painted:])
    return matte


def finished(mask: Mask, matte: Matte) -> Matte:
    """What was drawn, grown, softened, inverted and let through as the mask says."""
    height = matte.shape[0]
    if mask.grow != 0.0:
        matte = _grown(matte, mask.grow * height)
    if mask.feather > 0.0:
        matte = _blurred(matte, mask.feather * height)
    if mask.is_inverted:
        matte = np.float32(1.0) - matte
    return np.ascontiguousarray(np.clip(matte * np.float32(mask.opacity), 0.0, 1.0), np.float32)


def _grown(matte: Matte, by_px: float) -> Matte:
    """The matte moved outwards by a number of pixels, inwards below 0: a grey dilation by a disc. A wide one is done small."""
    height, width = matte.shape
    shrink = max(1, int(abs(by_px) / 12.0))
    small = matte
    if shrink > 1:
        size = -(-width // shrink), -(-height // shrink)
        small = np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.float32)
    radius = abs(by_px) / shrink
    reach = int(np.ceil(radius))
    ys, xs = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = (np.hypot(xs, ys) <= radius + 0.25).astype(np.uint8)
    grow = cv2.dilate if by_px > 0 else cv2.erode
    found = np.asarray(grow(np.ascontiguousarray(small), disc, borderType=cv2.BORDER_REPLICATE), np.float32)
    if shrink > 1:
        found = np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return found


def _blurred(matte: Matte, sigma_px: float) -> Matte:
    """Gaussian blur; a wide one is done small, where it costs little and looks the same."""
    height, width = matte.shape
    shrink = max(1, int(sigma_px / 4.0))
    if shrink > 1:
        small = cv2.resize(matte, (-(-width // shrink), -(-height // shrink)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), sigma_px / shrink, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.asarray(cv2.GaussianBlur(matte, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE), np.float32)


def paint(matte: Matte, strokes: Iterable[Stroke]) -> None:
    """Composite strokes into a matte, in order and in place."""
    for stroke in strokes:
        _paint(matte, stroke)


def _paint(matte: Matte, stroke: Stroke) -> None:
    """Composite one stroke into the matte, in place. Within the stroke only the nearest part of the path counts, so a
    drag never builds up beyond its flow."""
    height, width = matte.shape
    path = _path(stroke, width / height)
    starts, ends = _pieces(path, stroke.mirror, width / height)
    path = np.concatenate([starts, ends])
    reach = stroke.radius + 1.0 / height
    left = max(0, int(np.floor((path[:, 0].min() - reach) * height)))
    right = min(width, int(np.ceil((path[:, 0].max() + reach) * height)))
    top = max(0, int(np.floor((path[:, 1].min() - reach) * height)))
    bottom = min(height, int(np.ceil((path[:, 1].max() + reach) * height)))
    if left >= right or top >= bottom:
        return
    radius_px = stroke.radius * height
    cell = max(1, int(radius_px * path[:, 2].min() / _CELLS_PER_RADIUS))
    # One cell more on every side, so that enlarging interpolates right up to the border.
    columns, rows = 2 - (left - right) // cell, 2 - (top - bottom) // cell
    xs = (left + (np.arange(columns, dtype=np.float32) - 0.5) * cell) / height
    ys = (top + (np.arange(rows, dtype=np.float32) - 0.5) * cell) / height
    field, ink = _distance(starts, ends, stroke.radius, reach + 2.0 * cell / height, xs, ys)

    def enlarged(small: Matte) -> Matte:
        full = small
        if cell > 1:
            full = np.asarray(
                cv2.resize(small, (columns * cell, rows * cell), interpolation=cv2.INTER_LINEAR), np.float32
            )
        return full[cell : cell + bottom - top, cell : cell + right - left]

    alpha = stroke.flow * _falloff(enlarged(field), stroke.hardness, radius_px)
    if ink is not None:
        alpha *= enlarged(ink)
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


def _pieces(path: _Path, mirror: float | None, aspect: float) -> tuple[_Path, _Path]:
    """Starts and ends of a path's pieces, and of its image in an upright axis."""
    starts, ends = (path[:-1], path[1:]) if len(path) > 1 else (path, path)
    if mirror is None:
        return starts, ends

    def with_image(points: _Path) -> _Path:
        image = points.copy()
        image[:, 0] = np.float32(2.0 * mirror * aspect) - image[:, 0]
        return np.concatenate([points, image])

    return with_image(starts), with_image(ends)


def _distance(
    starts: _Path, ends: _Path, radius: float, reach: float, xs: Matte, ys: Matte
) -> tuple[Matte, Matte | None]:
    """Distance of every grid point to the path in brush radii, its width included: 1 is the edge. And how much ink is on
    the nearest place of it, or None where that is all everywhere.

    Each piece is drawn in its own box, `reach` picture heights around it; what lies farther from all stays at 4.
    """
    field = np.full((len(ys), len(xs)), 4.0, np.float32)
    ink = np.ones_like(field) if min(starts[:, 3].min(), ends[:, 3].min()) < 1.0 else None
    low, high = np.minimum(starts, ends) - reach, np.maximum(starts, ends) + reach
    boxes = (np.searchsorted(axis, edge[:, i]) for i, axis in enumerate((xs, ys)) for edge in (low, high))
    pieces = zip(starts.tolist(), ends.tolist(), *(box.tolist() for box in boxes), strict=True)
    for start, end, left, right, top, bottom in pieces:
        if left < right and top < bottom:
            box = field[top:bottom, left:right]
            x, y = xs[left:right] - np.float32(start[0]), ys[top:bottom, None] - np.float32(start[1])
            away, along = _distance_to_piece(x, y, start, end, radius)
            if ink is not None:
                of_piece = np.float32(start[3]) + along * np.float32(end[3] - start[3])
                np.copyto(ink[top:bottom, left:right], of_piece, where=away < box)
            np.minimum(box, away, out=box)
    return field, ink


def _distance_to_piece(x: Matte, y: Matte, start: list[float], end: list[float], radius: float) -> tuple[Matte, Matte]:
    """Least |P - uD| / (r0 + u dr) over u in 0..1: distance in radii to a brush that changes its width along the piece. And u.

    `x` (W,) and `y` (H, 1) are relative to the start. Setting the derivative to zero gives
    u = (r0 P·D + dr P·P) / (r0 D·D + dr P·D); where the divisor is not positive, the wider end is the nearest.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    r0, dr = radius * start[2], radius * (end[2] - start[2])
    dot = x * np.float32(dx) + y * np.float32(dy)
    if dr == 0.0:
        along = dot / np.float32(max(dx * dx + dy * dy, 1e-12))
    else:
        divisor = np.float32(r0 * (dx * dx + dy * dy)) + np.float32(dr) * dot
        along = np.float32(r0) * dot + np.float32(dr) * (x * x + y * y)
        along = np.where(divisor > 1e-12, along / np.maximum(divisor, np.float32(1e-12)), np.float32(dr > 0.0))
    np.clip(along, 0.0, 1.0, out=along)
    away = np.hypot(x - along * np.float32(dx), y - along * np.float32(dy))
    return np.asarray(away / (np.float32(r0) + along * np.float32(dr)), np.float32), np.asarray(along, np.float32)


def _path(stroke: Stroke, aspect: float) -> _Path:
    """The brush's path: x and y in picture heights, share of the width, ink. Smooth through the points as they were drawn.

    Points closer than an eighth of the radius to the last one kept add nothing that could be seen; between the kept
    ones runs a Catmull-Rom spline, cut finely enough that its chords stay within 0.5 % of the radius.
    """
    pressed = np.array([max(p.pressure, _FEWEST_PRESSURE) for p in stroke.points])
    points = np.ones((len(pressed), 4))
    points[:, :2] = [(p.x * aspect, p.y) for p in stroke.points]
    if stroke.pressing is not Pressing.NOTHING:
        points[:, 2 if stroke.pressing is Pressing.SIZE else 3] = pressed
    kept = [points[0]]
    for point in points[1:]:
        if np.hypot(*(point - kept[-1])[:2]) >= stroke.radius / 8.0:
            kept.append(point)
    if np.any(kept[-1] != points[-1]):
        kept.append(points[-1])
    knots = np.array([_beyond(kept[:3]), *kept, _beyond(kept[:-4:-1])])
    pieces = [knots[1:2]]
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        bends = (2 * before - 5 * start + 4 * end - after, 2 * after - 5 * end + 4 * start - before)
        sag = max(np.hypot(*bend[:2]) for bend in bends) / 8.0
        count = int(np.clip(np.ceil(np.sqrt(sag / (0.005 * stroke.radius))), 1, 64))
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
    path[:, 2:] = np.clip(path[:, 2:], _FEWEST_PRESSURE, 1.0)
    return path.astype(np.float32)


def _beyond(ends: list[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Where a path that ends with these points (the end first) would go on: bent as it was, or straight."""
    if len(ends) == 3:
        return 3 * ends[0] - 3 * ends[1] + ends[2]
    return 2 * ends[0] - ends[-1]
