"""Planning: names change only downstream of an edit, and an export shows every frame once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from builders import a_clip, a_mask, a_media, a_project, a_stroke
from fakes import SMALL, CountingTranslator, FakeIndex, FakeTranslators, fake_look, fake_spec, rain
from hypothesis import given
from hypothesis import strategies as st

from core.condition import PRACTICALS, RAIN, Condition
from core.document.commands import AddAdjustment, MoveClip, SetTrack, TrimIn
from core.document.mask_shapes import EllipseShape, Shape, ShapeKey
from core.document.model import ADJUSTMENT_START, AMOUNT, Clip, Curve, Keyframe, Look, Mask, Project, SceneEdits, Track
from core.errors import MediaError, PluginError
from core.extension.spec import MapKind
from core.ids import ClipId, MaskId, ShapeId, TrackId, TranslatorId
from core.media.facts import MediaFacts
from core.objects import Box, ObjectId, ObjectKind, SceneObject, Spot
from core.render.film import ExportFrame, plan_export
from core.render.media_plan import PlanParams, canvas_sizes, preview_sizes
from core.render.messages import Layer, Quality
from core.render.nodes import Black, Composite, Decode, FramePlan, Translate
from core.render.plan import plan_frame
from core.render.sizes import preview_size, size_inside
from core.scene import Corrections, Presence, SunAsShot
from core.timebase import ZERO, Time, TimeRange

RATE = Fraction(25)


def index_of(facts: MediaFacts) -> FakeIndex:
    return FakeIndex.steady(facts.video.frame_count, facts.video.rate)


PARAMS = PlanParams(
    index_of=index_of,
    spec_of=FakeTranslators(CountingTranslator()).spec,
    analyser_version="1",
    source_version="1",
    size_of=canvas_sizes((48, 32)),
    canvas=(48, 32),
)


def at(frame: int | Fraction) -> Time:
    return Time(Fraction(frame) / RATE)


def plan(project: Project, frame: int | Fraction = 3, params: PlanParams = PARAMS) -> FramePlan:
    return plan_frame(project, at(frame), params)


def rainy(**changes: object) -> Project:
    return a_project(media=SMALL, look=replace(fake_look(), **changes))  # type: ignore[arg-type]


def with_first(project: Project, **changes: object) -> Project:
    return project.with_clip(replace(next(project.clips()), **changes))  # type: ignore[arg-type]


def translation(planned: FramePlan) -> Translate:
    assert planned.translation is not None
    return planned.translation


# ---- pruning --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "look",
    [
        fake_look(Condition()),
        fake_look(amount=0.0),
        fake_look(Condition.of({"sun_elevation": -9.0})),
        fake_look(Condition.of({PRACTICALS: 1.0})),
        Look(),
    ],
    ids=["neutral", "no amount", "its gate is closed", "not the translator's axis", "as shot"],
)
def test_what_changes_nothing_is_the_source_itself(look: Look) -> None:
    planned = plan(a_project(media=SMALL, look=look, masks=[a_mask()]))
    assert planned.result is planned.source
    assert planned.translation is None


def test_a_whole_look_without_mask_needs_no_composite() -> None:
    assert isinstance(plan(rainy()).result, Translate)
    assert isinstance(plan(rainy(amount=0.5)).result, Composite)
    assert isinstance(plan(with_first(rainy(), masks=(a_mask(),))).result, Composite)
    assert isinstance(plan(with_first(rainy(), masks=(replace(a_mask(), is_enabled=False),))).result, Translate)


def test_a_keyframed_amount_is_sampled_at_the_source_frame() -> None:
    fade = Curve(AMOUNT, (Keyframe(ZERO, 0.0), Keyframe(at(10), 1.0)))
    assert isinstance(plan(rainy(curves=(fade,)), 0).result, Decode)
    half = plan(rainy(curves=(fade,)), 5).result
    assert isinstance(half, Composite)
    assert half.amount == 0.5


# ---- names ----------------------------------------------------------------------------------------------------


def test_painting_renames_the_composite_and_nothing_before_it() -> None:
    bare = plan(with_first(rainy(), masks=(a_mask(),)))
    painted = plan(with_first(rainy(), masks=(a_mask(a_stroke(), a_stroke((0.1, 0.1))),)))
    assert painted.result.key != bare.result.key
    assert translation(painted) == translation(bare)


def test_a_condition_renames_the_translation_but_neither_analysis_nor_decoding() -> None:
    light, heavy = plan(rainy(base=rain(0.2))), plan(rainy(base=rain(0.8)))
    assert translation(light).key != translation(heavy).key
    assert translation(light).analysis == translation(heavy).analysis
    assert light.source == heavy.source


@pytest.mark.parametrize("change", [{"seed": 2}, {"base": rain(0.501)}], ids=str)
def test_every_cause_of_a_translation_is_in_its_name(change: dict[str, object]) -> None:
    assert plan(rainy()).result.key != plan(rainy(**change)).result.key


def test_images_taken_at_another_rate_are_another_shot() -> None:
    """Rain, clouds and the camera's speed follow the clock, and the content of the images does not tell it."""
    fast, slow = (
        replace(SMALL, video=replace(SMALL.video, rate=Fraction(rate), duration=Time(Fraction(24, rate))))
        for rate in (24, 12)
    )
    shown = [plan_frame(a_project(media=facts, look=fake_look()), ZERO, PARAMS) for facts in (fast, slow)]
    assert shown[0].source.key == shown[1].source.key
    assert shown[0].result.key != shown[1].result.key
    at_24, at_12 = (translation(one).analysis for one in shown)
    assert at_24.scene_key != at_12.scene_key
    assert not {name for _, name in at_24.maps} & {name for _, name in at_12.maps}


