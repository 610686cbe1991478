"""Colour through OpenColorIO: from what a camera wrote to light, and from light to a screen or a file.

Working space: scene-linear Rec.709 primaries, D65, 1.0 = a sunlit white card. The transforms are those of
`resources/color/weathervane.ocio`, which other tools can load too.

Camera pictures are display-referred: someone judged them on a screen, so they are linearised with the screen's curve and
not with a camera's. Of the two candidates sRGB is taken rather than BT.1886's pure 2.4 power: our own display is sRGB, so
an untouched picture is shown as it is, and its slope at black is finite, so shadow noise is not blown up. Then a camera's
highlight shoulder is undone: with y the light of the screen, x = y / (1 - K y), K = 0.8, so clipped white becomes 5.0 and
glows, blooms and rolls off like light. Encoding is the exact inverse, y = x / (1 + K x).

PQ and HLG carry highlights themselves and get no shoulder; 203 nits (BT.2408) is 1.0. EXR is taken as working light.
Numbers below 0.0 are colours outside Rec.709; they survive here, and a translator that cannot use them clamps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import PyOpenColorIO
import torch

from core.frame import ColorSpace, Frame
from core.media.facts import ColorTags
from core.media.picture import Picture
from core.resources import resource

VERSION: Final = 2
"""Part of the key of every picture; raised whenever a transform here changes pixels."""

SHOULDER: Final = 0.8
"""K of the highlight shoulder."""
WHITE: Final = 1.0 / (1.0 - SHOULDER)
"""Light that is encoded as full white: 5.0."""

DISPLAY_TAGS: Final = ColorTags("bt709", "iec61966-2-1", "gbr", full_range=True)
"""What `to_display` and stills are: sRGB."""

_BRIGHTEST: Final = 65504.0
"""The largest half float, which is what OpenEXR usually holds."""


class Curve(StrEnum):
    """Transfer between code and light; the values are named transforms of the configuration."""

    SDR = "curve_sdr"
    PQ = "curve_pq"
    HLG = "curve_hlg"
    LINEAR = "linear"


_CURVES: Final = {"smpte2084": Curve.PQ, "arib-std-b67": Curve.HLG, "linear": Curve.LINEAR}
_PRIMARIES: Final = {
    "bt2020": "linear_bt2020",
    "smpte432": "linear_smpte432",
    "smpte170m": "linear_smpte170m",
    "smpte240m": "linear_smpte170m",
    "bt470bg": "linear_bt470bg",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """What is assumed of a tagged picture: everything not listed, untagged included, is SDR in Rec.709 primaries."""

    curve: Curve
    space: str
    """Linear space of its primaries, by its name in the configuration."""

    @staticmethod
    def of(tags: ColorTags) -> Encoding:
        return Encoding(_CURVES.get(tags.transfer, Curve.SDR), _PRIMARIES.get(tags.primaries, "linear_bt709"))


class ColorPipeline:
    """All colour transforms of the application. Immutable but for its tables, which are built on first use; any thread."""

    def __init__(self) -> None:
        self._config: Any = PyOpenColorIO.Config.CreateFromFile(str(resource("color/weathervane.ocio")))
        self._tables: dict[tuple[Curve, int], npt.NDArray[np.float32]] = {}
        self._matrices: dict[tuple[str, bool], npt.NDArray[np.float32]] = {}

    def to_working(self, picture: Picture, device: torch.device) -> Frame:
        """A decoded picture as light, on a device. May hold values above 1.0, and below 0.0 for wide gamuts.

        Always finite: light of a float picture is clipped to ±65504, and what is not a number is black.
        """
        encoding = Encoding.of(picture.color)
        light: Any = picture.pixels
        if light.dtype != np.float32:
            light = cv2.LUT(light, self._decode_table(encoding.curve, light.dtype.itemsize * 8))
        elif not (np.abs(light) <= _BRIGHTEST).all():  # one such pixel would spread through every filter to come
            light = np.nan_to_num(light, nan=0.0).clip(-_BRIGHTEST, _BRIGHTEST)
        matrix = self._primaries_matrix(encoding.space, decode=True)
        if matrix is not None:
            light = cv2.transform(light, matrix)
        planes = np.empty((3, picture.height, picture.width), np.float32)
        cv2.split(light, list(planes))
        return Frame(torch.from_numpy(planes).to(device))

    def to_display(self, frame: Frame) -> npt.NDArray[np.uint8]:
        """Finished sRGB bytes for a screen: (H, W, 4) B G R 255, C-contiguous.

        Reads the light at half precision (the table has one entry for each of its 65536 values), which is
        under a twentieth of a code everywhere.
        """
        _expect_working(frame)
        halves = frame.pixels.to(torch.float16).cpu().numpy().view(np.uint16)
        red, green, blue = (cv2.LUT(plane, self._display_table) for plane in halves)
        return np.asarray(cv2.merge((blue, green, red, np.full_like(red, 255))), np.uint8)

    def to_encoded(
        self, frame: Frame, tags: ColorTags, bits: int = 8, dither_seed: int | None = None
    ) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        """R'G'B' (H, W, 3) in the primaries and transfer of `tags`: uint8 for 8 bits, uint16 (full scale 65535) above.

        Exactly undoes `to_working`. Light beyond what the transfer holds is clipped. With a seed, even noise of just
        under half a code of `bits` either way hides banding: the mean is kept, and a picture that lies on codes, an
        untouched one, stays as it is. Without a seed, or for the same one, the result is the same.
        Runs on the frame's device.
        """
        _expect_working(frame)
        encoding = Encoding.of(tags)
        light = frame.pixels
        matrix = self._primaries_matrix(encoding.space, decode=False)
        if matrix is not None:
            light = torch.mm(torch.from_numpy(matrix).to(light.device), light.reshape(3, -1)).reshape(light.shape)
        code = _encode(light, encoding.curve)
        if dither_seed is not None:
            noise = _dither(frame.height, frame.width, dither_seed)
            code = code + torch.from_numpy(noise).to(code.device) / float((1 << bits) - 1)
        top = 255.0 if bits <= 8 else 65535.0
        codes: npt.NDArray[np.float32] = (
            code.mul(top).round_().clamp_(0.0, top).permute(1, 2, 0).contiguous().cpu().numpy()
        )
        return codes.astype(np.uint8) if bits <= 8 else codes.astype(np.uint16)

    def to_linear_exr(self, frame: Frame) -> npt.NDArray[np.float32]:
        """The light itself, (H, W, 3) float32, Rec.709 primaries (the default of EXR), nothing clipped."""
        _expect_working(frame)
        return np.ascontiguousarray(frame.pixels.permute(1, 2, 0).cpu().numpy())

    def _decode_table(self, curve: Curve, bits: int) -> npt.NDArray[np.float32]:
        """Light of every code, (1, 256) or (1, 65536), from OpenColorIO."""
        table = self._tables.get((curve, bits))
        if table is None:
            ramp = np.linspace(0.0, 1.0, 1 << bits, dtype=np.float64).astype(np.float32)
            table = self._apply_curve(curve, ramp)[None, :]
            self._tables[curve, bits] = table
        return table

    @cached_property
    def _display_table(self) -> npt.NDArray[np.uint8]:
        """Display byte of every half float, (1, 65536), from OpenColorIO; below zero and not-a-number are black."""
        halves = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
        light = np.nan_to_num(halves, nan=0.0, posinf=WHITE, neginf=0.0).clip(0.0, WHITE)
        code = self._apply_curve(Curve.SDR, light, encode=True)
        table: npt.NDArray[np.uint8] = np.rint(code * 255.0).clip(0, 255).astype(np.uint8)
        return table[None, :]

    def _apply_curve(
        self, curve: Curve, values: npt.NDArray[np.float32], *, encode: bool = False
    ) -> npt.NDArray[np.float32]:
        """One channel (N,) through a named transform on the CPU, without OpenColorIO's fast approximations."""
        if curve is Curve.LINEAR:
            return values
        direction = PyOpenColorIO.TRANSFORM_DIR_INVERSE if encode else PyOpenColorIO.TRANSFORM_DIR_FORWARD
        transform = self._config.getNamedTransform(curve.value)
        processor = self._config.getProcessor(transform, direction)
        float32 = PyOpenColorIO.BIT_DEPTH_F32
        cpu = processor.getOptimizedCPUProcessor(float32, float32, PyOpenColorIO.OPTIMIZATION_LOSSLESS)
        pixels = np.repeat(values[:, None], 3, axis=1)
        cpu.apply(_packed(pixels))
        return pixels[:, 0].copy()

    def _primaries_matrix(self, space: str, *, decode: bool) -> npt.NDArray[np.float32] | None:
        """(3, 3) between the working primaries and those of a linear space; None where they are the same."""
        if space == "linear_bt709":
            return None
        key = (space, decode)
        if key not in self._matrices:
            ends = (space, ColorSpace.WORKING.value) if decode else (ColorSpace.WORKING.value, space)
            basis = np.eye(3, dtype=np.float32)
            self._config.getProcessor(*ends).getDefaultCPUProcessor().apply(_packed(basis))
            self._matrices[key] = basis.T.copy()
        return self._matrices[key]


