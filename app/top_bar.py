"""The bar at the top: what is open, which workspace, undo and the panels. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetricsF, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from app.actions.button import BarButton
from app.actions.table import BY_ID
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import draw_text
from core.words import tr

_RIGHT: Final = (
    ("undo", "undo"),
    ("redo", "redo"),
    ("left_panel", "panel_left"),
    ("bottom_panel", "panel_bottom"),
    ("right_panel", "panel_right"),
)


class WorkspaceTab(QAbstractButton):
    """Icon and name; the one in use is lit and has the accent above it."""

    def __init__(self, icon: str, name: str) -> None:
        super().__init__()
        self._icon = icon
        self.setText(tr(name))
        self.setAccessibleName(tr("{name} workspace", name=tr(name)))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(round(QFontMetricsF(ui_font()).horizontalAdvance(self.text())) + 58, tk.TOP_BAR_H)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), tk.PANEL)
            painter.fillRect(QRectF(0, 0, self.width(), 2), tk.ACC)
        strong = self.isChecked() or self.underMouse() or self.hasFocus()
        ink = tk.TD if not self.isEnabled() else tk.T1 if strong else tk.T2
        paint_icon(painter, self._icon, 17, (self.height() - 16) / 2, 16, tk.ACC_TEXT if self.isChecked() else ink)
        painter.setFont(ui_font())
        painter.setPen(ink)
        painter.drawText(QRectF(40, 0, self.width() - 40, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class TopBar(QWidget):
    """Project at the left, workspaces in the middle, undo and panels at the right."""

    workspace_changed = Signal(str)
    workspace_shown = Signal(str)
    """Another workspace is the present one, whoever chose it."""
    asked = Signal(str)

    def __init__(self, workspaces: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        """`workspaces` as (name, icon)."""
        super().__init__(parent)
        self._name, self._saved = "", ""
        self.workspace = ""
        self._tabs = {name: WorkspaceTab(icon, name) for name, icon in workspaces}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(2)
        row.addStretch(1)
        for name, tab in self._tabs.items():
            group.addButton(tab)
            row.addWidget(tab)
            tab.clicked.connect(lambda _=False, name=name: self.workspace_changed.emit(name))
        row.addStretch(1)
        self._buttons = {}
        for id_, icon in _RIGHT:
            spec = BY_ID[id_]
            button = BarButton(icon, spec.title, checkable=spec.is_checkable)
            button.clicked.connect(lambda _=False, id_=id_: self.asked.emit(id_))
            self._buttons[id_] = button
            if id_ == "left_panel":
                row.addSpacing(12)
            row.addWidget(button)
        self.setFixedHeight(tk.TOP_BAR_H)

    def follow_actions(self, actions: Mapping[str, QAction]) -> None:
        """Buttons look as their actions do; undo and redo say what they would take back."""
        for id_, button in self._buttons.items():
            action = actions[id_]

            def show(button: BarButton = button, action: QAction = action) -> None:
                button.setEnabled(action.isEnabled())
                button.setChecked(action.isChecked())
                button.setAccessibleName(action.text())
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                button.setToolTip(f"{action.text()}   {keys}" if keys else action.text())

            action.changed.connect(show)
            show()

    def tab(self, name: str) -> WorkspaceTab:
        return self._tabs[name]

    def set_workspace(self, name: str) -> None:
        if not self._tabs[name].isChecked():
            self._tabs[name].setChecked(True)
        if name != self.workspace:
            self.workspace = name
            self.workspace_shown.emit(name)

    def set_project(self, name: str, saved: str) -> None:
        """`saved` is a short state: Saved 10:52, Edited, Not saved yet."""
        self._name, self._saved = name, saved
        self.setAccessibleName(f"{name}, {saved}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tk.HEADER)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), tk.SEAM)
        paint_icon(painter, "logo", 12, 9, 22, tk.ACC)
        bold = ui_font(tk.TITLE_PX, bold=True)
        room = next(iter(self._tabs.values())).x() - 44 - 12
        wide = min(QFontMetricsF(bold).horizontalAdvance(self._name), room * 0.7)
        draw_text(painter, QRectF(44, 0, wide + 4, self.height() - 1), self._name, tk.T1, bold)
        left = 44 + wide + 14
        draw_text(
            painter, QRectF(left, 0, room - wide - 14, self.height() - 1), self._saved, tk.T3, ui_font(tk.CAPTION_PX)
        )
        painter.end()
