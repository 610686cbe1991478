"""Preferences in the real window: theme, keys, caches, panels of a workspace, and faults nobody caught."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot
from window_kit import Editor

from app.actions.keys import KeyMap, press
from app.actions.shortcuts import ShortcutList
from app.actions.table import ACTIONS, BY_ID
from app.bootstrap import Budgets
from app.crash_guard import CrashGuard
from app.preferences.dialog import PERFORMANCE, SHORTCUTS, Choice, PreferencesDialog
from app.theme import tokens as tk
from app.theme.style import apply_theme, is_high_contrast
from core.media.proxy import ProxyPolicy
from core.places import cache_dir
from core.render.messages import Quality
from core.settings import Binding, Device, PreviewSize, Settings, Theme, load_settings, save_settings, settings_path

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def dialog(editor: Editor, qapp: QApplication) -> Iterator[PreferencesDialog]:
    editor.window.activateWindow()
    editor.until(editor.window.isActiveWindow)
    QTest.keyClick(editor.window, Qt.Key.Key_Comma, CTRL)
    shown = editor.window.findChild(PreferencesDialog)
    assert shown is not None
    assert shown.isVisible()
    yield shown
    shown.close()
    apply_theme(qapp)


def pick(select: Choice, value: object) -> None:
    """With the keyboard, as a person: down until it is there."""
    select.setFocus()
    QTest.keyClick(select, Qt.Key.Key_Home)
    for _ in range(select.count()):
        if select.value == value:
            return
        QTest.keyClick(select, Qt.Key.Key_Down)
    raise AssertionError(f"{value} cannot be chosen")


# ---- the dialog ---------------------------------------------------------------------------------------------------


def test_high_contrast_changes_the_running_window_and_back(
    dialog: PreferencesDialog, editor: Editor, qapp: QApplication
) -> None:
    before = editor.window.grab().toImage()
    pick(dialog.theme, Theme.HIGH_CONTRAST)
    assert is_high_contrast(qapp)
    assert tk.LINE == tk.EDGE == tk.EDGE3
    assert editor.window.grab().toImage() != before
    assert load_settings().settings.theme is Theme.HIGH_CONTRAST
    pick(dialog.theme, Theme.NORMAL)
    assert not is_high_contrast(qapp)
    assert tk.EDGE != tk.EDGE3


def test_what_waits_for_the_next_start_is_said_when_it_changes(dialog: PreferencesDialog, editor: Editor) -> None:
    dialog.open_page(PERFORMANCE)
    said = dialog.waits.text()
    pick(dialog.device, Device.CPU)
    assert dialog.waits.text() != said
    assert "again" in dialog.waits.text()
    pick(dialog.device, Device.AUTO)
    assert dialog.waits.text() == said


def test_budgets_and_place_reach_what_builds_the_renderer(
    dialog: PreferencesDialog, editor: Editor, tmp_path: Path
) -> None:
    pick(dialog.memory, 4096)
    pick(dialog.analyses, 16)
    dialog._choose = lambda *_: str(tmp_path / "fast")
    QTest.mouseClick(dialog.change_place, Qt.MouseButton.LeftButton)
    assert "cannot be written" in dialog.waits.text()
    assert load_settings().settings.cache_folder == ""
    (tmp_path / "fast").mkdir()
    QTest.mouseClick(dialog.change_place, Qt.MouseButton.LeftButton)
    budgets = Budgets.of(load_settings().settings)
    assert (budgets.results_bytes, budgets.analyses_bytes) == (4 << 30, 16 << 30)
    assert budgets.folder("analyses") == tmp_path / "fast" / "analyses"
    QTest.mouseClick(dialog.usual_place, Qt.MouseButton.LeftButton)
    assert load_settings().settings.cache_folder == ""


def test_the_quality_at_rest_and_the_versions_kept_follow_at_once(dialog: PreferencesDialog, editor: Editor) -> None:
    pick(dialog.preview, PreviewSize.FULL)
    pick(dialog.versions, 32)
    assert editor.window.viewer.transport.quality is Quality.FULL
    assert editor.window.bridge.session.versions_kept == 32
    pick(dialog.proxies, ProxyPolicy.OFF)
    assert editor.window.proxies.policy is ProxyPolicy.OFF


def test_the_choice_under_the_picture_stands_while_other_preferences_change(
    dialog: PreferencesDialog, editor: Editor
) -> None:
    transport = editor.window.viewer.transport
    pick(dialog.preview, PreviewSize.FULL)
    transport.set_quality(Quality.DRAFT)
    pick(dialog.memory, 4096)
    assert transport.quality is Quality.DRAFT


def test_restoring_defaults_keeps_what_was_only_remembered(dialog: PreferencesDialog, editor: Editor) -> None:
    preferences = editor.window.house.preferences
    preferences.set(
        memory_mib=4096, shortcuts=(Binding("play", ("Ctrl+P",)),), recent_commands=("play",), tour_seen=True
    )
    QTest.mouseClick(dialog.defaults, Qt.MouseButton.LeftButton)
    assert load_settings().settings == Settings(recent_commands=("play",), tour_seen=True)


def test_a_damaged_file_is_said_in_the_status_bar(qtbot: QtBot, tmp_path: Path) -> None:
    settings_path().write_text("{", encoding="utf-8")
    editor = Editor.open(qtbot, tmp_path)
    assert "damaged" in editor.window.status.text
    editor.close()


def test_caches_lie_in_the_usual_place_while_their_disk_is_away(qtbot: QtBot, tmp_path: Path) -> None:
    save_settings(Settings(cache_folder=str(tmp_path / "unplugged")))
    editor = Editor.open(qtbot, tmp_path)
    assert "unplugged" in editor.window.status.text
    assert editor.window.house.budgets.folder("proxies") == cache_dir() / "proxies"
    assert load_settings().settings.cache_folder.endswith("unplugged")
    editor.close()


def test_every_control_of_the_dialog_has_a_name_and_can_be_reached_by_tab(dialog: PreferencesDialog) -> None:
    for control in (dialog.theme, dialog.preview, dialog.versions, dialog.device, dialog.memory, dialog.proxies):
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    page = dialog.shortcuts
    for control in (page.filter, page.tree, page.field):
        assert control.accessibleName()


# ---- keys ---------------------------------------------------------------------------------------------------------


def give(dialog: PreferencesDialog, id_: str, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    dialog.open_page(SHORTCUTS)
    page = dialog.shortcuts
    page.choose(id_)
    QTest.keyClick(page.tree, Qt.Key.Key_Return)
    QTest.keyClick(page.field, key, modifiers)


def test_pressed_keys_are_given_to_the_action_and_its_old_ones_taken(dialog: PreferencesDialog, editor: Editor) -> None:
    window = editor.window
    editor.add_clip()
    give(dialog, "add_marker", Qt.Key.Key_F3)
    assert load_settings().settings.shortcuts == (Binding("add_marker", ("F3",)),)
    dialog.close()
    window.activateWindow()
    editor.until(window.isActiveWindow)
    window.timeline.canvas.setFocus()
    QTest.keyClick(window, Qt.Key.Key_M)
    assert not window.bridge.project.markers
    QTest.keyClick(window, Qt.Key.Key_F3)
    assert len(window.bridge.project.markers) == 1


def test_a_key_of_another_action_is_named_and_moves_only_when_taken(dialog: PreferencesDialog, editor: Editor) -> None:
    page = dialog.shortcuts
    give(dialog, "play", Qt.Key.Key_S, CTRL)
    assert "“Save”" in page.said.text()
    assert editor.window.house.keys.keys("play") == ("Space",)
    QTest.mouseClick(page.keep, Qt.MouseButton.LeftButton)
    assert not page.take.isVisible()
    give(dialog, "play", Qt.Key.Key_S, CTRL)
    QTest.keyClick(page.take, Qt.Key.Key_Space)
    assert editor.window.house.keys.keys("play") == ("Ctrl+S",)
    assert editor.window.house.keys.keys("save") == ()
    assert editor.window.actions_by_id["save"].shortcuts() == []


@pytest.mark.parametrize(
    ("keys", "is_press"),
    [("?", "Shift+/"), ("Shift+?", "Shift+/"), ("Shift+/", "Shift+/"), ("/", "/"), ("Ctrl++", "Ctrl+Shift+="),
     ("Ctrl+Shift+=", "Ctrl+Shift+="), ("Ctrl+Shift++", "Ctrl+Shift+="), ("Ctrl+,", "Ctrl+,"), ("+", "Shift+="),
     ("Shift+Ctrl+P", "Ctrl+Shift+P"), ("Ctrl+K, ?", "Ctrl+K, Shift+/"), ("Space", "Space")],
)  # fmt: skip
def test_a_press_has_one_name(keys: str, is_press: str) -> None:
    assert press(keys) == is_press


def test_no_two_actions_of_the_table_share_a_press() -> None:
    owners = Counter(press(key) for spec in ACTIONS for key in spec.keys)
    assert [key for key, count in owners.items() if count > 1] == []


def test_shift_with_punctuation_is_known_by_its_other_name(dialog: PreferencesDialog, editor: Editor) -> None:
    """On a US keyboard Shift+[ comes as Shift+{."""
    page = dialog.shortcuts
    page.choose("play")
    QTest.keyClick(page.field, Qt.Key.Key_BraceLeft, Qt.KeyboardModifier.ShiftModifier)
    assert "Shift+[" in page.said.text()
    assert BY_ID["trim_start"].title in page.said.text()
    page.take.click()
    assert editor.window.house.keys.keys("trim_start") == ("Q",)


def test_a_tool_tip_tells_a_key_that_its_action_was_given_later(editor: Editor) -> None:
    house = editor.window.house
    button = editor.window.inspector.scene.shadow
    assert house.keys.keys(button.action) == ()
    assert button.toolTip() == "Read the sun from a shadow"
    house.preferences.set(shortcuts=house.keys.with_keys(button.action, ("F7",)).changed)
    assert button.toolTip() == "Read the sun from a shadow   F7"
    house.preferences.set(shortcuts=())
    assert button.toolTip() == "Read the sun from a shadow"


def test_one_or_all_actions_get_their_keys_back(dialog: PreferencesDialog, editor: Editor) -> None:
    page = dialog.shortcuts
    give(dialog, "play", Qt.Key.Key_F3)
    give(dialog, "stop", Qt.Key.Key_F4)
    page.choose("play")
    QTest.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    assert [b.action for b in load_settings().settings.shortcuts] == ["stop"]
    QTest.mouseClick(page.reset_all, Qt.MouseButton.LeftButton)
    assert load_settings().settings.shortcuts == ()
    assert all(editor.window.house.keys.keys(spec.id) == spec.keys for spec in ACTIONS)


def test_tool_tips_and_the_list_of_shortcuts_follow(dialog: PreferencesDialog, editor: Editor) -> None:
    give(dialog, "undo", Qt.Key.Key_F3)
    give(dialog, "play", Qt.Key.Key_F4)
    window = editor.window
    assert window.top_bar._buttons["undo"].toolTip().endswith("F3")
    assert window.viewer.transport._buttons["play"].toolTip() == "Play   F4"
    window.actions_by_id["shortcuts"].trigger()
    listed = window.findChild(ShortcutList)
    assert listed is not None
    words = [label.text() for label in listed.findChildren(QLabel)]
    assert words[words.index("F4") + 1] == "Play or pause"
    listed.close()


def test_the_menu_of_views_tells_the_keys_of_now(dialog: PreferencesDialog, editor: Editor) -> None:
    give(dialog, "view_depth", Qt.Key.Key_F3)
    editor.add_clip()
    panel = editor.window.viewer
    panel._show_maps_menu()
    menu = next(m for m in panel.findChildren(QMenu) if m.isVisible())
    assert ("Depth", "F3") in [(action.text(), action.shortcut().toString()) for action in menu.actions()]
    menu.close()


def test_the_filter_finds_by_action_menu_and_key(dialog: PreferencesDialog) -> None:
    page = dialog.shortcuts
    dialog.open_page(SHORTCUTS)

    def rows() -> set[str]:
        tops = [page.tree.topLevelItem(i) for i in range(page.tree.topLevelItemCount())]
        return {top.child(n).text(0) for top in tops if top for n in range(top.childCount())}  # type: ignore[union-attr]

    QTest.keyClicks(page.filter, "razor")
    assert rows() == {"Razor tool"}
    page.filter.setText("ctrl+b")
    assert "Split at playhead" in rows()
    page.filter.setText("playback marker")
    assert rows() == {"Add marker", "Previous marker", "Next marker"}


def test_a_key_has_one_owner_whatever_was_stored() -> None:
    keys = KeyMap.of((Binding("play", ("F3", "M")), Binding("stop", ("F3",)), Binding("gone", ("F4",))))
    for key in {k for spec in ACTIONS for k in keys.keys(spec.id)}:
        assert sum(key in keys.keys(spec.id) for spec in ACTIONS) == 1
    assert keys.keys("stop") == ()
    assert "M" not in keys.keys("add_marker")
    assert keys.reset("play").keys("play") == BY_ID["play"].keys


# ---- workspaces ---------------------------------------------------------------------------------------------------


def test_each_workspace_has_its_own_panels_and_keeps_them(editor: Editor, qtbot: QtBot, tmp_path: Path) -> None:
    editor.add_clip()
    window = editor.window
    window.workbench.set_workspace("Scene")
    editor.act("left_panel")
    window.room.rows.setSizes([400, 440])
    sizes = window.room.rows.sizes()
    window.workbench.set_workspace("Translate")
    assert window.browser.isVisible()
    window.workbench.set_workspace("Scene")
    assert not window.browser.isVisible()
    assert window.room.rows.sizes() == sizes
    editor.close()
    again = Editor.open(qtbot, tmp_path)
    again.add_clip(name="again.mp4")
    again.window.workbench.set_workspace("Scene")
    assert not again.window.browser.isVisible()
    again.close()


def test_resetting_the_layout_brings_every_panel_back(editor: Editor) -> None:
    editor.add_clip()
    window = editor.window
    usual = window.room.rows.sizes()
    for id_ in ("left_panel", "scopes"):
        editor.act(id_)
    window.room.rows.setSizes([300, 540])
    editor.act("reset_layout")
    assert window.browser.isVisible()
    assert window.scopes.isVisible()
    assert window.room.rows.sizes() == usual


# ---- faults -------------------------------------------------------------------------------------------------------


def test_what_a_slot_raises_is_logged_and_said_and_the_window_lives_on(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: heard.append(kind))
    guard = CrashGuard()
    guard.told.connect(editor.window.house.show_fault)

    def broken() -> None:
        raise RuntimeError("the slot broke")

    guard.install()
    try:
        action = editor.window.actions_by_id["about"]
        action.triggered.disconnect()
        action.triggered.connect(broken)
        action.trigger()
    finally:
        guard.remove()
    assert heard == [RuntimeError]  # who listened before the guard still hears of it
    assert str(guard.path) in editor.window.status.text
    assert "the slot broke" in guard.path.read_text(encoding="utf-8")
    editor.add_clip()


def test_the_hooks_are_as_before_once_the_guard_is_gone(qapp: QApplication) -> None:
    before = sys.excepthook
    guard = CrashGuard()
    guard.install()
    assert sys.excepthook != before
    guard.remove()
    assert sys.excepthook == before
