"""The engine's manners: what it answers, in which order, and what it leaves alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from builders import a_mask, a_project
from fakes import (
    SMALL,
    BlockingTranslator,
    CountingTranslator,
    FakeAnalyser,
    RaisingTranslator,
    World,
    fake_look,
    pixels_of,
)

from core.cancel import CancelToken
from core.condition import Condition
from core.document.model import Project
from core.extension.translator import TranslateRequest
from core.frame import Frame
from core.ids import JobId
from core.models.adapters import ModelSet, UsedModel
from core.models.tasks import Task
from core.render.engine import Engine
from core.render.messages import (
    AnalysisProgress,
    CacheChanged,
    EngineFault,
    Event,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    ExportSettings,
    Layer,
    PrefetchRequest,
    PreviewFailed,
    PreviewReady,
    PreviewRequest,
    Quality,
    ReloadModels,
    StillReady,
    StillRequest,
)
from core.timebase import Time, TimeRange


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


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


def project(condition: Condition | None = None, **rest: Any) -> Project:
    return a_project(media=SMALL, look=fake_look(condition), **rest)


def ask(shown: Project, at: str = "0", serial: int = 1, **rest: object) -> PreviewRequest:
    return PreviewRequest(serial, shown, Time(Fraction(at)), 32, **rest)


def run(engine: Engine) -> None:
    while engine.step():
        pass


def looked_at(engine: Engine, events: list[Event], shown: Project) -> None:
    """Look at the shot once, so that it is understood and followed."""
    engine.post(ask(shown, at="9/25", serial=0))
    run(engine)
    events.clear()


def ready(events: list[Event]) -> list[PreviewReady]:
    return [e for e in events if isinstance(e, PreviewReady)]


def test_a_preview_comes_coarse_first(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(project()))
    run(engine)
    answers = ready(events)
    assert [(a.quality, a.is_last) for a in answers[1:]] == [
        (Quality.DRAFT, False),
        (Quality.HALF, False),
        (Quality.FULL, True),
    ]
    assert [(p.width, p.height) for a in answers[1:] if (p := a.picture(Layer.RESULT))] == [
        (16, 16),
        (24, 16),
        (48, 32),
    ]


def test_the_source_layer_is_the_file_and_the_result_is_not(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(project(), first=Quality.FULL))
    run(engine)
    answer = ready(events)[-1]
    expected = world.services().open_decoder(SMALL).read(0, (48, 32), None)
    assert np.array_equal(pixels_of(answer.picture(Layer.SOURCE)), expected.pixels)
    assert not np.array_equal(pixels_of(answer.picture(Layer.RESULT)), expected.pixels)


A_MODEL = UsedModel("cars", "Cars", Task.DETECTOR, "0" * 64)


def with_models(world: World, *used: UsedModel) -> FakeAnalyser:
    return replace(world.analyser, models=ModelSet(used=used))


def test_models_that_change_take_part_from_the_next_picture_on(world: World) -> None:
    events: list[Event] = []
    there: list[UsedModel] = [A_MODEL]
    engine = Engine(world.services(), events.append, lambda: with_models(world, *there))
    try:
        looked_at(engine, events, project())
        plain = len(world.analyser.followed)
        engine.post(ReloadModels())
        looked_at(engine, events, project())
        assert len(world.analyser.followed) == 2 * plain, "with a model the shot is followed anew"
        there.clear()
        engine.post(ReloadModels())
        looked_at(engine, events, project())
        assert len(world.analyser.followed) == 2 * plain, "what was found without it is known still"
    finally:
        engine.close()


def test_an_export_under_way_keeps_its_models(world: World, tmp_path: Path) -> None:
    events: list[Event] = []
    engine = Engine(world.services(), events.append, lambda: with_models(world, A_MODEL))
    try:
        settings = ExportSettings(str(tmp_path / "o.mp4"), report=str(tmp_path / "r.json"))
        engine.post(ExportRequest(JobId("a"), project(), project().export_range, settings))
        while not any(isinstance(e, ExportProgress) for e in events):
            engine.step()
        engine.post(ReloadModels())
        run(engine)
        assert isinstance(events[-1], ExportDone)
        assert json.loads((tmp_path / "r.json").read_text())["models"] == []
        engine.post(ExportRequest(JobId("b"), project(), project().export_range, settings))
        run(engine)
        assert [m["id"] for m in json.loads((tmp_path / "r.json").read_text())["models"]] == ["cars"]
    finally:
        engine.close()


def test_a_neutral_condition_runs_neither_analysis_nor_translator(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(project(Condition())))
    run(engine)
    (answer,) = ready(events)
    assert np.array_equal(pixels_of(answer.picture(Layer.SOURCE)), pixels_of(answer.picture(Layer.RESULT)))
    assert world.analyser.shots == 0
    assert world.translator == CountingTranslator([])


def test_a_frame_that_is_ready_skips_the_coarse_passes(world: World, start: Start) -> None:
    engine, events = start(world)
    rainy = project()
    looked_at(engine, events, rainy)
    engine.post(ask(rainy))
    run(engine)
    events.clear()
    engine.post(ask(rainy, serial=2))
    run(engine)
    assert [(a.serial, a.quality) for a in ready(events)] == [(2, Quality.FULL)]


def test_painting_a_mask_never_runs_the_model_again(world: World, start: Start) -> None:
    engine, events = start(world)
    looked_at(engine, events, project())
    engine.post(ask(project()))
    run(engine)
    assert isinstance(world.translator, CountingTranslator)
    before = len(world.translator.calls)
    engine.post(ask(project(masks=[a_mask()]), serial=2))
    run(engine)
    last = ready(events)[-1]
    source, result = pixels_of(last.picture(Layer.SOURCE)), pixels_of(last.picture(Layer.RESULT))
    assert len(world.translator.calls) == before
    assert np.array_equal(source[:, 0], result[:, 0])
    assert not np.array_equal(source[16, 26], result[16, 26])


def test_the_first_look_at_a_shot_reports_its_analysis(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(project()))
    run(engine)
    steps = [e.progress.done for e in events if isinstance(e, AnalysisProgress)]
    assert steps == [1, 2, 3]
    assert ready(events)[-1].notes == ("No ground was found in this shot.",)


def test_while_a_shot_is_analysed_the_source_is_shown_and_scrubbing_goes_on(world: World, start: Start) -> None:
    engine, events = start(world)
    rainy = project()
    world.analyser.on_progress = lambda done: engine.post(ask(rainy, at=f"{done}/25", serial=1 + done))
    engine.post(ask(rainy))
    run(engine)
    early = ready(events)[:3]
    assert [(a.serial, [layer for layer, _ in a.pictures]) for a in early] == [
        (2, [Layer.SOURCE]),
        (3, [Layer.SOURCE]),
        (4, [Layer.SOURCE]),
    ]
    assert ready(events)[-1].serial == 4
    assert ready(events)[-1].is_last
    assert world.analyser.shots == 1


def test_a_preview_that_needs_no_analysis_is_not_kept_waiting_by_one(world: World, start: Start) -> None:
    engine, events = start(world)
    waiting = [ask(project(Condition()))]
    world.analyser.on_progress = lambda done: engine.post(waiting.pop()) if waiting else None
    engine.post(StillRequest("night", project(), Time(Fraction(0)), 16))
    run(engine)
    answers = [type(e) for e in events if isinstance(e, (PreviewReady, StillReady))]
    assert answers == [PreviewReady, PreviewReady, StillReady]
    assert world.analyser.shots == 2


def test_analyses_outlive_the_engine(world: World, start: Start) -> None:
    engine, events = start(world)
    looked_at(engine, events, project())
    for _ in range(2):
        engine, events = start(world)
        looked_at(engine, events, project())
    assert world.analyser.shots == 1
    assert world.analyser.followed == list(range(10))
    assert len(world.analyser.frames) == 2  # before the shot was followed, and after


def test_only_the_latest_of_waiting_previews_is_answered(world: World, start: Start) -> None:
    engine, events = start(world)
    rainy = project()
    for serial in range(1, 6):
        engine.post(ask(rainy, at=f"{serial}/25", serial=serial))
    run(engine)
    assert {a.serial for a in ready(events)} == {5}


def test_a_scrub_frame_is_finished_although_a_newer_one_waits(tmp_path: Path, start: Start) -> None:
    translator = BlockingTranslator()
    engine, events = start(World(tmp_path, translator=translator))
    rainy = project()
    poster = threading.Thread(
        target=lambda: (
            translator.begun.acquire(),
            translator.go_on.release(),  # the draft of 1: its shot is known from here on
            translator.begun.acquire(),
            engine.post(ask(rainy, at="3/25", serial=2, last=Quality.DRAFT)),
            translator.go_on.release(),
            translator.begun.acquire(),
            engine.post(ask(rainy, at="5/25", serial=3, last=Quality.DRAFT)),
            translator.go_on.release(),
            translator.begun.acquire(),
            translator.go_on.release(),
        )
    )
    poster.start()
    engine.post(ask(rainy, serial=1))
    run(engine)
    poster.join()
    assert [(a.serial, a.quality) for a in ready(events) if a.picture(Layer.RESULT)] == [
        (1, Quality.DRAFT),
        (2, Quality.DRAFT),
        (3, Quality.DRAFT),
    ]


def test_a_refinement_goes_on_when_the_newer_preview_wants_it_too(tmp_path: Path, start: Start) -> None:
    translator = BlockingTranslator()
    engine, events = start(World(tmp_path, translator=translator))
    poster = threading.Thread(
        target=lambda: (
            translator.go_on.release(2),
            [translator.begun.acquire() for _ in range(3)],
            engine.post(ask(project(masks=[a_mask()]), serial=2)),
            translator.go_on.release(),
        )
    )
    poster.start()
    engine.post(ask(project(), serial=1))
    run(engine)
    poster.join()
    assert [(a.serial, a.quality) for a in ready(events)][-2:] == [(1, Quality.FULL), (2, Quality.FULL)]
    assert len(translator.calls) == 3


def test_a_broken_plugin_fails_its_preview_and_nothing_else(tmp_path: Path, start: Start) -> None:
    engine, events = start(World(tmp_path, translator=RaisingTranslator()))
    rainy = project()
    engine.post(ask(rainy))
    run(engine)
    (failure,) = (e for e in events if isinstance(e, PreviewFailed))
    assert "a bug in a plugin" in failure.message
    assert failure.clip == next(rainy.clips()).id
    engine.post(ask(project(Condition()), serial=2))
    run(engine)
    assert ready(events)[-1].serial == 2


class RaisesOnce(CountingTranslator):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._errors = [error]

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        if self._errors:
            raise self._errors.pop()
        return super().translate(request, cancel)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_running_out_of_memory_costs_the_frame_and_not_the_translator(
    error: Exception, tmp_path: Path, start: Start
) -> None:
    engine, events = start(World(tmp_path, translator=RaisesOnce(error)))
    engine.post(ask(project(), at="3/25", first=Quality.FULL))
    run(engine)
    assert [e.message for e in events if isinstance(e, PreviewFailed)] == [
        "Frame 3 needs more memory than is free at 48x32; choose a smaller preview or close other programs."
    ]
    engine.post(ask(project(), at="3/25", serial=2))
    run(engine)
    assert ready(events)[-1].serial == 2
    assert not [e for e in events if isinstance(e, EngineFault)]


def test_a_damaged_frame_fails_with_the_decoder_s_own_sentence(tmp_path: Path, start: Start) -> None:
    engine, events = start(World(tmp_path, damaged=frozenset({3})))
    engine.post(ask(project(Condition()), at="3/25"))
    run(engine)
    assert [e.message for e in events if isinstance(e, PreviewFailed)] == ["Frame 3 of /footage/small.mp4 is damaged."]


def test_something_unforeseen_is_a_fault_and_the_engine_goes_on(
    world: World, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, events = start(world)
    with monkeypatch.context() as patch:
        patch.setattr("core.render.engine.plan_frame", lambda *_: 1 / 0)
        engine.post(ask(project()))
        run(engine)
    (fault,) = (e for e in events if isinstance(e, EngineFault))
    assert "ZeroDivisionError" in fault.details
    engine.post(ask(project(), serial=2))
    run(engine)
    assert ready(events)[-1].serial == 2


@pytest.mark.parametrize(("part", "kind"), [("Prefetch", "prefetch"), ("ExportJob", "export")])
def test_a_fault_in_choosing_the_work_is_told_and_the_engine_goes_on(
    part: str, kind: str, world: World, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, events = start(world)
    shown = project()
    with monkeypatch.context() as patch:
        patch.setattr(f"core.render.engine.{part}", lambda *_: 1 / 0)
        if kind == "export":
            settings = ExportSettings(str(tmp_path / "out.mp4"))
            engine.post(ExportRequest(JobId("job-1"), shown, shown.export_range, settings))
        else:
            engine.post(prefetch(shown))
        run(engine)
    assert len([e for e in events if isinstance(e, EngineFault)]) == 1
    assert len([e for e in events if isinstance(e, ExportFailed)]) == (kind == "export")
    engine.post(ask(shown, serial=2))
    run(engine)
    assert ready(events)[-1].serial == 2


def test_a_fault_whose_traceback_cannot_be_written_is_told_by_itself(
    world: World, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips(*_: object) -> None:
        raise SystemError("AST constructor recursion depth mismatch")

    engine, events = start(world)
    monkeypatch.setattr("core.render.engine.plan_frame", lambda *_: 1 / 0)
    monkeypatch.setattr("core.errors.traceback.format_exception", trips)
    engine.post(ask(project()))
    run(engine)
    (fault,) = (e for e in events if isinstance(e, EngineFault))
    assert fault.details == "ZeroDivisionError: division by zero"


def test_an_empty_place_on_the_timeline_is_black(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(project(), at="7"))
    run(engine)
    (answer,) = ready(events)
    assert not pixels_of(answer.picture(Layer.RESULT)).any()


def test_stills_come_after_previews_and_a_newer_tag_replaces_its_older_self(world: World, start: Start) -> None:
    engine, events = start(world)
    for at in ("1/25", "2/25"):
        engine.post(StillRequest("night", project(), Time(Fraction(at)), 16))
    engine.post(ask(project()))
    run(engine)
    answers = [e for e in events if isinstance(e, (PreviewReady, StillReady))]
    assert [type(a) for a in answers] == [PreviewReady] * 4 + [StillReady]
    assert answers[-1].time == Time(Fraction("2/25"))


def test_the_flicker_layer_looks_at_both_neighbours(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(project(Condition()), at="4/25", layers=(Layer.FLICKER,), first=Quality.FULL))
    run(engine)
    assert ready(events)[-1].picture(Layer.FLICKER) is not None
    assert {index for index, size in world.reads if size == (48, 32)} == {3, 4, 5}


def test_a_stopped_engine_takes_no_more_work(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.stop()
    engine.post(ask(project()))
    assert not engine.step()
    assert not events


def test_small_memory_changes_no_pixel(tmp_path: Path, start: Start) -> None:
    pictures = []
    for name, budget in (("roomy", 64 << 20), ("tight", 1)):
        engine, events = start(replace(World(tmp_path / name), results_bytes=budget))
        engine.post(ask(project(masks=[a_mask()]), at="4/25"))
        run(engine)
        pictures.append(pixels_of(ready(events)[-1].picture(Layer.RESULT)))
    assert np.array_equal(*pictures)


def cache_reports(events: list[Event]) -> list[CacheChanged]:
    return [e for e in events if isinstance(e, CacheChanged)]


def frames(first: int, end: int) -> TimeRange:
    return TimeRange.of_frames(first, end - first, Fraction(25))


def prefetch(shown: Project, at: int = 4) -> PrefetchRequest:
    return PrefetchRequest(shown, Time.from_frame(at, Fraction(25)), frames(0, 10), 32, Quality.FULL)


def test_prefetch_fills_the_cache_from_the_playhead_outward(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(prefetch(project()))
    run(engine)
    assert isinstance(world.translator, CountingTranslator)
    assert [frame for frame, _ in world.translator.calls] == [4, 5, 6, 7, 8, 9, 0, 1, 2, 3]
    assert cache_reports(events)[-1] == CacheChanged((frames(0, 10),))
    assert cache_reports(events)[1] == CacheChanged((frames(4, 5),), frames(5, 6))


def test_playing_what_is_ready_runs_no_translator(world: World, start: Start) -> None:
    engine, events = start(world)
    rainy = project()
    looked_at(engine, events, rainy)
    engine.post(prefetch(rainy))
    run(engine)
    assert isinstance(world.translator, CountingTranslator)
    calls = len(world.translator.calls)
    for frame in range(10):
        engine.post(ask(rainy, at=f"{frame}/25", serial=frame, layers=(Layer.RESULT,)))
        run(engine)
    assert len(ready(events)) == 10
    assert len(world.translator.calls) == calls


def test_a_preview_stops_a_prefetch_and_the_frame_is_made_later(tmp_path: Path, start: Start) -> None:
    translator = BlockingTranslator()
    engine, events = start(World(tmp_path, translator=translator))
    rainy = project()

    def script() -> None:
        translator.begun.acquire()
        translator.go_on.release()
        translator.begun.acquire()
        engine.post(ask(project(Condition()), at="9/25"))
        translator.go_on.release(20)

    poster = threading.Thread(target=script)
    poster.start()
    engine.post(prefetch(rainy))
    run(engine)
    poster.join()
    assert [frame for frame, _ in translator.calls] == [4, 5, 6, 7, 8, 9, 0, 1, 2, 3]
    assert len(ready(events)) == 1


def test_an_edit_leaves_only_what_it_did_not_touch_ready(world: World, start: Start) -> None:
    engine, events = start(world)
    looked_at(engine, events, project())
    engine.post(prefetch(project()))
    run(engine)
    engine.post(ask(project(masks=[a_mask()]), at="2/25", layers=(Layer.RESULT,)))
    run(engine)
    assert cache_reports(events)[-1].ready == (frames(2, 3),)
    engine.post(ask(project(), at="2/25", serial=2, layers=(Layer.RESULT,)))
    run(engine)
    assert cache_reports(events)[-1].ready == (frames(0, 10),)
