"""Legends say what the views are made by: their numbers, and words that can be read."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from app.viewer.legend import BAR_W, Legend, difference_legend, flicker_legend, legend_of
from app.viewer.modes import ViewMode
from app.viewer.pictures import GAINS
from core.evaluation import heatmap
from core.words import use_language

SHOWN = QRectF(0, 0, 640, 360)


def painted(legend: Legend) -> np.ndarray:
    """(360, 640, 3) R G B on black."""
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    legend.paint(painter, SHOWN)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(360, 640, 4)[..., 2::-1].copy()


def test_the_flicker_legend_names_the_heat_maps_own_numbers(qtbot: QtBot) -> None:
    legend = flicker_legend()
    assert [(tick.share, tick.text) for tick in legend.ticks] == [
        (0.0, "0"),
        (heatmap.INVISIBLE_BELOW / heatmap.FULL_SCALE, "1"),
        (0.5, "5"),
        (1.0, "10 and above"),
    ]
    assert "codes of 255" in legend.title


def test_the_flicker_legend_follows_the_heat_map(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heatmap, "FULL_SCALE", 20.0)
    monkeypatch.setattr(heatmap, "INVISIBLE_BELOW", 2.5)
    legend = flicker_legend()
    assert [tick.text for tick in legend.ticks] == ["0", "2.5", "10", "20 and above"]
    assert legend.ticks[1].share == 0.125


@pytest.mark.parametrize("code", [0.5, 1.0, 3.0, 5.0, 9.5])
def test_the_ramp_has_at_each_value_the_colour_that_the_view_has_there(qtbot: QtBot, code: float) -> None:
    shown = painted(flicker_legend())
    bar = flicker_legend().bar(flicker_legend().place(SHOWN))
    x = round(bar.left() + code / heatmap.FULL_SCALE * (bar.width() - 1))
    expected = heatmap.heat_picture(np.full((4, 4), code, np.float32), np.full((4, 4), 160, np.uint8))[0, 0]
    assert np.abs(shown[round(bar.center().y()), x].astype(int) - expected).max() <= 6


def test_below_one_code_the_ramp_is_the_grey_of_the_result(qtbot: QtBot) -> None:
    ramp = heatmap.ramp_picture(round(BAR_W))[0].astype(int)
    grey = int(BAR_W * heatmap.INVISIBLE_BELOW / heatmap.FULL_SCALE)
    assert (np.ptp(ramp[:grey], axis=1) == 0).all()
    assert np.ptp(ramp[-1]) > 60
    assert heatmap.unknown_code() < ramp[0, 0]


@pytest.mark.parametrize("gain", GAINS)
def test_the_legend_of_the_signed_difference_names_its_scale(qtbot: QtBot, gain: int) -> None:
    legend, end = difference_legend(gain), 256 // gain
    assert [tick.share for tick in legend.ticks] == [0.0, 0.25, 0.5, 0.75, 1.0]
    texts = [tick.text for tick in legend.ticks]
    assert texts == [f"\u2264 \u2212{end}", f"\u2212{end // 2}", "0", f"{end // 2}", f"\u2265 {end}"]


def test_only_views_whose_colours_are_numbers_have_a_legend(qtbot: QtBot) -> None:
    assert {mode for mode in ViewMode if legend_of(mode, 4) is not None} == {ViewMode.FLICKER, ViewMode.SIGNED}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("mode", "gain"), [(ViewMode.FLICKER, 4), *((ViewMode.SIGNED, gain) for gain in GAINS)])
def test_words_of_a_legend_stand_apart_and_on_its_plate(qtbot: QtBot, language: str, mode: ViewMode, gain: int) -> None:
    use_language(language)
    try:
        legend = legend_of(mode, gain)
    finally:
        use_language("en")
    assert legend is not None
    place = legend.place(SHOWN)
    words = list(legend.words(place))
    assert len(words) == (2 if mode is ViewMode.FLICKER else 1) + len(legend.ticks)
    assert all(place.contains(word.box) for word in words)
    assert not any(one.box.intersects(two.box) for one, two in combinations(words, 2))


def test_the_legend_is_drawn_in_the_corner_and_nowhere_else(qtbot: QtBot) -> None:
    shown, place = painted(flicker_legend()), flicker_legend().place(SHOWN)
    inside = np.zeros((360, 640), bool)
    inside[int(place.top()) : int(place.bottom()) + 1, int(place.left()) : int(place.right()) + 1] = True
    assert (shown[~inside] == 0).all()
    for word in flicker_legend().words(place):
        box = word.box.toRect()
        assert np.ptp(shown[box.top() : box.bottom(), box.left() : box.right()]) > 100  # something is written there
