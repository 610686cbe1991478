"""Analyses between memory and disk: scene and tracking as JSON, maps as half-precision arrays, and maps fitted to a picture.

Maps are rounded to half precision when they are made, not when they are saved, so a map from disk has the very bits of a
fresh one. They are smaller than most pictures; mattes are given the edges of the picture they are fitted to, because a
soft edge lets the old sky through as a pale halo. Any thread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import cv2
import msgspec
import numpy as np
import torch
from torch.nn import functional

from core.analysis.guided import grey_model
from core.document.masks import paint
from core.document.model import Stroke
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.render.cache import Arrays
from core.render.keys import DECIMALS
from core.render.sizes import Size
from core.scene import Scene, Tracking

VERSION: Final = 3
"""Of the fitting of maps to a picture; the maps themselves are versioned by the analyser."""

FIELDS: Final = {
    MapKind.SKY: "sky",
    MapKind.GROUND: "ground",
    MapKind.DEPTH: "inverse_depth",
    MapKind.FLOW: "flow",
    MapKind.CLASSES: "classes",
    MapKind.NORMALS: "normals",
}
"""Where each kind lies in `Maps`."""


MATTES: Final = (MapKind.SKY, MapKind.GROUND)
SURFACES: Final = (MapKind.CLASSES, MapKind.NORMALS)
"""Maps of many planes, fitted to half the size of a picture."""
EDGE_RADIUS_PX: Final = 3
"""Half width, at the map's size, of the windows in which a matte follows the picture."""
EDGE_VARIANCE: Final = 4e-4
"""Of the guide; below it a window is plain and the matte stays as it is."""
NEVER_SKY: Final = 0.1
"""A matte below this is not even the soft border of a sky."""
SHOULDER: Final = 0.8
"""Light x guides as √(x / (1 + .8 x)), close to how bright it looks."""


def map_of(maps: Maps, kind: MapKind) -> torch.Tensor | None:
    """One map, (C, h, w) float16 on the CPU, as it is kept."""
    found: torch.Tensor | None = getattr(maps, FIELDS[kind])
    return None if found is None else found.detach().to("cpu", torch.float16).contiguous()


def maps_at_size(kept: dict[MapKind, torch.Tensor], picture: Frame) -> Maps:
    """Kept maps at the size of a picture, on its device.

    Mattes that grow take on the picture's edges; else bilinear, area where smaller. Flow is scaled to the picture's pixels.
    Surfaces come at half its size.
    """
    grows = any(plane.shape[2] < picture.width and plane.shape[1] < picture.height for plane in kept.values())
    guide = _guide(picture) if grows and not kept.keys().isdisjoint(MATTES) else None
    return Maps(**{FIELDS[kind]: _resized(plane, kind, picture, guide) for kind, plane in kept.items()})


def _resized(plane: torch.Tensor, kind: MapKind, picture: Frame, guide: torch.Tensor | None) -> torch.Tensor:
    was_height, was_width = plane.shape[1:]
    if guide is not None and kind in MATTES:
        return _with_edges(plane.float(), guide)
    full = plane.to(picture.device, torch.float32)
    size = half_of(picture.size) if kind in SURFACES else picture.size
    if (was_width, was_height) != size:
        full = at_size(full, size)
    if kind is MapKind.FLOW:
        ratio = torch.tensor([picture.width / was_width, picture.height / was_height], device=full.device)
        full = full * ratio.reshape(2, 1, 1)
    return full


def _guide(picture: Frame) -> torch.Tensor:
    """(1, H, W) 0..1: blue, in which skies stand out from whatever stands before them, and most ground from its verges."""
    light = picture.pixels[2:3].clamp_min(0.0)
    return (light / (1.0 + SHOULDER * light)).sqrt_()


def _with_edges(matte: torch.Tensor, guide: torch.Tensor) -> torch.Tensor:
    """A matte (1, h, w) on the CPU at the size of its guide (1, H, W), with the guide's edges, within 0..1."""
    small = at_size(guide, (matte.shape[2], matte.shape[1])).cpu()
    model = grey_model(matte[0].numpy(), small[0].numpy(), EDGE_RADIUS_PX, EDGE_VARIANCE)
    planes = torch.from_numpy(np.ascontiguousarray(model.transpose(2, 0, 1))).to(guide.device)
    a, b = at_size(planes, (guide.shape[2], guide.shape[1]))
    return torch.addcmul(b[None], a[None], guide).clamp_(0.0, 1.0)


def half_of(size: Size) -> Size:
    """Half of each side, rounded up."""
    return (size[0] + 1) // 2, (size[1] + 1) // 2


def at_size(planes: torch.Tensor, size: Size) -> torch.Tensor:
    """(C, h, w) float32 resampled: bilinear, area where smaller. OpenCV on the CPU is several times faster."""
    width, height = size
    shrinks = width < planes.shape[2] or height < planes.shape[1]
    if planes.device.type == "cpu":
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        resized = np.empty((planes.shape[0], height, width), np.float32)
        for plane, target in zip(planes.contiguous().numpy(), resized, strict=True):
            cv2.resize(plane, size, dst=target, interpolation=method)
        return torch.from_numpy(resized)
    return functional.interpolate(
        planes[None], (height, width), mode="bilinear", align_corners=False, antialias=shrinks
    )[0]


