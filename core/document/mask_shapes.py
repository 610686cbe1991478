"""Shapes of a mask: outlines and gradients as values, keyed over source time. Pure.

Places as everywhere in masks: `x` in picture widths, `y` in picture heights from the top left; sizes and softness in picture
heights, so that a circle is round in any picture; rotation in degrees clockwise.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite
from typing import Any, Final

import msgspec
from msgspec.structs import asdict
from msgspec.structs import replace as altered

from core.document.shapes import slopes
from core.errors import EditRejected
from core.ids import ShapeId
from core.timebase import Time
from core.words import msg, tr

DECIMALS: Final = 5
"""Places and sizes lie on a grid of 1e-5 picture sizes, as those of strokes do."""
MARGIN: Final = 2.0
"""How far outside the picture, in picture sizes, a point may lie."""
SMALLEST: Final = 0.001
LARGEST: Final = 8.0
"""Sides of a box, picture heights."""
MOST_SOFTNESS: Final = 1.0
MOST_TURNS: Final = 36000.0
FEWEST_POINTS: Final = 3
MOST_POINTS: Final = 400


class Form(msgspec.Struct, frozen=True, tag=True):
    """What a shape is at an instant. Base of all forms."""

    @property
    def exact(self) -> Any:
        """As it is stored: on the grid and in range. Raises `EditRejected` for what is no number."""
        return type(self)(**{name: _exact(name, value) for name, value in asdict(self).items()})


class PathPoint(msgspec.Struct, frozen=True):
    """A corner, or a bend by its handles: offsets from the point in picture sizes; (0, 0) has none."""

    x: float
    y: float
    into: tuple[float, float] = (0.0, 0.0)
    out: tuple[float, float] = (0.0, 0.0)

    @property
    def is_corner(self) -> bool:
        return self.into == (0.0, 0.0) == self.out


class PathShape(Form, frozen=True):
    """A closed path of cubic Bézier segments; a polygon where no point has handles."""

    points: tuple[PathPoint, ...]
    softness: float = 0.0
    """Width of the edge, half inside and half outside."""


class Box(Form, frozen=True):
    """A centre, two sides and a rotation. Base of what has them."""

    x: float
    y: float
    width: float
    height: float
    rotation: float = 0.0


class EllipseShape(Box, frozen=True):
    """The ellipse in the box."""

    softness: float = 0.0


class RectShape(Box, frozen=True):
    """The box itself, its corners rounded by a radius."""

    softness: float = 0.0
    corner: float = 0.0


class LinearGradient(Form, frozen=True):
    """All on the side of the first point, nothing beyond the second, an even ramp across from one to the other."""

    x0: float
    y0: float
    x1: float
    y1: float


class RadialGradient(Box, frozen=True):
    """All within the share `inner` 0..1 of the way to the ellipse in the box, and an even fall to nothing at it."""

    inner: float = 0.5


AnyForm = PathShape | EllipseShape | RectShape | LinearGradient | RadialGradient


class ShapeOperation(StrEnum):
    """What a shape does to the strokes and shapes made before it."""

    ADD = "add"
    SUBTRACT = "subtract"


class Tween(StrEnum):
    """How a shape passes from key to key."""

    LINEAR = "linear"
    SMOOTH = "smooth"
    """Without a jerk at a key, and never beyond what the keys say."""


@dataclass(frozen=True, slots=True)
class ShapeKey:
    """The whole form at an instant of the source."""

    time: Time
    form: AnyForm


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of a mask. Its keys have forms of one kind, paths as many points each; before the first and after the last
    it holds still."""

    id: ShapeId
    form: AnyForm
    """What it is where there are no keys; else the form of the first."""
    operation: ShapeOperation = ShapeOperation.ADD
    keys: tuple[ShapeKey, ...] = ()
    tween: Tween = Tween.SMOOTH
    after: int = 0
    """Strokes of the mask that were there before it: these lie under it, later ones over it."""

    def at(self, time: Time) -> AnyForm:
        """The form at a source instant, on its grid."""
        keys = self.keys
        following = bisect_right(keys, time, key=lambda k: k.time)
        if following == 0:
            return self.form
        if following == len(keys):
            return keys[-1].form
        left, right = keys[following - 1], keys[following]
        share = float((time.seconds - left.time.seconds) / (right.time.seconds - left.time.seconds))
        return _with_numbers(left.form, self._between(following - 1, share))

    def _between(self, number: int, share: float) -> list[float]:
        """The numbers of the form at a share 0..1 of the way from key `number` to the next."""
        first, last = (numbers_of(self.keys[n].form) for n in (number, number + 1))
        if self.tween is Tween.LINEAR:
            return [a + (b - a) * share for a, b in zip(first, last, strict=True)]
        begin = max(0, number - 1)
        about = self.keys[begin : number + 3]
        times, here = [float(k.time) for k in about], number - begin
        length = times[here + 1] - times[here]
        return [
            _hermite(share, track[here], track[here + 1], speed[here] * length, speed[here + 1] * length)
            for track in zip(*(numbers_of(k.form) for k in about), strict=True)
            for speed in (slopes(times, track),)
        ]

    def still(self, time: Time) -> Shape:
        """The shape as it is at an instant, without keys."""
        return replace(self, form=self.at(time), keys=()) if self.keys else self

    @property
    def cause(self) -> Shape:
        """What is drawn of it, whatever it is called."""
        return replace(self, id=ShapeId(""), tween=self.tween if self.keys else Tween.SMOOTH)

    def key_at(self, time: Time) -> ShapeKey | None:
        return next((k for k in self.keys if k.time == time), None)

    def with_keys(self, keys: tuple[ShapeKey, ...]) -> Shape:
        """Keys sorted by time; without any it stays as it is now."""
        ordered = tuple(sorted(keys, key=lambda k: k.time))
        return replace(self, form=ordered[0].form if ordered else self.form, keys=ordered)

    def mapped(self, change: Callable[[AnyForm], AnyForm]) -> Shape:
        """The same change made to the form at every key."""
        if not self.keys:
            return replace(self, form=change(self.form))
        return self.with_keys(tuple(replace(k, form=change(k.form)) for k in self.keys))


