"""The shapes of a mask: what draws them, which there are, and what can be said of the selected one. Main thread."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace as altered
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.actions.button import BarButton
from app.actions.table import BY_ID
from app.shape_desk import ShapeDesk
from app.theme import tokens as tk
from app.widgets.group import Group
from app.widgets.item_list import Item, ItemList
from app.widgets.marks import KeyDiamond
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.parts import text_label
from app.widgets.segments import Segments
from core.document.mask_shapes import (
    AnyForm,
    EllipseShape,
    LinearGradient,
    PathShape,
    RadialGradient,
    RectShape,
    Shape,
    ShapeOperation,
    Tween,
    kind_name,
)
from core.ids import ShapeId
from core.words import msg, tr, trn

SHAPE_TOOLS: Final[tuple[tuple[str, type[AnyForm] | None, str], ...]] = (
    ("shape_edit", None, "cursor"),
    ("shape_path", PathShape, "pen"),
    ("shape_ellipse", EllipseShape, "ellipse"),
    ("shape_rectangle", RectShape, "rectangle"),
    ("shape_linear", LinearGradient, "gradient"),
    ("shape_radial", RadialGradient, "radial"),
)
"""Action, what it draws (None edits), icon."""
_ICONS: Final = {kind: icon for _, kind, icon in SHAPE_TOOLS} | {PathShape: "polygon"}
_OPERATIONS: Final = (ShapeOperation.ADD, ShapeOperation.SUBTRACT)
_TWEENS: Final = (Tween.LINEAR, Tween.SMOOTH)
_DIAMOND_RIGHT: Final = 30
"""Under the diamonds of the rows."""
_SPECS: Final = {
    "softness": ParamSpec(
        "Softness", 0.0, 0.5, 0.0, 0.001, 100.0, "%", help=msg("Width of the soft edge, in picture heights.")
    ),
    "corner": ParamSpec(
        "Corners", 0.0, 0.5, 0.0, 0.001, 100.0, "%", help=msg("Radius of the corners, in picture heights.")
    ),
    "inner": ParamSpec(
        "Inside", 0.0, 1.0, 0.5, 0.01, 100.0, "%", help=msg("How much of the way out the gradient stays whole.")
    ),
    "rotation": ParamSpec(
        "Rotation", -180.0, 180.0, 0.0, 0.1, unit="°", wraps=True, help=msg("Clockwise, in degrees.")
    ),
}


class ShapesGroup(Group):
    """Every change goes through the desk; the tool over the picture shares its selection."""

    tool_requested = Signal(str)
    """The action of a shape tool."""
    picked = Signal()
    """A shape was picked in the list: its grips are wanted over the picture."""

    def __init__(self, desk: ShapeDesk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Shapes"), "shapes", parent, can_reset=False)
        self._desk = desk
        self.tools = {id_: self._tool_button(id_, icon) for id_, _, icon in SHAPE_TOOLS}
        self.delete = BarButton("trash", tr("Delete shape"))
        self.list = ItemList(tr("Shapes"), can_move=True)
        self.hint = text_label(tr("Draw a shape or a gradient over the picture."), color=tk.T3, wraps=True)
        self.operation = Segments(tr("Acts on what is below by"), (tr("Add"), tr("Cut away")))
        self.tween = Segments(tr("Interpolation between keyframes"), (tr("Linear"), tr("Smooth")))
        self.key = KeyDiamond(tr("Shape"))
        self.previous = BarButton("chevron_left", tr("Previous keyframe of the shape"), size=24)
        self.next = BarButton("chevron_right", tr("Next keyframe of the shape"), size=24)
        self.by_field = {field: self._row(field, spec) for field, spec in _SPECS.items()}
        self._build()
        self._wire()
        self.refresh()
        desk.changed.connect(self.refresh)

    def _tool_button(self, id_: str, icon: str) -> BarButton:
        button = BarButton(icon, BY_ID[id_].title, action=id_, checkable=True)
        button.clicked.connect(lambda: self.tool_requested.emit(id_))
        return button

    def _row(self, field: str, spec: ParamSpec) -> ParamRow:
        row = ParamRow(spec, keyable=False)
        row.gesture_started.connect(
            lambda: self._desk.context.begin(tr("Set {name} of shape", name=spec.title.lower()))
        )
        row.value_changed.connect(lambda value: self._set(field, value))
        row.gesture_committed.connect(self._desk.context.commit)
        row.gesture_cancelled.connect(self._desk.context.cancel)
        row.reset_requested.connect(lambda: self._set(field, spec.neutral))
        return row

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(tk.PANEL_INSET - 6, 4, tk.PANEL_INSET, 4)
        bar.setSpacing(2)
        for button in self.tools.values():
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self.delete)
        self.hint.setContentsMargins(tk.PANEL_INSET, 0, tk.PANEL_INSET, tk.GRID)
        self._of_shape = QWidget()
        join = QHBoxLayout(self._of_shape)
        join.setContentsMargins(tk.PANEL_INSET, 4, tk.PANEL_INSET, 4)
        join.addWidget(self.operation)
        self._of_keys = QWidget()
        keys = QHBoxLayout(self._of_keys)
        keys.setSpacing(0)
        keys.setContentsMargins(tk.PANEL_INSET, 0, _DIAMOND_RIGHT - 24, 0)
        keys.addWidget(text_label(tr("Keyframes")))
        keys.addStretch(1)
        keys.addWidget(self.tween)
        keys.addSpacing(4)
        for mark in (self.previous, self.key, self.next):
            keys.addWidget(mark)
        self.tween.setMaximumWidth(150)
        self.rows.addLayout(bar)
        for part in (self.hint, self.list, self._of_shape, *self.by_field.values(), self._of_keys):
            self.rows.addWidget(part)

    def _wire(self) -> None:
        desk = self._desk
        self.list.selected.connect(self._pick)
        self.list.removed.connect(lambda id_: desk.remove(ShapeId(id_)))
        self.list.moved.connect(lambda id_, index: desk.move(ShapeId(id_), index))
        self.operation.chosen.connect(lambda index: desk.set_operation(_OPERATIONS[index]))
        self.tween.chosen.connect(lambda index: desk.set_tween(_TWEENS[index]))
        self.key.clicked.connect(desk.toggle_key)
        self.delete.clicked.connect(desk.remove_selected)
        self.previous.clicked.connect(lambda: desk.seek_key(-1))
        self.next.clicked.connect(lambda: desk.seek_key(1))

    def _pick(self, id_: str) -> None:
        self.picked.emit()
        self._desk.select(ShapeId(id_))

    def _set(self, field: str, value: float) -> None:
        form = self._desk.form
        if form is not None and hasattr(form, field):
            self._desk.set_form(altered(form, **{field: value}))

    # ---- showing ----

    def show_tool(self, id_: str) -> None:
        """Which of the tools is in hand; empty for none."""
        for each, button in self.tools.items():
            button.setChecked(each == id_)

    def refresh(self) -> None:
        desk = self._desk
        shapes, shape, form = desk.shapes, desk.shape, desk.form
        self.body.setEnabled(desk.clip is not None)
        self.hint.setVisible(not shapes)
        self.list.set_items([_item(each, each.at(desk.time), number) for number, each in enumerate(shapes, 1)])
        self.list.set_current(shape.id if shape else "")
        self.delete.setEnabled(shape is not None)
        self.header.set_summary(trn("{count} shape", "{count} shapes", len(shapes)) if shapes else "")
        for part in (self._of_shape, self._of_keys):
            part.setVisible(shape is not None)
        for field, row in self.by_field.items():
            row.setVisible(form is not None and hasattr(form, field))
            if form is not None and hasattr(form, field):
                value = getattr(form, field)
                row.show_value(row.spec.clamped(value) if field == "rotation" else value)
        if shape is not None:
            self.operation.set_current(_OPERATIONS.index(shape.operation))
            self.tween.set_current(_TWEENS.index(shape.tween))
            self.tween.setVisible(len(shape.keys) > 1)
            self.key.set_state(desk.key_state)
            for button in (self.previous, self.next):
                button.setEnabled(bool(shape.keys))


def _item(shape: Shape, form: AnyForm, number: int) -> Item:
    softness, keys = getattr(form, "softness", 0.0), len(shape.keys)
    words = [
        tr("Adds") if shape.operation is ShapeOperation.ADD else tr("Cuts away"),
        *([tr("soft {percent} %", percent=_SPECS["softness"].text(softness))] if softness else []),
        *([trn("{count} keyframe", "{count} keyframes", keys)] if keys else []),
    ]
    return Item(shape.id, f"{number}  {kind_name(form)}", ", ".join(words), _ICONS[type(form)])
