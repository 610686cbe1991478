"""Where the clips of a track begin and end, as floats: a timeline of thousands is searched, not walked. Main thread."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.document.model import Clip, Track

KEPT: Final = 64
"""Tracks, of this project and of those that undo may bring back."""
Seconds = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Extents:
    """Timeline seconds of a track's clips, in order."""

    clips: tuple[Clip, ...]
    starts: Seconds
    ends: Seconds

    def between(self, first_s: float, last_s: float) -> range:
        """The clips that touch a span, by their place on the track."""
        begin = int(np.searchsorted(self.ends, first_s, side="left"))
        end = int(np.searchsorted(self.starts, last_s, side="right"))
        return range(begin, max(begin, end))


_kept: OrderedDict[int, Extents] = OrderedDict()


def extents(track: Track) -> Extents:
    """Worked out once for each value of a track's clips, which is told apart by identity: comparing would be the work."""
    clips = track.clips
    found = _kept.get(id(clips))
    if found is None or found.clips is not clips:
        starts = np.fromiter((float(c.start) for c in clips), np.float64, len(clips))
        lengths = np.fromiter((float(c.source.end) - float(c.source.start) for c in clips), np.float64, len(clips))
        found = _kept[id(clips)] = Extents(clips, starts, starts + lengths)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    else:
        _kept.move_to_end(id(clips))
    return found
