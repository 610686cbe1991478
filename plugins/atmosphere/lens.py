"""Lens and camera: night vision, bloom, balance, exposure and grain, in the order in which a camera has them."""

from __future__ import annotations

from math import pow

import numpy as np
import torch

from core.condition import EXPOSURE, WHITE_BALANCE, Condition
from plugins.atmosphere import kernels
from plugins.atmosphere.fields import blur, color, halve, luma, resize, smooth
from plugins.atmosphere.kernels import NIGHT, RODS
from plugins.atmosphere.noise import unit_hash
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.tables import Tables

REFERENCE_K = 6500.0
READ_NOISE, SHOT_NOISE = 0.0022, 0.014
TOE = 0.004
"""Light below which a camera pushed to its limit shows black rather than grey."""
MARGIN = 64
"""Pixels by which the grain plate is larger than the picture; each frame takes another part of it."""

_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_RGB_TO_XYZ = np.array(
    [[0.4123908, 0.3575843, 0.1804808], [0.2126390, 0.7151687, 0.0721923], [0.0193308, 0.1191948, 0.9505322]]
)


def night_vision(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """The Purkinje shift where it is dark: rods see no colour and lean to blue (Jensen et al. 2000 in spirit). In place."""
    dark = shot.light.dark
    if dark <= 0.0:
        return x
    share = shot.full(smooth(0.055, 0.004, blur(luma(halve(x, 2)), 1.5)) * (0.50 * dark))
    if kernels.fit(x, share):
        kernels.night(x, share, TOE * dark)
        return x
    rods = sum(plane * level for plane, level in zip(x, RODS, strict=True)) * share[0]
    x *= 1.0 - share
    for plane, level in zip(x, NIGHT, strict=True):
        plane.add_(rods, alpha=level)
    seen = luma(x)
    x *= seen.div_((seen + TOE * dark).clamp_min_(1e-6))
    return x


def bloom_share(shot: Shot) -> float:
    """Share of light that the optics spread."""
    w, light = shot.weather, shot.light
    kept = 1.0 - 0.16 * light.dark
    for share in (0.05 * light.relit, 0.03 * w.cloud, 0.06 * w.rain, 0.09 * min(1.0, 1.5 * w.fog), 0.04 * w.snow):
        kept *= 1.0 - share
    return 1.0 - kept


def bloom(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Energy-keeping glare in three widths, and a red halation ring round lamps at night. In place."""
    k = bloom_share(shot)
    if k <= 0.0:
        return x
    height, width = shot.view.height, shot.view.width
    quarter = halve(x, 2)
    eighth = halve(quarter)
    sixteenth = halve(eighth)
    glare = blur(quarter, max(0.3, 0.004 * width / 4)) * 0.55
    glare += resize(blur(eighth, max(0.3, 0.016 * width / 8)), *_size(quarter)) * 0.30
    glare += resize(blur(sixteenth, max(0.3, 0.06 * width / 16)), *_size(quarter)) * 0.15
    glare *= k
    if shot.light.dark > 0.0:
        ring = blur((quarter - 0.8).clamp_min_(0.0), max(0.3, 0.006 * width / 4)) * color((1.0, 0.32, 0.10), x)
        glare += ring.mul_(0.02 * shot.light.dark)
    wide = resize(glare, height, width)
    if kernels.fit(x, wide):
        kernels.faded(x, wide, 1.0 - k, 1.0)
        return x
    return x.mul_(1.0 - k).add_(wide)


def _size(x: torch.Tensor) -> tuple[int, int]:
    return int(x.shape[1]), int(x.shape[2])


def white_xy(kelvin: float) -> tuple[float, float]:
    """Chromaticity of the Planckian locus, 1667 to 25000 K (Kim et al. 2002)."""
    t = 1e3 / kelvin
    if kelvin <= 4000.0:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
    else:
        x = -3.0258469 * t**3 + 2.1070379 * t**2 + 0.2226347 * t + 0.240390
    if kelvin <= 2222.0:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif kelvin <= 4000.0:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return x, y


def balance_matrix(kelvin: float) -> np.ndarray:
    """Linear Rec.709 matrix (3, 3) that makes light of `kelvin` neutral, by Bradford adaptation; identity at 6500 K."""

    def cones(k: float) -> np.ndarray:
        x, y = white_xy(k)
        response: np.ndarray = _BRADFORD @ np.array([x / y, 1.0, (1.0 - x - y) / y])
        return response

    gain = np.diag(cones(REFERENCE_K) / cones(kelvin))
    to_cones = _BRADFORD @ _RGB_TO_XYZ
    matrix: np.ndarray = np.linalg.inv(to_cones) @ gain @ to_cones
    return matrix


def camera(x: torch.Tensor, condition: Condition) -> torch.Tensor:
    """White balance and exposure: one matrix. Exposure alone is exactly a power of two; new tensor."""
    gain = pow(2.0, condition[EXPOSURE])
    kelvin = condition[WHITE_BALANCE]
    if kelvin == REFERENCE_K:
        return x * gain
    matrix = torch.from_numpy((balance_matrix(kelvin) * gain).astype(np.float32)).to(x.device)
    return torch.mm(matrix, x.reshape(3, -1)).view_as(x).clamp_min_(0.0)


def grain_strength(shot: Shot) -> float:
    """Noise of the sensor in units of base sensitivity: strong at night, a trace over what is drawn by day."""
    w, light = shot.weather, shot.light
    drawn = max(light.relit, w.cloud, w.fog, w.rain, w.snow, w.snow_cover)
    return 0.35 * drawn + 0.35 * light.dark


def grain(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Read and photon noise, in place, never below zero. The plate belongs to the seed, the part of it that is used to the frame."""
    iso = grain_strength(shot)
    if iso <= 0.0:
        return x
    request = shot.request
    height, width = shot.view.height, shot.view.width
    plate = shot.tables.get(
        ("grain", request.seed, height, width), lambda: _plate(shot.tables, request.seed, height, width)
    )
    top = int(unit_hash(request.seed, request.time.index, 1) * (MARGIN + 1))
    left = int(unit_hash(request.seed, request.time.index, 2) * (MARGIN + 1))
    finer = min(1.0, height / max(1, request.full_height)) ** 0.7
    part, gain = plate[:, top : top + height], iso * finer
    if kernels.fit(x, part):
        kernels.grain(x, part, left, READ_NOISE**2, SHOT_NOISE**2, gain)
        return x
    sigma = luma(x).mul_(SHOT_NOISE**2).add_(READ_NOISE**2).clamp_min_(0.0).sqrt_().mul_(gain)
    return x.addcmul_(part[:, :, left : left + width], sigma).clamp_min_(0.0)


def _plate(tables: Tables, seed: int, height: int, width: int) -> torch.Tensor:
    """Unit noise (3, H + margin, W + margin), a little soft, mostly common to the three channels."""
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 17])
    plate = torch.from_numpy(rng.standard_normal((4, height + MARGIN, width + MARGIN), dtype=np.float32))
    common, own = blur(plate[:1], 0.40), blur(plate[1:], 0.6)
    mixed = common / common.std() * 0.85 + own / own.std() * 0.53
    return mixed.to(tables.device)
