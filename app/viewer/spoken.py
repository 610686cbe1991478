"""What the viewer shows, in words: for whoever listens instead of looking. Main thread."""

from __future__ import annotations

from math import degrees

from app.viewer.geometry import Wipe
from app.viewer.modes import ViewMode
from app.viewer.names import quality_name, side_names, view_name
from app.viewer.pictures import Pictures
from core.words import tr


def spoken(pictures: Pictures, mode: ViewMode, wipe: Wipe, result_name: str, timecode: str, message: str) -> str:
    """Timecode, what is compared and how, the size it was rendered at, and the message over it. One line."""
    if pictures.ready is None:
        return message or tr("No picture.")
    said = (timecode, _compared(pictures, mode, wipe, result_name), quality_name(pictures, is_moving=False), message)
    return " ".join(f"{part.rstrip('.')}." for part in said if part)


def _compared(pictures: Pictures, mode: ViewMode, wipe: Wipe, result_name: str) -> str:
    source, result = side_names(pictures, mode, result_name)
    match mode:
        case ViewMode.WIPE:
            return tr(
                "Wipe between {source} and {result}, through {x} % and {y} % of the picture, turned by {angle}°",
                source=source,
                result=result,
                x=round(100 * wipe.x),
                y=round(100 * wipe.y),
                angle=round(degrees(wipe.angle_rad)),
            )
        case ViewMode.SPLIT:
            return tr("{source} and {result} side by side", source=source, result=result)
        case ViewMode.BUTTERFLY:
            return tr("Left half of {source} and of {result}, mirrored", source=source, result=result)
        case _:
            return view_name(pictures, mode, result_name)
