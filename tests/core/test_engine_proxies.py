"""Drafts are read from proxies; nothing else ever is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from builders import a_project
from fakes import SMALL, FakeDecoder, World, fake_look, pixels_of

from core.cancel import CancelToken
from core.document.model import Look, Project
from core.errors import MediaError
from core.ids import JobId
from core.media.facts import MediaFacts
from core.media.picture import Picture
from core.render.engine import Engine
from core.render.messages import (
    Event,
    ExportRequest,
    ExportSettings,
    Layer,
    PreviewFailed,
    PreviewReady,
    PreviewRequest,
    Quality,
    StillReady,
    StillRequest,
    UseProxies,
)
from core.timebase import ZERO, Time, TimeRange

GREY = 99
"""What every frame of the fake proxy shows."""


@dataclass
class FakeProxy:
    reads: list[int]
    is_gone: bool = False

    def read(self, index: int, size: tuple[int, int], cancel: CancelToken) -> Picture:
        if self.is_gone:
            raise MediaError("The proxy is gone.")
        self.reads.append(index)
        return Picture(np.full((size[1], size[0], 3), GREY, np.uint8), SMALL.video.color, index)

    def close(self) -> None:
        return


@dataclass
class Bench:
    """An engine over fakes, what it said, and what it read from where."""

    folder: Path
    proxy: FakeProxy = field(default_factory=lambda: FakeProxy([]))
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.folder)

        def opened(facts: MediaFacts, _path: str) -> FakeProxy:
            assert facts.id == SMALL.id
            return self.proxy

        services = replace(self.world.services(), open_proxy=opened)  # type: ignore[arg-type]
        self.engine = Engine(services, self.events.append)
        self.engine.post(UseProxies(((SMALL.id, "/cache/small.mov"),)))

    def run(self, *requests: PreviewRequest | StillRequest | ExportRequest) -> None:
        for request in requests:
            self.engine.post(request)
        while self.engine.step():
            pass

    def show(self, project: Project, first: Quality, last: Quality, at: str = "0") -> list[PreviewReady]:
        self.events.clear()
        self.run(PreviewRequest(1, project, Time(Fraction(at)), 32, first=first, last=last))
        return [e for e in self.events if isinstance(e, PreviewReady)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.engine.close()


def as_shot() -> Project:
    return a_project(media=SMALL, look=Look())


def test_a_scrub_reads_the_proxy_and_letting_go_the_source(bench: Bench) -> None:
    (draft,) = bench.show(as_shot(), Quality.DRAFT, Quality.DRAFT)
    assert (pixels_of(draft.picture(Layer.SOURCE)) == GREY).all()
    assert bench.proxy.reads == [0]
    assert bench.world.reads == []
    full = bench.show(as_shot(), Quality.DRAFT, Quality.FULL)[-1]
    expected = FakeDecoder(SMALL, []).read(0)
    assert np.array_equal(pixels_of(full.picture(Layer.SOURCE)), expected.pixels)


def test_a_draft_under_a_look_reads_frame_and_maps_from_the_proxy(bench: Bench) -> None:
    looked = a_project(media=SMALL, look=fake_look())
    bench.show(looked, Quality.FULL, Quality.FULL)
    bench.world.reads.clear()
    (draft,) = bench.show(looked, Quality.DRAFT, Quality.DRAFT, at="6/25")
    assert draft.picture(Layer.RESULT) is not None
    assert 6 in bench.proxy.reads
    assert bench.world.reads == []


def test_stills_and_exports_never_read_a_proxy(bench: Bench, tmp_path: Path) -> None:
    looked = a_project(media=SMALL, look=fake_look())
    still = StillRequest("x", looked, ZERO, 8)
    settings = ExportSettings(str(tmp_path / "f_%03d.png"))
    bench.run(still, ExportRequest(JobId("job"), looked, TimeRange(ZERO, Time(Fraction(3, 25))), settings))
    assert any(isinstance(e, StillReady) for e in bench.events)
    assert len(list(tmp_path.glob("f_*.png"))) == 3
    assert bench.proxy.reads == []


def test_a_proxy_that_went_away_costs_time_and_no_picture(bench: Bench) -> None:
    bench.proxy.is_gone = True
    (draft,) = bench.show(as_shot(), Quality.DRAFT, Quality.DRAFT)
    assert not any(isinstance(e, PreviewFailed) for e in bench.events)
    assert not (pixels_of(draft.picture(Layer.SOURCE)) == GREY).all()


def test_without_proxies_in_use_drafts_read_the_source(bench: Bench) -> None:
    bench.engine.post(UseProxies(()))
    bench.show(as_shot(), Quality.DRAFT, Quality.DRAFT)
    assert bench.proxy.reads == []
