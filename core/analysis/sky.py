"""The sky matte: colour learned over the shot, evidence weighed per pixel, reached from the top, edges from the picture.

First evidence z0 is a rule (bright or blue, smooth, neither green nor warm). It seeds colour tables of sky and of the rest,
re-estimated a few times over samples of the whole shot (the colour idea of GrabCut, Rother et al. 2004, without the cut).
The tables are then fixed: a frame's matte is a function of that frame and the shot's model alone, and every step of it is
continuous in the picture, so it neither depends on the order of frames nor jumps between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import (
    GRID,
    Appearance,
    ColorTable,
    color_histogram,
    color_table,
    histogram_overlap,
    logistic,
    look_up,
)
from core.analysis.flow import FloatImage
from core.analysis.guided import Guide
from core.analysis.pace import Pause, no_pause, with_pauses

ROUNDS: Final = 3
DARKEST_WHITE: Final = 12.0
"""Least span of L between the dark and the bright of a shot: below it the picture is flat and nothing stands out."""

STRANGE: Final = 4.0
"""Log-odds against what is far darker than the sky around it."""


@dataclass(frozen=True, slots=True)
class SkyModel:
    """What the matte needs to know of a shot."""

    dark: float
    """L of the middling non-sky."""
    white: float
    """L of the brightest."""
    blueness: float
    """How blue the sky is on average, 0..1. Under a blue sky nothing warm is sky; at sunset it may be."""
    table: ColorTable

    def as_numbers(self) -> tuple[float, ...]:
        return (self.dark, self.white, self.blueness, *self.table)

    @staticmethod
    def of_numbers(numbers: tuple[float, ...]) -> SkyModel:
        if len(numbers) != 3 + int(np.prod(GRID)):
            raise ValueError(f"a sky model has {3 + int(np.prod(GRID))} numbers, not {len(numbers)}")
        return SkyModel(numbers[0], numbers[1], numbers[2], numbers[3:])


def fit_sky(
    samples: Sequence[Appearance], horizon: float, sure: float, pause: Pause = no_pause
) -> tuple[SkyModel, float]:
    """The model of a shot, and how sure it is that the shot has a sky at all, 0..1.

    `horizon` is the row of the horizon as a share of the height, a guess will do; `sure` says how sure it is, 0..1.
    """
    lightness = np.concatenate([sample.lab[::2, ::2, 0].ravel() for sample in samples])
    lower = np.concatenate([s.lab[int(s.height * 0.55) :: 2, ::2, 0].ravel() for s in samples])
    white = float(np.percentile(lightness, 98))
    dark = min(float(np.percentile(lower, 60)), white - DARKEST_WHITE)
    edges = [_edges(sample) for sample in with_pauses(samples, pause)]
    priors = [_row_prior(sample, horizon, sure) for sample in samples]
    model = SkyModel(round(dark, 2), round(white, 2), _blueness(samples, priors, dark, white), ())
    rules = [_rule(s, edge, model) for s, edge in zip(with_pauses(samples, pause), edges, strict=True)]
    mattes = [logistic(rule + prior) for rule, prior in zip(rules, priors, strict=True)]
    for _ in range(ROUNDS):
        inside = np.sum(
            [color_histogram(s, m) for s, m in zip(with_pauses(samples, pause), mattes, strict=True)], axis=0
        )
        outside = np.sum(
            [color_histogram(s, 1 - m) for s, m in zip(with_pauses(samples, pause), mattes, strict=True)], axis=0
        )
        model = replace(model, table=color_table(inside, outside))
        mattes = [
            _reached(_believed(s, rule, prior, model.table), edge, rule)
            for s, rule, prior, edge in zip(with_pauses(samples, pause), rules, priors, edges, strict=True)
        ]
    return model, _presence(samples, mattes, histogram_overlap(inside, outside))


def sky_matte(
    picture: Appearance, model: SkyModel, horizon: float, sure: float, told: FloatImage | None = None
) -> FloatImage:
    """(H, W) soft matte 0..1. `sure` is of the horizon, 0..1; `told` are log-odds (H, W) from elsewhere, such as a segmentation."""
    edges = _edges(picture)
    rule = _rule(picture, edges, model)
    prior = _row_prior(picture, horizon, sure)
    if told is not None:
        prior = prior + told
    matte = _reached(_believed(picture, rule, prior, model.table), edges, rule)
    prior = prior - _strange(picture, matte)
    matte = _reached(_believed(picture, rule, prior, model.table), edges, rule)
    weight = np.square(2.0 * np.abs(matte - 0.5)) + 0.02
    guide = Guide(picture.rgb, weight, max(2, round(6 * picture.scale)))
    smooth = guide.smooth(matte)
    return np.asarray(np.clip((smooth - 0.06) / 0.88, 0.0, 1.0), np.float32)


def _blue(picture: Appearance) -> FloatImage:
    """(H, W) 0..1, how blue, whatever the brightness."""
    r, _, b = (picture.rgb[..., c] for c in range(3))
    return np.asarray(np.clip(9.0 * (b - r) / (picture.rgb.sum(-1) + 0.02) - 0.1, 0.0, 1.0), np.float32)


def _blueness(samples: Sequence[Appearance], priors: Sequence[FloatImage], dark: float, white: float) -> float:
    """Mean blue of what is bright and above the horizon; blue counts double, for a street has less sky than walls."""
    weights = [
        logistic(8.0 * ((s.lab[..., 0] - dark) / (white - dark) - 0.2) + 4.0 * p)
        for s, p in zip(samples, priors, strict=True)
    ]
    blue = np.sum([(w * _blue(s)).sum() for s, w in zip(samples, weights, strict=True)])
    return round(float(min(1.0, 2.0 * blue / max(np.sum([w.sum() for w in weights]), 1e-6))), 3)


def _rule(picture: Appearance, edges: FloatImage, model: SkyModel) -> FloatImage:
    """z0: log-odds from brightness, hue and texture, before anything is known of this shot's colours."""
    r, g, b = (picture.rgb[..., c] for c in range(3))
    total = r + g + b + 0.02
    relative = (picture.lab[..., 0] - model.dark) / (model.white - model.dark)
    blue = _blue(picture)
    green = np.maximum((g - np.maximum(r, b)) / total - 0.01, 0.0)
    warm = np.maximum((r - b) / total - 0.03, 0.0)
    bright = np.clip((relative - 0.6) / 0.4, 0.0, 1.0)
    texture = _texture(picture, model.white) * (1.0 - 0.6 * blue) * (1.0 - 0.6 * bright)
    deep = (picture.lab[..., 0] - 0.3 * model.white) / max(0.3 * model.white, 1.0)
    z = 4.2 * (relative - 0.35) * (1.0 - 0.9 * blue * blue) + 3.5 * blue * np.clip(deep, 0.0, 1.0)
    size = 2 * max(1, round(20 * picture.scale)) + 1
    busy = np.clip(cv2.blur(edges, (size, size)) - 0.04, 0.0, 0.4) * (1.0 - 0.7 * blue)
    z -= 40.0 * green + (8.0 + 50.0 * model.blueness) * warm + texture + 12.0 * busy
    return np.asarray(np.clip(z, -8.0, 8.0), np.float32)


