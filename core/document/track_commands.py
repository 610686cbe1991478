"""Commands that move, trim and take away more than one clip, and those on tracks, links and markers."""

from __future__ import annotations

from core.document import track_edits, trim_edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.edits import Placement
from core.document.model import Clip, MarkerColor, Project, TrackKind
from core.ids import ClipId, LinkId, MarkerId, TrackId
from core.timebase import Time
from core.words import tr


class LiftClips(Command, frozen=True):
    """Take clips off the timeline; the rest stays where it is."""

    clips: tuple[ClipId, ...]

    def apply(self, project: Project) -> Edit:
        return trim_edits.lift(project, self.clips)

    @property
    def label(self) -> str:
        return tr("Lift clips") if len(self.clips) > 1 else tr("Lift clip")


class RippleDelete(Command, frozen=True):
    """Take clips off the timeline and close the gaps."""

    clips: tuple[ClipId, ...]

    def apply(self, project: Project) -> Edit:
        return trim_edits.ripple_delete(project, self.clips)

    @property
    def label(self) -> str:
        return tr("Ripple delete")


class CloseGap(Command, frozen=True):
    """`at` lies inside the gap."""

    track: TrackId
    at: Time

    def apply(self, project: Project) -> Edit:
        return trim_edits.close_gap(project, self.track, self.at)

    @property
    def label(self) -> str:
        return tr("Close gap")


class RippleTrimIn(Command, frozen=True):
    """`to` on the timeline."""

    clip: ClipId
    to: Time
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return trim_edits.ripple_trim_in(project, self.clip, self.to, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Ripple trim in point")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class RippleTrimOut(Command, frozen=True):
    """`to` on the timeline."""

    clip: ClipId
    to: Time
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return trim_edits.ripple_trim_out(project, self.clip, self.to, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Ripple trim out point")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class RollCut(Command, frozen=True):
    """Move the cut at the end of clip `left` to `to` on the timeline."""

    left: ClipId
    to: Time
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return trim_edits.roll(project, self.left, self.to, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Roll cut")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.left,)


class SlipClip(Command, frozen=True):
    """`by` in source time, later if positive."""

    clip: ClipId
    by: Time
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return trim_edits.slip(project, self.clip, self.by, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Slip clip")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class SlideClip(Command, frozen=True):
    """`start` on the timeline."""

    clip: ClipId
    start: Time
    alone: bool = False

    def apply(self, project: Project) -> Edit:
        return trim_edits.slide(project, self.clip, self.start, alone=self.alone)

    @property
    def label(self) -> str:
        return tr("Slide clip")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip,)


class MoveClips(Command, frozen=True):
    """Move by a length, negative too, pictures `lanes` tracks up."""

    clips: tuple[ClipId, ...]
    by: Time
    lanes: int = 0
    placement: Placement = Placement.OVERWRITE

    def apply(self, project: Project) -> Edit:
        return trim_edits.move_clips(project, self.clips, self.by, self.lanes, self.placement)

    @property
    def label(self) -> str:
        return tr("Move clips") if len(self.clips) > 1 else tr("Move clip")

    @property
    def subject(self) -> tuple[object, ...]:
        return self.clips


class PasteClips(Command, frozen=True):
    """Finished clips and the tracks they go to, their ids fresh."""

    items: tuple[tuple[TrackId, Clip], ...]
    placement: Placement = Placement.OVERWRITE

    def apply(self, project: Project) -> Edit:
        return trim_edits.paste(project, self.items, self.placement)

    @property
    def label(self) -> str:
        return tr("Paste clips") if len(self.items) > 1 else tr("Paste clip")


class AddTrack(Command, frozen=True):
    track: TrackId
    kind: TrackKind

    def apply(self, project: Project) -> Edit:
        return track_edits.add_track(project, self.track, self.kind)

    @property
    def label(self) -> str:
        return {
            TrackKind.VIDEO: tr("Add picture track"),
            TrackKind.AUDIO: tr("Add audio track"),
            TrackKind.ADJUSTMENT: tr("Add adjustment track"),
        }[self.kind]


class RemoveTrack(Command, frozen=True):
    """With all that lies on it."""

    track: TrackId

    def apply(self, project: Project) -> Edit:
        return track_edits.remove_track(project, self.track)

    @property
    def label(self) -> str:
        return tr("Remove track")


class SetTrack(Command, frozen=True):
    """None leaves a property as it is."""

    track: TrackId
    name: str | None = None
    is_on: bool | None = None
    is_locked: bool | None = None

    def apply(self, project: Project) -> Edit:
        return track_edits.set_track(project, self.track, name=self.name, is_on=self.is_on, is_locked=self.is_locked)

    @property
    def label(self) -> str:
        return _track_label(self)


class LinkClips(Command, frozen=True):
    """None parts them and their partners."""

    clips: tuple[ClipId, ...]
    link: LinkId | None

    def apply(self, project: Project) -> Edit:
        return track_edits.link_clips(project, self.clips, self.link)

    @property
    def label(self) -> str:
        return tr("Unlink clips") if self.link is None else tr("Link clips")


class AddMarker(Command, frozen=True):
    marker: MarkerId
    time: Time
    color: MarkerColor = MarkerColor.BLUE

    def apply(self, project: Project) -> Edit:
        return track_edits.add_marker(project, self.marker, self.time, self.color)

    @property
    def label(self) -> str:
        return tr("Add marker")


class MoveMarker(Command, frozen=True):
    marker: MarkerId
    time: Time

    def apply(self, project: Project) -> Edit:
        return track_edits.move_marker(project, self.marker, self.time)

    @property
    def label(self) -> str:
        return tr("Move marker")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.marker,)


class SetMarker(Command, frozen=True):
    """None leaves a property as it is; a name or a note may be empty."""

    marker: MarkerId
    name: str | None = None
    note: str | None = None
    color: MarkerColor | None = None

    def apply(self, project: Project) -> Edit:
        return track_edits.set_marker(project, self.marker, name=self.name, note=self.note, color=self.color)

    @property
    def label(self) -> str:
        return tr("Change marker")


class RemoveMarker(Command, frozen=True):
    marker: MarkerId

    def apply(self, project: Project) -> Edit:
        return track_edits.remove_marker(project, self.marker)

    @property
    def label(self) -> str:
        return tr("Remove marker")


def _track_label(command: SetTrack) -> str:
    if command.is_locked is not None:
        return tr("Lock track") if command.is_locked else tr("Unlock track")
    if command.is_on is not None:
        return tr("Switch track on") if command.is_on else tr("Switch track off")
    return tr("Rename track")
