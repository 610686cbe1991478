"""The steps of the tour: what is said, and where it points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from app.panels.browser import Browser
from app.panels.inspector import Inspector
from core.words import msg

if TYPE_CHECKING:
    from app.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Step:
    """`point` brings its place into sight and returns the widget there, with the part of it that is meant."""

    title: str
    text: str
    point: Callable[[MainWindow], tuple[QWidget, QRect]]


def _whole(widget: QWidget) -> tuple[QWidget, QRect]:
    return widget, widget.rect()


def _picture(window: MainWindow) -> tuple[QWidget, QRect]:
    return _whole(window.viewer.view)


def _looks(window: MainWindow) -> tuple[QWidget, QRect]:
    _show_panel(window, "left_panel")
    window.browser.tabs.set_current(Browser.LOOKS)
    return _whole(window.browser)


def _conditions(window: MainWindow) -> tuple[QWidget, QRect]:
    _show_panel(window, "right_panel")
    window.inspector.tabs.set_current(Inspector.CONDITIONS)
    return _whole(window.inspector.conditions)


def _masks(window: MainWindow) -> tuple[QWidget, QRect]:
    return _whole(window.top_bar.tab("Mask"))


def _timeline(window: MainWindow) -> tuple[QWidget, QRect]:
    _show_panel(window, "bottom_panel")
    return _whole(window.timeline)


def _export(window: MainWindow) -> tuple[QWidget, QRect]:
    bar = window.menuBar()
    return bar, bar.actionGeometry(bar.actions()[0])


def _show_panel(window: MainWindow, id_: str) -> None:
    if not window.is_on(id_):
        window.actions_by_id[id_].trigger()


STEPS: Final = (
    Step(
        msg("Source and result"),
        msg(
            "Left of the line is the source, right of it the result. Drag the line; Shift-drag turns it. Keys 1 to 4 change "
            "the view."
        ),
        _picture,
    ),
    Step(
        msg("Looks"),
        msg(
            "Each is drawn from the frame under the playhead. Rest the pointer on one to try it, click to use it, Shift-click "
            "to lay it over what is set."
        ),
        _looks,
    ),
    Step(
        msg("Conditions and keyframes"),
        msg(
            "Every condition of the look. Drag a slider; the diamond beside a value sets a keyframe at the playhead, and from "
            "then on changes are animated."
        ),
        _conditions,
    ),
    Step(
        msg("Masks"),
        msg("The Mask workspace holds a brush. Where you paint, the look applies; hold Alt to erase."),
        _masks,
    ),
    Step(
        msg("Timeline"),
        msg(
            "Drag to move, drag an end to trim, Ctrl+B splits. The blue bar shows which frames are ready. Every edit can be "
            "undone and is on disk at once."
        ),
        _timeline,
    ),
    Step(
        msg("Export"),
        msg(
            "File > Export… writes films and image sequences at full quality. That is the whole round; the tour stands in the "
            "Help menu."
        ),
        _export,
    ),
)
