"""The renderer on real clips, with the real decoder, colour, analyser and translator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch
from builders import a_mask, a_project
from footage import footage

from core.analysis.analyser import Analyser
from core.color import ColorPipeline
from core.condition import EXPOSURE, HAZE, Condition
from core.document.model import Look, Project
from core.extension.registry import Registry
from core.ids import JobId
from core.media.decoder import Decoder
from core.media.facts import MediaFacts
from core.media.index import frame_index
from core.media.probe import probe
from core.render.cache import DiskCache, MemoryCache
from core.render.engine import Engine
from core.render.messages import (
    Event,
    ExportDone,
    ExportRequest,
    ExportSettings,
    Layer,
    PreviewReady,
    PreviewRequest,
    Quality,
)
from core.render.services import RenderCache, Services, kept_bytes, picture_bytes
from core.timebase import TimeRange

pytestmark = pytest.mark.footage
PLUGINS = Path(__file__).parents[2] / "plugins"


def services(folder: Path) -> Services:
    return Services(
        open_decoder=Decoder,
        open_index=frame_index,
        color=ColorPipeline(),
        analyser=Analyser(),
        translators=Registry([PLUGINS]),
        cache=RenderCache(
            MemoryCache(256 << 20, kept_bytes), MemoryCache(64 << 20, picture_bytes), DiskCache(folder, 64 << 20)
        ),
        device=torch.device("cpu"),
        threads=2,
    )


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def engine(tmp_path: Path, events: list[Event]) -> Iterator[Engine]:
    made = Engine(services(tmp_path / "analyses"), events.append)
    yield made
    made.close()


def project_of(facts: MediaFacts, condition: Condition, **rest: object) -> Project:
    return a_project(media=facts, look=Look(base=condition), **rest)  # type: ignore[arg-type]


def export(
    engine: Engine, project: Project, out: Path, first: int | None = None, count: int = 0, **settings: object
) -> None:
    span = project.export_range if first is None else TimeRange.of_frames(first, count, project.rate)
    engine.post(ExportRequest(JobId("job"), project, span, ExportSettings(str(out), **settings)))  # type: ignore[arg-type]
    run(engine)


def run(engine: Engine) -> None:
    while engine.step():
        pass


def sound(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.audio[0]) if packet.size]


def test_an_untouched_film_keeps_frames_length_and_the_very_sound(
    engine: Engine, events: list[Event], tmp_path: Path
) -> None:
    clip = footage("highway.mp4")
    facts = probe(clip)
    export(engine, project_of(facts, Condition()), tmp_path / "out.mp4", height=90)
    assert isinstance(events[-1], ExportDone)
    made = probe(tmp_path / "out.mp4")
    assert (made.video.frame_count, made.video.duration) == (221, facts.video.duration)
    assert sound(tmp_path / "out.mp4") == sound(clip)


@pytest.mark.parametrize("name", ["highway.mp4", "coast.mp4"])
def test_an_untouched_frame_is_within_a_code_of_the_source(name: str, engine: Engine, tmp_path: Path) -> None:
    facts = probe(footage(name))
    export(engine, project_of(facts, Condition()), tmp_path / "one.png", 20, 1)
    with Decoder(facts) as decoder:
        source = decoder.read(20).pixels
    image = cv2.imread(str(tmp_path / "one.png"), cv2.IMREAD_UNCHANGED)
    assert image is not None
    assert np.abs(image[..., ::-1] / 257.0 - source).max() <= 1.0


def test_full_range_stays_full(engine: Engine, tmp_path: Path) -> None:
    facts = probe(footage("coast.mp4"))
    export(engine, project_of(facts, Condition()), tmp_path / "out.mp4", 0, 3, height=90)
    assert probe(tmp_path / "out.mp4").video.color.full_range == facts.video.color.full_range


def test_a_frame_is_the_same_alone_in_a_range_and_in_the_preview(
    engine: Engine, events: list[Event], tmp_path: Path
) -> None:
    facts = probe(footage("coast.mp4"))
    look = Condition.of({HAZE: 0.4, EXPOSURE: -1.0})
    project = replace(project_of(facts, look, masks=[a_mask()]), width=320, height=180)
    for name, first, count in (("range", 100, 4), ("alone", 102, 1)):
        (tmp_path / name).mkdir()
        fresh = Engine(services(tmp_path / f"analyses-{name}"), events.append)
        export(fresh, project, tmp_path / name / "f_%04d.png", first, count)
        fresh.close()
    pair = [(tmp_path / name / "f_0102.png").read_bytes() for name in ("range", "alone")]
    assert pair[0] == pair[1]
    time = TimeRange.of_frames(102, 1, project.rate).start
    for serial in (1, 2):  # the first is shown before the shot was followed
        engine.post(PreviewRequest(serial, project, time, 180, (Layer.RESULT,), Quality.FULL))
        run(engine)
    _, ready = (e for e in events if isinstance(e, PreviewReady) and e.is_last)
    shown = ready.picture(Layer.RESULT)
    image = cv2.imread(str(tmp_path / "range" / "f_0102.png"), cv2.IMREAD_UNCHANGED)
    assert shown is not None
    assert image is not None
    assert np.abs(image / 257.0 - shown.pixels[..., :3]).max() <= 0.56  # the screen's byte, its table at half precision
