"""The window under test, and its end: a leaked thread fails the test that leaked it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))

from window_kit import Editor


@pytest.fixture
def editor(qtbot: QtBot, tmp_path: Path) -> Iterator[Editor]:
    """A window with an engine over fake media."""
    opened = Editor.open(qtbot, tmp_path)
    yield opened
    opened.close()
    assert not opened.window.engine.isRunning()
    assert not opened.window.media.isRunning()
