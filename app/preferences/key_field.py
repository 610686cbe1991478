"""KeyField: press the keys that an action is to have. Main thread."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from core.words import tr

_ALONE: Final = (
    Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_unknown,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock,
)  # fmt: skip
_LEAVE: Final = (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
"""What every dialog needs for itself."""


class KeyField(QLineEdit):
    """Read-only to type in; whatever is pressed while it has the focus is told as a portable key sequence."""

    pressed = Signal(str)
    left = Signal()
    """Esc."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setPlaceholderText(tr("Press the new keys here"))
        self.setAccessibleName(tr("New keys"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def event(self, event: QEvent) -> bool:
        """No shortcut fires while keys are being asked for."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _LEAVE and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if key == Qt.Key.Key_Escape:
                self.left.emit()
            else:
                event.ignore()
        elif key not in _ALONE:
            self.pressed.emit(portable(event))


def portable(event: QKeyEvent) -> str:
    """As the action table writes keys. The keypad's keys count as those of the main block."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return QKeySequence(event.key() | modifiers.value).toString(QKeySequence.SequenceFormat.PortableText)


def shown(keys: tuple[str, ...] | str) -> str:
    """As this system writes keys."""
    every = (keys,) if isinstance(keys, str) else keys
    return ", ".join(QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in every if k)
