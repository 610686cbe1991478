"""A timeline of OpenTimelineIO as a project: ours comes back whole, another program's as far as both know the same things."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from urllib.parse import unquote, urlsplit

import msgspec
import opentimelineio as otio

from core.document.integrity import check_project
from core.document.model import UNTITLED, Clip, Marker, MarkerColor, Project, Track, TrackKind
from core.document.session import new_project
from core.document.storage import from_builtins
from core.document.upgrades import SCHEMA
from core.errors import MediaError, ProjectError
from core.ids import ClipId, LinkId, MarkerId, MediaId, TrackId, new_id
from core.interchange.export import COLORS, KINDS, OURS
from core.interchange.times import rate_of, same, time_from
from core.media.facts import ColorTags, MediaFacts, MediaKind, VideoFacts
from core.timebase import ZERO, Time, TimeRange
from core.words import tr

T = TypeVar("T")
Probe = Callable[[str], MediaFacts]
"""Reads a file. Raises `MediaError` where it is not there or no film."""

_LARGE: Final = (1920, 1080)


@dataclass(frozen=True, slots=True)
class Imported:
    """The project, and one sentence for everything that did not come along."""

    project: Project
    notes: tuple[str, ...] = ()


def project_from(timeline: otio.schema.Timeline, folder: Path, probe: Probe) -> Imported:
    """Files named relative to `folder` are found there. Media that is not there becomes missing media.

    Where a clip, track or marker carries our metadata it comes back as it was; what another program moved or trimmed since
    counts over it. Raises `ProjectError`.
    """
    return _Reader(timeline, folder, probe).read()


@dataclass
class _Reader:
    timeline: otio.schema.Timeline
    folder: Path
    probe: Probe
    media: dict[MediaId, MediaFacts] = field(default_factory=dict)
    by_path: dict[str, MediaFacts] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def read(self) -> Imported:
        base = self._base()
        self.media = {m.id: m for m in base.media}
        rate = base.rate
        tracks = tuple(track for n, item in enumerate(self.timeline.tracks) if (track := self._track(item, n, rate)))
        tracks = _linked(tracks)
        project = replace(base, media=tuple(self.media.values()), tracks=tracks, markers=self._markers(rate))
        if not base.media and (first := next(project.pictures(), None)) is not None:
            video = project.media_facts(first.media).video
            project = replace(project, width=video.width, height=video.height)
        try:
            check_project(project)
        except ValueError as error:
            raise ProjectError(
                tr(
                    "{name} cannot be read as a project: {error}.",
                    name=self.timeline.name or tr("The timeline"),
                    error=error,
                )
            ) from None
        return Imported(project, tuple(f"{text} ({n}×)." if n > 1 else f"{text}." for text, n in self.notes.items()))

    def _base(self) -> Project:
        """All of the project but tracks and markers: ours, or a new one at the timeline's rate."""
        ours = _ours(self.timeline)
        if "project" in ours:
            if ours.get("schema", 0) > SCHEMA:
                raise ProjectError(
                    tr("{name} was written by a later version of Weathervane; update it.", name=self.timeline.name)
                )
            return _typed(ours["project"], Project, self.timeline.name)
        name = " ".join((self.timeline.name or "").split()) or UNTITLED
        return replace(new_project(name), rate=self._rate())

    def _rate(self) -> Fraction:
        clip = next((c for t in self.timeline.tracks for c in t if isinstance(c, otio.schema.Clip)), None)
        start = self.timeline.global_start_time
        found = clip.trimmed_range().duration.rate if clip is not None else start.rate if start else 25.0
        return rate_of(found)

    def _note(self, text: str) -> None:
        self.notes[text] = self.notes.get(text, 0) + 1

    def _id(self, wanted: str) -> str:
        """An id that nothing else has: two copies of one clip carry the same metadata."""
        found, number = wanted, 2
        while found in self.taken:
            found, number = f"{wanted}.{number}", number + 1
        self.taken.add(found)
        return found

    # ---- tracks ---------------------------------------------------------------------------------------------------

    def _track(self, item: Any, number: int, rate: Fraction) -> Track | None:
        kind = next((ours for ours, theirs in KINDS.items() if theirs == getattr(item, "kind", None)), None)
        if kind is None:
            self._note(tr("A track of a kind that is not known here was left out"))
            return None
        ours = _ours(item).get("track")
        if ours is not None:
            track = _typed(ours, Track, item.name)
        else:
            track = Track(TrackId(new_id("track")), kind, item.name or f"{kind.value.capitalize()} {number + 1}")
        track = replace(track, id=TrackId(self._id(track.id)), is_on=bool(item.enabled))
        clips = tuple(sorted(self._clips(item, kind, rate), key=lambda c: c.start))
        return replace(track, clips=clips)

    def _clips(self, track: Any, kind: TrackKind, rate: Fraction) -> Iterator[Clip]:
        for child in track:
            if isinstance(child, otio.schema.Transition):
                self._note(tr("A transition became a cut"))
            elif isinstance(child, otio.schema.Clip):
                start = time_from(track.range_of_child(child).start_time)
                clip = self._clip(child, kind, start, rate)
                if clip is not None:
                    yield clip
            elif not isinstance(child, otio.schema.Gap):
                self._note(tr("A nested timeline was left out"))

    def _clip(self, item: Any, kind: TrackKind, start: Time, rate: Fraction) -> Clip | None:
        if any(isinstance(e, otio.schema.TimeEffect) for e in item.effects):
            self._note(tr("A change of speed was left out"))
        span = item.trimmed_range()
        source = TimeRange(time_from(span.start_time), time_from(span.start_time) + time_from(span.duration))
        ours = _ours(item).get("clip")
        if ours is not None:
            clip = _typed(ours, Clip, item.name)
            if same(clip.start, start, rate):
                start = clip.start
            if same(clip.source.start, source.start, rate) and same(clip.source.duration, source.duration, rate):
                source = clip.source
            if clip.is_adjustment or clip.media in self.media:
                return replace(clip, id=ClipId(self._id(clip.id)), name=item.name, start=start, source=source)
        if kind is TrackKind.ADJUSTMENT:
            return None
        return self._foreign(item, start, source, rate)

    def _foreign(self, item: Any, start: Time, source: TimeRange, rate: Fraction) -> Clip | None:
        """A clip that another program made, held inside its medium. Our source time counts from a medium's first frame."""
        reference = item.media_reference
        if not isinstance(reference, otio.schema.ExternalReference) or not reference.target_url:
            self._note(tr("A clip without a file was left out"))
            return None
        known = reference.available_range
        began = time_from(known.start_time) if known is not None else ZERO
        if source.start < began:
            began = ZERO
        source = TimeRange(source.start - began, source.end - began)
        needed = max(source.end, time_from(known.duration) if known is not None else ZERO)
        facts = self._medium(path_of(reference.target_url, self.folder), needed, rate)
        length = facts.video.duration
        if source.start >= length:
            self._note(tr("A clip of {name} lies beyond its end and was left out", name=Path(facts.path).name))
            return None
        if source.end > length:
            if source.end > length + Time.from_frame(1, rate):
                self._note(tr("A clip reached beyond the end of {name} and was cut there", name=Path(facts.path).name))
            source = TimeRange(source.start, length)
        self.media[facts.id] = facts
        return Clip(ClipId(self._id(new_id("clip"))), facts.id, item.name or Path(facts.path).name, start, source)

    def _medium(self, path: str, needed: Time, rate: Fraction) -> MediaFacts:
        known = self.by_path.get(path)
        if known is None:
            try:
                known = self.probe(path)
            except MediaError:
                self._note(tr("{name} is not where the timeline says, and is marked as missing", name=Path(path).name))
                known = missing_media(path, needed, rate)
            self.by_path[path] = known
        elif known.id.startswith(_MISSING) and known.video.duration < needed:
            known = self.by_path[path] = missing_media(path, needed, rate)
        return known

    # ---- markers --------------------------------------------------------------------------------------------------

    def _markers(self, rate: Fraction) -> tuple[Marker, ...]:
        found: dict[Time, Marker] = {}
        for item in self.timeline.tracks.markers:
            at = time_from(item.marked_range.start_time)
            ours = _ours(item).get("marker")
            if ours is not None:
                marker = _typed(ours, Marker, item.name)
                at = marker.time if same(marker.time, at, rate) else at
                marker = replace(marker, time=at)
            else:
                color = next((c for c, theirs in COLORS.items() if theirs == item.color), MarkerColor.BLUE)
                marker = Marker(MarkerId(new_id("marker")), at, item.name or "", item.comment or "", color)
            if at >= ZERO:
                found.setdefault(at, replace(marker, id=MarkerId(self._id(marker.id))))
        return tuple(found[at] for at in sorted(found))


