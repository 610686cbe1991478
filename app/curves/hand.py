"""The hand on the plot of curves: what a press, a drag, a release and the wheel do. Main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from app.curves import gestures, hits
from app.session_bridge import GestureRun, SessionBridge
from app.timeline.canvas import TimelineCanvas
from app.timeline.layout import HEAD_W, RULER_H
from app.timeline.state import KeyRef
from core.document.commands import SetKeyframe
from core.words import tr

if TYPE_CHECKING:
    from app.curves.view import CurveView


class PlotHand:
    """Belongs to one view, which passes it its mouse events."""

    def __init__(self, view: CurveView, canvas: TimelineCanvas, bridge: SessionBridge) -> None:
        self._view, self._canvas, self._bridge = view, canvas, bridge
        self.is_locked = False
        """Shift is down in a drag."""
        self.band: QRectF | None = None
        self._run: GestureRun[QPointF] | None = None
        self._drag: tuple[str, QPointF] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether there is a drag that Esc takes back."""
        return self._run is not None

    def cancel(self) -> None:
        """Take the running drag back."""
        if self._run is not None:
            run, self._run = self._run, None
            run.cancel()

    def press(self, event: QMouseEvent) -> None:
        point, plot = event.position(), self._view.plot
        if event.button() is Qt.MouseButton.MiddleButton:
            self._drag = "pan", point
            return
        if event.button() is not Qt.MouseButton.LeftButton or plot is None or point.x() < HEAD_W:
            return
        if point.y() < RULER_H:
            self._drag = "seek", point
            self._seek(point)
        elif (held := hits.handle_at(plot, self._view.curves, self._view.spots, point)) is not None:
            self._begin(tr("Shape curve"), gestures.bend(self._view, plot, held))
        elif (spot := hits.key_at(plot, self._view.curves, point)) is not None:
            self._take(spot, event.modifiers())
            self._begin(tr("Move keyframes"), gestures.move(self._view, plot, point))
        elif edges := hits.edge_at(plot, self._view.spots, point):
            self._begin(tr("Scale keyframes"), gestures.scale(self._view, plot, edges))
        else:
            if not event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier):
                self._view.select(())
            self._drag = "band", point

    def _take(self, spot: KeyRef, keys: Qt.KeyboardModifier) -> None:
        self._canvas.keys.take(
            spot,
            adds=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            flips=bool(keys & Qt.KeyboardModifier.ControlModifier),
        )

    def _begin(self, label: str, script: gestures.Script) -> None:
        self._run = GestureRun(self._bridge, label, script, self._view)

    def move(self, event: QMouseEvent) -> None:
        point = event.position()
        self.is_locked = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self._run is not None:
            self._run.send(point)
        elif self._drag is not None:
            kind, began = self._drag
            if kind == "seek":
                self._seek(point)
            elif kind == "pan":
                self._drag = kind, point
                self._pan(point - began)
            else:
                self.band = QRectF(began, point).normalized()
                self._view.redraw()
        else:
            self._show_cursor(point)

    def _pan(self, by: QPointF) -> None:
        """The plot follows the hand."""
        scale, plot = self._canvas.state.scale, self._view.plot
        self._canvas.scroll_to(scale.origin_s - by.x() / scale.px_per_s)
        if plot is not None:
            self._view.pan_values(by.y() / plot.area.height())

    def release(self, event: QMouseEvent) -> None:
        if self._run is not None:
            run, self._run = self._run, None
            run.finish()
        elif self.band is not None and (plot := self._view.plot) is not None:
            inside = {(c.axis, k.time) for c in self._view.curves for k in c.keys if self.band.contains(plot.at(c, k))}
            self._view.select(self._view.spots | inside)
        self._drag = self.band = None
        self._show_cursor(event.position())
        self._view.redraw()

    def _show_cursor(self, point: QPointF) -> None:
        plot, shape = self._view.plot, Qt.CursorShape.ArrowCursor
        if plot is None or point.x() < HEAD_W:
            pass
        elif hits.key_at(plot, self._view.curves, point) or hits.handle_at(
            plot, self._view.curves, self._view.spots, point
        ):
            shape = Qt.CursorShape.PointingHandCursor
        elif edges := set(hits.edge_at(plot, self._view.spots, point)):
            both = Qt.CursorShape.SizeAllCursor
            shape = Qt.CursorShape.SizeVerCursor if edges <= set("tb") else both
            shape = Qt.CursorShape.SizeHorCursor if edges <= set("lr") else shape
        self._view.setCursor(shape)

    def press_twice(self, event: QMouseEvent) -> None:
        """A keyframe on the curve under the hand, without changing its course there."""
        point, plot = event.position(), self._view.plot
        if plot is None or point.x() < HEAD_W or point.y() < RULER_H:
            return
        curve = hits.curve_at(plot, self._view.curves, point)
        if curve is not None and hits.key_at(plot, self._view.curves, point) is None:
            source = plot.clip.source_time(self._canvas.state.time_at(point.x()))
            if self._bridge.do(SetKeyframe(plot.clip.id, curve.axis, source), self._view):
                self._view.select(((curve.axis, source),))

    def turn(self, event: QWheelEvent) -> None:
        turn, keys = event.angleDelta(), event.modifiers()
        if keys & Qt.KeyboardModifier.AltModifier and keys & Qt.KeyboardModifier.ShiftModifier:
            self._view.pan_values((turn.y() or turn.x()) / 1200)
        elif keys & Qt.KeyboardModifier.AltModifier:
            self._view.zoom_values(1.0015 ** (turn.y() or turn.x()))
        elif keys & Qt.KeyboardModifier.ControlModifier:
            self._canvas.zoom_by(1.0015 ** turn.y(), event.position().x())
        else:
            scale = self._canvas.state.scale
            self._canvas.scroll_to(scale.origin_s - (turn.x() or turn.y()) / 2 / scale.px_per_s)
        event.accept()

    def _seek(self, point: QPointF) -> None:
        self._canvas.seek(self._canvas.state.edge_at(point.x()))
