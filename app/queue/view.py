"""The list of the render queue: it reorders by a drag and by keys. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QListView, QWidget

from app.queue.jobs import Job, JobState
from app.theme import tokens as tk
from core.ids import JobId
from core.words import tr

ROW_H: Final = 56
JOB: Final = int(Qt.ItemDataRole.UserRole)
_KEYS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return)


class QueueView(QListView):
    """A job that waits is dragged to a gap between two others, which a line shows; Esc leaves it where it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gaps: Callable[[], range] = lambda: range(0)
        """Rows before which a job may be put down."""
        self.moved: Callable[[int], None] = lambda _by: None
        self.put_down: Callable[[JobId, int], None] = lambda _job, _gap: None
        self.removed: Callable[[], None] = lambda: None
        self._held: tuple[JobId, QPoint] | None = None
        """The job under the button, and where it was taken."""
        self._gap: int | None = None
        """Where it would come to lie, once it is dragged."""
        self.setAccessibleName(tr("Exports"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setStyleSheet(f"QListView {{ background: {tk.WELL.name()}; border: 1px solid palette(mid); }}")

    # ---- drag -----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = event.position().toPoint()
        job = self.indexAt(at).data(JOB)
        waits = isinstance(job, Job) and job.state is JobState.WAITING
        self._held = (job.id, at) if waits and event.button() is Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            super().mouseMoveEvent(event)
            return
        at = event.position().toPoint()
        if self._gap is None and (at - self._held[1]).manhattanLength() < QApplication.startDragDistance():
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._scroll_towards(at.y())
        allowed = self.gaps()
        wanted = round((at.y() + self.verticalOffset()) / ROW_H)
        self._gap = min(max(wanted, allowed.start), allowed.stop - 1) if allowed else None
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, gap = self._held, self._gap
        self._let_go()
        super().mouseReleaseEvent(event)
        if held is not None and gap is not None:
            self.put_down(held[0], gap)

    def _let_go(self) -> None:
        self._held = self._gap = None
        self.unsetCursor()
        self.viewport().update()

    def _scroll_towards(self, y: int) -> None:
        """A list that is longer than its window comes along."""
        bar = self.verticalScrollBar()
        if y < ROW_H // 2:
            bar.setValue(bar.value() - ROW_H // 4)
        elif y > self.viewport().height() - ROW_H // 2:
            bar.setValue(bar.value() + ROW_H // 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap is None:
            return
        painter = QPainter(self.viewport())
        y = self._gap * ROW_H - self.verticalOffset()
        painter.fillRect(QRect(0, max(0, y - 1), self.viewport().width(), 2), tk.ACC)
        painter.end()

    # ---- keys -----------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """The keys below are for the list, whatever they mean in the window behind it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Escape and self._held is not None:
            self._let_go()
        elif is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)
