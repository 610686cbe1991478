"""What lies under the pointer in the curve editor. Pure; points in px of the view."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QPointF

from app.curves.plot import Plot
from app.timeline.keyframes import keys_of
from app.timeline.state import KeyRef
from core.document.model import Curve

GRAB_PX: Final = 8.0
BOX_GRAB_PX: Final = 6.0
Held = tuple[KeyRef, str]
"""A handle: its keyframe and its side, `into` or `out`."""


def key_at(plot: Plot, curves: Sequence[Curve], point: QPointF) -> KeyRef | None:
    near = [
        (away.manhattanLength(), (curve.axis, key.time))
        for curve in curves
        for key in curve.keys
        if (away := plot.at(curve, key) - point).manhattanLength() <= GRAB_PX + 3
    ]
    return min(near, key=lambda item: item[0])[1] if near else None


def handle_at(plot: Plot, curves: Sequence[Curve], spots: Collection[KeyRef], point: QPointF) -> Held | None:
    """A handle of a selected key within reach."""
    for curve, key in keys_of(plot.clip, spots):
        for side, at in plot.handles(curve, key).items() if curve in curves else ():
            if (at - point).manhattanLength() <= GRAB_PX:
                return (curve.axis, key.time), side
    return None


def curve_at(plot: Plot, curves: Sequence[Curve], point: QPointF) -> Curve | None:
    """The curve that runs within reach of a point."""
    source = plot.clip.source_time(plot.state.instant_at(point.x()))
    near = [(abs(plot.y(c, c.value_at(source)) - point.y()), c) for c in curves]
    away, curve = min(near, key=lambda item: item[0], default=(GRAB_PX, None))
    return curve if away < GRAB_PX else None


def edge_at(plot: Plot, spots: Collection[KeyRef], point: QPointF) -> str:
    """Which edges of the box about the selection are within reach: letters of `lrtb`."""
    box = plot.box(spots)
    if box is None or not box.adjusted(-BOX_GRAB_PX, -BOX_GRAB_PX, BOX_GRAB_PX, BOX_GRAB_PX).contains(point):
        return ""
    found = "l" if abs(point.x() - box.left()) <= BOX_GRAB_PX else ""
    found += "r" if abs(point.x() - box.right()) <= BOX_GRAB_PX else ""
    found += "t" if abs(point.y() - box.top()) <= BOX_GRAB_PX else ""
    return found + ("b" if abs(point.y() - box.bottom()) <= BOX_GRAB_PX else "")
