"""The curves of the selected clip, to be bent, moved and scaled. Main thread.

Every drag is one undo step of `SetCurves` or `SetHandles`, computed from the clip the drag began with; Esc takes it back.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.curves.keys import KeyDesk
from app.curves.plot import Plot, Spot, keys_of, moved
from app.session_bridge import GestureRun, SessionBridge
from app.timeline.canvas import TimelineCanvas
from app.timeline.layout import HEAD_W, RULER_H
from app.timeline.scale import snapped
from core.document.commands import SetCurves, SetHandles, SetKeyframe
from core.document.model import Clip, Curve
from core.ids import AxisId
from core.timebase import Time
from core.words import tr

GRAB_PX: Final = 8.0
BOX_GRAB_PX: Final = 6.0
MANY: Final = 10
"""Frames or hundredths that Shift makes of one."""
ROW_H: Final = 22.0
INSET: Final = 14.0


class CurveView(QWidget):
    """Axis list at the left, plot at the right; ruler, zoom and playhead are the timeline's."""

    def __init__(self, bridge: SessionBridge, canvas: TimelineCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._canvas = bridge, canvas
        self.spots: frozenset[Spot] = frozenset()
        """The keyframes that are selected."""
        self.hidden: frozenset[AxisId] = frozenset()
        self.chosen: AxisId | None = None
        """The axis whose values stand at the left of the plot."""
        self.band: QRectF | None = None
        self.zoom = 1.0
        self.keys = KeyDesk(bridge, canvas, self)
        self._run: GestureRun[QPointF] | None = None
        self._drag: tuple[str, QPointF] | None = None
        self.setAccessibleName(tr("Curves"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        canvas.moved.connect(self.update)
        canvas.scale_changed.connect(self.update)
        canvas.selection_changed.connect(lambda _: self._on_changed())
        bridge.changed.connect(lambda *_: self._on_changed())

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_canvas()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._size_canvas()

    def _size_canvas(self) -> None:
        """The scale that both share fits into whichever of them is in sight."""
        if not self._canvas.isVisible():
            self._canvas.stand_behind(self.size())

    # ---- what there is --------------------------------------------------------------------------------------------

    @property
    def clip(self) -> Clip | None:
        return self._canvas.state.clip

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Those in sight."""
        clip = self.clip
        return tuple(c for c in clip.look.curves if c.axis not in self.hidden) if clip else ()

    @property
    def plot(self) -> Plot | None:
        clip = self.clip
        area = QRectF(HEAD_W, RULER_H + INSET, self.width() - HEAD_W, self.height() - RULER_H - 2 * INSET)
        return None if clip is None else Plot(self._canvas.state, clip, area, self.zoom)

    @property
    def active(self) -> Curve | None:
        """The chosen curve, else the first in sight."""
        curves = self.curves
        return next((c for c in curves if c.axis == self.chosen), curves[0] if curves else None)

    def _on_changed(self) -> None:
        clip = self.clip
        there = {(c.axis, k.time) for c in clip.look.curves for k in c.keys} if clip else set()
        self.spots &= frozenset(there)
        self._say()
        self.update()

    def _say(self) -> None:
        count, chosen = sum(len(c.keys) for c in self.curves), len(self.spots)
        self.setAccessibleDescription(
            tr(
                "{curves} curves, {keys} keyframes, {chosen} selected",
                curves=len(self.curves),
                keys=count,
                chosen=chosen,
            )
        )

    def select(self, spots: Iterable[Spot]) -> None:
        self.spots = frozenset(spots)
        self._say()
        self.update()

    def select_all(self) -> None:
        self.select((c.axis, k.time) for c in self.curves for k in c.keys)

    # ---- under the hand -------------------------------------------------------------------------------------------

    def key_at(self, point: QPointF) -> Spot | None:
        plot = self.plot
        if plot is None:
            return None
        near = [
            (away.manhattanLength(), (curve.axis, key.time))
            for curve in self.curves
            for key in curve.keys
            if (away := plot.at(curve, key) - point).manhattanLength() <= GRAB_PX + 3
        ]
        return min(near, key=lambda item: item[0])[1] if near else None

    def handle_at(self, point: QPointF) -> tuple[Spot, str] | None:
        """A handle of a selected key within reach."""
        plot = self.plot
        if plot is None:
            return None
        for curve, key in keys_of(plot.clip, self.spots):
            if curve.axis in self.hidden:
                continue
            for side, at in plot.handles(curve, key).items():
                if (at - point).manhattanLength() <= GRAB_PX:
                    return (curve.axis, key.time), side
        return None

    def curve_at(self, point: QPointF) -> Curve | None:
        """The curve that runs within reach of a point."""
        plot = self.plot
        if plot is None:
            return None
        time = self._canvas.state.instant_at(point.x())
        source = plot.clip.source_time(time)
        near = [(abs(plot.y(c, c.value_at(source)) - point.y()), c) for c in self.curves]
        away, curve = min(near, key=lambda item: item[0], default=(GRAB_PX, None))
        return curve if away < GRAB_PX else None

    def edge_at(self, point: QPointF) -> str:
        """Which edges of the box about the selection are within reach: letters of `lrtb`."""
        plot = self.plot
        box = plot.box(self.spots) if plot else None
        if box is None or not box.adjusted(-BOX_GRAB_PX, -BOX_GRAB_PX, BOX_GRAB_PX, BOX_GRAB_PX).contains(point):
            return ""
        found = "l" if abs(point.x() - box.left()) <= BOX_GRAB_PX else ""
        found += "r" if abs(point.x() - box.right()) <= BOX_GRAB_PX else ""
        found += "t" if abs(point.y() - box.top()) <= BOX_GRAB_PX else ""
        return found + ("b" if abs(point.y() - box.bottom()) <= BOX_GRAB_PX else "")

    def row_at(self, point: QPointF) -> Curve | None:
        """The row of the axis list under a point."""
        clip = self.clip
        number = int((point.y() - RULER_H - 6) // ROW_H)
        curves = clip.look.curves if clip else ()
        return curves[number] if point.x() < HEAD_W and 0 <= number < len(curves) else None

    # ---- the mouse ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point, plot = event.position(), self.plot
        if event.button() is not Qt.MouseButton.LeftButton or plot is None:
            return
        if point.x() < HEAD_W:
            self._press_row(point)
        elif point.y() < RULER_H:
            self._drag = "seek", point
            self._seek(point)
        elif (held := self.handle_at(point)) is not None:
            self._begin(tr("Shape curve"), self._bend(plot, *held))
        elif (spot := self.key_at(point)) is not None:
            self._take(spot, event)
            self._begin(tr("Move keyframes"), self._move(plot, point))
        elif edges := self.edge_at(point):
            self._begin(tr("Scale keyframes"), self._scale(plot, edges))
        else:
            if not event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier):
                self.select(())
            self._drag = "band", point

    def _press_row(self, point: QPointF) -> None:
        curve = self.row_at(point)
        if curve is None:
            return
        if point.x() > HEAD_W - 30:
            self.hidden = self.hidden ^ {curve.axis}
        else:
            self.chosen = curve.axis
        self._on_changed()

    def _take(self, spot: Spot, event: QMouseEvent) -> None:
        self.chosen = spot[0]
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.select(self.spots ^ {spot})
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.select(self.spots | {spot})
        elif spot not in self.spots:
            self.select((spot,))

    def _begin(self, label: str, script: Generator[None, QPointF, None]) -> None:
        self._run = GestureRun(self._bridge, label, script, self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        self._is_locked = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self._run is not None:
            self._run.send(point)
        elif self._drag is not None:
            kind, began = self._drag
            if kind == "seek":
                self._seek(point)
            else:
                self.band = QRectF(began, point).normalized()
                self.update()
        else:
            self._show_cursor(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._run is not None:
            run, self._run = self._run, None
            run.finish()
        elif self.band is not None and (plot := self.plot) is not None:
            inside = {(c.axis, k.time) for c in self.curves for k in c.keys if self.band.contains(plot.at(c, k))}
            self.select(self.spots | inside)
        self._drag = self.band = None
        self._show_cursor(event.position())
        self.update()

    def _show_cursor(self, point: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        edges = "" if self.key_at(point) or self.handle_at(point) else self.edge_at(point)
        if edges:
            shape = {"lr": Qt.CursorShape.SizeHorCursor, "tb": Qt.CursorShape.SizeVerCursor}.get(
                "lr" if set(edges) <= set("lr") else "tb" if set(edges) <= set("tb") else "",
                Qt.CursorShape.SizeAllCursor,
            )
        elif self.key_at(point) or self.handle_at(point):
            shape = Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A keyframe on the curve under the hand, without changing its course there."""
        point, plot = event.position(), self.plot
        curve = self.curve_at(point)
        if plot is not None and curve is not None and self.key_at(point) is None:
            time = self._canvas.state.time_at(point.x())
            source = plot.clip.source_time(time)
            if self._bridge.do(SetKeyframe(plot.clip.id, curve.axis, source), self):
                self.select(((curve.axis, source),))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.zoom = min(max(self.zoom * 1.0015 ** (turn.y() or turn.x()), 0.25), 16.0)
            self.update()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._canvas.zoom_by(1.0015 ** turn.y(), event.position().x())
        else:
            scale = self._canvas.state.scale
            self._canvas.scroll_to(scale.origin_s - (turn.x() or turn.y()) / 2 / scale.px_per_s)
        event.accept()

    def _seek(self, point: QPointF) -> None:
        self._canvas.seek(self._canvas.state.edge_at(point.x()))

    # ---- drags ----------------------------------------------------------------------------------------------------

    def _move(self, plot: Plot, began: QPointF) -> Generator[None, QPointF, None]:
        """Relative to where the hand took hold; with Shift along the longer way only. Keys fall on frames, and stick."""
        held = keys_of(plot.clip, self.spots)
        first = min((k.time for _, k in held), default=None)
        while True:
            point = yield
            away = point - began
            if self._is_locked:
                away = QPointF(away.x(), 0) if abs(away.x()) >= abs(away.y()) else QPointF(0, away.y())
            by = self._snapped(plot, first, away.x()) if first is not None else None
            if by is None:
                continue
            span = {c.axis: plot.value(c, 0.0) - plot.value(c, away.y()) for c, _ in held}
            self.put(plot, {(c.axis, k.time): (k.time + by, k.value - span[c.axis]) for c, k in held})

    _is_locked = False

    def _snapped(self, plot: Plot, first: Time, dx: float) -> Time:
        """How far keys go for `dx` px: whole frames, or to what the first of them sticks to."""
        state = self._canvas.state
        here = plot.clip.timeline_time(first)
        wanted = state.edge_at(state.x(here) + dx) if abs(dx) >= 1.0 else here
        return snapped(wanted, state.snap_targets(), state.scale).time - here if abs(dx) >= 1.0 else wanted - here

    def _scale(self, plot: Plot, edges: str) -> Generator[None, QPointF, None]:
        """The box follows the hand; the other side stays."""
        box = plot.box(self.spots)
        assert box is not None
        inner = box.adjusted(9, 9, -9, -9)
        held = [(c, k, plot.at(c, k)) for c, k in keys_of(plot.clip, self.spots)]
        state = self._canvas.state
        while True:
            point = yield
            now = QRectF(inner)
            if "l" in edges:
                now.setLeft(min(point.x() + 9, inner.right() - 1))
            if "r" in edges:
                now.setRight(max(point.x() - 9, inner.left() + 1))
            if "t" in edges:
                now.setTop(point.y() + 9)
            if "b" in edges:
                now.setBottom(point.y() - 9)
            wide, tall = max(inner.width(), 1e-6), inner.height()
            goes = {}
            for curve, key, at in held:
                x = now.left() + (at.x() - inner.left()) / wide * now.width()
                y = now.top() + (at.y() - inner.top()) / tall * now.height() if tall > 1e-6 else at.y()
                time = plot.clip.source_time(state.edge_at(x)) if set(edges) & set("lr") else key.time
                value = plot.value(curve, y) if set(edges) & set("tb") else key.value
                goes[curve.axis, key.time] = (time, value)
            self.put(plot, goes)

    def _bend(self, plot: Plot, spot: Spot, side: str) -> Generator[None, QPointF, None]:
        """The other handle turns along, as long as nobody broke the two apart; Shift breaks them."""
        ((curve, key),) = keys_of(plot.clip, (spot,))
        both = plot.handles(curve, key)
        middle = plot.at(curve, key)
        while True:
            point = yield
            hands = {side: plot.handle_at(curve, key, side, point)}
            other = "out" if side == "into" else "into"
            if other in both and not self._is_locked:
                away, reach = middle - point, (both[other] - middle).manhattanLength()
                size = max(abs(away.x()) + abs(away.y()), 1e-6)
                hands[other] = plot.handle_at(curve, key, other, middle + away * (reach / size))
            found = {"into": key.into, "out": key.out} | hands
            self._bridge.do(SetHandles(plot.clip.id, curve.axis, key.time, found["into"], found["out"]), self)

    def put(self, plot: Plot, goes: dict[Spot, tuple[Time, float]]) -> None:
        low, high = Time.from_frame(0, self._canvas.state.project.rate), self._canvas.state.project.length_of(plot.clip)
        held = {spot: (min(max(time, low), high), value) for spot, (time, value) in goes.items()}
        curves, fresh = moved(plot.clip, goes, held)
        if self._bridge.do(SetCurves(plot.clip.id, curves, tr("Move keyframes")), self):
            self.select(fresh)

    # ---- keys -----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = MANY if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        ways = {
            Qt.Key.Key_Left: (-step, 0),
            Qt.Key.Key_Right: (step, 0),
            Qt.Key.Key_Up: (0, step),
            Qt.Key.Key_Down: (0, -step),
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self._run is not None:
            run, self._run = self._run, None
            run.cancel()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keys.select_here()
        elif key in ways and event.modifiers() & Qt.KeyboardModifier.AltModifier and self.spots:
            self.keys.nudge(*ways[key])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = QPointF(event.pos())
        spot = self.key_at(point)
        if spot is not None and spot not in self.spots:
            self.select((spot,))
        if self.spots:
            menu = self.keys.menu()
            menu.popup(event.globalPos() if event.reason() is QContextMenuEvent.Reason.Mouse else self._middle())

    def _middle(self) -> QPoint:
        return self.mapToGlobal(self.rect().center())

    # ---- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        from app.curves.paint import paint_curves

        paint_curves(self)
