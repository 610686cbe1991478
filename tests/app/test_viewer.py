"""The viewer: where the picture stands, the wipe, and what is painted."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from window_kit import drag

from app.theme import tokens as tk
from app.viewer.geometry import ViewTransform, Wipe
from app.viewer.images import held, tinted
from app.viewer.modes import ViewMode
from app.viewer.reference import Reference
from app.viewer.view import ViewerView
from core.render.messages import Layer, Picture8, PreviewReady, Quality
from core.timebase import ZERO

AREA = QRectF(0, 0, 1000, 700)
SIZE = (1920, 1080)


def a_picture(blue: int, green: int, red: int) -> Picture8:
    pixels = np.empty((54, 96, 4), np.uint8)
    pixels[:] = (blue, green, red, 255)
    return Picture8(pixels)


def a_view(qtbot: QtBot, mode: ViewMode = ViewMode.WIPE) -> ViewerView:
    """Blue source, red result."""
    view = ViewerView()
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    view.canvas_size = SIZE
    view.set_mode(mode)
    layers = ((Layer.SOURCE, a_picture(200, 0, 0)), (Layer.RESULT, a_picture(0, 0, 200)))
    view.show_pictures(PreviewReady(1, ZERO, Quality.HALF, True, layers, 1.0))
    return view


def color_at(view: ViewerView, u: float, v: float) -> QColor:
    rect = view.picture_rect
    image = view.grab().toImage()
    return image.pixelColor(round(rect.left() + u * rect.width()), round(rect.top() + v * rect.height()))


def test_a_fitted_picture_leaves_its_edge_visible() -> None:
    rect = ViewTransform().rect(AREA, SIZE, 1.0)
    assert rect.width() == 984
    assert rect.center().y() == pytest.approx(350, abs=1)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_one_to_one_is_one_picture_pixel_on_one_device_pixel(ratio: float) -> None:
    assert ViewTransform(1.0).rect(AREA, SIZE, ratio).width() == 1920 / ratio


def test_zooming_keeps_the_picture_point_under_the_pointer() -> None:
    at = QPointF(300, 200)
    before = ViewTransform().rect(AREA, SIZE, 1.0)
    after = ViewTransform().zoomed(2.0, at, AREA, SIZE, 1.0).rect(AREA, SIZE, 1.0)
    for one, two, here in ((before.left(), after.left(), 300), (before.top(), after.top(), 200)):
        size = (before.width(), after.width()) if here == 300 else (before.height(), after.height())
        assert (here - one) / size[0] == pytest.approx((here - two) / size[1], abs=0.002)


def test_panning_moves_the_picture_by_the_hand() -> None:
    moved = ViewTransform(1.0).panned(QPointF(30, -20), AREA, SIZE, 1.0).rect(AREA, SIZE, 1.0)
    rest = ViewTransform(1.0).rect(AREA, SIZE, 1.0)
    assert (moved.left() - rest.left(), moved.top() - rest.top()) == (30, -20)


def test_the_wipe_shows_source_on_one_side_and_result_on_the_other(qtbot: QtBot) -> None:
    view = a_view(qtbot)
    assert color_at(view, 0.25, 0.7).blue() > 150
    assert color_at(view, 0.75, 0.7).red() > 150


def test_dragging_the_line_moves_the_wipe(qtbot: QtBot) -> None:
    view = a_view(qtbot)
    rect = view.picture_rect
    drag(view, rect.center(), QPointF(rect.left() + 0.25 * rect.width(), rect.center().y()))
    assert view.wipe.x == pytest.approx(0.25, abs=0.01)
    assert color_at(view, 0.4, 0.7).red() > 150


def test_shift_drag_turns_the_wipe_and_a_double_click_recentres(qtbot: QtBot) -> None:
    view = a_view(qtbot)
    center = view.picture_rect.center()
    drag(view, center + QPointF(0, 60), center + QPointF(-90, 60), keys=Qt.KeyboardModifier.ShiftModifier)
    assert view.wipe.angle_rad == pytest.approx(0.98, abs=0.05)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=center.toPoint())
    assert view.wipe == Wipe()


def test_turning_the_wipe_never_swaps_its_sides() -> None:
    rect = QRectF(0, 0, 1000, 1000)
    wipe = Wipe()
    for step in range(40):
        angle = step * pi / 20
        wipe = wipe.turned_to(rect.center() + QPointF(-np.sin(angle) * 300, np.cos(angle) * 300), rect)
        assert wipe.angle_rad == pytest.approx(angle)


@pytest.mark.parametrize(
    ("mode", "is_red"), [(ViewMode.SOURCE, False), (ViewMode.RESULT, True), (ViewMode.MATTE, False)]
)
def test_a_single_view_fills_the_picture(qtbot: QtBot, mode: ViewMode, is_red: bool) -> None:
    view = a_view(qtbot, mode)
    assert all((color_at(view, u, 0.7).red() > 150) is is_red for u in (0.1, 0.9))


def test_side_by_side_shows_both_whole(qtbot: QtBot) -> None:
    view = a_view(qtbot, ViewMode.SPLIT)
    assert color_at(view, 0.3, 0.7).blue() > 150
    assert color_at(view, 0.7, 0.7).red() > 150
    rect = view.picture_rect
    assert rect.width() / rect.height() == pytest.approx(2.01 * 16 / 9, rel=0.02)


def test_an_error_stands_where_the_picture_would(qtbot: QtBot) -> None:
    view = a_view(qtbot)
    view.show_message("road.mp4 is missing.", is_error=True)
    assert view.ready is None
    assert color_at(view, 0.1, 0.9).value() < 40


def test_a_picture_outlives_its_message(qtbot: QtBot) -> None:
    image = held(a_picture(10, 20, 30)).image
    kept = held(a_picture(10, 20, 30))
    del image
    assert kept.image.pixelColor(5, 5) == QColor(30, 20, 10)


def test_the_matte_is_tinted_inside_and_opaque_along_its_edge() -> None:
    matte = np.zeros((20, 20), np.float32)
    matte[:, 10:] = 1.0
    image = tinted((matte, tk.MATTE), opacity=0.56).image
    assert image.pixelColor(2, 10).alpha() == 0
    assert image.pixelColor(17, 10).alpha() == pytest.approx(143, abs=1)
    assert image.pixelColor(10, 10).alpha() == 255


def test_painting_is_told_once_for_each_picture(qtbot: QtBot) -> None:
    view = a_view(qtbot)
    painted: list[object] = []
    view.painted.connect(painted.append)
    view.grab()
    view.grab()
    assert painted == [ZERO]


def test_a_reference_stands_on_the_sources_side_of_a_turned_wipe(qtbot: QtBot) -> None:
    view = a_view(qtbot)
    view.set_reference(Reference(held(a_picture(0, 200, 0)), "Still 3"))
    view.set_wipe(Wipe(angle_rad=pi / 2))
    assert color_at(view, 0.5, 0.3).green() > 150
    assert color_at(view, 0.5, 0.7).red() > 150
    view.set_mode(ViewMode.SOURCE)
    assert color_at(view, 0.5, 0.3).blue() > 150
    view.set_mode(ViewMode.WIPE)
    view.set_reference(None)
    assert color_at(view, 0.5, 0.3).blue() > 150


def test_a_reference_of_another_shape_has_bars(qtbot: QtBot) -> None:
    view = a_view(qtbot, ViewMode.SPLIT)
    upright = np.full((90, 30, 4), (0, 200, 0, 255), np.uint8)
    view.set_reference(Reference(held(Picture8(upright)), "Portrait"))
    assert color_at(view, 0.25, 0.5).green() > 150
    assert color_at(view, 0.05, 0.5).green() < 40
