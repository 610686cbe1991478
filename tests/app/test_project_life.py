"""Recent projects, versions and recovery in the real window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from window_kit import Editor

from app.documents import Choice
from app.life.versions_dialog import VersionsDialog
from core.condition import HAZE
from core.document.commands import SetValue
from core.document.versions import versions
from core.timebase import ZERO


def saved(editor: Editor, name: str) -> Path:
    editor.answers.place = editor.folder / f"{name}.wvp"
    editor.act("save_as")
    path = editor.window.bridge.session.path
    assert path is not None
    return path


def recent_rows(editor: Editor) -> dict[str, QAction]:
    """As the menu shows them when it is opened."""
    menu = next(m for m in editor.window.menuBar().findChildren(QMenu) if m.title() == "Open recent")
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if not action.isSeparator()}


def test_recent_projects_open_from_the_menu_newest_first(editor: Editor) -> None:
    editor.add_clip()
    first = saved(editor, "dawn")
    saved(editor, "dusk")
    rows = recent_rows(editor)
    assert list(rows) == ["dusk", "dawn", "Clear"]
    assert rows["dawn"].toolTip() == str(first)
    rows["dawn"].trigger()
    assert editor.window.bridge.session.path == first
    assert list(recent_rows(editor)) == ["dawn", "dusk", "Clear"]


def test_a_recent_project_that_is_gone_is_greyed_and_comes_back_with_its_file(editor: Editor) -> None:
    editor.add_clip()
    path = saved(editor, "dawn")
    saved(editor, "dusk")
    aside = path.rename(path.with_suffix(".away"))
    assert not recent_rows(editor)["dawn (missing)"].isEnabled()
    saved(editor, "noon")
    aside.rename(path)
    assert recent_rows(editor)["dawn"].isEnabled()


def test_the_list_can_be_cleared(editor: Editor) -> None:
    editor.add_clip()
    saved(editor, "dawn")
    recent_rows(editor)["Clear"].trigger()
    rows = recent_rows(editor)
    assert list(rows) == ["Nothing yet"]
    assert not rows["Nothing yet"].isEnabled()


def test_versions_are_offered_once_the_project_has_a_file(editor: Editor) -> None:
    editor.add_clip()
    action = editor.window.actions_by_id["open_version"]
    assert not action.isEnabled()
    saved(editor, "dawn")
    assert action.isEnabled()


def test_a_version_opens_as_a_copy_from_the_keyboard(editor: Editor) -> None:
    clip = editor.add_clip()
    path = saved(editor, "dawn")
    editor.window.bridge.do(SetValue(clip.id, HAZE, 0.5))
    editor.act("save")
    content = path.read_bytes()
    editor.act("open_version")
    dialog = editor.window.findChild(VersionsDialog)
    assert dialog is not None
    assert len(dialog.list.items) == len(versions(path)) == 2
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    window = editor.window
    assert next(window.bridge.project.pictures()).look.value_at(HAZE, ZERO) == 0.0
    assert window.bridge.session.path is None
    assert window.documents.name == "dawn (version 1)"
    assert path.read_bytes() == content


def test_a_version_is_not_opened_over_unsaved_edits_without_asking(editor: Editor) -> None:
    clip = editor.add_clip()
    path = saved(editor, "dawn")
    editor.window.bridge.do(SetValue(clip.id, HAZE, 0.5))
    editor.answers.save = Choice.CANCEL
    editor.window.documents.open_version(versions(path)[0], path)
    assert editor.answers.asked == ["dawn"]
    assert editor.window.bridge.session.path == path


def test_saving_under_another_name_keeps_the_undo_steps(editor: Editor) -> None:
    clip = editor.add_clip()
    saved(editor, "dawn")
    editor.window.bridge.do(SetValue(clip.id, HAZE, 0.5))
    saved(editor, "dusk")
    assert not editor.window.bridge.session.is_dirty
    editor.act("undo")
    assert next(editor.window.bridge.project.pictures()).look.value_at(HAZE, ZERO) == 0.0
