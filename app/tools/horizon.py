"""The horizon as a line over the picture, to be dragged. Shown while the Scene page is open. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.scene_desk import SceneDesk
from app.theme import tokens as tk
from app.tools.gesture_tool import GestureTool
from app.viewer.labels import LABEL_H, paint_label
from app.viewer.tool import Pointer
from app.widgets.gesture import FINE
from core.document.commands import SetHorizon
from core.timebase import Time
from core.words import tr

GRAB_PX: Final = 6.0
GRIP_W: Final = 34.0
_EDGE: Final = QColor(0, 0, 0, 150)


class HorizonGuide(GestureTool):
    """Takes a press near the line only. Dashed where it is a guess. `shown` is the instant of the picture on the screen."""

    def __init__(self, desk: SceneDesk, shown: Callable[[], Time | None], parent: QObject | None = None) -> None:
        super().__init__(desk.context.bridge, parent)
        self._desk, self._shown = desk, shown
        self._is_hot = False
        desk.changed.connect(self.changed)

    @property
    def row(self) -> float | None:
        """Share of the height from the top in the picture on the screen."""
        shot, frame = self._desk.shot, self._desk.frame_at(self._shown())
        return shot.at(frame).scene.camera.horizon if shot is not None and frame is not None else None

    def _y(self, rect: QRectF) -> float | None:
        """Widget px, held inside the picture so that a horizon above it can still be pulled down."""
        row = self.row
        return None if row is None else rect.top() + min(max(row, 0.0), 1.0) * rect.height()

    def wants(self, pointer: Pointer) -> bool:
        y = self._y(pointer.rect)
        across = pointer.rect.left() <= pointer.px.x() <= pointer.rect.right()
        return self.is_dragging or (y is not None and across and abs(pointer.px.y() - y) <= GRAB_PX)

    def press(self, pointer: Pointer) -> None:
        shot = self._desk.shot
        if shot is not None:
            script = self._drag(pointer, shot.scene.camera.horizon)
            self.begin(tr("Set horizon"), script)

    def _drag(self, began: Pointer, horizon: float) -> Generator[None, Pointer, None]:
        """Relative: the line moves with the hand, a tenth as far while Shift is held."""
        last = began.v
        while True:
            pointer = yield
            is_fine = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
            horizon += (pointer.v - last) * (FINE if is_fine else 1.0)
            last = pointer.v
            self._desk.do(partial(SetHorizon, horizon=min(max(horizon, -1.0), 2.0)))

    def hover(self, pointer: Pointer | None) -> None:
        is_hot = pointer is not None and self.wants(pointer)
        if is_hot != self._is_hot:
            self._is_hot = is_hot
            self.changed.emit()

    def cursor(self, _pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.SizeVerCursor

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        shot, y = self._desk.shot, self._y(rect)
        if shot is None or y is None:
            return
        is_guess = shot.scene.horizon_confidence < 0.5
        ink = tk.ACC if self._is_hot or self.is_dragging else QColor(Qt.GlobalColor.white)
        line = Qt.PenStyle.DashLine if is_guess else Qt.PenStyle.SolidLine
        for color, width, style in ((_EDGE, 3.0, Qt.PenStyle.SolidLine), (ink, 1.0, line)):
            painter.setPen(QPen(color, width, style))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        for x in (rect.left(), rect.right() - GRIP_W):
            painter.setPen(QPen(_EDGE, 1.0))
            painter.setBrush(ink)
            painter.drawRoundedRect(QRectF(x, y - 2.5, GRIP_W, 5.0), 2.5, 2.5)
        if self._is_hot or self.is_dragging:
            text = tr("Horizon {share:.1f} %", share=100 * (self.row or 0.0))
            text = tr("{row}, a guess", row=text) if is_guess else text
            paint_label(painter, QPointF(rect.right() - 12, y - LABEL_H - 8), text, to_left=True, inside=rect)
