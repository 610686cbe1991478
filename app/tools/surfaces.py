"""What a brush paints on: a mask of the clip, or the sky of its footage. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QColor

from app.panels.context import PanelContext
from app.scene_desk import SceneDesk
from app.theme import tokens as tk
from app.viewer.images import HeldImage, tinted
from core.document.commands import AddMask, AddStroke, AnyCommand, PaintSky
from core.document.masks import Matte, combined, masks_at, rasterise
from core.document.model import Clip, Mask, Stroke, StrokeMode
from core.ids import ClipId, MaskId, new_id
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
        return lambda stroke: AddStroke(clip.id, mask, stroke)

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
        if self._drawn is None or self._drawn[0] != masks or self._drawn[1] != size:
            matte = combined(masks, size.width(), size.height())
            if matte is None:
                matte = rasterise(masks[-1], size.width(), size.height()) * 0.4
            self._drawn = (masks, size, tinted((matte, tk.MATTE), opacity=OPACITY))
        return self._drawn[2]


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
