"""The preferences: three pages, each change in force at once or said to wait. Main thread."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.preferences.shortcut_page import ShortcutPage
from app.preferences.store import Preferences
from app.theme import tokens as tk
from app.widgets.buttons import Button, PanelTabs, Select
from app.widgets.parts import Rule, text_label
from core.media.proxy import ProxyPolicy
from core.settings import SYSTEM_LANGUAGE, Device, PreviewSize, Settings, Theme, can_be_written
from core.words import LANGUAGES, msg, num, tr, trn

_MIDDLE: Final = Qt.TextElideMode.ElideMiddle
GENERAL, PERFORMANCE, SHORTCUTS = range(3)
_LANGUAGES: Final = ((SYSTEM_LANGUAGE, msg("As the system says")), *((each.code, each.name) for each in LANGUAGES))
_LANGUAGE_HELP: Final = msg("Takes effect when Weathervane is started again.")
_NEXT_START: Final = msg("Device and caches change when Weathervane is started again.")
_THEMES: Final = ((Theme.NORMAL, msg("Normal")), (Theme.HIGH_CONTRAST, msg("High contrast")))
_PREVIEWS: Final = (
    (PreviewSize.AUTO, msg("Suited to the media")),
    (PreviewSize.QUARTER, msg("Preview ¼")),
    (PreviewSize.HALF, msg("Preview ½")),
    (PreviewSize.FULL, msg("Full size")),
)
_VERSIONS: Final = (4, 8, 16, 32, 64)
_MEMORY_MIB: Final = tuple(1 << n for n in range(9, 16))
_DISK_GIB: Final = tuple(1 << n for n in range(1, 9))
_PROXIES: Final = (
    (ProxyPolicy.OFF, msg("Never")),
    (ProxyPolicy.AUTO, msg("For media above 1080 lines")),
    (ProxyPolicy.ALWAYS, msg("For all media")),
)
ChooseFolder = Callable[[QWidget, str], str]


def choose_folder(parent: QWidget, start: str) -> str:
    return QFileDialog.getExistingDirectory(parent, tr("Folder for caches"), start)


@cache
def has_cuda() -> bool:
    """Whether the driver of a CUDA device is installed. torch, which would know, is not for the window to load."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def devices() -> tuple[tuple[Device, str], ...]:
    usual = ((Device.AUTO, msg("Automatic, the fastest there is")), (Device.CPU, "CPU"))
    return (*usual, (Device.CUDA, "CUDA")) if has_cuda() else usual


def gigabytes(count: float) -> str:
    return f"{num(count, 'g')} GB"


class Choice(Select):
    """A choice between values, whose texts are looked up here. The values are kept beside the items: Qt would hand back
    an enum's text for the enum."""

    def __init__(self, choices: tuple[tuple[Any, str], ...], label: str) -> None:
        super().__init__()
        self.setAccessibleName(label)
        self._values = [value for value, _ in choices]
        self.addItems([tr(text) for _, text in choices])

    @property
    def value(self) -> Any:
        return self._values[self.currentIndex()]

    def show_value(self, value: Any) -> None:
        """Also one that a person wrote into the file by hand."""
        if value not in self._values:
            self._values.append(value)
            self.addItem(str(value))
        self.setCurrentIndex(self._values.index(value))


