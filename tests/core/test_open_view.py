"""Depth where no ground is known: an order of near and far that weather can be layered by."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from footage import footage

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage
from core.analysis.open_view import open_view
from core.color import ColorPipeline
from core.media.decoder import Decoder
from core.media.probe import probe

H, W = 270, 480
NO_SKY = np.zeros((H, W), np.float32)


def a_hillside(seed: int = 0) -> tuple[FloatImage, np.ndarray]:
    """Dark branches before a pale hillside, and where they are; with a little grain."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:H, :W]
    pale = np.dstack([np.full((H, W), v, np.float32) for v in (0.55, 0.60, 0.62)])
    branch = np.abs(columns - 240 - 0.3 * (rows - 135)) < 18
    picture = np.where(branch[..., None], np.float32(0.08), pale)
    return np.clip(picture + rng.normal(0, 0.004, (H, W, 3)), 0, 1).astype(np.float32), branch


def test_what_is_dark_stands_before_what_the_air_has_made_pale() -> None:
    picture, branch = a_hillside()
    near = open_view(Appearance(picture), NO_SKY)
    for row in (40, 135, 230):
        assert near[row][branch[row]].mean() > 1.4 * near[row][~branch[row]].mean()


def test_what_is_lower_is_nearer_where_nothing_else_tells() -> None:
    near = open_view(Appearance(np.full((H, W, 3), 0.3, np.float32)), NO_SKY)
    assert (np.diff(near.mean(axis=1)) > 0).mean() > 0.9
    assert near[-10].mean() > 1.5 * near[10].mean()


def test_the_sky_is_at_infinity_and_the_rest_is_not() -> None:
    sky = NO_SKY.copy()
    sky[:90] = 1.0
    near = open_view(Appearance(a_hillside()[0]), sky)
    assert not near[:90].any()
    assert near[90:].min() > 0


def test_what_is_white_itself_is_not_taken_for_far() -> None:
    picture, _ = a_hillside()
    picture[150:220, 60:140] = 0.95
    near = open_view(Appearance(picture), NO_SKY)
    assert near[170:200, 80:120].mean() > near[170:200, 350:390].mean()


def test_grain_moves_next_to_nothing() -> None:
    one, other = (open_view(Appearance(a_hillside(seed)[0]), NO_SKY) for seed in (1, 2))
    assert np.abs(np.log(one / other)).mean() < 0.01


@pytest.mark.parametrize(("name", "size"), [("waterfall_portrait_c2pa.mp4", (270, 480))])
def test_a_real_forest_has_layers_and_keeps_them(name: str, size: tuple[int, int]) -> None:
    facts = probe(footage(name))
    with Decoder(facts) as decoder:
        frames = [ColorPipeline().to_working(decoder.read(n, size), torch.device("cpu")) for n in (40, 41)]
    views = [open_view(Appearance.of(frame, size), np.zeros(size[::-1], np.float32)) for frame in frames]
    logs = np.log(views[0])
    assert np.percentile(logs, 95) - np.percentile(logs, 5) > 0.4
    assert np.corrcoef(logs.ravel(), np.log(views[1]).ravel())[0, 1] > 0.97
