"""The lanes of a clip's curves in the timeline: keyframes picked and dragged there, folded, opened as curves, and cheap."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_media, a_project
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_kit import Editor, drag, send

from app.session_bridge import SessionBridge
from app.timeline import key_lanes
from app.timeline.canvas import TimelineCanvas
from app.timeline.curves import lane_y
from app.timeline.key_lanes import key_head_zones
from app.timeline.layout import FOLDED_H, KEYS_H, LANES_TOP, Lane, LaneKind
from core.condition import HAZE, RAIN, SCHEMA
from core.document.commands import SetCurves
from core.document.model import Curve, Interpolation, Keyframe
from core.document.session import Session
from core.ids import AxisId
from core.timebase import Time

NONE = Qt.KeyboardModifier.NoModifier
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


class Lanes:
    """A window over one clip of a hundred frames; haze stands above rain."""

    def __init__(self, editor: Editor) -> None:
        self.editor, self.bridge, self.canvas = editor, editor.window.bridge, editor.window.timeline.canvas
        clip = editor.add_clip(frames=100)
        self.rate = self.bridge.project.rate
        rain = (Keyframe(self.at(10), 0.2), Keyframe(self.at(30), 0.8), Keyframe(self.at(60), 0.4))
        haze = (Keyframe(self.at(20), 0.1), Keyframe(self.at(50), 0.5))
        self.bridge.do(SetCurves(clip.id, ((HAZE, haze), (RAIN, rain))))
        self.canvas.set_snapping(False)
        self.canvas.zoom_to_fit()
        self.canvas.setFocus()
        self.start = self.bridge.project

    def at(self, frame: int) -> Time:
        return Time.from_frame(frame, self.rate)

    def lane(self, axis: AxisId) -> Lane:
        return next(lane for lane in self.canvas.state.rows if lane.axis == axis)

    def curve(self, axis: AxisId) -> Curve:
        curve = self.editor.clip.look.curve(axis)
        assert curve is not None
        return curve

    def spot(self, axis: AxisId, frame: int) -> QPointF:
        state, curve = self.canvas.state, self.curve(axis)
        y = lane_y(self.lane(axis), curve, curve.value_at(self.at(frame)))
        return QPointF(state.x(self.at(frame)), y - state.scroll_y)

    def frames(self, count: int) -> QPointF:
        return QPointF(count / float(self.rate) * self.canvas.state.scale.px_per_s, 0)

    def click(self, axis: AxisId, frame: int, keys: Qt.KeyboardModifier = NONE) -> None:
        drag(self.canvas, self.spot(axis, frame), keys=keys)

    def head(self, axis: AxisId, zone: str) -> None:
        at = key_head_zones(self.lane(axis))[zone].center() - QPointF(0, self.canvas.state.scroll_y)
        drag(self.canvas, at)

    def keys(self, axis: AxisId) -> list[tuple[int, float]]:
        return [(k.time.to_frame(self.rate), k.value) for k in self.curve(axis).keys]

    @property
    def picked(self) -> set[tuple[AxisId, int]]:
        return {(axis, time.to_frame(self.rate)) for axis, time in self.canvas.state.keys}


@pytest.fixture
def lanes(editor: Editor) -> Lanes:
    return Lanes(editor)


def test_every_animated_axis_has_a_lane_under_its_clip_and_no_other(lanes: Lanes) -> None:
    rows = [lane.axis for lane in lanes.canvas.state.rows if lane.kind is LaneKind.KEYS]
    assert rows == [HAZE, RAIN]
    lanes.canvas.select(None)
    assert not [lane for lane in lanes.canvas.state.rows if lane.kind is LaneKind.KEYS]


def test_keyframes_of_several_lanes_are_picked_and_dragged_together(lanes: Lanes) -> None:
    lanes.click(RAIN, 30)
    lanes.click(HAZE, 20, SHIFT)
    lanes.click(RAIN, 60, CTRL)
    assert lanes.picked == {(RAIN, 30), (HAZE, 20), (RAIN, 60)}
    lanes.click(RAIN, 60, CTRL)
    begin = lanes.spot(HAZE, 20)
    drag(lanes.canvas, begin, begin + lanes.frames(3), begin + lanes.frames(5))
    assert [f for f, _ in lanes.keys(RAIN)] == [10, 35, 60]
    assert [f for f, _ in lanes.keys(HAZE)] == [25, 50]
    assert lanes.picked == {(RAIN, 35), (HAZE, 25)}
    lanes.bridge.undo()
    assert lanes.bridge.project == lanes.start


def test_alt_leaves_copies_of_all_that_are_dragged(lanes: Lanes) -> None:
    lanes.click(RAIN, 10)
    lanes.click(HAZE, 20, SHIFT)
    begin = lanes.spot(RAIN, 10)
    drag(lanes.canvas, begin, begin + lanes.frames(5), keys=ALT)
    assert [f for f, _ in lanes.keys(RAIN)] == [10, 15, 30, 60]
    assert [f for f, _ in lanes.keys(HAZE)] == [20, 25, 50]


def test_what_is_picked_in_a_lane_is_picked_in_the_curve_editor(lanes: Lanes) -> None:
    lanes.click(RAIN, 30)
    lanes.editor.act("curves")
    assert {(a, t.to_frame(lanes.rate)) for a, t in lanes.editor.window.timeline.curves.spots} == {(RAIN, 30)}
    lanes.editor.act("delete")
    assert [f for f, _ in lanes.keys(RAIN)] == [10, 60]


def test_a_double_click_on_a_lane_opens_its_curve_and_on_a_key_goes_there(lanes: Lanes) -> None:
    panel = lanes.editor.window.timeline
    send(lanes.canvas, QMouseEvent.Type.MouseButtonDblClick, lanes.spot(RAIN, 30), down=True, keys=NONE)
    assert panel.curves.isVisible()
    assert lanes.editor.window.actions_by_id["curves"].isChecked()
    assert panel.curves.chosen == RAIN
    assert lanes.canvas.state.playhead == lanes.at(30)
    lanes.editor.act("curves")
    lanes.canvas.seek(lanes.at(0))
    send(lanes.canvas, QMouseEvent.Type.MouseButtonDblClick, lanes.spot(HAZE, 40), down=True, keys=NONE)
    assert panel.curves.isVisible()
    assert panel.curves.chosen == HAZE
    assert lanes.canvas.state.playhead == lanes.at(0)


def test_a_folded_lane_is_low_and_its_keys_still_move_in_time_only(lanes: Lanes) -> None:
    below = lanes.lane(RAIN).top
    lanes.head(HAZE, "fold")
    assert (lanes.lane(HAZE).height, lanes.lane(RAIN).top) == (FOLDED_H, below - KEYS_H + FOLDED_H)
    begin = lanes.spot(HAZE, 20)
    assert begin.y() + lanes.canvas.state.scroll_y == pytest.approx(lanes.lane(HAZE).top + FOLDED_H / 2, abs=1)
    drag(lanes.canvas, begin, begin + lanes.frames(4) + QPointF(0, 8))
    assert lanes.keys(HAZE) == [(24, 0.1), (50, 0.5)]
    lanes.head(HAZE, "fold")
    assert lanes.lane(HAZE).height == KEYS_H


def test_lanes_are_chosen_folded_and_walked_by_keys(lanes: Lanes) -> None:
    press = lambda key, keys=NONE: QTest.keyClick(lanes.canvas, key, keys)  # noqa: E731
    press(Qt.Key.Key_PageDown, CTRL)
    assert lanes.canvas.state.axis == RAIN
    press(Qt.Key.Key_F)
    assert [lanes.lane(axis).is_folded for axis in (HAZE, RAIN)] == [False, True]
    press(Qt.Key.Key_Right, CTRL)
    press(Qt.Key.Key_Right, CTRL)
    assert lanes.picked == {(RAIN, 30)}
    press(Qt.Key.Key_Up, CTRL | SHIFT)
    assert lanes.picked == {(RAIN, 30), (HAZE, 20)}
    press(Qt.Key.Key_Right, ALT)
    assert lanes.picked == {(RAIN, 31), (HAZE, 21)}
    press(Qt.Key.Key_H, ALT)
    assert {k.interpolation for k in lanes.curve(RAIN).keys} == {Interpolation.HOLD, Interpolation.LINEAR}
    press(Qt.Key.Key_F, ALT)
    assert all(lanes.lane(axis).is_folded for axis in (HAZE, RAIN))
    press(Qt.Key.Key_F, ALT)
    assert not any(lanes.lane(axis).is_folded for axis in (HAZE, RAIN))


def test_the_keyframe_in_hand_is_read_out_while_it_moves(lanes: Lanes) -> None:
    said = list[str]()
    lanes.canvas.hint_changed.connect(said.append)
    begin = lanes.spot(RAIN, 30)
    drag(lanes.canvas, begin, begin + lanes.frames(5), begin + lanes.frames(8))
    assert "Rain, keyframe 2 of 3: 80 % at 00:00:01:13, linear" in said
    lanes.canvas.setFocus()
    QTest.keyClick(lanes.canvas, Qt.Key.Key_Right, CTRL)
    assert lanes.canvas.accessibleDescription().endswith("Rain, keyframe 3 of 3: 40 % at 00:00:02:10, linear")


def test_folded_lanes_are_remembered_with_the_layout_and_are_no_edit(qtbot: QtBot, tmp_path: Path) -> None:
    editor = Editor.open(qtbot, tmp_path)
    lanes = Lanes(editor)
    before = editor.window.bridge.project
    lanes.head(RAIN, "fold")
    assert editor.window.bridge.project is before
    editor.close()
    again = Editor.open(qtbot, tmp_path)
    assert again.window.timeline.canvas.state.folded == {RAIN}
    assert again.window.timeline.state == "rain"
    again.window.timeline.restore("rain of-yesterday")
    assert again.window.timeline.canvas.state.folded == {RAIN}
    again.close()


def test_the_clipboard_holds_clips_or_keyframes_whichever_was_copied_last(lanes: Lanes) -> None:
    lanes.click(RAIN, 10)
    lanes.editor.act("copy")
    lanes.canvas.seek(lanes.at(80))
    lanes.editor.act("paste")
    assert [f for f, _ in lanes.keys(RAIN)] == [10, 30, 60, 80]
    title = QPointF(
        lanes.canvas.state.x(lanes.at(40)),
        next(lane.top + 6 for lane in lanes.canvas.state.rows if lane.kind is LaneKind.PICTURE),
    )
    drag(lanes.canvas, title)
    assert lanes.picked == set(), "a press on a clip means the clip"
    lanes.editor.act("copy")
    lanes.editor.act("paste")
    assert len(list(lanes.bridge.project.pictures())) == 2


def test_lanes_out_of_sight_are_not_painted(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    project = a_project(clips=2000, media=a_media(frames=100))
    clip = next(project.clips())
    curves = tuple(Curve(axis.id, (Keyframe(Time.from_frame(9, project.rate), axis.neutral),)) for axis in SCHEMA)
    project = project.with_clip(replace(clip, look=replace(clip.look, curves=curves)))
    canvas = TimelineCanvas(SessionBridge(Session(project)), lambda *_: None, lambda _: None)
    qtbot.addWidget(canvas)
    canvas.resize(1200, 300)
    canvas.show()
    canvas.select(clip.id)
    painted = list[Lane]()
    whole = key_lanes.paint_key_lane
    monkeypatch.setattr(
        "app.timeline.paint.paint_key_lane", lambda p, s, lane, *rest: (painted.append(lane), whole(p, s, lane, *rest))
    )
    canvas.redraw()
    canvas.grab()
    assert 0 < len(painted) < len(curves)
    assert all(lane.top < 300 for lane in painted)
    painted.clear()
    canvas.scroll_lanes_to(10_000)
    canvas.grab()
    assert painted[-1].axis == SCHEMA[-1].id
    assert all(lane.bottom > LANES_TOP + canvas.state.scroll_y for lane in painted)
