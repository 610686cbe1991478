"""Fused arithmetic for the CPU: chains that read each pixel once, compiled by numba where it is installed (ADR 12).

Every function here has a twin in torch, the reference, which other devices and a machine without numba take; the two agree
to float tolerance. Work is cut into bands of rows, and a pixel depends on nothing beside it, so that the bits do not depend
on how many threads share it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

Plane = npt.NDArray[np.float32]
Number = np.float32
Rgb = tuple[float, float, float]
BLACK: Rgb = (0.0, 0.0, 0.0)
CORES = min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
SMALL = 1 << 19
"""Pixels below which a thread of its own costs more than it does."""
LOG2_E = 1.4426950408889634
RODS, NIGHT = (0.062, 0.608, 0.33), (0.80, 0.95, 1.24)
"""What rods see of R, G, B, and the colour in which they show it."""


def _compiled() -> Any:
    """The module of chains. None without numba, an optional library, or where it finds no folder to keep what it compiled:
    the torch twins do the same work."""
    with suppress(ImportError, RuntimeError):
        return import_module("plugins.atmosphere.kernels_compiled")
    return None


chains: Any = _compiled()


def fit(*tensors: torch.Tensor) -> bool:
    """Whether fused kernels may take these: numba is there, and each is float32 in main memory with dense planes."""
    return chains is not None and all(
        t.device.type == "cpu"
        and t.dtype == torch.float32
        and t.ndim in (2, 3)
        and (t.shape[-1] == 1 or t.stride(-1) == 1)
        and (t.shape[-2] == 1 or t.stride(-2) == t.shape[-1])
        for t in tensors
    )


def planes(x: torch.Tensor) -> list[Plane]:
    """The planes of (C, H, W), or the one of (H, W), as arrays that share its memory."""
    return list(x.numpy()) if x.ndim == 3 else [x.numpy()]


def run(kernel: Callable[..., None], arrays: list[Plane], *numbers: float, whole: tuple[Plane, ...] = ()) -> None:
    """A kernel over bands of rows of arrays (H, ·), on all cores. `whole` goes to every band.

    Torch has fewer threads than that, because its many short operations do not repay a barrier each; these do.
    """
    values = [Number(n) for n in numbers]
    height = len(arrays[0])
    count = min(CORES, height) if arrays[0].size >= SMALL else 1
    edges = [height * i // count for i in range(count + 1)]

    def band(i: int) -> None:
        kernel(*(a[edges[i] : edges[i + 1]] for a in arrays), *whole, *values)

    helpers = [threading.Thread(target=band, args=(i,), name="kernel") for i in range(1, count)]
    for helper in helpers:
        helper.start()
    band(0)
    for helper in helpers:
        helper.join()


def smooth(low: float, high: float, x: torch.Tensor) -> torch.Tensor:
    """`fields.smooth`."""
    out = torch.empty_like(x)
    for source, target in zip(planes(x), planes(out), strict=True):
        run(chains.smooth, [source, target], low, 1.0 / (high - low))
    return out


def mix(a: torch.Tensor, b: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """`fields.mix` of pictures of one shape, `t` of that shape or a single plane."""
    out = torch.empty_like(a)
    shares = planes(t)
    for i, (one, other, target) in enumerate(zip(planes(a), planes(b), planes(out), strict=True)):
        run(chains.mix, [one, other, shares[i if len(shares) > 1 else 0], target])
    return out


def luma(x: torch.Tensor) -> torch.Tensor:
    """`fields.luma`."""
    out = torch.empty_like(x[:1])
    run(chains.luma, [*planes(x), *planes(out)])
    return out


def night(x: torch.Tensor, share: torch.Tensor, toe: float) -> None:
    """`lens.night_vision` once its share (1, H, W) is known; in place."""
    run(chains.night, [*planes(x), *planes(share)], toe)


def faded(x: torch.Tensor, light: torch.Tensor, keep: float, gain: float) -> None:
    """x · keep + light · gain, in place."""
    for plane, added in zip(planes(x), planes(light), strict=True):
        run(chains.faded, [plane, added], keep, gain)


def grain(x: torch.Tensor, plate: torch.Tensor, left: int, read: float, photon: float, gain: float) -> None:
    """`lens.grain` in place, never below zero. `plate` has the rows of `x` (3, H, W) and at least `left` more columns."""
    run(chains.grain, [*planes(x), *planes(plate)], left, read, photon, gain)


def forced(sky: torch.Tensor, near: torch.Tensor, floor: float, slope: float) -> torch.Tensor:
    """The larger of (sky - floor) · slope within 0..1, and 1 - near."""
    out = torch.empty_like(sky)
    run(chains.forced, [*planes(sky), *planes(near), *planes(out)], floor, slope)
    return out


def octaves(u: torch.Tensor, v: torch.Tensor, step: torch.Tensor, texture: torch.Tensor, table: Plane) -> torch.Tensor:
    """`Noise.over`: the sum over the rows of `table`, each a turn (2), a shift (2), a fade (2) and a gain."""
    total = torch.zeros_like(u)
    run(chains.octaves, [t.numpy() for t in (u, v, step, total)], whole=(texture.numpy(), table))
    return total


def ruled(lines: Plane, width: int, texture: torch.Tensor) -> torch.Tensor:
    """`Noise.on_plane`: (H, width) from the rows of `lines`, which hold start, slope (of x, then of y) and weight of each octave."""
    total = torch.zeros(len(lines), width)
    run(chains.ruled, [total.numpy(), lines], whole=(texture.numpy(),))
    return total


def stops(x: torch.Tensor, floor: float) -> torch.Tensor:
    """log2 of luminance, from a floor up, (1, H, W)."""
    out = torch.empty_like(x[:1])
    run(chains.stops, [*planes(x), *planes(out)], floor)
    return out


def split(y: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """a · y + b, and what it leaves of y; (1, H, W) each."""
    base, detail = torch.empty_like(y), torch.empty_like(y)
    run(chains.split, [p for t in (y, a, b, base, detail) for p in planes(t)])
    return base, detail


def even(x: torch.Tensor, relief: tuple[torch.Tensor, torch.Tensor], lift: torch.Tensor, *numbers: float) -> None:
    """`surface.even_out` in place; `relief` is base and detail, the numbers are those of the chain, in its order."""
    run(chains.even, [*planes(x), *(p for t in (*relief, lift) for p in planes(t))], *numbers)


def clean(
    x: torch.Tensor, pure: torch.Tensor, sky: torch.Tensor, near: torch.Tensor, low: float, high: float, amount: float
) -> torch.Tensor:
    """`surface.clean_foreground` of (3, H, W), given the upper rows of the pure foreground and of the two shares; new."""
    clean = torch.empty_like(x)
    rows = int(pure.shape[1])
    torch.clamp_min(x[:, rows:], 0.0, out=clean[:, rows:])
    parts = (x[:, :rows], pure, sky, near, clean[:, :rows])
    run(chains.clean, [p for t in parts for p in planes(t)], low, 1.0 / (high - low), amount)
    return clean


def press(x: torch.Tensor, knee: float, strength: float, k: float) -> None:
    """`surface.dim_clipped` in place."""
    run(chains.press, planes(x), knee, strength, k)


def veil(x: torch.Tensor, through: torch.Tensor, level: Sequence[float]) -> None:
    """(x - level) · through + level in place, a level for each plane, `through` (1, H, W)."""
    for plane, value in zip(planes(x), level, strict=True):
        run(chains.veil, [plane, *planes(through)], value)


def lay(x: torch.Tensor, new: torch.Tensor, matte: torch.Tensor) -> None:
    """Mix `new` into x by a matte (1, H, W), in place."""
    for plane, other in zip(planes(x), planes(new), strict=True):
        run(chains.lay, [plane, other, *planes(matte)])


def lay_over(x: torch.Tensor, old: torch.Tensor, keep: torch.Tensor, light: torch.Tensor, matte: torch.Tensor) -> None:
    """Mix old · keep + light into x by a matte (1, H, W), in place."""
    for group in zip(planes(x), planes(old), planes(keep), planes(light), strict=True):
        run(chains.lay_over, [*group, *planes(matte)])


def depth(beta: float, height_m: float, up: torch.Tensor, reach: torch.Tensor) -> torch.Tensor:
    """`air.optical_depth`."""
    out = torch.empty_like(reach)
    run(chains.depth, [p for t in (up, reach, out) for p in planes(t)], beta, 1.0 / height_m)
    return out


def peak(cosine: torch.Tensor, g: float) -> torch.Tensor:
    """`sky.henyey_greenstein` of one plane."""
    out = torch.empty_like(cosine)
    run(chains.peak, [*planes(cosine), *planes(out)], -2.0 * g, 1.0 + g * g, 1.0 - g)
    return out


def falloff(x: torch.Tensor, rate: float) -> torch.Tensor:
    """e to the power of x · rate."""
    out = torch.empty_like(x)
    for source, target in zip(planes(x), planes(out), strict=True):
        run(chains.falloff, [source, target], rate * LOG2_E)
    return out


def look_up(u: torch.Tensor, v: torch.Tensor, texture: torch.Tensor, scale: float) -> torch.Tensor:
    """`fields.sample` at (u, v) · scale, of a texture whose side is a power of two."""
    out = torch.empty_like(u)
    run(chains.look_up, [t.numpy() for t in (u, v, out)], scale, whole=(texture.numpy(),))
    return out


def drops(
    x: torch.Tensor, local: torch.Tensor, veil: torch.Tensor, beam: torch.Tensor | None, *numbers: float, lamp: Rgb
) -> None:
    """The last part of `particles.fall_rain`, in place; the numbers are those of the chain, in its order."""
    lit = planes(veil if beam is None else beam)
    run(
        chains.drops,
        [*planes(x), *planes(local), *planes(veil), *lit],
        *numbers,
        *(lamp if beam is not None else BLACK),
    )


def lines(ends: tuple[torch.Tensor, ...], height: int, width: int, fixed_point: float, longest: float) -> torch.Tensor:
    """`particles._splat_lines` of six (N,): both ends' u and v, length, share. Whole numbers, so their order is nothing."""
    canvas = torch.zeros(height + 3, width + 3, dtype=torch.int32)
    numbers = Number(fixed_point), Number(longest)
    chains.lines(*(e.contiguous().numpy() for e in ends), canvas.numpy(), *numbers)
    return (canvas[1 : height + 1, 1 : width + 1].to(torch.float32) * (1.0 / fixed_point))[None]


def soak(x: torch.Tensor, gain: torch.Tensor, ground: torch.Tensor, deeper: float) -> None:
    """`ground.wet_albedo` in place: x · gain, and more saturated by the ground's share."""
    run(chains.soak, [p for t in (x, gain, ground) for p in planes(t)], deeper)


def frost(x: torch.Tensor, share: torch.Tensor, shade: torch.Tensor, white: Rgb, blue: Rgb) -> None:
    """`snow._lay` in place: `white` times the shade over x by a share, bluish where it is dim."""
    run(chains.frost, [p for t in (x, share, shade) for p in planes(t)], *white, *blue)


def banks(
    rays: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    reach: torch.Tensor,
    texture: torch.Tensor,
    steps: Plane,
    *numbers: float,
) -> torch.Tensor:
    """`air._banks`; `rays` are right, up and ahead (h, w), the numbers those of the chain, in its order."""
    out = torch.empty_like(reach)
    run(chains.banks, [t.numpy() for t in (*rays, reach, out)], *numbers, whole=(texture.numpy(), steps))
    return out
