"""The picture on the screen: a plain widget and a QPainter, which is the fastest path there is without a GPU surface.

Main thread. It shows what it is given: pictures of one instant, their labels, an overlay. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import tokens as tk
from app.theme.painting import focus_ring
from app.viewer.compare import halves, paint_wipe, screen_point
from app.viewer.geometry import ViewTransform, Wipe
from app.viewer.guides import Guide, paint_guides
from app.viewer.images import HeldImage
from app.viewer.labels import EDGE_PX, LABEL_H, TIMECODE_H, label_width, paint_label, paint_message
from app.viewer.legend import Legend, legend_of
from app.viewer.modes import ViewMode
from app.viewer.names import paint_names
from app.viewer.pictures import Pictures
from app.viewer.reference import Reference
from app.viewer.spoken import spoken
from app.viewer.tool import Pointer, ViewTool
from app.widgets.focus import KeyboardFocus
from core.render.messages import PreviewReady
from core.words import tr


class ViewerScreen(KeyboardFocus, QWidget):
    """The picture with wipe, labels, timecode, tool overlay, and one sentence where there is no picture."""

    wipe_changed = Signal(object)
    transform_changed = Signal()
    pictures_shown = Signal(object)
    """A `PreviewReady` is on the screen."""
    painted = Signal(object)
    """The `Time` of the picture that was just painted for the first time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewer")
        self.setAccessibleName(tr("Viewer"))
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
        self.playback = ""
        """While it plays: how many frames a second, and how many were dropped."""
        self.is_dropping = False
        self.result_name = tr("As shot")
        self.message = ""
        self.is_error = False
        self.shows_overlays = True
        self.is_moving = False
        self.is_alone = False
        """Whether there is nothing beside the picture: then no ring is drawn around it."""
        self.pictures = Pictures()
        self.guides: frozenset[Guide] = frozenset()
        self.paint_over: Callable[[QPainter, QRectF], None] = lambda _painter, _area: None
        """What lies over all else, such as the probe."""
        self.surround = tk.VIEWER
        self._legend: Legend | None = None
        self._unpainted = False

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

    def set_playback(self, text: str, *, is_dropping: bool) -> None:
        """In the lower right corner; an empty text takes it away."""
        if (text, is_dropping) != (self.playback, self.is_dropping):
            self.playback, self.is_dropping = text, is_dropping
            self.update()

    def tell(self, reading: str = "") -> None:
        """Say anew what is shown, and what the probe reads, where somebody may listen: not at every frame that plays."""
        if not self.is_moving:
            said = spoken(self.pictures, self.mode, self.wipe, self.result_name, self.timecode, self.message)
            self.setAccessibleDescription(f"{said} {reading}".strip())

    def show_message(self, text: str, *, is_error: bool = False, keep_picture: bool = False) -> None:
        """One sentence over the picture, or instead of it."""
        self.message, self.is_error = text, is_error
        if not keep_picture:
            self.pictures.take(None)
        self.tell()
        self.update()

    def set_mode(self, mode: ViewMode) -> None:
        self.mode = mode
        self._legend = legend_of(mode, self.pictures.gain)
        self.tell()
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
        self._legend = legend_of(self.mode, gain)
        self.tell()
        self.update()

    def set_reference(self, reference: Reference | None) -> None:
        """What stands on the source's side of a comparison from now on; None is the source again."""
        self.pictures.reference = reference
        self.update()

    def set_transform(self, transform: ViewTransform) -> None:
        self.transform = transform
        self.transform_changed.emit()
        self.update()

    def set_wipe(self, wipe: Wipe) -> None:
        self.wipe = wipe
        self.wipe_changed.emit(wipe)
        self.tell()
        self.update()

    # ---- where it stands ------------------------------------------------------------------------------------------

    @property
    def area(self) -> QRectF:
        return QRectF(self.rect())

    @property
    def picture_rect(self) -> QRectF:
        """Where the picture stands, widget px."""
        return self.transform.rect(self.area, self.shown_size, self.devicePixelRatioF())

    @property
    def shown_size(self) -> tuple[int, int]:
        width, height = self.canvas_size
        return (width * 2 + width // 100, height) if self.mode is ViewMode.SPLIT else (width, height)

    @property
    def zoom_percent(self) -> float:
        return (
            100 * self.transform.scale(self.area, self.shown_size, self.devicePixelRatioF()) * self.devicePixelRatioF()
        )

    @property
    def tools(self) -> tuple[ViewTool, ...]:
        """What lies under the hand, the tool in hand last, and so on top."""
        return tuple(tool for tool in (self.guide, self.tool) if tool is not None)

    @property
    def tool_rect(self) -> QRectF:
        """The picture that is worked on: of two side by side the source."""
        return halves(self.picture_rect)[0] if self.mode is ViewMode.SPLIT else self.picture_rect

    def pointer_to(self, u: float, v: float) -> Pointer:
        """As if the pointer stood on a point of the picture, 0..1."""
        rect = self.picture_rect
        return Pointer(u, v, screen_point(self.mode, rect, u, v), Qt.KeyboardModifier.NoModifier, rect=rect)

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
            for picture in halves(rect) if self.mode is ViewMode.SPLIT else (rect,):
                paint_guides(painter, picture, self.guides)
            if self.mode is ViewMode.WIPE:
                paint_wipe(painter, self.wipe, rect)
            for tool in self.tools:
                tool.paint(painter, self.tool_rect)
            if self.shows_overlays:
                self._paint_labels(painter, rect)
            self.paint_over(painter, self.area)
        if self.message:
            paint_message(painter, self.area, self.message, is_error=self.is_error)
        if self._shows_focus and not self.is_alone:
            focus_ring(painter, self.area, radius=0, gap=-tk.FOCUS_W)
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
        low, taken = shown.bottom() - EDGE_PX, 0.0
        if self.timecode:
            at = QPointF(shown.left() + EDGE_PX, low - TIMECODE_H)
            taken = paint_label(painter, at, self.timecode, mono=True).right() - shown.left()
        above = TIMECODE_H + 8  # what has no room beside the timecode
        if self._legend is not None:
            width = self._legend.size()[0]
            place = shown if taken + width + 2 * EDGE_PX <= shown.width() else shown.adjusted(0, 0, 0, -above)
            self._legend.paint(painter, place)
            low, taken = self._legend.place(place).top() - 8, 0.0
        if self.playback:
            has_room = taken + label_width(self.playback) + 2 * EDGE_PX <= shown.width()
            at = QPointF(shown.right() - EDGE_PX, low - LABEL_H - (0.0 if has_room else above))
            ink = tk.WARN if self.is_dropping else tk.T1
            paint_label(painter, at, self.playback, to_left=True, ink=ink)
