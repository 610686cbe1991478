"""What a model can be for."""

from __future__ import annotations

from enum import StrEnum

from core.words import msg


class Task(StrEnum):
    """One model of each may be in use."""

    DETECTOR = msg("detector")
    """Boxes of vehicles."""
    SEGMENTATION = msg("segmentation")
    """What each pixel is."""
    DEPTH = msg("depth")
    """Inverse depth, up to scale and shift."""
