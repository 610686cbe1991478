"""ONNX files of a few nodes, written byte by byte (onnx.proto, opset 13), so that tests need neither weights nor a package."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FLOAT, INT64 = 1, 7
FLOAT_ATTRIBUTE, INTS_ATTRIBUTE = 1, 7


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _tensor(name: str, values: npt.NDArray[np.generic]) -> bytes:
    kind = INT64 if values.dtype == np.int64 else FLOAT
    dims = b"".join(_number(1, side) for side in values.shape)
    return dims + _number(2, kind) + _bytes(8, name) + _bytes(9, values.tobytes())


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    """A named float tensor; a side of 0 is open and called "side"."""
    dims = b"".join(_bytes(1, _number(1, side) if side else _bytes(2, "side")) for side in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, dims)))


def _node(kind: str, inputs: list[str], output: str, **ints: list[int]) -> bytes:
    attributes = b"".join(
        _bytes(5, _bytes(1, name) + b"".join(_number(8, v) for v in values) + _number(20, INTS_ATTRIBUTE))
        for name, values in ints.items()
    )
    return b"".join(_bytes(1, name) for name in inputs) + _bytes(2, output) + _bytes(4, kind) + attributes


def convolution(weights: npt.NDArray[np.float32], side: int, *, pad: int = 0, stride: int = 1) -> bytes:
    """A network of one convolution: (1, I, side, side) in, (1, O, …) out. `weights` are (O, I, K, K); side 0 leaves it open."""
    size = weights.shape[-1]
    node = _node(
        "Conv", ["picture", "weights"], "answer", kernel_shape=[size] * 2, pads=[pad] * 4, strides=[stride] * 2
    )
    graph = (
        _bytes(1, node)
        + _bytes(2, "tiny")
        + _bytes(5, _tensor("weights", weights))
        + _bytes(11, _value("picture", (1, weights.shape[1], side, side)))
        + _bytes(12, _value("answer", (1, weights.shape[0], 0, 0)))
    )
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 13))
