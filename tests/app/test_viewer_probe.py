"""The pixel probe over the picture, in every way of comparing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import BrighteningTranslator
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_kit import Editor, a_world

from app.viewer.compare import halves, picture_point, screen_point
from app.viewer.images import HeldImage
from app.viewer.modes import ViewMode
from app.viewer.reference import Reference
from core.document.commands import SetValue
from core.render.messages import Layer, PreviewReady, ProbeReady, ProbeRequest, Quality

RECT = QRectF(10, 20, 1005, 500)


@pytest.mark.parametrize("mode", list(ViewMode))
@pytest.mark.parametrize(("u", "v"), [(0.0, 0.0), (0.25, 0.75), (0.49, 0.5)])
def test_a_point_of_the_picture_is_read_where_it_is_shown(mode: ViewMode, u: float, v: float) -> None:
    assert picture_point(mode, RECT, screen_point(mode, RECT, u, v)) == pytest.approx((u, v))


def test_both_halves_side_by_side_show_the_whole_picture() -> None:
    for half in halves(RECT):
        at = QPointF(half.left() + 0.8 * half.width(), half.center().y())
        assert picture_point(ViewMode.SPLIT, RECT, at) == pytest.approx((0.8, 0.5))


def test_the_seam_between_both_belongs_to_neither() -> None:
    left, right = halves(RECT)
    u, _ = picture_point(ViewMode.SPLIT, RECT, QPointF((left.right() + right.left()) / 2, 200))
    assert u > 1.0


def test_the_right_half_of_a_butterfly_is_the_left_one_in_a_mirror() -> None:
    at = QPointF(RECT.left() + 0.9 * RECT.width(), RECT.center().y())
    assert picture_point(ViewMode.BUTTERFLY, RECT, at) == pytest.approx((0.1, 0.5))


def move_to(editor: Editor, at: QPointF) -> None:
    view = editor.window.viewer.view
    none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view, QMouseEvent(QMouseEvent.Type.MouseMove, at, view.mapToGlobal(at), none, none, keys))


def hover(editor: Editor, u: float, v: float) -> None:
    """Over a place on the screen, as a share of where the picture stands."""
    rect = editor.window.viewer.view.picture_rect
    move_to(editor, QPointF(rect.left() + u * rect.width(), rect.top() + v * rect.height()))


def wait_for_light(editor: Editor) -> None:
    probe = editor.window.viewer_desk.probe
    editor.until(lambda: len(probe.readings) == 2 and all(r.light is not None for r in probe.readings))


def codes_at(ready: PreviewReady | None, layer: Layer, u: float, v: float) -> tuple[int, ...]:
    picture = ready.picture(layer) if ready is not None else None
    assert picture is not None
    return tuple(int(c) for c in picture.pixels[int(v * picture.height), int(u * picture.width), 2::-1])


def assert_reads(editor: Editor, u: float, v: float) -> None:
    """Codes of the picture on the screen at this point of it, and the light they were made of."""
    wait_for_light(editor)
    ready = editor.window.viewer.view.ready
    for reading, layer in zip(editor.window.viewer_desk.probe.readings, (Layer.SOURCE, Layer.RESULT), strict=True):
        assert reading.codes == codes_at(ready, layer, u, v)
        assert reading.light is not None
        # The fakes show light as it is, held at white: code = 255 light. The engine's is finer than a code.
        shown = np.clip(np.array(reading.light) * 255, 0, 255)
        assert shown == pytest.approx(np.array(reading.codes, float), abs=0.51)


def wait_for_wanted(editor: Editor) -> None:
    """Until the picture on the screen is the best one of what is wanted, and no better one will come by itself."""
    window, view = editor.window, editor.window.viewer.view

    def stands() -> bool:
        ready, shot = view.ready, window.desk.shot
        is_followed = shot is not None and shot.tracking is not None
        return is_followed and ready is not None and ready.is_last and ready.serial == window.client._serial

    editor.until(stands)


@pytest.fixture
def probing(editor: Editor) -> Editor:
    """A rainy clip with the probe on."""
    clip = editor.add_clip(frames=20)
    editor.window.bridge.do(SetValue(clip.id, "rain", 0.5))
    editor.act("probe")
    wait_for_wanted(editor)
    return editor


@pytest.mark.parametrize(
    ("mode", "screen", "picture"),
    [
        (ViewMode.WIPE, (0.8, 0.3), (0.8, 0.3)),
        (ViewMode.RESULT, (0.3, 0.6), (0.3, 0.6)),
        (ViewMode.FLICKER, (0.3, 0.6), (0.3, 0.6)),
        (ViewMode.BUTTERFLY, (0.8, 0.3), (0.2, 0.3)),
        (ViewMode.SPLIT, (0.25, 0.3), (0.5025, 0.3)),
        (ViewMode.SPLIT, (0.75, 0.3), (0.4975, 0.3)),
    ],
)
def test_the_probe_reads_what_stands_under_the_pointer(
    probing: Editor, mode: ViewMode, screen: tuple[float, float], picture: tuple[float, float]
) -> None:
    probing.act(f"view_{mode.value}")
    wait_for_wanted(probing)
    hover(probing, *screen)
    assert_reads(probing, *picture)


def test_beside_the_picture_there_is_nothing_to_read(probing: Editor) -> None:
    hover(probing, 0.5, 0.5)
    assert probing.window.viewer_desk.probe.place.startswith("32, 24")
    hover(probing, 1.5, 0.5)
    assert probing.window.viewer_desk.probe.readings == ()


def test_a_draft_is_read_as_a_draft(probing: Editor) -> None:
    """Light and codes of one frame at one size, also while the picture is coarse."""
    window = probing.window
    window.viewer.transport.set_quality(Quality.DRAFT)
    wait_for_wanted(probing)
    hover(probing, 0.37, 0.61)
    assert_reads(probing, 0.37, 0.61)
    assert "Preview ¼" in window.viewer_desk.probe.place


def test_what_is_asked_is_about_the_picture_on_the_screen(probing: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the playhead is ahead of the picture, light is of the picture."""
    window = probing.window
    asked: list[tuple[object, PreviewReady | None]] = []
    monkeypatch.setattr(
        window.viewer_desk.probe, "_post", lambda request: asked.append((request, window.viewer.view.ready))
    )
    monkeypatch.setattr(window.client, "_post", lambda _request: None)  # no newer picture comes
    window.playhead.step(3)
    hover(probing, 0.5, 0.5)
    probing.until(lambda: bool(asked))
    request, shown = asked[0]
    assert isinstance(request, ProbeRequest)
    assert shown is not None
    assert window.playhead.time != shown.time
    assert (request.time, request.quality) == (shown.time, shown.quality)


