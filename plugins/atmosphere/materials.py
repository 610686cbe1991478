"""Materials: what the surfaces of a shot are made of, as soft shares. They gate what snow, water and seasons may touch.

A share is never thresholded by itself: it joins the field that decides (depth of snow, level of water), where noise and
the picture's own detail break its border.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from core.scene import SurfaceClass
from plugins.atmosphere.fields import blur, halve, resize, smooth
from plugins.atmosphere.light import step

if TYPE_CHECKING:
    from plugins.atmosphere.shot import Shot

_ORDER = tuple(SurfaceClass)


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
        classes = shot.request.maps.classes
        return _guessed(shot) if classes is None else Materials(*halve(classes).unbind(0))

    @property
    def soil(self) -> torch.Tensor:
        """Where snow lies on what nobody drives on."""
        return (self.path + self.grass).clamp_(0.0, 1.0)

    @property
    def level(self) -> torch.Tensor:
        """Where rain gathers: paved, and about flat."""
        return (self.road + self.path).clamp_(0.0, 1.0)


def _guessed(shot: Shot) -> Materials:
    """Without classes: the ground matte is paved, and earth or grass is known below the horizon by its colour.

    Seen from high above, ground without an earth's colour may be water.
    """
    hue = blur(halve(shot.request.frame.pixels, 2), 1.2)  # footage keeps colour in coarse blocks
    total = hue.sum(0, keepdim=True) + 0.02
    warm = (hue[0:1] - hue[2:3]) / total
    green = (hue[1:2] - torch.maximum(hue[0:1], hue[2:3])) / total
    straw = smooth(0.025, 0.09, warm) * smooth(0.66, 0.52, warm)
    straw = straw * smooth(0.015, 0.06, (hue[1:2] - hue[2:3]) / total)  # earth is yellower than red paint
    leaf = smooth(0.008, 0.04, green)
    straw, leaf = resize(torch.cat((straw, leaf)), shot.grid.height, shot.grid.width).unbind(0)
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


def plane_of(kind: SurfaceClass) -> int:
    """Index of a class among the planes of `Maps.classes`."""
    return _ORDER.index(kind)
