"""The demo street, drawn small: its film sounds, and its project exports with that sound, copied or mixed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from builders import with_sound

from app.cli import main
from app.demo import draw_street
from core.cancel import CancelToken
from core.document.model import Clip, Project, Track, TrackKind
from core.document.session import new_project
from core.document.storage import encode_project, save_project
from core.ids import ClipId, TrackId
from core.media.facts import MediaFacts
from core.media.probe import probe
from core.progress import ignore_progress
from core.timebase import ZERO, Time, TimeRange
from core.world.model import street
from core.world.sound import ambience

FRAMES = 12


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> MediaFacts:
    out = tmp_path_factory.mktemp("street") / "street.mp4"
    draw_street(out, FRAMES, 64, 36, ignore_progress, CancelToken())
    return probe(out)


def heard(path: str | Path) -> np.ndarray:
    """The sound for as long as the file says it lasts: a decoder gives the last codec frame whole."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return np.concatenate([f.to_ndarray().T for f in container.decode(stream)])[: stream.duration]


def saved(folder: Path, facts: MediaFacts, *, swapped: bool) -> Path:
    """The shot cut in its middle, the halves in order or swapped."""
    half, end = Time(facts.video.duration.seconds / 2), facts.video.duration
    spans = [TimeRange(ZERO, half), TimeRange(half, end)]
    spans = spans[::-1] if swapped else spans
    clips = tuple(
        Clip(ClipId(f"c{n}"), facts.id, "half", s, span)
        for n, (s, span) in enumerate(zip((ZERO, half), spans, strict=True))
    )
    track = Track(TrackId("t"), TrackKind.VIDEO, "Video", clips)
    project: Project = replace(
        new_project("Halves"), rate=facts.video.rate, width=64, height=36, media=(facts,), tracks=(track,)
    )
    path = folder / "halves.wvp"
    save_project(path, encode_project(with_sound(project), 1, folder))
    return path


def test_the_drawn_film_has_the_sound_of_its_street(drawn: MediaFacts) -> None:
    wanted, found = ambience(street(), FRAMES / 24), heard(drawn.path)
    assert found.shape == wanted.shape
    assert (
        np.corrcoef(wanted.ravel(), found.ravel())[0, 1] > 0.99
    )  # a sample's shift alone would be seen in it: the noise is broad


@pytest.mark.parametrize(("swapped", "how"), [(False, "copied"), (True, "mixed")])
def test_a_cut_shot_exports_with_its_sound_and_says_how(
    drawn: MediaFacts, tmp_path: Path, swapped: bool, how: str
) -> None:
    out, report = tmp_path / "out.mp4", tmp_path / "r.json"
    project = saved(tmp_path, drawn, swapped=swapped)
    assert main(["render", str(project), "--out", str(out), "--report", str(report), "--progress", "none"]) == 0
    assert json.loads(report.read_text())["audio"] == how
    found, source = heard(out), heard(drawn.path)
    half = len(source) // 2
    wanted = np.concatenate((source[half:], source[:half])) if swapped else source
    assert found.shape == wanted.shape
    assert np.corrcoef(wanted.ravel(), found.ravel())[0, 1] > (0.99 if swapped else 0.9999)


def test_sound_can_be_left_out(drawn: MediaFacts, tmp_path: Path) -> None:
    out, report = tmp_path / "out.mp4", tmp_path / "r.json"
    project = saved(tmp_path, drawn, swapped=True)
    assert main(["render", str(project), "--out", str(out), "--no-audio", "--report", str(report)]) == 0
    assert json.loads(report.read_text())["audio"] == "none"
    assert probe(out).audio == ()
