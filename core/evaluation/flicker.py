"""Flicker of a result beyond its source's own: signed, two-sided, in 8-bit code values of display-encoded Y'.

For frame t and each neighbour the source is tracked by optical flow, and both pictures are compared along it:

    dI = I(t) - warp I(t±1)        dO = O(t) - warp O(t±1)        r = dO - (T(I(t)) - T(warp I(t±1)))

T is the tone curve from source to result, so what the source itself does (a car's brake light, auto exposure) is predicted
and removed. What is left counts only if it has the same sign against both neighbours: a ramp gives 0, a step gives 0, and
a bad frame speaks on that frame alone. Places where the flow cannot be trusted, or where the result is clipped, are not
measured, and their share is reported. A frame without two neighbours in its own shot is not measured at all.

The plain warping error (Lai et al., "Learning Blind Video Temporal Consistency", ECCV 2018) has no sign and no prediction;
on planted faults it cannot tell a 0.5 % gain jitter from a clean frame, this can.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.flow import consistency, dis_flow, warp

Plane = npt.NDArray[np.float32]
"""(h, w) float32 at the measuring size."""
Doubles = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8] | Plane
"""(H, W, 3) R'G'B' in code values 0..255, before encoding; float keeps what 8 bits would round away."""

LONG_SIDE_PX: Final = 480
CELL_PX: Final = 8
LUMA_601: Final = np.array([[0.299, 0.587, 0.114]], np.float32)
TONE_BINS: Final = 32
CUT_SHARE: Final = 0.6
CUT_CODES: Final = 12.0
CUT_HISTOGRAM: Final = 0.2
CLIPPED: Final = (3.0, 252.0)
LEAST_WEIGHT: Final = 0.15
"""Mean weight below which a cell says nothing."""
INDEPENDENT_PX: Final = 16.0
"""Pixels that share one warping error; sets the standard error of a cell."""


@dataclass(frozen=True, slots=True)
class FlickerScore:
    """One frame's verdict. Scores are code values of 255: about 0.2 is a clean edit, 1 is visible, 5 is ugly."""

    frame: int
    """Source frame number."""
    score: float
    """Flicker the edit added: the larger of the whole picture's and the worst patch's."""
    source_score: float
    """The same measure of the source alone."""
    measured_share: float
    """Part of the picture that could be judged, 0..1. At 0 nothing is known and the scores mean nothing."""
    is_cut: bool
    """A new shot begins here."""

    @property
    def is_measured(self) -> bool:
        return self.measured_share > 0.0


@dataclass(frozen=True, slots=True)
class Measurement:
    """`heat` is (h, w) float32 code values at the measuring size (long side 480); NaN where nothing could be measured."""

    score: FlickerScore
    heat: Plane


@dataclass(frozen=True)
class Sample:
    """What the measure keeps of one frame: luma planes at the measuring size, in code values."""

    frame: int
    source: Plane
    result: Plane
    unclipped: Plane
    """0..1: where the result is clipped in no channel."""

    @cached_property
    def tracked(self) -> npt.NDArray[np.uint8]:
        """The source as the flow sees it."""
        return np.asarray(np.clip(self.source + 0.5, 0, 255), np.uint8)

    @cached_property
    def tones(self) -> tuple[Doubles, Doubles]:
        """For each of TONE_BINS levels of the source: how many pixels have it, and the sum of their results."""
        index = np.clip(np.rint(self.source * ((TONE_BINS - 1) / 255.0)), 0, TONE_BINS - 1).astype(np.intp).ravel()
        counts = np.bincount(index, minlength=TONE_BINS).astype(np.float64)
        sums = np.bincount(index, weights=self.result.ravel(), minlength=TONE_BINS).astype(np.float64)
        return counts, sums


def sample(frame: int, source: Codes, result: Codes) -> Sample:
    """Reduce a source picture and its result, both (H, W, 3) R'G'B' code values of the same size, to a `Sample`."""
    if source.shape != result.shape or source.ndim != 3 or source.shape[2] != 3:
        raise ValueError(f"source and result must share one (H, W, 3) shape, not {source.shape} and {result.shape}")
    small_source, small_result = _reduced(source), _reduced(result)
    red, green, blue = cv2.split(small_result)
    low, high = cv2.min(cv2.min(red, green), blue), cv2.max(cv2.max(red, green), blue)
    unclipped = ((low >= CLIPPED[0]) & (high <= CLIPPED[1])).astype(np.float32)
    return Sample(frame, _luma(small_source), _luma(small_result), unclipped)


