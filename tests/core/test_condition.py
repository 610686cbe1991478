"""Laws of the condition schema."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.condition import (
    AXES,
    HAZE,
    NEUTRAL,
    RAIN,
    SCHEMA,
    SUN,
    SUN_AZIMUTH,
    SUN_ELEVATION,
    Axis,
    AxisKind,
    Condition,
    axis_named,
    parse_value,
)
from core.errors import UsageError
from core.ids import AxisId

axes = st.sampled_from(SCHEMA)


@st.composite
def axis_values(draw: st.DrawFn) -> tuple[Axis, float]:
    axis = draw(axes)
    return axis, draw(st.floats(axis.low, axis.high))


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    chosen = draw(st.lists(axes, unique_by=lambda a: a.id))
    return Condition.of({a.id: draw(st.floats(a.low, a.high)) for a in chosen})


@given(axis_values())
def test_quantising_twice_is_quantising_once_and_stays_near(case: tuple[Axis, float]) -> None:
    axis, value = case
    exact = axis.quantise(value)
    assert axis.quantise(exact) == exact
    assert axis.low <= exact <= axis.high
    turn = (axis.high - axis.low) if axis.kind is AxisKind.ANGLE else float("inf")
    away = abs(exact - value)
    assert min(away, abs(turn - away)) <= axis.quantum * 0.5 + 1e-6


@pytest.mark.parametrize("axis", SCHEMA, ids=lambda a: a.id)
def test_every_axis_is_well_formed(axis: Axis) -> None:
    assert axis.low <= axis.neutral <= axis.high
    assert axis.quantise(axis.neutral) == axis.neutral
    assert axis.help.endswith(".")
    assert axis.gate is None or axis.gate in AXES


@given(conditions())
def test_a_condition_is_its_values_in_one_order(condition: Condition) -> None:
    assert Condition.of(dict(reversed(condition.values))) == condition
    assert all(condition[a] == v != AXES[a].neutral for a, v in condition)


@given(conditions(), axis_values())
def test_setting_an_axis_to_neutral_takes_it_out(condition: Condition, case: tuple[Axis, float]) -> None:
    axis, value = case
    assert condition.with_value(axis.id, value)[axis.id] == axis.quantise(value)
    assert axis.id not in dict(condition.with_value(axis.id, axis.neutral).values)


@given(conditions(), conditions())
def test_mixing_begins_at_one_and_ends_at_the_other(a: Condition, b: Condition) -> None:
    assert a.mixed(b, 0.0).effective == a.effective
    assert a.mixed(b, 1.0).effective == b.effective
    assert a.mixed(a, 0.37) == a


@given(conditions(), conditions(), st.floats(0, 1))
def test_mixing_stays_between_the_ends(a: Condition, b: Condition, t: float) -> None:
    middle = a.mixed(b, t)
    for axis in SCHEMA:
        if axis.kind is not AxisKind.ANGLE and axis.gate is None:
            low, high = sorted((a[axis.id], b[axis.id]))
            assert low - axis.quantum <= middle[axis.id] <= high + axis.quantum


@given(conditions(), conditions(), st.floats(0, 1))
def test_a_laid_over_condition_moves_only_its_own_axes(below: Condition, above: Condition, strength: float) -> None:
    result = below.overlaid(above, strength)
    named = dict(above.values)
    assert all(result[a.id] == below[a.id] for a in SCHEMA if a.id not in named)
    assert below.overlaid(above, 0.0).effective == below.effective
    assert all(below.overlaid(above, 1.0)[a] == v for a, v in above.effective)


@given(conditions())
def test_what_has_no_effect_is_not_in_the_effective_condition(condition: Condition) -> None:
    effective = condition.effective
    assert effective.effective == effective
    assert condition.is_neutral == (effective == NEUTRAL)
    assert set(effective.values) <= set(condition.values)


def test_a_sun_that_does_not_shine_leaves_the_source_alone() -> None:
    assert Condition.of({SUN_ELEVATION: -12.0}).is_neutral
    assert not Condition.of({SUN_ELEVATION: -12.0, SUN: 0.1}).is_neutral


def test_azimuth_mixes_the_short_way_round() -> None:
    axis = AXES[SUN_AZIMUTH]
    assert axis.mix(350.0, 10.0, 0.5) == pytest.approx(0.0)
    assert axis.mix(10.0, 350.0, 0.25) == pytest.approx(5.0)
    assert axis.quantise(360.0) == 0.0
    assert axis.quantise(-10.0) == 350.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.01, -0.01])
def test_a_value_out_of_range_is_refused(value: float) -> None:
    with pytest.raises(UsageError):
        Condition.of({RAIN: value})


def test_an_unknown_axis_is_refused_with_the_choices() -> None:
    with pytest.raises(UsageError, match="sun_elevation"):
        axis_named("moon")


@pytest.mark.parametrize(
    ("axis", "text", "value"),
    [(RAIN, "46%", 0.46), (RAIN, ".46", 0.46), (HAZE, "\u221250%", -0.5), (SUN_ELEVATION, " -9° ", -9.0)],
)
def test_values_are_read_as_people_type_them(axis: AxisId, text: str, value: float) -> None:
    assert parse_value(AXES[axis], text) == value


@given(axis_values())
def test_a_shown_value_reads_back(case: tuple[Axis, float]) -> None:
    axis, value = case
    exact = axis.quantise(value)
    assume(axis.kind is not AxisKind.AMOUNT)
    assert parse_value(axis, f"{exact:g}{axis.unit}") == pytest.approx(exact, rel=1e-5)


def test_an_overlay_that_sets_only_the_height_moves_a_sun_that_shines() -> None:
    noon = Condition.of({SUN: 1.0, SUN_ELEVATION: 60.0})
    low = Condition.of({SUN_ELEVATION: 10.0})
    assert noon.overlaid(low, 0.5) == Condition.of({SUN: 1.0, SUN_ELEVATION: 35.0})
    assert noon.overlaid(low, 1.0) == Condition.of({SUN: 1.0, SUN_ELEVATION: 10.0})


def test_an_overlay_waits_in_a_gated_axis_until_its_gate_opens() -> None:
    laid = NEUTRAL.overlaid(Condition.of({SUN_ELEVATION: 10.0}), 1.0)
    assert laid.is_neutral
    assert laid.with_value(SUN, 1.0)[SUN_ELEVATION] == 10.0


@given(conditions())
def test_what_is_laid_over_at_no_strength_is_not_there(below: Condition) -> None:
    assert below.overlaid(Condition.of({SUN_ELEVATION: 10.0, HAZE: 0.5}), 0.0) == below
