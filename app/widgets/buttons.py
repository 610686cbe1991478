"""Buttons, tabs, switches, ticks and choices, painted flat to the design."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QComboBox, QHBoxLayout, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import draw_text, fill_box, focus_ring, inset, painting
from app.theme.style import edge_color, line_color
from app.widgets.focus import KeyboardFocus
from app.widgets.gesture import HoverFade


class Emphasis(Enum):
    """What a button asks of the eye. One `PRIMARY` in a view at most."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


def mixed(a: QColor, b: QColor, t: float) -> QColor:
    """`a` at t = 0, `b` at t = 1."""

    def channel(x: float, y: float) -> float:
        return x + (y - x) * t

    return QColor.fromRgbF(channel(a.redF(), b.redF()), channel(a.greenF(), b.greenF()), channel(a.blueF(), b.blueF()))


class _Hovered(KeyboardFocus, QAbstractButton):
    """A painted button that fades to its hover colour in 80 ms and can be pressed from the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hover = HoverFade(self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover.enter()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover.leave()
        super().leaveEvent(event)


class Button(_Hovered):
    """A button with a word on it. `height` is 24 (control), 28 (action) or 34 (hero)."""

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        emphasis: Emphasis = Emphasis.NORMAL,
        height: int = tk.CONTROL_H,
        icon_name: str = "",
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        self._emphasis = emphasis
        self._icon_name = icon_name
        self.setFixedHeight(height)
        self.setFont(ui_font(bold=emphasis is not Emphasis.NORMAL))

    def sizeHint(self) -> QSize:
        icon_w = 20 if self._icon_name else 0
        wide = self.fontMetrics().horizontalAdvance(self.text()) + icon_w + (32 if self.height() > tk.CONTROL_H else 24)
        return QSize(wide, self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _colors(self) -> tuple[QColor, QColor | None, QColor]:
        """Fill, border and text."""
        if not self.isEnabled():
            return tk.CTL_PRESSED, tk.USUAL_LINE, tk.TD
        lit, down = self._hover.amount, self.isDown()
        match self._emphasis:
            case Emphasis.PRIMARY:
                return (tk.ACC.darker(112) if down else mixed(tk.ACC, tk.ACC_TEXT, lit * 0.5)), None, tk.ON_ACC
            case Emphasis.DANGER:
                fill = tk.ERR_FILL.darker(115) if down else mixed(tk.ERR_FILL, tk.ERR, lit * 0.35)
                return fill, None, QColor(Qt.GlobalColor.white)
            case _:
                return (tk.CTL_PRESSED if down else mixed(tk.CTL, tk.CTL_HOVER, lit)), edge_color(self), tk.T1

    def paintEvent(self, _event: QPaintEvent) -> None:
        fill, border, ink = self._colors()
        box = QRectF(self.rect())
        with painting(self) as p:
            fill_box(p, box, fill, border)
            if self._shows_focus:
                focus_ring(p, box, gap=-2)
            p.setFont(self.font())
            p.setPen(ink)
            if self._icon_name:
                wide = self.fontMetrics().horizontalAdvance(self.text()) + 20
                left = round((box.width() - wide) / 2)
                paint_icon(p, self._icon_name, left, (self.height() - 16) // 2, 16, ink)
                p.setPen(ink)
                p.drawText(QRectF(left + 20, 0, wide, box.height()), Qt.AlignmentFlag.AlignVCenter, self.text())
            else:
                p.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text())


class IconButton(_Hovered):
    """A flat 24 px button with an icon; `sel` behind it when checked. The name is its tool tip and what a reader says."""

    def __init__(
        self,
        icon_name: str,
        name: str,
        parent: QWidget | None = None,
        *,
        checkable: bool = False,
        size: int = 16,
        box: int = tk.CONTROL_H,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._icon_size = size
        self.tint: QColor | None = None
        self.setCheckable(checkable)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFixedSize(box, box)

    def set_icon_name(self, icon_name: str) -> None:
        self._icon_name = icon_name
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        lit = self._hover.amount if self.isEnabled() else 0.0
        box = QRectF(self.rect())
        with painting(self) as p:
            if self.isDown():
                fill_box(p, box, tk.CTL_PRESSED)
            elif self.isChecked():
                fill_box(p, box, mixed(tk.SEL, tk.EDGE, lit))
            elif lit:
                fill = QColor(tk.CTL_HOVER)
                fill.setAlphaF(lit)
                fill_box(p, box, fill)
            usual = self.tint or (tk.T1 if self.isChecked() or self.underMouse() else tk.T2)
            s = self._icon_size
            x, y = (self.width() - s) // 2, (self.height() - s) // 2
            paint_icon(p, self._icon_name, x, y, s, usual if self.isEnabled() else tk.TD)
            if self._shows_focus:
                focus_ring(p, box, gap=-2)


class TabButton(_Hovered):
    """A word in a panel header, underlined in the accent when it is the one shown."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setFont(ui_font())
        self.setFixedHeight(tk.PANEL_HEADER_H)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, tk.PANEL_HEADER_H)

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink = tk.T1 if self.isChecked() else mixed(tk.T2, tk.T1, self._hover.amount)
        with painting(self) as p:
            draw_text(p, QRectF(self.rect()).adjusted(1, 0, 2, 0), self.text(), ink, self.font())
            if self.isChecked():
                p.fillRect(QRectF(0, self.height() - 2, self.width(), 2), tk.ACC)
            if self._shows_focus:
                focus_ring(p, inset(self.rect(), 1).adjusted(0, 3, 0, -3), gap=-1)