@dataclass(frozen=True, slots=True)
class Link:
    """How a frame and the next hang together: flows in pixels, (h, w, 2). Of the source alone, whatever the result is."""

    to_before: Plane
    to_here: Plane
    is_cut: bool


def link(before: Sample, here: Sample) -> Link:
    """The dear part of the measure. Each pair of frames needs it twice, so keep it. Pure, any thread."""
    to_before, to_here = dis_flow(here.tracked, before.tracked), dis_flow(before.tracked, here.tracked)
    apart = np.abs(here.source - warp(before.source, to_before)) > CUT_CODES
    bins = [np.bincount(s.tracked.ravel() >> 3, minlength=32) / s.tracked.size for s in (before, here)]
    distance = 0.5 * float(np.abs(bins[0] - bins[1]).sum())
    return Link(to_before, to_here, float(apart.mean()) > CUT_SHARE and distance > CUT_HISTOGRAM)


Neighbour = tuple[Sample, Link]
"""A frame beside the one that is judged, and the link of the two."""


def judge(before: Neighbour | None, here: Sample, after: Neighbour | None) -> Measurement:
    """One frame against its neighbours; None at either end of the film. Pure, any thread."""
    past = _Way(before[0], before[1].to_before, before[1].to_here, before[1].is_cut) if before else None
    future = _Way(after[0], after[1].to_here, after[1].to_before, after[1].is_cut) if after else None
    return _judged(here, past, future)


# ---- one pair of frames ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """A link as seen from the frame that is judged."""

    other: Sample
    to_other: Plane
    from_other: Plane
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Residual:
    """What is left of a change after prediction, and how far each pixel is to be believed. Planes in code values."""

    added: Plane
    own: Plane
    expected: Plane
    weight: Plane


def _residual(here: Sample, way: _Way, tone: Plane) -> _Residual:
    other = way.other
    there = warp(np.dstack((other.source, other.result, other.unclipped)), way.to_other)
    own, change = here.source - there[..., 0], here.result - there[..., 1]
    expected = _toned(here.source, tone) - _toned(there[..., 0], tone)
    slope = max(1.0, float(np.abs(np.diff(tone)).max()) / (255.0 / (TONE_BINS - 1)))
    trusted = _trusted(way, own)
    belief = trusted / (1.0 + (0.5 * expected) ** 2 + (0.25 * min(slope, 4.0) * own) ** 2)
    weight = belief * np.where((here.unclipped < 1.0) | (there[..., 2] < 0.999), np.float32(0.05), np.float32(1.0))
    return _Residual(change - expected, own, expected, weight.astype(np.float32))


def _trusted(way: _Way, own: Plane) -> Plane:
    """1 where the flow leads there and back, 0 where it does not, ½ where it does not but nothing changed either."""
    agrees = consistency(way.to_other, way.from_other)
    h, w = own.shape
    ys, xs = np.ogrid[:h, :w]
    x, y = xs + way.to_other[..., 0], ys + way.to_other[..., 1]
    inside = (x >= 0) & (x <= w - 1) & (y >= 0) & (y <= h - 1)
    return _f32(np.maximum(agrees, np.where(inside & (np.abs(own) < 2.0), 0.5, 0.0)))


# ---- one frame between its neighbours -------------------------------------------------------------------------


