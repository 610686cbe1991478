"""The mask mixes source and result in linear light; painting re-runs this and nothing before it."""

from __future__ import annotations

import torch

from core.document.masks import combined
from core.document.model import Mask
from core.frame import Frame
from core.render.sizes import Size


def matte(masks: tuple[Mask, ...], size: Size, device: torch.device) -> torch.Tensor:
    """(1, H, W) float32, 0 where the look may not act, 1 where it acts fully; all 1 without masks. Feather and opacity are in."""
    width, height = size
    drawn = combined(masks, width, height)
    if drawn is None:
        return torch.ones((1, height, width), device=device)
    return torch.from_numpy(drawn).to(device)[None]


def composite(source: Frame, result: Frame, amount: float, mask: torch.Tensor) -> Frame:
    """Linear mix; exactly the source where `amount` times `mask` is 0, exactly the result where it is 1."""
    return source.with_pixels(torch.lerp(source.pixels, result.pixels, (mask * amount).expand_as(source.pixels)))