def _expect_working(frame: Frame) -> None:
    if frame.space is not ColorSpace.WORKING:
        raise ValueError(f"a frame to encode is scene_linear, not {frame.space}")


def _packed(pixels: npt.NDArray[np.float32]) -> Any:
    """An OpenColorIO view of (N, 3) float32; explicit strides take its fast path. `apply` writes into it."""
    return PyOpenColorIO.PackedImageDesc(
        pixels, pixels.shape[0], 1, 3, PyOpenColorIO.BIT_DEPTH_F32, 4, 12, pixels.nbytes
    )


def _encode(light: torch.Tensor, curve: Curve) -> torch.Tensor:
    """Light to code 0..1, per channel, on the tensor's device: the inverse of the configuration's curve, in closed form."""
    if curve is Curve.SDR:
        x = light.clamp(0.0, WHITE)
        y = x / (1.0 + SHOULDER * x)
        return torch.where(y <= 0.0031308, 12.92 * y, 1.055 * y.pow(1.0 / 2.4) - 0.055)  # IEC 61966-2-1
    if curve is Curve.PQ:  # SMPTE ST 2084
        y = (light.clamp_min(0.0) * (203.0 / 10000.0)).clamp_max_(1.0).pow_(0.1593017578125)
        return ((0.8359375 + 18.8515625 * y) / (1.0 + 18.6875 * y)).pow_(78.84375)
    if curve is Curve.HLG:  # ARIB STD-B67, ITU-R BT.2100
        e = (light.clamp_min(0.0) * _HLG_WHITE).clamp_max_(1.0)
        high = _HLG_A * torch.log((12.0 * e - _HLG_B).clamp_min_(1e-6)) + _HLG_C
        return torch.where(e <= 1.0 / 12.0, (3.0 * e).sqrt(), high)
    return light.clamp(0.0, 1.0)


_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073
_HLG_WHITE: Final = float((np.exp((0.75 - _HLG_C) / _HLG_A) + _HLG_B) / 12.0)
"""Scene light of the HLG signal 0.75, graphics white."""

_TILE: Final = 256


def _dither(height: int, width: int, seed: int) -> npt.NDArray[np.float32]:
    """(3, H, W) even noise in -0.498..0.498: one fixed tile, laid at a place that follows from the seed."""
    tile = np.random.Generator(np.random.PCG64(1977)).uniform(-0.498, 0.498, (3, _TILE, _TILE)).astype(np.float32)
    down, right = np.random.Generator(np.random.PCG64(seed)).integers(0, _TILE, 2)
    tile = np.roll(tile, (int(down), int(right)), axis=(1, 2))
    return np.tile(tile, (1, -(-height // _TILE), -(-width // _TILE)))[:, :height, :width]
