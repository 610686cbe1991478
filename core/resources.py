"""The one door to `resources/`: icons, theme, colour, presets. Works from the checkout and from a frozen bundle."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1])) / "resources"
"""A frozen bundle unpacks data beside its own root; the checkout keeps it beside `core/`."""


def resource(name: str) -> Path:
    """Path of a file or folder by its name below `resources/`, such as `color/weathervane.ocio`.

    Raises `FileNotFoundError` for one that was not shipped: a fault of the build, never of the user.
    """
    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT.resolve()) or not path.exists():
        raise FileNotFoundError(f"resource {name} is missing from {ROOT}")
    return path


def resource_text(name: str) -> str:
    """Content of a text resource, UTF-8."""
    return resource(name).read_text(encoding="utf-8")
