"""The main window, driven as a person drives it, over fake media."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from films import number_film, shot_film
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from window_kit import Answers, Editor, a_world, drag

from app.actions.table import ACTIONS
from app.documents import Choice
from app.main_window import MainWindow
from app.models_window import ModelsWindow
from app.viewer.modes import ViewMode
from core.condition import HAZE, RAIN, Condition
from core.document.commands import SetKeyframe, SetValue
from core.document.session import Session
from core.render.engine import Engine
from core.render.messages import Layer, Quality
from core.timebase import ZERO, Time
from core.version import VERSION


def test_an_opened_clip_stands_on_the_timeline_and_in_the_viewer(editor: Editor) -> None:
    clip = editor.add_clip(frames=20)
    editor.wait_for_picture()
    assert clip.name == "tiny.mp4"
    assert editor.window.bridge.project.width == 64
    ready = editor.window.viewer.view.ready
    assert ready is not None
    assert ready.picture(Layer.SOURCE) is not None


def test_scrubbing_shows_drafts_and_letting_go_refines(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "app.preview_client.SCRUB_BUDGET_MS", 0.0
    )  # as on a machine for which all but a draft is too much
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    canvas, seen = editor.window.timeline.canvas, []
    editor.window.client.shown.connect(lambda ready: seen.append((editor.window.client.is_moving, ready.quality)))
    x = canvas.state.x(Time.from_frame(10, editor.window.bridge.project.rate)) + 2
    drag(canvas, QPointF(x - 40, 10), QPointF(x, 10), release=False)
    assert editor.window.playhead.time.to_frame(editor.window.bridge.project.rate) == 10
    editor.until(lambda: bool(seen))
    drag(canvas, QPointF(x, 10), QPointF(x, 10))
    editor.wait_for_picture()
    assert {quality for moving, quality in seen if moving} == {Quality.DRAFT}
    assert seen[-1][1] is editor.window.viewer.transport.quality


def test_a_condition_reaches_the_picture_and_undo_takes_it_back(editor: Editor) -> None:
    clip = editor.add_clip()
    editor.wait_for_picture()
    before = editor.window.bridge.project
    editor.window.bridge.do(SetValue(clip.id, RAIN, 1.0))
    editor.until(lambda: _differs(editor))
    editor.act("undo")
    assert editor.window.bridge.project is before
    editor.until(lambda: not _differs(editor))


def _differs(editor: Editor) -> bool:
    ready = editor.window.viewer.view.ready
    if ready is None or not ready.is_last:
        return False
    source, result = ready.picture(Layer.SOURCE), ready.picture(Layer.RESULT)
    return source is not None and result is not None and bool((source.pixels != result.pixels).any())


def test_painting_makes_a_mask_in_one_undo_step(editor: Editor) -> None:
    editor.add_clip()
    editor.wait_for_picture()
    before = editor.window.bridge.project
    editor.act("brush")
    view = editor.window.viewer.view
    assert view.mode is ViewMode.MATTE
    center = view.picture_rect.center()
    drag(view, center, center + QPointF(20, 5), center + QPointF(60, 10))
    (mask,) = editor.clip.masks
    assert len(mask.strokes) == 1
    assert len(mask.strokes[0].points) == 3
    editor.act("undo")
    assert editor.window.bridge.project is before


def test_escape_takes_a_stroke_back(editor: Editor) -> None:
    editor.add_clip()
    editor.wait_for_picture()
    before = editor.window.bridge.project
    editor.act("brush")
    view = editor.window.viewer.view
    center = view.picture_rect.center()
    drag(view, center, center + QPointF(20, 5), release=False)
    assert editor.window.bridge.project is not before
    editor.qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert editor.window.bridge.project == before
    assert not editor.window.bridge.in_gesture


def test_a_project_comes_back_as_it_was_saved(editor: Editor, tmp_path: Path) -> None:
    clip = editor.add_clip()
    editor.window.bridge.do(SetKeyframe(clip.id, RAIN, ZERO, 0.2))
    editor.window.bridge.do(SetKeyframe(clip.id, RAIN, Time.from_frame(8, editor.window.bridge.project.rate), 0.9))
    editor.answers.place = tmp_path / "saved.wvp"
    editor.act("save")
    saved = editor.window.bridge.project
    assert not editor.window.bridge.session.is_dirty
    editor.act("new")
    assert editor.window.bridge.project.media == ()
    editor.answers.project = tmp_path / "saved.wvp"
    editor.act("open")
    assert editor.window.bridge.project == saved
    assert editor.window.documents.recent == (tmp_path / "saved.wvp",)


def test_closing_with_unsaved_edits_asks_and_can_be_called_off(editor: Editor) -> None:
    editor.add_clip()
    editor.answers.save = Choice.CANCEL
    assert not editor.window.close()
    assert editor.answers.asked == ["Untitled project"]
    assert editor.window.engine.isRunning()


def test_unsaved_edits_of_a_crash_are_offered(qtbot: QtBot, tmp_path: Path) -> None:
    crashed = Session()
    first = Editor.open(qtbot, tmp_path, session=crashed)
    first.add_clip()
    left = crashed.project
    journal, crashed._here.journal = crashed._here.journal, None
    assert journal is not None
    journal.release()  # a crash lets the lock go with the process; the journal stays
    for thread in (first.window.media, first.window.engine):
        thread.close()
    first.window.hide()
    second = Editor.open(qtbot, tmp_path)
    second.answers.recovery = Choice.SAVE
    second.window.documents.offer_recovery()
    assert second.window.bridge.project == left
    second.close()


def test_a_file_that_is_not_a_film_is_told_in_the_status_bar(editor: Editor, tmp_path: Path) -> None:
    wrong = tmp_path / "notes.mp4"
    wrong.write_text("not a film")
    editor.window.documents.open_paths([str(wrong)])
    editor.until(lambda: "notes.mp4" in editor.window.status.text and "Reading" not in editor.window.status.text)
    assert editor.window.bridge.project.media == ()


def test_a_frame_that_cannot_be_decoded_is_told_on_its_clip(qtbot: QtBot, tmp_path: Path) -> None:
    opened = Editor.open(qtbot, tmp_path, a_world(tmp_path, damaged=frozenset((0,))))
    clip = opened.add_clip()
    opened.until(lambda: clip.id in opened.window.timeline.canvas.state.failures)
    assert opened.window.viewer.view.is_error
    opened.window.playhead.step(5)
    opened.wait_for_picture()
    assert clip.id not in opened.window.timeline.canvas.state.failures
    opened.close()


def test_split_trim_and_delete_are_undone_one_by_one(editor: Editor) -> None:
    editor.add_clip(frames=20)
    before = editor.window.bridge.project
    editor.window.playhead.step(7)
    editor.act("split")
    assert [c.source.duration.to_frame(before.rate) for c in editor.window.bridge.project.clips()] == [7, 13]
    editor.act("delete")
    assert sum(1 for _ in editor.window.bridge.project.clips()) == 1
    editor.act("undo")
    editor.act("undo")
    assert editor.window.bridge.project is before


def test_every_row_of_the_action_table_stands_in_the_window(editor: Editor) -> None:
    assert set(editor.window.actions_by_id) == {spec.id for spec in ACTIONS}
    keys = [key for spec in ACTIONS for key in spec.keys]
    assert len(keys) == len(set(keys))


def test_undo_names_what_it_takes_back(editor: Editor) -> None:
    editor.add_clip()
    assert editor.window.actions_by_id["undo"].text() == "Undo add clip"
    assert not editor.window.actions_by_id["redo"].isEnabled()


def test_workspaces_bring_their_tools(editor: Editor) -> None:
    editor.add_clip()
    editor.window.workbench.set_workspace("Mask")
    assert editor.window.viewer.view.tool is editor.window.workbench.brush
    editor.window.workbench.set_workspace("Translate")
    assert editor.window.viewer.view.tool is None


def test_the_window_comes_back_with_its_seams_where_they_were(editor: Editor, qtbot: QtBot, tmp_path: Path) -> None:
    editor.add_clip()
    editor.window.room.rows.setSizes([500, 380])
    sizes = editor.window.room.rows.sizes()
    editor.close()
    again = Editor.open(qtbot, tmp_path)
    assert again.window.room.rows.sizes() == sizes
    again.close()


def test_a_renderer_that_cannot_start_is_told_where_the_picture_would_be(qtbot: QtBot, tmp_path: Path) -> None:
    def broken(_emit: object) -> Engine:
        raise RuntimeError("no such device")

    window = MainWindow(Session(), broken, Answers())
    qtbot.addWidget(window)
    window.show()
    window.begin()
    qtbot.waitUntil(lambda: window.viewer.view.is_error)
    assert "no such device" in window.status.text
    window.close()


def test_a_look_under_the_pointer_is_shown_without_touching_the_clip(editor: Editor) -> None:
    editor.add_clip()
    editor.wait_for_picture()
    before = editor.window.bridge.project
    editor.window.browser.looks.hovered.emit("drizzle")
    editor.until(lambda: _differs(editor))
    assert editor.window.bridge.project is before
    editor.window.browser.looks.hovered.emit("")
    editor.until(lambda: not _differs(editor))


def test_a_lost_file_is_found_again_only_by_its_content(editor: Editor, tmp_path: Path) -> None:
    clip = editor.add_clip(name="first.mp4")
    number_film(tmp_path / "other.mp4", 7)
    moved = tmp_path / "moved.mp4"
    (tmp_path / "first.mp4").rename(moved)
    editor.answers.clips = [str(tmp_path / "other.mp4")]
    with editor.qtbot.waitSignal(editor.window.media.probed):
        editor.window.timeline.canvas.callout.relink.emit(clip.id)
    assert editor.window.bridge.project.media_facts(clip.media).path == str(tmp_path / "first.mp4")
    editor.answers.clips = [str(moved)]
    editor.window.timeline.canvas.callout.relink.emit(clip.id)
    editor.until(lambda: editor.window.bridge.project.media_facts(clip.media).path == str(moved))


def test_playing_shows_frames_and_stops_on_a_seek(editor: Editor) -> None:
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    editor.act("play")
    assert editor.window.player.is_playing
    editor.until(lambda: "fps" in editor.window.status._playback)
    editor.act("step_on")
    assert not editor.window.player.is_playing
    editor.wait_for_picture()


def test_keys_type_into_a_field_and_do_not_move_the_playhead(editor: Editor) -> None:
    editor.add_clip()
    search = editor.window.browser.looks.search
    search.setFocus()
    editor.qtbot.keyClicks(search, "jkl 123 bn")
    assert search.text() == "jkl 123 bn"
    assert not editor.window.player.is_playing


def test_the_smallest_window_shows_the_looks_and_640_px_of_picture(editor: Editor) -> None:
    editor.add_clip()
    editor.window.resize(1280, 760)
    editor.until(lambda: editor.window.width() == 1280 and editor.window.browser.width() < 240)
    assert editor.window.browser.isVisible()
    assert editor.window.viewer.view.width() >= 640


def test_the_timeline_is_named_after_the_file_once_it_is_saved(editor: Editor, tmp_path: Path) -> None:
    assert editor.window.timeline.title == ""
    editor.add_clip()
    assert editor.window.timeline.title == "Untitled project"
    editor.answers.place = tmp_path / "harbour.wvp"
    editor.act("save")
    assert editor.window.timeline.title == "harbour"


def test_a_preset_that_was_changed_says_so_until_it_is_as_it_was(editor: Editor) -> None:
    clip = editor.add_clip()
    view, strip = editor.window.viewer.view, editor.window.inspector.conditions.strip
    strip.chosen.emit("night")
    assert view.result_name == "Night"
    assert strip.current == "night"
    editor.window.bridge.do(SetValue(clip.id, RAIN, 0.5))
    assert view.result_name == "Night (edited)"
    assert strip.current == ""
    editor.act("undo")
    assert view.result_name == "Night"


def test_a_picture_that_lags_in_playback_says_by_how_much(editor: Editor) -> None:
    editor.add_clip(frames=40)
    editor.wait_for_picture()
    window, view = editor.window, editor.window.viewer.view
    rate = window.bridge.project.rate
    window.player.speed = 1  # playing, by a clock that the test is
    window.player.moved.emit(Time.from_frame(3, rate))
    assert "late" not in view.timecode
    window.player.moved.emit(Time.from_frame(20, rate))
    assert view.timecode.endswith("20 frames late")
    window.player.stop()
    assert view.timecode == "00:00:00:00"


def test_undo_is_seen_though_the_pointer_rests_on_a_look(editor: Editor) -> None:
    clip = editor.add_clip()
    monitor, client = editor.window.monitor, editor.window.client
    tried = replace(clip.look, base=Condition.of({HAZE: 0.5}))
    monitor.try_look(tried)
    editor.until(lambda: client.view is not None and client.view.is_trial)
    editor.window.bridge.do(SetValue(clip.id, RAIN, 0.5))
    editor.act("undo")
    assert client.view is not None
    assert not client.view.is_trial
    assert client.view.project == editor.window.bridge.project


def test_a_model_that_was_added_is_taken_up_without_a_restart(editor: Editor) -> None:
    editor.add_clip()
    editor.wait_for_picture()
    asked: list[bool] = []
    editor.window.client.asked.connect(lambda: asked.append(True))
    editor.act("models")
    models = editor.window.findChild(ModelsWindow)
    assert models is not None
    models.told.emit("Cars is in use from now on.")
    assert editor.window.status.text == "Cars is in use from now on."
    editor.until(lambda: bool(asked))
    models.close()


def test_a_clip_is_cut_into_its_shots_in_one_undo_step(editor: Editor) -> None:
    editor.window.documents.open_paths([str(shot_film(editor.folder / "edit.mp4", 14, 11, 12))])
    bridge = editor.window.bridge
    editor.until(lambda: any(True for _ in bridge.project.clips()))
    before = bridge.project
    editor.act("split_at_shots")
    editor.until(lambda: not editor.window.shot_desk.is_looking)
    starts = [c.start.to_frame(bridge.project.rate) for c in bridge.project.pictures()]
    assert starts == [0, 14, 25]
    assert bridge.session.undo_label == "Cut into 3 shots"
    bridge.undo()
    assert bridge.project == before


def test_a_clip_of_one_shot_is_left_whole_and_says_so(editor: Editor) -> None:
    editor.window.documents.open_paths([str(shot_film(editor.folder / "one.mp4", 20))])
    editor.until(lambda: any(True for _ in editor.window.bridge.project.clips()))
    told: list[str] = []
    editor.window.shot_desk.told.connect(lambda text, _bad: told.append(text))
    editor.act("split_at_shots")
    editor.until(lambda: bool(told))
    assert told == ["“one.mp4” is one shot; nothing was cut."]
    assert len(list(editor.window.bridge.project.pictures())) == 1


def test_about_names_the_version_and_the_licence(editor: Editor) -> None:
    editor.act("about")
    box = editor.window.findChild(QMessageBox)
    assert box is not None
    assert VERSION in box.text()
    assert "GPL" in box.informativeText()
    box.close()
