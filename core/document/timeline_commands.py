"""Commands on the project and its timeline."""

from __future__ import annotations

from core.document import edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.model import Project, TrackKind
from core.ids import ClipId, TrackId, new_id
from core.media.facts import MediaFacts
from core.timebase import Time, TimeRange


class AddMedia(Command, frozen=True):
    """Put a file into the project, or relink it."""

    media: MediaFacts

    def apply(self, project: Project) -> Edit:
        return edits.add_media(project, self.media)

    @property
    def label(self) -> str:
        return "Add media"


class AddClip(Command, frozen=True):
    """Lay a clip on a track, at the end if `start` is None; brings its media along. `clip_from` makes one with fresh ids."""

    media: MediaFacts
    clip: ClipId
    track: TrackId
    start: Time | None = None
    source: TimeRange | None = None

    def apply(self, project: Project) -> Edit:
        return edits.add_clip(project, self.media, self.clip, self.track, self.start, self.source)

    @property
    def label(self) -> str:
        return "Add clip"


def clip_from(
    project: Project, media: MediaFacts, start: Time | None = None, source: TimeRange | None = None
) -> AddClip:
    """The command that lays `media` on the first picture track (a new one in an empty project)."""
    tracks = (t.id for t in project.tracks if t.kind is TrackKind.VIDEO)
    return AddClip(media, ClipId(new_id("clip")), next(tracks, TrackId(new_id("track"))), start, source)


class RemoveClip(Command, frozen=True):
    clip: ClipId

    def apply(self, project: Project) -> Edit:
        return edits.remove_clip(project, self.clip)

    @property
    def label(self) -> str:
        return "Remove clip"


class MoveClip(Command, frozen=True):
    """`start` on the timeline."""

    clip: ClipId
    start: Time

    def apply(self, project: Project) -> Edit:
        return edits.move_clip(project, self.clip, self.start)

    @property
    def label(self) -> str:
        return "Move clip"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class TrimIn(Command, frozen=True):
    """`to` on the timeline."""

    clip: ClipId
    to: Time

    def apply(self, project: Project) -> Edit:
        return edits.trim_in(project, self.clip, self.to)

    @property
    def label(self) -> str:
        return "Trim in point"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class TrimOut(Command, frozen=True):
    """`to` on the timeline."""

    clip: ClipId
    to: Time

    def apply(self, project: Project) -> Edit:
        return edits.trim_out(project, self.clip, self.to)

    @property
    def label(self) -> str:
        return "Trim out point"

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class SplitClip(Command, frozen=True):
    """`at` on the timeline; `tail` names the second half."""

    clip: ClipId
    at: Time
    tail: ClipId

    def apply(self, project: Project) -> Edit:
        return edits.split_clip(project, self.clip, self.at, self.tail)

    @property
    def label(self) -> str:
        return "Split clip"


class RenameClip(Command, frozen=True):
    clip: ClipId
    name: str

    def apply(self, project: Project) -> Edit:
        return edits.rename_clip(project, self.clip, self.name)

    @property
    def label(self) -> str:
        return "Rename clip"


class RenameProject(Command, frozen=True):
    name: str

    def apply(self, project: Project) -> Edit:
        return edits.rename_project(project, self.name)

    @property
    def label(self) -> str:
        return "Rename project"


class SetInPoint(Command, frozen=True):
    """On the timeline; None clears it."""

    time: Time | None

    def apply(self, project: Project) -> Edit:
        return edits.set_in_point(project, self.time)

    @property
    def label(self) -> str:
        return "Clear in point" if self.time is None else "Set in point"

    @property
    def subject(self) -> tuple[object, ...]:
        return ()


class SetOutPoint(Command, frozen=True):
    """On the timeline, exclusive; None clears it."""

    time: Time | None

    def apply(self, project: Project) -> Edit:
        return edits.set_out_point(project, self.time)

    @property
    def label(self) -> str:
        return "Clear out point" if self.time is None else "Set out point"

    @property
    def subject(self) -> tuple[object, ...]:
        return ()
