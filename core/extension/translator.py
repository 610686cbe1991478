"""What a translator is given, and what it gives back.

A translator is a function from one `TranslateRequest` to one `Frame`. It never sees keyframes, masks, files or other
frames than those it declared; everything it may depend on is in the request, and so in the cache key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch

from core.cancel import CancelToken
from core.condition import Condition
from core.frame import Frame
from core.scene import Scene


@dataclass(frozen=True, slots=True)
class Maps:
    """Analyses of one source frame at that frame's size, on its device; None where not declared.

    sky, ground:   (1, H, W) float32, soft matte 0..1.
    inverse_depth: (1, H, W) float32, 1/metre up to scale, 0 at infinity (sky).
    flow:          (2, H, W) float32, displacement in pixels (x, y) from this frame to the previous one: the point at p here
                   was at p + flow(p) there. Zero at the first frame and after a cut.
    """

    sky: torch.Tensor | None = None
    ground: torch.Tensor | None = None
    inverse_depth: torch.Tensor | None = None
    flow: torch.Tensor | None = None


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
    condition: Condition
    time: ShotTime
    seed: int
    full_height: int
    """Height of the source at full quality; sizes given in source pixels scale by frame.height / full_height."""


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
