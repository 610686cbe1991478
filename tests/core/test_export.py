"""Exports: whole or absent, the same film however it was interrupted, and the very pictures of the preview."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from builders import a_mask, a_media, a_project
from fakes import FOLLOWED, SMALL, CountingTranslator, FakeIndex, RaisingTranslator, World, fake_look, pixels_of

from core.condition import Condition
from core.document.model import Project
from core.evaluation.flicker import Link, Sample, link
from core.ids import JobId
from core.media.probe import probe
from core.render.engine import Engine
from core.render.following import FOLLOWING
from core.render.messages import (
    CancelExport,
    Event,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    ExportSettings,
    Layer,
    PreviewReady,
    PreviewRequest,
    Quality,
)
from core.timebase import Time, TimeRange
from core.version import VERSION

LONG = a_media("long.mp4", frames=60, width=48, height=32)
JOB = JobId("job-1")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


Start = Callable[[World], tuple[Engine, list[Event]]]


@pytest.fixture
def start() -> Iterator[Start]:
    engines: list[Engine] = []

    def build(world: World) -> tuple[Engine, list[Event]]:
        events: list[Event] = []
        engines.append(Engine(world.services(), events.append))
        return engines[-1], events

    yield build
    for engine in engines:
        engine.close()


def rainy(media: Any = SMALL, **rest: Any) -> Project:
    return a_project(media=media, look=fake_look(rest.pop("condition", None)), **rest)


def order(project: Project, out: Path, span: TimeRange | None = None, **settings: Any) -> ExportRequest:
    return ExportRequest(JOB, project, span or project.export_range, ExportSettings(str(out), **settings))


def frames(first: int, end: int) -> TimeRange:
    return TimeRange.of_frames(first, end - first, Fraction(25))


def run(engine: Engine) -> None:
    while engine.step():
        pass


def export(engine: Engine, events: list[Event], request: ExportRequest) -> ExportDone | ExportFailed:
    events.clear()
    engine.post(request)
    run(engine)
    assert isinstance(events[-1], ExportDone | ExportFailed)
    return events[-1]


def written(folder: Path) -> list[str]:
    """What an export left in a folder, besides the caches of the test."""
    return [p.name for p in folder.iterdir() if p.name not in ("home", "world")]


def codes(path: Path) -> npt.NDArray[np.uint16]:
    """(H, W, 3) R G B of a 16-bit PNG."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert image is not None
    assert image.dtype == np.uint16
    return np.asarray(image[..., ::-1], np.uint16)


# ---- films ----------------------------------------------------------------------------------------------------


def test_a_film_has_every_frame_and_the_source_s_length(world: World, start: Start, tmp_path: Path) -> None:
    outcome = export(*start(world), order(rainy(LONG), tmp_path / "out.mp4"))
    assert isinstance(outcome, ExportDone)
    video = probe(tmp_path / "out.mp4").video
    assert (video.frame_count, video.duration.seconds, video.width, video.height) == (60, Fraction(60, 25), 48, 32)
    assert written(tmp_path) == ["out.mp4"]


def test_a_film_of_variable_rate_keeps_its_times(world: World, start: Start, tmp_path: Path) -> None:
    times = tuple(Fraction(n, 90000) for n in (0, 3003, 9009, 9909, 30000))
    uneven = a_media("uneven.mp4", frames=5, width=48, height=32)
    uneven = replace(uneven, video=replace(uneven.video, duration=Time(Fraction(1, 2)), is_variable_rate=True))
    services = replace(world.services(), open_index=lambda _: FakeIndex(times, Fraction(1, 2) - times[-1]))
    engine = Engine(services, lambda _: None)
    engine.post(order(rainy(uneven), tmp_path / "out.mov"))
    run(engine)
    engine.close()
    facts = probe(tmp_path / "out.mov")
    assert (facts.video.frame_count, facts.video.duration.seconds) == (5, Fraction(1, 2))


