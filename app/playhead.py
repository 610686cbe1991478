"""The playhead: one instant that the timeline, the transport, the player and the preview agree on. Main thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.playback.player import Player, next_speed
from app.session_bridge import SessionBridge
from core.document.commands import SetInPoint, SetOutPoint
from core.timebase import ZERO, Time, TimeRange
from core.words import tr


class Playhead(QObject):
    """Always on a frame of the timeline, or at zero while it is empty."""

    moved = Signal(object)
    """The new `Time`."""

    def __init__(self, bridge: SessionBridge, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.player = player
        self.time = ZERO
        player.moved.connect(self._set)
        bridge.changed.connect(lambda *_: self._set(self.time))

    @property
    def last(self) -> Time:
        """The last frame."""
        project = self._bridge.project
        return Time.from_frame(max(0, project.duration.to_frame_ceil(project.rate) - 1), project.rate)

    @property
    def span(self) -> TimeRange:
        """What playback runs through: from in to out."""
        return self._bridge.project.export_range

    def seek(self, time: Time) -> None:
        """Go there; playback stops."""
        self.player.stop()
        self._set(time)

    def _set(self, time: Time) -> None:
        rate = self._bridge.project.rate
        time = Time.from_frame(min(max(ZERO, time), self.last).to_frame(rate), rate)
        if time != self.time:
            self.time = time
            self.moved.emit(time)

    def step(self, frames: int) -> None:
        rate = self._bridge.project.rate
        self.seek(Time.from_frame(self.time.to_frame(rate) + frames, rate))

    def step_seconds(self, seconds: int) -> None:
        self.step(seconds * round(self._bridge.project.rate))

    def to_start(self) -> None:
        self.seek(self.span.start)

    def to_end(self) -> None:
        rate = self._bridge.project.rate
        self.seek(Time.from_frame(self.span.end.to_frame_ceil(rate) - 1, rate))

    def play_or_pause(self) -> None:
        if self.player.is_playing:
            self.player.stop()
        else:
            self.play(1)

    def shuttle(self, direction: int) -> None:
        """J and L."""
        self.play(next_speed(self.player.speed, direction))

    def play(self, speed: int) -> None:
        self.player.play(speed, self.time, self.span, self._bridge.project.rate)

    def set_in(self) -> None:
        self._bridge.do(SetInPoint(self.time), self)

    def set_out(self) -> None:
        """The frame under the playhead is the last one inside."""
        rate = self._bridge.project.rate
        self._bridge.do(SetOutPoint(Time.from_frame(self.time.to_frame(rate) + 1, rate)), self)

    def clear_marks(self) -> None:
        self._bridge.begin_gesture(tr("Clear in and out points"), self)
        self._bridge.do(SetInPoint(None), self)
        self._bridge.do(SetOutPoint(None), self)
        self._bridge.commit_gesture()
