"""Optional models from the command line, as a person or a script manages them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from e2e.command import complaint, succeeded, weathervane
from onnx_files import convolution
from weights import weights

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
    assert "say what it is for" in complaint(weathervane("models", "add", network), BAD_INPUT)
    assert "in use" in succeeded(weathervane("models", "add", network, "--task", "depth")).stdout
    assert listed()["nearness"]["state"] == "in use"
    succeeded(weathervane("models", "remove", "nearness"))
    assert "nearness" not in listed()
    assert "not installed" in complaint(weathervane("models", "remove", "nearness"), BAD_INPUT)


def test_a_file_that_does_not_fit_its_task_is_said_and_listed(network: Path) -> None:
    run = succeeded(weathervane("models", "add", network, "--task", "detector"))
    assert "COCO" in run.stdout
    assert "COCO" in succeeded(weathervane("models", "list")).stdout.splitlines()[-1]


def test_a_licence_is_shown_and_must_be_accepted() -> None:
    path = weights("fastestdet_coco.onnx")
    refused = weathervane("models", "add", path)
    assert "BSD-3-Clause" in refused.stdout
    assert "--accept-licence" in complaint(refused, USAGE)
    assert listed()["fastestdet"]["state"] == "available"
    succeeded(weathervane("models", "add", path, "--accept-licence"))
    assert listed()["fastestdet"]["state"] == "in use"


def test_a_model_nobody_knows_is_refused() -> None:
    assert "fastestdet" in complaint(weathervane("models", "add", "nonesuch"), BAD_INPUT)
    assert "gone.onnx" in complaint(weathervane("models", "add", "gone.onnx"), USAGE)


def test_a_model_without_a_known_hash_is_not_fetched() -> None:
    assert "yourself" in complaint(weathervane("models", "add", "midas-small"), BAD_INPUT)
