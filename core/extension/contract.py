"""The promises of a translator as checks: one suite that every translator passes, the built-in ones and yours.

@pytest.mark.parametrize("check", contract_checks(create, spec), ids=str)
def test_the_contract(check: Check) -> None:
    check.run()
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import torch
from torch.nn import functional

from core.camera import Camera
from core.cancel import Cancelled, CancelToken
from core.condition import AXES, Axis, AxisGroup, AxisKind, Condition
from core.extension.spec import MapKind, TranslatorSpec
from core.extension.translator import Maps, ShotTime, TranslateRequest, Translator
from core.frame import Frame
from core.ids import AxisId
from core.scene import Scene, SurfaceClass

Factory = Callable[[torch.device], Translator]

ODD_SIZES: Final = ((37, 23), (64, 48), (5, 2), (1, 1))
"""(width, height), rounded up to the translator's size multiple."""
IDENTITY_SHARE: Final = 0.01
"""A condition one quantum from neutral may change the picture by this share of its mean: it must fade in, not jump."""
SEED_SHARE: Final = 0.05
"""Another seed may move the mean of the picture by this share: it re-deals the drops, it does not change the weather."""
LEAK_BYTES: Final = 1 << 20
"""Tensor memory that may stay after a translator is closed and dropped."""


class ContractBroken(AssertionError):
    """A translator that does not keep its promise; the message says which and for what."""


@dataclass(frozen=True, slots=True)
class Check:
    """One promise. `run` raises `ContractBroken`."""

    name: str
    run: Callable[[], None]

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def contract_checks(factory: Factory, spec: TranslatorSpec, device: torch.device | None = None) -> tuple[Check, ...]:
    """Every promise, for every axis that `spec` declares. Nothing is built before a check runs."""
    return tuple(_checks(_Bench(factory, spec, device or torch.device("cpu"))))


def _checks(bench: _Bench) -> Iterator[Check]:
    spec = bench.spec
    conditions = {str(axis): _at(axis, share=0.6) for axis in spec.axes}
    conditions["every axis at once"] = Condition.of({k: v for c in conditions.values() for k, v in c.values})
    conditions = {name: condition for name, condition in conditions.items() if not condition.is_neutral}
    for name, condition in conditions.items():
        yield Check(f"keeps the picture sound under {name}", partial(_keeps_sound, bench, condition))
        yield Check(f"never writes its input under {name}", partial(_never_writes, bench, condition))
        yield Check(f"gives the same again under {name}", partial(_repeats, bench, condition))
        yield Check(f"reaches any frame in any order under {name}", partial(_random_access, bench, condition))
        yield Check(f"another seed is the same weather under {name}", partial(_seeds_agree, bench, condition))
    for axis in (AXES[id_] for id_ in spec.axes if AXES[id_].kind is not AxisKind.ANGLE):
        yield Check(f"fades in from nothing along {axis.id}", partial(_fades_in, bench, axis))
    everything = conditions["every axis at once"]
    for size in ODD_SIZES:
        yield Check(f"takes {size[0]}x{size[1]} pixels", partial(_keeps_sound, bench, everything, size=size))
    yield Check("takes a shot without sky and ground", partial(_takes_any_scene, bench, everything))
    yield Check("takes black and blinding pictures", partial(_takes_any_light, bench, everything))
    yield Check("honours cancel", partial(_honours_cancel, bench, everything))
    yield Check("gives its memory back", partial(_gives_back, bench, everything))


