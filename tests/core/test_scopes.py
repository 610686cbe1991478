"""Claims of `core.evaluation.scopes`: bars and ramps stand where the standard says."""

from __future__ import annotations

from math import hypot

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.evaluation.scopes import BARS, CELLS, LUMA, bar, place_of, traces


def flat(red: int, green: int, blue: int, size: tuple[int, int] = (24, 32)) -> np.ndarray:
    return np.broadcast_to(np.array([blue, green, red, 255], np.uint8), (*size, 4))


@pytest.mark.parametrize("level", [0.75, 1.0])
@pytest.mark.parametrize("name", list(BARS))
def test_a_colour_bar_lands_on_its_target_and_its_levels(name: str, level: float) -> None:
    codes = [round(255 * level * v) for v in BARS[name]]
    found = traces(flat(*codes), 8)
    row, column = (int(v[0]) for v in np.nonzero(found.vectors))
    cb, cr = bar(name, level)
    assert ((column - CELLS / 2) / (CELLS - 2), (row - CELLS / 2) / (CELLS - 2)) == pytest.approx((cb, cr), abs=1 / 254)
    assert found.vectors.sum() == 24 * 32
    for channel, code in enumerate(codes):
        assert np.flatnonzero(found.waveform[channel].sum(axis=1)).tolist() == [code]
    luma = sum(weight * code for weight, code in zip(LUMA, codes, strict=True))
    assert np.flatnonzero(found.histogram[3]).tolist() == [round(luma)]


def test_the_targets_are_those_of_bt_709() -> None:
    # Published values for 75 % bars of Rec. 709, in shares of full chroma: red Cr' is +0.375, blue Cb' is +0.375.
    assert bar("R", 0.75)[1] == pytest.approx(0.375, abs=5e-4)
    assert bar("B", 0.75)[0] == pytest.approx(0.375, abs=5e-4)
    assert bar("Cy", 0.75) == pytest.approx(tuple(-v for v in bar("R", 0.75)), abs=1e-9)


@pytest.mark.parametrize("code", [0, 1, 37, 128, 254, 255])
def test_grey_is_in_the_very_middle(code: int) -> None:
    assert traces(flat(code, code, code)).vectors[CELLS // 2, CELLS // 2] == 24 * 32


def test_a_ramp_is_a_diagonal_and_a_level_histogram() -> None:
    ramp = np.repeat(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 10, axis=0), 4, axis=2)
    found = traces(ramp, 256)
    assert np.array_equal(found.waveform[3], 10 * np.eye(256, dtype=int))
    assert np.array_equal(found.histogram, np.full((4, 256), 10))
    assert found.low[3] == found.high[3] == pytest.approx(1 / 256)
    assert found.reach() == (0.0, 1.0)


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 40), st.just(4))), st.integers(1, 24))
def test_every_pixel_is_counted_once_and_its_place_in_a_column_does_not_matter(
    picture: np.ndarray, columns: int
) -> None:
    found = traces(picture, columns)
    assert found.pixels == picture.shape[0] * picture.shape[1]
    assert (found.waveform.sum(axis=(1, 2)) == found.pixels).all()
    assert found.vectors.sum() == found.pixels
    upside_down = traces(picture[::-1], columns)
    assert np.array_equal(found.waveform, upside_down.waveform)


def test_of_a_large_picture_every_nth_pixel_is_counted() -> None:
    picture = np.zeros((2160, 3840, 4), np.uint8)
    picture[:, 1920:] = 255
    found = traces(picture)
    assert 100_000 < found.pixels <= 540 * 960
    assert found.high[3] == found.low[3] == pytest.approx(0.5)


@pytest.mark.parametrize("level", [0.75, 1.0])
def test_all_bars_together_stand_as_the_published_steps(level: float) -> None:
    """White, yellow, cyan, green, magenta, red, blue, black: luma in per cent of the level, by Rec. 709."""
    steps = (100.0, 92.78, 78.74, 71.52, 28.48, 21.26, 7.22, 0.0)
    names = ((1, 1, 1), BARS["Yl"], BARS["Cy"], BARS["G"], BARS["Mg"], BARS["R"], BARS["B"], (0, 0, 0))
    codes = np.array([[round(255 * level * v) for v in (*name[::-1], 0)] for name in names], np.uint8)
    found = traces(np.repeat(np.repeat(codes[None], 30, axis=0), 16, axis=1), 8)
    for column, step in enumerate(steps):
        (code,) = np.flatnonzero(found.waveform[3][:, column])
        assert code / 255 == pytest.approx(level * step / 100, abs=0.003)
        for channel in range(3):
            (code,) = np.flatnonzero(found.waveform[channel][:, column])
            assert code == codes[column, 2 - channel]
    assert np.count_nonzero(found.vectors) == 7  # white and black share the middle
    assert found.chroma == pytest.approx(2 * level * hypot(0.3854, 0.4542), abs=0.01)  # magenta's, and green's


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_any_single_colour_stands_in_one_place_of_every_scope(color: tuple[int, int, int]) -> None:
    found = traces(flat(*color), 4)
    luma, cb, cr = place_of(color)
    assert [np.flatnonzero(h).tolist() for h in found.histogram[:3]] == [[code] for code in color]
    assert found.reach()[0] == found.reach()[1] == pytest.approx(luma, abs=0.51 / 255)
    ((row, column),) = np.argwhere(found.vectors)
    assert (column - CELLS / 2) / (CELLS - 2) == pytest.approx(cb, abs=0.51 / (CELLS - 2))
    assert (row - CELLS / 2) / (CELLS - 2) == pytest.approx(cr, abs=0.51 / (CELLS - 2))


def test_an_even_picture_has_an_even_waveform_however_wide_it_is() -> None:
    for width in (513, 720, 960, 1023):
        columns = traces(flat(90, 90, 90, (4, width))).waveform[3, 90]
        assert len(set(columns[:-1].tolist())) == 1
        assert columns.sum() == 4 * width
