"""LooksDesk: what the looks page and the menu ask for. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QInputDialog

from app.bootstrap import made_with
from app.documents import Dialogs
from app.look_names import AS_SHOT, said, stored_name
from app.looks.blend_dialog import BlendDialog, Choice
from app.looks.drop import Dragged
from app.looks.my_looks import MIME, MyLooks
from app.looks.save_dialog import SaveLookDialog
from app.looks.shelf import LookShelf
from app.looks.stills import LookStills
from app.looks.versions_dialog import LookVersionsDialog
from app.panels.context import PanelContext
from app.panels.preset_stills import PRESET_MIME
from app.theme import tokens as tk
from core.document.commands import ApplyPreset, BlendLooks
from core.document.model import Project
from core.document.recipe import BLENDED, Recipe, worn
from core.errors import EditRejected
from core.ids import ClipId
from core.looks.library import SUFFIX, LookLibrary
from core.places import data_dir
from core.presets import presets
from core.render.messages import Event, Request
from core.words import msg, tr

_BELOW_TABS_PX: Final = 120
LOOK_FILES: Final = msg("Weathervane looks (*{ending})")


class LooksDesk(QObject):
    """Dialogs are kept while they are open."""

    told = Signal(str, bool)
    """A sentence, and whether it is a fault."""
    compared = Signal(object, str, object, str)
    """(left `Recipe`, its name, right `Recipe` or None for the clip's own look, its name)."""
    previewed = Signal(object, str)
    """(what makes the project that is to be seen of the one there is, or None; the look's name)."""
    tried = Signal(object, object)
    """The `Look` under the pointer, or None, and the adjustment clip that would wear it, or None."""

    def __init__(
        self,
        context: PanelContext,
        selected: Callable[[], Collection[ClipId]],
        post: Callable[[Request], None],
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._dialogs = context, dialogs
        self.shelf = LookShelf(context, selected, LookLibrary(data_dir() / "looks"), made_with(), self)
        self._stills = LookStills(self.shelf, post, self)
        self.mine = MyLooks(self.shelf, self._stills)
        """For the looks page."""
        self.dialog: SaveLookDialog | None = None
        self.versions: LookVersionsDialog | None = None
        self.blending: BlendDialog | None = None
        self._does: dict[str, Callable[[], object]] = {
            "apply": self._apply,
            "apply_stretched": lambda: self._apply(stretched=True),
            "update": self._update,
            "versions": self._show_versions,
            "compare": self._compare,
            "blend": self.blend,
            "rename": self._rename,
            "export": self._export,
            "delete": self._delete,
            "save": self.save,
            "import": self.take_in,
        }
        self.shelf.told.connect(self.told)
        self.mine.asked.connect(lambda word: self._does[word]())
        self.mine.applied.connect(lambda _id: self._apply())
        self.mine.hovered.connect(self._try)

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {"save_look": self.save, "import_look": self.take_in, "blend_looks": self.blend}

    @property
    def dragged(self) -> dict[str, Callable[[str], Dragged | None]]:
        """Looks and presets that are dragged."""
        return {MIME: self._dragged_look, PRESET_MIME: self._dragged_preset}

    def _dragged_look(self, id_: str) -> Dragged | None:
        look = self.shelf.look(id_)
        if look is None:
            return None
        recipe = look.newest.recipe
        return Dragged(look.name, lambda clip: self.shelf.apply(recipe, (clip.id,)))

    def _dragged_preset(self, id_: str) -> Dragged | None:
        preset = next((p for p in presets() if p.id == id_), None)
        if preset is None:
            return None
        title, condition = preset.title, preset.condition
        return Dragged(tr(title), lambda clip: self._context.do(ApplyPreset(clip.id, title, condition)))

    def on_event(self, event: Event) -> None:
        """Feed every engine event."""
        self._stills.on_event(event)

    # ---- looks under the pointer ----------------------------------------------------------------------------------

    def try_preset(self, id_: str) -> None:
        """Show the clip under a preset; an empty id goes back."""
        preset = next((p for p in presets() if p.id == id_), None)
        clip = self._context.clip
        if preset is None or clip is None:
            self._try(None)
        else:
            self._try(Recipe(preset.title, preset.condition, translator=clip.look.translator, seed=clip.look.seed))

    def _try(self, recipe: Recipe | None) -> None:
        clip = self._context.clip
        if recipe is None or clip is None:
            self.tried.emit(None, None)
        else:
            self.tried.emit(worn(recipe, clip), clip.id if clip.is_adjustment else None)

    # ---- the library ----------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Ask for a name and save what the clip wears."""
        clip = self.shelf.context.clip
        if clip is None:
            self.shelf.told.emit(tr("Select a clip to save its look."), False)
            return
        name = "" if clip.look.is_as_shot else said(clip.look.name)
        dialog = self.dialog = SaveLookDialog(name, len(clip.masks), self.shelf.named, self.mine.window())

        def save() -> None:
            saved = self.shelf.save(clip, dialog.name.text(), dialog.note.text(), with_masks=dialog.masks.isChecked())
            if saved is not None:
                self.mine.grid.pick(saved.id)

        dialog.accepted.connect(save)
        dialog.open()

    def _apply(self, *, stretched: bool = False) -> None:
        for look in self.mine.picked[-1:]:
            self.shelf.apply(look.newest.recipe, stretched=stretched)

    def _update(self) -> None:
        """The next version has masks where the one before it had."""
        clip = self.shelf.context.clip
        if clip is None:
            return
        for look in self.mine.picked[:1]:
            with_masks = look.newest.recipe.masks is not None
            self.shelf.add_version(look, self.shelf.recipe(clip, look.name, with_masks=with_masks))

    def blend(self) -> None:
        """From the clip's look to the one that is picked, or between the two that are; every look can be chosen instead."""
        context, clip = self._context, self._context.clip
        if clip is None:
            self.told.emit(tr("Select a clip to blend its looks."), False)
            return
        picked = [look.id for look in self.mine.picked[:2]]
        mine: list[Choice] = [(look.name, look.newest.recipe) for look in self.shelf.shelf.looks]
        at = {look.id: 3 + number for number, look in enumerate(self.shelf.shelf.looks)}
        now = self.shelf.recipe(clip, stored_name(clip.look), with_masks=False)
        plain = Recipe(AS_SHOT, translator=clip.look.translator, seed=clip.look.seed)
        own: list[Choice] = [(tr("The clip's look now"), now), (tr(AS_SHOT), plain)]
        known: list[Choice] = [(tr(p.title), replace(plain, name=p.title, base=p.condition)) for p in presets()]
        choices = [*own, (("", None)), *mine, *((("", None),) if mine else ()), *known]
        first = at[picked[0]] if len(picked) == 2 else 0
        last = at[picked[-1]] if picked else 3
        if self.blending is not None:
            self.blending.reject()
        dialog = self.blending = BlendDialog(
            context.project, clip, context.playhead, choices, (first, last), self.mine.window()
        )
        dialog.changed.connect(lambda: self._preview(dialog.command))
        dialog.finished.connect(self._end_blending)
        dialog.accepted.connect(lambda: context.do(dialog.command) if dialog.command else None)
        context.bridge.changed.connect(dialog.reject)
        self._preview(dialog.command)
        show_beside(dialog)

    def _end_blending(self) -> None:
        dialog, self.blending = self.blending, None
        if dialog is not None:
            self._context.bridge.changed.disconnect(dialog.reject)
            dialog.deleteLater()
            self._preview(None)

    def _preview(self, command: BlendLooks | None) -> None:
        """Show what a blend would come to."""
        if command is None:
            self.previewed.emit(None, "")
            return

        def blended(project: Project) -> Project:
            try:
                return command.apply(project).project
            except EditRejected:  # the clip was trimmed meanwhile; the dialog is about to go
                return project

        self.previewed.emit(blended, said(f"{command.before.name}{BLENDED}{command.after.name}"))

    def _show_versions(self) -> None:
        """One dialog at a time, beside the window."""
        for look in self.mine.picked[:1]:
            if self.versions is not None:
                self.versions.deleteLater()
            self.versions = LookVersionsDialog(self.shelf, look, self.mine.window())
            self.versions.compared.connect(self.compared)
            self.versions.applied.connect(self.shelf.apply)
            show_beside(self.versions)

    def _compare(self) -> None:
        """The looks that are picked, or the one with what the clip wears."""
        left, *rest = self.mine.picked
        right = rest[0] if rest else None
        self.compared.emit(
            left.newest.recipe, left.name, right.newest.recipe if right else None, right.name if right else ""
        )

    def _rename(self) -> None:
        for look in self.mine.picked[:1]:
            asker = QInputDialog(self.mine.window())
            asker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            asker.setWindowTitle(tr("Rename look"))
            asker.setLabelText(tr("Name"))
            asker.setTextValue(look.name)
            asker.textValueSelected.connect(partial(self.shelf.rename, look.id))
            asker.open()

    def _delete(self) -> None:
        for look in self.mine.picked:
            self.shelf.remove(look.id)

    def _export(self) -> None:
        for look in self.mine.picked[:1]:
            out = self._dialogs.choose_new_file(tr("Export look"), look.name + SUFFIX, tr(LOOK_FILES, ending=SUFFIX))
            if out is not None:
                self.shelf.export(look.id, out if out.suffix else out.with_name(out.name + SUFFIX))

    def take_in(self) -> None:
        """A look from a file into the library."""
        path = self._dialogs.choose_file(tr("Import look"), tr(LOOK_FILES, ending=SUFFIX))
        taken = self.shelf.take_in(path) if path is not None else None
        if taken is not None:
            self.mine.grid.pick(taken.id)


def show_beside(dialog: QDialog) -> None:
    """Over the panels at the window's right edge, so that the picture and the timeline stay in sight."""
    window = dialog.parentWidget()
    assert window is not None
    dialog.adjustSize()
    corner = window.mapToGlobal(window.rect().topRight())
    dialog.move(corner.x() - dialog.width() - tk.PANEL_INSET, corner.y() + _BELOW_TABS_PX)
    dialog.show()
