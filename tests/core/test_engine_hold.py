"""Held exports leave the engine to previews, and go on where they stood."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from builders import a_project
from fakes import SMALL, World, fake_look

from core.ids import JobId
from core.render.engine import Engine
from core.render.messages import (
    CancelExport,
    Event,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    ExportSettings,
    HoldExports,
    PreviewReady,
    PreviewRequest,
    Quality,
)
from core.timebase import ZERO, Time, TimeRange

PROJECT = a_project(media=SMALL, look=fake_look())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[tuple[Engine, list[Event]]]:
    events: list[Event] = []
    engine = Engine(World(tmp_path).services(), events.append)
    yield engine, events
    engine.close()


def an_export(folder: Path, job: str = "job") -> ExportRequest:
    span = TimeRange(ZERO, Time(Fraction(6, 25)))
    return ExportRequest(JobId(job), PROJECT, span, ExportSettings(str(folder / f"{job}_%03d.png")))


def run(engine: Engine) -> None:
    while engine.step():
        pass


def frames(events: list[Event]) -> list[int]:
    return [e.progress.done for e in events if isinstance(e, ExportProgress) and e.progress.stage == "Rendering"]


def until_frame(engine: Engine, events: list[Event], number: int) -> None:
    while number not in frames(events):
        assert engine.step()


def test_a_held_export_stands_still_and_previews_go_on(bench: tuple[Engine, list[Event]], tmp_path: Path) -> None:
    engine, events = bench
    engine.post(an_export(tmp_path))
    until_frame(engine, events, 2)
    engine.post(HoldExports(is_held=True))
    engine.post(PreviewRequest(1, PROJECT, ZERO, 32, first=Quality.FULL))
    run(engine)
    assert any(isinstance(e, PreviewReady) for e in events)
    assert max(frames(events)) == 2
    engine.post(HoldExports(is_held=False))
    run(engine)
    assert frames(events) == [0, 1, 2, 3, 4, 5, 6]
    assert isinstance(events[-1], ExportDone)


def test_a_held_export_can_be_given_up(bench: tuple[Engine, list[Event]], tmp_path: Path) -> None:
    engine, events = bench
    engine.post(an_export(tmp_path))
    until_frame(engine, events, 2)
    engine.post(HoldExports(is_held=True))
    engine.post(an_export(tmp_path, "second"))
    run(engine)
    engine.post(CancelExport(JobId("job")))
    engine.post(CancelExport(JobId("second")))
    run(engine)
    ended = [e for e in events if isinstance(e, ExportFailed)]
    assert [(e.job, e.is_cancelled) for e in ended] == [("job", True), ("second", True)]


def test_nothing_begins_while_exports_are_held(bench: tuple[Engine, list[Event]], tmp_path: Path) -> None:
    engine, events = bench
    engine.post(HoldExports(is_held=True))
    engine.post(an_export(tmp_path))
    run(engine)
    assert frames(events) == []
    engine.post(HoldExports(is_held=False))
    run(engine)
    assert isinstance(events[-1], ExportDone)


def test_going_on_wakes_an_engine_that_waits(bench: tuple[Engine, list[Event]], tmp_path: Path) -> None:
    engine, events = bench
    engine.post(an_export(tmp_path))
    until_frame(engine, events, 2)
    engine.post(HoldExports(is_held=True))
    run(engine)
    assert not engine.step(0.001)
    waker = threading.Timer(0.05, lambda: engine.post(HoldExports(is_held=False)))
    waker.start()
    assert engine.step(60.0)
    waker.join()
    assert max(frames(events)) == 3
