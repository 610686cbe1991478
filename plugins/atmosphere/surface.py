"""Surfaces: the light as shot is taken off them and the new light put on.

`Albedo` is the foreground as if under even daylight; `light_on` is what falls on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, exp, pow, radians, sin

import torch

from plugins.atmosphere import kernels
from plugins.atmosphere.fields import blur, color, guided_split, halve, luma, mix, plane_sum, resize, smooth
from plugins.atmosphere.light import luminance, step
from plugins.atmosphere.shade import cast_shade
from plugins.atmosphere.shot import Shot

FLOOR = 0.004
"""Added before a logarithm: about the darkest level that 8-bit footage holds."""
GUIDE_EPS = 0.35
"""Guided filter regularisation, in stops squared: edges above about half a stop stay."""


SUN_SHARE = 0.75
"""Of the light on what faces a clear day's sun: what comes from the sun itself; the rest is sky."""
CLIPPED = 1.25
"""Luminance from which footage may have been clipped: about 0.83 of its display range."""


@dataclass(frozen=True, slots=True)
class Relief:
    """The foreground's brightness in stops, split at the scale of shading. (1, H, W) each."""

    base: torch.Tensor
    detail: torch.Tensor
    mean: float
    """Mean base of the foreground."""

    def below(self, row: int) -> Relief:
        """The part from `row` down. Shares memory."""
        return Relief(self.base[:, row:], self.detail[:, row:], self.mean)


def clean_foreground(x: torch.Tensor, shot: Shot, amount: float) -> torch.Tensor:
    """The picture with the old sky's light taken out of mixed pixels; new tensor. `amount` 0 leaves it alone.

    The foreground colour there is a blur of the pure foreground around, never brighter than the pixel itself.
    """
    if amount <= 0.0 or not shot.request.scene.has_sky:
        return x.clone()
    top = min(shot.grid.height, max(shot.sky_rows + 6, shot.grid.rows_above.stop))
    part = x[:, shot.rows(top)]
    sky = shot.sky_half[:, :top]
    weight = (1.0 - halve(sky)).pow_(6).add_(1e-5)
    pure = blur(halve(part, 2) * weight, 1.1).div_(blur(weight, 1.1))
    pure = resize(pure, int(part.shape[1]), int(part.shape[2]))
    # Leaf gaps and rims before the sky are lit blue by it: take the excess off near it and above the horizon.
    above = smooth(0.0, 0.04, shot.grid.up[:top])[None].mul_(0.8)
    near = shot.full_rows(torch.maximum(smooth(0.0, 0.35, blur(sky, 3.0)), above).mul_(amount))
    matte = shot.sky[:, shot.rows(top)]
    if kernels.fit(x, pure, matte, near):
        return kernels.clean(x, pure, matte, near, 0.015, 0.30, amount)
    clean = x.clone()
    part = clean[:, shot.rows(top)]
    part += pure.sub_(part).clamp_max_(0.0).mul_(smooth(0.015, 0.30, matte).mul_(amount))
    excess = torch.maximum(part[0:1], part[1:2]).mul_(-0.92).add_(part[2:3]).clamp_min_(0.0)
    part[2:3] -= excess.mul_(near)
    return clean.clamp_min_(0.0)


