"""Between R'G'B' pixels and the Y'CbCr planes of a codec, exactly: right matrix, right range, right chroma siting.

Own arithmetic instead of swscale's, whose tables are off by more than a code in places. Planes are held at 15 bits
(so that two of them can be added in 16), the matrix of ITU-T H.273 is applied once in float, and rounding happens once.
Chroma of video lies on the left luma sample of its pair, midway between lines; JPEG's lies in the middle.
"""

from __future__ import annotations

import re
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from core.media.facts import ColorTags
from core.media.picture import Pixels
from core.media.tags import luma_weights

Array = npt.NDArray[Any]
"""Planes on their way: uint16 at 15 bits when decoding, float32 codes when encoding."""

_BITS: Final = 15
_PLANAR: Final = re.compile(
    r"(?:yuvj?(?P<sub>420|422|444)p|(?P<rgb>gbrp)|(?P<gray>gray))(?P<bits>9|10|12|14|16)?(?:le)?"
)
_EXACT: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def rgb_pixels(
    frame: VideoFrame, color: ColorTags, size: tuple[int, int] | None = None, *, centred_chroma: bool = False
) -> Pixels:
    """A decoded frame as (H, W, 3) R'G'B': uint8 for 8 bits, uint16 (full scale 65535) for more, float32 for float.

    `size` (width, height) is that of the result, not turned; shrinking averages areas. Untagged matrices: see
    `core.media.tags.luma_weights`.
    """
    if frame.format.name.startswith(("gbrpf", "gbrapf", "rgbf", "rgbaf", "grayf", "yaf")):
        return _resized(_float_pixels(frame), size)
    whole = _packed(frame)
    if whole is not None:
        return _resized(whole, size)
    frame, kind = _as_planar(frame)
    depth = int(kind["bits"] or 8)
    if kind["rgb"]:
        green, blue, red = (_plane(frame, n, depth) for n in range(3))
        return _to_depth(_resized(np.dstack((red, green, blue)), size), np.eye(3), np.zeros(3), depth, full=True)
    luma = _plane(frame, 0, depth)
    if kind["gray"]:
        return _to_depth(_resized(cv2.merge((luma, luma, luma)), size), np.eye(3), np.zeros(3), depth, full=True)
    target = size or (frame.width, frame.height)
    chroma = [
        _chroma(_plane(frame, n, depth), kind["sub"], target, is_native=size is None, centred=centred_chroma)
        for n in (1, 2)
    ]
    matrix, offset = _decode_matrix(*luma_weights(color.matrix, frame.height), depth, full=color.full_range)
    return _to_depth(cv2.merge((_resized(luma, size), *chroma)), matrix, offset, depth, full=False)


def yuv_frame(pixels: Pixels, color: ColorTags, pixel_format: str) -> VideoFrame:
    """R'G'B' (H, W, 3) uint8 or uint16 as a frame of a planar format such as `yuv420p`, `yuv422p10le`, `yuv444p`.

    Sides of 4:2:0 must be even, the width of 4:2:2 too; who calls pads.
    """
    kind = _PLANAR.fullmatch(pixel_format)
    if kind is None or not kind["sub"]:
        raise ValueError(f"{pixel_format} is not a planar Y'CbCr format")
    depth = int(kind["bits"] or 8)
    height, width = pixels.shape[:2]
    weights = luma_weights(color.matrix, height)
    scale = 255.0 if pixels.dtype == np.uint8 else 65535.0
    matrix, offset = _encode_matrix(*weights, depth, full=color.full_range)
    wide = cv2.transform(pixels.astype(np.float32), np.column_stack((matrix / scale, offset)).astype(np.float32))
    frame = VideoFrame(width, height, pixel_format)
    top = float((1 << depth) - 1)
    planes = [wide[..., 0], *(_subsampled(wide[..., n], kind["sub"]) for n in (1, 2))]
    for number, plane in enumerate(planes):
        codes = np.clip(np.rint(plane), 0.0, top)
        _room(frame, number, np.uint8 if depth == 8 else np.uint16)[...] = codes
    return frame


def _packed(frame: VideoFrame) -> Array | None:
    """R'G'B', grey or palette pictures of 8 or 16 bits, as they are; None for others."""
    form = frame.format
    bits = max(c.bits for c in form.components)
    is_grey = form.name.startswith(("gray", "ya"))
    if not (form.is_rgb or form.has_palette or is_grey) or bits not in (8, 16):
        return None
    if is_grey:
        grey = frame.to_ndarray(format="gray" if bits == 8 else "gray16le")
        return cv2.merge((grey, grey, grey))
    return frame.to_ndarray(format="rgb24" if bits == 8 else "rgb48le")


def _as_planar(frame: VideoFrame) -> tuple[VideoFrame, re.Match[str]]:
    """The frame in a layout this module reads, repacked without loss by swscale where it is in another."""
    kind = _PLANAR.fullmatch(frame.format.name)
    if kind is None:
        frame = frame.reformat(format=_planar_format(frame), interpolation=_EXACT)
        kind = _PLANAR.fullmatch(frame.format.name)
    if kind is None:
        raise ValueError(f"pixels of the layout {frame.format.name} cannot be read")
    return frame, kind


def _planar_format(frame: VideoFrame) -> str:
    form = frame.format
    bits = max(c.bits for c in form.components)
    depth = "" if bits <= 8 else f"{next(d for d in (10, 12, 16) if bits <= d)}le"
    if form.is_rgb:
        return f"gbrp{depth}"
    wide, tall = form.chroma_width(64) == 64, form.chroma_height(64) == 64
    return f"yuv{'444' if wide else '422' if tall else '420'}p{depth}"


