"""Commands on a clip's masks."""

from __future__ import annotations

from core.document import mask_edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.model import MaskOperation, Project, Stroke, StrokeMode
from core.ids import ClipId, MaskId
from core.words import msg, tr


class AddMask(Command, frozen=True):
    clip: ClipId
    mask: MaskId
    name: str = msg("Mask")

    def apply(self, project: Project) -> Edit:
        return mask_edits.add_mask(project, self.clip, self.mask, self.name)

    @property
    def label(self) -> str:
        return tr("Add mask")


class RemoveMask(Command, frozen=True):
    clip: ClipId
    mask: MaskId

    def apply(self, project: Project) -> Edit:
        return mask_edits.remove_mask(project, self.clip, self.mask)

    @property
    def label(self) -> str:
        return tr("Remove mask")


class RenameMask(Command, frozen=True):
    clip: ClipId
    mask: MaskId
    name: str

    def apply(self, project: Project) -> Edit:
        return mask_edits.rename_mask(project, self.clip, self.mask, self.name)

    @property
    def label(self) -> str:
        return tr("Rename mask")


class MoveMask(Command, frozen=True):
    """Put a mask at place `index` of the clip's list."""

    clip: ClipId
    mask: MaskId
    index: int

    def apply(self, project: Project) -> Edit:
        return mask_edits.move_mask(project, self.clip, self.mask, self.index)

    @property
    def label(self) -> str:
        return tr("Move mask")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.mask)


class SetMask(Command, frozen=True):
    """Change the properties that are given. `feather` in picture heights, 0..0.5."""

    clip: ClipId
    mask: MaskId
    is_enabled: bool | None = None
    is_inverted: bool | None = None
    feather: float | None = None
    opacity: float | None = None
    operation: MaskOperation | None = None
    grow: float | None = None

    def apply(self, project: Project) -> Edit:
        return mask_edits.set_mask(
            project,
            self.clip,
            self.mask,
            is_enabled=self.is_enabled,
            is_inverted=self.is_inverted,
            feather=self.feather,
            opacity=self.opacity,
            operation=self.operation,
            grow=self.grow,
        )

    @property
    def label(self) -> str:
        if self.is_enabled is not None:
            return tr("Enable mask") if self.is_enabled else tr("Disable mask")
        if self.is_inverted is not None:
            return tr("Invert mask")
        if self.operation is not None:
            return {
                MaskOperation.ADD: tr("Make mask add"),
                MaskOperation.SUBTRACT: tr("Make mask subtract"),
                MaskOperation.INTERSECT: tr("Make mask intersect"),
            }[self.operation]
        if self.grow is not None:
            return tr("Grow mask") if self.grow >= 0.0 else tr("Shrink mask")
        return tr("Set mask feather") if self.feather is not None else tr("Set mask opacity")

    @property
    def subject(self) -> tuple[object, ...]:
        given = tuple(
            v is not None
            for v in (self.is_enabled, self.is_inverted, self.feather, self.opacity, self.operation, self.grow)
        )
        return (self.clip, self.mask, given)


class AddStroke(Command, frozen=True):
    """Paint one stroke. While it is being drawn, each command of the gesture holds the stroke so far."""

    clip: ClipId
    mask: MaskId
    stroke: Stroke

    def apply(self, project: Project) -> Edit:
        return mask_edits.add_stroke(project, self.clip, self.mask, self.stroke)

    @property
    def label(self) -> str:
        return tr("Paint mask") if self.stroke.mode is StrokeMode.ADD else tr("Erase mask")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.mask, self.stroke.points[:1])


class ClearStrokes(Command, frozen=True):
    clip: ClipId
    mask: MaskId

    def apply(self, project: Project) -> Edit:
        return mask_edits.clear_strokes(project, self.clip, self.mask)

    @property
    def label(self) -> str:
        return tr("Clear mask")
