"""A monkey at the real window: thousands of random events, from a seed that can be played again.

Nothing may raise, no Qt message may be critical, no event may hold the window for two seconds, and what it made must load
again as the same value.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from window_kit import Editor

from core.document.storage import encode_project, load_project, save_project

HANG_S = 2.0
LEAVE_OUT = frozenset(
    {"quit", "new", "open", "open_demo", "import", "save", "save_as", "export", "about", "models", "fullscreen"}
)
"""Actions that leave the window, or ask a person for a file."""
KEYS = (
    *"abcdefhijklmnopqrstuvwxyz0123456789.,[]-=",
    *(
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Space,
        Qt.Key.Key_Return,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Escape,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    ),
)
NONE, SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
MODIFIERS = (NONE, NONE, NONE, SHIFT, CTRL, ALT, SHIFT | CTRL)
BUTTONS = (Qt.MouseButton.LeftButton,) * 6 + (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton)


class Monkey:
    def __init__(self, editor: Editor, seed: int) -> None:
        self.editor, self.window = editor, editor.window
        self.random = random.Random(seed)
        self.slowest = (0.0, "")
        self._done: list[str] = []
        self._tidy = QTimer(self.window)  # whatever asks with a loop of its own is answered by closing it
        self._tidy.timeout.connect(self._close_what_waits)
        self._tidy.start(40)

    def _close_what_waits(self) -> None:
        for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if widget is not None:
                widget.close()

    def play(self, events: int) -> None:
        doing: list[tuple[Callable[[], str], int]] = [
            (self._click, 5),
            (self._drag, 6),
            (self._key, 6),
            (self._wheel, 2),
            (self._action, 4),
            (self._menu, 1),
        ]
        kinds, weights = [do for do, _ in doing], [weight for _, weight in doing]
        for _ in range(events):
            do = self.random.choices(kinds, weights)[0]
            began = time.perf_counter()
            what = do()
            QApplication.processEvents()
            took = time.perf_counter() - began
            self.slowest = max(self.slowest, (took, what))
            assert took < HANG_S, f"{what} held the window for {took:.1f} s, after {self._done[-5:]}"
            self._done.append(what)
            if self.window.isHidden():
                self.window.show()

    # ---- what it can do -------------------------------------------------------------------------------------------

    def _somewhere(self) -> tuple[QWidget, QPoint]:
        """A widget in sight and a spot on it; the timeline and the viewer are found most often."""
        window, choice = self.window, self.random.random()
        if choice < 0.35:
            widget: QWidget = window.timeline.canvas
        elif choice < 0.55:
            widget = window.viewer.view
        else:
            seen = [w for w in window.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.width() > 0]
            widget = self.random.choice(seen)
        return widget, self._spot(widget)

    def _spot(self, widget: QWidget) -> QPoint:
        return QPoint(self.random.randrange(max(1, widget.width())), self.random.randrange(max(1, widget.height())))

    def _click(self) -> str:
        widget, spot = self._somewhere()
        button, keys = self.random.choice(BUTTONS), self.random.choice(MODIFIERS)
        if self.random.random() < 0.15:
            QTest.mouseDClick(widget, button, keys, spot)
        else:
            QTest.mouseClick(widget, button, keys, spot)
        return f"click on {_name(widget)} at {spot.toTuple()}"

    def _drag(self) -> str:
        widget, spot = self._somewhere()
        button, keys = self.random.choice(BUTTONS), self.random.choice(MODIFIERS)
        QTest.mousePress(widget, button, keys, spot)
        for _ in range(self.random.randrange(1, 5)):
            QTest.mouseMove(widget, self._spot(widget))
        if self.random.random() < 0.1:
            QTest.keyClick(widget, Qt.Key.Key_Escape)
        QTest.mouseRelease(widget, button, keys, self._spot(widget))
        return f"drag on {_name(widget)} from {spot.toTuple()}"

    def _key(self) -> str:
        widget = QApplication.focusWidget() or self.window
        key, keys = self.random.choice(KEYS), self.random.choice((NONE, NONE, SHIFT))
        QTest.keyClick(widget, key, keys)
        return f"key {key} in {_name(widget)}"

    def _wheel(self) -> str:
        widget, spot = self._somewhere()
        turn = QPoint(self.random.choice((0, 0, 120)), self.random.choice((-240, -120, 120, 240)))
        at = QPointF(spot)
        event = QWheelEvent(
            at,
            QPointF(widget.mapToGlobal(spot)),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            self.random.choice(MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
        return f"wheel on {_name(widget)}"

    def _action(self) -> str:
        usable = [
            id_ for id_, action in self.window.actions_by_id.items() if id_ not in LEAVE_OUT and action.isEnabled()
        ]
        id_ = self.random.choice(usable)
        self.window.actions_by_id[id_].trigger()
        return f"action {id_}"

    def _menu(self) -> str:
        widget, spot = self._somewhere()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, widget.mapToGlobal(spot))
        QApplication.sendEvent(widget, event)
        popup = QApplication.activePopupWidget()
        if popup is not None:
            for _ in range(self.random.randrange(4)):
                QTest.keyClick(popup, Qt.Key.Key_Down)
            QTest.keyClick(popup, self.random.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape)))
        return f"menu on {_name(widget)}"


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or widget.objectName() or type(widget).__name__


def let_loose(editor: Editor, seed: int, events: int, folder: Path) -> None:
    for number in range(3):
        editor.add_clip(frames=20, name=f"clip-{number}.mp4")
    editor.wait_for_picture()
    monkey = Monkey(editor, seed)
    monkey.play(events)
    monkey._tidy.stop()
    editor.window.bridge.commit_gesture()
    project = editor.window.bridge.project
    save_project(folder / "after.wvp", encode_project(project, 1, folder))
    assert load_project(folder / "after.wvp").project == project


@pytest.mark.parametrize("seed", [1, 2])
def test_a_monkey_leaves_nothing_broken(editor: Editor, seed: int, tmp_path: Path) -> None:
    let_loose(editor, seed, 250, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_monkey_of_five_thousand_events_leaves_nothing_broken(editor: Editor, seed: int, tmp_path: Path) -> None:
    let_loose(editor, seed, 5000, tmp_path)
