"""Arrow keys that mean keyframes while the curves, or the timeline under a clip that has some, have the focus. Main thread.

Elsewhere the same keys belong to the viewer; so they stand in no row of the action table, where a key has one meaning, and
are claimed from it by `ShortcutOverride`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_ARROWS: Final = {Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right", Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}
_ALT, _SHIFT, _CTRL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
_DOES: Final = {_CTRL: "select_key", _ALT: "nudge_key", _ALT | _SHIFT: "push_key", _CTRL | _SHIFT: "reach_key"}


def action_of(event: QKeyEvent) -> str:
    """The action that an arrow with these modifiers stands for; empty for any other key."""
    held = event.modifiers() & (_ALT | _SHIFT | _CTRL)
    way, does = _ARROWS.get(Qt.Key(event.key())), _DOES.get(held)
    return f"{does}_{way}" if way and does else ""


def obey(event: QKeyEvent, handlers: Mapping[str, Callable[[], object]]) -> bool:
    """Do what the key stands for; False where it stands for nothing here."""
    id_ = action_of(event)
    if not id_:
        return False
    handlers[id_]()
    return True
