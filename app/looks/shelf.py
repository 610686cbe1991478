"""Shelf: the library of looks as the window sees it, and how looks come onto clips. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.panels.context import PanelContext
from core.document.commands import ApplyRecipe
from core.document.model import Clip, TrackKind
from core.document.recipe import Recipe, recipe_of
from core.errors import LookError
from core.ids import ClipId, TranslatorId
from core.looks.library import LookLibrary, SavedLook, Shelf
from core.words import tr

MadeWith = Callable[[TranslatorId], tuple[str, str]]
"""The version of a translator, and the name of the weights in use; each empty where there is none."""
Step = Callable[[], SavedLook]


class LookShelf(QObject):
    """What goes wrong on disk is told and changes nothing."""

    changed = Signal()
    told = Signal(str, bool)
    """A sentence, and whether it is a fault."""

    def __init__(
        self,
        context: PanelContext,
        selected: Callable[[], Collection[ClipId]],
        library: LookLibrary,
        made_with: MadeWith,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._selected, self._library, self._made_with = selected, library, made_with
        self._known: dict[TranslatorId, tuple[str, str]] = {}
        """What things are made with, as it was at the last refresh: a page of looks asks once for each."""
        self.shelf = Shelf()
        self.refresh()

    # ---- what there is --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look at the disk again: another window may have saved."""
        self._known.clear()
        found = self._library.shelf()
        if found != self.shelf:
            self.shelf = found
            self.changed.emit()

    def look(self, id_: str) -> SavedLook | None:
        return next((look for look in self.shelf.looks if look.id == id_), None)

    def named(self, name: str) -> SavedLook | None:
        """The look of this name, however it is spelt."""
        tidy = " ".join(name.split()).casefold()
        return next((look for look in self.shelf.looks if look.name.casefold() == tidy), None)

    @property
    def trash(self) -> tuple[SavedLook, ...]:
        return self._library.trash().looks

    def recipe(self, clip: Clip, name: str, *, with_masks: bool) -> Recipe:
        """What a clip wears now."""
        version, weights = self._made_with(clip.look.translator)
        return recipe_of(clip, name, with_masks=with_masks, version=version, weights=weights)

    def remarks(self, recipe: Recipe) -> tuple[str, ...]:
        """What makes the picture of a kept recipe differ from when it was saved."""
        if recipe.translator not in self._known:
            self._known[recipe.translator] = self._made_with(recipe.translator)
        version, weights = self._known[recipe.translator]
        said = []
        if not version:
            said.append(tr("The translator “{id}” is not installed here.", id=recipe.translator))
        elif recipe.version and version != recipe.version:
            said.append(
                tr(
                    "It was made with {id} {then}; this is {now}, so the picture may differ.",
                    id=recipe.translator,
                    then=recipe.version,
                    now=version,
                )
            )
        if version and weights != recipe.weights:
            said.append(tr("Other optional models were in use when it was saved, so the picture may differ."))
        return tuple(said)

    # ---- on clips -------------------------------------------------------------------------------------------------

    def apply(self, recipe: Recipe, clips: tuple[ClipId, ...] = (), *, stretched: bool = False) -> bool:
        """Have clips wear it, by default those that are selected, or else the one that the panels show. Sound is passed over."""
        context = self.context
        ids = clips or tuple(self._selected()) or ((context.clip.id,) if context.clip is not None else ())
        tracks = (t for t in context.project.tracks if t.kind is not TrackKind.AUDIO)
        wearing = tuple(c.id for t in tracks for c in t.clips if c.id in ids)
        if not wearing:
            self.told.emit(tr("Select a picture clip first."), False)
            return False
        done = context.do(ApplyRecipe(wearing, recipe, stretched))
        for remark in self.remarks(recipe) if done else ():
            self.told.emit(remark, False)
        return done

    # ---- on disk --------------------------------------------------------------------------------------------------

    def save(self, clip: Clip, name: str, note: str, *, with_masks: bool) -> SavedLook | None:
        """A new look, or the next version of the one that has this name."""
        recipe, known = self.recipe(clip, name, with_masks=with_masks), self.named(name)
        if known is not None:
            return self.add_version(known, recipe, note)
        saved = self._try(lambda: self._library.add(name, recipe, note))
        if saved is not None:
            self.told.emit(tr("Saved the look “{name}”.", name=saved.name), False)
        return saved

    def add_version(self, look: SavedLook, recipe: Recipe, note: str = "") -> SavedLook | None:
        saved = self._try(lambda: self._library.add_version(look.id, recipe, note))
        if saved is not None:
            said = tr("Saved version {number} of “{name}”.", number=saved.newest.number, name=saved.name)
            self.told.emit(said, False)
        return saved

    def restore(self, look: SavedLook, number: int) -> SavedLook | None:
        saved = self._try(lambda: self._library.restore(look.id, number))
        if saved is not None:
            now = saved.newest.number
            said = tr("Version {number} of “{name}” is now version {now}.", number=number, name=saved.name, now=now)
            self.told.emit(said, False)
        return saved

    def rename(self, id_: str, name: str) -> SavedLook | None:
        return self._try(lambda: self._library.rename(id_, name))

    def remove(self, id_: str) -> SavedLook | None:
        gone = self._try(lambda: self._library.remove(id_))
        if gone is not None:
            said = tr("“{name}” is in the trash; the menu of My looks brings it back.", name=gone.name)
            self.told.emit(said, False)
        return gone

    def bring_back(self, id_: str) -> SavedLook | None:
        return self._try(lambda: self._library.bring_back(id_))

    def export(self, id_: str, out: Path) -> None:
        try:
            self._library.export(id_, out)
        except LookError as error:
            self.told.emit(error.message, True)
        else:
            self.told.emit(tr("Wrote {path}.", path=str(out)), False)

    def take_in(self, path: Path) -> SavedLook | None:
        taken = self._try(lambda: self._library.take_in(path))
        if taken is not None:
            self.told.emit(tr("“{name}” is in My looks.", name=taken.name), False)
        return taken

    def _try(self, step: Step) -> SavedLook | None:
        try:
            done = step()
        except LookError as error:
            self.told.emit(error.message, True)
            return None
        self.refresh()
        return done
