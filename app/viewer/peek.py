"""Peek: something is shown for as long as a key is held. Main thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication


class Peek(QObject):
    """Begins when the action is triggered and ends when its key is let go, the window is left, or it is triggered anew: so
    from a menu or the palette it lasts until the next time."""

    def __init__(self, action: QAction, show: Callable[[bool], None]) -> None:
        """`show` is told whether it is to be shown; `action` can be ticked."""
        super().__init__(action)
        self._action, self._show = action, show
        self._is_on = False
        action.setAutoRepeat(False)  # a held key is one press

    def follow(self) -> None:
        """The tick of the action has changed."""
        application = QApplication.instance()
        if application is None or self._action.isChecked() == self._is_on:
            return
        self._is_on = self._action.isChecked()
        if self._is_on:
            application.installEventFilter(self)
        else:
            application.removeEventFilter(self)
        self._show(self._is_on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only while it lasts: every event of the program passes here."""
        if self._ends(event):
            self._action.setChecked(False)
            self.follow()
        return super().eventFilter(watched, event)

    def _ends(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            held = QKeySequence(event.key())
            keys = {QKeySequence(shortcut).toString().rpartition("+")[2] for shortcut in self._action.shortcuts()}
            return not event.isAutoRepeat() and held.toString() in keys
        return event.type() in (QEvent.Type.WindowDeactivate, QEvent.Type.ApplicationDeactivate)