def _judged(here: Sample, before: _Way | None, after: _Way | None) -> Measurement:
    is_cut = before is not None and before.is_cut
    if before is None or after is None or is_cut or after.is_cut:
        return Measurement(FlickerScore(here.frame, 0.0, 0.0, 0.0, is_cut), np.full_like(here.source, np.nan))
    tone = _tone_curve((here, before.other, after.other))
    past, future = _residual(here, before, tone), _residual(here, after, tone)
    weight = np.minimum(past.weight, future.weight)
    weight[_passing_specks(past.added, future.added, weight)] = 0.0
    measured = _cells(weight) > LEAST_WEIGHT
    allowance = 0.25 * np.minimum(np.abs(_cells(past.expected)), np.abs(_cells(future.expected)))
    added, heat = _oscillation(past.added, future.added, weight, _cells(here.result), _f32(allowance))
    own, _ = _oscillation(past.own, future.own, weight, _cells(here.source), np.zeros_like(heat))
    score = FlickerScore(here.frame, added, own, round(float(measured.mean()), 4), is_cut=False)
    full = here.source.shape[::-1]
    known = cv2.resize(measured.astype(np.uint8), full, interpolation=cv2.INTER_NEAREST) > 0
    smooth = cv2.resize(heat, full, interpolation=cv2.INTER_LINEAR)
    return Measurement(score, _f32(np.where(known, smooth, np.nan)))


def _oscillation(past: Plane, future: Plane, weight: Plane, level: Plane, allowance: Plane) -> tuple[float, Plane]:
    """One score for the frame and the heat of every cell, both in code values, from the signed changes to either side."""
    measured = _cells(weight) > LEAST_WEIGHT
    if not measured.any():
        return 0.0, np.zeros_like(level)
    near = [_cell_mean(plane, weight, 1.0) for plane in (past, future)]
    broad = [_cell_mean(plane, weight, 3.0) for plane in (past, future)]
    whole = [_global_part(side.mean, level, measured) for side in near]
    picture = float(np.sqrt(max(0.0, float((whole[0] * whole[1])[measured].mean()))))
    near_patch, broad_patch = (
        _both_ways(sides[0].less(whole[0]), sides[1].less(whole[1]), allowance) for sides in (near, broad)
    )
    patch = max(_top_mean(near_patch[measured], 0.01), 1.5 * _top_mean(broad_patch[measured], 0.02))
    heat = _both_ways(near[0], near[1], allowance)
    return round(max(picture, patch), 4), _f32(np.where(measured, heat, 0.0))


def _both_ways(x: _CellMean, y: _CellMean, allowance: Plane) -> Plane:
    """The change that both neighbours agree on: 0 for a ramp (opposite signs) and for a step (one side still)."""
    agreed = np.minimum(np.sqrt(np.maximum(0.0, x.mean * y.mean)), 1.5 * np.minimum(np.abs(x.mean), np.abs(y.mean)))
    return _f32(np.maximum(0.0, agreed - 2.0 * np.maximum(x.doubt, y.doubt) - allowance))


@dataclass(frozen=True, slots=True)
class _CellMean:
    mean: Plane
    doubt: Plane
    """Standard error of the mean."""

    def less(self, part: Plane) -> _CellMean:
        return _CellMean(_f32(self.mean - part), self.doubt)


def _cell_mean(plane: Plane, weight: Plane, sigma_cells: float) -> _CellMean:
    """Weighted mean of a plane over a Gaussian neighbourhood of cells, with its standard error."""
    sums = np.dstack((_cells(weight), _cells(weight * plane), _cells(weight * plane * plane)))
    blurred = cv2.GaussianBlur(sums, (0, 0), sigma_cells, borderType=cv2.BORDER_REPLICATE)
    total = np.maximum(blurred[..., 0], 1e-4)
    mean = blurred[..., 1] / total
    variance = np.maximum(0.0, blurred[..., 2] / total - mean * mean)
    samples = 4.0 * np.pi * sigma_cells**2 * CELL_PX**2 / INDEPENDENT_PX * total
    return _CellMean(_f32(mean), _f32(np.sqrt(variance / np.maximum(samples, 1.0))))


