"""The timeline's tools by mouse and keyboard, on a real canvas: every drag is one undo step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from builders import a_clip, a_media, a_project
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from window_kit import Editor, drag

from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from app.timeline.edit_desk import EditDesk
from app.timeline.heads import Switch, switch_zones
from app.timeline.layout import CLIP_TITLE_H, HEAD_W, Lane, LaneKind
from app.timeline.markers import MarkerCard
from app.timeline.state import Tool
from app.timeline.track_menu import gap_menu, track_menu
from core.condition import RAIN
from core.document.commands import AddMarker, LiftClips, SetTrack, SetValue
from core.document.edits import Placement
from core.document.model import MarkerColor, Project, Track, TrackKind
from core.document.session import Session
from core.ids import ClipId, LinkId, MarkerId, TrackId
from core.media.facts import AudioFacts
from core.timebase import ZERO, Time, TimeRange

A, B, C, TOP = (ClipId(f"clip-{n}") for n in (0, 1, 2, 9))


def at(frame: int) -> Time:
    return Time.from_frame(frame, Fraction(25))


def a_timeline() -> Project:
    """Three clips end to end, frames 10 to 30 of 48; the first with linked sound; one clip on a second picture track."""
    project = a_project(clips=3)
    facts = replace(project.media[0], audio=(AudioFacts(1, "aac", 2, 48_000, ZERO, at(48)),))
    (track,) = project.tracks
    clips = [replace(c, start=at(20 * n), source=TimeRange(at(10), at(30))) for n, c in enumerate(track.clips)]
    clips[0] = replace(clips[0], link=LinkId("link"))
    sound = replace(clips[0], id=ClipId("clip-0.sound"))
    top = a_clip(facts, 9, start=at(70), source=TimeRange(ZERO, at(10)))
    tracks = (
        replace(track, clips=tuple(clips)),
        Track(TrackId("track-1"), TrackKind.VIDEO, "Video 2", (top,)),
        Track(TrackId("track-2"), TrackKind.AUDIO, "Audio 1", (sound,)),
    )
    return replace(project, media=(facts,), tracks=tracks)


class Hands:
    def __init__(self, qtbot: QtBot) -> None:
        self.bridge = SessionBridge(Session(a_timeline()))
        self.window = QWidget()
        self.canvas = TimelineCanvas(self.bridge, lambda *_: None, lambda _: None, self.window)
        self.desk = EditDesk(self.bridge, self.canvas)
        qtbot.addWidget(self.window)
        self.window.resize(1200, 500)
        self.canvas.setGeometry(0, 100, 1200, 400)
        self.window.show()
        self.canvas.state.is_snapping = False
        self.canvas.zoom_to_fit()
        self.canvas.seeked.connect(self.canvas.set_playhead)

    def lane(self, code: str) -> Lane:
        return next(lane for lane in self.canvas.state.rows if lane.code == code)

    def spot(self, code: str, frame: float, *, title: bool = False) -> QPointF:
        lane = self.lane(code)
        y = lane.top + (CLIP_TITLE_H / 2 if title else lane.height / 2 + 8)
        return QPointF(self.canvas.state.x(ZERO) + frame / 25 * self.canvas.state.scale.px_per_s, y)

    def drag(self, code: str, first: float, last: float, *, title: bool = False, to: str = "") -> None:
        begin, end = self.spot(code, first, title=title), self.spot(to or code, last, title=title)
        drag(self.canvas, begin, begin + (end - begin) * 0.5, end)

    def click(self, spot: QPointF, *, ctrl: bool = False) -> None:
        keys = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, keys, spot.toPoint())

    def cut(self, track: str = "track-0") -> list[tuple[str, int, int, int]]:
        lane = next(t for t in self.bridge.project.tracks if t.id == track)
        return [(c.id, *(round(float(t) * 25) for t in (c.start, c.span.end, c.source.start))) for c in lane.clips]  # type: ignore[misc]

    def spans(self, track: str) -> list[tuple[int, int]]:
        return [(start, end) for _, start, end, _ in self.cut(track)]


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    return Hands(qtbot)


def test_dragging_a_cut_rolls_it(hands: Hands) -> None:
    hands.drag("V1", 20, 25)
    assert hands.cut() == [(A, 0, 25, 10), (B, 25, 40, 15), (C, 40, 60, 10)]
    assert hands.bridge.session.undo_label == "Roll cut"


def test_with_the_trim_tool_an_end_ripples_the_picture_slips_and_the_title_slides(hands: Hands) -> None:
    hands.canvas.set_tool(Tool.TRIM)
    hands.drag("V1", 59.7, 55)
    assert hands.cut()[2] == (C, 40, 55, 10)
    assert hands.cut("track-1")[0][1] == 65, "what follows on other tracks ripples too"
    hands.drag("V1", 30, 26)
    assert hands.cut()[1] == (B, 20, 40, 14)
    hands.drag("V1", 30, 33, title=True)
    assert hands.cut() == [(A, 0, 23, 10), (B, 23, 43, 14), (C, 43, 55, 13)]


def test_the_razor_cuts_where_it_is_clicked_with_the_sound(hands: Hands) -> None:
    hands.canvas.set_tool(Tool.RAZOR)
    hands.click(hands.spot("V1", 8))
    assert [row[1:3] for row in hands.cut()][:2] == [(0, 8), (8, 20)]
    assert [row[1:3] for row in hands.cut("track-2")] == [(0, 8), (8, 20)]


def test_a_clip_dragged_to_another_track_lands_there(hands: Hands) -> None:
    hands.drag("V1", 50, 50, to="V2")
    assert [row[0] for row in hands.cut()] == [A, B]
    assert [row[0] for row in hands.cut("track-1")] == [C, TOP]
    hands.bridge.undo()
    assert hands.bridge.project == a_timeline()


def test_ctrl_click_and_the_rubber_band_select_and_sound_comes_along(hands: Hands) -> None:
    hands.click(hands.spot("V1", 5))
    assert hands.canvas.state.selection == {A, "clip-0.sound"}
    hands.click(hands.spot("V1", 50), ctrl=True)
    assert hands.canvas.state.selection == {A, "clip-0.sound", C}
    hands.click(hands.spot("V1", 5), ctrl=True)
    assert hands.canvas.state.selection == {C}
    begin, end = hands.spot("V2", 66), hands.spot("V1", 30)
    drag(hands.canvas, begin, (begin + end) / 2, end)
    assert hands.canvas.state.selection == {B, C}
    assert hands.canvas.state.band is None
    hands.canvas.set_linked(on=False)
    hands.click(hands.spot("A1", 5))
    assert hands.canvas.state.selection == {"clip-0.sound"}
    assert hands.canvas.state.selected is None


def test_a_drag_moves_the_whole_selection(hands: Hands) -> None:
    hands.click(hands.spot("V1", 50))
    hands.click(hands.spot("V2", 75), ctrl=True)
    hands.drag("V1", 50, 60)
    assert (hands.cut()[2][1], hands.cut("track-1")[0][1]) == (50, 80)
    assert hands.bridge.session.undo_label == "Move clips"


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("ripple_delete", [(A, 0, 20, 10), (C, 20, 40, 10)]),
        ("delete", [(A, 0, 20, 10), (C, 40, 60, 10)]),
        ("cut", [(A, 0, 20, 10), (C, 40, 60, 10)]),
        ("nudge_right", [(A, 0, 20, 10), (B, 21, 41, 10), (C, 41, 60, 11)]),
        ("nudge_left", [(A, 0, 19, 10), (B, 19, 39, 10), (C, 40, 60, 10)]),
        ("trim_start", [(A, 0, 20, 10), (B, 20, 35, 15), (C, 35, 55, 10)]),
        ("trim_end", [(A, 0, 20, 10), (B, 20, 25, 10), (C, 25, 45, 10)]),
    ],
)
def test_every_key_edits_the_selection(hands: Hands, id_: str, expected: list[tuple[str, int, int, int]]) -> None:
    hands.canvas.select(B)
    hands.canvas.set_playhead(at(25))
    hands.desk.handlers()[id_]()
    assert hands.cut() == expected


def test_what_was_copied_is_pasted_at_the_playhead_and_selected(hands: Hands) -> None:
    hands.canvas.select(A)
    hands.desk.copy()
    hands.canvas.set_playhead(at(60))
    hands.desk.handlers()["paste"]()
    pasted = hands.cut()[3]
    assert pasted[1:] == (60, 80, 10)
    assert hands.cut("track-2")[1][1:3] == (60, 80)
    clip, original = hands.bridge.project.clip(ClipId(pasted[0])), hands.bridge.project.clip(A)
    assert clip.link not in (None, original.link)
    assert hands.canvas.state.selection == {c.id for c in hands.bridge.project.clips() if c.link == clip.link}
    hands.canvas.set_playhead(at(30))
    hands.desk.handlers()["paste_insert"]()
    assert [row[1:3] for row in hands.cut()] == [(0, 20), (20, 30), (30, 50), (50, 60), (60, 80), (80, 100)]


def test_the_switches_of_a_head_hide_and_lock(hands: Hands) -> None:
    zones = switch_zones(hands.lane("V2"))
    hands.click(zones[Switch.ON].center())
    hands.click(zones[Switch.LOCK].center())
    track = hands.bridge.project.tracks[1]
    assert (track.is_on, track.is_locked) == (False, True)
    before = hands.bridge.project
    hands.drag("V2", 75, 90)
    assert hands.bridge.project is before, "a locked clip cannot be dragged"


def test_the_menu_of_a_head_adds_and_removes_tracks(hands: Hands) -> None:
    def choose(text: str, track: int) -> None:
        menu = track_menu(hands.canvas, hands.bridge, hands.bridge.project.tracks[track])
        next(a for a in menu.actions() if a.text().startswith(text)).trigger()
        menu.deleteLater()

    choose("Add picture track", 0)
    assert hands.lane("V3").label == "Video 3"
    choose("Remove track and its 1 clip", 1)
    assert [t.name for t in hands.bridge.project.tracks] == ["Video 1", "Audio 1", "Video 3"]


def test_the_menu_of_a_gap_closes_it(hands: Hands) -> None:
    hands.bridge.do(LiftClips((B,)))

    def closing(at_frame: int) -> QAction:
        (action,) = gap_menu(hands.canvas, hands.bridge, hands.bridge.project.tracks[0], at(at_frame)).actions()
        return action

    assert not closing(70).isEnabled()
    closing(25).trigger()
    assert hands.cut() == [(A, 0, 20, 10), (C, 20, 40, 10)]


def test_a_marker_is_set_told_of_dragged_and_removed(hands: Hands) -> None:
    mark: Callable[[], object] = hands.desk.handlers()["add_marker"]
    hands.canvas.set_playhead(at(30))
    mark()
    (marker,) = hands.bridge.project.markers
    mark()
    card = hands.window.findChild(MarkerCard)
    assert isinstance(card, MarkerCard)
    assert card.isVisible()
    QTest.keyClicks(card.name, "Too blue")
    QTest.keyClick(card.name, Qt.Key.Key_Return)
    card.note.setPlainText("At the horizon.")
    card.color.setCurrentIndex(card.color.findData(MarkerColor.RED))
    card.color.activated.emit(card.color.currentIndex())
    card.done.click()
    (marker,) = hands.bridge.project.markers
    assert (marker.name, marker.note, marker.color) == ("Too blue", "At the horizon.", MarkerColor.RED)
    x = hands.canvas.state.x(marker.time)
    to = hands.canvas.state.x(at(40))
    drag(hands.canvas, QPointF(x, 20), QPointF((x + to) / 2, 20), QPointF(to, 20))
    (marker,) = hands.bridge.project.markers
    assert marker.time == at(40)
    hands.canvas.open_marker(marker)
    card.remove.click()
    assert hands.bridge.project.markers == ()


def test_keys_go_from_cut_to_cut_and_from_marker_to_marker(hands: Hands) -> None:
    hands.bridge.do(AddMarker(MarkerId("m"), at(33)))
    seen = []
    for id_ in ("next_cut", "next_cut", "previous_marker", "next_cut", "previous_marker"):
        hands.desk.handlers()[id_]()
        seen.append(round(float(hands.canvas.state.playhead) * 25))
    assert seen == [20, 40, 33, 40, 33]


def test_an_adjustment_clip_lies_over_what_is_selected_and_is_trimmed_and_moved(hands: Hands) -> None:
    hands.canvas.select_clips((A, B))
    hands.desk.add_adjustment()
    (lane,) = [row for row in hands.canvas.state.rows if row.kind is LaneKind.ADJUSTMENT]
    assert (lane.code, lane.label) == ("C2", "Adjust 1")
    assert hands.canvas.state.rows[0] == lane
    (track,) = hands.bridge.project.tracks_of(TrackKind.ADJUSTMENT)
    assert hands.spans(track.id) == [(0, 40)]
    hands.drag("C2", 39.8, 50)
    assert hands.spans(track.id) == [(0, 50)]
    hands.drag("C2", 20, 25)
    assert hands.spans(track.id) == [(5, 55)]
    hands.bridge.undo()
    hands.bridge.undo()
    hands.bridge.undo()
    assert hands.bridge.project == a_timeline()


def test_the_look_of_an_adjustment_clip_is_at_hand_once_it_is_selected(hands: Hands) -> None:
    hands.canvas.select_clips((A, B))
    hands.desk.add_adjustment()
    (track,) = hands.bridge.project.tracks_of(TrackKind.ADJUSTMENT)
    assert hands.canvas.state.clip == track.clips[0]
    hands.canvas.select_all()
    assert hands.canvas.state.clip == track.clips[0], "what was at hand stays at hand"
    hands.canvas.select(A)
    hands.canvas.select_clips((track.clips[0].id, B))
    assert hands.canvas.state.selected == B, "a picture comes before what lies over it"


def test_an_adjustment_clip_is_copied_beside_itself(hands: Hands) -> None:
    hands.canvas.select_clips((A, B))
    hands.desk.add_adjustment()
    hands.desk.copy()
    hands.canvas.set_playhead(at(60))
    hands.desk.paste(Placement.OVERWRITE)
    (track,) = hands.bridge.project.tracks_of(TrackKind.ADJUSTMENT)
    assert hands.spans(track.id) == [(0, 40), (60, 100)]


def test_the_selection_fills_the_timeline(hands: Hands) -> None:
    hands.canvas.select_clips((B,))
    hands.canvas.zoom_to_selection()
    scale, width = hands.canvas.state.scale, hands.canvas.width() - HEAD_W
    assert scale.x(at(20)) == pytest.approx(0.05 * width, abs=1.0)
    assert scale.x(at(40)) == pytest.approx(0.95 * width, abs=1.0)


def test_the_timeline_of_two_thousand_clips_is_painted_once_and_then_scrubbed_over(qtbot: QtBot) -> None:
    project = a_project(clips=2000, media=a_media(frames=4))
    bridge = SessionBridge(Session(project))
    asked = []
    canvas = TimelineCanvas(bridge, lambda *a: asked.append(a), lambda _: None)
    qtbot.addWidget(canvas)
    canvas.resize(1200, 300)
    canvas.show()
    canvas.grab()
    painted = len(asked)
    for frame in range(0, 8000, 400):
        canvas.set_playhead(at(frame))
        canvas.grab()
    assert len(asked) == painted


def test_a_hidden_track_says_so_in_its_head(hands: Hands) -> None:
    before = hands.canvas.grab(hands.canvas.rect()).toImage()
    hands.bridge.do(SetTrack(TrackId("track-1"), is_on=False))
    after = hands.canvas.grab(hands.canvas.rect()).toImage()
    zone = switch_zones(hands.lane("V2"))[Switch.ON].toRect()
    assert before.copy(zone) != after.copy(zone)


def test_conditions_that_are_set_while_an_adjustment_is_selected_are_its_own(editor: Editor) -> None:
    shot = editor.add_clip(frames=10)
    editor.wait_for_picture()
    editor.act("add_adjustment")
    assert editor.clip.is_adjustment
    editor.window.context.do(SetValue(editor.window.context.clip.id, RAIN, 0.5))  # type: ignore[union-attr]
    editor.wait_for_picture()
    assert editor.clip.look.base[RAIN] == 0.5
    assert editor.window.bridge.project.clip(shot.id).look.is_as_shot
    editor.act("reset_look")
    assert editor.clip.look.is_as_shot
