"""The library of looks in the window: saved, applied, dragged, renamed, thrown away and brought back by hand."""

from __future__ import annotations

from pathlib import Path

from builders import a_mask
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from window_kit import Editor

from app.looks.my_looks import MyLooks
from core.condition import HAZE, RAIN
from core.document.commands import AddMask, AddStroke, SetValue
from core.document.model import Look
from core.ids import MaskId


def mine(editor: Editor) -> MyLooks:
    return editor.window.browser.looks.mine


def saved(editor: Editor, name: str, rain: float = 0.6, *, with_masks: bool = False) -> str:
    """Save a rainy look by the dialog; its id."""
    editor.window.bridge.do(SetValue(editor.clip.id, RAIN, rain, None))
    editor.act("save_look")
    dialog = editor.window.looks.dialog
    assert dialog is not None
    dialog.name.setText(name)
    if with_masks:
        dialog.masks.click()
    dialog.save.click()
    look = editor.window.looks.shelf.named(name)
    assert look is not None
    return look.id


def cell(editor: Editor, number: int) -> QPointF:
    return QPointF(mine(editor).grid.cell(number).center())


def test_an_empty_library_says_what_it_is_for(editor: Editor) -> None:
    editor.add_clip()
    assert not mine(editor).grid.isVisible()
    words = [label.text() for label in mine(editor).findChildren(type(mine(editor)._empty)) if label.isVisible()]
    assert "Looks that you save are kept here for every project." in words


def test_a_saved_look_is_worn_by_another_clip_after_a_double_click(editor: Editor) -> None:
    editor.add_clip(name="a.mp4")
    saved(editor, "Rainy")
    second = editor.add_clip(name="b.mp4")
    bridge = editor.window.bridge
    editor.window.timeline.canvas.select_clips((second.id,))
    QTest.mouseClick(mine(editor).grid, Qt.MouseButton.LeftButton, pos=cell(editor, 0).toPoint())
    assert bridge.project.clip(second.id).look == Look()  # a click picks, no more
    QTest.mouseDClick(mine(editor).grid, Qt.MouseButton.LeftButton, pos=cell(editor, 0).toPoint())
    look = bridge.project.clip(second.id).look
    assert (look.name, look.base[RAIN]) == ("Rainy", 0.6)
    assert bridge.session.undo_label == "Apply Rainy"
    editor.act("undo")
    assert bridge.project.clip(second.id).look == Look()


def test_enter_applies_the_look_that_the_arrows_have_picked(editor: Editor) -> None:
    editor.add_clip()
    saved(editor, "Drizzle", 0.2)
    saved(editor, "Torrent", 0.9)
    mine(editor).grid.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(mine(editor).grid, Qt.Key.Key_Left)
    QTest.keyClick(mine(editor).grid, Qt.Key.Key_Return)
    assert editor.clip.look.base[RAIN] == 0.2


def test_a_name_that_is_taken_saves_the_next_version(editor: Editor) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy")
    assert saved(editor, " rainy ", 0.3) == id_
    look = editor.window.looks.shelf.look(id_)
    assert look is not None
    assert [(v.number, v.recipe.base[RAIN]) for v in look.versions] == [(2, 0.3), (1, 0.6)]


def test_masks_are_saved_where_they_are_ticked(editor: Editor) -> None:
    clip = editor.add_clip()
    (stroke,) = a_mask().strokes
    editor.window.bridge.do(AddMask(clip.id, MaskId("mask-0"), "Sky"))
    editor.window.bridge.do(AddStroke(clip.id, MaskId("mask-0"), stroke))
    shelf = editor.window.looks.shelf
    plain, masked = shelf.look(saved(editor, "Plain")), shelf.look(saved(editor, "Masked", with_masks=True))
    assert plain is not None
    assert masked is not None
    assert plain.newest.recipe.masks is None
    assert masked.newest.recipe.masks == editor.clip.masks


def test_the_thumbnail_that_the_clip_wears_has_a_tick(editor: Editor) -> None:
    editor.add_clip()
    saved(editor, "Rainy")
    grid = mine(editor).grid
    assert [t.badge for t in grid._thumbs] == ["check"]
    editor.window.bridge.do(SetValue(editor.clip.id, HAZE, 0.3, None))
    assert [t.badge for t in grid._thumbs] == [""]


def test_a_deleted_look_comes_back_from_the_menu(editor: Editor) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy")
    mine(editor).grid.pick(id_)
    QTest.keyClick(mine(editor).grid, Qt.Key.Key_Delete)
    assert editor.window.looks.shelf.shelf.looks == ()
    menu = mine(editor).menu()
    (back,) = [a.menu() for a in menu.actions() if a.menu() is not None]
    back.actions()[0].trigger()
    menu.deleteLater()
    assert [look.name for look in editor.window.looks.shelf.shelf.looks] == ["Rainy"]


def test_a_look_travels_as_a_file(editor: Editor, tmp_path: Path) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy")
    mine(editor).grid.pick(id_)
    editor.answers.target = tmp_path / "mail"
    mine(editor).asked.emit("export")
    editor.answers.target = tmp_path / "mail.wvlook"
    editor.act("import_look")
    assert [look.name for look in editor.window.looks.shelf.shelf.looks] == ["Rainy", "Rainy"]


def test_the_search_finds_saved_looks_too(editor: Editor) -> None:
    editor.add_clip()
    saved(editor, "Rainy bridge")
    editor.window.browser.looks.search.setText("bridge")
    assert [t.title for t in mine(editor).grid._thumbs] == ["Rainy bridge"]
    editor.window.browser.looks.search.setText("moon")
    assert not mine(editor).isVisible()


def test_thumbnails_are_drawn_for_what_is_in_sight(editor: Editor) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy")
    editor.until(lambda: id_ in mine(editor).grid._pictures)
