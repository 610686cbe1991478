"""A name says what made a result: the same causes spell the same, anything else spells differently."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.condition import RAIN, Condition
from core.render.keys import UnkeyableError, stage_key
from core.timebase import Time


@dataclass(frozen=True)
class Blur:
    sigma: float
    passes: int = 1


def test_equal_values_have_one_name() -> None:
    assert stage_key("blur", 1, Blur(0.5)) == stage_key("blur", 1, Blur(0.5))
    assert stage_key("x", 1, {"a": 1, "b": 2}) == stage_key("x", 1, {"b": 2, "a": 1})
    assert stage_key("x", 1, -0.0) == stage_key("x", 1, 0.0)


def test_everything_given_is_part_of_the_name() -> None:
    names = {
        stage_key("blur", 1, Blur(0.5)),
        stage_key("blur", 2, Blur(0.5)),
        stage_key("glow", 1, Blur(0.5)),
        stage_key("blur", 1, Blur(0.25)),
        stage_key("blur", 1, Blur(0.5), ("a", "b")),
        stage_key("blur", 1, Blur(0.5), ("b", "a")),
        stage_key("blur", 1, Time(Fraction(1, 3))),
        stage_key("blur", 1, Condition.of({RAIN: 0.3})),
    }
    assert len(names) == 8


@pytest.mark.parametrize("value", [0.1 + 0.2, float("nan"), float("inf"), object(), {1, 2}, {1: 2}, b"", int])
def test_what_has_no_single_spelling_is_refused(value: object) -> None:
    with pytest.raises(UnkeyableError):
        stage_key("x", 1, value)


@given(st.floats(0.0, 1.0))
def test_any_dialled_value_can_be_named(value: float) -> None:
    assert stage_key("x", 1, Condition.of({RAIN: value}))
