"""ShortcutPage: every action with its keys, and how to give it others. Main thread."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.actions.keys import KeyMap, press
from app.actions.table import ACTIONS, BY_ID, MENUS, ActionSpec
from app.preferences.key_field import KeyField, shown
from app.preferences.store import Preferences
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.widgets.buttons import Button
from app.widgets.parts import text_label
from core.words import msg, tr

_ID: Final = Qt.ItemDataRole.UserRole
_HINT: Final = msg("Choose an action, press Enter, then the keys it is to have. Esc leaves it as it is.")


class ActionTree(QTreeWidget):
    """Return and Space take up the keys of a row, Del takes them away; letters are left to the filter."""

    def __init__(self, page: ShortcutPage) -> None:
        super().__init__()
        self._page = page
        self.setAccessibleName(tr("Actions and their keys"))
        self.setColumnCount(2)
        self.setHeaderLabels([tr("Action"), tr("Keys")])
        self.setUniformRowHeights(True)
        self.setIndentation(tk.PANEL_INSET)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.header().resizeSection(1, 190)
        self.header().setStretchLastSection(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._page.field.setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.key() == Qt.Key.Key_Delete:
            self._page.remove.click()
        else:
            super().keyPressEvent(event)


class ShortcutPage(QWidget):
    """Nothing is given while another action has the key: that is said, and the person decides."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._wanted = ""
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter by action, menu or key"))
        self.filter.setAccessibleName(tr("Filter actions"))
        self.filter.setClearButtonEnabled(True)
        self.tree = ActionTree(self)
        self.field = KeyField()
        self.remove = Button(tr("Remove keys"))
        self.reset = Button(tr("Reset"))
        self.reset_all = Button(tr("Reset all"))
        self.take = Button(tr("Take it"))
        self.keep = Button(tr("Leave it"))
        self.said = text_label(tr(_HINT), px=tk.CAPTION_PX, wraps=True)
        self.said.setMinimumHeight(30)
        self._build()
        self.filter.textChanged.connect(lambda _text: self._show_rows())
        self.tree.currentItemChanged.connect(lambda *_: self._show_chosen())
        self.tree.itemDoubleClicked.connect(lambda *_: self.field.setFocus())
        self.field.pressed.connect(self._ask)
        self.field.left.connect(self._settle)
        self.take.clicked.connect(lambda: self._give(self._wanted))
        self.keep.clicked.connect(self._settle)
        self.remove.clicked.connect(lambda: self._use(self._map.with_keys(self.chosen, ())))
        self.reset.clicked.connect(lambda: self._use(self._map.reset(self.chosen)))
        self.reset_all.clicked.connect(lambda: self._use(KeyMap()))
        preferences.changed.connect(lambda _settings: self._show_rows())
        self._show_rows()
        self._settle()

    def _build(self) -> None:
        line, foot = QHBoxLayout(), QHBoxLayout()
        for row in (line, foot):
            row.setSpacing(8)
        line.addWidget(self.field, 1)
        for button in (self.remove, self.reset):
            line.addWidget(button)
        foot.addWidget(self.said, 1)
        for button in (self.take, self.keep, self.reset_all):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(tk.CARD_INSET,) * 4)
        column.setSpacing(8)
        column.addWidget(self.filter)
        column.addWidget(self.tree, 1)
        column.addLayout(line)
        column.addLayout(foot)

    # ---- reading --------------------------------------------------------------------------------------------------

    @property
    def _map(self) -> KeyMap:
        return KeyMap.of(self._preferences.settings.shortcuts)

    @property
    def chosen(self) -> str:
        """Id of the action in hand; empty on a menu's row."""
        item = self.tree.currentItem()
        return str(item.data(0, _ID) or "") if item else ""

    def choose(self, id_: str) -> None:
        for group in range(self.tree.topLevelItemCount()):
            menu = self.tree.topLevelItem(group)
            for row in range(menu.childCount() if menu else 0):
                item = menu.child(row) if menu else None
                if item is not None and item.data(0, _ID) == id_:
                    self.tree.setCurrentItem(item)
                    self.tree.scrollToItem(item, QTreeWidget.ScrollHint.PositionAtCenter)

    def _show_rows(self) -> None:
        """All that the filter lets through, under their menus; the same row stays in hand."""
        chosen, keys, wanted = self.chosen, self._map, self.filter.text().casefold().split()
        self.tree.clear()
        for menu in MENUS:
            rows = []
            for spec in ACTIONS:
                text, of = spec.title, shown(keys.keys(spec.id))
                if spec.menu == menu and all(w in f"{tr(menu)} {text} {of}".casefold() for w in wanted):
                    row = QTreeWidgetItem([text, of])
                    row.setData(0, _ID, spec.id)
                    if keys.is_changed(spec.id):
                        row.setForeground(1, tk.ACC_TEXT)
                        came = shown(spec.keys)
                        row.setToolTip(
                            1, tr("Changed; {keys} as it came", keys=came) if came else tr("Changed; none as it came")
                        )
                    rows.append(row)
            if rows:
                head = QTreeWidgetItem([tr(menu)])
                head.setFont(0, ui_font(bold=True))
                head.addChildren(rows)
                self.tree.addTopLevelItem(head)
        self.tree.expandAll()
        self.reset_all.setEnabled(bool(keys.changed))
        self.choose(chosen)
        self._show_chosen()

    def _show_chosen(self) -> None:
        id_ = self.chosen
        self.field.setEnabled(bool(id_))
        self.field.setText("")
        self.remove.setEnabled(bool(id_) and bool(self._map.keys(id_)))
        self.reset.setEnabled(bool(id_) and self._map.is_changed(id_))

    # ---- giving ---------------------------------------------------------------------------------------------------

    def _ask(self, key: str) -> None:
        if not self.chosen:
            return
        owner = self._map.owner(key, besides=self.chosen)
        if owner is None:
            self._give(key)
            return
        self._wanted = key
        self.field.setText(shown(key))
        self.said.setText(self._belongs(key, owner))
        self.take.show()
        self.keep.show()
        self.take.setFocus(Qt.FocusReason.TabFocusReason)

    def _belongs(self, key: str, owner: ActionSpec) -> str:
        """Whose a key is, and that it goes by another name there where it does."""
        theirs = next(k for k in self._map.keys(owner.id) if press(k) == press(key))
        if theirs == key:
            return tr(
                "{keys} belongs to “{action}” in the {menu} menu.",
                keys=shown(key),
                action=owner.title,
                menu=tr(owner.menu),
            )
        return tr(
            "{keys} is the same press as {other} on many keyboards, which belongs to “{action}” in the {menu} menu.",
            keys=shown(key),
            other=shown(theirs),
            action=owner.title,
            menu=tr(owner.menu),
        )

    def _give(self, key: str) -> None:
        id_ = self.chosen
        self._use(self._map.with_keys(id_, (key,)))
        self.said.setText(tr("“{action}” has {keys} now.", action=BY_ID[id_].title, keys=shown(key)))

    def _use(self, keys: KeyMap) -> None:
        self._preferences.set(shortcuts=keys.changed)
        self._settle()

    def _settle(self) -> None:
        """No question is open."""
        self._wanted = ""
        self.field.setText("")
        self.take.hide()
        self.keep.hide()
        self.said.setText(tr(_HINT))
        if self.field.hasFocus() or self.isVisible():
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
