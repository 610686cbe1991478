"""What a model can be for."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """One model of each may be in use."""

    DETECTOR = "detector"
    """Boxes of vehicles."""
    SEGMENTATION = "segmentation"
    """What each pixel is."""
    DEPTH = "depth"
    """Inverse depth, up to scale and shift."""