def test_a_frame_at_another_time_is_another_result() -> None:
    uneven = FakeIndex((Fraction(0), Fraction(1, 25), Fraction(2, 25), Fraction(7, 50)))
    early = FakeIndex((Fraction(0), Fraction(1, 25), Fraction(2, 25), Fraction(3, 25)))
    shown = [plan(rainy(), Fraction(4), replace(PARAMS, index_of=lambda _, i=i: i)) for i in (uneven, early)]  # type: ignore[misc]
    assert shown[0].frame == shown[1].frame == 3
    assert shown[0].result.key != shown[1].result.key


def test_another_version_size_or_backend_is_another_result() -> None:
    newer = FakeTranslators(CountingTranslator(), replace(fake_spec(), version="1.1")).spec
    others = [
        PARAMS,
        replace(PARAMS, spec_of=newer),
        replace(PARAMS, backend="cuda-float32"),
        replace(PARAMS, analyser_version="2"),
        replace(PARAMS, source_version="2"),
        replace(PARAMS, size_of=canvas_sizes((24, 16))),
    ]
    assert len({plan(rainy(), 3, params).result.key for params in others}) == len(others)


def test_an_analysis_does_not_know_the_size_of_a_preview() -> None:
    small = plan(rainy(), 3, replace(PARAMS, size_of=preview_sizes(32, Quality.DRAFT)))
    assert translation(small).analysis == translation(plan(rainy())).analysis


@given(trimmed=st.integers(0, 3), moved=st.integers(-2, 40), frame=st.integers(3, 9))
def test_trimming_and_moving_rename_nothing(trimmed: int, moved: int, frame: int) -> None:
    project = rainy(curves=(Curve(RAIN, (Keyframe(ZERO, 0.1), Keyframe(at(9), 0.9))),))
    before = plan(project, frame)
    edited = with_first(project, start=at(trimmed + moved), source=TimeRange(at(trimmed), at(10)))
    after = plan(edited, frame + moved)
    assert after.result == before.result
    assert after.layer(Layer.FLICKER) == before.layer(Layer.FLICKER)


def test_every_instant_within_a_frame_has_one_picture() -> None:
    ramp = Curve(RAIN, (Keyframe(ZERO, 0.0), Keyframe(at(10), 1.0)))
    project = rainy(curves=(ramp,))
    assert plan(project, 3).result == plan(project, Fraction(399, 100)).result
    assert plan(project, 3).result != plan(project, 4).result


