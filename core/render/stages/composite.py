"""The mask mixes source and result in linear light; painting re-runs this and nothing before it."""

from __future__ import annotations

import torch

from core.frame import Frame


def composite(source: Frame, result: Frame, amount: float, mask: torch.Tensor) -> Frame:
    """Linear mix; exactly the source where `amount` times `mask` is 0, exactly the result where it is 1."""
    return source.with_pixels(torch.lerp(source.pixels, result.pixels, (mask * amount).expand_as(source.pixels)))
