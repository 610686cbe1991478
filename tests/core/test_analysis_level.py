"""Claims of `core.analysis.level` and of the lens that is assumed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.analysis.analyser import Pair, understand
from core.analysis.appearance import Appearance
from core.analysis.flow import Grey8
from core.analysis.level import level_row
from core.analysis.pace import no_pause

WIDTH, HEIGHT = 320, 180


def view(border: np.ndarray, below: float = 110.0) -> Grey8:
    """A bright sky, and something darker below a border given for each column as a share of the height."""
    rows = (np.arange(HEIGHT)[:, None] + 0.5) / HEIGHT
    texture = cv2.GaussianBlur(np.random.default_rng(1).random((HEIGHT, WIDTH), np.float32) - 0.5, (0, 0), 1.5)
    picture = np.where(rows < border[None, :], 170.0 - 20.0 * rows, below + 20.0 * texture)
    return np.asarray(np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8), 0, 255), np.uint8)


@pytest.mark.parametrize("row", [0.45, 0.5])
@pytest.mark.parametrize("slope", [0.0, 0.02])
def test_the_line_of_the_sea_is_the_horizon(row: float, slope: float) -> None:
    border = row + slope * (np.arange(WIDTH) - WIDTH / 2) / HEIGHT
    assert level_row(view(border), 0.48) == pytest.approx(row, abs=0.006)


def test_half_a_sea_is_enough() -> None:
    border = np.where(np.arange(WIDTH) < WIDTH / 2, 0.5, 0.44 + 0.03 * np.sin(np.arange(WIDTH) / 5.0))
    assert level_row(view(border), 0.48) == pytest.approx(0.5, abs=0.006)


def test_a_crest_of_hills_is_not_the_horizon() -> None:
    assert level_row(view(0.46 + 0.03 * np.sin(np.arange(WIDTH) / 25.0)), 0.48) is None


def test_a_grey_wall_has_no_horizon() -> None:
    assert level_row(np.full((HEIGHT, WIDTH), 120, np.uint8), 0.48) is None


@pytest.mark.parametrize(("width", "height", "focal"), [(480, 270, 1.1), (480, 145, 0.6 * 480 / 145), (270, 480, 0.7)])
def test_the_lens_that_is_assumed_follows_the_width_of_very_wide_pictures(
    width: int, height: int, focal: float
) -> None:
    picture = Appearance(np.random.default_rng(2).random((height, width, 3), np.float32))
    assert understand([Pair(picture, None, 0.04)], no_pause).camera.focal == pytest.approx(focal, abs=0.01)
