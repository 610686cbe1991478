"""Files of timelines: OTIO, EDL (CMX 3600) and Final Cut Pro XML, and what each of them cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import opentimelineio as otio

from core.document.model import Project, TrackKind
from core.document.storage import write_atomically
from core.errors import ExportError, MediaError, ProjectError
from core.interchange.export import timeline_of
from core.interchange.load import Imported, path_of, project_from
from core.media.facts import MediaFacts
from core.media.probe import probe
from core.words import tr, trn


@dataclass(frozen=True, slots=True)
class TimelineFormat:
    """`adapter` is OpenTimelineIO's name for it."""

    name: str
    title: str
    ending: str
    adapter: str


OTIO: Final = TimelineFormat("otio", "OpenTimelineIO", ".otio", "otio_json")
EDL: Final = TimelineFormat("edl", "EDL, CMX 3600", ".edl", "cmx_3600")
FCPXML: Final = TimelineFormat("fcpxml", "Final Cut Pro XML", ".fcpxml", "fcpx_xml")
FORMATS: Final = (OTIO, EDL, FCPXML)
_USUAL_RATE: Final = Fraction(25)
_ANY_RATE: Final = 60.0
"""At this rate the numbers of every usual timecode are valid: enough to find the names of files."""


def format_of(path: Path) -> TimelineFormat:
    """By its ending. Raises `ProjectError`."""
    found = next((f for f in FORMATS if f.ending == path.suffix.lower()), None)
    if found is None:
        endings = ", ".join(f.ending for f in FORMATS)
        raise ProjectError(
            tr(
                "{name} is no timeline that can be read or written here: it must end in one of {endings}.",
                name=path.name,
                endings=endings,
            )
        )
    return found


def losses(project: Project, kind: TimelineFormat) -> tuple[str, ...]:
    """What of this project a format cannot hold, in short phrases; empty when everything comes along."""
    return () if kind is OTIO else tuple(_lost(project, kind))


def _lost(project: Project, kind: TimelineFormat) -> Iterator[str]:
    clips = list(project.clips())
    looks = sum(not c.look.is_as_shot for c in clips)
    if looks:
        yield trn("the conditions of {count} clip", "the conditions of {count} clips", looks)
    if masks := sum(len(c.masks) for c in clips):
        yield trn("{count} mask", "{count} masks", masks)
    if project.scenes:
        yield trn("what was said of {count} scene", "what was said of {count} scenes", len(project.scenes))
    if adjustments := project.tracks_of(TrackKind.ADJUSTMENT):
        yield trn("{count} adjustment clip", "{count} adjustment clips", sum(len(t.clips) for t in adjustments))
    if project.markers:
        yield trn("{count} marker", "{count} markers", len(project.markers))
    if any(c.link for c in clips):
        yield tr("links between picture and sound")
    hidden = [t for t in project.tracks if not t.is_on]
    if hidden:
        yield trn("{count} track that is off", "{count} tracks that are off", len(hidden))
    if kind is EDL:
        pictures = [t for t in project.tracks_of(TrackKind.VIDEO) if t.is_on and t.clips]
        if len(pictures) > 1:
            yield tr("{count} picture tracks, of which one remains with what is seen", count=len(pictures))
        if sounds := [t for t in project.tracks_of(TrackKind.AUDIO) if t.clips]:
            yield trn("sound on {count} track", "sound on {count} tracks", len(sounds))


def write_timeline(project: Project, path: Path) -> tuple[str, ...]:
    """Write a project as a timeline, whole or not at all; what was lost. Raises `ExportError`, `ProjectError`."""
    kind = format_of(path)
    timeline = timeline_of(project)
    try:
        if kind is not OTIO:
            timeline = _simple(timeline, is_flat=kind is EDL)
        rest = {"rate": float(project.rate)} if kind is EDL else {}
        text = otio.adapters.write_to_string(timeline, kind.adapter, **rest)
    except Exception as error:  # an adapter may raise anything for what its format cannot say
        raise ExportError(
            tr(
                "{name} cannot be written as {title}: {reason}.",
                name=path.name,
                title=kind.title,
                reason=_reason(error),
            )
        ) from error
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise ExportError(
            tr("{path} cannot be written: {reason}.", path=path, reason=error.strerror or error)
        ) from error
    return losses(project, kind)


def _simple(timeline: otio.schema.Timeline, *, is_flat: bool) -> otio.schema.Timeline:
    """What an adapter of an older format understands: picture and sound tracks that are on; only the topmost picture if flat."""
    made = otio.schema.Timeline(timeline.name, global_start_time=timeline.global_start_time)
    tracks = [t.clone() for t in timeline.tracks if t.enabled and len(t)]
    for track in tracks:
        for child in track:
            child.metadata.clear()
    pictures = [t for t in tracks if t.kind == otio.schema.TrackKind.Video]
    if is_flat:
        stack = otio.schema.Stack(children=pictures)
        flat = otio.algorithms.flatten_stack(stack) if len(pictures) > 1 else None
        made.tracks.extend([flat] if flat is not None else [t.clone() for t in pictures])
        return made
    made.tracks.extend([*pictures, *(t for t in tracks if t.kind == otio.schema.TrackKind.Audio)])
    return made


def read_timeline(path: Path, rate: Fraction | None = None) -> Imported:
    """The project in a file of a timeline. Reads the media that it names. Raises `ProjectError`.

    An EDL does not say how many frames a second it counts: `rate` does, or else the first of its media that is there.
    """
    kind = format_of(path)
    if not path.is_file():
        raise ProjectError(tr("{path} does not exist: check the name and the folder.", path=path))
    said = {"rate": float(rate or _edl_rate(path))} if kind is EDL else {}
    try:
        read = otio.adapters.read_from_file(str(path), kind.adapter, **said)
    except Exception as error:  # as above: damaged text fails in any way
        raise ProjectError(
            tr("{name} cannot be read as {title}: {reason}.", name=path.name, title=kind.title, reason=_reason(error))
        ) from error
    timeline = _the_timeline(read, path)
    if not timeline.name:
        timeline.name = path.stem
    return project_from(timeline, path.parent.resolve(), _probed)


def _edl_rate(path: Path) -> Fraction:
    """Of the first medium of an EDL that is there; 25 where none is, or where the text cannot be read at all."""
    try:
        read = _the_timeline(otio.adapters.read_from_file(str(path), EDL.adapter, rate=_ANY_RATE), path)
    except Exception:  # whoever reads it in earnest says why
        return _USUAL_RATE
    for clip in read.find_clips():
        url = getattr(clip.media_reference, "target_url", "")
        with suppress(MediaError):
            if url:
                return _probed(path_of(url, path.parent.resolve())).video.rate
    return _USUAL_RATE


def _the_timeline(read: object, path: Path) -> otio.schema.Timeline:
    """The first timeline of a file, which may be inside a collection."""
    if isinstance(read, otio.schema.Timeline):
        return read
    children = read.find_children(descended_from_type=otio.schema.Timeline) if hasattr(read, "find_children") else []
    found = next((c for c in [*_items(read), *children] if isinstance(c, otio.schema.Timeline)), None)
    if found is None:
        raise ProjectError(tr("{name} holds no timeline.", name=path.name))
    return found


def _items(read: object) -> list[object]:
    return list(read) if isinstance(read, otio.schema.SerializableCollection) else []


def _probed(path: str) -> MediaFacts:
    if "://" in path:
        raise MediaError(tr("{path} is not on this computer.", path=path))
    return probe(path)


def _reason(error: Exception) -> str:
    """The first line of what an adapter says, without its full stop."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(". ")
