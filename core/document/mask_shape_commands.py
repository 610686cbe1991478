"""Commands on the shapes of a clip's masks."""

from __future__ import annotations

from core.document import mask_shape_edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.mask_shapes import AnyForm, Shape, ShapeOperation, Tween, kind_name
from core.document.model import Project
from core.ids import ClipId, MaskId, ShapeId
from core.timebase import Time
from core.words import inline, tr


class AddShape(Command, frozen=True):
    """Lay a shape over what the mask has. While it is being drawn, each command of the gesture holds the shape so far."""

    clip: ClipId
    mask: MaskId
    shape: Shape

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.add_shape(project, self.clip, self.mask, self.shape)

    @property
    def label(self) -> str:
        return tr("Add {kind}", kind=inline(kind_name(self.shape.form)))

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.mask, self.shape.id)


class RemoveShape(Command, frozen=True):
    clip: ClipId
    mask: MaskId
    shape: ShapeId

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.remove_shape(project, self.clip, self.mask, self.shape)

    @property
    def label(self) -> str:
        return tr("Delete shape")


class MoveShape(Command, frozen=True):
    """Put a shape at place `index` of the mask's list."""

    clip: ClipId
    mask: MaskId
    shape: ShapeId
    index: int

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.move_shape(project, self.clip, self.mask, self.shape, self.index)

    @property
    def label(self) -> str:
        return tr("Move shape in list")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.mask, self.shape)


class SetShapeForm(Command, frozen=True):
    """Move, turn or bend a shape. One with keys gets a key at source instant `at`."""

    clip: ClipId
    mask: MaskId
    shape: ShapeId
    form: AnyForm
    at: Time | None = None

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.set_form(project, self.clip, self.mask, self.shape, self.form, self.at)

    @property
    def label(self) -> str:
        return tr("Change {kind}", kind=inline(kind_name(self.form)))

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.mask, self.shape, self.at)


class SetShape(Command, frozen=True):
    """Change the properties that are given."""

    clip: ClipId
    mask: MaskId
    shape: ShapeId
    operation: ShapeOperation | None = None
    tween: Tween | None = None

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.set_shape(
            project, self.clip, self.mask, self.shape, operation=self.operation, tween=self.tween
        )

    @property
    def label(self) -> str:
        if self.operation is None:
            return tr("Set interpolation of shape")
        return tr("Add shape to mask") if self.operation is ShapeOperation.ADD else tr("Cut shape from mask")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.mask, self.shape, self.operation is None, self.tween is None)


class SetShapeKey(Command, frozen=True):
    """Pin a shape as it is at a source instant."""

    clip: ClipId
    mask: MaskId
    shape: ShapeId
    at: Time

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.set_key(project, self.clip, self.mask, self.shape, self.at)

    @property
    def label(self) -> str:
        return tr("Set keyframe of shape")


class RemoveShapeKey(Command, frozen=True):
    clip: ClipId
    mask: MaskId
    shape: ShapeId
    at: Time

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.remove_key(project, self.clip, self.mask, self.shape, self.at)

    @property
    def label(self) -> str:
        return tr("Remove keyframe of shape")


class AddShapePoint(Command, frozen=True):
    """Another point on a path, at a share 0..1 of the segment that point `segment` begins."""

    clip: ClipId
    mask: MaskId
    shape: ShapeId
    segment: int
    share: float

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.add_point(project, self.clip, self.mask, self.shape, self.segment, self.share)

    @property
    def label(self) -> str:
        return tr("Add point")


class RemoveShapePoint(Command, frozen=True):
    clip: ClipId
    mask: MaskId
    shape: ShapeId
    index: int

    def apply(self, project: Project) -> Edit:
        return mask_shape_edits.remove_point(project, self.clip, self.mask, self.shape, self.index)

    @property
    def label(self) -> str:
        return tr("Delete point")
