"""The library of looks in the window: saved, applied, dragged, renamed, thrown away and brought back by hand."""

from __future__ import annotations

from pathlib import Path

from builders import a_mask
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QWidget
from window_kit import Editor

from app.looks.my_looks import MIME, MyLooks
from app.looks.versions_dialog import LookVersionsDialog
from app.panels.preset_stills import PRESET_MIME
from app.timeline.layout import LaneKind
from core.condition import HAZE, RAIN
from core.document.commands import AddMask, AddStroke, LiftClips, SetSeed, SetValue
from core.document.model import Look
from core.document.recipe import Recipe
from core.ids import MaskId
from core.timebase import Time


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


# ---- dragged -----------------------------------------------------------------------------------------------------


def drop(target: QWidget, at: QPointF, id_: str, mime: str = MIME) -> bool:
    """Drag a look over a widget and let go; whether it was taken."""
    data, left, none = QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    data.setData(mime, id_.encode())
    enter = QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(target, enter)
    move = QDragMoveEvent(at.toPoint(), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(target, move)
    QApplication.sendEvent(target, QDropEvent(at, Qt.DropAction.CopyAction, data, left, none))
    return move.isAccepted()


def test_a_look_dropped_on_a_clip_is_worn_by_it_and_by_no_other(editor: Editor) -> None:
    editor.add_clip(name="a.mp4")
    id_ = saved(editor, "Rainy")
    second, third = editor.add_clip(name="b.mp4"), editor.add_clip(name="c.mp4")
    state, canvas = editor.window.timeline.canvas.state, editor.window.timeline.canvas
    lane = next(r for r in state.rows if r.kind is LaneKind.PICTURE)
    at = QPointF(state.x(second.span.start) + 20, lane.top - state.scroll_y + lane.height / 2)
    assert drop(canvas, at, id_)
    project = editor.window.bridge.project
    assert project.clip(second.id).look.base[RAIN] == 0.6
    assert project.clip(third.id).look == Look()
    beside = QPointF(at.x(), canvas.height() - 3.0)
    assert not drop(canvas, beside, id_)


def test_a_look_dropped_on_the_picture_is_worn_by_the_clip_on_the_screen(editor: Editor) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy")
    editor.act("undo")
    assert editor.clip.look == Look()
    view = editor.window.viewer.view
    assert drop(view, QPointF(view.rect().center()), id_)
    assert editor.clip.look.base[RAIN] == 0.6


def test_a_preset_dropped_on_a_clip_keeps_its_translator_and_seed(editor: Editor) -> None:
    clip = editor.add_clip()
    editor.window.bridge.do(SetSeed(clip.id, 7))
    view = editor.window.viewer.view
    assert drop(view, QPointF(view.rect().center()), "fog", PRESET_MIME)
    assert (editor.clip.look.name, editor.clip.look.seed) == ("Fog", 7)


def test_a_preset_that_can_be_dragged_applies_when_the_button_is_let_go(editor: Editor) -> None:
    editor.add_clip()
    grid = editor.window.browser.looks._sections[1].grid
    spot = grid.cell(0).center()
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=spot)
    assert editor.clip.look == Look()
    QTest.mouseRelease(grid, Qt.MouseButton.LeftButton, pos=spot)
    assert editor.clip.look.name == "Night"
    editor.act("undo")
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseRelease(grid, Qt.MouseButton.LeftButton, pos=grid.cell(1).center())
    assert editor.clip.look == Look()


# ---- versions ----------------------------------------------------------------------------------------------------


def versions(editor: Editor, id_: str) -> LookVersionsDialog:
    mine(editor).grid.pick(id_)
    mine(editor).asked.emit("versions")
    dialog = editor.window.looks.versions
    assert dialog is not None
    return dialog


def test_an_earlier_version_becomes_the_newest_again(editor: Editor) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy", 0.6)
    saved(editor, "Rainy", 0.2)
    dialog = versions(editor, id_)
    assert [item.id for item in dialog.list.items] == ["2", "1"]
    assert not dialog.restore.isEnabled()
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    dialog.restore.click()
    look = editor.window.looks.shelf.look(id_)
    assert look is not None
    assert (look.newest.number, look.newest.recipe.base[RAIN]) == (3, 0.6)
    assert dialog.list.current == "3"
    dialog.close()


def test_enter_applies_the_version_that_is_selected(editor: Editor) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy", 0.6)
    saved(editor, "Rainy", 0.2)
    dialog = versions(editor, id_)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert editor.clip.look.base[RAIN] == 0.6
    dialog.close()


def test_two_versions_are_compared_without_touching_the_clip(editor: Editor) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy", 0.6)
    saved(editor, "Rainy", 0.2)
    editor.window.bridge.do(SetValue(editor.clip.id, HAZE, 0.5, None))
    before, view = editor.window.bridge.project, editor.window.viewer.view
    dialog = versions(editor, id_)
    assert dialog.other.currentText() == "Version 1"
    dialog.compare.click()
    editor.until(lambda: view.pictures.reference is not None)
    assert view.pictures.reference is not None
    assert (view.pictures.reference.name, view.result_name) == ("Rainy   version 1", "Rainy   version 2")
    assert editor.window.client.view is not None
    shown = editor.window.client.view.project.clip(editor.clip.id).look
    assert shown.base[RAIN] == 0.2
    assert editor.window.bridge.project is before
    editor.act("compare_still")
    assert view.pictures.reference is None
    assert editor.window.client.view.project is before
    dialog.close()


