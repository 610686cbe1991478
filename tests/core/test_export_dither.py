"""Dither: films of few bits do not band, and are the same however they are cut up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from builders import a_project
from fakes import SMALL, CountingTranslator, World, fake_look

from core.cancel import CancelToken
from core.color import ColorPipeline
from core.condition import Condition
from core.document.model import Project
from core.extension.translator import TranslateRequest
from core.frame import Frame
from core.ids import JobId
from core.render.engine import Engine
from core.render.messages import Event, ExportDone, ExportRequest, ExportSettings
from core.render.sinks import FilmSink, Shot
from core.timebase import TimeRange

Pictures = list[npt.NDArray[np.uint8]]


class Fog(CountingTranslator):
    """Gives every frame the same flat light, between two codes of 8 bits."""

    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        return request.frame.with_pixels(torch.full_like(request.frame.pixels, 0.2013))


class Films:
    """Exports, and keeps the pictures as they go to the encoder."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._pictures: Pictures = []
        write = FilmSink.write

        def kept(sink: FilmSink, image: npt.NDArray[np.uint8], shot: Shot) -> None:
            self._pictures.append(image)
            write(sink, image, shot)

        patch.setattr(FilmSink, "write", kept)

    def of(self, project: Project, span: TimeRange | None = None) -> Pictures:
        self._pictures.clear()
        services = replace(World(self._folder / "world", translator=Fog()).services(), color=ColorPipeline())
        events: list[Event] = []
        engine = Engine(services, events.append)
        settings = ExportSettings(str(self._folder / "out.mp4"))
        engine.post(ExportRequest(JobId("a"), project, span or project.export_range, settings))
        while engine.step():
            pass
        engine.close()
        assert isinstance(events[-1], ExportDone)
        return list(self._pictures)


@pytest.fixture
def films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Films:
    return Films(tmp_path, monkeypatch)


def foggy(clips: int = 1) -> Project:
    project = a_project(media=SMALL, clips=clips)
    for clip in tuple(project.pictures()):
        project = project.with_clip(replace(clip, look=fake_look()))
    return project


def frames(first: int, count: int) -> TimeRange:
    return TimeRange.of_frames(first, count, Fraction(25))


def test_fog_does_not_band(films: Films) -> None:
    """Light between two codes becomes both, in every row, and the noise moves from frame to frame."""
    first, second = films.of(foggy(), frames(0, 2))
    low = int(first.min())
    assert all(set(row) == {low, low + 1} for row in first[..., 0].tolist())
    assert (first != second).any()


def test_an_untouched_frame_keeps_its_codes(films: Films, tmp_path: Path) -> None:
    plain = a_project(media=SMALL, look=fake_look(Condition()))
    (picture,) = films.of(plain, frames(3, 1))
    source = World(tmp_path).services().open_decoder(SMALL).read(3, (48, 32), CancelToken())
    assert (picture == source.pixels).all()


def test_a_part_is_dithered_as_the_whole(films: Films) -> None:
    whole = films.of(foggy())
    part = films.of(foggy(), frames(5, 4))
    assert all((a == b).all() for a, b in zip(whole[5:9], part, strict=True))


def test_a_clip_by_itself_is_dithered_as_among_others(films: Films) -> None:
    """Then the film is numbered otherwise; the noise follows the source."""
    two = foggy(clips=2)
    length = len(films.of(foggy()))
    both = films.of(two)
    second = films.of(two, frames(length, 4))
    assert all((a == b).all() for a, b in zip(both[length:], second, strict=False))
