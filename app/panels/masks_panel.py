"""The masks of a clip, the properties of the selected one, and the brush that paints it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.matte_desk import MatteDesk
from app.panels.brush_group import BrushGroup
from app.panels.context import PanelContext
from app.panels.follow_group import FollowGroup
from app.panels.selection_group import SelectionGroup
from app.panels.shapes_group import ShapesGroup
from app.shape_desk import ShapeDesk
from app.theme import tokens as tk
from app.widgets.buttons import Button, Toggle
from app.widgets.group import Group
from app.widgets.item_list import Item, ItemList
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.parts import text_label
from app.widgets.scroll import ScrollColumn
from app.widgets.segments import Segments
from core.document.commands import AddMask, AnyCommand, MoveMask, RemoveMask, RenameMask, SetMask
from core.document.model import Clip, Mask, MaskOperation
from core.ids import ClipId, MaskId, new_id
from core.words import inline, msg, tr, trn

_FEATHER: Final = ParamSpec(
    "Feather", 0.0, 0.2, 0.0, 0.001, 100.0, "%", help=msg("Softens the whole matte, in picture heights.")
)
_GROW: Final = ParamSpec(
    "Grow", -0.1, 0.1, 0.0, 0.001, 100.0, "%", help=msg("Widens what was painted, or narrows it, in picture heights.")
)
_OPERATIONS: Final = (MaskOperation.ADD, MaskOperation.SUBTRACT, MaskOperation.INTERSECT)
_SIGNS: Final = {MaskOperation.SUBTRACT: msg("taken away"), MaskOperation.INTERSECT: msg("in common")}
_OPACITY: Final = ParamSpec(
    "Opacity", 0.0, 1.0, 1.0, 0.01, 100.0, "%", help=msg("How much of the look the mask lets through.")
)


class MasksPanel(QWidget):
    """Edits go through commands; the brush is a tool setting and not part of the project. Main thread."""

    mask_selected = Signal(str)
    """Id of the mask that is painted next, or an empty string."""
    brush_changed = Signal(object)
    """`BrushSettings`."""

    def __init__(
        self, context: PanelContext, shapes: ShapeDesk, mattes: MatteDesk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.selection, self.follow = SelectionGroup(mattes), FollowGroup(mattes)
        self._clip: ClipId | None = None
        self.shapes = ShapesGroup(shapes)
        self.mask_selected.connect(lambda id_: shapes.set_mask(MaskId(id_) if id_ else None))
        shapes.mask_made.connect(self.select)
        self.brush = BrushGroup()
        self.brush.changed.connect(self.brush_changed)
        self.list = ItemList(tr("Masks"), can_rename=True, can_move=True)
        self._hint = text_label(
            tr("Without a mask the look acts everywhere. Paint or draw where it may act."), color=tk.T3, wraps=True
        )
        self.feather = self._mask_row(_FEATHER, lambda value: self._set_selected(feather=value))
        self.grow = self._mask_row(_GROW, lambda value: self._set_selected(grow=value))
        self.operation = Segments(tr("Joins those above by"), (tr("Add"), tr("Subtract"), tr("Intersect")))
        self.operation.chosen.connect(lambda index: self._set_selected(operation=_OPERATIONS[index]))
        self.opacity = self._mask_row(_OPACITY, lambda value: self._set_selected(opacity=value))
        self.invert = Toggle(tr("Invert mask"))
        self.invert.clicked.connect(lambda on: self._set_selected(is_inverted=on))
        self.add = Button(tr("Add mask"), icon_name="plus")
        self.delete = Button(tr("Delete"), icon_name="trash")
        self._wire()
        self._build()
        context.changed.connect(self._refresh)
        self._refresh()

    def _wire(self) -> None:
        self.add.clicked.connect(self.add_mask)
        self.delete.clicked.connect(lambda: self._remove(self.list.current))
        self.list.selected.connect(self._on_selected)
        self.list.toggled.connect(self._toggle)
        self.list.removed.connect(self._remove)
        self.list.moved.connect(lambda id_, index: self._do(lambda clip: MoveMask(clip, MaskId(id_), index)))
        self.list.renamed.connect(lambda id_, name: self._do(lambda clip: RenameMask(clip, MaskId(id_), name)))

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._hint.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 4)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, tk.PANEL_INSET)
        buttons.setSpacing(8)
        buttons.addWidget(self.add)
        buttons.addWidget(self.delete)
        buttons.addStretch(1)
        column.addWidget(self._hint)
        column.addWidget(self.list)
        column.addLayout(buttons)
        column.addWidget(self._make_mask_group())
        column.addWidget(self.selection)
        column.addWidget(self.shapes)
        column.addWidget(self.follow)
        column.addWidget(self.brush)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ScrollColumn(body))

    def _make_mask_group(self) -> Group:
        self._mask_group = Group(tr("Mask"), "matte", can_reset=False)
        join = QHBoxLayout()
        join.setContentsMargins(tk.PANEL_INSET, 4, tk.PANEL_INSET, 4)
        join.addWidget(self.operation)
        self._mask_group.rows.addLayout(join)
        self._mask_group.rows.addWidget(self.grow)
        self._mask_group.rows.addWidget(self.feather)
        self._mask_group.rows.addWidget(self.opacity)
        line = QHBoxLayout()
        line.setContentsMargins(tk.PANEL_INSET, 0, 50, 0)
        line.addWidget(text_label(tr("Invert")))
        line.addStretch(1)
        line.addWidget(self.invert)
        self._mask_group.rows.addLayout(line)
        return self._mask_group

    def _mask_row(self, spec: ParamSpec, set_value: Callable[[float], None]) -> ParamRow:
        row = ParamRow(spec, keyable=False)
        row.gesture_started.connect(lambda: self._context.begin(tr("Set mask {property}", property=inline(spec.title))))
        row.value_changed.connect(set_value)
        row.gesture_committed.connect(self._context.commit)
        row.gesture_cancelled.connect(self._context.cancel)
        row.reset_requested.connect(lambda: set_value(spec.neutral))
        return row

    # ---- masks ----

    @property
    def selected_mask(self) -> MaskId | None:
        return MaskId(self.list.current) if self.list.current else None

    def select(self, mask: MaskId | None) -> None:
        self.list.set_current(mask or "")
        self._refresh()
        self.mask_selected.emit(mask or "")

    def add_mask(self) -> None:
        """Add a mask and select it, so that the next stroke goes into it."""
        clip = self._context.clip
        if clip is None:
            return
        made = MaskId(new_id("mask"))
        taken = {m.name for m in clip.masks}
        names = (tr("Mask {number}", number=n) for n in range(1, len(taken) + 2))
        name = next(name for name in names if name not in taken)
        if self._context.do(AddMask(clip.id, made, name)):
            self.select(made)

    def _mask(self) -> Mask | None:
        clip = self._context.clip
        return next((m for m in clip.masks if m.id == self.list.current), None) if clip else None

    def _do(self, make: Callable[[ClipId], AnyCommand]) -> None:
        if (clip := self._context.clip) is not None:
            self._context.do(make(clip.id))

    def _set_selected(
        self,
        *,
        feather: float | None = None,
        opacity: float | None = None,
        is_inverted: bool | None = None,
        operation: MaskOperation | None = None,
        grow: float | None = None,
    ) -> None:
        mask = self._mask()
        if mask is not None:
            self._do(lambda clip: SetMask(clip, mask.id, None, is_inverted, feather, opacity, operation, grow))

    def _toggle(self, id_: str) -> None:
        clip = self._context.clip
        mask = next((m for m in clip.masks if m.id == id_), None) if clip else None
        if mask is not None:
            self._do(lambda clip: SetMask(clip, mask.id, is_enabled=not mask.is_enabled))

    def _remove(self, id_: str) -> None:
        if id_:
            self._do(lambda clip: RemoveMask(clip, MaskId(id_)))

    def _on_selected(self, id_: str) -> None:
        self._refresh()
        self.mask_selected.emit(id_)

    # ---- showing ----

    def _refresh(self) -> None:
        clip = self._context.clip
        masks = clip.masks if clip else ()
        self.setEnabled(clip is not None)
        self._hint.setVisible(not masks)
        self.list.set_items([Item(m.id, m.name, _mask_line(m), is_on=m.is_enabled) for m in masks])
        self._keep_selection(clip)
        mask = self._mask()
        self._mask_group.setEnabled(mask is not None)
        self._mask_group.header.set_summary(mask.name if mask else tr("None selected"))
        self.delete.setEnabled(mask is not None)
        shown = mask or Mask(MaskId(""), "")
        self.feather.show_value(shown.feather)
        self.grow.show_value(shown.grow)
        self.operation.set_current(_OPERATIONS.index(shown.operation))
        self.opacity.show_value(shown.opacity)
        self.invert.setChecked(shown.is_inverted)

    def _keep_selection(self, clip: Clip | None) -> None:
        """Another clip, or the selected mask is gone: the last one is painted next."""
        ids = [m.id for m in clip.masks] if clip else []
        if self.list.current not in ids:
            self.list.set_current(ids[-1] if ids else "")
            self.mask_selected.emit(self.list.current)


def _mask_line(mask: Mask) -> str:
    strokes, shapes = len(mask.strokes), len(mask.shapes)
    words = [
        *([mask.selector.kind.label] if mask.selector else []),
        *([trn("{count} shape", "{count} shapes", shapes)] if shapes else []),
        *([trn("{count} stroke", "{count} strokes", strokes)] if strokes else []),
        *([] if shapes or strokes or mask.selector else [tr("Empty")]),
        *([tr("follows")] if mask.follow else []),
        *([tr("inverted")] if mask.is_inverted else []),
        *([tr(_SIGNS[mask.operation])] if mask.operation in _SIGNS else []),
    ]
    return ", ".join(words)
