"""What a mask may begin with instead of paint: a rule about the picture, a matte from elsewhere, or itself a frame before. Pure.

Numbers are those of the screen: hue in degrees, saturation and luminance 0..1 of the display codes of the source, so what is
picked in the viewer is what is meant; distance in metres along the view.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from math import isfinite
from typing import Final

from core.errors import EditRejected
from core.ids import MediaId
from core.timebase import ZERO, Time
from core.words import msg, tr


class SelectorKind(StrEnum):
    COLOR = "color"
    """A qualifier: hue, saturation and luminance, all of them."""
    LUMINANCE = "luminance"
    DEPTH = "depth"
    SKY = "sky"
    GROUND = "ground"
    FOLIAGE = "foliage"
    FILM = "film"
    """A matte brought along: its own light, frame by frame."""

    @property
    def label(self) -> str:
        return tr(TITLES[self])


TITLES: Final = {
    SelectorKind.COLOR: msg("Colour range"),
    SelectorKind.LUMINANCE: msg("Luminance range"),
    SelectorKind.DEPTH: msg("Depth range"),
    SelectorKind.SKY: msg("Sky"),
    SelectorKind.GROUND: msg("Ground"),
    SelectorKind.FOLIAGE: msg("Foliage"),
    SelectorKind.FILM: msg("Imported matte"),
}


@dataclass(frozen=True, slots=True)
class Range:
    """Full from `low` to `high`, fading to nothing over `soft` beyond either. A range of hues may pass 360."""

    low: float
    high: float
    soft: float = 0.0


WHEEL: Final = 360.0
FARTHEST_M: Final = 1000.0
"""A range that ends here has no end: the sky is in it."""
ALL_HUES: Final = Range(0.0, WHEEL)
ALL: Final = Range(0.0, 1.0)
ALL_DEPTHS: Final = Range(0.0, FARTHEST_M, 5.0)


@dataclass(frozen=True, slots=True)
class Selector:
    """A rule that says where a mask begins. Only the ranges of its kind count."""

    kind: SelectorKind
    hue: Range = ALL_HUES
    saturation: Range = ALL
    luminance: Range = ALL
    depth: Range = ALL_DEPTHS
    media: MediaId | None = None
    """The film of an imported matte."""
    offset: Time = ZERO
    """Added to an instant of the source: where that instant lies in the film."""

    @property
    def causes(self) -> Selector:
        """The same without what does not count for its kind."""
        counts = COUNTS[self.kind]
        plain = Selector(self.kind)
        return replace(self, **{f.name: getattr(plain, f.name) for f in fields(self) if f.name not in counts})


COUNTS: Final = {
    SelectorKind.COLOR: ("kind", "hue", "saturation", "luminance"),
    SelectorKind.LUMINANCE: ("kind", "luminance"),
    SelectorKind.DEPTH: ("kind", "depth"),
    SelectorKind.SKY: ("kind",),
    SelectorKind.GROUND: ("kind",),
    SelectorKind.FOLIAGE: ("kind",),
    SelectorKind.FILM: ("kind", "media", "offset"),
}


@dataclass(frozen=True, slots=True)
class LockedMatte:
    """What a mask is at one frame, whatever comes before it: an 8-bit grey PNG."""

    time: Time
    png: bytes


@dataclass(frozen=True, slots=True)
class Follow:
    """A mask that goes with what it was painted on, along the motion of the picture. Instants of the source.

    What belongs to no frame was painted at `start`. From there it is carried frame by frame to `first` and to `last`, and
    holds still beyond; what is painted on the way changes what lies farther on.
    """

    start: Time
    first: Time
    last: Time
    locked: tuple[LockedMatte, ...] = ()
    """Sorted by time, one per frame."""

    def locked_at(self, time: Time) -> LockedMatte | None:
        return next((each for each in self.locked if each.time == time), None)


DECIMALS: Final = 4
MOST_MATTE_BYTES: Final = 4_000_000


def checked(selector: Selector) -> Selector:
    """The selector on its grid. Raises `EditRejected` for a range that is none."""
    if selector.kind is SelectorKind.FILM and selector.media is None:
        raise EditRejected(tr("An imported matte needs its film."))
    return replace(
        selector,
        hue=_checked(selector.hue, tr("Hue"), WHEEL, turns=True),
        saturation=_checked(selector.saturation, tr("Saturation"), 1.0),
        luminance=_checked(selector.luminance, tr("Luminance"), 1.0),
        depth=_checked(selector.depth, tr("Depth"), FARTHEST_M),
    ).causes


def _checked(range_: Range, name: str, most: float, *, turns: bool = False) -> Range:
    low, high, soft = range_.low, range_.high, range_.soft
    if not all(map(isfinite, (low, high, soft))):
        raise EditRejected(tr("{name} must be numbers.", name=name))
    if turns:  # a wheel: any number is a hue; a full turn stays one
        span = min(max(high - low, 0.0), WHEEL)
        low %= WHEEL
        high = low + span
    elif low > high:
        raise EditRejected(tr("{name} begins at {low:g}, behind its end at {high:g}.", name=name, low=low, high=high))
    else:
        low, high = min(max(low, 0.0), most), min(max(high, 0.0), most)
    return Range(*(round(value, DECIMALS) + 0.0 for value in (low, high, min(max(soft, 0.0), most))))
