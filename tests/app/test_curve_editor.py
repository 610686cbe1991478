"""The curve editor by mouse and keyboard, on a real canvas: every drag is one undo step."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from builders import a_media, a_project
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from window_kit import Editor, drag

from app.curves.plot import Plot
from app.curves.view import CurveView
from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from app.timeline.layout import HEAD_W
from core.condition import HAZE, RAIN, SUN_AZIMUTH
from core.document.commands import SetHandles, SetInterpolation, SetKeyframe
from core.document.model import Curve, Interpolation, Keyframe, Look
from core.document.session import Session
from core.document.shapes import Handle
from core.timebase import Time


def at(frame: int) -> Time:
    return Time.from_frame(frame, Fraction(25))


def a_look() -> Look:
    rain = Curve(RAIN, (Keyframe(at(10), 0.2), Keyframe(at(30), 0.8), Keyframe(at(60), 0.4)))
    haze = Curve(HAZE, (Keyframe(at(20), 0.1, Interpolation.BEZIER), Keyframe(at(50), 0.5)))
    return replace(Look(), curves=(haze, rain))


class Hand:
    def __init__(self, qtbot: QtBot) -> None:
        self.bridge = SessionBridge(Session(a_project(media=a_media(frames=100), look=a_look())))
        self.window = QWidget()
        self.canvas = TimelineCanvas(self.bridge, lambda *_: None, lambda _: None, self.window)
        self.view = CurveView(self.bridge, self.canvas, self.window)
        qtbot.addWidget(self.window)
        self.window.resize(1200, 700)
        self.canvas.setGeometry(0, 400, 1200, 300)
        self.view.setGeometry(0, 0, 1200, 380)
        self.window.show()
        self.canvas.state.is_snapping = False
        self.canvas.select(next(self.bridge.project.clips()).id)
        self.canvas.zoom_to_fit()
        self.start = self.bridge.project

    @property
    def plot(self) -> Plot:
        plot = self.view.plot
        assert plot is not None
        return plot

    def keys(self, axis: str) -> list[tuple[int, float]]:
        curve = next(self.bridge.project.clips()).look.curve(axis)  # type: ignore[arg-type]
        return [(k.time.to_frame(Fraction(25)), k.value) for k in curve.keys] if curve else []

    def spot(self, axis: str, number: int) -> QPointF:
        curve = next(self.bridge.project.clips()).look.curve(axis)  # type: ignore[arg-type]
        assert curve is not None
        return self.plot.at(curve, curve.keys[number])

    def frames(self, count: float) -> float:
        return count / 25 * self.canvas.state.scale.px_per_s


@pytest.fixture
def hand(qtbot: QtBot) -> Hand:
    return Hand(qtbot)


def test_a_keyframe_is_dragged_in_time_and_value_in_one_undo_step(hand: Hand) -> None:
    begin = hand.spot(RAIN, 1)
    lift = hand.plot.y(hand.view.clip.look.curve(RAIN), 0.6) - begin.y()  # type: ignore[union-attr, arg-type]
    drag(hand.view, begin, begin + QPointF(hand.frames(4), lift), begin + QPointF(hand.frames(8), lift))
    (moved_to,) = [key for key in hand.keys(RAIN) if key[0] not in (10, 60)]
    assert moved_to == (38, pytest.approx(0.6, abs=0.01))
    hand.bridge.undo()
    assert hand.bridge.project == hand.start


def test_shift_keeps_a_drag_on_its_longer_way(hand: Hand) -> None:
    begin = hand.spot(RAIN, 1)
    drag(hand.view, begin, begin + QPointF(hand.frames(8), 6), keys=Qt.KeyboardModifier.ShiftModifier)
    assert (38, 0.8) in hand.keys(RAIN)


def test_a_rubber_band_takes_keys_of_several_curves_and_they_move_together(hand: Hand) -> None:
    points = [hand.spot(RAIN, 1), hand.spot(HAZE, 0)]
    low = QPointF(min(p.x() for p in points) - 14, min(p.y() for p in points) - 14)
    high = QPointF(max(p.x() for p in points) + 14, max(p.y() for p in points) + 14)
    drag(hand.view, low, (low + high) / 2, high)
    assert hand.view.spots == {(RAIN, at(30)), (HAZE, at(20))}
    begin = hand.spot(RAIN, 1)
    drag(hand.view, begin, begin + QPointF(hand.frames(5), 0))
    assert [f for f, _ in hand.keys(RAIN)] == [10, 35, 60]
    assert [f for f, _ in hand.keys(HAZE)] == [25, 50]


def test_the_box_about_a_selection_scales_it(hand: Hand) -> None:
    hand.view.select([(RAIN, at(10)), (RAIN, at(30)), (RAIN, at(60))])
    box = hand.plot.box(hand.view.spots)
    assert box is not None
    begin = QPointF(box.right(), box.center().y() + 30)
    drag(hand.view, begin, begin - QPointF(hand.frames(25), 0))
    frames = [f for f, _ in hand.keys(RAIN)]
    assert frames == [10, 20, 35]
    assert [v for _, v in hand.keys(RAIN)] == [0.2, 0.8, 0.4]


def test_a_handle_bends_the_curve_and_its_twin_turns_along(hand: Hand) -> None:
    hand.view.select([(RAIN, at(10)), (RAIN, at(30)), (RAIN, at(60))])
    hand.view.keys.set_kind(Interpolation.BEZIER)
    hand.view.select([(RAIN, at(30))])
    curve = hand.plot.clip.look.curve(RAIN)
    assert curve is not None
    begin = hand.plot.handles(curve, curve.keys[1])["out"]
    drag(hand.view, begin, begin + QPointF(10, -30))
    key = hand.plot.clip.look.curve(RAIN).keys[1]  # type: ignore[union-attr]
    assert key.out is not None
    assert key.into is not None
    assert key.out.value > 0.0 > key.into.value
    hand.bridge.undo()
    assert hand.plot.clip.look.curve(RAIN).keys[1].out is None  # type: ignore[union-attr]


def test_a_double_click_on_a_curve_adds_a_key_where_it_runs(hand: Hand) -> None:
    curve = hand.plot.clip.look.curve(RAIN)
    assert curve is not None
    x = hand.canvas.state.x(at(20)) + 1
    point = QPointF(x, hand.plot.y(curve, 0.5))
    QTest.mouseDClick(hand.view, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert hand.keys(RAIN)[1] == (20, pytest.approx(0.5))


def test_keys_nudge_delete_and_undo(hand: Hand) -> None:
    hand.view.setFocus()
    hand.canvas.set_playhead(at(30))
    QTest.keyClick(hand.view, Qt.Key.Key_Return)
    assert hand.view.spots == {(RAIN, at(30))}
    QTest.keyClick(hand.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(hand.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
    frame, value = hand.keys(RAIN)[1]
    assert frame == 31
    assert value > 0.81
    hand.view.keys.delete()
    assert [f for f, _ in hand.keys(RAIN)] == [10, 60]
    for _ in range(3):
        hand.bridge.undo()
    assert hand.bridge.project == hand.start


def test_copied_keys_are_pasted_at_the_playhead_and_onto_another_axis(hand: Hand) -> None:
    hand.view.select([(RAIN, at(10)), (RAIN, at(30))])
    hand.view.keys.copy()
    hand.canvas.set_playhead(at(70))
    hand.view.chosen = HAZE
    hand.view.keys.paste()
    assert [f for f, _ in hand.keys(HAZE)] == [20, 50, 70, 90]
    assert [f for f, _ in hand.keys(RAIN)] == [10, 30, 60]
    assert hand.bridge.session.undo_label == "Paste keyframes"


def test_bent_keys_keep_their_bend_and_directions_are_not_pasted_onto_amounts(hand: Hand) -> None:
    clip = next(hand.bridge.project.clips()).id
    hand.bridge.do(SetInterpolation(clip, RAIN, at(10), Interpolation.BEZIER))
    hand.bridge.do(SetHandles(clip, RAIN, at(10), None, Handle(0.25, 0.125)))
    hand.bridge.do(SetKeyframe(clip, SUN_AZIMUTH, at(5), 90.0))
    hand.view.select([(RAIN, at(10))])
    hand.view.keys.copy()
    hand.canvas.set_playhead(at(70))
    hand.view.keys.paste()
    curve = next(hand.bridge.project.clips()).look.curve(RAIN)
    assert curve is not None
    assert [k.out for k in curve.keys if k.time == at(70)] == [Handle(0.25, 0.125)]
    hand.view.select([(SUN_AZIMUTH, at(5))])
    hand.view.keys.copy()
    hand.view.chosen = HAZE
    before, said = hand.bridge.project, list[str]()
    hand.canvas.hint_changed.connect(said.append)
    hand.view.keys.paste()
    assert hand.bridge.project is before
    assert said == ["Keyframes of Sun azimuth are directions; Haze has none."]


def test_escape_takes_a_drag_back(hand: Hand) -> None:
    begin = hand.spot(RAIN, 1)
    drag(hand.view, begin, begin + QPointF(40, 20), release=False)
    assert hand.bridge.project != hand.start
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    assert hand.bridge.project == hand.start


def test_a_curve_that_is_hidden_is_not_touched(hand: Hand) -> None:
    at = hand.spot(RAIN, 1)
    QTest.mouseClick(hand.view.axes.rows[RAIN].eye, Qt.MouseButton.LeftButton)
    assert hand.view.hidden == {RAIN}
    drag(hand.view, at, at + QPointF(40, 0))
    assert hand.bridge.project == hand.start
    QTest.mouseClick(hand.view.axes.rows[RAIN].eye, Qt.MouseButton.LeftButton)
    drag(hand.view, at, at + QPointF(hand.frames(4), 0))
    assert hand.keys(RAIN)[1][0] == 34


def test_the_curves_stand_in_the_timelines_place_and_take_its_keys(editor: Editor) -> None:
    clip = editor.add_clip(frames=20)
    editor.wait_for_picture()
    editor.window.bridge.do(SetKeyframe(clip.id, RAIN, at(3), 0.4))
    editor.act("curves")
    panel = editor.window.timeline
    assert panel.curves.isVisible()
    assert not panel.canvas.isVisible()
    editor.act("select_all")
    assert panel.curves.spots == {(RAIN, at(3))}
    editor.act("delete")
    assert editor.clip.look.curve(RAIN) is None
    assert len(list(editor.window.bridge.project.clips())) == 1
    editor.act("curves")
    assert panel.canvas.isVisible()


def test_fitting_the_timeline_fits_the_curves_that_stand_in_its_place(editor: Editor) -> None:
    clip = editor.add_clip(frames=20)
    editor.wait_for_picture()
    editor.window.bridge.do(SetKeyframe(clip.id, RAIN, at(3), 0.4))
    panel = editor.window.timeline
    editor.act("curves")
    editor.window.resize(1300, 800)
    editor.until(lambda: panel.canvas.width() == panel.curves.width())
    for id_ in ("zoom_in", "zoom_fit"):
        editor.act(id_)
    state = panel.canvas.state
    end = state.x(state.project.duration)
    assert HEAD_W < end < panel.curves.width()
    assert end - HEAD_W == pytest.approx(0.9 * (panel.curves.width() - HEAD_W), abs=1)
