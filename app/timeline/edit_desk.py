"""What menus and keys do to the timeline: each a command on the selection or at the playhead. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from app.timeline.state import Tool
from core.document.commands import (
    AddAdjustment,
    AddMarker,
    AddTrack,
    AnyCommand,
    LiftClips,
    LinkClips,
    MoveClips,
    PasteClips,
    RippleDelete,
    RippleTrimIn,
    RippleTrimOut,
    SplitClip,
)
from core.document.edits import Placement
from core.document.model import Clip, TrackKind
from core.document.tracks import track_of
from core.ids import ClipId, LinkId, MarkerId, TrackId, new_id
from core.timebase import ZERO, Time, TimeRange
from core.words import tr


class EditDesk(QObject):
    """Reads the canvas' selection and playhead; keeps what was copied until the window closes."""

    def __init__(self, bridge: SessionBridge, canvas: TimelineCanvas) -> None:
        super().__init__(canvas)
        self._bridge, self._canvas = bridge, canvas
        self._copied: tuple[tuple[TrackId, Clip], ...] = ()

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What the rows of the action table do that edit the timeline."""
        canvas = self._canvas
        return {
            "delete": canvas.delete_selection,
            "ripple_delete": self.ripple_delete,
            "cut": self.cut,
            "copy": self.copy,
            "paste": lambda: self.paste(Placement.OVERWRITE),
            "paste_insert": lambda: self.paste(Placement.INSERT),
            "select_all": canvas.select_all,
            "split": self.split,
            "trim_start": lambda: self.trim_to_playhead(is_head=True),
            "trim_end": lambda: self.trim_to_playhead(is_head=False),
            "nudge_left": lambda: self.nudge(-1),
            "nudge_right": lambda: self.nudge(1),
            "link": self.link,
            "linked": lambda: canvas.set_linked(on=not canvas.state.is_linked),
            "tool_select": lambda: canvas.set_tool(Tool.SELECT),
            "tool_trim": lambda: canvas.set_tool(Tool.TRIM),
            "tool_razor": lambda: canvas.set_tool(Tool.RAZOR),
            "add_marker": self.mark,
            "previous_marker": lambda: self.step(self._marker_times(), -1),
            "next_marker": lambda: self.step(self._marker_times(), 1),
            "previous_cut": lambda: self.step(self._cut_times(), -1),
            "next_cut": lambda: self.step(self._cut_times(), 1),
            "add_video_track": lambda: self.add_track(TrackKind.VIDEO),
            "add_audio_track": lambda: self.add_track(TrackKind.AUDIO),
            "add_adjustment": self.add_adjustment,
        }

    # ---- the selection --------------------------------------------------------------------------------------------

    @property
    def _chosen(self) -> tuple[ClipId, ...]:
        """What is selected, in the order of the tracks."""
        wanted = self._canvas.state.selection
        return tuple(c.id for c in self._bridge.project.clips() if c.id in wanted)

    def _do(self, command: AnyCommand) -> bool:
        return self._bridge.do(command, self)

    def ripple_delete(self) -> None:
        if self._chosen:
            self._do(RippleDelete(self._chosen))

    def cut(self) -> None:
        if self._chosen:
            self.copy()
            self._do(LiftClips(self._chosen))

    def copy(self) -> None:
        project = self._bridge.project
        self._copied = tuple((track_of(project, id_).id, project.clip(id_)) for id_ in self._chosen)

    def paste(self, placement: Placement) -> None:
        """Lay what was copied at the playhead, on the tracks it came from, and select it."""
        project = self._bridge.project
        known, tracks = {m.id for m in project.media}, {t.id for t in project.tracks}
        items = [
            (track, clip)
            for track, clip in self._copied
            if (clip.media in known or clip.is_adjustment) and track in tracks
        ]
        if not items:
            return
        first = min(clip.start for _, clip in items)
        links = {clip.link: LinkId(new_id("link")) for _, clip in items if clip.link is not None}
        at = self._canvas.state.playhead - first
        fresh = tuple(
            (
                track,
                replace(
                    clip,
                    id=ClipId(new_id("clip")),
                    start=clip.start + at,
                    link=None if clip.link is None else links[clip.link],
                ),
            )
            for track, clip in items
        )
        if self._do(PasteClips(fresh, placement)):
            self._canvas.select_clips(clip.id for _, clip in fresh)

    def link(self) -> None:
        """Link what is selected, or part it where it is linked already."""
        clips = [self._bridge.project.clip(id_) for id_ in self._chosen]
        if clips:
            is_one = clips[0].link is not None and len({c.link for c in clips}) == 1
            self._do(LinkClips(self._chosen, None if is_one else LinkId(new_id("link"))))

    def nudge(self, frames: int) -> None:
        """Move the selection by whole frames."""
        if self._chosen:
            self._do(MoveClips(self._chosen, Time.from_frame(frames, self._bridge.project.rate)))

    # ---- at the playhead ------------------------------------------------------------------------------------------

    def _here(self) -> Clip | None:
        """The selected clip under the playhead, or the topmost picture there."""
        state, project = self._canvas.state, self._bridge.project
        chosen = (c for c in project.clips() if c.id in state.selection and c.span.contains(state.playhead))
        return next(chosen, None) or project.video_clip_at(state.playhead)

    def split(self) -> None:
        clip = self._here()
        if clip is not None:
            alone = not self._canvas.state.is_linked
            self._do(SplitClip(clip.id, self._canvas.state.playhead, ClipId(new_id("clip")), alone))

    def trim_to_playhead(self, *, is_head: bool) -> None:
        """Ripple the clip's start or end to the playhead; for a start the playhead stays on the same picture."""
        clip, state = self._here(), self._canvas.state
        if clip is None:
            return
        if is_head:
            start = clip.start
            if self._do(RippleTrimIn(clip.id, state.playhead, not state.is_linked)):
                self._canvas.seeked.emit(start)
        else:
            self._do(RippleTrimOut(clip.id, state.playhead, not state.is_linked))

    def mark(self) -> None:
        """A marker at the playhead; where there is one, its card opens."""
        state, project = self._canvas.state, self._bridge.project
        there = next((m for m in project.markers if m.time == state.playhead), None)
        if there is None:
            self._do(AddMarker(MarkerId(new_id("marker")), state.playhead))
        else:
            self._canvas.open_marker(there)

    def add_track(self, kind: TrackKind) -> None:
        self._do(AddTrack(TrackId(new_id("track")), kind))

    def add_adjustment(self) -> None:
        """An adjustment clip over what is selected, else from the in to the out point, else over the clip at the playhead."""
        project, state = self._bridge.project, self._canvas.state
        chosen = [c.span for c in project.clips() if c.id in state.selection]
        here = project.video_clip_at(state.playhead)
        if len(chosen) > 1:
            span = TimeRange(min(s.start for s in chosen), max(s.end for s in chosen))
        elif project.in_point is not None or project.out_point is not None:
            span = project.export_range
        elif here is not None:
            span = here.span
        else:
            return
        clip = ClipId(new_id("clip"))
        if self._do(AddAdjustment(clip, span, TrackId(new_id("track")), tr("Adjustment"))):
            self._canvas.select_clips((clip,))

    # ---- going ----------------------------------------------------------------------------------------------------

    def _marker_times(self) -> list[Time]:
        return [m.time for m in self._bridge.project.markers]

    def _cut_times(self) -> list[Time]:
        project = self._bridge.project
        return sorted({ZERO, *(t for c in project.pictures() for t in (c.start, c.span.end))})

    def step(self, times: list[Time], direction: int) -> None:
        """To the next or the previous of these instants."""
        here = self._canvas.state.playhead
        beyond = [t for t in times if (t > here if direction > 0 else t < here)]
        if beyond:
            self._canvas.seek(min(beyond) if direction > 0 else max(beyond))
