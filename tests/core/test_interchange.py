"""Timelines go out to other programs and come back: ours whole, theirs as far as both know the same things."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from builders import a_clip, a_mask, a_media, a_project
from command_scripts import MEDIA, scripts
from films import add_tone, number_film
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.condition import RAIN, Condition
from core.document.commands import AddClip, AddMarker, AddTrack, AnyCommand, SetKeyframe, SetMarker, SetTrack, clip_from
from core.document.model import Look, MarkerColor, Project, Track, TrackKind
from core.errors import EditRejected, ExportError, MediaError, ProjectError
from core.ids import ClipId, MarkerId, TrackId
from core.interchange.export import timeline_of
from core.interchange.formats import EDL, FCPXML, OTIO, losses, read_timeline, write_timeline
from core.interchange.load import project_from
from core.media.facts import MediaFacts
from core.media.probe import probe
from core.timebase import ZERO, Time, TimeRange

RICH = a_project(clips=3, media=MEDIA[0], look=Look(base=Condition.of({RAIN: 0.5})), masks=[a_mask()])


def nothing_there(path: str) -> MediaFacts:
    raise MediaError(f"{path} does not exist.")


def there_and_back(project: Project) -> Project:
    """Through the very text of a file."""
    text = otio.adapters.write_to_string(timeline_of(project), "otio_json")
    read = otio.adapters.read_from_string(text, "otio_json")
    imported = project_from(read, Path("/nowhere"), nothing_there)
    assert imported.notes == ()
    return imported.project


def after(project: Project, script: list[AnyCommand]) -> Project:
    for command in script:
        try:
            project = command.apply(project).project
        except EditRejected:
            continue
    return project


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([RICH, a_project(clips=0)]), scripts)
def test_any_project_comes_back_equal(project: Project, script: list[AnyCommand]) -> None:
    made = after(project, script)
    assert there_and_back(made) == made


def test_conditions_curves_masks_and_markers_stand_in_the_file_as_words(tmp_path: Path) -> None:
    project = after(
        RICH, [SetKeyframe(ClipId("clip-0"), RAIN, ZERO, 0.25), a_marker(), SetMarker(MarkerId("m-1"), "dusk")]
    )
    out = tmp_path / "cut.otio"
    assert write_timeline(project, out) == ()
    text = out.read_text()
    assert '"rain"' in text
    assert '"strokes"' in text
    assert '"dusk"' in text
    assert read_timeline(out).project == project


def a_marker() -> AddMarker:
    return AddMarker(MarkerId("m-1"), Time(Fraction(2, 25)), MarkerColor.RED)


def test_what_another_program_moved_counts_over_what_was_written() -> None:
    timeline = timeline_of(RICH)
    track = timeline.tracks[0]
    first = track[0]
    first.source_range = otio.opentime.TimeRange(otio.opentime.RationalTime(2, 25), otio.opentime.RationalTime(4, 25))
    track.insert(0, otio.schema.Gap(source_range=otio.opentime.TimeRange(duration=otio.opentime.RationalTime(10, 25))))
    project = project_from(timeline, Path("/nowhere"), nothing_there).project
    clip = project.clip(ClipId("clip-0"))
    assert clip.start == Time(Fraction(10, 25))
    assert clip.source == TimeRange(Time(Fraction(2, 25)), Time(Fraction(6, 25)))
    assert clip.look == RICH.clip(ClipId("clip-0")).look
    assert project.clip(ClipId("clip-1")).start == Time(Fraction(14, 25))


def test_a_clip_that_was_copied_elsewhere_gets_an_id_of_its_own() -> None:
    timeline = timeline_of(a_project())
    timeline.tracks[0].append(timeline.tracks[0][0].clone())
    project = project_from(timeline, Path("/nowhere"), nothing_there).project
    assert [c.id for c in project.clips()] == ["clip-0", "clip-0.2"]


def a_foreign_timeline(url: str) -> otio.schema.Timeline:
    """Of a program that knows nothing of ours: start timecode of an hour, a gap, a transition, a nested stack."""
    at = otio.opentime.RationalTime
    span = otio.opentime.TimeRange
    timeline = otio.schema.Timeline("Reel 2")
    hour = 24 * 3600
    clip = otio.schema.Clip(
        "shot 1",
        otio.schema.ExternalReference(url, span(at(hour, 24), at(40, 24))),
        span(at(hour + 6, 24), at(10, 24)),
    )
    picture = otio.schema.Track("V1", kind="Video")
    picture.append(otio.schema.Gap(source_range=span(duration=at(5, 24))))
    picture.append(clip)
    picture.append(otio.schema.Transition(in_offset=at(1, 24), out_offset=at(1, 24)))
    picture.append(clip.clone())
    picture.append(otio.schema.Stack())
    sound = otio.schema.Track("A1", kind="Audio")
    sound.append(otio.schema.Gap(source_range=span(duration=at(5, 24))))
    sound.append(clip.clone())
    timeline.tracks.extend([picture, sound])
    return timeline


def test_a_timeline_of_another_program_finds_its_files_beside_it(tmp_path: Path) -> None:
    pts = [n * 512 for n in range(40)]
    add_tone(number_film(tmp_path / "silent.mp4", 40, pts=pts, time_base=Fraction(1, 12288)), tmp_path / "shot.mov")
    imported = project_from(a_foreign_timeline("shot.mov"), tmp_path, probe)
    project = imported.project
    assert (project.name, project.rate, project.width) == ("Reel 2", 24, 64)
    first, second = project.tracks[0].clips
    assert (first.start, first.source) == (
        Time(Fraction(5, 24)),
        TimeRange(Time(Fraction(6, 24)), Time(Fraction(16, 24))),
    )
    assert second.start == Time(Fraction(15, 24))
    (sound,) = project.tracks[1].clips
    assert sound.link is not None
    assert sound.link == first.link
    assert set(imported.notes) == {"A transition became a cut.", "A nested timeline was left out."}


def test_files_that_are_not_there_become_missing_media_long_enough() -> None:
    imported = project_from(a_foreign_timeline("file:///gone/shot.mov"), Path("/nowhere"), nothing_there)
    (facts,) = imported.project.media
    assert facts.path == "/gone/shot.mov"
    assert facts.video.frame_count == 40
    assert "shot.mov is not where the timeline says, and is marked as missing." in imported.notes
    assert len(list(imported.project.clips())) == 3


def test_losses_are_named_before_anything_is_written() -> None:
    project = after(
        RICH,
        [
            a_marker(),
            AddTrack(TrackId("up"), TrackKind.VIDEO),
            AddClip(MEDIA[1], ClipId("top"), TrackId("up"), ZERO),
            AddTrack(TrackId("off"), TrackKind.VIDEO),
            SetTrack(TrackId("off"), is_on=False),
        ],
    )
    assert losses(project, OTIO) == ()
    assert losses(project, FCPXML) == ("the conditions of 1 clip", "1 mask", "1 marker", "1 track that is off")
    assert losses(project, EDL)[-1] == "2 picture tracks, of which one remains with what is seen"


def cut(tmp_path: Path) -> Project:
    """Two clips of a real film with sound, the second trimmed, with a gap between."""
    facts = probe(add_tone(number_film(tmp_path / "a.mp4", 25), tmp_path / "shot.mov"))
    project = a_project(clips=0)
    project = clip_from(project, facts).apply(project).project
    later = clip_from(project, facts, Time(Fraction(30, 25)), TimeRange(Time(Fraction(5, 25)), Time(Fraction(15, 25))))
    return later.apply(project).project


@pytest.mark.parametrize("ending", ["edl", "fcpxml"])
def test_older_formats_keep_the_cut(tmp_path: Path, ending: str) -> None:
    project = cut(tmp_path)
    out = tmp_path / f"cut.{ending}"
    write_timeline(project, out)
    read = read_timeline(out).project
    pictures = [(c.start, c.source) for c in read.tracks_of(TrackKind.VIDEO)[0].clips]
    assert pictures == [(c.start, c.source) for c in project.tracks_of(TrackKind.VIDEO)[0].clips]
    assert {m.path for m in read.media} == {m.path for m in project.media}


def test_an_edl_shows_what_lies_on_top(tmp_path: Path) -> None:
    low, high = a_media("low.mp4", frames=50), a_media("high.mp4", frames=10)
    tracks = (
        Track(TrackId("v1"), TrackKind.VIDEO, "V1", (a_clip(low, 0),)),
        Track(TrackId("v2"), TrackKind.VIDEO, "V2", (a_clip(high, 1, start=Time(Fraction(20, 25))),)),
    )
    project = replace(a_project(media=low), media=(low, high), tracks=tracks)
    write_timeline(project, tmp_path / "x.edl")
    text = (tmp_path / "x.edl").read_text()
    assert [line.split(":")[1].strip() for line in text.splitlines() if "FROM CLIP NAME" in line] == [
        "low.mp4",
        "high.mp4",
        "low.mp4",
    ]


def test_what_cannot_be_written_or_read_is_one_sentence(tmp_path: Path) -> None:
    odd = a_project(media=a_media(rate=Fraction(25, 2)))
    with pytest.raises(ExportError, match=r"odd\.edl cannot be written as EDL, CMX 3600: "):
        write_timeline(odd, tmp_path / "odd.edl")
    assert not (tmp_path / "odd.edl").exists()
    with pytest.raises(ProjectError, match=r"must end in one of \.otio, \.edl, \.fcpxml"):
        write_timeline(odd, tmp_path / "odd.xyz")
    (tmp_path / "bad.otio").write_text("{]")
    with pytest.raises(ProjectError, match=r"bad\.otio cannot be read as OpenTimelineIO"):
        read_timeline(tmp_path / "bad.otio")
    with pytest.raises(ProjectError, match="does not exist"):
        read_timeline(tmp_path / "none.otio")
