"""The hand over the picture: what a pointer, the keys of a tool and dropped files do there. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.viewer.compare import picture_point
from app.viewer.geometry import Wipe
from app.viewer.modes import ViewMode
from app.viewer.screen import ViewerScreen
from app.viewer.tool import Pointer, ViewTool

WIPE_GRAB_PX: Final = 9.0


class ViewerView(ViewerScreen):
    """A press goes to the tool in hand, else to the wipe, else it moves the picture."""

    files_dropped = Signal(list)
    tool_left = Signal()
    """Esc, with nothing under way: the tool is to be put down."""
    hovered = Signal(object)
    """The `Pointer`, its `u`, `v` those of the picture that stands under it whatever is compared, or None where it has left."""
    escaped = Signal()
    """Esc, with an empty hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self._drag: Callable[[QPointF, Qt.KeyboardModifier], None] | None = None
        self._dragged: ViewTool | None = None
        self._pressure = 1.0

    # ---- pointer --------------------------------------------------------------------------------------------------

    def _pointer(self, event: QMouseEvent | QContextMenuEvent) -> Pointer:
        rect = self.tool_rect
        px = event.position() if isinstance(event, QMouseEvent) else QPointF(event.pos())
        u, v = (px.x() - rect.left()) / rect.width(), (px.y() - rect.top()) / rect.height()
        return Pointer(u, v, px, event.modifiers(), self._pressure, rect)

    def _tool_at(self, pointer: Pointer) -> ViewTool | None:
        """The tool that would take a press here."""
        return next((t for t in reversed(self.tools) if t.wants(pointer)), None) if self.pictures.ready else None

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Of a pen only its pressure is taken here; the mouse event that Qt then makes of it does the rest."""
        is_touching = event.type() in (QEvent.Type.TabletPress, QEvent.Type.TabletMove) and event.pressure() > 0.0
        self._pressure = event.pressure() if is_touching else 1.0
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, pointer = event.position(), self._pointer(event)
        if event.button() is Qt.MouseButton.MiddleButton:
            self._begin_pan(at)
        elif event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        elif (tool := self._tool_at(pointer)) is not None:
            self._dragged = tool
            tool.press(pointer)
        elif self._is_on_wipe(at):
            self._drag = self._drag_wipe
            self._drag_wipe(at, event.modifiers())
        elif self.transform.zoom is not None:
            self._begin_pan(at)

    def _begin_pan(self, at: QPointF) -> None:
        began = self.transform

        def pan(now: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
            self.set_transform(began.panned(now - at, self.area, self.shown_size, self.devicePixelRatioF()))

        self._drag = pan
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _drag_wipe(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        rect = self.picture_rect
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.set_wipe(self.wipe.turned_to(at, rect))
        else:
            self.set_wipe(
                self.wipe.moved_to((at.x() - rect.left()) / rect.width(), (at.y() - rect.top()) / rect.height())
            )

    def _is_on_wipe(self, at: QPointF) -> bool:
        rect = self.picture_rect
        near = abs(self.wipe.distance(at, rect)) < WIPE_GRAB_PX
        return self.mode is ViewMode.WIPE and self.pictures.ready is not None and rect.contains(at) and near

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        if self._dragged is not None:
            self._dragged.move(pointer)
        elif self._drag is not None:
            self._drag(event.position(), event.modifiers())
        else:
            for tool in self.tools:
                tool.hover(pointer)
            self._show_cursor(pointer)
        u, v = picture_point(self.mode, self.picture_rect, pointer.px)
        self.hovered.emit(replace(pointer, u=u, v=v))

    def _show_cursor(self, pointer: Pointer) -> None:
        tool = self._tool_at(pointer)
        if tool is not None:
            self.setCursor(tool.cursor(pointer))
        else:
            on_wipe = self._is_on_wipe(pointer.px)
            across = Qt.CursorShape.SplitVCursor if self.wipe.is_level else Qt.CursorShape.SplitHCursor
            self.setCursor(across if on_wipe else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pointer, self._drag = self._pointer(event), None
        dragged, self._dragged = self._dragged, None
        if dragged is not None:
            dragged.release(pointer)
        self._show_cursor(pointer)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        if (
            self.tool is not None
            and event.button() is Qt.MouseButton.LeftButton
            and self._tool_at(pointer) is self.tool
        ):
            self.tool.double(pointer)
        elif self.tool is None and self._is_on_wipe(event.position()):
            self.set_wipe(Wipe())

    def leaveEvent(self, event: QEvent) -> None:
        for tool in self.tools:
            tool.hover(None)
        self.hovered.emit(None)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        menu = self.tool.menu(None if by_key else self._pointer(event)) if self.tool and self.pictures.ready else None
        if menu is None:
            super().contextMenuEvent(event)
            return
        menu.setParent(self, menu.windowFlags())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = 1.0015 ** event.angleDelta().y()
        ratio = self.devicePixelRatioF()
        self.set_transform(self.transform.zoomed(factor, event.position(), self.area, self.shown_size, ratio))

    def event(self, event: QEvent) -> bool:
        """The tool's keys before the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if self.tool is not None and (key == Qt.Key.Key_Escape or self.tool.takes(event)):
                event.accept()
                return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._is_tools_tab(event):
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def _is_tools_tab(self, event: QKeyEvent) -> bool:
        """Tab goes from point to point while the tool has one to go to, then on to the next widget."""
        key = Qt.Key(event.key())
        return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self.tool is not None and self.tool.takes(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.tools:
            self._dragged = None
            dragging = [tool for tool in self.tools if tool.cancel()]
            if not dragging and self.tool is not None:
                self.tool_left.emit()
            elif not dragging:
                self.escaped.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif self.tool is not None and self.tool.takes(event):
            self.tool.key(event)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self.tool is not None and not event.isAutoRepeat():
            self.tool.key_up()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A key that is still held is let go where nobody here hears of it."""
        if self.tool is not None:
            self.tool.key_up()
        super().focusOutEvent(event)

    def set_tool(self, tool: ViewTool | None) -> None:
        """What the hand holds from now on."""
        if self.tool is not None:
            self.tool.cancel()
        self.tool, self._dragged = tool, None
        self.unsetCursor()
        self.update()

    def set_guide(self, guide: ViewTool | None) -> None:
        """What can be dragged while the hand is empty, and is shown beside any tool."""
        if self.guide is not None:
            self.guide.cancel()
        self.guide = guide
        self.update()

    # ---- drop -----------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files_dropped.emit([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()