def test_progress_counts_every_frame(world: World, start: Start, tmp_path: Path) -> None:
    engine, events = start(world)
    export(engine, events, order(rainy(), tmp_path / "out.mp4"))
    counted = [(e.progress.stage, e.progress.done) for e in events if isinstance(e, ExportProgress)]
    assert counted[0][0] == FOLLOWING
    rest = [step for step in counted if step[0] != FOLLOWING]
    assert rest == [*(("Rendering", n) for n in range(11)), ("Finishing", 10)]
    assert any(isinstance(e, ExportProgress) and e.picture for e in events)


def test_a_killed_export_goes_on_and_makes_the_same_film(tmp_path: Path, start: Start) -> None:
    project = rainy(LONG, masks=[a_mask()])
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    export(*start(World(tmp_path / "a")), order(project, tmp_path / "whole" / "out.mp4", heatmap=None))

    killed = order(project, tmp_path / "killed" / "out.mp4")
    first, _ = start(World(tmp_path / "b"))
    first.post(killed)
    for _ in range(52):
        first.step()
    assert not (tmp_path / "killed" / "out.mp4").exists()
    again = World(tmp_path / "b")
    engine, events = start(again)
    assert isinstance(export(engine, events, killed), ExportDone)
    assert isinstance(again.translator, CountingTranslator)
    assert min(frame for frame, _ in again.translator.calls) == 48
    films = [(tmp_path / name / "out.mp4").read_bytes() for name in ("whole", "killed")]
    assert films[0] == films[1]


