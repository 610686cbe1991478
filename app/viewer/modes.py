"""What the viewer can show, and what each of it needs from the engine."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtGui import QColor

from core.render.messages import Layer


class ViewMode(StrEnum):
    SOURCE = "source"
    RESULT = "result"
    WIPE = "wipe"
    SPLIT = "split"
    BUTTERFLY = "butterfly"
    """One half of both, mirrored at the middle."""
    DIFFERENCE = "difference"
    SIGNED = "signed"
    """Brighter and darker told apart."""
    FLICKER = "flicker"
    MATTE = "matte"
    DOUBT = "doubt"
    """Where following left doubt about a mask."""
    SKY = "sky"
    GROUND = "ground"
    DEPTH = "depth"


LAYERS: Final = {
    ViewMode.SOURCE: (Layer.SOURCE,),
    ViewMode.RESULT: (Layer.RESULT,),
    ViewMode.WIPE: (Layer.SOURCE, Layer.RESULT),
    ViewMode.SPLIT: (Layer.SOURCE, Layer.RESULT),
    ViewMode.BUTTERFLY: (Layer.SOURCE, Layer.RESULT),
    ViewMode.DIFFERENCE: (Layer.SOURCE, Layer.RESULT),
    ViewMode.SIGNED: (Layer.SOURCE, Layer.RESULT),
    ViewMode.FLICKER: (Layer.FLICKER,),
    ViewMode.MATTE: (Layer.SOURCE,),
    ViewMode.DOUBT: (Layer.DOUBT,),
    ViewMode.SKY: (Layer.SOURCE, Layer.SKY),
    ViewMode.GROUND: (Layer.SOURCE, Layer.GROUND),
    ViewMode.DEPTH: (Layer.DEPTH,),
}
"""What each mode needs from the engine. A painted matte is drawn here, from the document, at once; one that comes from the
picture is asked for beside these."""

MAP_TINTS: Final = {ViewMode.SKY: (Layer.SKY, QColor("#00E5FF")), ViewMode.GROUND: (Layer.GROUND, QColor("#FF9A3D"))}
"""Maps that are laid over the source, and in which colour."""
