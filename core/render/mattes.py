"""Mattes made: masks drawn over what they begin with, carried along the picture, averaged, joined. Engine thread.

A carried matte is kept as two small PNGs, in memory and on disk, rounded when it is made: so a chain goes on from either with
the same bits, and holds no more than two frames at a time however long it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import torch

from core.analysis import carry
from core.analysis.appearance import Appearance
from core.analysis.flow import FlowPreset, consistency, dis_flow, warp
from core.cancel import CancelToken
from core.document.masks import Matte as Plane
from core.document.masks import drawn, finished, joined, paint
from core.document.model import Stroke, StrokeMode
from core.extension.translator import Maps
from core.ids import MediaId
from core.render.cache import Place
from core.render.nodes import Brought, Carried, Decode, Locked, MaskNode, Matte, Selection
from core.render.services import Services
from core.render.sizes import Size
from core.render.sources import Sources
from core.render.stages.carried import CarriedMatte, fitted, unpacked
from core.render.stages.select import selected

BACKWARD_FRAMES: Final = 12
"""Frames read ahead of a chain that runs backward: decoders read forward."""


class Mattes:
    """Makes the mattes that a plan names."""

    def __init__(self, services: Services, sources: Sources) -> None:
        self._services, self._sources, self._cache = services, sources, services.cache
        self._seen: dict[str, Appearance] = {}
        """The last pictures looked at, by name."""

    def matte(self, node: Matte, cancel: CancelToken) -> torch.Tensor:
        """(1, H, W) float32 on the device, 0 where a look may not act, 1 where it acts fully. Raises `MediaError`, `Cancelled`."""
        kept = self._cache.results.get(node.key) if node.is_alive else None
        if isinstance(kept, torch.Tensor):
            return kept
        width, height = node.size
        plane = joined((each.mask.operation, self._mask(each, node.size, cancel)) for each in node.masks)
        if plane is None:
            return torch.ones((1, height, width), device=self._services.device)
        made = torch.from_numpy(plane).to(self._services.device)[None]
        if node.is_alive:
            cancel.check()
            self._cache.results.put(node.key, made, _place(node))
        return made

    def unfinished(self, node: MaskNode, size: Size, cancel: CancelToken) -> Plane:
        """One mask as it was painted and carried, not yet grown, softened or turned. (H, W) 0..1. Raises as `matte`."""
        return self._laid(node, size, cancel)

    def doubt(self, node: Matte, cancel: CancelToken) -> Plane:
        """(H, W) 0..1 at the size of a matte: how little following says of where its edge is. Raises as `matte`."""
        width, height = node.size
        doubt = np.zeros((height, width), np.float32)
        for each in node.masks:
            if isinstance(each.under, Carried):
                confidence = self.carried(each.under, cancel).as_planes.confidence
                np.maximum(doubt, 1.0 - fitted(confidence, node.size), out=doubt)
        return doubt

    def _mask(self, node: MaskNode, size: Size, cancel: CancelToken) -> Plane:
        """One finished mask."""
        under = self._laid(node, size, cancel)
        if node.beside and node.here is not None:
            under = self._steadied(under, node, size, cancel)
        return finished(node.mask, under)

    def _laid(self, node: MaskNode, size: Size, cancel: CancelToken) -> Plane:
        """Strokes and shapes over what lies under them, a plane of its own."""
        return drawn(node.mask, self._under(node, size, cancel))

    def _under(self, node: MaskNode, size: Size, cancel: CancelToken) -> Plane:
        width, height = size
        match node.under:
            case None:
                return np.zeros((height, width), np.float32)
            case Selection():
                return self._selected(node.under, cancel)
            case Brought():
                return self._brought(node.under, cancel)
            case Locked():
                return fitted(unpacked(node.under.png), size)
            case Carried():
                return fitted(self.carried(node.under, cancel).shown, size)

    def _selected(self, node: Selection, cancel: CancelToken) -> Plane:
        maps = Maps() if node.analysis is None else self._sources.maps(node.analysis, node.source, cancel)
        bgra = self._services.color.to_display(self._sources.decoded(node.source, cancel))
        return np.array(selected(node.selector, bgra, maps), np.float32)

    def _brought(self, node: Brought, cancel: CancelToken) -> Plane:
        """The green of the film's own numbers: of a grey film its grey, untouched by any transform."""
        pixels = self._sources.picture(node.source, cancel).pixels
        scale = {"uint8": 255.0, "uint16": 65535.0}.get(pixels.dtype.name, 1.0)
        return np.array(np.clip(pixels[..., 1] / np.float32(scale), 0.0, 1.0), np.float32)

    def _steadied(self, here: Plane, node: MaskNode, size: Size, cancel: CancelToken) -> Plane:
        """Averaged with the frames about it, each laid over this one by the motion between them, as far as that holds."""
        assert node.here is not None
        now = self._appearance(node.here, cancel)
        total, weight = here.copy(), np.ones_like(here)
        for decode, other in node.beside:
            plane = self._laid(other, size, cancel)
            then = self._appearance(decode, cancel)
            flow, back = (dis_flow(a.grey, b.grey, FlowPreset.FAST) for a, b in ((now, then), (then, now)))
            ratio = np.array([size[0] / now.width, size[1] / now.height], np.float32)
            large = np.asarray(cv2.resize(flow, size, interpolation=cv2.INTER_LINEAR) * ratio, np.float32)
            trust = fitted(consistency(flow, back), size)
            total += warp(plane, large) * trust
            weight += trust
        return np.asarray(total / weight, np.float32)

    # ---- mattes that are carried ----------------------------------------------------------------------------------

    def is_carried(self, key: str) -> bool:
        """Whether a link is at hand."""
        return key in self._cache.results or self._cache.disk.has(key)

    def carried(self, node: Carried, cancel: CancelToken) -> CarriedMatte:
        """A link; what is missing on the way from the root is made. Raises `MediaError`, `Cancelled`."""
        missing: list[Carried] = []
        link: Carried | None = node
        last: CarriedMatte | None = None
        while link is not None and (last := self._kept(link)) is None:
            missing.append(link)
            link = link.before
        last = last or self._begun(node, cancel)
        while missing:
            link = missing.pop()
            self._read_back(link, cancel)
            last = self._made(link, last, cancel)
        return last

    def _kept(self, node: Carried) -> CarriedMatte | None:
        kept = self._cache.results.get(node.key)
        if isinstance(kept, CarriedMatte):
            return kept
        arrays = self._cache.disk.get(node.key)
        found = CarriedMatte.from_arrays(arrays) if arrays else None
        if found is not None:
            self._cache.results.put(node.key, found, Place(node.source.media, node.source.frame))
        return found

    def _begun(self, node: Carried, cancel: CancelToken) -> CarriedMatte:
        size = node.source.size
        if isinstance(node.begin, Locked):
            plane = fitted(unpacked(node.begin.png), size)
        else:
            plane = np.clip(self._laid(node.begin, size, cancel), 0.0, 1.0)
        return CarriedMatte.of(carry.painted(plane), carry.softness_of(plane))

    def _made(self, node: Carried, last: CarriedMatte, cancel: CancelToken) -> CarriedMatte:
        """One link from the one before."""
        cancel.check()
        there = self._appearance(node.neighbour, cancel)
        planes = carry.carried(last.as_planes, there, self._appearance(node.source, cancel), cancel=cancel)
        for mark in node.marks:
            if mark.frame == node.source.frame:
                touched = np.zeros_like(planes.matte)
                matte = planes.matte.copy()
                paint(matte, mark.strokes)
                paint(touched, tuple(_as_paint(stroke) for stroke in mark.strokes))
                planes = carry.Carried(matte, np.maximum(planes.confidence, touched))
        made = CarriedMatte.of(planes, last.softness)
        cancel.check()
        self._cache.disk.put(node.key, made.to_arrays())
        self._cache.results.put(node.key, made, Place(node.source.media, node.source.frame))
        return made

    def _read_back(self, node: Carried, cancel: CancelToken) -> None:
        """A chain that runs backward has the frames before it read in one go: decoders read forward."""
        frame = node.source.frame
        if node.step < 0 and node.source.key not in self._seen:
            for earlier in range(max(0, frame - BACKWARD_FRAMES + 1), frame + 1):
                self._appearance(node.at(earlier).source, cancel)

    def _appearance(self, node: Decode, cancel: CancelToken) -> Appearance:
        """How a frame looks. Only the last few are remembered, each of which is looked at twice: a film passes through here,
        and would drive all else out of the cache."""
        known = self._seen.pop(node.key, None)
        if known is None:
            known = Appearance.of(self._sources.passing(node, cancel), node.size)
        self._seen[node.key] = known
        for old in tuple(self._seen)[: -BACKWARD_FRAMES - 2]:
            del self._seen[old]
        return known


def _as_paint(stroke: Stroke) -> Stroke:
    """A stroke that says where something was said, whatever it was."""
    return replace(stroke, mode=StrokeMode.ADD, flow=1.0)


def _place(node: Matte) -> Place:
    """Where a living matte belongs: with the picture it comes from."""
    for each in node.masks:
        source = getattr(each.under, "source", None)
        if isinstance(source, Decode):
            return Place(source.media, source.frame)
    return Place(MediaId(""), 0)
