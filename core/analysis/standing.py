"""Standing: stretches of a film through which the camera does not move at all, whatever moves before it.

Between two frames a lorry that fills the picture looks like a pan. Over a longer time it does not: what stood there before is
there again when it has passed. So the film is cut into windows of a second, the median of each drops what moves by itself,
and windows are held against each other, also far ones.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from core.analysis.flow import FloatImage

WINDOW: Final = 24
"""Frames."""
HOP: Final = 4
"""Every which frame of a window is kept."""
PATCH_PX: Final = 9
CONTRAST: Final = 2.0
"""Mean square of detail, code values, above which a patch would show that it moved."""
SAME: Final = 0.12
"""Share of a patch's contrast that may change while it stays where it is; a quarter of a pixel changes more."""
NOISE: Final = 0.3
STANDS, STANDS_BELOW = 0.85, 0.75
"""Share of the patches that are where they were in the window before: in the picture, and in its lower half, which is nearer."""
RETURNS: Final = 0.7
"""The same against a window from before something hid the view."""
HIDDEN: Final = 0.25
"""The same while something still hides it, at the end of a film that stood for the most part."""
LEAST_SHARE: Final = 0.01
"""Of the picture that must have contrast at all."""
PATIENCE: Final = 12
"""Windows through which a view may be hidden."""

Span = tuple[int, int]


class StandFinder:
    """Fed the detail of one frame after the other; keeps a few frames and the spans."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._kept: list[FloatImage] = []
        """Every HOP-th frame of the window that is being filled."""
        self._began = self._seen = 0
        self._anchor: FloatImage | None = None
        """Median of the oldest window of the stretch that may be one: against it, creeping shows."""
        self._newest: FloatImage | None = None
        """Median of the newest window."""
        self._newest_began = 0
        self._first = self._last = self._windows = self._hidden = 0

    def step(self, frame: int, detail: FloatImage) -> None:
        """`detail` (H, W) as in `egomotion.detail`."""
        if not self._kept:
            self._began = frame
        if (frame - self._began) % HOP == 0:
            self._kept.append(detail)
        self._seen = frame
        if frame - self._began >= WINDOW - 1:
            self._judge()

    def finish(self) -> tuple[Span, ...]:
        """First and last frame of each stretch, in order."""
        if len(self._kept) > 1:
            self._judge()
        if 0 < self._hidden < self._windows and self._newest is not None and self._fits(self._newest, HIDDEN, 0.0):
            self._last = self._seen
        self._close()
        return tuple(self._spans)

    def _judge(self) -> None:
        """Hold the window that has been filled against the stretch before it."""
        window = np.asarray(np.median(np.stack(self._kept), axis=0), np.float32)
        self._kept.clear()
        before, self._newest = self._newest, window
        begins, self._newest_began = self._newest_began, self._began
        if self._fits(window, *((RETURNS, RETURNS) if self._hidden else (STANDS, STANDS_BELOW))):
            self._last, self._windows, self._hidden = self._seen, self._windows + 1, 0
        elif self._hidden and before is not None and _agree(before, window, STANDS, STANDS_BELOW):
            self._close()
            self._anchor = before
            self._first, self._last, self._windows, self._hidden = begins, self._seen, 2, 0
        elif self._windows > 1 and self._hidden < PATIENCE:
            self._hidden += 1
        else:
            self._close()
            self._anchor = window
            self._first, self._last, self._windows, self._hidden = self._began, self._seen, 1, 0

    def _fits(self, window: FloatImage, share: float, below: float) -> bool:
        return self._anchor is not None and _agree(self._anchor, window, share, below)

    def _close(self) -> None:
        if self._windows > 1:
            self._spans.append((self._first, self._last))
        self._windows = 0


def _agree(a: FloatImage, b: FloatImage, share: float, share_below: float) -> bool:
    """Whether the patches that have contrast in both are where they were."""
    energy = np.minimum(_mean(a * a), _mean(b * b))
    seen = energy > CONTRAST
    same = seen & (_mean(np.square(a - b)) < SAME * energy + NOISE)
    half = len(a) // 2
    return bool(
        seen.mean() > LEAST_SHARE
        and same.sum() >= share * seen.sum()
        and same[half:].sum() >= share_below * seen[half:].sum()
    )


def _mean(values: FloatImage) -> FloatImage:
    return np.asarray(cv2.blur(values, (PATCH_PX, PATCH_PX)), np.float32)