def test_pieces_of_another_look_are_made_again(world: World, start: Start, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    first, _ = start(world)
    first.post(order(rainy(LONG, condition=Condition()), out))
    for _ in range(52):
        first.step()
    engine, events = start(world)
    export(engine, events, order(rainy(LONG), out))
    assert isinstance(world.translator, CountingTranslator)
    assert {frame for frame, _ in world.translator.calls} == set(range(60))


@pytest.mark.parametrize("done", [0, 1, 52])
def test_a_cancelled_export_leaves_nothing(done: int, world: World, start: Start, tmp_path: Path) -> None:
    engine, events = start(world)
    engine.post(order(rainy(LONG), tmp_path / "out.mp4", report=str(tmp_path / "r.json")))
    for _ in range(done):
        engine.step()
    engine.post(CancelExport(JOB))
    run(engine)
    assert events[-1] == ExportFailed(JOB, "Export cancelled.", is_cancelled=True)
    assert written(tmp_path) == []


def test_closing_the_engine_keeps_finished_pieces(world: World, start: Start, tmp_path: Path) -> None:
    engine, events = start(world)
    engine.post(order(rainy(LONG), tmp_path / "out.mp4"))
    for _ in range(52):
        engine.step()
    engine.close()
    assert isinstance(events[-1], ExportFailed)
    kept = {p.name for p in (tmp_path / ".out.mp4.parts").rglob("*") if p.is_file()}
    assert kept == {"out-00000.mov", "piece-00000.json"}


def test_a_preview_comes_between_the_frames_of_an_export(world: World, start: Start, tmp_path: Path) -> None:
    engine, events = start(world)
    engine.post(order(rainy(), tmp_path / "out.mp4"))
    for _ in range(4):
        engine.step()
    engine.post(PreviewRequest(1, rainy(), Time(Fraction(9, 25)), 32))
    run(engine)
    kinds = [type(e) for e in events if isinstance(e, PreviewReady | ExportProgress | ExportDone)]
    assert kinds[4:7] == [PreviewReady] * 3
    assert kinds[-1] is ExportDone


def test_exports_are_made_in_the_order_they_were_asked_for(world: World, start: Start, tmp_path: Path) -> None:
    engine, events = start(world)
    for name in ("b", "a"):
        request = order(rainy(), tmp_path / f"{name}.mp4")
        engine.post(replace(request, job=JobId(name)))
    run(engine)
    assert [e.job for e in events if isinstance(e, ExportDone)] == ["b", "a"]


def test_another_shape_stands_centred_on_black(world: World, start: Start, tmp_path: Path) -> None:
    neutral = rainy(condition=Condition())
    export(*start(world), order(neutral, tmp_path / "f_%02d.png", frames(0, 1), width=48, height=48))
    image = codes(tmp_path / "f_00.png")
    assert image.shape == (48, 48, 3)
    assert not image[:8].any()
    assert not image[40:].any()
    assert image[8:40].any()


# ---- the laws -------------------------------------------------------------------------------------------------


def test_a_preview_at_full_quality_is_the_frame_of_the_export(world: World, start: Start, tmp_path: Path) -> None:
    engine, events = start(world)
    project = rainy(masks=[a_mask()])
    engine.post(PreviewRequest(1, project, Time(Fraction(4, 25)), 32, (Layer.RESULT,), Quality.FULL))
    run(engine)
    (ready,) = (e for e in events if isinstance(e, PreviewReady) and e.is_last)
    fresh = World(tmp_path / "fresh")
    export(*start(fresh), order(project, tmp_path / "f_%02d.png"))
    exported = codes(tmp_path / "f_04.png")
    assert np.array_equal(np.rint(exported / 257.0), pixels_of(ready.picture(Layer.RESULT)))


def test_a_range_and_a_single_frame_equal_those_of_the_whole(start: Start, tmp_path: Path) -> None:
    project = rainy(masks=[a_mask()])
    for number, (name, span) in enumerate({"whole": None, "part": frames(4, 7), "one": frames(5, 6)}.items()):
        (tmp_path / name).mkdir()
        out = tmp_path / name / "f_%04d.png"
        export(*start(World(tmp_path / f"home-{number}")), order(project, out, span))
    assert sorted(p.name for p in (tmp_path / "part").iterdir()) == ["f_0004.png", "f_0005.png", "f_0006.png"]
    whole = {p.name: p.read_bytes() for p in (tmp_path / "whole").iterdir()}
    for name in ("part", "one"):
        for path in (tmp_path / name).iterdir():
            assert path.read_bytes() == whole[path.name]


def test_an_untouched_frame_is_exported_as_it_was_read(world: World, start: Start, tmp_path: Path) -> None:
    export(*start(world), order(rainy(condition=Condition()), tmp_path / "one.png", frames(3, 4)))
    source = world.services().open_decoder(SMALL).read(3, (48, 32), None)  # type: ignore[arg-type]
    assert np.array_equal(codes(tmp_path / "one.png"), source.pixels.astype(np.uint16) * 257)


def test_light_above_white_survives_in_exr(world: World, start: Start, tmp_path: Path) -> None:
    export(*start(world), order(rainy(condition=Condition()), tmp_path / "f_%02d.exr", frames(3, 4)))
    facts = probe(tmp_path / "f_%02d.exr")
    assert (facts.video.width, facts.first_number) == (48, 3)


# ---- what is written beside it --------------------------------------------------------------------------------


def test_only_what_concerns_the_frames_of_the_film_is_noted(world: World, start: Start, tmp_path: Path) -> None:
    world.analyser.untold = ((0, 3), (5, 6), (8, 9))
    done = export(*start(world), order(rainy(), tmp_path / "out.mp4", frames(6, 8)))
    assert isinstance(done, ExportDone)
    assert [note for note in done.notes if "speed" in note] == [FOLLOWED.replace("0 and 9", "5 and 6")]


def test_the_report_says_what_was_made_from_what(world: World, start: Start, tmp_path: Path) -> None:
    request = order(
        rainy(),
        tmp_path / "out.mp4",
        frames(2, 8),
        heatmap=str(tmp_path / "heat.mp4"),
        report=str(tmp_path / "r.json"),
        scores=str(tmp_path / "s.csv"),
    )
    assert isinstance(export(*start(world), request), ExportDone)
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["sha256"] == sha256((tmp_path / "out.mp4").read_bytes()).hexdigest()
    assert (report["media"], report["frames"], report["first_frame"]) == (SMALL.id, 6, 2)
    assert report["look"] == {"rain": 0.5}
    assert report["notes"] == ["No ground was found in this shot.", FOLLOWED]
    assert [row["frame"] for row in report["scores"]] == list(range(2, 8))
    (clip,) = report["clips"]
    assert (clip["media"], clip["look"], clip["start_s"]) == (SMALL.id, {"rain": 0.5}, 0.0)
    assert clip["source_start_s"] == pytest.approx(2 / 25)
    rows = list(csv.DictReader((tmp_path / "s.csv").read_text().splitlines()))
    assert [row["frame"] for row in rows] == [str(n) for n in range(2, 8)]
    assert probe(tmp_path / "heat.mp4").video.frame_count == 6


def test_scores_are_the_same_whether_the_export_was_interrupted_or_not(tmp_path: Path, start: Start) -> None:
    tables = []
    for name, steps in (("whole", 0), ("killed", 52)):
        (tmp_path / name).mkdir()
        request = order(rainy(LONG), tmp_path / name / "out.mp4", scores=str(tmp_path / name / "s.csv"))
        engine, _ = start(World(tmp_path / f"home-{name}"))
        engine.post(request)
        for _ in range(steps):
            engine.step()
        export(*start(World(tmp_path / f"home-{name}")), request)
        tables.append((tmp_path / name / "s.csv").read_text())
    assert tables[0] == tables[1]


def test_the_flow_between_two_frames_is_found_once(
    world: World, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs: list[tuple[int, int]] = []

    def counted(before: Sample, here: Sample) -> Link:
        pairs.append((before.frame, here.frame))
        return link(before, here)

    monkeypatch.setattr("core.render.stages.flicker.link", counted)
    export(*start(world), order(rainy(), tmp_path / "out.mp4", scores=str(tmp_path / "s.csv")))
    assert sorted(pairs) == [(n, n + 1) for n in range(9)]


# ---- refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("out.avi", "needs one of the endings"),
        ("missing/out.mp4", "the folder"),
        ("folder.mp4", "is a folder"),
        ("out.png", "must number its images"),
    ],
)
def test_a_target_that_cannot_be_written_is_refused_before_any_frame(
    name: str, says: str, world: World, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "folder.mp4").mkdir()
    engine, events = start(world)
    outcome = export(engine, events, order(rainy(), tmp_path / name))
    assert isinstance(outcome, ExportFailed)
    assert says in outcome.message
    assert name.rsplit("/", maxsplit=1)[-1] in outcome.message
    assert world.reads == []


