"""ONNX networks: run by OpenCV, or by onnxruntime where it is installed and OpenCV does not know a layer; and two adapters."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from core.errors import ModelError, traceback_of
from core.models.adapters import Detection, Picture8, Plane
from core.objects import Box
from core.words import tr

COCO_VEHICLES: Final = {2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}
LEAST_SCORE: Final = 0.4
OVERLAP: Final = 0.35
"""Boxes that share more than this are one thing."""
FREE_SIDE_PX: Final = 448
"""Given to a network that takes any size: 14 · 32, so patches of 14 and strides of 32 both fit."""

Tensor = npt.NDArray[np.float32]
IMAGENET_MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32)
IMAGENET_DEVIATION: Final = np.array([0.229, 0.224, 0.225], np.float32)


class OnnxNet:
    """One network of one input and one output. Any thread: runs are one after the other."""

    def __init__(self, path: Path, title: str) -> None:
        """Raises `ModelError` if neither library can read it."""
        self._title = title
        self._lock = threading.Lock()
        self.input_shape = input_shape(path.read_bytes())
        """Of the first input; 0 where the network leaves a side open. Empty if the file does not say."""
        try:
            self._net: Any = cv2.dnn.readNetFromONNX(str(path))
            self._session = None
            self._forward(np.zeros(self._trial_shape, np.float32))
        except cv2.error:
            self._session = _onnxruntime_session(path, title)

    def run(self, values: Tensor) -> Tensor:
        """The output for an input (1, C, H, W). Raises `ModelError`."""
        try:
            with self._lock:
                return np.asarray(self._forward(values), np.float32)
        except Exception as error:
            reason = traceback_of(error).strip().splitlines()[-1]
            raise ModelError(tr("{title} could not be run: {reason}", title=self._title, reason=reason)) from None

    def _forward(self, values: Tensor) -> Any:
        if self._session is not None:
            name = self._session.get_inputs()[0].name
            return self._session.run(None, {name: values})[0]
        self._net.setInput(values)
        return self._net.forward()

    @property
    def _trial_shape(self) -> tuple[int, int, int, int]:
        return 1, 3, *side_px(self.input_shape)


def side_px(shape: tuple[int, ...]) -> tuple[int, int]:
    """(height, width) to give a network whose input has this shape."""
    height, width = shape[2:] if len(shape) == 4 else (0, 0)
    return height or FREE_SIDE_PX, width or FREE_SIDE_PX


def _onnxruntime_session(path: Path, title: str) -> Any:
    try:
        runtime = import_module("onnxruntime")
    except ImportError:
        raise ModelError(
            tr(
                "OpenCV cannot read {title}; if it is a network, onnxruntime may, which 'pip install onnxruntime' brings.",
                title=title,
            )
        ) from None
    try:
        return runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:
        reason = traceback_of(error).strip().splitlines()[-1]
        raise ModelError(tr("{title} is no network that can be read: {reason}", title=title, reason=reason)) from None


# ---- a detector ---------------------------------------------------------------------------------------------------


class FastestDet:
    """FastestDet (github.com/dog-qiuqiu/FastestDet) and its like: one grid of (1, 5 + classes, rows, columns).

    Per cell: objectness, centre offset from the cell's corner through tanh, width and height through a sigmoid as shares
    of the picture, then a share per COCO class; a score is objectness^0.6 · class^0.4.
    """

    def __init__(self, net: OnnxNet, title: str) -> None:
        """Raises `ModelError` if the network answers in another form."""
        self._net = net
        self._height, self._width = side_px(net.input_shape)
        out = net.run(np.zeros((1, 3, self._height, self._width), np.float32))
        if out.ndim != 4 or out.shape[1] <= 5 + max(COCO_VEHICLES):
            shape = "x".join(map(str, out.shape))
            raise ModelError(
                tr(
                    "{title} answers with {shape} numbers; a detector with one grid of COCO classes is needed.",
                    title=title,
                    shape=shape,
                )
            )

    def detect(self, rgb: Picture8) -> tuple[Detection, ...]:
        """Vehicles only."""
        small = cv2.resize(rgb, (self._width, self._height), interpolation=cv2.INTER_AREA)
        values = np.ascontiguousarray(small[..., ::-1].transpose(2, 0, 1)[None], np.float32) / np.float32(255.0)
        return _single(_decoded(self._net.run(values)[0]))


def _decoded(grid: Tensor) -> list[Detection]:
    _, rows, columns = grid.shape
    kinds = grid[5:].argmax(0)
    score = np.clip(grid[0], 0.0, 1.0) ** 0.6 * np.clip(grid[5:].max(0), 0.0, 1.0) ** 0.4
    found = []
    for y, x in np.argwhere((score > LEAST_SCORE) & np.isin(kinds, list(COCO_VEHICLES))):
        dx, dy = np.tanh(grid[1:3, y, x])
        width, height = 1.0 / (1.0 + np.exp(-grid[3:5, y, x]))
        cx, cy = (x + dx) / columns, (y + dy) / rows
        edges = cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2
        found.append(Detection(Box(*map(float, edges)), COCO_VEHICLES[int(kinds[y, x])], float(score[y, x])))
    return found


def _single(found: list[Detection]) -> tuple[Detection, ...]:
    """Each thing once: the best of boxes that overlap (non-maximum suppression). All are vehicles, so kinds do not matter."""
    kept: list[Detection] = []
    for one in sorted(found, key=lambda d: -d.score):
        if all(one.box.overlap(other.box) <= OVERLAP for other in kept):
            kept.append(one)
    return tuple(kept)


# ---- depth --------------------------------------------------------------------------------------------------------


class RelativeDepth:
    """MiDaS, Depth Anything and their like: an RGB picture normalised as ImageNet in, one plane of inverse depth out."""

    def __init__(self, net: OnnxNet, title: str) -> None:
        """Raises `ModelError` if the network answers in another form."""
        self._net, self._title = net, title
        self._height, self._width = side_px(net.input_shape)
        self.inverse_depth(np.zeros((self._height, self._width, 3), np.uint8))

    def inverse_depth(self, rgb: Picture8) -> Plane:
        height, width = rgb.shape[:2]
        small = cv2.resize(rgb, (self._width, self._height), interpolation=cv2.INTER_AREA)
        normal = (np.asarray(small, np.float32) / 255.0 - IMAGENET_MEAN) / IMAGENET_DEVIATION
        plane = self._net.run(np.ascontiguousarray(normal.transpose(2, 0, 1)[None], np.float32))
        if plane.ndim < 2 or plane.size != plane.shape[-1] * plane.shape[-2] or min(plane.shape[-2:]) < 2:
            shape = "x".join(map(str, plane.shape))
            raise ModelError(
                tr(
                    "{title} answers with {shape} numbers; one plane of inverse depth is needed.",
                    title=self._title,
                    shape=shape,
                )
            )
        whole = cv2.resize(plane.reshape(plane.shape[-2:]), (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(np.nan_to_num(whole), np.float32)


# ---- reading a file's own description -----------------------------------------------------------------------------

GRAPH, INPUT, INITIALIZER = 7, 11, 5
"""Field numbers of onnx.proto: ModelProto.graph, GraphProto.input, GraphProto.initializer."""
TENSOR_NAME, VALUE_NAME, TYPE, TENSOR_TYPE, SHAPE, DIMENSION, DIMENSION_VALUE = 8, 1, 2, 1, 2, 1, 1


def input_shape(model: bytes) -> tuple[int, ...]:
    """Shape of the first input of an ONNX file, 0 for an open side; empty if it does not say or is no ONNX file.

    OpenCV keeps it to itself, and the onnx package is not worth its weight for six numbers.
    """
    try:
        graph = next(value for field, value in _fields(model) if field == GRAPH and isinstance(value, bytes))
        inside = [(field, value) for field, value in _fields(graph) if isinstance(value, bytes)]
        given = {_only(value, TENSOR_NAME) for field, value in inside if field == INITIALIZER}
        values = (value for field, value in inside if field == INPUT and _only(value, VALUE_NAME) not in given)
        shape = _bytes(_bytes(_bytes(next(values), TYPE), TENSOR_TYPE), SHAPE)
        return tuple(_size(value) for field, value in _fields(shape) if field == DIMENSION and isinstance(value, bytes))
    except (StopIteration, IndexError, ValueError):
        return ()


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Fields of a protobuf message (protobuf.dev/programming-guides/encoding)."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        match key & 7:
            case 0:  # a number
                value, at = _varint(message, at)
                yield key >> 3, value
            case 2:  # a text, a message or numbers in a row
                length, at = _varint(message, at)
                yield key >> 3, message[at : at + length]
                at += length
            case 1:  # eight bytes
                at += 8
            case 5:  # four bytes
                at += 4
            case other:
                raise ValueError(f"wire type {other}")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _only(message: bytes, wanted: int) -> int | bytes:
    return next((value for field, value in _fields(message) if field == wanted), b"")


def _bytes(message: bytes, wanted: int) -> bytes:
    value = _only(message, wanted)
    if not isinstance(value, bytes):
        raise ValueError("not a message")
    return value


def _size(dimension: bytes) -> int:
    value = _only(dimension, DIMENSION_VALUE)
    return value if isinstance(value, int) and 0 < value < 1 << 16 else 0
