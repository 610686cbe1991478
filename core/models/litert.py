"""Segmentation by a TensorFlow Lite file, through ai-edge-litert where that is installed."""

from __future__ import annotations

import threading
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from core.errors import ModelError, traceback_of
from core.models.adapters import Picture8, Plane, SurfaceShares
from core.scene import SurfaceClass
from core.words import tr

CITYSCAPES: Final[tuple[SurfaceClass | None, ...]] = (
    SurfaceClass.ROAD,
    SurfaceClass.PATH,  # pavement
    SurfaceClass.BUILDING,
    SurfaceClass.BUILDING,  # wall
    SurfaceClass.BUILDING,  # fence
    None,  # pole
    None,  # traffic light
    None,  # traffic sign
    SurfaceClass.PLANT,  # vegetation
    SurfaceClass.GRASS,  # terrain
    None,  # sky, which has a plane of its own
    None,  # person
    None,  # rider
    SurfaceClass.VEHICLE,  # car
    SurfaceClass.VEHICLE,  # truck
    SurfaceClass.VEHICLE,  # bus
    SurfaceClass.VEHICLE,  # train
    SurfaceClass.VEHICLE,  # motorcycle
    None,  # bicycle: too thin to be told at this size
)
"""The 19 classes that Cityscapes is scored by, in its order, as ours; None where we have none."""
SKY: Final = 10


class CityscapesSegmenter:
    """A network of Cityscapes classes, one number a pixel: (1, H, W, 3) uint8 in, (1, H, W) class out."""

    def __init__(self, path: Path, title: str) -> None:
        """Raises `ModelError` if the file or the library is not what is needed."""
        try:
            interpreter = import_module("ai_edge_litert.interpreter").Interpreter
        except ImportError:
            raise ModelError(
                tr("{title} needs ai-edge-litert, which 'pip install ai-edge-litert' brings.", title=title)
            ) from None
        self._title, self._lock = title, threading.Lock()
        try:
            self._net: Any = interpreter(model_path=str(path))
            self._net.allocate_tensors()
            (self._input,), (self._output, *_) = self._net.get_input_details(), self._net.get_output_details()
            _, self._height, self._width, channels = (int(n) for n in self._input["shape"])
        except (ValueError, RuntimeError, TypeError) as error:
            reason = traceback_of(error).strip().splitlines()[-1]
            raise ModelError(
                tr("{title} is no network that can be read: {reason}", title=title, reason=reason)
            ) from None
        if channels != 3 or self._input["dtype"] is not np.uint8:
            raise ModelError(tr("{title} does not take an 8-bit RGB picture, which a segmentation must.", title=title))
        self.segment(np.zeros((self._height, self._width, 3), np.uint8))

    def segment(self, rgb: Picture8) -> SurfaceShares:
        labels = self._labels(rgb)
        height, width = rgb.shape[:2]
        planes = [
            _resized(np.isin(labels, [i for i, kind in enumerate(CITYSCAPES) if kind is wanted]), width, height)
            for wanted in SurfaceClass
        ]
        return SurfaceShares(np.stack(planes), _resized(labels == SKY, width, height))

    def _labels(self, rgb: Picture8) -> Any:
        small = cv2.resize(rgb, (self._width, self._height), interpolation=cv2.INTER_AREA)
        try:
            with self._lock:
                self._net.set_tensor(self._input["index"], small[None])
                self._net.invoke()
                labels = np.squeeze(self._net.get_tensor(self._output["index"]))
        except Exception as error:
            reason = traceback_of(error).strip().splitlines()[-1]
            raise ModelError(tr("{title} could not be run: {reason}", title=self._title, reason=reason)) from None
        if labels.ndim != 2 or labels.max() >= len(CITYSCAPES):
            shape = "x".join(map(str, labels.shape))
            raise ModelError(
                tr(
                    "{title} answers with {shape} numbers; one Cityscapes class a pixel is needed.",
                    title=self._title,
                    shape=shape,
                )
            )
        return labels


def _resized(inside: Any, width: int, height: int) -> Plane:
    """A yes or no per pixel as shares at another size, its staircase smoothed."""
    soft = cv2.GaussianBlur(np.asarray(inside, np.float32), (0, 0), 1.5)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR).clip(0.0, 1.0), np.float32)
