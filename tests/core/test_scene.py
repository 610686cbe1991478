"""The scene as a value: cameras, poses, objects carried over a shot, and a person's word laid over what was found."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from core.camera import Camera, Motion, Pose
from core.objects import Box, Facing, Level, ObjectId, ObjectKind, SceneObject, Spot, box_at
from core.scene import (
    NO_CORRECTIONS,
    Corrections,
    FrameScene,
    Presence,
    Scene,
    Sighting,
    Tracking,
    _poses_under,
    camera_at,
    scene_at,
    standing_objects,
)

WIDE = 16 / 9
CAR = SceneObject(
    ObjectId("car"), ObjectKind.VEHICLE, (Spot(10, Box(0.4, 0.5, 0.5, 0.6)), Spot(20, Box(0.3, 0.5, 0.5, 0.7)))
)


def at(frame: int, tracking: Tracking | None = None, said: Corrections = NO_CORRECTIONS, **scene: object) -> FrameScene:
    found = Scene(**{"motion": Motion(forward_m_s=20.0), "ground_confidence": 1.0, **scene})  # type: ignore[arg-type]
    return scene_at(found, tracking, said, WIDE, frame, frame / 25, 1 / 25)


def driving(frames: int, speed: float = 0.8, yaw: float = 0.0) -> Tracking:
    return Tracking(tuple(Pose(ahead_m=speed * n, yaw_rad=yaw * n, horizon=0.47) for n in range(frames)))


@pytest.mark.parametrize("horizon", [0.3, 0.47, 0.8])
def test_a_point_on_the_ground_projects_back_to_where_it_was_seen(horizon: float) -> None:
    camera = Camera(focal=1.1, horizon=horizon, height_m=1.4)
    x, y, depth = camera.project(camera.on_ground(0.3, 0.9, WIDE), WIDE)
    assert (x, y) == pytest.approx((0.3, 0.9))
    assert depth > 0


def test_world_and_camera_frames_undo_each_other() -> None:
    pose = Pose(3.0, 0.5, 40.0, 0.3, 0.47)
    assert pose.from_world(pose.to_world((1.0, -1.4, 9.0))) == pytest.approx((1.0, -1.4, 9.0))


def test_a_heading_to_the_right_moves_what_is_ahead_to_the_left() -> None:
    assert Pose(yaw_rad=math.radians(10)).from_world((0.0, 0.0, 10.0))[0] < 0


def test_a_tracked_box_is_interpolated_and_is_gone_outside_its_track() -> None:
    middle = box_at(CAR, 15)
    assert middle is not None
    assert middle.center == pytest.approx((0.425, 0.575))
    assert middle.width == pytest.approx(math.sqrt(0.1 * 0.2))
    assert box_at(CAR, 10) == CAR.spots[0].box
    assert box_at(CAR, 20) == CAR.spots[1].box
    assert box_at(CAR, 9) is None
    assert box_at(CAR, 21) is None


def test_lamps_of_a_track_fade_in_and_out() -> None:
    said = Corrections(objects=(CAR,))
    strengths = [at(n, said=said).objects[0].strength for n in range(10, 21)]
    assert strengths[0] < strengths[3] < strengths[5] == 1.0
    assert strengths[-1] < 1.0


def test_a_pole_comes_nearer_as_the_camera_drives_towards_it() -> None:
    pole = SceneObject(ObjectId("pole"), ObjectKind.STREET_LIGHT, (Spot(0, Box(0.6, 0.2, 0.61, 0.55)),))
    said = Corrections(objects=(pole,))
    far, near = (at(n, driving(40), said).objects[0] for n in (0, 10))
    assert far.box.bottom == pytest.approx(0.55)
    assert far.at[2] - near.at[2] == pytest.approx(8.0)
    assert near.box.height > far.box.height


@pytest.mark.parametrize("kind", [ObjectKind.WINDOW, ObjectKind.SIGN])
def test_what_hangs_above_the_horizon_stays_where_it_was_drawn_and_comes_nearer(kind: ObjectKind) -> None:
    camera, box = Camera(), Box(0.6, 0.1, 0.7, 0.2)
    hung = SceneObject(ObjectId("hung"), kind, (Spot(0, box),))
    tracking = Tracking(tuple(Pose(0.0, 0.0, 0.5 * i, 0.0, camera.horizon) for i in range(20)), (hung,))
    drawn, nearer = (
        scene_at(Scene(), tracking, NO_CORRECTIONS, 1.6, frame, frame / 25, 1 / 25).objects[0].box for frame in (0, 19)
    )
    assert (drawn.left, drawn.top, drawn.right, drawn.bottom) == pytest.approx((0.6, 0.1, 0.7, 0.2), abs=1e-6)
    assert nearer.height > drawn.height
    assert nearer.bottom < drawn.bottom


def test_what_stands_goes_over_evenly_from_one_position_to_the_next() -> None:
    camera, drift = Camera(), 0.02  # a path that is wrong by a little at every frame
    tracking = Tracking(tuple(Pose(ahead_m=0.3 * n, yaw_rad=drift * n, horizon=camera.horizon) for n in range(41)))
    first, last = Box(0.6, 0.2, 0.61, 0.55), Box(0.62, 0.1, 0.64, 0.62)
    pole = SceneObject(ObjectId("pole"), ObjectKind.STREET_LIGHT, (Spot(0, first), Spot(40, last)))
    fixed = []
    for frame in range(41):
        shown = at(frame, tracking, Corrections(objects=(pole,)))
        (thing,) = shown.objects
        fixed.append(shown.pose.to_world(thing.at))
        if frame in (0, 40):
            drawn = first if frame == 0 else last
            assert (thing.box.left, thing.box.top) == pytest.approx((drawn.left, drawn.top))
    steps = [math.dist(a, b) for a, b in pairwise(fixed)]
    assert min(steps) > 0.0
    assert max(steps) == pytest.approx(min(steps), rel=1e-6)


def test_a_row_moved_by_another_of_its_lights_does_not_slide_along_the_road() -> None:
    path, camera = driving(200), Camera()
    feet = [(3.0, -camera.height_m, 30.0), (3.0, -camera.height_m, 30.0 + 2 * 40.0 - path.poses[100].ahead_m)]
    spots = []
    for frame, foot in zip((0, 100), feet, strict=True):
        x, y, _ = camera.project(foot, WIDE)
        spots.append(Spot(frame, Box(x - 0.01, y - 0.3, x + 0.01, y)))
    row = SceneObject(ObjectId("row"), ObjectKind.STREET_LIGHT, tuple(spots), repeat_m=40.0)
    for frame in (0, 30, 50, 70, 100):
        shown = at(frame, path, Corrections(objects=(row,)))
        stood = {round((shown.pose.to_world(o.at)[2] - 30.0) % 40.0, 6) % 40.0 for o in shown.objects}
        assert stood == {0.0}


def test_what_stands_in_one_shot_is_not_carried_into_the_next() -> None:
    pole = SceneObject(ObjectId("pole"), ObjectKind.STREET_LIGHT, (Spot(0, Box(0.6, 0.2, 0.61, 0.55)),))
    cut = Tracking((*driving(10).poses, *driving(10).poses), cuts=(10,))
    said = Corrections(objects=(pole,))
    assert at(9, cut, said).objects
    assert not at(10, cut, said).objects
    assert at(10, driving(20), said).objects
    again = replace(pole, spots=(*pole.spots, Spot(12, Box(0.3, 0.2, 0.31, 0.55))))
    assert at(12, cut, Corrections(objects=(again,))).objects[0].box.left == pytest.approx(0.3)
    assert at(10, cut, Corrections(objects=(again,))).objects[0].box.right < 0.5


def test_dragging_a_lamp_does_not_stretch_the_path_again() -> None:
    path = driving(20)
    said = Corrections(camera_height_m=3.0)
    _poses_under.cache_clear()
    for x in (0.1, 0.2, 0.3):
        lamp = SceneObject(ObjectId("lamp"), ObjectKind.SIGN, (Spot(0, Box(x, 0.2, x + 0.1, 0.3)),))
        scene = Scene(ground_confidence=1.0).corrected(said, WIDE)
        scene_at(scene, replace(path, objects=(lamp,)), NO_CORRECTIONS, WIDE, 5, 0.2, 0.04)
    assert _poses_under.cache_info().misses == 1


@pytest.mark.parametrize(("frame", "strength"), [(0, 1.0), (12, 0.8), (15, 0.5), (20, 0.0), (40, 0.0)])
@pytest.mark.parametrize("kind", [ObjectKind.STREET_LIGHT, ObjectKind.VEHICLE])
def test_an_object_shines_evenly_from_one_keyframe_to_the_next(kind: ObjectKind, frame: int, strength: float) -> None:
    box = Box(0.4, 0.3, 0.5, 0.8)
    levels = Level(10, 1.0), Level(20, 0.0)
    thing = SceneObject(CAR.id, kind, (Spot(-20, box), Spot(90, box)), levels=levels)
    (seen,) = scene_at(Scene(), None, Corrections(objects=(thing,)), WIDE, frame, 0.0, 0.04).objects
    assert seen.strength == pytest.approx(strength)


def test_a_row_has_a_light_wherever_one_can_be_seen() -> None:
    row = SceneObject(ObjectId("row"), ObjectKind.STREET_LIGHT, (Spot(0, Box(0.6, 0.2, 0.61, 0.55)),), repeat_m=40.0)
    first, later = (at(n, driving(400), Corrections(objects=(row,))).objects for n in (0, 300))
    assert len(first) >= 6
    assert len(later) >= 6
    assert {o.id for o in first} & {o.id for o in later}
    assert {round(a.at[2] - b.at[2]) for a, b in pairwise(first)} == {40}


def test_what_was_removed_by_hand_is_gone_and_what_was_changed_takes_its_place() -> None:
    found = Tracking(objects=(CAR,))
    assert not at(15, found, Corrections(removed=(CAR.id,))).objects
    moved = SceneObject(CAR.id, CAR.kind, (Spot(15, Box(0.1, 0.5, 0.2, 0.6)),))
    assert [o.box for o in at(15, found, Corrections(objects=(moved,))).objects] == [moved.spots[0].box]


def test_without_tracking_the_camera_moves_as_the_shot_does_on_the_whole() -> None:
    shown = at(50)
    assert shown.pose.ahead_m == pytest.approx(40.0)
    assert shown.pose_after.ahead_m == pytest.approx(40.8)


def test_the_last_frame_and_one_before_a_cut_move_on_as_they_did() -> None:
    track = driving(10)
    cut = Tracking((*track.poses, *track.poses), cuts=(10,))
    assert at(9, track).pose_after.ahead_m == pytest.approx(8.0)
    assert at(9, cut).pose_after.ahead_m == pytest.approx(8.0)
    assert at(10, cut).pose.ahead_m == 0.0


def test_a_horizon_said_by_hand_keeps_the_camera_s_nodding() -> None:
    nodding = Tracking(tuple(Pose(horizon=0.47 + 0.01 * (n % 3 - 1)) for n in range(9)))
    scene = Scene().corrected(Corrections(horizon=0.6), WIDE)
    rows = [scene_at(scene, nodding, NO_CORRECTIONS, WIDE, n, 0.0, 0.04).scene.camera.horizon for n in range(3)]
    assert rows == pytest.approx([0.59, 0.60, 0.61])


def test_a_person_can_say_that_there_is_no_sky_and_how_wide_the_lens_is() -> None:
    scene = Scene(sky_confidence=1.0).corrected(Corrections(sky=Presence.ABSENT, field_of_view_deg=90.0), WIDE)
    assert not scene.has_sky
    assert scene.camera.focal == pytest.approx(WIDE / 2)


@pytest.mark.parametrize("said", [Corrections(camera_height_m=2.8), Corrections(field_of_view_deg=40.0)], ids=str)
def test_another_height_or_lens_leaves_a_pole_where_it_was_in_every_picture(said: Corrections) -> None:
    """What was measured are shifts in the picture, so the metres change and the picture does not."""
    pole = SceneObject(ObjectId("pole"), ObjectKind.STREET_LIGHT, (Spot(0, Box(0.6, 0.2, 0.61, 0.55)),))
    found = Scene(Camera(horizon=0.5), Motion(forward_m_s=20.0), ground_confidence=1.0)
    track = Tracking(tuple(Pose(ahead_m=0.8 * n, horizon=0.5) for n in range(20)))

    def shown(word: Corrections, tracking: Tracking | None, frame: int) -> FrameScene:
        scene = found.corrected(word, WIDE)
        return scene_at(scene, tracking, replace(word, objects=(pole,)), WIDE, frame, frame / 25, 1 / 25)

    for tracking in (track, None):
        as_found, corrected = (shown(word, tracking, 10) for word in (NO_CORRECTIONS, said))
        assert corrected.pose.ahead_m > 1.5 * as_found.pose.ahead_m
        a, b = as_found.objects[0].box, corrected.objects[0].box
        assert (a.left, a.top, a.right, a.bottom) == pytest.approx((b.left, b.top, b.right, b.bottom), abs=1e-3)


def test_a_longer_lens_turns_less() -> None:
    turning = driving(30, yaw=0.01)
    wide, tele = (
        Scene(Camera(focal=0.9)).corrected(word, WIDE) for word in (NO_CORRECTIONS, Corrections(field_of_view_deg=25.0))
    )
    turned = [scene_at(s, turning, NO_CORRECTIONS, WIDE, 20, 0.8, 0.04).pose.yaw_rad for s in (wide, tele)]
    assert turned[0] / turned[1] == pytest.approx(tele.camera.focal / wide.camera.focal)


def test_a_path_seen_by_the_lens_it_was_found_with_is_the_path_that_was_found() -> None:
    track = Tracking((*driving(10).poses, *driving(10, yaw=0.01).poses), cuts=(10,))
    stretched = Scene().corrected(Corrections(camera_height_m=2.8), WIDE)
    for frame in (0, 9, 10, 19):
        assert scene_at(Scene(), track, NO_CORRECTIONS, WIDE, frame, 0.0, 0.04).pose == track.poses[frame]
        there = scene_at(stretched, track, NO_CORRECTIONS, WIDE, frame, 0.0, 0.04).pose
        assert there.ahead_m == pytest.approx(2 * track.poses[frame].ahead_m)
        assert there.yaw_rad == pytest.approx(track.poses[frame].yaw_rad)


def test_the_camera_of_a_frame_is_the_one_its_objects_are_placed_by() -> None:
    nodding = Tracking(tuple(Pose(horizon=0.47 + 0.01 * (n % 3 - 1)) for n in range(9)))
    for frame in range(9):
        assert camera_at(Scene(), nodding, frame) == at(frame, nodding).scene.camera


def a_car(id_: str, left: float) -> SceneObject:
    return SceneObject(
        ObjectId(id_), ObjectKind.VEHICLE, tuple(Spot(f, Box(left, 0.5, left + 0.1, 0.6)) for f in (0, 20))
    )


def test_a_car_taken_away_is_known_again_by_its_place_when_another_look_counts_otherwise() -> None:
    said = Corrections(
        removed=(ObjectId("vehicle-1"),),
        sightings=(Sighting(ObjectId("vehicle-1"), Spot(10, Box(0.2, 0.5, 0.3, 0.6))),),
    )
    again = Tracking(objects=(a_car("vehicle-1", 0.7), a_car("vehicle-2", 0.21)))
    assert [thing.spots[0].box.left for thing in standing_objects(again, said)] == [0.7]
    assert not standing_objects(Tracking(objects=(a_car("vehicle-1", 0.2),)), said)


def test_a_car_that_was_changed_stands_beside_another_that_has_got_its_id() -> None:
    mine = replace(a_car("vehicle-1", 0.2), facing=Facing.FRONT)
    said = Corrections(
        objects=(mine,), removed=(mine.id,), sightings=(Sighting(mine.id, Spot(10, Box(0.2, 0.5, 0.3, 0.6))),)
    )
    both = standing_objects(Tracking(objects=(a_car("vehicle-1", 0.7), a_car("vehicle-2", 0.2))), said)
    assert len({thing.id for thing in both}) == 2
    assert mine in both
    assert {thing.spots[0].box.left for thing in both} == {0.2, 0.7}
