"""Commands on the project and its timeline."""

from __future__ import annotations

from core.document import edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.edits import Placement
from core.document.model import Project, TrackKind
from core.ids import ClipId, TrackId, new_id
from core.media.facts import MediaFacts
from core.timebase import Time, TimeRange
from core.words import msg, tr


class AddMedia(Command, frozen=True):
    """Put a file into the project, or relink it."""

    media: MediaFacts

    def apply(self, project: Project) -> Edit:
        return edits.add_media(project, self.media)

    @property
    def label(self) -> str:
        return tr("Add media")


class AddClip(Command, frozen=True):
    """Lay a clip on a track, at the end if `start` is None; brings its media along. `clip_from` makes one with fresh ids."""

    media: MediaFacts
    clip: ClipId
    track: TrackId
    start: Time | None = None
    source: TimeRange | None = None
    sound: ClipId | None = None
    """Names a clip of the media's sound that is laid on `sound_track` and linked."""
    sound_track: TrackId | None = None
    placement: Placement = Placement.REFUSE

    def apply(self, project: Project) -> Edit:
        return edits.add_clip(
            project,
            self.media,
            self.clip,
            self.track,
            self.start,
            self.source,
            self.sound,
            self.sound_track,
            self.placement,
        )

    @property
    def label(self) -> str:
        match self.placement:
            case Placement.REFUSE:
                return tr("Add clip")
            case Placement.OVERWRITE:
                return tr("Overwrite")
            case Placement.INSERT:
                return tr("Insert")


def clip_from(
    project: Project,
    media: MediaFacts,
    start: Time | None = None,
    source: TimeRange | None = None,
    *,
    track: TrackId | None = None,
    placement: Placement = Placement.REFUSE,
) -> AddClip:
    """The command that lays `media` on a picture track (the first, or a new one in an empty project), its sound below.

    The sound of the n-th picture track goes to the n-th audio track, or to a new one.
    """
    pictures = [t.id for t in project.tracks_of(TrackKind.VIDEO)]
    sounds = [t.id for t in project.tracks_of(TrackKind.AUDIO)]
    track = track or next(iter(pictures), TrackId(new_id("track")))
    clip = ClipId(new_id("clip"))
    if not media.audio:
        return AddClip(media, clip, track, start, source, placement=placement)
    number = pictures.index(track) if track in pictures else len(pictures)
    sound_track = sounds[number] if number < len(sounds) else TrackId(new_id("track"))
    return AddClip(media, clip, track, start, source, ClipId(new_id("clip")), sound_track, placement)


class AddAdjustment(Command, frozen=True):
    """`span` on the timeline; `track` is made where no adjustment track has room."""

    clip: ClipId
    span: TimeRange
    track: TrackId
    name: str = msg("Adjustment")

    def apply(self, project: Project) -> Edit:
        return edits.add_adjustment(project, self.clip, self.span, self.track, self.name)

    @property
    def label(self) -> str:
        return tr("Add adjustment clip")


class RemoveClip(Command, frozen=True):
    clip: ClipId
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return edits.remove_clip(project, self.clip, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Remove clip")


class MoveClip(Command, frozen=True):
    """`start` on the timeline."""

    clip: ClipId
    start: Time
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return edits.move_clip(project, self.clip, self.start, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Move clip")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class TrimIn(Command, frozen=True):
    """`to` on the timeline."""

    clip: ClipId
    to: Time
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return edits.trim_in(project, self.clip, self.to, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Trim in point")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class TrimOut(Command, frozen=True):
    """`to` on the timeline."""

    clip: ClipId
    to: Time
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return edits.trim_out(project, self.clip, self.to, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Trim out point")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class SplitClip(Command, frozen=True):
    """`at` on the timeline; `tail` names the second half."""

    clip: ClipId
    at: Time
    tail: ClipId
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return edits.split_clip(project, self.clip, self.at, self.tail, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Split clip")


class RenameClip(Command, frozen=True):
    clip: ClipId
    name: str

    def apply(self, project: Project) -> Edit:
        return edits.rename_clip(project, self.clip, self.name)

    @property
    def label(self) -> str:
        return tr("Rename clip")


class RenameProject(Command, frozen=True):
    name: str

    def apply(self, project: Project) -> Edit:
        return edits.rename_project(project, self.name)

    @property
    def label(self) -> str:
        return tr("Rename project")


class SetInPoint(Command, frozen=True):
    """On the timeline; None clears it."""

    time: Time | None

    def apply(self, project: Project) -> Edit:
        return edits.set_in_point(project, self.time)

    @property
    def label(self) -> str:
        return tr("Clear in point") if self.time is None else tr("Set in point")

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
        return tr("Clear out point") if self.time is None else tr("Set out point")

    @property
    def subject(self) -> tuple[object, ...]:
        return ()
