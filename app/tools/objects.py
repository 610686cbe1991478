"""The objects tool: lights and vehicles under the hand. Main thread.

A click on the empty picture adds one of the chosen kind, a drag moves, a handle resizes; a street light or a window moved at
another frame gets a second position there, and so does a vehicle, whose track is drawn between its positions.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QMenu

from app.object_names import title
from app.scene_desk import SceneDesk, base_id, fresh_id
from app.scene_tracks import keys
from app.tools.gesture_tool import GestureTool
from app.tools.object_paint import box_rect, paint_object, point
from app.tools.object_shapes import Part, Post, handles, head_moved, is_pole, new_box, post_of, reshaped
from app.viewer.labels import LABEL_H, paint_label
from app.viewer.tool import Pointer
from app.widgets.gesture import pace
from core.objects import Box, Facing, ObjectId, ObjectKind, PlacedObject, lamp_post
from core.timebase import Time
from core.words import msg, num, tr

REACH_PX: Final = 7.0
"""A handle, and a pole, can be taken hold of this far away."""
_LABELS_H: Final = 38.0
"""The top of the picture, where the view says what it shows."""
ROWS_M: Final = (15, 20, 25, 30, 40, 50)
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_REMOVE: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SHAPES: Final = {
    Part.BODY: Qt.CursorShape.SizeAllCursor,
    Part.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Part.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Part.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Part.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Part.HEAD: Qt.CursorShape.SizeVerCursor,
    Part.FOOT: Qt.CursorShape.SizeVerCursor,
}
Hold = tuple[PlacedObject, Part]


class ObjectsTool(GestureTool):
    """Draws and edits the objects of the frame on the screen. `shown` is the instant of the picture on the screen."""

    hinted = Signal(str)
    """One sentence for the status bar where a click cannot do what it seems to."""

    def __init__(self, desk: SceneDesk, shown: Callable[[], Time | None], parent: QObject | None = None) -> None:
        super().__init__(desk.context.bridge, parent)
        self._desk, self._shown = desk, shown
        self._hot: Hold | None = None
        self._is_stepping = False
        desk.changed.connect(self.changed)

    # ---- what is there ----

    @property
    def frame(self) -> int | None:
        """Source frame of the picture on the screen; None where another clip than the page's is shown."""
        return self._desk.frame_at(self._shown())

    @property
    def placed(self) -> tuple[PlacedObject, ...]:
        """Farthest first."""
        shot, frame = self._desk.shot, self.frame
        return shot.at(frame).objects if shot is not None and frame is not None else ()

    def _post(self, thing: PlacedObject) -> Post | None:
        """Where a lamp is seen in this picture."""
        shot, frame = self._desk.shot, self.frame
        return None if shot is None or frame is None else post_of(thing, shot.at(frame).scene.camera, shot.aspect)

    def _is_selected(self, thing: PlacedObject) -> bool:
        return base_id(thing.id) == self._desk.selected

    def _selected(self) -> PlacedObject | None:
        """The selected one where it is in this picture; of a row the light that was placed."""
        return next((t for t in self.placed if t.id == self._desk.selected), None)

    def _hold_at(self, pointer: Pointer) -> Hold | None:
        """What a press here would take hold of: a handle of the selected one, else the nearest object."""
        things = self.placed
        for thing in (t for t in things if t.id == self._desk.selected):
            for part, at in handles(thing.box, self._post(thing)).items():
                away = point(at, pointer.rect) - pointer.px
                if max(abs(away.x()), abs(away.y())) <= REACH_PX:
                    return thing, part
        for thing in reversed(things):
            if any(area.contains(pointer.px) for area in _grab_areas(thing, self._post(thing), pointer.rect)):
                return thing, Part.BODY
        return None

    # ---- pointer ----

    def press(self, pointer: Pointer) -> None:
        self.key_up()
        shot, frame = self._desk.shot, self.frame
        if shot is None or frame is None:
            self.hinted.emit(tr("Select the clip on the screen to place objects in it."))
            return
        hold = self._hold_at(pointer)
        if hold is not None:
            thing, part = hold
            self._desk.select(thing.id)
            label = msg("Move {kind}") if part is Part.BODY else msg("Resize {kind}")
            self.begin(tr(label, kind=tr(thing.kind.value)), self._reshape(thing, part, pointer, frame))
        elif 0.0 <= pointer.u <= 1.0 and 0.0 <= pointer.v <= 1.0:
            self.begin(tr("Add {kind}", kind=tr(self._desk.kind.value)), self._add(frame))
            self.move(pointer)

    def _add(self, frame: int) -> Generator[None, Pointer, None]:
        """A new object, which follows the hand until it lets go."""
        shot, id_, kind = self._desk.shot, fresh_id(), self._desk.kind
        assert shot is not None
        camera = shot.at(frame).scene.camera
        while True:
            pointer = yield
            self._desk.add(id_, new_box(kind, camera, shot.aspect, pointer.u, pointer.v), frame)
            self._desk.select(id_)

    def _reshape(self, thing: PlacedObject, part: Part, began: Pointer, frame: int) -> Generator[None, Pointer, None]:
        shot = self._desk.shot
        held, post = shot.movable(base_id(thing.id), frame) if shot else None, self._post(thing)
        while True:
            pointer = yield
            du, dv = pointer.u - began.u, pointer.v - began.v
            if held is not None:
                box = (
                    head_moved(thing.box, post, du, dv)
                    if post and part is Part.HEAD
                    else reshaped(thing.box, part, du, dv)
                )
                self._desk.place(held, box, frame)

    def cancel(self) -> bool:
        self.key_up()
        return super().cancel()

    def hover(self, pointer: Pointer | None) -> None:
        hot = self._hold_at(pointer) if pointer else None
        if hot != self._hot:
            self._hot = hot
            self.changed.emit()

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        hold = self._hold_at(pointer)
        return _SHAPES[hold[1]] if hold else Qt.CursorShape.CrossCursor

    # ---- keys ----

    def claims(self, key: Qt.Key) -> bool:
        return key in _ENTER or (self._desk.selected is not None and (key in _ARROWS or key in _REMOVE))

    def key(self, event: QKeyEvent) -> None:
        key, thing = Qt.Key(event.key()), self._selected()
        if key in _REMOVE and self._desk.selected is not None:
            self._desk.remove(self._desk.selected)
        elif key in _ARROWS and thing is not None:
            x, y = _ARROWS[key]
            self._nudge(thing, x * pace(event.modifiers()), y * pace(event.modifiers()))
        elif key in _ENTER:
            self._add_in_the_middle()

    def _nudge(self, thing: PlacedObject, x_px: float, y_px: float) -> None:
        """By picture pixels; a key held down is one undo step."""
        shot, frame = self._desk.shot, self.frame
        held = shot.movable(base_id(thing.id), frame) if shot is not None and frame is not None else None
        if shot is None or frame is None or held is None:
            return
        if not self._is_stepping:
            self._is_stepping = True
            self._desk.context.begin(tr("Move {kind}", kind=tr(thing.kind.value)))
        video = shot.media.video
        self._desk.place(held, reshaped(thing.box, Part.BODY, x_px / video.width, y_px / video.height), frame)

    def key_up(self) -> None:
        if self._is_stepping:
            self._is_stepping = False
            self._desk.context.commit()

    def _add_in_the_middle(self) -> None:
        """Where no pointer says where: on the ground before the camera."""
        shot, frame = self._desk.shot, self.frame
        if shot is None or frame is None:
            return
        camera = shot.at(frame).scene.camera
        id_, foot = fresh_id(), min(0.9, (1.0 + max(camera.horizon, 0.0)) / 2)
        if self._desk.add(id_, new_box(self._desk.kind, camera, shot.aspect, 0.5, foot), frame):
            self._desk.select(id_)

    # ---- menu ----

    def menu(self, pointer: Pointer | None) -> QMenu | None:
        hold = self._hold_at(pointer) if pointer else None
        thing = hold[0] if hold else None if pointer else self._selected()
        if thing is None:
            return None
        self._desk.select(thing.id)
        menu, id_ = QMenu(), base_id(thing.id)
        shot, frame = self._desk.shot, self.frame
        whole = shot.thing(id_) if shot else None
        if whole is None or frame is None:
            return None
        lamps = tr("Turn off") if whole.is_on else tr("Turn on")
        menu.addAction(lamps).triggered.connect(lambda: self._desk.change(id_, is_on=not whole.is_on))
        if whole.kind is ObjectKind.VEHICLE:
            self._add_choices(menu.addMenu(tr("Facing")), id_, "facing", whole.facing, [(title(f), f) for f in Facing])
        if whole.kind is ObjectKind.STREET_LIGHT:
            rows = [(tr("Single light"), 0.0), *((tr("Every {metres} m", metres=m), float(m)) for m in ROWS_M)]
            self._add_choices(menu.addMenu(tr("Make a row")), id_, "repeat_m", whole.repeat_m, rows)
        if whole.kind.moves:
            menu.addAction(tr("Comes here")).triggered.connect(lambda: self._desk.begin_at(id_, frame))
            menu.addAction(tr("Gone after here")).triggered.connect(lambda: self._desk.end_at(id_, frame))
        here = menu.addAction(tr("Remove keyframe here"))
        inside = keys(whole, shot.frame_count) if shot else ()
        here.setEnabled(len(inside) > 1 and any(spot.frame == frame for spot in inside))
        here.triggered.connect(lambda: self._desk.forget(id_, frame))
        menu.addSeparator()
        menu.addAction(tr("Remove")).triggered.connect(lambda: self._desk.remove(id_))
        return menu

    def _add_choices(
        self, menu: QMenu, id_: ObjectId, field: str, now: object, choices: Sequence[tuple[str, object]]
    ) -> None:
        for text, value in choices:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(value == now)
            action.triggered.connect(partial(self._desk.change, id_, **{field: value}))

    # ---- painting ----

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        shot, frame = self._desk.shot, self.frame
        if shot is None or frame is None:
            return
        named: PlacedObject | None = None
        for thing in shot.at(frame).objects:
            whole = shot.thing(base_id(thing.id))
            if whole is None or (_is_outside(thing.box) and not self._is_selected(thing)):
                continue
            is_hot = self._hot is not None and self._hot[0].id == thing.id
            paint_object(
                painter,
                thing,
                rect,
                self._post(thing),
                is_selected=self._is_selected(thing),
                is_held=thing.id == self._desk.selected,
                is_hot=is_hot,
                is_on=whole.is_on,
                is_found=not shot.is_by_hand(whole.id),
                has_key=thing.id == self._desk.selected
                and shot.is_by_hand(whole.id)
                and any(spot.frame == frame for spot in whole.spots),
            )
            named = thing if is_hot or (thing.id == self._desk.selected and named is None) else named
        if named is not None:
            box, room = box_rect(named.box, rect), rect.adjusted(0, _LABELS_H, 0, 0)
            at, post = QPointF(box.left(), box.top() - LABEL_H - 6), self._post(named)
            if post is not None:
                at = QPointF(min(point(end, rect).x() for end in (post.head, post.elbow)), box.top() - LABEL_H - 10)
            paint_label(painter, at, self._name(named), inside=room)

    def _name(self, thing: PlacedObject) -> str:
        """What it is, and where: of a lamp also how high, which is not how far."""
        shot, frame = self._desk.shot, self.frame
        words = [title(thing.kind)]
        if thing.kind is ObjectKind.VEHICLE:
            words.append(tr(thing.facing.value))
        elif is_pole(thing.kind) and shot is not None and frame is not None:
            tall = lamp_post(thing, shot.at(frame).scene.camera, shot.aspect).tall
            words.append(tr("{metres} high", metres=_metres(tall)))
        return ", ".join([*words, tr("{metres} away", metres=_metres(thing.at[2]))])


def _metres(length: float) -> str:
    """Whole metres, and tenths below two."""
    return f"{num(length, '.1f' if length < 2.0 else '.0f')} m"


def _is_outside(box: Box) -> bool:
    """Nothing of it can be seen in the picture."""
    return box.right < 0.0 or box.left > 1.0 or box.bottom < 0.0 or box.top > 1.0


def _grab_areas(thing: PlacedObject, post: Post | None, rect: QRectF) -> list[QRectF]:
    """Where a press takes hold of it: the box, or pole and arm, and never less than a finger's width."""
    areas = [box_rect(thing.box, rect)]
    if post is not None:
        head, elbow, foot = (point(at, rect) for at in (post.head, post.elbow, post.foot))
        areas = [QRectF(foot, elbow).normalized(), QRectF(head, elbow).normalized()]

    def no_less(area: QRectF) -> QRectF:
        wide, high = (max(0.0, 2 * REACH_PX - side) / 2 for side in (area.width(), area.height()))
        return area.adjusted(-wide, -high, wide, high)

    return [no_less(area) for area in areas]
