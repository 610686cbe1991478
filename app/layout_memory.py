"""The window's size, and the panels of each workspace, as they were when it was last closed. Main thread."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow, QSplitter

from core.places import config_dir

_WORKSPACES = "workspaces"


def _settings() -> QSettings:
    return QSettings(str(config_dir() / "window.ini"), QSettings.Format.IniFormat)


def remember_layout(window: QMainWindow) -> None:
    settings = _settings()
    settings.setValue("size", window.size())
    settings.setValue("is_maximized", window.isMaximized())


def restore_layout(window: QMainWindow) -> None:
    """Where the window stands on the screen is the desktop's affair."""
    settings = _settings()
    size = settings.value("size")
    if isinstance(size, QSize):
        window.resize(size)
    if settings.value("is_maximized", defaultValue=False, type=bool):
        window.showMaximized()


def remember_workspace(name: str, seams: Mapping[str, QSplitter], shown: Mapping[str, bool]) -> None:
    """`shown` says of each panel whether it is in sight."""
    settings = _settings()
    settings.beginGroup(f"{_WORKSPACES}/{name}")
    for seam, splitter in seams.items():
        settings.setValue(f"seams/{seam}", splitter.saveState())
    for panel, is_shown in shown.items():
        settings.setValue(f"panels/{panel}", is_shown)


def restore_workspace(name: str, seams: Mapping[str, QSplitter], shown: Mapping[str, bool]) -> dict[str, bool]:
    """Put the seams where they were and return which panels were in sight; what was never remembered stays."""
    settings = _settings()
    settings.beginGroup(f"{_WORKSPACES}/{name}")
    for seam, splitter in seams.items():
        if isinstance(state := settings.value(f"seams/{seam}"), QByteArray):
            splitter.restoreState(state)
    return {
        panel: bool(settings.value(f"panels/{panel}", defaultValue=is_shown, type=bool))
        for panel, is_shown in shown.items()
    }


def forget_workspaces() -> None:
    _settings().remove(_WORKSPACES)


def remember_word(name: str, word: str) -> None:
    """What a part of the window wants to be told again."""
    _settings().setValue(name, word)


def recalled_word(name: str) -> str:
    return str(_settings().value(name) or "")