def test_a_full_disk_is_told_before_the_work(
    world: World, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.render.targets.shutil.disk_usage", lambda _: type("Usage", (), {"free": 10}))
    outcome = export(*start(world), order(rainy(), tmp_path / "out.mp4"))
    assert isinstance(outcome, ExportFailed)
    assert "GB are free" in outcome.message


def test_the_source_is_never_written_over(world: World, start: Start, tmp_path: Path) -> None:
    source = replace(SMALL, path=str(tmp_path / "road.mp4"))
    outcome = export(*start(world), order(rainy(source), tmp_path / "road.mp4"))
    assert isinstance(outcome, ExportFailed)
    assert "is the source itself" in outcome.message


def test_a_heatmap_cannot_take_the_film_s_name(world: World, start: Start, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    outcome = export(*start(world), order(rainy(), out, heatmap=str(out)))
    assert isinstance(outcome, ExportFailed)
    assert "asked for twice" in outcome.message


def test_a_plugin_that_fails_ends_the_export_with_its_name(tmp_path: Path, start: Start) -> None:
    engine, events = start(World(tmp_path, translator=RaisingTranslator()))
    outcome = export(engine, events, order(rainy(), tmp_path / "out.mp4"))
    assert isinstance(outcome, ExportFailed)
    assert outcome.message.startswith("fake: ")
    assert not (tmp_path / "out.mp4").exists()


def test_a_damaged_frame_ends_the_export_with_its_number(tmp_path: Path, start: Start) -> None:
    engine, events = start(World(tmp_path, damaged=frozenset({5})))
    outcome = export(engine, events, order(rainy(), tmp_path / "out.mp4"))
    assert isinstance(outcome, ExportFailed)
    assert "Frame 5" in outcome.message


def test_nothing_between_the_points_is_said_plainly(world: World, start: Start, tmp_path: Path) -> None:
    outcome = export(*start(world), order(a_project(clips=0), tmp_path / "out.mp4"))
    assert isinstance(outcome, ExportFailed)
    assert "nothing to export" in outcome.message


def test_the_version_is_that_of_the_project_file() -> None:
    stated = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert stated["project"]["version"] == VERSION
