"""Mattes that come from the picture, under real hands: chosen, picked, followed, locked, brought and written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from films import number_film
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from window_kit import Editor, drag

from app.panels.follow_group import FollowStrip
from app.panels.masks_panel import MasksPanel
from app.viewer.modes import ViewMode
from core.document.model import Mask
from core.document.selectors import Range, SelectorKind
from core.render.messages import Layer
from core.timebase import Time

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def masked(editor: Editor) -> Editor:
    """A clip of twelve frames with an empty mask, the page of masks in sight."""
    editor.add_clip(12)
    editor.window.inspector.tabs.set_current(editor.window.inspector.MASKS)
    editor.window.inspector.masks.add_mask()
    editor.wait_for_picture()
    return editor


def page(editor: Editor) -> MasksPanel:
    return editor.window.inspector.masks


def mask(editor: Editor) -> Mask:
    (found,) = _masks(editor)
    return found


def _masks(editor: Editor) -> tuple[Mask, ...]:
    clip = editor.window.context.clip
    assert clip is not None
    return clip.masks


def px(editor: Editor, u: float, v: float) -> QPointF:
    rect = editor.window.viewer.view.picture_rect
    return QPointF(rect.left() + u * rect.width(), rect.top() + v * rect.height())


def paint(editor: Editor, u: float = 0.5, v: float = 0.5) -> None:
    """One stroke of the brush over the picture."""
    if editor.window.workbench.tool is not editor.window.workbench.brush:
        editor.act("brush")
    drag(editor.window.viewer.view, px(editor, u, v), px(editor, u + 0.1, v))


def go_to(editor: Editor, frame: int) -> None:
    editor.window.playhead.seek(at(frame))
    editor.wait_for_picture()


def at(frame: int) -> Time:
    return Time(Fraction(frame, 25))


def followed(editor: Editor) -> None:
    editor.until(lambda: (carried := editor.window.mattes.carried) is not None and carried.is_done)


def test_a_rule_is_chosen_by_keys_seen_at_once_and_undone(masked: Editor) -> None:
    kinds = page(masked).selection.kinds
    kinds.setFocus()
    QTest.keyClick(kinds, Qt.Key.Key_Down)
    QTest.keyClick(kinds, Qt.Key.Key_Down)
    selector = mask(masked).selector
    assert selector is not None
    assert selector.kind is SelectorKind.LUMINANCE
    assert page(masked).selection.strip.isVisible()
    view = masked.window.viewer.view
    masked.until(lambda: view.ready is not None and view.ready.picture(Layer.MATTE) is not None)
    masked.act("undo")
    masked.act("undo")
    assert mask(masked).selector is None
    assert kinds.currentIndex() == 0


def test_a_range_is_tuned_by_its_rows_and_one_end_pushes_the_other(masked: Editor) -> None:
    group = page(masked).selection
    masked.window.mattes.set_kind(SelectorKind.LUMINANCE)
    low = group.by_name["luminance_low"]
    low.setFocus()
    low.field.start_typing()
    masked.qtbot.keyClicks(low.field._editor, "80")
    masked.qtbot.keyClick(low.field._editor, Qt.Key.Key_Return)
    high = group.by_name["luminance_high"]
    high.field.start_typing()
    masked.qtbot.keyClicks(high.field._editor, "30")
    masked.qtbot.keyClick(high.field._editor, Qt.Key.Key_Return)
    selector = mask(masked).selector
    assert selector is not None
    assert (selector.luminance.low, selector.luminance.high) == (0.3, 0.3)
    assert not group.by_name["hue"].isVisible()


def test_colors_are_picked_from_the_picture_in_one_undo_step_and_shift_adds(masked: Editor) -> None:
    window = masked.window
    masked.act("pick_color")
    assert window.workbench.tool is window.workbench.qualifier
    assert window.viewer.view.mode in (ViewMode.SOURCE, ViewMode.MATTE)
    masked.wait_for_picture()
    drag(window.viewer.view, px(masked, 0.3, 0.3), px(masked, 0.3, 0.3))
    first = mask(masked).selector
    assert first is not None
    assert first.kind is SelectorKind.COLOR
    drag(window.viewer.view, px(masked, 0.8, 0.8), px(masked, 0.8, 0.8), keys=SHIFT)
    second = mask(masked).selector
    assert second is not None
    assert covers(second.luminance, first.luminance)
    assert covers(second.saturation, first.saturation)
    masked.act("undo")
    assert mask(masked).selector == first
    QTest.keyClick(window.viewer.view, Qt.Key.Key_Escape)
    assert window.workbench.tool is None


def covers(outer: Range, inner: Range) -> bool:
    return outer.low <= inner.low and inner.high <= outer.high


def test_an_empty_mask_says_why_it_cannot_follow(masked: Editor) -> None:
    masked.act("follow_ahead")
    assert mask(masked).follow is None
    assert "is empty" in masked.window.status.text


def test_a_mask_follows_behind_the_window_and_paint_belongs_to_its_frame(masked: Editor) -> None:
    go_to(masked, 4)
    paint(masked)
    masked.act("follow_both")
    follow = mask(masked).follow
    assert follow is not None
    assert (follow.start, follow.first, follow.last) == (at(4), at(0), at(11))
    followed(masked)
    carried = masked.window.mattes.carried
    assert carried is not None
    assert len(carried.certainties) == 11
    assert page(masked).follow.strip.isVisible()
    go_to(masked, 8)
    paint(masked, 0.2, 0.2)
    assert mask(masked).strokes[-1].at == at(8)
    assert mask(masked).strokes[0].at is None
    followed(masked)
    masked.act("stop_following")
    assert mask(masked).follow is None
    assert len(mask(masked).strokes) == 1


def test_a_frame_is_locked_and_let_go_by_the_same_key(masked: Editor) -> None:
    go_to(masked, 2)
    paint(masked)
    masked.act("follow_ahead")
    followed(masked)
    go_to(masked, 6)
    masked.act("lock_matte")
    masked.until(lambda: bool(mask(masked).follow and mask(masked).follow.locked))
    follow = mask(masked).follow
    assert follow is not None
    assert [each.time for each in follow.locked] == [at(6)]
    assert page(masked).follow.buttons["lock_matte"].isChecked()
    paint(masked, 0.7, 0.7)
    assert "locked" in masked.window.status.text
    masked.act("lock_matte")
    follow = mask(masked).follow
    assert follow is not None
    assert follow.locked == ()


def test_the_strip_goes_to_frames_by_clicks_and_arrows(masked: Editor) -> None:
    go_to(masked, 4)
    paint(masked)
    masked.act("follow_both")
    followed(masked)
    strip: FollowStrip = page(masked).follow.strip
    page_scrolled_to(masked, strip)
    masked.qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 16, 12))
    assert masked.window.playhead.time == at(11)
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert masked.window.playhead.time in strip.stops
    assert masked.window.playhead.time < at(11)


def page_scrolled_to(editor: Editor, widget: QWidget) -> None:
    editor.until(widget.isVisible)


def test_doubt_is_a_view_of_its_own(masked: Editor) -> None:
    paint(masked)
    masked.act("follow_ahead")
    followed(masked)
    masked.act("view_doubt")
    view = masked.window.viewer.view
    masked.until(lambda: view.ready is not None and view.ready.picture(Layer.DOUBT) is not None)
    assert page(masked).follow.buttons["view_doubt"].isChecked()


def test_a_matte_is_imported_in_one_undo_step_and_shifted(masked: Editor) -> None:
    before = masked.window.bridge.project
    masked.answers.target = number_film(masked.folder / "matte.mp4", 6)
    masked.act("import_matte")
    masked.until(lambda: mask(masked).selector is not None)
    selector = mask(masked).selector
    assert selector is not None
    assert selector.kind is SelectorKind.FILM
    assert any(m.id == selector.media for m in masked.window.bridge.project.media)
    row = page(masked).selection.by_name["start"]
    row.field.start_typing()
    masked.qtbot.keyClicks(row.field._editor, "3")
    masked.qtbot.keyClick(row.field._editor, Qt.Key.Key_Return)
    shifted = mask(masked).selector
    assert shifted is not None
    assert shifted.offset == Time(Fraction(-3, 25))
    masked.act("undo")
    masked.act("undo")
    assert masked.window.bridge.project == before


def test_a_matte_is_written_as_numbered_pictures(masked: Editor) -> None:
    paint(masked)
    masked.answers.target = masked.folder / "out" / "matte.png"
    masked.answers.target.parent.mkdir()
    masked.act("export_matte")
    masked.until(lambda: len(list((masked.folder / "out").glob("matte.*.png"))) == 12)
    masked.until(lambda: not masked.window.exporter.is_running)
