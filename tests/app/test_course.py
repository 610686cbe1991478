"""The line that is drawn is the curve that is rendered."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.timeline.course import values
from core.condition import RAIN, SUN_AZIMUTH
from core.document.model import AMOUNT, Curve, Interpolation, Keyframe, animatable_axis
from core.document.shapes import Handle
from core.ids import AxisId
from core.timebase import Time

RATE = Fraction(25)
handles = st.none() | st.builds(lambda t, v: Handle(t, v).exact, st.floats(0, 1), st.floats(-0.5, 0.5))
shapes = st.sampled_from(Interpolation)


@pytest.mark.parametrize("axis", [RAIN, SUN_AZIMUTH, AMOUNT])
@given(found=st.lists(st.tuples(st.integers(0, 80), st.floats(0, 1), shapes, handles, handles), min_size=1, max_size=6))
def test_a_course_is_its_curve_at_every_frame(
    axis: AxisId, found: list[tuple[int, float, Interpolation, Handle | None, Handle | None]]
) -> None:
    known = animatable_axis(axis)
    span = known.high - known.low
    keys = {
        frame: Keyframe(Time.from_frame(frame, RATE), known.quantise(known.low + share * span), kind, into, out)
        for frame, share, kind, into, out in found
    }
    curve = Curve(axis, tuple(keys[frame] for frame in sorted(keys)))
    times = [Time.from_frame(n, RATE) for n in range(-3, 84)]
    drawn = values(curve, np.array([float(t) for t in times]))
    away = drawn - np.array([curve.value_at(t) for t in times])
    if axis == SUN_AZIMUTH:
        away = (away + span / 2) % span - span / 2
    # An instant and a float may fall on either side of a key by a rounding; a hold jumps there.
    on_key = np.array([curve.key_at(t) is not None for t in times])
    assert np.abs(away[~on_key]).max(initial=0.0) <= 1e-5 * span
