"""Layers written beside a film: one EXR a frame, whose passes add up to the frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import OpenEXR
import pytest
from builders import a_mask, a_stroke
from films import number_film

from app.bootstrap import build_engine
from core.condition import NEUTRAL, Condition
from core.document.commands import ApplyPreset, clip_from
from core.document.model import Project
from core.document.session import new_project
from core.extension.translator import Pass
from core.ids import JobId
from core.media.probe import probe
from core.render.engine import Engine
from core.render.messages import Event, ExportDone, ExportFailed, ExportRequest, ExportSettings
from core.timebase import TimeRange

RAIN = Condition.of({"cloud": 0.8, "rain": 0.7, "haze": 0.2, "exposure": -0.5})
RGB = ("R", "G", "B")
Planes = dict[str, npt.NDArray[np.float32]]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return number_film(tmp_path / "clip.mp4", 3)


@pytest.fixture
def engine() -> Iterator[tuple[Engine, list[Event]]]:
    events: list[Event] = []
    made = build_engine("cpu", events.append)
    yield made, events
    made.close()


def project_of(path: Path, look: Condition, *, amount: float = 1.0, masked: bool = False) -> Project:
    empty = new_project("layers")
    project = clip_from(empty, probe(str(path))).apply(empty).project
    (only,) = project.pictures()
    if not look.is_neutral:
        project = ApplyPreset(only.id, "rain", look).apply(project).project
    (only,) = project.pictures()
    masks = (a_mask(a_stroke(radius=0.3)),) if masked else ()
    return project.with_clip(replace(only, look=replace(only.look, amount=amount), masks=masks))


def exported(engine: tuple[Engine, list[Event]], project: Project, out: Path, layers: Path) -> ExportDone:
    made, events = engine
    span = TimeRange.of_frames(0, 2, Fraction(25))
    made.post(ExportRequest(JobId("layers"), project, span, ExportSettings(str(out), layers=str(layers))))
    while made.step():
        pass
    done = events[-1]
    assert isinstance(done, ExportDone), done
    return done


def read(path: Path) -> Planes:
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: np.array(channel.pixels, np.float32) for name, channel in file.channels().items()}


def picture(planes: Planes, prefix: str = "") -> npt.NDArray[np.float32]:
    return np.stack([planes[prefix + c] for c in RGB])


@pytest.mark.parametrize(("amount", "masked"), [(1.0, False), (0.4, False), (0.8, True)])
def test_the_source_and_its_passes_add_up_to_the_frame(
    clip: Path, tmp_path: Path, engine: tuple[Engine, list[Event]], amount: float, masked: bool
) -> None:
    exported(engine, project_of(clip, RAIN, amount=amount, masked=masked), tmp_path / "o.mp4", tmp_path / "passes")
    files = sorted((tmp_path / "passes").iterdir())
    assert [f.name for f in files] == ["layers_00000.exr", "layers_00001.exr"]
    for file in files:
        planes = read(file)
        total = picture(planes, "source.") + sum(picture(planes, f"{name}.") for name in Pass)
        assert np.abs(total - picture(planes)).max() <= 1e-4 * (np.abs(picture(planes)).max() + 1e-3)
        assert np.abs(picture(planes, "sky.")).sum() + np.abs(picture(planes, "precipitation.")).sum() > 0.0


def test_every_frame_has_the_same_names_with_mattes_and_depth(
    clip: Path, tmp_path: Path, engine: tuple[Engine, list[Event]]
) -> None:
    exported(engine, project_of(clip, RAIN), tmp_path / "a.mp4", tmp_path / "looked")
    exported(engine, project_of(clip, NEUTRAL), tmp_path / "b.mp4", tmp_path / "plain")
    looked, plain = (read(tmp_path / folder / "layers_00001.exr") for folder in ("looked", "plain"))
    assert looked.keys() == plain.keys()
    assert {"R", "source.R", "depth.Z", "matte.sky", "matte.ground", "matte.look"} <= looked.keys()
    assert {f"{name}.{c}" for name in Pass for c in RGB} <= looked.keys()
    assert looked["matte.look"].min() == 1.0
    assert np.isfinite(looked["depth.Z"]).all()
    assert looked["depth.Z"].min() > 0.0


def test_a_neutral_look_has_passes_of_nothing(clip: Path, tmp_path: Path, engine: tuple[Engine, list[Event]]) -> None:
    exported(engine, project_of(clip, NEUTRAL), tmp_path / "o.mp4", tmp_path / "passes")
    planes = read(tmp_path / "passes" / "layers_00000.exr")
    assert not any(picture(planes, f"{name}.").any() for name in Pass)
    assert np.array_equal(picture(planes), picture(planes, "source."))
    assert not planes["matte.look"].any()


def test_other_programs_find_the_layers_by_name(clip: Path, tmp_path: Path, engine: tuple[Engine, list[Event]]) -> None:
    """FFmpeg's own reader, asked for one layer."""
    exported(engine, project_of(clip, RAIN), tmp_path / "o.mp4", tmp_path / "l_%03d.exr")
    ours = read(tmp_path / "l_001.exr")
    with av.open(str(tmp_path / "l_001.exr")) as container:
        stream = container.streams.video[0]
        stream.codec_context.options = {"layer": "sky"}
        theirs = next(container.decode(stream)).reformat(format="gbrpf32le")
    green = np.frombuffer(theirs.planes[0], np.float32).reshape(theirs.height, -1)[:, : theirs.width]
    assert np.array_equal(green, ours["sky.G"])


@pytest.mark.parametrize("name", ["layers.png", "one.exr", "missing/folder/here"])
def test_a_name_that_cannot_hold_layers_is_refused_before_the_first_frame(
    clip: Path, tmp_path: Path, engine: tuple[Engine, list[Event]], name: str
) -> None:
    made, events = engine
    settings = ExportSettings(str(tmp_path / "o.mp4"), layers=str(tmp_path / name))
    made.post(ExportRequest(JobId("layers"), project_of(clip, RAIN), TimeRange.of_frames(0, 2, Fraction(25)), settings))
    while made.step():
        pass
    assert isinstance(events[-1], ExportFailed)
    assert Path(name).name in events[-1].message or "folder" in events[-1].message
    assert not (tmp_path / "o.mp4").exists()
