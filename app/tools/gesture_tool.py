"""A tool whose drag is one gesture of the session: one undo step, which Esc takes back. Main thread."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import QObject

from app.session_bridge import GestureRun, SessionBridge
from app.viewer.tool import Pointer, ViewTool


class GestureTool(ViewTool):
    """A press begins a script, which is sent every pointer until the hand lets go."""

    def __init__(self, bridge: SessionBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._run: GestureRun[Pointer] | None = None

    @property
    def is_dragging(self) -> bool:
        return self._run is not None

    def begin(self, label: str, script: Generator[None, Pointer, None]) -> None:
        self._run = GestureRun(self._bridge, label, script, self)

    def move(self, pointer: Pointer) -> None:
        if self._run is not None:
            self._run.send(pointer)

    def release(self, _pointer: Pointer) -> None:
        if self._run is not None:
            run, self._run = self._run, None
            run.finish()

    def cancel(self) -> bool:
        if self._run is None:
            return False
        run, self._run = self._run, None
        run.cancel()
        return True
