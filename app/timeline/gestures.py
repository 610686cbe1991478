"""Drags on the timeline, as generators: each is sent pointer events and does commands; Esc throws into it.

They only read the project the drag began with, so a drag never compounds its own rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from app.session_bridge import SessionBridge
from app.timeline.curves import value_bounds, y_value
from app.timeline.layout import Lane
from app.timeline.scale import Snap, snapped, snapped_span
from app.timeline.state import KeyRef, TimelineState
from core.document.commands import MoveClip, MoveKeyframe, SetKeyframe, TrimIn, TrimOut
from core.document.model import Clip, animatable_axis
from core.timebase import Time, TimeRange


@dataclass(frozen=True, slots=True)
class CanvasPointer:
    """A pointer on the canvas: px, `y` before vertical scrolling."""

    x: float
    y: float
    is_shift: bool = False
    is_alt: bool = False


Script = Generator[None, CanvasPointer, None]
Cue = Callable[[Time | None], None]
"""Shows where an edge snapped, or nothing."""


def _edge(state: TimelineState, x: float, targets: tuple[Time, ...]) -> Snap:
    """The target near the pointer itself, or else the nearest frame boundary: rounding first would hide near targets."""
    snap = snapped(state.instant_at(x), targets, state.scale)
    return snap if snap.target is not None else Snap(state.edge_at(x))


def trim(bridge: SessionBridge, state: TimelineState, clip: Clip, cue: Cue, *, is_head: bool) -> Script:
    """Drag a clip's end; the edit holds it at the media's end and the neighbour."""
    targets = state.snap_targets(without=clip.id)
    try:
        while True:
            pointer = yield
            snap = _edge(state, pointer.x, targets)
            cue(snap.target)
            bridge.do(TrimIn(clip.id, snap.time) if is_head else TrimOut(clip.id, snap.time))
    finally:
        cue(None)


def move(bridge: SessionBridge, state: TimelineState, clip: Clip, grabbed_x: float, cue: Cue) -> Script:
    """Drag a clip along its track; a place that is taken is passed over until there is room."""
    targets = state.snap_targets(without=clip.id)
    offset = state.x(clip.start) - grabbed_x
    try:
        while True:
            pointer = yield
            start = state.instant_at(pointer.x + offset)
            snap = snapped_span(TimeRange(start, start + clip.source.duration), targets, state.scale)
            if snap.target is None:
                snap = Snap(state.edge_at(pointer.x + offset))
            cue(snap.target)
            bridge.do(MoveClip(clip.id, snap.time))
    finally:
        cue(None)


def drag_key(
    bridge: SessionBridge, state: TimelineState, clip: Clip, lane: Lane, key: KeyRef, began: CanvasPointer, cue: Cue
) -> Script:
    """Drag a keyframe in time and value: Shift locks the time, Alt leaves a copy behind.

    Up to 3 px the value stays, so that a drag along the lane does not change it by accident.
    """
    axis_id, at = key
    curve = clip.look.curve(axis_id)
    found = curve.key_at(at) if curve else None
    if curve is None or found is None:
        return
    bounds, axis = value_bounds(curve), animatable_axis(axis_id)
    targets = state.snap_targets()
    offset = state.x(clip.timeline_time(at)) - began.x
    moving = at
    try:
        while True:
            pointer = yield
            snap = _edge(state, pointer.x + offset, targets)
            if pointer.is_shift:
                snap = Snap(clip.timeline_time(at))
            to = _inside_source(clip, clip.source_time(snap.time))
            value = found.value
            if abs(pointer.y - began.y) > 3.0:
                value = axis.quantise(y_value(pointer.y, bounds, lane.top, lane.height - 1))
            cue(snap.target)
            if began.is_alt and moving == at and to != at:
                bridge.do(SetKeyframe(clip.id, axis_id, to, value))
                moving = to
            elif not began.is_alt or moving != at:
                bridge.do(MoveKeyframe(clip.id, axis_id, moving, to, value))
    finally:
        cue(None)


def _inside_source(clip: Clip, time: Time) -> Time:
    return min(max(time, clip.source.start), clip.source.end)