def test_a_frame_that_is_not_in_memory_is_said_to_be_so(qtbot: QtBot, tmp_path: Path) -> None:
    forgetful = Editor.open(qtbot, tmp_path, a_world(tmp_path, results_bytes=0))
    forgetful.add_clip(frames=20)
    forgetful.wait_for_picture()
    forgetful.act("probe")
    hover(forgetful, 0.5, 0.5)
    probe = forgetful.window.viewer_desk.probe
    forgetful.until(lambda: all("not in memory" in reading.text for reading in probe.readings))
    assert [reading.light for reading in probe.readings] == [None, None]
    forgetful.close()


def test_the_probe_is_used_without_a_pointer(probing: Editor) -> None:
    probe = probing.window.viewer_desk.probe
    QApplication.sendEvent(probing.window.viewer.view, QEvent(QEvent.Type.Leave))
    assert probe.readings == ()
    probing.act("probe")
    probing.act("probe")
    assert probe.place.startswith("32, 24")
    probe.step(3, -2)
    assert_reads(probing, (35 + 0.5) / 64, (22 + 0.5) / 48)
    probe.step(-1000, 1000)
    assert probe.place.startswith("0, 47")


def test_an_answer_for_a_place_left_behind_is_not_shown(probing: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = probing.window.viewer_desk.probe
    asked: list[object] = []
    monkeypatch.setattr(probe, "_post", asked.append)
    hover(probing, 0.2, 0.2)
    probing.until(lambda: bool(asked))
    first = asked[0]
    assert isinstance(first, ProbeRequest)
    hover(probing, 0.8, 0.8)
    probe.on_event(ProbeReady(first.serial, ((Layer.SOURCE, (0.5, 0.5, 0.5)),)))
    assert [reading.light for reading in probe.readings] == [None, None]


def test_a_square_is_averaged_and_drawn(probing: Editor) -> None:
    probe, view = probing.window.viewer_desk.probe, probing.window.viewer.view
    hover(probing, 0.5, 0.5)
    probing.act("probe_size")
    assert probe.side == 3
    assert "3 × 3" in probe.place
    wait_for_light(probing)
    picture = view.ready.picture(Layer.SOURCE) if view.ready else None
    assert picture is not None
    mean = picture.pixels[23:26, 31:34, 2::-1].reshape(-1, 3).mean(axis=0)
    assert probe.readings[0].codes == tuple(round(c) for c in mean)
    before = view.grab().toImage()
    probing.act("probe")
    assert view.grab().toImage() != before


def test_a_still_is_read_where_it_stands_in_the_place_of_the_source(probing: Editor) -> None:
    """It is square here, in the middle of a picture of 4:3, with bars beside it."""
    viewer, probe = probing.window.viewer, probing.window.viewer_desk.probe
    pixels = np.zeros((30, 30, 4), np.uint8)
    pixels[..., 2], pixels[..., 1] = np.arange(30)[None] * 8, np.arange(30)[:, None] * 8
    viewer.set_reference(Reference(HeldImage(pixels, QImage.Format.Format_RGB32), "Still"))
    hover(probing, 0.5, 0.25)
    compared, result = probe.readings
    assert (compared.name, compared.codes) == ("Compared", (15 * 8, 7 * 8, 0))
    assert "light is not known" in compared.text
    assert result.name == "Result"
    probing.act("probe_size")
    assert probe.readings[0].codes == (15 * 8, 7 * 8, 0)  # the mean of an even ramp
    hover(probing, 0.05, 0.25)
    assert [reading.name for reading in probe.readings] == ["Result"]
    hover(probing, 0.5, 0.25)
    viewer.set_reference(None)
    assert [reading.name for reading in probe.readings] == ["Source", "Result"]


@pytest.fixture
def bright(qtbot: QtBot, tmp_path: Path) -> Iterator[Editor]:
    """An editor whose translator makes eight times the light."""
    opened = Editor.open(qtbot, tmp_path, a_world(tmp_path, translator=BrighteningTranslator()))
    yield opened
    opened.close()


def test_light_does_not_clip_where_codes_do(bright: Editor) -> None:
    clip = bright.add_clip(frames=20)
    bright.window.bridge.do(SetValue(clip.id, "rain", 1.0))
    bright.wait_for_picture()
    bright.act("probe")
    hover(bright, 0.25, 0.25)
    wait_for_light(bright)
    source, result = bright.window.viewer_desk.probe.readings
    assert source.light is not None
    assert result.light is not None
    assert result.light == pytest.approx(tuple(8 * value for value in source.light))
    assert max(result.light) > 1.0
    assert max(result.codes) == 255
