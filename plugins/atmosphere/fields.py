"""Operators on planar pictures (C, H, W), float32, any device: resize, blur, guided filter, texture look-up.

On the CPU the work goes to OpenCV, elsewhere to torch; both use the same kernels and borders and agree to float tolerance.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as nnf

from plugins.atmosphere import kernels

LUMA = (0.2126, 0.7152, 0.0722)
"""Rec.709 luminance of linear R, G, B."""


def on_opencv(x: torch.Tensor) -> bool:
    """Whether this tensor may be handed to OpenCV."""
    return x.device.type == "cpu"


def smooth(low: float, high: float, x: torch.Tensor) -> torch.Tensor:
    """Hermite step: 0 below `low`, 1 above `high` (or the reverse when high < low). A new tensor."""
    if kernels.fit(x):
        return kernels.smooth(low, high, x)
    slope = 1.0 / (high - low)
    t = torch.rsub(x, -low * slope, alpha=-slope).clamp_(0.0, 1.0)
    return torch.rsub(t, 3.0, alpha=2.0).mul_(t).mul_(t)


def mix(a: torch.Tensor, b: torch.Tensor, t: torch.Tensor | float) -> torch.Tensor:
    """`a` at t = 0, `b` at t = 1. (torch.lerp with a broadcast weight is forty times slower on a CPU.)"""
    if isinstance(t, torch.Tensor) and a.shape == b.shape and _covers(t, a) and kernels.fit(a, b, t):
        return kernels.mix(a, b, t)
    return ((b - a) * t).add_(a)


def _covers(t: torch.Tensor, a: torch.Tensor) -> bool:
    """Whether `t` has the shape of `a`, or is one plane of it."""
    return t.shape == a.shape or (t.ndim == 3 and t.shape[0] == 1 and t.shape[1:] == a.shape[1:])


def color(rgb: tuple[float, float, float], like: torch.Tensor) -> torch.Tensor:
    """A colour as (3, 1, 1) on the device of `like`."""
    return torch.tensor(rgb, dtype=torch.float32, device=like.device).view(3, 1, 1)


def plane_sum(x: torch.Tensor) -> torch.Tensor:
    """Sum of each plane, (C, 1, 1). Row by row first, so that the bits do not depend on how many threads share the work."""
    return x.sum(-1).sum(-1)[:, None, None]


def luma(x: torch.Tensor) -> torch.Tensor:
    """Luminance (1, H, W) of a linear picture (3, H, W)."""
    if kernels.fit(x):
        return kernels.luma(x)
    y = x[0:1] * LUMA[0]
    return y.add_(x[1:2], alpha=LUMA[1]).add_(x[2:3], alpha=LUMA[2])


def resize(x: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Bilinear, pixel centres aligned. For enlarging; see `halve` for the other way."""
    if x.shape[1:] == (height, width):
        return x
    if not on_opencv(x):
        return nnf.interpolate(x[None], size=(height, width), mode="bilinear", align_corners=False)[0]
    source, out = x.contiguous().numpy(), torch.empty(x.shape[0], height, width)
    for plane, target in zip(source, out.numpy(), strict=True):
        cv2.resize(plane, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)
    return out


