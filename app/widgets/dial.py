"""Sun and wind dials: a direction and a quantity in one grip. 0° is straight ahead of the camera, clockwise.

A dial is never the only way to set a value: the rows beside it are equal partners.
"""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import focus_ring, painting
from app.widgets.gesture import GestureWidget, pace
from core.words import tr

_REACH: Final = 12.0
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


class Dial(GestureWidget):
    """Base: polar coordinates, grip, arrows, Esc. Subclasses say how the quantity becomes a radius, and paint."""

    values_changed = Signal(float, float)
    """(degrees clockwise from ahead, quantity), live."""

    def __init__(self, name: str, low: float, high: float, margin: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._low, self._high, self._margin = name, low, high, margin
        self._angle, self._amount = 0.0, low
        self._is_key, self._acts = False, True
        self._grip: QPointF | None = None
        self._before = (0.0, 0.0)
        self._locked: str | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_values(self, angle: float, amount: float, *, is_key: bool = False, acts: bool = True) -> None:
        """Show a direction and a quantity; `is_key` where either has a key on this frame, `acts` off where it changes nothing."""
        self._angle, self._amount, self._is_key, self._acts = angle, amount, is_key, acts
        self.setAccessibleName(f"{self._name}, {self._spoken()}")
        self.update()

    def _spoken(self) -> str:
        raise NotImplementedError

    def _radius_of(self, amount: float) -> float:
        """Share of the rim's radius, 0..1."""
        raise NotImplementedError

    def _amount_of(self, radius: float) -> float:
        raise NotImplementedError

    # ---- geometry ----

    def _center(self) -> QPointF:
        return QRectF(self.rect()).center()

    def _rim(self) -> float:
        return min(self.width(), self.height()) / 2.0 - self._margin

    def _at(self, angle: float, share: float) -> QPointF:
        a, r = math.radians(angle), share * self._rim()
        return self._center() + QPointF(math.sin(a) * r, -math.cos(a) * r)

    def _handle(self) -> QPointF:
        return self._at(self._angle, self._radius_of(self._amount))

    def _read(self, point: QPointF) -> tuple[float, float]:
        d = point - self._center()
        radius = math.hypot(d.x(), d.y()) / self._rim()
        angle = math.degrees(math.atan2(d.x(), -d.y())) % 360.0 if radius > 0.01 else self._angle
        return angle, min(self._high, max(self._low, self._amount_of(radius)))

    # ---- gestures ----

    def _set_live(self, angle: float, amount: float) -> None:
        angle, amount = round(angle % 360.0, 1) % 360.0, round(min(self._high, max(self._low, amount)), 1)
        if (angle, amount) != (self._angle, self._amount):
            self._begin()
            self._angle, self._amount = angle, amount
            self.values_changed.emit(angle, amount)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return super().mousePressEvent(event)
        point = event.position()
        offset = self._handle() - point
        self._grip = offset if math.hypot(offset.x(), offset.y()) <= _REACH else QPointF()
        self._before, self._locked = (self._angle, self._amount), None
        self._watch_escape()
        self._move_to(point, Qt.KeyboardModifier.NoModifier)
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move_to(event.position(), event.modifiers())

    def _move_to(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self._grip is None:
            return
        if self._grip != QPointF() and point + self._grip == self._handle():
            return
        angle, amount = self._read(point + self._grip)
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            angle, amount = self._on_one_axis(angle, amount)
        else:
            self._locked = None
        self._set_live(angle, amount)

    def _on_one_axis(self, angle: float, amount: float) -> tuple[float, float]:
        """Shift: keep to whichever moved first."""
        before_angle, before_amount = self._before
        if self._locked is None:
            turned = abs((angle - before_angle + 180.0) % 360.0 - 180.0) / 360.0
            grown = abs(amount - before_amount) / (self._high - self._low)
            self._locked = "angle" if turned >= grown else "amount"
        return (angle, before_amount) if self._locked == "angle" else (before_angle, amount)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()
            self._commit()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.reset_requested.emit()

    def _let_go(self) -> None:
        self._grip = None
        self._unwatch_escape()
        self.update()

    def _escape(self) -> None:
        self._let_go()
        self._cancel()

    def _claims(self, key: Qt.Key) -> bool:
        return self.hasFocus() and (key in _ARROWS or key == Qt.Key.Key_Delete)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS and self._grip is None:
            turn, grow = _ARROWS[key]
            speed = pace(event.modifiers())
            self._set_live(self._angle + turn * speed, self._amount + grow * speed)
        elif key == Qt.Key.Key_Delete:
            self.reset_requested.emit()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._grip is None and not event.isAutoRepeat():
            self._commit()
        super().keyReleaseEvent(event)

    # ---- painting ----

    def _paint_ring(self, p: QPainter, share: float, color: QColor, width: float = 1.0) -> None:
        p.setPen(QPen(color, width))
        p.setBrush(Qt.BrushStyle.NoBrush)
        r = share * self._rim()
        p.drawEllipse(self._center(), r, r)

    def _paint_scale(self, p: QPainter) -> None:
        p.setPen(QPen(tk.EDGE3, 1.0))
        for angle in range(0, 360, 15):
            inner = 0.92 if angle % 90 == 0 else 0.97
            p.drawLine(self._at(angle, inner), self._at(angle, 1.0))

    def _paint_letters(self, p: QPainter, letters: tuple[tuple[int, str], ...]) -> None:
        p.setFont(ui_font(tk.SMALL_PX))
        for angle, letter in letters:
            p.setPen(tk.T2 if angle == 0 else tk.T3)
            spot = self._at(angle, 1.0 + 9.0 / self._rim())
            p.drawText(QRectF(spot.x() - 30, spot.y() - 7, 60, 14), Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_focus(self, p: QPainter) -> None:
        if self._shows_focus:
            r = self._rim() + 1
            focus_ring(p, QRectF(self._center().x() - r, self._center().y() - r, 2 * r, 2 * r), radius=r)

    def _ink(self) -> QColor:
        return (tk.ACC if self._acts or self.in_gesture else tk.EDGE3) if self.isEnabled() else tk.TD


_HORIZON: Final = 0.72
"""Where elevation 0° lies between centre (90°) and rim (−18°)."""


class SunDial(Dial):
    """Sky dome from above: centre 90°, thick ring 0°, outer bands to −18° (civil, nautical, astronomical twilight)."""

    def __init__(self, parent: QWidget | None = None, *, view_deg: float = 50.0) -> None:
        """`view_deg` is the width of the pale wedge: the camera's horizontal angle of view."""
        super().__init__(tr("Sun"), -18.0, 90.0, 16, parent)
        self._view_deg = view_deg
        self.setToolTip(tr("Sun. Drag to set azimuth and elevation, Shift keeps one of them. Double-click to reset."))
        self.show_values(0.0, 45.0)

    def set_view(self, view_deg: float) -> None:
        if view_deg != self._view_deg:
            self._view_deg = view_deg
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(132, 132)

    def _spoken(self) -> str:
        return tr("azimuth {angle:.1f} degrees, elevation {amount:.1f} degrees", angle=self._angle, amount=self._amount)

    def _radius_of(self, amount: float) -> float:
        if amount >= 0.0:
            return _HORIZON * (1.0 - amount / 90.0)
        return _HORIZON + (1.0 - _HORIZON) * (-amount / 18.0)

    def _amount_of(self, radius: float) -> float:
        if radius <= _HORIZON:
            return 90.0 * (1.0 - radius / _HORIZON)
        return -18.0 * (radius - _HORIZON) / (1.0 - _HORIZON)

    def paintEvent(self, _event: QPaintEvent) -> None:
        center, rim = self._center(), self._rim()
        with painting(self) as p:
            p.setPen(QPen(tk.EDGE, 1.0))
            for elevation, tone in ((-18.0, tk.TRACK), (-12.0, tk.WELL), (-6.0, tk.PANEL), (0.0, tk.CTL)):
                p.setBrush(tone)
                r = self._radius_of(elevation) * rim
                p.drawEllipse(center, r, r)
                p.setPen(Qt.PenStyle.NoPen)
            horizon = _HORIZON * rim
            dome = QRectF(center.x() - horizon, center.y() - horizon, 2 * horizon, 2 * horizon)
            p.setBrush(tk.EDGE)
            p.drawPie(dome, round((90.0 - self._view_deg / 2) * 16), round(self._view_deg * 16))
            for elevation in (30.0, 60.0):
                self._paint_ring(p, self._radius_of(elevation), tk.EDGE)
            self._paint_ring(p, _HORIZON, tk.EDGE3, 1.5)
            self._paint_scale(p)
            self._paint_letters(p, ((0, tr("Ahead")), (90, "R"), (180, tr("Behind")), (270, "L")))
            self._paint_sun(p)
            self._paint_focus(p)

    def _paint_sun(self, p: QPainter) -> None:
        spot, pulled = self._handle(), self._grip is not None
        p.setPen(QPen(self._ink(), 1.0))
        p.drawLine(self._center(), spot)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(tk.T2)
        p.drawEllipse(self._center(), 1.5, 1.5)
        r = 7.0 if pulled or self.underMouse() else 6.0
        p.setBrush(tk.TRACK)
        p.setPen(QPen(self._ink(), 2.0))
        p.drawEllipse(spot, r, r)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(tk.KEY if self._is_key else tk.T1 if self.isEnabled() else tk.TD)
        p.drawEllipse(spot, 2.5, 2.5)


class WindDial(Dial):
    """The tail is where the wind comes from, the arrow's length is its speed; drag either end.

    Rim 30 m/s, rings 5, 10 and 20: the square root gives the winds that occur most of the room.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Wind"), 0.0, 30.0, 15, parent)
        self._by_head = False
        self.setToolTip(
            tr("Wind. Drag the tail to where it comes from, further out for faster. Double-click to reset.")
        )
        self.show_values(0.0, 0.0)

    def sizeHint(self) -> QSize:
        return QSize(96, 96)

    def _spoken(self) -> str:
        return tr("from {angle:.1f} degrees, {amount:.1f} metres a second", angle=self._angle, amount=self._amount)

    def _radius_of(self, amount: float) -> float:
        return math.sqrt(amount / self._high)

    def _amount_of(self, radius: float) -> float:
        return min(1.0, radius) ** 2 * self._high

    def _head(self) -> QPointF:
        return self._at(self._angle + 180.0, self._radius_of(self._amount))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        to_head, to_tail = (math.hypot(*(g - event.position()).toTuple()) for g in (self._head(), self._handle()))
        self._by_head = to_head <= _REACH and to_head < to_tail
        super().mousePressEvent(event)

    def _read(self, point: QPointF) -> tuple[float, float]:
        angle, amount = super()._read(point)
        return ((angle + 180.0) % 360.0, amount) if self._by_head else (angle, amount)

    def _move_to(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self._by_head and self._grip is not None:
            self._grip = QPointF()
        super()._move_to(point, modifiers)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.setPen(QPen(tk.EDGE, 1.0))
            p.setBrush(tk.WINDOW)
            p.drawEllipse(self._center(), self._rim(), self._rim())
            for speed in (5.0, 10.0, 20.0):
                self._paint_ring(p, self._radius_of(speed), tk.EDGE)
            self._paint_scale(p)
            self._paint_letters(p, ((0, tr("Ahead")),))
            self._paint_arrow(p)
            self._paint_focus(p)

    def _paint_arrow(self, p: QPainter) -> None:
        tail, head = self._handle(), self._head()
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(tk.T2)
        p.drawEllipse(self._center(), 1.5, 1.5)
        p.setPen(QPen(self._ink() if self._amount else tk.EDGE3, 2.0))
        if self._amount:
            p.drawLine(tail, head)
            self._paint_arrow_head(p, head)
        p.setPen(QPen(tk.KEY if self._is_key else self._ink() if self._amount else tk.EDGE3, 1.75))
        p.setBrush(tk.TRACK)
        r = 4.5 if self._grip is not None or self.underMouse() else 3.5
        p.drawEllipse(tail, r, r)

    def _paint_arrow_head(self, p: QPainter, tip: QPointF) -> None:
        a = math.radians(self._angle + 180.0)
        ahead, aside = QPointF(math.sin(a), -math.cos(a)), QPointF(math.cos(a), math.sin(a))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._ink())
        base = tip - ahead * 5
        p.drawPolygon(QPolygonF([tip + ahead * 3, base + aside * 4, base - aside * 4]))
