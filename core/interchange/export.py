"""A project as a timeline of OpenTimelineIO. What only we know travels along as metadata, so that it comes back whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final

import msgspec
import opentimelineio as otio

from core.document.media_edits import media_name
from core.document.model import Clip, Marker, MarkerColor, Project, Track, TrackKind
from core.document.storage import to_json
from core.document.upgrades import SCHEMA
from core.interchange.times import ranged, rational
from core.media.facts import MediaFacts
from core.timebase import ZERO, Time, TimeRange

OURS: Final = "weathervane"
"""Our part of every metadata dictionary."""
KINDS: Final = {
    TrackKind.VIDEO: otio.schema.TrackKind.Video,
    TrackKind.AUDIO: otio.schema.TrackKind.Audio,
    TrackKind.ADJUSTMENT: "Adjustment",
}
"""An adjustment track is a kind that others do not know and so leave alone: shown, it would cover the pictures."""
COLORS: Final = {
    MarkerColor.BLUE: "BLUE",
    MarkerColor.GREEN: "GREEN",
    MarkerColor.YELLOW: "YELLOW",
    MarkerColor.RED: "RED",
    MarkerColor.PINK: "PINK",
    MarkerColor.WHITE: "WHITE",
}


def timeline_of(project: Project) -> otio.schema.Timeline:
    """Every track, clip, gap, medium and marker, with all that the project says of them in `metadata["weathervane"]`."""
    timeline = otio.schema.Timeline(project.name)
    frame = replace(project, tracks=(), markers=())
    timeline.metadata[OURS] = {"schema": SCHEMA, "project": plain(frame)}
    timeline.global_start_time = rational(ZERO, project.rate)
    for track in project.tracks:
        timeline.tracks.append(_track(track, project))
    for marker in project.markers:
        timeline.tracks.markers.append(_marker(marker, project))
    return timeline


def plain(value: object) -> Any:
    """A value of the document as dictionaries, lists and words."""
    return msgspec.json.decode(to_json(value))


def _track(track: Track, project: Project) -> otio.schema.Track:
    made = otio.schema.Track(track.name, kind=KINDS[track.kind])
    made.enabled = track.is_on
    made.metadata[OURS] = {"track": plain(replace(track, clips=()))}
    cursor = ZERO
    for clip in track.clips:
        if clip.start > cursor:
            made.append(otio.schema.Gap(source_range=ranged(TimeRange(ZERO, clip.start - cursor), project.rate)))
        made.append(_clip(clip, project))
        cursor = clip.span.end
    return made


def _clip(clip: Clip, project: Project) -> otio.schema.Clip:
    made = otio.schema.Clip(clip.name, source_range=ranged(clip.source, project.rate))
    made.metadata[OURS] = {"clip": plain(clip)}
    facts = next((m for m in project.media if m.id == clip.media), None)
    made.media_reference = _reference(facts, project) if facts else otio.schema.MissingReference()
    return made


def _reference(facts: MediaFacts, project: Project) -> otio.schema.ExternalReference:
    length = TimeRange(ZERO, facts.video.duration)
    made = otio.schema.ExternalReference(path_url(facts.path), ranged(length, project.rate))
    made.name = media_name(project, facts)
    made.metadata[OURS] = {"media": facts.id}
    return made


def path_url(path: str) -> str:
    """A `file:` URL of an absolute path of either system."""
    windows = PureWindowsPath(path)
    return windows.as_uri() if windows.drive else PurePosixPath(path).as_uri()


def _marker(marker: Marker, project: Project) -> otio.schema.Marker:
    frame = Time.from_frame(1, project.rate)
    span = ranged(TimeRange(marker.time, marker.time + frame), project.rate)
    made = otio.schema.Marker(marker.name, span, COLORS[marker.color])
    made.comment = marker.note
    made.metadata[OURS] = {"marker": plain(marker)}
    return made
