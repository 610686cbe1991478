"""Air: haze and fog by Koschmieder's law with a closed-form height profile; below zero, haze is taken out."""

from __future__ import annotations

from math import cos, exp, pow, sin

import numpy as np
import torch

from core.objects import ObjectKind
from plugins.atmosphere import kernels
from plugins.atmosphere.fields import blur, color, halve, luma, mix, plane_sum, resize, smooth
from plugins.atmosphere.light import Rgb, luminance
from plugins.atmosphere.noise import CELL, SIDE
from plugins.atmosphere.shot import UNKNOWN_RANGE_M, Shot
from plugins.atmosphere.sky import Dome, henyey_greenstein
from plugins.atmosphere.surface import haze_of_distance
from plugins.atmosphere.view import FAR_M

DENSEST = 0.050
"""Extinction per metre at full haze: meteorological range 60 m (Koschmieder: 3 / extinction)."""
RAIN_HAZE = 0.0024
SNOW_HAZE = 0.0065
BANK_M = 26.0
"""Size of fog banks."""
STEPS = 5
SPRAY, SPRAY_M = 0.011, 0.8
"""Extinction of the spray over a busy wet road at its surface, per metre, and the height over which it thins by e."""


def extinction(shot: Shot) -> float:
    """Extinction at the lens, per metre. Haze grows with the cube of the dial, so that mist has room on it.

    The dial says how thick it is at the ground; a camera high above looks down into it through thinner air.
    """
    w = shot.weather
    known = (
        1.0 if shot.request.scene.has_ground else 0.45
    )  # of a scale nobody knows: rather too clear than a white veil
    lens_m = shot.request.scene.camera.height_m if shot.request.scene.has_ground else 0.0
    weather = (
        DENSEST * pow(w.fog, 3.0) * exp(-lens_m / scale_height(shot))
        + (RAIN_HAZE * pow(w.rain, 1.5) + SNOW_HAZE * pow(w.snow, 1.5)) * known
    )
    return weather + haze_of_distance(shot)


def scale_height(shot: Shot) -> float:
    """Metres over which the haze thins by e: thin haze reaches high, thick fog lies low."""
    thick = min(1.0, shot.weather.fog * 1.3) * (1.0 - max(shot.weather.rain, shot.weather.snow))
    return 300.0 * pow(30.0 / 300.0, thick)


def optical_depth(beta: float, height_m: float, up: torch.Tensor, reach: torch.Tensor) -> torch.Tensor:
    """Integral of beta·exp(-height / height_m) from the lens along `reach` metres of a ray that climbs `up` per metre.

    Closed form (1 - e^-k) / k with k = up·reach / height_m; its series where k is small.
    """
    if kernels.fit(up, reach):
        return kernels.depth(beta, height_m, up, reach)
    k = (up * reach * (1.0 / height_m)).clamp(-8.0, 60.0)
    small = k.abs() < 1e-3
    safe = torch.where(small, torch.ones_like(k), k)
    return beta * reach * torch.where(small, 1.0 - 0.5 * k, (1.0 - torch.exp(-safe)) / safe)


def reach(shot: Shot) -> torch.Tensor:
    """Metres along each ray to the foreground, as the air has to know them (h, w).

    Water or a plain that meets the sky lies at its own horizon there, wherever the shot's horizon was guessed to be; and
    where there is no ground to give a scale, depth is spread around `UNKNOWN_RANGE_M`, so that far still looks far.
    """
    found = shot.range
    if not shot.request.scene.has_ground:
        nearness = found.reciprocal()
        mean = float(plane_sum(nearness[None])) / nearness.numel()
        return (nearness * (1.0 / mean)).pow_(-1.5).mul_(0.75 * UNKNOWN_RANGE_M).clamp_(2.0, FAR_M)
    if not shot.request.scene.has_sky:
        return found
    grid = shot.grid
    flat = torch.maximum(shot.ground_half[0], shot.materials.water)
    rows = torch.arange(grid.height, device=shot.device)[:, None]
    lowest = torch.where(shot.sky_half[0] > 0.5, rows, torch.zeros_like(rows)).amax(0, keepdim=True)
    under = torch.stack([flat.gather(0, (lowest + s).clamp_max(grid.height - 1)) for s in (2, 4, 6)]).mean(0)
    meets = blur(smooth(0.15, 0.5, under)[None], 6.0, 0.3)[0] * smooth(0.1, 0.4, flat)
    edge = blur(grid.up.gather(0, lowest)[None], 6.0, 0.3)[0]
    away = (shot.request.scene.camera.height_m / (edge - grid.up).clamp_min(1e-4)).clamp_max(FAR_M)
    return ((1.0 - meets) / found + meets / torch.maximum(away, found)).reciprocal()


