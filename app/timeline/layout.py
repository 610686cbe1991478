"""Lanes: what stands in the timeline, from top to bottom, and where. Pure; the painter and the pointer read the same rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.condition import SCHEMA
from core.document.model import AMOUNT, Clip, Project, Track, TrackKind, animatable_axis
from core.document.tracks import shown_name
from core.ids import AxisId, MaskId, TrackId
from core.words import tr

HEAD_W: Final = 168
RULER_H: Final = 26
CACHE_H: Final = 8
CONDITION_H: Final = 24
MASK_H: Final = 18
PICTURE_H: Final = 60
KEYS_H: Final = 32
FOLDED_H: Final = 20
AUDIO_H: Final = 34
CLIP_TITLE_H: Final = 15
LANES_TOP: Final = RULER_H + CACHE_H + 2


class LaneKind(StrEnum):
    CONDITION = "condition"
    MASK = "mask"
    ADJUSTMENT = "adjustment"
    PICTURE = "picture"
    KEYS = "keys"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Lane:
    """One row. `top` is in canvas px before vertical scrolling; `code` is the short name in the head (C1, V1)."""

    kind: LaneKind
    top: float
    height: float
    code: str
    label: str
    track: TrackId | None = None
    axis: AxisId | None = None
    mask: MaskId | None = None
    is_folded: bool = False

    @property
    def bottom(self) -> float:
        return self.top + self.height


def animated_axes(clip: Clip) -> tuple[AxisId, ...]:
    """Axes with a curve, in panel order, the amount first."""
    having = {curve.axis for curve in clip.look.curves}
    return tuple(axis for axis in (AMOUNT, *(a.id for a in SCHEMA)) if axis in having)


def lanes(project: Project, selected: Clip | None, folded: Collection[AxisId] = ()) -> tuple[Lane, ...]:
    """Adjustments (when there are any), condition, masks (when there are any), pictures, the selected clip's animated axes,
    audio (when there is any). What lies over something stands above it."""
    rows: list[Lane] = []
    top = float(LANES_TOP)

    def add(
        kind: LaneKind,
        height: float,
        code: str,
        label: str,
        track: TrackId | None = None,
        axis: AxisId | None = None,
        *,
        is_folded: bool = False,
    ) -> None:
        nonlocal top
        rows.append(Lane(kind, top, height, code, label, track, axis, is_folded=is_folded))
        top += height

    pictures = project.tracks_of(TrackKind.VIDEO)
    for number, track in reversed(tuple(enumerate(project.tracks_of(TrackKind.ADJUSTMENT), start=2))):
        add(LaneKind.ADJUSTMENT, CONDITION_H, f"C{number}", shown_name(track), track.id)
    add(LaneKind.CONDITION, CONDITION_H, "C1", tr("Condition"))
    if any(clip.masks for track in pictures for clip in track.clips):
        add(LaneKind.MASK, MASK_H, "M1", tr("Mask"))
    for number, track in reversed(tuple(enumerate(pictures, start=1))):
        add(LaneKind.PICTURE, PICTURE_H, f"V{number}", shown_name(track), track.id)
    if not pictures:
        add(LaneKind.PICTURE, PICTURE_H, "V1", tr("Video {number}", number=1))
    for axis in animated_axes(selected) if selected else ():
        low = axis in folded
        add(LaneKind.KEYS, FOLDED_H if low else KEYS_H, "", animatable_axis(axis).label, None, axis, is_folded=low)
    sounds = project.tracks_of(TrackKind.AUDIO)
    for number, track in enumerate(sounds, start=1):
        add(LaneKind.AUDIO, AUDIO_H, f"A{number}", shown_name(track), track.id)
    if not sounds and not project.media:
        add(LaneKind.AUDIO, AUDIO_H, "A1", tr("Audio {number}", number=1))
    return tuple(rows)


def tracks_in(project: Project, lane: Lane) -> tuple[Track, ...]:
    """The tracks whose clips a lane shows: its own, or all picture tracks for conditions and masks."""
    if lane.track is not None:
        return tuple(t for t in project.tracks if t.id == lane.track)
    return project.tracks_of(TrackKind.VIDEO) if lane.kind is not LaneKind.AUDIO else ()


def content_height(rows: tuple[Lane, ...]) -> float:
    return rows[-1].bottom if rows else LANES_TOP
