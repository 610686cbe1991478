"""A shot from the dark is told from one taken by day."""

from __future__ import annotations

import numpy as np

from core.analysis.analyser import DARK_NOTE, Pair, understand
from core.analysis.appearance import Appearance
from core.analysis.pace import no_pause


def notes_of(level: float) -> tuple[str, ...]:
    """Notes on a shot of one frame, a noise about a display level 0..1."""
    noise = np.random.default_rng(3).normal(0.0, 0.02, (54, 96, 3)).astype(np.float32)
    picture = Appearance(np.clip(np.float32(level) + noise, 0.0, 1.0))
    return understand([Pair(picture, None, 0.04)], no_pause).notes


def test_only_a_dark_shot_carries_the_note_on_its_darkness() -> None:
    assert DARK_NOTE in notes_of(0.10)
    assert DARK_NOTE not in notes_of(0.40)
