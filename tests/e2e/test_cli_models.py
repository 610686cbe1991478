"""Optional models from the command line, as a person or a script manages them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from e2e.command import complaint, succeeded, weathervane
from films import number_film
from onnx_files import convolution
from weights import weights

from core.places import data_dir

USAGE, BAD_INPUT = 2, 3


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "nearness.onnx"
    path.write_bytes(convolution(np.ones((1, 3, 1, 1), np.float32), 32))
    return path


def listed() -> dict[str, dict[str, object]]:
    return {m["id"]: m for m in json.loads(succeeded(weathervane("models", "list", "--json")).stdout)}


def test_known_models_are_listed_with_licence_and_hash() -> None:
    models = listed()
    assert models["fastestdet"]["state"] == "available"
    assert all(model["licence"] for model in models.values())
    text = succeeded(weathervane("models", "list")).stdout
    assert "BSD-3-Clause" in text
    assert str(models["fastestdet"]["sha256"]) in text


def test_a_file_of_ones_own_comes_and_goes(network: Path) -> None:
    assert "--task" in weathervane("models", "add", "--help").stdout
    assert "say what it is for" in complaint(weathervane("models", "add", network), USAGE)
    said = succeeded(weathervane("models", "add", network, "--task", "depth")).stdout
    assert said == "nearness is in use, a file of your own: by its hash it is none of the catalogue's.\n"
    assert listed()["nearness"]["state"] == "in use"
    succeeded(weathervane("models", "remove", "nearness"))
    assert "nearness" not in listed()
    assert "not installed" in complaint(weathervane("models", "remove", "nearness"), USAGE)


def test_a_file_that_does_not_fit_its_task_is_refused(network: Path) -> None:
    assert "COCO" in complaint(weathervane("models", "add", network, "--task", "detector"), BAD_INPUT)
    (network.parent / "junk.onnx").write_text("not a network")
    assert "junk.onnx" in complaint(
        weathervane("models", "add", network.parent / "junk.onnx", "--task", "depth"), BAD_INPUT
    )
    assert all(model["state"] == "available" for model in listed().values())


def test_a_changed_file_is_said_wherever_it_is_missed(network: Path, tmp_path: Path) -> None:
    succeeded(weathervane("models", "add", network, "--task", "depth"))
    clip = number_film(tmp_path / "clip.mp4", 4)
    look = ("render", clip, "--set", "haze=0.5", "--report", tmp_path / "r.json", "--out", tmp_path / "o.mp4")
    succeeded(weathervane(*look))
    digest = hashlib.sha256(network.read_bytes()).hexdigest()
    named = {"id": "nearness", "title": "nearness.onnx", "task": "depth", "sha256": digest}
    assert json.loads((tmp_path / "r.json").read_text())["models"] == [named]

    (kept,) = data_dir().glob("models/nearness.onnx")
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    note = f"The model nearness is left out: {kept} has changed since it was added; remove the model and add it again."
    listing = succeeded(weathervane("models", "list")).stdout
    assert note in listing
    assert "depth, left out" in listing
    assert listed()["nearness"]["problem"] == note
    assert f"note     {note}" in succeeded(weathervane(*look)).stdout
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["models"] == []
    assert note in report["notes"]
    analysed = succeeded(weathervane("analyse", clip, "--maps", "sky", "--out", tmp_path / "maps"))
    assert f"note     {note}" in analysed.stdout
    scene = json.loads((tmp_path / "maps" / "scene.json").read_text())
    assert (scene["models"], note in scene["notes"]) == ([], True)
    unasked = succeeded(weathervane("analyse", clip, "--no-models", "--maps", "sky", "--out", tmp_path / "maps"))
    assert "left out" not in unasked.stdout


def test_a_licence_is_shown_and_must_be_accepted() -> None:
    path = weights("fastestdet_coco.onnx")
    refused = weathervane("models", "add", path)
    assert "BSD-3-Clause" in refused.stdout
    assert "--accept-licence" in complaint(refused, USAGE)
    assert listed()["fastestdet"]["state"] == "available"
    succeeded(weathervane("models", "add", path, "--accept-licence"))
    assert listed()["fastestdet"]["state"] == "in use"


def test_a_model_nobody_knows_is_refused() -> None:
    assert "fastestdet" in complaint(weathervane("models", "add", "nonesuch"), USAGE)
    assert "gone.onnx" in complaint(weathervane("models", "add", "gone.onnx"), BAD_INPUT)


def test_a_model_without_a_known_hash_is_not_fetched() -> None:
    assert "yourself" in complaint(weathervane("models", "add", "midas-small"), BAD_INPUT)
