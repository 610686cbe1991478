"""The pixel probe: light as the renderer has it, read from memory and never made for the asking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from builders import a_project
from fakes import SMALL, BrighteningTranslator, World, fake_look, pixels_of

from core.document.model import Project
from core.ids import TranslatorId
from core.render.engine import Engine
from core.render.messages import (
    Event,
    Layer,
    PrefetchRequest,
    PreviewReady,
    PreviewRequest,
    ProbeReady,
    ProbeRequest,
    Quality,
)
from core.render.services import Services
from core.timebase import Time, TimeRange

HEIGHT = 32
POINTS = ((0.0, 0.0), (0.3, 0.7), (0.999, 0.999))


@dataclass
class Probed:
    """An engine and what it said."""

    world: World
    services: Services
    engine: Engine
    events: list[Event]
    project: Project

    def do(self, request: PreviewRequest | PrefetchRequest | ProbeRequest) -> None:
        self.engine.post(request)
        while self.engine.step():
            pass

    def show(
        self, at: str = "0", first: Quality = Quality.DRAFT, last: Quality = Quality.FULL, *, light: bool = False
    ) -> PreviewReady:
        """The last picture of an instant."""
        time = Time(Fraction(at))
        self.do(PreviewRequest(1, self.project, time, HEIGHT, first=first, last=last, wants_light=light))
        return [e for e in self.events if isinstance(e, PreviewReady)][-1]

    def probe(self, u: float, v: float, side: int = 1, at: str = "0", quality: Quality = Quality.FULL) -> ProbeReady:
        self.do(ProbeRequest(7, self.project, Time(Fraction(at)), HEIGHT, u, v, side, quality))
        said = self.events[-1]
        assert isinstance(said, ProbeReady)
        return said


@pytest.fixture
def probed(tmp_path: Path) -> Iterator[Probed]:
    world, events = World(tmp_path, BrighteningTranslator()), list[Event]()
    services = world.services()
    engine = Engine(services, events.append)
    made = Probed(world, services, engine, events, a_project(media=SMALL, look=fake_look()))
    made.show(at="9/25", first=Quality.FULL)  # the shot is followed; from here on pictures keep their names
    yield made
    engine.close()


def codes(shown: PreviewReady, layer: Layer, u: float, v: float) -> np.ndarray:
    picture = pixels_of(shown.picture(layer))
    return picture[int(v * picture.shape[0]), int(u * picture.shape[1])].astype(float)


@pytest.mark.parametrize("quality", list(Quality))
@pytest.mark.parametrize(("u", "v"), POINTS)
def test_light_is_that_of_the_picture_on_the_screen_whatever_its_size(
    probed: Probed, quality: Quality, u: float, v: float
) -> None:
    shown = probed.show(first=quality, last=quality)
    light = dict(probed.probe(u, v, quality=quality).light)
    # The fakes show light as it is: code = 255 light, held at 255.
    assert np.clip(np.array(light[Layer.SOURCE]) * 255, 0, 255) == pytest.approx(
        codes(shown, Layer.SOURCE, u, v), abs=0.51
    )
    assert np.clip(np.array(light[Layer.RESULT]) * 255, 0, 255) == pytest.approx(
        codes(shown, Layer.RESULT, u, v), abs=0.51
    )


def test_light_does_not_clip_where_codes_do(probed: Probed) -> None:
    shown = probed.show()
    u, v = 0.3, 0.7
    light = dict(probed.probe(u, v).light)
    assert light[Layer.RESULT] == pytest.approx(tuple(8 * value for value in light[Layer.SOURCE]))
    assert max(light[Layer.RESULT]) > 1.0
    assert codes(shown, Layer.RESULT, u, v).max() == 255


def test_a_square_is_the_mean_of_its_pixels_and_is_cut_at_the_edge(probed: Probed) -> None:
    picture = pixels_of(probed.show().picture(Layer.SOURCE)).astype(float) / 255
    middle = dict(probed.probe(0.5, 0.5, side=5).light)[Layer.SOURCE]
    assert middle == pytest.approx(picture[14:19, 22:27].mean(axis=(0, 1)), abs=1e-5)
    corner = dict(probed.probe(0.0, 0.0, side=9).light)[Layer.SOURCE]
    assert corner == pytest.approx(picture[:5, :5].mean(axis=(0, 1)), abs=1e-5)


def test_nothing_is_decoded_or_rendered_for_a_probe(probed: Probed) -> None:
    probed.show()
    translator = probed.world.translator
    assert isinstance(translator, BrighteningTranslator)
    before = list(translator.calls), list(probed.world.reads)
    assert probed.probe(0.5, 0.5, at="4/25").light == ()  # a frame that was never shown
    assert (translator.calls, probed.world.reads) == before


def test_a_size_that_was_not_shown_is_not_read(probed: Probed) -> None:
    probed.show(first=Quality.DRAFT, last=Quality.DRAFT)
    assert probed.probe(0.5, 0.5, quality=Quality.FULL).light == ()
    assert [layer for layer, _ in probed.probe(0.5, 0.5, quality=Quality.DRAFT).light] == [Layer.SOURCE, Layer.RESULT]


def test_light_is_made_anew_for_who_reads_it_where_only_the_picture_was_kept(probed: Probed) -> None:
    probed.show(first=Quality.FULL)
    probed.services.cache.results.clear()
    probed.show(first=Quality.FULL)
    assert probed.probe(0.5, 0.5).light == ()
    probed.show(first=Quality.FULL, light=True)
    assert [layer for layer, _ in probed.probe(0.5, 0.5).light] == [Layer.SOURCE, Layer.RESULT]


def test_the_frame_on_the_screen_keeps_its_light_while_others_are_made_ahead(tmp_path: Path) -> None:
    frame_bytes = 3 * 4 * 48 * 32
    world, events = World(tmp_path, BrighteningTranslator(), results_bytes=12 * frame_bytes), list[Event]()
    services = world.services()
    engine = Engine(services, events.append)
    probed = Probed(world, services, engine, events, a_project(media=SMALL, look=fake_look()))
    probed.show(at="9/25", first=Quality.FULL)
    probed.show(first=Quality.FULL)
    span = TimeRange(Time(Fraction(0)), Time(Fraction(10, 25)))
    probed.do(PrefetchRequest(probed.project, Time(Fraction(0)), span, HEIGHT, Quality.FULL))
    assert len(services.cache.pictures) >= 10
    assert [layer for layer, _ in probed.probe(0.5, 0.5).light] == [Layer.SOURCE, Layer.RESULT]
    engine.close()


def test_a_shot_that_cannot_be_planned_is_answered_with_nothing(tmp_path: Path) -> None:
    world, events = World(tmp_path), list[Event]()
    engine = Engine(world.services(), events.append)
    nobody = a_project(media=SMALL, look=replace(fake_look(), translator=TranslatorId("nobody")))
    engine.post(ProbeRequest(3, nobody, Time(Fraction(0)), HEIGHT, 0.5, 0.5))
    while engine.step():
        pass
    engine.close()
    assert events == [ProbeReady(3, ())]


def test_of_many_questions_the_latest_is_answered(probed: Probed) -> None:
    probed.show()
    for serial in (11, 12, 13):
        probed.engine.post(ProbeRequest(serial, probed.project, Time(Fraction(0)), HEIGHT, 0.5, 0.5))
    while probed.engine.step():
        pass
    assert [e.serial for e in probed.events if isinstance(e, ProbeReady)] == [13]
