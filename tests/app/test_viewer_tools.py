"""What the viewer compares and measures: butterfly, difference, guides, the picture alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from films import number_film
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from window_kit import Editor

from app.theme import tokens as tk
from app.viewer.compare import halves
from app.viewer.geometry import Wipe
from app.viewer.guides import TITLE_SAFE, Guide, framed, lines, safe_area, safe_name_place
from app.viewer.modes import ViewMode
from app.viewer.pictures import GAINS, Pictures
from core.render.messages import Layer, Picture8, PreviewReady, Quality
from core.timebase import ZERO


def flat(*bgr: int, size: tuple[int, int] = (40, 80)) -> Picture8:
    return Picture8(np.ascontiguousarray(np.broadcast_to(np.array([*bgr, 255], np.uint8), (*size, 4))))


def painted(pictures: Pictures, mode: ViewMode) -> np.ndarray:
    """(40, 80, 3) R G B on a screen of the picture's size."""
    from PySide6.QtGui import QPainter

    image = QImage(80, 40, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    pictures.paint(painter, QRectF(0, 0, 80, 40), mode, Wipe())
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(40, 80, 4)[..., 2::-1].copy()


def of(source: Picture8, result: Picture8) -> Pictures:
    pictures = Pictures()
    layers = ((Layer.SOURCE, source), (Layer.RESULT, result))
    pictures.take(PreviewReady(1, ZERO, Quality.FULL, is_last=True, pictures=layers, render_ms=1.0))
    return pictures


@pytest.mark.parametrize("gain", GAINS)
def test_the_difference_is_amplified_and_held_at_white(gain: int) -> None:
    pictures = of(flat(100, 100, 100), flat(90, 100, 130))
    pictures.set_gain(gain)
    assert painted(pictures, ViewMode.DIFFERENCE)[20, 40].tolist() == [min(255, 30 * gain), 0, min(255, 10 * gain)]


def test_the_signed_difference_tells_brighter_from_darker() -> None:
    up, down = of(flat(60, 60, 60), flat(90, 90, 90)), of(flat(90, 90, 90), flat(60, 60, 60))
    red, _, blue = painted(up, ViewMode.SIGNED)[20, 40].astype(int)
    assert red > blue
    red, _, blue = painted(down, ViewMode.SIGNED)[20, 40].astype(int)
    assert blue > red
    assert painted(up, ViewMode.DIFFERENCE)[20, 40].tolist() == [120, 120, 120]  # the one is not taken for the other


def test_a_butterfly_meets_its_twin_in_the_middle() -> None:
    ramp = np.zeros((40, 80, 4), np.uint8)
    ramp[..., 2] = np.arange(80)
    ramp[..., 3] = 255
    shown = painted(of(Picture8(ramp), Picture8(ramp)), ViewMode.BUTTERFLY)[20, :, 0]
    assert np.array_equal(shown[:40], np.arange(40))
    assert np.array_equal(shown[40:], shown[:40][::-1])


def test_safe_areas_are_those_of_the_standard_and_frames_are_centred() -> None:
    picture = QRectF(10, 20, 1920, 1080)
    assert safe_area(picture, 0.9) == QRectF(10 + 96, 20 + 54, 1728, 972)
    scope = framed(picture, 2.39)
    assert (scope.width(), scope.center()) == (1920, picture.center())
    assert scope.height() == pytest.approx(1920 / 2.39)
    assert framed(picture, 9 / 16).height() == 1080
    assert sorted(line.y1() for line in lines(Guide.THIRDS, picture))[:1] == [20.0]
    assert {round(line.x1() - 10) for line in lines(Guide.THIRDS, picture) if line.dx() == 0} == {640, 1280}


def test_guides_are_ticked_remembered_and_one_frame_replaces_another(editor: Editor) -> None:
    viewer = editor.window.viewer
    for id_ in ("guide_thirds", "guide_cinema", "guide_square"):
        editor.act(id_)
    assert viewer.view.guides == {Guide.THIRDS, Guide.SQUARE}
    word = viewer.state
    editor.act("guide_thirds")
    viewer.restore(word)
    assert viewer.view.guides == {Guide.THIRDS, Guide.SQUARE}
    viewer.restore("nonsense")
    assert viewer.view.guides == {Guide.THIRDS, Guide.SQUARE}


def test_the_picture_alone_leaves_by_escape_and_brings_the_panels_back(editor: Editor) -> None:
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    window = editor.window
    editor.act("viewer_alone")
    assert window.viewer.view.isVisible()
    parts = (window.timeline, window.browser, window.inspector, window.top_bar, window.status, window.menuBar())
    assert not any(part.isVisible() for part in parts)
    editor.qtbot.keyClick(window.viewer.view, Qt.Key.Key_Right)
    editor.until(lambda: window.playhead.time > ZERO)
    editor.qtbot.keyClick(window.viewer.view, Qt.Key.Key_Escape)
    assert all(part.isVisible() for part in parts)
    assert not window.actions_by_id["viewer_alone"].isChecked()


def test_leaving_the_picture_alone_keeps_a_window_that_was_over_the_whole_screen(editor: Editor) -> None:
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    window = editor.window
    editor.act("fullscreen")
    editor.act("viewer_alone")
    editor.act("viewer_alone")
    assert window.isFullScreen()
    assert window.timeline.isVisible()
    editor.act("fullscreen")
    assert not window.isFullScreen()
    editor.act("viewer_alone")
    assert window.isFullScreen()
    editor.act("viewer_alone")
    assert not window.isFullScreen()


def test_nothing_lies_over_the_picture_alone(editor: Editor) -> None:
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    tour = editor.window.house.tour
    editor.act("tour")
    editor.until(lambda: tour.card is not None and tour.card.isVisible())
    editor.act("viewer_alone")
    assert tour.step is None
    assert tour.card is not None
    assert tour.ring is not None
    assert not tour.card.isVisible()
    assert not tour.ring.isVisible()
    editor.act("tour")
    assert editor.window.top_bar.isVisible()
    tour.stop()


def test_a_ring_shows_the_focus_of_the_keyboard_but_never_around_the_picture_alone(editor: Editor) -> None:
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    view = editor.window.viewer.view

    def has_ring() -> bool:
        return view.grab().toImage().pixelColor(1, view.height() // 2) == tk.ACC

    editor.window.timeline.canvas.setFocus()
    view.setFocus(Qt.FocusReason.OtherFocusReason)
    assert not has_ring()
    editor.window.timeline.canvas.setFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    editor.until(view.hasFocus)
    assert has_ring()
    view.is_alone = True
    assert not has_ring()


def test_the_names_of_the_safe_areas_lie_in_no_corner_and_over_no_line(qtbot: QtBot) -> None:
    for height in (540, 1080):
        picture = QRectF(0, 0, height * 16 / 9, height)
        place = safe_name_place(picture)
        assert place is not None
        assert safe_area(picture, TITLE_SAFE).contains(place)
        assert place.center().x() == pytest.approx(picture.center().x())
        assert not any(place.contains(line.p1()) or place.contains(line.p2()) for line in lines(Guide.CENTER, picture))
    assert safe_name_place(QRectF(0, 0, 480, 270)) is None


def test_side_by_side_each_picture_has_its_guides(editor: Editor) -> None:
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    editor.act("view_split")
    view = editor.window.viewer.view
    before = view.grab().toImage()
    editor.act("guide_center")
    shown = view.grab().toImage()
    for half in halves(view.picture_rect):
        middle = half.center().toPoint()
        assert shown.pixelColor(middle) != before.pixelColor(middle)


def test_flip_shows_the_other_in_the_same_place(editor: Editor, tmp_path: Path) -> None:
    number_film(tmp_path / "x.mp4", 5)
    editor.add_clip(frames=20)
    editor.wait_for_picture()
    editor.act("view_result")
    editor.act("flip")
    assert editor.window.viewer.view.mode is ViewMode.SOURCE
    editor.act("flip")
    assert editor.window.viewer.view.mode is ViewMode.RESULT
