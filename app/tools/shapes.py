"""The shapes tool: draws outlines and gradients of a mask over the picture, and edits them. Main thread.

With a kind in hand a drag draws one (of a path, clicks and drags set its points); then, and with none, a press takes hold of
what lies under it. A shape that has keyframes gets one wherever it is changed.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QMenu

from app.shape_desk import ShapeDesk
from app.tools.gesture_tool import GestureTool
from app.tools.pen import Pen
from app.tools.shape_grips import (
    BODY,
    At,
    Grip,
    Held,
    Part,
    contains,
    distance_to,
    dragged,
    drawn_box,
    grips,
    nearest_on_path,
    shifted,
    stepped,
    toggled,
    usual,
)
from app.tools.shape_menu import shape_menu
from app.tools.shape_paint import TURN_AWAY_PX, paint_draft, paint_grips, paint_shape, px
from app.tools.shape_walk import Stop, next_stop, said_of
from app.viewer.labels import LABEL_H, paint_label
from app.viewer.tool import Pointer
from app.widgets.gesture import SLOP_PX, pace
from core.document.mask_shapes import (
    AnyForm,
    Box,
    LinearGradient,
    PathShape,
    Shape,
    kind_name,
)
from core.ids import ShapeId, new_id
from core.words import inline, msg, tr

REACH_PX: Final = 8.0
"""A grip or an outline can be taken hold of this far away."""
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_REMOVE: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TABS: Final = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
_CURSORS: Final = {Part.TURN: Qt.CursorShape.PointingHandCursor, Part.BODY: Qt.CursorShape.SizeAllCursor}
PEN_HINT: Final = msg(
    "Click for a corner, drag for a bend. Click the first point or press Enter to close, Backspace takes one back."
)
DRAW_HINT: Final = msg("Drag to draw: Shift keeps it even, Alt draws from the middle. Enter puts one in the middle.")
EDIT_HINT: Final = msg(
    "Drag shapes, points and handles. Ctrl-click a path adds a point, Alt breaks or pulls handles, Shift holds angles."
)


class ShapesTool(GestureTool):
    """`kind` is what the next drag draws; None only edits."""

    hinted = Signal()
    """What `hint` says is another sentence now."""

    def __init__(self, desk: ShapeDesk, parent: QObject | None = None) -> None:
        super().__init__(desk.context.bridge, parent)
        self._desk = desk
        self.kind: type[AnyForm] | None = None
        self._pen = Pen()
        self._hot: tuple[ShapeId, Grip] | None = None
        self._at: Pointer | None = None
        self._is_stepping = False
        self._turn: float | None = None
        self._said = ""
        desk.changed.connect(self.changed)

    def use(self, kind: type[AnyForm] | None) -> None:
        """Draw this kind next."""
        self.cancel()
        self.kind, self._said = kind, ""
        if kind is not None:
            self._desk.select(None)
        self.hinted.emit()
        self.changed.emit()

    @property
    def hint(self) -> str:
        if not self._desk.is_shown:
            return tr("Move the playhead onto the selected clip to draw in its masks.")
        if self._said:
            return self._said
        if self.kind is PathShape:
            return tr(PEN_HINT)
        return tr(EDIT_HINT if self.kind is None else DRAW_HINT)

    # ---- what is under the hand -----------------------------------------------------------------------------------

    def _grips(self, rect: QRectF) -> list[tuple[Grip, At]]:
        """Of the selected shape."""
        form = self._desk.form
        if form is None or rect.isEmpty():
            return []
        return list(grips(form, rect.width() / rect.height(), self._desk.point, TURN_AWAY_PX / rect.height()))

    def _hold_at(self, pointer: Pointer) -> tuple[ShapeId, Grip] | None:
        """What a press here would take hold of: a grip of the selected shape, else an outline, else what it is inside of."""
        selected, at = self._desk.shape, _at(pointer)
        if selected is not None:
            near = [
                (_apart(px(place, pointer.rect), pointer.px), n, grip)
                for n, (grip, place) in enumerate(self._grips(pointer.rect))
            ]
            away, _, grip = min(near, default=(REACH_PX + 1.0, 0, BODY), key=lambda each: each[:2])
            if away <= REACH_PX:
                return selected.id, grip
        shapes = self._stack()
        aspect, reach = _aspect(pointer.rect), REACH_PX / pointer.rect.height()
        for shape in shapes:
            if distance_to(shape.at(self._desk.time), at, aspect) <= reach:
                return shape.id, BODY
        inside = (s.id for s in shapes if contains(s.at(self._desk.time), at, aspect))
        found = next(inside, None)
        return (found, BODY) if found else None

    def _stack(self) -> list[Shape]:
        """The selected one first, then from the top down."""
        selected = self._desk.shape
        return [*([selected] if selected else []), *(s for s in reversed(self._desk.shapes) if s is not selected)]

    # ---- pointer --------------------------------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        self.key_up()
        self._hush()
        self._at = pointer
        if not self._desk.is_shown:
            return
        if self.kind is PathShape:
            self._pen.press(_at(pointer), _aspect(pointer.rect), _held(pointer), REACH_PX / pointer.rect.height())
            self.changed.emit()
        elif self.kind is not None:
            self.begin(tr("Add {kind}", kind=inline(kind_name(usual(self.kind, 1.0)))), self._draw(self.kind, pointer))
        else:
            self._take_hold(pointer)

    def _take_hold(self, pointer: Pointer) -> None:
        hold = self._hold_at(pointer)
        if hold is None:
            self._desk.select(None)
            return
        shape, grip = hold
        if grip.part is Part.BODY and pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            self._desk.select(shape)
            if self._add_point(pointer):
                return
        is_point = grip.part in (Part.POINT, Part.INTO, Part.OUT)
        self._desk.select(shape, grip.index if is_point else None)
        form = self._desk.form
        assert form is not None
        self.begin(tr("Change {kind}", kind=inline(kind_name(form))), self._reshape(form, grip, pointer))

    def _draw(self, kind: type[AnyForm], began: Pointer) -> Generator[None, Pointer, None]:
        """A new shape pulled open; a click alone puts none there."""
        id_, start, aspect = ShapeId(new_id("shape")), _at(began), _aspect(began.rect)
        while True:
            pointer = yield
            now, held = _at(pointer), _held(pointer)
            if _apart(pointer.px, began.px) > SLOP_PX or self._desk.shape is not None:
                if issubclass(kind, LinearGradient):
                    way = stepped(now - start) if held.even else now - start
                    end = start.plus(way)
                    self._desk.add(LinearGradient(start.x / aspect, start.y, end.x / aspect, end.y), id_)
                else:
                    assert not issubclass(kind, PathShape)
                    self._desk.add(drawn_box(kind, start, now, aspect, held), id_)

    def _reshape(self, form: AnyForm, grip: Grip, began: Pointer) -> Generator[None, Pointer, None]:
        start, aspect, has_moved = _at(began), _aspect(began.rect), False
        while True:
            pointer = yield
            has_moved = has_moved or _apart(pointer.px, began.px) > SLOP_PX
            if has_moved:
                changed = dragged(form, grip, start, _at(pointer), aspect, _held(pointer))
                self._desk.set_form(changed)
                self._turn = changed.rotation if grip.part is Part.TURN and isinstance(changed, Box) else None

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._pen.is_pulling:
            self._pen.move(_at(pointer), _aspect(pointer.rect), _held(pointer))
            self.changed.emit()
        else:
            super().move(pointer)

    def release(self, pointer: Pointer) -> None:
        self._turn = None
        if self._pen.is_pulling:
            path = self._pen.release()
            if path is not None:
                self._finish(path)
            self.changed.emit()
            return
        was_drawing = self.is_dragging and self.kind is not None and self._desk.shape is not None
        super().release(pointer)
        if was_drawing:
            self._edit_on()
        self.changed.emit()

    def _finish(self, path: PathShape) -> None:
        if self._desk.add(path):
            self._edit_on()

    def _edit_on(self) -> None:
        """What was drawn is in the hand."""
        self.kind = None
        self.hinted.emit()

    def double(self, pointer: Pointer) -> None:
        """On a point: corner or bend. On the line: another point."""
        hold = self._hold_at(pointer) if self.kind is None and self._desk.is_shown else None
        if hold is None:
            return
        shape, grip = hold
        self._desk.select(shape, grip.index if grip.part is Part.POINT else None)
        form = self._desk.form
        if grip.part is Part.POINT and isinstance(form, PathShape):
            self._desk.set_form(toggled(form, grip.index, _aspect(pointer.rect)))
        elif grip.part is Part.BODY:
            self._add_point(pointer)

    def _add_point(self, pointer: Pointer) -> bool:
        """Where the line of the selected path is near."""
        form = self._desk.form
        if not isinstance(form, PathShape):
            return False
        away, segment, share = nearest_on_path(form, _at(pointer), _aspect(pointer.rect))
        if away > REACH_PX / pointer.rect.height():
            return False
        self._desk.add_point(segment, share)
        return True

    def cancel(self) -> bool:
        self.key_up()
        self._turn = None
        had_draft = self._pen.clear()
        if had_draft:
            self.changed.emit()
        return super().cancel() or had_draft

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        hot = self._hold_at(pointer) if pointer and self.kind is None and self._desk.is_shown else None
        if hot != self._hot or self.kind is PathShape:
            self._hot = hot
            self.changed.emit()

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        if self.kind is not None:
            return Qt.CursorShape.CrossCursor
        hold = self._hold_at(pointer) if self._desk.is_shown else None
        return _CURSORS.get(hold[1].part, Qt.CursorShape.SizeAllCursor) if hold else Qt.CursorShape.ArrowCursor

    # ---- keys -----------------------------------------------------------------------------------------------------

    def claims(self, key: Qt.Key) -> bool:
        if self.kind is not None:
            return key in _ENTER or (bool(self._pen.points) and key in _REMOVE)
        if key in _TABS:
            return self._stop(_TABS[key]) is not None
        return self._desk.shape is not None and (key in _ARROWS or key in _REMOVE)

    def takes(self, event: QKeyEvent) -> bool:
        """While a path is drawn, undo is of its points."""
        return super().takes(event) or (bool(self._pen.points) and event.matches(QKeySequence.StandardKey.Undo))

    def key(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Undo):
            self._pen.take_back()
            self.changed.emit()
        elif self.kind is not None:
            self._draw_by_key(key)
        elif key in _TABS:
            stop = self._stop(_TABS[key])
            if stop is not None:
                self._desk.select(*stop)
                self._said = said_of(self._desk.shapes, *stop)
                self.hinted.emit()
        elif key in _REMOVE:
            self._hush()
            self._desk.remove_selected() if self._desk.point is None else self._desk.remove_point()
        elif key in _ARROWS:
            self._nudge(*_ARROWS[key], pace(event.modifiers()))

    def _draw_by_key(self, key: Qt.Key) -> None:
        if key in _REMOVE:
            self._pen.take_back()
            self.changed.emit()
        elif self._pen.points:
            path = self._pen.close()
            if path is not None:
                self._finish(path)
        elif self._desk.is_shown and self.kind is not None:
            width, height = self._desk.picture_size
            if self._desk.add(usual(self.kind, width / height)):
                self._edit_on()

    def _stop(self, step: int) -> Stop | None:
        return next_stop(self._desk.shapes, self._desk.shape, self._desk.point, step)

    def _hush(self) -> None:
        if self._said:
            self._said = ""
            self.hinted.emit()

    def _nudge(self, x: float, y: float, by: float) -> None:
        """The selected point or shape by picture pixels; a key held down is one undo step."""
        form, point = self._desk.form, self._desk.point
        if form is None:
            return
        if not self._is_stepping:
            self._is_stepping = True
            self._desk.context.begin(tr("Change {kind}", kind=inline(kind_name(form))))
        width, height = self._desk.picture_size
        way = At(x * by / height, y * by / height)
        if point is None:
            self._desk.set_form(shifted(form, way, width / height))
        else:
            self._desk.set_form(dragged(form, Grip(Part.POINT, point), At(0, 0), way, width / height, Held()))

    def key_up(self) -> None:
        if self._is_stepping:
            self._is_stepping = False
            self._desk.context.commit()

    # ---- menu -----------------------------------------------------------------------------------------------------

    def menu(self, pointer: Pointer | None) -> QMenu | None:
        if self.kind is not None or not self._desk.is_shown:
            return None
        if pointer is None:
            return shape_menu(self._desk, None)
        hold = self._hold_at(pointer)
        if hold is None:
            return None
        self._desk.select(hold[0], hold[1].index if hold[1].part is Part.POINT else None)
        return shape_menu(self._desk, lambda: self._add_point(pointer))

    # ---- painting -------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        desk = self._desk
        if not desk.is_shown or rect.isEmpty():
            return
        time, selected = desk.time, desk.shape
        for shape in reversed(self._stack()):
            paint_shape(
                painter,
                shape.at(time),
                shape.operation,
                rect,
                is_selected=shape is selected,
                is_hot=self._hot is not None and self._hot[0] == shape.id,
                has_key=shape.key_at(time) is not None,
            )
        form = desk.form
        if form is not None and self.kind is None:
            hot = self._hot[1] if self._hot and selected and self._hot[0] == selected.id else None
            paint_grips(painter, form, rect, self._grips(rect), point=desk.point, hot=hot)
        if self.kind is PathShape:
            to = _at(self._at) if self._at is not None and not self._pen.is_pulling else None
            closes = to is not None and self._pen.closes_at(to, _aspect(rect), REACH_PX / rect.height())
            paint_draft(painter, self._pen.points, to, rect, closes=closes)
        if self._turn is not None and self._at is not None:
            text = f"{(self._turn + 180.0) % 360.0 - 180.0:.0f}°"
            paint_label(painter, self._at.px + QPointF(16, -LABEL_H / 2), text, inside=rect)


def _aspect(rect: QRectF) -> float:
    return rect.width() / rect.height()


def _at(pointer: Pointer) -> At:
    return At(pointer.u * _aspect(pointer.rect), pointer.v)


def _apart(one: QPointF, other: QPointF) -> float:
    """Px, the larger of across and down."""
    return max(abs(one.x() - other.x()), abs(one.y() - other.y()))


def _held(pointer: Pointer) -> Held:
    keys = pointer.modifiers
    return Held(bool(keys & Qt.KeyboardModifier.ShiftModifier), bool(keys & Qt.KeyboardModifier.AltModifier))
