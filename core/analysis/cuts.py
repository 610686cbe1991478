"""Cuts: where one shot ends and the next begins. A flash, a fast pan and a camera that shakes are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from core.analysis.flow import FloatImage

BINS: Final = 8
LEAST_CHANGE: Final = 0.12
"""Share of the picture whose colours change at a cut, at least."""
PEAK: Final = 2.5
"""How much more changes at a cut than at the frames about it."""
MATCHED: Final = 0.3
"""Share of points that flow can still follow, above which there is no cut."""
FLASH_FRAMES: Final = 3
"""Frames within which a flash is over."""


def colors_of(rgb: FloatImage) -> FloatImage:
    """Histogram of display codes (H, W, 3), soft between bins, sums to 1."""
    codes = np.asarray(cv2.blur(rgb, (5, 5))[::2, ::2] * 255.0, np.uint8)
    counts = cv2.calcHist([codes], [0, 1, 2], None, [BINS] * 3, [0, 256] * 3)
    for axis in range(3):
        counts = (counts + 0.5 * (np.roll(counts, 1, axis) + np.roll(counts, -1, axis))) / 2.0
    return np.asarray(counts / counts.sum(), np.float32)


def change(a: FloatImage, b: FloatImage) -> float:
    """Share of the picture that has other colours, 0..1."""
    return 0.5 * float(np.abs(a - b).sum())


@dataclass
class CutFinder:
    """Fed one frame after the other; a cut is known a few frames after it."""

    cuts: list[int] = field(default_factory=list)
    _seen: list[tuple[int, FloatImage, float, float]] = field(default_factory=list)
    """The last frames: number, colours, share of points followed, change since the frame before."""

    def step(self, frame: int, colors: FloatImage, matched: float) -> None:
        """`matched`: share 0..1 of the points with detail that flow follows from the frame before."""
        since = change(self._seen[-1][1], colors) if self._seen else 0.0
        self._seen.append((frame, colors, matched, since))
        if len(self._seen) > FLASH_FRAMES + 2:
            self._judge(1)
            self._seen.pop(0)

    def finish(self) -> tuple[int, ...]:
        while len(self._seen) > 1:
            self._judge(1)
            self._seen.pop(0)
        return tuple(self.cuts)

    def _judge(self, at: int) -> None:
        """Whether a cut leads to the frame at this place of `_seen`."""
        frame, _, matched, here = self._seen[at]
        before, after = self._seen[at - 1], self._seen[at + 1 :]
        if matched > MATCHED or here < LEAST_CHANGE:
            return
        if here < PEAK * max(before[3], after[0][3] if after else 0.0):
            return
        if any(change(before[1], later[1]) < 0.5 * here for later in after):
            return
        self.cuts.append(frame)
