"""The plan of a matte: its masks as they are at a frame, and what each of them is drawn over. Pure, as plan.py.

A mask that follows is a chain of frames from where it was painted, or locked, outwards. The name of a link holds what was
painted between the root and it, and nothing beyond: so what is corrected on one frame renames only what follows.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from core.analysis.carry import LONG_SIDE_PX
from core.analysis.carry import VERSION as CARRY_VERSION
from core.document.masks import MATTE_VERSION, mask_digest, masks_at
from core.document.model import Mask, SceneEdits, Stroke
from core.document.selectors import Follow, Selector, SelectorKind
from core.errors import MediaError
from core.extension.spec import MapKind
from core.frame_times import FrameTimes
from core.ids import MaskId
from core.media.facts import MediaFacts, VideoFacts
from core.render.keys import stage_key
from core.render.media_plan import PlanParams, analysis_of, decode_of
from core.render.nodes import Brought, Carried, Decode, Locked, Mark, MaskNode, Matte, Selection
from core.render.sizes import Size
from core.timebase import Time
from core.words import tr

VERSION: Final = 1
SELECT_VERSION: Final = 1
"""Raised by whoever changes the pixels of a selection."""

NEEDS: Final = {
    SelectorKind.DEPTH: (MapKind.DEPTH,),
    SelectorKind.SKY: (MapKind.SKY,),
    SelectorKind.GROUND: (MapKind.GROUND,),
    SelectorKind.FOLIAGE: (MapKind.CLASSES,),
}
"""The maps that a kind of selector reads; the others read the picture."""

STEADY_LONG_SIDE_PX: Final = 480
"""Of the pictures by whose motion mattes are averaged."""


def white(size: Size) -> Matte:
    """Where there is no mask a look acts everywhere."""
    return Matte(stage_key("matte", VERSION, ["", size]), size, ())


def plan_matte(
    masks: tuple[Mask, ...],
    instant: Time,
    source: Decode,
    said: SceneEdits,
    index: FrameTimes,
    params: PlanParams,
    films: tuple[MediaFacts, ...] = (),
) -> Matte:
    """The enabled `masks` of a clip at an `instant` of its source, over a frame of a medium, at the size of that.

    Of an adjustment clip the two run in times of their own. `films` are the media that mattes may come from.
    """
    planner = _Planner(instant, source, said, index, params, films)
    nodes = tuple(planner.steadied(mask, source) for mask in masks if mask.is_enabled)
    if not nodes:
        return white(source.size)
    names = [(node.mask.operation, node.key) for node in nodes]
    return Matte(stage_key("matte", VERSION, [names, source.size]), source.size, nodes)


def carry_size(video: VideoFacts, long_side_px: int = LONG_SIDE_PX) -> Size:
    """(width, height) of the frames that mattes are carried over, whatever the size of a preview."""
    scale = min(1.0, long_side_px / max(video.width, video.height))
    return max(1, round(video.width * scale)), max(1, round(video.height * scale))


def plan_chains(
    mask: Mask,
    source: Decode,
    said: SceneEdits,
    index: FrameTimes,
    params: PlanParams,
    films: tuple[MediaFacts, ...] = (),
) -> tuple[Carried, ...]:
    """The last links of all chains of a mask that follows: made one after the other, they hold every frame it reaches."""
    if mask.follow is None:
        return ()
    planner = _Planner(mask.follow.start, source, said, index, params, films)
    return planner.chains(mask, mask.follow)


class _Planner:
    """Masks at the frames of one medium."""

    def __init__(
        self,
        instant: Time,
        source: Decode,
        said: SceneEdits,
        index: FrameTimes,
        params: PlanParams,
        films: tuple[MediaFacts, ...],
    ) -> None:
        self._facts, self._proxy, self._instant = source.facts, source.proxy, instant
        self._said, self._index, self._params, self._films = said, index, params, films

    def steadied(self, mask: Mask, source: Decode) -> MaskNode:
        """A mask averaged over the frames about it, if that is asked for."""
        node = self._mask(mask, source)
        if mask.steady == 0 or node.under is None:
            return node
        about = range(source.frame - mask.steady, source.frame + mask.steady + 1)
        frames = [n for n in about if 0 <= n < self._index.count and n != source.frame]
        beside = tuple((self._small(n), self._mask(mask, self._decode(n, source.size))) for n in frames)
        names = tuple(each.key for _, each in beside)
        here = self._small(source.frame)
        return replace(
            node, key=stage_key("steady", VERSION, None, (node.key, here.key, *names)), beside=beside, here=here
        )

    def _mask(self, mask: Mask, source: Decode) -> MaskNode:
        if mask.follow is None:
            return self._drawn(mask, mask.strokes, source, self._instant)
        return self._following(mask, mask.follow, source)

    def _drawn(self, mask: Mask, strokes: tuple[Stroke, ...], source: Decode, time: Time) -> MaskNode:
        """Strokes and shapes as they are at an instant, over what the rule of the mask selects in a frame."""
        under = None if mask.selector is None else self._selection(mask.selector, source)
        (still,) = masks_at((replace(mask, strokes=strokes, selector=None, follow=None, steady=0),), time)
        return _node(still, under)

    def _selection(self, selector: Selector, source: Decode) -> Selection | Brought:
        if selector.kind is SelectorKind.FILM:
            return self._brought(selector, source)
        kinds = NEEDS.get(selector.kind, ())
        analysis = analysis_of(source.facts, source.frame, kinds, self._params, self._said) if kinds else None
        maps = () if analysis is None else tuple(name for _, name in analysis.maps)
        painting = "" if analysis is None else analysis.painting
        key = stage_key("selection", SELECT_VERSION, [selector.causes, painting], (source.key, *maps))
        return Selection(key, selector, source, analysis)

    def _brought(self, selector: Selector, source: Decode) -> Brought:
        facts = next((each for each in self._films if each.id == selector.media), None)
        if facts is None:
            raise MediaError(tr("The film of an imported matte is not in the project; add the file again."))
        index = self._params.index_of(facts)
        frame = index.frame_at(self._index.time_of(source.frame) + selector.offset)
        picture = decode_of(facts, frame, source.size, self._params.source_version)
        return Brought(stage_key("brought", VERSION, None, (picture.key,)), picture)

    # ---- masks that follow ----------------------------------------------------------------------------------------

    def _following(self, mask: Mask, follow: Follow, source: Decode) -> MaskNode:
        frame_at = self._index.frame_at
        start = frame_at(follow.start)
        here = min(max(source.frame, frame_at(follow.first)), frame_at(follow.last))
        if (png := self._locks(follow).get(here)) is not None:
            return _node(_bare(mask), _locked(png))
        if here == start:
            strokes = _by_frame(mask.strokes, start, frame_at).get(start, ())
            return self._drawn(mask, strokes, self._decode(start, source.size), follow.start)
        return _node(_bare(mask), self._nearest(self._link(mask, follow, here)))

    def chains(self, mask: Mask, follow: Follow) -> tuple[Carried, ...]:
        """From the start forward to the last frame, then back to the first; each ends before a locked frame, or there."""
        start, first, last = (self._index.frame_at(time) for time in (follow.start, follow.first, follow.last))
        locked = sorted(self._locks(follow))
        ahead = [*(frame - 1 for frame in locked if start < frame <= last), last]
        behind = [*(frame + 1 for frame in reversed(locked) if first <= frame < start), first]
        ends = [
            *dict.fromkeys(end for end in ahead if end > start and end not in locked),
            *dict.fromkeys(end for end in behind if end < start and end not in locked),
        ]
        return tuple(self._link(mask, follow, end) for end in ends)

    def _locks(self, follow: Follow) -> dict[int, bytes]:
        return {self._index.frame_at(each.time): each.png for each in follow.locked}

    def _link(self, mask: Mask, follow: Follow, here: int) -> Carried:
        """A frame that is neither the start nor locked, from the nearest that is."""
        start, locked = self._index.frame_at(follow.start), self._locks(follow)
        painted = _by_frame(mask.strokes, start, self._index.frame_at)
        step = 1 if here > start else -1
        roots = [frame for frame in locked if min(start, here) < frame < max(start, here)]
        root = max(roots, key=lambda frame: frame * step, default=start)
        size = carry_size(self._facts.video)
        begin: MaskNode | Locked
        if root in locked:
            begin = _locked(locked[root])
        else:
            picture = self._decode(start, size, proxy="")
            begin = self._drawn(_unfinished(mask), painted.get(start, ()), picture, follow.start)
        marks = tuple(
            Mark(frame, _name_of(painted[frame]), painted[frame])
            for frame in sorted(painted, key=lambda frame: frame * step)
            if root * step < frame * step <= here * step
        )
        return self._chain(root, begin, marks, here, size)

    def _chain(self, root: int, begin: MaskNode | Locked, marks: tuple[Mark, ...], here: int, size: Size) -> Carried:
        step = 1 if here > root else -1

        def at(frame: int) -> Carried:
            passed = tuple(mark for mark in marks if mark.frame * step <= frame * step)
            names = [frame, root, [(mark.frame, mark.name) for mark in passed]]
            source = self._decode(frame, size, proxy="")
            key = stage_key("carried", f"{CARRY_VERSION}/{MATTE_VERSION}", names, (begin.key, source.key))
            return Carried(key, source, root, begin, passed, at)

        return at(here)

    def _nearest(self, wanted: Carried) -> Carried:
        """The farthest link that is at hand: they are made from the root outwards, so what is there lies together."""
        if self._params.is_carried(wanted.key):
            return wanted
        root, count = wanted.root, abs(wanted.source.frame - wanted.root)
        missing = bisect_left(
            range(1, count), True, key=lambda n: not self._params.is_carried(wanted.at(root + n * wanted.step).key)
        )
        return wanted.at(root + missing * wanted.step) if missing > 0 else wanted.at(root + wanted.step)

    # ---- pictures -------------------------------------------------------------------------------------------------

    def _decode(self, frame: int, size: Size, proxy: str | None = None) -> Decode:
        through = self._proxy if proxy is None else proxy
        return decode_of(self._facts, frame, size, self._params.source_version, through)

    def _small(self, frame: int) -> Decode:
        return self._decode(frame, carry_size(self._facts.video, STEADY_LONG_SIDE_PX))


def _node(mask: Mask, under: Selection | Brought | Locked | Carried | None) -> MaskNode:
    names = () if under is None else (under.key,)
    return MaskNode(stage_key("mask", MATTE_VERSION, mask_digest((mask,)), names), mask, under)


def _name_of(strokes: tuple[Stroke, ...]) -> str:
    return mask_digest((Mask(MaskId(""), "", strokes),))


def _locked(png: bytes) -> Locked:
    return Locked(stage_key("locked", VERSION, hashlib.blake2b(png).hexdigest()), png)


def _bare(mask: Mask) -> Mask:
    """A mask without what it is drawn of: how it is grown, softened, turned and let through is left."""
    return replace(mask, strokes=(), shapes=(), selector=None, follow=None, steady=0)


def _unfinished(mask: Mask) -> Mask:
    """The rest of it: what is carried along. The finish comes where it is used."""
    return Mask(mask.id, "", shapes=mask.shapes, selector=mask.selector)


def _by_frame(
    strokes: tuple[Stroke, ...], start: int, frame_at: Callable[[Time], int]
) -> dict[int, tuple[Stroke, ...]]:
    """Strokes by the frame they were painted on; those of no frame belong to the start."""
    found: dict[int, tuple[Stroke, ...]] = {}
    for stroke in strokes:
        frame = start if stroke.at is None else frame_at(stroke.at)
        found[frame] = (*found.get(frame, ()), replace(stroke, at=None))
    return found