class PreferencesDialog(QDialog):
    """Not modal: the window behind shows what a change does."""

    def __init__(
        self,
        preferences: Preferences,
        proxy_policy: Callable[[], ProxyPolicy],
        set_proxy_policy: Callable[[ProxyPolicy], None],
        parent: QWidget | None = None,
        choose: ChooseFolder = choose_folder,
    ) -> None:
        super().__init__(parent)
        self._preferences, self._choose = preferences, choose
        self._begun_with = preferences.settings
        self._shows: list[Callable[[Settings], None]] = []
        self.setWindowTitle(tr("Preferences"))
        self.resize(600, 560)
        self.tabs = PanelTabs((tr("General"), tr("Performance"), tr("Shortcuts")))
        self.pages = QStackedWidget()
        self.theme = self._setting("theme", _THEMES, tr("Theme"))
        self.language = self._setting("language", _LANGUAGES, tr("Language"))
        self.preview = self._setting("preview", _PREVIEWS, tr("Picture at rest"))
        saves = tuple((n, trn("Last save", "Last {count} saves", n)) for n in _VERSIONS)
        disk = tuple((n, gigabytes(n)) for n in _DISK_GIB)
        self.versions = self._setting("versions_kept", saves, tr("Versions of a project"))
        self.device = self._setting("device", devices(), tr("Device"))
        memory = tuple((n, gigabytes(n / 1024)) for n in _MEMORY_MIB)
        self.memory = self._setting("memory_mib", memory, tr("Memory for results"))
        self.analyses = self._setting("analyses_gib", disk, tr("Disk for analyses"))
        self.proxies_size = self._setting("proxies_gib", disk, tr("Disk for proxies"))
        self.proxies = Choice(_PROXIES, tr("Make proxies"))
        self.proxies.show_value(proxy_policy())
        self.proxies.activated.connect(lambda _index: set_proxy_policy(self.proxies.value))
        self.place = text_label(color=tk.T1)
        self.change_place = Button(tr("Change…"))
        self.usual_place = Button(tr("Usual place"))
        self.shortcuts = ShortcutPage(preferences)
        self.waits = text_label(tr(_NEXT_START), px=tk.CAPTION_PX, color=tk.T3, wraps=True)
        self.defaults = Button(tr("Restore defaults"), height=tk.ACTION_H)
        self.close_button = Button(tr("Close"), height=tk.ACTION_H)
        self._build()
        self.tabs.current_changed.connect(self.pages.setCurrentIndex)
        self.change_place.clicked.connect(self._change_place)
        self.usual_place.clicked.connect(lambda: preferences.set(cache_folder=""))
        self.defaults.clicked.connect(self._restore_defaults)
        self.close_button.clicked.connect(self.close)
        preferences.changed.connect(self._show)
        self._show(preferences.settings)
        self.theme.setFocus()

    def _setting(self, name: str, choices: tuple[tuple[Any, str], ...], label: str) -> Choice:
        """A choice bound to a field of `Settings`."""
        select = Choice(choices, label)
        select.activated.connect(lambda _index: self._preferences.set(**{name: select.value}))
        self._shows.append(lambda settings: select.show_value(getattr(settings, name)))
        return select

    def _build(self) -> None:
        self.pages.addWidget(
            _form(
                (tr("Theme"), self.theme, tr("High contrast draws borders and hairlines so that they reach 3:1.")),
                (tr("Language"), self.language, tr(_LANGUAGE_HELP)),
                (
                    tr("Picture at rest"),
                    self.preview,
                    tr("What the viewer refines to; the choice under the picture overrides it."),
                ),
                (
                    tr("Versions of a project"),
                    self.versions,
                    tr(
                        "Every edit is on disk as it is made. These are earlier saves, to be had from File > Open version…"
                    ),
                ),
            )
        )
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.place, 1)
        row.addWidget(self.change_place)
        row.addWidget(self.usual_place)
        performance = _form(
            (
                tr("Device"),
                self.device,
                tr("Where pictures are computed.") if has_cuda() else tr("No CUDA driver was found here."),
            ),
            (tr("Memory for results"), self.memory, tr("More keeps more of the timeline ready to play.")),
            (tr("Disk for analyses"), self.analyses, ""),
            (tr("Disk for proxies"), self.proxies_size, ""),
            (
                tr("Folder for caches"),
                place,
                tr("Analyses and proxies. They can be deleted at any time and are made anew."),
            ),
            (tr("Make proxies"), self.proxies, tr("At once: small copies in the background, used while you scrub.")),
            note=self.waits,
        )
        self.pages.addWidget(performance)
        self.pages.addWidget(self.shortcuts)
        foot = QHBoxLayout()
        foot.setContentsMargins(tk.CARD_INSET, 10, tk.CARD_INSET, tk.CARD_INSET)
        foot.addWidget(self.defaults)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        column.addWidget(Rule())
        column.addLayout(foot)

    def open_page(self, page: int) -> None:
        self.tabs.set_current(page)
        self.pages.setCurrentIndex(page)
        self.show()
        self.raise_()
        self.activateWindow()

    def _show(self, settings: Settings) -> None:
        for show in self._shows:
            show(settings)
        place = settings.cache_place
        self.place.setText(self.place.fontMetrics().elidedText(str(place), _MIDDLE, 230))
        self.place.setToolTip(str(place))
        self.place.setAccessibleName(tr("Folder for caches, {place}", place=place))
        self.usual_place.setEnabled(bool(settings.cache_folder))
        waits = _of_start(settings) != _of_start(self._begun_with)
        self.waits.set_ink(tk.WARN if waits else tk.T3)
        self.waits.setText(
            tr("Start Weathervane again to use the new device and caches.") if waits else tr(_NEXT_START)
        )

    def _change_place(self) -> None:
        chosen = self._choose(self, str(self._preferences.settings.cache_place))
        if chosen and not can_be_written(Path(chosen)):
            self.waits.set_ink(tk.ERR)
            self.waits.setText(tr("{chosen} cannot be written; choose another folder.", chosen=chosen))
        elif chosen:
            self._preferences.set(cache_folder=str(Path(chosen)))

    def _restore_defaults(self) -> None:
        """Everything on the three pages; what was only remembered stays."""
        now = self._preferences.settings
        self._preferences.use(replace(Settings(), recent_commands=now.recent_commands, tour_seen=now.tour_seen))


def _of_start(settings: Settings) -> tuple[object, ...]:
    """What is read only when the renderer is started."""
    return settings.device, settings.memory_mib, settings.analyses_gib, settings.proxies_gib, settings.cache_folder


def _form(*rows: tuple[str, QWidget, str], note: QWidget | None = None) -> QWidget:
    """Label, control, and what there is to know below it."""
    page = QWidget()
    grid = QGridLayout(page)
    grid.setContentsMargins(tk.CARD_INSET, 20, tk.CARD_INSET, tk.CARD_INSET)
    grid.setHorizontalSpacing(tk.PANEL_INSET)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, 150)
    grid.setColumnStretch(1, 1)
    for name, control, help_ in rows:
        line = grid.rowCount()
        grid.addWidget(text_label(name), line, 0)
        grid.addWidget(control, line, 1)
        if help_:
            grid.addWidget(text_label(help_, px=tk.CAPTION_PX, color=tk.T3, wraps=True), line + 1, 1)
        grid.setRowMinimumHeight(line + 2, 10)
    if note is not None:
        grid.addWidget(note, grid.rowCount(), 0, 1, 2)
    grid.setRowStretch(grid.rowCount(), 1)
    return page
