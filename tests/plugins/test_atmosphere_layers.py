"""Layers out: the passes of a look add up to its picture, whatever the look."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from core.cancel import CancelToken
from core.extension.translator import LayerTap, Pass
from core.presets import presets
from plugins.atmosphere.translator import Atmosphere
from tests.plugins.test_atmosphere_anchors import request

CPU = torch.device("cpu")
STORM = {"sun": 1.0, "sun_elevation": -8.0, "practicals": 1.0, "cloud": 0.7, "haze": 0.3, "rain": 0.8, "wetness": 0.9}


def taken_apart(look: dict[str, float]) -> tuple[torch.Tensor, torch.Tensor, LayerTap]:
    """Source, result and passes."""
    asked = request(12, look)
    tap = LayerTap(asked.frame.pixels)
    result = Atmosphere(CPU).translate(replace(asked, layers=tap), CancelToken()).pixels
    return asked.frame.pixels, result, tap


@pytest.mark.parametrize(
    "look", [STORM, {"haze": -0.6}, {"exposure": 1.0}, {"foliage": 1.0}, {"snow": 0.7, "snow_cover": 0.6, "cloud": 1.0}]
)
def test_the_passes_add_up_to_the_picture(look: dict[str, float]) -> None:
    source, result, tap = taken_apart(look)
    total = source + sum((tap.change(name) for name in Pass), torch.zeros_like(source))
    assert float(((total - result).abs() / (result.abs() + 1e-3)).max()) < 1e-4
    assert float(tap.change(Pass.REST).abs().max()) == 0.0, "the translator tells everything apart"


@pytest.mark.parametrize("preset", [p.id for p in presets()])
def test_a_preset_taken_apart_is_the_very_picture(preset: str) -> None:
    look = dict(next(p for p in presets() if p.id == preset).condition)
    _, result, _ = taken_apart({str(axis): value for axis, value in look.items()})
    whole = Atmosphere(CPU).translate(request(12, {str(a): v for a, v in look.items()}), CancelToken()).pixels
    assert torch.equal(result, whole)


def test_each_part_of_a_look_is_in_its_own_pass() -> None:
    _, _, tap = taken_apart(STORM)
    for name in Pass:
        changed = float(tap.change(name).abs().mean())
        assert (changed > 1e-4) == (name is not Pass.REST), name
    _, _, clear = taken_apart({"exposure": 0.5})
    assert [name for name in Pass if bool(clear.change(name).any())] == [Pass.CAMERA]


def test_falling_rain_hides_and_adds_nothing_else() -> None:
    """Precipitation of a dry look is nothing at all; so is the cover."""
    _, _, tap = taken_apart({"cloud": 1.0})
    assert not bool(tap.change(Pass.PRECIPITATION).any())
    assert not bool(tap.change(Pass.COVER).any())
    assert bool(tap.change(Pass.SKY).any())
