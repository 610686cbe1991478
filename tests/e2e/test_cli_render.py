"""The main job from the command line, on films small enough to be made on the spot."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from e2e.command import ROOT, headless, image, succeeded, weathervane
from films import add_tone, number_film

from core.condition import HAZE, NEUTRAL
from core.document.commands import ApplyPreset, clip_from
from core.document.session import new_project
from core.document.storage import encode_project, save_project
from core.media.probe import probe
from core.presets import preset_named

FRAMES = 10
LARGE = ("--size", "1920x1440", "--progress", "json")
LOOK = ("--preset", "drizzle:0.7", "--set", "haze=20%")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("footage")
    return add_tone(number_film(folder / "silent.mp4", FRAMES), folder / "clip.mov", seconds=FRAMES / 25)


@pytest.fixture(scope="module")
def whole(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All frames under `LOOK`, as 16-bit images."""
    folder = tmp_path_factory.mktemp("whole")
    succeeded(weathervane("render", clip, "--out", folder / "f_%05d.png", *LOOK, "--progress", "none"))
    return folder


def test_the_film_the_heatmap_the_report_and_the_scores_agree(clip: Path, tmp_path: Path) -> None:
    film, heat, report, scores = (tmp_path / name for name in ("o.mp4", "h.mp4", "r.json", "s.csv"))
    run = weathervane(
        *("render", clip, "--out", film, "--heatmap", heat, "--report", report, "--scores", scores),
        *("--progress", "json", *LOOK),
    )
    events = [json.loads(line) for line in succeeded(run).stdout.splitlines()]
    assert events[-1]["event"] == "done"
    assert [probe(path).video.frame_count for path in (film, heat)] == [FRAMES, FRAMES]
    assert probe(film).video.duration == probe(clip).video.duration
    written = json.loads(report.read_text())
    assert [row["frame"] for row in written["scores"]] == list(range(FRAMES))
    assert len(list(csv.DictReader(scores.read_text().splitlines()))) == FRAMES
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["h.mp4", "o.mp4", "r.json", "s.csv"]


def test_a_still_is_that_frame_of_the_whole(clip: Path, whole: Path, tmp_path: Path) -> None:
    succeeded(weathervane("still", clip, "--frame", "6", "--out", tmp_path / "s.png", *LOOK))
    np.testing.assert_array_equal(image(tmp_path / "s.png"), image(whole / "f_00006.png"))


def test_a_range_has_the_source_s_numbers_and_the_whole_s_pixels(clip: Path, whole: Path, tmp_path: Path) -> None:
    run = weathervane("render", clip, "--frames", "4-7", "--out", tmp_path / "f_%05d.png", "--progress", "none", *LOOK)
    succeeded(run)
    assert sorted(p.name for p in tmp_path.glob("*.png")) == [f"f_{n:05d}.png" for n in range(4, 8)]
    for n in range(4, 8):
        np.testing.assert_array_equal(image(tmp_path / f"f_{n:05d}.png"), image(whole / f"f_{n:05d}.png"))


def test_another_seed_is_another_rain(clip: Path, whole: Path, tmp_path: Path) -> None:
    succeeded(weathervane("still", clip, "--frame", "6", "--seed", "2", "--out", tmp_path / "s.png", *LOOK))
    assert (image(tmp_path / "s.png") != image(whole / "f_00006.png")).any()


def test_images_in_make_a_film_out_at_the_rate_given(whole: Path, tmp_path: Path) -> None:
    run = weathervane("render", whole / "f_%05d.png", "--rate", "24000/1001", "--out", tmp_path / "o.mov")
    assert (run.returncode, run.stderr) == (0, "")
    video = probe(tmp_path / "o.mov").video
    assert (video.frame_count, str(video.rate)) == (FRAMES, "24000/1001")


def test_a_size_is_kept_to(clip: Path, tmp_path: Path) -> None:
    succeeded(weathervane("still", clip, "--frame", "0", "--size", "32x24", "--out", tmp_path / "s.exr"))
    with av.open(str(tmp_path / "s.exr")) as exr:
        assert (exr.streams.video[0].width, exr.streams.video[0].height) == (32, 24)


def test_a_project_renders_with_the_look_it_was_saved_with(clip: Path, whole: Path, tmp_path: Path) -> None:
    empty = new_project("Saved")
    project = clip_from(empty, probe(clip)).apply(empty).project
    (only,) = project.pictures()
    look = NEUTRAL.overlaid(preset_named("drizzle").condition, 0.7).with_value(HAZE, 0.2)
    project = ApplyPreset(only.id, "Drizzle", look).apply(project).project
    path = tmp_path / "saved.wvp"
    save_project(path, encode_project(project, 1, tmp_path))
    succeeded(weathervane("render", path, "--out", tmp_path / "f_%05d.png", "--progress", "none"))
    np.testing.assert_array_equal(image(tmp_path / "f_00003.png"), image(whole / "f_00003.png"))


def test_probe_tells_programs_everything_and_people_the_essentials(clip: Path) -> None:
    facts = json.loads(succeeded(weathervane("probe", clip, "--json")).stdout)
    assert facts["video"]["frame_count"] == FRAMES
    assert facts["video"]["rate"] == "25"
    assert f"{FRAMES} frames" in succeeded(weathervane("probe", clip)).stdout


@pytest.fixture
def rendering(clip: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A render that has begun and would take long: it has written its first frame."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "main.py", "render", clip, "--out", tmp_path / "o.mp4", *LARGE, *LOOK],
        env=headless({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        for line in process.stdout:
            if json.loads(line)["stage"] == "Rendering" and json.loads(line)["done"] >= 1:
                break
        yield process
        process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole process groups")
def test_ctrl_c_ends_with_130_and_leaves_nothing(rendering: subprocess.Popen[str], tmp_path: Path) -> None:
    rendering.send_signal(signal.SIGINT)
    _, said = rendering.communicate(timeout=60)
    assert (rendering.returncode, len(said.splitlines())) == (130, 1)
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == []
