"""How many pictures a second the scopes count, all four at once, beside `numpy.histogram` over the same bytes."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from bench.yardstick import histograms_ms

from core.evaluation.scopes import traces


@dataclass(frozen=True, slots=True)
class ScopesSpeed:
    scopes_ms: float
    histograms_ms: float

    @property
    def text(self) -> str:
        per_second, ratio = 1000.0 / self.scopes_ms, self.scopes_ms / self.histograms_ms
        return f"{per_second:.0f} a second, {ratio:.1f} × `numpy.histogram` of three channels"


def scopes_speed(clip: Path, count: int) -> ScopesSpeed:
    """Medians over the first picture of a film, as the viewer would hold it."""
    picture = first_picture(clip)
    spent = []
    for _ in range(count):
        began = time.perf_counter()
        traces(picture)
        spent.append((time.perf_counter() - began) * 1000.0)
    return ScopesSpeed(statistics.median(spent), histograms_ms(picture, count))


def first_picture(clip: Path) -> npt.NDArray[np.uint8]:
    """(H, W, 4) B G R A codes."""
    with av.open(str(clip)) as film:
        return np.asarray(next(film.decode(video=0)).to_ndarray(format="bgra"), np.uint8)