def _global_part(mean: Plane, level: Plane, measured: npt.NDArray[np.bool_]) -> Plane:
    """What the whole picture does alike: a quadratic in the result's level, fitted by Tukey's biweight."""
    x = level / 255.0
    basis = np.stack((np.ones_like(x), x, x * x), axis=-1).astype(np.float64)
    rows, values = basis[measured], mean[measured].astype(np.float64)
    weights: npt.NDArray[np.float64] = np.ones_like(values)
    fitted: npt.NDArray[np.float64] = np.zeros(3)
    for _ in range(3):
        scaled = rows * weights[:, None]
        fitted = np.asarray(np.linalg.solve(scaled.T @ rows + 1e-3 * np.eye(3), scaled.T @ values), np.float64)
        misfit = values - rows @ fitted
        spread = 4.685 * max(0.05, 1.4826 * float(np.median(np.abs(misfit))))
        weights = np.asarray(np.square(np.maximum(0.0, 1.0 - np.square(misfit / spread))), np.float64)
    return _f32(basis @ fitted)


def _passing_specks(past: Plane, future: Plane, weight: Plane) -> npt.NDArray[np.bool_]:
    """Drops and flakes: small, on one frame only, all of one sign. They fall through the picture and are not flicker.

    The neighbours' own drops leave holes of the opposite sign here, and go with them. Grain is not a drop: it averages out
    over a cell, so only what rises well above it is left out.
    """
    x, y = (p - cv2.boxFilter(p, -1, (9, 9)) for p in (past, future))
    speck = _f32(np.where((x > 0) == (y > 0), np.sign(x) * np.minimum(np.abs(x), np.abs(y)), 0.0))
    believed = speck[weight > LEAST_WEIGHT]
    if not believed.size:
        return np.zeros(past.shape, np.bool_)
    grain = 1.4826 * float(np.median(np.abs(np.concatenate((x[::4, ::4], y[::4, ::4])))))
    centred = believed - believed.mean()
    skew = float((centred * centred * centred).mean()) / max(1e-3, float(believed.std())) ** 3
    if abs(skew) <= 1.5 or float((np.abs(believed) > max(4.0, 3.0 * grain)).mean()) <= 0.002:
        return np.zeros(past.shape, np.bool_)
    sign = np.float32(np.sign(skew))
    neighbours = np.minimum(x * sign, y * sign) < -max(2.0, 2.5 * grain)
    marked = ((speck * sign > max(1.0, 2.0 * grain)) | neighbours).astype(np.uint8)
    return cv2.dilate(marked, np.ones((3, 3), np.uint8)).astype(np.bool_)


def _tone_curve(samples: tuple[Sample, ...]) -> Plane:
    """(32,) result level by source level, over the three frames at hand: smooth, filled where no pixel lies."""
    count = np.sum([s.tones[0] for s in samples], axis=0)
    total = np.sum([s.tones[1] for s in samples], axis=0)
    filled = count > 0.0005 * count.sum()
    if filled.sum() < 2:
        return np.full(TONE_BINS, float(total.sum() / count.sum()), np.float32)
    bins = np.arange(TONE_BINS, dtype=np.float32)
    raw = np.interp(bins, bins[filled], total[filled] / count[filled]).astype(np.float32)
    smooth = cv2.GaussianBlur(raw[None], (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE)
    return _f32(smooth[0])


def _toned(plane: Plane, tone: Plane) -> Plane:
    at = np.arange(TONE_BINS, dtype=np.float32) * np.float32(255.0 / (TONE_BINS - 1))
    return np.interp(plane, at, tone).astype(np.float32)


def _reduced(picture: Codes) -> Plane:
    """A picture at the measuring size: long side 480, sides whole cells."""
    h, w = picture.shape[:2]
    scale = LONG_SIDE_PX / max(h, w)
    sides = tuple(max(2, round(side * scale / CELL_PX)) * CELL_PX for side in (w, h))
    smooth = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return _f32(cv2.resize(picture.astype(np.float32), sides, interpolation=smooth))


def _f32(values: npt.ArrayLike) -> Plane:
    return np.asarray(values, np.float32)


def _luma(picture: Plane) -> Plane:
    return _f32(cv2.transform(picture, LUMA_601))


def _cells(plane: Plane) -> Plane:
    h, w = plane.shape
    return _f32(cv2.resize(plane, (w // CELL_PX, h // CELL_PX), interpolation=cv2.INTER_AREA))


def _top_mean(values: Plane, share: float) -> float:
    """Mean of the largest part of a set."""
    count = max(1, round(share * values.size))
    return float(np.partition(values, -count)[-count:].mean()) if values.size else 0.0
