"""Claims of `core.document.shapes` and of curves: time never runs back, ends are exact, nothing overshoots unasked."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.condition import AXES, RAIN, SUN_AZIMUTH
from core.document.model import Curve, Interpolation, Keyframe
from core.document.shapes import Handle, bezier, slopes
from core.ids import AxisId
from core.timebase import Time

shares, values = st.floats(0, 1), st.floats(-50, 50)
handles = st.builds(Handle, shares, values)


def at(seconds: float) -> Time:
    return Time(Fraction(seconds).limit_denominator(10_000))


def curve(*keys: tuple[float, float], kind: Interpolation = Interpolation.BEZIER, axis: str = RAIN) -> Curve:
    return Curve(AxisId(axis), tuple(Keyframe(at(t), v, kind) for t, v in keys))


@given(st.tuples(values, values), handles, handles)
def test_a_bezier_meets_both_keys_and_stays_between_its_handles(
    ends: tuple[float, float], out: Handle, into: Handle
) -> None:
    first, last = ends
    assert (bezier(0.0, ends, out, into), bezier(1.0, ends, out, into)) == ends
    hull = (first, last, first + out.value, last + into.value)
    for step in range(1, 20):
        value = bezier(step / 20, ends, out, into)
        assert min(hull) - 1e-9 <= value <= max(hull) + 1e-9


@given(shares, shares)
def test_time_never_runs_back_whatever_the_handles(out: float, into: float) -> None:
    # A straight line in value against time of the curve's own parameter: its value is monotone exactly if time is.
    found = [bezier(n / 50, (0.0, 1.0), Handle(out, 0.0), Handle(into, 0.0)) for n in range(51)]
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(found))


def test_handles_on_the_line_give_the_line() -> None:
    third = Handle(1 / 3, 1.0), Handle(1 / 3, -1.0)
    for n in range(11):
        assert bezier(n / 10, (2.0, 5.0), *third) == pytest.approx(2.0 + 0.3 * n, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0.05, 3), st.floats(0, 1)), min_size=2, max_size=8))
def test_a_curve_that_follows_its_keys_never_overshoots_them(steps: list[tuple[float, float]]) -> None:
    times, keys = 0.0, []
    for length, value in steps:
        times += round(length, 3)
        keys.append((times, round(value, 3)))
    drawn = curve(*keys)
    for (t0, v0), (t1, v1) in itertools.pairwise(keys):
        found = [drawn.value_at(at(t0 + (t1 - t0) * n / 16)) for n in range(17)]
        assert min(v0, v1) - 1e-6 <= min(found)
        assert max(found) <= max(v0, v1) + 1e-6
        sign = 1 if v1 >= v0 else -1
        assert all(sign * (b - a) >= -1e-6 for a, b in itertools.pairwise(found))


def test_slopes_turn_level_at_a_peak_and_agree_with_a_line() -> None:
    assert slopes([0, 1, 2], [0, 1, 0])[1] == 0.0
    assert slopes([0, 1, 3], [0, 2, 6]) == pytest.approx([2, 2, 2])


def test_a_curve_has_no_kink_where_two_segments_follow() -> None:
    drawn, h = curve((0, 0.1), (1, 0.3), (2.5, 0.9), (3, 1.0)), 1e-3
    for key in (1.0, 2.5):
        before = (drawn.value_at(at(key)) - drawn.value_at(at(key - h))) / h
        after = (drawn.value_at(at(key + h)) - drawn.value_at(at(key))) / h
        assert before == pytest.approx(after, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "quarter"),
    [
        (Interpolation.LINEAR, 0.25),
        (Interpolation.SMOOTH, 0.15625),
        (Interpolation.HOLD, 0.0),
        (Interpolation.EASE_OUT, 0.0625),
        (Interpolation.EASE_IN, 0.4375),
    ],
)
def test_the_other_shapes_are_what_they_say(kind: Interpolation, quarter: float) -> None:
    assert curve((0, 0.0), (4, 1.0), kind=kind).value_at(at(1)) == quarter


def test_a_direction_goes_the_short_way_round_and_an_overshoot_is_held() -> None:
    north = curve((0, 350.0), (2, 10.0), axis=SUN_AZIMUTH)
    middle = north.value_at(at(1))
    assert min(middle, 360.0 - middle) == pytest.approx(0.0, abs=1e-6)
    thrown = Curve(
        AxisId(RAIN),
        (
            Keyframe(at(0), 0.9, Interpolation.BEZIER, out=Handle(0.3, 2.0)),
            Keyframe(at(1), 0.9, into=Handle(0.3, 2.0)),
        ),
    )
    assert thrown.value_at(at(0.5)) == AXES[AxisId(RAIN)].high
