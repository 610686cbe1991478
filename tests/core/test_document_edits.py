"""Edits, each by its claim; the laws for any script are in test_document_laws."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from builders import a_mask, a_media, a_project, a_stroke

from core.condition import HAZE, RAIN, SUN, SUN_ELEVATION, Condition
from core.document.changes import Aspect
from core.document.commands import (
    AddMask,
    AddMedia,
    AddStroke,
    AnyCommand,
    ApplyPreset,
    MoveKeyframe,
    MoveMask,
    RemoveClip,
    RemoveKeyframe,
    RemoveMask,
    RenameClip,
    RenameMask,
    RenameProject,
    ResetAxes,
    SetInPoint,
    SetInterpolation,
    SetKeyframe,
    SetMask,
    SetOutPoint,
    SetSeed,
    SetValue,
    SetValues,
    SplitClip,
    ToggleKeyframe,
    TrimIn,
    TrimOut,
    clip_from,
)
from core.document.model import AMOUNT, Interpolation, Look, Project, StrokePoint
from core.errors import EditRejected
from core.ids import AxisId, ClipId, MaskId
from core.timebase import ZERO, Time, TimeRange

CLIP, NEXT = ClipId("clip-0"), ClipId("clip-1")
MASK = MaskId("mask-0")


def at(frame: int) -> Time:
    return Time.from_frame(frame, Fraction(25))


def frames(first: int, end: int) -> TimeRange:
    return TimeRange(at(first), at(end))


def done(project: Project, *commands: AnyCommand) -> Project:
    for command in commands:
        project = command.apply(project).project
    return project


def look_of(project: Project) -> Look:
    return project.clip(CLIP).look


# ---- timeline -----------------------------------------------------------------------------------------------------


def test_the_first_clip_gives_the_project_its_rate_and_size() -> None:
    project = a_project(clips=0)
    media = a_media(rate=Fraction(24000, 1001), width=960, height=540)
    edit = clip_from(project, media).apply(project)
    assert (edit.project.rate, edit.project.width, edit.project.height) == (Fraction(24000, 1001), 960, 540)
    assert Aspect.PROJECT in edit.changes.aspects


def test_a_second_clip_follows_the_first_and_leaves_the_project_as_it_is() -> None:
    project = a_project(clips=1)
    edit = clip_from(project, a_media("other.mp4", frames=10, rate=30)).apply(project)
    assert [c.start for c in edit.project.clips()] == [ZERO, at(48)]
    assert edit.project.rate == 25
    assert edit.changes.dirty == (TimeRange(at(48), Time(at(48).seconds + Fraction(1, 3))),)


def test_a_clip_after_one_that_ends_inside_a_frame_leaves_no_black_frame() -> None:
    project = a_project(clips=1)
    project = done(project, clip_from(project, a_media("other.mp4", frames=10, rate=30)))
    project = done(project, clip_from(project, a_media("third.mp4")))
    for frame in range(project.duration.to_frame(project.rate)):
        assert project.video_clip_at(at(frame)) is not None


def test_the_same_content_from_another_place_relinks_the_media() -> None:
    project = a_project()
    moved = replace(project.media[0], path="/elsewhere/road.mp4")
    edit = AddMedia(moved).apply(project)
    assert edit.project.media == (moved,)
    assert edit.changes.aspects is Aspect.MEDIA


def test_a_file_name_that_is_no_text_is_rejected_before_it_can_spoil_a_save() -> None:
    broken = replace(a_media(), path="/footage/caf\udce9.mp4")
    with pytest.raises(EditRejected, match=r"caf\?\.mp4 has characters"):
        AddMedia(broken).apply(a_project(clips=0))


def test_trimming_the_head_keeps_the_pictures_in_place_and_dirties_only_what_was_cut() -> None:
    edit = TrimIn(CLIP, at(10)).apply(a_project(clips=2))
    clip = edit.project.clip(CLIP)
    assert (clip.start, clip.source) == (at(10), frames(10, 48))
    assert edit.changes.dirty == (frames(0, 10),)


def test_trims_stop_at_the_media_the_neighbour_and_one_frame() -> None:
    project = done(a_project(clips=2), TrimOut(CLIP, at(20)), TrimIn(NEXT, at(60)))
    assert done(project, TrimOut(CLIP, at(999))).clip(CLIP).span == frames(0, 48)
    assert done(project, TrimIn(NEXT, at(0))).clip(NEXT).span == frames(48, 96)
    assert done(project, TrimOut(CLIP, at(0))).clip(CLIP).span == frames(0, 1)
    assert done(project, TrimIn(CLIP, at(999))).clip(CLIP).span == frames(19, 20)
    crowded = done(a_project(clips=1), TrimOut(CLIP, at(20)))
    crowded = done(crowded, clip_from(crowded, a_media("b.mp4")))
    assert done(crowded, TrimOut(CLIP, at(40))) == crowded


def test_a_cut_changes_no_picture_and_no_keyframe() -> None:
    project = done(a_project(), SetKeyframe(CLIP, RAIN, at(0), 0.0), SetKeyframe(CLIP, RAIN, at(40), 1.0))
    edit = SplitClip(CLIP, at(20), ClipId("tail")).apply(project)
    head, tail = edit.project.clips()
    assert (head.span, tail.span, tail.source) == (frames(0, 20), frames(20, 48), frames(20, 48))
    assert head.look == tail.look
    assert edit.changes.dirty == ()


def test_a_cut_off_the_frame_grid_falls_on_the_frame_on_screen() -> None:
    project = done(a_project(), SplitClip(CLIP, Time(at(20).seconds + Fraction(1, 100)), ClipId("tail")))
    assert project.clip(ClipId("tail")).start == at(20)


def test_a_clip_is_not_cut_at_its_edges() -> None:
    for time in (at(0), at(48), at(70)):
        with pytest.raises(EditRejected, match="not inside"):
            SplitClip(CLIP, time, ClipId("tail")).apply(a_project())


def test_removing_a_clip_leaves_the_others_and_the_media_where_they_are() -> None:
    project = done(a_project(clips=2), RemoveClip(CLIP))
    assert project.clip(NEXT).start == at(48)
    assert len(project.media) == 1
    with pytest.raises(EditRejected, match="no longer"):
        RemoveClip(CLIP).apply(project)


def test_an_in_point_behind_the_out_point_clears_it() -> None:
    project = done(a_project(), SetOutPoint(at(10)), SetInPoint(at(20)))
    assert (project.in_point, project.out_point) == (at(20), None)
    project = done(project, SetOutPoint(at(30)))
    assert project.export_range == frames(20, 30)
    assert done(project, SetOutPoint(at(20))).in_point is None


@pytest.mark.parametrize("command", [RenameProject, lambda n: RenameClip(CLIP, n), lambda n: RenameMask(CLIP, MASK, n)])
def test_a_name_is_one_line_and_not_empty(command: type[RenameProject]) -> None:
    project = a_project(masks=[a_mask()])
    assert "Rainy street" in repr(done(project, command(" Rainy\n street ")))
    for bad in ("", "  \n", "x" * 121):
        with pytest.raises(EditRejected):
            command(bad).apply(project)


# ---- look ---------------------------------------------------------------------------------------------------------


def test_values_are_quantised_by_the_schema() -> None:
    project = done(a_project(), SetValue(CLIP, RAIN, 0.123456), SetValue(CLIP, AMOUNT, 0.98765))
    assert look_of(project).base[RAIN] == 0.123
    assert look_of(project).amount == 0.988


@pytest.mark.parametrize("value", [1.5, float("nan"), -0.1])
def test_a_value_out_of_range_is_rejected(value: float) -> None:
    with pytest.raises(EditRejected, match="Rain"):
        SetValue(CLIP, RAIN, value).apply(a_project())


def test_an_unknown_axis_is_rejected() -> None:
    with pytest.raises(EditRejected, match="moon"):
        SetValue(CLIP, AxisId("moon"), 1.0).apply(a_project())


def test_setting_an_animated_axis_keys_the_frame_and_any_other_the_clip() -> None:
    project = done(a_project(), ToggleKeyframe(CLIP, RAIN, at(0)), SetValue(CLIP, RAIN, 0.8, at(10)))
    curve = look_of(project).curve(RAIN)
    assert curve is not None
    assert [(k.time, k.value) for k in curve.keys] == [(at(0), 0.0), (at(10), 0.8)]
    assert look_of(project).value_at(RAIN, at(5)) == 0.4
    with pytest.raises(EditRejected, match="animated"):
        SetValue(CLIP, RAIN, 0.5).apply(project)


def test_a_key_dirties_only_up_to_its_neighbours() -> None:
    project = done(a_project(), *(SetKeyframe(CLIP, RAIN, at(n), 0.5) for n in (0, 10, 20, 30)))
    assert SetKeyframe(CLIP, RAIN, at(15), 0.9).apply(project).changes.dirty == (frames(10, 20),)
    assert SetKeyframe(CLIP, RAIN, at(30), 0.9).apply(project).changes.dirty == (frames(20, 48),)
    assert SetInterpolation(CLIP, RAIN, at(10), Interpolation.HOLD).apply(project).changes.dirty == (frames(0, 20),)


def test_a_key_in_the_handle_dirties_only_what_is_on_the_timeline() -> None:
    project = done(a_project(), *(SetKeyframe(CLIP, RAIN, at(n), 0.5) for n in (10, 40)), TrimOut(CLIP, at(20)))
    assert SetKeyframe(CLIP, RAIN, at(40), 0.9).apply(project).changes.dirty == (frames(10, 20),)


def test_a_value_without_effect_dirties_nothing() -> None:
    edit = SetValue(CLIP, SUN_ELEVATION, -9.0).apply(a_project())
    assert edit.changes.aspects is Aspect.CONDITION
    assert edit.changes.dirty == ()
    seeded = SetSeed(CLIP, 5).apply(a_project())
    assert seeded.changes.dirty == ()


def test_taking_the_last_key_away_keeps_its_value() -> None:
    project = done(a_project(), SetKeyframe(CLIP, RAIN, at(5), 0.7), RemoveKeyframe(CLIP, RAIN, at(5)))
    assert look_of(project).curves == ()
    assert look_of(project).base[RAIN] == 0.7


def test_a_key_moved_onto_another_replaces_it() -> None:
    project = done(a_project(), SetKeyframe(CLIP, RAIN, at(5), 0.2), SetKeyframe(CLIP, RAIN, at(9), 0.9))
    curve = look_of(done(project, MoveKeyframe(CLIP, RAIN, at(5), at(9)))).curve(RAIN)
    assert curve is not None
    assert [(k.time, k.value) for k in curve.keys] == [(at(9), 0.2)]


def test_a_key_must_lie_inside_its_media() -> None:
    with pytest.raises(EditRejected, match="inside its media"):
        SetKeyframe(CLIP, RAIN, at(49), 0.5).apply(a_project())


def test_a_preset_replaces_the_look_or_is_laid_over_it() -> None:
    night = Condition.of({SUN: 1.0, SUN_ELEVATION: -12.0})
    drizzle = Condition.of({RAIN: 0.4, HAZE: 0.1})
    once = done(a_project(), SetValue(CLIP, HAZE, -0.5), ApplyPreset(CLIP, "Night", night))
    assert (look_of(once).base, look_of(once).name) == (night, "Night")
    both = look_of(done(once, ApplyPreset(CLIP, "Drizzle", drizzle, 0.5, is_stacked=True)))
    assert both.base == Condition.of({SUN: 1.0, SUN_ELEVATION: -12.0, RAIN: 0.2, HAZE: 0.05})
    assert both.name == "Night + Drizzle"


def test_a_preset_makes_the_axes_it_sets_still() -> None:
    keyed = done(a_project(), SetKeyframe(CLIP, RAIN, at(5), 0.2), SetKeyframe(CLIP, HAZE, at(5), 0.2))
    look = look_of(done(keyed, ApplyPreset(CLIP, "Rain", Condition.of({RAIN: 0.9}), is_stacked=True)))
    assert [c.axis for c in look.curves] == [HAZE]
    assert look.value_at(RAIN, at(5)) == 0.9


def test_resetting_all_axes_gives_back_the_source() -> None:
    project = done(a_project(), SetValue(CLIP, RAIN, 0.5), SetKeyframe(CLIP, HAZE, at(5), 0.2))
    assert look_of(done(project, ResetAxes(CLIP, (RAIN, HAZE)))).is_as_shot


def test_several_axes_are_set_together_or_not_at_all() -> None:
    edit = SetValues(CLIP, ((SUN, 1.0), (SUN_ELEVATION, -5.0))).apply(a_project())
    assert edit.project.clip(CLIP).look.base[SUN_ELEVATION] == -5.0
    with pytest.raises(EditRejected):
        SetValues(CLIP, ((SUN, 1.0), (SUN_ELEVATION, -500.0))).apply(a_project())


# ---- masks --------------------------------------------------------------------------------------------------------


def test_painting_dirties_the_clip_and_renaming_a_mask_does_not() -> None:
    project = a_project(clips=2, masks=[a_mask()])
    assert AddStroke(CLIP, MASK, a_stroke()).apply(project).changes.dirty == (frames(0, 48),)
    assert RenameMask(CLIP, MASK, "Sky").apply(project).changes.dirty == ()
    off = done(project, SetMask(CLIP, MASK, is_enabled=False))
    assert AddStroke(CLIP, MASK, a_stroke()).apply(off).changes.dirty == ()


def test_a_stroke_is_put_on_its_grid_and_held_near_the_picture() -> None:
    stroke = replace(a_stroke(), points=(StrokePoint(0.1234567, -7.0, 1.5),))
    project = done(a_project(masks=[a_mask()]), AddStroke(CLIP, MASK, stroke))
    assert project.clip(CLIP).mask(MASK).strokes[-1].points == (StrokePoint(0.12346, -1.0, 1.0),)


@pytest.mark.parametrize(
    "broken",
    [
        replace(a_stroke(), points=()),
        replace(a_stroke(), radius=0.0),
        replace(a_stroke(), hardness=1.1),
        replace(a_stroke(), flow=float("nan")),
        replace(a_stroke(), points=(StrokePoint(float("inf"), 0.0),)),
    ],
)
def test_an_impossible_stroke_is_rejected(broken: object) -> None:
    with pytest.raises(EditRejected):
        AddStroke(CLIP, MASK, broken).apply(a_project(masks=[a_mask()]))  # type: ignore[arg-type]


def test_masks_are_reordered_and_removed_by_id() -> None:
    project = done(a_project(), *(AddMask(CLIP, MaskId(f"mask-{n}"), f"Mask {n}") for n in range(3)))
    moved = done(project, MoveMask(CLIP, MASK, 2))
    assert [m.id for m in moved.clip(CLIP).masks] == ["mask-1", "mask-2", "mask-0"]
    assert [m.id for m in done(moved, RemoveMask(CLIP, MaskId("mask-2"))).clip(CLIP).masks] == ["mask-1", "mask-0"]
    with pytest.raises(EditRejected, match="place 4"):
        MoveMask(CLIP, MASK, 3).apply(project)


def test_only_the_given_properties_of_a_mask_change() -> None:
    project = done(
        a_project(masks=[a_mask()]), SetMask(CLIP, MASK, feather=0.02), SetMask(CLIP, MASK, is_inverted=True)
    )
    mask = project.clip(CLIP).mask(MASK)
    assert (mask.feather, mask.is_inverted, mask.opacity, mask.is_enabled) == (0.02, True, 1.0, True)
    with pytest.raises(EditRejected, match="Opacity"):
        SetMask(CLIP, MASK, opacity=1.2).apply(project)
