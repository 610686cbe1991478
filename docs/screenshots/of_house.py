"""What is there before a project is: the welcome, preferences, keys, palette, questions."""

from __future__ import annotations

from pathlib import Path

from app.actions.button import BarButton
from app.actions.shortcuts import ShortcutList
from app.documents import QtDialogs
from app.life.about import about_box
from app.life.versions_dialog import VersionsDialog
from app.main_window import MainWindow
from app.models_window import ModelsWindow
from app.palette.window import CommandPalette
from app.panels.empty_page import EmptyPage, Recent
from app.preferences.dialog import GENERAL, PERFORMANCE, SHORTCUTS, Choice, PreferencesDialog
from app.preferences.key_field import KeyField
from app.preferences.shortcut_page import ActionTree, ShortcutPage
from app.queue.window import QueueWindow
from app.room import Room
from app.status_bar import StatusBar
from app.top_bar import TopBar, WorkspaceTab
from app.tour.tour import Card, Ring
from core.document.commands import RenameProject
from core.document.recovery import Recoverable
from docs.screenshots.book import picture
from docs.screenshots.stage import Stage


@picture(MainWindow, Room, EmptyPage, TopBar, WorkspaceTab, StatusBar, BarButton, has_project=False)
def first_start(stage: Stage) -> None:
    stage.shoot()


@picture(EmptyPage, has_project=False)
def first_start_recent(stage: Stage) -> None:
    folder = Path("/media/rushes")
    names = (
        "Harbour, winter",
        "Mountain pass",
        "A name that is far too long for the one line that it is given on this card",
    )
    stage.window.empty.set_recent([Recent(folder / f"{name}.wvp") for name in names])
    stage.shoot()
    stage.window.empty.set_recent([])


@picture(QueueWindow, has_project=False)
def queue_empty(stage: Stage) -> None:
    stage.window.exports.show_queue()
    stage.shoot(stage.window.exports.queue_window)


@picture(PreferencesDialog, Choice, has_project=False)
def preferences_general(stage: Stage) -> None:
    _preferences(stage, GENERAL)


@picture(PreferencesDialog, has_project=False)
def preferences_performance(stage: Stage) -> None:
    stage.window.house.preferences.set(cache_folder="/media/scratch/weathervane")
    _preferences(stage, PERFORMANCE)
    stage.window.house.preferences.set(cache_folder="")


@picture(ShortcutPage, ActionTree, KeyField, has_project=False)
def preferences_shortcuts(stage: Stage) -> None:
    page = _shortcut_page(stage)
    page.choose("play")
    stage.shoot(page.window())


@picture(ShortcutPage, has_project=False)
def preferences_shortcut_taken(stage: Stage) -> None:
    page = _shortcut_page(stage)
    page.choose("play")
    page.field.pressed.emit("Ctrl+S")
    stage.shoot(page.window())


def _preferences(stage: Stage, number: int) -> None:
    stage.window.house.show_preferences(number)
    stage.shoot(stage.window.findChild(PreferencesDialog))


def _shortcut_page(stage: Stage) -> ShortcutPage:
    stage.window.house.show_preferences(SHORTCUTS)
    page = stage.window.findChild(ShortcutPage)
    assert isinstance(page, ShortcutPage)
    return page


@picture(ShortcutList, has_project=False)
def shortcut_list(stage: Stage) -> None:
    stage.window.house.show_shortcuts()
    stage.shoot(stage.window.findChildren(ShortcutList)[-1])


@picture(CommandPalette, has_project=False)
def palette_greyed(stage: Stage) -> None:
    _palette(stage, "look")


@picture(CommandPalette, has_project=False)
def palette_nothing(stage: Stage) -> None:
    _palette(stage, "xylophone")


def _palette(stage: Stage, query: str) -> None:
    stage.window.house.show_palette()
    palette = stage.window.findChildren(CommandPalette)[-1]
    palette.query.setText(query)
    stage.shoot(palette)


@picture(ModelsWindow, has_project=False)
def models(stage: Stage) -> None:
    stage.window.show_models()
    stage.shoot(stage.window.findChild(ModelsWindow))


@picture(has_project=False)
def recover(stage: Stage) -> None:
    left = Recoverable("Harbour, winter", Path("/media/rushes/Harbour, winter.wvp"), 12, 1.79e9, Path("journal"))
    stage.during(lambda: QtDialogs(stage.window).confirm_recovery(left))


@picture(has_project=False)
def ask_save(stage: Stage) -> None:
    stage.during(lambda: QtDialogs(stage.window).confirm_save("Harbour, winter"))


@picture(has_project=False)
def ask_losses(stage: Stage) -> None:
    losses = ("keyframes", "masks", "markers")
    stage.during(lambda: QtDialogs(stage.window).confirm_losses("EDL, CMX 3600", losses))


@picture(has_project=False)
def error_box(stage: Stage) -> None:
    said = "The project “Harbour, winter.wvp” is damaged and has no backup; open an earlier version of it."
    stage.during(lambda: QtDialogs(stage.window).show_error(said))


@picture(has_project=False)
def about(stage: Stage) -> None:
    box = about_box(stage.window)
    box.open()
    stage.shoot(box)


# ---- over a project ---------------------------------------------------------------------------------------------------


@picture(VersionsDialog)
def versions_none(stage: Stage) -> None:
    _versions(stage)


@picture(VersionsDialog)
def versions(stage: Stage) -> None:
    for name in ("First cut", "After the review"):
        stage.window.bridge.do(RenameProject(name))
        stage.window.documents.save()
    _versions(stage)


def _versions(stage: Stage) -> None:
    stage.window.house.show_versions()
    stage.shoot(stage.window.findChildren(VersionsDialog)[-1])


@picture(Card, Ring)
def tour(stage: Stage) -> None:
    house = stage.window.house
    house.start_tour()
    assert house.tour.card is not None
    house.tour.card.next.click()
    stage.shoot()


@picture(CommandPalette)
def palette(stage: Stage) -> None:
    _palette(stage, "mark")


@picture(CommandPalette)
def palette_value(stage: Stage) -> None:
    _palette(stage, "rain 80")
