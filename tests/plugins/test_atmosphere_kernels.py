"""Fused kernels and their torch twins are one picture; and without numba all is there still."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
import torch

from core.cancel import CancelToken
from plugins.atmosphere import fields, kernels
from plugins.atmosphere.noise import Noise
from plugins.atmosphere.translator import Atmosphere
from tests.plugins.test_atmosphere_anchors import request

CPU = torch.device("cpu")
needs_numba = pytest.mark.skipif(kernels.chains is None, reason="numba is not installed")
EVERYTHING = {
    "sun": 1.0,
    "sun_elevation": -6.0,
    "practicals": 1.0,
    "cloud": 0.5,
    "haze": 0.3,
    "rain": 0.4,
    "wetness": 0.6,
}
LOOKS = {
    "a rainy dusk": EVERYTHING,
    "overcast": {"cloud": 1.0},
    "golden hour": {"sun": 1.0, "sun_elevation": 5.0, "foliage": 0.5},
    "winter": {"snow_cover": 0.7, "snow": 0.5, "cloud": 0.8},
    "clearer": {"haze": -0.5, "exposure": 0.5, "white_balance": 5000.0},
}


@pytest.fixture
def torch_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr(kernels, "chains", None)


@needs_numba
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_the_compiled_picture_is_the_reference_to_float_tolerance(
    look: dict[str, float], torch_only: Callable[[], None]
) -> None:
    asked = request(12, look)
    compiled = Atmosphere(CPU).translate(asked, CancelToken()).pixels
    torch_only()
    reference = Atmosphere(CPU).translate(asked, CancelToken()).pixels
    away = (compiled - reference).abs()
    assert float((away / (reference + 0.01)).mean()) < 1e-4
    assert float(away.quantile(0.999) if away.numel() < 1 << 24 else away.max()) < 5e-3


@needs_numba
@pytest.mark.parametrize("size", [(3, 45, 70), (1, 1, 7), (3, 270, 481)])
def test_every_primitive_agrees_with_its_twin(size: tuple[int, int, int], torch_only: Callable[[], None]) -> None:
    generator = torch.Generator().manual_seed(5)
    a, b = (torch.rand(size, generator=generator) * 3.0 - 0.5 for _ in range(2))
    t = torch.rand((1, *size[1:]), generator=generator)
    texture = Noise(CPU)

    def everything() -> list[torch.Tensor]:
        made = [fields.smooth(0.2, 0.9, a), fields.smooth(0.9, -0.2, a[0]), fields.mix(a, b, t), fields.mix(a, b, b)]
        made.append(texture.over(a[0] * 40.0, b[0] * -90.0, t[0], 4))
        return made + ([fields.luma(a)] if size[0] == 3 else [])

    compiled = everything()
    torch_only()
    for one, other in zip(compiled, everything(), strict=True):
        assert one.shape == other.shape
        assert torch.allclose(one, other, atol=2e-3)
        assert float((one - other).abs().mean()) < 2e-5


@needs_numba
def test_exponent_and_logarithm_are_good_to_the_last_bits_of_a_float() -> None:
    from plugins.atmosphere import kernels_compiled

    x = torch.linspace(-30.0, 30.0, 4001)
    powers = torch.tensor([float(kernels_compiled.exp2(kernels.Number(v))) for v in x.tolist()], dtype=torch.float64)
    assert float((powers / torch.exp2(x.double()) - 1.0).abs().max()) < 2e-7
    y = torch.logspace(-6.0, 6.0, 4001)
    stops = torch.tensor([float(kernels_compiled.log2(kernels.Number(v))) for v in y.tolist()], dtype=torch.float64)
    assert float((stops - torch.log2(y.double())).abs().max()) < 3e-6


def test_what_a_kernel_cannot_take_goes_to_torch() -> None:
    """Doubles, and planes with holes in them."""
    x = torch.rand(3, 20, 30)
    assert not kernels.fit(x.double())
    assert not kernels.fit(x[:, :, ::2])
    assert not kernels.fit(x.transpose(1, 2))
    assert torch.allclose(fields.smooth(0.0, 1.0, x[:, :, ::2]), fields.smooth(0.0, 1.0, x)[:, :, ::2], atol=1e-6)


def test_the_translator_works_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "plugins.atmosphere.kernels_compiled", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(kernels, "chains", kernels._compiled())
    assert kernels.chains is None
    assert bool(Atmosphere(CPU).translate(request(3, EVERYTHING), CancelToken()).pixels.isfinite().all())


@needs_numba
def test_the_bits_do_not_depend_on_how_many_cores_share_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SMALL", 1)
    pictures = []
    for cores in (1, 2, 3):
        monkeypatch.setattr(kernels, "CORES", cores)
        pictures.append(Atmosphere(CPU).translate(request(12, EVERYTHING), CancelToken()).pixels)
    assert all(torch.equal(pictures[0], other) for other in pictures[1:])
