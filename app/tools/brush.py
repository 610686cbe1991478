"""The brush: paints strokes on the chosen mask, over the picture. Main thread.

A stroke is one undo step. What is under the brush is drawn at once from the document's own rasteriser, so that what is
painted is what will act.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from app.panels.masks_panel import BrushSettings
from app.session_bridge import GestureRun, SessionBridge
from app.theme import tokens as tk
from app.viewer.images import HeldImage, tinted_matte
from app.viewer.labels import LABEL_H, paint_label
from app.viewer.tool import Pointer, ViewTool
from core.document.commands import AddMask, AddStroke
from core.document.masks import combined, rasterise
from core.document.model import Clip, Mask, Stroke, StrokeMode, StrokePoint
from core.ids import ClipId, MaskId, new_id

MIN_RADIUS: Final = 0.004
MAX_RADIUS: Final = 0.5
OVERLAY_OPACITY: Final = 0.56
OVERLAY_MAX_H: Final = 540
"""The overlay is drawn no taller than this: it is soft, and must follow the hand."""


class Brush(ViewTool):
    """Alt turns adding into erasing; Ctrl-drag sets size (across) and hardness (up and down)."""

    settings_changed = Signal(object)
    """The new `BrushSettings`."""
    mask_chosen = Signal(object)
    """The `MaskId` that strokes go to."""

    def __init__(self, bridge: SessionBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.settings = BrushSettings()
        self.mode = StrokeMode.ADD
        self._clip: ClipId | None = None
        self._mask: MaskId | None = None
        self._run: GestureRun[Pointer] | None = None
        self._at: Pointer | None = None
        self._sizing: tuple[Pointer, BrushSettings] | None = None
        self._drawn: tuple[tuple[Mask, ...], QSize, HeldImage] | None = None

    # ---- what it paints on ----------------------------------------------------------------------------------------

    def set_clip(self, clip: ClipId | None) -> None:
        if clip != self._clip:
            self._clip = clip
            self.changed.emit()

    def set_mask(self, mask: MaskId | None) -> None:
        """Strokes go to this mask; None takes the clip's last one, or makes the first."""
        self._mask = mask

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

    @property
    def _target(self) -> Clip | None:
        return next((c for c in self._bridge.project.clips() if c.id == self._clip), None)

    def _chosen_mask(self, clip: Clip) -> MaskId | None:
        if any(m.id == self._mask for m in clip.masks):
            return self._mask
        return clip.masks[-1].id if clip.masks else None

    # ---- pointer --------------------------------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        clip = self._target
        if clip is None:
            return
        self._at = pointer
        if pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            self._sizing = (pointer, self.settings)
            return
        stroke = self._stroke(pointer)
        label = "Paint mask" if stroke.mode is StrokeMode.ADD else "Erase mask"
        self._run = GestureRun(self._bridge, label, self._paint(clip, stroke), self)
        self._run.send(pointer)

    def _stroke(self, pointer: Pointer) -> Stroke:
        s = self.settings
        return Stroke((), s.radius, s.hardness, s.flow, self._mode(pointer))

    def _mode(self, pointer: Pointer) -> StrokeMode:
        if not pointer.modifiers & Qt.KeyboardModifier.AltModifier:
            return self.mode
        return StrokeMode.ERASE if self.mode is StrokeMode.ADD else StrokeMode.ADD

    def _paint(self, clip: Clip, stroke: Stroke) -> Generator[None, Pointer, None]:
        """One stroke; on a clip without a mask the mask comes with it, in the same undo step."""
        mask = self._chosen_mask(clip)
        if mask is None:
            mask = MaskId(new_id("mask"))
            self._bridge.do(AddMask(clip.id, mask, "Mask 1"), self)
        self._mask = mask
        self.mask_chosen.emit(mask)
        while True:
            pointer = yield
            stroke = replace(stroke, points=(*stroke.points, StrokePoint(pointer.u, pointer.v, pointer.pressure)))
            self._bridge.do(AddStroke(clip.id, mask, stroke), self)

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._sizing is not None:
            began, settings = self._sizing
            delta = pointer.px - began.px
            radius = settings.radius * 1.01 ** delta.x()
            self._at = began
            self.set_settings(replace(settings, radius=radius, hardness=settings.hardness - delta.y() / 200))
        elif self._run is not None:
            self._run.send(pointer)
        self.changed.emit()

    def release(self, _pointer: Pointer) -> None:
        self._sizing = None
        if self._run is not None:
            run, self._run = self._run, None
            run.finish()

    def cancel(self) -> bool:
        if self._sizing is not None:
            settings, self._sizing = self._sizing[1], None
            self.set_settings(settings)
            return True
        if self._run is None:
            return False
        run, self._run = self._run, None
        run.cancel()
        self.changed.emit()
        return True

    def cursor(self, _pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.BlankCursor

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        self.changed.emit()

    # ---- painting -------------------------------------------------------------------------------------------------

    def overlay(self, size: QSize) -> HeldImage | None:
        """The matte over the picture, or None where the look acts everywhere."""
        clip = self._target
        masks = clip.masks if clip else ()
        if not masks or size.isEmpty():
            return None
        if size.height() > OVERLAY_MAX_H:
            size = QSize(max(1, size.width() * OVERLAY_MAX_H // size.height()), OVERLAY_MAX_H)
        if self._drawn is None or self._drawn[0] != masks or self._drawn[1] != size:
            matte = combined(masks, size.width(), size.height())
            if matte is None:
                matte = rasterise(masks[-1], size.width(), size.height()) * 0.4
            rgb = (tk.MATTE.red(), tk.MATTE.green(), tk.MATTE.blue())
            self._drawn = (masks, size, tinted_matte(matte, rgb, OVERLAY_OPACITY))
        return self._drawn[2]

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
        doing = "adding" if mode is StrokeMode.ADD else "erasing"
        text = f"{100 * settings.radius:.1f} %, {doing}"
        if self._sizing is not None:
            text = f"{100 * settings.radius:.1f} %, hardness {100 * settings.hardness:.0f} %"
        paint_label(painter, center + QPointF(radius + 8, -LABEL_H / 2), text, inside=rect)
