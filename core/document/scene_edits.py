"""Edits of a medium's scene: what a person says of the footage. Pure, numbers brought to a grid of 1e-6.

What was found is not in the document. An edit of a found object is therefore given the object as found, and keeps it from
then on: it stands among the objects in its changed form, and its id among the removed, so that it is never there twice
and taking it away later takes away both. Where a found vehicle was seen is kept with its id, which may be another's after
another look at the shot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from typing import Final

from core.document.changes import Aspect, Edit
from core.document.edits import edited, unchanged
from core.document.mask_edits import checked_number, checked_stroke
from core.document.model import AS_FOUND, Project, SceneEdits, Stroke
from core.errors import EditRejected
from core.ids import MediaId
from core.objects import Box, Level, ObjectId, SceneObject, Spot
from core.scene import Corrections, Presence, Sighting, SunAsShot
from core.words import tr

DECIMALS: Final = 6
HORIZON: Final = (-1.0, 2.0)
"""Row of the horizon, share of the height."""
FIELD_OF_VIEW_DEG: Final = (5.0, 150.0)
CAMERA_HEIGHT_M: Final = (0.05, 2000.0)
REPEAT_M: Final = (1.0, 1000.0)
MARGIN: Final = 2.0
"""How far outside the picture, in picture sizes, a box is still followed."""
SMALLEST: Final = 0.001
"""Least width and height of a box, picture sizes."""
LAST_FRAME: Final = 2**31 - 1


def _with_scene(project: Project, media: MediaId, said: SceneEdits) -> Edit:
    """Dirty is every clip of the medium."""
    project.media_facts(media)
    if said == project.scene_edits(media):
        return unchanged(project)
    others = [(id_, edits) for id_, edits in project.scenes if id_ != media]
    scenes = sorted([*others, (media, said)] if said != AS_FOUND else others, key=lambda scene: scene[0])
    dirty = (clip.span for clip in project.clips() if clip.media == media)
    return edited(project, replace(project, scenes=tuple(scenes)), Aspect.SCENE, *dirty)


def _corrected(project: Project, media: MediaId, **changes: object) -> Edit:
    said = project.scene_edits(media)
    corrections = replace(said.corrections, **changes)  # type: ignore[arg-type]
    return _with_scene(project, media, replace(said, corrections=corrections))


# ---- sky ----------------------------------------------------------------------------------------------------------


def set_sky_presence(project: Project, media: MediaId, presence: Presence) -> Edit:
    """Say whether there is sky in the shot, or leave it to what is found."""
    return _corrected(project, media, sky=Presence(presence))


def paint_sky(project: Project, media: MediaId, stroke: Stroke) -> Edit:
    """Paint over the sky that was found: more of it, or less. Raises `EditRejected` for a stroke that cannot be drawn."""
    said = project.scene_edits(media)
    return _with_scene(project, media, replace(said, sky_strokes=(*said.sky_strokes, checked_stroke(stroke))))


def clear_sky_paint(project: Project, media: MediaId) -> Edit:
    return _with_scene(project, media, replace(project.scene_edits(media), sky_strokes=()))


# ---- camera and sun -----------------------------------------------------------------------------------------------


def _dialled(name: str, value: float | None, limits: tuple[float, float]) -> float | None:
    return None if value is None else checked_number(name, value, *limits, DECIMALS)


def set_horizon(project: Project, media: MediaId, horizon: float | None) -> Edit:
    """Row of the horizon, a share of the height from the top; None leaves it to what is found."""
    return _corrected(project, media, horizon=_dialled(tr("The horizon"), horizon, HORIZON))


def set_field_of_view(project: Project, media: MediaId, degrees: float | None) -> Edit:
    """Across the picture's width; None leaves it to what is found."""
    return _corrected(project, media, field_of_view_deg=_dialled(tr("The field of view"), degrees, FIELD_OF_VIEW_DEG))


def set_camera_height(project: Project, media: MediaId, metres: float | None) -> Edit:
    """Of the lens above the ground; None leaves it to what is found."""
    return _corrected(project, media, camera_height_m=_dialled(tr("The camera's height"), metres, CAMERA_HEIGHT_M))


def set_sun_as_shot(project: Project, media: MediaId, sun: SunAsShot | None) -> Edit:
    """Where the sun stood; the azimuth is brought to 0 .. 360. None leaves it to what is found."""
    return _corrected(project, media, sun=None if sun is None else _checked_sun(sun))


