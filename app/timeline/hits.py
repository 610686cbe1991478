"""What lies under the pointer. Pure: `x` in canvas px, `y` before vertical scrolling."""

from __future__ import annotations

from enum import Enum
from typing import Final

from app.timeline.curves import lane_y
from app.timeline.extents import extents
from app.timeline.layout import HEAD_W, Lane, LaneKind, tracks_in
from app.timeline.state import KeyRef, TimelineState
from core.document.model import Clip

EDGE_GRAB_PX: Final = 7.0
KEY_GRAB_PX: Final = 8.0
ROLL_GRAB_PX: Final = 3.0
"""Of a cut, on either side: nearer than this both clips give and take."""
CUT_LANES: Final = (LaneKind.PICTURE, LaneKind.AUDIO, LaneKind.ADJUSTMENT)
"""Lanes whose clips are edited where they lie; the others show what belongs to a picture clip."""


class End(Enum):
    """Which end of a clip."""

    HEAD = "head"
    TAIL = "tail"


def lane_at(state: TimelineState, y: float) -> Lane | None:
    return next((lane for lane in state.rows if lane.top <= y < lane.bottom), None)


def clip_at(state: TimelineState, lane: Lane, x: float) -> Clip | None:
    """The clip under `x`; in a picture lane also one whose end is within reach."""
    clips = _near(state, lane, x)
    inside = next((c for c in clips if state.x(c.span.start) <= x < state.x(c.span.end)), None)
    if inside is not None or lane.kind not in CUT_LANES:
        return inside
    near = [(abs(x - state.x(edge)), clip) for clip in clips for edge in (clip.span.start, clip.span.end)]
    distance, clip = min(near, key=lambda item: item[0], default=(EDGE_GRAB_PX, None))
    return clip if distance < EDGE_GRAB_PX else None


def _near(state: TimelineState, lane: Lane, x: float) -> list[Clip]:
    """The clips within reach of a hand at `x`, and those that touch them."""
    return _between(state, lane, x - 2 * EDGE_GRAB_PX, x + 2 * EDGE_GRAB_PX)


def _between(state: TimelineState, lane: Lane, left: float, right: float) -> list[Clip]:
    first_s, last_s = (state.scale.seconds(x - HEAD_W) for x in (left, right))
    found = (extents(track) for track in tracks_in(state.project, lane))
    return [each.clips[number] for each in found for number in each.between(first_s, last_s)]


def edge_at(state: TimelineState, clip: Clip, x: float) -> End | None:
    """The end within reach; of a short clip each end takes a quarter, so that it can still be moved."""
    left, right = state.x(clip.span.start), state.x(clip.span.end)
    reach = min(EDGE_GRAB_PX, (right - left) / 4)
    if abs(x - left) <= reach:
        return End.HEAD
    return End.TAIL if abs(x - right) <= reach else None


def cut_at(state: TimelineState, lane: Lane, x: float) -> Clip | None:
    """The clip that ends in a cut within reach: another begins there at once."""
    clips = _near(state, lane, x)
    begins = {c.start for c in clips}
    near = (c for c in clips if c.span.end in begins and abs(x - state.x(c.span.end)) <= ROLL_GRAB_PX)
    return next(near, None)


def clips_in(state: TimelineState, left: float, top: float, right: float, bottom: float) -> tuple[Clip, ...]:
    """The clips that a rectangle touches, on lanes where clips are edited."""
    lanes = [lane for lane in state.rows if lane.kind in CUT_LANES and lane.top < bottom and lane.bottom > top]
    clips = (c for lane in lanes for c in _between(state, lane, left, right))
    return tuple(c for c in clips if state.x(c.span.start) < right and state.x(c.span.end) > left)


def key_at(state: TimelineState, lane: Lane, x: float, y: float) -> KeyRef | None:
    """The keyframe of the selected clip within reach."""
    clip = state.clip
    curve = clip.look.curve(lane.axis) if clip and lane.axis else None
    if clip is None or curve is None:
        return None
    for key in curve.keys:
        dx = x - state.x(clip.timeline_time(key.time))
        dy = y - lane_y(lane, curve, key.value)
        if abs(dx) <= KEY_GRAB_PX and abs(dy) <= KEY_GRAB_PX + 4:
            return curve.axis, key.time
    return None
