"""Builders: media facts, clips and projects without any file, for everybody's tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from core.document.model import Clip, Look, Mask, Project, Stroke, StrokeMode, StrokePoint, Track, TrackKind
from core.ids import ClipId, LinkId, MaskId, MediaId, ProjectId, TrackId
from core.media.facts import ColorTags, MediaFacts, MediaKind, VideoFacts
from core.timebase import ZERO, Time, TimeRange


def a_media(
    name: str = "road.mp4",
    *,
    frames: int = 48,
    rate: Fraction | int = 25,
    width: int = 1920,
    height: int = 1080,
    folder: str = "/footage",
) -> MediaFacts:
    """A film of `frames` frames at a constant rate; its id follows from its name."""
    rate = Fraction(rate)
    video = VideoFacts(
        codec="h264",
        width=width,
        height=height,
        coded_width=width,
        coded_height=height,
        rotation_deg=0,
        pixel_format="yuv420p",
        bit_depth=8,
        sample_aspect=Fraction(1),
        rate=rate,
        is_variable_rate=False,
        frame_count=frames,
        start=ZERO,
        duration=Time.from_frame(frames, rate),
        color=ColorTags("bt709", "bt709", "bt709"),
    )
    return MediaFacts(MediaId(f"media-{name}"), f"{folder}/{name}", MediaKind.FILM, "mp4", video)


def a_clip(
    media: MediaFacts,
    number: int = 0,
    *,
    start: Time = ZERO,
    source: TimeRange | None = None,
    look: Look | None = None,
    masks: Iterable[Mask] = (),
) -> Clip:
    """A clip named `clip-<number>` of the whole media unless `source` says otherwise."""
    return Clip(
        id=ClipId(f"clip-{number}"),
        media=media.id,
        name=media.path.rsplit("/", 1)[-1],
        start=start,
        source=source or TimeRange(ZERO, media.video.duration),
        look=look or Look(),
        masks=tuple(masks),
    )


def a_project(
    *, clips: int = 1, media: MediaFacts | None = None, look: Look | None = None, masks: Iterable[Mask] = ()
) -> Project:
    """`clips` clips of one media end to end on one track, `clip-0` first; the first one wears `look` and `masks`.

    Where the media has sound, a track of audio clips lies below, `clip-0.sound` linked to `clip-0`.
    """
    facts = media or a_media()
    length = facts.video.duration.seconds
    made = [a_clip(facts, n, start=Time(n * length)) for n in range(clips)]
    if made:
        made[0] = replace(made[0], look=look or Look(), masks=tuple(masks))
    track = Track(TrackId("track-0"), TrackKind.VIDEO, "Video 1", tuple(made))
    project = Project(
        id=ProjectId("project-0"),
        rate=facts.video.rate,
        width=facts.video.width,
        height=facts.video.height,
        media=(facts,) if clips else (),
        tracks=(track,) if clips else (),
    )
    return with_sound(project)


def with_sound(project: Project) -> Project:
    """The project with the sound of its picture clips on audio tracks, linked: `clip-0` gets `clip-0.sound`."""
    audible = {facts.id for facts in project.media if facts.audio}
    pictures, sounds = list[Track](), list[Track]()
    for track in project.tracks:
        linked = tuple(replace(c, link=LinkId(f"{c.id}.link")) if c.media in audible else c for c in track.clips)
        heard = [replace(c, id=ClipId(f"{c.id}.sound"), look=Look(), masks=()) for c in linked if c.media in audible]
        pictures.append(replace(track, clips=linked))
        if heard:
            sounds.append(Track(TrackId(f"{track.id}.sound"), TrackKind.AUDIO, "Audio", tuple(heard)))
    return replace(project, tracks=(*pictures, *sounds))


def a_stroke(
    *points: tuple[float, float],
    radius: float = 0.1,
    hardness: float = 0.5,
    flow: float = 1.0,
    mode: StrokeMode = StrokeMode.ADD,
) -> Stroke:
    """A stroke through these points (one dab in the middle if there are none)."""
    dabs = tuple(StrokePoint(x, y) for x, y in points or ((0.5, 0.5),))
    return Stroke(dabs, radius, hardness, flow, mode)


def a_mask(*strokes: Stroke, number: int = 0) -> Mask:
    """A mask named `mask-<number>` with these strokes (one dab if there are none)."""
    return Mask(MaskId(f"mask-{number}"), f"Mask {number + 1}", strokes or (a_stroke(),))
