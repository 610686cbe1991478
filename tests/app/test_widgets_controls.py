"""Dials, groups, thumbnails, lists, seams: by hand."""

from __future__ import annotations

import math

import pytest
from hands import SHIFT, click, double_click, drag, key, move, press, release
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.theme.style import apply_theme
from app.widgets.dial import SunDial, WindDial
from app.widgets.group import Group
from app.widgets.item_list import Item, ItemList
from app.widgets.popover import Popover
from app.widgets.seam import SeamSplitter
from app.widgets.thumbs import Thumb, Thumbs


@pytest.fixture(scope="module", autouse=True)
def _themed(qapp: QApplication) -> None:
    apply_theme(qapp)


@pytest.fixture
def sun(qtbot: QtBot) -> SunDial:
    dial = SunDial()
    dial.resize(132, 132)
    dial.show_values(0.0, 45.0)
    qtbot.addWidget(dial)
    dial.show()
    return dial


def spot(dial: SunDial | WindDial, angle: float, amount: float) -> tuple[float, float]:
    point: QPointF = dial._at(angle, dial._radius_of(amount))
    return point.x(), point.y()


def test_the_sun_follows_the_hand_in_both_directions(sun: SunDial) -> None:
    said: list[tuple[float, float]] = []
    sun.values_changed.connect(lambda a, e: said.append((a, e)))
    drag(sun, [spot(sun, 0, 45), spot(sun, 45, 30), spot(sun, 90, 10)])
    azimuth, elevation = said[-1]
    assert azimuth == pytest.approx(90.0, abs=0.2)
    assert elevation == pytest.approx(10.0, abs=0.2)


def test_outside_the_thick_ring_the_sun_has_set(sun: SunDial) -> None:
    said: list[tuple[float, float]] = []
    sun.values_changed.connect(lambda a, e: said.append((a, e)))
    drag(sun, [spot(sun, 0, 45), spot(sun, 270, -9)])
    assert said[-1] == (pytest.approx(270.0, abs=0.2), pytest.approx(-9.0, abs=0.2))
    drag(sun, [spot(sun, 270, -9), (-500.0, 66.0)])
    assert said[-1][1] == -18.0


def test_shift_keeps_the_sun_on_the_axis_that_moved_first(sun: SunDial) -> None:
    said: list[tuple[float, float]] = []
    sun.values_changed.connect(lambda a, e: said.append((a, e)))
    drag(sun, [spot(sun, 0, 45), spot(sun, 20, 44), spot(sun, 90, 10)], SHIFT)
    assert said[-1] == (pytest.approx(90.0, abs=0.2), 45.0)


def test_taking_the_handle_off_centre_does_not_make_it_jump(sun: SunDial) -> None:
    said: list[tuple[float, float]] = []
    sun.values_changed.connect(lambda a, e: said.append((a, e)))
    x, y = spot(sun, 0, 45)
    click(sun, (x + 5, y + 5))
    assert said == []


def test_escape_lets_the_sun_go(sun: SunDial) -> None:
    events: list[str] = []
    sun.gesture_started.connect(lambda: events.append("start"))
    sun.gesture_cancelled.connect(lambda: events.append("cancel"))
    sun.gesture_committed.connect(lambda: events.append("commit"))
    press(sun, spot(sun, 0, 45))
    move(sun, spot(sun, 60, 20))
    key(sun, Qt.Key.Key_Escape)
    release(sun, spot(sun, 60, 20))
    assert events == ["start", "cancel"]


def test_arrows_turn_one_degree_and_shift_a_tenth(sun: SunDial) -> None:
    said: list[tuple[float, float]] = []
    sun.values_changed.connect(lambda a, e: said.append((a, e)))
    key(sun, Qt.Key.Key_Left)
    key(sun, Qt.Key.Key_Up, SHIFT)
    assert said == [(359.0, 45.0), (359.0, pytest.approx(45.1))]


