"""Tables that follow from small values alone (a lens, a size, a seed) and are kept while they are in use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

import torch

from core.camera import Camera
from plugins.atmosphere.noise import Noise
from plugins.atmosphere.view import Rays, View

T = TypeVar("T")
KEPT = 40


class Tables:
    """A small least-recently-used store on one device. Never holds anything of a frame."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The table of this key, made if it is not there."""
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            self._kept[key] = make()
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]  # type: ignore[return-value]

    def view(self, camera: Camera, height: int, width: int) -> View:
        """A view of this frame's camera. Only what its lens gives is kept: the tilt is another in every frame."""
        focal = camera.focal
        rays = self.get(("rays", focal, height, width), lambda: Rays.of(focal, height, width, self.device))
        return View(height, width, camera, rays)

    def noise(self) -> Noise:
        """The one texture of clouds, banks, puddles and drifts. A seed re-deals drops; it does not move the weather."""
        return self.get("noise", lambda: Noise(self.device))

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        self._kept.clear()
