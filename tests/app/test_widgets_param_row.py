"""The parameter row, driven by hand: drag, scrub, type, step, reset, key."""

from __future__ import annotations

import pytest
from hands import CTRL, SHIFT, click, double_click, drag, key, move, press, release, wheel
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.theme.style import apply_theme
from app.widgets.marks import KeyState
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from core.condition import AXES, HAZE, RAIN


class Log:
    """What a row said, in order."""

    def __init__(self, row: ParamRow) -> None:
        self.said: list[str | float] = []
        row.gesture_started.connect(lambda: self.said.append("start"))
        row.value_changed.connect(self.said.append)
        row.gesture_committed.connect(lambda: self.said.append("commit"))
        row.gesture_cancelled.connect(lambda: self.said.append("cancel"))
        row.key_toggled.connect(lambda: self.said.append("key"))
        row.reset_requested.connect(lambda: self.said.append("reset"))

    @property
    def values(self) -> list[float]:
        return [s for s in self.said if isinstance(s, float)]

    @property
    def events(self) -> list[str]:
        return [s for s in self.said if isinstance(s, str)]


@pytest.fixture(scope="module", autouse=True)
def _themed(qapp: QApplication) -> None:
    apply_theme(qapp)


@pytest.fixture
def row(qtbot: QtBot) -> ParamRow:
    made = ParamRow(ParamSpec.of_axis(AXES[RAIN]))
    made.resize(348, 24)
    made.show_value(0.46)
    qtbot.addWidget(made)
    made.show()
    return made


def handle(row: ParamRow, value: float) -> tuple[float, float]:
    """Where the slider's handle is for a value."""
    assert row.groove is not None
    return row.groove._x_of(value), 12.0


def editor(row: ParamRow) -> QLineEdit:
    found = row.field.findChild(QLineEdit)
    assert found is not None
    return found


def test_dragging_the_handle_is_one_gesture_that_follows_the_pointer(row: ParamRow) -> None:
    log = Log(row)
    assert row.groove is not None
    drag(row.groove, [handle(row, 0.46), handle(row, 0.6), handle(row, 0.8)])
    assert log.events == ["start", "commit"]
    assert log.values[-1] == pytest.approx(0.8, abs=0.002)


def test_shift_is_a_tenth_and_ctrl_ten_times(row: ParamRow) -> None:
    assert row.groove is not None
    for modifiers, factor in ((SHIFT, 0.1), (CTRL, 10.0)):
        row.show_value(0.46)
        log = Log(row)
        x, y = handle(row, 0.46)
        drag(row.groove, [(x, y), (x + 5, y)], modifiers)
        per_px = row.groove._per_px()
        assert log.values[-1] == pytest.approx(0.46 + 5 * per_px * factor, abs=0.0011)


def test_a_click_in_the_groove_brings_the_handle(row: ParamRow) -> None:
    log = Log(row)
    assert row.groove is not None
    click(row.groove, handle(row, 0.9))
    assert log.said == ["start", pytest.approx(0.9, abs=0.005), "commit"]


def test_a_click_on_the_handle_changes_nothing(row: ParamRow) -> None:
    log = Log(row)
    assert row.groove is not None
    click(row.groove, handle(row, 0.46))
    assert log.said == []


def test_escape_during_a_drag_cancels_wherever_the_focus_is(row: ParamRow, qtbot: QtBot) -> None:
    elsewhere = QWidget()
    qtbot.addWidget(elsewhere)
    log = Log(row)
    assert row.groove is not None
    press(row.groove, handle(row, 0.46))
    move(row.groove, handle(row, 0.7))
    key(elsewhere, Qt.Key.Key_Escape)
    assert log.events == ["start", "cancel"]
    move(row.groove, handle(row, 0.9))
    release(row.groove, handle(row, 0.9))
    assert log.events == ["start", "cancel"]


def test_dragging_the_number_scrubs_four_pixels_a_step(row: ParamRow) -> None:
    log = Log(row)
    drag(row.field, [(20, 10), (24, 10), (40, 10)])
    assert log.events == ["start", "commit"]
    assert log.values[-1] == pytest.approx(0.46 + 0.05)


def test_dragging_the_label_scrubs_too_and_escape_takes_it_back(row: ParamRow) -> None:
    log = Log(row)
    press(row, (20, 12))
    move(row, (60, 12))
    key(row, Qt.Key.Key_Escape)
    release(row, (60, 12))
    assert log.values == [pytest.approx(0.56)]
    assert log.events == ["start", "cancel"]


