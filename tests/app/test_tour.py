"""The tour: it points at the real window, goes by keyboard, and is shown by itself once."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest
from window_kit import Editor

from app.demo import demo_folder
from app.tour.steps import STEPS
from app.tour.tour import Card, Ring, Tour, card_place
from core.settings import load_settings


def running(editor: Editor) -> tuple[Tour, Card, Ring]:
    tour = editor.window.house.tour
    assert tour.card is not None
    assert tour.ring is not None
    editor.until(tour.card.isVisible)
    return tour, tour.card, tour.ring


def place_of(editor: Editor, number: int) -> QRect:
    widget, part = STEPS[number].point(editor.window)
    return QRect(widget.mapTo(editor.window, part.topLeft()), part.size())


def test_every_step_points_at_something_that_can_be_seen_and_leaves_it_free(editor: Editor) -> None:
    editor.add_clip()
    editor.act("left_panel")
    editor.act("tour")
    tour, card, ring = running(editor)
    for number, step in enumerate(STEPS):
        editor.until(lambda number=number: ring.geometry().contains(place_of(editor, number).center()))
        widget, _ = step.point(editor.window)
        assert widget.isVisible()
        assert step.title in card.accessibleName()
        assert editor.window.rect().contains(card.geometry())
        QTest.keyClick(card, Qt.Key.Key_Right)
    assert tour.step is None
    assert not card.isVisible()
    assert not ring.isVisible()


def test_the_keyboard_goes_back_and_leaves(editor: Editor) -> None:
    editor.add_clip()
    editor.act("tour")
    tour, card, _ring = running(editor)
    QTest.keyClick(card, Qt.Key.Key_Left)
    assert tour.step is STEPS[0]
    QTest.keyClick(card, Qt.Key.Key_Return)
    assert tour.step is STEPS[1]
    QTest.keyClick(card, Qt.Key.Key_Left)
    assert tour.step is STEPS[0]
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert tour.step is None


def test_the_window_works_on_while_the_tour_is_shown(editor: Editor) -> None:
    editor.add_clip()
    editor.act("tour")
    tour, _card, ring = running(editor)
    assert ring.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    tab = editor.window.top_bar.tab("Mask")
    QTest.mouseClick(tab, Qt.MouseButton.LeftButton)
    assert editor.window.viewer.view.tool is editor.window.workbench.brush
    assert tour.step is STEPS[0]
    tour.stop()


def test_it_is_shown_by_itself_once_and_for_the_demo_only(editor: Editor) -> None:
    tour = editor.window.house.tour
    editor.add_clip()
    editor.answers.place = editor.folder / "mine.wvp"
    editor.act("save_as")
    assert tour.step is None
    demo = demo_folder() / "Demo street.wvp"
    demo.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(editor.answers.place, demo)
    editor.window.documents.open(demo)
    assert tour.step is STEPS[0]
    assert load_settings().settings.tour_seen
    tour.stop()
    editor.window.documents.open(demo)
    assert tour.step is None
    editor.act("tour")
    assert tour.step is STEPS[0]
    tour.stop()


@given(
    x=st.integers(0, 1500),
    y=st.integers(0, 950),
    w=st.integers(1, 1600),
    h=st.integers(1, 1000),
)
def test_the_card_is_always_inside_the_window(x: int, y: int, w: int, h: int) -> None:
    window, card = QSize(1600, 1000), QSize(340, 130)
    target = QRect(x, y, w, h).intersected(QRect(0, 0, 1600, 1000))
    at = card_place(target, card, window)
    assert QRect(0, 0, 1600, 1000).contains(QRect(at, card))


@pytest.mark.parametrize("part", [QRect(0, 60, 250, 700), QRect(1300, 60, 300, 700), QRect(0, 740, 1300, 260)])
def test_the_card_stands_beside_a_panel_and_not_on_it(part: QRect) -> None:
    card = QSize(340, 130)
    assert not QRect(card_place(part, card, QSize(1600, 1000)), card).intersects(part)
