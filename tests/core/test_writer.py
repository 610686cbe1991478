"""The writer keeps order, stays a few jobs behind at most, and lets no failure pass unseen."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import pytest
from builders import a_media, a_project
from fakes import World, fake_look

from core.errors import ExportError
from core.ids import JobId
from core.render.engine import Engine
from core.render.messages import Event, ExportFailed, ExportRequest, ExportSettings
from core.render.sinks import FilmSink, Image, Shot
from core.render.writer import WAITING, Writer


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()
    yield writer
    writer.close()


def test_jobs_are_done_in_the_order_they_were_given(writer: Writer) -> None:
    done: list[int] = []
    for number in range(20):
        writer.put(lambda number=number: done.append(number))  # type: ignore[misc]
    writer.settle()
    assert done == list(range(20))


def test_only_a_few_jobs_wait(writer: Writer) -> None:
    go_on, given = threading.Semaphore(0), threading.Semaphore(0)

    def held() -> None:
        go_on.acquire(timeout=60.0)

    def give() -> None:
        for _ in range(WAITING + 1):
            writer.put(held)
            given.release()

    giver = threading.Thread(target=give)
    giver.start()
    for _ in range(WAITING):
        assert given.acquire(timeout=60.0)
    assert not given.acquire(blocking=False)
    go_on.release(WAITING + 1)
    giver.join()
    writer.settle()


def fail() -> None:
    raise ExportError("The disk is full.")


def test_a_failure_is_met_when_all_is_settled(writer: Writer) -> None:
    writer.put(fail)
    with pytest.raises(ExportError, match="disk is full"):
        writer.settle()


def test_a_failure_is_met_by_the_jobs_that_follow(writer: Writer) -> None:
    writer.put(fail)
    for _ in range(WAITING - 1):
        writer.put(list)
    with pytest.raises(ExportError, match="disk is full"):
        writer.put(list)


def test_what_has_not_begun_is_dropped(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def first() -> None:
        begun.set()
        go_on.wait(60.0)
        done.append("first")

    def let_go_and_wait(jobs: deque[Future[None]]) -> None:
        go_on.set()
        wait(jobs)

    monkeypatch.setattr("core.render.writer.wait", let_go_and_wait)
    writer.put(first)
    writer.put(lambda: done.append("second"))
    assert begun.wait(60.0)
    writer.drop()
    assert done == ["first"]


def test_a_frame_that_cannot_be_written_ends_the_export_with_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = FilmSink.write

    def failing(sink: FilmSink, image: Image, shot: Shot) -> None:
        if shot.number == 5:
            raise ExportError("The disk is full; free some space and export again.")
        write(sink, image, shot)

    monkeypatch.setattr(FilmSink, "write", failing)
    events: list[Event] = []
    engine = Engine(World(tmp_path / "world").services(), events.append)
    project = a_project(media=a_media("long.mp4", frames=60, width=48, height=32), look=fake_look())
    out = tmp_path / "out.mp4"
    engine.post(ExportRequest(JobId("job"), project, project.export_range, ExportSettings(str(out))))
    while engine.step():
        pass
    engine.close()
    assert events[-1] == ExportFailed(JobId("job"), "The disk is full; free some space and export again.")
    assert not out.exists()
    assert not list((tmp_path / ".out.mp4.parts" / "film").iterdir())
    assert not [t for t in threading.enumerate() if t.name.startswith("export-writer")]
