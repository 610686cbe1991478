"""Gestures on the painted timeline: each is one undo step, and Esc takes it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import a_media, a_project
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from window_kit import drag

from app.curves.view import CurveView
from app.session_bridge import SessionBridge
from app.timeline import layout as lay
from app.timeline.callout import FailureCallout
from app.timeline.canvas import TimelineCanvas
from app.timeline.curves import value_bounds, value_y
from app.timeline.layout import Lane, LaneKind
from core.condition import RAIN
from core.document.commands import MoveClip, SetKeyframe
from core.document.model import Clip, Interpolation
from core.document.session import Session
from core.ids import ClipId
from core.timebase import Time

RATE = 25


def at(frame: int) -> Time:
    return Time.from_frame(frame, a_media().video.rate)


class Hands:
    """A canvas over two clips of 48 frames with a gap of ten, and a keyed rain on the first."""

    def __init__(self, qtbot: QtBot) -> None:
        self.bridge = SessionBridge(Session(a_project(clips=2)))
        self.first, second = self.bridge.project.clips()
        self.bridge.do(MoveClip(second.id, at(58)))
        self.second = self.clip(second)
        self.canvas = TimelineCanvas(self.bridge, lambda *_: None, lambda _: None)
        qtbot.addWidget(self.canvas)
        self.canvas.resize(1200, 400)
        self.canvas.show()
        self.canvas.select(self.first.id)
        self.canvas.state.is_snapping = False
        for frame, value in ((10, 0.2), (30, 0.8)):
            self.bridge.do(SetKeyframe(self.first.id, RAIN, at(frame), value))
        self.steps = self.bridge.session.undo_label

    def lane(self, kind: LaneKind) -> Lane:
        return next(lane for lane in self.canvas.state.rows if lane.kind is kind)

    def spot(self, kind: LaneKind, frame: float) -> QPointF:
        x = self.canvas.state.x(at(0)) + frame / RATE * self.canvas.state.scale.px_per_s
        return QPointF(x, self.lane(kind).top + self.lane(kind).height / 2)

    def key_spot(self, frame: int) -> QPointF:
        curve = self.clip(self.first).look.curve(RAIN)
        assert curve is not None
        key, lane = curve.key_at(at(frame)), self.lane(LaneKind.KEYS)
        assert key is not None
        return QPointF(
            self.spot(LaneKind.KEYS, frame).x(), value_y(key.value, value_bounds(curve), lane.top, lane.height - 1)
        )

    def clip(self, clip: Clip) -> Clip:
        return self.bridge.project.clip(clip.id)

    def keys(self) -> list[tuple[int, float]]:
        curve = self.clip(self.first).look.curve(RAIN)
        return [(round(k.time.seconds * RATE), k.value) for k in curve.keys] if curve else []


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    return Hands(qtbot)


def test_dragging_a_clip_end_trims_in_one_undo_step(hands: Hands) -> None:
    before = hands.bridge.project
    end = hands.spot(LaneKind.PICTURE, 48) - QPointF(2, 0)
    drag(hands.canvas, end, end - QPointF(30, 0), hands.spot(LaneKind.PICTURE, 40))
    assert hands.clip(hands.first).span.end == at(40)
    assert hands.bridge.session.undo_label == "Trim out point"
    hands.bridge.undo()
    assert hands.bridge.project is before


def test_dragging_a_clip_over_another_overwrites_only_where_it_is_let_go(hands: Hands) -> None:
    grab = hands.spot(LaneKind.PICTURE, 70)
    drag(hands.canvas, grab, hands.spot(LaneKind.PICTURE, 30), hands.spot(LaneKind.PICTURE, 54))
    assert hands.clip(hands.second).start == at(42)
    assert hands.clip(hands.first).span.end == at(42)
    hands.bridge.undo()
    assert hands.clip(hands.first).span.end == at(48)


def test_escape_during_a_drag_restores_the_very_project(hands: Hands) -> None:
    before = hands.bridge.project
    grab = hands.spot(LaneKind.PICTURE, 70)
    drag(hands.canvas, grab, hands.spot(LaneKind.PICTURE, 78), release=False)
    assert hands.bridge.project != before
    hands.canvas.cancel_gesture()
    assert hands.bridge.project is before
    assert hands.canvas.state.snap is None


def test_a_click_without_travel_selects_and_edits_nothing(hands: Hands) -> None:
    before = hands.bridge.project
    spot = hands.spot(LaneKind.PICTURE, 70)
    drag(hands.canvas, spot, spot + QPointF(1, 1))
    assert hands.bridge.project is before
    assert hands.canvas.state.selected == hands.second.id


def test_an_edge_near_the_playhead_snaps_and_shows_it(hands: Hands) -> None:
    hands.canvas.state.is_snapping = True
    hands.canvas.set_playhead(at(40))
    end = hands.spot(LaneKind.PICTURE, 48) - QPointF(2, 0)
    drag(hands.canvas, end, hands.spot(LaneKind.PICTURE, 40) + QPointF(5, 0), release=False)
    assert hands.canvas.state.snap == at(40)
    assert hands.clip(hands.first).span.end == at(40)
    drag(hands.canvas, end, end)
    assert hands.canvas.state.snap is None


def test_dragging_a_key_moves_it_in_time_and_keeps_its_value(hands: Hands) -> None:
    spot = hands.key_spot(10)
    drag(hands.canvas, spot, spot + QPointF(20, 1), QPointF(hands.spot(LaneKind.KEYS, 16).x(), spot.y() + 1))
    assert hands.keys() == [(16, 0.2), (30, 0.8)]


def test_shift_locks_the_time_of_a_dragged_key(hands: Hands) -> None:
    spot = hands.key_spot(10)
    drag(hands.canvas, spot, spot + QPointF(40, -8), keys=Qt.KeyboardModifier.ShiftModifier)
    (frame, value), _ = hands.keys()
    assert frame == 10
    assert value > 0.2


def test_alt_leaves_a_copy_and_no_trail(hands: Hands) -> None:
    spot = hands.key_spot(10)
    stops = [QPointF(hands.spot(LaneKind.KEYS, frame).x(), spot.y()) for frame in (12, 15, 18, 20)]
    drag(hands.canvas, spot, *stops, keys=Qt.KeyboardModifier.AltModifier)
    assert hands.keys() == [(10, 0.2), (20, 0.2), (30, 0.8)]


def test_delete_removes_the_chosen_key_before_the_clip(hands: Hands) -> None:
    spot = hands.key_spot(30)
    drag(hands.canvas, spot, spot)
    hands.canvas.delete_selection()
    assert hands.keys() == [(10, 0.2)]
    hands.canvas.delete_selection()
    assert [c.id for c in hands.bridge.project.clips()] == [hands.second.id]


def test_the_menu_of_a_key_sets_how_the_curve_leaves_it(hands: Hands) -> None:
    hands.canvas.keys.take((RAIN, at(10)))
    menu = CurveView(hands.bridge, hands.canvas, hands.canvas).keys.menu()
    next(a for a in menu.actions() if a.text() == "Hold").trigger()
    curve = hands.clip(hands.first).look.curve(RAIN)
    assert curve is not None
    assert curve.keys[0].interpolation is Interpolation.HOLD
    menu.deleteLater()


def test_stepping_from_key_to_key_asks_for_their_instants(hands: Hands, qtbot: QtBot) -> None:
    hands.canvas.set_playhead(at(10))
    with qtbot.waitSignal(hands.canvas.seeked) as heard:
        hands.canvas.keys.step(1)
    assert heard.args == [at(30)]


def test_scrubbing_stays_on_the_timeline(hands: Hands) -> None:
    asked: list[Time] = []
    hands.canvas.seeked.connect(asked.append)
    drag(hands.canvas, QPointF(lay.HEAD_W + 30, 10), QPointF(10, 10), QPointF(5000, 10))
    assert asked[1] == at(0)
    assert asked[-1] == at(58 + 47)


def test_the_canvas_paints_every_lane_and_state(hands: Hands, tmp_path: Path) -> None:
    hands.canvas.set_failure(hands.second.id, "road.mp4 cannot be read.")
    hands.canvas.set_cache((hands.first.span,), hands.second.span, hands.bridge.project.export_range)
    picture = hands.canvas.grab().toImage()
    head = picture.pixelColor(round(hands.canvas.state.x(at(0))), 10)
    assert head.green() > head.red()
    bar = picture.pixelColor(round(hands.canvas.state.x(at(20))), lay.RULER_H + 4)
    assert bar.blue() > bar.red()


def test_the_canvas_tells_a_reader_where_it_stands(hands: Hands) -> None:
    hands.canvas.set_playhead(at(30))
    assert hands.canvas.accessibleDescription() == "2 clips, playhead at 00:00:01:05"


def test_the_callout_is_as_high_as_its_sentence_needs(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    callout = FailureCallout(parent)
    heights = []
    for message in ("The file is gone.", "The file cannot be read. " * 8, "The file is gone."):
        callout.tell(ClipId("clip"), "A title", message, can_relink=False)
        heights.append(callout.height())
        callout.clear()
    assert heights[1] > heights[0]
    assert heights[2] == heights[0]