# ---- errors ---------------------------------------------------------------------------------------------------


def test_an_empty_instant_is_black() -> None:
    planned = plan(rainy(), 50)
    assert isinstance(planned.source, Black)
    assert planned.clip is None
    assert planned.flicker is None


def test_a_missing_translator_is_named_only_where_it_is_needed() -> None:
    with pytest.raises(PluginError, match="no such translator"):
        plan(a_project(media=SMALL, look=Look(base=rain())))
    assert plan(a_project(media=SMALL)).clip is not None


def test_missing_media_is_named_by_its_clip() -> None:
    with pytest.raises(MediaError, match=r"small\.mp4"):
        plan(replace(rainy(), media=()))


def test_the_first_and_last_frame_have_one_neighbour() -> None:
    first, last = plan(rainy(), 0).flicker, plan(rainy(), 9).flicker
    assert first is not None
    assert last is not None
    assert (first.before, last.after) == (None, None)
    assert first.after is not None
    assert last.before is not None


# ---- sizes ----------------------------------------------------------------------------------------------------


def test_full_quality_at_the_source_s_height_is_the_source_s_size() -> None:
    odd = a_media(width=853, height=481).video
    assert preview_size(odd, 481, Quality.FULL) == (853, 481) == size_inside(odd, (853, 481))
    assert preview_size(odd, 2000, Quality.FULL) == (853, 481)


@given(
    w=st.integers(2, 4000), h=st.integers(2, 4000), tall=st.integers(1, 4000), quality=st.sampled_from(list(Quality))
)
def test_a_preview_is_never_empty_nor_larger_than_the_source(w: int, h: int, tall: int, quality: Quality) -> None:
    width, height = preview_size(a_media(width=w, height=h).video, tall, quality)
    assert 1 <= width <= w
    assert 1 <= height <= h


@given(w=st.integers(2, 4000), h=st.integers(2, 4000), canvas=st.tuples(st.integers(16, 4000), st.integers(16, 4000)))
def test_a_picture_fits_its_canvas(w: int, h: int, canvas: tuple[int, int]) -> None:
    width, height = size_inside(a_media(width=w, height=h).video, canvas)
    assert width <= canvas[0]
    assert height <= canvas[1]
    assert width == canvas[0] or height == canvas[1]


# ---- exports --------------------------------------------------------------------------------------------------

UNEVEN = FakeIndex(tuple(Fraction(n, 90000) for n in (0, 3000, 3100, 9000, 18000)), Fraction(1, 10))


def export(project: Project, span: TimeRange | None = None, index: FakeIndex | None = None) -> tuple[ExportFrame, ...]:
    return plan_export(project, span or project.export_range, lambda facts: index or index_of(facts))


def uneven_project(source: TimeRange | None = None) -> Project:
    length = UNEVEN.times[-1] + UNEVEN.last
    facts = a_media("uneven.mp4", frames=5)
    facts = replace(facts, video=replace(facts.video, duration=Time(length), is_variable_rate=True))
    return replace(a_project(media=facts), tracks=(with_one(a_clip(facts, source=source)),))


def with_one(clip: Clip) -> Track:
    return replace(a_project(clips=1).tracks[0], clips=(clip,))


def test_a_film_of_variable_rate_keeps_every_frame_and_its_length() -> None:
    frames = export(uneven_project(), index=UNEVEN)
    assert [f.at.seconds for f in frames] == list(UNEVEN.times)
    assert sum((f.duration.seconds for f in frames), Fraction(0)) == UNEVEN.times[-1] + UNEVEN.last


def test_a_trim_inside_a_frame_shows_the_rest_of_it() -> None:
    start, end = Time(Fraction(5000, 90000)), Time(Fraction(10000, 90000))
    frames = export(uneven_project(TimeRange(start, end)), index=UNEVEN)
    assert [(f.number, f.at.seconds, f.duration.seconds) for f in frames] == [
        (2, Fraction(0), Fraction(4000, 90000)),
        (3, Fraction(4000, 90000), Fraction(1000, 90000)),
    ]


