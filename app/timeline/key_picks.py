"""Which keyframes of the selected clip are picked, and where the keyboard stands among them. Main thread.

Belongs to the canvas; its lanes and the curve editor pick the same ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from app.session_bridge import SessionBridge
from app.timeline.layout import HEAD_W, LANES_TOP
from app.timeline.state import KeyRef, TimelineState
from core.condition import SCHEMA
from core.document.commands import RemoveKeyframe
from core.document.model import AMOUNT
from core.ids import AxisId
from core.words import trn

if TYPE_CHECKING:
    from app.timeline.canvas import TimelineCanvas


class KeyPicks:
    """Writes the canvas' state and has it drawn anew."""

    def __init__(self, canvas: TimelineCanvas, bridge: SessionBridge) -> None:
        self._canvas, self._bridge = canvas, bridge

    @property
    def _state(self) -> TimelineState:
        return self._canvas.state

    def has(self, key: KeyRef) -> bool:
        clip = self._state.clip
        curve = clip.look.curve(key[0]) if clip else None
        return curve is not None and curve.key_at(key[1]) is not None

    def pick(self, keys: Iterable[KeyRef], *, focus: KeyRef | None = None, anchor: KeyRef | None = None) -> None:
        """Select these. The keyboard stands at `focus`, else where it did, else at the first, and reaches out from `anchor`."""
        state = self._state
        state.keys = frozenset(keys)
        first = min(state.keys, key=lambda key: key[1], default=None)
        state.focus_key = focus or (state.focus_key if state.focus_key in state.keys else first)
        state.anchor_key = anchor or (state.anchor_key if state.anchor_key in state.keys else state.focus_key)
        self._canvas.keys_changed.emit()
        self._canvas.redraw()

    def take(self, key: KeyRef, *, adds: bool = False, flips: bool = False) -> None:
        """As a press takes hold: alone, beside what is selected, or off where it was on. What is selected stays so."""
        state = self._state
        if flips:
            self.pick(state.keys ^ {key}, focus=key, anchor=key)
        elif adds:
            self.pick(state.keys | {key}, focus=key)
        else:
            self.pick(state.keys if key in state.keys else (key,), focus=key, anchor=key)
        self.choose(key[0])

    def clear(self) -> None:
        if self._state.keys:
            self.pick(())

    def keep(self) -> None:
        """Let go of those that are gone."""
        state = self._state
        if any(not self.has(key) for key in state.keys):
            self.pick(key for key in state.keys if self.has(key))

    def choose(self, axis: AxisId | None) -> None:
        """The axis that is worked on."""
        if axis != self._state.axis:
            self._state.axis = axis
            self._canvas.keys_changed.emit()
            self._canvas.redraw()

    def show(self, key: KeyRef) -> None:
        """Scroll to a keyframe where it is out of sight, and to its lane."""
        state, canvas = self._state, self._canvas
        clip = state.clip
        if clip is None:
            return
        x, width = state.scale.x(clip.timeline_time(key[1])), canvas.width() - HEAD_W
        if not 0 <= x <= width:
            canvas.set_scale(state.scale.scrolled(x - width / 2))
        self.show_lane(key[0])

    def show_lane(self, axis: AxisId) -> None:
        """Scroll to the lane of an axis."""
        state, canvas = self._state, self._canvas
        lane = next((lane for lane in state.rows if lane.axis == axis), None)
        if lane is not None:
            low, high = lane.bottom - canvas.height() + 4, lane.top - LANES_TOP
            canvas.scroll_lanes_to(min(max(state.scroll_y, low), high))

    def step(self, direction: int, axes: Collection[AxisId] | None = None) -> None:
        """The playhead goes to the next or previous keyframe of some axes, or of any."""
        clip = self._state.clip
        if clip is None:
            return
        curves = (c for c in clip.look.curves if axes is None or c.axis in axes)
        times = {clip.timeline_time(k.time) for c in curves for k in c.keys}
        here = self._state.playhead
        beyond = [t for t in times if (t > here if direction > 0 else t < here)]
        if beyond:
            self._canvas.seek(min(beyond) if direction > 0 else max(beyond))

    def delete(self) -> None:
        """Take the selected ones away, in one undo step."""
        clip, keys = self._state.clip, self._state.keys
        if clip is None or not keys:
            return
        label = trn("Delete {count} keyframe", "Delete {count} keyframes", len(keys))
        self._bridge.begin_gesture(label, self._canvas)
        for axis, at in sorted(keys):
            self._bridge.do(RemoveKeyframe(clip.id, axis, at), self._canvas)
        self._bridge.commit_gesture()

    # ---- folding --------------------------------------------------------------------------------------------------

    def fold(self, axis: AxisId) -> None:
        """Make the lane of an axis low, or whole again."""
        self._state.folded ^= {axis}
        self._canvas.redraw()

    def fold_chosen(self) -> None:
        """The lane of the chosen axis, else the first."""
        axes = [lane.axis for lane in self._state.rows if lane.axis is not None]
        if axes:
            chosen = self._state.axis
            self.fold(chosen if chosen is not None and chosen in axes else axes[0])

    def fold_all(self) -> None:
        """Make all lanes low, those of axes that will be animated too; or, where all are, whole again."""
        clip = self._state.clip
        animated = {curve.axis for curve in clip.look.curves} if clip else set()
        every = frozenset((AMOUNT, *(axis.id for axis in SCHEMA)))
        self._state.folded = frozenset() if animated and animated <= self._state.folded else every
        self._canvas.redraw()
