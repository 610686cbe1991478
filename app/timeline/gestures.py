"""Drags on the timeline, as generators: each is sent pointer events and does commands; Esc throws into it.

They only read the project the drag began with, so a drag never compounds its own rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.session_bridge import SessionBridge
from app.timeline.curves import value_bounds, y_value
from app.timeline.keyframes import moved, shifted
from app.timeline.layout import Lane, LaneKind, tracks_in
from app.timeline.scale import Snap, snapped, snapped_span
from app.timeline.state import KeyRef, TimelineState
from core.document.commands import (
    MoveClips,
    MoveMarker,
    RippleTrimIn,
    RippleTrimOut,
    RollCut,
    SetCurves,
    SlideClip,
    SlipClip,
    TrimIn,
    TrimOut,
)
from core.document.model import Clip, Marker
from core.ids import ClipId
from core.timebase import Time, TimeRange
from core.words import tr

if TYPE_CHECKING:
    from app.timeline.canvas import TimelineCanvas


@dataclass(frozen=True, slots=True)
class CanvasPointer:
    """A pointer on the canvas: px, `y` before vertical scrolling."""

    x: float
    y: float
    is_shift: bool = False
    is_alt: bool = False
    is_ctrl: bool = False


Script = Generator[None, CanvasPointer, None]
Cue = Callable[[Time | None], None]
"""Shows where an edge snapped, or nothing."""


def _edge(state: TimelineState, x: float, targets: tuple[Time, ...]) -> Snap:
    """The target near the pointer itself, or else the nearest frame boundary: rounding first would hide near targets."""
    snap = snapped(state.instant_at(x), targets, state.scale)
    return snap if snap.target is not None else Snap(state.edge_at(x))


def _edge_drag(state: TimelineState, without: Collection[ClipId], cue: Cue, edit: Callable[[Time], object]) -> Script:
    """Any drag of one edge: `edit` is asked with each instant it is dragged to."""
    targets = state.snap_targets(without)
    try:
        while True:
            pointer = yield
            snap = _edge(state, pointer.x, targets)
            cue(snap.target)
            edit(snap.time)
    finally:
        cue(None)


def trim(bridge: SessionBridge, state: TimelineState, clip: Clip, cue: Cue, *, is_head: bool, ripples: bool) -> Script:
    """Drag a clip's end; the edit holds it at the media's end and, unless what follows `ripples`, at the neighbour."""
    alone, without = not state.is_linked, state.with_partners([clip.id])
    kinds = (RippleTrimIn, RippleTrimOut) if ripples else (TrimIn, TrimOut)
    kind = kinds[0] if is_head else kinds[1]
    return _edge_drag(state, without, cue, lambda to: bridge.do(kind(clip.id, to, alone)))


def roll(bridge: SessionBridge, state: TimelineState, left: Clip, cue: Cue) -> Script:
    """Drag a cut: the clips on either side give and take."""
    edges = frozenset(c.id for c in bridge.project.clips() if left.span.end in (c.start, c.span.end))
    alone = not state.is_linked
    return _edge_drag(state, edges, cue, lambda to: bridge.do(RollCut(left.id, to, alone)))


def slip(bridge: SessionBridge, state: TimelineState, clip: Clip, grabbed_x: float) -> Script:
    """Drag the media under a clip that stays where it is: to the left shows what comes later."""
    grabbed, alone = state.instant_at(grabbed_x), not state.is_linked
    while True:
        pointer = yield
        bridge.do(SlipClip(clip.id, grabbed - state.instant_at(pointer.x), alone))


def slide(bridge: SessionBridge, state: TimelineState, clip: Clip, grabbed_x: float, cue: Cue) -> Script:
    """Drag a clip between its neighbours, which give way."""
    offset, alone = state.x(clip.start) - grabbed_x, not state.is_linked
    touching = frozenset(
        c.id for c in bridge.project.clips() if c.span.end == clip.start or c.start == clip.span.end or c.id == clip.id
    )
    targets = state.snap_targets(touching)
    try:
        while True:
            pointer = yield
            snap = _placed(state, clip.span, pointer.x + offset, targets)
            cue(snap.target)
            bridge.do(SlideClip(clip.id, snap.time, alone))
    finally:
        cue(None)


def _placed(state: TimelineState, span: TimeRange, x: float, targets: tuple[Time, ...]) -> Snap:
    """Where a span dragged so that it begins at `x` lands."""
    start = state.instant_at(x)
    snap = snapped_span(TimeRange(start, start + span.duration), targets, state.scale)
    return snap if snap.target is not None else Snap(state.edge_at(x))


def move(bridge: SessionBridge, state: TimelineState, clip: Clip, grabbed: CanvasPointer, cue: Cue) -> Script:
    """Drag the selection, by the clip that was grabbed, along the tracks and across them; what lies there gives way."""
    ids = tuple(c.id for c in bridge.project.clips() if c.id in state.selection)
    targets = state.snap_targets(ids)
    offset = state.x(clip.start) - grabbed.x
    rows = [lane for lane in state.rows if lane.kind is LaneKind.PICTURE]
    homes = [n for n, lane in enumerate(rows) for c in _on(bridge, lane) if c.id in state.selection]
    home = _row_at(rows, grabbed.y)
    try:
        while True:
            pointer = yield
            snap = _placed(state, clip.span, pointer.x + offset, targets)
            cue(snap.target)
            now = _row_at(rows, pointer.y)
            lanes = 0 if home is None or now is None or not homes else home - now
            if homes:  # rows count from the top, tracks from the bottom
                lanes = min(max(lanes, max(homes) - len(rows) + 1), *homes)
            bridge.do(MoveClips(ids, snap.time - clip.start, lanes))
    finally:
        cue(None)


def _on(bridge: SessionBridge, lane: Lane) -> tuple[Clip, ...]:
    return tuple(c for track in tracks_in(bridge.project, lane) for c in track.clips)


def _row_at(rows: list[Lane], y: float) -> int | None:
    return next((n for n, lane in enumerate(rows) if lane.top <= y < lane.bottom), None)


def move_marker(bridge: SessionBridge, state: TimelineState, marker: Marker, cue: Cue) -> Script:
    """Drag a marker along the ruler; a frame that has one is passed over."""
    return _edge_drag(state, (), cue, lambda to: to == marker.time or bridge.do(MoveMarker(marker.id, to)))


def drag_keys(
    bridge: SessionBridge, canvas: TimelineCanvas, clip: Clip, lane: Lane, key: KeyRef, began: CanvasPointer, cue: Cue
) -> Script:
    """Drag the selected keyframes by one of them: all in time, those of its lane in value too. Shift locks the time, Alt
    leaves copies behind.

    Up to 3 px the value stays, so that a drag along the lane does not change it by accident.
    """
    state = canvas.state
    (axis, at), spots = key, state.keys
    curve = clip.look.curve(axis)
    found = curve.key_at(at) if curve else None
    if curve is None or found is None:
        return
    bounds, targets = value_bounds(curve), state.snap_targets()
    offset = state.x(clip.timeline_time(at)) - began.x
    try:
        while True:
            pointer = yield
            snap = _edge(state, pointer.x + offset, targets)
            if pointer.is_shift:
                snap = Snap(clip.timeline_time(at))
            lift = 0.0
            if abs(pointer.y - began.y) > 3.0 and not lane.is_folded:
                lift = y_value(pointer.y, bounds, lane.top, lane.height - 1) - found.value
            cue(snap.target)
            goes = shifted(clip, spots, clip.source_time(snap.time) - at, {axis: lift}, clip.source)
            curves, fresh = moved(clip, goes, leaves_copies=began.is_alt)
            if bridge.do(SetCurves(clip.id, curves, tr("Move keyframes")), canvas):
                canvas.keys.pick(fresh, focus=(axis, goes[key][0]))
    finally:
        cue(None)
