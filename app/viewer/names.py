"""What the pictures on the screen are called: always both, and at which size they were rendered. Main thread."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.viewer.compare import halves
from app.viewer.geometry import Wipe
from app.viewer.labels import EDGE_PX, LABEL_H, TIMECODE_H, label_width, paint_label
from app.viewer.modes import ViewMode
from app.viewer.pictures import Pictures
from app.viewer.reference import SIDES
from core.render.messages import Layer, Quality
from core.words import inline, msg, tr

QUALITY_NAMES: Final = {Quality.DRAFT: msg("Preview ¼"), Quality.HALF: msg("Preview ½"), Quality.FULL: msg("Full size")}


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
    quality = quality_name(pictures, is_moving=is_moving)
    compared = pictures.reference if mode in SIDES else None
    source, result = side_names(pictures, mode, result_name)
    source, result = source if compared else f"{source}   {quality}", f"{result}   {quality}"
    left, right, _, _ = _corners(shown)
    room = shown.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
    if label_width(source) + label_width(result) + 3 * EDGE_PX > shown.width():
        right += QPointF(0, LABEL_H + 4)  # no room for both in one line
    if mode is ViewMode.WIPE:
        for text, corner in zip((source, result), wipe_corners(wipe, rect, shown), strict=True):
            if corner is not None:
                at = right if corner == _corners(shown)[1] else corner
                paint_label(painter, at, text, to_left=corner.x() == right.x(), inside=room)
    elif mode is ViewMode.SPLIT:
        for text, half in zip((source, result), halves(rect), strict=True):
            if (seen := half.intersected(shown)).width() > EDGE_PX:
                paint_label(painter, _corners(seen)[0], text, inside=room)
    elif mode is ViewMode.BUTTERFLY:
        paint_label(painter, left, source, inside=room)
        paint_label(painter, right, tr("Mirrored: {result}", result=result), to_left=True, inside=room)
    else:
        paint_label(painter, left, f"{view_name(pictures, mode, result_name)}   {quality}", inside=room)


def wipe_corners(wipe: Wipe, rect: QRectF, shown: QRectF) -> tuple[QPointF | None, QPointF | None]:
    """Where the names of source and result stand: each in a corner of its own side, the upper ones first; None for a side
    that is out of sight."""
    top_left, top_right, low_left, low_right = _corners(shown)
    sources = (top_left, low_left, top_right, low_right)
    results = (top_right, low_right, top_left, low_left)
    return (
        next((corner for corner in sources if wipe.distance(corner, rect) <= 0), None),
        next((corner for corner in results if wipe.distance(corner, rect) > 0), None),
    )


def _corners(shown: QRectF) -> tuple[QPointF, QPointF, QPointF, QPointF]:
    """Of labels: upper left and right, and below, where the left one stands above the timecode."""
    left, right = shown.left() + EDGE_PX, shown.right() - EDGE_PX
    top, low = shown.top() + EDGE_PX, shown.bottom() - EDGE_PX - TIMECODE_H - 8 - LABEL_H
    return QPointF(left, top), QPointF(right, top), QPointF(left, low), QPointF(right, low)


def side_names(pictures: Pictures, mode: ViewMode, result_name: str) -> tuple[str, str]:
    """What stands on the source's and on the result's side of a comparison."""
    compared = pictures.reference if mode in SIDES else None
    source = compared.name if compared else tr("Source")
    if not pictures.has(Layer.RESULT):
        return source, tr("Source, {name} is not ready", name=inline(result_name))
    return source, result_name


def view_name(pictures: Pictures, mode: ViewMode, result_name: str) -> str:
    """What a view without sides shows, and whether that is there yet."""
    names: dict[ViewMode, tuple[str, Layer]] = {
        ViewMode.SOURCE: (tr("Source"), Layer.SOURCE),
        ViewMode.MATTE: (tr("Matte over source"), Layer.SOURCE),
        ViewMode.DOUBT: (tr("Doubt about the mask, amber where it followed unsurely"), Layer.DOUBT),
        ViewMode.SKY: (tr("Sky over source"), Layer.SKY),
        ViewMode.GROUND: (tr("Ground over source"), Layer.GROUND),
        ViewMode.DEPTH: (tr("Depth, near is white"), Layer.DEPTH),
        ViewMode.FLICKER: (tr("Flicker added to the source"), Layer.FLICKER),
        ViewMode.DIFFERENCE: (tr("Difference, {gain}×", gain=pictures.gain), Layer.RESULT),
        ViewMode.SIGNED: (tr("Signed difference, {gain}×", gain=pictures.gain), Layer.RESULT),
    }
    if mode not in names:
        return side_names(pictures, mode, result_name)[1]
    name, layer = names[mode]
    return name if pictures.has(layer) else tr("{name}, not ready", name=name)


def quality_name(pictures: Pictures, *, is_moving: bool) -> str:
    """At which size it was rendered, and whether a better one is under way; nothing where there is no picture."""
    ready = pictures.ready
    if ready is None:
        return ""
    name = tr(QUALITY_NAMES[ready.quality])
    return name if ready.is_last or is_moving else tr("{name}, refining", name=name)
