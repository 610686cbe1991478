"""Lamps: what the practicals dial lights: the camera car's own low beams, the moon behind them, and whatever the shot holds.

Intensities are in the picture's own light: a street lamp lights the road below it to about a fifth of a sunlit card,
as a camera exposed for the night sees it.
"""

from __future__ import annotations

import torch

from plugins.atmosphere import streetlights
from plugins.atmosphere.fields import blur, color, halve, luma, mix, smooth
from plugins.atmosphere.light import Rgb
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.surface import ambient_level, seen_sides

TAIL_LAMP: Rgb = (1.9, 0.10, 0.045)
HALOGEN: Rgb = (1.0, 0.89, 0.72)
MOON: Rgb = (0.050, 0.064, 0.092)
"""Light of a full moon on a surface that faces it, at the night's exposure."""
RETRO = 2.2
NIGHT_GAIN = 2.3
"""Camera exposure at night over the daylight one, for lamps as for the stops of `light`."""


BANK = 1.8
"""How much more of a beam a bank beside the road meets than the road does."""


def adaptation(shot: Shot) -> float:
    """How strongly a lamp shows beside the light there is: 1 at night, nothing by day."""
    return max(0.0, min(1.0, 0.082 / (ambient_level(shot) + 0.03)) - 0.08) / 0.92


def lamp_light(shot: Shot) -> torch.Tensor | None:
    """Light of moon and lamps on the foreground (3, h, w), or None where there is none."""
    share, drive = shot.weather.practicals * adaptation(shot), shot.driving
    moon = shot.light.dark**2 * (1.0 - 0.85 * shot.weather.cloud) * (1.0 - 0.6 * drive * shot.weather.practicals)
    moon *= shot.opened
    if share <= 0.0 and moon <= 0.0:
        return None
    gain = share * NIGHT_GAIN
    total = torch.zeros(3, shot.grid.height, shot.grid.width, device=shot.device)
    if moon > 0.0:
        total += color(MOON, total) * (_moonlit(shot) * moon)[None]
    if gain > 0.0 and drive > 0.0:
        beam = _low_beam(shot).mul_(_returned(shot)).mul_(drive * gain)
        for plane, level in zip(total, HALOGEN, strict=True):
            plane.add_(beam, alpha=level)
    if gain > 0.0:
        streetlights.add_pools(total, shot, gain)
    return total


def _moonlit(shot: Shot) -> torch.Tensor:
    """Share of the moon's light on every surface, (h, w); what stands faces the camera where normals are not known.

    A moon that is out of the picture may stand higher than the one opposite the sun, or level ground would be black. Where
    nothing tells how surfaces lie, light is even.
    """
    right, up, ahead = shot.light.moon
    high = max(up, 0.45)
    level = ((1.0 - high * high) / max(1e-6, right * right + ahead * ahead)) ** 0.5
    right, ahead = right * level, ahead * level
    normals, scene = shot.request.maps.normals, shot.request.scene
    if not (scene.has_ground or scene.has_sky):
        return seen_sides(shot, right)[0]
    if normals is None:
        stands = torch.full_like(shot.range, max(0.12, 0.25 * high - 0.9 * ahead))
    else:
        n = normals
        stands = (n[0] * right + n[1] * high + n[2] * ahead).add_(0.30).mul_(0.75).clamp_min_(0.06)
    return mix(stands, torch.full_like(stands, high), shot.ground_half[0])


def draw_lamps(x: torch.Tensor, shot: Shot, extinction: float) -> None:
    """Street lights into the picture, in place. `extinction` per metre dims the far ones in haze."""
    shown = shot.weather.practicals * min(1.0, shot.light.dark * 1.6 + 0.25 * adaptation(shot))
    if shown > 0.0:
        streetlights.draw_lights(x, shot, extinction, shown)


def _returned(shot: Shot) -> torch.Tensor:
    """How much of the car's own light comes back, (h, w): glass beads in road paint send it to where it came from."""
    y = luma(halve(shot.request.frame.pixels))
    paint = smooth(0.06, 0.20, y - blur(y, 0.006 * shot.grid.width + 0.5)) * shot.ground_half
    dry = 1.0 - 0.7 * shot.weather.wetness  # under water beads are blind
    return (paint * (RETRO * dry)).add_(1.0)[0]


def _low_beam(shot: Shot) -> torch.Tensor:
    """Two low beams with the cut-off of right-hand traffic (ECE R112 in shape), (h, w)."""
    x, y, z = shot.position
    mount = 0.65 - shot.request.scene.camera.height_m
    ahead = (z - 1.2).clamp_min_(0.5)
    dy = y - mount
    inverse = ahead.reciprocal()
    across, rise = x * inverse, dy * inverse
    below = across.clamp(0.0, 0.06).mul_(0.20).sub_(rise).sub_(0.010)
    sunk = below.clamp_min(0.0)
    beam = torch.exp(sunk * -50.0).add_(torch.exp(sunk * -10.0), alpha=0.16)
    beam *= ((below + 0.007) * 70.0).clamp_(0.0, 1.0)
    beam += torch.exp(rise.clamp_min_(0.0).mul_(-8.3)).mul_(0.05)  # what strays above, and what the lit road sends up
    wide = across.square_().mul_(-1.0 / 0.27**2)  # the two lamps' 0.22 and 0.55 rad lobes, seen as one
    beam *= torch.exp(wide).add_(torch.exp(wide * 0.22), alpha=0.30)
    squared = (x * x).addcmul_(dy, dy).addcmul_(ahead, ahead).clamp_min_(4.0)
    grazing = (-dy).clamp_min_(0.05) * torch.rsqrt(squared)
    facing = mix(torch.full_like(x, 0.55), grazing * BANK, shot.materials.soil)  # a verge lies, if not quite level
    facing = mix(facing, grazing, shot.ground_half[0])
    near = smooth(0.0, 15.0, ahead)  # the bonnet hides the road before it
    return beam.mul_(facing).mul_(near).div_(squared).mul_(2800.0)
