"""Ground: water and snow lying on it. Textures are anchored in the world and fade with a pixel's footprint."""

from __future__ import annotations

import torch

from plugins.atmosphere.fields import blur, box, color, halve, luma, mix, resize, smooth
from plugins.atmosphere.lamps import TAIL_LAMP, mirrored_lamps
from plugins.atmosphere.light import step
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.sky import Dome, henyey_greenstein
from plugins.atmosphere.surface import Relief, ambient_level

LANE_M = 3.7
TRACK_M = 0.80
"""Wheel tracks stand this far to either side of a lane's middle."""
SNOW_WHITE, SLUSH, RIME = (0.93, 0.97, 1.03), (0.50, 0.52, 0.55), (0.62, 0.65, 0.70)
MOONLIGHT = (0.34, 0.40, 0.50)
WATER_R0 = 0.02
"""Reflectance of water at normal incidence (Schlick's form of Fresnel)."""


def wet_albedo(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Darken and saturate what a water film covers, in place (Ångström's and Lekner and Dorf's form of wet albedo)."""
    wet = shot.weather.wetness
    if wet == 0.0:
        return x
    soak = min(1.0, 1.6 * wet)
    albedo = luma(halve(x)).clamp_(0.02, 0.9)
    film = (1.0 - 0.05) * (1.0 - 0.43) / (1.0 - 0.43 * albedo)  # share of dry albedo left, p = 0.43, Rl = 0.05
    gain = 1.0 - soak * (shot.ground_half * (1.0 - film) + (1.0 - shot.ground_half) * (1.0 - shot.sky_half) * 0.15)
    x *= shot.full(gain)
    below = slice(2 * shot.grid.rows_below.start, shot.view.height)
    part, deeper = x[:, below], shot.ground[:, below] * (0.15 * soak)
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
    grazing = (
        (1.0 - (-grid.up[below]).clamp(0.0, 1.0)[None]).pow_(8.0 - 3.0 * light.dark).mul_(shot.ground_half[:, below])
    )
    glint = (
        luma(part).mul_(2.2 / ambient_level(shot)).add_(0.35).clamp_(max=1.6)
    )  # it breaks on what is rough and bright
    for (right, up, ahead), rgb, share in bodies:
        if share > 0.0:
            mirrored = (grid.right[below] * right - grid.up[below] * up + grid.ahead[below] * ahead)[None]
            sheen = henyey_greenstein(mirrored, 0.72).mul_(grazing).mul_(share)
            sheen = resize(sheen, int(part.shape[1]), int(part.shape[2])).mul_(glint)
            for plane, level in zip(part, rgb, strict=True):
                plane.add_(sheen[0], alpha=level)
    return x


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
    share = shot.ground_half[:, below]
    scene = halve(x)
    if sky is not None:
        top = scene[:, : shot.sky_rows]
        new = sky.over(halve(source[:, shot.rows(shot.sky_rows)]))
        top += (new - top) * shot.sky_half[:, : shot.sky_rows]
    mirrored = _mirror(scene if tails is None else torch.cat((scene, tails)), shot)[:, below]
    _, height, width = mirrored.shape
    rough = blur(halve(mirrored[:3], 2), 0.0025 * width + 0.3, 0.013 * width + 0.3)  # tarmac draws it long
    rough = resize(rough, height, width)
    clear = blur(mirrored[:3], 0.5, 0.004 * width + 0.5)
    ripple, puddle = (plane[:, below] for plane in _water(shot))
    image = mix(rough, clear, 0.70 * puddle)
    if tails is not None:
        drawn = blur(mirrored[3:], 0.0016 * width + 0.3, 0.016 * width + 0.3)
        image = image + color(TAIL_LAMP, x) * drawn * (0.75 + 0.45 * ripple).clamp_(0.2, 1.5) * 6.0
    lamps = mirrored_lamps(shot)
    if lamps is not None:
        image = image + lamps[:, below] * (0.55 + 0.75 * ripple).clamp_(0.10, 1.6) * 1.1
    cosine = (-shot.grid.up[below]).clamp(0.0, 1.0)[None]
    fresnel = WATER_R0 + (1.0 - WATER_R0) * (1.0 - cosine) ** 5
    film = (0.34 + 0.03 * ripple).clamp_(0.15, 0.75) * (1.0 - 0.65 * smooth(0.0, 0.25, cosine))  # tarmac is rough
    film = mix(film, torch.ones_like(film), 0.60 * puddle)
    k = (1.15 * fresnel * film * min(1.0, 1.5 * wet)).clamp_(0.0, 0.92) * share
    part = x[:, 2 * below.start :]
    height, width = int(part.shape[1]), int(part.shape[2])
    part *= resize(1.0 - k, height, width)
    part += resize(image * k, height, width)
    return x


def _mirror(scene: torch.Tensor, shot: Shot) -> torch.Tensor:
    """The scene mirrored at each column's own contact line, the lowest edge above a pixel where ground ends."""
    height, width = shot.grid.height, shot.grid.width
    rows = torch.arange(height, device=scene.device, dtype=torch.float32)[:, None].expand(height, width)
    solid = box(shot.ground_half, max(1, height // 90))[0] > 0.5
    contact = torch.cummax(torch.where(solid, torch.full_like(rows, -1.0), rows), dim=0).values
    contact = blur(contact[None], 2.5, 0.8)[0]
    wobble = shot.ground_noise(0.9, 2.4, 1) * smooth(30.0, 4.0, shot.grid.ground_range)
    source = (2.0 * contact - rows + wobble * height * 0.004).round_().clamp_(0, height - 1).long()
    return torch.gather(scene, 1, source[None].expand(scene.shape[0], height, width))


def _tracks(shot: Shot) -> torch.Tensor:
    """Distance (h, w) in metres to the nearest wheel track of the lanes, the camera in the middle of one."""
    x = shot.grid.right * shot.grid.ground_range
    in_lane = torch.remainder(x + LANE_M / 2, LANE_M) - LANE_M / 2
    return (in_lane.abs() - TRACK_M).abs()


def _water(shot: Shot) -> tuple[torch.Tensor, torch.Tensor]:
    """Ripple (about -1..1) and standing water 0..1, each (1, h, w). Puddles keep to ruts where cars drive."""
    wet, drive = shot.weather.wetness, shot.driving
    grid = shot.grid
    n = shot.ground_noise(1.1, 1.5 + 8.0 * drive, 5)
    rut = torch.exp(-((_tracks(shot) / 0.40) ** 2)) * drive
    level = n * (0.30 - 0.12 * drive) + 0.30 * rut
    threshold = 0.98 - 0.55 * wet
    puddle = smooth(threshold, threshold + 0.14, level) * smooth(60.0, 12.0, grid.ground_range) * step(0.15, 0.6, wet)
    ripple = shot.ground_noise(0.35, 1.6, 2)
    return ripple[None], (puddle[None] * shot.ground_half).clamp_(0.0, 1.0)


def lay_snow(x: torch.Tensor, relief: Relief, shot: Shot) -> torch.Tensor:
    """Snow on the ground, worn off in wheel tracks, and a dusting on what stands; albedo, in place."""
    amount = shot.weather.snow_cover
    if amount == 0.0:
        return x
    first = int((shot.grid.up[:, shot.grid.width // 2] > 0.016).sum())  # no ground above the horizon
    if first < shot.grid.height:
        _cover_ground(x[:, 2 * first :], relief.below(2 * first), first, shot)
    return _dust(x, relief, shot, amount)


def _cover_ground(x: torch.Tensor, relief: Relief, first: int, shot: Shot) -> None:
    """Lay snow on the lower part of a picture, in place; `first` is the first row of the grid that belongs to it."""
    amount, drive = shot.weather.snow_cover, shot.driving
    thin = 1.0 - amount
    _, height, width = x.shape
    below = slice(first, None)

    def full(plane: torch.Tensor) -> torch.Tensor:
        return resize(plane[None, below], height, width)

    patches = shot.ground_noise(1.1, 2.2 + 2.0 * drive, 4)
    drifts, crumbs = shot.ground_noise(9.0, 14.0, 2), shot.ground_noise(0.16, 0.30, 3)
    depth = patches.mul(0.30 - 0.12 * thin).add_(drifts, alpha=0.22 - 0.08 * thin).add_(crumbs, alpha=0.16 * thin)
    depth += 2.0 * amount - 0.70
    track = torch.zeros_like(depth)
    if drive > 0.0:  # traffic presses the first snow off its tracks; it stays between them and along the edges
        road, apart = drive * _on_road(shot), _tracks(shot)
        depth += (0.55 * apart.clamp_max(1.1) - 0.62 * thin - 0.11) * road
        edge = apart + 0.10 * shot.ground_noise(0.25, 1.3, 3) + 0.08 * shot.ground_noise(14.0, 14.0, 1)
        track = smooth(0.36, 0.10, edge) * road
    # Near, snow ends at an edge; far off a pixel holds many patches, and shows their mean.
    soft = 0.12 + 0.55 * smooth(0.10, 1.6, shot.grid.footprint)
    cover = full(depth.div_(2.0 * soft).add_(0.5)) - relief.detail * full(0.05 / soft)
    most = min(1.0, 2.2 * amount) * (1.0 - 0.18 * thin * drive)  # tarmac shows through the first of it
    cover = cover.clamp_(0.0, 1.0).mul_(full(_holds_snow(shot.request.frame.pixels, shot) * most))
    thaw = cover * full(track * (0.92 - 0.25 * amount))
    snow = cover - thaw
    slush = full(smooth(0.3, 1.6, patches).mul_(0.30).add_(0.16))
    # Tarmac in the tracks is wet and partly slush, what melts around the edges is wet, the rest is white.
    bare = 1.0 - snow
    wet = cover.mul_(torch.rsub(cover, 1.0)).mul_(-0.35).add_(1.0)
    x *= (1.0 - thaw * (0.38 + 0.62 * slush)).mul_(wet).mul_(bare)
    shade = torch.exp2((relief.detail * 0.34).add_(relief.base - relief.mean, alpha=0.10).clamp_(-1.2, 0.25))
    slushy, snowy = slush.mul_(thaw).mul_(shade).mul_(bare), snow.mul_(shade).mul_(0.90)
    for plane, grey, white in zip(x, SLUSH, SNOW_WHITE, strict=True):
        plane.add_(slushy[0], alpha=grey).add_(snowy[0], alpha=white)


def _holds_snow(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Share of each pixel on which snow can lie, (h, w): ground, and earth or grass below the horizon whatever its slope.

    `x` is the picture as shot. Seen from high above, ground without an earth's colour may be water, and is left alone.
    """
    hue = blur(halve(x, 2), 1.2)  # footage keeps colour in coarse blocks
    total = hue.sum(0, keepdim=True) + 0.02
    warm = (hue[0:1] - hue[2:3]) / total
    green = (hue[1:2] - torch.maximum(hue[0:1], hue[2:3])) / total
    straw = smooth(0.025, 0.09, warm) * smooth(0.66, 0.52, warm)
    straw = straw * smooth(0.015, 0.06, (hue[1:2] - hue[2:3]) / total)  # earth is yellower than red paint
    earth = torch.maximum(straw, smooth(0.008, 0.04, green))
    earth = resize(earth, shot.grid.height, shot.grid.width)[0]
    below = smooth(0.015, -0.03, shot.grid.up) * (1.0 - shot.sky_half[0])
    paved = 1.0 - step(3.0, 6.0, shot.request.scene.camera.height_m)
    slope = 0.92 if shot.request.scene.has_ground else 0.0
    return torch.maximum(shot.ground_half[0] * (paved + (1.0 - paved) * earth), below * earth * slope)


def _on_road(shot: Shot) -> torch.Tensor:
    """Where cars drive: between the kerbs as far as we can guess them, (h, w)."""
    x = shot.grid.right * shot.grid.ground_range
    return smooth(6.4, 5.4, x) * smooth(-22.0, -20.0, x)


def _dust(x: torch.Tensor, relief: Relief, shot: Shot, amount: float) -> torch.Tensor:
    """Snow caught by leaves and ledges: it follows the picture's own detail, so it sits still on what moves."""
    small = halve(x)
    green = (small[1:2] - torch.maximum(small[0:1], small[2:3])).div_(small.sum(0, keepdim=True).add_(1e-4))
    green = smooth(-0.04, 0.05, green).mul_(0.35 * amount).add_(0.20 * amount)
    share = smooth(0.35 - 1.2 * amount, 1.7 - 1.2 * amount, relief.detail)
    share *= shot.full(green.mul_(1.0 - shot.sky_half).mul_(1.0 - shot.ground_half))
    x *= 1.0 - share
    for plane, level in zip(x, RIME, strict=True):
        plane.add_(share[0], alpha=level)
    return x
