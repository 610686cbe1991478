"""Cast shadows as shot: where the ground lies in hard shade, as far as one frame can be sure of it.

A shadow splits the ground's brightness in two, by about a stop or more, and what is left in it is lit by the blue sky
(Finlayson et al. 2006; Lalonde et al. 2010). Wet patches and new tarmac are dark too, but not bluer. Every test is soft,
so that a shot does not flip between two looks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from plugins.atmosphere.fields import halve, luma, resize, smooth, spread
from plugins.atmosphere.light import step
from plugins.atmosphere.shot import Shot

Numbers = npt.NDArray[np.float64]
BINS = 64
LOW, HIGH = -8.0, 3.0
"""Stops between which ground is looked at."""
LEAST_PIXELS = 200


def cast_shade(shot: Shot) -> torch.Tensor | None:
    """Share of hard shade on the ground, (1, h, w) of the grid; None where the frame shows none that is sure."""
    if not shot.request.scene.has_ground:
        return None
    quarter = shot.source_quarter
    ground = halve(shot.ground_half)
    stops = torch.log2(luma(quarter) + 0.004)
    stops = -spread(-stops, 2)  # lane paint is bright and thin: an opening takes it away
    stops = spread(stops, 2)
    bluer = torch.log2((quarter[2:3] + 0.004) / (quarter[0:1] + 0.004))
    here = (ground > 0.8).flatten()
    if int(here.sum()) < LEAST_PIXELS:
        return None
    values, blues = (p.flatten()[here].double().cpu().numpy() for p in (stops, bluer))
    split, gap, sure = _split(values, blues)
    if sure <= 0.0:
        return None
    shade = smooth(split + 0.22 * gap, split - 0.22 * gap, stops) * (ground * sure)
    return resize(shade, shot.grid.height, shot.grid.width)


def _split(stops: Numbers, bluer: Numbers) -> tuple[float, float, float]:
    """Otsu's threshold (1979) between shade and sun, their distance in stops, and how sure it is that they are that, 0..1."""
    count, edges = np.histogram(stops, BINS, (LOW, HIGH))
    middle = 0.5 * (edges[1:] + edges[:-1])
    total, weight = count.sum(), count.cumsum()
    mass = (count * middle).cumsum()
    inside = (weight > 0) & (weight < total)
    if not inside.any():
        return 0.0, 0.0, 0.0
    below, above = np.maximum(weight, 1), np.maximum(total - weight, 1)
    spread_out = np.where(inside, weight * (total - weight) * (mass / below - (mass[-1] - mass) / above) ** 2, 0.0)
    best = int(spread_out.argmax())
    dark = stops < edges[best + 1]
    if not dark.any() or dark.all():
        return 0.0, 0.0, 0.0
    low, high = float(stops[dark].mean()), float(stops[~dark].mean())
    gap, share = high - low, float(dark.mean())
    apart = float(spread_out[best]) / float(total) ** 2 / max(1e-6, float(stops.var()))  # 1 for two sharp heaps
    sky_lit = float(np.median(bluer[dark]) - np.median(bluer[~dark]))
    sure = step(0.75, 1.25, gap) * step(0.70, 0.85, apart) * step(0.03, 0.15, sky_lit)
    return 0.5 * (low + high), gap, sure * step(0.01, 0.04, share) * (1.0 - step(0.75, 0.92, share))
