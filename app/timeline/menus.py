"""What a right click and a resting pointer tell of what lies under them. Main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from app.session_bridge import SessionBridge
from app.timeline import hits
from app.timeline import layout as lay
from app.timeline.gestures import CanvasPointer
from app.timeline.heads import is_track_lane
from app.timeline.layout import HEAD_W, Lane, LaneKind
from app.timeline.markers import marker_at, marker_text
from app.timeline.track_menu import gap_menu, track_menu
from core.words import tr

if TYPE_CHECKING:
    from app.timeline.canvas import TimelineCanvas


def menu_at(canvas: TimelineCanvas, bridge: SessionBridge, pointer: CanvasPointer) -> QMenu | None:
    """Of a track's head, of a gap, of a keyframe lane; the caller shows it and throws it away."""
    lane = hits.lane_at(canvas.state, pointer.y)
    if lane is None:
        return None
    if lane.kind is LaneKind.KEYS:
        return _lane_menu(canvas, lane)
    if not is_track_lane(lane):
        return None
    (track,) = lay.tracks_in(canvas.state.project, lane)
    if pointer.x < HEAD_W:
        return track_menu(canvas, bridge, track)
    if hits.clip_at(canvas.state, lane, pointer.x) is None:
        return gap_menu(canvas, bridge, track, canvas.state.time_at(pointer.x))
    return None


def _lane_menu(canvas: TimelineCanvas, lane: Lane) -> QMenu:
    menu, axis = QMenu(canvas), lane.axis
    assert axis is not None
    menu.addAction(tr("Open curve")).triggered.connect(lambda: canvas.open_curve(axis))
    menu.addSeparator()
    fold = tr("Unfold lane") if lane.is_folded else tr("Fold lane")
    menu.addAction(fold).triggered.connect(lambda: canvas.keys.fold(axis))
    menu.addAction(tr("Fold or unfold all lanes")).triggered.connect(canvas.keys.fold_all)
    return menu


def tip_at(canvas: TimelineCanvas, pointer: CanvasPointer, at: QPoint) -> str:
    """A marker's note, or why a clip failed; empty elsewhere."""
    marker = marker_at(canvas.state, at.x(), at.y())
    if marker is not None:
        return marker_text(marker)
    lane = hits.lane_at(canvas.state, pointer.y)
    clip = hits.clip_at(canvas.state, lane, pointer.x) if lane and pointer.x >= HEAD_W else None
    return canvas.state.failures.get(clip.id, "") if clip is not None else ""
