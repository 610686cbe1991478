"""Picking colours for the selection of a mask from the picture: a click begins anew, Shift widens it. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from app.matte_desk import MatteDesk
from app.viewer.labels import LABEL_H, paint_label
from app.viewer.tool import Pointer, ViewTool
from core.document.selectors import ALL_HUES, WHEEL, Range, Selector, SelectorKind
from core.render.messages import Picture8
from core.words import msg, tr

HINT: Final = msg("Click the colour to select; Shift adds to the range, drag to add many. Esc puts the tool down.")
REACH_PX: Final = 2
"""Half the side of the square whose colours are read, picture px."""
HUE_MARGIN, SHARE_MARGIN = 8.0, 0.06
"""What a picked range reaches beyond the colours that were seen."""
GREY_BELOW: Final = 0.08
"""Saturation below which a hue says nothing."""


class QualifierTool(ViewTool):
    """Reads the source's display codes where the hand points; each press with its drag is one undo step."""

    hinted = Signal(str)

    def __init__(self, desk: MatteDesk, source: Callable[[], Picture8 | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._source = desk, source
        self._at: Pointer | None = None
        self._is_down = False

    @property
    def hint(self) -> str:
        return tr(HINT)

    def cursor(self, _pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def press(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._desk.mask is None:
            self.hinted.emit(tr("Add a mask before its colours are picked."))
            return
        self._is_down = True
        self._desk.context.begin(tr("Pick colours for mask"))
        adds = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        self._take(pointer, adds=adds)

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._is_down:
            self._take(pointer, adds=True)
        self.changed.emit()

    def release(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._is_down:
            self._is_down = False
            self._desk.context.commit()

    def cancel(self) -> bool:
        if not self._is_down:
            return False
        self._is_down = False
        self._desk.context.cancel()
        return True

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        self.changed.emit()

    def _take(self, pointer: Pointer, *, adds: bool) -> None:
        seen = self._seen(pointer)
        mask = self._desk.mask
        if seen is None or mask is None:
            return
        before = mask.selector
        kind = before.kind if before and before.kind is SelectorKind.LUMINANCE else SelectorKind.COLOR
        base = before if adds and before is not None and before.kind is kind else None
        self._desk.set_selector(picked(kind, seen, base))

    def _seen(self, pointer: Pointer) -> npt.NDArray[np.uint8] | None:
        """(n, 3) B G R codes about the pointer; None outside the picture."""
        picture = self._source()
        if picture is None or not (0.0 <= pointer.u < 1.0 and 0.0 <= pointer.v < 1.0):
            return None
        height, width = picture.pixels.shape[:2]
        x, y = int(pointer.u * width), int(pointer.v * height)
        square = picture.pixels[max(0, y - REACH_PX) : y + REACH_PX + 1, max(0, x - REACH_PX) : x + REACH_PX + 1, :3]
        return np.ascontiguousarray(square.reshape(-1, 3))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """A ring and a swatch of what is read."""
        pointer = self._at
        seen = self._seen(pointer) if pointer is not None else None
        if pointer is None or seen is None:
            return
        blue, green, red = (int(v) for v in seen.mean(axis=0))
        center = QPointF(rect.left() + pointer.u * rect.width(), rect.top() + pointer.v * rect.height())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(0, 0, 0, 160), 3.0), (QColor(Qt.GlobalColor.white), 1.2)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(center, 7.0, 7.0)
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        painter.setBrush(QColor(red, green, blue))
        painter.drawRect(QRectF(center.x() + 12, center.y() + 8, 22, 16))
        text = f"{red}  {green}  {blue}"
        paint_label(painter, center + QPointF(40, 16 - LABEL_H / 2), text, inside=rect)


def picked(kind: SelectorKind, bgr: npt.NDArray[np.uint8], base: Selector | None) -> Selector:
    """A selector that takes these display codes (n, 3), and what `base` took. Hues widen the short way round."""
    hues, saturations, lights = _hsl(bgr)
    if kind is SelectorKind.LUMINANCE:
        luma = bgr.astype(np.float64) @ np.array([0.0722, 0.7152, 0.2126]) / 255.0
        old = base.luminance if base else None
        return replace(base or Selector(kind), luminance=_covering(luma, old))
    vivid = saturations > GREY_BELOW
    hue = _turned(hues[vivid], base.hue if base else None) if vivid.any() else (base.hue if base else ALL_HUES)
    return Selector(
        kind,
        hue=hue,
        saturation=_covering(saturations, base.saturation if base else None),
        luminance=_covering(lights, base.luminance if base else None),
    )


def _hsl(bgr: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float64], ...]:
    """Hue in degrees, HSL saturation and lightness 0..1 of (n, 3) codes."""
    colors = [QColor(int(r), int(g), int(b)) for b, g, r in bgr]
    hue = np.array([max(0.0, c.hslHueF()) * WHEEL for c in colors])
    return hue, np.array([c.hslSaturationF() for c in colors]), np.array([c.lightnessF() for c in colors])


def _covering(values: npt.NDArray[np.float64], old: Range | None) -> Range:
    low, high = float(values.min()) - SHARE_MARGIN, float(values.max()) + SHARE_MARGIN
    if old is not None:
        low, high = min(low, old.low), max(high, old.high)
    return Range(max(0.0, low), min(1.0, high), old.soft if old else 0.05)


def _turned(hues: npt.NDArray[np.float64], old: Range | None) -> Range:
    """The shortest range on the wheel that holds all of these, and an old one."""
    start = (old.low + old.high) / 2.0 if old else float(hues[0])
    away = (hues - start + 180.0) % 360.0 - 180.0
    low, high = start + float(away.min()) - HUE_MARGIN, start + float(away.max()) + HUE_MARGIN
    if old is not None:
        low, high = min(low, old.low), max(high, old.high)
    return Range(low, min(high, low + WHEEL), old.soft if old else 10.0)
