"""Rain on the lens: drops that follow from seed and time alone, stay with the picture, and show it upside down."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from core.cancel import CancelToken
from core.extension.translator import TranslateRequest
from core.frame import Frame
from plugins.atmosphere.drops import PLACES, drops_at
from plugins.atmosphere.translator import Atmosphere
from tests.plugins.streets import street_request

ASPECT = 16 / 9
WET = {"rain_on_lens": 0.7}


def seen(request: TranslateRequest) -> torch.Tensor:
    return Atmosphere(torch.device("cpu")).translate(request, CancelToken()).pixels


def test_the_same_instant_has_the_same_drops_whatever_was_asked_before() -> None:
    forward = [drops_at(0.6, 3, t / 24, ASPECT) for t in range(48)]
    backward = [drops_at(0.6, 3, t / 24, ASPECT) for t in reversed(range(48))]
    assert forward == backward[::-1]
    assert forward[0] != drops_at(0.6, 4, 0.0, ASPECT)


def test_more_rain_adds_drops_and_moves_none() -> None:
    few, many = drops_at(0.3, 3, 2.0, ASPECT), drops_at(0.9, 3, 2.0, ASPECT)
    assert len(few) < len(many) <= PLACES
    whole = [drop for drop in few if drop in many]
    assert len(whole) >= len(few) - 1  # the last one fades in


def test_drops_hang_or_run_down_and_never_up() -> None:
    for place in range(20):
        before = None
        for t in range(24 * 4):
            found = drops_at((place + 1) / PLACES, 5, t / 24, ASPECT)
            now = found[-1] if found else None
            if before and now and now.x == before.x:  # the same drop still
                assert 0.0 <= now.y - before.y < 0.01
            before = now


def test_dry_glass_shows_what_is_behind_it_to_the_bit() -> None:
    request = street_request(3, WET)
    changed = (seen(request) - request.frame.pixels).abs().amax(0) > 0.0
    assert 0.02 < float(changed.float().mean()) < 0.5


def test_a_drop_shows_the_view_upside_down() -> None:
    request = street_request(3, {"rain_on_lens": 1.0})
    height, width = request.frame.height, request.frame.width
    ramp = torch.linspace(0.0, 1.0, height).view(1, height, 1).expand(3, height, width).contiguous()
    picture = seen(replace(request, frame=Frame(ramp)))
    drop = max(drops_at(1.0, request.seed, request.time.seconds, width / height), key=lambda d: d.radius)
    column, row, reach = (round(v * height) for v in (drop.x, drop.y, 0.4 * drop.radius))
    above, below = float(picture[1, row - reach, column]), float(picture[1, row + reach, column])
    assert above > below + 0.02


@pytest.mark.parametrize("size", [(31, 17), (64, 48), (33, 90)])
def test_drops_fit_any_picture(size: tuple[int, int]) -> None:
    width, height = size
    request = street_request(3, {"rain_on_lens": 1.0})
    shrunk = replace(
        request,
        frame=Frame(request.frame.pixels[:, :height, :width].contiguous()),
        maps=replace(request.maps, sky=None, ground=None, inverse_depth=None, classes=None, normals=None),
    )
    picture = seen(shrunk)
    assert picture.shape == (3, height, width)
    assert bool(torch.isfinite(picture).all())
    assert float(picture.min()) >= 0.0
