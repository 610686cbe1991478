"""The window: layout, menus and who hears whom. What things do lives in the controllers it makes. Main thread."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from app.actions.actions import Handler, fill_menus, make_actions
from app.actions.shortcuts import ShortcutList
from app.actions.table import ACTIONS
from app.background import Background
from app.documents import Dialogs, Documents, QtDialogs
from app.engine_host import Emit, EngineHost, SteppedEngine
from app.export.choices import time_left_text
from app.export.dialog import ExportDialog
from app.export.exporter import Exporter, Phase
from app.export.popover import ExportPopover
from app.incoming import Incoming
from app.layout_memory import remember_layout, restore_layout
from app.media_host import MediaHost
from app.monitor import Monitor
from app.panels.browser import Browser
from app.panels.context import PanelContext
from app.panels.empty_page import EmptyPage, Recent
from app.panels.inspector import Inspector
from app.panels.preset_stills import PresetStills
from app.playback.player import Player
from app.playback.sound import Sound
from app.playhead import Playhead
from app.preview_client import PreviewClient
from app.scene_book import SceneBook
from app.scene_desk import SceneDesk
from app.session_bridge import SessionBridge
from app.status_bar import StatusBar
from app.theme import tokens as tk
from app.timeline.edit_desk import EditDesk
from app.timeline.panel import TimelinePanel
from app.timeline.state import Tool
from app.top_bar import TopBar
from app.viewer.modes import ViewMode
from app.viewer.panel import ViewerPanel
from app.widgets.seam import SeamSplitter
from app.workbench import WORKSPACES, Workbench
from core.condition import AXES
from core.document.commands import ResetAxes
from core.document.model import AMOUNT, StrokeMode
from core.document.session import Session
from core.ids import ClipId
from core.presets import presets
from core.render.messages import EngineFault, EngineStatus, Event, ReloadModels

if TYPE_CHECKING:
    from app.models_window import ModelsWindow

log = logging.getLogger(__name__)

_CLASSES: Final = (1440, 2200)
"""Widths from which the window counts as usual and as wide."""
_SIZES: Final = ((228, 320, 260), (248, 348, 292), (408, 460, 376))
"""Left, right and bottom panel of each class."""


class MainWindow(QMainWindow):
    """`begin` is called once the window is on the screen: it starts the engine's thread and opens what was asked for."""

    def __init__(
        self, session: Session, build_engine: Callable[[Emit], SteppedEngine], dialogs: Dialogs | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setAcceptDrops(True)
        self.setMinimumSize(QSize(1280, 760))
        self.resize(1600, 1000)
        self._class = _width_class(self.width())
        self.bridge = SessionBridge(session, self)
        self.engine = EngineHost(build_engine, self)
        self.media = MediaHost(self)
        self.player = Player(Sound(self.bridge).clock, self)
        self.playhead = Playhead(self.bridge, self.player, self)
        self.client = PreviewClient(self.engine.post, self)
        self.documents = Documents(self.bridge, dialogs or QtDialogs(self), self)
        self.context = PanelContext(self.bridge, self)
        self.stills = PresetStills(self.context, self.engine.post, self)
        self.scenes = SceneBook(self.bridge, self)
        self.desk = SceneDesk(self.context, self.scenes, self)
        self.top_bar = TopBar(WORKSPACES)
        self.viewer = ViewerPanel()
        self.timeline = TimelinePanel(self.bridge, self.media.thumbnail, self.media.waveform)
        self.edit_desk = EditDesk(self.bridge, self.timeline.canvas)
        self.browser = Browser(self.context, self.stills)
        self.inspector = Inspector(self.context, self.stills, self.desk)
        self.status = StatusBar()
        self.incoming = Incoming(
            self.bridge, self.media, self.client, self.timeline.canvas, self.documents.dialogs.choose_clips, self
        )
        self.monitor = Monitor(self.bridge, self.playhead, self.client, self.viewer, self.timeline.canvas, self)
        self._demo: Background | None = None
        self._models: ModelsWindow | None = None
        self.workbench = Workbench(self.viewer, self.monitor, self.desk, self.top_bar, self.inspector, self)
        self.exporter = Exporter(self.engine.post, self)
        self.empty = EmptyPage()
        self.actions_by_id = make_actions(self, self._handlers())
        for id_ in (
            "snap",
            "linked",
            "tool_select",
            "loop",
            "overlays",
            "left_panel",
            "right_panel",
            "bottom_panel",
            "view_wipe",
        ):
            self.actions_by_id[id_].setChecked(True)
        self._lay_out()
        self._connect()
        self.workbench.connect_actions(self.actions_by_id)
        self._show_state()

    # ---- layout ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        fill_menus(self.menuBar(), self.actions_by_id)
        self._columns = SeamSplitter(Qt.Orientation.Horizontal)
        self._rows = SeamSplitter(Qt.Orientation.Vertical)
        self._top = SeamSplitter(Qt.Orientation.Horizontal)
        self._top.addWidget(self.browser)
        self._top.addWidget(self.viewer)
        self._top.setStretchFactor(1, 1)
        self._home = QStackedWidget()
        self._home.addWidget(self.empty)
        self._home.addWidget(self._top)
        self._rows.addWidget(self._home)
        self._rows.addWidget(self.timeline)
        self._rows.setStretchFactor(0, 1)
        self._columns.addWidget(self._rows)
        self._columns.addWidget(self.inspector)
        self._columns.setStretchFactor(0, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self._columns, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)
        for bar in (self.top_bar, self.timeline, self.viewer):
            bar.follow_actions(self.actions_by_id)
        self._apply_default_sizes()

    def _apply_default_sizes(self) -> None:
        """The design's sizes for this width of window; a double-click on a seam brings them back."""
        width, height = self.width(), self.height()
        left, right, bottom = _SIZES[_width_class(width)]
        self._columns.set_default_sizes((width - right, right))
        self._rows.set_default_sizes((height - bottom - tk.TOP_BAR_H - tk.STATUS_H, bottom))
        self._top.set_default_sizes((left, width - right - left))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Crossing into another class of window takes that class' sizes; the picture has 640 px at least in each."""
        super().resizeEvent(event)
        now = _width_class(event.size().width())
        if now != self._class:
            self._class = now
            self._apply_default_sizes()

    # ---- wiring ---------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.engine.happened.connect(self._on_event)
        self.engine.ready.connect(self._on_engine_ready)
        self.media.thumbnail_ready.connect(self.timeline.canvas.redraw)
        self.media.waveform_ready.connect(self.timeline.canvas.redraw)
        self.incoming.told.connect(self._tell)
        self.bridge.rejected.connect(self.status.show_message)
        self.documents.changed.connect(self._show_state)
        self.documents.notice.connect(self.status.show_message)
        self.documents.clips_wanted.connect(self.incoming.add)
        self.playhead.moved.connect(self.context.set_playhead)
        self.context.hand_on.connect(lambda on: self.client.hold("panel") if on else self.client.release("panel"))
        self.monitor.job_changed.connect(self._on_preview_job)
        self.monitor.failure_changed.connect(self._on_failure)
        self.monitor.playback_changed.connect(lambda text, bad: self.status.set_playback(text, is_dropping=bad))
        self.timeline.canvas.selection_changed.connect(self._on_selected)
        self.timeline.canvas.tool_changed.connect(self._show_tool)
        self.timeline.canvas.hint_changed.connect(self.status.set_hint)
        for asker in (self.top_bar, self.timeline, self.viewer):
            asker.asked.connect(lambda id_: self.actions_by_id[id_].trigger())
        for target in (self.timeline.canvas, self.viewer.view):
            target.files_dropped.connect(self.documents.open_paths)
        self.browser.looks.hovered.connect(self._on_look_hovered)
        self.browser.media.add_requested.connect(self.documents.choose_clips)
        self.workbench.hint_changed.connect(self.status.set_hint)
        self._connect_empty_page()
        self.exporter.changed.connect(self._show_export_state)
        self.exporter.finished.connect(
            lambda text: self.status.show_message(text, is_error=self._export_phase() is Phase.FAILED)
        )
        callout = self.timeline.canvas.callout
        callout.retry.connect(self.incoming.try_again)
        callout.relink.connect(self.incoming.relink)
        self._popover = ExportPopover(self.exporter, self.status, self)
        self.status.job_clicked.connect(self._on_job_clicked)

    def _connect_empty_page(self) -> None:
        page, documents = self.empty, self.documents
        page.choose_requested.connect(documents.choose_clips)
        page.open_requested.connect(documents.choose_and_open)
        page.demo_requested.connect(self.open_demo)
        page.recent_chosen.connect(lambda path: documents.open(Path(path)))
        page.files_dropped.connect(documents.open_paths)
        self._show_recent()

    def _handlers(self) -> dict[str, Handler]:
        """What each row of the action table does."""
        documents, playhead, canvas, bench = self.documents, self.playhead, self.timeline.canvas, self.workbench
        return {
            "new": documents.new,
            "open": documents.choose_and_open,
            "open_demo": self.open_demo,
            "import": documents.choose_clips,
            "save": documents.save,
            "save_as": documents.save_as,
            "export": self._show_export,
            "quit": self.close,
            "undo": self.bridge.undo,
            "redo": self.bridge.redo,
            **self.edit_desk.handlers(),
            "snap": lambda: canvas.set_snapping(self._is_on("snap")),
            "reset_look": self._reset_look,
            "previous_key": lambda: canvas.step_key(-1),
            "next_key": lambda: canvas.step_key(1),
            "brush": lambda: bench.use_brush(StrokeMode.ADD),
            "eraser": lambda: bench.use_brush(StrokeMode.ERASE),
            "sky_brush": lambda: bench.use_sky_brush(StrokeMode.ADD),
            "sky_eraser": lambda: bench.use_sky_brush(StrokeMode.ERASE),
            "objects": bench.use_objects,
            "sun_by_shadow": bench.use_shadow,
            "play": playhead.play_or_pause,
            "reverse": lambda: playhead.shuttle(-1),
            "stop": self.player.stop,
            "forward": lambda: playhead.shuttle(1),
            "loop": lambda: setattr(self.player, "is_looping", self._is_on("loop")),
            "step_back": lambda: playhead.step(-1),
            "step_on": lambda: playhead.step(1),
            "second_back": lambda: playhead.step_seconds(-1),
            "second_on": lambda: playhead.step_seconds(1),
            "to_start": playhead.to_start,
            "to_end": playhead.to_end,
            "set_in": playhead.set_in,
            "set_out": playhead.set_out,
            "clear_marks": playhead.clear_marks,
            **{f"view_{mode.value}": partial(bench.set_mode, mode) for mode in ViewMode},
            "overlays": lambda: self.viewer.view.show_overlays(on=self._is_on("overlays")),
            "fit": self.viewer.fit,
            "one_to_one": lambda: self.viewer.zoom_to(1.0),
            "zoom_in": lambda: canvas.zoom_by(1.5),
            "zoom_out": lambda: canvas.zoom_by(1 / 1.5),
            "zoom_fit": canvas.zoom_to_fit,
            "left_panel": self._show_panels,
            "bottom_panel": self._show_panels,
            "right_panel": self._show_panels,
            "next_panel": self._focus_next_panel,
            "fullscreen": lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen),
            "models": self._show_models,
            "shortcuts": self._show_shortcuts,
            "about": self._show_about,
        }

    def _is_on(self, id_: str) -> bool:
        return self.actions_by_id[id_].isChecked()

    # ---- life -----------------------------------------------------------------------------------------------------

    def begin(self, path: str | None = None) -> None:
        """Start the engine, offer what a crash left, open what was asked for."""
        restore_layout(self, self._seams())
        self.status.set_job("Starting the renderer")
        self.engine.start()
        self.documents.offer_recovery()
        if path:
            self.documents.open_paths([path])

    def closeEvent(self, event: QCloseEvent) -> None:
        keeps_exporting = self.exporter.is_running and not self.documents.dialogs.confirm_stop()
        if keeps_exporting or not self.documents.may_leave():
            event.ignore()
            return
        self.player.stop()
        if self._models is not None:
            self._models.finish()
        remember_layout(self, self._seams())
        for thread in (self._demo, self.media, self.engine):
            if thread is not None:
                thread.close()
        self.bridge.session.close()
        event.accept()

    def _seams(self) -> dict[str, SeamSplitter]:
        return {"columns": self._columns, "rows": self._rows, "top": self._top}

    def _on_engine_ready(self) -> None:
        self.status.set_job("")
        self.monitor.on_engine_ready()

    def _on_event(self, event: Event) -> None:
        self.monitor.on_event(event)
        self.stills.on_event(event)
        self.scenes.on_event(event)
        self.exporter.on_event(event)
        if isinstance(event, EngineStatus):
            self.status.set_device(event.device)
            self.status.set_cache(event.cache_bytes, event.cache_budget_bytes)
        elif isinstance(event, EngineFault):
            log.error("%s\n%s", event.message, event.details)
            self.status.set_job("")
            self.status.show_message(event.message, is_error=True)

    # ---- demo -----------------------------------------------------------------------------------------------------

    def open_demo(self) -> None:
        """Draw the demo on a thread of its own where it is not there yet, then open it."""
        if self._demo is not None and self._demo.isRunning():
            return
        from app.demo import make_demo

        self._demo = Background(make_demo, self)
        self._demo.progressed.connect(
            lambda p: self.status.set_job(p.stage, p.fraction, f"{p.done} of {p.total}") if p.total else None
        )
        self._demo.failed.connect(lambda text: self.status.show_message(text, is_error=True))
        self._demo.done.connect(self.documents.open)
        self._demo.finished.connect(lambda: self.status.set_job(""))
        self._demo.start()

    # ---- export ---------------------------------------------------------------------------------------------------

    def _show_export(self) -> None:
        if self.exporter.is_running:
            self._popover.show_above(self.status)
            return
        path = self.bridge.session.path
        folder = path.parent if path else Path.home()
        dialog = ExportDialog(self.bridge.project, folder, self.exporter.start, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _export_phase(self) -> Phase | None:
        return self.exporter.state.phase if self.exporter.state else None

    def _show_export_state(self) -> None:
        """The status bar goes on telling while the popover is away."""
        state = self.exporter.state
        if state is None or not state.is_running:
            self.status.set_job("")
            return
        progress = state.progress
        detail = f"{progress.done} of {progress.total}  {time_left_text(progress.left_s)}" if progress else ""
        self.status.set_job(f"{state.phase.value} {state.name}", progress.fraction if progress else 0.0, detail)

    def _on_preview_job(self, name: str, fraction: float | None, detail: str) -> None:
        """An export, and the demo while it is drawn, come first in the status bar."""
        if not self.exporter.is_running and not (self._demo is not None and self._demo.isRunning()):
            self.status.set_job(name, fraction, detail)

    def _on_job_clicked(self) -> None:
        if self.exporter.state is not None:
            self._popover.show_above(self.status)

    # ---- state ----------------------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        """Names, dirty mark, undo labels, and what can be done now."""
        session, clip = self.bridge.session, self.timeline.canvas.state.clip
        have = {
            "": True,
            "undo": session.can_undo,
            "redo": session.can_redo,
            "clip": clip is not None,
            "clips": bool(self.timeline.canvas.state.selection),
            "media": any(True for _ in self.bridge.project.clips()),
        }
        for spec in ACTIONS:
            self.actions_by_id[spec.id].setEnabled(have[spec.needs])
        for id_, label in (("undo", session.undo_label), ("redo", session.redo_label)):
            name = id_.capitalize()
            self.actions_by_id[id_].setText(f"{name} {label.lower()}" if label else name)
        self._show_panels()
        self._show_recent()
        self.top_bar.set_project(self.documents.name, self.documents.saved_text)
        self.timeline.set_title(self.documents.name if self.bridge.project.media else "")
        self.setWindowTitle(f"{self.documents.name}[*]")
        self.setWindowModified(session.is_dirty)

    def _show_panels(self) -> None:
        """The picture and its panels once there is a clip, the welcome before; each panel as its action says."""
        has_clip = bool(self.bridge.project.media)
        self._home.setCurrentIndex(1 if has_clip else 0)
        self.browser.setVisible(self._is_on("left_panel"))
        self.inspector.setVisible(has_clip and self._is_on("right_panel"))
        self.timeline.setVisible(self._is_on("bottom_panel"))

    def _show_recent(self) -> None:
        self.empty.set_recent([Recent(path) for path in self.documents.recent])

    def _on_look_hovered(self, id_: str) -> None:
        clip = self.monitor.clip
        preset = next((p for p in presets() if p.id == id_), None)
        if clip is None or preset is None:
            self.monitor.try_look(None)
        else:
            self.monitor.try_look(replace(clip.look, name=preset.title, base=preset.condition, curves=(), amount=1.0))

    def _on_selected(self, clip: ClipId | None) -> None:
        self.context.set_selected(clip)
        self.workbench.set_clip(clip)
        self._show_state()

    def _show_tool(self, tool: Tool) -> None:
        for each in Tool:
            self.actions_by_id[f"tool_{each.value}"].setChecked(each is tool)

    def _tell(self, text: str, is_error: bool) -> None:  # noqa: FBT001 - a Qt slot
        self.status.show_message(text, is_error=is_error)

    def _on_failure(self, message: str) -> None:
        if message:
            self.status.show_message(message, is_error=True)
        else:
            self.status.clear_error()

    # ---- panels ---------------------------------------------------------------------------------------------------

    def _reset_look(self) -> None:
        clip = self.timeline.canvas.state.clip
        if clip is not None:
            self.bridge.do(ResetAxes(clip.id, (AMOUNT, *AXES)), self)

    def _focus_next_panel(self) -> None:
        every: tuple[QWidget, ...] = (self.viewer.view, self.inspector, self.timeline.canvas, self.browser)
        panels = [p for p in every if p.isVisible()]
        focus = QApplication.focusWidget()
        here = next(
            (i for i, p in enumerate(panels) if focus is not None and (p is focus or p.isAncestorOf(focus))), -1
        )
        following = panels[(here + 1) % len(panels)]
        target = following if following.focusPolicy() is not Qt.FocusPolicy.NoFocus else following.nextInFocusChain()
        assert target is not None
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_shortcuts(self) -> None:
        listed = ShortcutList(self)
        listed.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        listed.show()

    def _show_models(self) -> None:
        if self._models is None:
            from app.bootstrap import model_store
            from app.models_window import ModelsWindow

            self._models = ModelsWindow(model_store(), self)
            self._models.told.connect(self._on_models_changed)
        self._models.refresh_if_idle()
        self._models.show()
        self._models.raise_()

    def _on_models_changed(self, what: str) -> None:
        """What is on the screen is asked for again: with other models it may be another picture."""
        self.status.show_message(what)
        self.engine.post(ReloadModels())
        self.client.ask_again()

    def _show_about(self) -> None:
        QMessageBox.about(self, "About Weathervane", "Weathervane turns footage shot under one condition into another.")


def _width_class(width: int) -> int:
    return bisect_right(_CLASSES, width)
