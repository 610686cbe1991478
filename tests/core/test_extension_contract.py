"""The shared contract passes a well-behaved translator, and each kind of misbehaviour fails the check made for it."""

from __future__ import annotations

import pytest
import torch

from core.cancel import CancelToken
from core.condition import HAZE
from core.errors import PluginError
from core.extension.contract import Check, ContractBroken, contract_checks
from core.extension.spec import MapKind, TranslatorSpec
from core.extension.translator import TranslateRequest
from core.frame import Frame
from core.ids import AxisId, TranslatorId

SPEC = TranslatorSpec(
    id=TranslatorId("veil"),
    version="1",
    title="Veil",
    entry="translator:create",
    axes=(HAZE, AxisId("exposure")),
    analyses=(MapKind.DEPTH,),
)


class Veil:
    """Koschmieder's law with a grey air light, then exposure: a translator that keeps every promise."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        cancel.check()
        assert request.maps.inverse_depth is not None
        amount = request.condition[HAZE]
        clear = torch.exp(-0.05 * abs(amount) / request.maps.inverse_depth.clamp_min(0.02))
        air = 0.6 if amount > 0 else 0.0
        lit = request.frame.pixels * clear + air * (1 - clear)
        return request.frame.with_pixels(lit * 2.0 ** request.condition[AxisId("exposure")])

    def close(self) -> None: ...


class WritesInput(Veil):
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        request.frame.pixels.mul_(0.5)
        return super().translate(request, cancel)


class Borrows(Veil):
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        cancel.check()
        return request.frame


class Remembers(Veil):
    last = 0.0

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        result = super().translate(request, cancel)
        self.last = 0.5 * self.last + float(result.pixels.mean())
        return result.with_pixels(result.pixels + self.last)


class Random(Veil):
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        result = super().translate(request, cancel)
        return result.with_pixels(result.pixels + torch.rand_like(result.pixels))


class Jumps(Veil):
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        return request.frame.with_pixels(super().translate(request, cancel).pixels * 0.5)


class Deaf(Veil):
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        return super().translate(request, CancelToken())


class Hoards(Veil):
    hoard: list[torch.Tensor] = []  # noqa: RUF012 - the leak under test

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        self.hoard.append(torch.zeros(1 << 20))
        return super().translate(request, cancel)


class Crops(Veil):
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        pixels = super().translate(request, cancel).pixels
        return Frame(pixels[:, : max(1, pixels.shape[1] // 2 * 2)].contiguous())


class Negative(Veil):
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        return request.frame.with_pixels(super().translate(request, cancel).pixels - 100.0)


class Reseeds(Veil):
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        return request.frame.with_pixels(super().translate(request, cancel).pixels * request.seed)


@pytest.mark.parametrize("check", contract_checks(Veil, SPEC), ids=str)
def test_a_well_behaved_translator_keeps_the_contract(check: Check) -> None:
    check.run()


@pytest.mark.parametrize(
    ("translator", "promise"),
    [
        (WritesInput, "never writes its input"),
        (Borrows, "never writes its input"),
        (Remembers, "gives the same again"),
        (Remembers, "reaches any frame in any order"),
        (Random, "gives the same again"),
        (Jumps, "fades in from nothing"),
        (Deaf, "honours cancel"),
        (Hoards, "gives its memory back"),
        (Crops, "takes 37x23 pixels"),
        (Negative, "keeps the picture sound"),
        (Reseeds, "another seed is the same weather"),
    ],
)
def test_a_broken_promise_fails_its_own_check(translator: type[Veil], promise: str) -> None:
    checks = [check for check in contract_checks(translator, SPEC) if check.name.startswith(promise)]
    assert checks
    for check in checks:
        with pytest.raises(ContractBroken):
            check.run()


def test_the_suite_builds_nothing_before_it_is_run() -> None:
    def factory(device: torch.device) -> Veil:
        raise PluginError("veil", "built too early")

    assert list(contract_checks(factory, SPEC))
