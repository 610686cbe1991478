"""The scene of a shot, corrected by hand in the real window: sky, horizon, lights and vehicles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from window_kit import Editor, drag, send

from app.tools.object_paint import box_rect
from app.viewer.modes import ViewMode
from app.widgets.marks import KeyState
from core.document.model import Clip, StrokeMode
from core.document.storage import encode_project, load_project, save_project
from core.objects import Box, Facing, ObjectId, ObjectKind, SceneObject, Spot
from core.progress import Progress
from core.render.messages import AnalysisProgress, Layer, SceneKnown
from core.scene import Corrections, Presence, Scene, SunAsShot, Tracking
from core.timebase import Time

NONE = Qt.KeyboardModifier.NoModifier
CAR = ObjectId("vehicle-1")
CAR_BOX = Box(0.4, 0.55, 0.6, 0.75)


def a_tracked_car(frames: int = 20) -> Tracking:
    """One vehicle that stands still in the picture through the whole shot, with a position for every frame."""
    spots = tuple(Spot(frame, CAR_BOX) for frame in range(frames))
    return Tracking(objects=(SceneObject(CAR, ObjectKind.VEHICLE, spots, confidence=0.8),), untold=((4, 11),))


def a_scene(**rest: object) -> Scene:
    known = {"sky_confidence": 0.9, "ground_confidence": 0.2, "horizon_confidence": 0.7}
    return Scene(**{**known, "notes": ("No ground plane was found: rain will only veil this shot.",), **rest})  # type: ignore[arg-type]


class Shot:
    """A clip in the window whose scene is known, and what a hand over its picture does."""

    def __init__(self, editor: Editor) -> None:
        self.editor, self.window = editor, editor.window
        self.clip: Clip = editor.add_clip(frames=20)
        editor.wait_for_picture()
        self.window.workbench.set_workspace("Scene")
        editor.until(lambda: (shot := self.window.desk.shot) is not None and shot.tracking is not None)
        self.window.scenes.on_event(SceneKnown(self.clip.media, a_scene(), a_tracked_car()))  # in the engine's place
        self.view, self.page = self.window.viewer.view, self.window.inspector.scene
        self.start = self.window.bridge.project

    @property
    def said(self) -> Corrections:
        return self.window.bridge.project.scene_edits(self.clip.media).corrections

    def at(self, u: float, v: float) -> QPointF:
        rect = self.view.picture_rect
        return QPointF(rect.left() + u * rect.width(), rect.top() + v * rect.height())

    def click(self, u: float, v: float) -> None:
        drag(self.view, self.at(u, v))

    def menu(self, u: float, v: float) -> QMenu:
        spot = self.at(u, v).toPoint()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, self.view.mapToGlobal(spot), NONE)
        QApplication.sendEvent(self.view, event)
        return next(m for m in self.view.findChildren(QMenu) if m.isVisible())

    def key(self, code: Qt.Key) -> None:
        self.editor.qtbot.keyClick(self.view, code)


@pytest.fixture
def shot(editor: Editor) -> Shot:
    return Shot(editor)


def choose(menu: QMenu, text: str) -> None:
    next(a for a in menu.actions() if a.text() == text).trigger()
    menu.close()


# ---- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_was_found_and_how_sure(shot: Shot) -> None:
    facts = shot.page.facts
    assert (facts["Sky"].value, facts["Sky"].sure) == ("Found", 0.9)
    assert facts["Ground"].value == "No ground plane"
    assert facts["Horizon"].accessibleName() == "Horizon, 47.0 % down, 70% sure"
    assert shot.page.notes.text().splitlines() == [
        "No ground plane was found: rain will only veil this shot.",
        "The speed of the camera could not be told between frames 4 and 11; it is taken as even there.",
    ]
    (item,) = shot.page.objects.list.items
    assert (item.title, item.detail) == ("Vehicle", "Found, 80 % sure, whole shot")


def test_a_shot_that_was_not_looked_at_claims_nothing_and_shows_how_far_the_look_has_come(editor: Editor) -> None:
    clip = editor.add_clip()
    page = editor.window.inspector.scene
    assert {fact.value for fact in page.facts.values()} == {"Not looked for yet"}
    editor.window.scenes.on_event(AnalysisProgress(clip.id, Progress("Following the camera", 5, 20, 1.0)))
    assert page.progress.fraction == 0.25
    assert page._progress_text.text() == "Following the camera, 5 of 20"
    editor.window.scenes.on_event(SceneKnown(clip.media, a_scene(), None))
    assert page.progress.isHidden()


def test_sky_is_said_with_the_keyboard_and_undone(shot: Shot) -> None:
    shot.page.sky.setFocus()
    shot.editor.qtbot.keyClick(shot.page.sky, Qt.Key.Key_Right)
    shot.editor.qtbot.keyClick(shot.page.sky, Qt.Key.Key_Right)
    assert shot.said.sky is Presence.ABSENT
    assert shot.page.facts["Sky"].value == "No sky, as you said"
    shot.editor.act("undo")
    assert shot.said.sky is Presence.PRESENT
    shot.editor.act("undo")
    assert shot.window.bridge.project is shot.start


def test_the_camera_can_be_typed_and_is_reset_to_what_was_found(shot: Shot) -> None:
    row = shot.page.camera_height
    assert row.dot.isHidden()
    row.field.start_typing()
    shot.editor.qtbot.keyClicks(row.field._editor, "2.5")
    shot.editor.qtbot.keyClick(row.field._editor, Qt.Key.Key_Return)
    assert shot.said.camera_height_m == 2.5
    assert not row.dot.isHidden()
    row.dot.click()
    assert shot.said.camera_height_m is None
    assert row.value == Scene().camera.height_m


def test_the_sun_is_unknown_until_the_dial_says(shot: Shot) -> None:
    assert shot.said.sun is None
    dial = shot.page.dial
    assert not dial.isVisible()
    shot.page.sun_known.setFocus()
    shot.editor.qtbot.keyClick(shot.page.sun_known, Qt.Key.Key_Right)
    assert shot.said.sun == SunAsShot(135.0, 35.0)
    dial.setFocus()
    shot.editor.qtbot.keyClick(dial, Qt.Key.Key_Right)
    assert shot.said.sun == SunAsShot(136.0, 35.0)
    assert shot.window.bridge.session.undo_label == "Set sun as shot"
    shot.page.sun_known.chosen.emit(0)
    assert shot.said.sun is None


def test_three_points_of_a_shadow_tell_the_sun_in_one_undo_step(shot: Shot) -> None:
    shot.editor.qtbot.mouseClick(shot.page.shadow, Qt.MouseButton.LeftButton)
    assert shot.window.workbench.tool is shot.window.workbench.shadow
    for u, v in ((0.5, 0.7), (0.5, 0.5), (0.5, 0.9)):
        assert shot.said.sun is None
        shot.click(u, v)
    # The shadow comes towards the camera, so the sun stands straight ahead.
    assert shot.said.sun is not None
    assert min(shot.said.sun.azimuth_deg, 360.0 - shot.said.sun.azimuth_deg) < 2.0
    assert shot.page.dial.isVisible()
    assert shot.window.workbench.tool is None
    shot.editor.act("undo")
    assert shot.window.bridge.project is shot.start


def test_points_no_sun_fits_are_said_and_asked_for_again(shot: Shot) -> None:
    shot.editor.act("sun_by_shadow")
    said: list[str] = []
    shot.window.workbench.hint_changed.connect(said.append)
    for u, v in ((0.5, 0.7), (0.5, 0.8), (0.6, 0.9)):
        shot.click(u, v)
    assert said[-1].startswith("No sun fits these three points")
    assert shot.window.bridge.project is shot.start
    assert shot.window.workbench.tool is shot.window.workbench.shadow


def test_escape_takes_back_a_point_and_then_the_tool(shot: Shot) -> None:
    shot.editor.act("sun_by_shadow")
    shot.click(0.5, 0.7)
    shot.key(Qt.Key.Key_Escape)
    assert shot.window.workbench.tool is shot.window.workbench.shadow
    shot.key(Qt.Key.Key_Escape)
    assert shot.window.workbench.tool is None


def test_opening_the_page_has_the_scene_looked_for_without_a_look(editor: Editor) -> None:
    editor.add_clip()
    editor.wait_for_picture()
    assert editor.clip.look.is_as_shot
    editor.window.workbench.set_workspace("Scene")
    editor.until(lambda: editor.window.inspector.scene.facts["Sky"].value == "Found")


def test_the_maps_are_views_of_their_own(editor: Editor) -> None:
    editor.add_clip()
    editor.wait_for_picture()
    view = editor.window.viewer.view
    for mode, layer in ((ViewMode.SKY, Layer.SKY), (ViewMode.GROUND, Layer.GROUND), (ViewMode.DEPTH, Layer.DEPTH)):
        editor.act(f"view_{mode.value}")
        editor.until(lambda layer=layer: view.ready is not None and view.ready.picture(layer) is not None)
        assert view.mode is mode


# ---- sky and horizon in the picture -----------------------------------------------------------------------------------


def test_painting_sky_is_one_undo_step_and_comes_with_its_brush_bar(shot: Shot) -> None:
    assert shot.page.brush.isHidden()
    shot.editor.act("sky_brush")
    assert not shot.page.brush.isHidden()
    drag(shot.view, shot.at(0.3, 0.2), shot.at(0.4, 0.2), shot.at(0.5, 0.25))
    (stroke,) = shot.window.bridge.project.scene_edits(shot.clip.media).sky_strokes
    assert (len(stroke.points), stroke.mode) == (3, StrokeMode.ADD)
    shot.editor.act("sky_eraser")
    shot.click(0.4, 0.2)
    strokes = shot.window.bridge.project.scene_edits(shot.clip.media).sky_strokes
    assert [s.mode for s in strokes] == [StrokeMode.ADD, StrokeMode.ERASE]
    assert shot.view.overlay(shot.view.picture_rect.size().toSize()) is not None
    shot.editor.act("undo")
    shot.editor.act("undo")
    assert shot.window.bridge.project is shot.start
    assert not any(clip.masks for clip in shot.start.clips())


def test_putting_the_sky_brush_down_brings_back_what_was_compared(shot: Shot) -> None:
    before = shot.view.mode
    shot.editor.act("sky_brush")
    assert shot.view.mode is ViewMode.SKY
    shot.key(Qt.Key.Key_Escape)
    assert shot.view.tool is None
    assert shot.view.mode is before


def test_the_horizon_is_dragged_in_one_undo_step_and_finer_with_shift(shot: Shot) -> None:
    assert shot.view.guide is shot.window.workbench.horizon
    drag(shot.view, shot.at(0.2, 0.47), shot.at(0.2, 0.5), shot.at(0.2, 0.57))
    assert shot.said.horizon == pytest.approx(0.57, abs=0.002)
    drag(shot.view, shot.at(0.2, 0.57), shot.at(0.2, 0.67), keys=Qt.KeyboardModifier.ShiftModifier)
    assert shot.said.horizon == pytest.approx(0.58, abs=0.002)
    shot.editor.act("undo")
    shot.editor.act("undo")
    assert shot.window.bridge.project is shot.start


def test_the_horizon_lets_the_wipe_be_dragged_and_goes_with_its_page(shot: Shot) -> None:
    shot.window.workbench.set_mode(ViewMode.WIPE)
    drag(shot.view, shot.at(0.5, 0.8), shot.at(0.7, 0.8))
    assert shot.view.wipe.x == pytest.approx(0.7, abs=0.01)
    assert shot.said.horizon is None
    shot.window.workbench.set_workspace("Translate")
    assert shot.view.guide is None


# ---- objects in the picture -------------------------------------------------------------------------------------------


def test_a_click_adds_a_street_light_of_a_true_size(shot: Shot) -> None:
    shot.editor.act("objects")
    shot.click(0.2, 0.8)
    (light,) = shot.said.objects
    box = light.spots[0].box
    assert light.kind is ObjectKind.STREET_LIGHT
    assert box.bottom == pytest.approx(0.8, abs=0.01)
    # The ground at this row is height * focal / (row - horizon) away, and 8.6 m stand on it.
    assert box.height == pytest.approx(8.6 * (0.8 - 0.47) / 1.4, rel=0.05)
    assert shot.window.desk.selected == light.id
    drawn = box_rect(box, shot.view.picture_rect)
    assert shot.view.rect().contains(drawn.center().toPoint()) or box.top < 0
    shot.editor.act("undo")
    assert shot.window.bridge.project is shot.start


def test_a_street_light_clicked_above_the_horizon_is_placed_by_its_head(shot: Shot) -> None:
    shot.editor.act("objects")
    shot.click(0.3, 0.2)
    (light,) = shot.said.objects
    box = light.spots[0].box
    assert box.top == pytest.approx(0.2, abs=0.02)
    assert box.bottom > 0.47


def test_a_car_taken_away_stays_away_when_another_look_counts_otherwise(shot: Shot) -> None:
    shot.window.desk.remove(CAR)
    assert shot.page.objects.restore.text() == "Restore 1 removed"
    (car,) = a_tracked_car().objects
    elsewhere = replace(car, spots=tuple(Spot(f, Box(0.05, 0.55, 0.25, 0.75)) for f in range(20)))
    again = Tracking(objects=(elsewhere, replace(car, id=ObjectId("vehicle-2"))))
    shot.window.scenes.on_event(SceneKnown(shot.clip.media, a_scene(), again))
    (left,) = shot.window.workbench.objects.placed
    assert left.box.left == pytest.approx(0.05)
    shot.window.desk.remove(left.id)
    assert not shot.window.workbench.objects.placed
    assert shot.page.objects.restore.text() == "Restore 2 removed"
    shot.page.objects.restore.click()
    assert len(shot.window.workbench.objects.placed) == 2


def go_to(shot: Shot, frame: int) -> None:
    shot.window.playhead.seek(Time.from_frame(frame, shot.window.bridge.project.rate))
    assert shot.window.desk.frame_here == frame


def test_strength_and_position_of_a_lamp_are_keyframed_in_its_group_and_saved(shot: Shot, tmp_path: Path) -> None:
    shot.editor.act("objects")
    shot.click(0.3, 0.2)
    group, desk = shot.page.objects, shot.window.desk
    assert (group.strength.value, group.strength.diamond and group.strength.diamond.state) == (1.0, KeyState.NONE)
    assert group.position.state is KeyState.HERE
    frame = desk.frame_here or 0
    group.strength.key_toggled.emit()
    go_to(shot, frame + 8)
    desk.set_strength(0.0)
    group.position.click()
    go_to(shot, frame + 4)
    assert group.strength.value == pytest.approx(0.5)
    assert group.strength.diamond is not None
    assert group.strength.diamond.state is KeyState.ELSEWHERE
    assert group.position.state is KeyState.ELSEWHERE
    (light,) = shot.said.objects
    assert [spot.frame for spot in light.spots] == [frame, frame + 8]
    seen = desk.shot.at(frame + 4) if desk.shot else None
    assert seen is not None
    assert next(t for t in seen.objects if t.id == light.id).strength == pytest.approx(0.5)
    project = shot.window.bridge.project
    path = tmp_path / "lamps.wvp"
    save_project(path, encode_project(project, 1, tmp_path))
    assert load_project(path).project.scenes == project.scenes
    go_to(shot, frame + 8)
    group.position.click()
    group.strength.key_toggled.emit()
    (light,) = shot.said.objects
    assert ([spot.frame for spot in light.spots], [lv.frame for lv in light.levels]) == ([frame], [frame])


def test_the_label_of_a_lamp_says_how_high_and_how_far_away(shot: Shot) -> None:
    shot.editor.act("objects")
    shot.click(0.3, 0.2)
    tool = shot.window.workbench.objects
    (light,) = [thing for thing in tool.placed if thing.kind is ObjectKind.STREET_LIGHT]
    assert tool._name(light) == f"Street light, 9 m high, {light.at[2]:.0f} m away"


def test_a_found_car_is_moved_adopted_and_undone(shot: Shot) -> None:
    shot.editor.act("objects")
    drag(shot.view, shot.at(0.5, 0.65), shot.at(0.52, 0.66), shot.at(0.6, 0.7))
    (car,) = shot.said.objects
    assert car.id == CAR
    placed = next(p for p in shot.window.workbench.objects.placed if p.id == CAR)
    assert placed.box.center == pytest.approx((0.6, 0.7), abs=0.01)
    assert [spot.frame for spot in car.spots] == [0, 8, 16, 19]
    assert shot.page.objects.list.items[0].detail.startswith("Found, changed by hand")
    shot.editor.act("undo")
    assert shot.window.bridge.project is shot.start


def test_a_car_moved_at_two_frames_has_a_keyframe_at_each(shot: Shot) -> None:
    shot.editor.act("objects")
    drag(shot.view, shot.at(0.5, 0.65), shot.at(0.6, 0.65))
    shot.window.playhead.seek(Time.from_frame(12, shot.window.bridge.project.rate))
    shot.editor.wait_for_picture()
    drag(shot.view, shot.at(0.5, 0.65), shot.at(0.4, 0.65))
    (car,) = shot.said.objects
    by_frame = {spot.frame: spot.box.center[0] for spot in car.spots}
    assert by_frame[0] == pytest.approx(0.6, abs=0.01)
    assert by_frame[12] == pytest.approx(0.4, abs=0.01)
    menu = shot.menu(0.4, 0.65)
    choose(menu, "Remove keyframe here")
    (car,) = shot.said.objects
    assert 12 not in {spot.frame for spot in car.spots}


def test_a_vehicle_placed_by_hand_is_there_for_the_whole_shot_until_it_is_said_to_come_or_go(shot: Shot) -> None:
    shot.window.desk.set_kind(ObjectKind.VEHICLE)
    shot.editor.act("objects")
    shot.click(0.2, 0.8)
    rate = shot.window.bridge.project.rate

    def placed_at(frame: int) -> tuple[float, float] | None:
        """Left and bottom of the selected one."""
        known = shot.window.desk.shot
        assert known is not None
        boxes = [p.box for p in known.at(frame).objects if p.id == shot.window.desk.selected]
        return (round(boxes[0].left, 5), round(boxes[0].bottom, 5)) if boxes else None

    first = placed_at(0)
    assert first is not None
    assert placed_at(19) == first
    shot.window.playhead.seek(Time.from_frame(10, rate))
    shot.editor.wait_for_picture()
    middle = (0.2, first[1] - 0.02)
    drag(shot.view, shot.at(*middle), shot.at(middle[0] + 0.1, middle[1]))
    after = placed_at(19)
    assert after is not None
    assert (placed_at(0), after[0]) == (first, pytest.approx(first[0] + 0.1, abs=0.01))
    choose(shot.menu(middle[0] + 0.1, middle[1]), "Comes here")
    assert placed_at(9) is None
    assert placed_at(10) == placed_at(19)


def test_a_corner_resizes_and_escape_takes_it_back(shot: Shot) -> None:
    shot.editor.act("objects")
    shot.click(0.5, 0.65)
    assert shot.window.desk.selected == CAR
    assert shot.said.objects == ()
    drag(shot.view, shot.at(0.6, 0.75), shot.at(0.7, 0.85), release=False)
    (car,) = shot.said.objects
    assert car.spots[0].box.right == pytest.approx(0.7, abs=0.01)
    shot.key(Qt.Key.Key_Escape)
    assert shot.window.bridge.project == shot.start
    assert shot.view.tool is shot.window.workbench.objects
    shot.key(Qt.Key.Key_Escape)
    assert shot.view.tool is None


def test_the_right_click_menu_turns_off_faces_and_removes(shot: Shot) -> None:
    shot.editor.act("objects")
    choose(shot.menu(0.5, 0.65), "Turn off")
    assert not shot.said.objects[0].is_on
    facing = next(a.menu() for a in shot.menu(0.5, 0.65).actions() if a.text() == "Facing")
    assert isinstance(facing, QMenu)
    choose(facing, "Front")
    assert shot.said.objects[0].facing is Facing.FRONT
    choose(shot.menu(0.5, 0.65), "Remove")
    assert shot.said.objects == ()
    assert shot.page.objects.list.items == ()
    shot.page.objects.restore.click()
    assert [item.title for item in shot.page.objects.list.items] == ["Vehicle"]


def test_a_light_becomes_a_row(shot: Shot) -> None:
    shot.editor.act("objects")
    shot.click(0.3, 0.6)
    (light,) = shot.said.objects
    at = light.spots[0].box
    rows = next(a.menu() for a in shot.menu(at.center[0], at.bottom - 0.02).actions() if a.text() == "Make a row")
    assert isinstance(rows, QMenu)
    choose(rows, "Every 30 m")
    assert shot.said.objects[0].repeat_m == 30.0
    assert len([p for p in shot.window.workbench.objects.placed if p.kind is ObjectKind.STREET_LIGHT]) > 2
    assert shot.page.objects.spacing.value == 30.0


def test_objects_are_added_nudged_and_deleted_from_the_keyboard(shot: Shot) -> None:
    shot.editor.act("objects")
    frame = shot.window.playhead.time
    shot.key(Qt.Key.Key_Return)
    (light,) = shot.said.objects
    shot.key(Qt.Key.Key_Left)
    (moved,) = shot.said.objects
    assert moved.spots[0].box.left == pytest.approx(light.spots[0].box.left - 1 / 64, abs=1e-5)
    assert shot.window.playhead.time == frame
    shot.key(Qt.Key.Key_Delete)
    assert shot.said.objects == ()
    assert len(list(shot.window.bridge.project.clips())) == 1


@pytest.mark.parametrize("how", ["focus", "press"])
def test_a_key_that_is_held_while_the_hand_goes_elsewhere_ends_its_step(shot: Shot, how: str) -> None:
    shot.editor.act("objects")
    shot.key(Qt.Key.Key_Return)
    added = shot.window.bridge.project
    shot.editor.qtbot.keyPress(shot.view, Qt.Key.Key_Left)
    assert shot.window.bridge.in_gesture
    if how == "focus":
        QApplication.sendEvent(shot.view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))
    else:
        shot.click(0.1, 0.1)
        shot.editor.act("undo")
    assert not shot.window.bridge.in_gesture
    assert shot.window.bridge.project != added
    shot.editor.act("undo")
    assert shot.window.bridge.project == added
    shot.window.desk.select(shot.said.objects[0].id)
    shot.editor.qtbot.keyPress(shot.view, Qt.Key.Key_Right)
    assert shot.window.bridge.in_gesture, "the next key begins a step of its own"
    shot.editor.qtbot.keyRelease(shot.view, Qt.Key.Key_Right)


def test_the_list_chooses_what_the_picture_shows_as_chosen(shot: Shot) -> None:
    shot.editor.act("objects")
    shot.page.objects.list.setFocus()
    shot.editor.qtbot.keyClick(shot.page.objects.list, Qt.Key.Key_Down)
    assert shot.window.desk.selected == CAR
    shot.editor.qtbot.keyClick(shot.page.objects.list, Qt.Key.Key_Space)
    assert not shot.said.objects[0].is_on


def test_every_part_of_the_page_has_a_name_and_can_be_reached(shot: Shot) -> None:
    page = shot.page
    parts = [page.sky, page.paint, page.erase, page.clear, page.horizon.field, page.view.field, page.dial]
    parts += [page.sun_known, page.objects.kind, page.objects.place, page.objects.list]
    for part in parts:
        assert part.accessibleName() or getattr(part, "text", lambda: "")()
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_tools_draw_over_the_picture_at_any_zoom(shot: Shot, qtbot: QtBot, tmp_path: Path) -> None:
    before = shot.view.grab().toImage()
    shot.editor.act("objects")
    send(shot.view, QMouseEvent.Type.MouseMove, shot.at(0.5, 0.65), down=False, keys=NONE)
    assert shot.view.grab().toImage() != before
    shot.window.viewer.zoom_to(4.0)
    shot.click(0.5, 0.65)
    assert shot.window.desk.selected == CAR
