"""Flicker made visible: a heat map in code values laid over the result, with a legend in the same units."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

FULL_SCALE: Final = 10.0
"""Code values at the hot end of the map; more looks the same."""
STOPS: Final = ("140E36", "540F6D", "9E2A63", "DB503A", "FB9B06", "FCFFA4")
"""Evenly spaced over 0..10, mixed linearly in bytes; luminance rises at every stop, so it reads without colour."""
INVISIBLE_BELOW: Final = 1.0
FULL_OPACITY_AT: Final = 5.5
FULL_OPACITY: Final = 0.86
GREY_LEVEL: Final = 0.62
UNKNOWN_LEVEL: Final = 0.38
"""Brightness of the picture where nothing could be measured: darker, never shown as zero flicker."""
SMALLEST_WITH_LEGEND_PX: Final = 200

Picture = npt.NDArray[np.uint8]


def _color_map() -> Picture:
    """(256, 3) uint8 R'G'B'."""
    stops = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in STOPS], np.float64)
    at = np.linspace(0.0, len(STOPS) - 1.0, 256)
    channels = [np.interp(at, np.arange(len(STOPS)), stops[:, c]) for c in range(3)]
    return np.asarray(np.rint(np.stack(channels, axis=1)), np.uint8)


COLOR_MAP: Final = _color_map()


def heat_picture(heat: npt.NDArray[np.float32], result_gray: Picture) -> Picture:
    """(H, W, 3) uint8 R'G'B' of the result's size: the result in grey, flicker over it in colour.

    `heat` is any size, in code values, NaN where not measured; `result_gray` is (H, W) uint8 display-encoded Y'.
    """
    size = (result_gray.shape[1], result_gray.shape[0])
    unknown = cv2.resize(np.isnan(heat).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    codes = cv2.resize(np.nan_to_num(heat), size, interpolation=cv2.INTER_LINEAR)
    opacity = np.clip((codes - INVISIBLE_BELOW) / (FULL_OPACITY_AT - INVISIBLE_BELOW), 0.0, 1.0) * FULL_OPACITY
    opacity[unknown] = 0.0
    grey = result_gray * np.where(unknown, np.float32(UNKNOWN_LEVEL), np.float32(GREY_LEVEL))
    color = COLOR_MAP[np.clip(np.rint(codes * (255.0 / FULL_SCALE)), 0, 255).astype(np.intp)]
    mixed = grey[..., None] * (1.0 - opacity[..., None]) + color * opacity[..., None]
    return np.asarray(np.rint(mixed), np.uint8)


def ticks() -> tuple[float, ...]:
    """Code values that a legend names: nothing, where colour begins, the middle, and the end, above which all is one."""
    return (0.0, INVISIBLE_BELOW, FULL_SCALE / 2.0, FULL_SCALE)


def ramp_picture(width: int, gray: int = 160) -> Picture:
    """(1, W, 3) uint8 R'G'B': flicker of 0..FULL_SCALE from left to right as it looks over a result of one grey code."""
    codes = np.linspace(0.0, FULL_SCALE, width, dtype=np.float32)[None]
    return heat_picture(codes, np.full((1, width), gray, np.uint8))


def unknown_code(gray: int = 160) -> int:
    """What is shown of such a result where nothing could be measured."""
    return round(gray * UNKNOWN_LEVEL)


def with_legend(picture: Picture, score: float | None) -> Picture:
    """The picture with the colour scale in its lower left corner and this frame's score, or the words "not measured".

    Film frames only; a picture too small to read it on is returned as it is.
    """
    h, w = picture.shape[:2]
    if min(h, w) < SMALLEST_WITH_LEGEND_PX:
        return picture
    unit = max(1.0, h / 360.0)
    bar_w, bar_h, margin = round(132 * unit), round(8 * unit), round(12 * unit)
    left, bottom = margin + round(8 * unit), h - margin - round(20 * unit)
    shown = picture.copy()
    panel = shown[h - margin - round(54 * unit) : h - margin, margin : margin + bar_w + round(28 * unit)]
    panel[:] = (panel * 0.25).astype(np.uint8)
    ramp = COLOR_MAP[np.linspace(0, 255, bar_w).astype(np.intp)]
    shown[bottom - bar_h : bottom, left : left + bar_w] = ramp
    verdict = "not measured" if score is None else f"{score:.2f}"
    _write(shown, f"Flicker {verdict}, codes of 255", (left, bottom - bar_h - round(7 * unit)), unit)
    for value in (0, 5, 10):
        x = left + round(bar_w * value / FULL_SCALE)
        text = f"{value}+" if value == FULL_SCALE else f"{value}"
        _write(shown, text, (x - round((3 if value < FULL_SCALE else 8) * unit), bottom + round(13 * unit)), unit)
    return shown


def _write(picture: Picture, text: str, at: tuple[int, int], unit: float) -> None:
    face, size = cv2.FONT_HERSHEY_SIMPLEX, 0.34 * unit
    cv2.putText(picture, text, at, face, size, (228, 230, 234), max(1, round(0.9 * unit)), cv2.LINE_AA)
