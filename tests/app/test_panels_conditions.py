"""Conditions and looks: every hand movement is one undo step, and the panel shows the playhead's values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from builders import a_media, a_project
from hands import SHIFT, click, drag, key, move, press, release
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.looks.my_looks import MyLooks
from app.looks.shelf import LookShelf
from app.looks.stills import LookStills
from app.panels.conditions_panel import ConditionsPanel
from app.panels.context import PanelContext
from app.panels.looks_panel import LooksPanel
from app.panels.preset_stills import AS_SHOT, PresetStills
from app.panels.summaries import summary
from app.session_bridge import SessionBridge
from app.theme.style import apply_theme
from app.widgets.marks import KeyState
from app.widgets.thumbs import Thumbs
from core.condition import NEUTRAL, RAIN, SCHEMA, SUN, SUN_AZIMUTH, SUN_ELEVATION, AxisGroup, Condition
from core.document.commands import SetKeyframe
from core.document.model import Look
from core.document.session import Session
from core.looks.library import LookLibrary
from core.presets import preset_named, presets
from core.render.messages import Layer, Picture8, Request, StillReady, StillRequest
from core.timebase import ZERO, Time


@dataclass
class Desk:
    """A panel over a project of one clip, and what it asked the engine for."""

    bridge: SessionBridge
    context: PanelContext
    stills: PresetStills
    panel: ConditionsPanel
    posted: list[Request] = field(default_factory=list)

    @property
    def look(self) -> Look:
        clip = self.context.clip
        assert clip is not None
        return clip.look

    @property
    def rain(self) -> float:
        return self.look.value_at(RAIN, self.context.source_time)


@pytest.fixture(scope="module", autouse=True)
def _themed(qapp: QApplication) -> None:
    apply_theme(qapp)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    bridge = SessionBridge(Session(a_project(media=a_media(frames=100))))
    context = PanelContext(bridge)
    posted: list[Request] = []
    stills = PresetStills(context, posted.append)
    panel = ConditionsPanel(context, stills)
    panel.resize(348, 820)
    qtbot.addWidget(panel)
    panel.show()
    return Desk(bridge, context, stills, panel, posted)


def rain_drag(desk: Desk, to: float) -> list[tuple[float, float]]:
    groove = desk.panel.row(RAIN).groove
    assert groove is not None
    return [(groove._x_of(desk.rain), 12.0), (groove._x_of((desk.rain + to) / 2), 12.0), (groove._x_of(to), 12.0)]


def test_there_is_a_row_for_every_axis_of_the_schema(desk: Desk) -> None:
    for axis in SCHEMA:
        assert desk.panel.row(axis.id).isVisibleTo(desk.panel)


def test_dragging_a_slider_is_one_undo_step(desk: Desk) -> None:
    before = desk.bridge.project
    groove = desk.panel.row(RAIN).groove
    assert groove is not None
    drag(groove, rain_drag(desk, 0.7))
    assert desk.rain == pytest.approx(0.7, abs=0.01)
    assert desk.bridge.session.undo_label == "Set rain"
    desk.bridge.undo()
    assert desk.bridge.project is before
    assert not desk.bridge.session.can_undo
    assert desk.panel.row(RAIN).value == 0.0


def test_escape_during_a_drag_restores_and_leaves_no_undo_step(desk: Desk) -> None:
    before = desk.bridge.project
    groove = desk.panel.row(RAIN).groove
    assert groove is not None
    start, *_, end = rain_drag(desk, 0.7)
    press(groove, start)
    move(groove, end)
    assert desk.rain > 0.5
    key(groove, Qt.Key.Key_Escape)
    release(groove, end)
    assert desk.bridge.project == before
    assert desk.panel.row(RAIN).value == 0.0
    assert not desk.bridge.session.can_undo


def test_an_undo_in_mid_drag_ends_the_gesture_for_good(desk: Desk) -> None:
    before = desk.bridge.project
    groove = desk.panel.row(RAIN).groove
    assert groove is not None
    start, middle, end = rain_drag(desk, 0.7)
    press(groove, start)
    move(groove, middle)
    desk.bridge.undo()
    move(groove, end)
    release(groove, end)
    assert desk.bridge.project == before
    assert not desk.bridge.session.can_undo


def test_the_preview_knows_when_a_hand_is_on_the_panel(desk: Desk) -> None:
    said: list[bool] = []
    desk.context.hand_on.connect(said.append)
    groove = desk.panel.row(RAIN).groove
    assert groove is not None
    drag(groove, rain_drag(desk, 0.3))
    assert said == [True, False]


def test_typing_arithmetic_sets_the_value(desk: Desk) -> None:
    row = desk.panel.row(RAIN)
    click(row.field)
    editor = row.field.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "46*1.2")
    key(editor, Qt.Key.Key_Return)
    assert desk.rain == pytest.approx(0.552)


def test_the_diamond_puts_a_key_at_the_playhead_and_takes_it_away(desk: Desk) -> None:
    now = Time.from_frame(40, desk.bridge.project.rate)
    desk.context.set_playhead(now)
    diamond = desk.panel.row(RAIN).diamond
    assert diamond is not None
    click(diamond)
    curve = desk.look.curve(RAIN)
    assert curve is not None
    assert [k.time for k in curve.keys] == [now]
    assert diamond.state is KeyState.HERE
    desk.context.set_playhead(ZERO)
    assert diamond.state is KeyState.ELSEWHERE
    desk.context.set_playhead(now)
    click(diamond)
    assert desk.look.curve(RAIN) is None


def test_changing_an_animated_value_adds_a_key(desk: Desk) -> None:
    clip = desk.context.clip
    assert clip is not None
    desk.bridge.do(SetKeyframe(clip.id, RAIN, ZERO, 0.2))
    desk.context.set_playhead(Time.from_frame(50, desk.bridge.project.rate))
    groove = desk.panel.row(RAIN).groove
    assert groove is not None
    drag(groove, rain_drag(desk, 0.8))
    curve = desk.look.curve(RAIN)
    assert curve is not None
    assert len(curve.keys) == 2


def test_rows_show_the_value_at_the_playhead(desk: Desk) -> None:
    clip = desk.context.clip
    assert clip is not None
    rate = desk.bridge.project.rate
    desk.bridge.do(SetKeyframe(clip.id, RAIN, ZERO, 0.0))
    desk.bridge.do(SetKeyframe(clip.id, RAIN, Time.from_frame(80, rate), 1.0))
    desk.context.set_playhead(Time.from_frame(40, rate))
    assert desk.panel.row(RAIN).value == pytest.approx(0.5)


def test_moving_the_sun_opens_the_relight_in_the_same_step(desk: Desk) -> None:
    dial = desk.panel.sun
    x, y = dial.width() / 2, dial.height() / 2
    drag(dial, [(x, y - 20), (x + 10, y + 20), (x + 30, y + 20)])
    at = desk.context.source_time
    assert desk.look.value_at(SUN, at) == 1.0
    assert desk.look.value_at(SUN_AZIMUTH, at) > 90.0
    assert desk.panel.row(SUN_ELEVATION).value == desk.look.value_at(SUN_ELEVATION, at)
    desk.bridge.undo()
    assert desk.look.base == NEUTRAL
    assert not desk.bridge.session.can_undo


def test_the_dot_brings_one_axis_back_and_the_group_all_of_its_own(desk: Desk) -> None:
    clip = desk.context.clip
    assert clip is not None
    preset = preset_named("storm")
    desk.panel.strip.chosen.emit("storm")
    assert desk.look.base == preset.condition
    click(desk.panel.row(RAIN).dot)
    assert desk.look.base[RAIN] == 0.0
    desk.panel._groups[AxisGroup.GROUND].header.reset_requested.emit()
    assert dict(desk.look.base).keys() == dict(preset.condition).keys() - {"rain", "wetness"}


def test_a_preset_is_applied_outlined_and_undone(desk: Desk) -> None:
    strip = desk.panel.strip
    assert strip.current == AS_SHOT
    cell = strip.cell(1).center()
    click(strip, (cell.x(), cell.y()))
    assert desk.look.name == presets()[0].title
    assert strip.current == presets()[0].id
    desk.bridge.undo()
    assert strip.current == AS_SHOT


def test_shift_click_lays_a_preset_over_what_is_set(desk: Desk) -> None:
    strip = desk.panel.strip
    strip.chosen.emit("night")
    place = [AS_SHOT, *(p.id for p in presets())].index("drizzle")
    strip._reveal(place)
    cell = strip.cell(place).center()
    click(strip, (cell.x(), cell.y()), SHIFT)
    assert desk.look.base[SUN] == 1.0
    assert desk.look.base[RAIN] == preset_named("drizzle").condition[RAIN]


def test_as_shot_takes_the_look_away(desk: Desk) -> None:
    desk.panel.strip.chosen.emit("storm")
    desk.panel.strip.chosen.emit(AS_SHOT)
    assert desk.look.is_as_shot
    assert desk.panel.strip.current == AS_SHOT


def test_without_a_clip_nothing_can_be_set(qtbot: QtBot) -> None:
    context = PanelContext(SessionBridge(Session(a_project(clips=0))))
    panel = ConditionsPanel(context, PresetStills(context, lambda _: None))
    qtbot.addWidget(panel)
    assert not panel.isEnabled()
    panel._set(((RAIN, 0.5),))
    assert not context.bridge.session.can_undo


def test_thumbnails_are_asked_for_once_per_clip_and_shown_as_they_come(desk: Desk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(desk.posted) == len(presets()) + 1)
    asked = [r for r in desk.posted if isinstance(r, StillRequest)]
    assert asked[0].layer is Layer.SOURCE
    wanted = {r.tag: r.project.video_clip_at(r.time) for r in asked}
    night = wanted["preset:night"]
    assert night is not None
    assert night.look.base == preset_named("night").condition
    desk.context.set_playhead(Time.from_frame(3, desk.bridge.project.rate))
    pixels = np.full((90, 160, 4), 90, np.uint8)
    with qtbot.waitSignal(desk.stills.image_ready, timeout=1000):
        desk.stills.on_event(StillReady("preset:night", ZERO, Picture8(pixels)))
    assert desk.stills.images["night"].width() == 160
    assert len(desk.posted) == len(presets()) + 1


@pytest.mark.parametrize(
    ("values", "group", "words"),
    [
        ({}, AxisGroup.WEATHER, "As shot"),
        ({"rain": 0.5, "wind_speed": 9.0}, AxisGroup.WEATHER, "Rain, wind 9 m/s"),
        ({"sun": 1.0, "sun_elevation": -9.0}, AxisGroup.LIGHT, "Sun below horizon"),
        ({"wetness": 0.6}, AxisGroup.GROUND, "Wet"),
        ({"exposure": -1.5}, AxisGroup.CAMERA, "\u22121.5 EV"),
    ],
)
def test_a_group_says_in_words_what_it_does(values: dict[str, float], group: AxisGroup, words: str) -> None:
    assert summary(group, Condition.of(values)) == words


def test_the_look_browser_searches_and_applies(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    shelf = LookShelf(desk.context, tuple, LookLibrary(tmp_path), lambda _translator: ("1", ""))
    looks = LooksPanel(desk.context, desk.stills, MyLooks(shelf, LookStills(shelf, desk.posted.append)))
    looks.resize(248, 600)
    qtbot.addWidget(looks)
    looks.show()
    QTest.keyClicks(looks.search, "drizz")
    shown = [g for g in looks.findChildren(Thumbs) if g.isVisible()]
    assert len(shown) == 1
    cell = shown[0].cell(0).center()
    click(shown[0], (cell.x(), cell.y()))
    assert desk.look.name == preset_named("drizzle").title
    looks.search.setText("no such weather")
    assert not any(g.isVisible() for g in looks.findChildren(Thumbs))