def airlight(shot: Shot) -> torch.Tensor:
    """Light that haze scatters towards the lens, (3, h, w), or (3, 1, 1) where it is even: brighter towards a low sun."""
    light, grid = shot.light, shot.grid
    grey = luminance(light.air)
    white = min(1.0, 1.5 * shot.weather.fog) * 0.6 * (1.0 - light.relit)  # droplets scatter all colours alike
    even = color(_towards(light.air, grey, white), grid.up)
    if light.relit == 0.0 or light.elevation < -4.0:
        return even
    cosine = (grid.right * light.sun[0] + grid.up * light.sun[1] + grid.ahead * light.sun[2])[None]
    low = max(0.0, 1.0 - max(0.0, light.elevation) / 25.0) * min(1.0, (light.elevation + 4.0) / 6.0)
    glow: Rgb = light.horizon
    halo = (0.75 * henyey_greenstein(cosine, 0.62)) * (low * light.relit * (1.0 - shot.weather.cloud))
    return even * (1.0 - 0.25 * low * light.relit) + color(glow, grid.up) * halo


def _towards(rgb: Rgb, grey: float, share: float) -> Rgb:
    r, g, b = (c + (grey - c) * share for c in rgb)
    return r, g, b


def add_haze(x: torch.Tensor, sky: Dome | None, shot: Shot) -> tuple[torch.Tensor, Dome | None]:
    """Foreground (in place) and sky behind the air. New light is scattered in, what is far is dimmed and softened."""
    beta = extinction(shot)
    if beta <= 0.0:
        return x, sky
    grid, low = shot.grid, scale_height(shot)
    light, distance = airlight(shot), reach(shot)
    tau = optical_depth(beta, low, grid.up, distance)
    thick = min(1.0, max(0.0, 1.7 * (shot.weather.fog - 0.1)))  # mist is even and sharp, fog is neither
    if thick > 0.0:
        tau = tau * _banks(shot, distance, beta, thick)
    tau = tau[None]
    spray = _spray(shot, distance)
    if spray is not None:
        tau = tau + spray
    droplets = min(1.0, max(0.0, 1.7 * (shot.weather.fog - 0.25)))
    if droplets > 0.0:
        x = _soften(x, tau, droplets, shot)
    t = torch.exp(-tau)
    through = shot.full(t)
    if light.numel() == 3:
        levels = light.flatten().tolist()
        if kernels.fit(x, through):
            kernels.veil(x, through, levels)
        else:
            for plane, level in zip(x, levels, strict=True):
                plane.sub_(level).mul_(through[0]).add_(level)
    else:
        x *= through
        x += shot.full(light * (1.0 - t))
    if sky is None:
        return x, sky
    el = shot.dome.up.clamp_min(0.0)[None]
    through = torch.exp(torch.exp(el * (-1.5 + 1.5 * min(1.0, shot.weather.fog * 1.5))).mul_(-330.0 * beta))
    veil = light[:, : shot.sky_rows] * (1.05 * (1.0 + 0.30 * el) * (1.0 - through))
    return x, sky.behind(through, veil)


def _spray(shot: Shot, distance: torch.Tensor) -> torch.Tensor | None:
    """Optical depth (h, w) of the water that wheels throw up: a low veil over a driven road, and a plume behind each vehicle.

    A plume hangs at the vehicle's distance, so it hides what is farther, and the vehicle's own lower half a little.
    """
    strength = shot.weather.rain * min(1.0, 1.4 * shot.weather.wetness) * shot.driving
    if strength <= 0.0:
        return None
    grid, camera = shot.grid, shot.request.scene.camera
    # Everywhere traffic drives: a second haze, under a metre high (closed form, as above).
    tau = optical_depth(SPRAY * strength * exp(-camera.height_m / SPRAY_M), SPRAY_M, grid.up, distance.clamp_max(150.0))
    if not any(thing.kind is ObjectKind.VEHICLE for thing in shot.request.objects):
        return tau
    swirl = shot.noise.octave(grid.azimuth * 9.0 + 0.7 * shot.seconds, grid.up * 14.0 - 1.3 * shot.seconds)
    for thing in shot.request.objects:
        if thing.kind is not ObjectKind.VEHICLE:
            continue
        box, (_, _, ahead) = thing.box, thing.at
        middle, wide = box.center[0] * grid.width, max(1.0, box.width * grid.width)
        foot, tall = box.bottom * grid.height, max(1.0, box.height * grid.height)
        rows = slice(max(0, int(foot - 1.3 * tall)), max(0, min(grid.height, int(foot + 0.35 * tall) + 1)))
        columns = slice(max(0, int(middle - 1.2 * wide)), max(0, min(grid.width, int(middle + 1.2 * wide) + 1)))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            continue
        y = (foot - torch.arange(rows.start, rows.stop, device=shot.device)[:, None]) / tall
        x = (torch.arange(columns.start, columns.stop, device=shot.device)[None, :] - middle) / wide
        plume = (
            torch.exp(-((x / 0.55) ** 2)) * torch.exp(-(((y - 0.12) / 0.42) ** 2)) * (1.0 + 0.5 * swirl[rows, columns])
        )
        behind = smooth(0.45, 0.95, distance[rows, columns] / max(1.0, ahead))
        tau[rows, columns] += plume.clamp_min_(0.0) * behind * (0.30 * strength * thing.strength)
    return tau


