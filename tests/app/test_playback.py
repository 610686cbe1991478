"""Playback by a clock the test winds itself."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from app.playback.clock import AudioClock, open_audio_clock
from app.playback.player import PlaybackCount, Player, next_speed
from core.timebase import Time, TimeRange

RATE = Fraction(25)
SPAN = TimeRange.of_frames(10, 20, RATE)


class WoundClock:
    """Shows the seconds it was set to."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.runs = 0

    def start(self) -> None:
        self.now_s = 0.0
        self.runs += 1

    def stop(self) -> None:
        return

    def elapsed_s(self) -> float:
        return self.now_s


class Deck:
    """A player, its clock, and the frames it asked for."""

    def __init__(self) -> None:
        self.clock = WoundClock()
        self.player = Player(lambda _start, _speed: self.clock)
        self.frames: list[int] = []
        self.player.moved.connect(lambda time: self.frames.append(time.to_frame(RATE)))

    def play(self, speed: int, frame: int) -> None:
        self.player.play(speed, Time.from_frame(frame, RATE), SPAN, RATE)
        self.player._timer.stop()  # the test ticks

    def wind(self, seconds: float) -> None:
        self.clock.now_s = seconds
        self.player.tick()


@pytest.fixture
def deck(qapp: object) -> Deck:
    return Deck()


def test_frames_follow_the_clock_and_late_ticks_skip(deck: Deck) -> None:
    deck.play(1, 12)
    for seconds in (0.01, 0.041, 0.06, 0.2):
        deck.wind(seconds)
    assert deck.frames == [13, 17]


def test_reverse_runs_backwards(deck: Deck) -> None:
    deck.play(-2, 20)
    deck.wind(0.04)
    assert deck.frames == [18]


def test_a_loop_starts_over_at_the_in_point(deck: Deck) -> None:
    deck.play(1, 28)
    deck.wind(0.2)
    deck.player._timer.stop()
    assert deck.frames == [10]
    assert deck.player.is_playing
    assert deck.clock.runs == 2


def test_without_a_loop_it_stops_on_the_last_frame(deck: Deck) -> None:
    deck.player.is_looping = False
    deck.play(1, 28)
    deck.wind(0.2)
    assert deck.frames == [29]
    assert not deck.player.is_playing


def test_playing_from_the_end_starts_over(deck: Deck) -> None:
    deck.play(1, 29)
    deck.wind(0.041)
    assert deck.frames == [11]


def test_j_and_l_double_and_turn_round() -> None:
    presses = [(0, 1, 1), (1, 1, 2), (2, 1, 4), (8, 1, 8), (4, -1, -1), (-1, -1, -2), (-8, 1, 1)]
    assert [(speed, way, next_speed(speed, way)) for speed, way, _ in presses] == presses


def test_frames_that_were_due_and_never_painted_are_dropped_frames() -> None:
    count = PlaybackCount()
    count.due(10)
    for frame in (1, 3, 3, 5):
        count.shown(frame, now_s=frame / 25)
    assert count.dropped == 6
    assert count.fps(now_s=0.2) == 3.0
    assert count.fps(now_s=9.0) == 0.0


class FakeStream:
    latency = 0.1

    def __init__(self, **given: object) -> None:
        self.given = given

    def start(self) -> None:
        return

    def abort(self) -> None:
        return

    def close(self) -> None:
        return


class FakeSound:
    OutputStream = FakeStream


def test_what_has_been_heard_is_what_time_it_is() -> None:
    asked: list[tuple[int, int]] = []

    def source(first: int, count: int) -> np.ndarray:
        asked.append((first, count))
        return np.zeros((count, 2), np.float32)

    clock = AudioClock(FakeSound, source, 48_000, 2)
    clock.start()
    for _ in range(10):
        clock._fill(np.empty((4800, 2), np.float32), 4800, None, None)
    assert asked[-1] == (43_200, 4800)
    # Nine blocks are out, the tenth is on its way, and the card is 0.1 s behind.
    assert 0.8 <= clock.elapsed_s() <= 0.9 + 1e-6


def test_a_machine_without_a_card_has_no_audio_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert open_audio_clock(lambda _first, count: np.zeros((count, 2), np.float32), 48_000, 2) is None
