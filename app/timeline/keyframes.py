"""Keyframes of the selected clip: found, walked along, gathered, moved. Pure; lanes and curve editor read the same answers.

A curve is a row, in the order in which rows stand; walking goes along a row in time and across rows to what is nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.timeline.state import KeyRef
from core.condition import AxisKind
from core.document.model import Clip, Curve, Keyframe, animatable_axis
from core.ids import AxisId
from core.timebase import ZERO, Time, TimeRange

Goes = dict[KeyRef, tuple[Time, float]]
"""Where keyframes go: source instant and value."""
NewCurves = tuple[tuple[AxisId, tuple[Keyframe, ...]], ...]
"""As `SetCurves` takes them."""


def keys_of(clip: Clip, spots: Iterable[KeyRef]) -> list[tuple[Curve, Keyframe]]:
    """The keys that are still there."""
    wanted = set(spots)
    return [(c, k) for c in clip.look.curves for k in c.keys if (c.axis, k.time) in wanted]


# ---- walking --------------------------------------------------------------------------------------------------


def along(curve: Curve, here: Time, step: int) -> KeyRef | None:
    """The next (1) or previous (-1) keyframe of a row, seen from an instant."""
    beyond = [k.time for k in curve.keys if (k.time > here if step > 0 else k.time < here)]
    return (curve.axis, min(beyond) if step > 0 else max(beyond)) if beyond else None


def nearest(curve: Curve, here: Time) -> KeyRef:
    """The keyframe of a row that is nearest to an instant; of two as near, the earlier."""
    return curve.axis, min((abs((k.time - here).seconds), k.time) for k in curve.keys)[1]


def across(rows: Sequence[Curve], spot: KeyRef, step: int) -> KeyRef | None:
    """The nearest keyframe of the row below (1) or above (-1)."""
    axis, time = spot
    number = next((n for n, row in enumerate(rows) if row.axis == axis), 0) + step
    return nearest(rows[number], time) if 0 <= number < len(rows) else None


def between(rows: Sequence[Curve], one: KeyRef, other: KeyRef) -> frozenset[KeyRef]:
    """All keyframes of the rows from one key's to another's, between their instants: what a rubber band would take."""
    places = [n for n, row in enumerate(rows) if row.axis in (one[0], other[0])]
    first, last = sorted((one[1], other[1]))
    taken = rows[min(places) : max(places) + 1] if places else ()
    return frozenset((row.axis, k.time) for row in taken for k in row.keys if first <= k.time <= last)


def stretch(clip: Clip, spots: Iterable[KeyRef]) -> TimeRange | None:
    """From the first to the last of some keyframes, on the timeline."""
    times = [clip.timeline_time(key.time) for _, key in keys_of(clip, spots)]
    return TimeRange(min(times), max(times)) if times else None


# ---- moving ---------------------------------------------------------------------------------------------------


def shifted(clip: Clip, spots: Iterable[KeyRef], by: Time, lifts: Mapping[AxisId, float], inside: TimeRange) -> Goes:
    """All go by the same time, and by the same value those of an axis: the first that meets an end stops them all."""
    held = keys_of(clip, spots)
    if not held:
        return {}
    first, last = min(k.time for _, k in held), max(k.time for _, k in held)
    by = max(min(ZERO, inside.start - first), min(by, max(ZERO, inside.end - last)))
    lift = {}
    for axis in {c.axis for c, _ in held}:
        known, values = animatable_axis(axis), [k.value for c, k in held if c.axis == axis]
        wanted = lifts.get(axis, 0.0)
        if known.kind is not AxisKind.ANGLE:
            wanted = min(max(wanted, known.low - min(values)), known.high - max(values))
        lift[axis] = wanted
    return {(c.axis, k.time): (k.time + by, k.value + lift[c.axis]) for c, k in held}


def is_apart(goes: Goes) -> bool:
    """Whether every key has an instant of its own where it goes."""
    return len({(axis, time) for (axis, _), (time, _) in goes.items()}) == len(goes)


def moved(clip: Clip, goes: Goes, *, leaves_copies: bool = False) -> tuple[NewCurves, frozenset[KeyRef]]:
    """The curves after some keys went elsewhere, and where those keys are then. A key that others land on goes."""
    curves, fresh = [], set()
    for curve in clip.look.curves:
        going = [k for k in curve.keys if (curve.axis, k.time) in goes]
        if not going:
            continue
        placed: dict[Time, Keyframe] = {}
        axis = animatable_axis(curve.axis)
        for key in going:
            time, value = goes[curve.axis, key.time]
            placed[time] = replace(key, time=time, value=axis.quantise(axis.held(value)))
            fresh.add((curve.axis, time))
        stays = [k for k in curve.keys if (leaves_copies or k not in going) and k.time not in placed]
        curves.append((curve.axis, tuple(sorted((*stays, *placed.values()), key=lambda k: k.time))))
    return tuple(curves), frozenset(fresh)
