"""Everything over the picture by keys and menus, what is ticked, said and remembered."""

from __future__ import annotations

from math import degrees, hypot, radians
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from window_kit import Editor, drag

from app.actions.table import ACTIONS, BY_ID
from app.theme import tokens as tk
from app.viewer.geometry import Wipe
from app.viewer.guides import Guide
from app.viewer.modes import ViewMode
from app.viewer.panel import LABELS_FROM_PX
from app.viewer.surround import SURROUNDS
from core.document.commands import SetValue
from core.render.messages import Layer


@pytest.fixture
def shown(editor: Editor) -> Editor:
    """A clip on the screen, the viewer in hand."""
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    editor.window.viewer.view.setFocus()
    editor.until(editor.window.viewer.view.hasFocus)
    return editor


def press(editor: Editor, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    keys = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        keys |= modifier
    editor.qtbot.keyClick(editor.window.viewer.view, key, keys)


ALT, SHIFT, CTRL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


# ---- guides and surround -----------------------------------------------------------------------------------------


def test_every_guide_and_surround_is_an_action_that_shows_its_state(shown: Editor) -> None:
    actions, view = shown.window.actions_by_id, shown.window.viewer.view
    for guide in Guide:
        assert actions[guide.action].isCheckable()
        assert not actions[guide.action].isChecked()
        shown.act(guide.action)
        assert actions[guide.action].isChecked()
        assert guide in view.guides
    shown.act(Guide.THIRDS.action)
    assert not actions[Guide.THIRDS.action].isChecked()


def test_a_frame_takes_the_tick_of_the_frame_before(shown: Editor) -> None:
    actions = shown.window.actions_by_id
    shown.act("guide_cinema")
    shown.act("guide_classic")
    assert not actions["guide_cinema"].isChecked()
    assert actions["guide_classic"].isChecked()
    assert shown.window.viewer.view.guides == {Guide.CLASSIC}
    assert Guide.CLASSIC.aspect == pytest.approx(4 / 3, abs=1e-4)


def test_one_surround_is_ticked_and_lies_around_the_picture(shown: Editor) -> None:
    actions, view = shown.window.actions_by_id, shown.window.viewer.view
    for surround in (*SURROUNDS, SURROUNDS[0]):
        shown.act(surround.action)
        assert [each.action for each in SURROUNDS if actions[each.action].isChecked()] == [surround.action]
        assert view.grab().toImage().pixelColor(2, 2) == surround.color


def test_every_surround_is_grey_and_one_is_what_colours_are_judged_on() -> None:
    assert all(s.color.red() == s.color.green() == s.color.blue() for s in SURROUNDS)
    code = SURROUNDS[-1].color.redF()
    assert ((code + 0.055) / 1.055) ** 2.4 == pytest.approx(0.18, abs=0.002)


# ---- source while held -------------------------------------------------------------------------------------------


def key(widget: QWidget, kind: QEvent.Type, which: Qt.Key, *, repeats: bool = False) -> None:
    QApplication.sendEvent(widget, QKeyEvent(kind, which, Qt.KeyboardModifier.NoModifier, "", repeats))


@pytest.mark.parametrize("mode", [ViewMode.RESULT, ViewMode.WIPE, ViewMode.DEPTH])
def test_the_source_is_shown_while_its_key_is_held(shown: Editor, mode: ViewMode) -> None:
    view = shown.window.viewer.view
    shown.act(f"view_{mode.value}")
    shown.qtbot.keyPress(view, Qt.Key.Key_H)
    assert view.mode is ViewMode.SOURCE
    assert shown.window.actions_by_id["peek"].isChecked()
    key(view, QEvent.Type.KeyRelease, Qt.Key.Key_H, repeats=True)
    assert view.mode is ViewMode.SOURCE
    key(view, QEvent.Type.KeyRelease, Qt.Key.Key_J)
    assert view.mode is ViewMode.SOURCE
    shown.qtbot.keyRelease(view, Qt.Key.Key_H)
    assert view.mode is mode
    assert not shown.window.actions_by_id["peek"].isChecked()


def test_from_the_source_the_result_is_shown_while_the_key_is_held(shown: Editor) -> None:
    view = shown.window.viewer.view
    shown.act("view_source")
    shown.qtbot.keyPress(view, Qt.Key.Key_H)
    assert view.mode is ViewMode.RESULT
    shown.qtbot.keyRelease(view, Qt.Key.Key_H)
    assert view.mode is ViewMode.SOURCE


def test_a_key_that_is_let_go_in_another_window_is_not_held_for_ever(shown: Editor) -> None:
    view = shown.window.viewer.view
    shown.act("view_result")
    shown.qtbot.keyPress(view, Qt.Key.Key_H)
    QApplication.sendEvent(shown.window, QEvent(QEvent.Type.WindowDeactivate))
    assert view.mode is ViewMode.RESULT


def test_from_the_menu_the_source_stays_until_the_next_time(shown: Editor) -> None:
    view = shown.window.viewer.view
    shown.act("view_result")
    shown.act("peek")
    key(view, QEvent.Type.KeyRelease, Qt.Key.Key_Return)
    assert view.mode is ViewMode.SOURCE
    shown.act("peek")
    assert view.mode is ViewMode.RESULT


def test_a_view_that_is_chosen_meanwhile_stays(shown: Editor) -> None:
    view = shown.window.viewer.view
    shown.qtbot.keyPress(view, Qt.Key.Key_H)
    shown.act("view_depth")
    shown.qtbot.keyRelease(view, Qt.Key.Key_H)
    assert view.mode is ViewMode.DEPTH


# ---- the wipe ----------------------------------------------------------------------------------------------------


def test_the_wipe_moves_by_keys(shown: Editor) -> None:
    view = shown.window.viewer.view
    for _ in range(5):
        press(shown, Qt.Key.Key_Right, ALT)
    rect = view.picture_rect
    assert (view.wipe.x - 0.5) * rect.width() == pytest.approx(0.05 * hypot(rect.width(), rect.height()))
    for _ in range(5):
        press(shown, Qt.Key.Key_Left, ALT)
    assert view.wipe.x == pytest.approx(0.5)
    for _ in range(200):
        press(shown, Qt.Key.Key_Left, ALT)
    assert view.wipe.x == 0.0


def test_the_wipe_turns_all_the_way_round_by_keys(shown: Editor) -> None:
    view = shown.window.viewer.view
    angles = []
    for _ in range(72):
        press(shown, Qt.Key.Key_Down, ALT)
        angles.append(round(degrees(view.wipe.angle_rad)))
    assert sorted(angles) == list(range(-175, 181, 5)) or sorted(angles) == list(range(-180, 176, 5))
    assert view.wipe.angle_rad == pytest.approx(0.0, abs=1e-9)
    press(shown, Qt.Key.Key_Up, ALT)
    assert degrees(view.wipe.angle_rad) == pytest.approx(-5.0)


def test_a_turned_wipe_moves_across_itself(shown: Editor) -> None:
    """A level one moves up and down."""
    view = shown.window.viewer.view
    for _ in range(18):
        press(shown, Qt.Key.Key_Down, ALT)
    press(shown, Qt.Key.Key_Right, ALT)
    assert view.wipe.x == pytest.approx(0.5)
    assert view.wipe.y > 0.5
    press(shown, Qt.Key.Key_Home, ALT)
    assert view.wipe == Wipe()


@pytest.mark.parametrize("angle", [20, 75, -50, 130, -170])
def test_the_wipe_is_dragged_at_any_angle(shown: Editor, angle: int) -> None:
    view = shown.window.viewer.view
    view.set_wipe(Wipe(angle_rad=radians(angle)))
    rect = view.picture_rect
    start = view.wipe.middle(rect)
    drag(view, start, start + QPointF(40, -30))
    assert view.wipe.middle(rect).x() == pytest.approx(start.x() + 40, abs=1)
    assert view.wipe.middle(rect).y() == pytest.approx(start.y() - 30, abs=1)
    assert round(degrees(view.wipe.angle_rad)) == angle


@pytest.mark.parametrize(
    ("angle", "cursor"),
    [(0, Qt.CursorShape.SplitHCursor), (90, Qt.CursorShape.SplitVCursor), (-170, Qt.CursorShape.SplitHCursor)],
)
def test_the_pointer_over_the_wipe_shows_which_way_it_goes(shown: Editor, angle: int, cursor: Qt.CursorShape) -> None:
    view = shown.window.viewer.view
    view.set_wipe(Wipe(angle_rad=radians(angle)))
    drag(view, view.wipe.middle(view.picture_rect))
    assert view.cursor().shape() is cursor


def test_moving_the_wipe_shows_it(shown: Editor) -> None:
    shown.act("view_depth")
    shown.act("wipe_left")
    assert shown.window.viewer.view.mode is ViewMode.WIPE


# ---- zoom and pan ------------------------------------------------------------------------------------------------


def test_the_picture_is_zoomed_about_its_middle_and_moved_by_keys(shown: Editor) -> None:
    view = shown.window.viewer.view
    before = view.picture_rect
    press(shown, Qt.Key.Key_Equal, ALT)
    assert view.picture_rect.width() == pytest.approx(before.width() * 1.25, rel=0.01)
    assert view.picture_rect.center().x() == pytest.approx(before.center().x(), abs=1)
    press(shown, Qt.Key.Key_Minus, ALT)
    assert view.picture_rect.width() == pytest.approx(before.width(), rel=0.01)
    here = view.picture_rect.topLeft()
    press(shown, Qt.Key.Key_Right, CTRL, SHIFT)
    press(shown, Qt.Key.Key_Down, CTRL, SHIFT)
    moved = view.picture_rect.topLeft() - here
    assert (moved.x(), moved.y()) == pytest.approx((-0.1 * view.width(), -0.1 * view.height()), abs=1)
    press(shown, Qt.Key.Key_Left, CTRL, SHIFT)
    press(shown, Qt.Key.Key_Up, CTRL, SHIFT)
    assert view.picture_rect.topLeft() == here


def test_the_probe_is_moved_by_keys(shown: Editor) -> None:
    probe = shown.window.viewer_desk.probe
    press(shown, Qt.Key.Key_I, ALT)
    assert probe.place.startswith("32, 24")
    press(shown, Qt.Key.Key_Right, CTRL, ALT, SHIFT)
    press(shown, Qt.Key.Key_Up, CTRL, ALT, SHIFT)
    assert probe.place.startswith("33, 23")


# ---- all of it can be reached ------------------------------------------------------------------------------------


def test_every_view_is_an_action_with_a_key() -> None:
    assert all(BY_ID[f"view_{mode.value}"].keys for mode in ViewMode)


def test_what_the_menu_of_the_viewer_leaves_out_has_a_key() -> None:
    assert all(spec.keys for spec in ACTIONS if spec.menu == "Viewer" and not spec.in_menu)


# ---- in the corners ----------------------------------------------------------------------------------------------


def test_dropped_frames_are_counted_in_the_corner_of_the_picture_while_it_plays(
    shown: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, player = shown.window.viewer.view, shown.window.player
    monkeypatch.setattr(type(player.count), "dropped", property(lambda _self: 3))
    shown.act("play")
    shown.until(lambda: "3 dropped" in view.playback)
    assert view.is_dropping
    corner = view.picture_rect.intersected(view.area).bottomRight().toPoint() - QPointF(30, 22).toPoint()
    plate = view.grab().toImage().copy(corner.x() - 60, corner.y() - 8, 80, 16)
    colors = {plate.pixelColor(x, y).name() for x in range(plate.width()) for y in range(plate.height())}
    assert any(QColor(c).red() > 150 and QColor(c).blue() < 100 for c in colors)  # said in the colour of warnings
    shown.act("stop")
    assert view.playback == ""


def test_labels_appear_where_there_is_room_for_them(qtbot: QtBot, shown: Editor) -> None:
    from app.viewer.panel import ViewerPanel

    panel = ViewerPanel()
    qtbot.addWidget(panel)
    assert LABELS_FROM_PX == 1150
    for width, count in ((1149, 1), (1150, len(panel._modes))):
        panel.resize(width, 600)
        panel.show_mode()
        assert sum(bool(button.text()) for button in panel._modes.values()) == count


# ---- what is said ------------------------------------------------------------------------------------------------


def test_the_viewer_says_what_it_shows(shown: Editor) -> None:
    view = shown.window.viewer.view
    assert view.accessibleName() == "Viewer"
    said = view.accessibleDescription()
    assert said.startswith("00:00:00:00. Wipe between Source and")
    assert "through 50 % and 50 % of the picture, turned by 0°" in said
    assert "Full size" in said
    press(shown, Qt.Key.Key_Down, ALT)
    assert "turned by 5°" in view.accessibleDescription()
    shown.act("view_depth")
    shown.until(lambda: view.ready is not None and view.ready.picture(Layer.DEPTH) is not None)
    assert "Depth, near is white. Full size." in view.accessibleDescription()
    press(shown, Qt.Key.Key_Right)
    shown.until(lambda: view.accessibleDescription().startswith("00:00:00:01."))


def test_what_is_missing_is_said(shown: Editor) -> None:
    view = shown.window.viewer.view
    view.show_message("road.mp4 is missing.", is_error=True)
    assert view.accessibleDescription() == "road.mp4 is missing."


def test_a_view_that_is_not_there_yet_says_so(shown: Editor) -> None:
    """A picture of another view is never called by its name."""
    view = shown.window.viewer.view
    shown.act("view_result")
    shown.until(lambda: view.ready is not None and view.ready.picture(Layer.SOURCE) is None)
    view.set_mode(ViewMode.FLICKER)
    assert "Flicker added to the source, not ready" in view.accessibleDescription()
    view.set_mode(ViewMode.SOURCE)
    assert "Source, not ready" in view.accessibleDescription()


def test_what_the_probe_reads_is_said(shown: Editor) -> None:
    view = shown.window.viewer.view
    shown.window.bridge.do(SetValue(shown.clip.id, "rain", 0.5))
    shown.act("probe")
    shown.until(lambda: "32, 24" in view.accessibleDescription() and "R 0." in view.accessibleDescription())


# ---- memory ------------------------------------------------------------------------------------------------------


def test_the_viewer_is_found_as_it_was_left(qtbot: QtBot, tmp_path: Path) -> None:
    first = Editor.open(qtbot, tmp_path)
    for id_ in (
        "view_signed",
        "probe",
        "overlays",
        "guide_classic",
        "guide_center",
        "surround_grey",
        "difference_gain",
    ):
        first.act(id_)
    first.close()
    second = Editor.open(qtbot, tmp_path)
    window = second.window
    view, actions = window.viewer.view, window.actions_by_id
    assert view.mode is ViewMode.SIGNED
    assert window.viewer_desk.probe.is_on
    assert not view.shows_overlays
    assert view.guides == {Guide.CLASSIC, Guide.CENTER}
    assert view.surround == SURROUNDS[-1].color
    assert view.pictures.gain == 8
    ticked = {id_ for id_, action in actions.items() if action.isChecked()}
    assert {"view_signed", "probe", "guide_classic", "guide_center", "surround_grey"} <= ticked
    assert ticked.isdisjoint({"view_wipe", "overlays", "surround_default", "peek"})
    second.close()


def test_a_tool_in_hand_is_no_view_to_be_remembered(shown: Editor) -> None:
    desk, view = shown.window.viewer_desk, shown.window.viewer.view
    shown.act("view_split")
    shown.act("brush")
    assert view.mode is ViewMode.MATTE
    assert '"split"' in desk.state


@pytest.mark.parametrize(
    "word", ["", "nonsense", "thirds|#000000|4", "[]", '{"mode": 3}', '{"mode": "of a later version"}']
)
def test_a_memory_that_cannot_be_read_changes_nothing(shown: Editor, word: str) -> None:
    before = shown.window.viewer_desk.state
    shown.window.viewer_desk.restore(word)
    assert shown.window.viewer_desk.state == before
    assert shown.window.viewer.view.surround == tk.VIEWER


def test_guides_and_surrounds_stand_in_menus_of_their_own(shown: Editor) -> None:
    menus = [m for a in shown.window.menuBar().actions() if isinstance(m := a.menu(), QMenu) and m.title() == "Viewer"]
    (viewer,) = menus
    submenus = {m.title(): [a.objectName() for a in m.actions()] for m in viewer.findChildren(QMenu)}
    assert submenus == {
        "Guides": [guide.action for guide in Guide],
        "Surround": [surround.action for surround in SURROUNDS],
    }
