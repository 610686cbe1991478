"""The media bin, driven as a person drives it: in the real window, over films made for the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from films import number_film
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from window_kit import Editor

from app.bin.drop import MediaDrop
from app.bin.model import MIME
from app.bin.rows import SortBy
from app.panels.media_panel import MediaPanel
from core.media.relink import Match
from core.timebase import ZERO, Time


@pytest.fixture
def panel(editor: Editor) -> MediaPanel:
    """A bin with one medium on the timeline (tiny.mp4) and one beside it (spare.mp4)."""
    editor.add_clip(frames=20)
    collect(editor, "spare.mp4", 8)
    editor.window.browser.tabs.set_current(editor.window.browser.MEDIA)
    return editor.window.browser.media


def collect(editor: Editor, name: str, frames: int) -> None:
    before = len(editor.window.bridge.project.media)
    editor.window.incoming.collect([str(number_film(editor.folder / name, frames))])
    editor.until(lambda: len(editor.window.bridge.project.media) == before + 1)


def names(panel: MediaPanel) -> list[str]:
    return [panel.sorted.row_at(panel.sorted.index(n, 0)).name for n in range(panel.sorted.rowCount())]


def choose(panel: MediaPanel, name: str) -> None:
    panel.select({r.facts.id for r in panel.model.rows if r.name == name})
    assert [m.path.rsplit("/", 1)[-1] for m in panel.selected] == [name]


def spans(editor: Editor) -> list[tuple[int, int]]:
    rate = editor.window.bridge.project.rate
    return [
        (c.start.to_frame(rate), c.span.end.to_frame(rate))
        for t in editor.window.bridge.project.tracks
        for c in t.clips
    ]


def test_added_files_lie_in_the_bin_and_not_on_the_timeline(editor: Editor, panel: MediaPanel) -> None:
    assert names(panel) == ["spare.mp4", "tiny.mp4"]
    assert spans(editor) == [(0, 20)]
    assert [r.detail for r in panel.model.rows] == ["H.264, 1 clip", "H.264, not used"]
    assert panel.count.text() == "2 media"


def test_words_narrow_the_bin_and_columns_order_it(panel: MediaPanel) -> None:
    panel.search.setText("not used")
    assert names(panel) == ["spare.mp4"]
    panel.search.setText("")
    panel.sort_by(SortBy.LENGTH, descending=True)
    assert names(panel) == ["tiny.mp4", "spare.mp4"]
    panel.sort_by(SortBy.LENGTH, descending=False)
    assert names(panel) == ["spare.mp4", "tiny.mp4"]


def test_tiles_stand_beside_each_other_and_rows_below(panel: MediaPanel) -> None:
    panel.view.show_tiles(on=True)
    panel.view.doItemsLayout()
    first, second = (panel.view.visualRect(panel.sorted.index(n, 0)) for n in (0, 1))
    assert (first.top(), first.right() + 1) == (second.top(), second.left())
    panel.view.show_tiles(on=False)
    panel.view.doItemsLayout()
    first, second = (panel.view.visualRect(panel.sorted.index(n, 0)) for n in (0, 1))
    assert first.bottom() + 1 == second.top()
    assert first.width() > 200


def test_insert_pushes_on_overwrite_covers_append_follows(editor: Editor, panel: MediaPanel) -> None:
    window = editor.window
    rate = window.bridge.project.rate
    choose(panel, "spare.mp4")
    window.playhead.seek(Time.from_frame(5, rate))
    editor.qtbot.keyClick(window, Qt.Key.Key_F9)
    assert spans(editor) == [(0, 5), (5, 13), (13, 28)]
    assert window.playhead.time == Time.from_frame(13, rate)
    editor.act("undo")
    assert spans(editor) == [(0, 20)]
    window.playhead.seek(Time.from_frame(5, rate))
    editor.qtbot.keyClick(window, Qt.Key.Key_F10)
    assert spans(editor) == [(0, 5), (5, 13), (13, 20)]
    editor.act("undo")
    editor.qtbot.keyClick(window, Qt.Key.Key_F12, Qt.KeyboardModifier.ShiftModifier)
    assert spans(editor) == [(0, 20), (20, 28)]


def test_enter_appends_and_several_media_are_one_undo_step(editor: Editor, panel: MediaPanel) -> None:
    panel.view.setFocus()
    panel.view.selectAll()
    panel.view.setCurrentIndex(panel.sorted.index(0, 0))
    panel.view.selectAll()
    editor.qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert spans(editor) == [(0, 20), (20, 28), (28, 48)]
    editor.act("undo")
    assert spans(editor) == [(0, 20)]


def test_f2_renames_a_medium_in_the_project_only(editor: Editor, panel: MediaPanel) -> None:
    choose(panel, "spare.mp4")
    panel.view.setFocus()
    editor.qtbot.keyClick(panel.view, Qt.Key.Key_F2)
    field = panel.view.findChild(QLineEdit)
    assert field is not None
    field.setText("Night plate")
    editor.qtbot.keyClick(field, Qt.Key.Key_Return)
    editor.until(lambda: names(panel) == ["Night plate", "tiny.mp4"])
    assert (editor.folder / "spare.mp4").exists()


def test_delete_takes_out_what_is_not_used_and_names_what_is(editor: Editor, panel: MediaPanel) -> None:
    choose(panel, "tiny.mp4")
    editor.qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert "tiny.mp4 stays: 1 clip uses it" in editor.window.status.text
    assert len(spans(editor)) == 1
    choose(panel, "spare.mp4")
    editor.qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert names(panel) == ["tiny.mp4"]
    editor.act("undo")
    editor.act("remove_unused")
    assert names(panel) == ["tiny.mp4"]


def test_a_drop_overwrites_and_with_shift_inserts(editor: Editor, panel: MediaPanel) -> None:
    canvas = editor.window.timeline.canvas
    data = QMimeData()
    data.setData(MIME, next(r.facts.id for r in panel.model.rows if r.name == "spare.mp4").encode())
    lane = next(r for r in canvas.state.rows if r.code == "V1")
    at = QPointF(canvas.state.x(Time.from_frame(10, editor.window.bridge.project.rate)), lane.top + 10)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    ghost = canvas.findChild(MediaDrop).ghost
    for keys, after, word in (
        (none, [(0, 10), (10, 18), (18, 20)], "Overwrite"),
        (Qt.KeyboardModifier.ShiftModifier, [(0, 10), (10, 18), (18, 28)], "Insert"),
    ):
        enter = QDragEnterEvent(QPoint(int(at.x()), int(at.y())), Qt.DropAction.CopyAction, data, left, keys)
        QApplication.sendEvent(canvas, enter)
        assert enter.isAccepted()
        assert ghost.isVisible()
        assert ghost.text == f"{word}: spare.mp4"
        QApplication.sendEvent(canvas, QDropEvent(at, Qt.DropAction.CopyAction, data, left, keys))
        assert not ghost.isVisible()
        assert spans(editor) == after
        editor.act("undo")


def test_a_missing_file_is_marked_everywhere_and_found_again_by_its_content(
    editor: Editor, panel: MediaPanel, tmp_path: Path
) -> None:
    window = editor.window
    editor.wait_for_picture()
    film = editor.folder / "tiny.mp4"
    away = tmp_path / "archive" / "deep"
    away.mkdir(parents=True)
    film.rename(away / "A001.mp4")
    window.media.look()
    editor.until(lambda: any(r.is_missing for r in panel.model.rows))
    assert panel.count.text() == "2 media, 1 missing"
    assert panel.relink.isVisible()
    assert list(window.timeline.canvas.state.failures) == [editor.clip.id]
    editor.qtbot.mouseClick(panel.relink, Qt.MouseButton.LeftButton)
    dialog = window.bin.dialog
    assert dialog is not None
    assert not dialog.relink.isEnabled()
    editor.answers.folder = tmp_path / "archive"
    editor.qtbot.mouseClick(dialog.choose, Qt.MouseButton.LeftButton)
    editor.until(lambda: bool(dialog.found))
    assert [f.match for f in dialog.found.values()] == [Match.CONTENT]
    assert dialog.relink.text() == "Relink 1 file"
    editor.qtbot.mouseClick(dialog.relink, Qt.MouseButton.LeftButton)
    assert window.bridge.project.media_facts(editor.clip.media).path == str(away / "A001.mp4")
    editor.until(lambda: not window.media.problems)
    assert window.timeline.canvas.state.failures == {}
    window.playhead.seek(Time.from_frame(3, window.bridge.project.rate))
    editor.wait_for_picture()
    editor.act("undo")
    editor.until(lambda: bool(window.media.problems))


def test_a_project_whose_media_are_gone_opens_with_placeholders(editor: Editor, panel: MediaPanel) -> None:
    window = editor.window
    editor.answers.place = editor.folder / "lost.wvp"
    editor.act("save")
    for name in ("tiny.mp4", "spare.mp4"):
        (editor.folder / name).unlink()
    editor.act("new")
    editor.answers.project = editor.folder / "lost.wvp"
    editor.act("open")
    editor.until(lambda: len(window.media.problems) == 2)
    assert spans(editor) == [(0, 20)]
    assert [r.is_missing for r in panel.model.rows] == [True, True]
    assert list(window.timeline.canvas.state.failures) == [editor.clip.id]
    assert editor.answers.errors == []


def test_other_content_of_the_same_name_is_not_ticked_until_a_person_says_so(
    editor: Editor, panel: MediaPanel, qtbot: QtBot
) -> None:
    window = editor.window
    (editor.folder / "spare.mp4").unlink()
    window.media.look()
    editor.until(lambda: bool(window.media.problems))
    other = editor.folder / "other"
    other.mkdir()
    number_film(other / "spare.mp4", 30)
    editor.act("relink")
    dialog = window.bin.dialog
    assert dialog is not None
    dialog.search(other)
    editor.until(lambda: bool(dialog.found))
    row = dialog.list.topLevelItem(0)
    assert row is not None
    assert row.text(2) == "Same name, other content, 30 frames instead of 8"
    assert not dialog.relink.isEnabled()
    row.setCheckState(0, Qt.CheckState.Checked)
    qtbot.mouseClick(dialog.relink, Qt.MouseButton.LeftButton)
    assert {m.video.frame_count for m in window.bridge.project.media} == {20, 30}
    assert window.playhead.time == ZERO
