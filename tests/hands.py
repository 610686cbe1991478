"""Hands for GUI tests: drags, keys and wheels as real events, with modifiers that change on the way."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def press(widget: QWidget, at: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE) -> None:
    _mouse(widget, QEvent.Type.MouseButtonPress, at, modifiers)


def move(widget: QWidget, at: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE) -> None:
    _mouse(widget, QEvent.Type.MouseMove, at, modifiers)


def release(widget: QWidget, at: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE) -> None:
    _mouse(widget, QEvent.Type.MouseButtonRelease, at, modifiers)


def click(widget: QWidget, at: tuple[float, float] | None = None, modifiers: Qt.KeyboardModifier = NONE) -> None:
    where = at or (widget.width() / 2, widget.height() / 2)
    press(widget, where, modifiers)
    release(widget, where, modifiers)


def double_click(widget: QWidget, at: tuple[float, float]) -> None:
    click(widget, at)
    _mouse(widget, QEvent.Type.MouseButtonDblClick, at, NONE)
    release(widget, at)


def drag(widget: QWidget, points: Iterable[tuple[float, float]], modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press at the first point, move through the others, release at the last."""
    first, *rest = points
    press(widget, first)
    for point in rest:
        move(widget, point, modifiers)
    release(widget, rest[-1] if rest else first, modifiers)


def key(widget: QWidget, code: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(widget, code, modifiers)


def wheel(widget: QWidget, notches: int) -> QWheelEvent:
    """The event, to see whether it was accepted."""
    at = QPointF(widget.width() / 2, widget.height() / 2)
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    QCoreApplication.sendEvent(widget, event)
    return event


def _mouse(widget: QWidget, kind: QEvent.Type, at: tuple[float, float], modifiers: Qt.KeyboardModifier) -> None:
    local = QPointF(*at)
    is_move = kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if is_move else LEFT
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
    where = widget.mapToGlobal(local)
    QCoreApplication.sendEvent(widget, QMouseEvent(kind, local, where, button, held, modifiers))
