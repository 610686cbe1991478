"""Shapes under the hand: where one can be taken hold of, and what a drag makes of it. Pure.

Everything here is in picture heights (`x` times the picture's aspect), where angles and lengths are those that are seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from math import atan2, cos, degrees, hypot, pi, radians, sin
from typing import Final, NamedTuple

import numpy as np
from msgspec.structs import replace as altered

from core.document.mask_shape_raster import outline
from core.document.mask_shapes import (
    SMALLEST,
    AnyForm,
    Box,
    EllipseShape,
    LinearGradient,
    PathPoint,
    PathShape,
    RadialGradient,
    RectShape,
)

TURN_STEP: Final = 15.0
"""Degrees between the angles that Shift holds a turn to."""


class At(NamedTuple):
    """A place or a way, picture heights."""

    x: float
    y: float

    def __sub__(self, other: At) -> At:
        return At(self.x - other.x, self.y - other.y)

    def plus(self, other: At) -> At:
        return At(self.x + other.x, self.y + other.y)

    def times(self, by: float) -> At:
        return At(self.x * by, self.y * by)

    def turned(self, by_rad: float) -> At:
        return At(self.x * cos(by_rad) - self.y * sin(by_rad), self.x * sin(by_rad) + self.y * cos(by_rad))

    @property
    def length(self) -> float:
        return hypot(self.x, self.y)


class Part(Enum):
    """What of a shape the hand is on."""

    BODY = auto()
    CORNER = auto()
    SIDE = auto()
    TURN = auto()
    POINT = auto()
    INTO = auto()
    OUT = auto()
    END = auto()
    INNER = auto()


@dataclass(frozen=True, slots=True)
class Grip:
    """`index` counts corners and sides clockwise, points along the path, the ends of a gradient from full to none."""

    part: Part
    index: int = 0


_Change = Callable[[At], At]
BoxForm = EllipseShape | RectShape | RadialGradient
BODY: Final = Grip(Part.BODY)
_CORNERS: Final = ((-1, -1), (1, -1), (1, 1), (-1, 1))
_SIDES: Final = ((0, -1), (1, 0), (0, 1), (-1, 0))


@dataclass(frozen=True, slots=True)
class Held:
    """Keys of the hand: `even` (Shift) holds angles and proportions, `free` (Alt) breaks handles, pulls
    new ones out of a point, and scales about the middle."""

    even: bool = False
    free: bool = False


# ---- frames --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """The box about a shape that is turned and scaled by."""

    middle: At
    width: float
    height: float
    rotation: float = 0.0

    def at(self, sign: tuple[float, float], out: float = 0.0) -> At:
        """A place of the box by its signs, -1..1 across and down, `out` beyond it."""
        x = sign[0] * (self.width / 2 + out)
        y = sign[1] * (self.height / 2 + out)
        return self.middle.plus(At(x, y).turned(radians(self.rotation)))


def frame_of(form: AnyForm, aspect: float) -> Frame | None:
    """None of a linear gradient, which has its ends."""
    if isinstance(form, LinearGradient):
        return None
    if isinstance(form, PathShape):
        (left, top), (right, bottom) = (edge(outline(form, aspect), axis=0).tolist() for edge in (np.min, np.max))
        return Frame(
            At((left + right) / 2, (top + bottom) / 2), max(right - left, SMALLEST), max(bottom - top, SMALLEST)
        )
    return Frame(At(form.x * aspect, form.y), form.width, form.height, form.rotation)


def place(point: PathPoint, aspect: float) -> At:
    return At(point.x * aspect, point.y)


def handle(point: PathPoint, part: Part, aspect: float) -> At:
    """Where a handle of a point ends."""
    dx, dy = point.into if part is Part.INTO else point.out
    return At((point.x + dx) * aspect, point.y + dy)


def grips(form: AnyForm, aspect: float, selected: int | None, away: float) -> Iterator[tuple[Grip, At]]:
    """What of a selected shape can be taken hold of, the first in the way of the later. `away`: from a path to its frame, and
    from a frame to what turns it."""
    if isinstance(form, LinearGradient):
        yield Grip(Part.END, 0), At(form.x0 * aspect, form.y0)
        yield Grip(Part.END, 1), At(form.x1 * aspect, form.y1)
        return
    out = 0.0
    if isinstance(form, PathShape):
        out = away
        yield from _path_grips(form, aspect, selected)
    frame = frame_of(form, aspect)
    assert frame is not None
    for index, sign in enumerate(_CORNERS):
        yield Grip(Part.CORNER, index), frame.at(sign, out)
    if isinstance(form, Box):
        for index, sign in enumerate(_SIDES):
            yield Grip(Part.SIDE, index), frame.at(sign)
    if isinstance(form, RadialGradient) and form.inner > 0.0:
        yield Grip(Part.INNER), frame.at((form.inner * cos(pi / 4), form.inner * sin(pi / 4)))
    yield Grip(Part.TURN), turn_grip(frame, out + away)


def turn_grip(frame: Frame, out: float) -> At:
    return frame.middle.plus(At(0.0, -frame.height / 2 - out).turned(radians(frame.rotation)))


def _path_grips(form: PathShape, aspect: float, selected: int | None) -> Iterator[tuple[Grip, At]]:
    if selected is not None:
        count = len(form.points)
        for index, parts in (
            (selected, (Part.INTO, Part.OUT)),
            ((selected - 1) % count, (Part.OUT,)),
            ((selected + 1) % count, (Part.INTO,)),
        ):
            point = form.points[index]
            for part in parts:
                if (point.into if part is Part.INTO else point.out) != (0.0, 0.0):
                    yield Grip(part, index), handle(point, part, aspect)
    for index, point in enumerate(form.points):
        yield Grip(Part.POINT, index), place(point, aspect)


# ---- drags ---------------------------------------------------------------------------------------------------------


def dragged(form: AnyForm, grip: Grip, start: At, now: At, aspect: float, held: Held) -> AnyForm:
    """A form as it was when the hand took hold at `start`, now that the hand is at `now`."""
    by = now - start
    match grip.part:
        case Part.BODY:
            return shifted(form, straight(by) if held.even else by, aspect)
        case Part.TURN:
            frame = frame_of(form, aspect)
            assert frame is not None
            return _turned(form, frame, start, now, aspect, held)
        case Part.CORNER | Part.SIDE:
            return _scaled(form, grip, by, aspect, held)
        case Part.INNER:
            assert isinstance(form, RadialGradient)
            return altered(form, inner=min(max(_share(form, now, aspect), 0.0), 1.0))
        case Part.END:
            assert isinstance(form, LinearGradient)
            return _end_moved(form, grip.index, now, aspect, held)
        case Part.POINT:
            assert isinstance(form, PathShape)
            point = form.points[grip.index]
            if held.free:
                return _with(form, grip.index, _bent(point, Part.OUT, by, by.times(-1.0), aspect))
            way = straight(by) if held.even else by
            return _with(form, grip.index, altered(point, x=point.x + way.x / aspect, y=point.y + way.y))
        case Part.INTO | Part.OUT:
            assert isinstance(form, PathShape)
            return _handle_moved(form, grip, now, aspect, held)


def straight(by: At) -> At:
    """The way along the one of two axes that it follows more."""
    return At(by.x, 0.0) if abs(by.x) >= abs(by.y) else At(0.0, by.y)


def stepped(way: At, step_deg: float = TURN_STEP) -> At:
    """The way at the nearest angle of a round."""
    step = radians(step_deg)
    angle = round(atan2(way.y, way.x) / step) * step
    return At(way.length, 0.0).turned(angle)


def shifted(form: AnyForm, by: At, aspect: float) -> AnyForm:
    dx, dy = by.x / aspect, by.y
    if isinstance(form, PathShape):
        return altered(form, points=tuple(altered(p, x=p.x + dx, y=p.y + dy) for p in form.points))
    if isinstance(form, LinearGradient):
        return LinearGradient(form.x0 + dx, form.y0 + dy, form.x1 + dx, form.y1 + dy)
    return altered(form, x=form.x + dx, y=form.y + dy)


def _turned(form: AnyForm, frame: Frame, start: At, now: At, aspect: float, held: Held) -> AnyForm:
    before, after = start - frame.middle, now - frame.middle
    by = degrees(atan2(after.y, after.x) - atan2(before.y, before.x))
    by = (by + 180.0) % 360.0 - 180.0
    if held.even:
        by = round((frame.rotation + by) / TURN_STEP) * TURN_STEP - frame.rotation
    if isinstance(form, PathShape):
        return _mapped(form, frame.middle, lambda at: at.turned(radians(by)), aspect)
    assert isinstance(form, Box)
    return altered(form, rotation=form.rotation + by)


def _scaled(form: AnyForm, grip: Grip, by: At, aspect: float, held: Held) -> AnyForm:
    """A corner or a side pulled: what lies across stays, or with `free` the middle; `even` keeps the proportions."""
    frame = frame_of(form, aspect)
    assert frame is not None
    sign = (_CORNERS if grip.part is Part.CORNER else _SIDES)[grip.index]
    way = by.turned(-radians(frame.rotation))
    twice = 2.0 if held.free else 1.0
    width = max(frame.width + sign[0] * way.x * twice, SMALLEST)
    height = max(frame.height + sign[1] * way.y * twice, SMALLEST)
    if held.even and grip.part is Part.CORNER:
        scale = max(width / frame.width, height / frame.height)
        width, height = frame.width * scale, frame.height * scale
    grown = At(sign[0] * (width - frame.width) / 2, sign[1] * (height - frame.height) / 2)
    moved = At(0.0, 0.0) if held.free else grown.turned(radians(frame.rotation))
    if isinstance(form, PathShape):
        across, down = width / frame.width, height / frame.height
        scaled = _mapped(form, frame.middle, lambda at: At(at.x * across, at.y * down), aspect)
        return shifted(scaled, moved, aspect)
    assert isinstance(form, Box)
    return altered(form, x=form.x + moved.x / aspect, y=form.y + moved.y, width=width, height=height)


def _mapped(form: PathShape, middle: At, change: _Change, aspect: float) -> PathShape:
    """Points and handles after a linear change about a middle."""

    def offset(of: tuple[float, float]) -> tuple[float, float]:
        way = change(At(of[0] * aspect, of[1]))
        return way.x / aspect, way.y

    points = []
    for point in form.points:
        at = change(place(point, aspect) - middle).plus(middle)
        points.append(PathPoint(at.x / aspect, at.y, offset(point.into), offset(point.out)))
    return altered(form, points=tuple(points))


def _share(form: RadialGradient, at: At, aspect: float) -> float:
    """How far out a place lies, 1 on the ellipse."""
    way = (at - At(form.x * aspect, form.y)).turned(-radians(form.rotation))
    return hypot(way.x / form.width, way.y / form.height) * 2.0


def _end_moved(form: LinearGradient, index: int, now: At, aspect: float, held: Held) -> LinearGradient:
    other = At(form.x1 * aspect, form.y1) if index == 0 else At(form.x0 * aspect, form.y0)
    at = other.plus(stepped(now - other)) if held.even else now
    if index == 0:
        return altered(form, x0=at.x / aspect, y0=at.y)
    return altered(form, x1=at.x / aspect, y1=at.y)


def _handle_moved(form: PathShape, grip: Grip, now: At, aspect: float, held: Held) -> PathShape:
    """The other handle turns along while both lie on one line, unless the hand breaks them apart."""
    point = form.points[grip.index]
    way = now - place(point, aspect)
    if held.even:
        way = stepped(way)
    mine, other = (
        At(o[0] * aspect, o[1])
        for o in ((point.into, point.out) if grip.part is Part.INTO else (point.out, point.into))
    )
    if not held.free and is_smooth(mine, other) and way.length > 0.0:
        other = way.times(-other.length / way.length)
    return _with(form, grip.index, _bent(point, grip.part, way, other, aspect))


def is_smooth(one: At, other: At) -> bool:
    """Whether two handles of a point lie on one line, on either side of it: within a degree."""
    size = one.length * other.length
    return size > 0.0 and (one.x * other.x + one.y * other.y) < -size * cos(radians(1.0))


def _bent(point: PathPoint, part: Part, way: At, other: At, aspect: float) -> PathPoint:
    one, two = ((at.x / aspect, at.y) for at in (way, other))
    return altered(point, into=one, out=two) if part is Part.INTO else altered(point, into=two, out=one)


def _with(form: PathShape, index: int, point: PathPoint) -> PathShape:
    return altered(form, points=(*form.points[:index], point, *form.points[index + 1 :]))


def toggled(form: PathShape, index: int, aspect: float) -> PathShape:
    """A corner made smooth, with handles along its neighbours, or a bend made a corner."""
    points, point = form.points, form.points[index]
    if not point.is_corner:
        return _with(form, index, PathPoint(point.x, point.y))
    before, after = (place(points[(index + step) % len(points)], aspect) for step in (-1, 1))
    here = place(point, aspect)
    along = after - before
    if along.length == 0.0:
        return form
    into, out = ((at - here).length / 3.0 / along.length for at in (before, after))
    return _with(form, index, _bent(point, Part.OUT, along.times(out), along.times(-into), aspect))


# ---- what is near --------------------------------------------------------------------------------------------------


def nearest_on_path(form: PathShape, at: At, aspect: float) -> tuple[float, int, float]:
    """Distance, segment and share 0..1 of the place on a path that is nearest; by 64 samples a segment, then by halving."""
    best = (float("inf"), 0, 0.0)
    t = np.linspace(0.0, 1.0, 65)
    for segment in range(len(form.points)):
        away = np.hypot(*(_segment(form, segment, t, aspect) - (at.x, at.y)).T)
        found = int(away.argmin())
        if away[found] < best[0]:
            fine = np.clip(t[found] + np.linspace(-1.0, 1.0, 33) / 64.0, 0.0, 1.0)
            close = np.hypot(*(_segment(form, segment, fine, aspect) - (at.x, at.y)).T)
            best = float(close.min()), segment, float(fine[close.argmin()])
    return best


def _segment(form: PathShape, segment: int, t: np.ndarray, aspect: float) -> np.ndarray:
    a, d = form.points[segment], form.points[(segment + 1) % len(form.points)]
    p0, p3 = np.array(place(a, aspect)), np.array(place(d, aspect))
    p1, p2 = np.array(handle(a, Part.OUT, aspect)), np.array(handle(d, Part.INTO, aspect))
    t = t[:, None]
    s = 1.0 - t
    return np.asarray(s**3 * p0 + 3 * s * s * t * p1 + 3 * s * t * t * p2 + t**3 * p3)


def distance_to(form: AnyForm, at: At, aspect: float) -> float:
    """From a place to the outline; of a linear gradient to its line."""
    points = outline(form, aspect)
    starts, ways = points, np.roll(points, -1, 0) - points
    along = ((at.x, at.y) - starts) * ways
    share = np.clip(along.sum(1) / np.maximum((ways**2).sum(1), 1e-12), 0.0, 1.0)
    return float(np.hypot(*(starts + ways * share[:, None] - (at.x, at.y)).T).min())


def contains(form: AnyForm, at: At, aspect: float) -> bool:
    """Whether a place is inside an outline; never inside a linear gradient, which has none."""
    if isinstance(form, LinearGradient):
        return False
    x0, y0 = outline(form, aspect).T
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    crosses = (y0 <= at.y) != (y1 <= at.y)
    with np.errstate(divide="ignore", invalid="ignore"):
        right = at.x < x0 + (at.y - y0) * (x1 - x0) / (y1 - y0)
    return bool(np.where(y1 > y0, 1, -1)[crosses & right].sum())


# ---- new ones ------------------------------------------------------------------------------------------------------


def drawn_box(kind: type[BoxForm], start: At, now: At, aspect: float, held: Held) -> BoxForm:
    """A shape pulled open from corner to corner: with `free` from its middle, with `even` as wide as high."""
    way = now - start
    width, height = abs(way.x), abs(way.y)
    if held.even:
        width = height = max(width, height)
    middle = start
    if held.free:
        width, height = width * 2, height * 2
    else:
        middle = start.plus(At(width / 2 if way.x >= 0 else -width / 2, height / 2 if way.y >= 0 else -height / 2))
    return kind(middle.x / aspect, middle.y, max(width, SMALLEST), max(height, SMALLEST))


def usual(kind: type[AnyForm], aspect: float) -> AnyForm:
    """One in the middle of the picture, where no pointer says where."""
    if issubclass(kind, LinearGradient):
        return LinearGradient(0.5, 0.25, 0.5, 0.75)
    if issubclass(kind, PathShape):
        w = 0.25 / aspect
        return PathShape(tuple(PathPoint(0.5 + x * w, 0.5 + y * 0.25) for x, y in _CORNERS))
    return kind(0.5, 0.5, 0.5, 0.5)
