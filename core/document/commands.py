"""Commands: edits by name. Each holds every value and id its edit needs, so a replay gives the very same project.

A command is what the journal keeps and what the undo menu shows. `subject` says which commands of one gesture replace
one another: of a slider dragged through fifty values, only the last is kept.
"""

from __future__ import annotations

import msgspec

from core.condition import Condition
from core.document import edits, look_edits, mask_edits
from core.document.changes import Edit
from core.document.model import AMOUNT, Interpolation, Project, Stroke, StrokeMode, TrackKind, animatable_axis
from core.ids import AxisId, ClipId, MaskId, TrackId, TranslatorId, new_id
from core.media.facts import MediaFacts
from core.timebase import Time, TimeRange


class Command(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Base of all commands."""

    def apply(self, project: Project) -> Edit:
        """The edit, whole. Raises `EditRejected` and changes nothing."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """What the undo menu says after “Undo”: sentence case, no full stop."""
        raise NotImplementedError

    @property
    def subject(self) -> tuple[object, ...] | None:
        """What this command sets, if a later one of its kind in the same gesture makes it superfluous; else None."""
        return None


# ---- project and timeline -----------------------------------------------------------------------------------------


class AddMedia(Command, frozen=True):
    """Put a file into the project, or relink it."""

    media: MediaFacts

    def apply(self, project: Project) -> Edit:
        return edits.add_media(project, self.media)

    @property
    def label(self) -> str:
        return "Add media"


class AddClip(Command, frozen=True):
    """Lay a clip on a track, at the end if `start` is None; brings its media along. `clip_from` makes one with fresh ids."""

    media: MediaFacts
    clip: ClipId
    track: TrackId
    start: Time | None = None
    source: TimeRange | None = None

    def apply(self, project: Project) -> Edit:
        return edits.add_clip(project, self.media, self.clip, self.track, self.start, self.source)

    @property
    def label(self) -> str:
        return "Add clip"


def clip_from(
    project: Project, media: MediaFacts, start: Time | None = None, source: TimeRange | None = None
) -> AddClip:
    """The command that lays `media` on the first picture track (a new one in an empty project)."""
    tracks = (t.id for t in project.tracks if t.kind is TrackKind.VIDEO)
    return AddClip(media, ClipId(new_id("clip")), next(tracks, TrackId(new_id("track"))), start, source)


class RemoveClip(Command, frozen=True):
    clip: ClipId

    def apply(self, project: Project) -> Edit:
        return edits.remove_clip(project, self.clip)

    @property
    def label(self) -> str:
        return "Remove clip"


class MoveClip(Command, frozen=True):
    """`start` on the timeline."""

    clip: ClipId
    start: Time

    def apply(self, project: Project) -> Edit:
        return edits.move_clip(project, self.clip, self.start)

    @property
    def label(self) -> str:
        return "Move clip"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class TrimIn(Command, frozen=True):
    """`to` on the timeline."""

    clip: ClipId
    to: Time

    def apply(self, project: Project) -> Edit:
        return edits.trim_in(project, self.clip, self.to)

    @property
    def label(self) -> str:
        return "Trim in point"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class TrimOut(Command, frozen=True):
    """`to` on the timeline."""

    clip: ClipId
    to: Time

    def apply(self, project: Project) -> Edit:
        return edits.trim_out(project, self.clip, self.to)

    @property
    def label(self) -> str:
        return "Trim out point"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class SplitClip(Command, frozen=True):
    """`at` on the timeline; `tail` names the second half."""

    clip: ClipId
    at: Time
    tail: ClipId

    def apply(self, project: Project) -> Edit:
        return edits.split_clip(project, self.clip, self.at, self.tail)

    @property
    def label(self) -> str:
        return "Split clip"


class RenameClip(Command, frozen=True):
    clip: ClipId
    name: str

    def apply(self, project: Project) -> Edit:
        return edits.rename_clip(project, self.clip, self.name)

    @property
    def label(self) -> str:
        return "Rename clip"


class RenameProject(Command, frozen=True):
    name: str

    def apply(self, project: Project) -> Edit:
        return edits.rename_project(project, self.name)

    @property
    def label(self) -> str:
        return "Rename project"


class SetInPoint(Command, frozen=True):
    """On the timeline; None clears it."""

    time: Time | None

    def apply(self, project: Project) -> Edit:
        return edits.set_in_point(project, self.time)

    @property
    def label(self) -> str:
        return "Clear in point" if self.time is None else "Set in point"

    @property
    def subject(self) -> tuple[object, ...]:
        return ()


class SetOutPoint(Command, frozen=True):
    """On the timeline, exclusive; None clears it."""

    time: Time | None

    def apply(self, project: Project) -> Edit:
        return edits.set_out_point(project, self.time)

    @property
    def label(self) -> str:
        return "Clear out point" if self.time is None else "Set out point"

    @property
    def subject(self) -> tuple[object, ...]:
        return ()


# ---- look ---------------------------------------------------------------------------------------------------------


class SetValue(Command, frozen=True):
    """Set a condition or `AMOUNT`; on an animated axis this keys the source instant `at`."""

    clip: ClipId
    axis: AxisId
    value: float
    at: Time | None = None

    def apply(self, project: Project) -> Edit:
        return look_edits.set_value(project, self.clip, self.axis, self.value, self.at)

    @property
    def label(self) -> str:
        return f"Set {_axis_name(self.axis)}"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.axis, self.at)


class SetValues(Command, frozen=True):
    """Several axes in one go, as a dial sets two."""

    clip: ClipId
    values: tuple[tuple[AxisId, float], ...]
    at: Time | None = None

    def apply(self, project: Project) -> Edit:
        return look_edits.set_values(project, self.clip, self.values, self.at)

    @property
    def label(self) -> str:
        names = [_axis_name(axis) for axis, _ in self.values]
        return f"Set {' and '.join(names)}" if len(names) <= 2 else "Set conditions"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, tuple(axis for axis, _ in self.values), self.at)


class ApplyPreset(Command, frozen=True):
    """Take a named condition as the look, or lay it over the present one."""

    clip: ClipId
    name: str
    condition: Condition
    strength: float = 1.0
    is_stacked: bool = False

    def apply(self, project: Project) -> Edit:
        return look_edits.apply_preset(
            project, self.clip, self.name, self.condition, self.strength, is_stacked=self.is_stacked
        )

    @property
    def label(self) -> str:
        return f"Apply {self.name.lower()}"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class ResetAxes(Command, frozen=True):
    """Bring axes back to neutral, keys included: one, a group, or all of them."""

    clip: ClipId
    axes: tuple[AxisId, ...]

    def apply(self, project: Project) -> Edit:
        return look_edits.reset_axes(project, self.clip, self.axes)

    @property
    def label(self) -> str:
        return f"Reset {_axis_name(self.axes[0])}" if len(self.axes) == 1 else "Reset conditions"


class SetKeyframe(Command, frozen=True):
    """Add or change the key at source instant `at`; without a value, pin the present one."""

    clip: ClipId
    axis: AxisId
    at: Time
    value: float | None = None

    def apply(self, project: Project) -> Edit:
        return look_edits.set_keyframe(project, self.clip, self.axis, self.at, self.value)

    @property
    def label(self) -> str:
        return f"Set {_axis_name(self.axis)} keyframe"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.axis, self.at)


class ToggleKeyframe(Command, frozen=True):
    clip: ClipId
    axis: AxisId
    at: Time

    def apply(self, project: Project) -> Edit:
        return look_edits.toggle_keyframe(project, self.clip, self.axis, self.at)

    @property
    def label(self) -> str:
        return f"Toggle {_axis_name(self.axis)} keyframe"


class RemoveKeyframe(Command, frozen=True):
    clip: ClipId
    axis: AxisId
    at: Time

    def apply(self, project: Project) -> Edit:
        return look_edits.remove_keyframe(project, self.clip, self.axis, self.at)

    @property
    def label(self) -> str:
        return f"Remove {_axis_name(self.axis)} keyframe"


class MoveKeyframe(Command, frozen=True):
    """Move the key at source instant `at`. During a drag `at` stays where the drag began."""

    clip: ClipId
    axis: AxisId
    at: Time
    to: Time
    value: float | None = None

    def apply(self, project: Project) -> Edit:
        return look_edits.move_keyframe(project, self.clip, self.axis, self.at, self.to, self.value)

    @property
    def label(self) -> str:
        return f"Move {_axis_name(self.axis)} keyframe"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.axis, self.at)


class SetInterpolation(Command, frozen=True):
    clip: ClipId
    axis: AxisId
    at: Time
    interpolation: Interpolation

    def apply(self, project: Project) -> Edit:
        return look_edits.set_interpolation(project, self.clip, self.axis, self.at, self.interpolation)

    @property
    def label(self) -> str:
        return f"Make keyframe {self.interpolation}"


class SetSeed(Command, frozen=True):
    clip: ClipId
    seed: int

    def apply(self, project: Project) -> Edit:
        return look_edits.set_seed(project, self.clip, self.seed)

    @property
    def label(self) -> str:
        return "Set seed"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class SetTranslator(Command, frozen=True):
    clip: ClipId
    translator: TranslatorId

    def apply(self, project: Project) -> Edit:
        return look_edits.set_translator(project, self.clip, self.translator)

    @property
    def label(self) -> str:
        return "Set translator"


# ---- masks --------------------------------------------------------------------------------------------------------


class AddMask(Command, frozen=True):
    clip: ClipId
    mask: MaskId
    name: str = "Mask"

    def apply(self, project: Project) -> Edit:
        return mask_edits.add_mask(project, self.clip, self.mask, self.name)

    @property
    def label(self) -> str:
        return "Add mask"


class RemoveMask(Command, frozen=True):
    clip: ClipId
    mask: MaskId

    def apply(self, project: Project) -> Edit:
        return mask_edits.remove_mask(project, self.clip, self.mask)

    @property
    def label(self) -> str:
        return "Remove mask"


class RenameMask(Command, frozen=True):
    clip: ClipId
    mask: MaskId
    name: str

    def apply(self, project: Project) -> Edit:
        return mask_edits.rename_mask(project, self.clip, self.mask, self.name)

    @property
    def label(self) -> str:
        return "Rename mask"


class MoveMask(Command, frozen=True):
    """Put a mask at place `index` of the clip's list."""

    clip: ClipId
    mask: MaskId
    index: int

    def apply(self, project: Project) -> Edit:
        return mask_edits.move_mask(project, self.clip, self.mask, self.index)

    @property
    def label(self) -> str:
        return "Move mask"

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

    def apply(self, project: Project) -> Edit:
        return mask_edits.set_mask(
            project,
            self.clip,
            self.mask,
            is_enabled=self.is_enabled,
            is_inverted=self.is_inverted,
            feather=self.feather,
            opacity=self.opacity,
        )

    @property
    def label(self) -> str:
        if self.is_enabled is not None:
            return "Enable mask" if self.is_enabled else "Disable mask"
        if self.is_inverted is not None:
            return "Invert mask"
        return "Set mask feather" if self.feather is not None else "Set mask opacity"

    @property
    def subject(self) -> tuple[object, ...]:
        given = tuple(v is not None for v in (self.is_enabled, self.is_inverted, self.feather, self.opacity))
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
        return "Paint mask" if self.stroke.mode is StrokeMode.ADD else "Erase mask"

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
        return "Clear mask"


AnyCommand = (
    AddMedia
    | AddClip
    | RemoveClip
    | MoveClip
    | TrimIn
    | TrimOut
    | SplitClip
    | RenameClip
    | RenameProject
    | SetInPoint
    | SetOutPoint
    | SetValue
    | SetValues
    | ApplyPreset
    | ResetAxes
    | SetKeyframe
    | ToggleKeyframe
    | RemoveKeyframe
    | MoveKeyframe
    | SetInterpolation
    | SetSeed
    | SetTranslator
    | AddMask
    | RemoveMask
    | RenameMask
    | MoveMask
    | SetMask
    | AddStroke
    | ClearStrokes
)
"""Every command, for the journal: decoding anything else fails."""


def _axis_name(axis: AxisId) -> str:
    return "amount" if axis == AMOUNT else animatable_axis(axis).label.lower()
