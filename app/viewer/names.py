"""What the pictures on the screen are called: always both, and at which size they were rendered. Main thread."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.viewer.compare import halves
from app.viewer.geometry import Wipe
from app.viewer.labels import paint_label
from app.viewer.modes import ViewMode
from app.viewer.pictures import Pictures
from app.viewer.reference import SIDES
from core.render.messages import Layer, Quality
from core.words import inline, msg, tr

QUALITY_NAMES: Final = {Quality.DRAFT: msg("Preview ¼"), Quality.HALF: msg("Preview ½"), Quality.FULL: msg("Full size")}
EDGE_PX: Final = 12.0


def paint_names(
    painter: QPainter,
    rect: QRectF,
    shown: QRectF,
    pictures: Pictures,
    mode: ViewMode,
    wipe: Wipe,
    result_name: str,
    *,
    is_moving: bool,
) -> None:
    """`rect` is where the picture stands, `shown` the part of it in sight."""
    quality = _quality(pictures, is_moving=is_moving)
    compared = pictures.reference if mode in SIDES else None
    source = compared.name if compared else f"{tr('Source')}   {quality}"
    result = f"{result_name}   {quality}"
    if not pictures.has(Layer.RESULT):
        result = f"{tr('Source, {name} is not ready', name=inline(result_name))}   {quality}"
    left = QPointF(shown.left() + EDGE_PX, shown.top() + EDGE_PX)
    right = QPointF(shown.right() - EDGE_PX, shown.top() + EDGE_PX)
    if mode is ViewMode.WIPE:
        result_is_right = wipe.distance(right, rect) > 0
        paint_label(painter, left, source if result_is_right else result)
        paint_label(painter, right, result if result_is_right else source, to_left=True)
    elif mode is ViewMode.SPLIT:
        paint_label(painter, left, source)
        paint_label(painter, halves(rect)[1].topLeft() + QPointF(EDGE_PX, EDGE_PX), result)
    elif mode is ViewMode.BUTTERFLY:
        paint_label(painter, left, source)
        paint_label(painter, right, tr("Mirrored: {result}", result=result), to_left=True)
    else:
        paint_label(painter, left, _name(pictures, mode, result, quality))


def _name(pictures: Pictures, mode: ViewMode, result: str, quality: str) -> str:
    names: dict[ViewMode, tuple[str, Layer | None]] = {
        ViewMode.SOURCE: (tr("Source"), Layer.SOURCE),
        ViewMode.MATTE: (tr("Matte over source"), None),
        ViewMode.SKY: (tr("Sky over source"), Layer.SKY),
        ViewMode.GROUND: (tr("Ground over source"), Layer.GROUND),
        ViewMode.DEPTH: (tr("Depth, near is white"), Layer.DEPTH),
        ViewMode.FLICKER: (tr("Flicker added to the source"), None),
        ViewMode.DIFFERENCE: (tr("Difference, {gain}×", gain=pictures.gain), Layer.RESULT),
        ViewMode.SIGNED: (tr("Signed difference, {gain}×", gain=pictures.gain), Layer.RESULT),
    }
    if mode not in names:
        return result
    name, layer = names[mode]
    if layer is not None and not pictures.has(layer):
        name = tr("{name}, not ready", name=name)
    return f"{name}   {quality}"


def _quality(pictures: Pictures, *, is_moving: bool) -> str:
    ready = pictures.ready
    if ready is None:
        return ""
    name = tr(QUALITY_NAMES[ready.quality])
    return name if ready.is_last or is_moving else tr("{name}, refining", name=name)
