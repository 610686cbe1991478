"""The editor as a program: a Qt application with one window. The engine and torch load behind it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.engine_host import Emit, SteppedEngine

if TYPE_CHECKING:
    from app.main_window import MainWindow

SIGNALS_HEARD_EVERY_MS: Final = 250


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
    heartbeat = _close_on_signals(window)
    heartbeat.start()
    return int(application.exec())


def _close_on_signals(window: MainWindow) -> QTimer:
    """Ctrl+C in the terminal and a polite kill close the window as a person would. Python only hears signals while it
    runs, so a slow timer gives it a moment now and then."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    heartbeat = QTimer(window)
    heartbeat.setInterval(SIGNALS_HEARD_EVERY_MS)
    heartbeat.timeout.connect(lambda: None)
    return heartbeat