def with_whole_surfaces(maps: Maps, size: Size) -> Maps:
    """Maps whose surfaces are as large as the picture too, for a reader outside."""

    def whole(planes: torch.Tensor | None) -> torch.Tensor | None:
        return None if planes is None else at_size(planes, size)

    return replace(maps, classes=whole(maps.classes), normals=whole(maps.normals))


NEAR_M: Final = 3.0
"""White where depth is shown."""


def map_codes(maps: Maps, kind: MapKind) -> np.ndarray:
    """A matte, or depth, as (H, W) uint8 for the eye; depth by the root of nearness, so that far things still differ."""
    plane: torch.Tensor | None = getattr(maps, FIELDS[kind])
    if plane is None:
        raise ValueError(f"there is no {kind.value} map")
    shown = (plane[0] * NEAR_M).clamp(0.0, 1.0).sqrt() if kind is MapKind.DEPTH else plane[0].clamp(0.0, 1.0)
    return np.asarray((shown * 255.0 + 0.5).to(torch.uint8).cpu().numpy())


def with_painted_sky(maps: Maps, strokes: tuple[Stroke, ...]) -> Maps:
    """Maps at the size of a picture with strokes laid over their sky; the same where there is no sky map.

    What became sky is nothing else any more and lies at infinity. What no longer is sky stands where what is seen below it
    stands, for that is what it belongs to: a roof to its house.
    """
    if maps.sky is None:
        return maps
    found = maps.sky[0].cpu().numpy()
    sky = found.copy()
    paint(sky, strokes)
    share = np.where(sky > found, (1.0 - sky) / np.maximum(1.0 - found, 1e-6), 1.0)
    kept = torch.from_numpy(np.asarray(share.clip(0.0, 1.0), np.float32)).to(maps.sky.device)

    small = at_size(kept[None], half_of((kept.shape[1], kept.shape[0])))[0]

    def less(planes: torch.Tensor | None) -> torch.Tensor | None:
        return None if planes is None else planes * (kept if planes.shape[1:] == kept.shape else small)

    return replace(
        maps,
        sky=torch.from_numpy(sky)[None].to(maps.sky.device),
        ground=less(maps.ground),
        inverse_depth=less(_grounded(maps.inverse_depth, found, sky)),
        classes=less(maps.classes),
        normals=less(maps.normals),
    )


def _grounded(inverse_depth: torch.Tensor | None, found: np.ndarray, sky: np.ndarray) -> torch.Tensor | None:
    """Inverse depth (1, H, W) where sky became less: that of the nearest pixel below which never was sky."""
    if inverse_depth is None:
        return None
    gone = np.clip((found - sky) / np.maximum(found, 1e-6), 0.0, 1.0) * (sky < found)
    if not gone.any():
        return inverse_depth
    near = inverse_depth[0].cpu().numpy()
    height = near.shape[0]
    rows = np.where(found < NEVER_SKY, np.arange(height)[:, None], height)
    below = np.minimum.accumulate(rows[::-1])[::-1]
    stands = np.take_along_axis(near, np.minimum(below, height - 1), axis=0)
    mixed = np.where(below < height, near + gone * (stands - near), near)
    return torch.from_numpy(np.asarray(mixed, np.float32))[None].to(inverse_depth.device)


def scene_to_arrays(scene: Scene) -> Arrays:
    return {"scene": np.frombuffer(msgspec.json.encode(scene), np.uint8)}


def scene_from_arrays(arrays: Arrays) -> Scene | None:
    """None where the content is not a scene of this version."""
    try:
        return msgspec.json.decode(arrays["scene"].tobytes(), type=Scene)
    except (KeyError, msgspec.DecodeError, msgspec.ValidationError):
        return None


def rounded(tracking: Tracking) -> Tracking:
    """With numbers as they are kept, so that what comes from disk is what was made."""
    plain = msgspec.to_builtins(tracking, enc_hook=lambda number: number.item())  # whoever computed may leave NumPy's
    return msgspec.convert(_rounded(plain), Tracking)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, (list, tuple)) else value


def tracking_to_arrays(tracking: Tracking) -> Arrays:
    return {"tracking": np.frombuffer(msgspec.json.encode(tracking), np.uint8)}


def tracking_from_arrays(arrays: Arrays) -> Tracking | None:
    """None where the content is not a tracking of this version."""
    try:
        return msgspec.json.decode(arrays["tracking"].tobytes(), type=Tracking)
    except (KeyError, msgspec.DecodeError, msgspec.ValidationError):
        return None


def map_from_arrays(arrays: Arrays) -> torch.Tensor | None:
    plane = arrays.get("map")
    if plane is None or plane.ndim != 3 or plane.dtype != np.float16:
        return None
    return torch.from_numpy(plane)


def map_to_arrays(plane: torch.Tensor) -> Arrays:
    return {"map": plane.numpy()}
