"""Design tokens: colours, metrics and type sizes, in logical pixels. The picture is the only saturated thing on screen.

Every grey has R = G = B. `LINE`, `EDGE` and `TD` are the colours that the high-contrast preference replaces: widgets take
the borders from the palette (`app.theme.style.line_color`, `edge_color`), painters without a widget from here, and
`set_contrast` changes the objects in place, so that who holds one follows.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor

# ---- greys, dark to light ----
SEAM: Final = QColor("#0E0E0E")
TRACK: Final = QColor("#101010")
VIEWER: Final = QColor("#141414")
WELL: Final = QColor("#171717")
WINDOW: Final = QColor("#1A1A1A")
PANEL: Final = QColor("#222222")
HEADER: Final = QColor("#272727")
CTL_PRESSED: Final = QColor("#2A2A2A")
RAISED: Final = QColor("#2C2C2C")
LINE: Final = QColor("#323232")
ROW_SELECTED: Final = QColor("#323232")
CTL: Final = QColor("#343434")
CTL_HOVER: Final = QColor("#3F3F3F")
SEL: Final = QColor("#454545")
EDGE: Final = QColor("#4A4A4A")
EDGE3: Final = QColor("#757575")
"""A border that must reach 3:1: an unticked box, a diamond without a key."""

# ---- text ----
T1: Final = QColor("#E8E8E8")
T2: Final = QColor("#BABABA")
T3: Final = QColor("#9A9A9A")
TD: Final = QColor("#646464")

# ---- state ----
ACC: Final = QColor("#57BFA8")
ACC_TEXT: Final = QColor("#7FD6C2")
ACC_DIM: Final = QColor("#2A4A43")
ON_ACC: Final = QColor("#0E1A17")
KEY: Final = QColor("#F2C84B")
"""Keyframes and values that are animated at this frame; nothing else."""
CACHE: Final = QColor("#4E8FF0")
CACHE_DIM: Final = QColor("#284269")
RENDERING: Final = QColor("#A9C8FF")
WARN: Final = QColor("#FF9A3D")
ERR: Final = QColor("#FF6B5E")
ERR_FILL: Final = QColor("#C9362B")
ERR_DIM: Final = QColor("#4A211D")
MATTE: Final = QColor("#FF3DCB")

# ---- type, px ----
DISPLAY_PX: Final = 20
TITLE_PX: Final = 13
BODY_PX: Final = 12
CAPTION_PX: Final = 11
SMALL_PX: Final = 10

# ---- metrics, px ----
GRID: Final = 4
PANEL_INSET: Final = 12
CARD_INSET: Final = 16
ROW_H: Final = 24
GROUP_H: Final = 24
FIELD_ROW_H: Final = 20
CONTROL_H: Final = 24
ACTION_H: Final = 28
HERO_H: Final = 34
PANEL_HEADER_H: Final = 28
TRANSPORT_H: Final = 52
TOP_BAR_H: Final = 40
RULER_H: Final = 26
STATUS_H: Final = 24
RADIUS_THUMB: Final = 2
RADIUS: Final = 3
RADIUS_POPOVER: Final = 6
FOCUS_W: Final = 2
DIAMOND_W: Final = 9
SEAM_GRAB: Final = 7
HOVER_MS: Final = 80

USUAL: Final = (QColor(LINE), QColor(EDGE), QColor(TD))
USUAL_LINE: Final = USUAL[0]
"""Also under high contrast: the border of what cannot be used stays faint, so that what can be used stands out."""


def set_contrast(*, high: bool) -> None:
    """Main thread, before the next paint."""
    for color, usual in zip((LINE, EDGE, TD), USUAL, strict=True):
        color.setRgb((EDGE3 if high else usual).rgb())
