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
from core.document.model import AS_FOUND, Clip, Mask, SceneEdits, Stroke
from core.document.selectors import Selector
from core.extension.spec import MapKind, TranslatorSpec
from core.ids import ClipId, MediaId
from core.media.facts import MediaFacts
from core.render.keys import stage_key
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
    matte: Matte


@dataclass(frozen=True, slots=True)
class Selection:
    """Where the rule of a mask holds in a source frame."""

    key: str
    selector: Selector
    source: Decode
    analysis: Analysis | None
    """None where the rule reads the picture alone."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A frame of a matte that was brought along."""

    key: str
    source: Decode


@dataclass(frozen=True, slots=True)
class Locked:
    """A matte that was locked, as an 8-bit grey PNG."""

    key: str
    png: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """What was painted over a matte on its way, and at which frame."""

    frame: int
    name: str
    strokes: tuple[Stroke, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Carried:
    """A matte carried along the motion of a medium, from frame `root` to frame `source.frame`, one after the other."""

    key: str
    source: Decode
    """The frame it belongs to, at the size in which mattes are carried."""
    root: int
    begin: MaskNode | Locked
    """What it was at the root, from where every frame follows."""
    marks: tuple[Mark, ...]
    """From the root outwards, none beyond this frame."""
    at: Callable[[int], Carried] = field(repr=False, compare=False)
    """The same matte at a frame between the root (which is not one) and this one."""

    @property
    def step(self) -> int:
        """1 where it is carried forward, -1 where it is carried back."""
        return 1 if self.source.frame > self.root else -1

    @property
    def neighbour(self) -> Decode:
        """The frame one nearer to the root, which it comes from."""
        return self.at(self.source.frame - self.step).source

    @property
    def before(self) -> Carried | None:
        """The matte one frame nearer to the root; None where that is the root itself."""
        nearer = self.source.frame - self.step
        return None if nearer == self.root else self.at(nearer)


@dataclass(frozen=True, slots=True)
class MaskNode:
    """One mask at one frame: what is drawn, and what it is drawn over."""

    key: str
    mask: Mask
    """Still; without selector and following, which `under` stands for."""
    under: Selection | Brought | Locked | Carried | None
    beside: tuple[tuple[Decode, MaskNode], ...] = ()
    """The same mask at the frames about it, each with its picture, that are averaged into it."""
    here: Decode | None = None
    """The picture of its own frame, where others are averaged into it."""


@dataclass(frozen=True, slots=True)
class Matte:
    """The masks of a clip, to be joined; white where there is none."""

    key: str
    size: Size
    masks: tuple[MaskNode, ...]

    @property
    def is_alive(self) -> bool:
        """Whether making it takes more than drawing."""
        return any(node.under is not None or node.beside for node in self.masks)


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A source frame with the edge of its mask and the doubt about it, for the eye."""

    key: str
    source: Decode
    matte: Matte


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
Node = Pixels | Matte | DoubtView | MapView | Sample | Flicker
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
            case Layer.DOUBT:
                if isinstance(self.source, Black):
                    return self.source
                key = stage_key("doubt", 1, None, (self.source.key, self.matte.key))
                return DoubtView(key, self.source, self.matte)
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
