"""The pictures of one instant, and how each way of comparing lays them on the screen. Main thread."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath

from app.viewer.compare import halves
from app.viewer.geometry import Wipe
from app.viewer.images import HeldImage, held, tinted
from app.viewer.modes import MAP_TINTS, ViewMode
from app.viewer.reference import SIDES, Reference, draw_reference
from core.evaluation.difference import signed_picture
from core.render.messages import Layer, PreviewReady

MAP_MAX_H: Final = 540
"""A tinted map is drawn no taller than this: it must follow the playhead."""
MAP_OPACITY: Final = 0.4
GAINS: Final = (1, 2, 4, 8, 16)
"""Of the difference."""


class Pictures:
    """What the engine sent, and what was made of it for the eye."""

    def __init__(self) -> None:
        self.ready: PreviewReady | None = None
        self.gain = 4
        self.reference: Reference | None = None
        self._images: dict[Layer, HeldImage] = {}
        self._tinted: HeldImage | None = None
        self._difference: tuple[ViewMode, HeldImage] | None = None

    def take(self, ready: PreviewReady | None) -> None:
        """Another instant, or none."""
        self.ready = ready
        self._images = {layer: held(picture) for layer, picture in ready.pictures} if ready is not None else {}
        self._tinted = self._difference = None

    def set_gain(self, gain: int) -> None:
        self.gain, self._difference = gain, None

    def has(self, layer: Layer) -> bool:
        return layer in self._images

    def paint(self, painter: QPainter, rect: QRectF, mode: ViewMode, wipe: Wipe) -> None:
        """Into `rect`. Where the result has not come yet the source stands in its place."""
        source = self._images.get(Layer.SOURCE)
        result = self._images.get(Layer.RESULT) or source
        match mode:
            case ViewMode.FLICKER:
                result = self._images.get(Layer.FLICKER) or result
            case ViewMode.DOUBT:
                result = self._images.get(Layer.DOUBT) or result
            case ViewMode.DEPTH:
                result = self._images.get(Layer.DEPTH) or result
            case ViewMode.SOURCE | ViewMode.MATTE | ViewMode.SKY | ViewMode.GROUND:
                result = source or result
            case ViewMode.DIFFERENCE | ViewMode.SIGNED if source is not None:
                result = self._differing(mode) or result
        if result is None:
            return
        is_compared = self.reference is not None and mode in SIDES
        beside = self.reference.picture if self.reference is not None and is_compared else source
        draw = draw_reference if is_compared else QPainter.drawImage
        if beside is not None and mode is ViewMode.SPLIT:
            left, right = halves(rect)
            draw(painter, left, beside.image)
            painter.drawImage(right, result.image)
        elif beside is not None and mode is ViewMode.WIPE:
            draw(painter, rect, beside.image)
            painter.save()
            clip = QPainterPath()
            clip.addPolygon(wipe.result_side(rect))
            painter.setClipPath(clip)
            painter.drawImage(rect, result.image)
            painter.restore()
        elif beside is not None and mode is ViewMode.BUTTERFLY:
            _paint_butterfly(painter, rect, beside.image, result.image)
        else:
            painter.drawImage(rect, result.image)

    def paint_map(self, painter: QPainter, rect: QRectF, mode: ViewMode) -> None:
        """The sky or the ground as the engine has it, over the source; nothing in other modes."""
        if mode not in MAP_TINTS:
            return
        layer, color = MAP_TINTS[mode]
        picture = self.ready.picture(layer) if self.ready else None
        if picture is None:
            return
        if self._tinted is None:
            step = 1 + (picture.height - 1) // MAP_MAX_H
            matte = picture.pixels[::step, ::step, 0].astype(np.float32) / np.float32(255)
            self._tinted = tinted((matte, color), opacity=MAP_OPACITY)
        painter.drawImage(rect, self._tinted.image)

    def _differing(self, mode: ViewMode) -> HeldImage | None:
        """The difference of the display codes, amplified by `gain`; None before both are there."""
        if self._difference is not None and self._difference[0] is mode:
            return self._difference[1]
        source = self.ready.picture(Layer.SOURCE) if self.ready is not None else None
        result = self.ready.picture(Layer.RESULT) if self.ready is not None else None
        if source is None or result is None or source.pixels.shape != result.pixels.shape:
            return None
        if mode is ViewMode.SIGNED:
            shown = signed_picture(source.pixels, result.pixels, self.gain)
        else:
            apart = cv2.absdiff(source.pixels, result.pixels)
            factors = np.array([self.gain] * 3 + [0], np.float64)
            shown = np.asarray(cv2.multiply(apart, factors, dtype=cv2.CV_8U), np.uint8)
        self._difference = mode, HeldImage(shown, QImage.Format.Format_RGB32)
        return self._difference[1]


def _paint_butterfly(painter: QPainter, rect: QRectF, source: QImage, result: QImage) -> None:
    """The left half of the source, and beside it the same half of the result in a mirror: twins meet in the middle."""
    half = QRectF(rect.left(), rect.top(), rect.width() / 2, rect.height())
    painter.drawImage(half, source, QRectF(0, 0, source.width() / 2, source.height()))
    painter.save()
    painter.translate(rect.right(), rect.top())
    painter.scale(-1.0, 1.0)
    painter.drawImage(
        QRectF(0, 0, half.width(), half.height()), result, QRectF(0, 0, result.width() / 2, result.height())
    )
    painter.restore()
