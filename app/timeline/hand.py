"""The hand on the timeline: what a press, a drag and a release do. Main thread.

A press is a click until the pointer has travelled a little; then the drag it armed runs as one gesture, and Esc takes it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from app.session_bridge import GestureRun, SessionBridge
from app.timeline import gestures, hits
from app.timeline import layout as lay
from app.timeline.gestures import CanvasPointer
from app.timeline.grips import grip_at
from app.timeline.heads import Switch, is_track_lane, switch_at, switch_hint
from app.timeline.key_lanes import key_head_zones
from app.timeline.layout import HEAD_W, Lane, LaneKind
from app.timeline.markers import marker_at
from app.timeline.state import TimelineState, Tool
from core.document.commands import SetTrack, SplitClip, ToggleKeyframe
from core.document.model import animatable_axis
from core.ids import AxisId, ClipId, new_id
from core.timebase import Time
from core.words import inline, msg, tr

if TYPE_CHECKING:
    from app.timeline.canvas import TimelineCanvas

SLOP_PX: Final = 3.0


class Hand:
    """Belongs to one canvas, which passes it its mouse events."""

    def __init__(self, canvas: TimelineCanvas, bridge: SessionBridge) -> None:
        self._canvas, self._bridge = canvas, bridge
        self._run: GestureRun[CanvasPointer] | None = None
        self._pressed: CanvasPointer | None = None
        self._pending: tuple[str, gestures.Script] | None = None
        self._clicked: ClipId | None = None
        self._band_from: tuple[CanvasPointer, frozenset[ClipId]] | None = None
        self._is_scrubbing = False

    @property
    def state(self) -> TimelineState:
        return self._canvas.state

    @property
    def is_busy(self) -> bool:
        """Whether there is something that Esc takes back."""
        return self._run is not None or self._pending is not None

    def cancel(self) -> None:
        """Take the running drag back."""
        self._pending = self._pressed = None
        if self._run is not None:
            run, self._run = self._run, None
            run.cancel()

    def pointer(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> CanvasPointer:
        return CanvasPointer(
            position.x(),
            position.y() + self.state.scroll_y,
            bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            bool(modifiers & Qt.KeyboardModifier.AltModifier),
            bool(modifiers & Qt.KeyboardModifier.ControlModifier),
        )

    def press(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        pointer = self.pointer(event.position(), event.modifiers())
        if event.position().y() < lay.LANES_TOP:
            if pointer.x >= HEAD_W - 9:
                self._press_ruler(event.position(), pointer)
            return
        lane = hits.lane_at(self.state, pointer.y)
        if lane is None:
            return
        if pointer.x < HEAD_W:
            self._press_head(lane, pointer)
        elif lane.kind is LaneKind.KEYS:
            self._press_key(lane, pointer)
        else:
            self._press_clip(lane, pointer)

    def _press_ruler(self, position: QPointF, pointer: CanvasPointer) -> None:
        marker = marker_at(self.state, position.x(), position.y())
        if marker is None:
            self._begin_scrub(pointer)
        else:
            self._canvas.seek(marker.time)
            self._arm(tr("Move marker"), gestures.move_marker(self._bridge, self.state, marker, self._cue), pointer)

    def press_twice(self, event: QMouseEvent) -> None:
        marker = marker_at(self.state, event.position().x(), event.position().y())
        if marker is not None and event.button() is Qt.MouseButton.LeftButton:
            self._pending = None
            self._canvas.open_marker(marker)
        elif (lane := self._lane_of(event)) is not None and lane.kind is LaneKind.KEYS and lane.axis is not None:
            self._open_lane(lane.axis, lane, self.pointer(event.position(), event.modifiers()))
        else:
            self.press(event)

    def _lane_of(self, event: QMouseEvent) -> Lane | None:
        """The lane that a left button was pressed on, beside its head."""
        at = event.position()
        if event.button() is not Qt.MouseButton.LeftButton or at.x() < HEAD_W or at.y() < lay.LANES_TOP:
            return None
        return hits.lane_at(self.state, at.y() + self.state.scroll_y)

    def _open_lane(self, axis: AxisId, lane: Lane, pointer: CanvasPointer) -> None:
        """The curve of a lane; the playhead goes to the keyframe under the hand."""
        key, clip = hits.key_at(self.state, lane, pointer.x, pointer.y), self.state.clip
        self._pending = None
        if key is not None and clip is not None:
            self._canvas.seek(clip.timeline_time(key[1]))
        self._canvas.open_curve(axis)

    def _begin_scrub(self, pointer: CanvasPointer) -> None:
        self._is_scrubbing = True
        self._canvas.scrub_changed.emit(True)
        self._canvas.seek(self.state.time_at(pointer.x))

    def _press_head(self, lane: Lane, pointer: CanvasPointer) -> None:
        if is_track_lane(lane):
            self._press_switch(lane, pointer)
            return
        if lane.kind is not LaneKind.KEYS or lane.axis is None:
            return
        zones = key_head_zones(lane)
        name = next((n for n, zone in zones.items() if zone.contains(pointer.x, pointer.y)), None)
        clip = self.state.clip
        self._canvas.keys.choose(lane.axis)
        if clip is None or name is None:
            return
        if name == "fold":
            self._canvas.keys.fold(lane.axis)
        elif name == "key":
            self._bridge.do(ToggleKeyframe(clip.id, lane.axis, clip.source_time(self.state.playhead)))
        else:
            self._canvas.keys.step(-1 if name == "previous" else 1, (lane.axis,))

    def _press_key(self, lane: Lane, pointer: CanvasPointer) -> None:
        key, clip = hits.key_at(self.state, lane, pointer.x, pointer.y), self.state.clip
        self._canvas.keys.choose(lane.axis)
        if key is None or clip is None:
            if not (pointer.is_shift or pointer.is_ctrl):
                self._canvas.keys.clear()
            return
        self._canvas.keys.take(key, adds=pointer.is_shift, flips=pointer.is_ctrl)
        if key in self.state.keys:
            script = gestures.drag_keys(self._bridge, self._canvas, clip, lane, key, pointer, self._cue)
            label = msg("Copy {condition} keyframe") if pointer.is_alt else msg("Move {condition} keyframe")
            self._arm(tr(label, condition=inline(tr(animatable_axis(key[0]).label))), script, pointer)

    def _press_switch(self, lane: Lane, pointer: CanvasPointer) -> None:
        (track,) = lay.tracks_in(self.state.project, lane)
        match switch_at(lane, pointer.x, pointer.y):
            case Switch.ON:
                self._bridge.do(SetTrack(track.id, is_on=not track.is_on), self._canvas)
            case Switch.LOCK:
                self._bridge.do(SetTrack(track.id, is_locked=not track.is_locked), self._canvas)

    def _press_clip(self, lane: Lane, pointer: CanvasPointer) -> None:
        state, clip = self.state, hits.clip_at(self.state, lane, pointer.x)
        if clip is None:
            if not pointer.is_ctrl:
                self._canvas.select(None)
            self._band_from = (pointer, state.selection)
        elif pointer.is_ctrl:
            own = state.with_partners([clip.id])
            self._canvas.select_clips(state.selection - own if clip.id in state.selection else state.selection | own)
        elif state.tool is Tool.RAZOR and lane.kind in hits.CUT_LANES:
            alone = not state.is_linked
            self._bridge.do(SplitClip(clip.id, state.edge_at(pointer.x), ClipId(new_id("clip")), alone), self._canvas)
        else:
            self._canvas.keys.clear()
            if clip.id not in state.selection:
                self._canvas.select(clip.id)
            grip = grip_at(self._bridge, state, lane, pointer, self._cue)
            if grip is not None:
                self._arm(grip.label, grip.begin(), pointer)
            self._clicked = clip.id

    def _stretch_band(self, pointer: CanvasPointer) -> None:
        assert self._band_from is not None
        began, before = self._band_from
        (left, right), (top, bottom) = sorted((began.x, pointer.x)), sorted((began.y, pointer.y))
        self.state.band = (left, top, right, bottom)
        self._canvas.select_clips(before | {c.id for c in hits.clips_in(self.state, left, top, right, bottom)})

    def _arm(self, label: str, script: gestures.Script, pointer: CanvasPointer) -> None:
        """A press is a click until the pointer has travelled a little."""
        self._pending, self._pressed = (label, script), pointer

    def _cue(self, time: Time | None) -> None:
        self.state.snap = time
        self._canvas.update()

    def move(self, event: QMouseEvent) -> None:
        pointer = self.pointer(event.position(), event.modifiers())
        if self._is_scrubbing:
            self._canvas.seek(self.state.time_at(pointer.x))
        elif self._band_from is not None:
            self._stretch_band(pointer)
        elif self._pending is not None and self._pressed is not None:
            if max(abs(pointer.x - self._pressed.x), abs(pointer.y - self._pressed.y)) >= SLOP_PX:
                label, script = self._pending
                self._pending = self._clicked = None
                self._run = GestureRun(self._bridge, label, script, self._canvas)
                self._run.send(pointer)
        elif self._run is not None:
            self._run.send(pointer)
        else:
            self._hover(pointer, event)

    def _hover(self, pointer: CanvasPointer, event: QMouseEvent) -> None:
        lane = hits.lane_at(self.state, pointer.y) if event.position().y() >= lay.LANES_TOP else None
        shape, hint, hot = Qt.CursorShape.ArrowCursor, "", None
        if event.position().y() < lay.LANES_TOP:
            hint = tr("Drag to scrub. Ctrl+wheel zooms at the pointer.")
        elif lane is not None and pointer.x >= HEAD_W:
            if lane.kind is LaneKind.KEYS:
                hot = hits.key_at(self.state, lane, pointer.x, pointer.y)
                hint = tr(
                    "Drag keyframes to move them, Shift locks their time, Alt leaves a copy. "
                    "Right-click for their shape, double-click for the curve."
                )
            elif self.state.tool is Tool.RAZOR and lane.kind in hits.CUT_LANES:
                shape, hint = Qt.CursorShape.IBeamCursor, tr("Click to split. A takes the select tool again.")
            elif (grip := grip_at(self._bridge, self.state, lane, pointer, self._cue)) is not None:
                shape, hint = grip.cursor, grip.hint
        elif lane is not None and is_track_lane(lane):
            (track,) = lay.tracks_in(self.state.project, lane)
            switch = switch_at(lane, pointer.x, pointer.y)
            hint = switch_hint(track, switch) if switch else tr("Right-click to rename, add or remove tracks.")
        if hot != self.state.hot_key:
            self.state.hot_key = hot
            self._canvas.redraw()
        self._canvas.setCursor(Qt.CursorShape.PointingHandCursor if hot else shape)
        self._canvas.hint_changed.emit(hint)

    def release(self) -> None:
        if self._is_scrubbing:
            self._is_scrubbing = False
            self._canvas.scrub_changed.emit(False)
        self._pending = self._pressed = None
        clicked, self._clicked = self._clicked, None
        if self._band_from is not None:
            self._band_from = self.state.band = None
            self._canvas.redraw()
        elif self._run is None and clicked is not None:
            self._canvas.select(clicked)
        if self._run is not None:
            run, self._run = self._run, None
            run.finish()
            self._canvas.keys.keep()
