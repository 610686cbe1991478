"""The heat picture and the written report."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import ExportError
from core.evaluation.flicker import FlickerScore
from core.evaluation.heatmap import COLOR_MAP, heat_picture, with_legend
from core.evaluation.report import RenderReport, summarise, write_csv, write_json

GREY = np.full((36, 64), 200, np.uint8)


def heat(value: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.full((18, 32), value, np.float32)


def report(scores: tuple[FlickerScore, ...]) -> RenderReport:
    return RenderReport(
        source="a.mp4",
        out="b.mp4",
        translator="atmosphere 1.0",
        look=(("sun", 1.0),),
        seed=1,
        width=64,
        height=36,
        rate="25",
        first_frame=0,
        frames=len(scores),
        device="cpu",
        elapsed_s=1.5,
        application="Weathervane 0.1.0",
        scores=scores,
    )


SCORES = (
    FlickerScore(0, 0.0, 0.0, 0.0, is_cut=False),
    FlickerScore(1, 0.25, 0.5, 0.9, is_cut=False),
    FlickerScore(2, 1.75, 0.5, 0.7, is_cut=False),
    FlickerScore(3, 0.0, 0.0, 0.0, is_cut=True),
)


def test_below_one_code_the_result_shows_in_grey_at_62_per_cent() -> None:
    np.testing.assert_array_equal(heat_picture(heat(1.0), GREY), np.full((36, 64, 3), 124))


def test_strong_flicker_is_the_hot_colour_at_86_per_cent() -> None:
    expected = 0.86 * np.array([0xFC, 0xFF, 0xA4]) + 0.14 * 124
    np.testing.assert_allclose(heat_picture(heat(25.0), GREY)[5, 5], expected, atol=1)


def test_unknown_is_darker_than_zero() -> None:
    assert heat_picture(heat(np.nan), GREY).max() < heat_picture(heat(0.0), GREY).min()


def test_the_colour_map_grows_lighter_all_the_way() -> None:
    assert (np.diff(COLOR_MAP @ np.array([0.2126, 0.7152, 0.0722])) > 0).all()


def test_the_legend_stays_in_its_corner_and_leaves_the_given_picture_alone() -> None:
    picture = np.full((360, 640, 3), 90, np.uint8)
    marked = with_legend(picture, 1.5)
    assert (picture == 90).all()
    assert (marked[:, 320:] == 90).all()
    assert (marked[:240] == 90).all()
    assert (marked != 90).any()


def test_a_thumbnail_carries_no_legend() -> None:
    small = np.full((90, 160, 3), 90, np.uint8)
    np.testing.assert_array_equal(with_legend(small, None), small)


def test_the_summary_counts_only_what_was_measured() -> None:
    summary = summarise(SCORES)
    assert (summary.frames, summary.measured_frames, summary.cuts) == (4, 2, (3,))
    assert (summary.mean, summary.worst, summary.worst_frame) == (1.0, 1.75, 2)
    assert summary.noticeable_frames == 1


def test_the_json_report_says_null_where_nothing_is_known(tmp_path: Path) -> None:
    write_json(report(SCORES), tmp_path / "r.json")
    read = json.loads((tmp_path / "r.json").read_text())
    assert [s["score"] for s in read["scores"]] == [None, 0.25, 1.75, None]
    assert read["flicker"]["worst_frame"] == 2
    assert read["look"] == {"sun": 1.0}


def test_the_csv_has_a_row_for_every_frame(tmp_path: Path) -> None:
    write_csv(SCORES, tmp_path / "s.csv")
    rows = list(csv.DictReader((tmp_path / "s.csv").read_text().splitlines()))
    assert [r["frame"] for r in rows] == ["0", "1", "2", "3"]
    assert rows[0]["score"] == ""
    assert rows[2]["score"] == "1.75"


def test_a_report_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no such file"):
        write_json(report(()), tmp_path / "missing" / "r.json")