def test_a_double_click_on_a_dial_resets_it(sun: SunDial, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sun.reset_requested, timeout=1000):
        double_click(sun, spot(sun, 0, 45))


def test_the_dial_says_what_it_shows(sun: SunDial) -> None:
    sun.show_values(248.4, -9.0)
    assert sun.accessibleName() == "Sun, azimuth 248.4 degrees, elevation -9.0 degrees"


def test_either_end_of_the_wind_arrow_can_be_pulled(qtbot: QtBot) -> None:
    wind = WindDial()
    wind.resize(96, 96)
    qtbot.addWidget(wind)
    said: list[tuple[float, float]] = []
    wind.values_changed.connect(lambda a, s: said.append((a, s)))
    wind.show_values(270.0, 10.0)
    drag(wind, [spot(wind, 270, 10), spot(wind, 300, 20)])
    assert said[-1] == (pytest.approx(300.0, abs=0.3), pytest.approx(20.0, abs=0.3))
    drag(wind, [spot(wind, 120, 20), spot(wind, 90, 5)])
    assert said[-1] == (pytest.approx(270.0, abs=0.3), pytest.approx(5.0, abs=0.3))


def test_a_group_folds_by_mouse_and_keyboard(qtbot: QtBot) -> None:
    group = Group("Weather", "weather")
    group.rows.addWidget(QLabel("row"))
    qtbot.addWidget(group)
    group.show()
    click(group.header, (60, 12))
    assert not group.body.isVisible()
    key(group.header, Qt.Key.Key_Right)
    assert group.body.isVisible()
    key(group.header, Qt.Key.Key_Space)
    assert not group.body.isVisible()


def test_alt_click_on_the_dots_resets_the_group(qtbot: QtBot) -> None:
    group = Group("Weather", "weather")
    group.resize(300, 40)
    qtbot.addWidget(group)
    more = group.header.findChildren(QWidget)[0]
    with qtbot.waitSignal(group.header.reset_requested, timeout=1000):
        click(more, modifiers=Qt.KeyboardModifier.AltModifier)


def test_thumbnails_wrap_to_the_width_and_are_chosen_by_hand(qtbot: QtBot) -> None:
    grid = Thumbs("Looks", thumb_w=96)
    grid.resize(248, 10)
    qtbot.addWidget(grid)
    grid.set_thumbs([Thumb(str(n), f"Look {n}") for n in range(5)])
    assert grid.cell(2).top() > grid.cell(1).top()
    assert grid.height() >= grid.cell(4).bottom()
    chosen: list[str] = []
    grid.chosen.connect(chosen.append)
    grid.stacked.connect(lambda id_: chosen.append(f"+{id_}"))
    centre = grid.cell(3).center()
    click(grid, (centre.x(), centre.y()))
    click(grid, (centre.x(), centre.y()), SHIFT)
    assert chosen == ["3", "+3"]


def test_the_keyboard_walks_the_thumbnails(qtbot: QtBot) -> None:
    grid = Thumbs("Looks", thumb_w=96)
    grid.resize(248, 10)
    qtbot.addWidget(grid)
    grid.set_thumbs([Thumb(str(n), f"Look {n}") for n in range(5)])
    chosen: list[str] = []
    grid.chosen.connect(chosen.append)
    for step in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        key(grid, step)
    assert chosen == ["3"]
    assert "Look 3" in grid.accessibleName()


def test_a_strip_brings_its_current_thumbnail_into_view(qtbot: QtBot) -> None:
    strip = Thumbs("Presets", thumb_w=57, is_strip=True)
    strip.resize(200, 10)
    qtbot.addWidget(strip)
    strip.set_thumbs([Thumb(str(n), f"Look {n}") for n in range(12)])
    strip.set_current("11")
    assert strip.rect().contains(strip.cell(11).center())


