"""The focus ring is for the keyboard: a click focuses without one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent

KEYBOARD: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class KeyboardFocus:
    """Mix in before a widget class: `_shows_focus` is true while the focus came by the keyboard."""

    _shows_focus = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = event.reason() in KEYBOARD
        super().focusInEvent(event)  # type: ignore[misc]

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = False
        super().focusOutEvent(event)  # type: ignore[misc]
