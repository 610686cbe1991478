"""Edge-aware smoothing of a map by a colour picture of its size.

The colour guided filter of He, Sun, Tang ("Guided Image Filtering", PAMI 2013), with the per-pixel weights that Liba et al.
("Sky Optimization", CVPRW 2020) use to ignore undecided pixels, and the 3×3 solve written out. Any thread.
"""

from __future__ import annotations

import cv2
import numpy as np

from core.analysis.flow import FloatImage


class Guide:
    """A colour picture (H, W, 3) float32, 0..1, prepared to guide maps of its own size.

    `radius_px` is the half width of the window; `eps` is the variance of the guide below which it counts as flat.
    """

    def __init__(self, picture: FloatImage, weight: FloatImage, radius_px: int = 6, eps: float = 2e-4) -> None:
        self._window = (2 * radius_px + 1, 2 * radius_px + 1)
        self._weight = weight
        self._r, self._g, self._b = (np.ascontiguousarray(picture[..., c]) for c in range(3))
        self._total = self._box(weight)
        self._mr, self._mg, self._mb = (self._mean(channel) for channel in (self._r, self._g, self._b))
        self._invert(eps)

    def coefficients(self, values: FloatImage) -> FloatImage:
        """The local model of `values` (H, W): (H, W, 4) with values ≈ a·rgb + b, channels a_r, a_g, a_b, b."""
        mean = self._mean(values)
        cr = self._mean(self._r * values) - self._mr * mean
        cg = self._mean(self._g * values) - self._mg * mean
        cb = self._mean(self._b * values) - self._mb * mean
        ar = self._irr * cr + self._irg * cg + self._irb * cb
        ag = self._irg * cr + self._igg * cg + self._igb * cb
        ab = self._irb * cr + self._igb * cg + self._ibb * cb
        b = mean - ar * self._mr - ag * self._mg - ab * self._mb
        model = np.dstack((ar, ag, ab, b))
        return np.asarray(cv2.boxFilter(model, -1, self._window, borderType=cv2.BORDER_REFLECT), np.float32)

    def smooth(self, values: FloatImage) -> FloatImage:
        """`values` with the edges of the picture, at the same size; may leave the range of `values` by a little."""
        a = self.coefficients(values)
        result = a[..., 0] * self._r + a[..., 1] * self._g + a[..., 2] * self._b + a[..., 3]
        return np.asarray(result, np.float32)

    def _box(self, plane: FloatImage) -> FloatImage:
        return np.asarray(cv2.boxFilter(plane, -1, self._window, borderType=cv2.BORDER_REFLECT), np.float32)

    def _mean(self, plane: FloatImage) -> FloatImage:
        return self._box(plane * self._weight) / self._total

    def _invert(self, eps: float) -> None:
        """The inverse of the window's colour covariance + eps, by cofactors."""
        r, g, b = self._r, self._g, self._b
        rr = self._mean(r * r) - self._mr * self._mr + eps
        rg = self._mean(r * g) - self._mr * self._mg
        rb = self._mean(r * b) - self._mr * self._mb
        gg = self._mean(g * g) - self._mg * self._mg + eps
        gb = self._mean(g * b) - self._mg * self._mb
        bb = self._mean(b * b) - self._mb * self._mb + eps
        self._irr, self._irg, self._irb = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
        self._igg, self._igb, self._ibb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
        determinant = rr * self._irr + rg * self._irg + rb * self._irb
        for name in ("_irr", "_irg", "_irb", "_igg", "_igb", "_ibb"):
            setattr(self, name, getattr(self, name) / determinant)


def grey_model(values: FloatImage, guide: FloatImage, radius_px: int, eps: float) -> FloatImage:
    """The local model of `values` (h, w) in a guide of one channel, 0..1: (h, w, 2) with values ≈ a·guide + b.

    A third of the cost of a colour guide. Enlarged and applied to a larger guide it is the fast guided filter (He and Sun,
    "Fast Guided Filter", 2015): the map gets the edges of a picture finer than itself.
    """
    window = (2 * radius_px + 1, 2 * radius_px + 1)

    def mean(plane: FloatImage) -> FloatImage:
        return np.asarray(cv2.boxFilter(plane, -1, window, borderType=cv2.BORDER_REFLECT), np.float32)

    of_guide, of_values = mean(guide), mean(values)
    a = (mean(guide * values) - of_guide * of_values) / (mean(guide * guide) - of_guide * of_guide + eps)
    return mean(np.dstack((a, of_values - a * of_guide)))
