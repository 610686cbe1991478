"""The gallery draws every preset, and its blind sheet can be told apart only by its key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from films import number_film

from core.presets import presets

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_blind_sheet_has_every_preset_and_the_source_twice(tmp_path: Path) -> None:
    clip = number_film(tmp_path / "clip.mp4", 6)
    out = tmp_path / "gallery"
    environment = os.environ | {"WEATHERVANE_FOOTAGE": str(tmp_path / "none"), "WEATHERVANE_HOME": str(tmp_path / "h")}
    command = (sys.executable, ROOT / "docs" / "make_gallery.py", "--blind", "--clip", clip, "--out", out)
    subprocess.run(command, check=True, env=environment, timeout=400)
    key = json.loads((out / "key.json").read_text())
    assert set(key) == {"demo", "clip"}
    for named in key.values():
        assert sorted(named.values()) == sorted([*(p.id for p in presets()), "source", "source"])
    assert {p.name for p in out.iterdir()} == {"key.json", "blind_demo.png", "blind_clip.png"}
