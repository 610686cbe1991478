"""Studio: the real window on the demo project, and a way to wait for what it shows. Main thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.gui import build_engine
from app.main_window import MainWindow
from app.scene_desk import fresh_id
from app.theme.style import apply_theme
from app.widgets.buttons import Button
from core.document.model import Clip
from core.document.session import Session
from core.ids import JobId, new_id
from core.objects import Box, ObjectKind
from core.render.messages import ExportRequest, ExportSettings
from core.timebase import Time

RATE = Fraction(24)
PATIENCE_S = 300.0
_FLAT = 6
"""Codes that a picture must differ by somewhere to count as drawn."""


class Studio:
    """A window, and a way to wait for what it shows."""

    def __init__(self, window: MainWindow | None = None) -> None:
        """A window of its own, or one that has begun already."""
        application = QApplication.instance() or QApplication([])
        assert isinstance(application, QApplication)
        self.application = application
        if window is None:
            apply_theme(application)
            window = MainWindow(Session(), build_engine)
            window.resize(1600, 1000)
            window.show()
            window.begin()
        self.window = window

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
        self.window.timeline.canvas.select(clip.id)
        self.window.playhead.seek(clip.timeline_time(Time.from_frame(frame, RATE)))
        self.await_picture()

    def await_picture(self) -> None:
        """Until the viewer has the best picture of the instant under the playhead."""
        window, view = self.window, self.window.viewer.view
        self.until(lambda: view.ready is not None and view.ready.is_last and view.ready.time == window.playhead.time)

    def rest(self) -> None:
        """Wait until the cache bar is blue throughout: an editor at rest."""
        state, whole = self.window.timeline.canvas.state, self.window.bridge.project.export_range
        self.until(lambda: any(r.start <= whole.start and whole.end <= r.end for r in state.ready))

    def shot(self, widget: QWidget | None = None) -> QImage:
        """A widget as it is painted, at the screen's own pixel ratio. Raises `ValueError` for an empty or flat picture."""
        target = widget or self.window
        if not target.isVisible():
            raise ValueError(f"{type(target).__name__} is not on the screen")
        image = target.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        if is_blank(image):
            raise ValueError(f"{type(target).__name__} is painted in one colour")
        return image


def is_blank(image: QImage) -> bool:
    """Whether nothing can be told apart in it."""
    if image.isNull():
        return True
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    codes = bytes(grey.constBits())
    lines = [codes[y * grey.bytesPerLine() :][: grey.width()] for y in range(grey.height())]
    return max(map(max, lines)) - min(map(min, lines)) < _FLAT


def cut_off(widget: QWidget) -> list[str]:
    """Words of labels and buttons in sight that have less room than they need."""
    parts = [w for w in (widget, *widget.findChildren(QWidget)) if w.isVisible()]
    cut = [w.text() for w in parts if isinstance(w, Button) and w.width() < w.sizeHint().width()]
    for label in (w for w in parts if isinstance(w, QLabel) and w.text()):
        room = label.contentsRect()
        is_cut = (
            label.height() < label.heightForWidth(label.width())
            if label.wordWrap()
            else room.width() < max(map(label.fontMetrics().horizontalAdvance, label.text().split("\n")))
        )
        if is_cut:
            cut.append(label.text())
    return cut


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


def queue_up(studio: Studio, *jobs: tuple[Path, str, int]) -> None:
    """Exports of the whole project: file, codec, width."""
    project = studio.window.bridge.project
    for out, codec, width in jobs:
        settings = ExportSettings(str(out), codec, width, width * project.height // project.width // 2 * 2)
        studio.window.queue.add(ExportRequest(JobId(new_id("export")), project, project.export_range, settings))


def empty_queue(studio: Studio) -> None:
    """Nothing runs and nothing waits."""
    queue = studio.window.queue
    queue.start()
    while queue.jobs:
        queue.clear_finished()
        for job in queue.jobs:
            queue.remove(job.id)
        studio.settle(0.2)
    queue.pause()
    queue.start()
    studio.window.exports.popover.hide()
