"""Season: leaves turn to autumn, tree by tree, or freshen. Albedo; colours ride on the leaves and do not swim."""

from __future__ import annotations

import torch

from core.condition import FOLIAGE
from plugins.atmosphere.fields import blur, color, halve, luma, mix, resize, smooth
from plugins.atmosphere.light import Rgb
from plugins.atmosphere.shot import Shot

# Colour of turned leaves over their brightness, along the tone of a tree: it turned early .. it has hardly begun.
TURNED: tuple[Rgb, ...] = (
    (1.52, 0.62, 0.30),
    (1.86, 0.86, 0.20),
    (1.72, 1.10, 0.20),
    (1.30, 1.16, 0.26),
    (0.90, 1.10, 0.40),
)
FRESH: Rgb = (0.48, 1.20, 0.26)


def turn_foliage(x: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Move what is green by chroma: above zero to autumn colours, below zero to fresh green. In place.

    Grass keeps its season, needles and what is dark and cool stay as they are.
    """
    turn = shot.request.condition[FOLIAGE]
    if turn == 0.0:
        return x
    small = blur(halve(x), 0.8)  # footage keeps colour in coarse blocks
    r, g, b = small[0:1], small[1:2], small[2:3]
    total = small.sum(0, keepdim=True).add_(1e-3)
    leaf = smooth(-0.008, 0.058, (g - torch.maximum(r * 0.96, b * 1.12)) / total)
    leaf = leaf * smooth(0.02, -0.03, (b - torch.minimum(r, g)) / total) * (1.0 - shot.sky_half)
    stuff = shot.materials
    if turn < 0.0:
        dry = smooth(0.02, 0.10, (r - b) / total) * smooth(0.13, 0.02, (r - g) / total) * (1.0 - shot.sky_half)
        share = shot.full(torch.maximum(leaf, 0.7 * dry)).mul_(-0.75 * turn)
        return x.add_((luma(x) * color(FRESH, x) - x) * share)
    needles = smooth(0.035, -0.01, (r - b) / total) * smooth(0.30, 0.10, luma(small)) * 0.75
    lawn = (stuff.grass * (1.0 - stuff.plant))[None] * 0.85
    leaf = leaf * (1.0 - needles) * (1.0 - lawn) * (1.0 - stuff.water[None])
    if not shot.request.scene.has_ground:  # nothing tells water from leaves but the looks of what grows
        leaf = leaf * smooth(0.50, 0.90, blur(stuff.plant[None], 0.004 * shot.grid.width + 0.4))
    share = shot.full(leaf).mul_(0.94 * turn)
    target = shot.full(_palette(_tone(small, leaf, shot)))
    return x.add_((target.mul_(luma(x)) - x).mul_(share))


def _tone(small: torch.Tensor, leaf: torch.Tensor, shot: Shot) -> torch.Tensor:
    """How far each tree has yet to turn, 0..1 (1, h, w): from its own green and brightness as shot, at a tree's size.

    Leaves of one tree are alike and differ from the next one's; a little follows the single leaf cluster.
    """
    total = small.sum(0, keepdim=True).add_(1e-3)
    own = torch.cat(((small[1:2] - small[0:1]) / total, torch.log2(total), torch.ones_like(total))) * (leaf + 1e-3)
    wide = 0.030 * shot.grid.width / 4 + 0.4
    tree = resize(blur(halve(own, 2), wide), shot.grid.height, shot.grid.width)
    green, stops = tree[0:1] / tree[2:3], tree[1:2] / tree[2:3]
    cluster = (torch.log2(total) - stops).clamp_(-1.5, 1.5)
    field = torch.sin(green * 90.0 + stops * 2.2)  # neighbours that differ a little turn out quite unlike
    own_green = (2.0 * green - 0.12).clamp_(-0.12, 0.12)
    return (0.40 + 0.24 * field - 0.10 * cluster + own_green).clamp_(0.0, 1.0)


def _palette(tone: torch.Tensor) -> torch.Tensor:
    """Colour at unit luminance along `TURNED`, (3, h, w)."""
    at = tone * (len(TURNED) - 1)
    picked = color(TURNED[0], tone).expand(3, *tone.shape[1:])
    for k, later in enumerate(TURNED[1:]):
        picked = mix(picked, color(later, tone), (at - k).clamp(0.0, 1.0))
    return picked
