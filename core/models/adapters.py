"""What the analysis knows of models: three small protocols, and the set of those that are in use. No library is seen here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.models.tasks import Task
from core.objects import Box

Picture8 = npt.NDArray[np.uint8]
"""(H, W, 3) R'G'B' display codes of any size."""
Plane = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detection:
    """A thing that a detector saw. `label` is the model's own word, `score` 0..1."""

    box: Box
    label: str
    score: float


class Detector(Protocol):
    """Same picture, same answer. Any thread."""

    def detect(self, rgb: Picture8) -> tuple[Detection, ...]:
        """Things in the picture, best first, without overlaps of one kind. Raises `ModelError`."""
        ...


@dataclass(frozen=True, slots=True)
class SurfaceShares:
    """What a segmentation says of a picture, at the picture's size.

    classes: (8, H, W), 0..1 of each `core.scene.SurfaceClass`, in its order; sums to at most 1.
    sky:     (H, W), 0..1.
    """

    classes: Plane
    sky: Plane


class Segmenter(Protocol):
    """Same picture, same answer. Any thread."""

    def segment(self, rgb: Picture8) -> SurfaceShares:
        """Raises `ModelError`."""
        ...


class DepthEstimator(Protocol):
    """Same picture, same answer. Any thread."""

    def inverse_depth(self, rgb: Picture8) -> Plane:
        """(H, W) at the picture's size, larger is nearer, up to an unknown scale and shift. Raises `ModelError`."""
        ...


@dataclass(frozen=True, slots=True)
class UsedModel:
    """A model that is in use. `sha256` names its file."""

    id: str
    title: str
    task: Task
    sha256: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A model that is installed and cannot be used: `note` says which, which file, why, and what to do."""

    id: str
    note: str


@dataclass(frozen=True, slots=True)
class ModelSet:
    """The models that an analysis may use; None where there is none of a task."""

    detector: Detector | None = None
    segmenter: Segmenter | None = None
    depth: DepthEstimator | None = None
    used: tuple[UsedModel, ...] = ()
    """Of those above, for whoever names what took part."""
    left_out: tuple[LeftOut, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Why a model that is installed is not used, in plain sentences."""
        return tuple(model.note for model in self.left_out)

    def digest(self, *tasks: Task) -> str:
        """Names the files for these tasks, so that what was found with others is not taken for this; empty without any."""
        files = sorted(model.sha256 for model in self.used if model.task in tasks)
        return hashlib.sha256("".join(files).encode()).hexdigest()[:16] if files else ""


NONE = ModelSet()
