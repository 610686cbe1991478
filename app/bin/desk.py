"""What keys and menus do with the media of the bin: lay them on the timeline, add, relink, remove. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.bin.relink_dialog import RelinkDialog
from app.media_host import MediaHost
from app.panels.media_panel import MediaPanel
from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from core.document.commands import AddMedia, RelinkMedia, RemoveMedia, clip_from
from core.document.edits import Placement
from core.document.media_edits import uses
from core.document.model import TrackKind
from core.ids import ClipId, TrackId
from core.media.facts import MediaFacts
from core.timebase import Time
from core.words import msg, tr, trn

_LABELS = {
    Placement.INSERT: msg("Insert media"),
    Placement.OVERWRITE: msg("Overwrite with media"),
    Placement.REFUSE: msg("Append media"),
}


class MediaDesk(QObject):
    """Reads the selection of the bin and the playhead of the timeline."""

    told = Signal(str)
    """One sentence for the status bar."""
    found_again = Signal()
    """Files that were missing are there: what they are needed for can be tried again."""

    def __init__(
        self,
        bridge: SessionBridge,
        host: MediaHost,
        canvas: TimelineCanvas,
        panel: MediaPanel,
        choose_folder: Callable[[str], Path | None],
    ) -> None:
        super().__init__(panel)
        self._choose_folder = choose_folder
        self._bridge, self._host, self._canvas, self._panel = bridge, host, canvas, panel
        self.dialog: RelinkDialog | None = None
        """The relink dialog that was opened last."""
        panel.reveal_requested.connect(reveal)
        host.presence_changed.connect(self._show_presence)
        QGuiApplication.instance().applicationStateChanged.connect(self._on_state)  # type: ignore[union-attr]

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What the rows of the action table do that belong to the bin."""
        return {
            "bin_insert": lambda: self.lay_selected(Placement.INSERT),
            "bin_overwrite": lambda: self.lay_selected(Placement.OVERWRITE),
            "bin_append": lambda: self.lay_selected(Placement.REFUSE),
            "relink": self.show_relink,
            "remove_unused": self.remove_unused,
        }

    # ---- to the timeline ------------------------------------------------------------------------------------------

    def lay_selected(self, placement: Placement) -> None:
        """At the playhead, which then stands behind them; `REFUSE` lays them at the end of the timeline."""
        start = None if placement is Placement.REFUSE else self._canvas.state.playhead
        end = self.lay(self._panel.selected, start, placement)
        if end is not None and start is not None:
            self._canvas.seek(end)

    def lay(
        self, media: Sequence[MediaFacts], start: Time | None, placement: Placement, track: TrackId | None = None
    ) -> Time | None:
        """Lay media one after the other, in one undo step; where the last ends, or None where nothing was laid."""
        if not media:
            return None
        end, clip = start, None
        self._bridge.begin_gesture(tr(_LABELS[placement]), self)
        for facts in media:
            project = self._bridge.project
            lane = track or next((t.id for t in project.tracks_of(TrackKind.VIDEO) if not t.is_locked), None)
            command = clip_from(project, facts, end, track=lane, placement=placement)
            if not self._bridge.do(command, self):
                self._bridge.cancel_gesture()
                return None
            clip = command.clip
            if placement is not Placement.REFUSE:
                end = self._bridge.project.clip(clip).span.end
        self._bridge.commit_gesture()
        self._select(clip)
        return end

    def _select(self, clip: ClipId | None) -> None:
        if clip is not None:
            self._canvas.select(clip)

    # ---- the bin --------------------------------------------------------------------------------------------------

    def add(self, facts: MediaFacts) -> None:
        """Put a file that was read into the bin, and select it."""
        if self._bridge.do(AddMedia(facts), self):
            self._panel.select({facts.id})
            self.told.emit(facts.damage or tr("Added {name}.", name=Path(facts.path).name))

    def remove_unused(self) -> None:
        """Take out what no clip uses."""
        project = self._bridge.project
        used = uses(project)
        spare = tuple(m.id for m in project.media if m.id not in used)
        if not spare:
            self.told.emit(tr("Every medium is used on the timeline."))
        elif self._bridge.do(RemoveMedia(spare), self):
            self.told.emit(
                trn(
                    "Removed {count} unused medium. The files stay.",
                    "Removed {count} unused media. The files stay.",
                    len(spare),
                )
            )

    # ---- missing files --------------------------------------------------------------------------------------------

    @property
    def missing(self) -> tuple[MediaFacts, ...]:
        return tuple(m for m in self._bridge.project.media if m.id in self._host.problems)

    def show_relink(self) -> None:
        """The dialog that finds what is missing; a word in the status bar where nothing is."""
        if not self.missing:
            self._host.look()
            self.told.emit(tr("No media is missing."))
            return
        project, window = self._bridge.project, self._panel.window()
        self.dialog = RelinkDialog(project, self.missing, self._take, self._choose_folder, window)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.open()

    def _take(self, command: RelinkMedia) -> None:
        if self._bridge.do(command, self):
            count = len(command.found)
            self.told.emit(trn("Relinked {count} medium.", "Relinked {count} media.", count))
            self._host.forget_failures()
            self.found_again.emit()

    def _show_presence(self) -> None:
        """Clips whose file is missing are marked without waiting for a picture of them to fail."""
        state, problems = self._canvas.state, self._host.problems
        back = state.missing - set(problems)
        state.missing = frozenset(problems)
        for clip in self._bridge.project.clips():
            if clip.media in problems:
                state.failures[clip.id] = problems[clip.media]
            elif clip.media in back:
                self._canvas.set_failure(clip.id, None)
        self._canvas.redraw()
        if back:
            self.found_again.emit()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        """Whoever comes back from a file manager may have put files back."""
        if state is Qt.ApplicationState.ApplicationActive:
            self._host.look()


def reveal(path: str) -> None:
    """Show the folder of a file in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))
