"""The shortcut list, read from the action table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.actions.keys import KeyMap
from app.actions.table import ACTIONS, MENUS
from app.preferences.key_field import shown
from app.theme import tokens as tk
from app.theme.fonts import ui_font

POINTER_KEYS = (
    ("Timeline", "Ctrl+wheel", "Zoom at the pointer"),
    ("Timeline", "Shift+wheel", "Scroll"),
    ("Timeline", "Alt+drag a keyframe", "Leave a copy behind"),
    ("Timeline", "Shift+drag a keyframe", "Change its value only"),
    ("Viewer", "Shift+drag the wipe", "Turn it"),
    ("Viewer", "Double-click the wipe", "Centre it"),
    ("Viewer", "Middle-drag", "Move the picture"),
    ("Brush", "Alt", "Erase instead of paint, or paint instead of erase"),
    ("Brush", "Ctrl+drag", "Size across, hardness up and down"),
    ("Scene", "Shift+drag the horizon", "Move it a tenth as far"),
    ("Scene", "Enter, arrows, Delete", "Add an object, move it by a pixel (Ctrl: by ten), remove it"),
    ("Scene", "Right-click an object", "Turn it off, make a row, say when it comes and goes, remove it"),
    ("Everywhere", "Esc", "Take a drag back while it lasts"),
)


class ShortcutList(QDialog):
    """Every key and what it does, by menu."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(660, 640)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(tk.CARD_INSET, tk.PANEL_INSET, tk.CARD_INSET, tk.CARD_INSET)
        grid.setColumnStretch(1, 1)
        for heading in MENUS:
            rows = [(shown(keys.keys(s.id)), s.text) for s in ACTIONS if s.menu == heading]
            self._add(grid, heading, [row for row in rows if row[0]])
        for heading in dict.fromkeys(where for where, _, _ in POINTER_KEYS):
            self._add(grid, heading, [(keys, text) for where, keys, text in POINTER_KEYS if where == heading])
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)

    @staticmethod
    def _add(grid: QGridLayout, heading: str, rows: list[tuple[str, str]]) -> None:
        if not rows:
            return
        title = QLabel(heading)
        title.setFont(ui_font(bold=True))
        title.setContentsMargins(0, 10, 0, 2)
        grid.addWidget(title, grid.rowCount(), 0, 1, 2)
        for keys, text in rows:
            row = grid.rowCount()
            label = QLabel(keys)
            label.setMinimumWidth(190)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(QLabel(text.rstrip("…")), row, 1)
