"""The right-click menu of a shape. Main thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from app.shape_desk import ShapeDesk
from app.tools.shape_grips import toggled
from app.widgets.marks import KeyState
from core.document.mask_shapes import PathShape, ShapeOperation
from core.words import tr


def shape_menu(desk: ShapeDesk, add_point: Callable[[], object] | None) -> QMenu | None:
    """Of the selected shape or point; None where there is none. `add_point` adds one to a path where the pointer is."""
    shape, form, point = desk.shape, desk.form, desk.point
    if shape is None or form is None:
        return None
    menu = QMenu()
    if isinstance(form, PathShape) and point is not None:
        width, height = desk.picture_size
        bent = toggled(form, point, width / height)
        text = tr("Smooth point") if form.points[point].is_corner else tr("Corner point")
        menu.addAction(text).triggered.connect(lambda: desk.set_form(bent))
        menu.addAction(tr("Delete point")).triggered.connect(desk.remove_point)
        menu.addSeparator()
    elif isinstance(form, PathShape) and add_point is not None:
        menu.addAction(tr("Add point here")).triggered.connect(add_point)
        menu.addSeparator()
    adds = shape.operation is ShapeOperation.ADD
    other = ShapeOperation.SUBTRACT if adds else ShapeOperation.ADD
    menu.addAction(tr("Cut away") if adds else tr("Add to mask")).triggered.connect(lambda: desk.set_operation(other))
    keyed = tr("Remove keyframe") if desk.key_state is KeyState.HERE else tr("Set keyframe")
    menu.addAction(keyed).triggered.connect(desk.toggle_key)
    menu.addSeparator()
    menu.addAction(tr("Delete shape")).triggered.connect(desk.remove_selected)
    return menu
