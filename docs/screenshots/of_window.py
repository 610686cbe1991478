"""The window in each workspace, the viewer, the timeline, the menu bar, keyboard focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.actions.button import BarButton
from app.actions.table import MENUS
from app.bin.drop import DropGhost
from app.curves.axis_list import AxisList, AxisRow
from app.curves.view import CurveView
from app.looks.my_looks import MyLooks
from app.main_window import MainWindow
from app.panels.browser import Browser
from app.panels.brush_group import BrushGroup
from app.panels.conditions_panel import ConditionsPanel
from app.panels.inspector import Inspector
from app.panels.looks_panel import LooksPanel
from app.panels.masks_panel import MasksPanel
from app.panels.objects_group import ObjectsGroup
from app.panels.scene_panel import ScenePanel
from app.scopes.panel import ScopesPanel
from app.scopes.views import ScopeView
from app.timeline.callout import FailureCallout
from app.timeline.canvas import TimelineCanvas
from app.timeline.layout import HEAD_W, LaneKind
from app.timeline.look_desk import PasteDialog
from app.timeline.markers import MarkerCard
from app.timeline.panel import TimelinePanel
from app.timeline.track_menu import gap_menu, track_menu
from app.viewer.guides import Guide
from app.viewer.modes import ViewMode
from app.viewer.panel import ViewerPanel
from app.viewer.transport import JogBar, TimecodeLabel, Transport
from app.viewer.view import ViewerView
from app.widgets.groove import Groove
from app.widgets.thumbs import Thumbs
from app.workbench import MASK
from core.document.commands import AddMarker, AddTrack, MoveClips, SetMarker, SetTrack
from core.document.model import MarkerColor, StrokeMode, TrackKind
from core.ids import MarkerId, TrackId
from core.timebase import ZERO, Time
from docs.screenshots.book import PICTURES, Picture, picture
from docs.screenshots.stage import Stage
from docs.screenshots.studio import RATE, place_objects

# ---- workspaces ------------------------------------------------------------------------------------------------------


@picture(Browser, Inspector, ConditionsPanel, LooksPanel, MyLooks, ViewerPanel, ViewerView, Transport, TimecodeLabel, JogBar,
         TimelinePanel, TimelineCanvas, ScopesPanel, ScopeView)  # fmt: skip
def translate(stage: Stage) -> None:
    stage.shoot()


@picture(MasksPanel, BrushGroup)
def mask(stage: Stage) -> None:
    stage.window.workbench.set_workspace(MASK)
    stage.show_fog()
    stage.shoot()


@picture(ScenePanel, ObjectsGroup)
def scene(stage: Stage) -> None:
    stage.enter_scene()
    place_objects(stage.window)
    stage.settle(2.0)
    stage.shoot()


@picture(MainWindow)
def smallest_window(stage: Stage) -> None:
    stage.window.resize(stage.window.minimumSize())
    stage.settle(1.0)
    stage.await_picture()
    stage.shoot()


@picture(MainWindow)
def wide_window(stage: Stage) -> None:
    stage.window.resize(2560, 1440)
    stage.settle(1.0)
    stage.await_picture()
    stage.shoot()


@picture(CurveView, AxisList, AxisRow)
def curves(stage: Stage) -> None:
    _curves(stage).select_all()
    stage.shoot(stage.window.timeline)


@picture(CurveView)
def curves_without_keyframes(stage: Stage) -> None:
    _curves(stage)
    stage.show_fog()
    stage.shoot(stage.window.timeline)


@picture(CurveView)
def curves_without_clip(stage: Stage) -> None:
    _curves(stage)
    stage.window.timeline.canvas.select(None)
    stage.shoot(stage.window.timeline)


@picture(ViewerPanel)
def picture_alone(stage: Stage) -> None:
    stage.window.actions_by_id["viewer_alone"].trigger()
    stage.settle(1.0)
    stage.shoot()
    stage.window.actions_by_id["viewer_alone"].trigger()
    stage.settle(0.5)


def _curves(stage: Stage) -> CurveView:
    stage.window.actions_by_id["curves"].trigger()
    return stage.window.timeline.curves


# ---- viewer ----------------------------------------------------------------------------------------------------------


def _add_view(mode: ViewMode) -> None:
    def draw(stage: Stage) -> None:
        stage.window.workbench.set_mode(mode)
        stage.await_picture()
        stage.settle(1.0)
        stage.shoot(stage.window.viewer)

    PICTURES.append(Picture(f"view-{mode.value}", draw, (ViewerView,), has_project=True))


for _mode in ViewMode:
    _add_view(_mode)


@picture(ViewerView)
def view_guides(stage: Stage) -> None:
    for guide in (Guide.THIRDS, Guide.CENTER, Guide.SAFE, Guide.CINEMA):
        stage.window.viewer.toggle_guide(guide)
    stage.shoot(stage.window.viewer)
    stage.window.viewer.view.set_guides(frozenset())


@picture(QMenu)
def viewer_views_menu(stage: Stage) -> None:
    _opened(stage, stage.window.viewer._show_maps_menu)


@picture(QMenu)
def viewer_guides_menu(stage: Stage) -> None:
    _opened(stage, stage.window.viewer._show_guides_menu)


@picture(QMenu)
def viewer_zoom_menu(stage: Stage) -> None:
    stage.during(stage.window.viewer._show_zoom_menu)


@picture(QMenu)
def scopes_menu(stage: Stage) -> None:
    _opened(stage, stage.window.scopes._show_menu)


def _opened(stage: Stage, open_menu: Callable[[], object]) -> None:
    """The menu that a button pops up."""
    open_menu()
    shown = [m for m in stage.window.findChildren(QMenu) if m.isVisible()]
    stage.shoot(shown[-1])


@picture(QMenu)
def object_menu(stage: Stage) -> None:
    stage.enter_scene()
    place_objects(stage.window)
    stage.pop_up(stage.window.workbench.objects.menu(None))


@picture(MainWindow)
def sky_brush(stage: Stage) -> None:
    stage.enter_scene()
    stage.window.workbench.use_sky_brush(StrokeMode.ADD)
    stage.settle(2.0)
    stage.shoot()


@picture(ViewerView)
def view_probe(stage: Stage) -> None:
    window = stage.window
    window.actions_by_id["probe"].trigger()
    view = window.viewer.view
    QTest.mouseMove(view, QPoint(view.width() * 3 // 10, view.height() * 6 // 10))
    stage.settle(1.0)
    stage.shoot(window.viewer)
    window.actions_by_id["probe"].trigger()


# ---- timeline --------------------------------------------------------------------------------------------------------


@picture(TimelinePanel)
def timeline(stage: Stage) -> None:
    stage.shoot(stage.window.timeline)


@picture(TimelineCanvas)
def timeline_of_many_tracks(stage: Stage) -> None:
    _build_tracks(stage)
    stage.window.resize(1600, 1200)
    stage.window.room.rows.setSizes([500, 560])
    stage.settle(1.0)
    stage.window.timeline.canvas.zoom_to_fit()
    stage.shoot(stage.window.timeline)
    stage.window.room.reset()


@picture(MarkerCard)
def marker_card(stage: Stage) -> None:
    _build_tracks(stage)
    stage.window.timeline.canvas.open_marker(stage.window.bridge.project.markers[0])
    stage.shoot(stage.window.findChild(MarkerCard))


@picture(FailureCallout)
def clip_missing(stage: Stage) -> None:
    """The clip that is not under the playhead: a picture of the other would clear the mark."""
    canvas, fog = stage.window.timeline.canvas, stage.fog
    assert fog is not None
    said = "The file cannot be read. Frames that are ready stay as they are; the others wait until it is there again."
    canvas.set_failure(fog.id, said)
    stage.shoot()
    canvas.set_failure(fog.id, None)


@picture(DropGhost)
def dropped_medium(stage: Stage) -> None:
    ghost = stage.window.timeline.findChild(DropGhost)
    assert isinstance(ghost, DropGhost)
    ghost.show_at(QRectF(620, 96, 280, 50), "C014 quay at dusk.mp4")
    stage.shoot(stage.window.timeline)
    ghost.hide()


@picture(QMenu)
def track_head_menu(stage: Stage) -> None:
    window = stage.window
    stage.pop_up(track_menu(window, window.bridge, window.bridge.project.tracks_of(TrackKind.VIDEO)[0]))


@picture(QMenu)
def track_gap_menu(stage: Stage) -> None:
    window = stage.window
    stage.pop_up(gap_menu(window, window.bridge, window.bridge.project.tracks_of(TrackKind.VIDEO)[0], ZERO))


@picture(QMenu)
def keyframe_lane_menu(stage: Stage) -> None:
    canvas = stage.window.timeline.canvas
    lane = next(lane for lane in canvas.state.rows if lane.kind is LaneKind.KEYS)
    at = QPoint(HEAD_W + 300, round((lane.top + lane.bottom) / 2 - canvas.state.scroll_y))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
    stage.during(lambda: QApplication.sendEvent(canvas, event))


@picture(QMenu)
def curves_menu(stage: Stage) -> None:
    _curves(stage).select_all()
    stage.pop_up(stage.window.timeline.curves.keys.menu())


def _build_tracks(stage: Stage) -> None:
    """Two picture tracks, one of them locked, three of sound, one of them off, and markers."""
    bridge, fog = stage.window.bridge, stage.fog
    assert fog is not None

    def at(frame: int) -> Time:
        return Time.from_frame(frame, RATE)

    upper, music, effects = TrackId("track-upper"), TrackId("track-music"), TrackId("track-effects")
    red, green = MarkerId("marker-red"), MarkerId("marker-green")
    for command in (
        AddTrack(upper, TrackKind.VIDEO),
        AddTrack(music, TrackKind.AUDIO),
        AddTrack(effects, TrackKind.AUDIO),
        MoveClips((fog.id,), at(0), 1),
        SetTrack(upper, is_locked=True),
        SetTrack(effects, is_on=False),
        AddMarker(red, at(20), MarkerColor.RED),
        SetMarker(red, name="Match the lamp", note="It must be lit before the first drop falls.", color=None),
        AddMarker(green, at(60), MarkerColor.GREEN),
    ):
        bridge.do(command)


@picture(PasteDialog)
def paste_attributes(stage: Stage) -> None:
    assert stage.night is not None
    assert stage.fog is not None
    canvas, desk = stage.window.timeline.canvas, stage.window.look_desk
    desk.copy()
    canvas.select(stage.fog.id)
    desk.ask()
    stage.shoot(desk.dialog)


# ---- menu bar --------------------------------------------------------------------------------------------------------


def _add_menu(number: int, name: str) -> None:
    def draw(stage: Stage) -> None:
        menus = [m for a in stage.window.menuBar().actions() if isinstance(m := a.menu(), QMenu)]
        stage.pop_up(menus[number])

    PICTURES.append(Picture(f"menu-{name.lower()}", draw, (QMenu,), has_project=True))


for _number, _name in enumerate(MENUS):
    _add_menu(_number, _name)


# ---- keyboard focus --------------------------------------------------------------------------------------------------


@picture(ConditionsPanel)
def focus_on_a_value(stage: Stage) -> None:
    _focus(stage, stage.window.inspector.conditions.findChildren(Groove)[3])
    stage.shoot(stage.window.inspector)


@picture(LooksPanel)
def focus_on_a_look(stage: Stage) -> None:
    _focus(stage, stage.window.browser.looks.findChildren(Thumbs)[1])
    stage.shoot(stage.window.browser)


@picture(MainWindow)
def focus_on_a_bar(stage: Stage) -> None:
    _focus(stage, stage.window.viewer.findChildren(BarButton)[3])
    stage.shoot()


def _focus(stage: Stage, widget: QWidget) -> None:
    """As the Tab key does; only an active window has a focus to show."""
    stage.window.activateWindow()
    stage.until(stage.window.isActiveWindow)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
