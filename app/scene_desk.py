"""The scene as it is worked on: which shot, which frame, which object, and every edit that page and tools make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.panels.context import PanelContext
from app.scene_book import SceneBook, ShotScene
from app.scene_tracks import (
    beginning,
    ending,
    keys,
    spots_of_new,
    with_key,
    with_level_toggled,
    with_strength,
    without_key,
)
from core.document.commands import AddObject, AnyCommand, ChangeObject, PlaceObject, RemoveObject
from core.ids import MediaId, new_id
from core.objects import Box, ObjectId, ObjectKind, SceneObject
from core.timebase import Time


class SceneDesk(QObject):
    """Main thread. Page and picture share one selection; an id of a row's later light stands for the row."""

    changed = Signal()
    """Shot, knowledge, selection or the kind to be added."""

    def __init__(self, context: PanelContext, book: SceneBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context, self.book = context, book
        self.kind = ObjectKind.STREET_LIGHT
        self._selected: ObjectId | None = None
        context.changed.connect(self._on_changed)
        book.changed.connect(self.changed)

    def _on_changed(self) -> None:
        if self._selected is not None and self.thing is None:
            self._selected = None
        self.changed.emit()

    # ---- where we are ----

    @property
    def shot(self) -> ShotScene | None:
        clip = self.context.picture
        return self.book.shot(self.context.project, clip) if clip else None

    @property
    def media(self) -> MediaId | None:
        clip = self.context.picture
        return clip.media if clip else None

    def frame_at(self, time: Time | None = None) -> int | None:
        """Source frame of the clip at a timeline instant (the playhead if None); None where another clip is on the screen."""
        clip, shot = self.context.picture, self.shot
        at = self.context.playhead if time is None else time
        if clip is None or shot is None or self.context.project.video_clip_at(at) != clip:
            return None
        return shot.frame_of(clip.source_time(at))

    @property
    def frame_here(self) -> int | None:
        """Source frame at the playhead; the clip's nearest while the playhead is beside it."""
        shot = self.shot
        return shot.frame_of(self.context.picture_time) if shot else None

    @property
    def thing(self) -> SceneObject | None:
        """The selected object."""
        shot = self.shot
        return shot.thing(self._selected) if shot else None

    @property
    def selected(self) -> ObjectId | None:
        return self._selected

    def select(self, id_: ObjectId | None) -> None:
        id_ = base_id(id_) if id_ else None
        if id_ != self._selected:
            self._selected = id_
            self.changed.emit()

    def set_kind(self, kind: ObjectKind) -> None:
        """What a click on the empty picture adds."""
        if kind is not self.kind:
            self.kind = kind
            self.changed.emit()

    # ---- edits ----

    def do(self, make: Callable[[MediaId], AnyCommand]) -> bool:
        """Do the command that `make` gives for the medium; False where there is none or it was rejected."""
        media = self.media
        return media is not None and self.context.do(make(media))

    def add(self, id_: ObjectId, box: Box, frame: int) -> bool:
        """An object of the chosen kind; within one gesture the same id again takes its place."""
        shot = self.shot
        if shot is None:
            return False
        thing = SceneObject(id_, self.kind, spots_of_new(self.kind, frame, box, shot.frame_count))
        return self.do(lambda media: AddObject(media, thing))

    def place(self, held: SceneObject, box: Box, frame: int) -> bool:
        """`held` as `ShotScene.movable` gave it when the hand took hold. A found one is adopted as it was held."""
        shot = self.shot
        if shot is None:
            return False
        if held.kind.moves:
            moved = with_key(held, frame, box, shot.frame_count)
            return self.do(lambda media: ChangeObject(media, moved, shot.seen(held.id)))
        found = None if shot.is_by_hand(held.id) else held
        return self.do(lambda media: PlaceObject(media, held.id, frame, box, found))

    def change(self, id_: ObjectId, **changes: object) -> None:
        """Facing, lamps or row of an object."""
        shot = self.shot
        thing = shot.thing(base_id(id_)) if shot else None
        if shot is not None and thing is not None:
            seen, changed = shot.seen(thing.id), replace(thing, **changes)  # type: ignore[arg-type]
            self.do(lambda media: ChangeObject(media, changed, seen))

    def set_strength(self, value: float) -> None:
        """Of the selected object: at the playhead where its strength has keyframes, else throughout."""
        frame = self.frame_here
        if frame is not None and self._selected is not None:
            self._retrack(self._selected, lambda thing, _shot: with_strength(thing, frame, value))

    def toggle_strength_key(self) -> None:
        frame = self.frame_here
        if frame is not None and self._selected is not None:
            self._retrack(self._selected, lambda thing, _shot: with_level_toggled(thing, frame))

    def toggle_position_key(self) -> None:
        """Hold the selected object where it is at the playhead, or let go of it there."""
        shot, frame, id_ = self.shot, self.frame_here, self._selected
        thing = shot.thing(id_) if shot else None
        if shot is None or frame is None or id_ is None or thing is None:
            return
        if shot.is_by_hand(id_) and any(spot.frame == frame for spot in thing.spots):
            if len(keys(thing, shot.frame_count)) > 1:
                self.forget(id_, frame)
            return
        held = shot.movable(id_, frame)
        here = next((placed for placed in shot.at(frame).objects if placed.id == id_), None)
        if held is not None and here is not None:
            self.place(held, here.box, frame)

    def remove(self, id_: ObjectId) -> None:
        shot, base = self.shot, base_id(id_)
        seen = shot.seen(base) if shot else None
        self.do(lambda media: RemoveObject(media, base, seen))

    def forget(self, id_: ObjectId, frame: int) -> None:
        """Take away the position at a frame."""
        self._retrack(id_, lambda thing, shot: without_key(thing, frame, shot.frame_count))

    def begin_at(self, id_: ObjectId, frame: int) -> None:
        """Let a vehicle come into the picture at a frame."""
        self._retrack(id_, lambda thing, _shot: beginning(thing, frame))

    def end_at(self, id_: ObjectId, frame: int) -> None:
        """Let it be gone after a frame."""
        self._retrack(id_, lambda thing, _shot: ending(thing, frame))

    def _retrack(self, id_: ObjectId, make: Callable[[SceneObject, ShotScene], SceneObject]) -> None:
        shot = self.shot
        thing = shot.thing(base_id(id_)) if shot else None
        if shot is not None and thing is not None:
            seen, made = shot.seen(thing.id), make(thing, shot)
            self.do(lambda media: ChangeObject(media, made, seen))


def fresh_id() -> ObjectId:
    return ObjectId(new_id("object"))


def base_id(id_: ObjectId) -> ObjectId:
    """The row that one of its lights belongs to."""
    return ObjectId(id_.split("/")[0])
