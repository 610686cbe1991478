"""An edit of a curve marks every frame whose sampled value it changes, also where handles follow from keys beside it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from builders import a_clip, a_media, a_project
from hypothesis import given
from hypothesis import strategies as st

from core.condition import RAIN, SUN_AZIMUTH
from core.document.commands import (
    AnyCommand,
    MoveKeyframe,
    RemoveKeyframe,
    SetCurves,
    SetHandles,
    SetInterpolation,
    SetKeyframe,
    SetValue,
)
from core.document.model import AMOUNT, Clip, Curve, Interpolation, Keyframe, Look, Project, animatable_axis
from core.document.shapes import Handle
from core.errors import EditRejected
from core.ids import AxisId, ClipId
from core.timebase import RangeSet, Time, TimeRange

RATE, FRAMES, CLIP = Fraction(25), 60, ClipId("clip-0")
AXES = (AxisId(RAIN), AxisId(SUN_AZIMUTH), AMOUNT)


def at(frame: int) -> Time:
    return Time.from_frame(frame, RATE)


frames = st.integers(0, FRAMES)
shapes = st.sampled_from(Interpolation)
handles = st.none() | st.builds(lambda t, v: Handle(t, v).exact, st.floats(0, 1), st.floats(-0.5, 0.5))


def values(axis: AxisId) -> st.SearchStrategy[float]:
    known = animatable_axis(axis)
    return st.integers(0, 20).map(lambda n: known.quantise(known.low + (known.high - known.low) * n / 20))


def keys(axis: AxisId, *, least: int = 2) -> st.SearchStrategy[tuple[Keyframe, ...]]:
    """In order, at whole frames, some beyond the clip's ends. Bézier keys mostly leave their handles to follow."""
    key = st.builds(Keyframe, frames.map(at), values(axis), shapes | st.just(Interpolation.BEZIER), handles, handles)
    return st.lists(key, min_size=least, max_size=7, unique_by=lambda k: k.time).map(
        lambda found: tuple(sorted(found, key=lambda k: k.time))
    )


def a_film(axis: AxisId, found: tuple[Keyframe, ...]) -> Project:
    """One clip that is trimmed at both ends and does not begin at zero."""
    facts = a_media(frames=FRAMES)
    span = TimeRange(at(6), at(54))
    clip = a_clip(facts, start=at(9), source=span, look=replace(Look(), curves=(Curve(axis, found),)))
    project = a_project(media=facts)
    return replace(project, tracks=(replace(project.tracks[0], clips=(clip,)),))


@st.composite
def edits(draw: st.DrawFn) -> tuple[Project, AxisId, AnyCommand]:
    axis = draw(st.sampled_from(AXES))
    project = a_film(axis, draw(keys(axis)))
    held = project.clip(CLIP).look.curves[0].keys
    here, to, value = draw(st.sampled_from(held)).time, at(draw(frames)), draw(values(axis))
    commands: tuple[AnyCommand, ...] = (
        SetKeyframe(CLIP, axis, to, value),
        SetKeyframe(CLIP, axis, to),
        SetValue(CLIP, axis, value, to),
        RemoveKeyframe(CLIP, axis, here),
        MoveKeyframe(CLIP, axis, here, to, value),
        MoveKeyframe(CLIP, axis, here, to),
        SetInterpolation(CLIP, axis, here, draw(shapes)),
        SetHandles(CLIP, axis, here, draw(handles), draw(handles)),
        SetCurves(CLIP, ((axis, draw(keys(axis, least=0))),)),
    )
    return project, axis, draw(st.sampled_from(commands))


def sampled(clip: Clip, axis: AxisId) -> dict[Time, float]:
    """The value of every frame on the timeline."""
    first, last = (t.to_frame(RATE) for t in (clip.span.start, clip.span.end))
    return {at(n): clip.look.value_at(axis, clip.source_time(at(n))) for n in range(first, last)}


@given(edits())
def test_every_frame_whose_value_an_edit_changes_is_dirty(case: tuple[Project, AxisId, AnyCommand]) -> None:
    project, axis, command = case
    edit = command.apply(project)
    before, after = sampled(project.clip(CLIP), axis), sampled(edit.project.clip(CLIP), axis)
    dirty = RangeSet(edit.changes.dirty)
    missed = [t.to_frame(RATE) for t in before if before[t] != after[t] and not dirty.contains(t)]
    assert missed == []


BENT = tuple(
    Keyframe(at(f), v, Interpolation.BEZIER)
    for f, v in ((8, 0.1), (16, 0.3), (24, 0.5), (32, 0.7), (40, 0.8), (48, 0.95))
)


def test_lifting_a_bezier_key_marks_two_segments_on_either_side_and_no_more() -> None:
    """The slopes at its neighbours follow from it, and the slopes of theirs do not."""
    project = a_film(AxisId(RAIN), BENT)
    edit = SetKeyframe(CLIP, AxisId(RAIN), at(24), 0.6).apply(project)
    assert edit.changes.dirty == (TimeRange(at(8 + 3), at(40 + 3)),)
    before, after = (sampled(p.clip(CLIP), AxisId(RAIN)) for p in (project, edit.project))
    changed = [t for t in before if before[t] != after[t]]
    assert (min(changed) < at(16 + 3), max(changed) > at(32 + 3)) == (True, True), "the segments beside it change too"


@pytest.mark.parametrize(("number", "first", "last"), [(0, 16, 40), (3, 8, 32)])
def test_a_segment_both_of_whose_handles_were_set_is_not_touched_by_keys_beside_it(
    number: int, first: int, last: int
) -> None:
    fixed = list(BENT)
    fixed[number] = replace(fixed[number], out=Handle(0.3, 0.1))
    fixed[number + 1] = replace(fixed[number + 1], into=Handle(0.3, -0.1))
    edit = SetKeyframe(CLIP, AxisId(RAIN), at(24), 0.6).apply(a_film(AxisId(RAIN), tuple(fixed)))
    assert edit.changes.dirty == (TimeRange(at(first + 3), at(last + 3)),)


def test_an_edit_outside_the_clip_marks_only_what_lies_inside_it() -> None:
    project = a_film(AxisId(RAIN), (Keyframe(at(2), 0.2), Keyframe(at(30), 0.8)))
    edit = MoveKeyframe(CLIP, AxisId(RAIN), at(2), at(0)).apply(project)
    assert edit.changes.dirty == (TimeRange(at(9), at(30 + 3)),)


def test_a_key_beyond_the_media_is_refused() -> None:
    with pytest.raises(EditRejected):
        MoveKeyframe(CLIP, AxisId(RAIN), at(8), at(FRAMES + 1)).apply(a_film(AxisId(RAIN), BENT))
