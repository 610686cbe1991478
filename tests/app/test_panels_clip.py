"""Masks, clip facts, media: edits through commands, facts in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_mask, a_media, a_project
from hands import click, drag, key
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from window_kit import Answers

from app.matte_desk import MatteDesk
from app.media_host import MediaHost
from app.panels.brush_group import BrushSettings
from app.panels.clip_panel import ClipPanel
from app.panels.context import PanelContext
from app.panels.empty_page import EmptyPage, Recent
from app.panels.masks_panel import MasksPanel
from app.panels.media_panel import MediaPanel
from app.panels.media_text import audio_text, duration_text, media_line, rate_text
from app.session_bridge import SessionBridge
from app.shape_desk import ShapeDesk
from app.theme.style import apply_theme
from core.document.model import Clip, Mask, MaskOperation, Project
from core.document.session import Session
from core.ids import MaskId
from core.media.facts import AudioFacts
from core.timebase import ZERO, Fraction, Time


@pytest.fixture(scope="module", autouse=True)
def _themed(qapp: QApplication) -> None:
    apply_theme(qapp)


def context_of(project: Project) -> PanelContext:
    return PanelContext(SessionBridge(Session(project)))


def clip_of(context: PanelContext) -> Clip:
    assert context.clip is not None
    return context.clip


def a_panel(context: PanelContext) -> MasksPanel:
    """The page of masks, with nobody who renders behind it."""
    shapes = ShapeDesk(context)
    return MasksPanel(context, shapes, MatteDesk(context, shapes, lambda _request: None, Answers()))


@pytest.fixture
def masks(qtbot: QtBot) -> MasksPanel:
    context = context_of(a_project(masks=[a_mask(), a_mask(number=1)]))
    panel = a_panel(context)
    panel.resize(348, 600)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def selected(panel: MasksPanel) -> Mask:
    return clip_of(panel._context).mask(panel.selected_mask or MaskId(""))


def test_a_new_mask_is_selected_and_ready_to_paint(masks: MasksPanel) -> None:
    chosen: list[str] = []
    masks.mask_selected.connect(chosen.append)
    click(masks.add)
    made = clip_of(masks._context).masks[-1]
    assert made.name == "Mask 3"
    assert masks.selected_mask == made.id
    assert chosen[-1] == made.id
    masks._context.bridge.undo()
    assert masks.selected_mask == clip_of(masks._context).masks[-1].id


def test_dragging_feather_is_one_undo_step(masks: MasksPanel) -> None:
    before = masks._context.project
    groove = masks.feather.groove
    assert groove is not None
    drag(groove, [(groove._x_of(0.0), 12), (groove._x_of(0.05), 12), (groove._x_of(0.1), 12)])
    assert selected(masks).feather == pytest.approx(0.1, abs=0.003)
    masks._context.bridge.undo()
    assert masks._context.project is before


def test_invert_enable_rename_and_delete_go_through_commands(masks: MasksPanel) -> None:
    masks.select(MaskId("mask-0"))
    click(masks.invert)
    assert selected(masks).is_inverted
    masks.list.toggled.emit("mask-0")
    assert not selected(masks).is_enabled
    masks.list.renamed.emit("mask-0", "Road")
    assert selected(masks).name == "Road"
    click(masks.delete)
    assert [m.id for m in clip_of(masks._context).masks] == ["mask-1"]
    for _ in range(4):
        masks._context.bridge.undo()
    assert clip_of(masks._context).masks[0] == a_mask()


def test_the_brush_is_a_tool_and_not_an_edit(masks: MasksPanel) -> None:
    said: list[BrushSettings] = []
    masks.brush_changed.connect(said.append)
    groove = masks.brush.by_field["hardness"].groove
    assert groove is not None
    drag(groove, [(groove._x_of(0.5), 12), (groove._x_of(0.8), 12)])
    assert said[-1].hardness == pytest.approx(0.8, abs=0.02)
    assert not masks._context.bridge.session.can_undo
    masks.brush.show_settings(BrushSettings(0.2, 0.1, 0.5))
    assert masks.brush.by_field["radius"].value == 0.2
    assert said[-1].radius != 0.2


def test_without_masks_the_panel_says_what_one_is_for(qtbot: QtBot) -> None:
    context = context_of(a_project())
    panel = a_panel(context)
    qtbot.addWidget(panel)
    assert panel._hint.isVisibleTo(panel)
    assert not panel.delete.isEnabled()
    assert panel.selected_mask is None


def test_clip_facts_are_in_words(qtbot: QtBot) -> None:
    panel = ClipPanel(context_of(a_project(media=a_media("road.mp4", frames=221, rate=Fraction(24000, 1001)))))
    qtbot.addWidget(panel)
    facts = {name: fact.value for name, fact in panel._facts.items()}
    assert facts["Size"] == "1920 × 1080"
    assert facts["Rate"] == "23.976 fps"
    assert facts["Duration"] == "9.22 s, 221 frames"
    assert facts["Audio"] == "None"
    assert facts["Source"] == "frames 0 to 220"


def test_another_take_changes_the_seed_and_can_be_undone(qtbot: QtBot) -> None:
    panel = ClipPanel(context_of(a_project()))
    qtbot.addWidget(panel)
    click(panel.new_seed)
    context = panel._context
    assert panel.seed.value == clip_of(context).look.seed
    assert context.bridge.session.undo_label == "Set seed"
    context.bridge.undo()
    assert panel.seed.value == 1.0


def test_a_clip_is_renamed_in_its_panel(qtbot: QtBot) -> None:
    panel = ClipPanel(context_of(a_project()))
    qtbot.addWidget(panel)
    panel.name.selectAll()
    QTest.keyClicks(panel.name, "Harbour road")
    key(panel.name, Qt.Key.Key_Return)
    assert clip_of(panel._context).name == "Harbour road"


def test_damaged_media_say_so_in_a_sentence(qtbot: QtBot) -> None:
    damaged = replace(a_media(), damage="road.mp4 ends early; 12 of 48 frames decode.")
    panel = MediaPanel(context_of(replace(a_project(), media=(damaged,))), MediaHost())
    qtbot.addWidget(panel)
    (row,) = panel.model.rows
    assert row.problem == "road.mp4 ends early; 12 of 48 frames decode."
    assert not row.is_missing
    assert row.problem in row.tip


def test_media_in_words() -> None:
    media = a_media(frames=221)
    sound = AudioFacts(0, "aac", 2, 48_000, ZERO, Time(Fraction(1)))
    assert media_line(media) == "1920 × 1080, 25 fps, 8.84 s"
    assert audio_text(replace(media, audio=(sound, sound))) == "AAC, stereo, 48 kHz, 2 streams"
    assert rate_text(Fraction(30000, 1001)) == "29.97 fps"
    assert duration_text(3725.0) == "1:02:05"


def test_the_empty_page_asks_and_takes_dropped_files(qtbot: QtBot, tmp_path: Path) -> None:
    page = EmptyPage()
    page.resize(1300, 760)
    qtbot.addWidget(page)
    page.show()
    page.set_recent([Recent(tmp_path / "Harbour road.wvp", "Today, 2 clips")])
    assert page.recent.items[0].title == "Harbour road"
    with qtbot.waitSignal(page.recent_chosen, timeout=1000) as opened:
        click(page.recent, (100, 20))
    assert opened.args == [str(tmp_path / "Harbour road.wvp")]
    with qtbot.waitSignals([page.choose_requested, page.demo_requested, page.open_requested], timeout=1000):
        click(page.zone.choose)
        click(page.demo.open)
        click(page.open_project)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.mp4")), QUrl("https://example.com/b.mp4")])
    with qtbot.waitSignal(page.files_dropped, timeout=1000) as dropped:
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        page.dropEvent(QDropEvent(QPointF(600, 300), Qt.DropAction.CopyAction, mime, buttons, keys))
    assert dropped.args == [[str(tmp_path / "a.mp4")]]


def test_a_name_being_typed_is_not_overwritten(qtbot: QtBot) -> None:
    panel = ClipPanel(context_of(a_project()))
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    panel.name.setFocus()
    qtbot.waitUntil(panel.name.hasFocus)
    assert isinstance(panel.name, QLineEdit)
    panel.name.setText("half ty")
    panel._context.set_playhead(Time.from_frame(5, Fraction(25)))
    assert panel.name.text() == "half ty"


def test_how_a_mask_joins_the_others_is_chosen_and_undone(masks: MasksPanel) -> None:
    masks.add_mask()
    masks.add_mask()
    project = masks._context.project
    masks.operation.setFocus()
    QTest.keyClick(masks.operation, Qt.Key.Key_Right)
    clip = masks._context.clip
    assert clip is not None
    assert [m.operation for m in clip.masks][-1] is MaskOperation.SUBTRACT
    assert masks.list.items[-1].detail.endswith("taken away")
    masks._context.bridge.undo()
    assert masks._context.project == project
