"""GalleryDesk: grabs stills, and does with them what the gallery page and the menu ask for. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.background import Background
from app.documents import Dialogs
from app.look_names import AS_SHOT, STACKED, stored_name
from app.looks.comparison import Comparison
from app.looks.drop import Dragged
from app.looks.gallery_panel import MIME, GalleryPanel, look_of
from app.looks.shelf import LookShelf
from app.panels.context import PanelContext
from app.viewer.images import HeldImage, held
from app.viewer.modes import ViewMode
from core.document.model import Clip
from core.errors import LookError
from core.gallery import (
    Still,
    StillFacts,
    StillLayer,
    bring_back_still,
    export_still,
    keep_still,
    load_gallery,
    read_picture,
    remove_still,
    removed_stills,
)
from core.ids import new_id
from core.places import data_dir
from core.render.messages import Event, GrabFailed, GrabReady, GrabRequest, Layer, Picture8, Request
from core.timebase import format_timecode
from core.words import msg, tr

KINDS: Final = msg("PNG, 16 bits (*.png);;TIFF, 16 bits (*.tif *.tiff);;OpenEXR, light (*.exr)")

AT_ONCE: Final = 4
"""Stills in work: each is a picture of full size in memory until it is written."""


class GalleryDesk(QObject):
    """Pictures are written and read on threads of their own; each says at its end how it went."""

    told = Signal(str, bool)
    """A sentence, and whether it is a fault."""

    def __init__(
        self,
        panel: GalleryPanel,
        comparison: Comparison,
        shelf: LookShelf,
        post: Callable[[Request], None],
        dialogs: Dialogs,
    ) -> None:
        super().__init__(panel)
        self._panel, self._comparison, self._shelf = panel, comparison, shelf
        self._post, self._dialogs = post, dialogs
        self._root = data_dir() / "gallery"
        self._view = comparison.view
        self._context: PanelContext = shelf.context
        self._grabbing: dict[str, StillFacts] = {}
        self._jobs: set[Background] = set()
        self._project = self._context.project.id
        self._does: dict[str, Callable[[], object]] = {
            "refresh": self.refresh,
            "grab": self.grab,
            "compare": self._compare_chosen,
            "restore": self.restore,
            "export": self._export,
            "reveal": self._reveal,
            "delete": self._delete,
            "bring_back": self._bring_back,
            "all": self._toggle_all,
        }
        panel.asked.connect(lambda word: self._does[word]())
        panel.compared.connect(lambda _id: self._compare_chosen())
        panel.picked.connect(self._on_picked)
        comparison.changed.connect(lambda: panel.show_compared(comparison.still))
        self._context.bridge.changed.connect(lambda *_: self._on_project())
        self.refresh()

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {"grab_still": self.grab, "compare_still": self.toggle_comparison, "restore_still": self.restore}

    @property
    def dragged(self) -> dict[str, Callable[[str], Dragged | None]]:
        """Stills that are dragged, where they know their look."""
        return {MIME: self._dragged_still}

    def _dragged_still(self, id_: str) -> Dragged | None:
        still = next((s for s in self._panel.gallery.stills if s.id == id_), None)
        recipe = still.facts.recipe if still else None
        if still is None or recipe is None:
            return None
        return Dragged(look_of(still), lambda clip: self._shelf.apply(recipe, (clip.id,)))

    def close(self) -> None:
        """Wait for what is being written."""
        for job in tuple(self._jobs):
            job.close()

    # ---- what there is --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look at the disk again."""
        project = None if self._panel.shows_all else self._project
        self._panel.show_gallery(load_gallery(self._root, project), removed_stills(self._root))

    def _on_project(self) -> None:
        """Another project has stills of its own."""
        if self._context.project.id != self._project:
            self._project = self._context.project.id
            self._comparison.end()
            self.refresh()

    def _toggle_all(self) -> None:
        self._panel.shows_all = not self._panel.shows_all
        self.refresh()

    # ---- grabbing -------------------------------------------------------------------------------------------------

    def grab(self) -> None:
        """The picture under the playhead, at full size: the source where the viewer shows just that, else the result."""
        context = self._context
        clip = context.project.video_clip_at(context.playhead)
        if clip is None:
            self.told.emit(tr("There is no picture at the playhead to grab."), False)
            return
        if len(self._grabbing) + len(self._jobs) >= AT_ONCE:
            self.told.emit(tr("The last stills are still being kept; grab again in a moment."), False)
            return
        layer = Layer.SOURCE if self._view.mode is ViewMode.SOURCE else Layer.RESULT
        facts = self._facts(clip, layer)
        self._grabbing[facts.id] = facts
        self._post(GrabRequest(facts.id, context.project, context.playhead, layer))
        self.told.emit(tr("Grabbing a still…"), False)

    def _facts(self, clip: Clip, layer: Layer) -> StillFacts:
        project, time = self._context.project, self._context.playhead
        media = project.media_facts(clip.media)
        looks = (clip.look, *(each.look for each in project.adjustments_at(time)))
        return StillFacts(
            id=new_id("still"),
            taken=datetime.now(UTC),
            layer=StillLayer(layer.value),
            project=project.id,
            project_name=project.name,
            clip=clip.name,
            media=Path(media.path).name,
            frame=media.first_number + clip.source_time(time).to_frame(media.video.rate),
            timecode=format_timecode(time.to_frame(project.rate), project.rate),
            look=STACKED.join(stored_name(look) for look in looks if not look.is_as_shot) or AS_SHOT,
            width=project.width,
            height=project.height,
            recipe=self._shelf.recipe(clip, clip.look.name, with_masks=bool(clip.masks)),
        )

    def on_event(self, event: Event) -> None:
        """Feed every engine event."""
        if isinstance(event, GrabReady) and (facts := self._grabbing.pop(event.tag, None)) is not None:
            keep = partial(keep_still, self._root, facts, event.codes, event.light, event.color)
            self._start(keep, self._on_kept)
        elif isinstance(event, GrabFailed) and self._grabbing.pop(event.tag, None) is not None:
            self.told.emit(event.message, True)

    def _on_kept(self, still: Still) -> None:
        self.refresh()
        self._panel.grid.pick(still.id)
        self.told.emit(tr("Grabbed a still at {timecode}.", timecode=still.facts.timecode), False)

    def _start(self, work: Callable[[], Any], on_done: Callable[[Any], object]) -> None:
        job = Background(lambda _progress, _cancel: work(), self)
        self._jobs.add(job)
        job.done.connect(on_done)
        job.failed.connect(lambda text: self.told.emit(text, True))
        job.finished.connect(lambda: self._jobs.discard(job))
        job.finished.connect(job.deleteLater)
        job.start()

    # ---- comparing ------------------------------------------------------------------------------------------------

    def toggle_comparison(self) -> None:
        """With the still that is picked, or else the newest; or end what is compared."""
        if self._comparison.is_on:
            self._comparison.end()
        elif self._panel.gallery.stills:
            self.compare((*self._panel.chosen[-1:], *self._panel.gallery.stills)[0])
        else:
            self.told.emit(tr("There is no still to compare with; grab one first."), False)

    def _compare_chosen(self) -> None:
        for still in self._panel.chosen[-1:]:
            self.compare(still)

    def _on_picked(self) -> None:
        """While stills are compared, the one that is picked is."""
        chosen = self._panel.chosen
        if self._comparison.still and len(chosen) == 1 and chosen[0].id != self._comparison.still:
            self.compare(chosen[0])

    def compare(self, still: Still) -> None:
        """On the source's side of the wipe."""

        def show(pixels: Any) -> None:
            picture: HeldImage = held(Picture8(pixels))
            self._comparison.show_still(still.id, tr("Still   {name}", name=_name(still)), picture)
            self._panel.grid.pick(still.id)

        self._start(partial(read_picture, still), show)

    # ---- the rest -------------------------------------------------------------------------------------------------

    def restore(self) -> None:
        """The look of the still that is picked, on the clips that are selected."""
        chosen = self._panel.chosen
        if not chosen:
            self.told.emit(tr("Pick a still in the gallery first."), False)
        elif (recipe := chosen[-1].facts.recipe) is None:
            self.told.emit(tr("This still does not know its look."), False)
        else:
            self._shelf.apply(recipe)

    def _export(self) -> None:
        for still in self._panel.chosen[:1]:
            name = f"{_name(still)}.png".replace("/", "-").replace(":", ".")
            out = self._dialogs.choose_new_file(tr("Export still"), name, tr(KINDS))
            if out is not None:
                path = out if out.suffix else out.with_name(f"{out.name}.png")
                self._start(partial(export_still, still, path), self._on_exported)

    def _on_exported(self, out: Path) -> None:
        self.told.emit(tr("Wrote {path}.", path=str(out)), False)

    def _reveal(self) -> None:
        for still in self._panel.chosen[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(still.folder)))

    def _delete(self) -> None:
        chosen = self._panel.chosen
        if any(still.id == self._comparison.still for still in chosen):
            self._comparison.end()
        try:
            for still in chosen:
                remove_still(self._root, still)
        except LookError as error:
            self.told.emit(error.message, True)
        else:
            self.told.emit(tr("Deleted; the gallery menu brings it back."), False)
        self.refresh()

    def _bring_back(self) -> None:
        try:
            for still in self._panel.removed[:1]:
                bring_back_still(self._root, still)
        except LookError as error:
            self.told.emit(error.message, True)
        self.refresh()


def _name(still: Still) -> str:
    return f"{look_of(still)}, {still.facts.timecode}"
