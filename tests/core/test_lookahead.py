"""The look-ahead makes the next frames earlier, and changes nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from builders import a_project
from fakes import SMALL, CountingTranslator, FakeDecoder, FakeTranslators, World, fake_look

from core.cancel import Cancelled, CancelToken
from core.extension.translator import Translator
from core.ids import MediaId, TranslatorId
from core.media.picture import Picture
from core.progress import Progress
from core.render.engine import Engine
from core.render.lookahead import Errand, LookAhead, errand_of
from core.render.media_plan import preview_sizes
from core.render.messages import CacheChanged, Event, PrefetchRequest, Quality
from core.render.nodes import FramePlan
from core.render.plan import plan_frame
from core.render.renderer import Renderer
from core.render.services import Services
from core.render.sources import Sources
from core.timebase import Time, TimeRange

RATE = Fraction(25)


@dataclass
class Gate:
    """Holds every read until the test lets it go on, and remembers who read what."""

    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go_on: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    reads: list[tuple[str, int]] = field(default_factory=list)


class GatedDecoder(FakeDecoder):
    gate: Gate

    def read(self, index: int, size: tuple[int, int] | None = None, cancel: CancelToken | None = None) -> Picture:
        self.gate.reads.append((threading.current_thread().name, index))
        self.gate.begun.release()
        self.gate.go_on.acquire(timeout=60.0)
        return super().read(index, size, cancel)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def services(world: World) -> Services:
    return world.services()


@pytest.fixture
def gated(services: Services, gate: Gate) -> Services:
    def opened(facts: object) -> GatedDecoder:
        decoder = GatedDecoder(SMALL, [])
        decoder.gate = gate
        return decoder

    return replace(services, open_decoder=opened)


Started = list[LookAhead]


@pytest.fixture
def started() -> Iterator[Started]:
    ahead: Started = []
    yield ahead
    for one in ahead:
        one.close()


def sources(services: Services) -> Sources:
    def unheard(media: MediaId, progress: Progress) -> None:
        return

    return Sources(services, unheard)


def a_look_ahead(services: Services, started: Started) -> LookAhead:
    started.append(LookAhead(lambda: sources(services)))
    return started[-1]


def plan(services: Services, frame: int) -> FramePlan:
    renderer = Renderer(services, lambda media, progress: None)
    params = renderer.plan_params(preview_sizes(32, Quality.FULL), (48, 32))
    return plan_frame(a_project(media=SMALL, look=fake_look()), Time.from_frame(frame, RATE), params)


def errands(services: Services, *frames: int) -> list[Errand]:
    return [e for frame in frames if (e := errand_of(plan(services, frame))) is not None]


def wait_for(ahead: LookAhead, *wanted: Errand) -> None:
    for errand in wanted:
        ahead.finish(errand.source.key, CancelToken())


def test_what_comes_next_is_read_and_mapped_before_it_is_asked_for(
    world: World, services: Services, started: Started
) -> None:
    wanted = errands(services, 3, 4, 5)
    assert wanted[0].analysis is not None
    sources(services).tracking(wanted[0].analysis, CancelToken())
    ahead = a_look_ahead(services, started)
    ahead.want(wanted)
    wait_for(ahead, *wanted)
    assert all(errand.source.key in services.cache.results for errand in wanted)
    assert len(world.analyser.frames) == 3


def test_a_shot_is_not_analysed_behind_the_engine_s_back(world: World, services: Services, started: Started) -> None:
    wanted = errands(services, 3)
    ahead = a_look_ahead(services, started)
    ahead.want(wanted)
    wait_for(ahead, *wanted)
    assert wanted[0].source.key in services.cache.results
    assert world.analyser.shots == 0


def test_what_nobody_wants_any_more_is_dropped_and_never_kept(gated: Services, gate: Gate, started: Started) -> None:
    ahead = a_look_ahead(gated, started)
    (third, fourth, seventh) = errands(gated, 3, 4, 7)
    ahead.want((third, fourth))
    gate.begun.acquire()
    ahead.want((seventh,))
    gate.go_on.release(2)
    wait_for(ahead, seventh)
    assert [frame for _, frame in gate.reads] == [3, 7]
    assert third.source.key not in gated.cache.results
    assert seventh.source.key in gated.cache.results


def test_wanting_the_same_again_does_not_start_it_anew(gated: Services, gate: Gate, started: Started) -> None:
    ahead = a_look_ahead(gated, started)
    wanted = errands(gated, 3, 4)
    ahead.want(wanted)
    gate.begun.acquire()
    ahead.want(wanted)
    gate.go_on.release(2)
    wait_for(ahead, *wanted)
    assert [frame for _, frame in gate.reads] == [3, 4]


def test_waiting_for_the_worker_can_be_cancelled(gated: Services, gate: Gate, started: Started) -> None:
    ahead = a_look_ahead(gated, started)
    wanted = errands(gated, 3)
    ahead.want(wanted)
    gate.begun.acquire()
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        ahead.finish(wanted[0].source.key, token)
    gate.go_on.release()


def test_closing_leaves_no_thread(gated: Services, gate: Gate) -> None:
    ahead = LookAhead(lambda: sources(gated))
    ahead.want(errands(gated, 3, 4))
    gate.begun.acquire()
    gate.go_on.release()
    ahead.close()
    assert [frame for _, frame in gate.reads] == [3]
    assert "look-ahead" not in {thread.name for thread in threading.enumerate()}


def prefetched(services: Services) -> list[Event]:
    events: list[Event] = []
    engine = Engine(services, events.append)
    shown = a_project(media=SMALL, look=fake_look())
    span = TimeRange.of_frames(0, 10, RATE)
    engine.post(PrefetchRequest(shown, Time.from_frame(0, RATE), span, 32, Quality.FULL))
    while engine.step():
        pass
    engine.close()
    return events


def test_a_prefetch_leaves_the_reading_to_the_worker(gated: Services, gate: Gate) -> None:
    gate.go_on.release(1000)
    prefetched(gated)
    by_engine = {frame for name, frame in gate.reads if name != "look-ahead"}
    assert by_engine <= {0, 5, 9}  # what the analysis of the shot looks at


def test_a_damaged_frame_costs_only_itself(tmp_path: Path) -> None:
    events = prefetched(World(tmp_path, damaged=frozenset({4})).services())
    last = [event for event in events if isinstance(event, CacheChanged)][-1]
    assert last.ready == (TimeRange.of_frames(0, 4, RATE), TimeRange.of_frames(5, 5, RATE))


def test_a_translator_is_built_before_the_worker_begins(gated: Services, gate: Gate) -> None:
    """Building one imports it, and an import beside a running worker can trip Python's parser."""
    workers: list[int] = []
    create = gated.translators.create

    class Watched(FakeTranslators):
        def create(self, translator_id: TranslatorId, device: torch.device) -> Translator:
            workers.append(sum(thread.name == "look-ahead" for thread in threading.enumerate()))
            return create(translator_id, device)

    renderer = Renderer(replace(gated, translators=Watched(CountingTranslator())), lambda media, progress: None)
    renderer.look_ahead([plan(gated, 3)])
    gate.go_on.release()
    renderer.close()
    assert workers == [0]
