"""The maps of one frame, as a function of its picture and of what is known of its shot: any frame, in any order.

All share two findings, the sky matte and the contact line, so a map is the same whatever else is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Final

import numpy as np

from core.analysis.appearance import Appearance
from core.analysis.classes import open_water, surface_classes
from core.analysis.contact import Contact
from core.analysis.depth import standing_depth
from core.analysis.flow import FloatImage, FlowPreset, dis_flow
from core.analysis.ground import GroundModel, ground_contact
from core.analysis.guided import Guide
from core.analysis.normals import facing_normals, surface_normals
from core.analysis.open_view import open_view
from core.analysis.sky import SkyModel, sky_matte
from core.analysis.told import Told
from core.extension.spec import MapKind
from core.models.adapters import NONE, ModelSet
from core.scene import Scene, SurfaceClass

STILL: Final = frozenset(MapKind) - {MapKind.FLOW}
"""Maps that one frame is enough for."""

SOLID: Final = [list(SurfaceClass).index(k) for k in (SurfaceClass.BUILDING, SurfaceClass.GLASS, SurfaceClass.VEHICLE)]
"""What stands upright on its foot."""


class FrameMaps:
    """The maps of a picture at the work size, each made when it is first asked for."""

    def __init__(self, picture: Appearance, scene: Scene, models: ModelSet = NONE) -> None:
        self._picture, self._scene = picture, scene
        self._told = Told(picture, models)
        self._shape = picture.height, picture.width

    def plane(self, kind: MapKind) -> FloatImage:
        """(C, H, W), C as in `core.extension.translator.Maps`. Not the flow."""
        match kind:
            case MapKind.SKY:
                made = self.sky[None]
            case MapKind.GROUND:
                made = self.ground[None]
            case MapKind.DEPTH:
                made = self.depth[None]
            case MapKind.CLASSES:
                made = self.classes
            case MapKind.NORMALS:
                made = self.normals
            case MapKind.FLOW:
                raise ValueError("a flow is between two frames")
        return np.ascontiguousarray(made, np.float32)

    @cached_property
    def sky(self) -> FloatImage:
        if not self._scene.has_sky:
            return np.zeros(self._shape, np.float32)
        model, horizon = SkyModel.of_numbers(self._scene.sky_model), self._scene.camera.horizon
        return sky_matte(self._picture, model, horizon, self._scene.horizon_confidence, self._told.sky)

    @cached_property
    def contact(self) -> Contact | None:
        """None where no ground plane is known. Its ground has the edges of the picture."""
        if not self._scene.has_ground:
            return None
        model = GroundModel.of_numbers(self._scene.ground_model)
        found = ground_contact(self._picture, model, self.sky, self._scene.camera.horizon, self._told.ground)
        scale = self._picture.scale
        guide = Guide(self._picture.rgb, np.ones(self._shape, np.float32), max(2, round(4 * scale)), eps=1e-3)
        ground = np.maximum(np.clip(guide.smooth(found.ground), 0.0, 1.0), self.water)
        sea = np.minimum(self._scene.camera.horizon, found.rows)
        wet = self.water.max(axis=0)
        return replace(found, ground=ground, rows=np.asarray(found.rows * (1.0 - wet) + sea * wet, np.float32))

    @cached_property
    def water(self) -> FloatImage:
        """Open water, which is level too, up to the horizon."""
        if not (self._scene.has_ground and self._scene.has_sky):
            return np.zeros(self._shape, np.float32)
        return open_water(self._picture, self.sky, self._scene.camera)

    @cached_property
    def ground(self) -> FloatImage:
        if self.contact is None:
            return np.zeros(self._shape, np.float32)
        return np.asarray(self.contact.ground * (1.0 - self.sky), np.float32)

    @cached_property
    def depth(self) -> FloatImage:
        if self.contact is None:
            return open_view(self._picture, self.sky)
        solid = self.classes[SOLID].sum(0)
        ours = standing_depth(self._picture, self.contact, self.sky, self._scene.camera, solid)
        return self._told.depth(ours, self.ground, self.sky)

    @cached_property
    def normals(self) -> FloatImage:
        if self.contact is None:
            return facing_normals(self.sky)
        return surface_normals(self.contact, self.sky, self._scene.camera)

    @cached_property
    def classes(self) -> FloatImage:
        ours = surface_classes(self._picture, self.sky, self.water, self.contact, self._scene.camera)
        return self._told.classes(ours, self.sky)


def still_maps(
    picture: Appearance, scene: Scene, kinds: Iterable[MapKind], models: ModelSet = NONE
) -> dict[MapKind, FloatImage]:
    """Those of `kinds` that need no second frame, (C, H, W) each."""
    maps = FrameMaps(picture, scene, models)
    return {kind: maps.plane(kind) for kind in sorted(STILL & set(kinds))}


def flow_map(here: Appearance, before: Appearance | None) -> FloatImage:
    """(2, H, W) pixels to the frame before; zero where there is none."""
    if before is None:
        return np.zeros((2, here.height, here.width), np.float32)
    return np.ascontiguousarray(dis_flow(here.grey, before.grey, FlowPreset.MEDIUM).transpose(2, 0, 1))