def test_an_edit_ends_the_comparison_of_two_kept_looks(editor: Editor) -> None:
    editor.add_clip()
    ids = saved(editor, "Rainy", 0.6), saved(editor, "Drizzle", 0.2)
    mine(editor).grid.pick(*ids)
    mine(editor).asked.emit("compare")
    editor.until(lambda: editor.window.viewer.view.pictures.reference is not None)
    editor.window.bridge.do(SetValue(editor.clip.id, HAZE, 0.5, None))
    assert not editor.window.comparison.is_on


def test_a_look_beside_the_clip_as_it_is_follows_the_playhead_and_stays_while_it_is_edited(editor: Editor) -> None:
    editor.add_clip()
    mine(editor).grid.pick(saved(editor, "Rainy", 0.6))
    mine(editor).asked.emit("compare")
    pictures = editor.window.viewer.view.pictures
    editor.until(lambda: pictures.reference is not None)
    first = pictures.reference
    editor.window.playhead.seek(Time.from_frame(9, editor.window.bridge.project.rate))
    assert pictures.reference is not None
    assert pictures.reference.name == "Rainy   00:00:00:00"
    editor.until(lambda: pictures.reference is not None and pictures.reference.name == "Rainy")
    assert pictures.reference is not first
    editor.window.bridge.do(SetValue(editor.clip.id, RAIN, 0.1, None))
    assert editor.window.comparison.is_on


def test_a_look_is_renamed_without_the_window_standing_still(editor: Editor) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy")
    mine(editor).grid.pick(id_)
    QTest.keyClick(mine(editor).grid, Qt.Key.Key_F2)
    (asker,) = editor.window.findChildren(QInputDialog)
    asker.setTextValue("Wet street")
    asker.accept()
    assert [t.title for t in mine(editor).grid._thumbs] == ["Wet street"]


def test_comparing_ends_when_the_clip_is_gone(editor: Editor) -> None:
    clip = editor.add_clip()
    mine(editor).grid.pick(saved(editor, "Rainy"))
    mine(editor).asked.emit("compare")
    assert editor.window.comparison.is_on
    editor.window.bridge.do(LiftClips((clip.id,)))
    assert not editor.window.comparison.is_on


def test_walking_the_looks_scrolls_them_into_sight(editor: Editor) -> None:
    editor.add_clip()
    shelf = editor.window.looks.shelf
    for number in range(40):
        shelf._library.add(f"Look {number:02d}", Recipe("x"))
    shelf.refresh()
    grid = mine(editor).grid
    grid.setFocus(Qt.FocusReason.TabFocusReason)
    editor.until(lambda: grid.parentWidget().height() > grid.height())  # laid out anew
    for _ in range(30):
        QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.picks == (shelf.shelf.looks[30].id,)
    assert grid.visibleRegion().contains(grid.cell(30).center())


def test_enter_dresses_all_selected_clips_in_one_step(editor: Editor) -> None:
    first = editor.add_clip(name="a.mp4")
    id_ = saved(editor, "Rainy")
    second, third = editor.add_clip(name="b.mp4"), editor.add_clip(name="c.mp4")
    bridge = editor.window.bridge
    editor.window.timeline.canvas.select_clips((second.id, third.id))
    mine(editor).grid.pick(id_)
    QTest.keyClick(mine(editor).grid, Qt.Key.Key_Return)
    assert [bridge.project.clip(c.id).look.base[RAIN] for c in (first, second, third)] == [0.6, 0.6, 0.6]
    editor.act("undo")
    assert [bridge.project.clip(c.id).look.base[RAIN] for c in (first, second, third)] == [0.6, 0.0, 0.0]


def test_a_look_file_dropped_on_the_page_comes_in(editor: Editor, tmp_path: Path) -> None:
    editor.add_clip()
    id_ = saved(editor, "Rainy")
    editor.window.looks.shelf.export(id_, tmp_path / "mail.wvlook")
    data, left, none = QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "mail.wvlook")), QUrl.fromLocalFile(str(tmp_path / "x.mp4"))])
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(mine(editor), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(mine(editor), QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, none))
    assert [look.name for look in editor.window.looks.shelf.shelf.looks] == ["Rainy", "Rainy"]


def test_escape_in_the_viewer_ends_the_comparison(editor: Editor) -> None:
    editor.add_clip()
    mine(editor).grid.pick(saved(editor, "Rainy"))
    mine(editor).asked.emit("compare")
    assert editor.window.comparison.is_on
    QTest.keyClick(editor.window.viewer.view, Qt.Key.Key_Escape)
    assert not editor.window.comparison.is_on
