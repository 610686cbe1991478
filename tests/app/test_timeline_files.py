"""Timelines go out and come in by the menu and by the command line, and what is lost is said first."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import a_project
from window_kit import Editor

from app.cli import BAD_INPUT, DONE, USAGE, main
from core.condition import RAIN
from core.document.commands import SetValue
from core.document.storage import encode_project, load_project, save_project


def test_an_exported_timeline_comes_back_as_a_new_project_that_is_not_saved(editor: Editor) -> None:
    window = editor.window
    clip = editor.add_clip()
    window.bridge.do(SetValue(clip.id, RAIN, 0.5))
    was = window.bridge.project
    editor.answers.target = editor.answers.timeline = editor.folder / "cut.otio"
    editor.act("export_timeline")
    assert editor.answers.losses == []
    assert window.status.text == "Exported the timeline to cut.otio."
    editor.act("import_timeline")
    editor.until(lambda: window.bridge.project.id != was.id)
    assert window.bridge.project.tracks == was.tracks
    assert window.bridge.project.name == "cut"
    assert window.bridge.session.is_dirty
    assert window.status.text == "Imported 1 clip from cut.otio."


def test_what_an_edl_loses_is_said_and_can_be_declined(editor: Editor) -> None:
    clip = editor.add_clip()
    editor.window.bridge.do(SetValue(clip.id, RAIN, 0.5))
    editor.answers.target = editor.folder / "cut.edl"
    editor.act("export_timeline")
    assert editor.answers.losses == [("EDL, CMX 3600", ("the conditions of 1 clip",))]
    assert not (editor.folder / "cut.edl").exists()
    editor.answers.loses = True
    editor.act("export_timeline")
    assert "FROM CLIP NAME:  tiny.mp4" in (editor.folder / "cut.edl").read_text()


def test_a_damaged_timeline_leaves_the_project_alone(editor: Editor) -> None:
    editor.add_clip()
    was = editor.window.bridge.project
    (editor.folder / "bad.otio").write_text("no timeline")
    editor.answers.timeline = editor.folder / "bad.otio"
    editor.act("import_timeline")
    editor.until(lambda: "bad.otio cannot be read" in editor.window.status.text)
    assert editor.window.bridge.project is was


def test_the_command_line_writes_and_reads_timelines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = a_project(clips=2)
    save_project(tmp_path / "a.wvp", encode_project(project, 1, tmp_path))
    assert main(["timeline", "export", str(tmp_path / "a.wvp"), str(tmp_path / "a.otio")]) == DONE
    assert main(["timeline", "import", str(tmp_path / "a.otio"), str(tmp_path / "b.wvp")]) == DONE
    assert load_project(tmp_path / "b.wvp").project == project
    assert "b.wvp written, 2 clips." in capsys.readouterr().out
    assert main(["timeline", "import", str(tmp_path / "a.otio"), str(tmp_path / "b.wvp")]) == USAGE
    assert main(["timeline", "export", str(tmp_path / "a.wvp"), str(tmp_path / "a.xml")]) == BAD_INPUT
    assert main(["timeline", "import", str(tmp_path / "a.edl"), str(tmp_path / "c.wvp"), "--rate", "x"]) == USAGE


def test_the_command_line_says_what_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = a_project()
    project = SetValue(next(project.clips()).id, RAIN, 0.5).apply(project).project
    save_project(tmp_path / "a.wvp", encode_project(project, 1, tmp_path))
    assert main(["timeline", "export", str(tmp_path / "a.wvp"), str(tmp_path / "a.edl")]) == DONE
    assert capsys.readouterr().out.startswith("note     EDL, CMX 3600 does not hold the conditions of 1 clip.\n")