def _hermite(t: float, a: float, b: float, leave: float, arrive: float) -> float:
    """Cubic from `a` to `b` that leaves and arrives at these speeds, in units a segment."""
    s = 1.0 - t
    return s * s * (1.0 + 2.0 * t) * a + t * t * (3.0 - 2.0 * t) * b + t * s * (s * leave - t * arrive)


def numbers_of(form: AnyForm) -> list[float]:
    """All numbers of a form in the order of its fields."""
    if isinstance(form, PathShape):
        return [n for p in form.points for n in (p.x, p.y, *p.into, *p.out)] + [form.softness]
    return list(asdict(form).values())


def _with_numbers(form: AnyForm, numbers: list[float]) -> AnyForm:
    if isinstance(form, PathShape):
        six = zip(*(numbers[n:-1:6] for n in range(6)), strict=True)
        points = tuple(PathPoint(x, y, (ix, iy), (ox, oy)) for x, y, ix, iy, ox, oy in six)
        made: AnyForm = PathShape(points, numbers[-1])
    else:
        made = type(form)(*numbers)
    exact: AnyForm = made.exact
    return exact


def is_like(one: AnyForm, other: AnyForm) -> bool:
    """Whether one can pass into the other: the same kind, paths with as many points."""
    if isinstance(one, PathShape) and isinstance(other, PathShape):
        return len(one.points) == len(other.points)
    return type(one) is type(other)


# ---- checks --------------------------------------------------------------------------------------------------------

_RANGES: Final = {
    "width": (SMALLEST, LARGEST),
    "height": (SMALLEST, LARGEST),
    "corner": (0.0, LARGEST),
    "softness": (0.0, MOST_SOFTNESS),
    "inner": (0.0, 1.0),
    "rotation": (-MOST_TURNS, MOST_TURNS),
}
"""Of the numbers that are not places."""


