"""Commands on what a mask begins with, and on how it follows the picture."""

from __future__ import annotations

from core.document import matte_edits
from core.document.changes import Edit
from core.document.command import Command
from core.document.model import Project
from core.document.selectors import Selector
from core.ids import ClipId, MaskId
from core.timebase import Time
from core.words import tr


class SetSelector(Command, frozen=True):
    """Lay the paint of a mask over what a rule selects; None: over nothing."""

    clip: ClipId
    mask: MaskId
    selector: Selector | None

    def apply(self, project: Project) -> Edit:
        return matte_edits.set_selector(project, self.clip, self.mask, self.selector)

    @property
    def label(self) -> str:
        return tr("Set selection of mask") if self.selector else tr("Clear selection of mask")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.mask, self.selector and self.selector.kind)


class SetSteady(Command, frozen=True):
    """Average a mask over so many frames before and after, 0 to 3."""

    clip: ClipId
    mask: MaskId
    frames: int

    def apply(self, project: Project) -> Edit:
        return matte_edits.set_steady(project, self.clip, self.mask, self.frames)

    @property
    def label(self) -> str:
        return tr("Steady mask")

    @property
    def subject(self) -> tuple[object, ...]:
        return (self.clip, self.mask)


class FollowMask(Command, frozen=True):
    """Carry a mask along the picture, from the source instant `start` to `first` and to `last`."""

    clip: ClipId
    mask: MaskId
    start: Time
    first: Time
    last: Time

    def apply(self, project: Project) -> Edit:
        return matte_edits.follow_mask(project, self.clip, self.mask, self.start, self.first, self.last)

    @property
    def label(self) -> str:
        return tr("Follow with mask")


class StopFollowing(Command, frozen=True):
    clip: ClipId
    mask: MaskId

    def apply(self, project: Project) -> Edit:
        return matte_edits.stop_following(project, self.clip, self.mask)

    @property
    def label(self) -> str:
        return tr("Stop following with mask")


class LockMatte(Command, frozen=True):
    """Let a mask be just this at a source instant. `png`: 8 bit grey."""

    clip: ClipId
    mask: MaskId
    time: Time
    png: bytes

    def apply(self, project: Project) -> Edit:
        return matte_edits.lock_matte(project, self.clip, self.mask, self.time, self.png)

    @property
    def label(self) -> str:
        return tr("Lock matte")


class UnlockMatte(Command, frozen=True):
    clip: ClipId
    mask: MaskId
    time: Time

    def apply(self, project: Project) -> Edit:
        return matte_edits.unlock_matte(project, self.clip, self.mask, self.time)

    @property
    def label(self) -> str:
        return tr("Unlock matte")
