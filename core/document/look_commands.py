"""Commands on a clip's look: values, keyframes, presets, seed, translator."""

from __future__ import annotations

from core.condition import Condition
from core.document import look_edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.look_edits import LookPart
from core.document.model import Interpolation, Keyframe, Look, Mask, Project, animatable_axis
from core.document.shapes import Handle
from core.ids import AxisId, ClipId, TranslatorId
from core.timebase import Time
from core.words import inline, msg, tr


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
        return tr("Set {condition}", condition=_axis_name(self.axis))

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
        match names:
            case [name]:
                return tr("Set {condition}", condition=name)
            case [name, other]:
                return tr("Set {condition} and {other}", condition=name, other=other)
        return tr("Set conditions")

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
        return tr("Apply {look}", look=inline(" + ".join(map(tr, self.name.split(" + ")))))

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
        return (
            tr("Reset {condition}", condition=_axis_name(self.axes[0]))
            if len(self.axes) == 1
            else tr("Reset conditions")
        )


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
        return tr("Set {condition} keyframe", condition=_axis_name(self.axis))

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
        return tr("Toggle {condition} keyframe", condition=_axis_name(self.axis))


class RemoveKeyframe(Command, frozen=True):
    clip: ClipId
    axis: AxisId
    at: Time

    def apply(self, project: Project) -> Edit:
        return look_edits.remove_keyframe(project, self.clip, self.axis, self.at)

    @property
    def label(self) -> str:
        return tr("Remove {condition} keyframe", condition=_axis_name(self.axis))


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
        return tr("Move {condition} keyframe", condition=_axis_name(self.axis))

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
        return tr("Make keyframe {kind}", kind=tr(self.interpolation.value))


class SetHandles(Command, frozen=True):
    """How a Bézier curve arrives at a key and leaves it; None lets it follow from the keys about it."""

    clip: ClipId
    axis: AxisId
    at: Time
    into: Handle | None = None
    out: Handle | None = None

    def apply(self, project: Project) -> Edit:
        return look_edits.set_handles(project, self.clip, self.axis, self.at, self.into, self.out)

    @property
    def label(self) -> str:
        return tr("Shape curve")

    @property
    def subject(self) -> tuple[object, ...]:
        return self.clip, self.axis, self.at


class SetCurves(Command, frozen=True):
    """All keys of some axes at once: what moving, scaling and pasting several keys comes to."""

    clip: ClipId
    curves: tuple[tuple[AxisId, tuple[Keyframe, ...]], ...]
    name: str = msg("Change keyframes")

    def apply(self, project: Project) -> Edit:
        return look_edits.set_curves(project, self.clip, self.curves)

    @property
    def label(self) -> str:
        return self.name

    @property
    def subject(self) -> tuple[object, ...]:
        return self.clip, tuple(axis for axis, _ in self.curves)


class PasteLook(Command, frozen=True):
    """Parts of a copied look, on several clips. `origin` is the in point of the clip it was copied from."""

    clips: tuple[ClipId, ...]
    look: Look
    masks: tuple[Mask, ...]
    origin: Time
    parts: tuple[LookPart, ...]

    def apply(self, project: Project) -> Edit:
        return look_edits.paste_look(project, self.clips, self.look, self.masks, self.origin, self.parts)

    @property
    def label(self) -> str:
        return tr("Paste look") if len(self.parts) == len(LookPart) else tr("Paste attributes")


class SetSeed(Command, frozen=True):
    clip: ClipId
    seed: int

    def apply(self, project: Project) -> Edit:
        return look_edits.set_seed(project, self.clip, self.seed)

    @property
    def label(self) -> str:
        return tr("Set seed")

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
        return tr("Set translator")


def _axis_name(axis: AxisId) -> str:
    return inline(tr(animatable_axis(axis).label))
