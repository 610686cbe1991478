"""Browser, inspector and scopes."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtWidgets import QMenu

from app.bin.relink_dialog import RelinkDialog
from app.looks.blend_dialog import BlendDialog
from app.looks.gallery_panel import GalleryPanel
from app.looks.my_looks import LookGrid, MyLooks
from app.looks.save_dialog import SaveLookDialog
from app.looks.versions_dialog import LookVersionsDialog
from app.panels.browser import Browser
from app.panels.clip_panel import ClipPanel
from app.panels.conditions_panel import ConditionsPanel
from app.panels.follow_group import FollowGroup, FollowStrip
from app.panels.inspector import Inspector
from app.panels.looks_panel import LooksPanel
from app.panels.masks_panel import MasksPanel
from app.panels.media_panel import MediaPanel, MediaView
from app.panels.scene_panel import ScenePanel
from app.panels.selection_group import RangeStrip, SelectionGroup
from app.panels.shapes_group import ShapesGroup
from app.scopes.panel import ScopesPanel
from app.scopes.views import Scope
from app.viewer.modes import ViewMode
from core.document.selectors import SelectorKind
from core.render.messages import Layer
from docs.screenshots.book import picture
from docs.screenshots.stage import Stage
from docs.screenshots.studio import place_objects

# ---- left column -----------------------------------------------------------------------------------------------------


@picture(LooksPanel, MyLooks)
def looks(stage: Stage) -> None:
    stage.shoot(stage.window.browser)


@picture(LookGrid)
def looks_saved(stage: Stage) -> None:
    _save_looks(stage)
    stage.settle(3.0)
    stage.shoot(stage.window.browser)
    _remove_looks(stage)


@picture(QMenu)
def looks_menu(stage: Stage) -> None:
    _save_looks(stage)
    stage.pop_up(stage.window.looks.mine.menu())
    _remove_looks(stage)


def _save_looks(stage: Stage) -> None:
    assert stage.night is not None
    assert stage.fog is not None
    for clip, name in ((stage.night, "Night falls, drizzle"), (stage.fog, "Fog in the far street")):
        stage.window.looks.shelf.save(clip, name, "Approved on the second day.", with_masks=True)


def _remove_looks(stage: Stage) -> None:
    shelf = stage.window.looks.shelf
    for look in shelf.shelf.looks:
        shelf.remove(look.id)


@picture(LookVersionsDialog)
def look_versions(stage: Stage) -> None:
    _save_looks(stage)
    _save_looks(stage)
    mine = stage.window.looks.mine
    mine.grid.pick(stage.window.looks.shelf.shelf.looks[0].id)
    mine.asked.emit("versions")
    dialog = stage.window.findChild(LookVersionsDialog)
    stage.shoot(dialog)
    _remove_looks(stage)


@picture(BlendDialog)
def blend_looks(stage: Stage) -> None:
    _save_looks(stage)
    stage.window.looks.blend()
    stage.shoot(stage.window.looks.blending)
    _remove_looks(stage)


@picture(GalleryPanel)
def gallery_empty(stage: Stage) -> None:
    stage.window.browser.tabs.set_current(Browser.GALLERY)
    stage.shoot(stage.window.browser)


@picture(GalleryPanel)
def gallery(stage: Stage) -> None:
    window = stage.window
    window.browser.tabs.set_current(Browser.GALLERY)
    window.gallery.grab()
    stage.until(lambda: bool(window.browser.gallery.gallery.stills))
    window.browser.gallery.grid.pick(window.browser.gallery.gallery.stills[0].id)
    stage.settle(1.0)
    stage.shoot(window.browser)


@picture(SaveLookDialog)
def save_look(stage: Stage) -> None:
    stage.window.looks.save()
    stage.shoot(stage.window.looks.dialog)


@picture(MediaPanel, MediaView)
def bin_rows(stage: Stage) -> None:
    _fill_bin(stage)
    stage.shoot(stage.window.browser)


@picture(MediaPanel)
def bin_tiles(stage: Stage) -> None:
    _fill_bin(stage)
    view = stage.window.browser.media.view
    view.show_tiles(on=True)
    stage.settle(1.0)
    stage.shoot(stage.window.browser)
    view.show_tiles(on=False)


@picture(MediaPanel)
def bin_missing(stage: Stage) -> None:
    _lose(stage)
    stage.shoot(stage.window.browser)
    _find(stage)


@picture(RelinkDialog)
def relink(stage: Stage) -> None:
    _lose(stage)
    stage.window.bin.show_relink()
    stage.shoot(stage.window.bin.dialog)
    _find(stage)


@picture(MediaPanel)
def bin_nothing_found(stage: Stage) -> None:
    _fill_bin(stage)
    stage.window.browser.media.search.setText("harbour")
    stage.shoot(stage.window.browser)
    stage.window.browser.media.search.setText("")


@picture(QMenu)
def bin_menu(stage: Stage) -> None:
    _fill_bin(stage)
    stage.pop_up(stage.window.browser.media.item_menu())


@picture(QMenu)
def bin_order_menu(stage: Stage) -> None:
    stage.pop_up(stage.window.browser.media.arrange_menu())


def _rushes(stage: Stage) -> list[Path]:
    """The street under other names. An empty box at the end makes each a medium of its own."""
    assert stage.night is not None
    folder = stage.home / "rushes"
    folder.mkdir(exist_ok=True)
    street = Path(stage.window.bridge.project.media_facts(stage.night.media).path)
    made = []
    for number, name in enumerate(("A002C003 street, second take.mp4", "B001 crane.mp4", "C014 quay at dusk.mp4"), 1):
        path = folder / name
        shutil.copyfile(street, path)
        with path.open("ab") as film:
            film.write(b"\x00\x00\x00\x10free" + bytes([number] * 8))
        made.append(path)
    return made


def _fill_bin(stage: Stage) -> list[Path]:
    window, rushes = stage.window, _rushes(stage)
    window.browser.tabs.set_current(Browser.MEDIA)
    before = len(window.bridge.project.media)
    window.incoming.collect(list(map(str, rushes)))
    stage.until(lambda: len(window.bridge.project.media) == before + len(rushes))
    stage.settle(1.0)
    return rushes


def _lose(stage: Stage) -> None:
    rushes = _fill_bin(stage)
    for path in rushes[1:]:
        path.unlink()
    stage.window.media.look()
    stage.until(lambda: len(stage.window.media.problems) == 2)


def _find(stage: Stage) -> None:
    _rushes(stage)
    stage.window.media.look()
    stage.until(lambda: not stage.window.media.problems)


# ---- right column ----------------------------------------------------------------------------------------------------


@picture(ConditionsPanel)
def conditions(stage: Stage) -> None:
    stage.shoot(stage.window.inspector)


@picture(ConditionsPanel)
def conditions_whole(stage: Stage) -> None:
    _unrolled(stage, Inspector.CONDITIONS)


@picture(ConditionsPanel)
def conditions_without_clip(stage: Stage) -> None:
    stage.window.timeline.canvas.select(None)
    stage.shoot(stage.window.inspector)


@picture(MasksPanel, ShapesGroup, SelectionGroup, FollowGroup)
def masks(stage: Stage) -> None:
    _pick_mask(stage)
    _unrolled(stage, Inspector.MASKS)


@picture(RangeStrip, FollowStrip)
def masks_selected_and_followed(stage: Stage) -> None:
    """A selection by colour that follows the picture ahead."""
    _pick_mask(stage)
    mattes = stage.window.mattes
    mattes.set_kind(SelectorKind.COLOR)
    mattes.follow(back=False, ahead=True)
    stage.settle(4.0)
    _unrolled(stage, Inspector.MASKS)


def _pick_mask(stage: Stage) -> None:
    stage.show_fog()
    assert stage.fog is not None
    stage.window.inspector.masks.select(stage.fog.masks[0].id)


@picture(MasksPanel)
def masks_none(stage: Stage) -> None:
    stage.window.inspector.tabs.set_current(Inspector.MASKS)
    stage.shoot(stage.window.inspector)


@picture(ScenePanel)
def scene_page(stage: Stage) -> None:
    stage.enter_scene()
    place_objects(stage.window)
    stage.settle(1.0)
    _unrolled(stage, Inspector.SCENE)


@picture(ClipPanel)
def clip_page(stage: Stage) -> None:
    _unrolled(stage, Inspector.CLIP)


@picture(ClipPanel)
def clip_page_without_clip(stage: Stage) -> None:
    stage.window.inspector.tabs.set_current(Inspector.CLIP)
    stage.window.timeline.canvas.select(None)
    stage.shoot(stage.window.inspector)


def _unrolled(stage: Stage, page: int) -> None:
    """A page of the inspector at a height at which all of it is seen."""
    window = stage.window
    window.inspector.tabs.set_current(page)
    window.resize(1600, 1900)
    stage.settle(1.0)
    stage.shoot(window.inspector)


@picture(ScopesPanel)
def scopes(stage: Stage) -> None:
    stage.shoot(stage.window.scopes)


@picture(ScopesPanel)
def scope_alone(stage: Stage) -> None:
    stage.window.scopes.show_alone(Scope.WAVEFORM)
    stage.shoot(stage.window.scopes)


@picture(ScopesPanel)
def scopes_of_source(stage: Stage) -> None:
    stage.window.workbench.set_mode(ViewMode.SOURCE)
    stage.window.scopes.set_layer(Layer.SOURCE)
    stage.settle(2.0)
    stage.shoot(stage.window.scopes)
    stage.window.scopes.set_layer(Layer.RESULT)
