"""Laws of exact time."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.timebase import ZERO, RangeSet, Time, TimeRange, format_timecode

RATES = [Fraction(n, d) for n, d in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (50, 1), (60000, 1001), (7, 3))]
rates = st.sampled_from(RATES)
frames = st.integers(-(10**9), 10**9)

UNIT = Fraction(1, 24)
AXIS = range(24)


def span(first: int, last: int) -> TimeRange:
    return TimeRange(Time(first * UNIT), Time(last * UNIT))


spans = st.tuples(st.integers(0, 24), st.integers(0, 24)).map(lambda p: span(min(p), max(p)))
sets = st.lists(spans, max_size=6).map(RangeSet.of)


def cells(of: RangeSet) -> set[int]:
    """Brute force: the unit cells of the axis whose start the set holds."""
    return {n for n in AXIS if of.contains(Time(n * UNIT))}


@given(frames, rates)
def test_a_frame_becomes_a_time_and_the_same_frame_again(frame: int, rate: Fraction) -> None:
    time = Time.from_frame(frame, rate)
    assert time.to_frame(rate) == frame
    assert time.to_frame_ceil(rate) == frame


@given(frames, rates, st.fractions(0, Fraction(999, 1000)))
def test_any_instant_of_a_frame_shows_that_frame(frame: int, rate: Fraction, part: Fraction) -> None:
    assert Time((frame + part) / rate).to_frame(rate) == frame


@given(frames, st.integers(0, 10**6), rates)
def test_a_range_of_frames_holds_just_these_frames(first: int, count: int, rate: Fraction) -> None:
    assert TimeRange.of_frames(first, count, rate).frames(rate) == range(first, first + count)


@given(st.integers(0, 10**5), st.integers(0, 10**5), st.integers(0, 10**5), rates)
def test_neighbours_share_no_frame_and_leave_none_out(start: int, a: int, b: int, rate: Fraction) -> None:
    left, right = TimeRange.of_frames(start, a, rate), TimeRange.of_frames(start + a, b, rate)
    assert left.frames(rate).stop == right.frames(rate).start
    assert not left.overlaps(right)


@given(spans, spans)
def test_ranges_intersect_as_their_cells_do(a: TimeRange, b: TimeRange) -> None:
    both = cells(RangeSet.of([a])) & cells(RangeSet.of([b]))
    assert cells(RangeSet.of([a.intersection(b)])) == both
    assert (a.overlaps(b) and not a.is_empty and not b.is_empty) == bool(both)


@given(sets, sets)
def test_range_sets_obey_the_algebra_of_sets(a: RangeSet, b: RangeSet) -> None:
    assert cells(a.union(b)) == cells(a) | cells(b)
    assert cells(a.intersection(b)) == cells(a) & cells(b)
    assert cells(a.minus(b)) == cells(a) - cells(b)


@given(sets, sets)
def test_equal_sets_have_one_form(a: RangeSet, b: RangeSet) -> None:
    """Sorted, disjoint, not touching, none empty: so equality of values is equality of sets."""
    assert a.minus(b).union(a.intersection(b)) == a
    assert a.union(b) == b.union(a)
    for left, right in zip(a.ranges, a.ranges[1:], strict=False):
        assert left.end < right.start
    assert all(not r.is_empty for r in a)


def test_a_range_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        span(2, 1)


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (0, Fraction(25), "00:00:00:00"),
        (90061, Fraction(25), "01:00:02:11"),
        (24, Fraction(24000, 1001), "00:00:01:00"),
        (-26, Fraction(25), "−00:00:01:01"),
    ],
)
def test_timecode_counts_frames_at_the_nominal_rate(frame: int, rate: Fraction, text: str) -> None:
    assert format_timecode(frame, rate) == text


def test_sums_are_exact() -> None:
    third = Time(Fraction(1, 3))
    assert third + third + third - Time(Fraction(1)) == ZERO
