"""Claims of `core.analysis.shots`: a film is cut where it changes to another shot, wherever the looking begins."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.shots import find_cuts
from core.cancel import Cancelled, CancelToken
from core.errors import MediaError
from core.progress import Progress, ignore_progress


def scene(seed: int, shift: int) -> np.ndarray:
    """A picture (180, 320, 3) of blocks in the scene's own colours, panned by `shift` pixels."""
    rng = np.random.default_rng(seed)
    blocks = np.kron(rng.random((12, 40, 3)), np.ones((15, 16, 1))).astype(np.float32)
    return np.ascontiguousarray(blocks[:, shift : shift + 320] * rng.random(3).astype(np.float32))


def film(*lengths: int) -> list[np.ndarray]:
    return [scene(number, 2 * frame) for number, length in enumerate(lengths) for frame in range(length)]


def cuts(frames: list[np.ndarray], span: range | None = None) -> tuple[int, ...]:
    return find_cuts(frames.__getitem__, span or range(len(frames)), CancelToken(), ignore_progress)


def test_every_shot_is_found_at_its_first_frame() -> None:
    assert cuts(film(12, 9, 14)) == (12, 21)
    assert cuts(film(20)) == ()


def test_part_of_a_film_is_looked_at_alone() -> None:
    frames = film(12, 9, 14)
    assert cuts(frames, range(14, 35)) == (21,)
    assert cuts(frames, range(12, 21)) == ()


def test_frames_that_cannot_be_read_are_passed_over() -> None:
    frames = film(12, 12)

    def read(number: int) -> np.ndarray:
        if number in (5, 18):
            raise MediaError("Frame cannot be read.")
        return frames[number]

    assert find_cuts(read, range(24), CancelToken(), ignore_progress) == (12,)


def test_it_says_how_far_it_is_and_gives_up_when_asked() -> None:
    said: list[Progress] = []
    find_cuts(film(6).__getitem__, range(6), CancelToken(), said.append)
    assert [p.done for p in said] == [0, 1, 2, 3, 4, 5, 6]
    given_up = CancelToken()
    given_up.cancel()
    with pytest.raises(Cancelled):
        find_cuts(film(6).__getitem__, range(6), given_up, ignore_progress)