def halve(x: torch.Tensor, times: int = 1) -> torch.Tensor:
    """Mean of 2×2 pixels, `times` over; an odd last row or column stands alone."""
    for _ in range(times):
        _, height, width = x.shape
        if on_opencv(x) and height % 2 == 0 and width % 2 == 0:
            source, out = x.contiguous().numpy(), torch.empty(x.shape[0], height // 2, width // 2)
            for plane, target in zip(source, out.numpy(), strict=True):
                cv2.resize(plane, (width // 2, height // 2), dst=target, interpolation=cv2.INTER_AREA)
            x = out
        else:
            x = nnf.avg_pool2d(x[None], 2, ceil_mode=True, count_include_pad=False)[0]
    return x


@lru_cache(maxsize=64)
def _gaussian(sigma: float) -> tuple[float, ...]:
    radius = max(1, ceil(3.0 * sigma))
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / max(sigma, 1e-3)) ** 2)
    return tuple(float(t) for t in taps / taps.sum())


def blur(x: torch.Tensor, sigma_x: float, sigma_y: float | None = None) -> torch.Tensor:
    """Gaussian, standard deviations in pixels, edges repeated."""
    across = _gaussian(round(sigma_x, 2))
    down = across if sigma_y is None else _gaussian(round(sigma_y, 2))
    if on_opencv(x):
        source, out = x.contiguous().numpy(), torch.empty(x.shape)
        kx, ky = np.array(across, np.float32), np.array(down, np.float32)
        for plane, target in zip(source, out.numpy(), strict=True):
            cv2.sepFilter2D(plane, cv2.CV_32F, kx, ky, dst=target, borderType=cv2.BORDER_REPLICATE)
        return out
    rx, ry = len(across) // 2, len(down) // 2
    planes = x[:, None]
    planes = nnf.conv2d(_edges(planes, rx, 0), torch.tensor(across, device=x.device).view(1, 1, 1, -1))
    return nnf.conv2d(_edges(planes, 0, ry), torch.tensor(down, device=x.device).view(1, 1, -1, 1))[:, 0]


def box(x: torch.Tensor, radius: int) -> torch.Tensor:
    """Mean over (2 radius + 1)² pixels, edges repeated."""
    side = 2 * radius + 1
    if on_opencv(x):
        source, out = x.contiguous().numpy(), torch.empty(x.shape)
        for plane, target in zip(source, out.numpy(), strict=True):
            cv2.boxFilter(plane, cv2.CV_32F, (side, side), dst=target, borderType=cv2.BORDER_REPLICATE)
        return out
    planes = nnf.avg_pool2d(_edges(x[:, None], radius, 0), (1, side), stride=1)
    return nnf.avg_pool2d(_edges(planes, 0, radius), (side, 1), stride=1)[:, 0]


def _edges(planes: torch.Tensor, rx: int, ry: int) -> torch.Tensor:
    return nnf.pad(planes, (rx, rx, ry, ry), mode="replicate")


def spread(x: torch.Tensor, radius: int) -> torch.Tensor:
    """Maximum over a square of (2 radius + 1)² pixels."""
    if not on_opencv(x):
        return nnf.max_pool2d(x[None], 2 * radius + 1, stride=1, padding=radius)[0]
    return torch.from_numpy(_dilated(x[0].contiguous().numpy(), radius))[None]


def near(x: torch.Tensor, level: float, radius: int) -> torch.Tensor:
    """1 where `x` (1, H, W) is below a level somewhere within the square of `spread`, else 0."""
    if not on_opencv(x):
        return spread((x < level).to(torch.float32), radius)
    bytes_ = _dilated((x[0] < level).to(torch.uint8).numpy(), radius)  # several times faster than on floats
    return torch.from_numpy(bytes_)[None].to(torch.float32)


def _dilated(x: kernels.Plane | npt.NDArray[np.uint8], radius: int) -> npt.NDArray[Any]:
    """Rows, then columns: OpenCV does not take a square apart by itself."""
    side = 2 * radius + 1
    return np.asarray(cv2.dilate(cv2.dilate(x, np.ones((1, side), np.uint8)), np.ones((side, 1), np.uint8)))


def guided_split(y: torch.Tensor, radius: int, eps: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Edge-keeping base of one plane (1, H, W), and its detail, which is the rest.

    The fast guided filter (He and Sun 2015), coefficients at a quarter size.
    """
    small = halve(y, 2)
    r = max(1, radius // 4)
    mean = box(small, r)
    var = box(small * small, r) - mean * mean
    a = var / (var + eps)
    b = mean - a * mean
    height, width = int(y.shape[1]), int(y.shape[2])
    a, b = resize(box(a, r), height, width), resize(box(b, r), height, width)
    if kernels.fit(y, a, b):
        return kernels.split(y, a, b)
    base = a * y + b
    return base, y - base


def falloff(x: torch.Tensor, rate: float) -> torch.Tensor:
    """e to the power of x · rate; a new tensor."""
    return kernels.falloff(x, rate) if kernels.fit(x) else (x * rate).exp_()


def sample(texture: torch.Tensor, u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Bilinear look-up of a periodic square texture (N, N); u (columns) and v (rows) in texels, (H, W)."""
    n = int(texture.shape[0])
    if on_opencv(u):  # wrapped here: OpenCV's own wrapping is twenty times slower than its look-up
        tile = cv2.copyMakeBorder(texture.numpy(), 0, 1, 0, 1, cv2.BORDER_WRAP)
        at = [_wrapped(c, n).numpy() for c in (u, v)]
        return torch.from_numpy(cv2.remap(tile, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    u0, v0 = u.floor(), v.floor()
    fu, fv = u - u0, v - v0
    x0, y0 = torch.remainder(u0.long(), n), torch.remainder(v0.long(), n)
    x1, y1 = (x0 + 1) % n, (y0 + 1) % n
    top = mix(texture[y0, x0], texture[y0, x1], fu)
    return mix(top, mix(texture[y1, x0], texture[y1, x1], fu), fv)


def _wrapped(c: torch.Tensor, n: int) -> torch.Tensor:
    """`c` modulo n, in 0..n, contiguous."""
    return (c * (1.0 / n)).floor_().mul_(-float(n)).add_(c).clamp_(0.0, float(n))
