"""The flicker measure as a stage, so that the viewer's heatmap, the exported one and the report are one thing."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from core.evaluation.flicker import Measurement, judge, link
from core.evaluation.flicker import Sample as FlickerSample
from core.evaluation.flicker import sample as reduce
from core.evaluation.heatmap import heat_picture
from core.render.sizes import Size

__all__ = ["heat", "judge", "link", "reduced"]

Picture = npt.NDArray[np.uint8]


def reduced(frame: int, source: Picture, result: Picture) -> FlickerSample:
    """What is kept of a frame. `source` and `result` are (H, W, 3) R'G'B' codes of a screen, before encoding."""
    return reduce(frame, source, result)


def heat(measurement: Measurement, here: FlickerSample, size: Size) -> Picture:
    """(H, W, 3) uint8 R'G'B': flicker in colour over the grey result, at `size`."""
    grey = cv2.resize(here.result, size, interpolation=cv2.INTER_LINEAR)
    return heat_picture(measurement.heat, np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8))
