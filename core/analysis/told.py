"""What optional models tell of a frame, in the terms of the analysis: log-odds beside its own evidence, depth on its scale.

A model that fails on a frame tells nothing of it; the analysis stands by itself.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage
from core.errors import ModelError
from core.models.adapters import ModelSet, SurfaceShares
from core.scene import SurfaceClass

BELIEF: Final = 0.8
"""Weight of a segmentation's log-odds beside our own evidence."""
LEAST_SHARE: Final = 0.03
"""Shares are taken as no more certain than this."""
SHARE_OF_CLASSES: Final = 0.65
"""How far a segmentation decides what surfaces are made of."""
LEAST_AGREEMENT: Final = 0.6
"""Correlation with the ground plane below which a depth network is not believed."""
LEVEL: Final = (SurfaceClass.ROAD, SurfaceClass.PATH, SurfaceClass.GRASS, SurfaceClass.WATER)


class Told:
    """What `models` say of a picture, each asked when it is first needed."""

    def __init__(self, picture: Appearance, models: ModelSet) -> None:
        self._picture, self._models = picture, models

    @cached_property
    def shares(self) -> SurfaceShares | None:
        """None without a segmentation."""
        if self._models.segmenter is None:
            return None
        with suppress(ModelError):
            return self._models.segmenter.segment(self._codes)
        return None

    @property
    def sky(self) -> FloatImage | None:
        """Log-odds (H, W)."""
        return None if self.shares is None else _odds(self.shares.sky)

    @property
    def ground(self) -> FloatImage | None:
        """Log-odds (H, W)."""
        if self.shares is None:
            return None
        order = list(SurfaceClass)
        level = np.sum([self.shares.classes[order.index(kind)] for kind in LEVEL], axis=0)
        return _odds(np.asarray(level, np.float32))

    def classes(self, ours: FloatImage, sky: FloatImage) -> FloatImage:
        """`ours` (8, H, W), with what the segmentation says mixed in."""
        if self.shares is None:
            return ours
        theirs = self.shares.classes * (1.0 - sky)
        return np.asarray(ours + SHARE_OF_CLASSES * (theirs - ours), np.float32)

    def depth(self, ours: FloatImage, ground: FloatImage, sky: FloatImage) -> FloatImage:
        """Inverse depth (H, W), 1/metre: the network's, scaled and shifted to lie on the ground plane of `ours`.

        `ours` itself where there is no network, no ground, or where the two disagree about the ground.
        """
        if self._models.depth is None:
            return ours
        with suppress(ModelError):
            theirs = self._models.depth.inverse_depth(self._codes)
            fit = _line(theirs.ravel(), ours.ravel(), np.square(ground).ravel())
            if fit is not None:
                scale, shift = fit
                least = max(float(ours[ours > 0].min()) if (ours > 0).any() else 0.0, 1e-5)
                return np.asarray(np.maximum(scale * theirs + shift, least) * (1.0 - sky), np.float32)
        return ours

    @cached_property
    def _codes(self) -> npt.NDArray[Any]:
        return np.asarray(self._picture.rgb * 255.0 + 0.5, np.uint8)


def _odds(share: FloatImage) -> FloatImage:
    """A hundredth of blur first: a segmentation's borders are coarse, and ours follow the picture."""
    size = 2 * max(1, round(share.shape[1] / 100)) + 1
    soft = np.clip(cv2.blur(share, (size, size)), LEAST_SHARE, 1.0 - LEAST_SHARE)
    return np.asarray(BELIEF * np.log(soft / (1.0 - soft)), np.float32)


def _line(x: npt.NDArray[Any], y: npt.NDArray[Any], weight: npt.NDArray[Any]) -> tuple[float, float] | None:
    """Scale and shift from x to y, weighted, robust by three rounds; None where they do not rise together."""
    if weight.sum() < 100.0:
        return None
    trust = weight.astype(np.float64)
    for _ in range(3):
        total = trust.sum()
        mean_x, mean_y = (trust * x).sum() / total, (trust * y).sum() / total
        over, up = x - mean_x, y - mean_y
        spread_x, spread_y = (trust * over * over).sum(), (trust * up * up).sum()
        together = (trust * over * up).sum()
        if together <= LEAST_AGREEMENT * np.sqrt(spread_x * spread_y) or spread_x <= 0.0:
            return None
        scale = together / spread_x
        rest = np.abs(up - scale * over)
        usual = 1.5 * (trust * rest).sum() / total + 1e-9
        trust = weight / (1.0 + np.square(rest / usual))
    return float(scale), float(mean_y - scale * mean_x)