def _checked_sun(sun: SunAsShot) -> SunAsShot:
    if not isfinite(sun.azimuth_deg):
        raise EditRejected(tr("The sun's azimuth must be a number."))
    azimuth = round(sun.azimuth_deg % 360.0, DECIMALS) % 360.0
    return SunAsShot(azimuth, checked_number(tr("The sun's elevation"), sun.elevation_deg, -90.0, 90.0, DECIMALS))


# ---- objects ------------------------------------------------------------------------------------------------------


def _standing(said: Corrections, object_id: ObjectId) -> SceneObject | None:
    return next((thing for thing in said.objects if thing.id == object_id), None)


def _with_object(project: Project, media: MediaId, thing: SceneObject, seen: Spot | None = None) -> Edit:
    """The object in the place of its older self, or adopted: then what was found under its id no longer stands."""
    said = project.scene_edits(media).corrections
    exact = checked_object(thing)
    if _standing(said, thing.id) is None:
        return _corrected(project, media, objects=(*said.objects, exact), **_taken(said, thing.id, seen))
    return _corrected(project, media, objects=tuple(exact if t.id == thing.id else t for t in said.objects))


def _taken(said: Corrections, object_id: ObjectId, seen: Spot | None) -> dict[str, object]:
    """The fields that let a found object no longer stand as it was found."""
    sightings = said.sightings if seen is None else (*said.sightings, Sighting(object_id, checked_spot(seen)))
    return {
        "removed": said.removed if object_id in said.removed else (*said.removed, object_id),
        "sightings": tuple(dict.fromkeys(sightings)),
    }


def add_object(project: Project, media: MediaId, thing: SceneObject) -> Edit:
    """Place an object that was not found. Its id is fresh."""
    said = project.scene_edits(media).corrections
    if _standing(said, thing.id) is not None or thing.id in said.removed:
        raise EditRejected(tr("That object is already in the scene."))
    return _corrected(project, media, objects=(*said.objects, checked_object(thing)))


def change_object(project: Project, media: MediaId, thing: SceneObject, seen: Spot | None = None) -> Edit:
    """Change one that was added, or adopt one that was found, as `thing` says. `seen` is where a vehicle was found."""
    return _with_object(project, media, thing, seen)


def place_object(
    project: Project, media: MediaId, object_id: ObjectId, frame: int, box: Box, found: SceneObject | None
) -> Edit:
    """Say where an object is at a source frame. `found` is the object as found, where nobody has changed it yet."""
    thing = _object(project, media, object_id, found)
    spots = (*(spot for spot in thing.spots if spot.frame != frame), Spot(frame, box))
    return _with_object(project, media, replace(thing, spots=spots))


def remove_spot(
    project: Project, media: MediaId, object_id: ObjectId, frame: int, found: SceneObject | None = None
) -> Edit:
    """Forget what was said of a frame; the object is then where its other positions put it."""
    thing = _object(project, media, object_id, found)
    spots = tuple(spot for spot in thing.spots if spot.frame != frame)
    if len(spots) == len(thing.spots):
        raise EditRejected(tr("The object has no position at this frame."))
    if not spots:
        raise EditRejected(tr("This is the object's only position; remove the object instead."))
    return _with_object(project, media, replace(thing, spots=spots))


def _object(project: Project, media: MediaId, object_id: ObjectId, found: SceneObject | None) -> SceneObject:
    thing = _standing(project.scene_edits(media).corrections, object_id) or found
    if thing is None or thing.id != object_id:
        raise EditRejected(tr("That object is no longer in the scene."))
    return thing


def remove_object(project: Project, media: MediaId, object_id: ObjectId, seen: Spot | None = None) -> Edit:
    """Take an object away: one that was added is gone, one that was found can be restored. `seen` is where a vehicle was."""
    said = project.scene_edits(media).corrections
    if _standing(said, object_id) is not None:
        return _corrected(project, media, objects=tuple(t for t in said.objects if t.id != object_id))
    taken = _taken(said, object_id, seen)
    if taken == {"removed": said.removed, "sightings": said.sightings}:
        raise EditRejected(tr("That object is no longer in the scene."))
    return _corrected(project, media, **taken)


