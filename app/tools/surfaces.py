"""What a brush paints on: a mask of the clip, or the sky of its footage. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

import cv2
import numpy as np
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QColor

from app.panels.context import PanelContext
from app.scene_desk import SceneDesk
from app.theme import tokens as tk
from app.viewer.images import HeldImage, tinted
from core.document.commands import AddMask, AddStroke, AnyCommand, PaintSky
from core.document.masks import Matte, combined, masks_at, paint, rasterise
from core.document.model import Clip, Mask, Stroke, StrokeMode
from core.ids import ClipId, MaskId, new_id
from core.render.messages import Picture8
from core.timebase import Time
from core.words import tr

OPACITY: Final = 0.56
MAX_H: Final = 540
"""The overlay is drawn no taller than this: it is soft, and must follow the hand."""
SKY_ADDED: Final = QColor("#00E5FF")
SKY_TAKEN: Final = QColor("#FFE600")
Paint = Callable[[Stroke], AnyCommand]


class Surface(Protocol):
    """Something to paint on."""

    def label(self, mode: StrokeMode) -> str:
        """What the undo menu says of a stroke."""
        ...

    def doing(self, mode: StrokeMode) -> str:
        """The word beside the brush."""
        ...

    @property
    def is_there(self) -> bool: ...

    def open(self) -> Paint:
        """A stroke begins, inside its undo step: what makes the command of the stroke so far."""
        ...

    def overlay(self, size: QSize) -> HeldImage | None:
        """What is painted, over a picture of this size; None where there is nothing to show."""
        ...


def _held_small(size: QSize) -> QSize:
    return size if size.height() <= MAX_H else QSize(max(1, size.width() * MAX_H // size.height()), MAX_H)


class MaskSurface(QObject):
    """A mask of the clip: the chosen one, else the last, else a first one that comes with the stroke."""

    mask_chosen = Signal(object)
    """The `MaskId` that strokes go to."""

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._bridge = context, context.bridge
        self._clip: ClipId | None = None
        self._mask: MaskId | None = None
        self._drawn: tuple[tuple[Mask, ...], QSize, HeldImage] | None = None
        self.living: Callable[[], tuple[Picture8, tuple[Mask, ...]] | None] = lambda: None
        """The matte as the engine made it, where the picture has a say in it, and the masks that it is of."""

    def set_clip(self, clip: ClipId | None) -> None:
        self._clip = clip

    def set_mask(self, mask: MaskId | None) -> None:
        self._mask = mask

    def label(self, mode: StrokeMode) -> str:
        return tr("Paint mask") if mode is StrokeMode.ADD else tr("Erase mask")

    def doing(self, mode: StrokeMode) -> str:
        return tr("adding") if mode is StrokeMode.ADD else tr("erasing")

    @property
    def _target(self) -> Clip | None:
        return next((c for c in self._bridge.project.clips() if c.id == self._clip), None)

    @property
    def is_there(self) -> bool:
        return self._target is not None

    def open(self) -> Paint:
        clip = self._target
        assert clip is not None
        mask = self._chosen(clip)
        if mask is None:
            mask = MaskId(new_id("mask"))
            self._bridge.do(AddMask(clip.id, mask, tr("Mask {number}", number=1)), self)
        self._mask = mask
        self.mask_chosen.emit(mask)
        at = self._instant(clip, mask)
        return lambda stroke: AddStroke(clip.id, mask, replace(stroke, at=at))

    def _instant(self, clip: Clip, mask_id: MaskId) -> Time | None:
        """What is painted on a mask that follows belongs to the frame on the screen."""
        mask = next((m for m in clip.masks if m.id == mask_id), None)
        return self._context.source_time_of(clip) if mask is not None and mask.follow is not None else None

    def _chosen(self, clip: Clip) -> MaskId | None:
        if any(m.id == self._mask for m in clip.masks):
            return self._mask
        return clip.masks[-1].id if clip.masks else None

    def overlay(self, size: QSize) -> HeldImage | None:
        """The matte over the picture, or None where the look acts everywhere."""
        clip = self._target
        masks = masks_at(clip.masks, self._context.source_time_of(clip)) if clip else ()
        if not masks or size.isEmpty():
            return None
        size = _held_small(size)
        if any(m.is_enabled and m.is_alive for m in masks):
            return self._living_overlay(masks, size)
        if self._drawn is None or self._drawn[0] != masks or self._drawn[1] != size:
            matte = combined(masks, size.width(), size.height())
            if matte is None:
                matte = rasterise(masks[-1], size.width(), size.height()) * 0.4
            self._drawn = (masks, size, tinted((matte, tk.MATTE), opacity=OPACITY))
        return self._drawn[2]

    def _living_overlay(self, masks: tuple[Mask, ...], size: QSize) -> HeldImage | None:
        """What the engine made last, and over it what was painted since, so that paint follows the hand."""
        made = self.living()
        if made is None:
            return None
        picture, shown = made
        wide, high = size.width(), size.height()
        matte = cv2.resize(picture.pixels[..., 1], (wide, high), interpolation=cv2.INTER_AREA)
        plane = np.asarray(matte / np.float32(255.0), np.float32)
        known = {m.id: m.strokes for m in shown}
        for mask in masks:
            fresh = mask.strokes[len(known.get(mask.id, mask.strokes)) :]
            if mask.is_enabled and fresh:
                paint(plane, fresh)
        return tinted((plane, tk.MATTE), opacity=OPACITY)


class SkySurface:
    """The sky of the footage. What was painted lies over what was found: cyan is sky, yellow is not."""

    def __init__(self, desk: SceneDesk) -> None:
        self._desk = desk
        self._drawn: tuple[tuple[Stroke, ...], QSize, HeldImage] | None = None

    def label(self, mode: StrokeMode) -> str:
        return tr("Paint sky") if mode is StrokeMode.ADD else tr("Erase sky")

    def doing(self, mode: StrokeMode) -> str:
        return tr("sky") if mode is StrokeMode.ADD else tr("no sky")

    @property
    def is_there(self) -> bool:
        return self._desk.media is not None

    def open(self) -> Paint:
        media = self._desk.media
        assert media is not None
        return lambda stroke: PaintSky(media, stroke)

    def overlay(self, size: QSize) -> HeldImage | None:
        shot = self._desk.shot
        strokes = shot.said.sky_strokes if shot else ()
        if not strokes or size.isEmpty():
            return None
        size = _held_small(size)
        if self._drawn is None or self._drawn[0] != strokes or self._drawn[1] != size:
            added, taken = _net(strokes, StrokeMode.ADD, size), _net(strokes, StrokeMode.ERASE, size)
            self._drawn = (strokes, size, tinted((added, SKY_ADDED), (taken, SKY_TAKEN), opacity=OPACITY))
        return self._drawn[2]


def _net(strokes: tuple[Stroke, ...], mode: StrokeMode, size: QSize) -> Matte:
    """Where strokes of this mode are what is left of all of them."""
    turned = (replace(s, mode=StrokeMode.ADD if s.mode is mode else StrokeMode.ERASE) for s in strokes)
    return rasterise(Mask(MaskId("sky"), "", tuple(turned)), size.width(), size.height())