def test_a_click_types_and_arithmetic_counts(row: ParamRow) -> None:
    log = Log(row)
    click(row.field)
    assert row.field.is_typing
    assert editor(row).selectedText() == "46"
    QTest.keyClicks(editor(row), "46*1.2")
    key(editor(row), Qt.Key.Key_Return)
    assert log.said == ["start", pytest.approx(0.552), "commit"]
    assert not row.field.is_typing


def test_a_leading_plus_adds(row: ParamRow) -> None:
    log = Log(row)
    click(row.field)
    QTest.keyClicks(editor(row), "+5")
    key(editor(row), Qt.Key.Key_Return)
    assert log.values == [pytest.approx(0.51)]


def test_escape_while_typing_leaves_the_value(row: ParamRow) -> None:
    log = Log(row)
    click(row.field)
    QTest.keyClicks(editor(row), "99")
    key(editor(row), Qt.Key.Key_Escape)
    assert log.said == []
    assert not row.field.is_typing


def test_out_of_range_is_shown_with_its_range_and_not_applied(row: ParamRow) -> None:
    log = Log(row)
    problems: list[str] = []
    row.field.problem_changed.connect(problems.append)
    click(row.field)
    QTest.keyClicks(editor(row), "2100")
    assert problems[-1] == "0 to 100"
    key(editor(row), Qt.Key.Key_Return)
    assert row.field.is_typing
    assert log.said == []
    key(editor(row), Qt.Key.Key_Escape)
    assert problems[-1] == ""


def test_tab_while_typing_goes_to_the_next_value(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    row, below = (ParamRow(ParamSpec.of_axis(AXES[axis])) for axis in (RAIN, HAZE))
    column.addWidget(row)
    column.addWidget(below)
    host.show()
    log = Log(row)
    click(row.field)
    QTest.keyClicks(editor(row), "10")
    key(editor(row), Qt.Key.Key_Tab)
    assert log.values == [pytest.approx(0.1)]
    assert below.field.is_typing
    key(editor(below), Qt.Key.Key_Backtab)
    assert row.field.is_typing


def test_arrows_step_and_a_held_key_is_one_gesture(row: ParamRow) -> None:
    log = Log(row)
    assert row.groove is not None
    row.groove.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyPress(row.groove, Qt.Key.Key_Right)
    QTest.keyPress(row.groove, Qt.Key.Key_Right)
    QTest.keyRelease(row.groove, Qt.Key.Key_Right)
    assert log.events == ["start", "commit"]
    assert log.values == [pytest.approx(0.47), pytest.approx(0.48)]


def test_the_wheel_scrolls_unless_the_number_has_the_focus(row: ParamRow, qtbot: QtBot) -> None:
    log = Log(row)
    assert row.groove is not None
    assert not wheel(row.groove, 1).isAccepted()
    assert not wheel(row.field, 1).isAccepted()
    assert log.said == []
    row.activateWindow()
    row.field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(row.field.hasFocus)
    assert wheel(row.field, 1).isAccepted()
    assert log.values == [pytest.approx(0.47)]


def test_a_double_click_on_label_or_handle_resets(row: ParamRow) -> None:
    log = Log(row)
    assert row.groove is not None
    double_click(row, (20, 12))
    double_click(row.groove, handle(row, 0.46))
    assert log.events == ["reset", "reset"]


def test_the_dot_is_there_only_away_from_the_default(row: ParamRow) -> None:
    log = Log(row)
    assert row.dot.isVisible()
    click(row.dot)
    assert log.events == ["reset"]
    row.show_value(0.0)
    assert not row.dot.isVisible()


def test_the_diamond_asks_for_a_key_and_shows_three_states(row: ParamRow) -> None:
    log = Log(row)
    assert row.diamond is not None
    click(row.diamond)
    assert log.events == ["key"]
    pictures = set()
    for state in KeyState:
        row.show_value(0.46, state)
        pictures.add(row.diamond.grab().toImage().constBits().tobytes())
    assert len(pictures) == 3


def test_a_reader_hears_name_value_and_key(row: ParamRow) -> None:
    row.show_value(0.46, KeyState.HERE)
    assert row.groove is not None
    assert row.groove.accessibleName() == "Rain, 46 %, key on this frame"
    assert row.field.accessibleName() == "Rain, 46 %, key on this frame"
