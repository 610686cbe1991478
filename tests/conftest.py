"""Shared by all tests: an offscreen Qt, user folders inside the test's own, and one torch thread count."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core.threads import wait_without_spinning

wait_without_spinning()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session", autouse=True)
def _shared_private_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """For what is made once for several tests, before any of them has folders of its own."""
    os.environ["WEATHERVANE_HOME"] = str(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def _private_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings, journals or caches of the person running it."""
    monkeypatch.setenv("WEATHERVANE_HOME", str(tmp_path / "home"))
