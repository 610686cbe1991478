"""Finding lost media again: one folder, searched with all that lies below it, by content first and by name second."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from time import monotonic

from core.cancel import CancelToken
from core.errors import MediaError
from core.ids import MediaId
from core.media.facts import MediaFacts, MediaKind
from core.media.identity import identify
from core.media.probe import probe
from core.media.sequence import is_pattern, number_in
from core.progress import Progress, ProgressSink
from core.words import msg, num, tr


class Match(StrEnum):
    """What a found file has in common with the lost one."""

    CONTENT = "content"
    """The same fingerprint: nothing but the place differs."""
    NAME = "name"
    """The same name, other content: another render, a repair, or another film altogether."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that can stand for a lost medium. `differences` are short phrases, empty for the same content."""

    lost: MediaId
    facts: MediaFacts
    match: Match
    differences: tuple[str, ...] = ()


def find_lost(lost: Iterable[MediaFacts], folder: Path, report: ProgressSink, cancel: CancelToken) -> tuple[Found, ...]:
    """The best file below `folder` for each medium that has one, in the order of `lost`.

    Files of the right name are looked at first; the others with the same ending follow until every content is found.
    What cannot be read is passed over, and links to folders are not followed. Any thread. Raises `Cancelled`.
    """
    began = monotonic()
    wanted = {facts.id: facts for facts in lost}
    names = {_name(facts) for facts in wanted.values()}
    candidates = sorted(_candidates(folder, wanted.values(), cancel), key=lambda p: (p.name.casefold() not in names, p))
    same: dict[MediaId, Path] = {}
    named: dict[str, Path] = {}
    for number, path in enumerate(candidates):
        cancel.check()
        report(Progress(msg("Searching"), number, len(candidates), monotonic() - began))
        if len(same) == len(wanted):
            break
        if path.name.casefold() in names:
            named.setdefault(path.name.casefold(), path)
        with suppress(MediaError):
            found = identify(path)
            if found in wanted:
                same.setdefault(found, path)
    report(Progress(msg("Reading"), len(candidates), len(candidates), monotonic() - began))
    return tuple(_found(wanted.values(), same, named, cancel))


def _found(
    lost: Iterable[MediaFacts], same: dict[MediaId, Path], named: dict[str, Path], cancel: CancelToken
) -> Iterator[Found]:
    for facts in lost:
        cancel.check()
        path = same.get(facts.id) or named.get(_name(facts))
        if path is None:
            continue
        with suppress(MediaError):
            rate = facts.video.rate if facts.kind is MediaKind.SEQUENCE else None
            now = probe(path, rate)
            match = Match.CONTENT if now.id == facts.id else Match.NAME
            yield Found(facts.id, now, match, differences(facts, now))


def _name(facts: MediaFacts) -> str:
    return facts.path.replace("\\", "/").rsplit("/", 1)[-1].casefold()


def _candidates(folder: Path, lost: Iterable[MediaFacts], cancel: CancelToken) -> Iterator[Path]:
    """Files with the endings of lost films, and the patterns of lost sequences where any of their images lies."""
    names = [facts.path.replace("\\", "/").rsplit("/", 1)[-1] for facts in lost]
    patterns = [name for name in names if is_pattern(name)]
    endings = {Path(name).suffix.casefold() for name in names if not is_pattern(name)}
    for place, folders, files in os.walk(folder):
        cancel.check()
        folders.sort()
        for pattern in patterns:
            if any(number_in(pattern, name) is not None for name in files):
                yield Path(place, pattern)
        for name in files:
            if Path(name).suffix.casefold() in endings:
                yield Path(place, name)


def differences(old: MediaFacts, new: MediaFacts) -> tuple[str, ...]:
    """What a file changes for the timeline, as short phrases: rate, length, size, sound."""
    a, b = old.video, new.video
    said = []
    if a.rate != b.rate or a.is_variable_rate != b.is_variable_rate:
        said.append(tr("{rate} instead of {old}", rate=_rate(b.rate), old=_rate(a.rate)))
    if a.frame_count != b.frame_count or a.duration != b.duration:
        said.append(
            tr(
                "{count} frames instead of {old}",
                count=b.frame_count,
                old=a.frame_count,
            )
        )
    if (a.width, a.height) != (b.width, b.height):
        said.append(
            tr(
                "{width} × {height} instead of {width_2} × {height_2}",
                width=b.width,
                height=b.height,
                width_2=a.width,
                height_2=a.height,
            )
        )
    if bool(old.audio) != bool(new.audio):
        said.append(tr("with sound") if new.audio else tr("without sound"))
    return tuple(said)


def _rate(rate: Fraction) -> str:
    return tr("{rate} fps", rate=num(float(rate), ".3f").rstrip("0").rstrip(".,"))
