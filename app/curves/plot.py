"""Where keyframes and handles stand in the plot. Pure: what is painted, hit and dragged reads the same numbers.

Every curve is drawn over a span of its own, its keys' with air around it, so that curves of any unit lie over each other;
the scale at the left is the chosen one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from app.timeline.keyframes import keys_of
from app.timeline.state import KeyRef, TimelineState
from core.condition import SCHEMA
from core.document.model import AMOUNT, Clip, Curve, Interpolation, Keyframe, animatable_axis
from core.document.shapes import Handle
from core.ids import AxisId
from core.timebase import Time

AIR: Final = 0.18
"""Of the keys' span of values, above and below."""
INKS: Final = tuple(
    QColor(c) for c in ("#E8C766", "#6FB1F2", "#EE8A72", "#8FD18A", "#C79BE8", "#5FCDBB", "#E58BB9", "#B9B06A")
)
"""Told apart by their names at the left too."""
LEAST_ZOOM: Final = 0.25
MOST_ZOOM: Final = 16.0


def ink_of(axis: AxisId) -> QColor:
    """The same for an axis whatever else is shown."""
    order = (AMOUNT, *(a.id for a in SCHEMA))
    return INKS[order.index(axis) % len(INKS)]


@dataclass(frozen=True, slots=True)
class Span:
    """Values from the bottom to the top of the plot."""

    low: float
    high: float

    @property
    def length(self) -> float:
        return self.high - self.low


def span_of(curve: Curve) -> Span:
    """The span that shows the whole of a curve, with air about it; of one that is level, a stretch of its axis."""
    axis = animatable_axis(curve.axis)
    values = [key.value for key in curve.keys]
    low, high = min(values), max(values)
    length = max(high - low, (axis.high - axis.low) * 0.08) * (1 + 2 * AIR)
    middle = (low + high) / 2
    return Span(middle - length / 2, middle + length / 2)


@dataclass(frozen=True, slots=True)
class Lens:
    """How the spans of all curves are looked at: `zoom` times as near, `lift` of a span higher."""

    zoom: float = 1.0
    lift: float = 0.0

    def seen(self, span: Span) -> Span:
        middle = (span.low + span.high) / 2 + self.lift * span.length
        half = span.length / self.zoom / 2
        return Span(middle - half, middle + half)

    def zoomed(self, factor: float) -> Lens:
        return Lens(min(max(self.zoom * factor, LEAST_ZOOM), MOST_ZOOM), self.lift)

    def panned(self, share: float) -> Lens:
        """Up by a share of what is seen; the keys of a curve are never left wholly."""
        return Lens(self.zoom, min(max(self.lift + share / self.zoom, -0.5), 0.5))

    @staticmethod
    def about(shares: Iterable[float]) -> Lens:
        """That shows some heights of the unseen span, 0 at its bottom to 1 at its top, with air about them."""
        found = sorted(shares)
        tall = max(found[-1] - found[0], 1e-9) * (1 + 2 * AIR)
        return Lens(min(max(1.0 / tall, LEAST_ZOOM), MOST_ZOOM), (found[0] + found[-1]) / 2 - 0.5)


@dataclass(frozen=True, slots=True)
class Plot:
    """A clip's curves in a rectangle; x is the timeline's, y each curve's own by `spans`."""

    state: TimelineState
    clip: Clip
    area: QRectF
    spans: Mapping[AxisId, Span] = field(default_factory=dict)
    lens: Lens = Lens()

    def span(self, curve: Curve) -> Span:
        return self.lens.seen(self.spans.get(curve.axis) or span_of(curve))

    def x(self, source: Time) -> float:
        return self.state.x(self.clip.timeline_time(source))

    def y(self, curve: Curve, value: float) -> float:
        span = self.span(curve)
        return self.area.bottom() - (value - span.low) / span.length * self.area.height()

    def value(self, curve: Curve, y: float) -> float:
        span = self.span(curve)
        return span.low + (self.area.bottom() - y) / self.area.height() * span.length

    def at(self, curve: Curve, key: Keyframe) -> QPointF:
        return QPointF(self.x(key.time), self.y(curve, key.value))

    def handles(self, curve: Curve, key: Keyframe) -> dict[str, QPointF]:
        """Where the handles of a key stand, as far as a Bézier segment touches it: `into` and `out`."""
        number = curve.keys.index(key)
        found: dict[str, QPointF] = {}
        if number > 0 and curve.keys[number - 1].interpolation is Interpolation.BEZIER:
            _, arrives = curve.handles(number - 1)
            length = self.x(key.time) - self.x(curve.keys[number - 1].time)
            found["into"] = QPointF(self.x(key.time) - arrives.time * length, self.y(curve, key.value + arrives.value))
        if number + 1 < len(curve.keys) and key.interpolation is Interpolation.BEZIER:
            leaves, _ = curve.handles(number)
            length = self.x(curve.keys[number + 1].time) - self.x(key.time)
            found["out"] = QPointF(self.x(key.time) + leaves.time * length, self.y(curve, key.value + leaves.value))
        return found

    def _handle_at(self, curve: Curve, key: Keyframe, side: str, point: QPointF) -> Handle:
        """The handle that a hand puts at a point: its time stays inside its segment."""
        number = curve.keys.index(key)
        other = curve.keys[number - 1 if side == "into" else number + 1]
        length = self.x(other.time) - self.x(key.time)
        share = (point.x() - self.x(key.time)) / length if length else 0.0
        return Handle(min(max(share, 0.0), 1.0), self.value(curve, point.y()) - key.value).exact

    def bent(
        self, curve: Curve, key: Keyframe, side: str, point: QPointF, *, alone: bool
    ) -> tuple[Handle | None, Handle | None]:
        """`into` and `out` of a key when one goes to a point. The other turns along at its own length, unless moved `alone`."""
        hands = {"into": key.into, "out": key.out} | {side: self._handle_at(curve, key, side, point)}
        both, middle = self.handles(curve, key), self.at(curve, key)
        other = "out" if side == "into" else "into"
        if other in both and not alone:
            away, reach = middle - point, (both[other] - middle).manhattanLength()
            size = max(abs(away.x()) + abs(away.y()), 1e-6)
            hands[other] = self._handle_at(curve, key, other, middle + away * (reach / size))
        return hands["into"], hands["out"]

    def box(self, spots: Iterable[KeyRef]) -> QRectF | None:
        """Around keys; None around fewer than two."""
        points = [self.at(curve, key) for curve, key in keys_of(self.clip, spots)]
        if len(points) < 2:
            return None
        xs, ys = [p.x() for p in points], [p.y() for p in points]
        return QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys))).adjusted(-9, -9, 9, 9)