def _soften(x: torch.Tensor, tau: torch.Tensor, thick: float, shot: Shot) -> torch.Tensor:
    """Forward scattering of droplets: what is seen through much fog is a little blurred."""
    soft = resize(blur(halve(x), 1.1), shot.view.height, shot.view.width)
    return mix(x, soft, shot.full(smooth(0.6, 2.2, tau)) * (0.8 * thick))


def _banks(shot: Shot, distance: torch.Tensor, beta: float, thick: float) -> torch.Tensor:
    """How much thicker or thinner the fog is along each ray than its mean, (h, w): a short march through drifting noise."""
    grid = shot.grid
    x0, z0 = shot.travelled()
    drift_x, drift_z = (w * 0.5 * shot.seconds for w in shot.weather.wind)
    right, ahead, up = (halve(d[None], 1)[0] for d in (grid.right, grid.ahead, grid.up))
    cy, sy = cos(shot.pose.yaw_rad), sin(shot.pose.yaw_rad)
    ray = halve(distance[None])[0].clamp_max(260.0)
    if kernels.fit(right, up, ahead, ray):
        edges = [(i / STEPS) ** 1.5 for i in range(STEPS + 1)]
        steps = [(((i + 0.5) / STEPS) ** 1.5, edges[i + 1] - edges[i]) for i in range(STEPS)]
        u, v = (x0 - drift_x) / BANK_M, (z0 - drift_z) / BANK_M
        at = [CELL * p % SIDE for p in (u, v, 2.1 * u + 5.0, 2.1 * v)]
        table, numbers = np.array(steps, np.float32), (cy, sy, *at, CELL / BANK_M, beta, thick)
        found = kernels.banks((right, up, ahead), ray, shot.noise.texture, table, *numbers)
        return resize(found[None], grid.height, grid.width)[0]
    right, ahead = right * cy + ahead * sy, ahead * cy - right * sy  # banks stand in the world
    total, weights = torch.zeros_like(ray), torch.zeros_like(ray)
    for i in range(STEPS):
        s = ray * (((i + 0.5) / STEPS) ** 1.5)
        weight = (((i + 1) / STEPS) ** 1.5 - (i / STEPS) ** 1.5) * torch.exp(s * -beta)
        u = (right * s + x0 - drift_x) / BANK_M
        v = (ahead * s + z0 - drift_z) / BANK_M
        n = shot.noise.octave(u + up * s * 0.02, v) + 0.5 * shot.noise.octave(2.1 * u + 5.0, 2.1 * v - up * s * 0.05)
        total += n * weight * smooth(0.0, 45.0, s)  # none at the lens, or the whole picture would pump
        weights += weight
    banks = (1.0 + 0.34 * thick * total / weights.clamp_min(1e-6)).clamp_(0.4, 1.8)
    return resize(banks[None], grid.height, grid.width)[0]


def clear_haze(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Take airlight out of the picture as shot: Koschmieder's law inverted with the shot's depth; new tensor.

    The airlight is what the farthest things share; transmission never falls below a floor, so that noise stays down.
    """
    amount = -shot.weather.haze
    small = halve(x, 3)
    far = halve(smooth(60.0, 400.0, shot.range)[None] * (1.0 - shot.sky_half) + 0.15 * shot.sky_half, 2) + 1e-3
    air = plane_sum(small * far) / plane_sum(far)
    air = mix(luma(air), air, 0.6)
    t_land = torch.exp(shot.range[None] * (-0.0022 * amount)).clamp_min(1.0 - 0.55 * amount)
    t = mix(t_land, torch.full_like(t_land, 1.0 - 0.28 * amount), shot.sky_half)
    t = shot.full(t)
    clear = ((x - air * (1.0 - t)) / t).clamp_min_(0.0)
    clear = torch.maximum(clear, x * (1.0 - 0.8 * amount))
    y = luma(clear)
    return (clear + (clear - y) * (0.16 * amount)).clamp_min_(0.0)
