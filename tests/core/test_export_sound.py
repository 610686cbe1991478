"""The sound of exports of several clips: there, said in the report, and the same however the export was interrupted."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from builders import a_project, with_sound
from fakes import World, fake_look
from films import add_sound, number_film

from core.document.model import Clip, Project, Track, TrackKind
from core.ids import ClipId, JobId, TrackId
from core.media.probe import probe
from core.render.engine import Engine
from core.render.messages import Event, ExportDone, ExportRequest, ExportSettings
from core.timebase import Time, TimeRange

FRAME = Fraction(1, 25)


def two_clips(folder: Path) -> Project:
    """Frames 30–60 of a sounding shot, then 0–30."""
    noise = np.random.default_rng(5).normal(0, 0.1, (115200, 2))
    facts = probe(add_sound(number_film(folder / "silent.mp4", 60), folder / "shot.mov", noise))
    clips = tuple(
        Clip(
            ClipId(f"c{n}"),
            facts.id,
            "half",
            Time(30 * n * FRAME),
            TimeRange.of_frames(first, 30, 1 / FRAME),
            fake_look(),
        )
        for n, first in enumerate((30, 0))
    )
    track = Track(TrackId("t"), TrackKind.VIDEO, "Video", clips)
    project = replace(a_project(clips=0), media=(facts,), tracks=(track,), rate=1 / FRAME, width=64, height=48)
    return with_sound(project)


def exported(world: World, request: ExportRequest, stop_after: int = 0) -> list[Event]:
    events: list[Event] = []
    engine = Engine(world.services(), events.append)
    engine.post(request)
    steps = iter(range(stop_after or 10_000))
    while next(steps, None) is not None and engine.step():
        pass
    engine.close()
    return events


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_killed_export_with_mixed_sound_makes_the_same_film(tmp_path: Path, ending: str) -> None:
    project, films = two_clips(tmp_path), []
    for name, stop_after in (("whole", 0), ("killed", 52)):
        (tmp_path / name).mkdir()
        out, report = tmp_path / name / f"out.{ending}", tmp_path / name / "r.json"
        request = ExportRequest(
            JobId("job"), project, project.export_range, ExportSettings(str(out), report=str(report))
        )
        if stop_after:
            exported(World(tmp_path / f"home-{name}"), request, stop_after)
            assert not out.exists()
        last = exported(World(tmp_path / f"home-{name}"), request)[-1]
        assert isinstance(last, ExportDone)
        assert json.loads(report.read_text())["audio"] == "mixed"
        films.append(out.read_bytes())
    assert films[0] == films[1]
