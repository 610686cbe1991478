"""The small marks at the end of a parameter row: keyframe diamond and reset dot."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.theme import tokens as tk
from app.theme.painting import diamond, focus_ring, inset, painting
from app.widgets.focus import KeyboardFocus
from core.words import inline, msg, tr


class KeyState(Enum):
    """Keyframes of one parameter, seen from the playhead."""

    NONE = msg("not animated")
    ELSEWHERE = msg("animated")
    HERE = msg("key on this frame")


class Mark(KeyboardFocus, QAbstractButton):
    """Base: 16 wide, as high as the row, focus by keyboard, hover repaints."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(16, tk.ROW_H)

    def _center(self) -> QPointF:
        return QRectF(self.rect()).center()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)


class KeyDiamond(Mark):
    """Hollow grey: not animated. Hollow yellow: animated. Filled: a key on this frame. A click toggles the key."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._state = KeyState.NONE
        self.set_state(KeyState.NONE)

    @property
    def state(self) -> KeyState:
        return self._state

    def set_state(self, state: KeyState) -> None:
        self._state = state
        does = (
            msg("Remove a key for {name} on this frame")
            if state is KeyState.HERE
            else msg("Add a key for {name} on this frame")
        )
        self.setToolTip(tr(does, name=inline(self._label)))
        self.setAccessibleName(tr("Key for {name}, {state}", name=self._label, state=tr(state.value)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        idle = tk.T2 if self.underMouse() else tk.EDGE3
        color = tk.TD if not self.isEnabled() else idle if self._state is KeyState.NONE else tk.KEY
        with painting(self) as p:
            pen = QPen(color, 1.25)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            p.setPen(pen)
            p.setBrush(color if self._state is KeyState.HERE else Qt.BrushStyle.NoBrush)
            p.drawPolygon(
                diamond(self._center(), tk.DIAMOND_W if self._state is KeyState.HERE else tk.DIAMOND_W - 0.75)
            )
            if self._shows_focus:
                focus_ring(p, inset(QRectF(0, 0, 16, 16).translated(0, (self.height() - 16) / 2), 2))


class ResetDot(Mark):
    """Shown where a value differs from its default; a click takes it back."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Reset {name}", name=label))
        self.setToolTip(tr("Reset {name}", name=inline(label)))
        self._lit = False

    def set_lit(self, *, lit: bool) -> None:
        """The row is under the pointer."""
        self._lit = lit
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(tk.T1 if self._lit or self.underMouse() else tk.T2)
            r = 3.25 if self.underMouse() else 2.5
            p.drawEllipse(self._center(), r, r)
            if self._shows_focus:
                focus_ring(p, inset(QRectF(0, 0, 16, 16).translated(0, (self.height() - 16) / 2), 3), radius=5)
