"""A collapsible group of rows: header with icon, name, summary and a reset; body below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QVBoxLayout, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import draw_text, focus_ring, painting
from app.widgets.buttons import IconButton
from app.widgets.focus import KeyboardFocus
from core.words import inline, tr

_TITLE_LEFT = 46


class _ResetButton(IconButton):
    """The three dots: a click opens the menu, Alt-click resets at once."""

    reset_requested = Signal()

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__("more", tr("More for {title}. Alt-click resets the group.", title=title), parent)
        self.clicked.connect(self._open_menu)
        self._title = title

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.reset_requested.emit()
        else:
            super().mousePressEvent(event)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Reset {name}", name=inline(self._title)), self.reset_requested.emit)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


class GroupHeader(KeyboardFocus, QAbstractButton):
    """24 px. Click, Space or Enter folds and unfolds; Left folds, Right unfolds. `checked` means open."""

    reset_requested = Signal()

    def __init__(
        self, title: str, icon_name: str = "", parent: QWidget | None = None, *, can_reset: bool = True
    ) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setAccessibleName(title)
        self._icon_name = icon_name
        self._summary = ""
        self._more = _ResetButton(title, self) if can_reset else None
        if self._more:
            self._more.reset_requested.connect(self.reset_requested)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(tk.GROUP_H + 1)

    def sizeHint(self) -> QSize:
        return QSize(240, tk.GROUP_H + 1)

    def set_summary(self, text: str) -> None:
        self._summary = text
        self.setAccessibleDescription(text)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left:
                self.setChecked(False)
            case Qt.Key.Key_Right | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.setChecked(event.key() == Qt.Key.Key_Right or not self.isChecked())
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._more:
            self._more.move(self.width() - tk.CONTROL_H - 5, 1)
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        w, h = self.width(), self.height()
        with painting(self) as p:
            p.fillRect(self.rect(), tk.RAISED)
            p.fillRect(0, 0, w, 1, tk.SEAM)
            chevron = "chevron_down" if self.isChecked() else "chevron_right"
            paint_icon(p, chevron, 9, 1 + (h - 13) // 2, 12, tk.T1 if self.underMouse() else tk.T3)
            left = _TITLE_LEFT if self._icon_name else 26
            if self._icon_name:
                paint_icon(p, self._icon_name, 26, 1 + (h - 17) // 2, 16, tk.T2)
            body, caption = ui_font(), ui_font(tk.CAPTION_PX)
            draw_text(p, QRectF(left, 1, w * 0.4, h - 1), self.text(), tk.T1, body)
            right = w - (34 if self._more else tk.PANEL_INSET)
            start = left + w * 0.3
            draw_text(
                p, QRectF(start, 1, right - start, h - 1), self._summary, tk.T3, caption, Qt.AlignmentFlag.AlignRight
            )
            if self._shows_focus:
                focus_ring(p, QRectF(self.rect()).adjusted(1, 2, -1, -1), gap=-2)


class Group(QWidget):
    """A header and the rows under it."""

    def __init__(
        self, title: str, icon_name: str = "", parent: QWidget | None = None, *, can_reset: bool = True
    ) -> None:
        super().__init__(parent)
        self.header = GroupHeader(title, icon_name, can_reset=can_reset)
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, tk.GRID, 0, tk.GRID * 2)
        self.rows.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.body)
        self.header.toggled.connect(self.body.setVisible)
