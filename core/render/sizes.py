"""Sizes of pictures: how a preview height, a quality or a film's canvas become (width, height) in pixels."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from core.media.facts import VideoFacts
from core.render.messages import Quality

Size = tuple[int, int]
"""(width, height), pixels."""

SMALLEST_PX = 16
"""No side of a coarse preview is smaller; below this nothing can be judged, and analyses have no neighbourhood left."""


def preview_size(video: VideoFacts, height: int, quality: Quality) -> Size:
    """Source shape at a share of `height`. Never larger than the source: at its own height it is exactly the source size."""
    full = Fraction(min(height, video.height))
    return _shaped(video, full * quality.scale)


def size_inside(video: VideoFacts, canvas: Size) -> Size:
    """The largest picture of the source's shape within the canvas; the source's own size where that is the canvas."""
    width, height = canvas
    shape = Fraction(video.width, video.height)
    return _shaped(video, min(Fraction(height), Fraction(width) / shape), limit=canvas)


def _shaped(video: VideoFacts, height: Fraction, limit: Size | None = None) -> Size:
    if height == video.height:
        return video.width, video.height
    width = height * Fraction(video.width, video.height)
    smallest = min(SMALLEST_PX, video.width, video.height)
    rounded = max(smallest, round(width)), max(smallest, round(height))
    return (min(rounded[0], limit[0]), min(rounded[1], limit[1])) if limit else rounded


def centred(image: npt.NDArray[Any], size: Size) -> npt.NDArray[Any]:
    """A picture (H, W, 3) in the middle of a black one of `size`, or itself where it fills it."""
    height, width = image.shape[:2]
    if (width, height) == size:
        return image
    whole = np.zeros((size[1], size[0], 3), image.dtype)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    whole[top : top + height, left : left + width] = image
    return whole
