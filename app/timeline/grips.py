"""What a press would take hold of: one answer for the pointer's shape, the hint in the status bar, and the drag itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt

from app.session_bridge import SessionBridge
from app.timeline import gestures, hits
from app.timeline import layout as lay
from app.timeline.gestures import CanvasPointer, Cue, Script
from app.timeline.layout import Lane, LaneKind
from app.timeline.state import TimelineState, Tool
from core.document.model import Clip
from core.words import tr


@dataclass(frozen=True, slots=True)
class Grip:
    """`label` names the undo step; `begin` starts the drag."""

    label: str
    hint: str
    cursor: Qt.CursorShape
    begin: Callable[[], Script]


def grip_at(bridge: SessionBridge, state: TimelineState, lane: Lane, at: CanvasPointer, cue: Cue) -> Grip | None:
    """What a drag from here would do; None beside clips and on tracks that are locked."""
    clip = hits.clip_at(state, lane, at.x)
    if clip is None or lane.kind not in hits.CUT_LANES or is_locked(state, lane):
        return None
    left = hits.cut_at(state, lane, at.x)
    if left is not None:
        hint = tr("Drag to roll the cut: one clip gives what the other takes.")
        return Grip(tr("Roll cut"), hint, Qt.CursorShape.SplitHCursor, lambda: gestures.roll(bridge, state, left, cue))
    trims = state.tool is Tool.TRIM
    end = hits.edge_at(state, clip, at.x)
    if end is not None:
        return _end_grip(bridge, state, clip, cue, is_head=end is hits.End.HEAD, ripples=trims)
    if not trims:
        hint = tr("Drag to move. Ctrl-click adds to the selection. Ctrl+B splits at the playhead.")
        begin = lambda: gestures.move(bridge, state, clip, at, cue)  # noqa: E731 - one of four beginnings
        return Grip(
            tr("Move clips") if len(state.selection) > 1 else tr("Move clip"), hint, Qt.CursorShape.ArrowCursor, begin
        )
    if lane.kind is LaneKind.PICTURE and at.y < lane.top + lay.CLIP_TITLE_H:
        hint = tr("Drag the title to slide the clip between its neighbours.")
        return Grip(
            tr("Slide clip"), hint, Qt.CursorShape.SizeAllCursor, lambda: gestures.slide(bridge, state, clip, at.x, cue)
        )
    hint = tr("Drag to slip: the clip stays, another part of its media shows.")
    return Grip(tr("Slip clip"), hint, Qt.CursorShape.OpenHandCursor, lambda: gestures.slip(bridge, state, clip, at.x))


def _end_grip(
    bridge: SessionBridge, state: TimelineState, clip: Clip, cue: Cue, *, is_head: bool, ripples: bool
) -> Grip:
    label = {
        (False, True): tr("Trim in point"),
        (False, False): tr("Trim out point"),
        (True, True): tr("Ripple trim in point"),
        (True, False): tr("Ripple trim out point"),
    }[ripples, is_head]
    hint = (
        tr("Drag to ripple trim; everything later follows.")
        if ripples
        else tr("Drag to trim. With the trim tool (T) it ripples.")
    )
    return Grip(
        label,
        hint,
        Qt.CursorShape.SizeHorCursor,
        lambda: gestures.trim(bridge, state, clip, cue, is_head=is_head, ripples=ripples),
    )


def is_locked(state: TimelineState, lane: Lane) -> bool:
    return any(track.is_locked for track in lay.tracks_in(state.project, lane))
