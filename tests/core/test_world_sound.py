"""The street's sound: the same every time, quiet, and on the side where things are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.world.model import World, car, street
from core.world.sound import ambience

HZ = 48000


def test_the_same_street_sounds_the_same_to_the_bit() -> None:
    assert np.array_equal(ambience(street(), 0.5), ambience(street(), 0.5))
    assert not np.array_equal(ambience(street(), 0.5), ambience(street(8), 0.5))


def test_it_lasts_as_asked_and_stays_quiet() -> None:
    sound = ambience(street(), 3.5)
    assert (sound.shape, sound.dtype) == ((168000, 2), np.float32)
    assert 0.1 < np.abs(sound).max() < 0.5


@pytest.mark.parametrize(("x", "ear"), [(-5.0, 0), (9.0, 1)])
def test_a_passing_car_swells_on_its_own_side(x: float, ear: int) -> None:
    passing = car(x, 40.0, (0.3, 0.3, 0.3), -11.0, seed=1)
    sound = ambience(replace(World(), solids=tuple(passing)), 4.0)
    loudness = np.sqrt((sound.reshape(-1, 4800, 2) ** 2).mean(axis=1))
    assert 15 <= int(loudness[:, ear].argmax()) <= 23  # they meet after (40 + 2.2) / 22 s
    assert loudness[:, ear].max() > 1.8 * loudness[18, 1 - ear]
