"""Pointing at a shadow, from which the sun as shot is read: the foot of a thing, its top, the tip of its shadow. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from app.scene_desk import SceneDesk
from app.theme import tokens as tk
from app.viewer.labels import LABEL_H, paint_label
from app.viewer.tool import Pointer, ViewTool
from core.analysis.sun import Point2, sun_by_shadow
from core.document.commands import SetSunAsShot
from core.timebase import Time
from core.words import msg, tr

STEPS: Final = (msg("Foot"), msg("Top"), msg("Tip of its shadow"))
HINTS: Final = (
    msg("Click the foot of something upright that throws a shadow. Esc puts the tool down."),
    msg("Click its top. Esc takes the foot back."),
    msg("Click the tip of its shadow on the ground. Esc takes the top back."),
)
UNREADABLE: Final = msg(
    "No sun fits these three points: foot and tip must lie on the ground, and the top above the foot."
)
_EDGE: Final = QColor(0, 0, 0, 150)
_DOT_PX: Final = 4.0


class ShadowTool(ViewTool):
    """Three points, each set where the hand lets go. `shown` is the instant of the picture on the screen."""

    hinted = Signal(str)
    finished = Signal()
    """The sun was read."""

    def __init__(self, desk: SceneDesk, shown: Callable[[], Time | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._shown = desk, shown
        self._points: list[Point2] = []
        self._at: Point2 | None = None
        """Where the next point would be set."""
        self._frame: int | None = None
        desk.changed.connect(self._keep_frame)

    def begin(self) -> None:
        """An empty hand takes the tool."""
        self._points, self._at = [], None
        self._say()

    @property
    def hint(self) -> str:
        return tr(HINTS[len(self._points)])

    def _say(self, text: str = "") -> None:
        self.hinted.emit(text or self.hint)
        self.changed.emit()

    def _keep_frame(self) -> None:
        """Points belong to the picture in which they were set."""
        if self._points and self._frame != self._desk.frame_at(self._shown()):
            self._points = []
            self._say()

    def press(self, pointer: Pointer) -> None:
        self._at = pointer.u, pointer.v
        self.changed.emit()

    def move(self, pointer: Pointer) -> None:
        self.press(pointer)

    def hover(self, pointer: Pointer | None) -> None:
        self._at = (pointer.u, pointer.v) if pointer is not None else None
        self.changed.emit()

    def cursor(self, _pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def release(self, pointer: Pointer) -> None:
        self._keep_frame()
        if not (0.0 <= pointer.u <= 1.0 and 0.0 <= pointer.v <= 1.0):
            return
        frame = self._desk.frame_at(self._shown())
        if self._desk.shot is None or frame is None:
            self._say(tr("Select the clip on the screen to read its sun."))
            return
        self._frame = frame
        self._points.append((pointer.u, pointer.v))
        if len(self._points) < len(STEPS):
            self._say()
        else:
            self._read(frame)

    def _read(self, frame: int) -> None:
        shot, (foot, top, tip) = self._desk.shot, self._points
        self._points = []
        assert shot is not None
        seen = shot.at(frame)
        sun = sun_by_shadow(seen.scene.camera, shot.aspect, foot, top, tip, seen.pose.yaw_rad)
        if sun is None:
            self._say(tr(UNREADABLE))
            return
        self._desk.context.begin(tr("Read sun from a shadow"))
        self._desk.do(lambda media: SetSunAsShot(media, sun))
        self._desk.context.commit()
        self.finished.emit()

    def cancel(self) -> bool:
        """Take the last point back."""
        if not self._points:
            return False
        self._points.pop()
        self._say()
        return True

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        points = [*self._points, *([self._at] if self._at is not None else [])][: len(STEPS)]
        spots = [QPointF(rect.left() + u * rect.width(), rect.top() + v * rect.height()) for u, v in points]
        sides = [(0, k) for k in range(1, len(spots))]  # up the thing, and along its shadow
        for color, width in ((_EDGE, 3.0), (tk.ACC, 1.0)):
            painter.setPen(QPen(color, width))
            for a, b in sides:
                painter.drawLine(spots[a], spots[b])
        painter.setPen(QPen(_EDGE, 1.0))
        painter.setBrush(tk.ACC)
        for spot in spots:
            painter.drawEllipse(spot, _DOT_PX, _DOT_PX)
        if self._at is not None:
            paint_label(painter, spots[-1] + QPointF(12, -LABEL_H - 8), tr(STEPS[len(spots) - 1]), inside=rect)
