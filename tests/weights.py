"""Real weights for tests: read in place, never copied, skipped with a reason where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("WEATHERVANE_WEIGHTS", Path(__file__).resolve().parents[1].parent / "shared" / "weights"))


def weights(name: str) -> Path:
    """Path of a file of weights, or skip the test."""
    path = ROOT / name
    if not path.is_file():
        pytest.skip(f"the weights {name} are not in {ROOT}")
    return path
