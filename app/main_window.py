"""The window: layout, menus and who hears whom. What things do lives in the controllers it makes. Main thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from app.actions.actions import fill_menus, make_actions
from app.actions.table import ACTIONS
from app.background import Background
from app.bin.desk import MediaDesk
from app.bin.drop import MediaDrop
from app.bootstrap import proxy_shelf
from app.documents import Dialogs, Documents, QtDialogs
from app.engine_host import Emit, EngineHost, SteppedEngine
from app.export.exporter import Exporter
from app.full_screen import FullScreen
from app.handlers import handlers
from app.housekeeping import Housekeeping
from app.incoming import Incoming
from app.layout_memory import recalled_word, remember_layout, remember_word, restore_layout
from app.looks.comparison import Comparison
from app.looks.desk import LooksDesk
from app.looks.drop import LookDrop
from app.looks.gallery_desk import GalleryDesk
from app.matte_desk import MatteDesk
from app.media_host import MediaHost
from app.monitor import Monitor
from app.panels.browser import Browser
from app.panels.brush_group import recalled_settings
from app.panels.context import PanelContext
from app.panels.empty_page import EmptyPage, Recent
from app.panels.inspector import Inspector
from app.panels.preset_stills import PresetStills
from app.playback.player import Player
from app.playback.sound import Sound
from app.playhead import Playhead
from app.preview_client import PreviewClient
from app.proxies import ProxyDesk
from app.queue.desk import RenderQueue
from app.queue.station import ExportStation
from app.queue.store import QueueStore
from app.room import Room
from app.scene_book import SceneBook
from app.scene_desk import SceneDesk
from app.scopes.panel import ScopesPanel
from app.session_bridge import SessionBridge
from app.shape_desk import ShapeDesk
from app.status_bar import StatusBar
from app.timeline.edit_desk import EditDesk
from app.timeline.look_desk import LookDesk
from app.timeline.panel import TimelinePanel
from app.timeline.shot_desk import ShotDesk
from app.timeline.state import Tool
from app.timeline_files import TimelineFiles
from app.top_bar import TopBar
from app.viewer.desk import ViewerDesk
from app.viewer.panel import ViewerPanel
from app.workbench import WORKSPACES, Workbench
from core.condition import AXES
from core.document.commands import ResetAxes
from core.document.model import AMOUNT
from core.document.session import Session
from core.ids import ClipId
from core.places import data_dir
from core.progress import Progress
from core.render.messages import EngineFault, EngineStatus, Event, ReloadModels
from core.words import inline, tr

if TYPE_CHECKING:
    from app.models_window import ModelsWindow

log = logging.getLogger(__name__)


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
        self.bridge = SessionBridge(session, self)
        self.house = Housekeeping(self)
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
        self.shapes = ShapeDesk(self.context, self)
        self.mattes = MatteDesk(self.context, self.shapes, self.engine.post, self.documents.dialogs, self)
        self.top_bar = TopBar(WORKSPACES)
        self.viewer = ViewerPanel()
        self.timeline = TimelinePanel(self.bridge, self.media.thumbnail, self.media.waveform)
        self.edit_desk = EditDesk(self.bridge, self.timeline.canvas)
        self.shot_desk = ShotDesk(self.bridge, self)
        self.look_desk = LookDesk(self.bridge, self.timeline.canvas)
        self.looks = LooksDesk(
            self.context, lambda: self.timeline.canvas.state.selection, self.engine.post, self.documents.dialogs, self
        )
        self.browser = Browser(self.context, self.stills, self.media, self.looks.mine)
        self.inspector = Inspector(self.context, self.stills, self.desk, self.shapes, self.mattes)
        self.scopes = ScopesPanel()
        self.status = StatusBar()
        self.bin = MediaDesk(
            self.bridge, self.media, self.timeline.canvas, self.browser.media, self.documents.dialogs.choose_folder
        )
        MediaDrop(self.bin, self.timeline.canvas)
        self.timeline_files = TimelineFiles(self.bridge, self.documents, self)
        self.proxies = ProxyDesk(
            self.bridge, proxy_shelf(self.house.budgets), self.engine.post, self.media.problems.__contains__, self
        )
        self.incoming = Incoming(
            self.bridge, self.media, self.client, self.timeline.canvas, self.documents.dialogs.choose_clips, self
        )
        self.monitor = Monitor(self.bridge, self.playhead, self.client, self.viewer, self.timeline.canvas, self)
        self._demo: Background | None = None
        self._models: ModelsWindow | None = None
        self.workbench = Workbench(
            self.viewer, self.monitor, self.desk, self.shapes, self.mattes, self.top_bar, self.inspector, self
        )
        self.comparison = Comparison(self.viewer, self.workbench, self.monitor, self.context, self.engine.post, self)
        self.gallery = GalleryDesk(
            self.browser.gallery,
            self.comparison,
            self.looks.shelf,
            self.engine.post,
            self.documents.dialogs,
        )
        LookDrop(self.context, {**self.looks.dragged, **self.gallery.dragged}, self.timeline.canvas, self.viewer.view)
        self.viewer_desk = ViewerDesk(
            self.viewer, self.monitor, self.workbench, self.engine.post, lambda: self.client.shown_view, self
        )
        self.exporter = Exporter(self.engine.post, self)
        self.queue = RenderQueue(self.exporter, self.engine.post, QueueStore(data_dir() / "queue"), self)
        self.exports = ExportStation(self.bridge, self.exporter, self.queue, self.status, self)
        self.empty = EmptyPage()
        self.room = Room(self)
        self.full_screen = FullScreen(self)
        self.actions_by_id = make_actions(self, handlers(self))
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
            "scopes",
        ):
            self.actions_by_id[id_].setChecked(True)
        self.house.connect_actions(fill_menus(self.menuBar(), self.actions_by_id))
        self.setCentralWidget(self.room)
        for bar in (self.top_bar, self.timeline, self.viewer):
            bar.follow_actions(self.actions_by_id)
        self._connect()
        self.workbench.connect_actions(self.actions_by_id)
        self.viewer_desk.connect_actions(self.actions_by_id)
        self._show_state()

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
        self.shapes.seek_wanted.connect(self.playhead.seek)
        self.context.hand_on.connect(lambda on: self.client.hold("panel") if on else self.client.release("panel"))
        self.shot_desk.told.connect(self._tell)
        self.look_desk.told.connect(self._tell)
        self.looks.told.connect(self._tell)
        self.mattes.told.connect(self._tell)
        self.mattes.refreshed.connect(self.client.ask_again)
        self.mattes.export_wanted.connect(self.queue.export_now)
        self.inspector.masks.follow.asked.connect(lambda id_: self.actions_by_id[id_].trigger())
        self.inspector.masks.follow.seek_wanted.connect(self.playhead.seek)
        self.looks.previewed.connect(self.comparison.preview)
        self.looks.compared.connect(self.comparison.show_looks)
        self.gallery.told.connect(self._tell)
        self.comparison.changed.connect(self._show_comparison)
        self.looks.tried.connect(self.monitor.try_look)
        self.shot_desk.progressed.connect(self._on_job)
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
        self.browser.looks.hovered.connect(self.looks.try_preset)
        self._connect_bin()
        self.viewer.view.pictures_shown.connect(self.scopes.show_pictures)
        self.viewer.view.hovered.connect(self.scopes.point_at)
        self.scopes.layer_changed.connect(self._show_scopes)
        self.workbench.hint_changed.connect(self.status.set_hint)
        self._connect_empty_page()
        callout = self.timeline.canvas.callout
        callout.retry.connect(self.incoming.try_again)
        callout.relink.connect(self.incoming.relink)

    def _connect_bin(self) -> None:
        panel = self.browser.media
        panel.follow_actions(self.actions_by_id)
        panel.asked.connect(lambda id_: self.actions_by_id[id_].trigger())
        panel.add_requested.connect(lambda: self.incoming.collect(self.documents.dialogs.choose_clips()))
        panel.files_dropped.connect(self.incoming.collect)
        panel.selection_changed.connect(self._show_state)
        self.incoming.collected.connect(self.bin.add)
        self.bin.told.connect(self.status.show_message)
        self.timeline_files.told.connect(self.status.show_message)
        self.timeline_files.failed.connect(lambda text: self.status.show_message(text, is_error=True))
        self.timeline_files.busy.connect(self.status.set_job)
        self.bin.found_again.connect(self.incoming.try_again)
        self.bin.found_again.connect(self.proxies.refresh)
        self.proxies.told.connect(self.status.show_message)
        panel.follow_proxies(self.proxies)

    def _connect_empty_page(self) -> None:
        page, documents = self.empty, self.documents
        page.choose_requested.connect(documents.choose_clips)
        page.open_requested.connect(documents.choose_and_open)
        page.demo_requested.connect(self.open_demo)
        page.recent_chosen.connect(lambda path: documents.open(Path(path)))
        page.files_dropped.connect(documents.open_paths)
        self._show_recent()

    def is_on(self, id_: str) -> bool:
        """Whether a checkable action is ticked."""
        return self.actions_by_id[id_].isChecked()

    # ---- life -----------------------------------------------------------------------------------------------------

    def begin(self, path: str | None = None) -> None:
        """Start the engine, offer what a crash left, open what was asked for."""
        restore_layout(self)
        self.house.begin()
        self.viewer_desk.restore(recalled_word("viewer"))
        self.scopes.restore(recalled_word("scopes"))
        self.timeline.restore(recalled_word("lanes"))
        self.workbench.brush.set_settings(recalled_settings(recalled_word("brush")))
        self.status.set_job(tr("Starting the renderer"))
        self.engine.start()
        self.queue.load()
        self.documents.offer_recovery()
        if path:
            self.documents.open_paths([path])

    def closeEvent(self, event: QCloseEvent) -> None:
        keeps_exporting = self.exporter.is_running and not self.documents.dialogs.confirm_stop()
        if keeps_exporting or not self.documents.may_leave():
            event.ignore()
            return
        self.player.stop()
        self.queue.close()
        self.scopes.close_worker()
        if self._models is not None:
            self._models.finish()
        self.house.close()
        remember_layout(self)
        remember_word("viewer", self.viewer_desk.state)
        remember_word("scopes", self.scopes.state)
        remember_word("lanes", self.timeline.state)
        remember_word("brush", self.workbench.brush.settings.word)
        for thread in (
            self._demo,
            self.shot_desk,
            self.timeline_files,
            self.gallery,
            self.proxies,
            self.mattes,
            self.media,
            self.engine,
        ):
            if thread is not None:
                thread.close()
        self.bridge.session.close()
        event.accept()

    def _on_engine_ready(self) -> None:
        self.status.set_job("")
        self.queue.resume()
        self.monitor.on_engine_ready()

    def _on_event(self, event: Event) -> None:
        self.monitor.on_event(event)
        self.stills.on_event(event)
        for desk in (self.looks, self.comparison, self.gallery, self.mattes):
            desk.on_event(event)
        self.scenes.on_event(event)
        self.viewer_desk.probe.on_event(event)
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
        self._demo.progressed.connect(self._on_job)
        self._demo.failed.connect(lambda text: self.status.show_message(text, is_error=True))
        self._demo.done.connect(self.documents.open)
        self._demo.finished.connect(lambda: self.status.set_job(""))
        self._demo.start()

    def _on_job(self, progress: Progress | None) -> None:
        """A job beside the engine, in the status bar; None is its end."""
        if progress is None:
            self.status.set_job("")
        elif progress.total:
            self.status.set_job(
                tr(progress.stage), progress.fraction, tr("{done} of {total}", done=progress.done, total=progress.total)
            )

    def _on_preview_job(self, name: str, fraction: float | None, detail: str) -> None:
        """An export, and the demo while it is drawn, come first in the status bar."""
        if not self.exporter.is_running and not (self._demo is not None and self._demo.isRunning()):
            self.status.set_job(name, fraction, detail)

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
            "bin": bool(self.browser.media.selected),
            "saved": session.path is not None,
        }
        for spec in ACTIONS:
            self.actions_by_id[spec.id].setEnabled(have[spec.needs])
        undo, redo = session.undo_label, session.redo_label
        self.actions_by_id["undo"].setText(tr("Undo {edit}", edit=inline(undo)) if undo else tr("Undo"))
        self.actions_by_id["redo"].setText(tr("Redo {edit}", edit=inline(redo)) if redo else tr("Redo"))
        self.show_panels()
        self._show_recent()
        self.top_bar.set_project(self.documents.name, self.documents.saved_text)
        self.timeline.set_title(self.documents.name if self.bridge.project.media else "")
        self.setWindowTitle(f"{self.documents.name}[*]")
        self.setWindowModified(session.is_dirty)

    def show_panels(self) -> None:
        """The picture and its panels once there is a clip, the welcome before; each panel as its action says."""
        if self.is_on("viewer_alone"):
            return
        self.room.show_panels(
            has_clip=bool(self.bridge.project.media),
            left=self.is_on("left_panel"),
            right=self.is_on("right_panel"),
            bottom=self.is_on("bottom_panel"),
            scopes=self.is_on("scopes"),
        )
        self._show_scopes()

    def _show_scopes(self) -> None:
        """What they look at comes along with what the viewer shows."""
        self.monitor.set_also((self.scopes.layer,) if self.is_on("scopes") else ())

    def _show_recent(self) -> None:
        self.empty.set_recent([Recent(path) for path in self.documents.recent])

    def _show_comparison(self) -> None:
        self.actions_by_id["compare_still"].setChecked(self.comparison.is_on)

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

    def reset_look(self) -> None:
        clip = self.timeline.canvas.state.clip
        if clip is not None:
            self.bridge.do(ResetAxes(clip.id, (AMOUNT, *AXES)), self)

    def focus_next_panel(self) -> None:
        every: tuple[QWidget, ...] = (self.viewer.view, self.inspector, self.timeline.shown, self.browser)
        panels = [p for p in every if p.isVisible()]
        if not panels:  # all are put away
            return
        focus = QApplication.focusWidget()
        here = next(
            (i for i, p in enumerate(panels) if focus is not None and (p is focus or p.isAncestorOf(focus))), -1
        )
        following = panels[(here + 1) % len(panels)]
        target = following if following.focusPolicy() is not Qt.FocusPolicy.NoFocus else following.nextInFocusChain()
        assert target is not None
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_models(self) -> None:
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
