"""The parameter row: label, slider, value, keyframe diamond, reset dot. The control this editor is made of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHoverEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text, painting
from app.widgets.gesture import SLOP_PX, pace
from app.widgets.groove import Groove
from app.widgets.marks import KeyDiamond, KeyState, ResetDot
from app.widgets.param_spec import ParamSpec
from app.widgets.value_field import ValueField
from core.words import tr

_LABEL_W = 84
_FIELD_RIGHT = 52
"""From the field's right edge to the row's; the diamond's centre is at 38, the dot's at 17."""


class ParamRow(QWidget):
    """24 px high. Shows a stored value; reports gestures and never keeps a value of its own. Main thread.

    Per gesture: `gesture_started`, `value_changed(stored)` live, then `gesture_committed` or `gesture_cancelled`.
    """

    gesture_started = Signal()
    value_changed = Signal(float)
    gesture_committed = Signal()
    gesture_cancelled = Signal()
    key_toggled = Signal()
    reset_requested = Signal()

    def __init__(
        self, spec: ParamSpec, parent: QWidget | None = None, *, keyable: bool = True, has_slider: bool = True
    ) -> None:
        """`has_slider` is off beside a dial, which is the slider then; `keyable` is off for tool settings."""
        super().__init__(parent)
        self.spec = spec
        self._value = spec.neutral
        self._problem = ""
        self._scrub_x: float | None = None
        self.groove = Groove(spec, self) if has_slider else None
        self.field = ValueField(spec, self)
        self.diamond = KeyDiamond(spec.title, self) if keyable else None
        self.dot = ResetDot(spec.title, self)
        self._connect()
        self.setToolTip(tr(spec.help))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(tk.ROW_H)
        self.show_value(spec.neutral)

    def _connect(self) -> None:
        for part in (self.field, *((self.groove,) if self.groove else ())):
            part.gesture_started.connect(self.gesture_started)
            part.value_changed.connect(self.value_changed)
            part.gesture_committed.connect(self.gesture_committed)
            part.gesture_cancelled.connect(self.gesture_cancelled)
            part.reset_requested.connect(self.reset_requested)
        self.field.gesture_cancelled.connect(self._forget_scrub)
        self.field.problem_changed.connect(self._show_problem)
        self.dot.clicked.connect(self.reset_requested)
        if self.diamond:
            self.diamond.clicked.connect(self.key_toggled)

    # ---- what it shows ----

    @property
    def value(self) -> float:
        return self._value

    @property
    def in_gesture(self) -> bool:
        return self.field.in_gesture or bool(self.groove and self.groove.in_gesture)

    def show_value(self, value: float, key: KeyState = KeyState.NONE, *, is_set: bool | None = None) -> None:
        """Show a stored value as it is at the playhead. `is_set` where the default is not a number of the spec's but found."""
        self._value = value
        if is_set is None:
            is_set = value != self.spec.neutral or key is not KeyState.NONE
        color = tk.KEY if key is KeyState.HERE else tk.T1 if is_set else tk.T2
        self.field.set_value(value, color)
        if self.groove:
            self.groove.set_value(value)
        if self.diamond:
            self.diamond.set_state(key)
        self.dot.setVisible(is_set)
        name = f"{self.spec.title}, {self.spec.spoken(value)}, {tr(key.value)}"
        for part in (self, self.field, self.groove):
            if part:
                part.setAccessibleName(name)
        self.update()

    def _show_problem(self, problem: str) -> None:
        self._problem = problem
        if self.groove:
            self.groove.setVisible(not problem)
        self.update()

    # ---- layout ----

    def sizeHint(self) -> QSize:
        return QSize(320 if self.groove else 200, tk.ROW_H)

    def minimumSizeHint(self) -> QSize:
        return QSize(260 if self.groove else 180, tk.ROW_H)

    def _label_left(self) -> int:
        return tk.PANEL_INSET if self.groove else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        w, h = self.width(), self.height()
        size = self.field.sizeHint()
        self.field.setGeometry(
            w - _FIELD_RIGHT - size.width() + tk.FOCUS_W, (h - size.height()) // 2, size.width(), size.height()
        )
        if self.diamond:
            self.diamond.setGeometry(w - 46, 0, 16, h)
        self.dot.setGeometry(w - 25, 0, 16, h)
        if self.groove:
            left = tk.PANEL_INSET + _LABEL_W - 6
            self.groove.setGeometry(left, 0, self.field.x() - left + 2, h)
        super().resizeEvent(event)

    def _label_box(self) -> QRectF:
        left = self._label_left()
        width = _LABEL_W if self.groove else self.field.x() - left - tk.GRID
        return QRectF(left, 0, width, self.height())

    # ---- the label scrubs ----

    def event(self, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Enter | QEvent.Type.Leave:
                self.dot.set_lit(lit=event.type() == QEvent.Type.Enter)
                self.update()
            case QEvent.Type.HoverMove if isinstance(event, QHoverEvent):
                over = self._label_box().contains(event.position())
                self.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)
            case _:
                pass
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._label_box().contains(event.position()):
            self._scrub_x = event.position().x()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scrub_x is None:
            return
        x = event.position().x()
        if self.field.in_gesture or abs(x - self._scrub_x) > SLOP_PX:
            self.field.scrub_by(x - self._scrub_x, pace(event.modifiers()))
            self._scrub_x = x

    def _forget_scrub(self) -> None:
        self._scrub_x = None

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._scrub_x is not None:
            self._scrub_x = None
            self.field.end_scrub(keep=True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._label_box().contains(event.position()):
            self.reset_requested.emit()

    # ---- painting ----

    def paintEvent(self, _event: QPaintEvent) -> None:
        is_set = not self.dot.isHidden()
        color = tk.TD if not self.isEnabled() else tk.T1 if is_set else tk.T2
        with painting(self) as p:
            draw_text(p, self._label_box(), self.spec.title, color, ui_font())
            if self._problem:
                right = self.field.x() - tk.GRID
                box = QRectF(0, 0, right, self.height())
                draw_text(p, box, self._problem, tk.ERR, ui_font(tk.CAPTION_PX), Qt.AlignmentFlag.AlignRight)