def test_part_of_a_film_is_numbered_as_in_the_source() -> None:
    frames = export(a_project(media=SMALL), TimeRange(at(4), at(7)))
    assert [f.number for f in frames] == [4, 5, 6]
    assert frames[0].at == ZERO


def test_where_clips_meet_the_project_s_rate_decides() -> None:
    frames = export(a_project(media=SMALL, clips=2))
    assert [f.number for f in frames] == list(range(20))
    assert frames[-1].at + frames[-1].duration == at(20)


@given(cuts=st.lists(st.fractions(0, Fraction(10, 25)), min_size=1, max_size=4))
def test_chunks_of_an_export_show_what_the_whole_shows(cuts: list[Fraction]) -> None:
    project = rainy()
    whole = {f.number: plan_frame(project, f.time, PARAMS).result.key for f in export(project)}
    edges = sorted({Fraction(0), *cuts, Fraction(10, 25)})
    for start, end in pairwise(edges):
        for frame in export(project, TimeRange(Time(start), Time(end))):
            assert plan_frame(project, frame.time, PARAMS).result.key == whole[frame.number]


# ---- what was said of a scene ---------------------------------------------------------------------------------

POLE = SceneObject(ObjectId("pole"), ObjectKind.STREET_LIGHT, (Spot(0, Box(0.6, 0.2, 0.61, 0.55)),))


def saying(said: SceneEdits, project: Project | None = None) -> Project:
    return replace(project or rainy(), scenes=((SMALL.id, said),))


def names_of(planned: FramePlan) -> dict[MapKind, str]:
    return dict(translation(planned).analysis.maps)


def test_an_object_that_is_moved_renames_its_own_medium_and_nothing_found() -> None:
    other = a_media("other.mp4", frames=10, width=48, height=32)
    both = rainy()
    clip = replace(a_clip(other, 1, start=at(10)), look=fake_look())
    both = replace(both, media=(SMALL, other), tracks=(replace(both.tracks[0], clips=(*both.tracks[0].clips, clip)),))
    placed = saying(SceneEdits(Corrections(objects=(POLE,))), both)
    moved = saying(SceneEdits(Corrections(objects=(replace(POLE, is_on=False),))), both)
    assert len({plan(p, 3).result.key for p in (both, placed, moved)}) == 3
    assert len({plan(p, 13).result.key for p in (both, placed, moved)}) == 1
    assert names_of(plan(placed, 3)) == names_of(plan(both, 3))
    assert plan(placed, 3).source.key == plan(both, 3).source.key


@pytest.mark.parametrize(
    ("said", "renames"),
    [
        (Corrections(sun=SunAsShot(10.0, 20.0)), False),
        (Corrections(objects=(POLE,)), False),
        (Corrections(removed=(POLE.id,)), False),
        (Corrections(horizon=0.4), True),
        (Corrections(field_of_view_deg=60.0), True),
        (Corrections(camera_height_m=2.0), True),
        (Corrections(sky=Presence.ABSENT), True),
    ],
    ids=["sun", "objects", "removed", "horizon", "field of view", "height", "sky"],
)
def test_only_what_changes_a_map_renames_it(said: Corrections, renames: bool) -> None:
    before, after = plan(rainy()), plan(saying(SceneEdits(said)))
    assert after.result.key != before.result.key
    assert (names_of(after)[MapKind.SKY] != names_of(before)[MapKind.SKY]) == renames
    assert names_of(after)[MapKind.FLOW] == names_of(before)[MapKind.FLOW]
    assert translation(after).analysis.scene_key == translation(before).analysis.scene_key
    assert translation(after).analysis.tracking_key == translation(before).analysis.tracking_key