def _exact(name: str, value: Any) -> Any:
    if name == "points":
        return tuple(PathPoint(_number("x", p.x), _number("y", p.y), _handle(p.into), _handle(p.out)) for p in value)
    return _number(name, value)


def _number(name: str, value: float) -> float:
    """A hand that pulls too far is held at the range: a drag must not fail for leaving the window."""
    if not isfinite(value):
        raise EditRejected(tr("A shape's numbers must be finite."))
    low, high = _RANGES.get(name, (-MARGIN, 1.0 + MARGIN))
    return round(min(max(value, low), high), DECIMALS) + 0.0


def _handle(offset: tuple[float, float]) -> tuple[float, float]:
    return _number("x", offset[0]), _number("y", offset[1])


def checked_shape(shape: Shape) -> Shape:
    """The shape on its grid. Raises `EditRejected` for one that is none, or whose keys do not belong together."""
    forms = [shape.form, *(k.form for k in shape.keys)]
    if isinstance(shape.form, PathShape) and not FEWEST_POINTS <= len(shape.form.points) <= MOST_POINTS:
        raise EditRejected(
            tr(
                "A path has {low} to {high} points, not {count}.",
                low=FEWEST_POINTS,
                high=MOST_POINTS,
                count=len(shape.form.points),
            )
        )
    if not all(is_like(form, forms[0]) for form in forms):
        raise EditRejected(tr("The keyframes of a shape must have the same kind and as many points."))
    if len({k.time for k in shape.keys}) < len(shape.keys):
        raise EditRejected(tr("A shape has one keyframe at an instant."))
    exact = replace(shape, form=shape.form.exact, after=max(0, shape.after))
    return exact.with_keys(tuple(replace(k, form=k.form.exact) for k in shape.keys))


KIND_NAMES: Final[dict[type[Form], str]] = {
    PathShape: msg("Path"),
    EllipseShape: msg("Ellipse"),
    RectShape: msg("Rectangle"),
    LinearGradient: msg("Linear gradient"),
    RadialGradient: msg("Radial gradient"),
}


def kind_name(form: AnyForm) -> str:
    """What a form is, for people."""
    return tr(KIND_NAMES[type(form)])


# ---- points of a path ----------------------------------------------------------------------------------------------


def with_point(path: PathShape, segment: int, share: float) -> PathShape:
    """A point more, on the segment from point `segment` to the next, at a share 0..1 of it: the path keeps its form.

    De Casteljau's subdivision; a straight segment stays straight.
    """
    points = list(path.points)
    following = (segment + 1) % len(points)
    a, d = points[segment], points[following]
    corners = ((a.x, a.y), (a.x + a.out[0], a.y + a.out[1]), (d.x + d.into[0], d.y + d.into[1]), (d.x, d.y))
    ab, bc, cd = (_on(corners[n], corners[n + 1], share) for n in range(3))
    abc, bcd = _on(ab, bc, share), _on(bc, cd, share)
    x, y = _on(abc, bcd, share)
    if a.out == (0.0, 0.0) == d.into:
        middle = _on(corners[0], corners[3], share)
        points.insert(segment + 1, PathPoint(*middle))
        return altered(path, points=tuple(points))
    points[segment] = altered(a, out=(a.out[0] * share, a.out[1] * share))
    points[following] = altered(d, into=(d.into[0] * (1.0 - share), d.into[1] * (1.0 - share)))
    new = PathPoint(x, y, (abc[0] - x, abc[1] - y), (bcd[0] - x, bcd[1] - y))
    points.insert(segment + 1, new)
    return altered(path, points=tuple(points))


def _on(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def without_point(path: PathShape, index: int) -> PathShape:
    """A point less."""
    return altered(path, points=path.points[:index] + path.points[index + 1 :])
