"""Shots: the frames of a film at which another shot begins, without any other analysis. Any thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from core.analysis.cuts import CutFinder, colors_of
from core.analysis.egomotion import follow_points, grid
from core.analysis.flow import FloatImage
from core.cancel import CancelToken
from core.errors import MediaError
from core.progress import Progress, ProgressSink
from core.words import msg

SIDE_PX: Final = 320
"""Long side of the frames that are compared; callers read them at this size."""


def find_cuts(
    read: Callable[[int], FloatImage], frames: range, cancel: CancelToken, progress: ProgressSink
) -> tuple[int, ...]:
    """Frames of `frames` that begin a shot, the first not among them.

    `read` gives a frame as display codes (H, W, 3) 0..1, about SIDE_PX long; it is asked in order, and frames that it cannot
    read are passed over. Raises `Cancelled`.
    """
    began, finder = time.monotonic(), CutFinder()
    before: np.ndarray | None = None
    for done, frame in enumerate(frames):
        cancel.check()
        progress(Progress(msg("Finding shots"), done, len(frames), time.monotonic() - began))
        try:
            codes = read(frame)
        except MediaError:
            continue
        grey = np.asarray(cv2.cvtColor(codes, cv2.COLOR_RGB2GRAY) * 255.0 + 0.5, np.uint8)
        followed = 1.0
        if before is not None and before.shape == grey.shape:
            nothing_rides = np.zeros(grid(*grey.shape)[0].shape, bool)
            followed = follow_points(grey, before, nothing_rides).followed
        finder.step(frame, colors_of(codes), followed)
        before = grey
    progress(Progress(msg("Finding shots"), len(frames), len(frames), time.monotonic() - began))
    return finder.finish()
