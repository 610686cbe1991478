"""Where a mask comes from besides paint: a rule, a film, the frames before; every edit that page and tools make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from app.actions.actions import Handler
from app.background import Background
from app.panels.context import PanelContext
from app.shape_desk import ShapeDesk
from core.cancel import CancelToken
from core.document.commands import (
    AddMask,
    AddMedia,
    AnyCommand,
    FollowMask,
    LockMatte,
    SetSelector,
    SetSteady,
    StopFollowing,
    UnlockMatte,
)
from core.document.model import Clip, Mask
from core.document.selectors import Range, Selector, SelectorKind
from core.ids import ClipId, JobId, MaskId, new_id
from core.media.facts import MediaFacts
from core.media.probe import probe
from core.media.sequence import pattern_around
from core.progress import ProgressSink
from core.render.messages import (
    Event,
    ExportRequest,
    ExportSettings,
    GrabFailed,
    Layer,
    MaskCarried,
    MatteReady,
    MatteRequest,
    Request,
)
from core.timebase import ZERO, Time
from core.words import msg, tr

_READ: Final = msg("Films and pictures (*.mov *.mp4 *.mkv *.png *.exr *.tif *.tiff *.jpg)")
_WRITE: Final = msg("PNG sequence (*.png);;EXR sequence (*.exr)")
FIRST: Final = {
    SelectorKind.COLOR: Selector(
        SelectorKind.COLOR,
        hue=Range(190.0, 250.0, 20.0),
        saturation=Range(0.15, 1.0, 0.1),
        luminance=Range(0.0, 1.0, 0.1),
    ),
    SelectorKind.LUMINANCE: Selector(SelectorKind.LUMINANCE, luminance=Range(0.6, 1.0, 0.1)),
    SelectorKind.DEPTH: Selector(SelectorKind.DEPTH, depth=Range(0.0, 30.0, 10.0)),
}
"""What a rule begins with: something that can be seen."""


class Dialogs(Protocol):
    def choose_file(self, title: str, kinds: str) -> Path | None: ...
    def choose_new_file(self, title: str, name: str, kinds: str) -> Path | None: ...


class MatteDesk(QObject):
    """Main thread. The mask is the one that page and shapes have in hand."""

    changed = Signal()
    """Mask, or how far it has followed."""
    moved = Signal()
    """The playhead: what depends on the frame alone."""
    told = Signal(str, bool)
    """(one sentence for the status bar, whether it is an error)."""
    export_wanted = Signal(object)
    """An `ExportRequest` for the queue."""
    refreshed = Signal()
    """A picture on the screen may look different now, though nothing was edited."""

    def __init__(
        self,
        context: PanelContext,
        shapes: ShapeDesk,
        post: Callable[[Request], None],
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._shapes, self._post, self._dialogs = shapes, post, dialogs
        self._carried: dict[tuple[ClipId, MaskId], MaskCarried] = {}
        self._reading: Background | None = None
        shapes.changed.connect(self.changed)
        context.playhead_moved.connect(self.moved)

    def handlers(self) -> dict[str, Handler]:
        return {
            "follow_back": lambda: self.follow(back=True, ahead=False),
            "follow_both": lambda: self.follow(back=True, ahead=True),
            "follow_ahead": lambda: self.follow(back=False, ahead=True),
            "lock_matte": self.toggle_lock,
            "stop_following": self.stop_following,
            "import_matte": self.import_matte,
            "export_matte": self.export_matte,
        }

    # ---- where we are ---------------------------------------------------------------------------------------------

    @property
    def clip(self) -> Clip | None:
        return self.context.clip

    @property
    def mask(self) -> Mask | None:
        return self._shapes.mask

    @property
    def time(self) -> Time:
        """The source instant at the playhead."""
        return self.context.source_time

    @property
    def frame_s(self) -> Time:
        """Length of a frame of the clip's medium."""
        clip = self.clip
        if clip is None or clip.is_adjustment:
            return Time.from_frame(1, self.context.project.rate)
        return Time.from_frame(1, self.context.project.media_facts(clip.media).video.rate)

    @property
    def carried(self) -> MaskCarried | None:
        """How far the mask has followed."""
        clip, mask = self.clip, self.mask
        return self._carried.get((clip.id, mask.id)) if clip and mask and mask.follow else None

    @property
    def lock(self) -> Time | None:
        """The instant of the lock on the frame at the playhead."""
        mask, time, frame = self.mask, self.time, self.frame_s
        if mask is None or mask.follow is None:
            return None
        begun = Time(time.seconds - time.seconds % frame.seconds)
        return next((each.time for each in mask.follow.locked if begun <= each.time < begun + frame), None)

    # ---- edits ----------------------------------------------------------------------------------------------------

    def _do(self, make: Callable[[ClipId, MaskId], AnyCommand]) -> bool:
        clip, mask = self.clip, self.mask
        return clip is not None and mask is not None and self.context.do(make(clip.id, mask.id))

    def set_kind(self, kind: SelectorKind | None) -> None:
        """Another rule, or none. A film is chosen in a dialog."""
        mask = self.mask
        now = mask.selector.kind if mask and mask.selector else None
        if kind is now:
            return
        if kind is SelectorKind.FILM:
            self.import_matte()
            self.changed.emit()  # back to what it is where nothing was chosen
            return
        self.set_selector(None if kind is None else FIRST.get(kind, Selector(kind)))

    def set_selector(self, selector: Selector | None) -> None:
        self._do(lambda clip, mask: SetSelector(clip, mask, selector))

    def set_steady(self, frames: float) -> None:
        self._do(lambda clip, mask: SetSteady(clip, mask, round(frames)))

    def follow(self, *, back: bool, ahead: bool) -> None:
        """Carry the mask along from here to the ends of the clip, one way or both."""
        clip, mask, here = self.clip, self.mask, self.time
        if clip is None or mask is None:
            self.told.emit(tr("Select a clip and paint a mask before it can follow."), True)
            return
        start = mask.follow.start if mask.follow else here
        first = clip.source.start if back else start
        last = max(clip.source.end - self.frame_s, start) if ahead else start
        first, last = min(first, start), max(last, start)
        if not mask.strokes and not mask.shapes and mask.selector is None:
            self.told.emit(tr("“{name}” is empty; paint it on this frame before it follows.", name=mask.name), True)
        elif self._do(lambda clip_id, mask_id: FollowMask(clip_id, mask_id, start, first, last)):
            self.told.emit(tr("“{name}” follows the picture in the background.", name=mask.name), False)

    def stop_following(self) -> None:
        self._do(StopFollowing)

    def toggle_lock(self) -> None:
        """Lock the matte of this frame as it is, or let it follow again."""
        clip, mask, locked = self.clip, self.mask, self.lock
        if clip is None or mask is None or mask.follow is None:
            self.told.emit(tr("Only a mask that follows the picture can be locked on a frame."), True)
        elif locked is not None:
            self._do(lambda clip_id, mask_id: UnlockMatte(clip_id, mask_id, locked))
        else:
            request = MatteRequest("lock", self.context.project, self.context.playhead, clip.id, mask.id)
            self._post(request)

    # ---- mattes of other programs ---------------------------------------------------------------------------------

    def import_matte(self) -> None:
        """Read a film or numbered pictures as the mask."""
        if self.clip is None:
            self.told.emit(tr("Select the clip that the matte belongs to."), True)
            return
        path = self._dialogs.choose_file(tr("Import matte"), tr(_READ))
        if path is not None:
            self.read_matte(str(path))

    def read_matte(self, path: str) -> None:
        """The same with a file that is known. Numbered pictures are read as a whole."""

        def work(_progress: ProgressSink, _cancel: CancelToken) -> MediaFacts:
            return probe(pattern_around(path) or path)

        self.close()
        self._reading = Background(work, self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(lambda text: self.told.emit(text, True))
        self._reading.start()

    def _on_read(self, facts: MediaFacts) -> None:
        """One undo step: the film, a mask where there is none, and what it begins with."""
        clip, mask, context = self.clip, self.mask, self.context
        if clip is None:
            return
        context.bridge.begin_gesture(tr("Import matte"), self)
        done = context.bridge.do(AddMedia(facts), self)
        mask_id = mask.id if mask else MaskId(new_id("mask"))
        if done and mask is None:
            done = context.bridge.do(AddMask(clip.id, mask_id, Path(facts.path).stem[:40] or tr("Matte")), self)
        selector = Selector(SelectorKind.FILM, media=facts.id, offset=self._fitting(clip, facts))
        if done and context.bridge.do(SetSelector(clip.id, mask_id, selector), self):
            context.bridge.commit_gesture()
            name = Path(facts.path).name
            self.told.emit(tr("{name} is the matte; “Starts at” shifts it.", name=name), False)
        else:
            context.bridge.cancel_gesture()

    def _fitting(self, clip: Clip, facts: MediaFacts) -> Time:
        """As long as the medium: from its first frame. Numbered within it: by its numbers. Else from the clip's in point."""
        if clip.is_adjustment:
            return ZERO - clip.source.start
        whole = self.context.project.media_facts(clip.media)
        if facts.video.frame_count >= whole.video.frame_count:
            return ZERO
        first = facts.first_number - whole.first_number
        if 0 < first < whole.video.frame_count:
            return ZERO - Time.from_frame(first, whole.video.rate)
        return ZERO - clip.source.start

    def set_offset(self, frames: float) -> None:
        """At which frame of the medium an imported matte begins."""
        mask = self.mask
        if mask is not None and mask.selector is not None:
            offset = Time(-round(frames) * self.frame_s.seconds)
            self.set_selector(replace(mask.selector, offset=offset))

    def export_matte(self) -> None:
        """Write the joined matte of the clip, frame by frame."""
        clip, project = self.clip, self.context.project
        if clip is None or not clip.masks:
            self.told.emit(tr("Select a clip that has a mask to export its matte."), True)
            return
        path = self._dialogs.choose_new_file(tr("Export matte"), f"{clip.name}-matte.%04d.png", tr(_WRITE))
        if path is None:
            return
        out = path if "%" in path.name else path.with_name(f"{path.stem}.%04d{path.suffix or '.png'}")
        settings = ExportSettings(str(out), shows=Layer.MATTE, keep_audio=False)
        self.export_wanted.emit(ExportRequest(JobId(new_id("job")), project, clip.span, settings))

    # ---- what comes back ------------------------------------------------------------------------------------------

    def on_event(self, event: Event) -> None:
        """Feed every engine event."""
        if isinstance(event, MaskCarried):
            self._carried[event.clip, event.mask] = event
            self.changed.emit()
            self.refreshed.emit()
        elif isinstance(event, MatteReady) and event.tag == "lock":
            self.context.do(LockMatte(event.clip, event.mask, event.at, event.png))
        elif isinstance(event, GrabFailed) and event.tag == "lock":
            self.told.emit(event.message, True)

    def close(self) -> None:
        """Give up what is being read."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None
