"""The picture itself: a plain widget and a QPainter, which is the fastest path there is without a GPU surface.

Main thread. It shows what it is given: pictures of one instant, their labels, an overlay. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import tokens as tk
from app.viewer.compare import halves, paint_wipe, picture_point, screen_point
from app.viewer.geometry import ViewTransform, Wipe
from app.viewer.guides import Guide, paint_guides
from app.viewer.images import HeldImage
from app.viewer.labels import paint_label, paint_message
from app.viewer.legend import flicker_legend
from app.viewer.modes import ViewMode
from app.viewer.names import paint_names
from app.viewer.pictures import Pictures
from app.viewer.reference import Reference
from app.viewer.tool import Pointer, ViewTool
from core.render.messages import PreviewReady
from core.words import tr

WIPE_GRAB_PX: Final = 9.0


class ViewerView(QWidget):
    """The picture with wipe, labels, timecode, tool overlay, and one sentence where there is no picture."""

    wipe_changed = Signal(object)
    transform_changed = Signal()
    files_dropped = Signal(list)
    tool_left = Signal()
    """Esc, with nothing under way: the tool is to be put down."""
    pictures_shown = Signal(object)
    """A `PreviewReady` is on the screen."""
    hovered = Signal(object)
    """The `Pointer`, its `u`, `v` those of the picture that stands under it whatever is compared, or None where it has left."""
    escaped = Signal()
    """Esc, with an empty hand."""
    painted = Signal(object)
    """The `Time` of the picture that was just painted for the first time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewer")
        self.setAccessibleName(tr("Viewer"))
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.mode = ViewMode.WIPE
        self.wipe = Wipe()
        self.transform = ViewTransform()
        self.canvas_size = (1920, 1080)
        self.tool: ViewTool | None = None
        self.guide: ViewTool | None = None
        self.overlay: Callable[[QSize], HeldImage | None] = lambda _size: None
        self.timecode = ""
        self.result_name = tr("As shot")
        self.message = ""
        self.is_error = False
        self.shows_overlays = True
        self.is_moving = False
        self.pictures = Pictures()
        self.guides: frozenset[Guide] = frozenset()
        self.paint_over: Callable[[QPainter, QRectF], None] = lambda _painter, _area: None
        """What lies over all else, such as the probe."""
        self.surround = tk.VIEWER
        self._unpainted = False
        self._drag: Callable[[QPointF, Qt.KeyboardModifier], None] | None = None
        self._dragged: ViewTool | None = None

    def minimumSizeHint(self) -> QSize:
        return QSize(480, 270)

    # ---- what is shown --------------------------------------------------------------------------------------------

    @property
    def ready(self) -> PreviewReady | None:
        """What is on the screen."""
        return self.pictures.ready

    def show_pictures(self, ready: PreviewReady) -> None:
        self._unpainted = True
        self.pictures.take(ready)
        self.message, self.is_error = "", False
        self.pictures_shown.emit(ready)
        self.update()

    def show_message(self, text: str, *, is_error: bool = False, keep_picture: bool = False) -> None:
        """One sentence over the picture, or instead of it."""
        self.message, self.is_error = text, is_error
        if not keep_picture:
            self.pictures.take(None)
        self.update()

    def set_mode(self, mode: ViewMode) -> None:
        self.mode = mode
        self.update()

    def show_overlays(self, *, on: bool) -> None:
        """Labels and timecode over the picture."""
        self.shows_overlays = on
        self.update()

    def set_guides(self, guides: frozenset[Guide]) -> None:
        self.guides = guides
        self.update()

    def set_surround(self, color: QColor) -> None:
        """What lies around the picture."""
        self.surround = color
        self.update()

    def set_gain(self, gain: int) -> None:
        """How much the difference is amplified."""
        self.pictures.set_gain(gain)
        self.update()

    def set_reference(self, reference: Reference | None) -> None:
        """What stands on the source's side of a comparison from now on; None is the source again."""
        self.pictures.reference = reference
        self.update()

    def set_transform(self, transform: ViewTransform) -> None:
        self.transform = transform
        self.transform_changed.emit()
        self.update()

    @property
    def area(self) -> QRectF:
        return QRectF(self.rect())

    @property
    def picture_rect(self) -> QRectF:
        """Where the picture stands, widget px."""
        return self.transform.rect(self.area, self._shown_size, self.devicePixelRatioF())

    @property
    def _shown_size(self) -> tuple[int, int]:
        width, height = self.canvas_size
        return (width * 2 + width // 100, height) if self.mode is ViewMode.SPLIT else (width, height)

    @property
    def zoom_percent(self) -> float:
        return (
            100 * self.transform.scale(self.area, self._shown_size, self.devicePixelRatioF()) * self.devicePixelRatioF()
        )

    # ---- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.surround)
        rect = self.picture_rect
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.is_moving)
        self.pictures.paint(painter, rect, self.mode, self.wipe)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.pictures.ready is not None:
            self._paint_overlay(painter, rect)
            paint_guides(painter, rect, self.guides)
            if self.mode is ViewMode.WIPE:
                paint_wipe(painter, self.wipe, rect)
            for tool in self._tools:
                tool.paint(painter, self._tool_rect)
            if self.shows_overlays:
                self._paint_labels(painter, rect)
            self.paint_over(painter, self.area)
        if self.message:
            paint_message(painter, self.area, self.message, is_error=self.is_error)
        painter.end()
        if self._unpainted and self.pictures.ready is not None:
            self._unpainted = False
            self.painted.emit(self.pictures.ready.time)

    def _paint_overlay(self, painter: QPainter, rect: QRectF) -> None:
        self.pictures.paint_map(painter, rect, self.mode)
        if self.mode is not ViewMode.MATTE and not (self.tool is not None and self.tool.has_overlay):
            return
        overlay = self.overlay(rect.size().toSize())
        if overlay is not None:
            painter.drawImage(rect, overlay.image)

    def _paint_labels(self, painter: QPainter, rect: QRectF) -> None:
        shown = rect.intersected(self.area)
        paint_names(
            painter, rect, shown, self.pictures, self.mode, self.wipe, self.result_name, is_moving=self.is_moving
        )
        if self.timecode:
            paint_label(painter, QPointF(shown.left() + 12, shown.bottom() - 36), self.timecode, mono=True)
        if self.mode is ViewMode.FLICKER:
            flicker_legend().paint(painter, shown)

    # ---- pointer --------------------------------------------------------------------------------------------------

    @property
    def _tools(self) -> tuple[ViewTool, ...]:
        """What lies under the hand, the tool in hand last, and so on top."""
        return tuple(tool for tool in (self.guide, self.tool) if tool is not None)

    @property
    def _tool_rect(self) -> QRectF:
        """The picture that is worked on: of two side by side the source."""
        return halves(self.picture_rect)[0] if self.mode is ViewMode.SPLIT else self.picture_rect

    def _pointer(self, event: QMouseEvent | QContextMenuEvent) -> Pointer:
        rect = self._tool_rect
        px = event.position() if isinstance(event, QMouseEvent) else QPointF(event.pos())
        u, v = (px.x() - rect.left()) / rect.width(), (px.y() - rect.top()) / rect.height()
        return Pointer(u, v, px, event.modifiers(), rect=rect)

    def pointer_to(self, u: float, v: float) -> Pointer:
        """As if the pointer stood on a point of the picture, 0..1."""
        rect = self.picture_rect
        return Pointer(u, v, screen_point(self.mode, rect, u, v), Qt.KeyboardModifier.NoModifier, rect=rect)

    def _tool_at(self, pointer: Pointer) -> ViewTool | None:
        """The tool that would take a press here."""
        return next((t for t in reversed(self._tools) if t.wants(pointer)), None) if self.pictures.ready else None

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
            self.set_transform(began.panned(now - at, self.area, self._shown_size, self.devicePixelRatioF()))

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

    def set_wipe(self, wipe: Wipe) -> None:
        self.wipe = wipe
        self.wipe_changed.emit(wipe)
        self.update()

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
            for tool in self._tools:
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
            self.setCursor(Qt.CursorShape.SplitHCursor if on_wipe else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pointer, self._drag = self._pointer(event), None
        dragged, self._dragged = self._dragged, None
        if dragged is not None:
            dragged.release(pointer)
        self._show_cursor(pointer)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.tool is None and self._is_on_wipe(event.position()):
            self.set_wipe(Wipe())

    def leaveEvent(self, event: QEvent) -> None:
        for tool in self._tools:
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
        self.set_transform(self.transform.zoomed(factor, event.position(), self.area, self._shown_size, ratio))

    def event(self, event: QEvent) -> bool:
        """The tool's keys before the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if self.tool is not None and (key == Qt.Key.Key_Escape or self.tool.claims(key)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._tools:
            self._dragged = None
            dragging = [tool for tool in self._tools if tool.cancel()]
            if not dragging and self.tool is not None:
                self.tool_left.emit()
            elif not dragging:
                self.escaped.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif self.tool is not None and self.tool.claims(Qt.Key(event.key())):
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
