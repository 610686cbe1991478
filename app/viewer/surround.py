"""What lies around the picture. Eyes judge a picture by it, so it is grey and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor

from app.theme import tokens as tk


@dataclass(frozen=True, slots=True)
class Surround:
    action: str
    """Id of the action that lays it there."""
    color: QColor


SURROUNDS: Final = (
    Surround("surround_default", tk.VIEWER),
    Surround("surround_black", QColor("#000000")),
    Surround("surround_grey", QColor("#767676")),
)
"""The last sends 18 % of white's light."""
