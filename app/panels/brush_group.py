"""The brush bar: size, hardness, flow, what a pen's pressure does, and the mirror; the same for every page that paints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.theme import tokens as tk
from app.widgets.buttons import Toggle
from app.widgets.group import Group
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.parts import text_label
from app.widgets.segments import Segments
from core.document.model import Pressing
from core.words import msg, tr

_SPECS: Final = {
    "radius": ParamSpec(
        "Size", 0.004, 0.5, 0.06, 0.001, 100.0, "%", help=msg("Radius of the brush, in picture heights.")
    ),
    "hardness": ParamSpec("Hardness", 0.0, 1.0, 0.5, 0.01, 100.0, "%", help=msg("From all feather to a hard edge.")),
    "flow": ParamSpec("Flow", 0.01, 1.0, 1.0, 0.01, 100.0, "%", help=msg("How much one stroke covers.")),
}
_AXIS: Final = ParamSpec(
    "Axis", 0.0, 1.0, 0.5, 0.001, 100.0, "%", help=msg("Where the mirror stands, from the left edge of the picture.")
)
_PRESSINGS: Final = (Pressing.SIZE, Pressing.OPACITY, Pressing.NOTHING)


@dataclass(frozen=True, slots=True)
class BrushSettings:
    """`radius` in picture heights; `hardness` and `flow` 0..1; `axis` of the mirror in picture widths."""

    radius: float = _SPECS["radius"].neutral
    hardness: float = _SPECS["hardness"].neutral
    flow: float = _SPECS["flow"].neutral
    pressing: Pressing = Pressing.SIZE
    is_mirrored: bool = False
    axis: float = _AXIS.neutral

    @property
    def word(self) -> str:
        """For the settings of the window."""
        return msgspec.json.encode(self).decode()


def recalled_settings(word: str) -> BrushSettings:
    """What `BrushSettings.word` said; the usual brush where it says nothing that is understood."""
    try:
        found = msgspec.json.decode(word, type=BrushSettings)
    except msgspec.DecodeError:
        return BrushSettings()
    inside = {field: spec.clamped(getattr(found, field)) for field, spec in {**_SPECS, "axis": _AXIS}.items()}
    return replace(found, **inside)  # type: ignore[arg-type]


class BrushGroup(Group):
    """A tool's settings and no part of the project. Main thread."""

    changed = Signal(object)
    """`BrushSettings`, changed here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Brush"), "brush", parent, can_reset=False)
        self.settings = BrushSettings()
        self.by_field: dict[str, ParamRow] = {}
        for field, spec in _SPECS.items():
            self.rows.addWidget(self._row(field, spec))
        self.pressing = Segments(tr("Pressure of the pen sets"), (tr("Size"), tr("Opacity"), tr("Nothing")))
        self.pressing.setToolTip(tr("What the pressure of a pen changes"))
        self.pressing.chosen.connect(lambda index: self._set("pressing", _PRESSINGS[index]))
        self.mirror = Toggle(tr("Mirror strokes"))
        self.mirror.clicked.connect(lambda on: self._set("is_mirrored", on))
        self._add_line(tr("Pressure"), self.pressing, right=tk.PANEL_INSET)
        self._add_line(tr("Mirror"), self.mirror, right=50)
        self.rows.addWidget(self._row("axis", _AXIS))
        self.show_settings(self.settings)

    def _row(self, field: str, spec: ParamSpec) -> ParamRow:
        row = self.by_field[field] = ParamRow(spec, keyable=False)
        row.value_changed.connect(lambda value: self._set(field, value))
        row.reset_requested.connect(lambda: self._set(field, spec.neutral))
        return row

    def _add_line(self, text: str, control: QWidget, *, right: int) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(tk.PANEL_INSET, 2, right, 2)
        line.addWidget(text_label(text))
        line.addStretch(1)
        line.addWidget(control)
        self.rows.addLayout(line)

    def show_settings(self, settings: BrushSettings) -> None:
        """The brush was changed in the viewer or on another page; the rows follow and nothing is told."""
        self.settings = settings
        for field, row in self.by_field.items():
            row.show_value(getattr(settings, field))
        self.pressing.set_current(_PRESSINGS.index(settings.pressing))
        self.mirror.setChecked(settings.is_mirrored)
        self.by_field["axis"].setVisible(settings.is_mirrored)

    def _set(self, field: str, value: object) -> None:
        self.show_settings(replace(self.settings, **{field: value}))  # type: ignore[arg-type]
        self.changed.emit(self.settings)
