"""Room: how the window's panels lie beside each other, and how large they are. Main thread."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.theme import tokens as tk
from app.widgets.seam import SeamSplitter

if TYPE_CHECKING:
    from app.main_window import MainWindow

CLASSES: Final = (1440, 2200)
"""Widths from which the window counts as usual and as wide."""
SIZES: Final = ((228, 320, 260, 190), (248, 348, 292, 262), (408, 460, 376, 380))
"""Left, right and bottom panel and the scopes of each class."""


class Room(QWidget):
    """Top bar, browser and viewer over the bottom panel, the right column at full height, status bar.

    All seams are draggable; a double-click on one brings the design's size back.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._class = width_class(window.width())
        self._size = window.size()
        self.columns = SeamSplitter(Qt.Orientation.Horizontal)
        self.rows = SeamSplitter(Qt.Orientation.Vertical)
        self.top = SeamSplitter(Qt.Orientation.Horizontal)
        self.right = SeamSplitter(Qt.Orientation.Vertical)
        """The right column from top to bottom."""
        self.home = QStackedWidget()
        """The welcome, and the panels around the picture."""
        self._browser, self._timeline, self._viewer = window.browser, window.timeline, window.viewer
        self._top_bar, self._status = window.top_bar, window.status
        self.top.addWidget(window.browser)
        self.top.addWidget(window.viewer)
        self.top.setStretchFactor(1, 1)
        self.home.addWidget(window.empty)
        self.home.addWidget(self.top)
        self.rows.addWidget(self.home)
        self.rows.addWidget(window.timeline)
        self.rows.setStretchFactor(0, 1)
        self.right.addWidget(window.inspector)
        self.right.addWidget(window.scopes)
        self.right.setStretchFactor(0, 1)
        self._scopes = window.scopes
        self.columns.addWidget(self.rows)
        self.columns.addWidget(self.right)
        self.columns.setStretchFactor(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(window.top_bar)
        column.addWidget(self.columns, 1)
        column.addWidget(window.status)
        self.reset()

    @property
    def seams(self) -> dict[str, SeamSplitter]:
        """By the name under which their sizes are remembered."""
        return {"columns": self.columns, "rows": self.rows, "top": self.top, "right": self.right}

    def show_panels(self, *, has_clip: bool, left: bool, right: bool, bottom: bool, scopes: bool) -> None:
        """The picture and its panels once there is a clip, the welcome before."""
        self.home.setCurrentIndex(1 if has_clip else 0)
        self._browser.setVisible(left)
        self.right.setVisible(has_clip and right)
        self._scopes.setVisible(scopes)
        self._timeline.setVisible(bottom)

    def show_picture_alone(self, *, on: bool) -> None:
        """All but the picture away; `show_panels` brings back those that were in sight."""
        for part in (self._top_bar, self._status):
            part.setVisible(not on)
        if on:
            for panel in (self._browser, self.right, self._timeline):
                panel.hide()
        self._viewer.show_chrome(on=not on)

    def reset(self) -> None:
        """The design's sizes for this width of window."""
        width, height = self._size.width(), self._size.height()
        left, right, bottom, scopes = SIZES[self._class]
        self.columns.set_default_sizes((width - right, right))
        self.rows.set_default_sizes((height - bottom - tk.TOP_BAR_H - tk.STATUS_H, bottom))
        self.top.set_default_sizes((left, width - right - left))
        self.right.set_default_sizes((height - scopes - tk.TOP_BAR_H - tk.STATUS_H, scopes))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Crossing into another class of window takes that class' sizes; the picture has 640 px at least in each."""
        super().resizeEvent(event)
        self._size = self.window().size()
        now = width_class(self._size.width())
        if now != self._class:
            self._class = now
            self.reset()


def width_class(width: int) -> int:
    """Index into `SIZES`."""
    return bisect_right(CLASSES, width)
