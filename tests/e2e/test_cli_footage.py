"""The main job on real footage, as the command line does it."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from e2e.command import image, succeeded, weathervane
from footage import footage

from core.media.probe import probe

RAINY_NIGHT = ("--preset", "night", "--preset", "drizzle:0.7")

pytestmark = [pytest.mark.footage, pytest.mark.slow]


def sound(path: Path) -> list[bytes]:
    """The packets of the first audio stream, as they lie in the file."""
    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(audio=0) if packet.size]


def test_a_rainy_night_on_the_highway_keeps_every_frame_and_the_very_sound(tmp_path: Path) -> None:
    source = footage("highway.mp4")
    film, heat, report = (tmp_path / name for name in ("n.mp4", "h.mp4", "r.json"))
    options = ("--out", film, "--heatmap", heat, "--report", report, "--progress", "none")
    succeeded(weathervane("render", source, *RAINY_NIGHT, *options))
    video = probe(film).video
    assert (video.frame_count, float(video.duration)) == (221, 8.84)
    assert video.color == probe(source).video.color
    assert sound(film) == sound(source)
    assert probe(heat).video.frame_count == 221
    written = json.loads(report.read_text())
    assert len(written["scores"]) == 221
    assert written["flicker"]["measured_frames"] >= 219


def test_the_coast_stays_full_range(tmp_path: Path) -> None:
    source, film = footage("coast.mp4"), tmp_path / "c.mp4"
    options = ("--frames", "0-29", "--size", "426x240", "--progress", "none")
    succeeded(weathervane("render", source, "--preset", "fog", "--out", film, *options))
    assert probe(film).video.color.full_range
    assert probe(film).video.color.matrix == probe(source).video.color.matrix


def test_a_still_and_a_range_of_the_highway_equal_those_of_a_longer_render(tmp_path: Path) -> None:
    source, small = footage("highway.mp4"), ("--size", "480x270", *RAINY_NIGHT)
    for name, span in (("long", "92-110"), ("short", "100-106")):
        (tmp_path / name).mkdir()
        images = tmp_path / name / "f_%05d.png"
        succeeded(weathervane("render", source, "--frames", span, "--out", images, "--progress", "none", *small))
    for n in range(100, 107):
        long, short = (image(tmp_path / name / f"f_{n:05d}.png") for name in ("long", "short"))
        np.testing.assert_array_equal(short, long)
    succeeded(weathervane("still", source, "--frame", "103", "--out", tmp_path / "s.png", *small))
    np.testing.assert_array_equal(image(tmp_path / "s.png"), image(tmp_path / "long" / "f_00103.png"))


def test_a_damaged_clip_renders_what_there_is_or_says_which_frame_is_missing(tmp_path: Path) -> None:
    source = footage("odd/corrupted.mp4")
    run = weathervane("render", source, "--preset", "fog", "--out", tmp_path / "o.mp4", "--size", "320x180")
    assert run.returncode in (0, 3)
    assert len(run.stderr.splitlines()) == (0 if run.returncode == 0 else 1)