@dataclass(frozen=True, slots=True)
class _Bench:
    factory: Factory
    spec: TranslatorSpec
    device: torch.device

    def build(self) -> Translator:
        return self.factory(self.device)

    def request(
        self, condition: Condition, index: int = 0, seed: int = 1, size: tuple[int, int] = (64, 48)
    ) -> TranslateRequest:
        """A small road under a bright sky, moving a little with `index`; only the declared maps are there."""
        multiple = self.spec.size_multiple
        width, height = (-(-side // multiple) * multiple for side in size)
        y = torch.linspace(0.0, 1.0, height).view(1, height, 1).expand(1, height, width)
        x = torch.linspace(0.0, 1.0, width).view(1, 1, width) + 0.01 * index
        sky = ((0.45 - y) * 20.0 + 0.5).clamp(0.0, 1.0)
        ground = ((y - 0.55) * 20.0 + 0.5).clamp(0.0, 1.0)
        grain = 0.06 * torch.sin(37.0 * x + 91.0 * y)
        tint = torch.tensor([0.8, 0.9, 1.1]).view(3, 1, 1)
        pixels = (sky * 1.6 * tint + (1.0 - sky) * (0.12 + grain)).clamp_min(0.0)
        made = Maps(
            sky=sky,
            ground=ground,
            inverse_depth=((y - 0.45) / (0.9 * 1.4)).clamp_min(0.0),
            flow=torch.zeros(2, height, width),
            classes=_halved(_classes(ground, sky, x)),
            normals=_halved(torch.cat((torch.zeros_like(sky), ground, ground - 1.0)) * (1.0 - sky)),
        )
        scene = Scene(Camera(focal=0.9, horizon=0.45, height_m=1.4), sky_confidence=0.9, ground_confidence=0.9)
        return TranslateRequest(
            frame=Frame(pixels.to(self.device).contiguous()),
            maps=_declared(made, self.spec, self.device),
            scene=scene,
            condition=condition.effective,
            time=ShotTime(index, index / 25.0, 1 / 25.0),
            seed=seed,
            full_height=height,
        )


def _halved(planes: torch.Tensor) -> torch.Tensor:
    """Surfaces come at half the picture's size, rounded up."""
    return functional.avg_pool2d(planes[None], 2, ceil_mode=True, count_include_pad=False)[0]


def _classes(ground: torch.Tensor, sky: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Of everything something: strips of road, grass and water below, of plants, walls and vehicles above, soft at the edges."""
    low = {SurfaceClass.ROAD: 0.3, SurfaceClass.GRASS: 0.7, SurfaceClass.WATER: 1.0}
    high = {SurfaceClass.PLANT: 0.4, SurfaceClass.BUILDING: 0.8, SurfaceClass.VEHICLE: 1.0}
    planes = {kind: torch.zeros_like(sky) for kind in SurfaceClass}
    for strips, where in ((low, ground), (high, (1.0 - sky) * (1.0 - ground))):
        left = torch.ones_like(x)
        for kind, end in strips.items():
            planes[kind] = left * ((end - x) * 12.0 + 0.5).clamp(0.0, 1.0) * where
            left = left * ((x - end) * 12.0 + 0.5).clamp(0.0, 1.0)
    return torch.cat(list(planes.values()))


_FIELDS: Final[Mapping[MapKind, str]] = {
    MapKind.SKY: "sky",
    MapKind.GROUND: "ground",
    MapKind.DEPTH: "inverse_depth",
    MapKind.FLOW: "flow",
    MapKind.CLASSES: "classes",
    MapKind.NORMALS: "normals",
}


def _declared(made: Maps, spec: TranslatorSpec, device: torch.device) -> Maps:
    given = {_FIELDS[kind]: getattr(made, _FIELDS[kind]).contiguous().to(device) for kind in spec.analyses}
    return Maps(**given)


def _at(axis_id: AxisId, share: float) -> Condition:
    """The axis at `share` of the way from neutral to the farther end, with the gate it needs fully open."""
    axis = AXES[axis_id]
    end = axis.high if axis.high - axis.neutral >= axis.neutral - axis.low else axis.low
    values = {axis_id: axis.neutral + share * (end - axis.neutral)}
    if axis.gate is not None:
        values[axis.gate] = AXES[axis.gate].high
    return Condition.of(values)


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise ContractBroken(message)


def _sound(request: TranslateRequest, result: Frame) -> None:
    _require(result.size == request.frame.size, f"the picture came back as {result.size}, not {request.frame.size}")
    _require(result.space is request.frame.space, f"the picture came back in {result.space}")
    _require(result.device == request.frame.device, f"the picture came back on {result.device}")
    _require(bool(torch.isfinite(result.pixels).all()), "the picture has values that are not finite")
    _require(float(result.pixels.min()) >= 0.0, f"the picture has negative light ({float(result.pixels.min()):.3g})")


def _keeps_sound(bench: _Bench, condition: Condition, size: tuple[int, int] = (64, 48)) -> None:
    request = bench.request(condition, size=size)
    _sound(request, bench.build().translate(request, CancelToken()))


def _never_writes(bench: _Bench, condition: Condition) -> None:
    request = bench.request(condition)
    given = {"frame": request.frame.pixels}
    given |= {name: tensor for name in _FIELDS.values() if (tensor := getattr(request.maps, name)) is not None}
    before = {name: tensor.clone() for name, tensor in given.items()}
    result = bench.build().translate(request, CancelToken())
    for name, tensor in given.items():
        _require(torch.equal(tensor, before[name]), f"the translator wrote into its {name}")
    result.pixels.add_(1.0)
    _require(torch.equal(request.frame.pixels, before["frame"]), "the result borrows the pixels of the source")


def _repeats(bench: _Bench, condition: Condition) -> None:
    request, translator = bench.request(condition, index=3), bench.build()
    first, second = (translator.translate(request, CancelToken()).pixels for _ in range(2))
    _require(torch.equal(first, second), "the same request gave two pictures")
    _require(torch.equal(first, bench.build().translate(request, CancelToken()).pixels), "two translators disagree")


def _random_access(bench: _Bench, condition: Condition) -> None:
    walker, jumper = bench.build(), bench.build()
    walked = [walker.translate(bench.request(condition, index=i), CancelToken()).pixels for i in range(4)]
    for i in (3, 1):
        jumped = jumper.translate(bench.request(condition, index=i), CancelToken()).pixels
        _require(torch.equal(walked[i], jumped), f"frame {i} depends on the frames before it")


def _seeds_agree(bench: _Bench, condition: Condition) -> None:
    """The seed deals out what is random in the weather; a camera setting has nothing random in it."""
    one, other = (bench.build().translate(bench.request(condition, seed=s), CancelToken()).pixels for s in (1, 2))
    if all(AXES[axis].group is AxisGroup.CAMERA for axis, _ in condition):
        _require(torch.equal(one, other), "the seed changes a picture in which nothing is random")
    drift = float((one.mean() - other.mean()).abs() / one.mean().clamp_min(1e-6))
    _require(drift <= SEED_SHARE, f"another seed moves the picture's mean by {drift:.1%}")


def _fades_in(bench: _Bench, axis: Axis) -> None:
    for sign in (1.0, -1.0):
        value = axis.neutral + sign * axis.quantum
        if not axis.low <= value <= axis.high:
            continue
        condition = Condition.of({axis.id: value})
        if condition.is_neutral:
            continue
        request = bench.request(condition)
        result = bench.build().translate(request, CancelToken())
        change = float((result.pixels - request.frame.pixels).abs().mean() / request.frame.pixels.mean())
        _require(change <= IDENTITY_SHARE, f"{axis.label} at {value:g} already changes the picture by {change:.1%}")


def _takes_any_scene(bench: _Bench, condition: Condition) -> None:
    request = bench.request(condition)
    bare = Maps(**{n: torch.zeros_like(t) for n in _FIELDS.values() if (t := getattr(request.maps, n)) is not None})
    empty = replace(request, scene=Scene(), maps=bare)
    _sound(empty, bench.build().translate(empty, CancelToken()))


def _takes_any_light(bench: _Bench, condition: Condition) -> None:
    request, translator = bench.request(condition), bench.build()
    for level in (0.0, 1e-6, 400.0):
        lit = replace(request, frame=Frame(torch.full_like(request.frame.pixels, level)))
        _sound(lit, translator.translate(lit, CancelToken()))


def _honours_cancel(bench: _Bench, condition: Condition) -> None:
    token = CancelToken()
    token.cancel()
    try:
        bench.build().translate(bench.request(condition), token)
    except Cancelled:
        return
    raise ContractBroken("the translator went on although it was cancelled")


def _gives_back(bench: _Bench, condition: Condition) -> None:
    def live() -> int:
        gc.collect()
        found = [o for o in gc.get_objects() if issubclass(type(o), torch.Tensor)]
        return sum({o.untyped_storage().data_ptr(): o.untyped_storage().nbytes() for o in found}.values())

    def use() -> None:
        translator = bench.build()
        translator.translate(bench.request(condition), CancelToken())
        translator.close()

    use()  # what is cached once per process is not a leak
    before = live()
    use()
    left = live() - before
    _require(left <= LEAK_BYTES, f"{left / 2**20:.1f} MiB stay behind after close()")