def test_a_model_renames_what_it_feeds_and_nothing_else() -> None:
    def told(*fed: MapKind | None) -> FramePlan:
        return plan(rainy(), 3, replace(PARAMS, models_of=lambda finding: "a-model" if finding in fed else ""))

    plain, sky, cars = told(), told(MapKind.SKY), told(None)
    assert len({p.result.key for p in (plain, sky, cars)}) == 3
    assert len({translation(p).analysis.scene_key for p in (plain, sky, cars)}) == 1
    assert translation(sky).analysis.tracking_key == translation(plain).analysis.tracking_key
    assert translation(cars).analysis.tracking_key != translation(plain).analysis.tracking_key
    changed = {kind for kind, name in names_of(sky).items() if name != names_of(plain)[kind]}
    assert changed == {MapKind.SKY}


def test_painted_sky_renames_the_result_and_the_paint_but_no_map() -> None:
    painted = [plan(saying(SceneEdits(sky_strokes=strokes))) for strokes in ((a_stroke(),), (a_stroke((0.1, 0.1)),))]
    assert len({p.result.key for p in (*painted, plan(rainy()))}) == 3
    assert len({translation(p).analysis.painting for p in (*painted, plan(rainy()))}) == 3
    assert all(names_of(p) == names_of(plan(rainy())) for p in painted)


def test_a_shot_that_was_followed_is_another_result_from_the_same_scene_and_flow() -> None:
    known = plan(rainy())
    before = plan(rainy(), 3, replace(PARAMS, is_tracked=lambda facts: False))
    assert translation(before).analysis.tracking_key == ""
    assert before.result.key != known.result.key
    assert names_of(before)[MapKind.SKY] != names_of(known)[MapKind.SKY]
    assert names_of(before)[MapKind.FLOW] == names_of(known)[MapKind.FLOW]
    assert translation(before).analysis.scene_key == translation(known).analysis.scene_key


def test_what_is_said_of_a_shot_as_it_was_taken_renames_nothing() -> None:
    bare = a_project(media=SMALL)
    said = saying(SceneEdits(Corrections(horizon=0.4), (a_stroke(),)), bare)
    assert plan(said).result == plan(bare).result


# ---- adjustment clips -----------------------------------------------------------------------------------------


def adjusted(project: Project, look: Look, first: int = 0, last: int = 40, **changes: object) -> Project:
    """The project with an adjustment clip over frames `first` up to `last`."""
    made = AddAdjustment(ClipId("over"), TimeRange(at(first), at(last)), TrackId("track-over"))
    laid = made.apply(project).project
    return laid.with_clip(replace(laid.clip(ClipId("over")), look=look, **changes))  # type: ignore[arg-type]


def test_an_adjustment_clip_carries_its_look_over_every_shot_below_it() -> None:
    project = a_project(clips=2, media=SMALL)
    over = adjusted(project, fake_look(), 4, 44)
    second = next(c for c in over.clips() if c.id == "clip-1").start.to_frame(RATE)
    for frame in (4, second, second + 1):
        assert translation(plan(over, frame)).condition[RAIN] == fake_look().base[RAIN]
    assert plan(over, 3).translation is None
    assert plan(project, 4).source.key == plan(over, 4).source.key


def test_conditions_that_lie_over_each_other_are_one_translation() -> None:
    over = adjusted(rainy(), fake_look(Condition.of({RAIN: 0.9})))
    assert translation(plan(over)).condition[RAIN] == 0.9
    assert isinstance(plan(over).result, Translate)
    assert plan(adjusted(rainy(), Look())).result.key == plan(rainy()).result.key


def test_where_an_adjustment_acts_in_part_the_look_below_shows() -> None:
    heavy = fake_look(Condition.of({RAIN: 0.9}))
    planned = plan(adjusted(rainy(), replace(heavy, amount=0.25))).result
    assert isinstance(planned, Composite)
    assert planned.amount == 0.25
    assert planned.below.key == plan(rainy()).result.key
    assert planned.result.key == plan(adjusted(rainy(), heavy)).result.key
    masked = plan(adjusted(rainy(), heavy, masks=(a_mask(),))).result
    assert isinstance(masked, Composite)
    assert masked.below.key == plan(rainy()).result.key


