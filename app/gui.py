"""The editor as a program: a Qt application with one window. The engine and torch load behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.engine_host import Emit, SteppedEngine

if TYPE_CHECKING:
    from app.main_window import MainWindow


def build_engine(emit: Emit) -> SteppedEngine:
    """Engine thread. Building is what loads torch, after the window is on the screen."""
    from app.bootstrap import build_engine as build

    return build("auto", emit)


def run(path: str | None) -> int:
    """Open the editor, with a project or a clip. Returns the exit status."""
    return _run(lambda window: window.begin(path))


def run_demo() -> int:
    """Open the editor on the demo project, which is drawn first where it is not there yet."""

    def begin(window: MainWindow) -> None:
        window.begin(None)
        window.open_demo()

    return _run(begin)


def _run(begin: Callable[[MainWindow], None]) -> int:
    from app.main_window import MainWindow
    from app.theme.style import apply_theme
    from core.document.session import Session

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Weathervane")
    application.setApplicationDisplayName("Weathervane")
    apply_theme(application)
    window = MainWindow(Session(), build_engine)
    window.show()
    begin(window)
    return int(application.exec())
