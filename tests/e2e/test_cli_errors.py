"""Whatever is wrong, the command line says so in one line, with the right exit status, and leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from e2e.command import complaint, image, weathervane
from films import number_film

from core.document.session import new_project
from core.document.storage import encode_project
from core.document.upgrades import SCHEMA

USAGE, BAD_INPUT = 2, 3


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return number_film(tmp_path_factory.mktemp("footage") / "clip.mp4", 6)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "gone.mp4" in complaint(weathervane("render", tmp_path / "gone.mp4", "--out", tmp_path / "o.mp4"), BAD_INPUT)


def test_a_text_file_named_like_a_film_is_told_apart(tmp_path: Path) -> None:
    fake = tmp_path / "notes.mp4"
    fake.write_text("These are not pictures.\n" * 40)
    assert "notes.mp4" in complaint(weathervane("probe", fake), BAD_INPUT)
    assert "notes.mp4" in complaint(weathervane("render", fake, "--out", tmp_path / "o.mp4"), BAD_INPUT)


@pytest.mark.parametrize("kept", [0, 20, 900])
def test_a_film_cut_off_before_its_index_is_named(kept: int, clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:kept])
    assert "cut.mp4" in complaint(weathervane("render", cut, "--out", tmp_path / "o.mp4"), BAD_INPUT)


def test_a_folder_is_not_a_clip(tmp_path: Path) -> None:
    assert tmp_path.name in complaint(weathervane("render", tmp_path, "--out", tmp_path / "o.mp4"), BAD_INPUT)


def test_a_pattern_without_images_is_named(tmp_path: Path) -> None:
    run = weathervane("render", tmp_path / "f_%05d.png", "--rate", "25", "--out", tmp_path / "o.mp4")
    assert "f_%05d.png" in complaint(run, BAD_INPUT)


def test_a_project_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.wvp"
    content = encode_project(new_project("Newer"), 1, tmp_path)
    path.write_bytes(content.replace(f'"schema":{SCHEMA}'.encode(), b'"schema":9999'))
    before = path.read_bytes()
    assert "newer Weathervane" in complaint(weathervane("render", path, "--out", tmp_path / "o.mp4"), BAD_INPUT)
    assert path.read_bytes() == before


def test_a_missing_output_folder_is_named(clip: Path, tmp_path: Path) -> None:
    said = complaint(weathervane("render", clip, "--out", tmp_path / "no" / "o.mp4"), BAD_INPUT)
    assert str(tmp_path / "no") in said


def test_an_unknown_ending_is_refused_before_any_work(clip: Path, tmp_path: Path) -> None:
    assert "o.xyz" in complaint(weathervane("render", clip, "--out", tmp_path / "o.xyz"), BAD_INPUT)
    assert "o.jpg" in complaint(weathervane("still", clip, "--frame", "0", "--out", tmp_path / "o.jpg"), BAD_INPUT)
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_may_not_be_written_is_named(clip: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "o.mp4" in complaint(weathervane("render", clip, "--out", tmp_path / "o.mp4"), BAD_INPUT)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place where not even the superuser may write")
def test_a_place_that_takes_no_files_is_named(clip: Path) -> None:
    assert "/proc/o.mp4" in complaint(weathervane("render", clip, "--out", "/proc/o.mp4"), BAD_INPUT)


def test_an_unknown_translator_is_answered_with_those_there_are(clip: Path, tmp_path: Path) -> None:
    run = weathervane("render", clip, "--out", tmp_path / "o.mp4", "--translator", "crystal-ball", "--set", "haze=0.5")
    assert "atmosphere" in complaint(run, USAGE)


def test_the_source_is_never_written_over(clip: Path) -> None:
    before = clip.read_bytes()
    assert "clip.mp4" in complaint(weathervane("render", clip, "--out", clip), BAD_INPUT)
    assert clip.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--set", "sunniness=1"), "sunniness"),
        (("--set", "rain=3"), "Rain"),
        (("--set", "rain=much"), "much"),
        (("--set", "rain"), "rain"),
        (("--preset", "monsoon"), "monsoon"),
        (("--preset", "night:2"), "night"),
        (("--frames", "100-200"), "100-200"),
        (("--frames", "4-2"), "4-2"),
        (("--frames", "all"), "all"),
        (("--size", "big"), "big"),
        (("--size", "0x10"), "0x10"),
        (("--rate", "fast"), "fast"),
        (("--device", "abacus"), "abacus"),
        (("--seed", "lucky"), "lucky"),
        (("--brightness", "3"), "--brightness"),
    ],
)
def test_what_was_typed_wrong_is_repeated_with_a_hint(arguments: tuple[str, ...], named: str, clip: Path) -> None:
    said = complaint(weathervane("render", clip, "--out", "never.mp4", *arguments, cwd=clip.parent), USAGE)
    assert named in said
    assert not (clip.parent / "never.mp4").exists()


def test_a_frame_that_is_not_there_is_answered_with_those_that_are(clip: Path, tmp_path: Path) -> None:
    run = weathervane("still", clip, "--frame", "6", "--out", tmp_path / "o.png")
    assert "0 to 5" in complaint(run, USAGE)


def test_the_editor_without_a_display_says_what_to_use_instead() -> None:
    assert "display" in complaint(weathervane(), USAGE)


def test_a_heatmap_that_cannot_be_one_is_refused_before_anything_is_made(clip: Path, tmp_path: Path) -> None:
    run = weathervane("render", clip, "--out", tmp_path / "o.mp4", "--heatmap", tmp_path / "h.png")
    assert "h.png" in complaint(run, BAD_INPUT)
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == []


def test_what_would_be_ignored_is_refused(clip: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "o.mp4")
    assert "--rate" in complaint(weathervane("render", clip, *out, "--rate", "12"), USAGE)
    assert "nobody" in complaint(weathervane("render", clip, *out, "--translator", "nobody"), USAGE)
    assert "2-4" in complaint(weathervane("render", clip, *out, "--frames", "4-2"), USAGE)


def test_a_project_is_not_probed_as_a_film(tmp_path: Path) -> None:
    path = tmp_path / "road.wvp"
    path.write_bytes(encode_project(new_project("Road"), 1, tmp_path))
    assert "is a project" in complaint(weathervane("probe", path), USAGE)


def test_a_folder_of_layers_that_is_a_file_is_named(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "passes").write_text("mine")
    run = weathervane("render", clip, "--out", tmp_path / "o.mp4", "--layers", tmp_path / "passes")
    assert "passes cannot be written: a file of that name" in complaint(run, BAD_INPUT)
    assert (tmp_path / "passes").read_text() == "mine"


def test_a_size_of_another_shape_is_filled_up_with_black_and_says_so(clip: Path, tmp_path: Path) -> None:
    run = weathervane("still", clip, "--frame", "0", "--size", "640x100", "--out", tmp_path / "o.png")
    assert "o.png is 640x100, which the picture does not fill: it has black bars; 132x100 has none." in run.stdout
    same = weathervane("still", clip, "--frame", "0", "--size", "640", "--out", tmp_path / "p.png")
    assert "note" not in same.stdout
    assert image(tmp_path / "p.png").shape[:2] == (480, 640)


def test_a_film_with_an_odd_side_says_that_it_is_one(clip: Path, tmp_path: Path) -> None:
    run = weathervane("render", clip, "--frames", "0-1", "--size", "65x37", "--out", tmp_path / "o.mp4")
    assert run.returncode == 0
    assert "4:4:4" in run.stdout
