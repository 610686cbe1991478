"""The command palette: matching, order, greyed rows, conditions with a value; then the real window."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from window_kit import Editor

from app.palette.entries import Entry, ranked, setting_of
from app.palette.matching import match
from app.palette.window import CommandPalette
from core.condition import HAZE, SCHEMA, SUN_ELEVATION, WIND_SPEED
from core.ids import AxisId
from core.settings import load_settings
from core.timebase import ZERO

# ---- matching -----------------------------------------------------------------------------------------------------

TEXTS = st.text(alphabet=string.ascii_letters + " …é", max_size=24)


@given(TEXTS, st.data())
def test_letters_of_a_text_in_their_order_always_match_it(text: str, data: st.DataObject) -> None:
    letters = [i for i, c in enumerate(text) if not c.isspace()]
    chosen = sorted(data.draw(st.sets(st.sampled_from(letters)))) if letters else []
    found = match("".join(text[i] for i in chosen), text)
    assert found is not None
    assert list(found.at) == sorted(set(found.at))
    assert [text[i].casefold() for i in found.at] == [text[i].casefold() for i in chosen]


def test_letters_that_are_not_there_do_not_match() -> None:
    assert match("xyz", "Export") is None
    assert match("tropxe", "Export") is None


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("exp", "Export", "Next panel"),
        ("rd", "Ripple delete", "Record"),
        ("mark", "Add marker", "Make a rank"),
        ("split", "Split at playhead", "Simplify it"),
    ],
)
def test_beginnings_of_words_and_runs_of_letters_come_first(query: str, better: str, worse: str) -> None:
    one, other = match(query, better), match(query, worse)
    assert one is not None
    assert other is None or one.score > other.score


def entries(*texts: str, grey: tuple[str, ...] = ()) -> tuple[Entry, ...]:
    return tuple(Entry(t, t, "Menu", reason="no clip" if t in grey else "") for t in texts)


def test_without_a_query_what_was_run_lately_comes_first() -> None:
    found = ranked("", entries("a", "b", "c", "d"), ("c", "b"))
    assert [f.entry.id for f in found] == ["c", "b", "a", "d"]


def test_of_equals_the_one_that_can_be_run_comes_first() -> None:
    found = ranked("cut", entries("Cut a", "Cut b", grey=("Cut a",)), ())
    assert [f.entry.id for f in found] == ["Cut b", "Cut a"]


def test_the_menu_counts_less_than_the_name() -> None:
    named, other = Entry("1", "Play", "View"), Entry("2", "Loop", "Play")
    assert [f.entry.id for f in ranked("play", (other, named), ())] == ["1", "2"]


@pytest.mark.parametrize(
    ("query", "axis", "value"),
    [
        ("haze 40", HAZE, 0.4),
        ("Haze 40 %", HAZE, 0.4),
        ("haze -12.5", HAZE, -0.125),
        ("sun elev \u22126", SUN_ELEVATION, -6.0),
        ("wind 12 m/s", WIND_SPEED, 12.0),
    ],
)
def test_a_condition_and_a_value_are_read_as_a_person_reads_them(query: str, axis: AxisId, value: float) -> None:
    setting = setting_of(query)
    assert setting is not None
    assert (setting.axis.id, setting.value) == (axis, pytest.approx(value))
    assert not setting.problem


@pytest.mark.parametrize("axis", SCHEMA, ids=lambda a: a.id)
def test_every_condition_is_found_by_its_own_name(axis: object) -> None:
    from core.condition import Axis

    assert isinstance(axis, Axis)
    setting = setting_of(f"{axis.label} {axis.high * axis.shown_scale:g}")
    assert setting is not None
    assert setting.axis.id == axis.id


def test_a_value_out_of_range_is_refused_with_the_range() -> None:
    setting = setting_of("haze 400")
    assert setting is not None
    assert "100" in setting.problem


@pytest.mark.parametrize("query", ["", "40", "export", "zzz 4", "haze", "4 haze"])
def test_what_names_no_condition_with_a_value_is_left_to_the_actions(query: str) -> None:
    assert setting_of(query) is None


# ---- the window ---------------------------------------------------------------------------------------------------


def open_palette(editor: Editor) -> CommandPalette:
    editor.window.activateWindow()
    editor.until(editor.window.isActiveWindow)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(editor.window, Qt.Key.Key_P, keys)
    palette = next(p for p in editor.window.findChildren(CommandPalette) if p.isVisible())
    assert isinstance(palette, CommandPalette)
    return palette


def test_a_few_letters_and_enter_run_an_action_which_is_recent_then(editor: Editor) -> None:
    editor.add_clip()
    palette = open_palette(editor)
    QTest.keyClicks(palette.query, "add mark")
    QTest.keyClick(palette.query, Qt.Key.Key_Return)
    assert len(editor.window.bridge.project.markers) == 1
    assert load_settings().settings.recent_commands == ("add_marker",)
    again = open_palette(editor)
    assert again.chosen is not None
    assert again.chosen.id == "add_marker"
    QTest.keyClick(again.query, Qt.Key.Key_Escape)
    assert not again.isVisible()


def test_a_grey_row_says_why_and_does_not_run(editor: Editor) -> None:
    palette = open_palette(editor)
    QTest.keyClicks(palette.query, "split at play")
    entry = palette.chosen
    assert entry is not None
    assert entry.reason == "add a clip first"
    assert entry.reason in palette.query.accessibleDescription()
    QTest.keyClick(palette.query, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.close()


def test_a_condition_is_set_on_the_selected_clip_in_one_undo_step(editor: Editor) -> None:
    clip = editor.add_clip()
    editor.window.timeline.canvas.select(clip.id)
    palette = open_palette(editor)
    QTest.keyClicks(palette.query, "haze 40")
    QTest.keyClick(palette.query, Qt.Key.Key_Return)
    assert editor.window.bridge.project.clip(clip.id).look.value_at(HAZE, ZERO) == pytest.approx(0.4)
    editor.act("undo")
    assert editor.window.bridge.project.clip(clip.id).look.value_at(HAZE, ZERO) == 0.0


def test_the_arrows_move_in_the_list_and_wrap_while_the_line_keeps_the_focus(editor: Editor) -> None:
    palette = open_palette(editor)
    first = palette.chosen
    QTest.keyClick(palette.query, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == palette.model.rowCount() - 1
    QTest.keyClick(palette.query, Qt.Key.Key_Down)
    assert palette.chosen == first
    QTest.keyClicks(palette.query, "qqqq")
    assert palette.nothing.isVisible()
    assert palette.chosen is None
    QTest.keyClick(palette.query, Qt.Key.Key_Return)
    palette.close()


def test_every_action_but_itself_is_in_the_palette(editor: Editor) -> None:
    ids = [entry.id for entry in editor.window.house.entries()]
    assert set(ids) == set(editor.window.actions_by_id) - {"palette"}
