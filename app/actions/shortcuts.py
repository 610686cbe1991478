"""The shortcut list, read from the action table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.actions.keys import KeyMap
from app.actions.table import ACTIONS, MENUS
from app.preferences.key_field import shown
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from core.words import msg, tr

POINTER_KEYS = (
    (msg("Timeline"), msg("Ctrl+wheel"), msg("Zoom at the pointer")),
    (msg("Timeline"), msg("Shift+wheel"), msg("Scroll")),
    (msg("Timeline"), msg("Alt+drag a keyframe"), msg("Leave a copy behind")),
    (msg("Timeline"), msg("Shift+drag a keyframe"), msg("Change its value only")),
    (msg("Timeline"), msg("Double-click a keyframe lane"), msg("Open its curve")),
    (msg("Curves"), msg("Alt+arrows"), msg("Nudge keyframes or a handle, with Shift by ten")),
    (msg("Curves"), msg("Ctrl+arrows"), msg("Select the next keyframe that way, with Shift extend to it")),
    (msg("Curves"), msg("Alt+wheel"), msg("Zoom values")),
    (msg("Curves"), msg("Alt+Shift+wheel"), msg("See higher or lower values")),
    (msg("Curves"), msg("Middle-drag"), msg("Move the plot")),
    (msg("Viewer"), msg("Shift+drag the wipe"), msg("Turn it")),
    (msg("Viewer"), msg("Double-click the wipe"), msg("Centre it")),
    (msg("Viewer"), msg("Middle-drag"), msg("Move the picture")),
    (msg("Brush"), msg("Alt"), msg("Erase instead of paint, or paint instead of erase")),
    (msg("Brush"), msg("Ctrl+drag"), msg("Size across, hardness up and down")),
    (msg("Brush"), msg("Shift+click, Shift+drag"), msg("A straight line, on from the last stroke")),
    (msg("Shapes"), msg("Shift, Alt while drawing"), msg("Keep it even, draw it from its middle")),
    (msg("Shapes"), msg("Ctrl+click or double-click a path"), msg("Add a point")),
    (msg("Shapes"), msg("Double-click a point"), msg("Make it round or sharp")),
    (msg("Shapes"), msg("Alt+drag a point or a handle"), msg("Pull handles out of it, or break them apart")),
    (
        msg("Shapes"),
        msg("Enter, Tab, arrows, Delete"),
        msg("Add one in the middle, go through points, move by a pixel, remove"),
    ),
    (msg("Shapes"), msg("Enter, Backspace, Esc with the pen"), msg("Close the path, take a point back, drop it")),
    (msg("Masks"), msg("Drag in a list, Alt+up and down"), msg("Change the order of masks or shapes")),
    (msg("Scene"), msg("Shift+drag the horizon"), msg("Move it a tenth as far")),
    (msg("Scene"), msg("Enter, arrows, Delete"), msg("Add an object, move it by a pixel (Ctrl: by ten), remove it")),
    (msg("Scene"), msg("Right-click an object"), msg("Turn it off, make a row, say when it comes and goes, remove it")),
    (msg("Everywhere"), msg("Esc"), msg("Take a drag back while it lasts")),
)


class ShortcutList(QDialog):
    """Every key and what it does, by menu."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(660, 640)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(tk.CARD_INSET, tk.PANEL_INSET, tk.CARD_INSET, tk.CARD_INSET)
        grid.setColumnMinimumWidth(0, 190)
        grid.setColumnStretch(1, 1)
        for heading in MENUS:
            rows = [(shown(keys.keys(s.id)), s.title) for s in ACTIONS if s.menu == heading]
            self._add(grid, heading, [row for row in rows if row[0]])
        for heading in dict.fromkeys(where for where, _, _ in POINTER_KEYS):
            rows = [(tr(pointer), tr(text)) for where, pointer, text in POINTER_KEYS if where == heading]
            self._add(grid, heading, rows)
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
        title = QLabel(tr(heading))
        title.setFont(ui_font(bold=True))
        title.setContentsMargins(0, 10, 0, 2)
        grid.addWidget(title, grid.rowCount(), 0, 1, 2)
        for keys, text in rows:
            row = grid.rowCount()
            grid.addWidget(QLabel(keys), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(QLabel(text), row, 1)
