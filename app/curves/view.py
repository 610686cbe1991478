"""The curves of the selected clip, to be bent, moved and scaled. Main thread.

Every drag is one undo step of `SetCurves` or `SetHandles`, computed from the clip the drag began with; Esc takes it back.
Selection and chosen axis are the timeline's: its lanes show the same keyframes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.curves import hits
from app.curves.arrows import action_of, obey
from app.curves.axis_list import AxisList, Row
from app.curves.hand import PlotHand
from app.curves.hits import Held
from app.curves.keys import KeyDesk
from app.curves.paint import paint_moving, paint_still
from app.curves.plot import Lens, Plot, Span, span_of
from app.curves.walk import KeyWalk, spoken
from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from app.timeline.keyframes import keys_of, stretch
from app.timeline.layout import HEAD_W, RULER_H
from app.timeline.state import KeyRef, TimelineState
from app.widgets.param_spec import ParamSpec
from core.document.model import Clip, Curve, animatable_axis
from core.ids import AxisId, ClipId
from core.timebase import TimeRange
from core.words import tr

INSET: Final = 14.0
ZOOM_STEP: Final = 1.5
PAN_STEP: Final = 0.1
"""Of what is seen."""


class CurveView(QWidget):
    """Axis list at the left, plot at the right; ruler, zoom and playhead are the timeline's."""

    def __init__(self, bridge: SessionBridge, canvas: TimelineCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge, self._canvas = bridge, canvas
        self.hidden: frozenset[AxisId] = frozenset()
        self.held: Held | None = None
        """The handle that arrow keys move."""
        self.lens = Lens()
        self._spans: dict[AxisId, Span] = {}
        self._spans_of: ClipId | None = None
        self.keys = KeyDesk(bridge, canvas, self)
        self.walk = KeyWalk(canvas, self)
        self.hand = PlotHand(self, canvas, bridge)
        self.axes = AxisList(self)
        self.axes.chosen.connect(self._choose)
        self.axes.eye_clicked.connect(self.flip_eye)
        self._still: QPixmap | None = None
        self.setAccessibleName(tr("Curves"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        canvas.moved.connect(self._on_moved)
        canvas.scale_changed.connect(self.redraw)
        canvas.selection_changed.connect(lambda _: self._on_changed())
        canvas.keys_changed.connect(self._on_picked)
        bridge.changed.connect(lambda *_: self._on_changed())
        bridge.settled.connect(self._on_changed)
        canvas.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.axes.setGeometry(0, RULER_H, HEAD_W - 1, max(0, self.height() - RULER_H))
        self._size_canvas()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._size_canvas()
        self._on_changed()

    def _size_canvas(self) -> None:
        """The scale that both share fits into whichever of them is in sight."""
        if not self._canvas.isVisible():
            self._canvas.stand_behind(self.size())

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What the rows of the action table do that are about curves and keyframes."""
        return {
            **self.keys.handlers(),
            **self.walk.handlers(),
            "fit_keys": self.fit_all,
            "fit_chosen_keys": self.fit_chosen,
            "values_in": partial(self.zoom_values, ZOOM_STEP),
            "values_out": partial(self.zoom_values, 1 / ZOOM_STEP),
            "values_up": partial(self.pan_values, PAN_STEP),
            "values_down": partial(self.pan_values, -PAN_STEP),
            "hide_curve": lambda: self.flip_eye(self._canvas.state.axis),
            "show_all_curves": self.show_all,
        }

    # ---- what there is --------------------------------------------------------------------------------------------

    @property
    def state(self) -> TimelineState:
        return self._canvas.state

    @property
    def clip(self) -> Clip | None:
        return self._canvas.state.clip

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Those that are not hidden."""
        clip = self.clip
        return tuple(c for c in clip.look.curves if c.axis not in self.hidden) if clip else ()

    @property
    def rows(self) -> tuple[Curve, ...]:
        """The curves a person sees: these, or all of them in the timeline's lanes."""
        return self.curves if self.isVisible() else self.clip.look.curves if self.clip else ()

    @property
    def plot(self) -> Plot | None:
        clip = self.clip
        area = QRectF(HEAD_W, RULER_H + INSET, self.width() - HEAD_W, max(1.0, self.height() - RULER_H - 2 * INSET))
        return None if clip is None else Plot(self._canvas.state, clip, area, self._spans, self.lens)

    @property
    def chosen(self) -> AxisId | None:
        """The axis whose values stand at the left of the plot."""
        return self._canvas.state.axis

    @chosen.setter
    def chosen(self, axis: AxisId | None) -> None:
        self._canvas.keys.choose(axis)

    @property
    def active(self) -> Curve | None:
        """The chosen curve, else the first in sight."""
        rows = self.rows
        return next((c for c in rows if c.axis == self.chosen), rows[0] if rows else None)

    @property
    def spots(self) -> frozenset[KeyRef]:
        """The keyframes that are selected."""
        return self._canvas.state.keys

    def select(self, spots: Iterable[KeyRef]) -> None:
        self._canvas.keys.pick(spots)

    def select_all(self) -> None:
        self.select((c.axis, k.time) for c in self.rows for k in c.keys)

    def _on_changed(self) -> None:
        self._measure()
        if self.held is not None and not self._is_held():
            self.held = None
        if self.isVisible():
            self.describe()
        self.redraw()

    def _on_picked(self) -> None:
        """The value and instant of the keyframe in hand are read out, also while it is dragged."""
        self._on_changed()
        if self.state.focus_key is not None:
            self.walk.say()

    def _on_moved(self) -> None:
        if self.isVisible():
            self._list()
            self.update()

    def _measure(self) -> None:
        """Each curve keeps the span it was first drawn over, so that what a hand or a key lifts is seen to rise; it gets
        another once a keyframe has left it and no hand is on it."""
        clip = self.clip
        if clip is None or clip.id != self._spans_of:
            self._spans, self._spans_of, self.lens = {}, clip.id if clip else None, Lens()
        for curve in clip.look.curves if clip else ():
            span = self._spans.get(curve.axis)
            left = span is not None and not all(span.low <= k.value <= span.high for k in curve.keys)
            if span is None or (left and not self.bridge.in_gesture):
                self._spans[curve.axis] = span_of(curve)

    def _is_held(self) -> bool:
        """Whether the handle in hand is still there, on a keyframe that is selected."""
        plot = self.plot
        assert self.held is not None
        found = keys_of(plot.clip, (self.held[0],)) if plot is not None and self.held[0] in self.spots else []
        return plot is not None and any(self.held[1] in plot.handles(curve, key) for curve, key in found)

    def describe(self) -> None:
        """Say what is seen, and where the keyboard stands, to whoever reads the window aloud."""
        self._list()
        if self.active is not None:
            self.axes.show_row(self.active.axis)
        said = tr(
            "{curves} curves, {keys} keyframes, {chosen} selected",
            curves=len(self.curves),
            keys=sum(len(c.keys) for c in self.curves),
            chosen=len(self.spots),
        )
        self.setAccessibleDescription(". ".join(filter(None, (said, self.walk.said()))))

    def _list(self) -> None:
        clip, active = self.clip, self.active
        if clip is None:
            self.axes.show_rows(())
            return
        now = clip.source_time(self._canvas.state.playhead)
        rows = []
        for curve in clip.look.curves:
            value = clip.look.value_at(curve.axis, now)
            shown = ParamSpec.of_axis(animatable_axis(curve.axis)).text(value)
            is_chosen = active is not None and active.axis == curve.axis
            rows.append(Row(curve.axis, shown, spoken(curve, value), is_chosen, curve.axis in self.hidden))
        self.axes.show_rows(rows)

    def _choose(self, axis: AxisId) -> None:
        self.chosen = axis
        self.walk.say()

    def flip_eye(self, axis: AxisId | None) -> None:
        """Hide a curve, or show it again; without one, the chosen one."""
        axis = axis or (self.active.axis if self.active else None)
        if axis is not None:
            self.hidden = self.hidden ^ {axis}
            self._canvas.keys.pick(spot for spot in self.spots if spot[0] not in self.hidden)
            self._on_changed()

    def show_all(self) -> None:
        self.hidden = frozenset()
        self._on_changed()

    # ---- what is in sight -----------------------------------------------------------------------------------------

    def fit_all(self) -> None:
        """The whole clip and every keyframe of the curves in sight, in time and value."""
        clip = self.clip
        if clip is not None:
            self._spans, self.lens = {}, Lens()
            keys = stretch(clip, ((c.axis, k.time) for c in self.rows for k in c.keys)) or clip.span
            start, end = min(keys.start, clip.span.start), max(keys.end, clip.span.end)
            self._canvas.show_span(TimeRange(start, end))
            self._on_changed()

    def fit_chosen(self) -> None:
        """The selected keyframes, in time and value; all of them where none is selected."""
        plot = self.plot
        keys = stretch(plot.clip, self.spots) if plot else None
        if plot is None or keys is None:
            self.fit_all()
            return
        held = keys_of(plot.clip, self.spots)
        self._spans |= {curve.axis: span_of(curve) for curve, _ in held}
        shares = ((k.value - self._spans[c.axis].low) / self._spans[c.axis].length for c, k in held)
        self.lens = Lens.about(shares) if len(held) > 1 else Lens()
        self._canvas.show_span(keys)
        self.redraw()

    def zoom_values(self, factor: float) -> None:
        """Stretch or squeeze values about the middle."""
        self.lens = self.lens.zoomed(factor)
        self.redraw()

    def pan_values(self, share: float) -> None:
        """See higher values, by a share of what is seen."""
        self.lens = self.lens.panned(share)
        self.redraw()

    # ---- the mouse ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hand.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hand.press_twice(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hand.release(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.hand.turn(event)

    # ---- keys and painting ----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and action_of(event):
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The same arrows on the timeline, while there are keyframes in its lanes."""
        if watched is self._canvas and isinstance(event, QKeyEvent) and self.rows and action_of(event):
            if event.type() is QEvent.Type.KeyPress:
                obey(event, self.handlers())
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if obey(event, self.handlers()):
            return
        if key == Qt.Key.Key_Escape and self.hand.is_busy:
            self.hand.cancel()
        elif key == Qt.Key.Key_Escape and (self.held is not None or self.spots):
            self.held = None
            self.select(())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.walk.select_here()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point, plot = QPointF(event.pos()), self.plot
        is_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        spot = hits.key_at(plot, self.curves, point) if plot is not None and is_mouse else None
        if spot is not None and spot not in self.spots:
            self.select((spot,))
        if self.spots:
            self.keys.menu().popup(event.globalPos() if is_mouse else self._beside_focus())

    def _beside_focus(self) -> QPoint:
        """Where a menu opens that was asked for by a key: at the keyframe the keyboard stands at."""
        plot, spot = self.plot, self._canvas.state.focus_key
        if plot is not None and spot is not None:
            for curve, key in keys_of(plot.clip, (spot,)):
                return self.mapToGlobal(plot.at(curve, key).toPoint())
        return self.mapToGlobal(self.rect().center())

    def redraw(self) -> None:
        """Something other than the playhead is new."""
        self._still = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.size() != self.size() * ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            paint_still(self, self._still)
        paint_moving(self, self._still)
