"""The main job with nothing faked: a clip, a look, keyframes, a mask, undo, save, reopen, export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from films import add_tone, number_film
from pytestqt.qtbot import QtBot
from window_kit import Answers, Editor, drag

from app.export.exporter import Phase
from app.gui import build_engine
from app.main_window import MainWindow
from app.panels.conditions_panel import apply_preset
from core.condition import RAIN
from core.document.commands import SetKeyframe, SetOutPoint
from core.document.session import Session
from core.ids import JobId
from core.media.probe import probe
from core.render.messages import ExportRequest, ExportSettings, Layer
from core.timebase import Time

FRAMES = 12


@pytest.fixture
def editor(qtbot: QtBot, tmp_path: Path) -> Iterator[Editor]:
    """The window with the engine that ships."""
    answers = Answers()
    window = MainWindow(Session(), build_engine, answers)
    qtbot.addWidget(window)
    window.show()
    window.begin()
    opened = Editor(window, answers, qtbot, tmp_path)
    yield opened
    opened.close()
    assert not window.engine.isRunning()


def start_export(editor: Editor, out: Path) -> None:
    project = editor.window.bridge.project
    editor.window.exporter.start(
        ExportRequest(JobId("export-1"), project, project.export_range, ExportSettings(str(out)))
    )


def ended(editor: Editor) -> bool:
    state = editor.window.exporter.state
    return state is not None and not state.is_running


def test_the_main_job_from_clip_to_export(editor: Editor, tmp_path: Path) -> None:
    film = add_tone(number_film(tmp_path / "silent.mov", FRAMES, size=(96, 64)), tmp_path / "tiny.mov", seconds=0.48)
    window = editor.window
    window.documents.open_paths([str(film)])
    editor.until(lambda: window.timeline.canvas.state.clip is not None)
    editor.wait_for_picture()
    fresh = window.bridge.project

    apply_preset(window.context, "night")
    window.bridge.do(SetKeyframe(editor.clip.id, RAIN, Time.from_frame(0, fresh.rate), 0.0))
    window.bridge.do(SetKeyframe(editor.clip.id, RAIN, Time.from_frame(8, fresh.rate), 0.8))
    editor.act("brush")
    center = window.viewer.view.picture_rect.center()
    drag(window.viewer.view, center, center + center * 0.05)
    editor.act("brush")
    edited = window.bridge.project
    assert len(editor.clip.masks) == 1
    editor.until(lambda: result_differs(editor))

    while window.bridge.session.undo_label != "Add clip":
        editor.act("undo")
    assert window.bridge.project == fresh
    while window.bridge.session.can_redo:
        editor.act("redo")
    assert window.bridge.project == edited

    editor.answers.place = tmp_path / "night.wvp"
    editor.act("save")
    editor.act("new")
    window.documents.open(tmp_path / "night.wvp")
    assert window.bridge.project == edited

    out = tmp_path / "night.mp4"
    start_export(editor, out)
    editor.until(lambda: ended(editor))
    assert window.exporter.state is not None
    assert window.exporter.state.phase is Phase.DONE, window.exporter.state.message
    made = probe(out)
    assert made.video.frame_count == FRAMES
    assert made.video.duration == edited.duration
    assert made.audio


def result_differs(editor: Editor) -> bool:
    ready = editor.window.viewer.view.ready
    if ready is None or not ready.is_last:
        return False
    source, result = ready.picture(Layer.SOURCE), ready.picture(Layer.RESULT)
    return source is not None and result is not None and bool((source.pixels != result.pixels).any())


def test_a_cancelled_export_leaves_nothing_under_its_name(editor: Editor, tmp_path: Path) -> None:
    film = number_film(tmp_path / "long.mp4", 200, size=(96, 64))
    editor.window.documents.open_paths([str(film)])
    editor.until(lambda: editor.window.timeline.canvas.state.clip is not None)
    apply_preset(editor.window.context, "night")
    out = tmp_path / "never.mp4"
    start_export(editor, out)
    editor.until(lambda: editor.window.exporter.state is not None and editor.window.exporter.state.progress is not None)
    editor.window.exporter.cancel()
    editor.until(lambda: ended(editor))
    assert editor.window.exporter.state is not None
    assert editor.window.exporter.state.phase is Phase.CANCELLED
    assert not out.exists()


def test_an_export_runs_from_in_to_out(editor: Editor, tmp_path: Path) -> None:
    film = number_film(tmp_path / "part.mp4", FRAMES, size=(96, 64))
    editor.window.documents.open_paths([str(film)])
    editor.until(lambda: editor.window.timeline.canvas.state.clip is not None)
    editor.window.bridge.do(SetOutPoint(Time.from_frame(5, editor.window.bridge.project.rate)))
    out = tmp_path / "part_out.mp4"
    start_export(editor, out)
    editor.until(lambda: ended(editor))
    assert probe(out).video.frame_count == 5