def restore_objects(project: Project, media: MediaId) -> Edit:
    """Bring back every found object that was taken away; changed ones stay as they are."""
    said = project.scene_edits(media).corrections
    changed = {thing.id for thing in said.objects}
    removed = tuple(id_ for id_ in said.removed if id_ in changed)
    sightings = tuple(sighting for sighting in said.sightings if sighting.id in changed)
    return _corrected(project, media, removed=removed, sightings=sightings)


def reset_scene(project: Project, media: MediaId) -> Edit:
    """Back to what is found."""
    return _with_scene(project, media, AS_FOUND)


# ---- what is allowed ----------------------------------------------------------------------------------------------


def checked_object(thing: SceneObject) -> SceneObject:
    """The object on its grid, its spots in order, the last said of a frame. Raises `EditRejected`."""
    if not thing.id.strip():
        raise EditRejected(tr("An object needs an id."))
    spots = {spot.frame: checked_spot(spot) for spot in thing.spots}
    if not spots:
        raise EditRejected(tr("An object needs a place in the picture."))
    repeat = thing.repeat_m
    return replace(
        thing,
        spots=tuple(spots[frame] for frame in sorted(spots)),
        repeat_m=checked_number(tr("The distance of a row's lights"), repeat, *REPEAT_M, DECIMALS) if repeat else 0.0,
        confidence=checked_number(tr("Confidence"), thing.confidence, 0.0, 1.0, DECIMALS),
        strength=checked_number(tr("The strength"), thing.strength, 0.0, 1.0, DECIMALS),
        levels=_checked_levels(thing.levels),
    )


def _checked_levels(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """In order, the last said of a frame."""
    said = {
        _checked_frame(level.frame): checked_number(tr("The strength"), level.value, 0.0, 1.0, DECIMALS)
        for level in levels
    }
    return tuple(Level(frame, said[frame]) for frame in sorted(said))


def checked_spot(spot: Spot) -> Spot:
    """On its grid. Raises `EditRejected`."""
    return Spot(_checked_frame(spot.frame), checked_box(spot.box))


def _checked_frame(frame: int) -> int:
    if abs(frame) > LAST_FRAME:
        raise EditRejected(tr("Frame {frame} is too far from the shot.", frame=frame))
    return frame


def checked_box(box: Box) -> Box:
    """The box on its grid: edges in order, held near the picture, as wide and high as can be seen. Raises `EditRejected`."""
    left, right = sorted(map(_held, (box.left, box.right)))
    top, bottom = sorted(map(_held, (box.top, box.bottom)))
    return Box(left, min(top, _exact(bottom - SMALLEST)), max(right, _exact(left + SMALLEST)), bottom)


def _held(edge: float) -> float:
    """A box dragged far outside is held at the margin: a drag must not fail for leaving the window."""
    if not isfinite(edge):
        raise EditRejected(tr("A box needs numbers."))
    return _exact(min(max(edge, -MARGIN), 1.0 + MARGIN))


def _exact(value: float) -> float:
    return round(value, DECIMALS) + 0.0


def checked_scene(said: SceneEdits) -> SceneEdits:
    """All of it on its grid. Raises `EditRejected` for what no edit would have made."""
    c = said.corrections
    _reject_twice(thing.id for thing in c.objects)
    _reject_twice(c.removed)
    if any(sighting.id not in c.removed for sighting in c.sightings):
        raise EditRejected(tr("A vehicle was seen that nobody took away or changed."))
    corrections = Corrections(
        sky=c.sky,
        horizon=_dialled(tr("The horizon"), c.horizon, HORIZON),
        field_of_view_deg=_dialled(tr("The field of view"), c.field_of_view_deg, FIELD_OF_VIEW_DEG),
        camera_height_m=_dialled(tr("The camera's height"), c.camera_height_m, CAMERA_HEIGHT_M),
        sun=None if c.sun is None else _checked_sun(c.sun),
        objects=tuple(checked_object(thing) for thing in c.objects),
        removed=c.removed,
        sightings=tuple(dict.fromkeys(Sighting(s.id, checked_spot(s.spot)) for s in c.sightings)),
    )
    return SceneEdits(corrections, tuple(checked_stroke(stroke) for stroke in said.sky_strokes))


def _reject_twice(ids: Iterable[ObjectId]) -> None:
    given = list(ids)
    if len(set(given)) != len(given):
        raise EditRejected(tr("An object is there twice."))
