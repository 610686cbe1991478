"""Sky: a clear sky keyed by the sun's height, a deck of heaped cloud, sun, moon and stars. Anchored by direction."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, pi, radians, sin, sqrt

import numpy as np
import numpy.typing as npt
import torch

from core.camera import Pose
from plugins.atmosphere import kernels
from plugins.atmosphere.fields import blur, color, halve, luma, mix, resize, smooth
from plugins.atmosphere.light import Rgb, luminance, scaled, step
from plugins.atmosphere.lightning import flash_at
from plugins.atmosphere.shot import STANDS, Shot
from plugins.atmosphere.view import View

SUN_RADIUS = radians(0.27)
MOON_RADIUS = radians(0.30)
DECK_M, BANK_M, HEAP_M = 850.0, 3000.0, 1150.0
"""Height of the base of a deck, and the lengths of its banks and of its heaps."""
STARS = 1800
"""Stars over the half sphere: what a suburban night shows a camera."""


@dataclass(frozen=True, slots=True)
class Dome:
    """The new sky as a change of the one as shot: `keep` times it, plus `light`. Planes of the grid's rows that have sky.

    A sky is smooth, so half size is enough; what is fine in it (the sky as shot, discs, stars) joins at full size.
    """

    keep: torch.Tensor | None
    """(3, h, w), or None where nothing of the old sky is left."""
    light: torch.Tensor
    """(3, h, w)."""
    clear: torch.Tensor
    """Share of a disc's or a star's light that passes cloud and haze (1, h, w)."""

    def over(self, old: torch.Tensor) -> torch.Tensor:
        """The new sky at half size, given the old one (3, h, w)."""
        return self.light if self.keep is None else old * self.keep + self.light

    def behind(self, through: torch.Tensor, veil: torch.Tensor) -> Dome:
        """The same sky seen through air that passes the share `through` (1, h, w) and adds `veil` (3, h, w)."""
        keep = None if self.keep is None else self.keep * through
        return Dome(keep, self.light * through + veil, self.clear * through)


def draw_sky(x: torch.Tensor, shot: Shot) -> Dome:
    """The sky under the new light and cloud, given the picture as shot. Haze is not on it yet."""
    light, grid = shot.light, shot.dome
    cosine = (grid.right * light.sun[0] + grid.up * light.sun[1] + grid.ahead * light.sun[2])[None]
    keep: torch.Tensor | None = torch.ones_like(cosine).expand(3, *cosine.shape[1:])
    new, clear = torch.zeros_like(cosine).expand(3, *cosine.shape[1:]), torch.ones_like(cosine)
    if light.relit > 0.0:
        old = halve(x[:, shot.rows(shot.sky_rows)])
        model = (_clear(shot) * _old_clouds(old, shot)).clamp_min_(1e-4)
        if light.relit == 1.0:
            keep, new = None, model
        else:
            keep = torch.exp2((torch.log2(model) - torch.log2(old.clamp_min(1e-4))).mul_(light.relit))
    if shot.weather.cloud > 0.0:
        deck, cover = _deck(shot, cosine)
        clear = 1.0 - cover
        keep = None if keep is None else keep * clear
        new = new * clear + deck * cover
    flash = flash_at(shot)
    if flash.strength > 0.0:
        new = new + flash.on_sky(grid)
    return Dome(keep, new, clear)


def lay_sky(x: torch.Tensor, source: torch.Tensor, dome: Dome, shot: Shot) -> None:
    """The finished sky behind the foreground, in place, by the matte; only in rows that have sky."""
    rows = shot.rows(shot.sky_rows)
    sky = shot.full_rows(dome.light)
    matte, part = shot.sky[:, rows], x[:, rows]
    if dome.keep is not None:
        kept = shot.full_rows(dome.keep)
        if shot.light.relit == 0.0 and kernels.fit(part, source, kept, sky, matte):
            kernels.lay_over(part, source[:, rows], kept, sky, matte)
            return
        sky.addcmul_(source[:, rows], kept)
    if shot.light.relit > 0.0:
        _add_bodies(sky, dome, shot)
    if kernels.fit(part, sky, matte):
        kernels.lay(part, sky, matte)
    else:
        part += sky.sub_(part).mul_(matte)


def henyey_greenstein(cosine: torch.Tensor, g: float) -> torch.Tensor:
    """Forward peak of scattering (Henyey and Greenstein 1941), 1 straight ahead."""
    if kernels.fit(cosine):
        return kernels.peak(cosine, g)
    near = (cosine * (-2.0 * g)).add_(1.0 + g * g).clamp_min_(1e-4).rsqrt_().mul_(1.0 - g)
    return near * near * near


def _clear(shot: Shot) -> torch.Tensor:
    """Cloudless sky (3, h, w): horizon to zenith by two exponentials, warm towards the sun, with its glow.

    It is smooth, and made at half the dome's size.
    """
    light, grid = shot.light, shot.small_dome
    el = grid.up.clamp_min(0.0)[None]
    cosine = (grid.right * light.sun[0] + grid.up * light.sun[1] + grid.ahead * light.sun[2])[None]
    size = max(1e-3, sqrt(light.sun[0] ** 2 + light.sun[2] ** 2))
    side = (0.5 + 0.5 * grid.toward(light.sun[0], light.sun[2]) / size)[None]
    zenith, horizon, opposite = (color(c, el) for c in (light.zenith, light.horizon, light.antisolar))
    low = 1.0 - step(10.0, 40.0, light.elevation)
    band = torch.exp(el * -(1.0 / 0.30))
    sky = zenith + (opposite - zenith) * band * 0.92
    evening = step(-1.0, 4.0, light.elevation) * (1.0 - step(7.0, 20.0, light.elevation))
    sky = sky * (1.0 - 0.15 * evening - 0.28 * evening * (1.0 - side))  # exposed for the bright side, the other is deep
    glow = (
        torch.exp(el * -(1.0 / (0.11 + 0.03 * low * step(-6.0, 2.0, light.elevation))))
        * (side * side * side)
        * (0.35 + 0.65 * low)
    )
    sky = sky + (horizon - opposite) * glow
    if light.elevation > -2.5:
        up = step(-2.5, 3.0, light.elevation)
        halo = 0.20 * henyey_greenstein(cosine, 0.74) + 0.55 * henyey_greenstein(cosine, 0.92)
        halo = halo + 1.6 * henyey_greenstein(cosine, 0.985)  # the disc stands in its own glare
        sky = sky + color(light.horizon, el) * color((1.0, 1.0 - 0.16 * evening, 1.0 - 0.38 * evening), el) * halo * (
            up * (0.8 + 0.9 * low)
        )
    if light.dark > 0.0:
        moon = shot.light.moon
        around = grid.right * moon[0] + grid.up * moon[1] + grid.ahead * moon[2]
        shine = 0.011 * henyey_greenstein(around[None], 0.80) + 0.05 * henyey_greenstein(around[None], 0.96)
        sky = sky + color((0.82, 0.92, 1.10), el) * shine * (light.dark**2)
        city = 0.8 * torch.exp(el * -(1.0 / 0.09)) + 0.2 * torch.exp(el * -(1.0 / 0.30))
        city = city * (0.7 + 0.3 * grid.toward(-sin(shot.pose.yaw_rad), cos(shot.pose.yaw_rad))[None])
        sky = sky + color((0.034, 0.0215, 0.0125), el) * city * (light.dark**2 * shot.weather.practicals)
        sky = sky * shot.opened
    return shot.on_dome(sky.clamp_min(0.0))


def _old_clouds(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Clouds as shot (3, h, w), as a factor on the new sky (1, h, w): real ones beat any drawn ones."""
    amount = shot.light.relit * (1.0 - shot.weather.cloud)
    if amount <= 0.0:
        return torch.ones_like(x[:1])
    stops = torch.log2(luma(x).clamp_min_(0.01))
    inside = smooth(0.90, 0.995, shot.sky_half[:, : x.shape[1]])
    wide = max(2.0, shot.grid.width * 0.05)
    weight = _wide_blur(inside, wide) + 1e-3
    detail = (stops - _wide_blur(stops * inside, wide) / weight) * inside
    return torch.exp2(detail.clamp_(-0.9, 0.9) * (0.75 * amount))


