"""What menus and keys do to selected keyframes: nudge, shape, copy, paste, delete; one undo step each. Main thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from app.curves.plot import keys_of
from app.look_names import KINDS
from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from core.condition import AxisKind
from core.document.commands import RemoveKeyframe, SetCurves, SetHandles, SetInterpolation
from core.document.model import Interpolation, Keyframe, animatable_axis
from core.document.shapes import Handle
from core.ids import AxisId
from core.timebase import Time
from core.words import inline, tr, trn

if TYPE_CHECKING:
    from app.curves.view import CurveView


class KeyDesk:
    """Works on the selection of a view; keeps what was copied."""

    def __init__(self, bridge: SessionBridge, canvas: TimelineCanvas, view: CurveView) -> None:
        self._bridge, self._canvas, self._view = bridge, canvas, view
        self._copied: tuple[tuple[AxisId, tuple[Keyframe, ...]], ...] = ()

    def select_here(self) -> None:
        """The keyframes at the playhead."""
        clip, now = self._view.clip, self._canvas.state.playhead
        if clip is not None:
            here = clip.source_time(now)
            self._view.select((c.axis, k.time) for c in self._view.curves for k in c.keys if k.time == here)

    def nudge(self, frames: int, hundredths: int) -> None:
        """Move what is selected by frames, and by hundredths of what each curve spans."""
        plot = self._view.plot
        if plot is None or not self._view.spots:
            return
        by = Time.from_frame(frames, self._canvas.state.project.rate)
        goes = {}
        for curve, key in keys_of(plot.clip, self._view.spots):
            tall = plot.value(curve, 0.0) - plot.value(curve, plot.area.height())
            quantum = animatable_axis(curve.axis).quantum
            lift = hundredths * max(tall / 100, quantum)
            goes[curve.axis, key.time] = (key.time + by, key.value + lift)
        self._view.put(plot, goes)

    def delete(self) -> None:
        """Take the selected keyframes away, in one undo step."""
        clip = self._view.clip
        if clip is None or not self._view.spots:
            return
        label = trn("Delete {count} keyframe", "Delete {count} keyframes", len(self._view.spots))
        self._bridge.begin_gesture(label, self)
        for axis, time in sorted(self._view.spots):
            self._bridge.do(RemoveKeyframe(clip.id, axis, time), self)
        self._bridge.commit_gesture()

    def set_kind(self, kind: Interpolation) -> None:
        """How the selected keyframes are left."""
        clip = self._view.clip
        if clip is None or not self._view.spots:
            return
        self._bridge.begin_gesture(tr("Make keyframes {kind}", kind=inline(tr(KINDS[kind]))), self)
        for axis, time in sorted(self._view.spots):
            self._bridge.do(SetInterpolation(clip.id, axis, time, kind), self)
        self._bridge.commit_gesture()

    def follow_keys(self) -> None:
        """Let Bézier handles of the selection follow from the keys again."""
        clip = self._view.clip
        if clip is None or not self._view.spots:
            return
        self._bridge.begin_gesture(tr("Smooth keyframes"), self)
        for axis, time in sorted(self._view.spots):
            self._bridge.do(SetHandles(clip.id, axis, time), self)
        self._bridge.commit_gesture()

    def copy(self) -> None:
        clip = self._view.clip
        if clip is not None and self._view.spots:
            found: dict[AxisId, list[Keyframe]] = {}
            for curve, key in keys_of(clip, self._view.spots):
                found.setdefault(curve.axis, []).append(key)
            self._copied = tuple((axis, tuple(keys)) for axis, keys in found.items())

    def paste(self) -> None:
        """What was copied, its first key at the playhead: onto the same axes, or one axis onto the chosen one."""
        clip, state = self._view.clip, self._canvas.state
        if clip is None or not self._copied:
            return
        first = min(key.time for _, keys in self._copied for key in keys)
        by = clip.source_time(state.playhead) - first
        active = self._view.active
        onto = {axis: axis for axis, _ in self._copied}
        if len(self._copied) == 1 and self._view.chosen is not None and active is not None:
            onto = {self._copied[0][0]: active.axis}
        curves, fresh = [], set()
        for axis, keys in self._copied:
            target = onto[axis]
            a, b = animatable_axis(axis), animatable_axis(target)
            if (a.kind is AxisKind.ANGLE) != (b.kind is AxisKind.ANGLE):
                self._canvas.hint_changed.emit(
                    tr("Keyframes of {name} are directions; {other} has none.", name=tr(a.label), other=tr(b.label))
                )
                return
            ratio = (b.high - b.low) / (a.high - a.low)

            def bent(handle: Handle | None, by: float = ratio) -> Handle | None:
                return handle and Handle(handle.time, handle.value * by).exact

            have = clip.look.curve(target)
            placed = {k.time: k for k in (have.keys if have else ())}
            for key in keys:
                value = key.value if a is b else b.low + (key.value - a.low) * ratio
                time = key.time + by
                placed[time] = replace(
                    key, time=time, value=b.quantise(b.held(value)), into=bent(key.into), out=bent(key.out)
                )
                fresh.add((target, time))
            curves.append((target, tuple(sorted(placed.values(), key=lambda k: k.time))))
        if self._bridge.do(SetCurves(clip.id, tuple(curves), tr("Paste keyframes")), self):
            self._view.select(fresh)

    def menu(self) -> QMenu:
        """What can be done to the selected keyframes; throws itself away."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        clip = self._view.clip
        kinds = {key.interpolation for _, key in keys_of(clip, self._view.spots)} if clip else set()
        for kind in Interpolation:
            action = menu.addAction(tr(KINDS[kind]))
            action.setCheckable(True)
            action.setChecked(kinds == {kind})
            action.triggered.connect(lambda _=False, kind=kind: self.set_kind(kind))
        menu.addSeparator()
        menu.addAction(tr("Smooth handles")).triggered.connect(self.follow_keys)
        menu.addAction(tr("Copy keyframes")).triggered.connect(self.copy)
        menu.addAction(tr("Paste keyframes at playhead")).triggered.connect(self.paste)
        menu.addAction(tr("Delete keyframes")).triggered.connect(self.delete)
        return menu