_MISSING: Final = "missing-"
"""Begins the id of a medium that was never read: no file has it, so only its name can find it again."""


def missing_media(path: str, length: Time, rate: Fraction) -> MediaFacts:
    """What stands for a file that nobody has seen: as long as it is needed, of a usual size."""
    frames = max(1, length.to_frame_ceil(rate))
    width, height = _LARGE
    video = VideoFacts(
        codec="unknown",
        width=width,
        height=height,
        coded_width=width,
        coded_height=height,
        rotation_deg=0,
        pixel_format="unknown",
        bit_depth=8,
        sample_aspect=Fraction(1),
        rate=rate,
        is_variable_rate=False,
        frame_count=frames,
        start=ZERO,
        duration=Time.from_frame(frames, rate),
        color=ColorTags(),
    )
    digest = hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return MediaFacts(MediaId(f"{_MISSING}{digest}"), path, MediaKind.FILM, "unknown", video)


def path_of(url: str, folder: Path) -> str:
    """The absolute path that a media reference means: a `file:` URL, or a path that may be relative to the timeline's folder."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        path = unquote(parts.path)
        return path[1:] if len(path) > 2 and path[2] == ":" else path
    if len(parts.scheme) > 1:
        return url
    return str(folder / unquote(url))


def _linked(tracks: tuple[Track, ...]) -> tuple[Track, ...]:
    """Sound of the same medium at the same place as a picture belongs to it, where nothing else was said."""
    pictures = {
        (c.media, c.start, c.source): c for t in tracks if t.kind is TrackKind.VIDEO for c in t.clips if not c.link
    }
    pairs: dict[ClipId, LinkId] = {}
    for track in tracks:
        for clip in track.clips if track.kind is TrackKind.AUDIO else ():
            picture = pictures.pop((clip.media, clip.start, clip.source), None) if not clip.link else None
            if picture is not None:
                pairs[picture.id] = pairs[clip.id] = LinkId(f"{picture.id}.link")
    if not pairs:
        return tracks
    return tuple(
        replace(t, clips=tuple(replace(c, link=pairs[c.id]) if c.id in pairs else c for c in t.clips)) for t in tracks
    )


def _ours(item: Any) -> Mapping[str, Any]:
    """Our part of an item's metadata as plain dictionaries; empty where there is none."""
    found = item.metadata.get(OURS)
    with suppress(TypeError, ValueError):
        value = json.loads(otio.core.serialize_json_to_string(found, indent=-1)) if found is not None else {}
        if isinstance(value, dict):
            return value
    return {}


def _typed(value: object, kind: type[T], name: str) -> T:
    try:
        return cast(T, from_builtins(value, kind))
    except msgspec.ValidationError as error:
        raise ProjectError(
            tr(
                "{name} holds metadata of Weathervane that is damaged: {error}.",
                name=name or tr("The timeline"),
                error=error,
            )
        ) from None
