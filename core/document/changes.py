"""What an edit touched: typed aspects and dirty spans, so that one signal is enough for the whole application."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Flag, auto

from core.document.model import Project
from core.timebase import RangeSet, TimeRange


class Aspect(Flag):
    """A part of the project that a panel may show."""

    NONE = 0
    MEDIA = auto()
    TIMELINE = auto()
    CONDITION = auto()
    MASK = auto()
    RANGE = auto()
    """In and out points."""
    PROJECT = auto()
    """Name, rate, canvas."""
    SCENE = auto()
    """What was said of a medium's scene."""
    TRACKS = auto()
    """Names of tracks, which there are, and what is on or locked."""
    MARKERS = auto()
    ALL = TRACKS | MARKERS | MEDIA | TIMELINE | CONDITION | MASK | RANGE | PROJECT | SCENE


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """`dirty` is timeline time whose pixels may differ; it only schedules work, keys decide what is stale."""

    aspects: Aspect
    dirty: tuple[TimeRange, ...] = ()

    def merged(self, other: ChangeSet) -> ChangeSet:
        return ChangeSet(self.aspects | other.aspects, RangeSet.of((*self.dirty, *other.dirty)).ranges)


def merged_changes(changes: Iterable[ChangeSet]) -> ChangeSet:
    """What several edits, one after the other, touched together."""
    result = ChangeSet(Aspect.NONE)
    for item in changes:
        result = result.merged(item)
    return result


@dataclass(frozen=True, slots=True)
class Edit:
    """The outcome of a command that was applied whole."""

    project: Project
    changes: ChangeSet
