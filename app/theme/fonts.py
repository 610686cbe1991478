"""Type: the system's own fonts in the sizes and two weights of the design, with figures that do not dance."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

from app.theme import tokens as tk

_TABULAR = QFont.Tag("tnum")


def ui_font(pixels: int = tk.BODY_PX, *, bold: bool = False) -> QFont:
    """The system UI font. DejaVu's normal cut is too wide for rows of numbers, so its condensed one stands in for it."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if QFontInfo(font).family() == "DejaVu Sans":
        font.setFamilies(["DejaVu Sans Condensed", "DejaVu Sans"])
    return _finished(font, pixels, bold=bold)


def mono_font(pixels: int = 14) -> QFont:
    """The system monospace font: timecode only (14 transport, 13 viewer and ruler, 12 lists, 10 ruler ticks)."""
    return _finished(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont), pixels, bold=False)


def _finished(font: QFont, pixels: int, *, bold: bool) -> QFont:
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    font.setFeature(_TABULAR, 1)
    return font
