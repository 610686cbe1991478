"""The brush bar: size, hardness and flow, the same for every page that paints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.widgets.group import Group
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from core.words import msg, tr

_SPECS: Final = {
    "radius": ParamSpec(
        "Size", 0.004, 0.5, 0.06, 0.001, 100.0, "%", help=msg("Radius of the brush, in picture heights.")
    ),
    "hardness": ParamSpec("Hardness", 0.0, 1.0, 0.5, 0.01, 100.0, "%", help=msg("From all feather to a hard edge.")),
    "flow": ParamSpec("Flow", 0.01, 1.0, 1.0, 0.01, 100.0, "%", help=msg("How much one stroke covers.")),
}


@dataclass(frozen=True, slots=True)
class BrushSettings:
    """`radius` in picture heights; `hardness` and `flow` 0..1."""

    radius: float = _SPECS["radius"].neutral
    hardness: float = _SPECS["hardness"].neutral
    flow: float = _SPECS["flow"].neutral


class BrushGroup(Group):
    """A tool's settings and no part of the project. Main thread."""

    changed = Signal(object)
    """`BrushSettings`, changed here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Brush"), "brush", parent, can_reset=False)
        self.settings = BrushSettings()
        self.by_field: dict[str, ParamRow] = {}
        for field, spec in _SPECS.items():
            row = self.by_field[field] = ParamRow(spec, keyable=False)
            row.value_changed.connect(lambda value, field=field: self._set(field, value))
            row.reset_requested.connect(lambda field=field, spec=spec: self._set(field, spec.neutral))
            self.rows.addWidget(row)

    def show_settings(self, settings: BrushSettings) -> None:
        """The brush was resized in the viewer; the rows follow and nothing is told."""
        self.settings = settings
        for field, row in self.by_field.items():
            row.show_value(getattr(settings, field))

    def _set(self, field: str, value: float) -> None:
        self.show_settings(replace(self.settings, **{field: value}))
        self.changed.emit(self.settings)
