"""Sources: what is read follows where a medium lies now, not where it lay when it was first opened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest
from builders import a_media
from fakes import SMALL, FakeDecoder, FakeIndex, World

from core.cancel import Cancelled, CancelToken
from core.errors import MediaError
from core.ids import MediaId
from core.media.facts import MediaFacts
from core.progress import Progress
from core.render.media_plan import analysis_of, decode_of
from core.render.services import Services
from core.render.sources import Sources
from tests.core.test_render_plan import PARAMS


@dataclass
class Shelf:
    """Remembers what was opened and closed, in order; what is `lost` cannot be opened."""

    log: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    def open(self, facts: MediaFacts) -> LoggedDecoder:
        if facts.path in self.lost:
            raise MediaError(f"{facts.path} is not there.")
        self.log.append(f"open {facts.path}")
        decoder = LoggedDecoder(facts, [])
        decoder.log = self.log
        return decoder


class LoggedDecoder(FakeDecoder):
    log: list[str]

    def close(self) -> None:
        self.log.append(f"close {self.facts.path}")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def sources(shelf: Shelf, tmp_path: Path) -> Sources:
    def unheard(media: MediaId, progress: Progress) -> None:
        return

    services: Services = replace(World(tmp_path).services(), open_decoder=shelf.open)
    return Sources(services, unheard)


def read(sources: Sources, facts: MediaFacts, frame: int) -> None:
    sources.decoded(decode_of(facts, frame, (48, 32), sources.version), CancelToken())


def test_relinked_media_is_read_from_its_new_place(sources: Sources, shelf: Shelf) -> None:
    moved = replace(SMALL, path="/elsewhere/small.mp4")
    read(sources, SMALL, 0)
    read(sources, moved, 1)
    read(sources, moved, 2)
    assert shelf.log == [f"open {SMALL.path}", f"close {SMALL.path}", f"open {moved.path}"]
    sources.close()
    assert shelf.log[-1] == f"close {moved.path}"
    assert len(shelf.log) == 4


def test_media_whose_new_place_is_gone_is_read_from_its_old_one_again(sources: Sources, shelf: Shelf) -> None:
    moved = replace(SMALL, path="/elsewhere/small.mp4")
    shelf.lost.add(moved.path)
    read(sources, SMALL, 0)
    with pytest.raises(MediaError):
        read(sources, moved, 1)
    read(sources, SMALL, 1)
    sources.close()
    assert shelf.log == [f"open {SMALL.path}", f"close {SMALL.path}"] * 2


def test_images_taken_at_another_rate_have_another_index(sources: Sources) -> None:
    images = a_media("f_%03d.png", rate=24)
    slower = replace(images, video=replace(images.video, rate=Fraction(12)))
    assert sources.index_of(images) == FakeIndex.steady(48, Fraction(24))
    assert sources.index_of(slower) == FakeIndex.steady(48, Fraction(12))


def test_whoever_shows_how_far_a_look_is_hears_of_its_end_when_it_is_given_up(tmp_path: Path) -> None:
    told: list[Progress] = []
    world, token = World(tmp_path), CancelToken()
    sources = Sources(world.services(), lambda _, progress: told.append(progress))
    world.analyser.on_progress = lambda done: token.cancel() if done == 2 else None
    node = analysis_of(SMALL, 0, (), PARAMS)
    with pytest.raises(Cancelled):
        sources.scene(node, token)
    assert told[-2].done < told[-2].total
    assert told[-1].done == told[-1].total
    sources.close()