def _wide_blur(x: torch.Tensor, sigma: float) -> torch.Tensor:
    return resize(blur(halve(x, 2), sigma / 4.0), int(x.shape[1]), int(x.shape[2]))


def _deck(shot: Shot, cosine: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Radiance (3, h, w) and cover (1, h, w) of the clouds."""
    grid, light, w = shot.dome, shot.light, shot.weather
    el = grid.up.clamp_min(0.0)
    storm = min(1.0, 0.45 * w.rain + 0.8 * w.lightning) * w.cloud
    n, relief = _heaps(shot, storm)
    depth = (0.62 + (0.34 + 0.16 * storm) * n).clamp_(0.0, 1.6 + 0.4 * storm)
    clear_level = luminance(light.deck)
    shade = torch.exp(depth * -(0.50 + 0.35 * storm)) * (1.30 + 0.10 * storm)
    shade = shade * (1.0 + (0.10 + 0.08 * storm) * relief)
    shade = shade * (0.80 + 0.30 * el)  # CIE overcast: brighter overhead (Moon and Spencer 1942)
    body = color(light.deck, el) * shade[None]
    rim = (0.65 * torch.exp(el * -(1.0 / 0.05)) + 0.35 * torch.exp(el * -(1.0 / 0.18)))[None]
    body = mix(
        body, color(scaled((0.95, 0.98, 1.02), clear_level * (0.86 - 0.12 * storm)), el), rim * (1.0 - 0.35 * storm)
    )
    if light.relit > 0.0:
        warm = light.relit * (1.0 - step(6.0, 25.0, light.elevation)) * step(-9.0, -2.0, light.elevation)
        near = (0.30 * henyey_greenstein(cosine, 0.55) + 0.9 * henyey_greenstein(cosine, 0.85)) * warm
        body = body + color(light.horizon, el) * near * torch.exp(-depth)[None]
    if light.dark > 0.0 and w.practicals > 0.0:
        body = body + color((0.011, 0.0076, 0.0052), el) * (light.dark**2 * w.practicals) * (0.5 + shade + rim)
    width = 0.55
    open_at = (0.5 + 0.24 * n).clamp_(0.0, 1.0)
    cover = smooth(0.0, width, w.cloud * (1.0 + width) - (1.0 - open_at) * (1.0 - 0.25 * w.cloud))
    return body * shot.opened, cover[None] * min(1.0, w.cloud * 40.0)


def _heaps(shot: Shot, storm: float) -> tuple[torch.Tensor, torch.Tensor]:
    """How thick the deck is, mean 0 and about unit deviation, and how it is lit, -1..1; (h, w) of the dome.

    Heaps on heaps, gathered into banks. Their upper edges are thin and let the light through, their lower ones are
    seen against it.
    """
    aloft = 1.6 * shot.seconds  # wind is stronger up there
    drift = shot.weather.wind[0] * aloft, shot.weather.wind[1] * aloft
    banks = shot.cloud_noise(DECK_M, BANK_M, 2, drift)
    heaps = shot.cloud_noise(DECK_M, HEAP_M, 6, drift, clumps=True)
    thick = (0.66 + 0.30 * storm) * banks + 0.78 * heaps
    rise = torch.zeros_like(thick)
    rise[:-1] = thick[1:] - thick[:-1]
    per_heap = (shot.small_dome.up.clamp_min(0.0) + STANDS).mul_(shot.small_dome.focal_px * HEAP_M / DECK_M / 2.0)
    both = shot.on_dome(torch.stack((thick, (rise * per_heap).clamp_(-1.0, 1.0))))
    return both[0], both[1]


def _add_bodies(sky: torch.Tensor, dome: Dome, shot: Shot) -> None:
    """Sun, moon and stars into the sky's rows at full size, in place."""
    light = shot.light
    clear = (1.0 - shot.weather.cloud) ** 4  # a disc is the first thing that cloud hides
    if light.elevation > -1.0:
        _add_disc(sky, dome, shot.view, light.sun, SUN_RADIUS, scaled(light.key, 14.0 * clear * light.relit))
    if light.dark > 0.3:
        night = (light.dark - 0.3) / 0.7
        _add_disc(sky, dome, shot.view, shot.light.moon, MOON_RADIUS, scaled((0.95, 0.97, 1.0), 2.6 * night * clear))
        shown = night * night * clear * (1.0 - 0.75 * shot.weather.practicals)
        _add_stars(sky, dome, shot, shown)


def _add_disc(
    sky: torch.Tensor, dome: Dome, view: View, toward: tuple[float, float, float], radius: float, light: Rgb
) -> None:
    column, row, depth = view.pixel(*toward)
    r = radius * view.focal_px
    reach = int(r) + 3
    left, top = int(column) - reach, int(row) - reach
    if depth <= 0.0 or left >= view.width or top >= sky.shape[1] or left + 2 * reach < 0 or top + 2 * reach < 0:
        return
    rows, columns = slice(max(0, top), top + 2 * reach + 1), slice(max(0, left), left + 2 * reach + 1)
    patch = sky[:, rows, columns]
    y = torch.arange(rows.start, rows.start + patch.shape[1], device=sky.device)[:, None] + 0.5 - row
    x = torch.arange(columns.start, columns.start + patch.shape[2], device=sky.device)[None, :] + 0.5 - column
    inside = (r + 0.5 - torch.sqrt(x * x + y * y)).clamp_(0.0, 1.0) * min(1.0, (r / 0.5) ** 2)
    _, height, width = dome.clear.shape
    at_row, at_column = min(max(0, int(row) // 2), height - 1), min(max(0, int(column) // 2), width - 1)
    patch += color(light, sky) * inside * dome.clear[0, at_row, at_column]


def _add_stars(sky: torch.Tensor, dome: Dome, shot: Shot, shown: float) -> None:
    """Stars as points of light, in place: each a small disc where its direction falls in this frame."""
    view, stars = shot.view, shot.tables.get(("stars", shot.request.seed), lambda: _stars(shot))
    turned = shot.to_camera(stars[:, :3], Pose(yaw_rad=shot.pose.yaw_rad))
    columns, rows, depth = (p.numpy() for p in view.project(*torch.from_numpy(turned.astype(np.float32)).unbind(1)))
    inside = (depth > 0.0) & (columns >= 0.0) & (columns < view.width) & (rows >= 0.0) & (rows < sky.shape[1])
    columns, rows, energy, warm = columns[inside], rows[inside], stars[inside, 3], stars[inside, 4]
    _, first = np.unique(
        rows.astype(np.int64) * view.width + columns.astype(np.int64), return_index=True
    )  # brightest come first
    columns, rows, energy, warm = columns[first], rows[first], energy[first], warm[first]
    _, height, width = dome.clear.shape
    seen = dome.clear[0, np.minimum(rows / 2, height - 1).astype(int), np.minimum(columns / 2, width - 1).astype(int)]
    sigma = 0.6 * max(1.0, view.height / 1080.0)
    energy = energy * (shown * (view.height / 540.0) ** 2 / (2.0 * pi * sigma * sigma))
    light = torch.from_numpy(np.stack([energy * (1.0 + warm), energy, energy * (1.0 - warm)]).astype(np.float32))
    light = light.to(sky.device) * seen
    reach = ceil(3.0 * sigma)
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            y, x = rows.astype(np.int64) + down, columns.astype(np.int64) + across
            here = np.flatnonzero((y >= 0) & (y < sky.shape[1]) & (x >= 0) & (x < sky.shape[2]))
            away = (x + 0.5 - columns) ** 2 + (y + 0.5 - rows) ** 2
            share = torch.from_numpy(np.exp(away[here] * (-0.5 / sigma**2)).astype(np.float32)).to(sky.device)
            at = torch.from_numpy(y[here] * sky.shape[2] + x[here]).to(sky.device)
            sky.view(3, -1)[:, at] += light[:, torch.from_numpy(here).to(sky.device)] * share


def _stars(shot: Shot) -> npt.NDArray[np.float64]:
    """(N, 5) direction in the world (right, up, ahead), flux and warmth, brightest first.

    Even over the half sphere, magnitudes by the usual power law, hidden near the horizon.
    """
    rng = np.random.default_rng([shot.request.seed & 0xFFFFFFFF, 7])
    z, angle = rng.uniform(0.02, 1.0, STARS), rng.uniform(-pi, pi, STARS)
    ring = np.sqrt(1.0 - z * z)
    flux = 0.10 * rng.uniform(0.02, 1.0, STARS) ** -0.75 * np.clip(z / 0.35, 0.0, 1.0) ** 1.5
    tint = np.clip(rng.normal(0.0, 0.12, STARS), -0.2, 0.25)
    made = np.stack([ring * np.sin(angle), z, ring * np.cos(angle), flux, tint], 1)
    return np.asarray(made[np.argsort(-flux, kind="stable")])
