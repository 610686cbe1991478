"""`analyse`: what is written, by which numbers, and what is said when it cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest
from e2e.command import complaint, image, succeeded, weathervane
from films import number_film

from core.scene import SurfaceClass
from core.world.model import street
from core.world.render import render

FIRST, COUNT, SIZE = 1001, 3, (160, 90)
USAGE, BAD_INPUT = 2, 3


def exr(path: Path) -> npt.NDArray[np.float32]:
    """(H, W) or (H, W, 3), as it was written."""
    with av.open(str(path)) as file:
        return np.asarray(next(file.decode(video=0)).to_ndarray(), np.float32)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The procedural street as numbered images, every tenth frame of it."""
    folder = tmp_path_factory.mktemp("street")
    for n in range(COUNT):
        light = render(street(), 10 * n, *SIZE).rgb
        codes = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
        bgr = (codes.clip(0, 1)[..., ::-1] * 255 + 0.5).astype(np.uint8)
        (folder / f"f_{FIRST + n}.png").write_bytes(cv2.imencode(".png", bgr)[1].tobytes())
    return folder / "f_%04d.png"


@pytest.fixture(scope="module")
def written(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("analysed") / "maps"
    succeeded(weathervane("analyse", images, "--out", out, "--maps", ",".join(ALL), "--progress", "none"))
    return out


ALL = ("sky", "ground", "depth", "flow", "classes", "normals")


def test_every_frame_has_its_maps_by_its_own_number_and_size(written: Path) -> None:
    for number in range(FIRST, FIRST + COUNT):
        for name in ("sky", "ground"):
            matte = image(written / f"{name}_{number:05d}.png")
            assert (matte.dtype, matte.shape) == (np.uint16, SIZE[::-1])
        assert exr(written / f"depth_{number:05d}.exr").shape == SIZE[::-1]
        for name in ("flow", "normals"):
            assert exr(written / f"{name}_{number:05d}.exr").shape == (*SIZE[::-1], 3)
        for kind in SurfaceClass:
            assert image(written / f"class_{kind}_{number:05d}.png").shape == SIZE[::-1]


def test_white_is_sky_and_the_sky_is_at_infinity(written: Path) -> None:
    sky = image(written / f"sky_{FIRST:05d}.png")
    assert sky[:10, SIZE[0] // 2 - 10 : SIZE[0] // 2 + 10].min() > 60000
    assert sky[-10:].max() < 2000
    assert exr(written / f"depth_{FIRST:05d}.exr")[sky > 65000].max() < 1e-3


def test_the_scene_says_what_was_found_and_how_sure_it_is(written: Path, images: Path) -> None:
    scene: dict[str, Any] = json.loads((written / "scene.json").read_text())
    assert scene["clip"] == str(images)
    assert scene["size"] == list(SIZE)
    assert scene["sky"]["is_present"]
    assert scene["horizon"]["row"] == pytest.approx(street().horizon(0.0), abs=0.06)
    assert [frame["frame"] for frame in scene["frames"]] == list(range(FIRST, FIRST + COUNT))
    assert {"camera", "motion", "sun", "lights", "vehicles", "cuts", "notes"} <= scene.keys()
    sure = [scene[name]["confidence"] for name in ("sky", "ground", "horizon", "motion")]
    assert all(0.0 <= value <= 1.0 for value in sure)


def test_part_of_a_clip_has_the_bits_of_the_whole(written: Path, images: Path, tmp_path: Path) -> None:
    run = weathervane("analyse", images, "--frames", str(FIRST + 1), "--out", tmp_path / "o", "--no-models")
    assert "1 frame in" in succeeded(run).stdout
    names = sorted(path.name for path in (tmp_path / "o").iterdir())
    number = f"{FIRST + 1:05d}"
    assert names == [f"depth_{number}.exr", f"ground_{number}.png", "scene.json", f"sky_{number}.png"]
    for name in names[:2]:
        assert (tmp_path / "o" / name).read_bytes() == (written / name).read_bytes()


def test_images_numbered_in_steps_are_analysed_and_the_gaps_told(images: Path, tmp_path: Path) -> None:
    for n in range(COUNT):
        source = images.parent / f"f_{FIRST + n}.png"
        (tmp_path / f"s_{100 + 30 * n:05d}.png").write_bytes(source.read_bytes())
    run = succeeded(weathervane("analyse", tmp_path / "s_%05d.png", "--out", tmp_path / "o", "--maps", "sky"))
    assert f"note     58 of 61 frames are missing or damaged and were passed over.\n{COUNT} frames in" in run.stdout
    assert sorted(p.name for p in (tmp_path / "o").glob("*.png")) == [f"sky_{n:05d}.png" for n in (100, 130, 160)]
    scene = json.loads((tmp_path / "o" / "scene.json").read_text())
    assert [frame["frame"] for frame in scene["frames"]] == [100, 130, 160]


def test_progress_is_told_to_programs(images: Path, tmp_path: Path) -> None:
    run = weathervane("analyse", images, "--out", tmp_path, "--maps", "sky", "--progress", "json")
    events = [json.loads(line) for line in succeeded(run).stdout.splitlines()]
    assert (events[-1]["event"], events[-1]["frames"]) == ("done", COUNT)
    assert (events[-2]["stage"], events[-2]["done"], events[-2]["total"]) == ("Mapping", COUNT, COUNT)


@pytest.mark.parametrize(
    ("more", "word"),
    [(("--maps", "sky,heat"), "heat"), (("--frames", "5-9"), "0 to 5"), (("--frames", "x"), "--frames")],
)
def test_what_cannot_be_asked_for_is_named(more: tuple[str, ...], word: str, tmp_path: Path) -> None:
    clip = number_film(tmp_path / "clip.mp4", 6)
    said = complaint(weathervane("analyse", clip, "--out", tmp_path / "o", *more), USAGE)
    assert word in said
    assert not (tmp_path / "o").exists()


def test_a_missing_clip_and_a_folder_that_is_a_file_are_named(tmp_path: Path) -> None:
    assert "gone.mp4" in complaint(weathervane("analyse", tmp_path / "gone.mp4", "--out", tmp_path), BAD_INPUT)
    clip = number_film(tmp_path / "clip.mp4", 6)
    assert "clip.mp4" in complaint(weathervane("analyse", clip, "--out", clip / "o"), BAD_INPUT)
    said = complaint(weathervane("analyse", clip, "--out", clip.parent / "gone" / ".." / "clip.mp4"), BAD_INPUT)
    assert f"{clip} cannot be written: a file of that name stands where its folder would" in said
