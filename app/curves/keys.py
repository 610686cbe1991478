"""What menus and keys do to selected keyframes, in the curve editor and in the timeline's lanes. Main thread.

Each is one undo step. Selection and chosen axis are the timeline's, so both views mean the same keyframes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from app.look_names import KINDS
from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from app.timeline.keyframes import Goes, is_apart, keys_of, moved, shifted
from app.timeline.state import KeyRef
from core.condition import AxisKind
from core.document.commands import RemoveKeyframe, SetCurves, SetHandles, SetInterpolation, SetKeyframe
from core.document.model import Clip, Interpolation, Keyframe, Project, animatable_axis
from core.document.shapes import Handle
from core.ids import AxisId
from core.timebase import ZERO, Time, TimeRange
from core.words import inline, tr

if TYPE_CHECKING:
    from app.curves.view import CurveView

MANY: Final = 10
"""Frames or hundredths that Shift makes of one."""
WAYS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}
"""Frames and hundredths of an arrow."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A selection that is being scaled key by key: every step is worked out from how it was, so that none compounds."""

    clip: Clip
    spots: frozenset[KeyRef]
    frames: int = 0
    hundredths: int = 0
    left: tuple[Project, frozenset[KeyRef]] | None = None
    """Project and selection after the last step; anything else ends it."""


