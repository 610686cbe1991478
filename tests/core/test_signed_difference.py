"""The signed difference: its sign, its unit, and what it looks like."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.difference import STOPS, full_scale, ramp_picture, signed_luma, signed_picture, ticks

LUMA = np.array([0.2126, 0.7152, 0.0722])


def flat(*bgr: int) -> np.ndarray:
    return np.ascontiguousarray(np.broadcast_to(np.array([*bgr, 255], np.uint8), (6, 8, 4)))


@pytest.mark.parametrize("change", [-255, -60, -1, 0, 1, 60, 255])
def test_the_difference_of_greys_is_that_of_their_codes(change: int) -> None:
    before = max(0, -change)
    after = before + change
    assert (signed_luma(flat(before, before, before), flat(after, after, after)) == change).all()


def test_colours_count_by_their_luma() -> None:
    black = flat(0, 0, 0)
    assert [int(signed_luma(black, flat(*bgr))[0, 0]) for bgr in ((255, 0, 0), (0, 255, 0), (0, 0, 255))] == [
        18,
        182,
        54,
    ]


def test_where_nothing_changed_the_picture_is_grey() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (6, 8, 4), np.uint8)
    shown = signed_picture(noise, noise, gain=16)
    assert (shown[..., :3] == 0x80).all()
    assert (shown[..., 3] == 255).all()


@pytest.mark.parametrize("gain", [1, 2, 4, 8, 16])
def test_brighter_is_orange_darker_is_blue_and_more_than_full_scale_looks_the_same(gain: int) -> None:
    low, high = flat(10, 10, 10), flat(250, 250, 250)
    blue, _, red = signed_picture(low, high, gain)[0, 0, :3].astype(int)
    assert red > blue + 20
    blue, _, red = signed_picture(high, low, gain)[0, 0, :3].astype(int)
    assert blue > red + 20
    if gain > 1:
        assert signed_picture(low, high, gain)[0, 0, 2::-1].tolist() == [
            int(STOPS[-1][i : i + 2], 16) for i in (0, 2, 4)
        ]


def test_the_map_reads_without_colour() -> None:
    assert (np.diff(ramp_picture(256)[0].astype(float) @ LUMA) >= 0).all()
    assert np.ptp(ramp_picture(256)[0].astype(float) @ LUMA) > 150


def test_the_ticks_of_a_legend_are_even_and_end_at_full_scale() -> None:
    for gain in (1, 2, 4, 8, 16):
        assert ticks(gain)[0] == -full_scale(gain)
        assert ticks(gain)[-1] == full_scale(gain)
        assert len({b - a for a, b in zip(ticks(gain), ticks(gain)[1:], strict=False)}) == 1
    assert ticks(4) == (-64, -32, 0, 32, 64)
