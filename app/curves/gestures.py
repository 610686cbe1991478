"""Drags in the curve editor, as generators: each is sent points and edits from the plot it began with; Esc throws into it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from app.curves.hits import Held
from app.curves.plot import Plot
from app.timeline.keyframes import Goes, is_apart, keys_of, shifted
from app.timeline.scale import snapped
from core.document.commands import SetHandles
from core.timebase import Time

if TYPE_CHECKING:
    from app.curves.view import CurveView

Script = Generator[None, QPointF, None]


def move(view: CurveView, plot: Plot, began: QPointF) -> Script:
    """Relative to where the hand took hold; with Shift along the longer way only. Keys fall on frames, and stick."""
    spots = view.spots
    held = keys_of(plot.clip, spots)
    first = min((k.time for _, k in held), default=None)
    while first is not None:
        point = yield
        away = point - began
        if view.hand.is_locked:
            away = QPointF(away.x(), 0) if abs(away.x()) >= abs(away.y()) else QPointF(0, away.y())
        by = _snapped(plot, first, away.x())
        lifts = {c.axis: plot.value(c, away.y()) - plot.value(c, 0.0) for c, _ in held}
        view.keys.put(plot.clip, shifted(plot.clip, spots, by, lifts, view.keys.room(plot.clip)))
    while True:
        yield


def _snapped(plot: Plot, first: Time, dx: float) -> Time:
    """How far keys go for `dx` px: whole frames, or to what the first of them sticks to."""
    state = plot.state
    here = plot.clip.timeline_time(first)
    wanted = state.edge_at(state.x(here) + dx) if abs(dx) >= 1.0 else here
    return snapped(wanted, state.snap_targets(), state.scale).time - here if abs(dx) >= 1.0 else wanted - here


def scale(view: CurveView, plot: Plot, edges: str) -> Script:
    """The box follows the hand; the other side stays. No edge leaves the media."""
    spots = view.spots
    box = plot.box(spots)
    assert box is not None
    inner = box.adjusted(9, 9, -9, -9)
    held = [(c, k, plot.at(c, k)) for c, k in keys_of(plot.clip, spots)]
    room = view.keys.room(plot.clip)
    least, most = plot.x(room.start), plot.x(room.end)
    while True:
        point = yield
        now = QRectF(inner)
        if "l" in edges:
            now.setLeft(min(max(point.x() + 9, least), inner.right() - 1))
        if "r" in edges:
            now.setRight(max(min(point.x() - 9, most), inner.left() + 1))
        if "t" in edges:
            now.setTop(point.y() + 9)
        if "b" in edges:
            now.setBottom(point.y() - 9)
        wide, tall = max(inner.width(), 1e-6), inner.height()
        goes: Goes = {}
        for curve, key, at in held:
            x = now.left() + (at.x() - inner.left()) / wide * now.width()
            y = now.top() + (at.y() - inner.top()) / tall * now.height() if tall > 1e-6 else at.y()
            time = plot.clip.source_time(plot.state.edge_at(x)) if set(edges) & set("lr") else key.time
            value = plot.value(curve, y) if set(edges) & set("tb") else key.value
            goes[curve.axis, key.time] = (time, value)
        if is_apart(goes):  # else the box stays as small as its keys have room in
            view.keys.put(plot.clip, goes)


def bend(view: CurveView, plot: Plot, held: Held) -> Script:
    """The other handle turns along, as long as nobody broke the two apart; Shift breaks them."""
    spot, side = held
    ((curve, key),) = keys_of(plot.clip, (spot,))
    while True:
        point = yield
        into, out = plot.bent(curve, key, side, point, alone=view.hand.is_locked)
        view.bridge.do(SetHandles(plot.clip.id, curve.axis, key.time, into, out), view)
