"""The pixel probe: what stands under the pointer, in scene-linear light from the engine and in codes as shown. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.preview_client import View
from app.theme import tokens as tk
from app.theme.fonts import mono_font
from app.throttle import Throttle
from app.viewer.labels import PLATE
from app.viewer.modes import ViewMode
from app.viewer.names import QUALITY_NAMES
from app.viewer.reference import SIDES, Reference, reference_codes
from app.viewer.tool import Pointer
from app.viewer.view import ViewerView
from core.render.messages import Layer, Picture8, ProbeReady, ProbeRequest, Request
from core.words import num, tr

ASK_EVERY_MS: Final = 40
SQUARES: Final = (1, 3, 5, 9)
"""Squares that are averaged, pixels of the rendered picture."""
LINE_H: Final = 16.0
NAME_CHARS: Final = 9
LIGHT_CHARS: Final = 28
"""Three values with their letters: columns stay where they are while light is being read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Of one layer: codes as shown, and light where the engine has said it, else why not."""

    name: str
    codes: tuple[int, int, int]
    light: tuple[float, float, float] | None
    why_not: str = ""

    @property
    def text(self) -> str:
        """`Result   R 0.1834  G 0.2019  B 0.2510   119 125 139  #777D8B`."""
        light = "  ".join(f"{c} {num(v, '.4f')}" for c, v in zip("RGB", self.light or (), strict=False)) or self.why_not
        shown = " ".join(f"{code:3d}" for code in self.codes)
        red, green, blue = self.codes
        return f"{self.name:<{NAME_CHARS}}{light:<{LIGHT_CHARS}}   {shown}  #{red:02X}{green:02X}{blue:02X}"


class Probe(QObject):
    """Follows the pointer over the picture while it is on, or is moved by keys. Codes and light are of the same frame at the
    same size: that on the screen. Main thread."""

    changed = Signal()
    """Another reading."""

    def __init__(
        self,
        post: Callable[[Request], None],
        shown: Callable[[], View | None],
        view: ViewerView,
        parent: QObject | None = None,
    ) -> None:
        """`shown` says what the picture in `view` is of."""
        super().__init__(parent)
        self._post, self._shown, self._view = post, shown, view
        self.is_on = False
        self.side = 1
        self._at: Pointer | None = None
        self._serial = 0
        self._said: ProbeReady | None = None
        self._throttle = Throttle(self._ask, ASK_EVERY_MS, self)
        view.paint_over = self.paint
        view.hovered.connect(self.hover)
        view.pictures_shown.connect(self.follow)
        self.changed.connect(view.update)

    def set_on(self, *, on: bool) -> None:
        """From the keyboard, where the pointer is elsewhere, it begins in the middle of the picture."""
        self.is_on = on
        if on and self._at is None:
            self._at = self._view.pointer_to(0.5, 0.5)
        self._moved()

    def next_side(self) -> None:
        """The next larger square, then a single pixel again."""
        self.side = SQUARES[(SQUARES.index(self.side) + 1) % len(SQUARES)]
        self._moved()

    def step(self, across: int, down: int) -> None:
        """By this many pixels of the picture on the screen, held at its edges."""
        picture = self._picture
        if not self.is_on or picture is None:
            return
        at = self._at or self._view.pointer_to(0.5, 0.5)
        x, y = int(at.u * picture.width) + across, int(at.v * picture.height) + down
        u = (min(max(x, 0), picture.width - 1) + 0.5) / picture.width
        v = (min(max(y, 0), picture.height - 1) + 0.5) / picture.height
        self._at = self._view.pointer_to(u, v)
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
        """What was asked before is of another place or picture: its answer counts no more."""
        self._serial += 1
        self._said = None
        self.changed.emit()
        if self.is_on and self._at is not None:
            self._throttle.call()

    def _ask(self) -> None:
        view, ready, at = self._shown(), self._view.ready, self._at
        if self.is_on and at is not None and view is not None and ready is not None:
            project, place = view.project, (at.u, at.v)
            request = ProbeRequest(
                self._serial, project, ready.time, project.height, *place, side=self.side, quality=ready.quality
            )
            self._post(request)

    def on_event(self, event: object) -> None:
        if isinstance(event, ProbeReady) and event.serial == self._serial:
            self._said = event
            self._view.tell("; ".join((self.place, *(reading.text for reading in self.readings))))
            self.changed.emit()

    # ---- what is said ---------------------------------------------------------------------------------------------

    @property
    def _picture(self) -> Picture8 | None:
        """All layers are of one size."""
        ready = self._view.ready
        return ready.pictures[0][1] if ready is not None and ready.pictures else None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Source and result under the pointer, as far as they are there."""
        ready, at = self._view.ready, self._at
        if not self.is_on or ready is None or at is None:
            return ()
        reference = self._view.pictures.reference if self._view.mode in SIDES else None
        found = [] if reference is None else list(self._compared(reference, at))
        for layer, name in ((Layer.SOURCE, tr("Source")), (Layer.RESULT, tr("Result"))):
            picture = ready.picture(layer)
            if picture is None or (reference is not None and layer is Layer.SOURCE):
                continue
            x, y = int(at.u * picture.width), int(at.v * picture.height)
            reach = self.side // 2
            square = picture.pixels[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1, 2::-1]
            red, green, blue = (int(v) for v in np.rint(square.reshape(-1, 3).mean(axis=0)))
            light = dict(self._said.light).get(layer) if self._said is not None else None
            why_not = tr("reading light…") if self._said is None else tr("light is not in memory")
            found.append(Reading(name, (red, green, blue), light, why_not))
        return tuple(found)

    def _compared(self, reference: Reference, at: Pointer) -> Iterator[Reading]:
        """The picture that stands in the source's place, of which only codes are known; nothing on a bar beside it."""
        whole = QRectF(0, 0, *self._view.canvas_size)
        point = QPointF(at.u * whole.width(), at.v * whole.height())
        codes = reference_codes(reference.picture.image, whole, point, self.side)
        if codes is not None:
            yield Reading(tr("Compared"), codes, None, tr("light is not known"))

    @property
    def place(self) -> str:
        """The pixel of the source under the pointer, what is averaged, and of which size of picture."""
        view, at, ready = self._shown(), self._at, self._view.ready
        if view is None or at is None or ready is None:
            return ""
        x, y = int(at.u * view.project.width), int(at.v * view.project.height)
        square = f"   {self.side} × {self.side}" if self.side > 1 else ""
        return f"{x}, {y}{square}   {tr(QUALITY_NAMES[ready.quality])}"

    def _paint_square(self, painter: QPainter, at: Pointer, picture: Picture8) -> None:
        """Around the pixels that are read, where they stand under the pointer; five px at least, so that it is seen."""
        wide = self._view.picture_rect.width() / (2 if self._view.mode is ViewMode.SPLIT else 1)
        reach = max(5.0, self.side * wide / picture.width) / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(0, 0, 0, 160), 3.0), (QColor(Qt.GlobalColor.white), 1.0)):
            painter.setPen(QPen(color, width))
            painter.drawRect(QRectF(at.px - QPointF(reach, reach), at.px + QPointF(reach, reach)))

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """A plate beside the pointer, inside the viewer."""
        readings, picture = self.readings, self._picture
        if not readings or self._at is None or picture is None:
            return
        self._paint_square(painter, self._at, picture)
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
