"""Maps fitted to a picture: mattes take its edges, nothing leaves its range, and plain places stay as they are."""

from __future__ import annotations

import numpy as np
import torch

from core.extension.spec import MapKind
from core.frame import Frame
from core.render.stages.analyse import maps_at_size

SKY, GROUND = 1.0, 0.05
BORDER = 62
"""Last row of sky at full size: not where a row of the small map ends."""


def a_view(width: int = 192, height: int = 128) -> Frame:
    light = torch.full((3, height, width), GROUND)
    light[:, : BORDER + 1] = SKY
    return Frame(light + torch.linspace(0.0, 0.02, width))


def a_matte(width: int = 48, height: int = 32) -> torch.Tensor:
    """The sky of `a_view` at a quarter size, its border a blur."""
    rows = torch.linspace(0.0, height - 1.0, height)
    return ((BORDER / 4 + 1.5 - rows) / 3.0).clamp(0.0, 1.0).repeat(width, 1).T[None].to(torch.float16)


def fitted_sky(picture: Frame) -> np.ndarray:
    sky = maps_at_size({MapKind.SKY: a_matte()}, picture).sky
    assert sky is not None
    return np.asarray(sky[0].numpy())


def test_a_matte_takes_the_edge_of_the_picture() -> None:
    column = fitted_sky(a_view())[:, 96]
    assert column[BORDER] - column[BORDER + 1] > 0.6


def test_a_matte_stays_within_its_range_and_plain_places_keep_theirs() -> None:
    sky = fitted_sky(a_view())
    assert (sky.min(), sky.max()) == (0.0, 1.0)
    assert sky[:24].min() > 0.999
    assert sky[104:].max() < 0.001


def test_depth_is_not_drawn_on_by_the_picture() -> None:
    flat = torch.full((1, 32, 48), 0.25, dtype=torch.float16)
    depth = maps_at_size({MapKind.DEPTH: flat}, a_view()).inverse_depth
    assert depth is not None
    assert bool((depth == 0.25).all())


def test_flow_is_counted_in_the_picture_s_pixels() -> None:
    kept = torch.ones((2, 32, 48), dtype=torch.float16)
    flow = maps_at_size({MapKind.FLOW: kept}, a_view()).flow
    assert flow is not None
    assert flow.shape == (2, 128, 192)
    assert torch.allclose(flow, torch.full_like(flow, 4.0))


def test_a_picture_smaller_than_its_maps_averages_them() -> None:
    small = a_view(24, 16)
    sky = maps_at_size({MapKind.SKY: a_matte()}, small).sky
    assert sky is not None
    assert torch.allclose(sky.mean(), a_matte().float().mean(), atol=1e-3)
