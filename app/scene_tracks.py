"""Tracks of vehicles as a hand makes them: positions at frames, and what stands for the time before and after. Pure.

A track has a box between its first position and its last. One that a person placed is there for the whole shot, so it has
a position before the shot begins and one behind its end, with the boxes of the first and the last position within it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from core.objects import FADE_FRAMES, Box, Level, ObjectKind, SceneObject, Spot, box_at, strength_at

KEY_EVERY: Final = 8
"""Frames between the positions that an adopted track keeps: a found one has a box for every frame, among which one that is
moved by hand would only twitch."""


def spots_of_new(kind: ObjectKind, frame: int, box: Box, count: int) -> tuple[Spot, ...]:
    """Of an object placed at a frame of a shot of `count` frames."""
    return _capped((Spot(frame, box),), count) if kind.moves else (Spot(frame, box),)


def keys(thing: SceneObject, count: int) -> tuple[Spot, ...]:
    """The positions within the shot."""
    return tuple(spot for spot in thing.spots if 0 <= spot.frame < count)


def with_key(thing: SceneObject, frame: int, box: Box, count: int) -> SceneObject:
    """Moved to a box at a frame. Where it was there before and after all positions, it stays there with the new ones."""
    spots = (*(s for s in thing.spots if s.frame != frame), Spot(frame, box))
    return _tidy(thing, spots, count)


def without_key(thing: SceneObject, frame: int, count: int) -> SceneObject:
    """Without the position at a frame, which must not be the only one."""
    return _tidy(thing, tuple(s for s in thing.spots if s.frame != frame), count)


def with_strength(thing: SceneObject, frame: int, value: float) -> SceneObject:
    """Shining like this at a frame where its strength has keyframes, else throughout."""
    if not thing.levels:
        return replace(thing, strength=value)
    return replace(thing, levels=_sorted((*(lv for lv in thing.levels if lv.frame != frame), Level(frame, value))))


def with_level_toggled(thing: SceneObject, frame: int) -> SceneObject:
    """With a keyframe of its strength at a frame, or without the one there; the last one leaves its value throughout."""
    here = strength_at(thing, frame)
    others = tuple(level for level in thing.levels if level.frame != frame)
    if others == thing.levels:
        return replace(thing, levels=_sorted((*others, Level(frame, here))))
    return replace(thing, levels=others, strength=thing.strength if others else here)


def _sorted(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    return tuple(sorted(levels, key=lambda level: level.frame))


def beginning(thing: SceneObject, frame: int) -> SceneObject:
    """There from this frame on."""
    box = box_at(thing, frame) or thing.spots[0].box
    return replace(thing, spots=(Spot(frame, box), *(s for s in thing.spots if s.frame > frame)))


def ending(thing: SceneObject, frame: int) -> SceneObject:
    """There up to this frame."""
    box = box_at(thing, frame) or thing.spots[-1].box
    return replace(thing, spots=(*(s for s in thing.spots if s.frame < frame), Spot(frame, box)))


def thinned(thing: SceneObject, frame: int) -> SceneObject:
    """A tracked object with its first position, its last, and some between, none nearer to `frame` than `KEY_EVERY`."""
    if not thing.kind.moves:
        return thing
    first, last = thing.spots[0].frame, thing.spots[-1].frame
    kept: list[Spot] = []
    for spot in thing.spots:
        is_end = spot.frame in (first, last)
        is_apart = not kept or spot.frame - kept[-1].frame >= KEY_EVERY
        if is_end or (is_apart and abs(spot.frame - frame) >= KEY_EVERY):
            kept.append(spot)
    return replace(thing, spots=tuple(kept))


def _tidy(thing: SceneObject, spots: tuple[Spot, ...], count: int) -> SceneObject:
    ordered = tuple(sorted(spots, key=lambda s: s.frame))
    is_whole = thing.kind.moves and thing.spots[0].frame < 0 and thing.spots[-1].frame >= count
    return replace(thing, spots=_capped(ordered, count) if is_whole else ordered)


def _capped(spots: tuple[Spot, ...], count: int) -> tuple[Spot, ...]:
    """With positions so far outside the shot that the lamps do not fade in it."""
    inside = tuple(s for s in spots if 0 <= s.frame < count) or spots[:1]
    return (Spot(-FADE_FRAMES, inside[0].box), *inside, Spot(count - 1 + FADE_FRAMES, inside[-1].box))
