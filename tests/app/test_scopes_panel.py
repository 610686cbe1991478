"""The scopes beside the viewer: they follow what is shown, say of what, and stay out of its way."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_kit import Editor, middle

from app.scopes.panel import ScopesPanel
from app.scopes.views import Scope, ScopeSettings, ScopeView
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
    assert scopes.views[Scope.PARADE].accessibleName().startswith("RGB parade of the result, R ")


def test_source_is_asked_for_along_with_the_result_and_named(editor: Editor, scopes: ScopesPanel) -> None:
    def layers() -> set[Layer]:
        ready = editor.window.viewer.view.ready
        return {layer for layer, _ in ready.pictures} if ready is not None else set()

    editor.act("view_result")
    editor.until(lambda: layers() == {Layer.RESULT})
    editor.act("scopes_layer")
    editor.until(lambda: scopes.of.text() == "Source")
    assert layers() == {Layer.RESULT, Layer.SOURCE}
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


def test_scopes_brought_back_show_the_picture_that_stands(editor: Editor, scopes: ScopesPanel) -> None:
    editor.act("scopes")
    editor.act("step_on")
    editor.wait_for_picture()
    ready = editor.window.viewer.view.ready
    assert ready is not None
    counted = traces(dict(ready.pictures)[Layer.RESULT].pixels).histogram
    editor.act("scopes")
    found = scopes.views[Scope.HISTOGRAM]
    editor.until(lambda: found.traces is not None and np.array_equal(found.traces.histogram, counted))


def test_in_a_wipe_both_are_at_hand_and_the_name_changes_with_the_traces(editor: Editor, scopes: ScopesPanel) -> None:
    editor.act("view_wipe")
    editor.wait_for_picture()
    assert scopes.of.text() == "Result"
    editor.act("scopes_layer")
    editor.until(lambda: scopes.of.text() == "Source")
    assert scopes.views[Scope.VECTORSCOPE].accessibleName().startswith("Vectorscope of the source")


def test_what_lies_under_the_pointer_is_marked_until_it_leaves(editor: Editor, scopes: ScopesPanel) -> None:
    view = editor.window.viewer.view
    QTest.mouseMove(view, middle(view) - QPoint(3, 3))
    QTest.mouseMove(view, middle(view))
    mark = scopes.views[Scope.WAVEFORM].mark
    assert mark is not None
    assert abs(mark.u - 0.5) < 0.05
    assert view.ready is not None
    pixels = dict(view.ready.pictures)[Layer.RESULT].pixels
    column = pixels[:, int(mark.u * pixels.shape[1]), 2::-1]
    assert (column == mark.color).all(axis=1).any()
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert scopes.views[Scope.WAVEFORM].mark is None


def test_a_trace_is_drawn_at_the_level_it_stands_for(qtbot: QtBot) -> None:
    view = ScopeView(Scope.WAVEFORM)
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show_traces(traces(np.full((40, 60, 4), 51, np.uint8)), "Result", ScopeSettings())
    drawn = view.grab().toImage()
    plot = view.plot
    x = int(plot.center().x())
    light = [drawn.pixelColor(x, y).lightness() for y in range(int(plot.top()), int(plot.bottom()))]
    brightest = plot.top() + light.index(max(light))
    assert abs((plot.bottom() - brightest) / plot.height() - 0.2) < 0.02
    assert view.accessibleName() == "Waveform of the result, luma 20 % to 20 %"


def test_clipping_is_said_of_each_channel(qtbot: QtBot) -> None:
    view = ScopeView(Scope.HISTOGRAM)
    qtbot.addWidget(view)
    picture = np.full((10, 10, 4), 100, np.uint8)
    picture[:2, :, 2] = 255
    view.show_traces(traces(picture), "Source", ScopeSettings(in_codes=True))
    assert (
        view.accessibleName() == "Histogram of the source, R 408 to 940, G 408 to 408, B 408 to 408, clipped R 20.0 %"
    )


def test_what_was_chosen_is_remembered_and_nonsense_changes_nothing(qtbot: QtBot) -> None:
    first, second = ScopesPanel(), ScopesPanel()
    for panel in (first, second):
        qtbot.addWidget(panel)
    first.set_layer(Layer.SOURCE)
    first.show_alone(Scope.VECTORSCOPE)
    first.set_settings(ScopeSettings(in_codes=True, in_channels=True, zoom=2, gain=4.0))
    second.restore(first.state)
    assert second.state == first.state
    for nonsense in ("[", "[1]", '{"layer": "moon"}', '{"colour": 1}', "3"):
        second.restore(nonsense)
        assert second.state == first.state
