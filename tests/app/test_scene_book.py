"""What the tools over the picture know of a shot: the frame under the hand is the one that the engine shows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from builders import a_media
from fakes import FakeIndex

from app.scene_book import ShotScene
from core.camera import Motion
from core.document.model import AS_FOUND
from core.scene import Scene
from core.timebase import Time

SLOWING = FakeIndex((Fraction(0), Fraction(1, 25), Fraction(3, 25), Fraction(8, 25)), Fraction(1, 5))
"""A phone's clip: 4 frames that come ever later."""


def a_shot(index: FakeIndex | None) -> ShotScene:
    scene = Scene(motion=Motion(forward_m_s=25.0))
    media = replace(a_media(), video=replace(a_media().video, rate=Fraction(25), frame_count=4))
    return ShotScene(media, AS_FOUND, scene, None, index)


@pytest.mark.parametrize(("ticks", "frame"), [(0, 0), (1, 1), (2, 1), (3, 2), (7, 2), (8, 3), (40, 3)])
def test_the_frame_of_an_instant_is_that_of_the_index_where_the_rate_varies(ticks: int, frame: int) -> None:
    assert a_shot(SLOWING).frame_of(Time(Fraction(ticks, 25))) == frame


def test_frames_come_evenly_until_the_index_is_known() -> None:
    assert [a_shot(None).frame_of(Time(Fraction(n, 25))) for n in (-1, 0, 2, 9)] == [0, 0, 2, 3]


def test_a_camera_that_was_not_followed_is_where_it_is_when_the_frame_appears() -> None:
    assert a_shot(SLOWING).at(3).pose.ahead_m == pytest.approx(8.0)
    assert a_shot(SLOWING).at(3).pose_after.ahead_m == pytest.approx(13.0)
