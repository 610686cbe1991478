"""The scene of a clip's footage: what was found and how sure, and everything a person can say to correct it. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.actions.button import BarButton
from app.panels.brush_group import BrushGroup
from app.panels.objects_group import ObjectsGroup
from app.panels.scene_words import field_of_view_deg, ground_words, horizon_words, motion_words, sky_words
from app.scene_book import ShotScene
from app.scene_desk import SceneDesk
from app.theme import tokens as tk
from app.widgets.buttons import Button
from app.widgets.certainty import CertaintyRow
from app.widgets.dial import SunDial
from app.widgets.group import Group
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.parts import text_label
from app.widgets.progress_bar import ProgressBar
from app.widgets.scroll import ScrollColumn
from app.widgets.segments import Segments
from core.document.commands import (
    AnyCommand,
    ClearSkyPaint,
    ResetScene,
    SetCameraHeight,
    SetFieldOfView,
    SetHorizon,
    SetSkyPresence,
    SetSunAsShot,
)
from core.document.model import AS_FOUND, StrokeMode
from core.ids import MediaId
from core.progress import Progress
from core.scene import Presence, SunAsShot
from core.words import inline, msg, tr, trn

PRESENCES: Final = (Presence.AUTO, Presence.PRESENT, Presence.ABSENT)
_WORDS: Final = (
    (msg("Sky"), sky_words),
    (msg("Ground"), ground_words),
    (msg("Horizon"), horizon_words),
    (msg("Camera"), motion_words),
)
_HORIZON: Final = ParamSpec(
    "Horizon",
    -0.5,
    1.5,
    0.47,
    0.001,
    100.0,
    "%",
    nudge=0.001,
    help=msg("Row of the horizon, from the top of the picture. Drag the line in the picture."),
)
_VIEW: Final = ParamSpec(
    "Field of view", 5.0, 150.0, 60.0, 0.1, unit="°", help=msg("How much the lens sees across the picture.")
)
_HEIGHT: Final = ParamSpec(
    "Camera height", 0.05, 2000.0, 1.4, 0.01, unit="m", nudge=0.1, help=msg("Of the lens above the ground.")
)
_AZIMUTH: Final = ParamSpec(
    "Azimuth", 0.0, 360.0, 0.0, 0.1, unit="°", wraps=True, help=msg("Clockwise from straight ahead.")
)
_ELEVATION: Final = ParamSpec("Elevation", -18.0, 90.0, 0.0, 0.1, unit="°", help=msg("Above the horizon."))
_USUAL_SUN: Final = SunAsShot(135.0, 35.0)
"""What the dial starts from where the sun was not known: over the right shoulder."""


class ScenePanel(QWidget):
    """Shows the desk's shot. What was found stays as it is; what is said here lies over it and can be taken back."""

    sky_brush_requested = Signal(object)
    """The `StrokeMode` to paint the sky in; again puts the brush down."""

    shadow_requested = Signal()
    """Read the sun from a shadow; again puts the tool down."""

    def __init__(self, desk: SceneDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.facts = {name: CertaintyRow(tr(name)) for name, _ in _WORDS}
        self.notes = text_label(px=tk.CAPTION_PX, color=tk.T2, wraps=True)
        self.progress = ProgressBar(tr("Looking at the shot"))
        self._progress_text = text_label(px=tk.CAPTION_PX, color=tk.T2, wraps=True)
        self.sky = Segments(tr("Sky"), (tr("Automatic"), tr("Sky"), tr("No sky")))
        self.paint = self._brush_button("brush", tr("Paint sky"), "sky_brush", StrokeMode.ADD)
        self.erase = self._brush_button("eraser", tr("Take away"), "sky_eraser", StrokeMode.ERASE)
        self.clear = Button(tr("Clear"))
        self.brush = BrushGroup()
        self.horizon = self._row(_HORIZON, SetHorizon)
        self.view = self._row(_VIEW, SetFieldOfView)
        self.camera_height = self._row(_HEIGHT, SetCameraHeight, has_slider=False)
        self.sun_known = Segments(tr("Sun as shot"), (tr("Unknown"), tr("Set by hand")))
        self.dial = SunDial()
        self._sun_box = QWidget()
        self._sun_hint = text_label(
            tr("No sun was found in the picture. A shadow tells it: point at one, or turn the dial."),
            px=tk.CAPTION_PX,
            color=tk.T3,
            wraps=True,
        )
        self.shadow = BarButton(
            "picker",
            tr("Read the sun from a shadow"),
            text=tr("From a shadow"),
            action="sun_by_shadow",
            checkable=True,
            filled=True,
        )
        self.shadow.clicked.connect(self.shadow_requested)
        self.azimuth = self._sun_row(_AZIMUTH)
        self.elevation = self._sun_row(_ELEVATION)
        self.objects = ObjectsGroup(desk)
        self.reset = Button(tr("Reset scene"))
        self._groups: dict[str, Group] = {}
        self._seen: tuple[ShotScene | None, Progress | None] = None, None
        self._build()
        self._wire()
        desk.changed.connect(self.refresh)
        self.refresh()

    # ---- building ----

    def _brush_button(self, icon: str, text: str, action: str, mode: StrokeMode) -> BarButton:
        button = BarButton(icon, text, text=text, action=action, checkable=True, filled=True)
        button.clicked.connect(lambda: self.sky_brush_requested.emit(mode))
        return button

    def _row(
        self, spec: ParamSpec, command: Callable[[MediaId, float | None], AnyCommand], *, has_slider: bool = True
    ) -> ParamRow:
        """A number that was found until it is said."""
        row = ParamRow(spec, keyable=False, has_slider=has_slider)
        self._wire_gesture(row, spec.title)
        row.value_changed.connect(lambda value: self._desk.do(lambda media: command(media, value)))
        row.reset_requested.connect(lambda: self._desk.do(lambda media: command(media, None)))
        return row

    def _sun_row(self, spec: ParamSpec) -> ParamRow:
        row = ParamRow(spec, keyable=False, has_slider=False)
        self._wire_gesture(row, tr("Sun as shot"))
        row.reset_requested.connect(lambda: self._set_sun(None))
        return row

    def _wire_gesture(self, part: ParamRow | SunDial, what: str) -> None:
        part.gesture_started.connect(lambda: self._desk.context.begin(tr("Set {condition}", condition=inline(what))))
        part.gesture_committed.connect(self._desk.context.commit)
        part.gesture_cancelled.connect(self._desk.context.cancel)

    def _build(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._found())
        self._groups = {
            "sky": self._group(tr("Sky"), "cloud", self._sky_lines()),
            "camera": self._group(tr("Camera"), "camera", self._camera_lines()),
            "sun": self._group(tr("Sun as shot"), "sun", self._sun_lines()),
        }
        column.addWidget(self._groups["sky"])
        column.addWidget(self.brush)
        column.addWidget(self._groups["camera"])
        column.addWidget(self._groups["sun"])
        column.addWidget(self.objects)
        foot = QHBoxLayout()
        foot.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, tk.PANEL_INSET)
        foot.addWidget(self.reset)
        foot.addStretch(1)
        column.addLayout(foot)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ScrollColumn(content))

    def _found(self) -> QVBoxLayout:
        """What the look at the shot came to."""
        lines = QVBoxLayout()
        lines.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 8)
        lines.setSpacing(0)
        for fact in self.facts.values():
            lines.addWidget(fact)
        lines.addWidget(self._progress_text)
        lines.addWidget(self.progress)
        lines.addWidget(self.notes)
        self.notes.setContentsMargins(0, 6, 0, 0)
        self._progress_text.setContentsMargins(0, 6, 0, 4)
        return lines

    def _group(self, title: str, icon: str, lines: list[QWidget | QHBoxLayout]) -> Group:
        group = Group(title, icon)
        for line in lines:
            if isinstance(line, QWidget):
                group.rows.addWidget(line)
            else:
                group.rows.addLayout(line)
        return group

    def _sky_lines(self) -> list[QWidget | QHBoxLayout]:
        return [_inset(self.sky), _inset(self.paint, self.erase, self.clear, stretch=True)]

    def _camera_lines(self) -> list[QWidget | QHBoxLayout]:
        line = QHBoxLayout()
        line.setContentsMargins(tk.PANEL_INSET, 0, 0, 0)
        line.addWidget(self.camera_height)
        return [self.horizon, self.view, line]

    def _sun_lines(self) -> list[QWidget | QHBoxLayout]:
        across = QHBoxLayout(self._sun_box)
        across.setContentsMargins(tk.GRID, tk.GRID, 0, 0)
        across.setSpacing(tk.GRID)
        self.dial.setFixedSize(self.dial.sizeHint())
        across.addWidget(self.dial)
        rows = QVBoxLayout()
        rows.setSpacing(0)
        rows.addStretch(1)
        rows.addWidget(self.elevation)
        rows.addWidget(self.azimuth)
        rows.addStretch(1)
        across.addLayout(rows, 1)
        return [_inset(self.sun_known), _inset(self._sun_hint), self._sun_box, _inset(self.shadow, stretch=True)]

    def _wire(self) -> None:
        self.sky.chosen.connect(lambda i: self._desk.do(lambda media: SetSkyPresence(media, PRESENCES[i])))
        self.clear.clicked.connect(lambda: self._desk.do(ClearSkyPaint))
        self._wire_gesture(self.dial, tr("Sun as shot"))
        self.dial.values_changed.connect(lambda a, e: self._set_sun(SunAsShot(a, e)))
        self.dial.reset_requested.connect(lambda: self._set_sun(None))
        self.azimuth.value_changed.connect(lambda a: self._set_sun(SunAsShot(a, self._sun.elevation_deg)))
        self.elevation.value_changed.connect(lambda e: self._set_sun(SunAsShot(self._sun.azimuth_deg, e)))
        self.sun_known.chosen.connect(lambda i: self._set_sun(self._sun if i else None))
        self.reset.clicked.connect(lambda: self._desk.do(ResetScene))
        self._groups["sky"].header.reset_requested.connect(
            lambda: self._reset(tr("Reset sky"), lambda media: SetSkyPresence(media, Presence.AUTO), ClearSkyPaint)
        )
        self._groups["camera"].header.reset_requested.connect(
            lambda: self._reset(
                tr("Reset camera"),
                lambda media: SetHorizon(media, None),
                lambda media: SetFieldOfView(media, None),
                lambda media: SetCameraHeight(media, None),
            )
        )
        self._groups["sun"].header.reset_requested.connect(lambda: self._set_sun(None))

    # ---- editing ----

    @property
    def _sun(self) -> SunAsShot:
        """Where the dial stands."""
        shot = self._desk.shot
        return (shot.scene.sun if shot else None) or _USUAL_SUN

    def _set_sun(self, sun: SunAsShot | None) -> None:
        self._desk.do(lambda media: SetSunAsShot(media, sun))

    def _reset(self, label: str, *commands: Callable[[MediaId], AnyCommand]) -> None:
        """Several words taken back in one undo step."""
        self._desk.context.begin(label)
        for command in commands:
            self._desk.do(command)
        self._desk.context.commit()

    # ---- showing ----

    def show_tools(self, sky: StrokeMode | None, *, has_objects: bool, has_shadow: bool) -> None:
        """Which of the page's tools is in hand; the brush bar comes with the brush."""
        self.paint.setChecked(sky is StrokeMode.ADD)
        self.erase.setChecked(sky is StrokeMode.ERASE)
        self.brush.setVisible(sky is not None)
        self.objects.show_tool(on=has_objects)
        self.shadow.setChecked(has_shadow)

    def refresh(self) -> None:
        shot = self._desk.shot
        progress = self._desk.book.progress(shot.media.id) if shot else None
        self.setEnabled(shot is not None)
        if shot is None or (shot is self._seen[0] and progress is self._seen[1]):
            return  # the playhead of an animated clip passes by here at every frame
        self._seen = shot, progress
        for name, words in _WORDS:
            self.facts[name].show_found(*words(shot))
        self._show_progress(shot, progress)
        _show_text(self.notes, "\n".join(map(tr, shot.notes)))
        self._show_said(shot)
        self._show_sun(shot)
        self.reset.setVisible(shot.said != AS_FOUND)

    def _show_progress(self, shot: ShotScene, progress: Progress | None) -> None:
        text = (
            tr("{stage}, {done} of {total}", stage=tr(progress.stage), done=progress.done, total=progress.total)
            if progress
            else ""
        )
        if progress is None and shot.found is None:
            text = tr("The shot is looked at when it is first shown with a look.")
        _show_text(self._progress_text, text)
        self.progress.setVisible(progress is not None)
        if progress is not None:
            self.progress.set_fraction(progress.fraction)

    def _show_said(self, shot: ShotScene) -> None:
        said, camera = shot.said.corrections, shot.scene.camera
        self.sky.set_current(PRESENCES.index(said.sky))
        strokes = len(shot.said.sky_strokes)
        self.clear.setEnabled(strokes > 0)
        painted = trn("{count} stroke", "{count} strokes", strokes) if strokes else ""
        self._groups["sky"].header.set_summary(painted)
        self.horizon.show_value(self.horizon.spec.clamped(camera.horizon), is_set=said.horizon is not None)
        self.view.show_value(_VIEW.clamped(field_of_view_deg(shot)), is_set=said.field_of_view_deg is not None)
        self.camera_height.show_value(_HEIGHT.clamped(camera.height_m), is_set=said.camera_height_m is not None)

    def _show_sun(self, shot: ShotScene) -> None:
        sun, is_said = shot.scene.sun, shot.said.corrections.sun is not None
        self.sun_known.set_words(
            (tr("As found") if shot.found and shot.found.sun else tr("Unknown"), tr("Set by hand"))
        )
        self.sun_known.set_current(int(is_said))
        self._sun_hint.setVisible(sun is None)
        self._sun_box.setVisible(sun is not None)
        shown = sun or _USUAL_SUN
        self.dial.show_values(shown.azimuth_deg, shown.elevation_deg)
        self.dial.set_view(field_of_view_deg(shot))
        self.azimuth.show_value(shown.azimuth_deg, is_set=is_said)
        self.elevation.show_value(shown.elevation_deg, is_set=is_said)


def _inset(*parts: QWidget, stretch: bool = False) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setContentsMargins(tk.PANEL_INSET, tk.GRID, tk.PANEL_INSET, tk.GRID)
    line.setSpacing(8)
    for part in parts:
        line.addWidget(part)
    if stretch:
        line.addStretch(1)
    return line


def _show_text(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
