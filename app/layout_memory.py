"""The window's size and seams, as they were when it was last closed. Main thread."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow, QSplitter

from core.places import config_dir


def _settings() -> QSettings:
    return QSettings(str(config_dir() / "window.ini"), QSettings.Format.IniFormat)


def remember_layout(window: QMainWindow, seams: Mapping[str, QSplitter]) -> None:
    settings = _settings()
    settings.setValue("size", window.size())
    settings.setValue("is_maximized", window.isMaximized())
    for name, splitter in seams.items():
        settings.setValue(name, splitter.saveState())


def restore_layout(window: QMainWindow, seams: Mapping[str, QSplitter]) -> None:
    """Where the window stands on the screen is the desktop's affair."""
    settings = _settings()
    size = settings.value("size")
    if isinstance(size, QSize):
        window.resize(size)
    if settings.value("is_maximized", defaultValue=False, type=bool):
        window.showMaximized()
    for name, splitter in seams.items():
        if isinstance(state := settings.value(name), QByteArray):
            splitter.restoreState(state)


def remember_word(name: str, word: str) -> None:
    """What a part of the window wants to be told again."""
    _settings().setValue(name, word)


def recalled_word(name: str) -> str:
    return str(_settings().value(name) or "")
