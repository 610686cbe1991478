"""What each row of the action table does in the window. Main thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.actions.actions import Handler
from app.panels.shapes_group import SHAPE_TOOLS
from core.document.model import StrokeMode

if TYPE_CHECKING:
    from app.main_window import MainWindow


def handlers(window: MainWindow) -> dict[str, Handler]:
    """One for each action; a part of the window that has many hands over its own."""
    return {
        **_project(window),
        **window.edit_desk.handlers(),
        **_of_curves(window),
        **window.look_desk.handlers(),
        **window.looks.handlers(),
        **window.mattes.handlers(),
        "pick_color": window.workbench.use_qualifier,
        **window.gallery.handlers(),
        **window.bin.handlers(),
        **window.timeline_files.handlers(),
        **window.exports.handlers(),
        **_clip(window),
        **_playback(window),
        **window.viewer_desk.handlers(),
        **window.full_screen.handlers(),
        **_view(window),
        "models": window.show_models,
        **window.house.handlers(),
    }


def _project(window: MainWindow) -> dict[str, Handler]:
    documents = window.documents
    return {
        "new": documents.new,
        "open": documents.choose_and_open,
        "open_demo": window.open_demo,
        "import": documents.choose_clips,
        "save": documents.save,
        "save_as": documents.save_as,
        "quit": window.close,
        "undo": window.bridge.undo,
        "redo": window.bridge.redo,
    }


def _of_curves(window: MainWindow) -> dict[str, Handler]:
    """What means clips on the timeline means keyframes while the curves stand in its place, or keyframes are in hand."""
    curves, canvas, desk = window.timeline.curves, window.timeline.canvas, window.edit_desk

    def copy_clips() -> None:
        curves.keys.forget()  # one thing is on the clipboard
        desk.copy()

    def cut_clips() -> None:
        curves.keys.forget()
        desk.cut()

    on_clips: dict[str, Handler] = {**desk.handlers(), "copy": copy_clips}
    on_clips |= {"zoom_fit": canvas.zoom_to_fit, "zoom_selection": canvas.zoom_to_selection}
    on_keys: dict[str, Handler] = {
        "delete": curves.keys.delete,
        "copy": curves.keys.copy,
        "paste": curves.keys.paste,
        "select_all": curves.select_all,
        "zoom_fit": curves.fit_all,
        "zoom_selection": curves.fit_chosen,
    }
    meant = {
        "delete": lambda: bool(canvas.state.keys),
        "copy": lambda: bool(canvas.state.keys),
        "paste": lambda: curves.keys.has_copied,
    }

    def either(id_: str) -> Handler:
        def do() -> object:
            means_keys = curves.isVisible() or (id_ in meant and meant[id_]())
            return on_keys[id_]() if means_keys else on_clips[id_]()

        return do

    return {
        **curves.handlers(),
        **{id_: either(id_) for id_ in on_keys},
        "cut": cut_clips,
        "curves": lambda: window.timeline.show_curves(on=window.is_on("curves")),
        "fold_lane": canvas.keys.fold_chosen,
        "fold_lanes": canvas.keys.fold_all,
    }


def _clip(window: MainWindow) -> dict[str, Handler]:
    canvas, bench = window.timeline.canvas, window.workbench
    return {
        "snap": lambda: canvas.set_snapping(window.is_on("snap")),
        "split_at_shots": lambda: window.shot_desk.split_at_shots(canvas.state.clip, alone=not canvas.state.is_linked),
        "reset_look": window.reset_look,
        "brush": lambda: bench.use_brush(StrokeMode.ADD),
        "eraser": lambda: bench.use_brush(StrokeMode.ERASE),
        **{id_: partial(bench.use_shapes, id_) for id_, _, _ in SHAPE_TOOLS},
        "sky_brush": lambda: bench.use_sky_brush(StrokeMode.ADD),
        "sky_eraser": lambda: bench.use_sky_brush(StrokeMode.ERASE),
        "objects": bench.use_objects,
        "sun_by_shadow": bench.use_shadow,
    }


def _playback(window: MainWindow) -> dict[str, Handler]:
    playhead, player = window.playhead, window.player
    return {
        "play": playhead.play_or_pause,
        "reverse": lambda: playhead.shuttle(-1),
        "stop": player.stop,
        "forward": lambda: playhead.shuttle(1),
        "loop": lambda: setattr(player, "is_looping", window.is_on("loop")),
        "step_back": lambda: playhead.step(-1),
        "step_on": lambda: playhead.step(1),
        "second_back": lambda: playhead.step_seconds(-1),
        "second_on": lambda: playhead.step_seconds(1),
        "to_start": playhead.to_start,
        "to_end": playhead.to_end,
        "set_in": playhead.set_in,
        "set_out": playhead.set_out,
        "clear_marks": playhead.clear_marks,
    }


def _view(window: MainWindow) -> dict[str, Handler]:
    canvas = window.timeline.canvas
    return {
        "zoom_in": lambda: canvas.zoom_by(1.5),
        "zoom_out": lambda: canvas.zoom_by(1 / 1.5),
        "left_panel": window.show_panels,
        "bottom_panel": window.show_panels,
        "right_panel": window.show_panels,
        "scopes": window.show_panels,
        "next_scope": window.scopes.next_scope,
        "scopes_layer": window.scopes.swap_layer,
        "next_panel": window.focus_next_panel,
    }
