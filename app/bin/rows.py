"""What the media bin shows of each medium, and how it is sorted and searched. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.panels.media_text import codec_text, duration_text, media_line, rate_text
from core.document.media_edits import file_name, media_name, uses
from core.document.model import Project
from core.ids import MediaId
from core.media.facts import MediaFacts
from core.words import msg, tr, trn


class SortBy(StrEnum):
    """What a bin is ordered by; the word in its menu."""

    NAME = msg("Name")
    LENGTH = msg("Length")
    SIZE = msg("Frame size")
    RATE = msg("Frame rate")
    CODEC = msg("Codec")
    USES = msg("Clips")


@dataclass(frozen=True, slots=True)
class Row:
    """`problem` is one sentence where the file is gone or damaged. `note` tells of work on it; `fraction` how far that is."""

    facts: MediaFacts
    name: str
    uses: int = 0
    problem: str = ""
    is_missing: bool = False
    note: str = ""
    fraction: float | None = None

    @property
    def line(self) -> str:
        """Size, rate and length."""
        return media_line(self.facts)

    @property
    def detail(self) -> str:
        """Codec and where it is used, or what is being done to it."""
        return ", ".join(part for part in (codec_text(self.facts), uses_text(self.uses), self.note) if part)

    @property
    def tip(self) -> str:
        """Everything there is no room for."""
        lines = [self.name, self.line, self.detail, self.facts.path, self.problem]
        return "\n".join(line for line in lines if line)


def uses_text(count: int) -> str:
    """`not used`, `1 clip`, `12 clips`."""
    return tr("not used") if count == 0 else trn("{count} clip", "{count} clips", count)


@dataclass(frozen=True, slots=True)
class Work:
    """What is being done to a medium."""

    note: str
    fraction: float | None = None


def rows_of(project: Project, problems: Mapping[MediaId, str], work: Mapping[MediaId, Work]) -> tuple[Row, ...]:
    """One row for each medium, in the order in which they came. `problems` names those whose file is not there."""
    used = uses(project)
    rows = []
    for facts in project.media:
        lost, doing = problems.get(facts.id, ""), work.get(facts.id)
        rows.append(
            Row(
                facts,
                media_name(project, facts),
                used.get(facts.id, 0),
                lost or facts.damage,
                bool(lost),
                doing.note if doing else "",
                doing.fraction if doing else None,
            )
        )
    return tuple(rows)


def sort_key(by: SortBy) -> Callable[[Row], Any]:
    """Orders rows; names are what decides among equals."""
    keys: dict[SortBy, Callable[[Row], Any]] = {
        SortBy.NAME: lambda row: row.name.casefold(),
        SortBy.LENGTH: lambda r: r.facts.video.duration,
        SortBy.SIZE: lambda r: r.facts.video.width * r.facts.video.height,
        SortBy.RATE: lambda r: r.facts.video.rate,
        SortBy.CODEC: lambda r: codec_text(r.facts),
        SortBy.USES: lambda r: r.uses,
    }
    return lambda row: (keys[by](row), row.name.casefold())


def has_words(row: Row, text: str) -> bool:
    """Whether every word of a search is somewhere in the name, the file, the codec, the size or the state of a medium."""
    video = row.facts.video
    state = "missing" if row.is_missing else ""
    where = " ".join(
        (
            row.name,
            file_name(row.facts),
            codec_text(row.facts),
            f"{video.width}x{video.height}",
            row.line,
            rate_text(video.rate),
            duration_text(float(video.duration)),
            uses_text(row.uses),
            state,
        )
    ).casefold()
    return all(word in where for word in text.casefold().split())