def test_an_adjustment_keeps_its_keyframes_where_it_is_trimmed_and_moved_with() -> None:
    curve = Curve(RAIN, (Keyframe(ADJUSTMENT_START, 0.0), Keyframe(ADJUSTMENT_START + at(10), 1.0)))
    long = a_project(media=a_media(frames=40))
    project = adjusted(long, replace(fake_look(Condition()), curves=(curve,)), 5, 25)
    assert translation(plan(project, 10)).condition[RAIN] == 0.5
    trimmed = TrimIn(ClipId("over"), at(8)).apply(project).project
    assert translation(plan(trimmed, 10)).condition[RAIN] == 0.5
    earlier = TrimIn(ClipId("over"), at(2)).apply(project).project
    assert translation(plan(earlier, 10)).condition[RAIN] == 0.5
    moved = MoveClip(ClipId("over"), at(8)).apply(project).project
    assert translation(plan(moved, 13)).condition[RAIN] == 0.5


def test_a_track_of_adjustments_that_is_off_changes_nothing() -> None:
    project = adjusted(a_project(media=SMALL), fake_look())
    off = SetTrack(TrackId("track-over"), is_on=False).apply(project).project
    assert plan(off).translation is None


def test_looks_of_two_translators_cannot_lie_over_each_other() -> None:
    other = replace(fake_look(), translator=TranslatorId("other"))
    with pytest.raises(PluginError, match="give them one translator"):
        plan(adjusted(rainy(), other))


# ---- shapes that move -----------------------------------------------------------------------------------------


def an_ellipse(x: float) -> EllipseShape:
    return EllipseShape(x, 0.5, 0.4, 0.4)


def keyed_mask(*keys: tuple[int, float]) -> Mask:
    shape = Shape(ShapeId("shape"), an_ellipse(keys[0][1]))
    keyed = shape.with_keys(tuple(ShapeKey(at(n), an_ellipse(x)) for n, x in keys))
    return Mask(MaskId("mask"), "Mask 1", shapes=(keyed,))


def test_frames_on_which_a_keyed_shape_is_the_same_share_its_matte() -> None:
    project = with_first(rainy(), masks=(keyed_mask((1, 0.3), (3, 0.3), (5, 0.7)),))
    names = [plan(project, n).matte.key for n in range(8)]
    assert len({*names[:4]}) == 1
    assert len({*names[3:6]}) == 3
    assert len({*names[5:]}) == 1
    assert names == [plan(project, n).matte.key for n in reversed(range(8))][::-1]


def test_a_key_far_away_leaves_the_frames_between_others_alone() -> None:
    early, late = (keyed_mask((1, 0.3), (2, 0.3), (3, 0.3), (4, x)) for x in (0.3, 0.9))
    before, after = (plan(with_first(rainy(), masks=(mask,)), 1) for mask in (early, late))
    assert before.result.key == after.result.key


def test_within_one_source_frame_a_shape_stands_still() -> None:
    project = with_first(rainy(), masks=(keyed_mask((0, 0.1), (7, 0.9)),))
    assert plan(project, 3).result.key == plan(project, Fraction(7, 2)).result.key


def test_shapes_of_an_adjustment_are_keyed_in_its_own_time() -> None:
    keys = tuple(ShapeKey(ADJUSTMENT_START + at(n), an_ellipse(x)) for n, x in ((0, 0.2), (10, 0.7)))
    mask = Mask(MaskId("mask"), "Mask 1", shapes=(Shape(ShapeId("shape"), keys[0].form).with_keys(keys),))
    project = adjusted(a_project(media=a_media(frames=40)), fake_look(), 5, 25, masks=(mask,))
    moving = [plan(project, n).result.key for n in range(5, 15)]
    assert len({*moving}) == len(moving)
    still = replace(mask, shapes=(Shape(ShapeId("shape"), an_ellipse(0.45)),))
    stands = adjusted(a_project(media=a_media(frames=40)), fake_look(), 5, 25, masks=(still,))
    assert plan(project, 10).result.key == plan(stands, 10).result.key
