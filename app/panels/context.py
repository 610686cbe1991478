"""What the panels look at: one clip, at the playhead, through the bridge. Main thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.session_bridge import SessionBridge
from core.document.commands import AnyCommand
from core.document.model import Clip, Project
from core.ids import ClipId
from core.timebase import ZERO, Time


class PanelContext(QObject):
    """The selected clip, or else the one under the playhead; every panel shows this one and edits this one."""

    changed = Signal()
    """Clip, playhead or project: refresh."""
    playhead_moved = Signal()
    """Also where nothing of a look differs: for what is keyed elsewhere."""
    hand_on = Signal(bool)
    """A gesture runs on a panel: the preview asks for drafts until it ends."""

    def __init__(self, bridge: SessionBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self._selected: ClipId | None = None
        self._playhead = ZERO
        self._has_hand = False
        bridge.changed.connect(lambda *_: self.changed.emit())

    # ---- where we are ----

    @property
    def project(self) -> Project:
        return self.bridge.project

    @property
    def playhead(self) -> Time:
        return self._playhead

    def set_playhead(self, time: Time) -> None:
        """The panels hear of it only where something they show may differ: sixteen rows cost more than a frame of playback."""
        if time != self._playhead:
            before, self._playhead = self.clip, time
            clip = self.clip
            if clip is not before or (clip is not None and _moves(clip)):
                self.changed.emit()
            self.playhead_moved.emit()

    def set_selected(self, clip: ClipId | None) -> None:
        if clip != self._selected:
            self._selected = clip
            self.changed.emit()

    @property
    def clip(self) -> Clip | None:
        project = self.project
        selected = next((c for c in project.clips() if c.id == self._selected), None)
        return selected or project.video_clip_at(self._playhead)

    @property
    def picture(self) -> Clip | None:
        """The clip whose footage is meant: the one of the panels, or what lies under it where that is an adjustment clip."""
        clip = self.clip
        return self.project.video_clip_at(self._playhead) if clip is not None and clip.is_adjustment else clip

    @property
    def source_time(self) -> Time:
        """Source instant at the playhead; the clip's nearest frame while the playhead is beside it."""
        return self.source_time_of(self.clip)

    @property
    def picture_time(self) -> Time:
        """The same of `picture`."""
        return self.source_time_of(self.picture)

    def source_time_of(self, clip: Clip | None) -> Time:
        """Source instant of a clip at the playhead, or its nearest frame."""
        if clip is None:
            return ZERO
        last = max(clip.source.start, clip.source.end - Time.from_frame(1, self.project.rate))
        return min(max(clip.source_time(self._playhead), clip.source.start), last)

    # ---- edits ----

    def do(self, command: AnyCommand) -> bool:
        """False where it was rejected, or where an undo in mid-drag has ended the gesture this belongs to."""
        if self._has_hand and not self.bridge.in_gesture:
            return False
        return self.bridge.do(command, self)

    def begin(self, label: str) -> None:
        self._has_hand = True
        self.bridge.begin_gesture(label, self)
        self.hand_on.emit(True)

    def commit(self) -> None:
        self._has_hand = False
        self.bridge.commit_gesture()
        self.hand_on.emit(False)

    def cancel(self) -> None:
        self._has_hand = False
        self.bridge.cancel_gesture()
        self.hand_on.emit(False)


def _moves(clip: Clip) -> bool:
    """Whether something that panels show differs from frame to frame."""
    return bool(clip.look.curves) or any(shape.keys for mask in clip.masks for shape in mask.shapes)
