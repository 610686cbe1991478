"""Cutting clips where their shots change: found on a thread of its own, cut in one undo step. Main thread."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.background import Background
from app.session_bridge import SessionBridge
from core.cancel import CancelToken
from core.document.commands import SplitClip
from core.document.model import Clip
from core.errors import EditRejected
from core.ids import ClipId, new_id
from core.media.facts import MediaFacts
from core.progress import Progress, ProgressSink
from core.timebase import Time
from core.words import msg, tr

AFTER_DRAG_MS: Final = 100


class ShotDesk(QObject):
    """One clip at a time; asked again while it looks, it gives up."""

    progressed = Signal(object)
    """A `core.progress.Progress`, None at the end."""
    told = Signal(str, bool)
    """A sentence, and whether it is a fault."""

    def __init__(self, bridge: SessionBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._job: Background | None = None

    @property
    def is_looking(self) -> bool:
        return self._job is not None

    def split_at_shots(self, clip: Clip | None, *, alone: bool) -> None:
        """Find the shots of a clip and cut it at each. Asked again meanwhile: give up."""
        if self._job is not None:
            self._job.cancel()
            return
        if clip is None or clip.is_adjustment:
            self.told.emit(tr("Select a clip with pictures to cut it into its shots."), False)
            return
        try:
            facts = self._bridge.project.media_facts(clip.media)
        except EditRejected as gone:
            self.told.emit(gone.message, True)
            return
        job = Background(lambda progress, cancel: _shots_of(facts, clip, progress, cancel), self)
        job.progressed.connect(self.progressed)
        job.failed.connect(lambda text: self.told.emit(text, True))
        job.done.connect(lambda times: self._cut(clip.id, times, alone=alone))
        job.finished.connect(self._end)
        self._job = job
        job.start()

    def close(self) -> None:
        if self._job is not None:
            self._job.close()

    def _end(self) -> None:
        self._job = None
        self.progressed.emit(None)

    def _cut(self, clip_id: ClipId, times: tuple[Time, ...], *, alone: bool) -> None:
        """Where the clip has moved or been trimmed meanwhile, cuts stay with their pictures. From the last to the first:
        what is left of it keeps its id. A drag that is under way is not broken into."""
        if self._bridge.in_gesture:
            QTimer.singleShot(AFTER_DRAG_MS, self, lambda: self._cut(clip_id, times, alone=alone))
            return
        try:
            clip = self._bridge.project.clip(clip_id)
        except EditRejected as gone:
            self.told.emit(gone.message, True)
            return
        at = sorted(clip.timeline_time(t) for t in times if clip.source.start < t < clip.source.end)
        if not at:
            self.told.emit(tr("“{name}” is one shot; nothing was cut.", name=clip.name), False)
            return
        self._bridge.begin_gesture(tr("Cut into {count} shots", count=len(at) + 1), self)
        for time in reversed(at):
            self._bridge.do(SplitClip(clip_id, time, ClipId(new_id("clip")), alone), self)
        self._bridge.commit_gesture()
        self.told.emit(tr("“{name}” was cut into {count} shots.", name=clip.name, count=len(at) + 1), False)


def _shots_of(facts: MediaFacts, clip: Clip, progress: ProgressSink, cancel: CancelToken) -> tuple[Time, ...]:
    """Source instants at which shots begin inside a clip. A thread of its own; raises `MediaError` and `Cancelled`."""
    from core.analysis.shots import SIDE_PX, find_cuts
    from core.media.decoder import Decoder

    scale = min(Fraction(1), Fraction(SIDE_PX, max(facts.video.width, facts.video.height)))
    size = max(2, round(facts.video.width * scale)), max(2, round(facts.video.height * scale))
    progress(Progress(msg("Finding shots"), 0, 1, 0.0))
    with Decoder(facts) as decoder:
        index = decoder.index
        last = index.frame_at(clip.source.end)
        frames = range(index.frame_at(clip.source.start), last if index.time_of(last) >= clip.source.end else last + 1)

        return tuple(
            index.time_of(cut)
            for cut in find_cuts(lambda n: decoder.read(n, size, cancel).codes(), frames, cancel, progress)
        )
