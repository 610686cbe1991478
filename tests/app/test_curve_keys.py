"""What a mouse can do to curves, keys can: go among keyframes, gather, move, scale, shape, bend, look closer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window_kit import Editor, drag

from app.curves.view import CurveView
from app.timeline.canvas import TimelineCanvas
from app.timeline.layout import HEAD_W
from core.condition import HAZE, RAIN, SUN_AZIMUTH
from core.document.commands import SetCurves, SetKeyframe
from core.document.model import Interpolation, Keyframe
from core.ids import AxisId
from core.timebase import Time

NONE = Qt.KeyboardModifier.NoModifier
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
KEY = Qt.Key


class Desk:
    """A window over one animated clip of a hundred frames, with the curves open and the focus in them.

    Haze stands above rain, as in the schema.
    """

    def __init__(self, editor: Editor) -> None:
        self.editor, self.bridge = editor, editor.window.bridge
        self.panel = editor.window.timeline
        clip = editor.add_clip(frames=100)
        self.rate = self.bridge.project.rate
        rain = (Keyframe(self.at(10), 0.2), Keyframe(self.at(30), 0.8), Keyframe(self.at(60), 0.4))
        haze = (Keyframe(self.at(20), 0.1, Interpolation.BEZIER), Keyframe(self.at(50), 0.5))
        self.bridge.do(SetCurves(clip.id, ((HAZE, haze), (RAIN, rain))))
        self.editor.act("curves")
        self.view.setFocus()
        self.start = self.bridge.project

    @property
    def view(self) -> CurveView:
        return self.panel.curves

    @property
    def canvas(self) -> TimelineCanvas:
        return self.panel.canvas

    def at(self, frame: int) -> Time:
        return Time.from_frame(frame, self.rate)

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        for _ in range(times):
            QTest.keyClick(self.view if self.view.isVisible() else self.canvas, key, keys)

    def keys(self, axis: AxisId) -> list[tuple[int, float]]:
        curve = self.editor.clip.look.curve(axis)
        return [(k.time.to_frame(self.rate), k.value) for k in curve.keys] if curve else []

    def kinds(self, axis: AxisId) -> list[Interpolation]:
        curve = self.editor.clip.look.curve(axis)
        return [k.interpolation for k in curve.keys] if curve else []

    @property
    def picked(self) -> set[tuple[AxisId, int]]:
        return {(axis, time.to_frame(self.rate)) for axis, time in self.view.spots}

    def pick(self, axis: AxisId, *frames: int) -> None:
        self.canvas.keys.pick(((axis, self.at(f)) for f in frames), focus=(axis, self.at(frames[0])))


@pytest.fixture
def desk(editor: Editor) -> Desk:
    return Desk(editor)


def test_keys_go_along_a_curve_and_across_to_the_next(desk: Desk) -> None:
    desk.view.chosen = RAIN
    desk.press(KEY.Key_Right, CTRL)
    assert desk.picked == {(RAIN, 10)}, "the nearest to the playhead comes first"
    desk.press(KEY.Key_Right, CTRL)
    assert desk.picked == {(RAIN, 30)}
    desk.press(KEY.Key_Up, CTRL)
    assert desk.picked == {(HAZE, 20)}
    assert desk.view.chosen == HAZE
    desk.press(KEY.Key_Left, CTRL)
    assert desk.picked == {(HAZE, 20)}, "there is none before it"
    desk.press(KEY.Key_Down, CTRL)
    assert desk.picked == {(RAIN, 10)}


def test_reaching_out_gathers_what_a_rubber_band_would(desk: Desk) -> None:
    desk.pick(RAIN, 10)
    desk.press(KEY.Key_Right, CTRL | SHIFT, times=2)
    assert desk.picked == {(RAIN, 10), (RAIN, 30), (RAIN, 60)}
    desk.press(KEY.Key_Up, CTRL | SHIFT)
    assert desk.picked == {(RAIN, 10), (RAIN, 30), (HAZE, 20), (HAZE, 50)}, "up to the key it came to"
    desk.press(KEY.Key_Left, CTRL | SHIFT)
    assert desk.picked == {(RAIN, 10), (HAZE, 20)}
    desk.press(KEY.Key_Escape)
    assert desk.picked == set()


def test_arrows_with_alt_nudge_by_a_frame_and_a_hundredth_and_with_shift_by_ten(desk: Desk) -> None:
    desk.pick(RAIN, 30)
    tall = desk.view.plot.span(desk.editor.clip.look.curve(RAIN)).length  # type: ignore[union-attr, arg-type]
    desk.press(KEY.Key_Right, ALT)
    desk.press(KEY.Key_Left, ALT | SHIFT)
    desk.press(KEY.Key_Up, ALT, times=3)
    assert desk.keys(RAIN)[1] == (21, pytest.approx(0.8 + 0.03 * tall, abs=0.0021))
    desk.press(KEY.Key_Down, ALT | SHIFT)
    assert desk.keys(RAIN)[1] == (21, pytest.approx(0.8 - 0.07 * tall, abs=0.003))
    assert desk.picked == {(RAIN, 21)}
    for _ in range(6):
        desk.bridge.undo()
    assert desk.bridge.project == desk.start


def test_a_group_that_meets_an_end_stops_whole_and_keeps_its_shape(desk: Desk) -> None:
    desk.view.select_all()
    desk.press(KEY.Key_Left, ALT | SHIFT, times=2)
    assert [f for f, _ in desk.keys(RAIN)] == [0, 20, 50]
    assert [f for f, _ in desk.keys(HAZE)] == [10, 40]
    desk.press(KEY.Key_Up, ALT | SHIFT, times=9)
    values = [v for _, v in desk.keys(RAIN)]
    assert max(values) == 1.0
    assert [round(v - values[0], 3) for v in values] == [0.0, 0.6, 0.2]


def test_scaling_by_keys_keeps_the_far_side_and_does_not_compound_its_rounding(desk: Desk) -> None:
    desk.pick(RAIN, 10, 30, 60)
    desk.press(KEY.Key_Right, CTRL | ALT, times=25)
    assert [f for f, _ in desk.keys(RAIN)] == [10, 40, 85]
    desk.press(KEY.Key_Left, CTRL | ALT, times=25)
    assert desk.bridge.project.clip(desk.editor.clip.id).look == desk.start.clip(desk.editor.clip.id).look
    desk.press(KEY.Key_Down, CTRL | ALT, times=5)
    values = [v for _, v in desk.keys(RAIN)]
    assert values[0] == 0.2
    assert values[1] < 0.8
    assert (values[2] - 0.2) / (values[1] - 0.2) == pytest.approx(1 / 3, abs=0.01)


def test_scaling_never_leaves_the_media_nor_turns_inside_out(desk: Desk) -> None:
    desk.pick(RAIN, 10, 30, 60)
    desk.press(KEY.Key_Right, CTRL | ALT, times=60)
    assert desk.keys(RAIN)[-1][0] == 100
    desk.press(KEY.Key_Left, CTRL | ALT, times=200)
    assert [f for f, _ in desk.keys(RAIN)] == [10, 11, 12], "no keyframe is lost to another"


def test_keys_say_how_selected_keyframes_are_left(desk: Desk) -> None:
    desk.pick(RAIN, 10, 30)
    for key, keys, kind in (
        (KEY.Key_S, ALT, Interpolation.SMOOTH),
        (KEY.Key_H, ALT, Interpolation.HOLD),
        (KEY.Key_E, ALT, Interpolation.EASE_IN),
        (KEY.Key_E, ALT | SHIFT, Interpolation.EASE_OUT),
        (KEY.Key_B, ALT, Interpolation.BEZIER),
        (KEY.Key_L, ALT, Interpolation.LINEAR),
    ):
        desk.press(key, keys)
        assert desk.kinds(RAIN) == [kind, kind, Interpolation.LINEAR]
    desk.bridge.undo()
    assert desk.kinds(RAIN)[:2] == [Interpolation.BEZIER] * 2, "one step each"


def test_a_handle_is_taken_and_bent_by_keys_with_its_twin_or_alone(desk: Desk) -> None:
    desk.pick(RAIN, 10, 30)
    desk.press(KEY.Key_B, ALT)
    desk.pick(RAIN, 30)
    desk.press(KEY.Key_G)
    assert desk.view.held == ((RAIN, desk.at(30)), "out")
    assert "handle out" in desk.view.accessibleDescription()
    desk.press(KEY.Key_Up, ALT, times=5)
    key = desk.editor.clip.look.curve(RAIN).keys[1]  # type: ignore[union-attr]
    assert key.out is not None
    assert key.into is not None
    assert key.out.value > 0 > key.into.value
    into = key.into
    desk.press(KEY.Key_Up, CTRL | ALT, times=5)
    key = desk.editor.clip.look.curve(RAIN).keys[1]  # type: ignore[union-attr]
    assert key.into == into
    desk.press(KEY.Key_G)
    assert desk.view.held == ((RAIN, desk.at(30)), "into")
    desk.press(KEY.Key_G)
    assert desk.view.held is None
    desk.press(KEY.Key_G, ALT)
    key = desk.editor.clip.look.curve(RAIN).keys[1]  # type: ignore[union-attr]
    assert (key.into, key.out) == (None, None)


def test_keyframes_are_set_and_taken_away_at_the_playhead_on_the_chosen_curve(desk: Desk) -> None:
    desk.view.chosen = RAIN
    desk.canvas.seek(desk.at(20))
    desk.press(KEY.Key_K, SHIFT)
    assert desk.keys(RAIN)[1] == (20, 0.5)
    assert desk.picked == {(RAIN, 20)}
    desk.press(KEY.Key_PageUp, CTRL)
    assert desk.view.chosen == HAZE
    desk.press(KEY.Key_K, ALT)
    assert desk.keys(HAZE) == [(50, 0.5)]
    desk.press(KEY.Key_BracketRight)
    assert desk.canvas.state.playhead == desk.at(30)
    desk.press(KEY.Key_Return)
    assert desk.picked == {(RAIN, 30)}


def test_a_hidden_curve_is_passed_by(desk: Desk) -> None:
    desk.view.select_all()
    desk.view.chosen = RAIN
    desk.press(KEY.Key_Y)
    assert desk.view.hidden == {RAIN}
    assert {axis for axis, _ in desk.picked} == {HAZE}, "what is out of sight is not selected"
    desk.canvas.seek(desk.at(0))
    desk.press(KEY.Key_BracketRight)
    assert desk.canvas.state.playhead == desk.at(20)
    row = desk.view.axes.rows[RAIN]
    assert (row.accessibleName(), row.accessibleDescription()) == ("Rain", "50 %, hidden")
    assert row.eye.accessibleName() == "Show the curve of rain"
    desk.press(KEY.Key_Y, SHIFT)
    assert desk.view.hidden == set()


def test_rows_and_keyframes_say_what_they_are(desk: Desk) -> None:
    desk.view.chosen = RAIN
    rows = desk.view.axes.rows
    assert [rows[axis].accessibleName() for axis in rows] == ["Haze", "Rain"]
    assert rows[RAIN].isChecked()
    assert not rows[HAZE].isChecked()
    desk.press(KEY.Key_Right, CTRL, times=2)
    assert desk.view.accessibleDescription() == (
        "2 curves, 5 keyframes, 1 selected. Rain, keyframe 2 of 3: 80 % at 00:00:01:05, linear"
    )


def test_all_and_the_selection_are_fitted_in_time_and_value(desk: Desk) -> None:
    plot = desk.view.plot
    assert plot is not None
    desk.pick(RAIN, 30, 60)
    desk.press(KEY.Key_Z, ALT | SHIFT)
    plot = desk.view.plot
    assert plot is not None
    width = desk.view.width() - HEAD_W
    assert plot.x(desk.at(30)) - HEAD_W == pytest.approx(0.05 * width, abs=2)
    assert plot.x(desk.at(60)) - HEAD_W == pytest.approx(0.95 * width, abs=2)
    curve = plot.clip.look.curve(RAIN)
    assert curve is not None
    tall = plot.area.height()
    assert plot.y(curve, 0.8) - plot.area.top() == pytest.approx(0.18 / 1.36 * tall, abs=2)
    assert plot.area.bottom() - plot.y(curve, 0.4) == pytest.approx(0.18 / 1.36 * tall, abs=2)
    desk.press(KEY.Key_Z, ALT)
    plot = desk.view.plot
    assert plot is not None
    for curve in plot.clip.look.curves:
        for key in curve.keys:
            assert plot.area.contains(plot.at(curve, key))
    assert plot.x(desk.at(100)) < desk.view.width()


def test_values_are_zoomed_and_panned_by_keys_and_by_the_wheel(desk: Desk) -> None:
    def seen() -> tuple[float, float]:
        plot = desk.view.plot
        assert plot is not None
        span = plot.span(plot.clip.look.curves[1])
        return span.low, span.high

    low, high = seen()
    desk.press(KEY.Key_Equal, CTRL | ALT)
    assert seen()[1] - seen()[0] == pytest.approx((high - low) / 1.5)
    desk.press(KEY.Key_Minus, CTRL | ALT)
    assert seen() == pytest.approx((low, high))
    desk.press(KEY.Key_PageUp, ALT)
    assert seen()[0] == pytest.approx(low + 0.1 * (high - low))
    desk.press(KEY.Key_PageDown, ALT)
    assert seen() == pytest.approx((low, high))
    middle = QPointF(desk.view.rect().center())
    wheel = QWheelEvent(
        middle,
        desk.view.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        ALT | SHIFT,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(desk.view, wheel)
    assert seen()[0] == pytest.approx(low + 0.1 * (high - low))


def test_a_key_that_is_dragged_past_the_top_follows_the_hand_and_is_seen_again_afterwards(desk: Desk) -> None:
    plot = desk.view.plot
    assert plot is not None
    curve = plot.clip.look.curve(RAIN)
    assert curve is not None
    begin = plot.at(curve, curve.keys[1])
    up = begin - QPointF(0, 30)
    drag(desk.view, begin, up, release=False)
    now = desk.view.plot
    assert now is not None
    moved = now.clip.look.curve(RAIN)
    assert moved is not None
    assert now.at(moved, moved.keys[1]).y() == pytest.approx(up.y(), abs=1.5)
    desk.press(KEY.Key_Escape)
    assert desk.bridge.project == desk.start


def test_copied_keyframes_go_onto_another_clip_where_the_chosen_axis_is_not_animated(desk: Desk) -> None:
    first = desk.editor.clip
    desk.pick(RAIN, 10, 30)
    desk.view.chosen = RAIN
    desk.editor.act("copy")
    second = desk.editor.add_clip(frames=100, name="other.mp4")
    desk.bridge.do(SetKeyframe(second.id, HAZE, desk.at(0), 0.3))
    desk.canvas.select(second.id)
    desk.canvas.seek(second.start)
    desk.editor.act("paste")
    assert desk.keys(RAIN) == [(0, 0.2), (20, 0.8)]
    assert desk.keys(HAZE) == [(0, 0.3)]
    assert desk.bridge.project.clip(first.id).look == desk.start.clip(first.id).look


def test_several_curves_are_pasted_each_onto_its_own(desk: Desk) -> None:
    desk.view.select_all()
    desk.editor.act("copy")
    second = desk.editor.add_clip(frames=100, name="other.mp4")
    desk.canvas.select(second.id)
    desk.canvas.seek(second.start + desk.at(5))
    desk.editor.act("paste")
    assert [f for f, _ in desk.keys(RAIN)] == [5, 25, 55]
    assert [f for f, _ in desk.keys(HAZE)] == [15, 45]
    assert desk.kinds(HAZE)[0] is Interpolation.BEZIER
    assert desk.picked == {(RAIN, 5), (RAIN, 25), (RAIN, 55), (HAZE, 15), (HAZE, 45)}


def test_amounts_are_not_pasted_onto_a_direction(desk: Desk) -> None:
    desk.bridge.do(SetKeyframe(desk.editor.clip.id, SUN_AZIMUTH, desk.at(5), 90.0))
    desk.pick(RAIN, 10)
    desk.editor.act("copy")
    desk.view.chosen = SUN_AZIMUTH
    before, said = desk.bridge.project, list[str]()
    desk.canvas.hint_changed.connect(said.append)
    desk.editor.act("paste")
    assert desk.bridge.project is before
    assert said[-1] == "Sun azimuth is a direction; keyframes of Rain are none."


def test_the_curves_are_a_panel_that_the_keyboard_comes_to(desk: Desk) -> None:
    desk.editor.window.viewer.view.setFocus()
    for _ in range(3):
        desk.editor.act("next_panel")
        if desk.view.hasFocus():
            break
    assert desk.view.hasFocus()
    desk.editor.act("curves")
    assert desk.canvas.hasFocus()


def test_arrows_with_alt_are_the_viewers_again_outside_the_curves(desk: Desk) -> None:
    desk.pick(RAIN, 30)
    view = desk.editor.window.viewer.view
    view.setFocus()
    QTest.keyClick(view, KEY.Key_Right, ALT)
    assert desk.bridge.project is desk.start
