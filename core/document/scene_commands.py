"""Commands on the scene of a medium: the person's word, laid over what was found."""

from __future__ import annotations

from core.document import scene_edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.model import Project, Stroke, StrokeMode
from core.ids import MediaId
from core.objects import Box, ObjectId, SceneObject, Spot
from core.scene import Presence, SunAsShot
from core.words import tr


class SetSkyPresence(Command, frozen=True):
    """Whether there is sky in the shot."""

    media: MediaId
    presence: Presence

    def apply(self, project: Project) -> Edit:
        return scene_edits.set_sky_presence(project, self.media, self.presence)

    @property
    def label(self) -> str:
        return {
            Presence.AUTO: tr("Find sky"),
            Presence.PRESENT: tr("Say there is sky"),
            Presence.ABSENT: tr("Say there is no sky"),
        }[self.presence]


class PaintSky(Command, frozen=True):
    """Paint one stroke over the sky. While it is being drawn, each command of the gesture holds the stroke so far."""

    media: MediaId
    stroke: Stroke

    def apply(self, project: Project) -> Edit:
        return scene_edits.paint_sky(project, self.media, self.stroke)

    @property
    def label(self) -> str:
        return tr("Paint sky") if self.stroke.mode is StrokeMode.ADD else tr("Erase sky")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.media, self.stroke.points[:1])


class ClearSkyPaint(Command, frozen=True):
    media: MediaId

    def apply(self, project: Project) -> Edit:
        return scene_edits.clear_sky_paint(project, self.media)

    @property
    def label(self) -> str:
        return tr("Clear sky paint")


class SetHorizon(Command, frozen=True):
    """Row as a share of the height from the top; None leaves it to what is found."""

    media: MediaId
    horizon: float | None

    def apply(self, project: Project) -> Edit:
        return scene_edits.set_horizon(project, self.media, self.horizon)

    @property
    def label(self) -> str:
        return tr("Find horizon") if self.horizon is None else tr("Set horizon")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.media,)


class SetFieldOfView(Command, frozen=True):
    """Across the picture's width; None leaves it to what is found."""

    media: MediaId
    degrees: float | None

    def apply(self, project: Project) -> Edit:
        return scene_edits.set_field_of_view(project, self.media, self.degrees)

    @property
    def label(self) -> str:
        return tr("Find field of view") if self.degrees is None else tr("Set field of view")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.media,)


class SetCameraHeight(Command, frozen=True):
    """Of the lens above the ground; None leaves it to what is found."""

    media: MediaId
    metres: float | None

    def apply(self, project: Project) -> Edit:
        return scene_edits.set_camera_height(project, self.media, self.metres)

    @property
    def label(self) -> str:
        return tr("Find camera height") if self.metres is None else tr("Set camera height")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.media,)


class SetSunAsShot(Command, frozen=True):
    """Where the sun stood when the shot was taken; None leaves it to what is found."""

    media: MediaId
    sun: SunAsShot | None

    def apply(self, project: Project) -> Edit:
        return scene_edits.set_sun_as_shot(project, self.media, self.sun)

    @property
    def label(self) -> str:
        return tr("Find sun as shot") if self.sun is None else tr("Set sun as shot")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.media,)


class AddObject(Command, frozen=True):
    """Place an object that was not found; its id is fresh (`core.ids.new_id`)."""

    media: MediaId
    thing: SceneObject

    def apply(self, project: Project) -> Edit:
        return scene_edits.add_object(project, self.media, self.thing)

    @property
    def label(self) -> str:
        return tr("Add {kind}", kind=tr(self.thing.kind.value))

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.media, self.thing.id)


class ChangeObject(Command, frozen=True):
    """The object as it shall be: facing, lamps, row, track. A found one is adopted with its changes; of a vehicle `seen` says
    where it was found."""

    media: MediaId
    thing: SceneObject
    seen: Spot | None = None

    def apply(self, project: Project) -> Edit:
        return scene_edits.change_object(project, self.media, self.thing, self.seen)

    @property
    def label(self) -> str:
        return tr("Change {kind}", kind=tr(self.thing.kind.value))

    @property
    def subject(self) -> tuple[object, ...]:
        # One that says where it was found is not made superfluous by one that does not.
        return (self.media, self.thing.id, self.seen)


class PlaceObject(Command, frozen=True):
    """Where an object is at a source frame. `found` is the object as found, if it is not among the corrections yet."""

    media: MediaId
    object_id: ObjectId
    frame: int
    box: Box
    found: SceneObject | None = None

    def apply(self, project: Project) -> Edit:
        return scene_edits.place_object(project, self.media, self.object_id, self.frame, self.box, self.found)

    @property
    def label(self) -> str:
        return tr("Move object")

    @property
    def subject(self) -> tuple[object, ...]:
        # One that adopts is not made superfluous by one that could not be applied without it.
        return (self.media, self.object_id, self.frame, self.found is not None)


class RemoveSpot(Command, frozen=True):
    """Forget where an object was said to be at a source frame. `found` as in `PlaceObject`."""

    media: MediaId
    object_id: ObjectId
    frame: int
    found: SceneObject | None = None

    def apply(self, project: Project) -> Edit:
        return scene_edits.remove_spot(project, self.media, self.object_id, self.frame, self.found)

    @property
    def label(self) -> str:
        return tr("Remove object position")


class RemoveObject(Command, frozen=True):
    """Take an object away, whether it was added or found; of a found vehicle `seen` says where."""

    media: MediaId
    object_id: ObjectId
    seen: Spot | None = None

    def apply(self, project: Project) -> Edit:
        return scene_edits.remove_object(project, self.media, self.object_id, self.seen)

    @property
    def label(self) -> str:
        return tr("Remove object")


class RestoreObjects(Command, frozen=True):
    """Bring back every found object that was taken away."""

    media: MediaId

    def apply(self, project: Project) -> Edit:
        return scene_edits.restore_objects(project, self.media)

    @property
    def label(self) -> str:
        return tr("Restore found objects")


class ResetScene(Command, frozen=True):
    """Everything as it is found."""

    media: MediaId

    def apply(self, project: Project) -> Edit:
        return scene_edits.reset_scene(project, self.media)

    @property
    def label(self) -> str:
        return tr("Reset scene")
