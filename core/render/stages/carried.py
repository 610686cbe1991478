"""A carried matte as memory and disk keep it: two planes of bytes, rounded when they are made. Any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis import carry
from core.document.masks import Matte as Plane
from core.render.cache import Arrays
from core.render.sizes import Size

HARD_BELOW_PX: Final = 0.3
"""An edge painted this softly is as soft as carrying leaves it."""
PNG, PNG_END = b"\x89PNG", b"IEND\xaeB`\x82"


@dataclass(frozen=True, slots=True)
class CarriedMatte:
    """A link of a chain, as it is kept: two grey PNGs. `softness` is the sigma in pixels of the edge where the chain began."""

    matte: bytes
    confidence: bytes
    softness: float

    @property
    def nbytes(self) -> int:
        return len(self.matte) + len(self.confidence)

    @property
    def as_planes(self) -> carry.Carried:
        return carry.Carried(unpacked(self.matte), unpacked(self.confidence))

    @property
    def certainty(self) -> float:
        """Mean confidence along its edge, 0..1."""
        return self.as_planes.certainty

    @property
    def shown(self) -> Plane:
        """(H, W) 0..1 with the softness that it was painted with."""
        plane = unpacked(self.matte)
        if self.softness > HARD_BELOW_PX:
            blurred = cv2.GaussianBlur(plane, (0, 0), self.softness, borderType=cv2.BORDER_REPLICATE)
            plane = np.asarray(blurred, np.float32)
        return plane

    @staticmethod
    def of(planes: carry.Carried, softness: float) -> CarriedMatte:
        return CarriedMatte(packed(planes.matte), packed(planes.confidence), round(softness, 3))

    def to_arrays(self) -> Arrays:
        return {
            "matte": np.frombuffer(self.matte, np.uint8),
            "confidence": np.frombuffer(self.confidence, np.uint8),
            "softness": np.array([self.softness], np.float64),
        }

    @staticmethod
    def from_arrays(arrays: Arrays) -> CarriedMatte | None:
        """None where the content is none."""
        try:
            matte, confidence = (arrays[name].tobytes() for name in ("matte", "confidence"))
            softness = float(arrays["softness"][0])
        except (KeyError, IndexError):
            return None
        is_whole = all(each.startswith(PNG) and each.endswith(PNG_END) for each in (matte, confidence))
        return CarriedMatte(matte, confidence, softness) if is_whole else None


def unpacked(png: bytes) -> Plane:
    """A grey PNG as (H, W) 0..1; empty where it is none."""
    found = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if found is None:
        return np.zeros((1, 1), np.float32)
    return np.asarray(found / np.float32(255.0), np.float32)


def packed(plane: Plane) -> bytes:
    """The other way, 8 bit."""
    return cv2.imencode(".png", _in_bytes(plane))[1].tobytes()


def fitted(plane: Plane, size: Size) -> Plane:
    """A plane at another size, always a copy."""
    width, height = size
    if plane.shape == (height, width):
        return plane.copy()
    method = cv2.INTER_AREA if width < plane.shape[1] else cv2.INTER_CUBIC
    return np.asarray(np.clip(cv2.resize(plane, size, interpolation=method), 0.0, 1.0), np.float32)


def _in_bytes(plane: Plane) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(plane, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5), np.uint8)
