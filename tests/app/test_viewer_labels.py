"""Words over the picture: on the side they name, and never over each other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import radians
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from app.viewer import names, screen
from app.viewer.geometry import Wipe
from app.viewer.guides import Guide, safe_name_place
from app.viewer.modes import ViewMode
from app.viewer.names import wipe_corners
from app.viewer.screen import ViewerScreen
from core.render.messages import Layer, Picture8, PreviewReady, Quality
from core.timebase import ZERO

RECT = QRectF(8, 40, 960, 540)


@pytest.mark.parametrize("angle", range(-180, 181, 15))
@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (0.2, 0.8), (0.9, 0.1)])
def test_each_name_stands_on_its_own_side_of_the_wipe(angle: int, x: float, y: float) -> None:
    wipe = Wipe(x, y, radians(angle))
    source, result = wipe_corners(wipe, RECT, RECT)
    assert source is None or wipe.distance(source, RECT) <= 0
    assert result is None or wipe.distance(result, RECT) > 0
    assert source is not None or result is not None
    assert source != result


def test_a_level_wipe_has_the_source_above() -> None:
    source, result = wipe_corners(Wipe(angle_rad=radians(90)), RECT, RECT)
    assert source is not None
    assert result is not None
    assert source.y() < RECT.center().y() < result.y()


def test_a_side_that_is_out_of_sight_is_not_named() -> None:
    assert wipe_corners(Wipe(x=0.0), RECT, RECT)[0] is None
    assert wipe_corners(Wipe(x=1.0), RECT, RECT)[1] is None


def a_screen(qtbot: QtBot, mode: ViewMode, width: int, height: int) -> ViewerScreen:
    """All layers, all there is to say, in a window that the picture fills."""
    view = ViewerScreen()
    qtbot.addWidget(view)
    view.resize(width + 16, height + 16)
    view.canvas_size = (width, height)
    view.set_mode(mode)
    picture = Picture8(np.zeros((54, 96, 4), np.uint8))
    view.show_pictures(PreviewReady(1, ZERO, Quality.HALF, False, tuple((layer, picture) for layer in Layer), 1.0))
    view.result_name = "Night, drizzle"
    view.timecode = "00:00:12:08"
    view.set_playback("24 of 24 fps   3 dropped", is_dropping=True)
    view.show()
    return view


@pytest.fixture
def plates(monkeypatch: pytest.MonkeyPatch) -> list[QRectF]:
    """Where words were written."""
    found: list[QRectF] = []

    def noting(paint: Callable[..., QRectF]) -> Callable[..., QRectF]:
        def noted(*args: Any, **rest: Any) -> QRectF:
            found.append(paint(*args, **rest))
            return found[-1]

        return noted

    for module in (names, screen):
        monkeypatch.setattr(module, "paint_label", noting(module.paint_label))
    return found


@pytest.mark.parametrize("mode", [m for m in ViewMode if m is not ViewMode.SPLIT])
@pytest.mark.parametrize(("width", "height"), [(960, 540), (640, 360), (480, 270), (300, 534)])
def test_words_never_lie_over_each_other(
    qtbot: QtBot, plates: list[QRectF], mode: ViewMode, width: int, height: int
) -> None:
    view = a_screen(qtbot, mode, width, height)
    view.set_guides(frozenset({Guide.SAFE}))
    view.grab()
    rect = view.picture_rect
    boxes = [*plates, *((name,) if (name := safe_name_place(rect)) is not None else ())]
    if view._legend is not None:
        narrow = width < 480
        boxes.append(view._legend.place(rect.adjusted(0, 0, 0, -32) if narrow else rect))
    assert len(boxes) >= 3
    assert all(rect.contains(box) for box in boxes)
    assert [(a, b) for a, b in combinations(boxes, 2) if a.intersects(b)] == []
