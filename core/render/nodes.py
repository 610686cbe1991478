"""The tree of what a picture is made of: each node names one result by its causes. Values only; plan.py makes them.

Decode ── Translate ── Composite        Sample(t-1), Sample(t), Sample(t+1) ── Flicker
   └── Analysis ┘ (maps, scene)         where Sample = reduced source and result of one frame
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from core.condition import Condition
from core.document.model import AS_FOUND, Clip, Mask, SceneEdits
from core.extension.spec import MapKind, TranslatorSpec
from core.ids import ClipId, MediaId
from core.media.facts import MediaFacts
from core.render.messages import Layer
from core.render.sizes import Size
from core.timebase import Time


@dataclass(frozen=True, slots=True)
class Black:
    """Nothing lies on the timeline here."""

    key: str
    size: Size


@dataclass(frozen=True, slots=True)
class Decode:
    """A source frame in the working space at the working size."""

    key: str
    facts: MediaFacts = field(repr=False)
    frame: int
    size: Size
    proxy: str = ""
    """The path of the proxy it is read from; empty where it is read from the source."""

    @property
    def media(self) -> MediaId:
        return self.facts.id


@dataclass(frozen=True, slots=True)
class Analysis:
    """The scene of a shot and the maps of one of its frames: what is found, and what was said of it.

    What is found is named by the medium alone, so no edit and no size reaches it. Of what was said a map's name holds the part
    that changes the map.
    """

    scene_key: str
    tracking_key: str
    """Empty where the shot is shown without its tracking."""
    maps: tuple[tuple[MapKind, str], ...]
    """Kind and name of each map that is needed."""
    facts: MediaFacts = field(repr=False)
    frame: int
    said: SceneEdits = field(default=AS_FOUND, repr=False)
    painting: str = ""
    """Names what was painted over the sky; empty where nothing was."""
    proxy: str = ""
    """The path of the proxy that the maps are made from; the scene and the tracking are always the source's."""

    @property
    def aspect(self) -> float:
        return self.facts.video.width / self.facts.video.height


@dataclass(frozen=True, slots=True)
class Translate:
    """The frame under a condition. `condition` holds only axes the translator answers to, and is not neutral."""

    key: str
    source: Decode
    analysis: Analysis
    spec: TranslatorSpec
    condition: Condition
    seed: int
    time: Time
    duration: Time


@dataclass(frozen=True, slots=True)
class Composite:
    """What lies under a look and what the look makes of it, mixed by mask and amount, in linear light."""

    key: str
    source: Decode
    below: Pixels
    """The source itself but where an adjustment clip lies over another look."""
    result: Pixels
    amount: float
    masks: tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class Matte:
    """The combined mask of a clip by itself; white where there is no mask."""

    key: str
    size: Size
    masks: tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class MapView:
    """One map of a frame, for the eye."""

    key: str
    source: Decode
    analysis: Analysis
    kind: MapKind


@dataclass(frozen=True, slots=True)
class Sample:
    """What the flicker measure keeps of one frame."""

    key: str
    source: Decode
    result: Pixels


@dataclass(frozen=True, slots=True)
class Flicker:
    """The flicker of a frame against its neighbours on the source axis."""

    key: str
    before: Sample | None
    here: Sample
    after: Sample | None
    size: Size


Pixels = Black | Decode | Translate | Composite
Node = Pixels | Matte | MapView | Sample | Flicker
MAP_LAYERS: Final = {Layer.SKY: MapKind.SKY, Layer.GROUND: MapKind.GROUND, Layer.DEPTH: MapKind.DEPTH}


@dataclass(frozen=True)
class FramePlan:
    """Everything that one instant of the timeline can show, named. Building `flicker` costs nothing until it is read."""

    time: Time
    clip: Clip | None
    source: Decode | Black
    result: Pixels
    matte: Matte
    _flicker: Callable[[], Flicker | None] = field(repr=False, compare=False)
    _map: Callable[[MapKind], MapView | None] = field(repr=False, compare=False)

    @cached_property
    def flicker(self) -> Flicker | None:
        """None where the timeline is empty."""
        return self._flicker()

    def layer(self, layer: Layer) -> Node | None:
        match layer:
            case Layer.SOURCE:
                return self.source
            case Layer.RESULT:
                return self.result
            case Layer.MATTE:
                return self.matte
            case Layer.FLICKER:
                return self.flicker
            case Layer.SKY | Layer.GROUND | Layer.DEPTH:
                return self._map(MAP_LAYERS[layer])

    @property
    def translation(self) -> Translate | None:
        """The expensive part, or None where the result is the source."""
        return translation_of(self.result)

    @property
    def clip_id(self) -> ClipId | None:
        return None if self.clip is None else self.clip.id

    @property
    def frame(self) -> int | None:
        return None if isinstance(self.source, Black) else self.source.frame


def translation_of(node: Pixels) -> Translate | None:
    match node:
        case Translate():
            return node
        case Composite():
            return translation_of(node.result) or translation_of(node.below)
        case _:
            return None
