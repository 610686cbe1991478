"""What a translator is given, and what it gives back.

A translator is a function from one `TranslateRequest` to one `Frame`. It never sees keyframes, masks, files or other
frames than those it declared; everything it may depend on is in the request, and so in the cache key.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
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
    """Analyses of one source frame, on its device; None where not declared.

    At that frame's size, but for the surfaces: eleven planes that know no finer edges than half of it, rounded up (h, w).

    sky, ground:   (1, H, W) float32, soft matte 0..1.
    inverse_depth: (1, H, W) float32, 1/metre up to scale, 0 at infinity (sky).
    flow:          (2, H, W) float32, displacement in pixels (x, y) from this frame to the previous one: the point at p here
                   was at p + flow(p) there. Zero at the first frame and after a cut.
    classes:       (8, h, w) float32, soft probability 0..1 of each `core.scene.SurfaceClass`, in its order; sums to at most 1.
    normals:       (3, h, w) float32, unit normal in the camera frame (right, up, towards ahead); zero where there is sky.
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


class Pass(StrEnum):
    """What a part of a look does to a picture. The passes of a frame add up to its whole change."""

    SKY = "sky"
    """The new sky, and the old one's light taken out of what stands before it."""
    LIGHT = "light"
    """Relighting, and all lamps."""
    AIR = "air"
    """Haze and fog, added or removed."""
    COVER = "cover"
    """What lies on things or changes them: water, snow, the season's leaves."""
    PRECIPITATION = "precipitation"
    """Rain and snow in the air."""
    GLOW = "glow"
    """Bloom and halation."""
    CAMERA = "camera"
    """Night vision, balance, exposure, grain."""
    REST = "rest"
    """Whatever a translator does not tell apart."""


class LayerTap:
    """Takes a look apart while it is made. For one frame; on the thread that translates."""

    def __init__(self, source: torch.Tensor) -> None:
        """`source` is the picture before anything was done, (3, H, W)."""
        self._last = source.clone()
        self._passes: dict[Pass, torch.Tensor] = {}

    def take(self, name: Pass, picture: torch.Tensor, sky: torch.Tensor | None = None) -> None:
        """Book what has changed since the last call on this pass. `picture` is copied: it may go on changing.

        `sky` is the matte (1, H, W) of what a new sky will hide: what is done behind it counts as the sky's.
        """
        change = picture - self._last
        self._last.copy_(picture)
        if sky is not None and name is not Pass.SKY:
            behind = change * sky
            self._book(Pass.SKY, behind)
            change -= behind
        self._book(name, change)

    def _book(self, name: Pass, change: torch.Tensor) -> None:
        if name in self._passes:
            self._passes[name] += change
        else:
            self._passes[name] = change

    def change(self, name: Pass) -> torch.Tensor:
        """What a pass did, signed, (3, H, W); source + the sum of all is the result, to float rounding."""
        return self._passes.get(name, torch.zeros_like(self._last))


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
    layers: LayerTap | None = None
    """Where the picture is asked for in passes: hand it the running picture after each stage. Changes nothing else."""


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
