"""What the preview client asks for, and which answers it lets through. No engine: the requests are the claim."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from builders import a_project
from pytestqt.qtbot import QtBot

from app.preview_client import PreviewClient, View
from app.throttle import Throttle
from core.render.messages import (
    Layer,
    Picture8,
    PrefetchRequest,
    PreviewFailed,
    PreviewReady,
    PreviewRequest,
    Quality,
    Request,
)
from core.timebase import Time, TimeRange

PROJECT = a_project()


def at(frame: int) -> Time:
    return Time.from_frame(frame, Fraction(25))


def a_view(frame: int = 0) -> View:
    return View(PROJECT, at(frame), (Layer.SOURCE, Layer.RESULT), Quality.HALF)


def an_answer(serial: int, quality: Quality = Quality.DRAFT, *, frame: int = 0, ms: float = 20.0) -> PreviewReady:
    pixels = Picture8(np.zeros((2, 2, 4), np.uint8))
    return PreviewReady(serial, at(frame), quality, quality is Quality.HALF, ((Layer.RESULT, pixels),), ms)


class Desk:
    """A client, its requests, and what it let through."""

    def __init__(self) -> None:
        self.sent: list[Request] = []
        self.shown: list[PreviewReady] = []
        self.client = PreviewClient(self.sent.append)
        self.client.shown.connect(self.shown.append)

    @property
    def previews(self) -> list[PreviewRequest]:
        return [r for r in self.sent if isinstance(r, PreviewRequest)]


@pytest.fixture
def desk(qapp: object) -> Desk:
    return Desk()


def test_a_still_view_is_asked_for_coarse_first_and_then_at_its_quality(desk: Desk) -> None:
    desk.client.set_view(a_view())
    (asked,) = desk.previews
    assert (asked.first, asked.last) == (Quality.DRAFT, Quality.HALF)


def test_the_same_view_is_asked_for_once(desk: Desk, qtbot: QtBot) -> None:
    desk.client.set_view(a_view())
    desk.client.set_view(a_view())
    qtbot.waitUntil(lambda: any(isinstance(r, PrefetchRequest) for r in desk.sent))
    assert len(desk.previews) == 1


def test_a_hand_gets_drafts_and_the_full_pass_when_it_lets_go(desk: Desk, qtbot: QtBot) -> None:
    desk.client.hold("scrub")
    for frame in range(5):
        desk.client.set_view(a_view(frame))
    assert desk.previews[0].last is Quality.DRAFT
    qtbot.waitUntil(lambda: desk.previews[-1].time == at(4))
    assert len(desk.previews) == 2
    desk.client.release("scrub")
    qtbot.waitUntil(lambda: desk.previews[-1].last is Quality.HALF)
    assert desk.previews[-1].time == at(4)


def test_a_quality_that_comes_in_time_is_used_while_a_hand_moves(desk: Desk, qtbot: QtBot) -> None:
    desk.client.set_view(a_view())
    desk.client.on_event(an_answer(1, Quality.HALF, ms=30.0))
    desk.client.hold("scrub")
    desk.client.set_view(a_view(3))
    qtbot.waitUntil(lambda: desk.previews[-1].time == at(3))
    assert desk.previews[-1].last is Quality.HALF


def test_a_still_view_takes_only_the_answer_to_its_last_question(desk: Desk, qtbot: QtBot) -> None:
    desk.client.set_view(a_view(0))
    desk.client.set_view(a_view(9))
    qtbot.waitUntil(lambda: len(desk.previews) == 2)
    desk.client.on_event(an_answer(1))
    assert desk.shown == []
    desk.client.on_event(an_answer(2, frame=9))
    assert [r.serial for r in desk.shown] == [2]


def test_while_moving_older_answers_are_welcome_but_never_go_backwards(desk: Desk) -> None:
    desk.client.hold("scrub")
    desk.client.set_view(a_view(0))
    for serial in (1, 3, 2, 4):
        desk.client.on_event(an_answer(serial))
    assert [r.serial for r in desk.shown] == [1, 3, 4]


def test_playback_asks_for_the_chosen_quality_only_where_it_is_ready(desk: Desk, qtbot: QtBot) -> None:
    desk.client.set_view(a_view(0))
    desk.client.set_ready((TimeRange(at(10), at(20)),))
    desk.client.set_playing(True)
    desk.client.set_view(a_view(5))
    qtbot.waitUntil(lambda: desk.previews[-1].time == at(5))
    assert desk.previews[-1].last is Quality.DRAFT
    desk.client.set_view(a_view(12))
    qtbot.waitUntil(lambda: desk.previews[-1].time == at(12))
    assert (desk.previews[-1].first, desk.previews[-1].last) == (Quality.HALF, Quality.HALF)


def test_playback_falls_back_to_the_source_when_even_drafts_are_slow(desk: Desk, qtbot: QtBot) -> None:
    desk.client.set_view(a_view(0))
    desk.client.on_event(an_answer(1, Quality.DRAFT, ms=900.0))
    desk.client.set_playing(True)
    desk.client.set_view(a_view(5))
    qtbot.waitUntil(lambda: desk.previews[-1].time == at(5))
    assert desk.previews[-1].layers == (Layer.SOURCE,)


def test_an_instant_without_a_clip_is_not_asked_for(desk: Desk) -> None:
    desk.client.set_view(replace(a_view(), time=at(4000)))
    assert desk.previews == []


def test_a_failure_of_a_past_question_is_not_told(desk: Desk, qtbot: QtBot) -> None:
    told: list[PreviewFailed] = []
    desk.client.failed.connect(told.append)
    desk.client.set_view(a_view(0))
    desk.client.set_view(a_view(3))
    qtbot.waitUntil(lambda: len(desk.previews) == 2)
    desk.client.on_event(PreviewFailed(1, at(0), None, "Old."))
    desk.client.on_event(PreviewFailed(2, at(3), None, "New."))
    assert [f.message for f in told] == ["New."]


def test_a_throttle_runs_at_once_and_once_more_with_the_last(desk: Desk, qtbot: QtBot) -> None:
    runs: list[int] = []
    calls: list[int] = []
    throttle = Throttle(lambda: runs.append(len(calls)), 20, desk.client)
    for number in range(5):
        calls.append(number)
        throttle.call()
    assert runs == [1]
    qtbot.waitUntil(lambda: runs == [1, 5])


def test_a_cancelled_throttle_stays_quiet(desk: Desk) -> None:
    runs: list[int] = []
    throttle = Throttle(lambda: runs.append(1), 20, desk.client)
    throttle.call()
    throttle.call()
    throttle.cancel()
    throttle.flush()
    assert runs == [1]
