"""The gallery: what is grabbed is the export's frame, is kept whole, and can be thrown away, brought back and written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
from builders import a_project
from fakes import SMALL, World, fake_look

from core.color import DISPLAY_TAGS
from core.condition import RAIN, Condition
from core.document.recipe import Recipe
from core.errors import LookError
from core.gallery import (
    TRASH_KEPT,
    Still,
    StillFacts,
    StillLayer,
    bring_back_still,
    export_still,
    keep_still,
    load_gallery,
    read_picture,
    remove_still,
    removed_stills,
)
from core.ids import JobId, ProjectId, TranslatorId
from core.render.engine import Engine
from core.render.messages import Event, ExportRequest, ExportSettings, GrabFailed, GrabReady, GrabRequest, Layer
from core.timebase import Time, TimeRange

RAINY = Recipe("Rainy", Condition.of({RAIN: 0.6}))
FACTS = StillFacts(
    "still-1", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), StillLayer.RESULT, ProjectId("project-0"), "Street", "Wide",
    "road.mp4", 12, "00:00:00:12", "Rainy", 32, 18, RAINY,
)  # fmt: skip
RAMP = np.linspace(0, 65535, 32 * 18 * 3).astype(np.uint16).reshape(18, 32, 3)


def kept(root: Path, number: int = 1) -> Still:
    facts = replace(FACTS, id=f"still-{number}", taken=FACTS.taken.replace(minute=number % 60))
    return keep_still(root, facts, RAMP, (RAMP / 13107).astype(np.float16), DISPLAY_TAGS)


def test_a_still_comes_back_with_its_recipe_and_its_sixteen_bits(tmp_path: Path) -> None:
    still = kept(tmp_path)
    (found,) = load_gallery(tmp_path).stills
    assert found == still
    assert found.facts.recipe == RAINY
    stored = cv2.imread(str(found.picture), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    np.testing.assert_array_equal(stored[..., ::-1], RAMP)
    with OpenEXR.File(str(found.light)) as file:
        light = file.channels()["RGB"].pixels
    np.testing.assert_array_equal(light, (RAMP / 13107).astype(np.float16))


def test_the_newest_still_is_first_and_each_project_has_its_own(tmp_path: Path) -> None:
    kept(tmp_path, 1), kept(tmp_path, 2)
    assert [s.id for s in load_gallery(tmp_path, FACTS.project).stills] == ["still-2", "still-1"]
    assert load_gallery(tmp_path, ProjectId("another")).stills == ()


def test_what_a_crash_left_half_written_is_not_shown_and_goes(tmp_path: Path) -> None:
    part = tmp_path / FACTS.project / ".still-9.part"
    part.mkdir(parents=True)
    (part / "still.json").write_bytes((kept(tmp_path).folder / "still.json").read_bytes())
    assert [s.id for s in load_gallery(tmp_path).stills] == ["still-1"]
    os.utime(part, (0, 0))
    kept(tmp_path, 2)
    assert not part.exists()


def test_the_screen_sees_eight_bits_of_it(tmp_path: Path) -> None:
    shown = read_picture(kept(tmp_path))
    assert shown.shape == (18, 32, 4)
    np.testing.assert_allclose(shown[..., 2::-1], RAMP / 257, atol=0.51)


def test_a_damaged_still_is_one_sentence_and_the_others_still_work(tmp_path: Path) -> None:
    kept(tmp_path, 1)
    (kept(tmp_path, 2).folder / "still.json").write_text("{")
    gallery = load_gallery(tmp_path)
    assert [s.id for s in gallery.stills] == ["still-1"]
    assert len(gallery.problems) == 1
    assert "is damaged" in gallery.problems[0]


def test_a_recipe_that_cannot_be_used_leaves_the_picture(tmp_path: Path) -> None:
    path = kept(tmp_path).folder / "still.json"
    content = json.loads(path.read_text())
    content["recipe"]["seed"] = -1
    path.write_text(json.dumps(content))
    (still,) = load_gallery(tmp_path).stills
    assert still.facts.recipe is None
    assert "cannot be used" in still.facts.notes[0]


def test_what_is_thrown_away_can_be_brought_back_while_the_trash_keeps_it(tmp_path: Path) -> None:
    for number in range(TRASH_KEPT + 2):
        remove_still(tmp_path, kept(tmp_path, number))
    assert load_gallery(tmp_path).stills == ()
    gone = removed_stills(tmp_path)
    assert len(gone) == TRASH_KEPT
    bring_back_still(tmp_path, gone[0])
    assert [s.id for s in load_gallery(tmp_path).stills] == [gone[0].id]


@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_an_exported_still_has_all_its_bits(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out{ending}"
    export_still(kept(tmp_path), out)
    stored = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    np.testing.assert_array_equal(stored[..., ::-1], RAMP)


def test_an_unknown_ending_and_a_missing_folder_are_said(tmp_path: Path) -> None:
    still = kept(tmp_path)
    with pytest.raises(LookError, match=r"\.png, \.tif nor \.exr"):
        export_still(still, tmp_path / "out.gif")
    with pytest.raises(LookError, match=r"was not written to"):
        export_still(still, tmp_path / "nowhere" / "out.exr")


# ---- the engine --------------------------------------------------------------------------------------------------


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def engine(tmp_path: Path, events: list[Event]) -> Iterator[Engine]:
    made = Engine(World(tmp_path).services(), events.append)
    yield made
    made.close()


def run(engine: Engine) -> None:
    while engine.step():
        pass


def test_a_grab_is_the_whole_canvas(engine: Engine, events: list[Event]) -> None:
    project = a_project(media=SMALL, look=fake_look())
    for layer in (Layer.SOURCE, Layer.RESULT):
        engine.post(GrabRequest(f"grab-{layer}", project, Time(Fraction(3, 25)), layer))
    run(engine)
    source, result = (event for event in events if isinstance(event, GrabReady))
    assert source.codes.shape == (SMALL.video.height, SMALL.video.width, 3)
    assert (source.codes.dtype, result.light.dtype) == (np.uint16, np.float16)
    assert not np.array_equal(source.codes, result.codes)


def test_a_clip_of_another_shape_is_grabbed_with_the_bars_it_has_on_the_canvas(
    engine: Engine, events: list[Event]
) -> None:
    wide = replace(a_project(media=SMALL), width=4 * SMALL.video.width)
    engine.post(GrabRequest("grab", wide, Time(Fraction(0)), Layer.SOURCE))
    run(engine)
    (done,) = (event for event in events if isinstance(event, GrabReady))
    assert done.codes.shape[1] == wide.width
    assert not done.codes[:, : SMALL.video.width].any()


def test_a_grab_that_fails_says_why(engine: Engine, events: list[Event]) -> None:
    project = a_project(media=SMALL, look=replace(fake_look(), translator=TranslatorId("gone")))
    engine.post(GrabRequest("grab", project, Time(Fraction(0))))
    run(engine)
    (failed,) = (event for event in events if isinstance(event, GrabFailed))
    assert (failed.tag, "gone" in failed.message) == ("grab", True)


def test_a_grab_is_bit_for_bit_the_png_that_an_export_writes(
    engine: Engine, events: list[Event], tmp_path: Path
) -> None:
    project = a_project(media=SMALL, look=fake_look())
    frame = TimeRange(Time(Fraction(3, 25)), Time(Fraction(4, 25)))
    settings = ExportSettings(str(tmp_path / "frame.png"))
    engine.post(ExportRequest(JobId("export"), project, frame, settings))
    run(engine)
    engine.post(GrabRequest("grab", project, frame.start))
    run(engine)
    (done,) = (event for event in events if isinstance(event, GrabReady))
    written = cv2.imread(str(tmp_path / "frame.png"), cv2.IMREAD_UNCHANGED)
    assert written is not None
    np.testing.assert_array_equal(written[..., ::-1], done.codes)
