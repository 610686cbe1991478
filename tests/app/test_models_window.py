"""The models window: what there is, the licence before a download, and nothing that blocks."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import numpy as np
import pytest
from hands import click
from onnx_files import convolution
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models_window import ModelsWindow
from app.theme.style import apply_theme
from core.cancel import CancelToken
from core.errors import ModelError
from core.models import store as store_module
from core.models.catalogue import ModelEntry
from core.models.store import ModelState, ModelStore
from core.models.tasks import Task
from core.progress import Progress, ProgressSink

NET = b"a net"
KNOWN = ModelEntry(
    "cars",
    "Cars",
    Task.DETECTOR,
    "https://example.com/cars.onnx",
    "BSD-3-Clause",
    "https://example.com/licence",
    "a picture",
    hashlib.sha256(NET).hexdigest(),
    len(NET),
)


@pytest.fixture(scope="module", autouse=True)
def _themed(qapp: QApplication) -> None:
    apply_theme(qapp)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", (KNOWN,))


def a_window(qtbot: QtBot, store: ModelStore, file: Path | None = None) -> ModelsWindow:
    window = ModelsWindow(store, choose=lambda _parent: file)
    qtbot.addWidget(window, before_close_func=lambda w: w.finish())
    window.show()
    return window


def state_of(store: ModelStore, id_: str = "cars") -> ModelState:
    return next(m.state for m in store.models() if m.id == id_)


def a_line(monkeypatch: pytest.MonkeyPatch, gate: threading.Event) -> None:
    """A download that gives its second half when the gate opens."""

    def fetch(_at: str, to: Path, _hash: str, size: int, cancel: CancelToken, progress: ProgressSink) -> None:
        progress(Progress("Fetching the model", size // 2, size, 1.0))
        while not gate.wait(0.01):
            cancel.check()
        to.write_bytes(NET)

    monkeypatch.setattr(store_module, "fetch", fetch)


def test_the_licence_is_shown_before_anything_is_downloaded(
    qtbot: QtBot, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    a_line(monkeypatch, gate)
    window = a_window(qtbot, store)
    assert window.facts["Licence"].value == "BSD-3-Clause"
    click(window.get)
    assert window.question.isVisible()
    assert "https://example.com/licence" in window.question.text()
    assert state_of(store) is ModelState.AVAILABLE
    click(window.accept_licence)
    qtbot.waitUntil(lambda: window.bar.fraction > 0.3)
    gate.set()
    with qtbot.waitSignal(window.told) as told:
        pass
    assert told.args == ["Cars is in use from now on."]
    assert state_of(store) is ModelState.IN_USE
    assert "in use" in window.list.items[0].detail


def test_a_download_can_be_cancelled(qtbot: QtBot, store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    a_line(monkeypatch, threading.Event())
    window = a_window(qtbot, store)
    click(window.get)
    click(window.accept_licence)
    qtbot.waitUntil(lambda: window.bar.fraction > 0.3)
    click(window.stop)
    qtbot.waitUntil(window.get.isVisible)
    assert state_of(store) is ModelState.AVAILABLE
    assert not window.problem.isVisible()


def test_a_line_that_breaks_is_told_in_one_sentence(
    qtbot: QtBot, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ModelError("example.com could not be read: no route; try again to go on where it stopped.")

    monkeypatch.setattr(store_module, "fetch", broken)
    window = a_window(qtbot, store)
    click(window.get)
    click(window.accept_licence)
    qtbot.waitUntil(window.problem.isVisible)
    assert window.problem.text().startswith("example.com could not be read")


def test_a_known_file_asks_for_its_licence_and_an_own_one_for_its_task(
    qtbot: QtBot, store: ModelStore, tmp_path: Path
) -> None:
    known, own = tmp_path / "download.onnx", tmp_path / "mine.onnx"
    known.write_bytes(NET)
    own.write_bytes(convolution(np.ones((1, 3, 1, 1), np.float32), 32))
    window = a_window(qtbot, store, known)
    click(window.add)
    qtbot.waitUntil(window.question.isVisible)
    with qtbot.waitSignal(window.told):
        click(window.accept_licence)
    assert state_of(store) is ModelState.IN_USE
    second = a_window(qtbot, store, own)
    click(second.add)
    qtbot.waitUntil(second.task.isVisible)
    second.task.chosen.emit(2)
    with qtbot.waitSignal(second.told):
        click(second.add_task)
    assert next(m.task for m in store.models() if m.id == "mine") is Task.DEPTH


def test_a_broken_model_says_so_and_can_be_removed(qtbot: QtBot, store: ModelStore, tmp_path: Path) -> None:
    file = tmp_path / "cars.onnx"
    file.write_bytes(NET)
    store.add_file(file, licence_accepted=True)
    (tmp_path / "models" / "cars.onnx").unlink()
    window = a_window(qtbot, store)
    assert "missing or has changed" in window.list.items[0].problem
    click(window.remove)
    assert state_of(store) is ModelState.AVAILABLE
    assert window.list.items[0].problem == ""
