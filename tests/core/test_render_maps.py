"""Maps fitted to a picture: mattes take its edges, nothing leaves its range, and plain places stay as they are."""

from __future__ import annotations

import numpy as np
import torch
from builders import a_stroke

from core.document.model import Stroke, StrokeMode
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.render.stages.analyse import maps_at_size, with_painted_sky, with_whole_surfaces

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


# ---- sky painted by hand ------------------------------------------------------------------------------------------

HOUSE = slice(40, 64)
"""Rows of a white house between sky and ground, taken for sky."""


def a_street(height: int = 96, width: int = 64) -> Maps:
    """Sky down to row 64 and ground below, nearer the lower it lies."""
    rows = torch.arange(height, dtype=torch.float32)[:, None].expand(height, width)
    is_sky = rows < HOUSE.stop
    near = torch.where(is_sky, 0.0, (rows - 60) / 100)
    classes = torch.zeros((8, height, width))
    classes[0] = (~is_sky).float()
    normals = torch.stack((torch.zeros_like(near), (~is_sky).float(), torch.zeros_like(near)))
    return Maps(
        is_sky.float()[None], (~is_sky).float()[None], near[None], None, classes[:, ::2, ::2], normals[:, ::2, ::2]
    )


def band(top: float, bottom: float, mode: StrokeMode) -> Stroke:
    """A hard band over the whole width, in shares of the height."""
    middle = (top + bottom) / 2
    return a_stroke((-0.5, middle), (1.5, middle), radius=(bottom - top) / 2, hardness=1.0, mode=mode)


def test_what_is_painted_as_sky_is_nothing_else_any_more() -> None:
    painted = with_painted_sky(a_street(), (band(0.7, 0.8, StrokeMode.ADD),))
    middle = 72
    assert painted.sky is not None
    assert float(painted.sky[0, middle].min()) == 1.0
    for planes in (painted.ground, painted.inverse_depth, painted.classes, painted.normals):
        assert planes is not None
        assert float(planes[:, middle * planes.shape[1] // 96].abs().max()) == 0.0


def test_what_is_erased_from_the_sky_stands_where_its_foot_does() -> None:
    street = a_street()
    painted = with_painted_sky(street, (band(HOUSE.start / 96, HOUSE.stop / 96, StrokeMode.ERASE),))
    assert painted.sky is not None
    assert painted.inverse_depth is not None
    assert street.inverse_depth is not None
    house = painted.inverse_depth[0, HOUSE.start + 2 : HOUSE.stop - 2]
    assert float(painted.sky[0, HOUSE.start + 2 : HOUSE.stop - 2].max()) == 0.0
    assert torch.allclose(house, street.inverse_depth[0, HOUSE.stop, 0].expand_as(house))
    assert torch.equal(painted.inverse_depth[0, : HOUSE.start - 2], street.inverse_depth[0, : HOUSE.start - 2])


def test_paint_never_writes_on_the_maps_it_is_laid_over() -> None:
    street, untouched = a_street(), a_street()
    with_painted_sky(street, (band(0.0, 1.0, StrokeMode.ERASE), band(0.2, 0.9, StrokeMode.ADD)))
    for name in ("sky", "ground", "inverse_depth", "classes", "normals"):
        assert torch.equal(getattr(street, name), getattr(untouched, name))


def test_paint_far_from_a_place_leaves_its_maps_to_the_bit() -> None:
    street = a_street()
    painted = with_painted_sky(street, (band(0.7, 0.8, StrokeMode.ADD), band(0.4, 0.5, StrokeMode.ERASE)))
    for name in ("sky", "ground", "inverse_depth", "classes", "normals"):
        was, now = getattr(street, name), getattr(painted, name)
        above, below = 30 * was.shape[1] // 96, 86 * was.shape[1] // 96
        assert torch.equal(now[:, :above], was[:, :above])
        assert torch.equal(now[:, below:], was[:, below:])


def test_surfaces_come_at_half_the_size_of_the_picture_rounded_up() -> None:
    picture = a_view()
    kept = {MapKind.CLASSES: torch.rand(8, 27, 48).half(), MapKind.NORMALS: torch.rand(3, 27, 48).half()}
    maps = maps_at_size(kept, picture)
    half = (picture.height + 1) // 2, (picture.width + 1) // 2
    assert maps.classes is not None
    assert maps.normals is not None
    assert (maps.classes.shape, maps.normals.shape) == ((8, *half), (3, *half))
    whole = with_whole_surfaces(maps, picture.size)
    assert whole.classes is not None
    assert whole.classes.shape == (8, picture.height, picture.width)
