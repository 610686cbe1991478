"""BarButton: the flat button of the bars, which may carry a word and a face of its own (`app.widgets` has the plain one)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.actions.table import shortcut_of
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import fill_box, focus_ring


class BarButton(QAbstractButton):
    """An icon, a word, or both. 24 px high at least; the name is also its tool tip and its accessible name."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        text: str = "",
        action: str = "",
        checkable: bool = False,
        filled: bool = False,
        size: int = 28,
        icon_px: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.icon_name = icon
        self._is_filled = filled
        self._size, self._icon_px = size, icon_px
        self._focus_by_key = False
        self.setText(text)
        self.setCheckable(checkable)
        self.setAccessibleName(name)
        self._name = name
        self.action = action
        """Id of the row of the action table that it triggers; empty where it has none, or tells its keys by itself."""
        self.show_keys(shortcut_of(action) if action else "")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_keys(self, keys: str) -> None:
        """The keys it has now, after the name in the tool tip."""
        self.setToolTip(f"{self._name}   {keys}" if keys else self._name)

    def set_icon(self, icon: str) -> None:
        if icon != self.icon_name:
            self.icon_name = icon
            self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(ui_font()).horizontalAdvance(self.text()) if self.text() else 0.0
        if not self.icon_name:
            return QSize(round(words + 20), max(24, self._size - 4))
        return QSize(round(self._size + (words + 6 if words else 0)), max(24, self._size - 4))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn:
            reason = event.reason()  # type: ignore[attr-defined]
            self._focus_by_key = reason in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        enabled, hovered = self.isEnabled(), self.underMouse()
        if self.isDown():
            fill_box(painter, box, tk.CTL_PRESSED)
        elif self.isChecked():
            fill_box(painter, box, tk.SEL, tk.ACC if self._is_filled else None)
        elif hovered and enabled:
            fill_box(painter, box, tk.CTL_HOVER)
        elif self._is_filled:
            fill_box(painter, box, tk.CTL, tk.EDGE)
        color = tk.TD if not enabled else tk.T1 if self.isChecked() or hovered or self._is_filled else tk.T2
        words_w = QFontMetricsF(ui_font()).horizontalAdvance(self.text()) if self.text() else 0.0
        whole = (self._icon_px if self.icon_name else 0) + (words_w + (6 if self.icon_name else 0) if words_w else 0)
        at = QPointF(box.center().x() - whole / 2, box.center().y() - self._icon_px / 2)
        if self.icon_name:
            paint_icon(painter, self.icon_name, round(at.x()), round(at.y()), self._icon_px, color)
        if self.text():
            painter.setFont(ui_font())
            painter.setPen(color)
            left = at.x() + (self._icon_px + 6 if self.icon_name else 0)
            painter.drawText(
                QRectF(left, box.top(), words_w + 2, box.height()),
                int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
                self.text(),
            )
        if self.hasFocus() and self._focus_by_key:
            focus_ring(painter, box, gap=-tk.FOCUS_W)
        painter.end()
