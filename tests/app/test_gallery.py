"""The gallery in the window: grab, compare by wipe, restore the look, delete, bring back, write."""

from __future__ import annotations

from pathlib import Path

import cv2
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from window_kit import Editor

from app.looks.gallery_panel import GalleryPanel
from app.viewer.modes import ViewMode
from core.condition import RAIN
from core.document.commands import SetValue
from core.gallery import Still, StillLayer
from core.ids import ProjectId
from core.timebase import Time


def panel(editor: Editor) -> GalleryPanel:
    return editor.window.browser.gallery


def grabbed(editor: Editor) -> Still:
    """Grab what is on the screen, and wait until it is in the gallery."""
    before = len(panel(editor).gallery.stills)
    editor.act("grab_still")
    editor.until(lambda: len(panel(editor).gallery.stills) == before + 1)
    return panel(editor).gallery.stills[0]


def rainy(editor: Editor, amount: float = 0.6) -> None:
    editor.window.bridge.do(SetValue(editor.clip.id, RAIN, amount, None))


def test_a_still_has_the_size_of_the_project_and_knows_where_it_is_from(editor: Editor) -> None:
    clip = editor.add_clip()
    rainy(editor)
    editor.window.playhead.seek(Time.from_frame(4, editor.window.bridge.project.rate))
    editor.wait_for_picture()
    still = grabbed(editor)
    project = editor.window.bridge.project
    picture = cv2.imread(str(still.picture), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert picture.shape == (project.height, project.width, 3)
    assert picture.dtype.name == "uint16"
    facts = still.facts
    assert (facts.clip, facts.frame, facts.layer, facts.project) == (clip.name, 4, StillLayer.RESULT, project.id)
    assert facts.look == "Custom"
    assert facts.recipe is not None
    assert facts.recipe.base[RAIN] == 0.6
    assert panel(editor).grid.picks == (still.id,)


def test_the_source_is_grabbed_where_the_viewer_shows_the_source(editor: Editor) -> None:
    editor.add_clip()
    rainy(editor)
    result = grabbed(editor)
    editor.act("view_source")
    source = grabbed(editor)
    assert source.facts.layer is StillLayer.SOURCE
    assert source.picture.read_bytes() != result.picture.read_bytes()


def test_enter_compares_by_wipe_and_the_header_ends_it(editor: Editor) -> None:
    editor.add_clip()
    rainy(editor)
    still = grabbed(editor)
    editor.act("view_result")
    QTest.keyClick(panel(editor).grid, Qt.Key.Key_Return)
    editor.until(lambda: editor.window.comparison.still == still.id)
    view, header = editor.window.viewer.view, editor.window.viewer
    assert view.mode is ViewMode.WIPE
    assert view.pictures.reference is not None
    assert "00:00:00:00" in view.pictures.reference.name
    assert editor.window.is_on("compare_still")
    assert [t.badge for t in panel(editor).grid._thumbs] == ["wipe"]
    QTest.mouseClick(header.end_comparison, Qt.MouseButton.LeftButton)
    assert view.pictures.reference is None
    assert not header.end_comparison.isVisible()
    assert not editor.window.is_on("compare_still")


def test_an_edit_leaves_the_still_and_the_arrows_change_it(editor: Editor) -> None:
    editor.add_clip()
    rainy(editor)
    first = grabbed(editor)
    second = grabbed(editor)
    editor.act("compare_still")
    editor.until(lambda: editor.window.comparison.still == second.id)
    rainy(editor, 0.1)
    assert editor.window.comparison.still == second.id
    QTest.keyClick(panel(editor).grid, Qt.Key.Key_Right)
    editor.until(lambda: editor.window.comparison.still == first.id)


def test_the_look_of_a_still_comes_back_in_one_step(editor: Editor) -> None:
    clip = editor.add_clip()
    rainy(editor)
    grabbed(editor)
    rainy(editor, 0.1)
    editor.window.timeline.canvas.select_clips((clip.id,))
    editor.act("restore_still")
    bridge = editor.window.bridge
    assert bridge.project.clip(clip.id).look.base[RAIN] == 0.6
    editor.act("undo")
    assert bridge.project.clip(clip.id).look.base[RAIN] == 0.1


def test_a_deleted_still_comes_back_from_the_menu(editor: Editor) -> None:
    editor.add_clip()
    still = grabbed(editor)
    QTest.keyClick(panel(editor).grid, Qt.Key.Key_Delete)
    assert panel(editor).gallery.stills == ()
    panel(editor).asked.emit("bring_back")
    assert [s.id for s in panel(editor).gallery.stills] == [still.id]


def test_a_still_is_written_as_a_picture(editor: Editor, tmp_path: Path) -> None:
    editor.add_clip()
    grabbed(editor)
    editor.answers.target = tmp_path / "still.tif"
    panel(editor).asked.emit("export")
    editor.until(lambda: (tmp_path / "still.tif").exists())


def test_stills_of_other_projects_are_shown_on_request(editor: Editor) -> None:
    editor.add_clip()
    still = grabbed(editor)
    elsewhere = still.folder.parents[1] / ProjectId("another") / "still-x"
    elsewhere.parent.mkdir()
    still.folder.rename(elsewhere)
    editor.window.gallery.refresh()
    assert panel(editor).gallery.stills == ()
    panel(editor).asked.emit("all")
    assert len(panel(editor).gallery.stills) == 1


def test_without_a_clip_there_is_nothing_to_grab(editor: Editor) -> None:
    said: list[str] = []
    editor.window.gallery.told.connect(lambda text, _bad: said.append(text))
    editor.window.gallery.grab()
    assert said == ["There is no picture at the playhead to grab."]
