"""Matrix, range, depth and siting of Y'CbCr, against H.273 written out a second time in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.frame import VideoFrame

from core.media.facts import ColorTags
from core.media.planes import rgb_pixels, yuv_frame

WEIGHTS = {"smpte170m": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020nc": (0.2627, 0.0593)}


def reference_codes(rgb: np.ndarray, matrix: str, depth: int, *, full: bool) -> np.ndarray:
    """(N, 3) R'G'B' 0..1 as integer Y', Cb, Cr, by H.273 equations 20 to 40."""
    kr, kb = WEIGHTS[matrix]
    r, g, b = rgb.T
    y = kr * r + (1 - kr - kb) * g + kb * b
    pb, pr = 0.5 * (b - y) / (1 - kb), 0.5 * (r - y) / (1 - kr)
    step, top = 1 << (depth - 8), (1 << depth) - 1
    if full:
        codes = (top * y, top * pb + (1 << (depth - 1)), top * pr + (1 << (depth - 1)))
    else:
        codes = (step * (219 * y + 16), step * (224 * pb + 128), step * (224 * pr + 128))
    return np.clip(np.rint(np.stack(codes, axis=1)), 0, top).astype(int)


def reference_rgb(codes: np.ndarray, matrix: str, depth: int, *, full: bool) -> np.ndarray:
    kr, kb = WEIGHTS[matrix]
    step, top = 1 << (depth - 8), (1 << depth) - 1
    half = 1 << (depth - 1)
    luma, chroma, black = (top, top, 0) if full else (219 * step, 224 * step, 16 * step)
    y, pb, pr = (codes[:, 0] - black) / luma, (codes[:, 1] - half) / chroma, (codes[:, 2] - half) / chroma
    r, b = y + 2 * (1 - kr) * pr, y + 2 * (1 - kb) * pb
    g = (y - kr * r - kb * b) / (1 - kr - kb)
    return np.clip(np.stack((r, g, b), axis=1), 0, 1)


def frame_of(planes: list[np.ndarray], pixel_format: str) -> VideoFrame:
    height, width = planes[0].shape
    frame = VideoFrame(width, height, pixel_format)
    for plane, values in zip(frame.planes, planes, strict=True):
        room = np.frombuffer(plane, values.dtype).reshape(plane.height, -1)
        room[:, : plane.width] = values
    return frame


@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("depth", [8, 10])
def test_every_matrix_range_and_depth_decodes_to_the_standard(matrix: str, full: bool, depth: int) -> None:
    rgb = np.random.default_rng(7).random((4096, 3))
    codes = reference_codes(rgb, matrix, depth, full=full)
    dtype = np.uint8 if depth == 8 else np.uint16
    frame = frame_of(
        [codes[:, n].reshape(64, 64).astype(dtype) for n in range(3)], f"yuv444p{'' if depth == 8 else '10le'}"
    )
    out = rgb_pixels(frame, ColorTags("bt709", "bt709", matrix, full)).reshape(-1, 3)
    top = 255 if depth == 8 else 65535
    assert out.dtype == dtype
    off = np.abs(out - reference_rgb(codes, matrix, depth, full=full) * top)
    assert off.max() <= (0.51 if depth == 8 else 1.0)


@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("depth", [8, 10])
def test_every_matrix_range_and_depth_encodes_to_the_standard(matrix: str, full: bool, depth: int) -> None:
    rgb = np.random.default_rng(8).integers(0, 65536, (4096, 3)).astype(np.uint16)
    tags = ColorTags("bt709", "bt709", matrix, full)
    frame = yuv_frame(rgb.reshape(64, 64, 3), tags, f"yuv444p{'' if depth == 8 else '10le'}")
    wanted = reference_codes(rgb / 65535, matrix, depth, full=full)
    dtype = np.uint8 if depth == 8 else np.uint16
    for n, plane in enumerate(frame.planes):
        got = np.frombuffer(plane, dtype).reshape(64, -1)[:, :64].reshape(-1).astype(int)
        assert np.abs(got - wanted[:, n]).max() <= 1
        assert (got == wanted[:, n]).mean() > 0.999


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv420p10le", "yuv422p10le"])
def test_a_flat_colour_comes_back_from_halved_chroma(pixel_format: str) -> None:
    color = np.array([52000, 21000, 9000], np.uint16)
    tags = ColorTags("bt709", "bt709", "bt709", full_range=False)
    frame = yuv_frame(np.tile(color, (16, 16, 1)), tags, pixel_format)
    out = rgb_pixels(frame, tags).astype(float) * (257 if pixel_format in ("yuv420p", "yuv422p") else 1)
    assert np.abs(out - color).max() <= 257 * 2
    assert np.ptp(out.reshape(-1, 3), axis=0).max() == 0


def test_ten_bits_keep_every_level() -> None:
    levels = np.arange(1024, dtype=np.uint16).reshape(32, 32)
    grey = np.full((32, 32), 512, np.uint16)
    out = rgb_pixels(
        frame_of([levels, grey, grey], "yuv444p10le"), ColorTags("bt709", "bt709", "bt709", full_range=True)
    )
    assert len(np.unique(out[..., 0])) == 1024
    assert (out.min(), out.max()) == (0, 65535)


def test_chroma_of_video_sits_on_the_left_luma_sample() -> None:
    chroma = np.tile(np.array([60, 180, 60, 180], np.uint8), (4, 1))
    luma, grey = np.full((8, 8), 128, np.uint8), np.full((4, 4), 128, np.uint8)
    tags = ColorTags("bt709", "bt709", "bt709", full_range=True)
    blue = rgb_pixels(frame_of([luma, chroma, grey], "yuv420p"), tags)[4, :, 2].astype(int)
    at_samples = rgb_pixels(
        frame_of([luma, np.repeat(np.repeat(chroma, 2, 0), 2, 1), np.full((8, 8), 128, np.uint8)], "yuv444p"), tags
    )
    assert (blue[0::2] == at_samples[4, 0::2, 2]).all()
    assert blue[0] < blue[1] < blue[2]


def test_untagged_pictures_go_by_their_height() -> None:
    tags = ColorTags()
    planes = [np.full((h, 16), 128, np.uint8) for h in (576, 578)]
    red = [p + np.uint8(60) for p in planes]
    small, tall = (rgb_pixels(frame_of([y, y, r], "yuv444p"), tags)[0, 0] for y, r in zip(planes, red, strict=True))
    known = [
        rgb_pixels(frame_of([y, y, r], "yuv444p"), ColorTags(matrix=m))[0, 0]
        for y, r, m in zip(planes, red, ("smpte170m", "bt709"), strict=True)
    ]
    assert (small == known[0]).all()
    assert (tall == known[1]).all()
    assert (small != tall).any()


def test_layouts_without_a_branch_of_their_own_are_repacked_without_loss() -> None:
    rgb = np.random.default_rng(9).integers(0, 65536, (8, 8, 3)).astype(np.uint16)
    deep = VideoFrame.from_ndarray(rgb, format="rgb48le")
    assert (rgb_pixels(deep, ColorTags()) == rgb).all()
    assert (rgb_pixels(deep.reformat(format="rgb48be"), ColorTags()) == rgb).all()
    bytes_ = (rgb >> 8).astype(np.uint8)
    assert (rgb_pixels(VideoFrame.from_ndarray(bytes_, format="rgb24"), ColorTags()) == bytes_).all()
    grey = VideoFrame.from_ndarray(bytes_[..., 0], format="gray")
    assert (rgb_pixels(grey, ColorTags()) == bytes_[..., :1]).all()
    semi = frame_of([bytes_[..., 0], np.full((4, 4), 90, np.uint8), np.full((4, 4), 140, np.uint8)], "yuv420p")
    tags = ColorTags("bt709", "bt709", "bt709", full_range=True)
    assert (rgb_pixels(semi.reformat(format="nv12"), tags) == rgb_pixels(semi, tags)).all()


@pytest.mark.parametrize("size", [(20, 12), (96, 80)], ids=["smaller", "larger"])
def test_a_size_is_met_and_keeps_flat_colour_flat(size: tuple[int, int]) -> None:
    tags = ColorTags("bt709", "bt709", "bt709", full_range=False)
    flat = np.tile(np.array([200, 90, 40], np.uint8), (48, 64, 1))
    out = rgb_pixels(yuv_frame(flat, tags, "yuv420p"), tags, size)
    assert out.shape == (size[1], size[0], 3)
    assert np.abs(out.astype(int) - flat[0, 0]).max() <= 2
