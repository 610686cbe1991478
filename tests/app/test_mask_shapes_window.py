"""Shapes of a mask under real hands: drawn, edited and keyed over the picture and in the panel."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from window_kit import Editor, drag, send

from app.theme import tokens as tk
from app.timeline.layout import HEAD_W
from app.tools.shapes import ShapesTool
from app.viewer.tool import Pointer
from app.viewer.view import ViewerView
from app.widgets.marks import KeyState
from core.document.mask_shapes import (
    AnyForm,
    EllipseShape,
    LinearGradient,
    PathShape,
    RadialGradient,
    RectShape,
    Shape,
    ShapeOperation,
)
from core.timebase import Time

SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


@dataclass
class Hands:
    """A window with a clip under the playhead, and hands over its picture in picture shares."""

    editor: Editor

    @property
    def view(self) -> ViewerView:
        return self.editor.window.viewer.view

    def px(self, u: float, v: float) -> QPointF:
        rect = self.view.picture_rect
        return QPointF(rect.left() + u * rect.width(), rect.top() + v * rect.height())

    @property
    def aspect(self) -> float:
        rect = self.view.picture_rect
        return rect.width() / rect.height()

    def drag(self, *stops: tuple[float, float], keys: Qt.KeyboardModifier = NONE) -> None:
        first, *rest = (self.px(*stop) for stop in stops)
        drag(self.view, first, *rest, keys=keys)

    def click(self, u: float, v: float, keys: Qt.KeyboardModifier = NONE) -> None:
        drag(self.view, self.px(u, v), self.px(u, v), keys=keys)

    def double(self, u: float, v: float) -> None:
        self.click(u, v)
        send(self.view, QMouseEvent.Type.MouseButtonDblClick, self.px(u, v), down=True, keys=NONE)
        send(self.view, QMouseEvent.Type.MouseButtonRelease, self.px(u, v), down=False, keys=NONE)

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.view.setFocus()
        for key in keys:
            QTest.keyClick(self.view, key, modifier)

    def to_frame(self, n: int) -> None:
        window = self.editor.window
        window.playhead.seek(Time.from_frame(n, window.bridge.project.rate))

    @property
    def rate(self) -> Fraction:
        return self.editor.window.bridge.project.rate

    @property
    def tool(self) -> ShapesTool:
        return self.editor.window.workbench.shapes

    @property
    def shapes(self) -> tuple[Shape, ...]:
        clip = self.editor.window.context.clip
        assert clip is not None
        return clip.masks[-1].shapes if clip.masks else ()

    @property
    def shape(self) -> Shape:
        return self.shapes[-1]

    def undo_label(self) -> str | None:
        return self.editor.window.bridge.session.undo_label


@pytest.fixture
def hands(editor: Editor) -> Hands:
    editor.add_clip(frames=30)
    editor.wait_for_picture()
    return Hands(editor)


@pytest.mark.parametrize(
    ("action", "kind"),
    [("shape_ellipse", EllipseShape), ("shape_rectangle", RectShape), ("shape_radial", RadialGradient)],
)
def test_a_drag_draws_a_shape_from_corner_to_corner(hands: Hands, action: str, kind: type[AnyForm]) -> None:
    hands.editor.act(action)
    hands.drag((0.2, 0.3), (0.5, 0.5), (0.6, 0.7))
    form = hands.shape.form
    assert isinstance(form, kind)
    assert isinstance(form, EllipseShape | RectShape | RadialGradient)
    assert (form.x, form.y) == pytest.approx((0.4, 0.5), abs=0.003)
    assert form.width == pytest.approx(0.4 * hands.aspect, abs=0.005)
    assert form.height == pytest.approx(0.4, abs=0.005)
    assert len(hands.shapes) == 1
    hands.editor.act("undo")
    assert hands.shapes == ()


def test_a_linear_gradient_runs_from_press_to_release(hands: Hands) -> None:
    hands.editor.act("shape_linear")
    hands.drag((0.5, 0.2), (0.5, 0.8))
    form = hands.shape.form
    assert isinstance(form, LinearGradient)
    assert (form.x0, form.y0, form.x1, form.y1) == pytest.approx((0.5, 0.2, 0.5, 0.8), abs=0.003)


def test_a_click_alone_draws_nothing(hands: Hands) -> None:
    hands.editor.act("shape_ellipse")
    hands.click(0.5, 0.5)
    assert hands.shapes == ()
    assert not hands.editor.window.bridge.in_gesture


def test_clicks_set_a_polygon_and_the_first_point_closes_it(hands: Hands) -> None:
    hands.editor.act("shape_path")
    for at in ((0.3, 0.3), (0.7, 0.3), (0.5, 0.7), (0.3, 0.3)):
        hands.click(*at)
    form = hands.shape.form
    assert isinstance(form, PathShape)
    assert len(form.points) == 3
    assert all(p.is_corner for p in form.points)


def test_a_drag_of_the_pen_bends_the_point(hands: Hands) -> None:
    hands.editor.act("shape_path")
    hands.click(0.3, 0.3)
    hands.drag((0.7, 0.5), (0.7, 0.6))
    hands.click(0.3, 0.7)
    hands.press(Qt.Key.Key_Return)
    form = hands.shape.form
    assert isinstance(form, PathShape)
    assert form.points[1].out == pytest.approx((0.0, 0.1), abs=0.005)
    assert form.points[1].into == pytest.approx((0.0, -0.1), abs=0.005)


def test_backspace_takes_the_last_point_of_the_pen_back_and_escape_all(hands: Hands) -> None:
    hands.editor.act("shape_path")
    for at in ((0.3, 0.3), (0.7, 0.3), (0.9, 0.9)):
        hands.click(*at)
    hands.press(Qt.Key.Key_Backspace)
    hands.click(0.5, 0.7)
    hands.press(Qt.Key.Key_Enter)
    form = hands.shape.form
    assert isinstance(form, PathShape)
    assert form.points[2].x == pytest.approx(0.5, abs=0.003)
    hands.editor.act("shape_path")
    hands.click(0.1, 0.1)
    hands.press(Qt.Key.Key_Escape)
    assert hands.view.tool is hands.tool
    assert len(hands.shapes) == 1


@pytest.mark.parametrize("action", ["shape_path", "shape_ellipse", "shape_rectangle", "shape_linear", "shape_radial"])
def test_every_shape_can_be_made_and_moved_by_keys_alone(hands: Hands, action: str) -> None:
    hands.editor.act(action)
    hands.press(Qt.Key.Key_Return)
    before = hands.shape.form
    hands.press(Qt.Key.Key_Right, Qt.Key.Key_Down)
    assert hands.shape.form != before
    hands.press(Qt.Key.Key_Delete)
    assert hands.shapes == ()


def test_undo_takes_points_of_the_pen_back_before_anything_else(hands: Hands) -> None:
    hands.editor.act("shape_ellipse")
    hands.drag((0.2, 0.3), (0.6, 0.7))
    hands.editor.act("shape_path")
    for at in ((0.3, 0.3), (0.7, 0.3), (0.5, 0.7), (0.9, 0.9)):
        hands.click(*at)
    hands.press(Qt.Key.Key_Z, modifier=CTRL)
    hands.press(Qt.Key.Key_Return)
    assert [type(shape.form) for shape in hands.shapes] == [EllipseShape, PathShape]
    hands.press(Qt.Key.Key_Z, modifier=CTRL)
    assert [type(shape.form) for shape in hands.shapes] == [EllipseShape]


@pytest.mark.parametrize(("entry", "count"), [("Add point here", 4), ("Delete shape", 0)])
def test_the_menu_does_what_it_says_where_it_was_asked_for(hands: Hands, entry: str, count: int) -> None:
    a_triangle(hands)
    at = hands.px(0.5, 0.3)
    menu = hands.tool.menu(Pointer(0.5, 0.3, at, NONE, rect=hands.view.picture_rect))
    assert menu is not None
    next(action for action in menu.actions() if action.text() == entry).trigger()
    form = hands.shape.form if hands.shapes else None
    assert (len(form.points) if isinstance(form, PathShape) else 0) == count


def a_rectangle(hands: Hands) -> RectShape:
    hands.editor.act("shape_rectangle")
    hands.drag((0.4, 0.4), (0.6, 0.6))
    return rectangle(hands)


def rectangle(hands: Hands) -> RectShape:
    form = hands.shape.form
    assert isinstance(form, RectShape)
    return form


def test_a_shape_is_moved_by_its_inside_and_shift_keeps_it_on_its_row(hands: Hands) -> None:
    a_rectangle(hands)
    hands.drag((0.5, 0.45), (0.6, 0.55))
    assert (rectangle(hands).x, rectangle(hands).y) == pytest.approx((0.6, 0.6), abs=0.003)
    hands.drag((0.6, 0.65), (0.8, 0.7), keys=SHIFT)
    assert (rectangle(hands).x, rectangle(hands).y) == pytest.approx((0.8, 0.6), abs=0.003)
    assert hands.undo_label() == "Change rectangle"


def test_a_corner_pulls_and_the_opposite_one_stays_but_for_alt(hands: Hands) -> None:
    a_rectangle(hands)
    hands.drag((0.6, 0.6), (0.7, 0.8))
    form = rectangle(hands)
    assert (form.x - form.width / hands.aspect / 2, form.y - form.height / 2) == pytest.approx((0.4, 0.4), abs=0.003)
    assert form.height == pytest.approx(0.4, abs=0.005)
    hands.editor.act("undo")
    hands.drag((0.6, 0.6), (0.7, 0.8), keys=ALT)
    assert (rectangle(hands).x, rectangle(hands).y) == pytest.approx((0.5, 0.5), abs=0.003)
    assert rectangle(hands).height == pytest.approx(0.6, abs=0.01)


def test_the_grip_above_turns_and_shift_holds_steps(hands: Hands) -> None:
    a_rectangle(hands)
    stalk = hands.px(0.5, 0.4) - QPointF(0, 22)
    middle = hands.px(0.5, 0.5)
    away = middle.y() - stalk.y()
    drag(hands.view, stalk, middle + QPointF(away, 2), keys=NONE)
    assert rectangle(hands).rotation == pytest.approx(90.0, abs=3)
    hands.editor.act("undo")
    drag(hands.view, stalk, middle + QPointF(away * 0.7, -away * 0.8), keys=SHIFT)
    assert rectangle(hands).rotation == pytest.approx(45.0)


def a_triangle(hands: Hands) -> None:
    hands.editor.act("shape_path")
    for at in ((0.3, 0.3), (0.7, 0.3), (0.5, 0.7), (0.3, 0.3)):
        hands.click(*at)


def triangle(hands: Hands) -> PathShape:
    form = hands.shape.form
    assert isinstance(form, PathShape)
    return form


def test_points_are_dragged_added_and_deleted(hands: Hands) -> None:
    a_triangle(hands)
    hands.drag((0.5, 0.7), (0.5, 0.9))
    assert triangle(hands).points[2].y == pytest.approx(0.9, abs=0.003)
    hands.click(0.5, 0.3, keys=CTRL)
    assert len(triangle(hands).points) == 4
    assert triangle(hands).points[1].x == pytest.approx(0.5, abs=0.01)
    hands.press(Qt.Key.Key_Delete)
    assert len(triangle(hands).points) == 3
    hands.double(0.6, 0.3)
    assert len(triangle(hands).points) == 4


def test_alt_pulls_handles_out_of_a_corner_and_breaks_them(hands: Hands) -> None:
    a_triangle(hands)
    hands.drag((0.5, 0.7), (0.6, 0.7), keys=ALT)
    point = triangle(hands).points[2]
    assert point.out == pytest.approx((0.1, 0.0), abs=0.005)
    assert point.into == pytest.approx((-0.1, 0.0), abs=0.005)
    hands.drag((0.6, 0.7), (0.6, 0.8))
    point = triangle(hands).points[2]
    assert point.out == pytest.approx((0.1, 0.1), abs=0.005)
    assert point.into[1] < -0.02
    into = point.into
    hands.drag((0.6, 0.8), (0.65, 0.7), keys=ALT)
    assert triangle(hands).points[2].into == into


def test_a_double_click_makes_a_corner_smooth_and_a_bend_sharp(hands: Hands) -> None:
    a_triangle(hands)
    hands.double(0.5, 0.7)
    assert not triangle(hands).points[2].is_corner
    hands.double(0.5, 0.7)
    assert triangle(hands).points[2].is_corner


def test_tab_goes_from_point_to_point_and_then_leaves_the_picture(hands: Hands) -> None:
    a_triangle(hands)
    desk = hands.editor.window.shapes
    seen = []
    for _ in range(3):
        hands.press(Qt.Key.Key_Tab)
        seen.append(desk.point)
    assert seen == [0, 1, 2]
    assert hands.tool.hint == "Path, point 3 of 3"
    before = triangle(hands).points
    hands.press(Qt.Key.Key_Left, modifier=CTRL)
    assert triangle(hands).points[2].x < before[2].x
    assert triangle(hands).points[:2] == before[:2]
    assert hands.view.hasFocus()
    hands.press(Qt.Key.Key_Tab)
    assert not hands.view.hasFocus()


def test_escape_takes_a_drag_back(hands: Hands) -> None:
    before = a_rectangle(hands)
    drag(hands.view, hands.px(0.5, 0.5), hands.px(0.7, 0.7), release=False)
    assert rectangle(hands) != before
    QTest.keyClick(hands.view, Qt.Key.Key_Escape)
    assert rectangle(hands) == before


def test_a_keyed_shape_that_is_moved_at_another_frame_gets_a_key_there(hands: Hands) -> None:
    a_rectangle(hands)
    group = hands.editor.window.inspector.masks.shapes
    hands.to_frame(5)
    group.key.click()
    assert group.key.state is KeyState.HERE
    hands.to_frame(15)
    assert group.key.state is KeyState.ELSEWHERE
    hands.drag((0.5, 0.5), (0.7, 0.5))
    assert [k.time for k in hands.shape.keys] == [Time.from_frame(n, hands.rate) for n in (5, 15)]
    hands.to_frame(10)
    desk = hands.editor.window.shapes
    assert isinstance(desk.form, RectShape)
    assert 0.55 < desk.form.x < 0.65


def test_the_panel_lists_shapes_with_what_they_do(hands: Hands) -> None:
    a_rectangle(hands)
    group = hands.editor.window.inspector.masks.shapes
    assert [item.title for item in group.list.items] == ["1  Rectangle"]
    group.operation.chosen.emit(1)
    assert hands.shape.operation is ShapeOperation.SUBTRACT
    assert group.list.items[0].detail == "Cuts away"
    group.by_field["softness"].value_changed.emit(0.1)
    assert rectangle(hands).softness == 0.1
    group.list.removed.emit(hands.shape.id)
    assert hands.shapes == ()


def three_masks(hands: Hands) -> list[str]:
    panel = hands.editor.window.inspector.masks
    hands.editor.act("brush")
    for _ in range(3):
        panel.add_mask()
    return [item.title for item in panel.list.items]


def test_masks_change_places_by_a_drag_and_by_keys(hands: Hands) -> None:
    assert three_masks(hands) == ["Mask 1", "Mask 2", "Mask 3"]
    list_ = hands.editor.window.inspector.masks.list
    rows = [QPointF(list_.row_rect(i).center()) for i in range(3)]
    drag(list_, rows[0], rows[1], rows[2] + QPointF(0, 8))
    assert [item.title for item in list_.items] == ["Mask 2", "Mask 3", "Mask 1"]
    assert hands.undo_label() == "Move mask"
    list_.setFocus()
    QTest.keyClick(list_, Qt.Key.Key_Up, ALT)
    assert [item.title for item in list_.items] == ["Mask 2", "Mask 1", "Mask 3"]
    QTest.keyClick(list_, Qt.Key.Key_Up, ALT)
    QTest.keyClick(list_, Qt.Key.Key_Up, ALT)
    assert [item.title for item in list_.items] == ["Mask 1", "Mask 2", "Mask 3"]


def test_a_click_in_the_list_moves_nothing_and_escape_drops_a_drag(hands: Hands) -> None:
    three_masks(hands)
    list_ = hands.editor.window.inspector.masks.list
    rows = [QPointF(list_.row_rect(i).center()) for i in range(3)]
    drag(list_, rows[1], rows[1] + QPointF(0, 2))
    assert hands.undo_label() == "Add mask"
    drag(list_, rows[1], rows[2] + QPointF(0, 8), release=False)
    QTest.keyClick(list_, Qt.Key.Key_Escape)
    send(list_, QMouseEvent.Type.MouseButtonRelease, rows[2], down=False, keys=NONE)
    assert hands.undo_label() == "Add mask"


def test_a_shape_that_changes_places_acts_on_those_before_it(hands: Hands) -> None:
    a_rectangle(hands)
    hands.editor.act("shape_ellipse")
    hands.drag((0.2, 0.3), (0.5, 0.5))
    list_ = hands.editor.window.inspector.masks.shapes.list
    list_.setFocus()
    QTest.keyClick(list_, Qt.Key.Key_Up, ALT)
    assert [type(shape.form) for shape in hands.shapes] == [EllipseShape, RectShape]


def test_the_arrows_beside_the_diamond_go_from_key_to_key(hands: Hands) -> None:
    a_rectangle(hands)
    group, playhead = hands.editor.window.inspector.masks.shapes, hands.editor.window.playhead
    for n in (4, 9, 16):
        hands.to_frame(n)
        group.key.click()
    group.previous.click()
    assert playhead.time == Time.from_frame(9, hands.rate)
    group.previous.click()
    group.previous.click()
    assert playhead.time == Time.from_frame(4, hands.rate)
    group.next.click()
    assert playhead.time == Time.from_frame(9, hands.rate)


def test_the_timeline_shows_where_shapes_are_keyed(hands: Hands) -> None:
    a_rectangle(hands)
    canvas = hands.editor.window.timeline.canvas

    def marks() -> int:
        x, picture = HEAD_W + round(canvas.state.scale.x(Time.from_frame(8, hands.rate))), canvas.grab().toImage()
        return sum(picture.pixelColor(x, y) == tk.KEY for y in range(picture.height()))

    hands.to_frame(8)
    hands.to_frame(20)
    assert marks() == 0
    hands.to_frame(8)
    hands.editor.window.inspector.masks.shapes.key.click()
    hands.to_frame(20)
    assert marks() > 3


def test_a_shape_picked_in_the_list_has_its_grips_over_the_picture_and_keeps_the_list_in_focus(hands: Hands) -> None:
    a_rectangle(hands)
    hands.editor.act("brush")
    list_ = hands.editor.window.inspector.masks.shapes.list
    list_.setFocus()
    QTest.keyClick(list_, Qt.Key.Key_Down)
    assert hands.view.tool is hands.tool
    assert hands.editor.window.shapes.shape is hands.shape
    assert list_.hasFocus()
    hands.drag((0.5, 0.5), (0.6, 0.5))
    assert rectangle(hands).x == pytest.approx(0.6, abs=0.003)
