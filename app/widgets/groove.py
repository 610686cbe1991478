"""The slider of a parameter row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.theme import tokens as tk
from app.theme.painting import fill_box, painting
from app.widgets.gesture import STEPS, GestureWidget, HoverFade, pace
from app.widgets.param_spec import ParamSpec

_PAD = 10.0
"""Room for the handle's halo beyond the groove's ends."""
_REACH = 8.0
"""A press this near the handle takes it without moving it."""


class Groove(GestureWidget):
    """Drag moves the value with the pointer (Shift a tenth, Ctrl ten times), a click in the groove brings the handle there."""

    value_changed = Signal(float)

    def __init__(self, spec: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self._value = spec.neutral
        self._raw = spec.neutral
        self._last_x: float | None = None
        self._hover = HoverFade(self)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(140, tk.ROW_H)

    def set_value(self, value: float) -> None:
        self._value = value
        self.update()

    # ---- geometry ----

    def _span(self) -> tuple[float, float]:
        return _PAD, max(_PAD + 1.0, self.width() - _PAD)

    def _x_of(self, value: float) -> float:
        left, right = self._span()
        return left + self._spec.fraction(value) * (right - left)

    def _per_px(self) -> float:
        left, right = self._span()
        return (self._spec.high - self._spec.low) / (right - left)

    # ---- gestures ----

    def _set_live(self, raw: float) -> None:
        spec = self._spec
        top = spec.high - spec.quantum if spec.wraps else spec.high  # a circle's end is its beginning
        self._raw = min(top, max(spec.low, raw))
        value = spec.clamped(self._raw)
        if value != self._value:
            self._begin()
            self._value = value
            self.value_changed.emit(value)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return super().mousePressEvent(event)
        x = event.position().x()
        self._last_x, self._raw = x, self._value
        self._watch_escape()
        if abs(x - self._x_of(self._value)) > _REACH:
            self._set_live(self._spec.low + (x - self._span()[0]) * self._per_px())
        self.update()
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last_x is None:
            return
        x = event.position().x()
        self._set_live(self._raw + (x - self._last_x) * self._per_px() * pace(event.modifiers()))
        self._last_x = x

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()
            self._commit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if abs(event.position().x() - self._x_of(self._value)) <= _REACH:
            self.reset_requested.emit()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a wheel over the panel scrolls the panel

    def _escape(self) -> None:
        self._let_go()
        self._cancel()

    def _let_go(self) -> None:
        self._last_x = None
        self._unwatch_escape()
        self.update()

    def _claims(self, key: Qt.Key) -> bool:
        return self.hasFocus() and (key in STEPS or key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Delete))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS and self._last_x is None:
            self._set_live(self._value + STEPS[key] * self._spec.step * pace(event.modifiers()))
        elif key == Qt.Key.Key_Home:
            self._set_live(self._spec.low)
        elif key == Qt.Key.Key_End:
            self._set_live(self._spec.high)
        elif key == Qt.Key.Key_Delete:
            self.reset_requested.emit()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._last_x is None and not event.isAutoRepeat():
            self._commit()
        super().keyReleaseEvent(event)

    # ---- painting ----

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover.enter()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover.leave()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        left, right = self._span()
        mid = self.height() / 2
        x, origin = self._x_of(self._value), self._x_of(self._spec.grows_from)
        with painting(self) as p:
            fill_box(p, QRectF(left, mid - 2, right - left, 4), tk.TRACK, radius=2)
            if self.isEnabled():
                if self._spec.grows_from != self._spec.low:
                    p.fillRect(QRectF(round(origin), mid - 2, 1, 4), tk.EDGE3)
                fill_box(p, QRectF(min(x, origin), mid - 2, abs(x - origin), 4), tk.ACC, radius=2)
            self._paint_handle(p, QPointF(x, mid))

    def _paint_handle(self, p: QPainter, center: QPointF) -> None:
        dragging = self._last_x is not None
        if dragging:
            halo = QColor(tk.ACC)
            halo.setAlphaF(0.35)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(halo)
            p.drawEllipse(center, 9, 9)
        elif self._shows_focus:
            p.setPen(QPen(tk.ACC, tk.FOCUS_W))
            p.setBrush(tk.PANEL)
            p.drawEllipse(center, 8, 8)
        lit = 1.0 if dragging else self._hover.amount
        p.setPen(QPen(tk.PANEL, 1.5) if not (dragging or self._shows_focus) else Qt.PenStyle.NoPen)
        tint = tk.TD if not self.isEnabled() else QColor.fromRgbF(*([0.82 + 0.18 * lit] * 3))
        p.setBrush(tint)
        p.drawEllipse(center, 5 + lit + 0.75, 5 + lit + 0.75)
