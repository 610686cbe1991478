"""Claims of `core.document.shapes` and of curves: time never runs back, ends are exact, nothing overshoots unasked."""

from __future__ import annotations

import itertools
from collections.abc import Callable
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


FORMULAS: dict[Interpolation, Callable[[float], float]] = {
    Interpolation.LINEAR: lambda t: t,
    Interpolation.SMOOTH: lambda t: 3 * t**2 - 2 * t**3,
    Interpolation.HOLD: lambda t: 0.0,
    Interpolation.EASE_OUT: lambda t: t**2,
    Interpolation.EASE_IN: lambda t: 1 - (1 - t) ** 2,
}


@pytest.mark.parametrize("kind", FORMULAS)
def test_the_other_shapes_are_their_formulas_at_every_frame(kind: Interpolation) -> None:
    first, last, a, b = 5, 77, 0.2, 0.9
    drawn = curve((first / 25, a), (last / 25, b), kind=kind)
    for frame in range(first, last):
        t = (frame - first) / (last - first)
        assert drawn.value_at(at(frame / 25)) == pytest.approx(a + (b - a) * FORMULAS[kind](t), abs=1e-12), frame
    assert [drawn.value_at(at(n / 25)) for n in (0, first, last, last + 9)] == [a, a, b, b]


@pytest.mark.parametrize("kind", FORMULAS)
def test_a_direction_follows_the_same_formulas_the_short_way_round(kind: Interpolation) -> None:
    drawn = curve((0, 350.0), (2, 30.0), kind=kind, axis=SUN_AZIMUTH)
    for frame in range(50):
        wanted = 350.0 + 40.0 * FORMULAS[kind](frame / 50)
        off = (drawn.value_at(at(frame / 25)) - wanted + 180.0) % 360.0 - 180.0
        assert off == pytest.approx(0.0, abs=1e-9), frame


def test_ease_out_and_ease_in_mirror_each_other_and_smooth_mirrors_itself() -> None:
    out, into, smooth = (
        curve((0, 0.0), (4, 1.0), kind=k) for k in (Interpolation.EASE_OUT, Interpolation.EASE_IN, Interpolation.SMOOTH)
    )
    for n in range(101):
        here, there = at(n / 25), at((100 - n) / 25)
        assert out.value_at(here) == pytest.approx(1.0 - into.value_at(there), abs=1e-12)
        assert smooth.value_at(here) == pytest.approx(1.0 - smooth.value_at(there), abs=1e-12)


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