def _room(frame: VideoFrame, number: int, dtype: type[np.generic]) -> Array:
    """The memory of one plane (H, W), borrowed from the frame."""
    plane = frame.planes[number]
    whole: Array = np.frombuffer(plane, dtype)  # type: ignore[call-overload]  # planes are buffers; the stubs do not say
    return whole.reshape(plane.height, -1)[:, : plane.width]


def _plane(frame: VideoFrame, number: int, depth: int) -> Array:
    """One plane at 15 bits (16-bit material loses its last)."""
    wide = _room(frame, number, np.uint8 if depth == 8 else np.uint16).astype(np.uint16)
    return wide >> 1 if depth > _BITS else np.left_shift(wide, _BITS - depth, out=wide)


def _chroma(plane: Array, sub: str, size: tuple[int, int], *, is_native: bool, centred: bool) -> Array:
    """A chroma plane at luma size (width, height), its siting respected."""
    if sub == "444":
        return plane if is_native else _resized(plane, size)
    width, height = size
    if not is_native:
        if not centred:  # move the left-sited samples to the middle, where resizing believes them to be
            plane = cv2.filter2D(plane, -1, np.array([[0.75, 0.25]]), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
        return _resized(plane, size)
    tall = plane.shape[0] if sub == "422" else 2 * plane.shape[0]
    if centred:
        return cv2.resize(plane, (2 * plane.shape[1], tall), interpolation=cv2.INTER_LINEAR)[:height, :width]
    wide = np.empty((plane.shape[0], 2 * plane.shape[1]), np.uint16)
    wide[:, 0::2] = plane
    wide[:, 1:-1:2] = (plane[:, :-1] + plane[:, 1:]) >> 1
    wide[:, -1] = plane[:, -1]
    if tall != wide.shape[0]:
        wide = cv2.resize(wide, (wide.shape[1], tall), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(wide[:height, :width])


def _subsampled(plane: Array, sub: str) -> Array:
    """Chroma at full size to 4:2:2 or 4:2:0, left-sited: [1 2 1]/4 across, the mean of two lines down."""
    if sub == "444":
        return plane
    across = cv2.filter2D(plane, -1, np.array([[0.25, 0.5, 0.25]], np.float32), borderType=cv2.BORDER_REPLICATE)[
        :, 0::2
    ]
    return across if sub == "422" else (across[0::2] + across[1::2]) * np.float32(0.5)


def _resized(pixels: Array, size: tuple[int, int] | None) -> Array:
    height, width = pixels.shape[:2]
    if size is None or size == (width, height):
        return pixels
    shrinks = size[0] <= width and size[1] <= height
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def _decode_matrix(kr: float, kb: float, depth: int, *, full: bool) -> tuple[Array, Array]:
    """R'G'B' 0..1 = matrix @ (Y, Cb, Cr at 15 bits) + offset."""
    kg = 1.0 - kr - kb
    unit = np.array(
        [
            [1.0, 0.0, 2.0 * (1.0 - kr)],
            [1.0, -2.0 * kb * (1.0 - kb) / kg, -2.0 * kr * (1.0 - kr) / kg],
            [1.0, 2.0 * (1.0 - kb), 0.0],
        ]
    )
    luma, chroma, black = _ranges(depth, full=full)
    up = float(1 << (_BITS - depth)) if depth <= _BITS else 0.5
    half = float(1 << (depth - 1))
    matrix = unit / (np.array([luma, chroma, chroma]) * up)
    return matrix, -matrix @ (np.array([black, half, half]) * up)


def _encode_matrix(kr: float, kb: float, depth: int, *, full: bool) -> tuple[Array, Array]:
    """(Y, Cb, Cr) in codes = matrix @ R'G'B' 0..1 + offset."""
    kg = 1.0 - kr - kb
    y = np.array([kr, kg, kb])
    cb = (np.array([0.0, 0.0, 1.0]) - y) / (2.0 * (1.0 - kb))
    cr = (np.array([1.0, 0.0, 0.0]) - y) / (2.0 * (1.0 - kr))
    luma, chroma, black = _ranges(depth, full=full)
    half = float(1 << (depth - 1))
    return np.stack((y * luma, cb * chroma, cr * chroma)), np.array([black, half, half])


def _ranges(depth: int, *, full: bool) -> tuple[float, float, float]:
    """(luma span, chroma span, black) in codes at a depth: 219, 224, 16 at eight bits unless full."""
    top = float((1 << depth) - 1)
    step = float(1 << (depth - 8))
    return (top, top, 0.0) if full else (219.0 * step, 224.0 * step, 16.0 * step)


def _to_depth(
    merged: Array,
    matrix: Array,
    offset: Array,
    depth: int,
    *,
    full: bool,
) -> Pixels:
    """Apply a matrix to 15-bit planes, once, rounding to 8 or 16 bits. `full` planes are plain R'G'B'."""
    if full:
        up = float(1 << (_BITS - depth)) if depth <= _BITS else 0.5
        matrix = matrix / (((1 << depth) - 1) * up)
    scale = 255.0 if depth == 8 else 65535.0
    out: Array = cv2.transform(merged, np.column_stack((matrix * scale, offset * scale)))
    return np.minimum(out, 255).astype(np.uint8) if depth == 8 else out


def _float_pixels(frame: VideoFrame) -> Array:
    """EXR and other float pictures: linear light, untouched. swscale would clip it, so planes are read directly."""
    name = frame.format.name
    dtype = np.float16 if "f16" in name else np.float32
    if not name.startswith(("gbr", "gray")) or name.endswith("be"):
        raise ValueError(f"pixels of the layout {name} cannot be read")
    order = (0, 0, 0) if name.startswith("gray") else (2, 0, 1)
    return np.dstack([_room(frame, n, dtype).astype(np.float32) for n in order])
