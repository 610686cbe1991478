"""Which machine the light is computed on. Chosen once, by the composition root; everything else is told."""

from __future__ import annotations

from typing import Final

import torch

from core.errors import UsageError

IN_ORDER_OF_SPEED: Final = ("cuda", "mps", "cpu")


def device_named(name: str) -> torch.device:
    """The device a person asked for: `cuda`, `mps`, `cpu`, or `auto` for the fastest here. Raises `UsageError`."""
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(device for device in IN_ORDER_OF_SPEED if here[device]))
    if not here.get(name, False):
        raise UsageError(f"The device {name} is not available on this machine; use --device cpu or --device auto.")
    return torch.device(name)
