"""Patterns baked once: periodic noise, and pictures of trees made of thousands of leaves."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float32]
Coordinate = npt.NDArray[np.floating[Any]]

NOISE_SIZE = 512


@lru_cache(maxsize=8)
def noise(seed: int, octaves: int = 6) -> Plane:
    """(512, 512) periodic fractal noise, mean 0, standard deviation 1; gain 0.5 per octave."""
    rng = np.random.default_rng(seed)
    total = np.zeros((NOISE_SIZE, NOISE_SIZE), np.float32)
    for octave in range(octaves):
        n = 8 << octave
        grid = rng.standard_normal((n, n)).astype(np.float32)
        pad = np.pad(grid, 2, mode="wrap")
        scale = NOISE_SIZE // n
        big = cv2.resize(pad, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        total += big[2 * scale : -2 * scale, 2 * scale : -2 * scale] * 0.5**octave
    return np.ascontiguousarray((total - total.mean()) / total.std())


def sample(texture: Plane, u: Coordinate, v: Coordinate) -> Plane:
    """Bilinear, periodic look-up; `u`, `v` in texture periods, any shape."""
    n = texture.shape[0]
    count, width = u.size, 1024  # remap wants a picture with sides below 32,768, so a long list is folded
    rows = -(-count // width)
    x, y = (np.zeros(rows * width, np.float32) for _ in range(2))
    x[:count], y[:count] = (((c - np.floor(c)) * n).ravel() for c in (u, v))
    found = cv2.remap(
        texture, x.reshape(rows, width), y.reshape(rows, width), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )
    return np.asarray(found.ravel()[:count].reshape(u.shape), np.float32)


@lru_cache(maxsize=4)
def tree_picture(kind: int, side: int = 384) -> npt.NDArray[np.float32]:
    """(side, side, 4): albedo of leaves and bark with the light of a sun up left baked in, and a hard matte."""
    rng = np.random.default_rng(9100 + kind)
    picture = np.zeros((side, side, 4), np.float32)
    trunk = np.array([[0.485, 0.50], [0.515, 0.50], [0.53, 1.0], [0.47, 1.0]]) * side
    cv2.fillPoly(picture, [trunk.astype(np.int32)], (0.075, 0.058, 0.045, 1.0))
    for _ in range(9):
        tip = (0.5 + rng.uniform(-0.26, 0.26), rng.uniform(0.22, 0.5))
        cv2.line(
            picture, (int(0.5 * side), int(rng.uniform(0.5, 0.66) * side)), (int(tip[0] * side), int(tip[1] * side)),
            (0.07, 0.055, 0.042, 1.0), int(rng.integers(2, 5)),
        )  # fmt: skip
    clumps = rng.normal(0, 1, (46, 2)) * (0.155, 0.135) + (0.5, 0.33)
    clumps = clumps[np.argsort(clumps[:, 1])[::-1]]
    green = np.array([(0.060, 0.105, 0.026), (0.072, 0.110, 0.034), (0.050, 0.095, 0.030)][kind], np.float32)
    for cx, cy in clumps:
        radius = rng.uniform(0.055, 0.10)
        for _ in range(170):
            angle, r = rng.uniform(0, 2 * np.pi), radius * np.sqrt(rng.random())
            dx, dy = r * np.cos(angle), 0.85 * r * np.sin(angle)
            x, y = cx + dx, cy + dy
            lit = 0.62 + 0.75 * np.clip(-dy / radius * 0.75 - dx / radius * 0.45, -0.45, 1.0) + 0.5 * (0.36 - cy)
            tint = green * max(0.28, lit) * rng.uniform(0.7, 1.35) * (1 + 0.12 * rng.standard_normal(3))
            size = (max(1, int(side * rng.uniform(0.004, 0.010))), max(1, int(side * rng.uniform(0.003, 0.007))))
            centre = (int(x * side), int(y * side))
            cv2.ellipse(
                picture, centre, size, rng.uniform(0, 180), 0, 360, (*np.clip(tint, 0.004, 1).tolist(), 1.0), -1
            )
    return picture
