"""Preferences: the settings in use, and the one signal by which the window follows them. Main thread."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.settings import Settings, SettingsError, load_settings, save_settings


class Preferences(QObject):
    """Every change is in the file and in the window at once; there is nothing to apply or to forget."""

    changed = Signal(object)
    """The new `Settings`."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        loaded = load_settings()
        self.settings, self.notice = loaded.settings, loaded.notice

    def set(self, **values: Any) -> None:
        """Fields of `Settings` by name."""
        self.use(replace(self.settings, **values))

    def use(self, settings: Settings) -> None:
        if settings == self.settings:
            return
        self.settings = settings
        try:
            save_settings(settings)
        except SettingsError as error:
            self.failed.emit(error.message)
        self.changed.emit(settings)
