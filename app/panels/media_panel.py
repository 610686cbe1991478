"""The media bin: what the project is cut from, searched and sorted, with what is missing marked. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.bin.delegate import TILE_W, MediaDelegate
from app.bin.model import MediaModel, SortedMedia
from app.bin.rows import SortBy, Work, rows_of
from app.media_host import MediaHost
from app.panels.context import PanelContext
from app.preferences.key_field import shown
from app.proxies import ProxyDesk
from app.theme import tokens as tk
from app.theme.icons import icon
from app.widgets.buttons import Button, IconButton
from app.widgets.parts import text_label
from core.document.commands import RemoveMedia, RenameMedia
from core.document.model import Project
from core.ids import MediaId
from core.media.facts import MediaFacts
from core.media.proxy import ProxyPolicy
from core.words import msg, tr, trn

MENU_ACTIONS: Final = ("bin_insert", "bin_overwrite", "bin_append", "", "relink")
"""Rows of the action table that the menu of a medium offers."""
POLICIES: Final = (
    (ProxyPolicy.OFF, msg("No proxies")),
    (ProxyPolicy.AUTO, msg("Proxies above 1080 lines")),
    (ProxyPolicy.ALWAYS, msg("Proxies for all media")),
)


class MediaPanel(QWidget):
    """Enter or a double-click lays a medium at the end of the timeline, a drag where it is dropped; F2 renames, Delete removes."""

    add_requested = Signal()
    """The user wants to choose files; a dialog follows."""
    asked = Signal(str)
    """An action by its id."""
    reveal_requested = Signal(str)
    """A path to show in its folder."""
    files_dropped = Signal(list)
    selection_changed = Signal()

    def __init__(self, context: PanelContext, host: MediaHost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._host = context, host
        self._actions: Mapping[str, QAction] = {}
        self._work: dict[MediaId, Work] = {}
        self.model = MediaModel(self)
        self.sorted = SortedMedia(self.model, self)
        self._delegate = MediaDelegate(host.thumbnail, self)
        self.view = MediaView(self._delegate)
        self.view.setModel(self.sorted)
        self.search = QLineEdit()
        self._arrange = IconButton("more", tr("Sort and view"))
        self._hint = text_label(tr("Drop clips here or add files. They stay where they are."), color=tk.T3, wraps=True)
        self._nothing = text_label(tr("No medium has these words."), color=tk.T3)
        self.count = text_label(px=tk.CAPTION_PX, color=tk.T3)
        self.relink = Button(tr("Relink…"))
        self._is_descending = False
        self._proxies: ProxyDesk | None = None
        self._project: Project | None = None
        """The one that is shown."""
        self.setAcceptDrops(True)
        self._build()
        self._connect()
        self._refresh()

    def _build(self) -> None:
        self.search.setPlaceholderText(tr("Search media"))
        self.search.setAccessibleName(tr("Search media"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            QAction(icon("search"), tr("Search"), self.search), QLineEdit.ActionPosition.LeadingPosition
        )
        add = Button(tr("Add files…"), icon_name="plus")
        add.clicked.connect(self.add_requested)
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.setContentsMargins(tk.PANEL_INSET, 8, tk.GRID + 2, 4)
        top.setSpacing(tk.GRID)
        top.addWidget(self.search, 1)
        top.addWidget(self._arrange)
        foot.setContentsMargins(tk.PANEL_INSET, 4, tk.PANEL_INSET, tk.PANEL_INSET)
        foot.setSpacing(8)
        foot.addWidget(add)
        foot.addWidget(self.relink)
        foot.addStretch(1)
        for label in (self._hint, self._nothing):
            label.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 8)
        self.count.setContentsMargins(tk.PANEL_INSET, 4, tk.PANEL_INSET, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._hint)
        layout.addWidget(self._nothing)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.count)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self._arrange.clicked.connect(lambda: self._pop_up(self.arrange_menu()))
        self.relink.clicked.connect(lambda: self.asked.emit("relink"))
        self.view.activated.connect(lambda _index: self.asked.emit("bin_append"))
        self.view.removed.connect(self.remove_selected)
        self.view.menu_wanted.connect(lambda at: self._run(self.item_menu(), at))
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self.model.renamed.connect(lambda id_, name: self._context.do(RenameMedia(MediaId(id_), name)))
        self._context.changed.connect(self._on_context)
        self._host.presence_changed.connect(self._refresh)
        self._host.thumbnail_ready.connect(self.view.viewport().update)

    def follow_actions(self, actions: Mapping[str, QAction]) -> None:
        """The menus offer the window's own actions, with their keys."""
        self._actions = actions

    def follow_proxies(self, proxies: ProxyDesk) -> None:
        """Rows tell of proxies, and the menu at the top says for which media they are made."""
        self._proxies = proxies
        proxies.changed.connect(lambda: self.set_work(proxies.work))
        self.set_work(proxies.work)

    # ---- content --------------------------------------------------------------------------------------------------

    def set_work(self, work: Mapping[MediaId, Work]) -> None:
        """What is being done to media, proxies say."""
        self._work = dict(work)
        self._refresh()

    def _on_context(self) -> None:
        """The playhead says nothing here, and it moves with every frame of playback."""
        if self._context.project is not self._project:
            self._refresh()

    def _refresh(self) -> None:
        project = self._project = self._context.project
        rows = rows_of(project, self._host.problems, self._work)
        if rows == self.model.rows:
            return
        chosen = {m.id for m in self.selected}
        self.model.set_rows(rows)
        self.select(chosen)
        missing = sum(row.is_missing for row in rows)
        self._hint.setVisible(not rows)
        self.relink.setVisible(missing > 0)
        media = trn("{count} medium", "{count} media", len(rows))
        self.count.setText(tr("{media}, {missing} missing", media=media, missing=missing) if missing else media)
        self.count.setVisible(bool(rows))
        self._on_search(self.search.text())

    def _on_search(self, words: str) -> None:
        self.sorted.search(words)
        self._nothing.setVisible(bool(self.model.rows) and self.sorted.rowCount() == 0)

    @property
    def selected(self) -> tuple[MediaFacts, ...]:
        """In the order in which they are shown."""
        indexes = sorted(self.view.selectionModel().selectedIndexes(), key=lambda index: index.row())
        return tuple(self.sorted.row_at(index).facts for index in indexes)

    def select(self, media: set[MediaId]) -> None:
        """Select these and nothing else."""
        chooser, flags = self.view.selectionModel(), QItemSelectionModel.SelectionFlag
        if {m.id for m in self.selected} == media:
            return
        chooser.clearSelection()
        for number in range(self.sorted.rowCount()):
            index = self.sorted.index(number, 0)
            if self.sorted.row_at(index).facts.id in media:
                chooser.setCurrentIndex(index, flags.Select)

    def remove_selected(self) -> None:
        """Take the selected media out of the project; those that clips use stay, and the status bar says so."""
        if self.selected:
            self._context.do(RemoveMedia(tuple(m.id for m in self.selected)))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files from a file manager come into the bin alone."""
        self.files_dropped.emit([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    # ---- menus ----------------------------------------------------------------------------------------------------

    def arrange_menu(self) -> QMenu:
        """Order, direction, rows or tiles."""
        menu = QMenu(self)
        order, shape = QActionGroup(menu), QActionGroup(menu)
        for by in SortBy:
            action = menu.addAction(tr(by.value))
            action.setCheckable(True)
            action.setChecked(by is self.sorted.by)
            action.triggered.connect(lambda _=False, by=by: self.sort_by(by))
            order.addAction(action)
        menu.addSeparator()
        down = menu.addAction(tr("Descending"))
        down.setCheckable(True)
        down.setChecked(self._is_descending)
        down.triggered.connect(lambda on: self.sort_by(self.sorted.by, descending=on))
        menu.addSeparator()
        for text, is_grid in ((tr("Rows"), False), (tr("Tiles"), True)):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(self._delegate.is_grid == is_grid)
            action.triggered.connect(lambda _=False, grid=is_grid: self.view.show_tiles(on=grid))
            shape.addAction(action)
        if self._proxies is not None:
            self._add_proxies(menu, self._proxies)
        return menu

    @staticmethod
    def _add_proxies(menu: QMenu, proxies: ProxyDesk) -> None:
        menu.addSeparator()
        policies = QActionGroup(menu)
        for policy, text in POLICIES:
            action = menu.addAction(tr(text))
            action.setCheckable(True)
            action.setChecked(policy is proxies.policy)
            action.triggered.connect(lambda _=False, policy=policy: proxies.set_policy(policy))
            policies.addAction(action)
        if proxies.is_making:
            menu.addAction(tr("Stop making proxies"), proxies.stop)

    def sort_by(self, by: SortBy, *, descending: bool | None = None) -> None:
        self._is_descending = self._is_descending if descending is None else descending
        self.sorted.sort_by(by, descending=self._is_descending)

    def item_menu(self) -> QMenu:
        """What can be done with the selected media."""
        menu = QMenu(self)
        for id_ in MENU_ACTIONS:
            if id_:
                menu.addAction(self._actions[id_])
            else:
                menu.addSeparator()
        menu.addSeparator()
        chosen = self.selected
        rename = menu.addAction(tr("Rename…") + "\tF2", lambda: self.view.edit(self.view.currentIndex()))
        reveal = menu.addAction(tr("Show in folder"), lambda: self.reveal_requested.emit(chosen[0].path))
        menu.addSeparator()
        remove = menu.addAction(f"{tr('Remove from project')}\t{shown('Del')}", self.remove_selected)
        for action in (rename, reveal, remove):
            action.setEnabled(bool(chosen))
        menu.addAction(self._actions["remove_unused"])
        return menu

    def _pop_up(self, menu: QMenu) -> None:
        self._run(menu, self._arrange.mapToGlobal(QPoint(0, self._arrange.height())))

    @staticmethod
    def _run(menu: QMenu, at: QPoint) -> None:
        menu.exec(at)
        menu.deleteLater()


class MediaView(QListView):
    """Rows, or tiles that fill the width. Moving over a picture leafs through it."""

    removed = Signal()
    menu_wanted = Signal(QPoint)
    """Where, on the screen."""

    def __init__(self, delegate: MediaDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = delegate
        self.setItemDelegate(delegate)
        self.setAccessibleName(tr("Media"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet(f"QListView {{ background: {tk.PANEL.name()}; }}")

    def show_tiles(self, *, on: bool) -> None:
        self._look.is_grid = on
        self.setViewportMargins(tk.PANEL_INSET - tk.GRID if on else 0, 0, 0, 0)  # a tile's picture lies 4 px inside it
        self.setViewMode(QListView.ViewMode.IconMode if on else QListView.ViewMode.ListMode)
        self.setMovement(QListView.Movement.Static)
        self.setDragEnabled(True)  # a change of the view's mode takes it away
        self.setUniformItemSizes(True)
        self._fit_tiles()

    def _fit_tiles(self) -> None:
        """As many columns as have room, all of one width."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        # Qt keeps room for the bar, and breaks a line that would just fit
        wide = self.width() - self.viewportMargins().left() - bar - 4
        self._look.tile_w = max(60, wide // max(1, wide // TILE_W))
        if self._look.is_grid:
            self.setGridSize(self._look.sizeHint(QStyleOptionViewItem(), QModelIndex()))
        else:
            self.setGridSize(QSize())
        self.scheduleDelayedItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._look.is_grid:
            self._fit_tiles()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._leaf(event.position().toPoint())

    def _leaf(self, at: QPoint) -> None:
        index = self.indexAt(at)
        hover = None
        model = self.model()
        if index.isValid() and isinstance(model, SortedMedia):
            picture = self._look.picture_rect(self.visualRect(index))
            if picture.contains(at):
                hover = model.row_at(index).facts.id, (at.x() - picture.left()) / max(1, picture.width())
        if hover != self._look.hover:
            self._look.hover = hover
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave and self._look.hover is not None:
            self._look.hover = None
            self.viewport().update()
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here are not taken by the window's actions."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            ours = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
            if event.key() in (*ours, Qt.Key.Key_Delete, Qt.Key.Key_Backspace) or (
                event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._look.is_grid
            ):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())
