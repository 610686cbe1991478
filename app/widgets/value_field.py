"""The number of a parameter row: drag to scrub, click to type, arithmetic allowed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import fill_box, focus_ring, inset, painting
from app.theme.style import edge_color, line_color
from app.widgets.gesture import COARSE, SCRUB_PX, SLOP_PX, GestureWidget, pace
from app.widgets.param_spec import OutOfRange, ParamSpec
from core.errors import UsageError

_RING = tk.FOCUS_W
"""The widget is this much larger than the field on each side, so the ring has room."""


class ValueField(GestureWidget):
    """20 px high field inside a widget with room for its ring. `problem_changed` carries the range while the text is refused."""

    value_changed = Signal(float)
    problem_changed = Signal(str)

    def __init__(self, spec: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self._value = self._raw = spec.neutral
        self._color = tk.T1
        self._press_x: float | None = None
        self._last_x = 0.0
        self._problem = ""
        self._editor = self._make_editor()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def _make_editor(self) -> QLineEdit:
        editor = QLineEdit(self)
        editor.setFrame(False)
        editor.setProperty("bare", True)  # the field around it is painted here
        editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.setFont(ui_font())
        editor.setAccessibleName(self._spec.title)
        editor.hide()
        editor.installEventFilter(self)
        editor.textEdited.connect(self._check)
        return editor

    def sizeHint(self) -> QSize:
        return QSize(58 + 2 * _RING, tk.FIELD_ROW_H + 2 * _RING)

    @property
    def is_typing(self) -> bool:
        return not self._editor.isHidden()

    def set_value(self, value: float, color: QColor = tk.T1) -> None:
        self._value, self._color = value, color
        self.update()

    # ---- typing ----

    def start_typing(self) -> None:
        self._editor.setText(self._spec.text(self._value))
        self._editor.setGeometry(inset(self.rect(), _RING).toRect().adjusted(5, 0, -6, 0))
        self._editor.show()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._editor.selectAll()
        self.update()

    def _check(self, text: str) -> float | None:
        """The value meant, or None with the problem shown. Half-typed arithmetic is not a problem yet."""
        try:
            value = self._spec.parse(text, self._value)
        except UsageError as refused:
            self._set_problem(self._spec.range_text if isinstance(refused, OutOfRange) else "")
            return None
        self._set_problem("")
        return value

    def _set_problem(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self.problem_changed.emit(problem)
        self.update()

    def _stop_typing(self) -> None:
        self._set_problem("")
        self._editor.hide()
        self.update()

    def _enter(self) -> bool:
        """Apply what was typed; False, and nothing changed, when it means nothing or lies out of range."""
        value = self._check(self._editor.text())
        if value is None:
            self._set_problem(self._problem or self._spec.range_text)
            return False
        self._stop_typing()
        self._set_once(value)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._editor and self.is_typing:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._typed_key(event)
            if event.type() == QEvent.Type.FocusOut and not self._enter():
                self._stop_typing()
        return super().eventFilter(watched, event)

    def _typed_key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self._stop_typing()
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self._enter():
                    self.setFocus(Qt.FocusReason.OtherFocusReason)
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                if self._enter():
                    self._type_in_next(backwards=event.key() == Qt.Key.Key_Backtab)
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                sign = 1.0 if event.key() == Qt.Key.Key_Up else -1.0
                typed = self._check(self._editor.text())
                self._set_once(self._stepped(self._value if typed is None else typed, sign * pace(event.modifiers())))
                self._editor.setText(self._spec.text(self._value))
                self._editor.selectAll()
            case _:
                return False
        return True

    def _type_in_next(self, *, backwards: bool) -> None:
        """Tab while typing goes from value to value, past sliders and diamonds."""
        following = self.previousInFocusChain() if backwards else self.nextInFocusChain()
        while following is not None and following is not self:
            if isinstance(following, ValueField) and following.isVisible() and following.isEnabled():
                following.start_typing()
                return
            following = following.previousInFocusChain() if backwards else following.nextInFocusChain()

    # ---- stepping and scrubbing ----

    def _stepped(self, value: float, steps: float) -> float:
        return self._spec.clamped(value + steps * self._spec.step)

    def _set_live(self, value: float) -> None:
        if value != self._value:
            self._begin()
            self._value = value
            self.value_changed.emit(value)
            self.update()

    def _set_once(self, value: float) -> None:
        self._set_live(value)
        self._commit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press_x = self._last_x = event.position().x()
            self._raw = self._value
            self._watch_escape()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press_x is None:
            return
        x = event.position().x()
        if self.in_gesture or abs(x - self._press_x) > SLOP_PX:
            self.scrub_by(x - self._last_x, pace(event.modifiers()))
            self._last_x = x

    def scrub_by(self, pixels: float, speed: float) -> None:
        """Move by pointer travel; the label's drags come here too."""
        if not self.in_gesture:
            self._raw = self._value
            self._watch_escape()
        raw = self._raw + pixels / SCRUB_PX * self._spec.step * speed
        self._raw = raw if self._spec.wraps else min(self._spec.high, max(self._spec.low, raw))
        self._set_live(self._spec.clamped(self._raw))

    def end_scrub(self, *, keep: bool) -> None:
        self._press_x = None
        self._unwatch_escape()
        if keep:
            self._commit()
        else:
            self._cancel()

    def _escape(self) -> None:
        self.end_scrub(keep=False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._press_x is None:
            return
        was_click = not self.in_gesture and abs(event.position().x() - self._press_x) <= SLOP_PX
        self.end_scrub(keep=True)
        if was_click:
            self.start_typing()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        self._set_once(self._stepped(self._value, event.angleDelta().y() / 120.0 * pace(event.modifiers())))
        event.accept()

    def _claims(self, key: Qt.Key) -> bool:
        return self.hasFocus() and key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete, Qt.Key.Key_Return)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up:
                self._set_live(self._stepped(self._value, pace(event.modifiers())))
            case Qt.Key.Key_Down:
                self._set_live(self._stepped(self._value, -pace(event.modifiers())))
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown:
                self._set_live(self._stepped(self._value, COARSE if event.key() == Qt.Key.Key_PageUp else -COARSE))
            case Qt.Key.Key_Delete:
                self.reset_requested.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F2:
                self.start_typing()
            case _ if event.text() and event.text() in "0123456789.-+*/(":
                self.start_typing()
                self._editor.setText(event.text())
            case _:
                super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._press_x is None and not event.isAutoRepeat():
            self._commit()
        super().keyReleaseEvent(event)

    # ---- painting ----

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = inset(self.rect(), _RING)
        lit = self.underMouse() and self.isEnabled()
        border = tk.ERR if self._problem else edge_color(self) if lit else line_color(self)
        with painting(self) as p:
            fill_box(p, box, tk.TRACK, border)
            if self.is_typing:
                if not self._problem:
                    focus_ring(p, box, gap=-1)
                return
            if self.hasFocus():
                focus_ring(p, box, gap=-1)
            small, body = ui_font(tk.SMALL_PX), ui_font()
            right = box.right() - 6
            if self._spec.unit and not self._spec.quiet_unit:
                width = QFontMetricsF(small).horizontalAdvance(self._spec.unit)
                p.setFont(small)
                p.setPen(tk.T3 if self.isEnabled() else tk.TD)
                p.drawText(
                    QRectF(right - width, box.y() + 0.5, width + 1, box.height()),
                    Qt.AlignmentFlag.AlignVCenter,
                    self._spec.unit,
                )
                right -= width + 2
            p.setFont(body)
            p.setPen(self._color if self.isEnabled() else tk.TD)
            cell = QRectF(box.left() + 3, box.y(), right - box.left() - 3, box.height())
            p.drawText(cell, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._spec.text(self._value))
