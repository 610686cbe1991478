"""What a translator is given, and what it gives back.

A translator is a function from one `TranslateRequest` to one `Frame`. It never sees keyframes, masks, files or other
frames than those it declared; everything it may depend on is in the request, and so in the cache key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch

from core.camera import Pose
from core.cancel import CancelToken
from core.condition import Condition
from core.frame import Frame
from core.objects import PlacedObject
from core.scene import Scene


@dataclass(frozen=True, slots=True)
class Maps:
    """Analyses of one source frame at that frame's size, on its device; None where not declared.

    sky, ground:   (1, H, W) float32, soft matte 0..1.
    inverse_depth: (1, H, W) float32, 1/metre up to scale, 0 at infinity (sky).
    flow:          (2, H, W) float32, displacement in pixels (x, y) from this frame to the previous one: the point at p here
                   was at p + flow(p) there. Zero at the first frame and after a cut.
    classes:       (8, H, W) float32, soft probability 0..1 of each `core.scene.SurfaceClass`, in its order; sums to at most 1.
    normals:       (3, H, W) float32, unit normal in the camera frame (right, up, towards ahead); zero where there is sky.
    """

    sky: torch.Tensor | None = None
    ground: torch.Tensor | None = None
    inverse_depth: torch.Tensor | None = None
    flow: torch.Tensor | None = None
    classes: torch.Tensor | None = None
    normals: torch.Tensor | None = None


@dataclass(frozen=True, slots=True)
class ShotTime:
    """Where a frame stands. Anything that varies in time must follow from these, never from call order."""

    index: int
    """Source frame number, from 0."""
    seconds: float
    """Source time from the first frame."""
    frame_s: float
    """Length of a frame, seconds: the shutter's upper bound."""


@dataclass(frozen=True, slots=True)
class TranslateRequest:
    """All that a picture may depend on. `condition` is effective, quantised and never neutral."""

    frame: Frame
    maps: Maps
    scene: Scene
    """The shot, its camera as it is at this frame."""
    condition: Condition
    time: ShotTime
    seed: int
    full_height: int
    """Height of the source at full quality; sizes given in source pixels scale by frame.height / full_height."""
    pose: Pose = Pose()
    """Where the camera is. Whatever stands in the world is anchored by this, never by time."""
    pose_after: Pose = Pose()
    """One frame later: the shutter is open somewhere between the two."""
    objects: tuple[PlacedObject, ...] = ()
    """Lights and vehicles in front of the lens, farthest first."""


class Translator(Protocol):
    """Engine thread. Built by the plugin's factory; holds weights and tables, never state of earlier frames."""

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        """The frame under the condition: same size, working space, finite, not negative; never writes its input.

        Raises `Cancelled` soon after the token is set.
        """
        ...

    def close(self) -> None:
        """Give memory back."""
        ...
