"""A model's file as the network of its task: opened, and tried on an empty picture. The libraries load only here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import assert_never

from core.models.adapters import ModelSet
from core.models.tasks import Task


def with_network(models: ModelSet, task: Task, path: Path, title: str) -> ModelSet:
    """`models` with the file for its task. Raises `ModelError` if it is no network, or not one for this task."""
    from core.models.litert import CityscapesSegmenter
    from core.models.onnx import FastestDet, OnnxNet, RelativeDepth

    match task:
        case Task.DETECTOR:
            return replace(models, detector=FastestDet(OnnxNet(path, title), title))
        case Task.SEGMENTATION:
            return replace(models, segmenter=CityscapesSegmenter(path, title))
        case Task.DEPTH:
            return replace(models, depth=RelativeDepth(OnnxNet(path, title), title))
    assert_never(task)