def _texture(picture: Appearance, white: float) -> FloatImage:
    """How busy the neighbourhood is, 0..3.5, relative to the brightest of the shot so that exposure does not matter."""
    light = picture.lab[..., 0] / 100.0
    small, large = (2 * max(1, round(r * picture.scale)) + 1 for r in (5, 11))
    mean = cv2.boxFilter(light, -1, (small, small))
    deviation = np.sqrt(np.maximum(cv2.boxFilter(light * light, -1, (small, small)) - mean * mean, 0.0))
    gradient = cv2.boxFilter(
        np.abs(cv2.Sobel(light, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(light, cv2.CV_32F, 0, 1)), -1, (large, large)
    )
    return np.asarray(np.minimum(3.5, (22.0 * deviation + 14.0 * gradient / 8.0) / (white / 100.0 + 0.25)), np.float32)


def _row_prior(picture: Appearance, horizon: float, sure: float) -> FloatImage:
    """(H, 1) log-odds by height in the picture: mild above the horizon; forbidding below where that is sure, else against."""
    firm = float(np.clip((sure - 0.6) / 0.2, 0.0, 1.0))
    above = (horizon + 0.015 - picture.rows) / 0.25
    below = np.maximum((5.0 + 11.0 * firm) * above, -3.0 - 5.0 * firm)
    return np.asarray(np.where(above > 0, np.minimum(0.9 * above, 1.2), below), np.float32)


def _believed(picture: Appearance, rule: FloatImage, prior: FloatImage, table: ColorTable) -> FloatImage:
    """All evidence as a probability. A smooth grey patch with sky below it is sky too: the base of a cloud."""
    z = 0.8 * look_up(table, picture) + 0.55 * rule + prior
    sky_below = np.maximum.accumulate(logistic(np.asarray(cv2.blur(z, (5, 5)), np.float32))[::-1])[::-1]
    plain = np.clip(1.0 + (rule + 1.0) / 4.0, 0.0, 1.0)
    return logistic(np.asarray(1.3 * z + 4.8 * sky_below * plain - 0.5, np.float32))


def _strange(picture: Appearance, matte: FloatImage) -> FloatImage:
    """(H, W) 0..4: how much darker than the sky at this place, as its brightness varies smoothly over the frame.

    A façade in the shade has the sky's hue, for the sky lights it. The sky's lightness is a paraboloid through what surely
    is sky; how far the sky itself departs from that, as under broken cloud, is what may be departed from.
    """
    size = (48, 32)
    sure = cv2.resize(np.square(np.square(matte)), size, interpolation=cv2.INTER_AREA).ravel().astype(np.float64)
    light = cv2.resize(picture.lab[..., 0], size, interpolation=cv2.INTER_AREA).ravel().astype(np.float64)
    if sure.sum() < 0.01 * sure.size:
        return np.zeros_like(matte)
    x, y = (v.ravel() for v in np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1])))
    basis = np.stack((np.ones_like(x), x, y, x * x, x * y, y * y), 1)
    stiffness = np.diag((1e-6, 0.02, 0.02, 0.1, 0.1, 0.1)) * sure.sum()
    weight = sure
    for _ in range(3):
        left = basis.T @ (weight[:, None] * basis) + stiffness
        expected = basis @ np.linalg.solve(left, basis.T @ (weight * light))
        short = np.maximum(expected - light, 0.0)
        spread = float((weight * short).sum() / weight.sum())
        weight = sure / (1.0 + np.square(short / (2.0 * spread + 4.0)))
    inside = light[sure > 0.5]
    expected = np.clip(expected, *np.percentile(inside if inside.size else light, (5, 95)))
    level = cv2.resize(expected.reshape(size[1], size[0]).astype(np.float32), matte.shape[::-1])
    return np.asarray(
        np.clip((level - picture.lab[..., 0] - 4.0 * spread - 8.0) / (2.0 * spread + 6.0), 0.0, 1.0) * STRANGE,
        np.float32,
    )


