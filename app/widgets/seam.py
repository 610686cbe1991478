"""Seams between panels: a 1 px line that is grabbed in 7 px; double-click restores the default sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from app.theme import tokens as tk

_MARGIN: Final = (tk.SEAM_GRAB - 1) // 2


class SeamHandle(QSplitterHandle):
    """Qt's one-pixel handle, with a wider invisible grip on both sides."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        QWidget.resizeEvent(self, event)  # Qt's own sets other margins here, and each change of margins is a resize
        across = self.orientation() is Qt.Orientation.Horizontal
        self.setContentsMargins(*((_MARGIN, 0, _MARGIN, 0) if across else (0, _MARGIN, 0, _MARGIN)))
        self.setAttribute(Qt.WidgetAttribute.WA_MouseNoMask)
        self.setMask(QRegion(self.contentsRect()))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        splitter = self.splitter()
        if isinstance(splitter, SeamSplitter):
            splitter.restore_default()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRect(self.contentsRect()), tk.SEAM)
        painter.end()


class SeamSplitter(QSplitter):
    """A splitter whose default sizes can be had back."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self._default: tuple[int, ...] = ()
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        return SeamHandle(self.orientation(), self)

    def set_default_sizes(self, sizes: Sequence[int]) -> None:
        """Use these sizes now and after a double-click on a seam."""
        self._default = tuple(sizes)
        self.setSizes(list(sizes))

    def restore_default(self) -> None:
        if self._default:
            self.setSizes(list(self._default))
