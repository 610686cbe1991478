"""Following a shot: a pass that stands still whenever something is more urgent, and is never begun anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FOUND_CAR, SMALL, World

from core.cancel import CancelToken
from core.document.model import AS_FOUND
from core.errors import MediaError
from core.media.facts import MediaFacts
from core.progress import Progress
from core.render.following import PASSES_KEPT, Pass, PauseToken
from core.render.nodes import Analysis
from core.render.renderer import Renderer

NEVER = CancelToken()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


Open = Callable[[World], Renderer]


@pytest.fixture
def opened() -> Iterator[Open]:
    renderers: list[Renderer] = []

    def build(world: World) -> Renderer:
        renderers.append(Renderer(world.services(), lambda _, __: None, lambda: True))
        return renderers[-1]

    yield build
    for renderer in renderers:
        renderer.close()
    assert "following" not in {thread.name for thread in threading.enumerate()}


def media(number: int) -> MediaFacts:
    return replace(SMALL, id=type(SMALL.id)(f"media-{number}"))


def to_the_end(renderer: Renderer, node: Analysis) -> int:
    """How many slices it took."""
    slices = 0
    while renderer.follow(node, NEVER) is not None:
        slices += 1
    return slices


def test_a_pass_stands_still_at_every_frame_while_something_is_urgent(world: World, opened: Open) -> None:
    renderer = opened(world)
    node = renderer.shot_of(SMALL)
    for seen in range(11):  # before each of ten frames, and before the end
        assert renderer.follow(node, NEVER) is not None
        assert world.analyser.followed == list(range(seen))
    assert not renderer.is_followed(node)
    assert renderer.follow(node, NEVER) is None
    assert renderer.is_followed(node)


def test_a_pass_goes_on_where_nothing_is_urgent(world: World) -> None:
    renderer = Renderer(world.services(), lambda _, __: None)
    assert to_the_end(renderer, renderer.shot_of(SMALL)) <= 1
    renderer.close()


def test_between_two_shots_neither_is_begun_anew(world: World, opened: Open) -> None:
    renderer = opened(world)
    nodes = [renderer.shot_of(media(n)) for n in range(PASSES_KEPT)]
    while not all(renderer.is_followed(node) for node in nodes):
        for node in nodes:
            renderer.follow(node, NEVER)
    assert sorted(world.analyser.followed) == sorted(list(range(10)) * PASSES_KEPT)


def test_a_shot_left_for_too_many_others_is_given_up(world: World, opened: Open) -> None:
    renderer = opened(world)
    for n in range(PASSES_KEPT + 1):
        renderer.follow(renderer.shot_of(media(n)), NEVER)
    assert len([t for t in threading.enumerate() if t.name == "following"]) == PASSES_KEPT


def test_what_was_followed_is_kept_on_disk_bit_for_bit(world: World, opened: Open) -> None:
    first = opened(world)
    node = first.shot_of(SMALL)
    to_the_end(first, node)
    made, again = first.tracking(node, NEVER), opened(world).tracking(node, NEVER)
    assert made == again
    assert made is not None
    assert all(pose.ahead_m == round(pose.ahead_m, 9) for pose in made.poses)
    assert world.analyser.followed == list(range(10))


def test_a_shot_that_nobody_followed_is_followed_where_its_tracking_is_asked_for(world: World, opened: Open) -> None:
    renderer = opened(world)
    found = renderer.tracking(renderer.shot_of(SMALL), NEVER)
    assert found is not None
    assert [thing.id for thing in found.objects] == [FOUND_CAR]
    assert renderer.follow(renderer.shot_of(SMALL), NEVER) is None


def test_an_image_sequence_at_another_rate_is_followed_by_itself(world: World, opened: Open) -> None:
    renderer = opened(world)
    slower = replace(SMALL, video=replace(SMALL.video, rate=SMALL.video.rate / 2))
    assert renderer.shot_of(SMALL).tracking_key != renderer.shot_of(slower).tracking_key


def test_frames_that_are_followed_are_not_kept(world: World, opened: Open) -> None:
    renderer = opened(world)
    to_the_end(renderer, renderer.shot_of(SMALL))
    assert [index for index, size in world.reads if size == (12, 8)] == list(range(10))
    kept = world.services().cache.results
    assert not [place for _, place in kept.places() if place.frame not in (0, 5, 9)]


def test_a_damaged_frame_does_not_end_a_pass(tmp_path: Path, opened: Open) -> None:
    world = World(tmp_path, damaged=frozenset({4}))
    renderer = opened(world)
    to_the_end(renderer, renderer.shot_of(SMALL))
    found = renderer.tracking(renderer.shot_of(SMALL), NEVER)
    assert found is not None
    assert len(found.poses) == 9


def test_closing_ends_a_pass_that_stands_still(world: World, opened: Open) -> None:
    renderer = opened(world)
    renderer.follow(renderer.shot_of(SMALL), NEVER)
    renderer.follow(renderer.shot_of(SMALL), NEVER)
    renderer.close()
    assert world.analyser.followed == [0]


def test_a_failing_pass_tells_whoever_drives_it_and_may_be_tried_again(world: World, opened: Open) -> None:
    renderer = opened(world)
    node = renderer.shot_of(SMALL)

    def fails(frame: int) -> None:
        if frame == 2:
            raise MediaError("road.mp4 cannot be read.")

    world.analyser.on_follow = fails
    with pytest.raises(MediaError):
        to_the_end(renderer, node)
    world.analyser.on_follow = lambda frame: None
    to_the_end(renderer, node)
    assert renderer.is_followed(node)


def test_the_time_a_pass_had_to_wait_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it says of itself, what counts is the time of its own slices, and a person is shown one name for it."""
    now = [0.0]
    monkeypatch.setattr("core.render.following.monotonic", lambda: now[0])

    def track(token: PauseToken, say: Callable[[Progress], None]) -> None:
        now[0] += 2.0
        token.check()
        now[0] += 3.0
        say(Progress("whatever", 1, 2, 1e6))
        token.check()

    one = Pass(track, lambda: True)
    one.advance()
    now[0] += 100.0
    assert one.advance() == Progress("Following the camera", 1, 2, 5.0)
    one.close()


def test_what_a_person_says_does_not_make_a_shot_be_followed_again(world: World, opened: Open) -> None:
    renderer = opened(world)
    node = renderer.shot_of(SMALL)
    said = replace(AS_FOUND, corrections=replace(AS_FOUND.corrections, horizon=0.3, camera_height_m=3.0))
    to_the_end(renderer, node)
    assert renderer.tracking(replace(node, said=said), NEVER) is renderer.tracking(node, NEVER)
