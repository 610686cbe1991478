"""The painted timeline: pointer and keys in, commands and seeks out. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintDevice,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.session_bridge import SessionBridge
from app.timeline import hits
from app.timeline import layout as lay
from app.timeline.callout import FailureCallout
from app.timeline.hand import Hand
from app.timeline.key_picks import KeyPicks
from app.timeline.layout import HEAD_W, LaneKind
from app.timeline.markers import MarkerCard, marker_at
from app.timeline.menus import menu_at, tip_at
from app.timeline.paint import paint_moving, paint_still
from app.timeline.scale import TimeScale
from app.timeline.state import Thumbnails, TimelineState, Tool, Waveforms
from core.document.changes import Aspect, ChangeSet
from core.document.commands import LiftClips
from core.document.model import Clip, Marker, Mask, Project, TrackKind
from core.ids import AxisId, ClipId
from core.media.sequence import is_pattern
from core.timebase import ZERO, RangeSet, Time, TimeRange, format_timecode
from core.words import tr, trn


class TimelineCanvas(QWidget):
    """Ruler, lanes and playhead. Edits go through the bridge; the playhead belongs to whoever hears `seeked`."""

    seeked = Signal(object)
    """The `Time` a person asked for."""
    scrub_changed = Signal(bool)
    selection_changed = Signal(object)
    """The `ClipId` whose look the panels show, or None; the whole selection is in `state`."""
    scale_changed = Signal()
    moved = Signal()
    """The playhead, or what is shown, is elsewhere."""
    lanes_scrolled = Signal()
    """The lanes' place or their overflow is new."""
    tool_changed = Signal(object)
    """The `Tool` in hand."""
    keys_changed = Signal()
    """Other keyframes are selected, or another axis is chosen."""
    curve_wanted = Signal()
    """The curve of the chosen axis is to be opened."""
    key_menu_wanted = Signal(QPoint)
    """At a place on the screen, for the selected keyframes."""
    hint_changed = Signal(str)
    files_dropped = Signal(list)

    def __init__(
        self, bridge: SessionBridge, thumbnails: Thumbnails, waveforms: Waveforms, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._thumbnails = thumbnails
        self._waveforms = waveforms
        self.state = TimelineState(bridge.project)
        self.hand = Hand(self, bridge)
        self.keys = KeyPicks(self, bridge)
        self._fits = True
        self._lanes_seen = (0.0, 0.0)
        self._still: QPixmap | None = None
        self._card: MarkerCard | None = None
        self.setObjectName("timeline")
        self.setAccessibleName(tr("Timeline"))
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.callout = FailureCallout(self)
        bridge.changed.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(900, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 140)

    # ---- what it shows --------------------------------------------------------------------------------------------

    def _on_changed(self, changes: ChangeSet, _initiator: object) -> None:
        state, project, before = self.state, self._bridge.project, self.state.project
        state.project = project
        lost = RangeSet()
        if changes.aspects == Aspect.ALL:
            state.stale = state.ready = ()
            self._fits = True
        elif lost := RangeSet(state.ready).intersection(RangeSet(changes.dirty)):
            state.stale = lost.ranges
            state.ready = RangeSet(state.ready).minus(lost).ranges
        clips = list(project.clips())
        there = frozenset(c.id for c in clips)
        state.selection &= there
        if state.clip is None:
            self.select(next((c.id for t in project.tracks_of(TrackKind.VIDEO) for c in t.clips), None))
        state.failures = {id_: text for id_, text in state.failures.items() if any(c.id == id_ for c in clips)}
        self.keys.keep()
        if self._fits and changes.aspects & (Aspect.TIMELINE | Aspect.MEDIA) and not self._bridge.in_gesture:
            self.zoom_to_fit()
        if changes.aspects == Aspect.MASK and not lost and _mask_words(before) == _mask_words(project):
            return  # a stroke goes on: nothing of it is seen here
        self.describe()
        self.redraw()

    def describe(self, words: str = "") -> None:
        """To whoever reads the window aloud; `words` come after what is always said."""
        self.setAccessibleDescription(". ".join(filter(None, (self._described(), words))))

    def _described(self) -> str:
        project = self.state.project
        count = sum(len(t.clips) for t in project.tracks_of(TrackKind.VIDEO))
        at = format_timecode(self.state.playhead.to_frame(project.rate), project.rate)
        return trn("{count} clip, playhead at {time}", "{count} clips, playhead at {time}", count, time=at)

    def set_playhead(self, time: Time, *, follow: bool = False) -> None:
        """Move the line; with `follow` the view pages along when it leaves the window."""
        self.state.playhead = time
        if follow:
            x, width = self.state.scale.x(time), self.width() - HEAD_W
            if not 0 <= x <= width:
                self.set_scale(self.state.scale.scrolled(x - 0.1 * width))
        self.describe()
        self.moved.emit()
        self.update()

    def set_cache(self, ready: tuple[TimeRange, ...], working: TimeRange | None, queued: TimeRange | None) -> None:
        self.state.ready, self.state.working, self.state.queued = ready, working, queued
        self.redraw()

    def set_failure(self, clip: ClipId, message: str | None) -> None:
        """Mark a clip as failed with its sentence, or clear the mark."""
        if message is None:
            if self.state.project.clip(clip).media in self.state.missing:
                return
            self.state.failures.pop(clip, None)
            self.callout.clear()
        else:
            self.state.failures[clip] = message
            failed = self.state.project.clip(clip)
            path = Path(self.state.project.media_facts(failed.media).path)
            is_missing = not is_pattern(path) and not path.exists()
            title = (
                tr("{name} is missing", name=path.name)
                if is_missing
                else tr("“{name}” cannot be shown here", name=failed.name)
            )
            self.callout.tell(clip, title, message, can_relink=is_missing)
            self._place_callout(failed)
        self.redraw()

    def _place_callout(self, clip: Clip) -> None:
        """Under the picture of the clip, at the playhead where that is inside it."""
        lane = next(lane for lane in self.state.rows if lane.kind is LaneKind.PICTURE)
        at = self.state.playhead if clip.span.contains(self.state.playhead) else clip.start
        bottom = lane.bottom - self.state.scroll_y
        self.callout.point_at(max(HEAD_W + 20.0, self.state.x(at)), min(bottom, self.height() - self.callout.height()))

    def select(self, clip: ClipId | None) -> None:
        """One clip, and its partners."""
        self.select_clips(() if clip is None else (clip,), first=clip)

    def select_clips(self, clips: Iterable[ClipId], *, first: ClipId | None = None) -> None:
        """These and their partners; `first` is what the panels show if it wears a look, else the first picture is, or
        the first adjustment where no picture is selected.
        """
        state, before = self.state, self.state.selection
        state.selection = state.with_partners(clips)
        kinds = (TrackKind.VIDEO, TrackKind.ADJUSTMENT)
        wearing = [c.id for kind in kinds for t in state.project.tracks_of(kind) for c in t.clips]
        wearing = [id_ for id_ in wearing if id_ in state.selection]
        chosen = first if first in wearing else next(iter(wearing), None)
        if chosen != state.selected:
            state.selected = chosen
            self.keys.clear()
        elif state.selection == before:
            return
        self.selection_changed.emit(chosen)
        self.redraw()

    def select_all(self) -> None:
        self.select_clips([c.id for c in self.state.project.clips()], first=self.state.selected)

    def set_tool(self, tool: Tool) -> None:
        """What the pointer does from now on."""
        self.state.tool = tool
        self.tool_changed.emit(tool)

    def set_linked(self, *, on: bool) -> None:
        """Whether partners are selected and edited together."""
        self.state.is_linked = on
        self.redraw()

    def seek(self, time: Time) -> None:
        """Ask for the playhead at an instant, held inside the timeline."""
        self.seeked.emit(self._within(time))

    def open_marker(self, marker: Marker) -> None:
        """The card that says what a marker means."""
        if self._card is None:
            self._card = MarkerCard(self._bridge, self.window())
        self._card.open_for(marker, self, self.state.x(marker.time))

    def set_snapping(self, on: bool) -> None:  # noqa: FBT001 - a Qt slot
        self.state.is_snapping = on

    # ---- scale ----------------------------------------------------------------------------------------------------

    def set_scale(self, scale: TimeScale) -> None:
        self.state.scale = scale
        self.scale_changed.emit()
        self.redraw()

    def zoom_to_fit(self) -> None:
        self._fits = True
        self.set_scale(TimeScale.fitting(self.state.project.duration, max(50, self.width() - HEAD_W)))

    def zoom_to_selection(self) -> None:
        """The selected clips, else what lies between the in and the out point, else everything."""
        project = self.state.project
        spans = [clip.span for clip in project.clips() if clip.id in self.state.selection]
        if not spans and (project.in_point is not None or project.out_point is not None):
            spans = [project.export_range]
        if not spans:
            self.zoom_to_fit()
            return
        self.show_span(TimeRange(min(s.start for s in spans), max(s.end for s in spans)))

    def show_span(self, span: TimeRange) -> None:
        """In the middle, with a little air on either side; of an instant, the second about it."""
        self._fits = False
        if span.is_empty:
            half = Time(Fraction(1, 2))
            span = TimeRange(max(ZERO, span.start - half), span.start + half)
        self.set_scale(TimeScale.around(span, max(50, self.width() - HEAD_W), self.state.project.rate))

    def zoom_by(self, factor: float, at_x: float | None = None) -> None:
        """About `at_x` on the canvas, or about the playhead."""
        self._fits = False
        x = self.state.scale.x(self.state.playhead) if at_x is None else at_x - HEAD_W
        x = min(max(0.0, x), float(self.width() - HEAD_W))
        self.set_scale(self.state.scale.zoomed(factor, x, self.state.project.rate))

    def scroll_to(self, origin_s: float) -> None:
        self._fits = False
        self.set_scale(replace(self.state.scale, origin_s=max(0.0, origin_s)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.zoom_to_fit()
        self._scroll_vertically(0)

    def stand_behind(self, size: QSize) -> None:
        """Something else of this size stands in the canvas' place and shares its scale: no layout sizes a hidden widget."""
        self.resize(size)
        if self._fits:
            self.zoom_to_fit()

    @property
    def overflow(self) -> float:
        """How far the lanes reach below the window, px."""
        return max(0.0, lay.content_height(self.state.rows) - self.height() + 4)

    def scroll_lanes_to(self, y: float) -> None:
        """Show the lanes from `y` px below the first."""
        self.state.scroll_y = y
        self._scroll_vertically(0)
        self.redraw()

    def _scroll_vertically(self, dy: float) -> None:
        """Stay within the lanes; tells when their place or their overflow is new."""
        self.state.scroll_y = min(self.overflow, max(0.0, self.state.scroll_y + dy))
        seen = (self.state.scroll_y, self.overflow)
        if seen != self._lanes_seen:
            self._lanes_seen = seen
            self.lanes_scrolled.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1.0015 ** delta.y(), event.position().x())
        elif delta.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._fits = False
            self.set_scale(self.state.scale.scrolled(-(delta.x() or delta.y()) / 2))
        else:
            self._scroll_vertically(-delta.y() / 4)
            self.redraw()
        event.accept()

    # ---- painting -------------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Something other than the playhead is new."""
        self._still = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._scroll_vertically(0)
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.size() != self.size() * ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            painter = self._painter_on(self._still)
            paint_still(painter, self.state, self.width(), self.height(), self._thumbnails, self._waveforms)
            painter.end()
        painter = self._painter_on(self)
        painter.drawPixmap(0, 0, self._still)
        paint_moving(painter, self.state, self.width(), self.height())
        painter.end()

    @staticmethod
    def _painter_on(device: QPaintDevice) -> QPainter:
        painter = QPainter(device)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        return painter

    # ---- pointer --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hand.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hand.press_twice(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand.move(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.hand.release()

    def _within(self, time: Time) -> Time:
        project = self.state.project
        last = max(0, project.duration.to_frame_ceil(project.rate) - 1)
        return max(ZERO, min(time, Time.from_frame(last, project.rate)))

    def leaveEvent(self, event: QEvent) -> None:
        self.hint_changed.emit("")
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip:
            self._tip(event)
            return True
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = event.key() == Qt.Key.Key_Escape and self.hand.is_busy
            if mine or (event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.state.keys):
                event.accept()
                return True
        return super().event(event)

    def _tip(self, event: QEvent) -> None:
        assert isinstance(event, QHelpEvent)
        pointer = self.hand.pointer(QPointF(event.pos()), Qt.KeyboardModifier.NoModifier)
        text = tip_at(self, pointer, event.pos())
        if text:
            QToolTip.showText(event.globalPos(), text, self)
        else:
            QToolTip.hideText()

    # ---- keys and menus -------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.hand.is_busy:
            self.cancel_gesture()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.state.keys:
            self.delete_selection()
        else:
            super().keyPressEvent(event)

    def cancel_gesture(self) -> None:
        self.hand.cancel()

    def delete_selection(self) -> None:
        """The selected keyframes, or the selected clips, which leave a gap."""
        if self.state.keys:
            self.keys.delete()
            return
        ids = tuple(c.id for c in self.state.project.clips() if c.id in self.state.selection)
        if ids:
            self._bridge.do(LiftClips(ids), self)

    def open_curve(self, axis: AxisId) -> None:
        """Choose an axis and ask for its curve."""
        self.keys.choose(axis)
        self.curve_wanted.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        pointer = self.hand.pointer(QPointF(event.pos()), event.modifiers())
        lane = hits.lane_at(self.state, pointer.y)
        if event.pos().y() < lay.LANES_TOP:
            marker = marker_at(self.state, event.pos().x(), event.pos().y())
            if marker is not None:
                self.open_marker(marker)
            return
        key = hits.key_at(self.state, lane, pointer.x, pointer.y) if lane and pointer.x >= HEAD_W else None
        if key is not None:
            self.keys.take(key)
            self.key_menu_wanted.emit(event.globalPos())
            return
        menu = menu_at(self, self._bridge, pointer)
        if menu is not None:
            menu.exec(event.globalPos())
            menu.deleteLater()

    # ---- drop -----------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files_dropped.emit([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()


def _mask_words(project: Project) -> list[object]:
    """All that the lane of masks shows."""
    return [(c.id, [(m.name, m.is_enabled, _shape_keys(m)) for m in c.masks]) for c in project.clips() if c.masks]


def _shape_keys(mask: Mask) -> list[Time]:
    return [key.time for shape in mask.shapes for key in shape.keys]
