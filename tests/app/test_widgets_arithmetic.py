"""What may be typed into a number."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.widgets.arithmetic import evaluate
from app.widgets.param_spec import ParamSpec
from core.condition import AXES, EXPOSURE, HAZE, RAIN, SCHEMA, SUN_AZIMUTH, SUN_ELEVATION, WHITE_BALANCE, Axis
from core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("46", 46.0),
        ("46*1.2", 55.2),
        ("(3+4)/2", 3.5),
        ("+5", 15.0),
        ("*2", 20.0),
        ("/4", 2.5),
        ("-9", -9.0),
        ("\u22129,5", -9.5),
        ("1e2", 100.0),
        ("46 %", 46.0),
    ],
)
def test_arithmetic_and_steps_from_the_present_value(text: str, value: float) -> None:
    assert evaluate(text, 10.0, "%") == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "  ", "abc", "1/0", "2**99999", "__import__('os')", "1e400", "True", "9" * 65, "46+"]
)
def test_anything_else_is_refused_with_one_sentence(text: str) -> None:
    with pytest.raises(UsageError):
        evaluate(text, 10.0)


@given(st.text(max_size=70))
def test_no_text_does_more_than_give_a_number_or_be_refused(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert isinstance(evaluate(text, 1.0), float)


@pytest.mark.parametrize("axis", SCHEMA, ids=lambda a: a.id)
def test_what_a_field_shows_can_be_typed_back(axis: Axis) -> None:
    spec = ParamSpec.of_axis(axis)
    for share in (0.0, 0.123, 0.5, 0.87, 0.99):
        value = axis.quantise(axis.low + share * (axis.high - axis.low))
        assert spec.parse(spec.text(value), 0.0) == pytest.approx(value, abs=axis.quantum / 2)


@pytest.mark.parametrize("axis", SCHEMA, ids=lambda a: a.id)
def test_a_row_only_makes_values_that_the_schema_stores(axis: Axis) -> None:
    spec = ParamSpec.of_axis(axis)
    for raw in (axis.low - 7.3, axis.low, axis.neutral + 0.0451, axis.high, axis.high + 900.0):
        clamped = spec.clamped(raw)
        assert axis.quantise(clamped) == pytest.approx(
            clamped % 360.0 if axis.id.endswith(("azimuth", "from")) else clamped
        )


@pytest.mark.parametrize(
    ("axis", "step"), [(RAIN, 0.01), (HAZE, 0.01), (SUN_ELEVATION, 1.0), (EXPOSURE, 0.1), (WHITE_BALANCE, 100.0)]
)
def test_one_step_is_one_unit_as_a_colorist_reads_it(axis: str, step: float) -> None:
    assert ParamSpec.of_axis(AXES[axis]).step == pytest.approx(step)


def test_out_of_range_names_the_range_and_angles_wrap() -> None:
    with pytest.raises(UsageError, match="0 to 100"):
        ParamSpec.of_axis(AXES[RAIN]).parse("2100", 0.0)
    assert ParamSpec.of_axis(AXES[SUN_AZIMUTH]).parse("370", 0.0) == 10.0
