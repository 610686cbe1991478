"""What a look made brighter and what darker: the signed difference of two display pictures, in code values. Pure."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

LUMA_BGR: Final = (0.0722, 0.7152, 0.2126)
"""Y' of display codes by Rec. 709, in the order in which display pictures lie in memory."""
STOPS: Final = ("06204F", "2F66B0", "808080", "E8923C", "FFE9B8")
"""Evenly spaced from darkest to brightest, mixed linearly in bytes, grey where nothing changed. Blue and orange are told apart
by every kind of colour vision, and luminance rises at every stop, so it reads without colour too."""
WIDEST: Final = 256


def full_scale(gain: int) -> int:
    """Code values of either sign at the ends of the map when it is amplified `gain` times; more looks the same."""
    return WIDEST // gain


def ticks(gain: int) -> tuple[int, ...]:
    """Code values that a legend names."""
    end = full_scale(gain)
    return (-end, -end // 2, 0, end // 2, end)


def signed_luma(source: Picture, result: Picture) -> npt.NDArray[np.int16]:
    """(H, W) result less source in codes of Y', -255..255, from (H, W, 4) uint8 B G R x of one size."""
    apart = cv2.subtract(result, source, dtype=cv2.CV_16S)
    luma = cv2.transform(apart, np.array([[*LUMA_BGR, 0.0]]))
    return np.asarray(luma.reshape(luma.shape[:2]), np.int16)


def signed_picture(source: Picture, result: Picture, gain: int) -> Picture:
    """(H, W, 4) uint8 B G R 255: blue where the result is darker than the source, orange where it is brighter."""
    table = _table(gain).view(np.uint32)[:, 0]  # four bytes at a time
    shown = np.take(table, signed_luma(source, result) + np.int16(255))
    return shown.view(np.uint8).reshape(*shown.shape, 4)


def ramp_picture(width: int) -> Picture:
    """(1, W, 3) uint8 R'G'B': the whole scale from left to right."""
    return _colors(np.linspace(-1.0, 1.0, width))[None]


def _table(gain: int) -> Picture:
    """(511, 4) uint8 B G R 255 of every difference from -255 on."""
    table = np.full((511, 4), 255, np.uint8)
    table[:, :3] = _colors(np.arange(-255, 256) / full_scale(gain))[:, ::-1]
    return table


def _colors(share: npt.NDArray[np.float64]) -> Picture:
    """(N, 3) uint8 R'G'B' of shares of full scale; beyond -1 and 1 the ends."""
    stops = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in STOPS], np.float64)
    at = np.linspace(-1.0, 1.0, len(STOPS))
    return np.asarray(np.rint(np.stack([np.interp(share, at, stops[:, c]) for c in range(3)], axis=1)), np.uint8)
