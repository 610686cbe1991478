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
from app.theme import tokens as tk
from app.theme.painting import diamond
from app.tools.gesture_tool import GestureTool
from app.tools.surfaces import Surface
from app.viewer.images import HeldImage
from app.viewer.labels import LABEL_H, paint_label
from app.viewer.tool import Pointer
from core.document.model import Stroke, StrokeMode, StrokePoint
from core.words import num, tr

MIN_RADIUS: Final = 0.004
MAX_RADIUS: Final = 0.5
_GRIP_DOWN: Final = 22.0
"""Px from the top of the picture to the grip of the mirror's axis."""
_GRIP_REACH: Final = 9.0


class Brush(GestureTool):
    """Alt turns adding into erasing; Ctrl-drag sets size (across) and hardness (up and down). Shift draws straight: on from
    where the last stroke ended, or from the press. The grip on the mirror's axis moves it."""

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
        self._axis_moves = False
        self._last: StrokePoint | None = None
        """Where the last stroke ended."""
        self._before: StrokePoint | None = None
        """And the one before that, for a stroke that is taken back."""

    # ---- what it paints on ----------------------------------------------------------------------------------------

    def set_surface(self, surface: Surface) -> None:
        """Strokes go there from now on; a stroke under way is taken back."""
        if surface is not self.surface:
            self.cancel()
            self.surface, self._last = surface, None
            self.changed.emit()

    def set_mode(self, mode: StrokeMode) -> None:
        self.mode = mode
        self.changed.emit()

    def set_settings(self, settings: BrushSettings) -> None:
        radius = min(max(settings.radius, MIN_RADIUS), MAX_RADIUS)
        hardness, axis = (min(max(share, 0.0), 1.0) for share in (settings.hardness, settings.axis))
        settings = replace(settings, radius=radius, hardness=hardness, axis=axis)
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit(settings)
            self.changed.emit()

    # ---- pointer --------------------------------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        if not self.surface.is_there:
            return
        self._at = pointer
        if self._is_on_axis(pointer):
            self._axis_moves = True
            return
        if pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            self._sizing = (pointer, self.settings)
            return
        stroke, self._before = self._stroke(pointer), self._last
        is_straight = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        self.begin(self.surface.label(stroke.mode), self._paint(stroke, is_straight=is_straight))
        super().move(pointer)

    def _stroke(self, pointer: Pointer) -> Stroke:
        s = self.settings
        axis = round(s.axis, 5) if s.is_mirrored else None
        return Stroke((), s.radius, s.hardness, s.flow, self._mode(pointer), pressing=s.pressing, mirror=axis)

    def _mode(self, pointer: Pointer) -> StrokeMode:
        if not pointer.modifiers & Qt.KeyboardModifier.AltModifier:
            return self.mode
        return StrokeMode.ERASE if self.mode is StrokeMode.ADD else StrokeMode.ADD

    def _paint(self, stroke: Stroke, *, is_straight: bool) -> Generator[None, Pointer, None]:
        """One stroke; what it needs beforehand, a first mask, say, comes in the same undo step. The surface opens with the
        first point, when the undo step is. A straight one has two points, of which the hand moves the last."""
        pointer = yield
        command = self.surface.open()
        points: tuple[StrokePoint, ...] = (self._last,) if is_straight and self._last is not None else ()
        while True:
            point = StrokePoint(pointer.u, pointer.v, pointer.pressure)
            points = (*(points[:1] if is_straight else points), point)
            self._bridge.do(command(replace(stroke, points=points)), self)
            self._last = point
            pointer = yield

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._axis_moves:
            self.set_settings(replace(self.settings, axis=pointer.u))
        elif self._sizing is not None:
            began, settings = self._sizing
            delta = pointer.px - began.px
            radius = settings.radius * 1.01 ** delta.x()
            self._at = began
            self.set_settings(replace(settings, radius=radius, hardness=settings.hardness - delta.y() / 200))
        else:
            super().move(pointer)
        self.changed.emit()

    def release(self, pointer: Pointer) -> None:
        self._sizing, self._axis_moves = None, False
        super().release(pointer)

    def cancel(self) -> bool:
        if self._sizing is not None:
            settings, self._sizing = self._sizing[1], None
            self.set_settings(settings)
            return True
        was_dragging = super().cancel()
        if was_dragging:
            self._last = self._before
            self.changed.emit()
        return was_dragging

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.SizeHorCursor if self._is_on_axis(pointer) else Qt.CursorShape.BlankCursor

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        self.changed.emit()

    # ---- mirror ---------------------------------------------------------------------------------------------------

    def _axis_grip(self, rect: QRectF) -> QPointF:
        return QPointF(rect.left() + self.settings.axis * rect.width(), rect.top() + _GRIP_DOWN)

    def _is_on_axis(self, pointer: Pointer) -> bool:
        """Whether the pointer is on the grip that moves the mirror."""
        away = self._axis_grip(pointer.rect) - pointer.px
        return self.settings.is_mirrored and max(abs(away.x()), abs(away.y())) <= _GRIP_REACH

    def _paint_axis(self, painter: QPainter, rect: QRectF) -> None:
        grip = self._axis_grip(rect)
        for color, width, style in (
            (QColor(0, 0, 0, 150), 3.0, Qt.PenStyle.SolidLine),
            (QColor(Qt.GlobalColor.white), 1.0, Qt.PenStyle.DashLine),
        ):
            painter.setPen(QPen(color, width, style))
            painter.drawLine(QPointF(grip.x(), rect.top()), QPointF(grip.x(), rect.bottom()))
        painter.setPen(QPen(QColor(20, 20, 20), 1))
        painter.setBrush(tk.ACC)
        painter.drawPolygon(diamond(grip, 13.0))

    # ---- painting -------------------------------------------------------------------------------------------------

    def overlay(self, size: QSize) -> HeldImage | None:
        """What is painted on the surface, over a picture of this size."""
        return self.surface.overlay(size)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Ring for the size, dashed ring for the hard core, and what it is about to do in words."""
        if self.settings.is_mirrored:
            self._paint_axis(painter, rect)
        if self._at is None or self._axis_moves or self._is_on_axis(self._at):
            return
        settings, mode = self.settings, self._mode(self._at)
        center = QPointF(rect.left() + self._at.u * rect.width(), rect.top() + self._at.v * rect.height())
        radius = settings.radius * rect.height()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        twin = QPointF(2 * self._axis_grip(rect).x() - center.x(), center.y())
        for color, width in ((QColor(0, 0, 0, 160), 3.0), (QColor(Qt.GlobalColor.white), 1.2)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(center, radius, radius)
            if settings.is_mirrored:
                painter.drawEllipse(twin, radius, radius)
            if (
                self._last is not None
                and not self.is_dragging
                and self._at.modifiers & Qt.KeyboardModifier.ShiftModifier
            ):
                start = QPointF(rect.left() + self._last.x * rect.width(), rect.top() + self._last.y * rect.height())
                painter.drawLine(start, center)
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
