"""The flicker measure: silent on steady edits, loud on planted faults, honest about what it could not see."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from core.evaluation.flicker import Codes, Measurement, judge, link, sample

Picture = npt.NDArray[np.float32]
FRAMES = 7
BAD = 3


def texture(seed: int, size: tuple[int, int] = (400, 640)) -> Picture:
    """Smooth noise in colour, code values 30..220."""
    noise = np.random.default_rng(seed).normal(size=(*size, 3)).astype(np.float32)
    smooth = sum(cv2.GaussianBlur(noise, (0, 0), s) * s for s in (2.0, 6.0, 20.0))
    return np.asarray(cv2.normalize(smooth, None, 30.0, 220.0, cv2.NORM_MINMAX), np.float32)


def panning_shot(frames: int = FRAMES, seed: int = 1, pan_px: int = 3) -> list[Picture]:
    """A camera sliding over a still texture, (180, 320, 3)."""
    wide = texture(seed)
    return [np.round(wide[60:240, 40 + pan_px * i : 360 + pan_px * i]) for i in range(frames)]


def night(picture: Picture) -> Picture:
    return np.asarray(255.0 * (picture / 255.0) ** 1.5 * np.array([0.4, 0.5, 0.75]), np.float32)


def verdicts(source: list[Picture], result: list[Picture]) -> list[Measurement]:
    """Of a film in order, each pair of frames linked once."""
    samples = [sample(i, s, r) for i, (s, r) in enumerate(zip(source, result, strict=True))]
    links = [link(a, b) for a, b in pairwise(samples)]
    before = [None, *zip(samples, links, strict=False)]
    after = [*zip(samples[1:], links, strict=True), None]
    return [judge(*each) for each in zip(before, samples, after, strict=True)]


def test_a_steady_edit_scores_nothing() -> None:
    source = panning_shot()
    assert max(m.score.score for m in verdicts(source, [night(p) for p in source])) < 0.1


def test_one_frame_one_per_cent_too_bright_speaks_on_that_frame_alone() -> None:
    source = panning_shot()
    result = [night(p) * (1.01 if i == BAD else 1.0) for i, p in enumerate(source)]
    scores = [m.score.score for m in verdicts(source, result)]
    assert scores[BAD] > 0.3
    assert scores[BAD] > 4 * max(s for i, s in enumerate(scores) if i != BAD)


def test_a_bad_patch_is_found_and_its_heat_lies_there() -> None:
    source = panning_shot()
    result = [night(p) for p in source]
    result[BAD][40:80, 200:260] *= 1.06
    bad = verdicts(source, result)[BAD]
    y, x = np.unravel_index(np.nanargmax(bad.heat), bad.heat.shape)
    assert bad.score.score > 1.0
    assert 40 / 180 < y / bad.heat.shape[0] < 80 / 180
    assert 200 / 320 < x / bad.heat.shape[1] < 260 / 320


def test_a_steady_fade_is_not_flicker() -> None:
    source = panning_shot()
    faded = [night(p) * (1.0 + 0.02 * i) for i, p in enumerate(source)]
    assert max(m.score.score for m in verdicts(source, faded)) < 0.2


def test_what_the_source_does_itself_is_not_blamed_on_the_edit() -> None:
    source = panning_shot()
    source[BAD] = np.round(source[BAD] * 1.03)
    bad = verdicts(source, [night(p) for p in source])[BAD].score
    assert bad.source_score > 1.0
    assert bad.score < 0.25 * bad.source_score


def test_a_cut_is_marked_and_neither_side_of_it_is_scored() -> None:
    bright = [np.minimum(255.0, 0.4 * p + 150.0).astype(np.float32) for p in panning_shot(4, seed=9)]
    source = [*[0.5 * p for p in panning_shot(4, seed=2)], *bright]
    scores = [m.score for m in verdicts(source, [night(p) for p in source])]
    assert [s.frame for s in scores if s.is_cut] == [4]
    assert [s.frame for s in scores if not s.is_measured] == [0, 3, 4, 7]


def test_clipped_pixels_count_as_not_measured() -> None:
    source = panning_shot()
    result = [night(p) for p in source]
    for picture in result:
        picture[:, 160:] = 255.0
    verdict = verdicts(source, result)[BAD]
    assert 0.3 < verdict.score.measured_share < 0.6
    assert np.isnan(verdict.heat[:, -100:]).all()


def test_falling_drops_are_not_flicker() -> None:
    source = panning_shot()
    rng = np.random.default_rng(5)
    result = [night(p) for p in source]
    for picture in result:
        for x, y in zip(rng.integers(0, 318, 150), rng.integers(0, 168, 150), strict=True):
            picture[y : y + 10, x : x + 1] += 40.0
    assert max(m.score.score for m in verdicts(source, result)) < 0.6


def test_film_grain_is_measured_through_and_is_not_flicker() -> None:
    source = panning_shot()
    rng = np.random.default_rng(7)
    grainy = [night(p) + rng.gamma(1.5, 2.0, p.shape[:2])[..., None].astype(np.float32) for p in source]
    verdict = verdicts(source, grainy)[BAD].score
    assert verdict.measured_share > 0.7
    assert verdict.score < 0.6


@pytest.mark.parametrize("size", [(7, 5), (31, 64), (64, 31), (200, 20)])
def test_any_size_can_be_judged(size: tuple[int, int]) -> None:
    picture = texture(3)[: size[0], : size[1]]
    assert np.isfinite(verdicts([picture] * 3, [picture] * 3)[1].score.score)


def test_pictures_of_two_sizes_are_refused() -> None:
    one: Codes = texture(3)
    with pytest.raises(ValueError, match="share one"):
        sample(0, one, one[1:])
