"""Materials: what the surfaces of a shot are made of, as soft shares. They gate what snow, water and seasons may touch.

A share is never thresholded by itself: it joins the field that decides (depth of snow, level of water), where noise and
the picture's own detail break its border.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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
    """Soft shares 0..1 on the grid, (h, w) each. They are worked out at half its size, and enlarged where a layer asks."""

    planes: torch.Tensor
    """(8, h / 2, w / 2), in the order of `SurfaceClass`."""
    height: int
    width: int

    @staticmethod
    def of(shot: Shot) -> Materials:
        """From the classes of the analysis and from colour, each where it knows more; from colour alone where there are none.

        Dry grass is known by its straw whatever it was taken for; lines painted on a road are road; and what looks paved
        from high above is earth where it has an earth's colour, and water where it has not and may be.
        """
        looks, up = _Looks.of(shot), halve(shot.grid.up[None])[0]
        maps = shot.request.maps.classes
        planes = _guessed(shot, looks, up) if maps is None else _weighed(shot, halve(maps), looks, up)
        return Materials(planes, shot.grid.height, shot.grid.width)

    def _plane(self, kind: SurfaceClass) -> torch.Tensor:
        at = _ORDER.index(kind)
        return resize(self.planes[at : at + 1], self.height, self.width)[0]

    @cached_property
    def road(self) -> torch.Tensor:
        return self._plane(SurfaceClass.ROAD)

    @cached_property
    def path(self) -> torch.Tensor:
        """Paving and bare earth that one walks on."""
        return self._plane(SurfaceClass.PATH)

    @cached_property
    def grass(self) -> torch.Tensor:
        """Low growth and open earth, whatever its slope."""
        return self._plane(SurfaceClass.GRASS)

    @cached_property
    def plant(self) -> torch.Tensor:
        return self._plane(SurfaceClass.PLANT)

    @cached_property
    def water(self) -> torch.Tensor:
        return self._plane(SurfaceClass.WATER)

    @cached_property
    def building(self) -> torch.Tensor:
        return self._plane(SurfaceClass.BUILDING)

    @cached_property
    def vehicle(self) -> torch.Tensor:
        return self._plane(SurfaceClass.VEHICLE)

    @cached_property
    def soil(self) -> torch.Tensor:
        """Where snow lies on what nobody drives on."""
        return (self.path + self.grass).clamp_(0.0, 1.0)

    @cached_property
    def level(self) -> torch.Tensor:
        """Where rain gathers: paved, and about flat."""
        return (self.road + self.path).clamp_(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Looks:
    """What colour says, at a quarter of the picture's size, (h, w) each: footage keeps colour in coarse blocks."""

    straw: torch.Tensor
    """Share by which a pixel has the colour of dry grass or earth."""
    leaf: torch.Tensor
    verdure: torch.Tensor
    """By how much green leads the other colours, a share of the sum, at the size of a branch."""

    @staticmethod
    def of(shot: Shot) -> _Looks:
        hue = blur(shot.source_quarter, 1.2)
        total = hue.sum(0) + 0.02
        warm = (hue[0] - hue[2]) / total
        straw = smooth(0.025, 0.09, warm) * smooth(0.66, 0.52, warm)
        straw = straw * smooth(0.015, 0.06, (hue[1] - hue[2]) / total)  # earth is yellower than red paint
        green = (hue[1] - torch.maximum(hue[0], hue[2])) / total
        return _Looks(straw, smooth(0.008, 0.04, green), blur(green[None], 0.010 * shot.grid.width / 2 + 0.5)[0])


def _weighed(shot: Shot, planes: torch.Tensor, looks: _Looks, up: torch.Tensor) -> torch.Tensor:
    """The classes of the analysis (8, h, w) corrected by colour; new tensor."""
    road, path, grass, plant, water, building, glass, vehicle = planes.unbind(0)
    painted = path * smooth(0.45, 0.75, blur(road[None], 0.004 * shot.grid.width + 0.4)[0])
    road, path = road + painted, path - painted
    if shot.request.scene.has_ground:
        low = smooth(0.07, 0.025, up) * looks.straw * (1.0 - looks.leaf)
        dry = plant * low
        below = smooth(0.015, -0.03, up) * (1.0 - road - path - vehicle - glass).clamp_min_(0.0)
        grass, plant = torch.maximum(grass + dry, below * low).clamp_(max=1.0), plant - dry
    # What is not green at the size of a branch is no plant: dark water takes the colour of the wood around it.
    plant = plant * smooth(-0.004, 0.022, looks.verdure)
    aloft = step(3.0, 6.0, shot.request.scene.camera.height_m)
    if aloft > 0.0:
        doubted = road * aloft
        earth = torch.maximum(looks.straw, looks.leaf)
        sea = (1.0 - earth) * smooth(0.10, 0.35, water)
        shore = smooth(0.02, 0.22, blur(water[None], 0.018 * shot.grid.width + 0.5)[0])
        kept = (1.0 - torch.maximum(earth, sea)) * (1.0 - shore)
        grass = (grass + doubted * earth * (1.0 - shore)).clamp_(max=1.0)
        road, water = road - doubted * (1.0 - kept), water + doubted * sea * (1.0 - earth)
    return torch.stack((road, path, grass, plant, water, building, glass, vehicle))


def _guessed(shot: Shot, looks: _Looks, up: torch.Tensor) -> torch.Tensor:
    """Without classes: the ground matte is paved, and earth or grass is known below the horizon by its colour.

    Seen from high above, ground without an earth's colour may be water.
    """
    earth = torch.maximum(looks.straw, looks.leaf)
    ground, land = halve(shot.ground_half)[0], 1.0 - halve(shot.sky_half)[0]
    below = smooth(0.015, -0.03, up) * land * (1.0 if shot.request.scene.has_ground else 0.0)
    paved = ground * (1.0 - step(3.0, 6.0, shot.request.scene.camera.height_m))
    none = torch.zeros_like(ground)
    made = {
        SurfaceClass.ROAD: paved,
        SurfaceClass.GRASS: torch.maximum(ground - paved, below * (1.0 - ground)) * earth,
        SurfaceClass.PLANT: looks.leaf * land * (1.0 - ground) * (1.0 - below),
        SurfaceClass.WATER: (ground - paved) * (1.0 - earth),
    }
    return torch.stack([made.get(kind, none) for kind in _ORDER])
