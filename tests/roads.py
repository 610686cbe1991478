"""A flat road with exact maps, as the built-in translator sees it."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from core.camera import Camera, Motion
from core.cancel import CancelToken
from core.condition import Condition
from core.extension.translator import Maps, ShotTime, TranslateRequest
from core.frame import Frame
from core.scene import Scene
from plugins.atmosphere import fields
from plugins.atmosphere.translator import Atmosphere

CPU = torch.device("cpu")
NIGHT = {"sun": 1.0, "sun_elevation": -12.0}
HORIZON, FOCAL, EYE_M = 0.5, 0.9, 1.4
ROAD = Scene(Camera(FOCAL, HORIZON, EYE_M), Motion(forward_m_s=15.0), sky_confidence=1.0, ground_confidence=1.0)


def road(
    condition: Mapping[str, float],
    *,
    size: tuple[int, int] = (192, 108),
    index: int = 10,
    seed: int = 1,
    scene: Scene = ROAD,
    pixels: torch.Tensor | None = None,
) -> TranslateRequest:
    """A flat grey road below a blue sky, with exact maps; `size` is (width, height)."""
    width, height = size
    row = (torch.arange(height, dtype=torch.float32) + 0.5).div(height).view(1, height, 1).expand(1, height, width)
    sky = (row < HORIZON).to(torch.float32)
    if pixels is None:
        pixels = sky * torch.tensor([0.25, 0.55, 1.3]).view(3, 1, 1) + (1.0 - sky) * 0.2
    inverse = ((row - HORIZON) / (FOCAL * EYE_M)).clamp_min(0.0)
    maps = Maps(sky=sky.contiguous(), ground=(1.0 - sky).contiguous(), inverse_depth=inverse.contiguous())
    time = ShotTime(index, index / 25.0, 1 / 25.0)
    return TranslateRequest(
        frame=Frame(pixels.contiguous()),
        maps=maps,
        scene=scene,
        condition=Condition.of(condition).effective,
        time=time,
        seed=seed,
        full_height=height,
        pose=scene.motion.pose(time.seconds, scene.camera.horizon),
        pose_after=scene.motion.pose(time.seconds + time.frame_s, scene.camera.horizon),
    )


def seen(request: TranslateRequest) -> torch.Tensor:
    return Atmosphere(CPU).translate(request, CancelToken()).pixels


def luminance(x: torch.Tensor) -> torch.Tensor:
    return fields.luma(x)[0]
