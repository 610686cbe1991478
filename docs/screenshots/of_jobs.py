"""Exports, the queue, what goes wrong, and what lies over the window."""

from __future__ import annotations

from app.export.dialog import ExportDialog
from app.export.popover import ExportPopover
from app.queue.view import QueueView
from app.queue.window import QueueWindow
from app.status_bar import StatusBar
from docs.screenshots.book import picture
from docs.screenshots.stage import Stage
from docs.screenshots.studio import queue_up


@picture(ExportDialog)
def export_dialog(stage: Stage) -> None:
    dialog = ExportDialog(
        stage.window.bridge.project, stage.home, stage.window.queue.export_now, stage.window, enqueue=lambda _: None
    )
    dialog.show()
    stage.shoot(dialog)


@picture(ExportPopover)
def export_running(stage: Stage) -> None:
    window = stage.window
    queue_up(stage, (stage.home / "night.mov", "prores", 640))
    window.queue.start()
    stage.until(lambda: (s := window.exporter.state) is not None and s.progress is not None and s.progress.done > 12)
    window.queue.pause()
    stage.shoot()


@picture(ExportPopover)
def export_done(stage: Stage) -> None:
    window = stage.window
    queue_up(stage, (stage.home / "small.mp4", "h264", 160))
    window.queue.start()
    stage.until(lambda: not window.exporter.is_running)
    stage.shoot(window.exports.popover)


@picture(ExportPopover)
def export_failed(stage: Stage) -> None:
    _fail_export(stage)
    stage.shoot(stage.window.exports.popover)


@picture(QueueWindow, QueueView)
def queue_running(stage: Stage) -> None:
    _draw_queue(stage)


@picture(QueueWindow)
def queue_paused(stage: Stage) -> None:
    _draw_queue(stage, pauses=True)


@picture(QueueWindow)
def queue_failed(stage: Stage) -> None:
    _fail_export(stage)
    stage.window.exports.show_queue()
    stage.shoot(stage.window.exports.queue_window)


def _fail_export(stage: Stage) -> None:
    """Onto a file in the place of its folder."""
    window = stage.window
    (stage.home / "full").write_text("no folder", encoding="utf-8")
    queue_up(stage, (stage.home / "full" / "night.mp4", "h264", 160))
    window.queue.start()
    stage.until(lambda: bool(window.queue.jobs) and window.queue.jobs[0].state.is_over)


def _draw_queue(stage: Stage, *, pauses: bool = False) -> None:
    """One done, one in work, two that wait."""
    window, home = stage.window, stage.home
    queue_up(
        stage,
        (home / "first.mp4", "h264", 160),
        (home / "night.mov", "prores", 640),
        (home / "plates_%05d.exr", "exr", 640),
        (
            home / "A name that goes on for longer than any list is wide, as names of versions for review do_v014.mp4",
            "h265",
            640,
        ),
    )
    window.exports.show_queue()
    window.queue.start()
    stage.until(lambda: window.queue.jobs[1].done > 8)
    window.exports.popover.hide()
    if pauses:
        window.queue.pause()
    stage.shoot(window.exports.queue_window)


@picture(StatusBar)
def fault(stage: Stage) -> None:
    stage.window.house.show_fault(
        "Something went wrong: list index out of range. Your edits are kept; the log has the rest."
    )
    stage.shoot()
