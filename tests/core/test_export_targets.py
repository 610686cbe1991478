"""Targets: an export stands on nothing that it reads, nor on itself."""

from __future__ import annotations

import errno
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from builders import a_media, a_project
from fakes import World, fake_look

from core.document.model import Project
from core.ids import JobId
from core.media.facts import MediaKind
from core.media.output import publish
from core.render.engine import Engine
from core.render.messages import Event, ExportDone, ExportFailed, ExportRequest, ExportSettings
from core.render.sinks import ImageSink
from core.timebase import TimeRange


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """A folder of images numbered 7 to 14."""
    folder = tmp_path / "plates"
    folder.mkdir()
    for number in range(7, 15):
        (folder / f"shot_{number:05d}.png").write_bytes(b"plate")
    return folder


def of_plates(folder: Path) -> Project:
    media = a_media("shot_%05d.png", frames=8, width=48, height=32, folder=str(folder))
    return a_project(media=replace(media, kind=MediaKind.SEQUENCE, first_number=7), look=fake_look())


def export(project: Project, tmp_path: Path, out: Path, span: TimeRange | None = None, **rest: str) -> Event:
    events: list[Event] = []
    engine = Engine(World(tmp_path / "world").services(), events.append)
    engine.post(ExportRequest(JobId("a"), project, span or project.export_range, ExportSettings(str(out), **rest)))
    while engine.step():
        pass
    engine.close()
    return events[-1]


def one(frame: int) -> TimeRange:
    return TimeRange.of_frames(frame, 1, Fraction(25))


@pytest.mark.parametrize("name", ["shot_00011.png", "shot_00099.png", "shot_%05d.png", "shot_0%04d.png"])
def test_no_image_of_the_source_is_written_over(name: str, plates: Path, tmp_path: Path) -> None:
    is_still = "%" not in name
    outcome = export(of_plates(plates), tmp_path, plates / name, one(4) if is_still else None)
    assert isinstance(outcome, ExportFailed)
    assert "the source" in outcome.message
    assert {path.read_bytes() for path in plates.iterdir()} == {b"plate"}


def test_an_image_of_the_source_is_known_behind_a_link(plates: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(plates, target_is_directory=True)
    outcome = export(of_plates(plates), tmp_path, tmp_path / "link" / "shot_00011.png", one(4))
    assert isinstance(outcome, ExportFailed)
    assert "an image of the source shot_%05d.png" in outcome.message


def test_other_names_beside_the_source_are_free(plates: Path, tmp_path: Path) -> None:
    assert isinstance(export(of_plates(plates), tmp_path, plates / "graded_%05d.png"), ExportDone)
    assert isinstance(export(of_plates(plates), tmp_path, plates / "shot_11.png", one(4)), ExportDone)


@pytest.mark.parametrize("name", ["out.mp4", "o_%05d.png"])
def test_a_film_and_its_heatmap_may_share_a_name(name: str, plates: Path, tmp_path: Path) -> None:
    """They stand in folders of their own; the heatmap's pictures are not the film's."""
    (tmp_path / "heat").mkdir()
    out, heat = tmp_path / name, tmp_path / "heat" / name
    assert isinstance(export(of_plates(plates), tmp_path, out, heatmap=str(heat)), ExportDone)
    written = [path.read_bytes() for path in (*tmp_path.glob("o*.*"), *heat.parent.iterdir())]
    assert len(written) == (2 if name == "out.mp4" else 16)
    assert len(set(written)) > 1
    assert written[0] != written[-1]


def test_images_that_went_missing_are_noticed_before_anything_is_renamed(
    plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_one(self: ImageSink) -> None:
        self._begun[3].unlink()
        self._begun.clear()

    monkeypatch.setattr(ImageSink, "end", lose_one)
    outcome = export(of_plates(plates), tmp_path, tmp_path / "o_%05d.png")
    assert isinstance(outcome, ExportFailed)
    assert "Only 7 of 8 images" in outcome.message
    assert not list(tmp_path.glob("o_*.png"))


def test_images_and_their_names_are_on_disk_before_the_export_is_done(
    plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("core.render.sinks.sync", synced.append)
    assert isinstance(export(of_plates(plates), tmp_path, tmp_path / "o_%05d.png"), ExportDone)
    assert [path.name for path in synced] == [f"o_{n:05d}.png" for n in range(7, 15)] + [tmp_path.name]


def test_two_patterns_may_not_make_the_same_images(plates: Path, tmp_path: Path) -> None:
    outcome = export(of_plates(plates), tmp_path, tmp_path / "o_%05d.png", heatmap=str(tmp_path / "o_0%04d.png"))
    assert isinstance(outcome, ExportFailed)
    assert "asked for twice" in outcome.message


def test_a_part_on_another_disk_still_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, out = tmp_path / "film.part", tmp_path / "film.mp4"
    part.write_bytes(b"a whole film")
    replace_here = Path.replace

    def across(self: Path, target: Path) -> Path:
        if self == part:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace_here(self, target)

    monkeypatch.setattr(Path, "replace", across)
    publish(part, out)
    assert out.read_bytes() == b"a whole film"
    assert list(tmp_path.iterdir()) == [out]