class PanelTabs(QWidget):
    """A 28 px panel header: tabs at the left, whatever is added to `tools` at the right."""

    current_changed = Signal(int)

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(tk.PANEL_HEADER_H)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(tk.PANEL_INSET, 0, tk.GRID, 0)
        layout.setSpacing(16)
        self._group = QButtonGroup(self)
        for index, name in enumerate(names):
            tab = TabButton(name)
            self._group.addButton(tab, index)
            layout.addWidget(tab)
        layout.addStretch(1)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(tk.GRID)
        layout.addLayout(self.tools)
        self._group.idToggled.connect(lambda index, on: self.current_changed.emit(index) if on else None)
        self._group.button(0).setChecked(True)

    @property
    def current(self) -> int:
        return self._group.checkedId()

    def set_current(self, index: int) -> None:
        self._group.button(index).setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.fillRect(self.rect(), tk.HEADER)
            p.fillRect(0, self.height() - 1, self.width(), 1, tk.SEAM)


class Toggle(_Hovered):
    """An on and off switch, 28 by 16; the knob's side says it too, not only the colour."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFixedSize(32, tk.CONTROL_H)

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = QRectF(2, (self.height() - 16) / 2, 28, 16)
        on = self.isChecked()
        with painting(self) as p:
            ink = tk.ON_ACC if on else tk.T2
            fill = tk.ACC if on else tk.TRACK
            if not self.isEnabled():
                fill, ink = tk.CTL_PRESSED, tk.TD
            fill_box(p, box, fill, None if on else tk.EDGE3, radius=8)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(ink)
            p.drawEllipse(QPointF(box.right() - 8 if on else box.left() + 8, box.center().y()), 5, 5)
            if self._shows_focus:
                focus_ring(p, box, radius=8, gap=0)


class Tick(KeyboardFocus, QCheckBox):
    """A tick box in the design's colours; the border reaches 3:1."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(ui_font())
        self.setFixedHeight(tk.ROW_H)

    def sizeHint(self) -> QSize:
        return QSize(26 + self.fontMetrics().horizontalAdvance(self.text()), tk.ROW_H)

    def hitButton(self, _pos: QPoint) -> bool:
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = QRectF(2, (self.height() - 14) / 2, 14, 14)
        with painting(self) as p:
            if self.isChecked():
                fill_box(p, box, tk.ACC if self.isEnabled() else tk.CTL, radius=2)
                p.setPen(
                    QPen(tk.ON_ACC, 1.75, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
                )
                x, y = box.x(), box.y()
                p.drawPolyline([QPointF(x + 3.5, y + 7.2), QPointF(x + 6, y + 9.7), QPointF(x + 10.5, y + 4.5)])
            else:
                fill_box(p, box, tk.TRACK, tk.EDGE3 if self.isEnabled() else tk.USUAL_LINE, radius=2)
            if self._shows_focus:
                focus_ring(p, box, radius=2, gap=0)
            ink = tk.T1 if self.isEnabled() else tk.TD
            draw_text(p, QRectF(24, 0, self.width() - 24, self.height()), self.text(), ink, self.font())


_CHOOSING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class Select(QComboBox):
    """A choice from a list: a dark field with a chevron. The wheel scrolls the panel, it never changes the choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(tk.CONTROL_H)
        self.setFont(ui_font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _CHOOSING:
            event.accept()  # the arrows choose here, whatever they do elsewhere
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        with painting(self) as p:
            _paint_select(p, self, box)


def _paint_select(p: QPainter, select: Select, box: QRectF) -> None:
    fill_box(p, box, tk.TRACK, edge_color(select) if select.underMouse() else line_color(select))
    ink = tk.T1 if select.isEnabled() else tk.TD
    draw_text(p, box.adjusted(8, 0, -24, 0), select.currentText(), ink, select.font())
    paint_icon(
        p, "chevron_down", box.right() - 20, (select.height() - 12) // 2, 12, tk.T2 if select.isEnabled() else tk.TD
    )
    if select.hasFocus():
        focus_ring(p, box, gap=-2)
