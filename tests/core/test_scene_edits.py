"""A person's word on a scene: kept by medium, on a grid, and never half a word."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from builders import a_clip, a_media, a_project, a_stroke

from core.document import commands as c
from core.document.changes import Aspect
from core.document.commands import AnyCommand
from core.document.integrity import check_project
from core.document.journal import Did
from core.document.model import AS_FOUND, Project, SceneEdits, StrokeMode
from core.document.session import Session
from core.document.storage import from_builtins
from core.errors import EditRejected
from core.ids import ClipId, MediaId
from core.objects import Box, Facing, ObjectId, ObjectKind, SceneObject, Spot
from core.scene import NO_CORRECTIONS, Corrections, Presence, Sighting, SunAsShot
from core.timebase import Time

ROAD = a_media()
OTHER = a_media("night.mp4")
BOX = Box(0.4, 0.5, 0.5, 0.6)
CAR = SceneObject(ObjectId("object-0"), ObjectKind.VEHICLE, (Spot(3, BOX),))
FOUND = replace(CAR, id=ObjectId("vehicle-7"), confidence=0.8)


def a_road() -> Project:
    """Two clips of a road, and one of another medium behind them."""
    project = a_project(clips=2, media=ROAD)
    end = project.duration
    track = project.tracks[0]
    other = a_clip(OTHER, 2, start=end)
    return replace(project, media=(*project.media, OTHER), tracks=(replace(track, clips=(*track.clips, other)),))


def after(*commands: AnyCommand) -> Project:
    project = a_road()
    for command in commands:
        project = command.apply(project).project
        check_project(project)
    return project


def said(*commands: AnyCommand) -> Corrections:
    return after(*commands).scene_edits(ROAD.id).corrections


def test_what_is_said_belongs_to_the_footage_and_not_to_a_clip() -> None:
    project = after(c.SetHorizon(ROAD.id, 0.4))
    assert project.scenes == ((ROAD.id, SceneEdits(Corrections(horizon=0.4))),)
    assert project.scene_edits(OTHER.id) == AS_FOUND
    first = next(project.clips())
    cut = c.SplitClip(first.id, Time(first.span.end.seconds / 2), ClipId("tail"))
    assert cut.apply(project).project.scenes == project.scenes


def test_every_clip_of_the_medium_is_dirty_and_no_other() -> None:
    edit = c.SetHorizon(ROAD.id, 0.4).apply(a_road())
    clips = list(a_road().clips())
    assert edit.changes.aspects is Aspect.SCENE
    assert [(r.start, r.end) for r in edit.changes.dirty] == [(clips[0].span.start, clips[1].span.end)]


def test_values_are_brought_to_a_grid() -> None:
    assert said(c.SetHorizon(ROAD.id, 0.12345649)).horizon == 0.123456
    assert said(c.SetFieldOfView(ROAD.id, 60.00000001)).field_of_view_deg == 60.0
    assert said(c.SetCameraHeight(ROAD.id, 1 / 3)).camera_height_m == 0.333333
    assert said(c.SetSunAsShot(ROAD.id, SunAsShot(-90.0, 12.3456789))).sun == SunAsShot(270.0, 12.345679)
    assert said(c.SetSunAsShot(ROAD.id, SunAsShot(-1e-12, 0.0))).sun == SunAsShot(0.0, 0.0)


@pytest.mark.parametrize(
    "command",
    [
        c.SetHorizon(ROAD.id, 7.0),
        c.SetHorizon(ROAD.id, float("nan")),
        c.SetFieldOfView(ROAD.id, 180.0),
        c.SetCameraHeight(ROAD.id, 0.0),
        c.SetSunAsShot(ROAD.id, SunAsShot(float("inf"), 0.0)),
        c.SetSunAsShot(ROAD.id, SunAsShot(0.0, 91.0)),
        c.PaintSky(ROAD.id, a_stroke(radius=9.0)),
        c.AddObject(ROAD.id, replace(CAR, spots=())),
        c.AddObject(ROAD.id, replace(CAR, id=ObjectId(" "))),
        c.AddObject(ROAD.id, replace(CAR, repeat_m=-3.0)),
        c.AddObject(ROAD.id, replace(CAR, spots=(Spot(0, replace(BOX, left=float("nan"))),))),
        c.PlaceObject(ROAD.id, ObjectId("nobody"), 1, BOX),
        c.PlaceObject(ROAD.id, ObjectId("nobody"), 1, BOX, FOUND),
        c.RemoveSpot(ROAD.id, FOUND.id, 3, FOUND),
        c.RemoveSpot(ROAD.id, FOUND.id, 4, FOUND),
        c.SetHorizon(MediaId("gone"), 0.5),
    ],
    ids=str,
)
def test_what_means_nothing_is_rejected_in_a_sentence(command: AnyCommand) -> None:
    with pytest.raises(EditRejected, match=r"^[A-Z].*[^.]\.$"):
        command.apply(a_road())


def test_none_and_auto_leave_it_to_what_is_found_and_nothing_is_kept_then() -> None:
    words = (
        (c.SetSkyPresence(ROAD.id, Presence.ABSENT), c.SetSkyPresence(ROAD.id, Presence.AUTO)),
        (c.SetHorizon(ROAD.id, 0.4), c.SetHorizon(ROAD.id, None)),
        (c.SetFieldOfView(ROAD.id, 70.0), c.SetFieldOfView(ROAD.id, None)),
        (c.SetCameraHeight(ROAD.id, 2.0), c.SetCameraHeight(ROAD.id, None)),
        (c.SetSunAsShot(ROAD.id, SunAsShot(10.0, 20.0)), c.SetSunAsShot(ROAD.id, None)),
        (c.PaintSky(ROAD.id, a_stroke()), c.ClearSkyPaint(ROAD.id)),
        (c.AddObject(ROAD.id, CAR), c.RemoveObject(ROAD.id, CAR.id)),
        (c.RemoveObject(ROAD.id, FOUND.id), c.RestoreObjects(ROAD.id)),
    )
    for say, unsay in words:
        assert after(say) != a_road()
        assert after(say, unsay) == a_road()
    assert after(*(say for say, _ in words), c.ResetScene(ROAD.id)) == a_road()


def test_saying_what_is_already_said_changes_nothing() -> None:
    project = after(c.SetHorizon(ROAD.id, 0.4))
    assert c.SetHorizon(ROAD.id, 0.4).apply(project).project is project
    assert c.ResetScene(OTHER.id).apply(project).project is project


def test_sky_is_painted_stroke_by_stroke() -> None:
    erase = a_stroke((0.2, 0.2), mode=StrokeMode.ERASE)
    project = after(c.PaintSky(ROAD.id, a_stroke()), c.PaintSky(ROAD.id, erase))
    assert [s.mode for s in project.scene_edits(ROAD.id).sky_strokes] == [StrokeMode.ADD, StrokeMode.ERASE]


def test_sky_that_was_painted_is_there_whatever_was_found_or_switched_off() -> None:
    def sky(*commands: AnyCommand) -> Presence:
        return after(*commands).scene_edits(ROAD.id).word.sky

    off = c.SetSkyPresence(ROAD.id, Presence.ABSENT)
    assert sky(c.PaintSky(ROAD.id, a_stroke())) is Presence.PRESENT
    assert sky(off, c.PaintSky(ROAD.id, a_stroke())) is Presence.PRESENT
    assert sky(c.PaintSky(ROAD.id, a_stroke(mode=StrokeMode.ERASE))) is Presence.AUTO
    assert sky(off) is Presence.ABSENT


# ---- objects ------------------------------------------------------------------------------------------------------


def test_an_added_object_is_placed_at_one_frame_and_then_at_others() -> None:
    far = Box(0.45, 0.5, 0.47, 0.53)
    objects = said(
        c.AddObject(ROAD.id, CAR), c.PlaceObject(ROAD.id, CAR.id, 0, far), c.PlaceObject(ROAD.id, CAR.id, 3, far)
    ).objects
    assert objects == (replace(CAR, spots=(Spot(0, far), Spot(3, far))),)


def test_a_found_object_that_is_moved_is_adopted_whole() -> None:
    moved = said(c.PlaceObject(ROAD.id, FOUND.id, 9, BOX, FOUND))
    assert moved.objects == (replace(FOUND, spots=(Spot(3, BOX), Spot(9, BOX))),)


def test_an_adopted_object_taken_away_does_not_leave_the_found_one_behind() -> None:
    gone = said(c.ChangeObject(ROAD.id, replace(FOUND, facing=Facing.FRONT)), c.RemoveObject(ROAD.id, FOUND.id))
    assert gone == Corrections(removed=(FOUND.id,))


def test_where_a_found_vehicle_was_is_kept_with_its_id_until_it_is_restored() -> None:
    there = Spot(3, BOX)
    gone = c.RemoveObject(ROAD.id, FOUND.id, there)
    assert said(gone) == Corrections(removed=(FOUND.id,), sightings=(Sighting(FOUND.id, there),))
    assert said(gone, c.RestoreObjects(ROAD.id)) == NO_CORRECTIONS
    with pytest.raises(EditRejected, match="no longer"):
        said(gone, gone)
    other = Sighting(FOUND.id, Spot(3, replace(BOX, right=0.9)))
    assert said(gone, c.RemoveObject(ROAD.id, FOUND.id, other.spot)).sightings == (Sighting(FOUND.id, there), other)


def test_a_drag_of_a_found_vehicle_keeps_where_it_was_seen() -> None:
    session, there = Session(a_road()), Spot(3, BOX)
    first, *rest = (replace(FOUND, spots=(Spot(3, replace(BOX, right=right)),)) for right in (0.6, 0.7, 0.8))
    kept = dragged(session, c.ChangeObject(ROAD.id, first, there), *(c.ChangeObject(ROAD.id, t) for t in rest))
    project = a_road()
    for command in kept:
        project = command.apply(project).project
    assert project == session.project
    assert project.scene_edits(ROAD.id).corrections.sightings == (Sighting(FOUND.id, there),)
    session.close()


def test_an_added_object_taken_away_leaves_nothing() -> None:
    assert said(c.AddObject(ROAD.id, CAR), c.RemoveObject(ROAD.id, CAR.id)) == NO_CORRECTIONS


def test_restoring_brings_back_what_was_taken_away_and_keeps_what_was_changed() -> None:
    changed, gone = replace(FOUND, is_on=False), ObjectId("vehicle-8")
    restored = said(c.ChangeObject(ROAD.id, changed), c.RemoveObject(ROAD.id, gone), c.RestoreObjects(ROAD.id))
    assert restored.objects == (changed,)
    assert gone not in restored.removed


def test_a_position_is_forgotten_but_never_the_last() -> None:
    two = (c.AddObject(ROAD.id, CAR), c.PlaceObject(ROAD.id, CAR.id, 8, BOX))
    assert said(*two, c.RemoveSpot(ROAD.id, CAR.id, 3)).objects[0].spots == (Spot(8, BOX),)
    with pytest.raises(EditRejected, match="remove the object instead"):
        said(*two, c.RemoveSpot(ROAD.id, CAR.id, 3), c.RemoveSpot(ROAD.id, CAR.id, 8))


def test_a_box_drawn_from_right_to_left_or_out_of_the_window_is_still_a_box() -> None:
    def placed(box: Box) -> Box:
        return said(c.AddObject(ROAD.id, CAR), c.PlaceObject(ROAD.id, CAR.id, 3, box)).objects[0].spots[0].box

    assert placed(Box(0.5, 0.6, 0.4, 0.5)) == BOX
    assert placed(Box(-9.0, 0.5, 9.0, 0.6)) == Box(-2.0, 0.5, 3.0, 0.6)
    speck = placed(Box(0.5, 0.5, 0.5, 0.5))
    assert speck.width > 0
    assert speck.bottom == 0.5


def test_what_has_no_id_of_its_own_cannot_be_added_twice() -> None:
    with pytest.raises(EditRejected):
        after(c.AddObject(ROAD.id, CAR), c.AddObject(ROAD.id, CAR))


# ---- gestures and the journal -------------------------------------------------------------------------------------


def dragged(session: Session, *commands: AnyCommand) -> tuple[AnyCommand, ...]:
    """What a gesture of these commands keeps."""
    kept: list[AnyCommand] = []
    with session.gesture("Drag"):
        for command in commands:
            session.do(command)
        assert session._gesture is not None
        kept = [part.command for part in session._gesture.parts]
    return tuple(kept)


def test_a_dragged_slider_or_box_keeps_only_its_last() -> None:
    session = Session(a_road())
    rows = [c.SetHorizon(ROAD.id, row) for row in (0.3, 0.31, 0.32)]
    assert dragged(session, *rows) == (rows[-1],)
    places = [c.PlaceObject(ROAD.id, FOUND.id, 3, replace(BOX, right=right), FOUND) for right in (0.6, 0.7, 0.8)]
    assert dragged(session, *places) == (places[-1],)
    session.undo()
    session.undo()
    assert session.project == a_road()
    session.close()


def test_a_drag_that_adopts_can_be_replayed() -> None:
    session = Session(a_road())
    first = c.PlaceObject(ROAD.id, FOUND.id, 3, replace(BOX, right=0.7), FOUND)
    rest = [c.PlaceObject(ROAD.id, FOUND.id, 3, replace(BOX, right=right)) for right in (0.8, 0.9)]
    project = a_road()
    for command in dragged(session, first, *rest):
        project = command.apply(project).project
    assert project == session.project
    session.close()


def test_a_journal_from_before_the_scene_still_reads() -> None:
    old = (
        b'{"type":"Did","label":"Paint mask","commands":[{"type":"AddStroke","clip":"clip-0","mask":"mask-0","stroke":'
        b'{"points":[{"x":0.5,"y":0.5,"pressure":1.0}],"radius":0.1,"hardness":0.5,"flow":1.0,"mode":"add"}},'
        b'{"type":"SetValue","clip":"clip-0","axis":"rain","value":0.5,"at":null},'
        b'{"type":"RenameProject","name":"X"}]}'
    )
    record = from_builtins(msgspec.json.decode(old), Did)
    assert [type(command).__name__ for command in record.commands] == ["AddStroke", "SetValue", "RenameProject"]


@pytest.mark.parametrize(
    "scenes",
    [
        ((MediaId("gone"), SceneEdits(Corrections(horizon=0.4))),),
        ((ROAD.id, AS_FOUND),),
        ((ROAD.id, SceneEdits(Corrections(horizon=0.12345678))),),
        ((ROAD.id, SceneEdits(Corrections(objects=(CAR, CAR)))),),
        ((ROAD.id, SceneEdits(Corrections(objects=(replace(CAR, spots=()),)))),),
        ((ROAD.id, SceneEdits(Corrections(field_of_view_deg=0.0))),),
        ((ROAD.id, SceneEdits(Corrections(sightings=(Sighting(FOUND.id, Spot(3, BOX)),)))),),
        tuple((id_, SceneEdits(Corrections(horizon=0.4))) for id_ in (ROAD.id, OTHER.id)),
        tuple((ROAD.id, SceneEdits(Corrections(horizon=0.4))) for _ in range(2)),
    ],
    ids=["media", "nothing said", "grid", "twice", "nowhere", "range", "seen", "order", "one medium twice"],
)
def test_a_scene_that_no_edit_makes_is_refused_at_the_door(scenes: tuple[tuple[MediaId, SceneEdits], ...]) -> None:
    with pytest.raises(ValueError, match="scene"):
        check_project(replace(a_road(), scenes=scenes))