class KeyDesk:
    """Works on the selection of the timeline; keeps what was copied."""

    def __init__(self, bridge: SessionBridge, canvas: TimelineCanvas, view: CurveView) -> None:
        self._bridge, self._canvas, self._view = bridge, canvas, view
        self._copied: tuple[tuple[AxisId, tuple[Keyframe, ...]], ...] = ()
        self._stretch: _Stretch | None = None

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What the rows of the action table do that edit keyframes."""
        rows: dict[str, Callable[[], object]] = {
            "add_key": self.add,
            "remove_key": self.remove_here,
            "smooth_handles": self.follow_keys,
            **{f"key_{kind.name.lower()}": partial(self.set_kind, kind) for kind in Interpolation},
        }
        for way, (frames, hundredths) in WAYS.items():
            rows[f"nudge_key_{way}"] = partial(self.nudge, frames, hundredths)
            rows[f"push_key_{way}"] = partial(self.nudge, frames * MANY, hundredths * MANY)
            rows[f"scale_key_{way}"] = partial(self.scale, frames, hundredths)
        return rows

    @property
    def has_copied(self) -> bool:
        return bool(self._copied)

    def forget(self) -> None:
        """Something else was copied."""
        self._copied = ()

    def room(self, clip: Clip) -> TimeRange:
        """Where keyframes of a clip may lie: in its media."""
        return TimeRange(ZERO, self._canvas.state.project.length_of(clip))

    @property
    def _picked(self) -> tuple[Clip, frozenset[KeyRef]] | None:
        """The clip and what is selected of it; says what to do where nothing is."""
        clip, spots = self._canvas.state.clip, self._canvas.state.keys
        if clip is not None and spots:
            return clip, spots
        self._tell(tr("Select a keyframe first."))
        return None

    # ---- moving ---------------------------------------------------------------------------------------------------

    def put(self, clip: Clip, goes: Goes, *, leaves_copies: bool = False) -> bool:
        """Keyframes of `clip`, as it was when this began, go elsewhere, and stay selected. None leaves the media."""
        room, state = self.room(clip), self._canvas.state
        held = {spot: (min(max(time, room.start), room.end), value) for spot, (time, value) in goes.items()}
        curves, fresh = moved(clip, held, leaves_copies=leaves_copies)
        focus = state.focus_key
        if not self._bridge.do(SetCurves(clip.id, curves, tr("Move keyframes")), self._view):
            return False
        at = (focus[0], held[focus][0]) if focus in held else None
        self._canvas.keys.pick(fresh, focus=at)
        return True

    def nudge(self, frames: int, hundredths: int, *, alone: bool = False) -> None:
        """Move what is held by frames, and by hundredths of what each curve spans: a handle, else the selection."""
        plot = self._view.plot
        if self._picked is None or plot is None:
            return
        if (held := self._view.held) is not None:
            spot, side = held
            ((curve, key),) = keys_of(plot.clip, (spot,))
            wide = frames / float(plot.state.project.rate) * plot.state.scale.px_per_s
            to = plot.handles(curve, key)[side] + QPointF(wide, -hundredths * plot.area.height() / 100)
            into, out = plot.bent(curve, key, side, to, alone=alone)
            self._bridge.do(SetHandles(plot.clip.id, curve.axis, key.time, into, out), self._view)
            return
        lifts = {
            c.axis: hundredths * max(plot.span(c).length / 100, animatable_axis(c.axis).quantum)
            for c in plot.clip.look.curves
        }
        by = Time.from_frame(frames, plot.state.project.rate)
        self.put(plot.clip, shifted(plot.clip, plot.state.keys, by, lifts, self.room(plot.clip)))

    def scale(self, frames: int, hundredths: int) -> None:
        """Move the right edge of the box about the selection by frames, its top by hundredths of the plot; the others
        stay. A handle that is held goes without its twin instead."""
        if self._view.held is not None:
            self.nudge(frames, hundredths, alone=True)
            return
        picked, running = self._picked, self._stretch
        if picked is None:
            return
        if (
            running is None
            or running.left is None
            or running.left[0] is not self._bridge.project
            or running.left[1] != picked[1]
        ):
            running = None
        begun = running or _Stretch(*picked)
        wanted = replace(begun, frames=begun.frames + frames, hundredths=begun.hundredths + hundredths)
        goes = self._scaled(wanted)
        if goes is not None and self.put(begun.clip, goes):
            self._stretch = replace(wanted, left=(self._bridge.project, self._canvas.state.keys))

    def _scaled(self, wanted: _Stretch) -> Goes | None:
        """Where the keys go; None where the box has no such side, would turn inside out or leave the media, or keys would meet."""
        plot = self._view.plot
        assert plot is not None
        held, rate = keys_of(wanted.clip, wanted.spots), plot.state.project.rate
        first, last = min(k.time for _, k in held), max(k.time for _, k in held)
        wide, gain = (last - first).seconds, Time.from_frame(wanted.frames, rate).seconds
        shares = {(c.axis, k.time): (k.value - plot.span(c).low) / plot.span(c).length for c, k in held}
        low, tall = min(shares.values()), max(shares.values()) - min(shares.values())
        if wanted.frames and (not wide or wide + gain <= 0 or Time(last.seconds + gain) > self.room(wanted.clip).end):
            return None
        if wanted.hundredths and (tall < 1e-9 or tall + wanted.hundredths / 100 <= 0):
            return None
        goes: Goes = {}
        for curve, key in held:
            spot, span, time, value = (curve.axis, key.time), plot.span(curve), key.time, key.value
            if wanted.frames:
                to = wanted.clip.timeline_time(Time(first.seconds + (key.time - first).seconds * (wide + gain) / wide))
                time = wanted.clip.source_time(Time.from_frame(round(to.seconds * rate), rate))
            if wanted.hundredths:
                share = low + (shares[spot] - low) * (tall + wanted.hundredths / 100) / tall
                value = span.low + share * span.length
            goes[spot] = (time, value)
        return goes if is_apart(goes) else None

    # ---- adding and taking away -----------------------------------------------------------------------------------

    def add(self) -> None:
        """A keyframe of the chosen axis at the playhead, where its curve runs."""
        clip, active = self._canvas.state.clip, self._view.active
        if clip is None or active is None:
            self._tell(tr("Animate a condition first: click the diamond beside its value."))
            return
        at = clip.source_time(self._canvas.state.playhead)
        if self._bridge.do(SetKeyframe(clip.id, active.axis, at), self._view):
            self._canvas.keys.pick(((active.axis, at),), focus=(active.axis, at))

    def remove_here(self) -> None:
        """The keyframe of the chosen axis at the playhead."""
        clip, active = self._canvas.state.clip, self._view.active
        if clip is not None and active is not None:
            at = clip.source_time(self._canvas.state.playhead)
            self._bridge.do(RemoveKeyframe(clip.id, active.axis, at), self._view)

    def delete(self) -> None:
        """Take the selected keyframes away, in one undo step."""
        self._canvas.keys.delete()

    # ---- shaping --------------------------------------------------------------------------------------------------

    def set_kind(self, kind: Interpolation) -> None:
        """How the selected keyframes are left."""
        self._each(
            tr("Make keyframes {kind}", kind=inline(tr(KINDS[kind]))),
            lambda clip, spot: SetInterpolation(clip.id, *spot, kind),
        )

    def follow_keys(self) -> None:
        """Let Bézier handles of the selection follow from the keys again."""
        self._each(tr("Smooth keyframes"), lambda clip, spot: SetHandles(clip.id, *spot))

    def _each(self, label: str, command: Callable[[Clip, KeyRef], SetInterpolation | SetHandles]) -> None:
        if (picked := self._picked) is not None:
            clip, spots = picked
            self._bridge.begin_gesture(label, self._view)
            for spot in sorted(spots):
                self._bridge.do(command(clip, spot), self._view)
            self._bridge.commit_gesture()

    # ---- copying --------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        if (picked := self._picked) is not None:
            found: dict[AxisId, list[Keyframe]] = {}
            for curve, key in keys_of(*picked):
                found.setdefault(curve.axis, []).append(key)
            self._copied = tuple((axis, tuple(keys)) for axis, keys in found.items())

    def paste(self) -> None:
        """What was copied, its first key at the playhead: onto the same axes, or one axis onto the chosen one."""
        clip, state = self._canvas.state.clip, self._canvas.state
        if clip is None or not self._copied:
            return
        first = min(key.time for _, keys in self._copied for key in keys)
        by = clip.source_time(state.playhead) - first
        onto = {axis: axis for axis, _ in self._copied}
        if len(self._copied) == 1 and state.axis is not None and clip.look.curve(state.axis) is not None:
            onto = {self._copied[0][0]: state.axis}
        curves, fresh = [], set()
        for axis, keys in self._copied:
            target = onto[axis]
            a, b = animatable_axis(axis), animatable_axis(target)
            if (a.kind is AxisKind.ANGLE) != (b.kind is AxisKind.ANGLE):
                self._tell(
                    tr("Keyframes of {name} are directions; {other} has none.", name=tr(a.label), other=tr(b.label))
                    if a.kind is AxisKind.ANGLE
                    else tr(
                        "{other} is a direction; keyframes of {name} are none.", name=tr(a.label), other=tr(b.label)
                    )
                )
                return
            have = clip.look.curve(target)
            placed = {k.time: k for k in (have.keys if have else ())}
            for key in keys:
                pasted = _carried(key, axis, target, by)
                placed[pasted.time] = pasted
                fresh.add((target, pasted.time))
            curves.append((target, tuple(sorted(placed.values(), key=lambda k: k.time))))
        if self._bridge.do(SetCurves(clip.id, tuple(curves), tr("Paste keyframes")), self._view):
            self._canvas.keys.pick(fresh, focus=min(fresh, key=lambda spot: spot[1]))

    def _tell(self, text: str) -> None:
        self._canvas.hint_changed.emit(text)

    def menu(self) -> QMenu:
        """What can be done to the selected keyframes; throws itself away."""
        menu = QMenu(self._canvas.window())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picked = self._picked
        kinds = {key.interpolation for _, key in keys_of(*picked)} if picked else set()
        for kind in Interpolation:
            action = menu.addAction(tr(KINDS[kind]))
            action.setCheckable(True)
            action.setChecked(kinds == {kind})
            action.triggered.connect(partial(self.set_kind, kind))
        menu.addSeparator()
        menu.addAction(tr("Smooth handles")).triggered.connect(self.follow_keys)
        menu.addAction(tr("Copy keyframes")).triggered.connect(self.copy)
        menu.addAction(tr("Paste keyframes at playhead")).triggered.connect(self.paste)
        menu.addAction(tr("Delete keyframes")).triggered.connect(self.delete)
        return menu


def _carried(key: Keyframe, axis: AxisId, target: AxisId, by: Time) -> Keyframe:
    """A copied key, later by a time; on another axis at the same share of its range, with the same bend."""
    a, b = animatable_axis(axis), animatable_axis(target)
    ratio = (b.high - b.low) / (a.high - a.low)
    value = key.value if a is b else b.low + (key.value - a.low) * ratio

    def bent(handle: Handle | None) -> Handle | None:
        return handle and Handle(handle.time, handle.value * ratio).exact

    return replace(key, time=key.time + by, value=b.quantise(b.held(value)), into=bent(key.into), out=bent(key.out))
