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
TORN, WHOLE = 0.12, 0.3
"""The same at a cut between pictures of the same colours, and at the frames beside it."""
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


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a frame: share of the points followed, and change, both since the frame before."""

    frame: int
    colors: FloatImage
    matched: float
    change: float


@dataclass
class CutFinder:
    """Fed one frame after the other; a cut is known a few frames after it."""

    cuts: list[int] = field(default_factory=list)
    _seen: list[_Seen] = field(default_factory=list)

    def step(self, frame: int, colors: FloatImage, matched: float) -> None:
        """`matched`: share 0..1 of the points with detail that flow follows from the frame before."""
        since = change(self._seen[-1].colors, colors) if self._seen else 0.0
        self._seen.append(_Seen(frame, colors, matched, since))
        if len(self._seen) > 2 * FLASH_FRAMES + 1:
            self._seen.pop(0)
        if len(self._seen) > FLASH_FRAMES:
            self._judge(len(self._seen) - 1 - FLASH_FRAMES)

    def finish(self) -> tuple[int, ...]:
        for at in range(max(1, len(self._seen) - FLASH_FRAMES), len(self._seen)):
            self._judge(at)
        return tuple(self.cuts)

    def _judge(self, at: int) -> None:
        """Whether a cut leads to the frame at this place of `_seen`."""
        here, before, after = self._seen[at], self._seen[max(0, at - FLASH_FRAMES) : at], self._seen[at:]
        if not before or here.matched > MATCHED:
            return
        is_cut = self._is_torn(at)
        if here.change >= LEAST_CHANGE:
            is_cut = self._is_recolored(here, before, after[: FLASH_FRAMES + 1])
        if is_cut:
            self.cuts.append(here.frame)

    def _is_torn(self, at: int) -> bool:
        """Nothing of the frame before is found again, and both frames go on smoothly on their own sides."""
        beside = self._seen[at - 1 : at] + self._seen[at + 1 : at + 2]
        return self._seen[at].matched < TORN and len(beside) == 2 and min(s.matched for s in beside) > WHOLE

    def _is_recolored(self, here: _Seen, before: list[_Seen], after: list[_Seen]) -> bool:
        """Other colours than in any of the frames before, and more so than between the frames about it."""
        about = max(before[-1].change, after[1].change if len(after) > 1 else 0.0)
        if here.change < PEAK * about:
            return False
        return all(change(a.colors, b.colors) >= 0.5 * here.change for a in before for b in after)
