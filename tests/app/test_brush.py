"""The brush under real hands: straight lines, the mirror, a pen's pressure, and what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_kit import Editor, drag

from app.panels.brush_group import BrushSettings, recalled_settings
from core.document.model import Pressing, Stroke

SHIFT = Qt.KeyboardModifier.ShiftModifier


def px(editor: Editor, u: float, v: float) -> QPointF:
    rect = editor.window.viewer.view.picture_rect
    return QPointF(rect.left() + u * rect.width(), rect.top() + v * rect.height())


def paint(
    editor: Editor, *stops: tuple[float, float], keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    first, *rest = (px(editor, *stop) for stop in stops)
    drag(editor.window.viewer.view, first, *rest, keys=keys)


def strokes(editor: Editor) -> tuple[Stroke, ...]:
    clip = editor.window.context.clip
    assert clip is not None
    return clip.masks[-1].strokes if clip.masks else ()


@pytest.fixture
def painting(editor: Editor) -> Editor:
    editor.add_clip()
    editor.wait_for_picture()
    editor.act("brush")
    return editor


def test_shift_click_draws_a_straight_line_from_where_the_last_stroke_ended(painting: Editor) -> None:
    paint(painting, (0.2, 0.2), (0.3, 0.4))
    paint(painting, (0.8, 0.6), keys=SHIFT)
    line = strokes(painting)[-1]
    assert [(p.x, p.y) for p in line.points] == [
        pytest.approx((0.3, 0.4), abs=0.003),
        pytest.approx((0.8, 0.6), abs=0.003),
    ]
    painting.act("undo")
    assert len(strokes(painting)) == 1


def test_a_drag_with_shift_keeps_to_one_line(painting: Editor) -> None:
    paint(painting, (0.2, 0.2), (0.5, 0.7), (0.6, 0.3), keys=SHIFT)
    assert [(p.x, p.y) for p in strokes(painting)[0].points] == [
        pytest.approx((0.2, 0.2), abs=0.003),
        pytest.approx((0.6, 0.3), abs=0.003),
    ]


def test_the_mirror_stands_where_its_grip_was_dragged_to(painting: Editor) -> None:
    group = painting.window.inspector.masks.brush
    group.mirror.click()
    paint(painting, (0.2, 0.3), (0.3, 0.3))
    assert strokes(painting)[0].mirror == 0.5
    view = painting.window.viewer.view
    grip = QPointF(px(painting, 0.5, 0.0).x(), view.picture_rect.top() + 22)
    drag(view, grip, QPointF(px(painting, 0.4, 0.0).x(), grip.y()))
    assert group.settings.axis == pytest.approx(0.4, abs=0.003)
    assert len(strokes(painting)) == 1
    paint(painting, (0.2, 0.3), (0.3, 0.3))
    assert strokes(painting)[1].mirror == pytest.approx(0.4, abs=0.003)


def tablet(editor: Editor, kind: QEvent.Type, at: QPointF, pressure: float) -> None:
    view = editor.window.viewer.view
    device = QPointingDevice.primaryPointingDevice()
    down = Qt.MouseButton.LeftButton if pressure else Qt.MouseButton.NoButton
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.TabletMove else Qt.MouseButton.LeftButton
    event = QTabletEvent(
        kind, device, at, view.mapToGlobal(at), pressure, 0, 0, 0, 0, 0, Qt.KeyboardModifier.NoModifier, button, down
    )
    QApplication.sendEvent(view, event)


def test_a_pen_presses_a_mouse_does_not(painting: Editor) -> None:
    """The pressure of a pen event is that of the mouse event which Qt makes of it."""
    group = painting.window.inspector.masks.brush
    group.pressing.chosen.emit(1)
    at = px(painting, 0.3, 0.3)
    tablet(painting, QEvent.Type.TabletPress, at, 0.25)
    paint(painting, (0.3, 0.3), (0.4, 0.3))
    tablet(painting, QEvent.Type.TabletRelease, at, 0.0)
    assert {p.pressure for p in strokes(painting)[0].points} == {0.25}
    assert strokes(painting)[0].pressing is Pressing.OPACITY
    paint(painting, (0.3, 0.3), (0.4, 0.3))
    assert {p.pressure for p in strokes(painting)[1].points} == {1.0}


def test_the_brush_is_remembered_and_nonsense_is_not() -> None:
    settings = BrushSettings(0.1, 0.25, 0.5, Pressing.OPACITY, is_mirrored=True, axis=0.4)
    assert recalled_settings(settings.word) == settings
    assert recalled_settings("") == recalled_settings("{") == BrushSettings()
    assert recalled_settings('{"radius": 90.0}').radius == 0.5


def test_the_brush_of_the_last_time_is_in_hand_again(qtbot: QtBot, tmp_path: Path) -> None:
    first = Editor.open(qtbot, tmp_path)
    first.window.workbench.brush.set_settings(BrushSettings(radius=0.2, is_mirrored=True))
    first.close()
    second = Editor.open(qtbot, tmp_path)
    assert second.window.inspector.masks.brush.settings.radius == 0.2
    assert second.window.inspector.masks.brush.mirror.isChecked()
    second.close()
