"""The render queue: its order, its memory, and what it does to the engine, in the real window."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from builders import a_mask, a_media, a_project
from films import number_film
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_kit import Editor, drag

from app.export.dialog import ExportDialog
from app.export.exporter import Exporter
from app.queue import jobs as q
from app.queue.desk import RenderQueue
from app.queue.jobs import Job, JobState
from app.queue.store import QueueStore
from app.queue.view import ROW_H, QueueView
from app.queue.window import QueueWindow
from core.ids import JobId
from core.progress import Progress
from core.render.messages import (
    CancelExport,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    ExportSettings,
    HoldExports,
    Request,
)
from core.timebase import ZERO, Time, TimeRange

PROJECT = a_project(media=a_media(frames=100), masks=[a_mask()])


def a_request(name: str) -> ExportRequest:
    span = TimeRange(ZERO, Time(Fraction(20, 25)))
    return ExportRequest(JobId(name), PROJECT, span, ExportSettings(f"/out/{name}.mp4", "h264"))


class Bench:
    """A queue over an engine that only listens."""

    def __init__(self, folder: Path) -> None:
        self.posted: list[Request] = []
        self.exporter = Exporter(self.posted.append)
        self.store = QueueStore(folder / "queue")
        self.queue = RenderQueue(self.exporter, self.posted.append, self.store)
        self.heard: list[str] = []
        self.queue.finished.connect(self.heard.append)

    @property
    def order(self) -> list[tuple[str, JobState]]:
        return [(job.id, job.state) for job in self.queue.jobs]

    @property
    def exported(self) -> list[str]:
        return [r.job for r in self.posted if isinstance(r, ExportRequest)]

    def end(self, job: str, *, fails: bool = False) -> None:
        if fails:
            self.exporter.on_event(ExportFailed(JobId(job), "The disk is full."))
        else:
            self.exporter.on_event(ExportDone(JobId(job), f"/out/{job}.mp4", 20, 1.0))


@pytest.fixture
def bench(tmp_path: Path, qtbot: QtBot) -> Bench:
    return Bench(tmp_path)


def test_jobs_wait_until_the_queue_is_started_and_run_one_after_the_other(bench: Bench) -> None:
    for name in "abc":
        bench.queue.add(a_request(name))
    assert bench.exported == []
    bench.queue.start()
    assert bench.exported == ["a"]
    bench.end("a")
    bench.end("b", fails=True)
    assert bench.exported == ["a", "b", "c"]
    assert bench.heard == []
    bench.end("c")
    assert bench.order == [("a", JobState.DONE), ("b", JobState.FAILED), ("c", JobState.DONE)]
    assert bench.heard == ["The render queue is done: 2 exported, 1 not."]
    assert q.job_of(bench.queue.jobs, JobId("b")).message == "The disk is full."  # type: ignore[union-attr]


def test_only_jobs_that_wait_change_places(bench: Bench) -> None:
    for name in "abcd":
        bench.queue.add(a_request(name))
    bench.queue.start()
    bench.queue.move(JobId("d"), -1)
    assert [job.id for job in bench.queue.jobs] == ["a", "b", "d", "c"]
    bench.queue.move(JobId("d"), -9)
    assert [job.id for job in bench.queue.jobs] == ["a", "d", "b", "c"]
    bench.queue.move(JobId("a"), 2)
    assert [job.id for job in bench.queue.jobs] == ["a", "d", "b", "c"]
    bench.end("a")
    assert bench.exported == ["a", "d"]


def test_exporting_now_goes_before_all_that_wait(bench: Bench) -> None:
    bench.queue.add(a_request("a"))
    bench.queue.export_now(a_request("b"))
    assert bench.exported == ["b"]
    bench.queue.export_now(a_request("c"))
    assert [job.id for job in bench.queue.jobs] == ["b", "c", "a"]


def test_pausing_holds_the_engine_and_begins_nothing(bench: Bench) -> None:
    bench.queue.add(a_request("a"))
    bench.queue.add(a_request("b"))
    bench.queue.start()
    bench.queue.pause()
    assert bench.posted[-1] == HoldExports(is_held=True)
    bench.end("a")
    assert bench.exported == ["a"]
    bench.queue.start()
    assert HoldExports(is_held=False) in bench.posted[-2:]
    assert bench.exported == ["a", "b"]


def test_removing_the_job_that_runs_cancels_it_first(bench: Bench) -> None:
    bench.queue.add(a_request("a"))
    bench.queue.add(a_request("b"))
    bench.queue.start()
    bench.queue.remove(JobId("a"))
    assert bench.posted[-1] == CancelExport(JobId("a"))
    bench.exporter.on_event(ExportFailed(JobId("a"), "Export cancelled.", is_cancelled=True))
    assert bench.order == [("b", JobState.RUNNING)]
    bench.queue.remove(JobId("b"))
    bench.exporter.on_event(ExportFailed(JobId("b"), "Export cancelled.", is_cancelled=True))
    assert bench.order == []


def test_a_job_that_stopped_can_be_tried_again(bench: Bench) -> None:
    bench.queue.add(a_request("a"))
    bench.queue.retry(JobId("a"))
    assert bench.order == [("a", JobState.WAITING)]
    bench.queue.start()
    bench.end("a", fails=True)
    bench.queue.retry(JobId("a"))
    assert bench.exported == ["a", "a"]
    bench.end("a")
    bench.queue.clear_finished()
    assert bench.order == []


def test_progress_reaches_the_job(bench: Bench) -> None:
    bench.queue.add(a_request("a"))
    bench.queue.start()
    bench.exporter.on_event(ExportProgress(JobId("a"), Progress("Rendering", 10, 20, 5.0)))
    (job,) = bench.queue.jobs
    assert (job.done, job.total, job.left_s, job.fraction) == (10, 20, 5.0, 0.5)


def test_the_queue_comes_back_after_a_crash_and_goes_on_by_itself(bench: Bench, tmp_path: Path) -> None:
    bench.queue.add(a_request("a"))
    bench.queue.add(a_request("b"))
    bench.queue.start()
    bench.exporter.on_event(ExportProgress(JobId("a"), Progress("Rendering", 10, 20, 5.0)))
    bench.end("a")
    bench.store.close()  # as the end of a process does
    again = Bench(tmp_path)
    again.queue.load()
    assert again.order == [("a", JobState.DONE), ("b", JobState.WAITING)]
    assert again.queue.jobs[1].request == a_request("b")
    assert again.queue.jobs[1].message == "Interrupted. It goes on where it stopped."
    assert again.exported == []
    again.queue.resume()
    assert again.exported == ["b"]


def test_after_an_orderly_end_nothing_begins_by_itself(bench: Bench, tmp_path: Path) -> None:
    bench.queue.add(a_request("a"))
    bench.queue.start()
    bench.queue.close()
    again = Bench(tmp_path)
    again.queue.load()
    again.queue.resume()
    assert again.exported == []
    assert again.order == [("a", JobState.WAITING)]
    again.queue.remove(JobId("a"))
    assert list((tmp_path / "queue").glob("*.wvp")) == []


def test_a_second_window_has_a_queue_of_its_own(bench: Bench, tmp_path: Path) -> None:
    bench.queue.add(a_request("a"))
    second = Bench(tmp_path)
    second.queue.load()
    assert second.order == []
    second.queue.add(a_request("b"))
    second.queue.close()
    bench.queue.close()
    third = Bench(tmp_path)
    third.queue.load()
    assert third.order == [("a", JobState.WAITING)]


def test_a_damaged_list_or_project_loses_no_other_job(bench: Bench, tmp_path: Path) -> None:
    for name in "ab":
        bench.queue.add(a_request(name))
    bench.store.close()
    (tmp_path / "queue" / "a.wvp").write_bytes(b"no project")
    again = Bench(tmp_path)
    again.queue.load()
    assert again.order == [("b", JobState.WAITING)]
    (tmp_path / "queue" / "queue.json").write_bytes(b"[")
    again.queue.load()
    assert again.order == []


def test_moving_is_a_permutation_of_those_that_wait() -> None:
    states = [JobState.DONE, JobState.WAITING, JobState.RUNNING, JobState.WAITING, JobState.WAITING]
    jobs = tuple(replace(Job(a_request(str(n))), state=state) for n, state in enumerate(states))
    for n in range(5):
        for by in range(-3, 4):
            after = q.moved(jobs, JobId(str(n)), by)
            assert sorted(j.id for j in after) == sorted(j.id for j in jobs)
            assert [j.state for j in after] == states


# ---- in the window ------------------------------------------------------------------------------------------------


def enqueue(editor: Editor, name: str) -> Path:
    """As a person does: the export dialog, a name, Add to queue."""
    editor.act("export")
    dialog = next(d for d in editor.window.findChildren(ExportDialog) if d.isVisible())
    out = editor.folder / name
    dialog.format.setCurrentText("PNG sequence, 16 bit")
    dialog.out.setText(str(out))
    editor.qtbot.mouseClick(dialog.queue, Qt.MouseButton.LeftButton)
    return out


@pytest.mark.parametrize("gap", range(6))
def test_a_job_put_down_in_a_gap_lies_there(gap: int) -> None:
    jobs = (Job(a_request("done"), JobState.DONE), *(Job(a_request(n)) for n in "abcd"))
    held = JobId("b")
    order = [j.id for j in q.moved(jobs, held, q.steps_to(jobs, held, gap)) if j.state is JobState.WAITING]
    others = ["a", "c", "d"]
    before = [j.id for j in jobs[:gap] if j.id in others]
    assert order == [*before, "b", *(n for n in others if n not in before)]


def a_list(bench: Bench, qtbot: QtBot) -> QueueView:
    """One that runs, three that wait, in a window."""
    for name in "abcd":
        bench.queue.add(a_request(name))
    bench.queue.start()
    window = QueueWindow(bench.queue)
    qtbot.addWidget(window)
    window.show()
    return window.view


def row_of(number: float) -> QPointF:
    """The middle of a row."""
    return QPointF(200, (number + 0.5) * ROW_H)


def test_dragging_a_job_above_another_runs_it_before(bench: Bench, qtbot: QtBot) -> None:
    view = a_list(bench, qtbot)
    drag(view.viewport(), row_of(3), row_of(2), row_of(0.6))
    assert [job.id for job in bench.queue.jobs] == ["a", "d", "b", "c"]
    assert bench.queue.running is not None
    assert bench.queue.running.id == "a"


def test_the_job_at_work_cannot_be_dragged(bench: Bench, qtbot: QtBot) -> None:
    view = a_list(bench, qtbot)
    drag(view.viewport(), row_of(0), row_of(1), row_of(3))
    assert [job.id for job in bench.queue.jobs] == ["a", "b", "c", "d"]


def test_esc_leaves_a_dragged_job_where_it_is(bench: Bench, qtbot: QtBot) -> None:
    view = a_list(bench, qtbot)
    drag(view.viewport(), row_of(3), row_of(2), row_of(1), release=False)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    drag(view.viewport(), row_of(1), row_of(1))
    assert [job.id for job in bench.queue.jobs] == ["a", "b", "c", "d"]
    assert view.window().isVisible()


def test_two_exports_run_through_the_queue_window(editor: Editor) -> None:
    editor.add_clip(frames=10)
    window = editor.window
    first, second = enqueue(editor, "first_%03d.png"), enqueue(editor, "second_%03d.png")
    panel = window.exports.queue_window
    assert panel is not None
    assert panel.isVisible()
    assert [job.out for job in window.queue.jobs] == [first, second]
    assert panel.run.text() == "Start"
    panel.select(window.queue.jobs[1].id)
    editor.qtbot.keyClick(panel.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [job.out for job in window.queue.jobs] == [second, first]
    editor.qtbot.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    editor.until(lambda: all(job.state is JobState.DONE for job in window.queue.jobs))
    assert len(list(editor.folder.glob("first_*.png"))) == 10
    assert len(list(editor.folder.glob("second_*.png"))) == 10
    editor.until(lambda: window.status.text == "The render queue is done: 2 exported.")
    editor.qtbot.mouseClick(panel.clear, Qt.MouseButton.LeftButton)
    assert window.queue.jobs == ()
    assert panel.empty.isVisible()


def test_a_paused_export_leaves_the_previews_and_ends_whole(editor: Editor) -> None:
    window = editor.window
    editor.add_clip(frames=60)
    editor.wait_for_picture()
    enqueue(editor, "long_%03d.png")
    editor.act("render_queue")
    panel = window.exports.queue_window
    assert panel is not None
    window.queue.start()
    editor.until(lambda: window.queue.jobs[0].done > 2)
    editor.qtbot.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    assert panel.run.text() == "Resume"
    window.playhead.seek(Time.from_frame(30, window.bridge.project.rate))
    editor.wait_for_picture()
    assert window.queue.jobs[0].state is JobState.RUNNING
    assert not (editor.folder / "long_059.png").exists()
    editor.qtbot.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    editor.until(lambda: window.queue.jobs[0].state is JobState.DONE)
    assert len(list(editor.folder.glob("long_*.png"))) == 60


def test_an_interrupted_export_goes_on_from_its_finished_pieces(editor: Editor, qtbot: QtBot) -> None:
    """A piece is 48 frames: what was finished of it before the window closed is not made again."""
    editor.add_clip(frames=70)
    enqueue(editor, "film_%03d.png")
    editor.window.queue.start()
    editor.until(lambda: editor.window.queue.jobs[0].done > 50)
    editor.window.queue.pause()
    editor.close()
    later = Editor.open(qtbot, editor.folder)
    try:
        later.until(lambda: bool(later.window.queue.jobs))
        (job,) = later.window.queue.jobs
        assert (job.state, job.message) == (JobState.WAITING, "Interrupted. It goes on where it stopped.")
        seen: list[int] = []
        later.window.queue.changed.connect(lambda: seen.append(later.window.queue.jobs[0].done))
        later.window.queue.start()
        later.until(lambda: later.window.queue.jobs[0].state is JobState.DONE)
        assert min(n for n in seen if 0 < n < 50) == 48
        assert len(list(editor.folder.glob("film_*.png"))) == 70
    finally:
        later.close()


def test_delete_removes_and_the_source_can_never_be_queued_over(editor: Editor) -> None:
    editor.add_clip(frames=10)
    number_film(editor.folder / "other.mp4", 3)
    enqueue(editor, "one_%03d.png")
    editor.act("export")
    dialog = next(d for d in editor.window.findChildren(ExportDialog) if d.isVisible())
    dialog.out.setText(str(editor.folder / "tiny.mp4"))
    assert not dialog.queue.isEnabled()
    dialog.reject()
    panel = editor.window.exports.queue_window
    assert panel is not None
    panel.view.setFocus()
    assert panel.current is not None
    editor.qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert editor.window.queue.jobs == ()
