"""The scopes beside the viewer: they follow what is shown, say of what, and stay out of its way."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from window_kit import Editor, middle

from app.scopes.panel import ScopesPanel
from app.scopes.views import Scope
from core.evaluation.scopes import traces
from core.render.messages import Layer


@pytest.fixture
def scopes(editor: Editor) -> ScopesPanel:
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    panel = editor.window.scopes
    editor.until(lambda: panel.views[Scope.WAVEFORM].traces is not None)
    return panel


def test_the_scopes_count_the_picture_on_the_screen(editor: Editor, scopes: ScopesPanel) -> None:
    editor.act("step_on")
    editor.wait_for_picture()
    ready = editor.window.viewer.view.ready
    assert ready is not None
    shown = dict(ready.pictures)[Layer.RESULT].pixels
    counted = traces(shown).histogram

    def follows() -> bool:
        found = scopes.views[Scope.HISTOGRAM].traces
        return found is not None and np.array_equal(found.histogram, counted)

    editor.until(follows)
    assert scopes.of.text() == "Result"
    assert scopes.views[Scope.WAVEFORM].accessibleName().startswith("Waveform of the result, luma ")


def test_source_is_asked_for_along_with_the_result_and_named(editor: Editor, scopes: ScopesPanel) -> None:
    editor.act("view_result")
    editor.act("scopes_layer")
    editor.until(lambda: scopes.of.text() == "Source")
    ready = editor.window.viewer.view.ready
    assert ready is not None
    assert {layer for layer, _ in ready.pictures} == {Layer.RESULT, Layer.SOURCE}
    editor.act("scopes_layer")
    editor.until(lambda: scopes.of.text() == "Result")


def test_one_scope_alone_and_all_again(editor: Editor, scopes: ScopesPanel) -> None:
    seen = lambda: [scope for scope, view in scopes.views.items() if view.isVisible()]  # noqa: E731
    assert seen() == list(Scope)
    QTest.mouseDClick(scopes.views[Scope.PARADE], Qt.MouseButton.LeftButton, pos=middle(scopes.views[Scope.PARADE]))
    assert seen() == [Scope.PARADE]
    editor.act("next_scope")
    assert seen() == [Scope.VECTORSCOPE]
    QTest.keyClick(scopes.views[Scope.VECTORSCOPE], Qt.Key.Key_Return)
    assert seen() == list(Scope)
    scopes.resize(scopes.width(), 150)
    assert len(seen()) == 1


def test_scopes_that_are_put_away_count_nothing(editor: Editor, scopes: ScopesPanel) -> None:
    editor.act("scopes")
    assert not scopes.isVisible()
    before = scopes.views[Scope.WAVEFORM].traces
    editor.act("step_on")
    editor.wait_for_picture()
    assert scopes.views[Scope.WAVEFORM].traces is before
