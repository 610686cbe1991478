"""Export: what the dialog asks for, and how the popover follows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import a_media, a_project
from hands import click
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.export import choices
from app.export.choices import FORMATS, default_path, range_choices, size_choices, time_left_text, with_format
from app.export.dialog import ExportDialog
from app.export.exporter import Exporter, Phase
from app.export.popover import ExportPopover
from app.theme.style import apply_theme
from core.document.model import Look, Project
from core.ids import JobId
from core.media.formats import Codec
from core.progress import Progress
from core.render.messages import (
    CancelExport,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    Picture8,
    Request,
)
from core.timebase import Time

H264, H265, PRORES, PNG, EXR = FORMATS


@pytest.fixture(scope="module", autouse=True)
def _themed(qapp: QApplication) -> None:
    apply_theme(qapp)


@pytest.fixture
def project() -> Project:
    return a_project(media=a_media("road.mp4", frames=100), look=Look(name="Night"))


def test_the_name_says_clip_and_look_and_is_safe_on_every_system(project: Project, tmp_path: Path) -> None:
    assert default_path(project, tmp_path, H264) == tmp_path / "road night.mp4"
    odd = replace(project, name='Reel: 2/"b"')
    assert default_path(odd, tmp_path, PRORES).name == "Reel 2 b night.mov"


def test_a_format_brings_its_ending_and_number_and_takes_them_away(tmp_path: Path) -> None:
    film = tmp_path / "road night.mp4"
    images = with_format(film, PNG)
    assert images.name == "road night_%05d.png"
    assert with_format(images, EXR).name == "road night_%05d.exr"
    assert with_format(images, H264) == film
    assert with_format(tmp_path / "a.mkv", H265).suffix == ".mkv"
    assert with_format(tmp_path / "a.mp4", PRORES).suffix == ".mov"


def test_smaller_sizes_keep_the_shape_with_even_sides(project: Project) -> None:
    sizes = size_choices(replace(project, width=1000, height=750))
    assert sizes[0] == (1000, 750)
    assert all(w % 2 == 0 and h % 2 == 0 and abs(w / h - 4 / 3) < 0.01 for w, h in sizes[1:])


def test_half_and_any_width_can_be_asked_for_and_the_shape_is_kept(
    project: Project, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = ExportDialog(replace(project, width=1000, height=750), tmp_path, lambda _request: None)
    qtbot.addWidget(dialog)
    assert dialog.frame_size.itemText(0) == "Full, 1000 × 750"
    assert dialog.frame_size.itemText(1) == "Half, 500 × 376"
    assert dialog.width_px.isHidden()
    dialog.frame_size.setCurrentIndex(dialog.frame_size.count() - 1)
    assert not dialog.width_px.isHidden()
    dialog.width_px.setValue(641)
    settings = dialog.request().settings
    assert (settings.width, settings.height) == (640, 480)
    dialog.width_px.setValue(4000)
    assert dialog.picture_size == (1000, 750)


def test_in_and_out_are_offered_first_with_their_frames(project: Project) -> None:
    assert [name for name, _ in range_choices(project)] == ["Whole timeline, 100 frames"]
    marked = replace(project, in_point=Time.from_frame(10, project.rate))
    assert [name for name, _ in range_choices(marked)] == ["In to out, 90 frames", "Whole timeline, 100 frames"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "Measuring"), (280.4, "4:40"), (599, "9:59"), (1260, "about 21 min")]
)
def test_time_left_is_honest(seconds: float | None, text: str) -> None:
    assert time_left_text(seconds) == text


def test_the_dialog_asks_for_what_was_chosen(project: Project, tmp_path: Path, qtbot: QtBot) -> None:
    asked: list[ExportRequest] = []
    dialog = ExportDialog(project, tmp_path, asked.append)
    qtbot.addWidget(dialog)
    dialog.format.setCurrentIndex(FORMATS.index(PRORES))
    dialog.frame_size.setCurrentIndex(1)
    click(dialog.heatmap, (10, 12))
    click(dialog.report, (10, 12))
    click(dialog.layers, (10, 12))
    click(dialog.export)
    (request,) = asked
    settings = request.settings
    assert settings.layers == str(tmp_path / "road night layers")
    assert settings.out == str(tmp_path / "road night.mov")
    assert settings.codec == Codec.PRORES
    assert (settings.width, settings.height) == size_choices(project)[1]
    assert settings.heatmap == str(tmp_path / "road night flicker.mp4")
    assert settings.report == str(tmp_path / "road night report.json")
    assert len(request.span.frames(project.rate)) == 100


@pytest.mark.parametrize(
    ("name", "says"),
    [("nowhere/a.mp4", "is not there"), ("a.avi", "needs one of the endings"), ("", "Give the file a name")],
)
def test_a_name_that_cannot_be_written_is_told_where_it_is_typed(
    project: Project, tmp_path: Path, qtbot: QtBot, name: str, says: str
) -> None:
    dialog = ExportDialog(project, tmp_path, lambda _: pytest.fail("nothing may start"))
    qtbot.addWidget(dialog)
    dialog.out.setText(str(tmp_path / name) if name else "")
    assert says in dialog.note.text()
    assert not dialog.export.isEnabled()
    dialog.accept()


def test_a_folder_that_cannot_be_written_is_told_before_the_job_starts(
    project: Project, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(dir: Path) -> None:
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr(choices, "TemporaryFile", refused)
    dialog = ExportDialog(project, tmp_path, lambda _: pytest.fail("nothing may start"))
    qtbot.addWidget(dialog)
    assert dialog.note.text() == f"Nothing can be written in {tmp_path}; choose another folder."
    dialog.accept()


def test_the_source_is_never_overwritten(tmp_path: Path, qtbot: QtBot) -> None:
    project = a_project(media=a_media("road.mp4", folder=str(tmp_path)))
    dialog = ExportDialog(project, tmp_path, lambda _: None)
    qtbot.addWidget(dialog)
    dialog.out.setText(str(tmp_path / "road.mp4"))
    assert "is the source itself" in dialog.note.text()


def test_a_file_that_is_there_is_worth_a_word(project: Project, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "road night.mp4").write_bytes(b"old")
    dialog = ExportDialog(project, tmp_path, lambda _: None)
    qtbot.addWidget(dialog)
    assert dialog.note.text() == "road night.mp4 exists and will be replaced."
    assert dialog.export.isEnabled()


@pytest.fixture
def posted() -> list[Request]:
    return []


@pytest.fixture
def request_(project: Project, tmp_path: Path, qtbot: QtBot) -> ExportRequest:
    dialog = ExportDialog(project, tmp_path, lambda _: None)
    qtbot.addWidget(dialog)
    return dialog.request()


@pytest.fixture
def popover(posted: list[Request], qtbot: QtBot) -> Iterator[ExportPopover]:
    window = QWidget()
    window.resize(900, 500)
    anchor = QWidget(window)
    anchor.setGeometry(700, 476, 200, 24)
    qtbot.addWidget(window)
    window.show()
    yield ExportPopover(Exporter(posted.append), anchor, window)
    window.close()


def test_the_popover_opens_counts_and_guesses(popover: ExportPopover, request_: ExportRequest) -> None:
    exporter = popover._exporter
    exporter.start(request_)
    assert popover.isVisible()
    assert popover.facts["Frame"].text() == "Starting"
    picture = Picture8(np.zeros((90, 160, 4), np.uint8))
    exporter.on_event(ExportProgress(request_.job, Progress("Translating", 50, 100, 100.0), picture))
    assert popover.facts["Frame"].text() == "50 of 100"
    assert popover.facts["Speed"].text() == "0.50 fps"
    assert popover.facts["Time left"].text() == "1:40"
    assert popover.bar.fraction == 0.5


def test_cancel_posts_once_and_waits_for_the_engine(
    popover: ExportPopover, request_: ExportRequest, posted: list[Request]
) -> None:
    exporter = popover._exporter
    exporter.start(request_)
    click(popover.cancel)
    click(popover.cancel)
    assert posted == [request_, CancelExport(request_.job)]
    assert exporter.is_running
    exporter.on_event(ExportFailed(request_.job, "Cancelled.", is_cancelled=True))
    assert exporter.state is not None
    assert exporter.state.phase is Phase.CANCELLED
    assert not exporter.is_running


def test_events_of_another_job_are_ignored(popover: ExportPopover, request_: ExportRequest) -> None:
    exporter = popover._exporter
    exporter.start(request_)
    exporter.on_event(ExportDone(JobId("export-other"), "x.mp4", 3, 1.0))
    assert exporter.is_running


def test_the_end_is_told_in_one_sentence(popover: ExportPopover, request_: ExportRequest, qtbot: QtBot) -> None:
    exporter = popover._exporter
    exporter.start(request_)
    with qtbot.waitSignal(exporter.finished, timeout=1000) as told:
        exporter.on_event(ExportDone(request_.job, request_.settings.out, 100, 60.0))
    assert told.args == ["Exported 100 frames to road night.mp4."]
    assert popover.show_folder.isVisible()
    exporter.start(replace(request_, job=JobId("export-again")))
    with qtbot.waitSignal(exporter.finished, timeout=1000) as told:
        exporter.on_event(ExportFailed(JobId("export-again"), "The disk is full at frame 40; free some space."))
    assert told.args == ["The disk is full at frame 40; free some space."]
    assert popover.stage.text() == told.args[0]
    assert popover.facts["Time left"].text() == "Stopped"
