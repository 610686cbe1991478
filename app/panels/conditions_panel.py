"""The conditions of a clip at the playhead: presets, amount, and one row per axis of the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.look_names import is_edited
from app.panels.context import PanelContext
from app.panels.preset_stills import AS_SHOT, PresetStills
from app.panels.summaries import summary
from app.theme import tokens as tk
from app.theme.painting import painting
from app.widgets.dial import Dial, SunDial, WindDial
from app.widgets.group import Group
from app.widgets.marks import KeyState
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.scroll import ScrollColumn
from app.widgets.thumbs import Thumb, Thumbs
from core.condition import (
    AXES,
    SCHEMA,
    SUN_AZIMUTH,
    SUN_ELEVATION,
    WIND_FROM,
    WIND_SPEED,
    Axis,
    AxisGroup,
    AxisKind,
)
from core.document.commands import ApplyPreset, ResetAxes, SetValue, SetValues, ToggleKeyframe
from core.document.model import AMOUNT, AMOUNT_AXIS, Look
from core.ids import AxisId
from core.presets import preset_named, presets
from core.timebase import Time
from core.words import inline, msg, tr

_ICONS: Final[Mapping[AxisGroup, str]] = {
    AxisGroup.LIGHT: "sun",
    AxisGroup.WEATHER: "weather",
    AxisGroup.GROUND: "ground",
    AxisGroup.SEASON: "leaf",
    AxisGroup.CAMERA: "camera",
}
_SHORT: Final = {SUN_ELEVATION: msg("Elevation"), SUN_AZIMUTH: msg("Azimuth")}
"""Beside the dial the word sun would be said twice."""


class ConditionsPanel(QWidget):
    """Shows the look of the context's clip; every change goes through a command, one undo step per gesture. Main thread."""

    def __init__(self, context: PanelContext, stills: PresetStills, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: dict[AxisId, ParamRow] = {}
        self._groups: dict[AxisGroup, Group] = {}
        self.strip = self._make_strip(stills)
        self.sun = self._wire_dial(SunDial(), SUN_AZIMUTH, SUN_ELEVATION)
        self.wind = self._wire_dial(WindDial(), WIND_FROM, WIND_SPEED)
        self._build()
        context.changed.connect(self._refresh)
        self._refresh()

    # ---- building ----

    def _build(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for group in AxisGroup:
            column.addWidget(self._make_group(group))
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, tk.GRID, 0, 0)
        layout.setSpacing(tk.GRID)
        layout.addWidget(self.strip)
        layout.addWidget(self._make_row(AMOUNT_AXIS))
        layout.addWidget(ScrollColumn(content), 1)

    def _make_strip(self, stills: PresetStills) -> Thumbs:
        strip = Thumbs(tr("Presets"), thumb_w=57, is_strip=True)
        strip.set_thumbs(preset_thumbs())
        strip.chosen.connect(lambda id_: apply_preset(self._context, id_))
        strip.stacked.connect(lambda id_: apply_preset(self._context, id_, is_stacked=True))
        stills.image_ready.connect(strip.set_picture)
        return strip

    def _make_row(self, axis: Axis, *, has_slider: bool = True) -> ParamRow:
        spec = ParamSpec.of_axis(axis, _SHORT.get(axis.id, "") if not has_slider else "", quiet_unit=axis.id != AMOUNT)
        row = ParamRow(spec, has_slider=has_slider)
        row.gesture_started.connect(
            lambda: self._context.begin(tr("Set {condition}", condition=inline(tr(axis.label))))
        )
        row.value_changed.connect(lambda value: self._set(((axis.id, value),)))
        row.gesture_committed.connect(self._context.commit)
        row.gesture_cancelled.connect(self._context.cancel)
        row.key_toggled.connect(lambda: self._toggle_key(axis.id))
        row.reset_requested.connect(lambda: self._reset((axis.id,)))
        self._rows[axis.id] = row
        return row

    def _make_group(self, group: AxisGroup) -> Group:
        box = self._groups[group] = Group(tr(group.value), _ICONS[group])
        axes = [a for a in SCHEMA if a.group is group]
        box.header.reset_requested.connect(lambda: self._reset(tuple(a.id for a in axes)))
        dial, on_dial = None, frozenset[AxisId]()
        if group is AxisGroup.LIGHT:
            dial, on_dial = self.sun, frozenset((SUN_ELEVATION, SUN_AZIMUTH))
        elif group is AxisGroup.WEATHER:
            dial, on_dial = self.wind, frozenset((WIND_SPEED, WIND_FROM))
        for axis in axes:
            if axis.id not in on_dial:
                box.rows.addWidget(self._make_row(axis))
        if dial is not None:
            box.rows.addWidget(self._beside_dial(dial, [a for a in axes if a.id in on_dial]))
        return box

    def _beside_dial(self, dial: Dial, axes: list[Axis]) -> QWidget:
        line = QWidget()
        across = QHBoxLayout(line)
        across.setContentsMargins(tk.GRID, tk.GRID, 0, 0)
        across.setSpacing(tk.GRID)
        dial.setFixedSize(dial.sizeHint())
        across.addWidget(dial)
        rows = QVBoxLayout()
        rows.setSpacing(0)
        rows.addStretch(1)
        for axis in axes:
            rows.addWidget(self._make_row(axis, has_slider=False))
        rows.addStretch(1)
        across.addLayout(rows, 1)
        return line

    def _wire_dial(self, dial: Dial, angle: AxisId, amount: AxisId) -> Dial:
        label = tr("Set sun") if angle == SUN_AZIMUTH else tr("Set wind")
        dial.gesture_started.connect(lambda: self._context.begin(label))
        dial.values_changed.connect(lambda a, q: self._set(((angle, a), (amount, q))))
        dial.gesture_committed.connect(self._context.commit)
        dial.gesture_cancelled.connect(self._context.cancel)
        dial.reset_requested.connect(lambda: self._reset((angle, amount)))
        return dial

    # ---- reading ----

    def row(self, axis: AxisId) -> ParamRow:
        return self._rows[axis]

    def _refresh(self) -> None:
        clip = self._context.clip
        self.setEnabled(clip is not None)
        look = clip.look if clip else Look()
        at = self._context.source_time
        states = {axis: _key_state(look, axis, at) for axis in self._rows}
        for axis, row in self._rows.items():
            row.show_value(look.value_at(axis, at), states[axis])
        for dial, angle, amount in ((self.sun, SUN_AZIMUTH, SUN_ELEVATION), (self.wind, WIND_FROM, WIND_SPEED)):
            is_key = KeyState.HERE in (states[angle], states[amount])
            gate = AXES[amount].gate
            acts = gate is None or look.value_at(gate, at) != AXES[gate].neutral
            dial.show_values(look.value_at(angle, at), look.value_at(amount, at), is_key=is_key, acts=acts)
        condition = look.condition_at(at)
        for group, box in self._groups.items():
            box.header.set_summary(summary(group, condition))
        self.strip.set_current(current_preset(look) if clip else "")

    # ---- editing ----

    def _set(self, values: tuple[tuple[AxisId, float], ...]) -> None:
        clip = self._context.clip
        if clip is None:
            return
        at = self._context.source_time
        opened = _gates_to_open(clip.look, tuple(axis for axis, _ in values), at)
        everything = (*((gate, 1.0) for gate in opened), *values)
        if len(everything) == 1:
            self._context.do(SetValue(clip.id, *everything[0], at))
        else:
            self._context.do(SetValues(clip.id, everything, at))

    def _toggle_key(self, axis: AxisId) -> None:
        if (clip := self._context.clip) is not None:
            self._context.do(ToggleKeyframe(clip.id, axis, self._context.source_time))

    def _reset(self, axes: tuple[AxisId, ...]) -> None:
        if (clip := self._context.clip) is not None:
            self._context.do(ResetAxes(clip.id, axes))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.fillRect(self.rect(), tk.PANEL)


def _key_state(look: Look, axis: AxisId, at: Time) -> KeyState:
    curve = look.curve(axis)
    if curve is None:
        return KeyState.NONE
    return KeyState.HERE if curve.key_at(at) else KeyState.ELSEWHERE


def _gates_to_open(look: Look, axes: tuple[AxisId, ...], at: Time) -> tuple[AxisId, ...]:
    """Amounts at zero without which these axes would do nothing: who moves the sun wants to see it move."""
    gates = {gate for axis in axes if axis != AMOUNT and (gate := AXES[axis].gate) is not None and gate not in axes}
    return tuple(g for g in gates if AXES[g].kind is AxisKind.AMOUNT and look.value_at(g, at) == AXES[g].neutral)


# ---- presets, shared with the look browser ----


def preset_thumbs() -> tuple[Thumb, ...]:
    """The source first, then every preset."""
    as_shot = Thumb(AS_SHOT, tr("As shot"), tr("Takes the look away."))
    return (
        as_shot,
        *(
            Thumb(
                p.id,
                tr(p.title),
                tr("{description} Shift-click lays it over what is set.", description=tr(p.description)),
            )
            for p in presets()
        ),
    )


def current_preset(look: Look) -> str:
    """Id of the thumbnail to outline; empty for a look dialled or changed by hand."""
    if look.is_as_shot and not look.name:
        return AS_SHOT
    return "" if is_edited(look) else next((p.id for p in presets() if p.title == look.name), "")


def apply_preset(context: PanelContext, id_: str, *, is_stacked: bool = False) -> None:
    """One undo step: the preset becomes the clip's look, or is laid over it."""
    clip = context.clip
    if clip is None:
        return
    if id_ == AS_SHOT:
        context.do(ResetAxes(clip.id, (AMOUNT, *AXES)))
    else:
        preset = preset_named(id_)
        context.do(ApplyPreset(clip.id, preset.title, preset.condition, is_stacked=is_stacked))
