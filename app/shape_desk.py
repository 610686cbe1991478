"""The shapes of a mask as they are worked on: which mask, which shape, which point, and every edit that page and tool make."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.panels.context import PanelContext
from app.widgets.marks import KeyState
from core.document.commands import (
    AddMask,
    AddShape,
    AddShapePoint,
    AnyCommand,
    MoveShape,
    RemoveShape,
    RemoveShapeKey,
    RemoveShapePoint,
    SetShape,
    SetShapeForm,
    SetShapeKey,
)
from core.document.mask_shapes import AnyForm, PathShape, Shape, ShapeOperation, Tween
from core.document.model import Clip, Mask
from core.ids import ClipId, MaskId, ShapeId, new_id
from core.timebase import Time
from core.words import tr

_Make = Callable[[ClipId, MaskId], AnyCommand]


class ShapeDesk(QObject):
    """Main thread. Page and picture share one selection: a shape, and of a path perhaps one of its points."""

    changed = Signal()
    """Mask, shapes, playhead or selection."""
    seek_wanted = Signal(object)
    """The timeline instant of a keyframe to go to."""
    mask_made = Signal(object)
    """The `MaskId` of a mask that came with its first shape."""

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._mask: MaskId | None = None
        self._shape: ShapeId | None = None
        self._point: int | None = None
        context.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        """What is gone is no longer selected."""
        form = self.form
        if self._shape is not None and form is None:
            self._shape = self._point = None
        if self._point is not None and not (isinstance(form, PathShape) and self._point < len(form.points)):
            self._point = None
        self.changed.emit()

    # ---- where we are ---------------------------------------------------------------------------------------------

    @property
    def clip(self) -> Clip | None:
        return self.context.clip

    @property
    def is_shown(self) -> bool:
        """Whether the playhead is on the clip, so that its shapes belong over the picture."""
        clip = self.clip
        return clip is not None and clip.span.contains(self.context.playhead)

    @property
    def picture_size(self) -> tuple[int, int]:
        """Of the footage under the mask, px."""
        picture, project = self.context.picture, self.context.project
        if picture is None:
            return project.width, project.height
        video = project.media_facts(picture.media).video
        return video.width, video.height

    @property
    def time(self) -> Time:
        """The source instant that is shown and edited."""
        return self.context.source_time

    @property
    def mask(self) -> Mask | None:
        """The chosen one, or the last."""
        clip = self.clip
        if clip is None or not clip.masks:
            return None
        return next((m for m in clip.masks if m.id == self._mask), clip.masks[-1])

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return self.mask.shapes if self.mask else ()

    @property
    def shape(self) -> Shape | None:
        """The selected one."""
        return next((s for s in self.shapes if s.id == self._shape), None)

    @property
    def form(self) -> AnyForm | None:
        """Of the selected one, as it is now."""
        shape = self.shape
        return shape.at(self.time) if shape else None

    @property
    def point(self) -> int | None:
        """Number of the selected point of the selected path."""
        return self._point

    @property
    def key_state(self) -> KeyState:
        shape = self.shape
        if shape is None or not shape.keys:
            return KeyState.NONE
        return KeyState.HERE if shape.key_at(self.time) else KeyState.ELSEWHERE

    # ---- selecting ------------------------------------------------------------------------------------------------

    def set_mask(self, mask: MaskId | None) -> None:
        if mask != self._mask:
            self._mask, self._shape, self._point = mask, None, None
            self.changed.emit()

    def select(self, shape: ShapeId | None, point: int | None = None) -> None:
        if (shape, point) != (self._shape, self._point):
            self._shape, self._point = shape, point
            self.changed.emit()

    # ---- edits ----------------------------------------------------------------------------------------------------

    def fresh(self) -> tuple[ClipId, MaskId] | None:
        """Where a new shape goes; a first mask is made for it. None where there is no clip."""
        clip, mask = self.clip, self.mask
        if clip is None:
            return None
        if mask is not None:
            return clip.id, mask.id
        made = MaskId(new_id("mask"))
        if not self.context.do(AddMask(clip.id, made, tr("Mask {number}", number=1))):
            return None
        self._mask = made
        self.mask_made.emit(made)
        return clip.id, made

    def add(self, form: AnyForm, id_: ShapeId | None = None) -> bool:
        """A new shape, selected; in one gesture the same id again takes the place of the one before."""
        shape = Shape(id_ or ShapeId(new_id("shape")), form)
        target = self.fresh()
        if target is None:
            return False
        if any(s.id == shape.id for s in self.shapes):
            return self.set_form(form)
        if not self.context.do(AddShape(*target, shape)):
            return False
        self.select(shape.id)
        return True

    def set_form(self, form: AnyForm) -> bool:
        """The selected shape in another form: at the playhead where it has keys, else throughout."""
        shape = self.shape
        return shape is not None and self._do(lambda c, m: SetShapeForm(c, m, shape.id, form, self.time))

    def set_operation(self, operation: ShapeOperation) -> None:
        if (shape := self.shape) is not None:
            self._do(lambda c, m: SetShape(c, m, shape.id, operation=operation))

    def set_tween(self, tween: Tween) -> None:
        if (shape := self.shape) is not None:
            self._do(lambda c, m: SetShape(c, m, shape.id, tween=tween))

    def toggle_key(self) -> None:
        """Take the key at the playhead away, or pin the shape as it is with one."""
        if (shape := self.shape) is not None:
            command = RemoveShapeKey if shape.key_at(self.time) else SetShapeKey
            self._do(lambda c, m: command(c, m, shape.id, self.time))

    def seek_key(self, direction: int) -> None:
        """Go to the keyframe of the selected shape before (-1) or after (1) the playhead."""
        clip, shape, here = self.clip, self.shape, self.time
        if clip is None or shape is None:
            return
        inside = (key.time for key in shape.keys if clip.source.contains(key.time))
        beyond = [time for time in inside if (time > here if direction > 0 else time < here)]
        if beyond:
            self.seek_wanted.emit(clip.timeline_time(beyond[0] if direction > 0 else beyond[-1]))

    def remove(self, id_: ShapeId) -> None:
        self._do(lambda c, m: RemoveShape(c, m, id_))

    def remove_selected(self) -> None:
        if self._shape is not None:
            self.remove(self._shape)

    def move(self, id_: ShapeId, index: int) -> None:
        """To this place of the list."""
        self._do(lambda c, m: MoveShape(c, m, id_, index))

    def add_point(self, segment: int, share: float) -> None:
        shape = self.shape
        if shape is None:
            return
        id_ = shape.id
        if self._do(lambda c, m: AddShapePoint(c, m, id_, segment, share)):
            self.select(id_, segment + 1)

    def remove_point(self) -> None:
        """The selected point; with it a triangle goes whole."""
        shape, form, point = self.shape, self.form, self._point
        if shape is None or point is None or not isinstance(form, PathShape):
            return
        if len(form.points) <= 3:
            self.remove(shape.id)
        elif self._do(lambda c, m: RemoveShapePoint(c, m, shape.id, point)):
            self.select(shape.id, min(point, len(form.points) - 2))

    def _do(self, make: _Make) -> bool:
        clip, mask = self.clip, self.mask
        return clip is not None and mask is not None and self.context.do(make(clip.id, mask.id))
