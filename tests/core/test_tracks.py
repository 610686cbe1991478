"""Tracks become as few boxes as will do, and pieces of one track have nothing of each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.analysis.tracks import SPOT_ERROR, Doubles, Track, joined, parted, spots_of
from core.objects import ObjectId, ObjectKind, SceneObject, box_at

SIZE = 640, 360
GRID = 1e-5
"""Boxes are rounded to this."""


def passing(frames: int, near: float, far: float, power: float = -1.0, sway: float = 0.0) -> Doubles:
    """A car that comes from `far` to `near` (shares of the width it fills), a row a frame.

    That power of its width changes evenly: of -1 it keeps its speed over the road, above 0 it comes to rest.
    """
    t = np.arange(frames) / (frames - 1)
    wide = SIZE[0] * ((1.0 - t) * far**power + t * near**power) ** (1.0 / power)
    x = 320.0 - 0.8 * wide + 60.0 * sway * np.sin(9.0 * t)
    return np.stack((x, 170.0 + 0.75 * wide, wide, 0.8 * wide), -1)


def edges(rows: Doubles) -> Doubles:
    x, bottom, wide, tall = rows.T
    return np.stack(((x - wide / 2) / 640, (bottom - tall) / 360, (x + wide / 2) / 640, bottom / 360), -1)


@given(
    st.integers(14, 400),
    st.floats(0.05, 0.6),
    st.floats(0.01, 0.6),
    st.sampled_from([-1.0, 0.5, 1.0, 2.0]),
    st.floats(0.0, 1.0),
)
def test_every_box_of_a_track_is_given_back_as_it_is_interpolated(
    frames: int, near: float, far: float, power: float, sway: float
) -> None:
    rows = passing(frames, near, far, power, sway)
    car = SceneObject(ObjectId("car"), ObjectKind.VEHICLE, spots_of(rows, 100, SIZE, (0, 1000)))
    boxes = [box_at(car, 100 + n) for n in range(frames)]
    found = np.array([(b.left, b.top, b.right, b.bottom) for b in boxes if b is not None])
    assert np.abs(found - edges(rows)).max() <= SPOT_ERROR + GRID


def test_a_car_that_nears_evenly_needs_few_boxes() -> None:
    assert len(spots_of(passing(250, 0.3, 0.02), 0, SIZE, (0, 250))) < 40


def test_a_very_long_track_can_be_thinned() -> None:
    trembling = passing(4000, 0.1, 0.1)
    trembling[:, 0] += 8.0 * (np.arange(4000) % 2)
    assert len(spots_of(trembling, 0, SIZE, (0, 4000))) >= 4000


def a_track(first: int, frames: int, scores: tuple[float, ...]) -> Track:
    rows = [(100.0 + n, 200.0, 40.0, 30.0) for n in range(first, first + frames)]
    return Track(first, rows, list(scores), len(scores), found_at=frames)


def test_what_one_shot_s_piece_of_a_track_is_joined_with_tells_nothing_of_the_other_s() -> None:
    before, after = parted(a_track(0, 40, (2.0, 2.0, 2.0)), (20,))
    whole = joined([before, after, a_track(44, 10, (5.0, 5.0))], (20,))
    assert [t.scores for t in whole] == [[2.0, 2.0, 2.0], [2.0, 2.0, 2.0, 5.0, 5.0]]


@pytest.mark.parametrize(("gap", "count"), [(4, 1), (24, 1), (25, 2)])
def test_a_track_found_again_soon_is_the_same_and_its_way_between_is_straight(gap: int, count: int) -> None:
    whole = joined([a_track(30 + gap, 20, (2.0, 2.0)), a_track(0, 30, (2.0, 2.0))], ())
    assert len(whole) == count
    assert whole[0].rows == [(100.0 + n, 200.0, 40.0, 30.0) for n in range(len(whole[0].rows))]
    assert len(whole[0].rows) == (50 + gap if count == 1 else 30)
