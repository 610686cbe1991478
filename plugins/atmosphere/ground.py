"""Ground: water lying on it. Textures are anchored in the world and fade with a pixel's footprint."""

from __future__ import annotations

from math import atan2, cos, pi, sin

import torch

from plugins.atmosphere import kernels
from plugins.atmosphere.fields import blur, box, color, halve, luma, mix, resize, smooth
from plugins.atmosphere.lamps import TAIL_LAMP
from plugins.atmosphere.light import step
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.sky import Dome, henyey_greenstein
from plugins.atmosphere.snow import tracks
from plugins.atmosphere.streetlights import mirrored_lamps
from plugins.atmosphere.surface import ambient_level

MOONLIGHT = (0.34, 0.40, 0.50)
WATER_R0 = 0.02
"""Reflectance of water at normal incidence (Schlick's form of Fresnel)."""
RING_M, RING_S, RING_M_S = 0.24, 0.5, 0.23
"""Cell of the ground into which drops fall, time between two of them, and how fast their rings widen (capillary waves)."""
PATH_RAD = 0.10
"""Half width of the path that a low body draws over water: waves lean by some tenths of a radian (Cox and Munk 1954)."""


def wet_albedo(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Darken and saturate what a water film covers, in place (Ångström's and Lekner and Dorf's form of wet albedo)."""
    wet = shot.weather.wetness
    if wet == 0.0:
        return x
    soak = min(1.0, 1.6 * wet)
    albedo = luma(halve(x)).clamp_(0.02, 0.9)
    film = (1.0 - 0.05) * (1.0 - 0.43) / (1.0 - 0.43 * albedo)  # share of dry albedo left, p = 0.43, Rl = 0.05
    gain = 1.0 - soak * (shot.ground_half * (1.0 - film) + (1.0 - shot.ground_half) * (1.0 - shot.sky_half) * 0.15)
    gain = shot.full(gain)
    below = slice(2 * shot.grid.rows_below.start, shot.view.height)
    part, ground = x[:, below], shot.ground[:, below]
    if part.numel() and kernels.fit(part, ground):
        x[:, : below.start] *= gain[:, : below.start]
        kernels.soak(part, gain[:, below], ground, 0.15 * soak)
        return x
    x *= gain
    deeper = ground * (0.15 * soak)
    grey = luma(part).mul_(deeper)
    part *= deeper.add_(1.0)
    part -= grey
    return x.clamp_min_(0.0)


def add_sheen(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Glitter of a low sun, or of the moon, on road and water, in place: a rough mirror seen at a grazing angle."""
    light, grid = shot.light, shot.grid
    low = step(-1.0, 3.0, light.elevation) * (1.0 - step(10.0, 30.0, light.elevation)) * light.relit
    bodies = (
        (light.sun, light.key, 0.14 * low),
        (light.moon, MOONLIGHT, (0.34 - 0.20 * shot.driving) * light.dark**2 * (1.0 - shot.weather.cloud)),
    )
    if not shot.request.scene.has_ground or not any(share for _, _, share in bodies):
        return x
    below = grid.rows_below
    seen = slice(2 * below.start, shot.view.height)
    if below.start >= grid.height:
        return x
    part = x[:, seen]
    water = shot.materials.water[None, below]
    flat = torch.maximum(shot.ground_half[:, below], water).mul_(water * 3.0 + 1.0)
    grazing = (1.0 - (-grid.up[below]).clamp(0.0, 1.0)[None]).pow_(8.0 - 3.0 * light.dark).mul_(flat)
    glint = (
        luma(part).mul_(2.2 / ambient_level(shot)).add_(0.35).clamp_(max=1.6)
    )  # it breaks on what is rough and bright
    if float(water.amax()) > 0.2:
        glint = mix(glint, _sparkle(part), resize(water, int(part.shape[1]), int(part.shape[2])))
    for (right, up, ahead), rgb, share in bodies:
        if share > 0.0:
            mirrored = (grid.right[below] * right - grid.up[below] * up + grid.ahead[below] * ahead)[None]
            sheen = henyey_greenstein(mirrored, 0.72).mul_(grazing).mul_(share)
            if up > 0.0:  # waves draw the image of sun and moon long towards the camera, never wide, and break it
                beside = torch.remainder(grid.azimuth[below] - atan2(right, ahead) + pi, 2.0 * pi) - pi
                path = torch.exp((beside / PATH_RAD) ** 2 * -water).mul_(1.0 - 0.35 * water).add_(0.03 * water)
                sheen *= path
            sheen = resize(sheen, int(part.shape[1]), int(part.shape[2])).mul_(glint)
            for plane, level in zip(part, rgb, strict=True):
                plane.add_(sheen[0], alpha=level)
    return x


def _sparkle(part: torch.Tensor) -> torch.Tensor:
    """How waves break a glitter path, (1, H, W) about 0.3: bright where they are brighter than the water around them."""
    y = luma(part)
    around = resize(blur(halve(y, 2), 0.004 * part.shape[2] / 4 + 0.5), int(y.shape[1]), int(y.shape[2]))
    return (y / around.clamp_min(1e-4)).sub_(0.97).mul_(9.0).clamp_(0.0, 2.5).add_(0.14)


def reflect(
    x: torch.Tensor, source: torch.Tensor, sky: Dome | None, tails: torch.Tensor | None, shot: Shot
) -> torch.Tensor:
    """Lay the mirrored scene on wet ground, in place: Fresnel share of a rough film, sharper in puddles and ruts.

    `source` is the picture as shot, `tails` what `add_tail_lamps` gave.
    """
    wet = shot.weather.wetness
    if wet == 0.0 or not shot.request.scene.has_ground:
        return x
    below = shot.grid.rows_below
    if below.start >= shot.grid.height:
        return x
    stuff = shot.materials
    holds = (stuff.level + 0.25 * stuff.grass + 0.35 * stuff.water).clamp_(0.0, 1.0)[None, below]
    share = shot.ground_half[:, below] * holds
    scene = halve(x)
    if sky is not None:
        top = scene[:, : shot.sky_rows]
        new = sky.over(halve(source[:, shot.rows(shot.sky_rows)]))
        top += (new - top) * shot.sky_half[:, : shot.sky_rows]
    mirrored, away = (plane[:, below] for plane in _mirror(scene if tails is None else torch.cat((scene, tails)), shot))
    _, height, width = mirrored.shape
    # Tarmac draws what it mirrors long, the more the farther from where that stands.
    rough = resize(blur(halve(mirrored[:3], 2), 0.005 * width + 0.3, 0.018 * width + 0.3), height, width)
    drawn = blur(halve(mirrored[:3]), 0.0008 * width + 0.3, 0.011 * width + 0.3)
    rough = mix(resize(drawn, height, width), rough, smooth(0.03, 0.30, away))  # it frays the farther it is drawn
    clear = blur(mirrored[:3], 0.5, 0.006 * width + 0.5)
    ripple, puddle = (plane[:, below] for plane in _water(shot))
    image = mix(rough, clear, (0.70 - 0.45 * shot.driving) * puddle)
    glaring = 1.0 + 0.8 * shot.driving  # lamps outshine the film that traffic thins
    if tails is not None:
        drawn = blur(mirrored[3:], 0.0016 * width + 0.3, 0.016 * width + 0.3)
        image = image + color(TAIL_LAMP, x) * drawn * (0.75 + 0.45 * ripple).clamp_(0.2, 1.5) * (6.0 * glaring)
    lamps = mirrored_lamps(shot)
    if lamps is not None:
        image = image + lamps[:, below] * (0.80 + 0.50 * ripple).clamp_(0.25, 1.6) * (1.7 * glaring)
    rings = _rings(shot)
    if rings is not None:
        image = image * (1.0 + 1.8 * rings[:, below]).clamp_min_(0.2)
    cosine = (-shot.grid.up[below]).clamp(0.0, 1.0)[None]
    fresnel = WATER_R0 + (1.0 - WATER_R0) * (1.0 - cosine) ** 5
    closed = 0.34 + (0.34 - 0.22 * shot.driving) * step(
        0.35, 1.0, wet
    )  # much water fills the grain; traffic throws it off
    film = (closed + 0.05 * ripple).clamp_(0.15, 0.85) * (1.0 - 0.80 * smooth(0.0, 0.30, cosine))
    film = film * _combed(shot)[:, below]
    film = mix(film, torch.ones_like(film), (0.60 - 0.25 * shot.driving) * puddle)
    k = (1.15 * fresnel * film * min(1.0, 1.5 * wet)).clamp_(0.0, 0.92) * share
    part = x[:, 2 * below.start :]
    height, width = int(part.shape[1]), int(part.shape[2])
    part *= resize(1.0 - k, height, width)
    part += resize(image * k, height, width)
    return x


def _combed(shot: Shot) -> torch.Tensor:
    """How closed the film on the road is, (1, h, w) about 1: wheels press it smooth in their ruts and comb it along the way."""
    rut = torch.exp(-((tracks(shot) / 0.40) ** 2))
    combed = 0.50 + 0.45 * rut + 0.16 * shot.ground_noise(0.30, 40.0, 2)
    return mix(torch.ones_like(combed), combed, shot.driving)[None].clamp_(0.3, 1.5)


def _mirror(scene: torch.Tensor, shot: Shot) -> tuple[torch.Tensor, torch.Tensor]:
    """The scene mirrored at each column's own contact line, the lowest edge above a pixel where ground ends.

    With it how far below that line each pixel is, (1, h, w), in heights.
    """
    height, width = shot.grid.height, shot.grid.width
    rows = torch.arange(height, device=scene.device, dtype=torch.float32)[:, None].expand(height, width)
    solid = box(shot.ground_half, max(1, height // 90))[0] > 0.5
    contact = torch.cummax(torch.where(solid, torch.full_like(rows, -1.0), rows), dim=0).values
    contact = blur(contact[None], 2.5, 0.8)[0]
    wobble = shot.ground_noise(0.9, 2.4, 1) * smooth(30.0, 4.0, shot.grid.ground_range)
    source = (2.0 * contact - rows + wobble * height * 0.004).round_().clamp_(0, height - 1).long()
    mirrored = torch.gather(scene, 1, source[None].expand(scene.shape[0], height, width))
    return mirrored, ((rows - contact) * (1.0 / height)).clamp_min_(0.0)[None]


def _rings(shot: Shot) -> torch.Tensor | None:
    """Waves that drops send over the water they fall into, (1, h, w) about -1..1; None where they cannot be told apart.

    The ground is dealt into cells; into each a drop falls once in `RING_S`, each time elsewhere in it, and its ring widens
    and fades. From a car that drives they are a blur.
    """
    strength = min(1.0, 1.4 * shot.weather.rain) * (1.0 - shot.driving)
    seen = shot.grid.footprint < RING_M / 4.0
    if strength <= 0.0 or not bool(seen.any()):
        return None
    first = int(seen.any(1).nonzero()[0])
    right, _, ahead = (plane[first:] for plane in shot.position)
    c, s = cos(shot.pose.yaw_rad), sin(shot.pose.yaw_rad)
    east = (right * c + ahead * s + shot.pose.right_m) / RING_M
    north = (ahead * c - right * s + shot.pose.ahead_m) / RING_M
    u, v = east.floor(), north.floor()
    turn = _luck(shot, u, v, 0.0) + shot.seconds / RING_S
    fall = turn.floor()
    age = turn - fall
    x, y = (0.3 + 0.4 * _luck(shot, u, v, k + 3.0 * fall) for k in (1.0, 2.0))
    away = torch.sqrt((east - u - x).square_() + (north - v - y).square_()).mul_(RING_M)
    front = (away - age * (RING_S * RING_M_S)) * (1.0 / 0.022)
    ring = torch.sin(2.0 * front).mul_(torch.exp(front.square().neg_())).mul_((1.0 - age).square_()).mul_(strength)
    ring *= smooth(RING_M / 4.0, RING_M / 10.0, shot.grid.footprint[first:])
    waves = torch.zeros_like(shot.ground_half)
    waves[0, first:] = ring
    return waves


def _luck(shot: Shot, u: torch.Tensor, v: torch.Tensor, key: float | torch.Tensor) -> torch.Tensor:
    """What chance deals a cell, 0..1, from a plate of noise: the same wherever and in whatever order it is asked."""
    plate = shot.noise.texture
    side = plate.shape[0]
    row = torch.remainder(37.0 * u + 57.0 * v + 11.0 * key, side).long()
    column = torch.remainder(101.0 * u + 17.0 * v + 29.0 * key, side).long()
    return torch.remainder(plate[row, column] * 511.0, 1.0)


def _water(shot: Shot) -> tuple[torch.Tensor, torch.Tensor]:
    """Ripple (about -1..1) and standing water 0..1, each (1, h, w). Puddles keep to ruts where cars drive."""
    wet, drive = shot.weather.wetness, shot.driving
    grid = shot.grid
    n = shot.ground_noise(1.1, 1.5 + 30.0 * drive, 5)  # tyres spread water along the road
    rut = torch.exp(-((tracks(shot) / 0.40) ** 2)) * drive
    level = n * (0.30 - 0.18 * drive) + 0.30 * rut
    threshold = 0.98 - 0.55 * wet
    puddle = (
        smooth(threshold, threshold + 0.14 + 0.40 * drive, level)
        * smooth(60.0, 12.0, grid.ground_range)
        * step(0.15, 0.6, wet)
    )
    ripple = shot.ground_noise(0.35, 1.6, 2)
    return ripple[None], (puddle * shot.materials.level * shot.ground_half).clamp_(0.0, 1.0)
