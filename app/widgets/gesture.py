"""A gesture is one drag, one key held, one typed value: it becomes one undo step, and Esc takes it back."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.theme import tokens as tk
from app.widgets.focus import KeyboardFocus

FINE: Final = 0.1
COARSE: Final = 10.0
SCRUB_PX: Final = 4.0
"""Pointer travel for one step when a label or a number is dragged."""
SLOP_PX: Final = 3.0
"""Travel below which a press is a click."""
STEPS: Final = {
    Qt.Key.Key_Left: -1.0,
    Qt.Key.Key_Down: -1.0,
    Qt.Key.Key_Right: 1.0,
    Qt.Key.Key_Up: 1.0,
    Qt.Key.Key_PageUp: COARSE,
    Qt.Key.Key_PageDown: -COARSE,
}


def pace(modifiers: Qt.KeyboardModifier) -> float:
    """Shift is fine, Ctrl is coarse."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return FINE
    return COARSE if modifiers & Qt.KeyboardModifier.ControlModifier else 1.0


class GestureWidget(KeyboardFocus, QWidget):
    """Base of every control that changes a value in gestures. Main thread.

    `gesture_started`, any number of live changes, then exactly one of `gesture_committed` and `gesture_cancelled`.
    A gesture begins with its first change, so a click that changes nothing leaves no undo step.
    """

    gesture_started = Signal()
    gesture_committed = Signal()
    gesture_cancelled = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._in_gesture = False
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def in_gesture(self) -> bool:
        return self._in_gesture

    def _begin(self) -> None:
        if not self._in_gesture:
            self._in_gesture = True
            self.gesture_started.emit()
            self.update()

    def _commit(self) -> None:
        if self._in_gesture:
            self._in_gesture = False
            self.gesture_committed.emit()
            self.update()

    def _cancel(self) -> None:
        if self._in_gesture:
            self._in_gesture = False
            self.gesture_cancelled.emit()
            self.update()

    def _watch_escape(self) -> None:
        """Hear Esc while the button is down, wherever the focus is. (Not every platform can grab the keyboard.)"""
        QCoreApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def _unwatch_escape(self) -> None:
        QCoreApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]

    def _escape(self) -> None:
        """Esc during a drag: let go and take everything back."""
        self._cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._in_gesture:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self._escape()
            return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._unwatch_escape()
        self._commit()
        super().hideEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._commit()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Claim our keys before the window's shortcuts do."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self._claims(Qt.Key(event.key())):
            event.accept()
            return True
        return super().event(event)

    def _claims(self, _key: Qt.Key) -> bool:
        """Whether this key is ours now, and no shortcut's."""
        return False


class HoverFade(QVariantAnimation):
    """0 at rest to 1 under the pointer, in 80 ms; repaints its widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.setDuration(tk.HOVER_MS)
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.valueChanged.connect(widget.update)

    @property
    def amount(self) -> float:
        return float(self.currentValue() or 0.0)

    def enter(self) -> None:
        self._run(QVariantAnimation.Direction.Forward)

    def leave(self) -> None:
        self._run(QVariantAnimation.Direction.Backward)

    def _run(self, direction: QVariantAnimation.Direction) -> None:
        self.setDirection(direction)
        if self.state() is not QVariantAnimation.State.Running:
            self.start()
