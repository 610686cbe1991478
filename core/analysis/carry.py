"""Carrying a matte from one frame to the next: where flow says it went, and what looks alike there.

Flow is vague just at the edges of things, where a matte matters, and knows nothing of what turns into view. So near the edge
each pixel asks the pixels about the place it came from: whoever looks like it has a vote, and the matte there is what they
voted. It is the transfer of labels by likeness of Hu, Huang, Schwing ("VideoMatch", ECCV 2018) with plain colours instead of
learned features, and with flow to begin from. Pixels of one frame only ask those of the frame beside it, so memory is two
frames, and either direction is the same. Any thread; the same bits every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage, FlowPreset, dis_flow, warp
from core.cancel import CancelToken

VERSION: Final = 1
"""Raised by whoever changes the pixels of a carried matte."""

LONG_SIDE_PX: Final = 960
"""Of the frames that mattes are carried over, whatever the size of a preview."""
REACH_PX: Final = 8
"""How far from where flow points a pixel looks for its like."""
WHOLE_PX: Final = 3
"""Within this every pixel is asked; farther out one in four, which says as much."""
LIKENESS: Final = 0.0125
"""Difference of display codes, root mean square over a patch of 3x3, at which a vote counts e^-1/2."""
NEARNESS_PX: Final = 5.0
"""The same for the distance between the two."""
GAIN: Final = 1.5
"""How much steeper an edge gets with each frame, against the blur of voting."""
UNDECIDED: Final = (0.02, 0.98)
"""What lies between is an edge."""
TILE_PX: Final = 64
LEAST_EVIDENCE: Final = 1e-6
"""Sum of votes below which nothing alike was found; where flow points is as good a guess."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A matte that came from another frame. `matte` (H, W) 0..1; `confidence` (H, W), 1 where it was painted or is sure."""

    matte: FloatImage
    confidence: FloatImage

    @property
    def certainty(self) -> float:
        """Mean confidence along the edge of the matte; 1 without an edge."""
        edge = _near_edges(self.matte, 2)
        return float(self.confidence[edge].mean()) if edge.any() else 1.0


def painted(matte: FloatImage) -> Carried:
    """A matte that somebody painted or locked: nobody doubts it."""
    return Carried(matte, np.ones_like(matte))


def carried(
    from_: Carried,
    there: Appearance,
    here: Appearance,
    flow: FloatImage | None = None,
    cancel: CancelToken | None = None,
) -> Carried:
    """The matte of the picture `there` as it lies in the picture `here`, both of one size, one frame apart either way.

    `flow` (H, W, 2) pixels from `here` to `there`, found where it is not given. Raises `Cancelled`, asked at every tile.
    """
    if flow is None:
        flow = dis_flow(here.grey, there.grey, FlowPreset.MEDIUM)
    cancel = cancel or CancelToken()
    own = _voted(from_.matte, there.rgb, there.rgb, cancel)
    planes = warp(np.dstack((from_.confidence, there.rgb, from_.matte - own.votes)), flow)
    before, colors, bias = planes[..., 0], planes[..., 1:4], planes[..., 4]
    matte = _warped(from_.matte, flow)
    asked = _voted(matte, colors, here.rgb, cancel)
    voted = matte + (asked.votes + bias - matte) * asked.sure
    steep = np.clip((voted - 0.5) * np.float32(GAIN) + 0.5, 0.0, 1.0)
    doubt = np.where(asked.is_edge, np.maximum(1.0 - asked.sure, _split(asked.votes)), 0.0)
    return Carried(np.asarray(steep, np.float32), np.asarray(before * (1.0 - doubt * DOUBT_A_FRAME), np.float32))


class _Asked(NamedTuple):
    """What pixels near an edge were told; elsewhere the matte itself. (H, W) each."""

    votes: FloatImage
    sure: FloatImage
    """0 where nothing alike was found, 1 where enough was."""
    is_edge: npt.NDArray[np.bool_]


def _voted(matte: FloatImage, colors: FloatImage, wanted: FloatImage, cancel: CancelToken) -> _Asked:
    """Every pixel near an edge of `matte` asks those about it that have the colours it has in `wanted`."""
    edge = _near_edges(matte, REACH_PX + 2)
    votes, sure = matte.copy(), np.zeros_like(matte)
    for rows, columns in _tiles(edge):
        cancel.check()
        told, weight = _votes(matte, colors, wanted, rows, columns)
        chosen = edge[rows, columns]
        votes[rows, columns] = np.where(chosen, told, matte[rows, columns])
        found = np.clip(np.log10(np.maximum(weight, 1e-12) / LEAST_EVIDENCE) / 2.0, 0.0, 1.0)
        sure[rows, columns] = np.where(chosen, found, 0.0)
    return _Asked(votes, sure, edge)


CLEAN_EDGE: Final = 0.35
"""Share of undecided votes within 5 pixels of an edge of which nobody is in doubt."""
DOUBT_A_FRAME: Final = 0.1
"""Confidence that an edge on which the votes are split loses with one frame."""


