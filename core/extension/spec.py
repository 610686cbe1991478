"""What a translator declares: a `plugin.toml`, typed. Importable without torch, so a panel can list translators at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.ids import AxisId, TranslatorId


class MapKind(StrEnum):
    """A per-pixel analysis of the source that the planner can supply."""

    SKY = "sky"
    GROUND = "ground"
    DEPTH = "depth"
    FLOW = "flow"
    CLASSES = "classes"
    NORMALS = "normals"


class TemporalKind(StrEnum):
    FRAME = "frame"
    """Needs nothing but its own frame."""


@dataclass(frozen=True, slots=True)
class TranslatorSpec:
    """A `plugin.toml`, typed. Read without importing anything of the plugin."""

    id: TranslatorId
    version: str
    title: str
    entry: str
    """`module:factory` below the plugin's folder; the factory is called with the `torch.device`."""
    axes: tuple[AxisId, ...]
    analyses: tuple[MapKind, ...]
    temporal: TemporalKind = TemporalKind.FRAME
    size_multiple: int = 1
    """Sides must divide by this; the engine pads and crops."""
    api: int = 1
    folder: str = field(default="", compare=False)
