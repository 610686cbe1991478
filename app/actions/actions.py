"""The table made real: QActions, menus, and which of them can be used now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.actions.table import ACTIONS, MENUS, ActionSpec
from core.words import tr

Handler = Callable[[], object]


def make_actions(window: QWidget, handlers: Mapping[str, Handler]) -> dict[str, QAction]:
    """One QAction for every row. Raises `KeyError` for a row without a handler: a row that does nothing is a bug."""
    return {spec.id: _action(window, spec, handlers[spec.id]) for spec in ACTIONS}


def _action(window: QWidget, spec: ActionSpec, handler: Handler) -> QAction:
    action = QAction(tr(spec.text), window)
    action.setObjectName(spec.id)
    action.setCheckable(spec.is_checkable)
    action.setShortcuts([QKeySequence(key) for key in spec.keys])
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    action.triggered.connect(lambda _checked=False: handler())
    window.addAction(action)
    return action


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Menus in table order, with a separator between groups; a submenu stands where its first row does."""
    menus: dict[str, QMenu] = {}
    for name in MENUS:
        menu = menus[name] = bar.addMenu(tr(name))
        rows = [spec for spec in ACTIONS if spec.menu == name and spec.in_menu]
        for number, (_, group) in enumerate(groupby(rows, key=lambda spec: spec.group)):
            if number:
                menu.addSeparator()
            for submenu, specs in groupby(group, key=lambda spec: spec.submenu):
                place = menu.addMenu(tr(submenu)) if submenu else menu
                place.addActions([actions[spec.id] for spec in specs])
    return menus
