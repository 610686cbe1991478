"""From files in the store to the set of models in use. What cannot be used is left out and said; nothing is ever required."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from core.errors import ModelError
from core.models.adapters import NONE, ModelSet
from core.models.catalogue import Task
from core.models.store import ModelStore


def load_models(store: ModelStore) -> ModelSet:
    """The models in use, each verified and tried on an empty picture. Takes as long as reading their files. Never raises."""
    models, used = NONE, []
    for record in store.records():
        if not record.is_in_use:
            continue
        try:
            models = _with(models, record.task, store.verified(record), record.title)
            used.append(record.sha256)
        except ModelError as problem:
            models = replace(models, notes=(*models.notes, problem.message))
        except Exception as problem:  # a library that meets a strange file may raise anything; the others still work
            reason = f"{record.title} could not be loaded ({type(problem).__name__}); remove it and add it again."
            models = replace(models, notes=(*models.notes, reason))
    return replace(models, digest=hashlib.sha256("".join(sorted(used)).encode()).hexdigest()[:16] if used else "")


def _with(models: ModelSet, task: Task, path: Path, title: str) -> ModelSet:
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
