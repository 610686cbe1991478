"""The editor as a program: a Qt application with one window. The engine and torch load behind it."""

from __future__ import annotations

import logging
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
log = logging.getLogger(__name__)


def build_engine(emit: Emit) -> SteppedEngine:
    """Engine thread. Building is what loads torch, after the window is on the screen.

    Computes where the preferences say; where that device is gone, on the fastest there is, and the status bar tells which.
    """
    from app.bootstrap import Budgets
    from app.bootstrap import build_engine as build
    from core.errors import UsageError
    from core.settings import Device, load_settings

    settings = load_settings().settings
    try:
        return build(settings.device, emit, Budgets.of(settings))
    except UsageError as error:
        log.warning("%s", error.message)
        return build(Device.AUTO, emit, Budgets.of(settings))


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
    from app.crash_guard import CrashGuard
    from app.language import speak
    from app.main_window import MainWindow
    from app.theme.style import apply_theme
    from core.document.session import Session
    from core.settings import load_settings

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Weathervane")
    application.setApplicationDisplayName("Weathervane")
    speak(application, load_settings(sets_aside=False).settings.language)
    apply_theme(application)
    guard = CrashGuard(application)
    guard.install()
    window = MainWindow(Session(), build_engine)
    guard.told.connect(window.house.show_fault)
    window.show()
    begin(window)
    heartbeat = _close_on_signals(window)
    heartbeat.start()
    try:
        return int(application.exec())
    finally:
        guard.remove()


def _close_on_signals(window: MainWindow) -> QTimer:
    """Ctrl+C in the terminal and a polite kill close the window as a person would. Python only hears signals while it
    runs, so a slow timer gives it a moment now and then."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    heartbeat = QTimer(window)
    heartbeat.setInterval(SIGNALS_HEARD_EVERY_MS)
    heartbeat.timeout.connect(lambda: None)
    return heartbeat
