"""Ripple, roll, slip, slide, moving and pasting, each by its claim; the laws for any script are in test_document_laws."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from builders import a_clip, a_media, a_project

from core.document.commands import (
    AddClip,
    AddMarker,
    AnyCommand,
    CloseGap,
    LinkClips,
    MoveClip,
    MoveClips,
    PasteClips,
    RemoveClip,
    RippleDelete,
    RippleTrimIn,
    RippleTrimOut,
    RollCut,
    SetTrack,
    SlideClip,
    SlipClip,
    SplitClip,
    TrimIn,
    TrimOut,
    clip_from,
)
from core.document.edits import Placement
from core.document.model import Project, Track, TrackKind
from core.document.upgrades import PROJECT_STEPS
from core.errors import EditRejected
from core.ids import ClipId, LinkId, MarkerId, TrackId
from core.media.facts import AudioFacts, MediaFacts
from core.timebase import ZERO, Time, TimeRange

A, B, C = (ClipId(f"clip-{n}") for n in range(3))
ABOVE, SOUND = TrackId("track-1"), TrackId("track-2")


def at(frame: int) -> Time:
    return Time.from_frame(frame, Fraction(25))


def done(project: Project, *commands: AnyCommand) -> Project:
    for command in commands:
        project = command.apply(project).project
    return project


def cut(project: Project, track: str = "track-0") -> list[tuple[str, int, int, int]]:
    """A track as an editor reads it: clip, first and end frame on the timeline, first frame of its media."""
    lane = next(t for t in project.tracks if t.id == track)
    return [
        (c.id, int(c.start.seconds * 25), int(c.span.end.seconds * 25), int(c.source.start.seconds * 25))
        for c in lane.clips
    ]


@pytest.fixture
def three() -> Project:
    """Three clips of frames 10 to 30 of a 48 frame medium, end to end."""
    project = a_project(clips=3)
    (track,) = project.tracks
    clips = tuple(replace(c, start=at(20 * n), source=TimeRange(at(10), at(30))) for n, c in enumerate(track.clips))
    return replace(project, tracks=(replace(track, clips=clips),))


def with_overlay(project: Project, first: int, end: int) -> Project:
    """A clip `clip-9` on a second picture track."""
    clip = a_clip(project.media[0], 9, start=at(first), source=TimeRange(ZERO, at(end - first)))
    return replace(project, tracks=(*project.tracks, Track(ABOVE, TrackKind.VIDEO, "Video 2", (clip,))))


def heard(frames: int = 48) -> MediaFacts:
    return replace(a_media(frames=frames), audio=(AudioFacts(1, "aac", 2, 48_000, ZERO, at(frames)),))


def test_ripple_delete_closes_the_gap_on_every_open_track(three: Project) -> None:
    project = done(with_overlay(three, 45, 55), RippleDelete((B,)))
    assert cut(project) == [(A, 0, 20, 10), (C, 20, 40, 10)]
    assert cut(project, ABOVE) == [("clip-9", 25, 35, 0)]


def test_a_ripple_passes_locked_tracks_by(three: Project) -> None:
    project = done(with_overlay(three, 45, 55), SetTrack(ABOVE, is_locked=True), RippleDelete((B,)))
    assert cut(project, ABOVE) == [("clip-9", 45, 55, 0)]


def test_a_ripple_into_another_clip_is_rejected_and_names_it(three: Project) -> None:
    project = with_overlay(three, 30, 42)
    more = a_clip(three.media[0], 8, start=at(45), source=TimeRange(ZERO, at(5)))
    top = project.tracks[1]
    project = replace(project, tracks=(project.tracks[0], replace(top, clips=(*top.clips, more))))
    with pytest.raises(EditRejected, match=r"road\.mp4.*Video 2"):
        RippleDelete((B,)).apply(project)


def test_a_ripple_trim_keeps_the_clip_in_its_place_and_all_that_follows_in_touch(three: Project) -> None:
    assert cut(done(three, RippleTrimIn(B, at(25)))) == [(A, 0, 20, 10), (B, 20, 35, 15), (C, 35, 55, 10)]
    assert cut(done(three, RippleTrimOut(B, at(44)))) == [(A, 0, 20, 10), (B, 20, 44, 10), (C, 44, 64, 10)]
    assert cut(done(three, RippleTrimOut(B, at(90))))[1] == (B, 20, 58, 10), "the media ends it"
    assert cut(done(three, RippleTrimIn(B, at(90))))[1] == (B, 20, 21, 29), "a frame stays"


def test_a_roll_moves_the_cut_and_nothing_else(three: Project) -> None:
    assert cut(done(three, RollCut(A, at(26)))) == [(A, 0, 26, 10), (B, 26, 40, 16), (C, 40, 60, 10)]
    assert cut(done(three, RollCut(A, at(2))))[:2] == [(A, 0, 10, 10), (B, 10, 40, 0)], "B has no more media"
    with pytest.raises(EditRejected, match="No clip follows"):
        RollCut(C, at(50)).apply(three)


def test_a_slip_shows_other_media_in_the_same_place(three: Project) -> None:
    assert cut(done(three, SlipClip(B, at(7))))[1] == (B, 20, 40, 17)
    assert cut(done(three, SlipClip(B, ZERO - at(50))))[1] == (B, 20, 40, 0)


def test_a_slide_takes_from_one_neighbour_and_gives_to_the_other(three: Project) -> None:
    assert cut(done(three, SlideClip(B, at(24)))) == [(A, 0, 24, 10), (B, 24, 44, 10), (C, 44, 60, 14)]
    assert cut(done(three, SlideClip(B, at(5))))[1][1] == 10, "C has ten frames before its in point"


def test_moved_clips_overwrite_what_lies_there_and_cut_what_they_fall_into(three: Project) -> None:
    project = with_overlay(three, 70, 80)
    moved = done(project, MoveClips((ClipId("clip-9"),), ZERO - at(45), -1))
    assert cut(moved) == [
        (A, 0, 20, 10),
        (B, 20, 25, 10),
        ("clip-9", 25, 35, 0),
        ("clip-1~2", 35, 40, 25),
        (C, 40, 60, 10),
    ]
    assert cut(moved, ABOVE) == []
    with pytest.raises(EditRejected, match="no track there"):
        MoveClips((A,), ZERO, 1).apply(three)


def test_an_insert_lets_everything_later_follow(three: Project) -> None:
    clip = a_clip(three.media[0], 7, start=at(30), source=TimeRange(ZERO, at(10)))
    project = done(three, AddMarker(MarkerId("m"), at(50)), PasteClips(((TrackId("track-0"), clip),), Placement.INSERT))
    assert cut(project) == [
        (A, 0, 20, 10), (B, 20, 30, 10), ("clip-7", 30, 40, 0), ("clip-1~2", 40, 50, 20), (C, 50, 70, 10)
    ]  # fmt: skip
    assert project.markers[0].time == at(60)


def test_a_gap_is_closed_where_there_is_one(three: Project) -> None:
    gapped = done(three, RemoveClip(B))
    assert cut(done(gapped, CloseGap(TrackId("track-0"), at(25)))) == [(A, 0, 20, 10), (C, 20, 40, 10)]
    for where in (at(5), at(70)):
        with pytest.raises(EditRejected):
            CloseGap(TrackId("track-0"), where).apply(gapped)


def test_markers_in_a_gap_that_closes_are_kept(three: Project) -> None:
    marked = done(three, *(AddMarker(MarkerId(f"m{n}"), at(n)) for n in (20, 40, 41)))
    assert [int(m.time.seconds * 25) for m in done(marked, RippleDelete((B,))).markers] == [20, 21, 22]


def test_a_picture_comes_with_its_sound_and_both_are_edited_together() -> None:
    command = clip_from(a_project(clips=0), heard())
    assert command.sound is not None
    project = done(a_project(clips=0), command)
    picture, sound = project.clip(command.clip), project.clip(command.sound)
    assert picture.link == sound.link is not None
    for edit in (
        TrimIn(picture.id, at(5)),
        TrimOut(sound.id, at(40)),
        MoveClip(picture.id, at(9)),
        SlipClip(sound.id, at(0)),
    ):
        project = done(project, edit)
        a, b = project.clip(picture.id), project.clip(sound.id)
        assert (a.span, a.source) == (b.span, b.source), edit
    split = done(project, SplitClip(picture.id, at(20), ClipId("tail")))
    tails = [c for c in split.clips() if c.start == at(20)]
    assert len(tails) == 2
    assert tails[0].link == tails[1].link not in (None, picture.link)
    assert not list(done(project, RemoveClip(sound.id)).clips())
    alone = done(project, RemoveClip(sound.id, alone=True))
    assert [c.id for c in alone.clips()] == [picture.id]
    assert not list(alone.sounds())


def test_unlinked_clips_go_their_own_ways() -> None:
    command = clip_from(a_project(clips=0), heard())
    project = done(a_project(clips=0), command, LinkClips((command.clip,), None), TrimIn(command.clip, at(5)))
    assert command.sound is not None
    assert project.clip(command.sound).start == ZERO
    again = done(project, LinkClips((command.clip, command.sound), LinkId("again")))
    assert {c.link for c in again.clips()} == {LinkId("again")}


def test_sound_is_heard_only_from_audio_tracks_that_are_on() -> None:
    project = done(a_project(clips=0), clip_from(a_project(clips=0), heard()))
    (track,) = project.tracks_of(TrackKind.AUDIO)
    assert len(list(project.sounds())) == 1
    assert not list(done(project, SetTrack(track.id, is_on=False)).sounds())


def test_a_hidden_picture_track_shows_what_lies_below(three: Project) -> None:
    project = with_overlay(three, 0, 10)
    seen = project.video_clip_at(at(5))
    below = done(project, SetTrack(ABOVE, is_on=False)).video_clip_at(at(5))
    assert (seen and seen.id, below and below.id) == ("clip-9", A)
    (dirty,) = SetTrack(ABOVE, is_on=False).apply(project).changes.dirty
    assert dirty == TimeRange(ZERO, at(10))


def test_nothing_on_a_locked_track_can_be_edited(three: Project) -> None:
    locked = done(three, SetTrack(TrackId("track-0"), is_locked=True))
    edits: tuple[AnyCommand, ...] = (
        TrimIn(A, at(3)), TrimOut(A, at(3)), MoveClip(C, at(80)), RemoveClip(A), RippleDelete((A,)), RollCut(A, at(10)),
        SlipClip(A, at(1)), SlideClip(B, at(21)), RippleTrimIn(A, at(3)), RippleTrimOut(A, at(3)), MoveClips((A,), at(90)),
        SplitClip(A, at(5), ClipId("tail")), AddClip(three.media[0], ClipId("new"), TrackId("track-0"), at(90)),
        PasteClips(((TrackId("track-0"), a_clip(three.media[0], 7, start=at(90))),)),
    )  # fmt: skip
    for edit in edits:
        with pytest.raises(EditRejected, match="locked"):
            edit.apply(locked)


def test_sound_that_followed_its_picture_becomes_a_linked_clip() -> None:
    clip = {"id": "c", "media": "m", "name": "road", "start": {"seconds": "0/1"}, "source": {}, "look": {}, "masks": []}
    silent = {**clip, "id": "d", "media": "n"}
    old = {
        "media": [{"id": "m", "audio": [{"codec": "aac"}]}, {"id": "n", "audio": []}],
        "tracks": [{"id": "t", "kind": "video", "name": "Video 1", "clips": [clip, silent]}],
    }
    picture, sound = PROJECT_STEPS[3](old)["tracks"]
    assert [c.get("link") for c in picture["clips"]] == ["c.link", None]
    assert (sound["kind"], sound["name"]) == ("audio", "Audio 1")
    assert sound["clips"] == [
        {"id": "c.sound", "link": "c.link", "media": "m", "name": "road", "start": {"seconds": "0/1"}, "source": {}}
    ]
