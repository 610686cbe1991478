"""Commands of the media bin."""

from __future__ import annotations

from core.document import media_edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.model import Project
from core.ids import MediaId
from core.media.facts import MediaFacts
from core.words import tr


class RenameMedia(Command, frozen=True):
    """Call a medium something else in this project."""

    media: MediaId
    name: str

    def apply(self, project: Project) -> Edit:
        return media_edits.rename_media(project, self.media, self.name)

    @property
    def label(self) -> str:
        return tr("Rename media")


class RemoveMedia(Command, frozen=True):
    """Take media that no clip uses out of the project."""

    media: tuple[MediaId, ...]

    def apply(self, project: Project) -> Edit:
        return media_edits.remove_media(project, self.media)

    @property
    def label(self) -> str:
        return tr("Remove media")


class RelinkMedia(Command, frozen=True):
    """Let files stand for media, each named by what stood there before."""

    found: tuple[tuple[MediaId, MediaFacts], ...]

    def apply(self, project: Project) -> Edit:
        return media_edits.relink_media(project, self.found)

    @property
    def label(self) -> str:
        return tr("Relink media")
