"""Real clips for tests: read in place, never copied, skipped with a reason where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("WEATHERVANE_FOOTAGE", Path(__file__).resolve().parents[1].parent / "shared" / "footage"))


def footage(name: str) -> Path:
    """Path of a real clip, or skip the test."""
    path = ROOT / name
    if not path.is_file():
        pytest.skip(f"the real clip {name} is not in {ROOT}")
    return path
