"""The timeline's scale, snapping and lanes: pure, without a pixel."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from builders import a_mask, a_project, a_stroke
from hypothesis import given
from hypothesis import strategies as st

from app.timeline.curves import value_bounds, value_y, y_value
from app.timeline.layout import LaneKind, lanes
from app.timeline.scale import TimeScale, snapped, snapped_span, ticks
from core.condition import RAIN
from core.document.model import Curve, Keyframe, Look
from core.timebase import ZERO, Time, TimeRange

RATE = Fraction(24000, 1001)


@given(st.integers(0, 100_000), st.floats(2.0, 1500.0), st.floats(0.0, 60.0))
def test_the_start_of_a_frame_is_found_under_its_own_pixel(frame: int, px_per_s: float, origin_s: float) -> None:
    scale = TimeScale(px_per_s, origin_s)
    at = Time.from_frame(frame, RATE)
    assert scale.time(scale.x(at) + 0.01 * px_per_s / float(RATE), RATE) == at


@given(st.floats(0.1, 10.0), st.floats(0.0, 900.0))
def test_zooming_keeps_the_instant_under_the_pointer(factor: float, x: float) -> None:
    scale = TimeScale(80.0, 20.0)
    zoomed = scale.zoomed(factor, x, RATE)
    if zoomed.origin_s > 0.0:
        assert zoomed.seconds(x) == pytest.approx(scale.seconds(x))


@pytest.mark.parametrize("px_per_s", [2.0, 11.0, 80.0, 400.0, 1500.0])
def test_labels_on_the_ruler_never_touch(px_per_s: float) -> None:
    major = [t.x for t in ticks(TimeScale(px_per_s, 3.3), RATE, 1200.0) if t.is_major]
    assert all(b - a >= 92.0 for a, b in pairwise(major))


def test_an_edge_sticks_to_a_target_within_reach_and_not_beyond() -> None:
    scale = TimeScale(100.0)
    target = Time(Fraction(2))
    assert snapped(Time(Fraction(205, 100)), (target,), scale).target == target
    assert snapped(Time(Fraction(220, 100)), (target,), scale).target is None


def test_a_moved_clip_sticks_by_whichever_end_is_nearer() -> None:
    scale = TimeScale(100.0)
    span = TimeRange(Time(Fraction(103, 100)), Time(Fraction(301, 100)))
    snap = snapped_span(span, (Time(Fraction(1)), Time(Fraction(3))), scale)
    assert snap.target == Time(Fraction(3))
    assert snap.time + span.duration == Time(Fraction(3))


def test_lanes_follow_what_the_project_has() -> None:
    plain = a_project()
    (clip,) = plain.clips()
    assert [lane.kind for lane in lanes(plain, clip)] == [LaneKind.CONDITION, LaneKind.PICTURE]
    rich = a_project(look=Look(curves=(Curve(RAIN, (Keyframe(ZERO, 0.2),)),)), masks=(a_mask(a_stroke()),))
    (clip,) = rich.clips()
    rows = lanes(rich, clip)
    assert [row.kind for row in rows] == [LaneKind.CONDITION, LaneKind.MASK, LaneKind.PICTURE, LaneKind.KEYS]
    assert all(above.bottom == below.top for above, below in pairwise(rows))


@given(st.floats(0.0, 1.0))
def test_a_value_is_read_back_from_where_it_is_drawn(value: float) -> None:
    bounds = value_bounds(Curve(RAIN, (Keyframe(ZERO, 0.0), Keyframe(Time(Fraction(1)), 1.0))))
    assert y_value(value_y(value, bounds, 40.0, 32.0), bounds, 40.0, 32.0) == pytest.approx(value)
