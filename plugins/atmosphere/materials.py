"""Materials: what the surfaces of a shot are made of, as soft shares. They gate what snow, water and seasons may touch.

A share is never thresholded by itself: it joins the field that decides (depth of snow, level of water), where noise and
the picture's own detail break its border.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from plugins.atmosphere.fields import blur, halve, resize, smooth
from plugins.atmosphere.light import step

if TYPE_CHECKING:
    from plugins.atmosphere.shot import Shot


@dataclass(frozen=True)
class Materials:
    """Soft shares 0..1 on the grid, (h, w) each."""

    road: torch.Tensor
    path: torch.Tensor
    """Paving and bare earth that one walks on."""
    grass: torch.Tensor
    """Low growth and open earth, whatever its slope."""
    plant: torch.Tensor
    water: torch.Tensor
    building: torch.Tensor
    glass: torch.Tensor
    vehicle: torch.Tensor

    @staticmethod
    def of(shot: Shot) -> Materials:
        """From the classes of the analysis and from colour, each where it knows more; from colour alone where there are none.

        Dry grass is known by its straw whatever it was taken for; lines painted on a road are road; and what looks paved
        from high above is earth where it has an earth's colour, and water where it has not and may be.
        """
        straw, leaf = _earth_colours(shot)
        maps = shot.request.maps.classes
        if maps is None:
            return _guessed(shot, straw, leaf)
        road, path, grass, plant, water, building, glass, vehicle = halve(maps).unbind(0)
        painted = path * smooth(0.45, 0.75, blur(road[None], 0.008 * shot.grid.width + 0.5)[0])
        road, path = road + painted, path - painted
        if shot.request.scene.has_ground:
            low = smooth(0.055, 0.015, shot.grid.up) * straw * (1.0 - leaf)
            dry = plant * low
            below = smooth(0.015, -0.03, shot.grid.up) * (1.0 - road - path - vehicle - glass).clamp_min_(0.0)
            grass, plant = torch.maximum(grass + dry, below * low), plant - dry
        # What is not green at the size of a branch is no plant: dark water takes the colour of the wood around it.
        plant = plant * smooth(-0.004, 0.022, _greenness(shot))
        aloft = step(3.0, 6.0, shot.request.scene.camera.height_m)
        if aloft > 0.0:
            earth = torch.maximum(straw, leaf)
            grass, road, water = _from_above(grass, road, water, earth, aloft)
        return Materials(road, path, grass.clamp(max=1.0), plant, water, building, glass, vehicle)

    @property
    def soil(self) -> torch.Tensor:
        """Where snow lies on what nobody drives on."""
        return (self.path + self.grass).clamp_(0.0, 1.0)

    @property
    def level(self) -> torch.Tensor:
        """Where rain gathers: paved, and about flat."""
        return (self.road + self.path).clamp_(0.0, 1.0)


def _from_above(
    grass: torch.Tensor, road: torch.Tensor, water: torch.Tensor, earth: torch.Tensor, aloft: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Grass, road and water with what looked like road from high above given to what it more likely is."""
    doubted = road * aloft
    sea = (1.0 - earth) * smooth(0.10, 0.35, water)
    shore = smooth(0.02, 0.25, blur(halve(water[None], 2), 0.010 * water.shape[1] + 0.5))
    shore = resize(shore, int(water.shape[0]), int(water.shape[1]))[0]
    kept = (1.0 - torch.maximum(earth, sea)) * (1.0 - shore)
    return grass + doubted * earth * (1.0 - shore), road - doubted * (1.0 - kept), water + doubted * sea * (1.0 - earth)


def _earth_colours(shot: Shot) -> tuple[torch.Tensor, torch.Tensor]:
    """Shares (h, w) by which each pixel has the colour of straw or earth, and of leaves."""
    hue = blur(shot.source_quarter, 1.2)  # footage keeps colour in coarse blocks
    total = hue.sum(0, keepdim=True) + 0.02
    warm = (hue[0:1] - hue[2:3]) / total
    straw = smooth(0.025, 0.09, warm) * smooth(0.66, 0.52, warm)
    straw = straw * smooth(0.015, 0.06, (hue[1:2] - hue[2:3]) / total)  # earth is yellower than red paint
    leaf = smooth(0.008, 0.04, (hue[1:2] - torch.maximum(hue[0:1], hue[2:3])) / total)
    both = resize(torch.cat((straw, leaf)), shot.grid.height, shot.grid.width)
    return both[0], both[1]


def _greenness(shot: Shot) -> torch.Tensor:
    """By how much green leads the other colours, a share of the sum, around each pixel (h, w)."""
    wide = blur(halve(shot.source_quarter), 0.006 * shot.grid.width + 0.4)
    green = (wide[1:2] - torch.maximum(wide[0:1], wide[2:3])) / (wide.sum(0, keepdim=True) + 0.02)
    return resize(green, shot.grid.height, shot.grid.width)[0]


def _guessed(shot: Shot, straw: torch.Tensor, leaf: torch.Tensor) -> Materials:
    """Without classes: the ground matte is paved, and earth or grass is known below the horizon by its colour.

    Seen from high above, ground without an earth's colour may be water.
    """
    earth = torch.maximum(straw, leaf)
    ground = shot.ground_half[0]
    land = 1.0 - shot.sky_half[0]
    below = smooth(0.015, -0.03, shot.grid.up) * land * (1.0 if shot.request.scene.has_ground else 0.0)
    paved = ground * (1.0 - step(3.0, 6.0, shot.request.scene.camera.height_m))
    soil = torch.maximum(ground - paved, below * (1.0 - ground)) * earth
    none = torch.zeros_like(ground)
    return Materials(
        road=paved,
        path=none,
        grass=soil,
        plant=leaf * land * (1.0 - ground) * (1.0 - below),
        water=(ground - paved) * (1.0 - earth),
        building=none,
        glass=none,
        vehicle=none,
    )