def relief_of(x: torch.Tensor, shot: Shot) -> Relief:
    """Split log2 luminance at 1/24 of the width."""
    fused = kernels.fit(x)
    stops = kernels.stops(x, FLOOR) if fused else torch.log2(luma(x).clamp_min_(0.0).add_(FLOOR))
    base, detail = guided_split(stops, max(4, shot.view.width // 24), GUIDE_EPS)
    land, small = 1.0 - shot.sky_half, halve(base)
    seen = float(plane_sum(land))
    mean = (
        float(plane_sum(small * land)) / seen if seen > 0.01 * land.numel() else float(plane_sum(small)) / small.numel()
    )
    return Relief(base, detail, mean)


def evenness(shot: Shot) -> float:
    """How far sun and shade are evened out before new light goes on, 0..0.65."""
    w, light = shot.weather, shot.light
    kept = 1.0 - light.relit * (0.30 + 0.32 * light.dark)
    for amount, most in ((w.cloud, 0.45), (min(1.0, 2.0 * w.fog), 0.45), (w.rain, 0.25), (w.snow, 0.35)):
        kept *= 1.0 - most * amount
    return min(0.65, 1.0 - kept)


def even_out(x: torch.Tensor, relief: Relief, shot: Shot) -> torch.Tensor:
    """Take sun contrast and its warmth off `x`, in place. Broad shading goes, hard-edged shadows only fade."""
    c, w = evenness(shot), shot.weather
    _turn_from_known_sun(x, shot, c)
    k, blue = min(1.0, c / 0.55), c * (1.0 - shot.light.dark)
    keep = (1.0 - 0.20 * w.cloud) * (1.0 - 0.15 * w.fog) * (1.0 - 0.12 * w.rain) * (1.0 - 0.12 * w.snow)
    if c > 0.0 and kernels.fit(x, relief.base, relief.detail):
        lift, taken = shot.full(_lift(shot, c)), (blue, min(0.9, 1.6 * blue), min(0.5, blue))
        bend = (1.0 - 0.35 * k, 0.25 * k, 1.0 - 0.25 * k)
        kernels.even(x, (relief.base, relief.detail), lift, relief.mean, c, k, *bend, *taken, keep)
        return x
    if c > 0.0:
        d = relief.detail
        lit = d.clamp_min(0.0)
        detail = (
            (lit * (1.0 - 0.35 * k)).div_(lit.mul_(0.25 * k).add_(1.0)).add_(d.clamp_max(0.0), alpha=1.0 - 0.25 * k)
        )
        over = relief.base - relief.mean
        lift = over.clamp_max(0.0).mul_(shot.full(_lift(shot, c))).add_(over.clamp_min_(0.0), alpha=c)
        gain = torch.exp2(detail.sub_(d).sub_(lift))
        sunlit = smooth(relief.mean - 0.6, relief.mean + 0.9, relief.base).mul_(k)
        x[0:1] *= (sunlit * -0.07).add_(1.0).mul_(gain)
        x[1:2] *= gain
        x[2:3] *= sunlit.mul_(0.10).add_(1.0).mul_(gain)
    _take_blue_off(x, blue)
    if keep < 1.0:
        y = luma(x)
        x -= y
        x *= keep
        x += y
    return x.clamp_min_(0.0)


def _turn_from_known_sun(x: torch.Tensor, shot: Shot, c: float) -> None:
    """Where the sun stood is known: take off what it gave one side of things and not the other, in place.

    Each surface had sun by the cosine to its normal and a share of the sky; what stands is brought to what the ground had.
    """
    sun, normals = shot.request.scene.sun, shot.request.maps.normals
    if sun is None or normals is None or c <= 0.0:
        return
    azimuth, elevation = radians(sun.azimuth_deg) - shot.pose.yaw_rad, radians(max(0.0, sun.elevation_deg))
    right, up, ahead = sin(azimuth) * cos(elevation), sin(elevation), cos(azimuth) * cos(elevation)
    n = normals
    had = (n[0:1] * right + n[1:2] * up + n[2:3] * ahead).clamp_min_(0.0) * SUN_SHARE
    had += (n[1:2] * 0.5 + 0.5) * (1.0 - SUN_SHARE)
    ground = SUN_SHARE * up + (1.0 - SUN_SHARE)
    stands = (1.0 - shot.sky_half) * (1.0 - shot.ground_half)
    stops = torch.log2(ground / had.clamp_min_(0.05)).clamp_(-0.9, 0.9).mul_(stands).mul_(min(1.0, c / 0.65) * 0.6)
    x *= shot.full(torch.exp2(stops))


def _take_blue_off(x: torch.Tensor, c: float) -> None:
    """Greys that a blue sky has tinted (tarmac, shade) turn grey again, in place; what is blue by itself stays."""
    if c > 0.0:
        grey = torch.maximum(x[0:1], x[1:2])
        excess = x[2:3] - grey
        share = excess.clamp_min_(0.0) * smooth(0.75, 0.30, excess / (grey + 0.02)) * min(0.9, 1.6 * c)
        x[2:3] -= share
        x[0:1] += (x[1:2] - x[0:1]).clamp_min_(0.0).mul_(smooth(0.5, 0.1, share / (grey + 0.02)) * min(0.5, c))


def _lift(shot: Shot, c: float) -> torch.Tensor:
    """How far what is darker than the mean is raised, (1, h, w), stops per stop.

    On the ground that is mostly shadow, and is raised further; what stands is dark by itself (leaves, brick, paint), and
    at night, with nothing left to have cast a shade, it stays so. Shade that was surely cast goes all but whole.
    """
    ground = min(0.80, 1.3 * c)
    standing = c * (1.0 - 0.70 * shot.light.dark)
    lift = shot.ground_half * (ground - standing) + standing
    shade = cast_shade(shot) if c > 0.15 else None
    return lift if shade is None else lift + (0.97 - lift) * shade * step(0.15, 0.40, c)


def dim_clipped(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Press what was clipped by day towards a white card, in place: at night it must not look like a lamp."""
    k = max(shot.light.dark, shot.light.relit * 0.5)
    knee = 0.55 - 0.38 * shot.light.dark  # straw and sand were lit by the sun; under lamps they would be the brightest
    _round_clipped(x, shot)
    if k > 0.0 and kernels.fit(x):
        kernels.press(x, knee, 2.2, k)
    elif k > 0.0:
        over = luma(x).sub_(knee).clamp_min_(0.0)
        pressed = over / (over * 2.2).add_(1.0)
        x *= (over - pressed).div_(over.add_(knee)).mul_(-k).add_(1.0)
    return x


def _round_clipped(x: torch.Tensor, shot: Shot) -> None:
    """Give what was clipped a soft shape, in place: dimmed as it is, foam or a white wall would be a flat cut-out.

    What lies inside of a clipped patch is unknown; it is taken to rise from its border to its middle at two scales.
    """
    k = min(1.0, 1.8 * evenness(shot))
    if k <= 0.0:
        return
    y = luma(shot.source_half) * (1.0 - shot.sky_half)
    if float(y.amax()) < CLIPPED:
        return
    y = y.clamp_(max=2.0 * CLIPPED)
    wide = shot.grid.width
    dome = blur(y, 0.006 * wide + 0.3).add_(resize(blur(halve(y, 2), 0.007 * wide + 0.3), *y.shape[1:]))
    hollow = (1.0 - dome.mul_(0.25 / CLIPPED)).clamp_(0.0, 0.40).mul_(smooth(0.6 * CLIPPED, 1.6 * CLIPPED, y))
    x *= shot.full(hollow.mul_(-0.95 * k)).add_(1.0)


def light_on(shot: Shot, relief: Relief) -> torch.Tensor:
    """Light from sun, sky and cloud on the foreground relative to the light as shot, (3, h, w) on the grid."""
    light, grid, w = shot.light, shot.grid, shot.weather
    even = color((1.0, 1.0, 1.0), grid.up).expand(3, grid.height, grid.width)
    if light.relit > 0.0:
        target = _sun_and_sky(shot, relief)
        even = target if light.relit == 1.0 else torch.exp2(torch.log2(target.clamp_min(1e-5)) * light.relit)
    veil = w.cloud * (1.0 - light.relit)
    gloom = (
        (1.0 - 0.22 * w.rain)
        * (1.0 - 0.18 * w.lightning * w.cloud)
        * (1.0 - 0.06 * w.snow)
        * (1.0 - 0.12 * min(1.0, 1.6 * w.fog))
    )
    tint = tuple((1.0 - veil + veil * c) * gloom for c in (0.895, 0.905, 0.92))
    return even * color((tint[0], tint[1], tint[2]), grid.up)


def _sun_and_sky(shot: Shot, relief: Relief) -> torch.Tensor:
    """Key and fill from the sun's place, (3, h, w). Ground lies flat, the rest stands; normals turn it where there are any."""
    light, grid = shot.light, shot.grid
    right, up, ahead = light.sun
    low = 1.0 - step(8.0, 28.0, light.elevation)
    risen = step(-3.0, 2.0, light.elevation)
    rough = (1.0 + 0.45 * halve(relief.detail)).clamp_(0.3, 1.9)
    flat = max(0.0, up) * (1.0 - low) + low * (0.30 + 0.3 * max(0.0, up)) * rough
    toward = grid.toward(right, ahead)[None]  # 1 when looking at the sun
    facing = (0.45 - 0.40 * toward).clamp_min_(0.0) + 0.30 * max(0.0, up)
    normals = shot.request.maps.normals
    if normals is not None:
        n = normals
        turned = (n[0:1] * right + n[1:2] * up + n[2:3] * ahead).add_(0.35).mul_(1.0 / 1.35).clamp_min_(0.0)
        facing = mix(facing, turned * (0.45 + 0.40 * low) + 0.10, 0.6)
    through = 0.30 * low * (0.5 + 0.5 * toward) ** 4
    grain = 0.35 + 0.30 * low  # a low sun rakes over leaves and stones
    standing = (facing + through) * (1.0 - grain + grain * rough)
    if not shot.request.scene.has_ground:
        standing = standing * seen_sides(shot, right)
    ndl = mix(standing, flat * torch.ones_like(standing), shot.ground_half)
    if low * risen > 0.0 and shot.request.scene.has_ground:
        soft = 1.0 - 0.75 * min(1.0, 1.8 * shot.weather.fog)  # fog scatters the light into every shade
        ndl = ndl * (1.0 - low * risen * soft * (0.35 + 0.65 * shot.driving) * _long_shadows(shot))
    stands = 0.82 - 0.22 * light.dark - 0.12 * low * risen
    opened = shot.opened
    opened *= 1.0 - 0.30 * low * risen * step(1.0, 5.0, light.elevation)  # the camera is set for the sunlit side
    fill = color(light.fill, grid.up) * (shot.ground_half * (1.0 - stands) + stands) * opened
    total = color(light.key, grid.up) * (ndl * (1.0 + 0.20 * low * risen) + _rim(shot) * (low * risen)) + fill
    return _on_water(total, shot)


def seen_sides(shot: Shot, right: float) -> torch.Tensor:
    """Share of a key light on what nothing is known of, (1, h, w) about 1: more on what is bright as shot, and on its side.

    Where neither ground nor normals tell how things lie, their own shading is the best guess; without it new light would
    be a mere tint. `right` is the direction to the light.
    """
    stops = blur(torch.log2(luma(shot.source_quarter).add_(0.01)), 0.008 * shot.grid.width / 2 + 0.4)
    land = 1.0 - halve(shot.sky_half)
    mean = plane_sum(stops * land) / plane_sum(land).clamp_min(1.0)
    lit = smooth(-1.3, 1.0, stops - mean).mul_(1.15).add_(0.35)
    across = torch.linspace(-1.0, 1.0, stops.shape[2], device=stops.device)
    return resize(lit * (1.0 + 0.30 * max(-1.0, min(1.0, right)) * across), shot.grid.height, shot.grid.width)


def _rim(shot: Shot) -> torch.Tensor:
    """Light that wraps round edges which stand before a bright sky on the sun's side, (1, h, w)."""
    if not shot.request.scene.has_sky:
        return torch.zeros_like(shot.sky_half)
    right, up, ahead = shot.light.sun
    size = max(1e-3, (right * right + (up + 0.35) ** 2) ** 0.5)
    open_sky = blur(shot.sky_half, 0.003 * shot.grid.width + 0.6)
    edge = torch.zeros_like(open_sky)
    edge[:, :, 1:-1] += (open_sky[:, :, 2:] - open_sky[:, :, :-2]) * (right / size)
    edge[:, 1:-1] += (open_sky[:, :-2] - open_sky[:, 2:]) * ((up + 0.35) / size)
    return edge.clamp_min_(0.0).mul_(1.0 - shot.sky_half).mul_(0.9 * (0.35 + 0.65 * max(0.0, ahead)))


def _on_water(total: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Water shows the sky rather than light that falls on it: there the change is that of the sky, (3, h, w)."""
    light = shot.light
    water = shot.materials.water[None]
    if not shot.request.scene.has_sky or light.relit == 0.0 or float(water.amax()) < 0.2:
        return total
    old = shot.source_half[:, : shot.sky_rows]
    sky = shot.sky_half[:, : shot.sky_rows]
    was = plane_sum(old * sky) / plane_sum(sky).clamp_min(1.0)
    size = max(1e-3, (light.sun[0] ** 2 + light.sun[2] ** 2) ** 0.5)
    side = shot.grid.toward(light.sun[0], light.sun[2]) / size
    side = (0.5 + 0.5 * side).square()[None]
    low_sky = color(light.antisolar, total) * (1.0 - side) + color(light.horizon, total) * side
    high_sky = color(light.zenith, total) * 0.7 + color(light.antisolar, total) * 0.3
    steep = smooth(-0.02, -0.45, shot.grid.up)[None]  # near water mirrors what is high
    clear = mix(low_sky, high_sky, 0.35 + 0.5 * steep)
    shown = clear * (1.0 - shot.weather.cloud) + color(light.deck, total) * shot.weather.cloud
    share = blur(water, 0.006 * shot.grid.width + 0.5)  # waves that break have no border
    return mix(total, shown / was.clamp_min(0.05), share * 0.5)


def _long_shadows(shot: Shot) -> torch.Tensor:
    """Soft shadow bars thrown across the ground by a low sun, 0 lit .. 0.85 shaded, anchored in the world; (1, h, w)."""
    right, _, ahead = shot.light.sun
    heading = round(atan2(right, ahead) + shot.pose.yaw_rad, 3)
    n = shot.ground_noise(6.0, 55.0, 4, heading=heading)
    shade = smooth(0.28, -0.22, n)[None] * smooth(-0.004, -0.03, shot.grid.up)
    return shade * shot.ground_half * 0.85


def haze_of_distance(shot: Shot) -> float:
    """Clear-air extinction per metre that new light brings with it: a low sun shows more of it."""
    low = exp(-(((shot.light.elevation - 4.0) / 9.0) ** 2)) if shot.light.relit else 0.0
    return shot.light.relit * (0.00010 + 0.0003 * low) + 0.0004 * shot.weather.cloud


def ambient_level(shot: Shot) -> float:
    """Luminance of the light on open ground relative to noon, for lamps to be weighed against."""
    light = shot.light
    lit = luminance(light.key) * max(0.25, sin(radians(max(0.0, light.elevation)))) + luminance(light.fill)
    return pow(max(0.02, lit), light.relit)