def test_a_strip_says_where_it_goes_on_and_goes_there_at_a_press(qtbot: QtBot) -> None:
    strip = Thumbs("Presets", thumb_w=57, is_strip=True)
    strip.resize(200, 60)
    qtbot.addWidget(strip)
    strip.set_thumbs([Thumb(str(n), f"Look {n}") for n in range(4)])
    assert strip.more == (False, True)
    chosen: list[str] = []
    strip.chosen.connect(chosen.append)
    click(strip, (195, 20))
    assert (strip.more, chosen) == ((True, False), [])
    click(strip, (5, 20))
    assert strip.more == (False, True)


@pytest.fixture
def masks(qtbot: QtBot) -> ItemList:
    listed = ItemList("Masks", can_rename=True)
    listed.resize(248, 100)
    qtbot.addWidget(listed)
    listed.set_items([Item("a", "Road", is_on=True), Item("b", "Sky", is_on=False)])
    listed.show()
    return listed


def test_the_eye_toggles_and_the_rest_of_the_row_selects(masks: ItemList) -> None:
    said: list[str] = []
    masks.toggled.connect(lambda id_: said.append(f"eye {id_}"))
    masks.selected.connect(lambda id_: said.append(f"row {id_}"))
    click(masks, (18, masks.row_rect(1).center().y()))
    click(masks, (120, masks.row_rect(1).center().y()))
    assert said == ["eye b", "row b"]


def test_renaming_takes_enter_and_escape_leaves_the_name(masks: ItemList) -> None:
    said: list[tuple[str, str]] = []
    masks.renamed.connect(lambda id_, name: said.append((id_, name)))
    field = masks.findChild(QLineEdit)
    assert field is not None
    double_click(masks, (120, masks.row_rect(0).center().y()))
    QTest.keyClicks(field, "Road surface")
    key(field, Qt.Key.Key_Return)
    masks.set_current("b")
    key(masks, Qt.Key.Key_F2)
    QTest.keyClicks(field, "Never")
    key(field, Qt.Key.Key_Escape)
    assert said == [("a", "Road surface")]


def test_delete_removes_the_selected_item(masks: ItemList) -> None:
    said: list[str] = []
    masks.removed.connect(said.append)
    key(masks, Qt.Key.Key_Down)
    key(masks, Qt.Key.Key_Down)
    key(masks, Qt.Key.Key_Delete)
    assert said == ["b"]


def test_a_problem_makes_its_row_taller_and_is_spoken(qtbot: QtBot) -> None:
    listed = ItemList("Media")
    listed.resize(200, 100)
    qtbot.addWidget(listed)
    listed.set_items([Item("a", "a.mp4"), Item("b", "b.mp4", problem="b.mp4 is not in /footage; put it back.")])
    listed.set_current("b")
    assert listed.row_rect(1).height() > listed.row_rect(0).height()
    assert "put it back" in listed.accessibleName()


def test_a_double_click_on_a_seam_restores_the_default(qtbot: QtBot) -> None:
    splitter = SeamSplitter(Qt.Orientation.Horizontal)
    splitter.resize(600, 100)
    for _ in range(2):
        splitter.addWidget(QWidget())
    qtbot.addWidget(splitter)
    splitter.show()
    splitter.set_default_sizes((200, 399))
    splitter.setSizes([400, 199])
    handle = splitter.handle(1)
    assert handle.width() >= 7
    double_click(handle, (handle.width() / 2, 50))
    assert math.isclose(splitter.sizes()[0], 200, abs_tol=1)


def test_a_popover_stays_inside_its_window_and_escape_puts_it_away(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(600, 400)
    anchor = QWidget(window)
    anchor.setGeometry(580, 376, 20, 24)
    qtbot.addWidget(window)
    window.show()
    popover = Popover(window)
    popover.content.addWidget(QLabel("Exporting"))
    popover.show_above(anchor)
    assert window.rect().contains(popover.geometry())
    key(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()
