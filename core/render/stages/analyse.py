"""Analyses between memory and disk: a scene as JSON, maps as half-precision arrays, and maps fitted to a picture.

Maps are rounded to half precision when they are made, not when they are saved, so a map from disk has the very bits of a
fresh one.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import torch
from torch.nn import functional

from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.render.cache import Arrays
from core.render.sizes import Size
from core.scene import Scene

VERSION: Final = 1
"""Of the fitting of maps to a picture; the maps themselves are versioned by the analyser."""

FIELDS: Final = {
    MapKind.SKY: "sky",
    MapKind.GROUND: "ground",
    MapKind.DEPTH: "inverse_depth",
    MapKind.FLOW: "flow",
}
"""Where each kind lies in `Maps`."""


def map_of(maps: Maps, kind: MapKind) -> torch.Tensor | None:
    """One map, (C, h, w) float16 on the CPU, as it is kept."""
    found: torch.Tensor | None = getattr(maps, FIELDS[kind])
    return None if found is None else found.detach().to("cpu", torch.float16).contiguous()


def maps_at_size(kept: dict[MapKind, torch.Tensor], size: Size, device: torch.device) -> Maps:
    """Kept maps resampled to a picture (bilinear, area where smaller); flow is scaled to that picture's pixels."""
    return Maps(**{FIELDS[kind]: _resized(plane, kind, size, device) for kind, plane in kept.items()})


def _resized(plane: torch.Tensor, kind: MapKind, size: Size, device: torch.device) -> torch.Tensor:
    width, height = size
    full = plane.to(device, torch.float32)
    was_height, was_width = full.shape[1:]
    if (was_width, was_height) != size:
        shrinks = width < was_width or height < was_height
        full = functional.interpolate(
            full[None], (height, width), mode="bilinear", align_corners=False, antialias=shrinks
        )[0]
    if kind is MapKind.FLOW:
        full = full * torch.tensor([width / was_width, height / was_height], device=device).reshape(2, 1, 1)
    return full


def scene_to_arrays(scene: Scene) -> Arrays:
    return {"scene": np.frombuffer(msgspec.json.encode(scene), np.uint8)}


def scene_from_arrays(arrays: Arrays) -> Scene | None:
    """None where the content is not a scene of this version."""
    try:
        return msgspec.json.decode(arrays["scene"].tobytes(), type=Scene)
    except (KeyError, msgspec.DecodeError, msgspec.ValidationError):
        return None


def map_from_arrays(arrays: Arrays) -> torch.Tensor | None:
    plane = arrays.get("map")
    if plane is None or plane.ndim != 3 or plane.dtype != np.float16:
        return None
    return torch.from_numpy(plane)


def map_to_arrays(plane: torch.Tensor) -> Arrays:
    return {"map": plane.numpy()}