def _reached(matte: FloatImage, edges: FloatImage, rule: FloatImage) -> FloatImage:
    """Keep what the top edge reaches without crossing an edge, what is blue beyond doubt, and what has such sky below it.

    Grey-scale reconstruction by dilation (Vincent 1993) at a quarter size: each pixel keeps the best worst value along any
    path from the top. Unlike labelled components it is continuous in the matte.
    """
    height, width = matte.shape
    size = (max(8, width // 4), max(8, height // 4))
    small = cv2.resize(matte, size, interpolation=cv2.INTER_AREA)
    wall = cv2.resize(cv2.dilate(edges, np.ones((5, 5), np.uint8)), size, interpolation=cv2.INTER_NEAREST)
    mask = np.minimum(small * 1.05, 1.0) * (1.0 - 0.95 * wall)
    blue = cv2.resize(rule, size, interpolation=cv2.INTER_AREA)
    seed = np.minimum(np.clip(blue - 3.0, 0.0, 1.0) * small, mask).astype(np.float32)
    seed[0] = small[0]
    kernel = np.ones((3, 3), np.uint8)
    for _ in range(sum(size)):
        grown = np.minimum(cv2.dilate(seed, kernel), np.maximum(mask, seed))
        if np.array_equal(grown, seed):
            break
        seed = grown
    at_walls = np.maximum(seed, cv2.dilate(seed, kernel) * wall)
    sky_below = np.maximum.accumulate(seed[::-1])[::-1]
    kept = cv2.resize(np.maximum(at_walls, sky_below), (width, height))
    return np.asarray(np.minimum(matte, kept), np.float32)


def _edges(picture: Appearance) -> FloatImage:
    """(H, W) 0..1: steps in Lab that part one thing from another, not the soft ones within a cloud."""
    step = np.zeros((picture.height, picture.width), np.float32)
    for channel in range(3):
        plane = np.ascontiguousarray(picture.lab[..., channel])
        for dx, dy in ((1, 0), (0, 1)):
            step = np.maximum(step, np.abs(cv2.Sobel(plane, cv2.CV_32F, dx, dy, scale=1 / 8)))
    return np.asarray(np.clip((step * picture.scale - 3.0) / 4.0, 0.0, 1.0), np.float32)


def _presence(samples: Sequence[Appearance], mattes: Sequence[FloatImage], overlap: float) -> float:
    """Does this shot have a sky? From how far its colours stand apart, how sharp its border is, where it lies, and how
    decided the matte is: what is half sky all over is a pale wall."""
    share = float(np.mean([m.mean() for m in mattes]))
    top = float(np.mean([m[: max(1, m.shape[0] // 20)].mean() for m in mattes]))
    doubt = float(np.mean([np.minimum(m, 1.0 - m).mean() for m in mattes])) / max(share, 1e-3)
    contrast = float(np.mean([_border_contrast(s, m) for s, m in zip(samples, mattes, strict=True)]))
    score = 9.0 * (0.42 - overlap) - 12.0 * max(0.0, overlap - 0.45)
    score += 1.2 * (min(contrast, 4.0) - 1.5) + 2.0 * (top - 0.5)
    score += 14.0 * (0.12 - doubt) + 1.5 * min(0.0, (share - 0.03) / 0.01)
    score += float(np.mean([_airiness(s, m) for s, m in zip(samples, mattes, strict=True)]))
    return float(1.0 / (1.0 + np.exp(-np.clip(score, -30, 30))))


def _airiness(picture: Appearance, matte: FloatImage) -> float:
    """Log-odds from what the light of a sky is like: blue, or else brighter than what it lights. A ceiling is neither."""
    total = float(matte.sum()) + 1e-3
    lightness = float((picture.lab[..., 0] * matte).sum()) / total
    blue = float((_blue(picture) * matte).sum()) / total
    strong = float((np.hypot(picture.lab[..., 1], picture.lab[..., 2]) * matte).sum()) / total
    below = picture.lab[..., 0][matte < 0.3]
    ahead = lightness - float(np.percentile(below, 85)) if below.size else 0.0
    neither = 0.08 * max(0.0, strong - 35.0) * max(0.0, 1.0 - 5.0 * blue)
    return float(2.5 * np.clip(blue / 0.15, 0.0, 1.0) + 2.0 * np.clip((ahead - 5.0) / 12.0, -0.6, 1.0) - 2.0 - neither)


def _border_contrast(picture: Appearance, matte: FloatImage) -> float:
    """Mean Lab step across the matte's border against the step inside it, a ratio."""
    lab = picture.lab
    step = np.abs(cv2.Sobel(lab[..., 0], cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(lab[..., 0], cv2.CV_32F, 0, 1))
    hard = (matte > 0.5).astype(np.uint8)
    kernel = np.ones((5, 5), np.uint8)
    border = cv2.dilate(hard, kernel) - cv2.erode(hard, kernel)
    inside = cv2.erode(hard, np.ones((9, 9), np.uint8))
    if not border.any() or not inside.any():
        return 0.0
    return float(min(np.median(step[border > 0]) / (step[inside > 0].mean() + 2.0), 6.0))
