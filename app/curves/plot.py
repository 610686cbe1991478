"""Where keyframes and handles stand in the plot. Pure: what is painted, hit and dragged reads the same numbers.

Every curve is drawn over a span of its own, its keys' with air around it, so that curves of any unit lie over each other;
the scale at the left is the chosen one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from app.timeline.state import TimelineState
from core.condition import SCHEMA
from core.document.model import AMOUNT, Clip, Curve, Interpolation, Keyframe, animatable_axis
from core.document.shapes import Handle
from core.ids import AxisId
from core.timebase import Time

Spot = tuple[AxisId, Time]
"""A keyframe of the clip, by axis and source instant."""
AIR: Final = 0.18
"""Of the keys' span of values, above and below."""
INKS: Final = tuple(
    QColor(c) for c in ("#E8C766", "#6FB1F2", "#EE8A72", "#8FD18A", "#C79BE8", "#5FCDBB", "#E58BB9", "#B9B06A")
)
"""Told apart by their names at the left too."""


def ink_of(axis: AxisId) -> QColor:
    """The same for an axis whatever else is shown."""
    order = (AMOUNT, *(a.id for a in SCHEMA))
    return INKS[order.index(axis) % len(INKS)]


@dataclass(frozen=True, slots=True)
class Span:
    """Values from the bottom to the top of the plot."""

    low: float
    high: float


def span_of(curve: Curve, zoom: float = 1.0) -> Span:
    """The span a curve is drawn over; it never reaches beyond the axis by more than the air."""
    axis = animatable_axis(curve.axis)
    values = [key.value for key in curve.keys]
    low, high = min(values), max(values)
    least = (axis.high - axis.low) * 0.08
    length = max(high - low, least) * (1 + 2 * AIR) / zoom
    middle = (low + high) / 2
    return Span(middle - length / 2, middle + length / 2)


@dataclass(frozen=True, slots=True)
class Plot:
    """A clip's curves in a rectangle; x is the timeline's."""

    state: TimelineState
    clip: Clip
    area: QRectF
    zoom: float = 1.0

    def x(self, source: Time) -> float:
        return self.state.x(self.clip.timeline_time(source))

    def y(self, curve: Curve, value: float) -> float:
        span = span_of(curve, self.zoom)
        return self.area.bottom() - (value - span.low) / (span.high - span.low) * self.area.height()

    def value(self, curve: Curve, y: float) -> float:
        span = span_of(curve, self.zoom)
        return span.low + (self.area.bottom() - y) / self.area.height() * (span.high - span.low)

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

    def handle_at(self, curve: Curve, key: Keyframe, side: str, point: QPointF) -> Handle:
        """The handle that a hand puts at a point: its time stays inside its segment."""
        number = curve.keys.index(key)
        other = curve.keys[number - 1 if side == "into" else number + 1]
        length = self.x(other.time) - self.x(key.time)
        share = (point.x() - self.x(key.time)) / length if length else 0.0
        return Handle(min(max(share, 0.0), 1.0), self.value(curve, point.y()) - key.value).exact

    def box(self, spots: Iterable[Spot]) -> QRectF | None:
        """Around keys; None around fewer than two."""
        points = [self.at(curve, key) for curve, key in keys_of(self.clip, spots)]
        if len(points) < 2:
            return None
        xs, ys = [p.x() for p in points], [p.y() for p in points]
        return QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys))).adjusted(-9, -9, 9, 9)


def keys_of(clip: Clip, spots: Iterable[Spot]) -> list[tuple[Curve, Keyframe]]:
    """The keys that are still there."""
    wanted = set(spots)
    return [(c, k) for c in clip.look.curves for k in c.keys if (c.axis, k.time) in wanted]


def moved(
    clip: Clip, spots: Iterable[Spot], move: Mapping[Spot, tuple[Time, float]]
) -> tuple[tuple[tuple[AxisId, tuple[Keyframe, ...]], ...], frozenset[Spot]]:
    """The curves after some keys went elsewhere, for `SetCurves`, and where those keys are then. A key that others land on goes."""
    wanted = set(spots)
    curves, fresh = [], set()
    for curve in clip.look.curves:
        goes = [k for k in curve.keys if (curve.axis, k.time) in wanted]
        if not goes:
            continue
        placed: dict[Time, Keyframe] = {}
        axis = animatable_axis(curve.axis)
        for key in goes:
            time, value = move[curve.axis, key.time]
            exact = axis.quantise(axis.held(value))
            placed[time] = replace(key, time=time, value=exact)
            fresh.add((curve.axis, time))
        stays = [k for k in curve.keys if k not in goes and k.time not in placed]
        curves.append((curve.axis, tuple(sorted((*stays, *placed.values()), key=lambda k: k.time))))
    return tuple(curves), frozenset(fresh)
