"""The pixel probe: what stands under the pointer, in scene-linear light from the engine and in codes as shown. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.preview_client import View
from app.theme import tokens as tk
from app.theme.fonts import mono_font
from app.throttle import Throttle
from app.viewer.labels import PLATE
from app.viewer.pictures import Pictures
from app.viewer.tool import Pointer
from core.render.messages import Layer, ProbeReady, ProbeRequest, Request
from core.words import num, tr

ASK_EVERY_MS: Final = 40
SIDES: Final = (1, 3, 5, 9)
"""Squares that are averaged, pixels of the rendered picture."""
LINE_H: Final = 16.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Of one layer: codes as shown, and light where the engine has said it."""

    name: str
    codes: tuple[int, int, int]
    light: tuple[float, float, float] | None

    @property
    def text(self) -> str:
        """`Result  R 0.1834  G 0.2019  B 0.2510   119 125 139  #777D8B`."""
        light = "  ".join(f"{c} {num(v, '.4f')}" for c, v in zip("RGB", self.light or (), strict=False)) or tr(
            "reading light…"
        )
        shown = " ".join(f"{code:3d}" for code in self.codes)
        red, green, blue = self.codes
        return f"{self.name:<7} {light}   {shown}  #{red:02X}{green:02X}{blue:02X}"


class Probe(QObject):
    """Follows the pointer over the picture while it is on."""

    def __init__(
        self,
        post: Callable[[Request], None],
        view: Callable[[], View | None],
        pictures: Pictures,
        repaint: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._post, self._view, self._pictures, self._repaint = post, view, pictures, repaint
        self.is_on = False
        self.side = 1
        self._at: Pointer | None = None
        self._serial = 0
        self._said: ProbeReady | None = None
        self._throttle = Throttle(self._ask, ASK_EVERY_MS, self)

    def set_on(self, *, on: bool) -> None:
        self.is_on, self._said = on, None
        self._repaint()

    def next_side(self) -> None:
        """The next larger square, then a single pixel again."""
        self.side = SIDES[(SIDES.index(self.side) + 1) % len(SIDES)]
        self._moved()

    def hover(self, pointer: Pointer | None) -> None:
        inside = pointer is not None and 0.0 <= pointer.u < 1.0 and 0.0 <= pointer.v < 1.0
        self._at = pointer if inside else None
        if self.is_on:
            self._moved()

    def follow(self) -> None:
        """Another picture stands under the pointer."""
        if self.is_on and self._at is not None:
            self._moved()

    def _moved(self) -> None:
        self._said = None
        self._repaint()
        if self._at is not None:
            self._throttle.call()

    def _ask(self) -> None:
        view = self._view()
        if self.is_on and self._at is not None and view is not None:
            self._serial += 1
            place = self._at.u, self._at.v
            self._post(ProbeRequest(self._serial, view.project, view.time, view.project.height, *place, self.side))

    def on_event(self, event: object) -> None:
        if isinstance(event, ProbeReady) and event.serial == self._serial:
            self._said = event
            self._repaint()

    # ---- what is said ---------------------------------------------------------------------------------------------

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Source and result under the pointer, as far as they are there."""
        ready, at = self._pictures.ready, self._at
        if not self.is_on or ready is None or at is None:
            return ()
        found = []
        for layer, name in ((Layer.SOURCE, tr("Source")), (Layer.RESULT, tr("Result"))):
            picture = ready.picture(layer)
            if picture is None:
                continue
            x, y = int(at.u * picture.width), int(at.v * picture.height)
            reach = self.side // 2
            square = picture.pixels[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1, 2::-1]
            red, green, blue = (int(v) for v in np.rint(square.reshape(-1, 3).mean(axis=0)))
            light = dict(self._said.light).get(layer) if self._said is not None else None
            found.append(Reading(name, (red, green, blue), light))
        return tuple(found)

    @property
    def place(self) -> str:
        """The pixel of the source under the pointer."""
        view, at = self._view(), self._at
        if view is None or at is None:
            return ""
        x, y = int(at.u * view.project.width), int(at.v * view.project.height)
        return f"{x}, {y}" + (f"   {self.side} × {self.side}" if self.side > 1 else "")

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """A plate beside the pointer, inside the viewer."""
        readings = self.readings
        if not readings or self._at is None:
            return
        lines = [self.place, *(r.text for r in readings)]
        font = mono_font(tk.CAPTION_PX)
        width = max(QFontMetricsF(font).horizontalAdvance(line) for line in lines) + 40
        box = QRectF(self._at.px + QPointF(18, 18), self._at.px + QPointF(18 + width, 30 + LINE_H * len(lines)))
        if box.right() > area.right() - 8:
            box.moveRight(min(self._at.px.x() - 14, area.right() - 8))
        if box.bottom() > area.bottom() - 8:
            box.moveBottom(self._at.px.y() - 14)
        box.moveLeft(max(area.left() + 8, box.left()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PLATE)
        painter.drawRoundedRect(box, tk.RADIUS_POPOVER, tk.RADIUS_POPOVER)
        painter.setFont(font)
        for number, line in enumerate(lines):
            row = QRectF(box.left() + 10, box.top() + 6 + number * LINE_H, box.width() - 20, LINE_H)
            if number:
                swatch = QRectF(row.left(), row.top() + 3, 10, 10)
                painter.setPen(QPen(tk.EDGE3, 1))
                painter.setBrush(QColor(*readings[number - 1].codes))
                painter.drawRect(swatch)
                row.adjust(18, 0, 0, 0)
            painter.setPen(tk.T1 if number else tk.T2)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, line)
