"""The project file: whole or not at all, portable, and honest about what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from builders import a_mask, a_media, a_project, a_stroke
from msgspec.structs import replace as replace_form

from core.condition import RAIN, SUN, SUN_ELEVATION, Condition
from core.document import storage
from core.document.commands import AddAdjustment
from core.document.mask_shapes import EllipseShape, Shape, ShapeKey
from core.document.model import (
    ADJUSTMENT_START,
    Curve,
    Interpolation,
    Keyframe,
    Look,
    Marker,
    MarkerColor,
    Mask,
    Project,
    SceneEdits,
    StrokeMode,
    Track,
    TrackKind,
)
from core.document.selectors import Follow, LockedMatte, Range, Selector, SelectorKind
from core.document.shapes import Handle
from core.document.storage import (
    backups,
    decode_project,
    encode_project,
    load_project,
    save_project,
)
from core.document.upgrades import SCHEMA, upgraded
from core.errors import ProjectError
from core.ids import ClipId, LinkId, MarkerId, MaskId, ShapeId, TrackId
from core.media.facts import AudioFacts, MediaKind
from core.objects import Box, Facing, Level, ObjectId, ObjectKind, SceneObject, Spot
from core.scene import Corrections, Presence, Sighting, SunAsShot
from core.timebase import ZERO, Time, TimeRange

DATA = Path(__file__).parents[1] / "data"
CAR = SceneObject(ObjectId("object-1"), ObjectKind.VEHICLE, (Spot(0, Box(0.4, 0.5, 0.5, 0.625)),), Facing.FRONT)
SAID = SceneEdits(
    Corrections(
        Presence.PRESENT, 0.45, 62.5, 1.25, SunAsShot(210.0, 33.5), (CAR,), (ObjectId("vehicle-1"), ObjectId("pole-2"))
    ),
    (a_stroke((0.1, 0.2), (0.3, 0.4)), a_stroke(mode=StrokeMode.ERASE)),
)
"""A word on everything that can be said of a scene in schema 2."""
SAID_3 = replace(
    SAID,
    corrections=replace(
        SAID.corrections,
        objects=(replace(CAR, strength=0.75, levels=(Level(0, 0.5), Level(12, 1.0))),),
        sightings=(Sighting(ObjectId("vehicle-1"), Spot(5, Box(0.1, 0.5, 0.2, 0.6))),),
    ),
)
"""And in schema 3: how strongly an object burns, and where what was taken away stood."""


def a_full_project() -> Project:
    """Something of everything that a file must carry."""
    curve = Curve(
        RAIN,
        (Keyframe(ZERO, 0.25, Interpolation.SMOOTH), Keyframe(Time(Fraction(1001, 1000)), 0.75, Interpolation.HOLD)),
    )
    look = Look(name="Night", base=Condition.of({SUN: 1.0, SUN_ELEVATION: -12.3}), amount=0.8, curves=(curve,), seed=7)
    media = a_media("wet road.mp4", frames=48, rate=Fraction(24000, 1001), width=1918, height=1079)
    project = a_project(clips=2, media=media, look=look, masks=(a_mask(a_stroke((0.1, 0.2), (0.3, 0.4))),))
    return replace(project, name="Straße bei Nacht", in_point=Time(Fraction(1001, 24000)))


def a_full_timeline() -> Project:
    """And of schema 4: sound of its own, switches, markers."""
    project = replace(a_full_project(), scenes=((a_full_project().media[0].id, SAID_3),))
    heard = replace(project.media[0], audio=(AudioFacts(1, "aac", 2, 48_000, ZERO, project.media[0].video.duration),))
    (track,) = project.tracks
    picture = replace(track.clips[0], link=LinkId("link-1"))
    sound = replace(picture, id=ClipId("clip-7"), look=Look(), masks=())
    tracks = (
        replace(track, clips=(picture, *track.clips[1:]), is_locked=True),
        Track(TrackId("track-7"), TrackKind.AUDIO, "Ton", (sound,), is_on=False),
    )
    markers = (
        Marker(MarkerId("marker-1"), ZERO),
        Marker(MarkerId("marker-2"), Time(Fraction(1001, 24000)), "Sky", "Too\nblue.", MarkerColor.RED),
    )
    return replace(project, media=(heard,), tracks=tracks, markers=markers)


def a_full_edit() -> Project:
    """And of schema 5: adjustment clips, Bézier handles, names of media."""
    project = a_full_timeline()
    bent = Curve(
        RAIN,
        (
            Keyframe(ADJUSTMENT_START, 0.25, Interpolation.BEZIER, out=Handle(0.25, 0.125)),
            Keyframe(ADJUSTMENT_START + Time(Fraction(1)), 0.75, Interpolation.EASE_OUT, into=Handle(0.5, -0.375)),
            Keyframe(ADJUSTMENT_START + Time(Fraction(2)), 0.5, Interpolation.EASE_IN),
        ),
    )
    over = AddAdjustment(ClipId("clip-8"), TimeRange(ZERO, Time(Fraction(1001, 1000))), TrackId("track-8"))
    project = over.apply(project).project
    project = project.with_clip(replace(project.clip(ClipId("clip-8")), look=Look(name="Over", curves=(bent,))))
    return replace(project, media_names=((project.media[0].id, "Straße, nass"),))


def a_full_mask() -> Project:
    """And of schema 6: masks that begin with a rule, follow, are locked, have keyed shapes; strokes of a frame."""
    project = a_full_edit()
    clip = next(project.pictures())
    at = [Time(Fraction(n * 1001, 24000)) for n in range(4)]
    ellipse = EllipseShape(0.5, 0.375, 0.25, 0.5, softness=0.0625)
    keys = tuple(ShapeKey(time, replace_form(ellipse, x=0.25 + n / 4)) for n, time in enumerate(at[:2]))
    mask = Mask(
        MaskId("mask-6"),
        "Schild",
        (a_stroke((0.25, 0.5)), replace(a_stroke((0.5, 0.5)), at=at[2], mirror=0.5)),
        shapes=(Shape(ShapeId("shape-0"), ellipse).with_keys(keys),),
        selector=Selector(SelectorKind.COLOR, hue=Range(330.0, 390.0, 10.0), saturation=Range(0.25, 1.0)),
        follow=Follow(at[1], at[0], at[3], (LockedMatte(at[3], b"\x89PNG\r\n\x1a\n"),)),
        steady=2,
    )
    return project.with_clip(replace(clip, masks=(*clip.masks, mask)))


def test_a_saved_project_loads_as_the_same_value(tmp_path: Path) -> None:
    path, project = tmp_path / "a.wvp", a_full_project()
    save_project(path, encode_project(project, 3, tmp_path))
    stored = load_project(path)
    assert stored.project == project
    assert stored.generation == 3


def test_the_golden_file_of_schema_1_still_loads_as_it_was_meant() -> None:
    assert load_project(DATA / "project_v1.wvp").project == a_full_project()


def test_the_golden_file_of_schema_2_still_loads_as_it_was_meant() -> None:
    project = a_full_project()
    assert load_project(DATA / "project_v2.wvp").project == replace(project, scenes=((project.media[0].id, SAID),))


def test_the_golden_file_of_schema_3_still_loads_as_it_was_meant() -> None:
    project = a_full_project()
    assert load_project(DATA / "project_v3.wvp").project == replace(project, scenes=((project.media[0].id, SAID_3),))


def test_the_golden_file_of_schema_4_still_loads_as_it_was_meant() -> None:
    assert load_project(DATA / "project_v4.wvp").project == a_full_timeline()


def test_the_golden_file_of_schema_5_still_loads_as_it_was_meant() -> None:
    assert load_project(DATA / "project_v5.wvp").project == a_full_edit()


def test_the_golden_file_of_schema_6_still_loads_as_it_was_meant() -> None:
    assert load_project(DATA / "project_v6.wvp").project == a_full_mask()


def test_a_project_from_a_newer_version_says_so(tmp_path: Path) -> None:
    path = tmp_path / "later.wvp"
    path.write_bytes(encode_project(a_project(), 1, tmp_path).replace(f'"schema":{SCHEMA}'.encode(), b'"schema":9'))
    with pytest.raises(ProjectError, match=r"later\.wvp was saved by a newer Weathervane \(project format 9"):
        load_project(path)


@pytest.mark.parametrize("what", ["flipped", "cut", "empty", "not a project"])
def test_a_damaged_file_is_recognised(tmp_path: Path, what: str) -> None:
    content = encode_project(a_full_project(), 1, tmp_path)
    middle = content.index(b"wet road")
    damaged = {
        "flipped": content[:middle] + b"W" + content[middle + 1 :],
        "cut": content[: len(content) // 2],
        "empty": b"",
        "not a project": b"\x00\x01\x02" * 999,
    }[what]
    path = tmp_path / "a.wvp"
    path.write_bytes(damaged)
    with pytest.raises(ProjectError, match=r"^a\.wvp "):
        load_project(path)


def resealed(content: bytes, change: str, to: str) -> bytes:
    """A file with one text replaced and a right checksum: what a careless program might write."""
    body = content.rpartition(b"\n#sha256 ")[0].decode()
    assert change in body
    sealed = body.replace(change, to, 1).encode()
    return sealed + b"\n#sha256 " + hashlib.sha256(sealed).hexdigest().encode() + b"\n"


@pytest.mark.parametrize(
    ("change", "to", "where"),
    [
        ('"rate":"24000/1001"', '"rate":23.976', "rate"),
        ('"rate":"24000/1001"', '"rate":"24000/0"', "rate"),
        ('"kind":"video"', '"kind":"smell"', r"tracks\[0\]\.kind"),
        ('["sun_elevation",-12.3]', '["sun_elevation",-99.0]', "clip-0"),
        ('"start":{"seconds":"0/1"},"source"', '"start":{"seconds":"1/1"},"source"', "overlap"),
        ('"id":"clip-1"', '"id":"clip-0"', "used twice"),
        ('"media":"media-wet road.mp4"', '"media":"media-gone"', "not in the project"),
        ('"amount":0.8', '"amount":8.0', "Amount"),
    ],
)
def test_a_value_that_breaks_the_schema_is_refused_with_its_place(
    tmp_path: Path, change: str, to: str, where: str
) -> None:
    content = resealed(encode_project(a_full_project(), 1, tmp_path), change, to)
    with pytest.raises(ProjectError, match=where):
        decode_project(content, "a.wvp", None)


def test_a_file_nested_beyond_reason_is_refused() -> None:
    deep = b"[" * 100_000
    content = deep + b"\n#sha256 " + hashlib.sha256(deep).hexdigest().encode() + b"\n"
    with pytest.raises(ProjectError, match="damaged"):
        decode_project(content, "a.wvp", None)


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.wvp"
    save_project(path, encode_project(a_project(), 1, tmp_path))
    old = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(ProjectError, match=r"a\.wvp cannot be saved: no space left on device"):
        save_project(path, encode_project(a_full_project(), 2, tmp_path))
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["a.wvp"]


def test_a_save_keeps_the_permissions_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    save_project(path, encode_project(a_project(), 1, tmp_path))
    path.chmod(0o640)
    save_project(path, encode_project(a_project(), 2, tmp_path))
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_to_a_project_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.wvp", tmp_path / "link.wvp"
    save_project(real, encode_project(a_project(), 1, tmp_path))
    link.symlink_to(real)
    save_project(link, encode_project(a_full_project(), 2, tmp_path))
    assert link.is_symlink()
    assert load_project(real).project == a_full_project()


def test_only_the_newest_backups_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    for generation in range(1, 14):
        save_project(path, encode_project(a_project(), generation, tmp_path))
    kept = [load_project(p).generation for p in backups(path)]
    assert kept == list(range(13, 13 - storage.BACKUPS_KEPT, -1))


def test_a_file_written_by_somebody_else_is_backed_up_before_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    path.write_bytes(encode_project(a_full_project(), 5, tmp_path))
    save_project(path, encode_project(a_project(), 1, tmp_path))
    assert load_project(backups(path)[1]).project == a_full_project()


@pytest.mark.parametrize("where", ["clips", "../clips", "."])
def test_a_project_moved_with_its_media_finds_them(tmp_path: Path, where: str) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for root in (old, new):
        folder = root / "film" / where
        folder.mkdir(parents=True)
        (root / "film").mkdir(exist_ok=True)
        (folder / "road.mp4").touch()
    media = a_media("road.mp4", folder=os.path.normpath(old / "film" / where))
    content = encode_project(a_project(media=media), 1, old / "film")
    moved = new / "film" / "a.wvp"
    moved.write_bytes(content)
    (found,) = load_project(moved).project.media
    assert found.path == os.path.normpath(new / "film" / where / "road.mp4")


def test_media_that_did_not_move_along_keep_their_absolute_place(tmp_path: Path) -> None:
    media = a_media("road.mp4", folder=str(tmp_path / "old"))
    content = encode_project(a_project(media=media), 1, tmp_path / "old")
    (tmp_path / "new").mkdir()
    moved = tmp_path / "new" / "a.wvp"
    moved.write_bytes(content)
    assert load_project(moved).project.media == (media,)


def test_upgrades_run_one_version_at_a_time() -> None:
    steps = {1: lambda d: {**d, "b": d["a"] + 1}, 2: lambda d: {**d, "c": d["b"] + 1}}
    assert upgraded({"a": 1}, 1, to=4, steps=steps) == {"a": 1, "b": 2, "c": 3}
    assert upgraded({"a": 1, "b": 7}, 2, to=3, steps=steps) == {"a": 1, "b": 7, "c": 8}


def test_the_file_states_its_schema_and_generation(tmp_path: Path) -> None:
    first_line = encode_project(a_project(), 4, tmp_path).split(b"\n")[0]
    assert json.loads(first_line)["weathervane"] == {"schema": SCHEMA, "generation": 4}


def test_a_sequence_is_found_again_below_a_folder_with_a_per_cent_sign(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "50% done"
    new.mkdir()
    (new / "f_00007.png").touch()
    media = replace(a_media("f_%05d.png", folder=str(old)), kind=MediaKind.SEQUENCE, first_number=7)
    moved = new / "a.wvp"
    moved.write_bytes(encode_project(a_project(media=media), 1, old))
    (found,) = load_project(moved).project.media
    assert found.path == str(new / "f_%05d.png")
