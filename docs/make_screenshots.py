"""Draw the documentation's pictures: the real editor on the demo project, offscreen.

make screenshots
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.threads import wait_without_spinning  # noqa: E402

wait_without_spinning()

from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from app.demo import make_demo  # noqa: E402
from app.export.dialog import ExportDialog  # noqa: E402
from app.gui import build_engine  # noqa: E402
from app.main_window import MainWindow  # noqa: E402
from app.palette.window import CommandPalette  # noqa: E402
from app.preferences.dialog import PERFORMANCE, SHORTCUTS, PreferencesDialog  # noqa: E402
from app.scene_desk import fresh_id  # noqa: E402
from app.theme.style import apply_theme  # noqa: E402
from core.document.model import Clip, StrokeMode  # noqa: E402
from core.document.session import Session  # noqa: E402
from core.ids import JobId, new_id  # noqa: E402
from core.objects import Box, ObjectKind  # noqa: E402
from core.render.messages import ExportRequest, ExportSettings  # noqa: E402
from core.timebase import Time  # noqa: E402

IMAGES = ROOT / "docs" / "images"
RATE = Fraction(24)
PATIENCE_S = 300.0


class Studio:
    """A window, and a way to wait for what it shows."""

    def __init__(self) -> None:
        application = QApplication.instance() or QApplication([])
        assert isinstance(application, QApplication)
        self.application = application
        apply_theme(application)
        self.window = MainWindow(Session(), build_engine)
        self.window.resize(1600, 1000)
        self.window.show()
        self.window.begin()

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            self.application.processEvents()
            time.sleep(0.01)
            if time.monotonic() > deadline:
                raise SystemExit("The editor did not get ready for its picture.")

    def settle(self, seconds: float = 1.0) -> None:
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end)

    def open(self, project: Path) -> list[Clip]:
        """Its clips, in order."""
        self.window.documents.open(project)
        self.until(lambda: any(True for _ in self.window.bridge.project.clips()))
        return sorted(self.window.bridge.project.pictures(), key=lambda c: c.start)

    def show_frame(self, clip: Clip, frame: int) -> None:
        """Wait for the best picture of a source frame of a clip."""
        window, view = self.window, self.window.viewer.view
        window.timeline.canvas.select(clip.id)
        window.playhead.seek(clip.timeline_time(Time.from_frame(frame, RATE)))
        self.until(lambda: view.ready is not None and view.ready.is_last and view.ready.time == window.playhead.time)

    def rest(self) -> None:
        """Wait until the cache bar is blue throughout: an editor at rest."""
        state, whole = self.window.timeline.canvas.state, self.window.bridge.project.export_range
        self.until(lambda: any(r.start <= whole.start and whole.end <= r.end for r in state.ready))

    def grab(self, name: str, widget: QWidget | None = None) -> None:
        self.settle()
        image = (widget or self.window).grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        image.save(str(IMAGES / f"{name}.png"))
        print(f"docs/images/{name}.png", flush=True)


def place_objects(window: MainWindow) -> None:
    """What a person would: the green car, a window, and the lamp at the right as a row."""
    desk, frame = window.desk, window.desk.frame_at()
    assert frame is not None
    window.workbench.use_objects()
    light = fresh_id()
    for id_, kind, box in (
        (fresh_id(), ObjectKind.VEHICLE, Box(0.034, 0.48, 0.2, 0.572)),
        (fresh_id(), ObjectKind.WINDOW, Box(0.3, 0.195, 0.328, 0.28)),
        (light, ObjectKind.STREET_LIGHT, Box(0.752, 0.08, 0.782, 0.565)),
    ):
        desk.set_kind(kind)
        desk.add(id_, box, frame)
    desk.change(light, repeat_m=25.0)
    desk.select(light)


def draw_queue(studio: Studio, folder: Path) -> None:
    """A queue at work: one export done, one in the middle, one that waits."""
    window, project = studio.window, studio.window.bridge.project
    kinds = (("night.mp4", "h264", 160), ("night.mov", "prores", 320), ("plates_%05d.exr", "exr", 640))
    for name, codec, width in kinds:
        settings = ExportSettings(str(folder / name), codec, width, width * project.height // project.width)
        window.queue.add(ExportRequest(JobId(new_id("export")), project, project.export_range, settings))
    window.exports.show_queue()
    queue = window.exports.queue_window
    assert queue is not None
    window.queue.start()
    studio.until(lambda: window.queue.jobs[1].done > 30)
    window.queue.pause()
    studio.grab("queue", queue)
    queue.close()
    window.queue.start()
    while window.queue.jobs:
        window.queue.clear_finished()
        for job in window.queue.jobs:
            window.queue.remove(job.id)
        studio.settle(0.2)
    window.exports.popover.hide()


def draw_house(studio: Studio) -> None:
    """What is around the project: preferences, palette, tour."""
    house, window = studio.window.house, studio.window
    house.preferences.set(cache_folder="/media/scratch/weathervane")
    house.show_preferences(PERFORMANCE)
    dialog = window.findChild(PreferencesDialog)
    assert dialog is not None
    studio.grab("preferences", dialog)
    dialog.open_page(SHORTCUTS)
    dialog.shortcuts.choose("play")
    studio.grab("shortcuts", dialog)
    dialog.close()
    house.preferences.set(cache_folder="")
    house.show_palette()
    palette = window.findChild(CommandPalette)
    assert palette is not None
    palette.query.setText("mark")
    studio.grab("palette", palette)
    palette.close()
    house.start_tour()
    assert house.tour.card is not None
    house.tour.card.next.click()
    house.tour.card.next.click()
    studio.grab("tour")
    house.tour.stop()


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    demo = make_demo()
    with tempfile.TemporaryDirectory() as home:
        os.environ["WEATHERVANE_HOME"] = home
        studio = Studio()
        window = studio.window
        studio.settle(3.0)
        studio.grab("empty")
        night, fog = studio.open(demo)
        studio.show_frame(night, 44)
        studio.rest()
        studio.settle(3.0)
        studio.grab("main")
        studio.grab("conditions", window.inspector)
        studio.show_frame(fog, 64)
        window.workbench.set_workspace("Mask")
        studio.grab("mask")
        window.workbench.set_workspace("Scene")
        studio.show_frame(night, 44)
        studio.until(lambda: window.desk.shot is not None and window.desk.shot.tracking is not None)
        place_objects(window)
        studio.settle(3.0)
        studio.grab("scene")
        window.workbench.use_sky_brush(StrokeMode.ADD)
        studio.settle(3.0)
        studio.grab("sky")
        while window.bridge.session.can_undo:
            window.bridge.undo()
        window.workbench.set_workspace("Translate")
        studio.show_frame(night, 30)
        out = Path(home)
        draw_queue(studio, out)
        draw_house(studio)
        dialog = ExportDialog(window.bridge.project, out, window.exporter.start, window)
        dialog.show()
        studio.grab("export_dialog", dialog)
        dialog.accept()
        studio.until(
            lambda: (p := window.exporter.state) is not None and p.progress is not None and p.progress.done > 20
        )
        studio.grab("export")
        window.exporter.cancel()
        studio.until(lambda: not window.exporter.is_running)
        window.close()


if __name__ == "__main__":
    main()
