"""Dense optical flow between two pictures, and what is done with it: warping, and knowing where not to trust it.

Pictures here are numpy: a grey picture is (H, W) uint8 code values, a flow is (H, W, 2) float32 displacements in pixels
(x, y). Throughout, `flow = dis_flow(a, b)` says that the point at p in `a` stands at p + flow(p) in `b`, so
`warp(b, flow)` lays `b` over `a`. Any thread.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Grey8 = npt.NDArray[np.uint8]
FloatImage = npt.NDArray[np.float32]

SMALLEST_SIDE: Final = 16
"""DIS refuses pictures below this; their flow is taken as zero."""


class FlowPreset(Enum):
    """DIS speed against accuracy (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", 2016)."""

    ULTRAFAST = cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST
    FAST = cv2.DISOPTICAL_FLOW_PRESET_FAST
    MEDIUM = cv2.DISOPTICAL_FLOW_PRESET_MEDIUM


def dis_flow(a: Grey8, b: Grey8, preset: FlowPreset = FlowPreset.FAST) -> FloatImage:
    """Flow from `a` to `b`, both (H, W) uint8 of one size.

    The same pair gives the same bits on any number of threads; a test holds OpenCV to that.
    """
    if a.shape != b.shape:
        raise ValueError(f"flow needs two pictures of one size, not {a.shape} and {b.shape}")
    if min(a.shape) < SMALLEST_SIDE:
        return np.zeros((*a.shape, 2), np.float32)
    flow = cv2.DISOpticalFlow.create(preset.value).calc(a, b, None)  # type: ignore[call-overload]
    return np.asarray(flow, np.float32)


def warp(image: FloatImage, flow: FloatImage) -> FloatImage:
    """`image` (H, W) or (H, W, C) sampled at p + flow(p), bilinear, edges repeated. Same shape as `image`."""
    height, width = flow.shape[:2]
    xs = np.arange(width, dtype=np.float32)[None, :] + flow[..., 0]
    ys = np.arange(height, dtype=np.float32)[:, None] + flow[..., 1]
    return np.asarray(
        cv2.remap(image, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).reshape(image.shape), np.float32
    )


def consistency(flow: FloatImage, back: FloatImage) -> FloatImage:
    """How far each pixel of `flow` may be trusted, (H, W) 0..1: 1 where going there and back returns, 0 where it does not.

    `back` is the flow of the opposite direction. Points that leave the picture get 0. The bound grows with the length of
    the motion as in Sundaram, Brox, Keutzer 2010 (their equation 5): |f + b|² < .01 (|f|² + |b|²) + .5.
    """
    height, width = flow.shape[:2]
    there = warp(back, flow)
    error = _squared_length(flow + there)
    bound = 0.01 * (_squared_length(flow) + _squared_length(there)) + 0.5
    xs = np.arange(width, dtype=np.float32)[None, :] + flow[..., 0]
    ys = np.arange(height, dtype=np.float32)[:, None] + flow[..., 1]
    inside = (xs >= 0) & (xs <= width - 1) & (ys >= 0) & (ys <= height - 1)
    return np.asarray(np.clip(2.0 - error / bound, 0.0, 1.0) * inside, np.float32)


def _squared_length(flow: FloatImage) -> FloatImage:
    """(H, W). Written out, because reducing an axis of two is ten times slower."""
    return np.asarray(flow[..., 0] * flow[..., 0] + flow[..., 1] * flow[..., 1], np.float32)
