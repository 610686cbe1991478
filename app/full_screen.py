"""The window over the whole screen: with its panels, or the picture alone. Main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.actions.actions import Handler

if TYPE_CHECKING:
    from app.main_window import MainWindow


class FullScreen:
    """Follows the ticks of both actions, so that leaving the one keeps what the other asked for."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        window.viewer.view.escaped.connect(self.leave_picture)

    def handlers(self) -> dict[str, Handler]:
        return {"fullscreen": self._show_window, "viewer_alone": self._show_picture_alone}

    def leave_picture(self) -> None:
        """Back to the panels; nothing where they are in sight."""
        if self._window.is_on("viewer_alone"):
            self._window.actions_by_id["viewer_alone"].trigger()

    def _show_window(self) -> None:
        window, full = self._window, Qt.WindowState.WindowFullScreen
        covers = window.is_on("fullscreen") or window.is_on("viewer_alone")
        window.setWindowState(window.windowState() | full if covers else window.windowState() & ~full)

    def _show_picture_alone(self) -> None:
        window, alone = self._window, self._window.is_on("viewer_alone")
        window.room.show_picture_alone(on=alone)
        window.menuBar().setVisible(not alone)
        self._show_window()
        if not alone:
            window.show_panels()
        window.viewer.view.setFocus()
