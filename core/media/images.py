"""Writing single images: PNG for looking at, OpenEXR for light and for maps. Each appears whole under its name, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import OpenEXR
from av.video.frame import VideoFrame

from core.media.facts import ColorTags
from core.media.output import export_errors
from core.media.tags import PRIMARIES, TRANSFERS, code_of


def write_png(path: Path, rgb: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], color: ColorTags) -> None:
    """A PNG of 8 or 16 bits, by the type of `rgb` (H, W, 3), tagged with primaries and transfer. Raises `ExportError`."""
    deep = rgb.dtype == np.uint16
    pixels: Any = np.ascontiguousarray(rgb)
    frame = VideoFrame.from_ndarray(pixels, format="rgb48le" if deep else "rgb24")
    if deep:
        frame = frame.reformat(format="rgb48be")
    frame.color_primaries = code_of(PRIMARIES, color.primaries)
    frame.color_trc = code_of(TRANSFERS, color.transfer)
    _write_image(path, frame, "png", {})


def write_exr(path: Path, light: npt.NDArray[np.float32], *, is_half: bool = True) -> None:
    """An OpenEXR of scene-linear Rec.709 light (H, W, 3), zip-compressed. Raises `ExportError`."""
    height, width = light.shape[:2]
    if is_half:  # rounded here: FFmpeg's own conversion cuts off
        light = light.clip(-65504.0, 65504.0).astype(np.float16).astype(np.float32)
    frame = VideoFrame(width, height, "gbrpf32le")
    for plane, channel in zip(frame.planes, (1, 2, 0), strict=True):
        room: Any = np.frombuffer(plane, np.float32)  # type: ignore[call-overload]
        room.reshape(height, -1)[:, :width] = light[..., channel]
    _write_image(path, frame, "exr", {"compression": "zip16", "format": "half" if is_half else "float"})


def write_grey_png(path: Path, share: npt.NDArray[np.float32]) -> None:
    """A grey PNG of 16 bits from a matte (H, W), 0 black to 1 white. Raises `ExportError`."""
    codes: Any = np.rint(share.clip(0.0, 1.0) * 65535.0).astype(np.uint16)
    frame = VideoFrame.from_ndarray(codes, format="gray16le").reformat(format="gray16be")
    _write_image(path, frame, "png", {"pred": "up", "compression_level": "3"})


def write_grey_exr(path: Path, values: npt.NDArray[np.float32]) -> None:
    """An OpenEXR of one channel, Y, of full floats (H, W), zip-compressed. Raises `ExportError`."""
    height, width = values.shape
    frame = VideoFrame(width, height, "grayf32le")
    room: Any = np.frombuffer(frame.planes[0], np.float32)  # type: ignore[call-overload]
    room.reshape(height, -1)[:, :width] = values
    _write_image(path, frame, "exr", {"compression": "zip16", "format": "float"})


def write_layers_exr(path: Path, channels: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """An OpenEXR of full floats from named planes (H, W), such as `sky.R`, zip-compressed. Raises `ExportError`."""
    part = path.with_name(path.name + ".part")
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with export_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with OpenEXR.File(header, dict(channels)) as file:
                file.write(str(part))
            part.replace(path)
        except (OSError, RuntimeError):
            part.unlink(missing_ok=True)
            raise


def _write_image(path: Path, frame: VideoFrame, codec: str, options: dict[str, str]) -> None:
    """Encode one picture and put it under its name in one step."""
    part = path.with_name(path.name + ".part")
    with export_errors(path):
        context: Any = av.CodecContext.create(codec, "w")
        context.width, context.height, context.pix_fmt = frame.width, frame.height, frame.format.name
        context.time_base, context.options = Fraction(1, 25), options
        frame.pts = 0
        data = b"".join(bytes(p) for p in (*context.encode(frame), *context.encode(None)))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
