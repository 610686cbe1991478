"""Going among keyframes, curves and handles by keys, and saying where one stands. Main thread.

What the mouse picks by a click, a rubber band and the list at the left, the keyboard picks by stepping: along a curve in
time, across to the curve above or below, and, reaching out, over all that lies between where it began and where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from app.look_names import KINDS
from app.timeline.canvas import TimelineCanvas
from app.timeline.keyframes import across, along, between, nearest
from app.timeline.state import KeyRef
from app.widgets.param_spec import ParamSpec
from core.document.model import Clip, Curve, animatable_axis
from core.timebase import format_timecode
from core.words import inline, tr

if TYPE_CHECKING:
    from app.curves.view import CurveView


class KeyWalk:
    """Reads and sets the selection of the timeline."""

    def __init__(self, canvas: TimelineCanvas, view: CurveView) -> None:
        self._canvas, self._view = canvas, view

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        ways = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
        return {
            "select_keys_here": self.select_here,
            "previous_key": partial(self.seek, -1),
            "next_key": partial(self.seek, 1),
            **{f"select_key_{way}": partial(self.step, *steps) for way, steps in ways.items()},
            **{f"reach_key_{way}": partial(self.step, *steps, reaches=True) for way, steps in ways.items()},
            "next_handle": self.next_handle,
            "axis_above": partial(self.choose, -1),
            "axis_below": partial(self.choose, 1),
        }

    def select_here(self) -> None:
        """The keyframes at the playhead."""
        clip, state = self._canvas.state.clip, self._canvas.state
        if clip is not None:
            here = clip.source_time(state.playhead)
            found = [(c.axis, k.time) for c in self._view.rows for k in c.keys if k.time == here]
            active = self._view.active
            focus = next((spot for spot in found if active and spot[0] == active.axis), found[0] if found else None)
            self._canvas.keys.pick(found, focus=focus)

    def seek(self, direction: int) -> None:
        """The playhead goes to the next or previous keyframe of the curves in sight."""
        self._canvas.keys.step(direction, {curve.axis for curve in self._view.rows})

    def step(self, along_by: int, across_by: int, *, reaches: bool = False) -> None:
        """Select the next keyframe that way; reaching out, all between it and where one began."""
        clip, state, rows = self._canvas.state.clip, self._canvas.state, self._view.rows
        active = self._view.active
        if clip is None or active is None:
            return
        here = state.focus_key
        row = next((c for c in rows if here is not None and c.axis == here[0]), None)
        found: KeyRef | None
        if here is None or row is None:
            found = nearest(active, clip.source_time(state.playhead))
        else:
            found = across(rows, here, across_by) if across_by else along(row, here[1], along_by)
        if found is None:
            return
        began = state.anchor_key if reaches and state.anchor_key is not None else found
        self._canvas.keys.pick(between(rows, began, found), focus=found, anchor=began)
        self._view.chosen = found[0]
        self._canvas.keys.show(found)

    def choose(self, step: int) -> None:
        """Another curve is the chosen one: it is worked on, and its values stand at the scale."""
        rows, active = self._view.rows, self._view.active
        if active is not None:
            axis = rows[(rows.index(active) + step) % len(rows)].axis
            self._view.chosen = axis
            self._canvas.keys.show_lane(axis)
            self.say()

    def next_handle(self) -> None:
        """Take hold of the handle out of the keyframe, then of the one into it, then of none."""
        view, spot = self._view, self._canvas.state.focus_key
        plot = view.plot
        curve = next((c for c in view.rows if spot is not None and c.axis == spot[0]), None)
        if plot is None or curve is None or spot is None or not view.isVisible():
            return
        key = curve.key_at(spot[1])
        sides = [side for side in ("out", "into") if key is not None and side in plot.handles(curve, key)]
        now = view.held[1] if view.held is not None and view.held[0] == spot else None
        after = sides[sides.index(now) + 1 :] if now in sides else sides
        view.held = (spot, after[0]) if after else None
        self.say()
        view.redraw()

    # ---- saying ---------------------------------------------------------------------------------------------------

    def said(self) -> str:
        """Where the keyboard stands: keyframe, value, instant, shape; or the chosen curve."""
        clip, state, active = self._canvas.state.clip, self._canvas.state, self._view.active
        if clip is None or active is None:
            return ""
        spot = state.focus_key
        curve = next((c for c in self._view.rows if spot is not None and c.axis == spot[0]), None)
        if spot is None or curve is None or curve.key_at(spot[1]) is None:
            return tr(
                "{name}: {value} at the playhead", name=title(active), value=value_here(clip, active, self._canvas)
            )
        return self._key_said(clip, curve, spot)

    def _key_said(self, clip: Clip, curve: Curve, spot: KeyRef) -> str:
        key = curve.key_at(spot[1])
        assert key is not None
        rate = self._canvas.state.project.rate
        words = tr(
            "{name}, keyframe {number} of {count}: {value} at {time}, {kind}",
            name=title(curve),
            number=curve.keys.index(key) + 1,
            count=len(curve.keys),
            value=spoken(curve, key.value),
            time=format_timecode(clip.timeline_time(key.time).to_frame(rate), rate),
            kind=inline(tr(KINDS[key.interpolation])),
        )
        held = self._view.held
        if held is None:
            return words
        return tr("{key}; handle out", key=words) if held[1] == "out" else tr("{key}; handle in", key=words)

    def say(self) -> None:
        """In the status bar, and to whoever reads the window aloud."""
        words = self.said()
        if self._view.isVisible():
            self._view.describe()
        else:
            self._canvas.describe(words)
        self._canvas.hint_changed.emit(words)


def title(curve: Curve) -> str:
    return tr(animatable_axis(curve.axis).label)


def spoken(curve: Curve, value: float) -> str:
    """With its unit."""
    spec = ParamSpec.of_axis(animatable_axis(curve.axis))
    return with_unit(spec.text(value), spec.unit)


def with_unit(number: str, unit: str) -> str:
    """`80 %`, `23.7°`, `3 m/s`."""
    return f"{number}{'' if unit == '°' else ' '}{unit}".strip()


def value_here(clip: Clip, curve: Curve, canvas: TimelineCanvas) -> str:
    """The value under the playhead."""
    return spoken(curve, clip.look.value_at(curve.axis, clip.source_time(canvas.state.playhead)))
