"""A carried matte as memory and disk keep it: two planes of bytes, rounded when they are made. Any thread."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis import carry
from core.document.masks import Matte as Plane
from core.render.cache import Arrays
from core.render.sizes import Size

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class CarriedMatte:
    """A link of a chain, as it is kept. `softness` is the sigma in pixels of the edge where the chain began."""

    matte: Bytes
    confidence: Bytes
    softness: float

    @property
    def nbytes(self) -> int:
        return self.matte.nbytes + self.confidence.nbytes

    @property
    def as_planes(self) -> carry.Carried:
        return carry.Carried(
            *(np.asarray(each / np.float32(255.0), np.float32) for each in (self.matte, self.confidence))
        )

    @property
    def certainty(self) -> float:
        """Mean confidence along its edge, 0..1."""
        return self.as_planes.certainty

    @property
    def shown(self) -> Plane:
        """(H, W) 0..1 with the softness that it was painted with."""
        plane = self.as_planes.matte
        if self.softness > 0.3:
            plane = np.asarray(
                cv2.GaussianBlur(plane, (0, 0), self.softness, borderType=cv2.BORDER_REPLICATE), np.float32
            )
        return plane

    @staticmethod
    def of(planes: carry.Carried, softness: float) -> CarriedMatte:
        return CarriedMatte(_in_bytes(planes.matte), _in_bytes(planes.confidence), round(softness, 3))

    def to_arrays(self) -> Arrays:
        return {
            "matte": cv2.imencode(".png", self.matte)[1].ravel(),
            "confidence": cv2.imencode(".png", self.confidence)[1].ravel(),
            "softness": np.array([self.softness], np.float64),
        }

    @staticmethod
    def from_arrays(arrays: Arrays) -> CarriedMatte | None:
        """None where the content is none."""
        try:
            planes = [cv2.imdecode(arrays[name], cv2.IMREAD_GRAYSCALE) for name in ("matte", "confidence")]
            softness = float(arrays["softness"][0])
        except (KeyError, IndexError, cv2.error):
            return None
        if planes[0] is None or planes[1] is None:
            return None
        return CarriedMatte(np.asarray(planes[0], np.uint8), np.asarray(planes[1], np.uint8), softness)


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


def _in_bytes(plane: Plane) -> Bytes:
    return np.asarray(np.clip(plane, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5), np.uint8)