def softness_of(matte: FloatImage) -> float:
    """Width of a painted edge as the sigma in pixels of a blur that would make it: carried edges are hard, and get it back.

    An edge blurred by sigma s has the integral of m(1 - m) across it equal to s / √π, whatever lies about it.
    """
    hard = (matte > 0.5).astype(np.float32)
    edge_px = float(np.abs(np.diff(hard, axis=0)).sum() + np.abs(np.diff(hard, axis=1)).sum()) * np.pi / 4.0
    if edge_px < 1.0:
        return 0.0
    return float((matte * (1.0 - matte)).sum()) / edge_px * float(np.sqrt(np.pi))


def _warped(matte: FloatImage, flow: FloatImage) -> FloatImage:
    """As `flow.warp`, by cubics: bilinear sampling would blur an edge with every frame."""
    height, width = flow.shape[:2]
    xs = np.arange(width, dtype=np.float32)[None, :] + flow[..., 0]
    ys = np.arange(height, dtype=np.float32)[:, None] + flow[..., 1]
    found = cv2.remap(matte, xs, ys, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(found, 0.0, 1.0), np.float32)


def _near_edges(matte: FloatImage, reach_px: int) -> np.ndarray:
    """(H, W) bool: within so many pixels of where the matte is neither full nor empty, or changes from one to the other."""
    kernel = np.ones((3, 3), np.uint8)
    low, high = UNDECIDED
    edge = (cv2.dilate(matte, kernel) > low) & (cv2.erode(matte, kernel) < high)
    side = 2 * reach_px + 1
    return np.asarray(cv2.dilate(edge.astype(np.uint8), np.ones((side, side), np.uint8)) > 0)


def _tiles(chosen: np.ndarray) -> list[tuple[slice, slice]]:
    """The tiles of a picture in which something is chosen."""
    height, width = chosen.shape
    tiles = [
        (slice(y, min(y + TILE_PX, height)), slice(x, min(x + TILE_PX, width)))
        for y in range(0, height, TILE_PX)
        for x in range(0, width, TILE_PX)
    ]
    return [tile for tile in tiles if chosen[tile].any()]


def _shifts() -> list[tuple[int, int, float]]:
    """(dy, dx, weight of the distance): the disc within reach, whole near its middle, farther out every other pixel."""
    reach = range(-REACH_PX, REACH_PX + 1)
    near = 2.0 * NEARNESS_PX**2
    return [
        (dy, dx, float(np.exp(-(dx * dx + dy * dy) / near)))
        for dy in reach
        for dx in reach
        if dx * dx + dy * dy <= WHOLE_PX**2 or (dx * dx + dy * dy <= REACH_PX**2 and dx % 2 == 0 and dy % 2 == 0)
    ]


SHIFTS: Final = _shifts()


def _votes(
    matte: FloatImage, colors: FloatImage, here: FloatImage, rows: slice, columns: slice
) -> tuple[FloatImage, FloatImage]:
    """What the pixels about each pixel of a tile voted, and the weight of their votes. `matte` and `colors` lie over `here`."""
    margin = REACH_PX + 1
    labels, candidates = _cut(matte, rows, columns, margin), _cut(colors, rows, columns, margin)
    wanted = _cut(here, rows, columns, 1)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    total, votes = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    scale = np.float32(-0.5 / (3.0 * LIKENESS**2))
    for dy, dx, nearness in SHIFTS:
        y, x = REACH_PX + dy, REACH_PX + dx
        apart = wanted - candidates[y : y + height + 2, x : x + width + 2]
        apart *= apart
        unlike = cv2.blur(apart[..., 0] + apart[..., 1] + apart[..., 2], (3, 3))[1:-1, 1:-1]
        weight = np.exp(unlike * scale) * np.float32(nearness)
        total += weight
        votes += weight * labels[y + 1 : y + 1 + height, x + 1 : x + 1 + width]
    return np.asarray(votes / np.maximum(total, np.float32(1e-12)), np.float32), total


def _cut(image: FloatImage, rows: slice, columns: slice, margin: int) -> FloatImage:
    """A tile with a margin about it; beyond the picture its edge is repeated."""
    height, width = image.shape[:2]
    ys = np.clip(np.arange(rows.start - margin, rows.stop + margin), 0, height - 1)
    xs = np.clip(np.arange(columns.start - margin, columns.stop + margin), 0, width - 1)
    return np.ascontiguousarray(image[ys[:, None], xs[None, :]])


def _split(votes: FloatImage) -> FloatImage:
    """0 where votes are all but unanimous, 1 where they are split over more than an edge is wide."""
    undecided = cv2.blur(4.0 * votes * (1.0 - votes), (5, 5), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip((undecided - CLEAN_EDGE) / (1.0 - CLEAN_EDGE), 0.0, 1.0), np.float32)
