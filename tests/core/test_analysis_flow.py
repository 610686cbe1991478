"""Claims of `core.analysis.flow`, on textures whose motion is known exactly."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.analysis.flow import FloatImage, FlowPreset, Grey8, consistency, dis_flow, warp


def texture(width: int = 160, height: int = 120, seed: int = 1) -> Grey8:
    noise = np.random.default_rng(seed).random((height, width), np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.0)
    return np.asarray((smooth - smooth.min()) / np.ptp(smooth) * 255, np.uint8)


def moved(image: Grey8, dx: float, dy: float) -> Grey8:
    """`image` with its content moved by (dx, dy)."""
    matrix = np.float32([[1, 0, dx], [0, 1, dy]])
    return np.asarray(cv2.warpAffine(image, matrix, image.shape[::-1], borderMode=cv2.BORDER_REFLECT), np.uint8)


def inner(image: FloatImage) -> FloatImage:
    return image[16:-16, 16:-16]


def test_flow_says_where_a_point_went() -> None:
    a = texture()
    flow = dis_flow(a, moved(a, 3.0, -2.0), FlowPreset.MEDIUM)
    assert np.abs(inner(flow) - [3.0, -2.0]).mean() < 0.1


def test_warping_by_the_flow_lays_the_second_picture_over_the_first() -> None:
    a = texture()
    b = moved(a, 4.0, 1.0)
    laid = warp(b.astype(np.float32), dis_flow(a, b, FlowPreset.MEDIUM))
    assert np.abs(inner(laid - a)).mean() < 2.0
    assert np.abs(inner(b.astype(np.float32) - a)).mean() > 10.0


@pytest.mark.parametrize("preset", list(FlowPreset))
def test_flow_is_the_same_to_the_bit_on_any_number_of_threads(preset: FlowPreset) -> None:
    a, b = texture(320, 240), moved(texture(320, 240), 5.0, 2.5)
    threads = cv2.getNumThreads()
    try:
        flows = []
        for count in (1, 2, 5):
            cv2.setNumThreads(count)
            flows.append(dis_flow(a, b, preset))
    finally:
        cv2.setNumThreads(threads)
    assert all(np.array_equal(flows[0], flow) for flow in flows[1:])


def test_what_returns_is_trusted_and_what_leaves_the_picture_is_not() -> None:
    there = np.full((60, 80, 2), [10.0, 0.0], np.float32)
    trust = consistency(there, -there)
    assert (trust[:, :69] == 1.0).all()
    assert (trust[:, 71:] == 0.0).all()


def test_flows_that_disagree_are_not_trusted() -> None:
    there = np.full((60, 80, 2), [4.0, 0.0], np.float32)
    assert consistency(there, there).max() == 0.0


def test_a_picture_too_small_for_flow_has_none() -> None:
    tiny = texture(7, 5)
    assert not dis_flow(tiny, tiny).any()


def test_pictures_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        dis_flow(texture(64, 64), texture(64, 48))
