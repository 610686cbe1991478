"""The pictures of the guide, in `docs/images`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.demo import make_demo
from app.export.dialog import ExportDialog
from app.palette.window import CommandPalette
from app.preferences.dialog import PERFORMANCE, SHORTCUTS, PreferencesDialog
from core.document.model import StrokeMode
from docs.screenshots.studio import Studio, empty_queue, place_objects, queue_up

IMAGES = Path(__file__).resolve().parents[1] / "images"


def draw_guide() -> None:
    """All of them, some two minutes on two cores."""
    IMAGES.mkdir(exist_ok=True)
    demo = make_demo()
    with tempfile.TemporaryDirectory() as home:
        os.environ["WEATHERVANE_HOME"] = home
        studio = Studio()
        window = studio.window
        studio.settle(3.0)
        _save(studio, "empty")
        night, fog = studio.open(demo)
        studio.show_frame(night, 44)
        studio.rest()
        studio.settle(3.0)
        _save(studio, "main")
        _save(studio, "conditions", window.inspector)
        studio.show_frame(fog, 64)
        window.workbench.set_workspace("Mask")
        _save(studio, "mask")
        window.workbench.set_workspace("Scene")
        studio.show_frame(night, 44)
        studio.until(lambda: window.desk.shot is not None and window.desk.shot.tracking is not None)
        place_objects(window)
        studio.settle(3.0)
        _save(studio, "scene")
        window.workbench.use_sky_brush(StrokeMode.ADD)
        studio.settle(3.0)
        _save(studio, "sky")
        while window.bridge.session.can_undo:
            window.bridge.undo()
        window.workbench.set_workspace("Translate")
        studio.show_frame(night, 30)
        _draw_queue(studio, Path(home))
        _draw_house(studio)
        _draw_export(studio, Path(home))
        window.close()


def _save(studio: Studio, name: str, widget: QWidget | None = None) -> None:
    studio.settle()
    studio.shot(widget).save(str(IMAGES / f"{name}.png"))
    print(f"docs/images/{name}.png", flush=True)


def _draw_queue(studio: Studio, folder: Path) -> None:
    """A queue at work: one export done, one in the middle, one that waits."""
    window = studio.window
    queue_up(
        studio,
        (folder / "night.mp4", "h264", 160),
        (folder / "night.mov", "prores", 320),
        (folder / "plates_%05d.exr", "exr", 640),
    )
    window.exports.show_queue()
    queue = window.exports.queue_window
    assert queue is not None
    window.queue.start()
    studio.until(lambda: window.queue.jobs[1].done > 30)
    window.queue.pause()
    _save(studio, "queue", queue)
    queue.close()
    empty_queue(studio)


def _draw_house(studio: Studio) -> None:
    """What is around the project: preferences, palette, tour."""
    house, window = studio.window.house, studio.window
    house.preferences.set(cache_folder="/media/scratch/weathervane")
    house.show_preferences(PERFORMANCE)
    dialog = window.findChild(PreferencesDialog)
    assert dialog is not None
    _save(studio, "preferences", dialog)
    dialog.open_page(SHORTCUTS)
    dialog.shortcuts.choose("play")
    _save(studio, "shortcuts", dialog)
    dialog.close()
    house.preferences.set(cache_folder="")
    house.show_palette()
    palette = window.findChild(CommandPalette)
    assert palette is not None
    palette.query.setText("mark")
    _save(studio, "palette", palette)
    palette.close()
    house.start_tour()
    assert house.tour.card is not None
    house.tour.card.next.click()
    house.tour.card.next.click()
    _save(studio, "tour")
    house.tour.stop()


def _draw_export(studio: Studio, folder: Path) -> None:
    """The dialog, and the popover over the window while it runs."""
    window = studio.window
    dialog = ExportDialog(window.bridge.project, folder, window.exporter.start, window)
    dialog.show()
    _save(studio, "export_dialog", dialog)
    dialog.accept()
    studio.until(lambda: (p := window.exporter.state) is not None and p.progress is not None and p.progress.done > 20)
    _save(studio, "export")
    window.exporter.cancel()
    studio.until(lambda: not window.exporter.is_running)
