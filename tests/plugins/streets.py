"""Requests for translators from the procedural street: its picture with exact depth, mattes, materials, normals, flow and pose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import atan2, hypot

import cv2
import numpy as np
import torch

from core.camera import Camera, Pose
from core.condition import Condition
from core.extension.translator import Maps, ShotTime, TranslateRequest
from core.frame import Frame
from core.scene import Scene, SurfaceClass
from core.world.model import Surface, World, street
from core.world.render import WorldFrame, render
from plugins.atmosphere.fields import halve

WORLD = street()
_CLASSES = {
    SurfaceClass.ROAD: (Surface.ROAD,),
    SurfaceClass.PATH: (Surface.PAVEMENT,),
    SurfaceClass.GRASS: (Surface.GRASS,),
    SurfaceClass.PLANT: (Surface.TREE, Surface.HILL),
    SurfaceClass.BUILDING: (Surface.WALL, Surface.ROOF),
    SurfaceClass.GLASS: (Surface.GLASS,),
    SurfaceClass.VEHICLE: (Surface.PAINT, Surface.RUBBER, Surface.LAMP),
}


@lru_cache(maxsize=8)
def street_frame(index: int, width: int = 480, height: int = 270) -> WorldFrame:
    """A frame of the street, kept."""
    return render(WORLD, index, width, height)


def pose_of(world: World, index: int) -> Pose:
    """Where its camera is at a frame, in the frame of the first."""
    position, rotation = world.camera(index / world.rate)
    first, _ = world.camera(0.0)
    forward = rotation[2]
    right, up, ahead = (float(v) for v in position - first)
    horizon = 0.5 + world.focal * float(forward[1]) / hypot(float(forward[0]), float(forward[2]))
    return Pose(right, up, ahead, atan2(float(forward[0]), float(forward[2])), horizon)


def street_request(
    index: int, condition: Mapping[str, float], *, pixels: torch.Tensor | None = None, classes: bool = True
) -> TranslateRequest:
    """What the renderer would ask of a translator, had the analysis made no error. `pixels` instead of its picture."""
    frame, pose = street_frame(index), pose_of(WORLD, index)
    height = len(frame.depth)
    camera = Camera(WORLD.focal, pose.horizon, WORLD.camera_height_m)
    return TranslateRequest(
        frame=Frame(pixels if pixels is not None else torch.from_numpy(frame.rgb).permute(2, 0, 1).contiguous()),
        maps=Maps(
            sky=torch.from_numpy(frame.sky)[None].contiguous(),
            ground=torch.from_numpy(frame.ground)[None].contiguous(),
            inverse_depth=torch.from_numpy((1.0 / frame.depth).astype(np.float32))[None].contiguous(),
            classes=halve(torch.from_numpy(_class_planes(frame))) if classes else None,
        ),
        scene=Scene(camera, sky_confidence=1.0, ground_confidence=1.0),
        condition=Condition.of(condition).effective,
        time=ShotTime(index, index / WORLD.rate, 1.0 / WORLD.rate),
        seed=1,
        full_height=height,
        pose=pose,
        pose_after=pose_of(WORLD, index + 1),
    )


def _class_planes(frame: WorldFrame) -> np.ndarray:
    planes = [np.isin(frame.surface, _CLASSES.get(kind, ())) for kind in SurfaceClass]
    return np.stack([cv2.blur(plane.astype(np.float32), (3, 3)) for plane in planes])


def carried(index: int, before: torch.Tensor) -> torch.Tensor:
    """A picture (C, H, W) of frame `index` - 1 as the exact flow brings it to frame `index`."""
    flow = street_frame(index).flow
    rows, columns = np.mgrid[0 : flow.shape[0], 0 : flow.shape[1]].astype(np.float32)
    planes = [
        cv2.remap(p, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for p in before.numpy()
    ]
    return torch.from_numpy(np.stack(planes))
