"""Housekeeping: what is about the program and not about the project: preferences, keys, palette, workspaces, tour."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu

from app.actions.actions import Handler
from app.actions.button import BarButton
from app.actions.keys import KeyMap
from app.actions.shortcuts import ShortcutList
from app.actions.table import ACTIONS
from app.bootstrap import Budgets
from app.layout_memory import forget_workspaces, remember_workspace, restore_workspace
from app.life.about import about_box
from app.life.versions_dialog import VersionsDialog
from app.palette.entries import REASONS, RECENT_KEPT, Entry, setting_of
from app.palette.window import CommandPalette
from app.preferences.dialog import GENERAL, PreferencesDialog
from app.preferences.key_field import shown
from app.preferences.store import Preferences
from app.theme.style import apply_theme, is_high_contrast
from app.tour.tour import Tour
from core.document.commands import SetValue
from core.document.versions import versions
from core.render.messages import Quality
from core.settings import PreviewSize, Settings, Theme
from core.words import msg, tr

if TYPE_CHECKING:
    from app.main_window import MainWindow

PANELS: Final = ("left_panel", "bottom_panel", "right_panel", "scopes")
"""Actions whose ticks a workspace remembers."""
_QUALITIES: Final = {
    PreviewSize.QUARTER: Quality.DRAFT,
    PreviewSize.HALF: Quality.HALF,
    PreviewSize.FULL: Quality.FULL,
}


class Housekeeping(QObject):
    """Main thread. Made before the window's parts, which it looks at only when something is asked of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.preferences = Preferences(self)
        self._dialog: PreferencesDialog | None = None
        self._recent: QMenu | None = None
        self._workspace = ""
        self._preview = PreviewSize.AUTO
        self.tour = Tour(window)

    @property
    def budgets(self) -> Budgets:
        return Budgets.of(self.preferences.settings)

    @property
    def keys(self) -> KeyMap:
        return KeyMap.of(self.preferences.settings.shortcuts)

    def handlers(self) -> dict[str, Handler]:
        return {
            "open_version": self.show_versions,
            "palette": self.show_palette,
            "preferences": lambda: self.show_preferences(GENERAL),
            "about": lambda: about_box(self._window).open(),
            "reset_layout": self.reset_layout,
            "shortcuts": self.show_shortcuts,
            "tour": self.start_tour,
        }

    # ---- life -----------------------------------------------------------------------------------------------------

    def connect_actions(self, menus: Mapping[str, QMenu]) -> None:
        """Once the window has its actions and menus."""
        file = menus["File"]
        self._recent = QMenu(tr("Open recent"), file)
        file.insertMenu(self._action("open_version"), self._recent)
        self._recent.aboutToShow.connect(self._fill_recent)
        self._fill_recent()
        self._show_keys()

    def begin(self) -> None:
        """The window is on the screen."""
        window, preferences = self._window, self.preferences
        preferences.changed.connect(self._follow)
        preferences.failed.connect(lambda text: window.status.show_message(text, is_error=True))
        window.top_bar.workspace_shown.connect(self._on_workspace)
        window.documents.changed.connect(self._offer_tour)
        self._on_workspace(window.top_bar.workspace)
        self._follow(preferences.settings)
        notice = preferences.notice
        if not preferences.settings.has_cache_place:
            place = preferences.settings.cache_folder
            notice = tr(
                "The folder for caches {place} cannot be written; the usual place is used until the next start.",
                place=place,
            )
        if notice:
            window.status.show_message(notice, is_error=True)

    def close(self) -> None:
        self.tour.stop()
        self._remember_workspace()

    def show_fault(self, text: str) -> None:
        """Something that nobody caught; a slot, so that a fault of another thread is told on this one."""
        self._window.status.show_message(text, is_error=True)

    def _action(self, id_: str) -> QAction:
        return self._window.actions_by_id[id_]

    # ---- preferences ----------------------------------------------------------------------------------------------

    def show_preferences(self, page: int) -> None:
        if self._dialog is None:
            proxies = self._window.proxies
            self._dialog = PreferencesDialog(self.preferences, lambda: proxies.policy, proxies.set_policy, self._window)
        self._dialog.open_page(page)

    def _follow(self, settings: Settings) -> None:
        """The running window after a change."""
        high = settings.theme is Theme.HIGH_CONTRAST
        application = QApplication.instance()
        if isinstance(application, QApplication) and high != is_high_contrast(application):
            apply_theme(application, high_contrast=high)
        self._window.bridge.session.versions_kept = settings.versions_kept
        if settings.preview is not self._preview:  # else the choice under the picture stands
            self._preview = settings.preview
            self._window.viewer.transport.prefer_quality(_QUALITIES.get(settings.preview))
        self._show_keys()

    def _show_keys(self) -> None:
        """Menus, tool tips and what the keyboard does."""
        keys = self.keys
        for spec in ACTIONS:
            wanted = [QKeySequence(key) for key in keys.keys(spec.id)]
            if self._action(spec.id).shortcuts() != wanted:
                self._action(spec.id).setShortcuts(wanted)
        for button in self._window.findChildren(BarButton):
            if button.action:
                button.show_keys(shown(keys.keys(button.action)[:1]))

    def show_shortcuts(self) -> None:
        listed = ShortcutList(self.keys, self._window)
        listed.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        listed.show()

    # ---- palette --------------------------------------------------------------------------------------------------

    def show_palette(self) -> None:
        recent = self.preferences.settings.recent_commands
        CommandPalette(self.settings_entries, self.entries(), recent, self._window).show_over(self._window)

    def entries(self) -> tuple[Entry, ...]:
        """Every action as it is now."""
        keys = self.keys
        return tuple(
            Entry(
                spec.id,
                self._action(spec.id).text().rstrip("…"),
                tr(spec.menu),
                (keys.keys(spec.id) or ("",))[0],
                "" if self._action(spec.id).isEnabled() else tr(REASONS.get(spec.needs, msg("not now"))),
                partial(self._run, spec.id),
            )
            for spec in ACTIONS
            if spec.id != "palette"
        )

    def settings_entries(self, query: str) -> tuple[Entry, ...]:
        """A condition of the selected clip, where the query names one with a value."""
        setting = setting_of(query)
        if setting is None:
            return ()
        context = self._window.context
        clip = context.clip
        if clip is None:
            return (Entry("", setting.text, tr("Conditions"), reason=setting.problem or tr(REASONS["clip"])),)

        def run() -> None:
            context.do(SetValue(clip.id, setting.axis.id, setting.value, context.source_time))

        return (Entry("", setting.text, tr("Conditions"), reason=setting.problem, run=run),)

    def _run(self, id_: str) -> None:
        recent = self.preferences.settings.recent_commands
        self.preferences.set(recent_commands=(id_, *(r for r in recent if r != id_))[:RECENT_KEPT])
        self._action(id_).trigger()

    # ---- workspaces -----------------------------------------------------------------------------------------------

    def _ticks(self) -> dict[str, bool]:
        return {id_: self._action(id_).isChecked() for id_ in PANELS}

    def _remember_workspace(self) -> None:
        """Not while the welcome stands in the place of the panels: their sizes mean nothing then."""
        if self._workspace and self._window.bridge.project.media:
            remember_workspace(self._workspace, self._window.room.seams, self._ticks())

    def _on_workspace(self, name: str) -> None:
        self._remember_workspace()
        self._workspace = name
        self._show_ticks(restore_workspace(name, self._window.room.seams, self._ticks()))

    def _show_ticks(self, ticks: Mapping[str, bool]) -> None:
        for id_, is_on in ticks.items():
            self._action(id_).setChecked(is_on)
        self._window.show_panels()

    def reset_layout(self) -> None:
        """All workspaces as they came."""
        forget_workspaces()
        self._show_ticks(dict.fromkeys(PANELS, True))
        self._window.room.reset()
        self._window.status.show_message(tr("The panels of all workspaces are back in their places."))

    # ---- project life ---------------------------------------------------------------------------------------------

    def _fill_recent(self) -> None:
        menu, documents = self._recent, self._window.documents
        assert menu is not None
        menu.clear()
        for path in documents.remembered:
            is_here = path.is_file()
            name = path.stem.replace("&", "&&")
            action = menu.addAction(name if is_here else tr("{name} (missing)", name=name))
            action.setToolTip(str(path))
            action.setEnabled(is_here)
            action.triggered.connect(lambda _=False, path=path: documents.open(path))
        menu.setToolTipsVisible(True)
        if menu.isEmpty():
            menu.addAction(tr("Nothing yet")).setEnabled(False)
            return
        menu.addSeparator()
        menu.addAction(tr("Clear")).triggered.connect(documents.forget_recent)

    def show_versions(self) -> None:
        path = self._window.bridge.session.path
        if path is None:
            return
        dialog = VersionsDialog(self._window.documents.name, versions(path), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(lambda version: self._window.documents.open_version(version, path))
        dialog.open()

    # ---- tour -----------------------------------------------------------------------------------------------------

    def _offer_tour(self) -> None:
        """The first time the demo is open."""
        if self.preferences.settings.tour_seen or not _is_demo(self._window.bridge.session.path):
            return
        self.start_tour()

    def start_tour(self) -> None:
        self.preferences.set(tour_seen=True)
        self.tour.start()


def _is_demo(path: Path | None) -> bool:
    from app.demo import demo_folder

    return path is not None and path.is_relative_to(demo_folder())
