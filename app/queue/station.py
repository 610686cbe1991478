"""ExportStation: the export dialog, the popover, the queue's window, and who hears when something is done. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from app.export.choices import time_left_text
from app.export.dialog import ExportDialog
from app.export.exporter import Exporter, Phase
from app.export.popover import ExportPopover
from app.queue.desk import RenderQueue
from app.queue.window import QueueWindow
from app.session_bridge import SessionBridge
from app.status_bar import StatusBar
from app.theme.icons import icon
from core.render.messages import ExportRequest
from core.words import msg, tr


class ExportStation(QObject):
    """Belongs to the window; everything about exports that is seen is made here."""

    def __init__(
        self, bridge: SessionBridge, exporter: Exporter, queue: RenderQueue, status: StatusBar, window: QWidget
    ) -> None:
        super().__init__(window)
        self._bridge, self._exporter, self.queue = bridge, exporter, queue
        self._status, self._window = status, window
        self.popover = ExportPopover(exporter, status, window)
        self.queue_window: QueueWindow | None = None
        self._tray: QSystemTrayIcon | None = None
        exporter.changed.connect(self.show_state)
        exporter.finished.connect(self._on_finished)
        queue.changed.connect(self.show_state)
        queue.finished.connect(
            self._on_queue_done, Qt.ConnectionType.QueuedConnection
        )  # after the word on the last job
        queue.failed.connect(lambda text: status.show_message(text, is_error=True))
        status.job_clicked.connect(self._on_job_clicked)

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What the rows of the action table do that belong here."""
        return {"export": self.show_export, "render_queue": self.show_queue}

    def show_export(self) -> None:
        path = self._bridge.session.path
        folder = path.parent if path else Path.home()
        dialog = ExportDialog(self._bridge.project, folder, self.queue.export_now, self._window, enqueue=self._enqueue)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_queue(self) -> None:
        if self.queue_window is None:
            self.queue_window = QueueWindow(self.queue, self._window)
        self.queue_window.show()
        self.queue_window.raise_()
        self.queue_window.activateWindow()

    def _enqueue(self, request: ExportRequest) -> None:
        self.queue.add(request)
        self._status.show_message(tr("Added {name} to the render queue.", name=Path(request.settings.out).name))
        self.show_queue()

    # ---- the status bar -------------------------------------------------------------------------------------------

    def show_state(self) -> None:
        """The status bar goes on telling while the popover is away."""
        state = self._exporter.state
        if state is None or not state.is_running:
            self._status.set_job("")
            return
        progress = state.progress
        is_paused = self.queue.running is not None and not self.queue.is_on and state.phase is Phase.RUNNING
        self.popover.show_paused(on=is_paused)
        detail = ""
        if progress:
            detail = tr("{done} of {total}", done=progress.done, total=progress.total)
            detail += f"  {time_left_text(progress.left_s)}"
            if self.queue.waiting:
                detail += ", " + tr("{count} waiting", count=self.queue.waiting)
        verb = tr(msg("Paused") if is_paused else state.phase.value)
        self._status.set_job(f"{verb} {state.name}", progress.fraction if progress else 0.0, detail)

    def _on_finished(self, text: str) -> None:
        state = self._exporter.state
        self._status.show_message(text, is_error=state is not None and state.phase is Phase.FAILED)

    def _on_queue_done(self, text: str) -> None:
        if text:
            self._status.show_message(text)
        state = self._exporter.state
        self._notify(text or (state.message if state is not None else ""))

    def _on_job_clicked(self) -> None:
        if len(self.queue.jobs) > 1:
            self.show_queue()
        elif self._exporter.state is not None:
            self.popover.show_above(self._status)

    # ---- the tray -------------------------------------------------------------------------------------------------

    def _notify(self, text: str) -> None:
        """Whoever works elsewhere meanwhile is told by the system, where it has a place for that."""
        away = QGuiApplication.applicationState() is not Qt.ApplicationState.ApplicationActive
        if not text or not away or not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("logo"), self)
            self._tray.activated.connect(lambda _reason: self._come_forward())
            self._tray.messageClicked.connect(self._come_forward)
        self._tray.show()
        self._tray.showMessage("Weathervane", text)

    def _come_forward(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self.show_queue()
