"""The brush: paints strokes over the picture, on a mask or on the sky. Main thread.

A stroke is one undo step. What is under the brush is drawn at once from the document's own rasteriser, so that what is
painted is what will act.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from app.panels.brush_group import BrushSettings
from app.session_bridge import SessionBridge
from app.tools.gesture_tool import GestureTool
from app.tools.surfaces import Surface
from app.viewer.images import HeldImage
from app.viewer.labels import LABEL_H, paint_label
from app.viewer.tool import Pointer
from core.document.model import Stroke, StrokeMode, StrokePoint
from core.words import num, tr

MIN_RADIUS: Final = 0.004
MAX_RADIUS: Final = 0.5


class Brush(GestureTool):
    """Alt turns adding into erasing; Ctrl-drag sets size (across) and hardness (up and down)."""

    has_overlay = True

    settings_changed = Signal(object)
    """The new `BrushSettings`."""

    def __init__(self, bridge: SessionBridge, surface: Surface, parent: QObject | None = None) -> None:
        super().__init__(bridge, parent)
        self.surface = surface
        self.settings = BrushSettings()
        self.mode = StrokeMode.ADD
        self._at: Pointer | None = None
        self._sizing: tuple[Pointer, BrushSettings] | None = None

    # ---- what it paints on ----------------------------------------------------------------------------------------

    def set_surface(self, surface: Surface) -> None:
        """Strokes go there from now on; a stroke under way is taken back."""
        if surface is not self.surface:
            self.cancel()
            self.surface = surface
            self.changed.emit()

    def set_mode(self, mode: StrokeMode) -> None:
        self.mode = mode
        self.changed.emit()

    def set_settings(self, settings: BrushSettings) -> None:
        radius = min(max(settings.radius, MIN_RADIUS), MAX_RADIUS)
        settings = replace(settings, radius=radius, hardness=min(max(settings.hardness, 0.0), 1.0))
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit(settings)
            self.changed.emit()

    # ---- pointer --------------------------------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        if not self.surface.is_there:
            return
        self._at = pointer
        if pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            self._sizing = (pointer, self.settings)
            return
        stroke = self._stroke(pointer)
        self.begin(self.surface.label(stroke.mode), self._paint(stroke))
        super().move(pointer)

    def _stroke(self, pointer: Pointer) -> Stroke:
        s = self.settings
        return Stroke((), s.radius, s.hardness, s.flow, self._mode(pointer))

    def _mode(self, pointer: Pointer) -> StrokeMode:
        if not pointer.modifiers & Qt.KeyboardModifier.AltModifier:
            return self.mode
        return StrokeMode.ERASE if self.mode is StrokeMode.ADD else StrokeMode.ADD

    def _paint(self, stroke: Stroke) -> Generator[None, Pointer, None]:
        """One stroke; what it needs beforehand, a first mask, say, comes in the same undo step. The surface opens with the
        first point, when the undo step is."""
        pointer = yield
        command = self.surface.open()
        while True:
            stroke = replace(stroke, points=(*stroke.points, StrokePoint(pointer.u, pointer.v, pointer.pressure)))
            self._bridge.do(command(stroke), self)
            pointer = yield

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._sizing is not None:
            began, settings = self._sizing
            delta = pointer.px - began.px
            radius = settings.radius * 1.01 ** delta.x()
            self._at = began
            self.set_settings(replace(settings, radius=radius, hardness=settings.hardness - delta.y() / 200))
        else:
            super().move(pointer)
        self.changed.emit()

    def release(self, pointer: Pointer) -> None:
        self._sizing = None
        super().release(pointer)

    def cancel(self) -> bool:
        if self._sizing is not None:
            settings, self._sizing = self._sizing[1], None
            self.set_settings(settings)
            return True
        was_dragging = super().cancel()
        if was_dragging:
            self.changed.emit()
        return was_dragging

    def cursor(self, _pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.BlankCursor

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        self.changed.emit()

    # ---- painting -------------------------------------------------------------------------------------------------

    def overlay(self, size: QSize) -> HeldImage | None:
        """What is painted on the surface, over a picture of this size."""
        return self.surface.overlay(size)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Ring for the size, dashed ring for the hard core, and what it is about to do in words."""
        if self._at is None:
            return
        settings, mode = self.settings, self._mode(self._at)
        center = QPointF(rect.left() + self._at.u * rect.width(), rect.top() + self._at.v * rect.height())
        radius = settings.radius * rect.height()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(0, 0, 0, 160), 3.0), (QColor(Qt.GlobalColor.white), 1.2)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(center, radius, radius)
        painter.setPen(QPen(QColor(Qt.GlobalColor.white), 1.2, Qt.PenStyle.DashLine))
        painter.drawEllipse(center, radius * settings.hardness, radius * settings.hardness)
        painter.setPen(QPen(QColor(Qt.GlobalColor.white), 1.2))
        painter.drawLine(center - QPointF(4, 0), center + QPointF(4, 0))
        if mode is StrokeMode.ADD:
            painter.drawLine(center - QPointF(0, 4), center + QPointF(0, 4))
        text = f"{num(100 * settings.radius, '.1f')} %, {self.surface.doing(mode)}"
        if self._sizing is not None:
            text = tr(
                "{radius:.1f} %, hardness {hardness:.0f} %",
                radius=100 * settings.radius,
                hardness=100 * settings.hardness,
            )
        paint_label(painter, center + QPointF(radius + 8, -LABEL_H / 2), text, inside=rect)
