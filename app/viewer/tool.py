"""What a hand over the picture may hold: the base of the brush, the objects tool and the horizon."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QMenu


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer event over the picture: `u`, `v` in 0..1 of the picture (may lie outside), `px` in widget px."""

    u: float
    v: float
    px: QPointF
    modifiers: Qt.KeyboardModifier
    pressure: float = 1.0
    rect: QRectF = field(default_factory=QRectF)
    """Where the picture stands, widget px."""


class ViewTool(QObject):
    """A tool that takes the pointer over the picture. Main thread. What a tool does not need it leaves as it is here."""

    has_overlay = False
    """Whether the view's overlay is shown while this is in hand, whatever is compared."""

    changed = Signal()
    """Repaint."""

    def wants(self, _pointer: Pointer) -> bool:
        """Whether a press here is the tool's; else the wipe and the picture have it."""
        return True

    def press(self, pointer: Pointer) -> None:
        raise NotImplementedError

    def move(self, pointer: Pointer) -> None:
        raise NotImplementedError

    def release(self, pointer: Pointer) -> None:
        raise NotImplementedError

    def double(self, pointer: Pointer) -> None:
        """The second press of a double-click."""

    def cancel(self) -> bool:
        """Take back the gesture under way; True if there was one."""
        return False

    def hover(self, pointer: Pointer | None) -> None:
        """The pointer moved without a button, or left."""

    def cursor(self, _pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.ArrowCursor

    def menu(self, _pointer: Pointer | None) -> QMenu | None:
        """The right-click menu at the pointer, or for what is selected where the keyboard asks; None has no menu."""
        return None

    def claims(self, _key: Qt.Key) -> bool:
        """Whether this key is the tool's now, and no shortcut's."""
        return False

    def takes(self, event: QKeyEvent) -> bool:
        """The same of a key with those that are held beside it."""
        return self.claims(Qt.Key(event.key()))

    def key(self, event: QKeyEvent) -> None:
        """A key that it takes."""

    def key_up(self) -> None:
        """A key was let go: a run of steps ends."""

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Over the picture, whose place is `rect` in widget px."""
        raise NotImplementedError
