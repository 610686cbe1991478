"""What is known of a shot, in words: what was found, how it stands now, and what that comes to. Pure."""

from __future__ import annotations

from collections import Counter
from math import atan, degrees
from typing import Final

from app.object_names import counted, title
from app.scene_book import ShotScene
from app.theme.painting import minus
from core.objects import ObjectId, ObjectKind, SceneObject
from core.scene import Presence
from core.words import msg, tr

Found = tuple[str, float | None]
"""(in words, how sure 0..1 or None where nothing is guessed)."""
NOT_YET: Final = msg("Not looked for yet")
_KINDS_NAMED: Final = 2
ICONS: Final = {
    ObjectKind.VEHICLE: "vehicle",
    ObjectKind.STREET_LIGHT: "street_light",
    ObjectKind.BOLLARD: "bollard",
    ObjectKind.WINDOW: "window",
    ObjectKind.SIGN: "sign",
}


def sky_words(shot: ShotScene) -> Found:
    said = shot.said.corrections.sky
    if said is not Presence.AUTO:
        return (tr("There is sky, as you said") if said is Presence.PRESENT else tr("No sky, as you said")), None
    if shot.found is None:
        return tr(NOT_YET), None
    found = tr("Found") if shot.found.has_sky else tr("Not found")
    if shot.said.sky_strokes:
        found = tr("{found}, painted over", found=found)
    return found, shot.found.sky_confidence


def ground_words(shot: ShotScene) -> Found:
    if shot.said.corrections.horizon is not None:
        return tr("Below your horizon"), None
    if shot.found is None:
        return tr(NOT_YET), None
    return (tr("Found") if shot.found.has_ground else tr("No ground plane")), shot.found.ground_confidence


def horizon_words(shot: ShotScene) -> Found:
    row = minus(tr("{share:.1f} % down", share=100 * shot.scene.camera.horizon))
    if shot.said.corrections.horizon is not None:
        return tr("{row}, as you said", row=row), None
    if shot.found is None:
        return tr(NOT_YET), None
    return (
        row if shot.found.horizon_confidence >= 0.5 else tr("{row}, a guess", row=row)
    ), shot.found.horizon_confidence


def motion_words(shot: ShotScene) -> Found:
    if shot.found is None:
        return tr(NOT_YET), None
    motion, sure = shot.found.motion, shot.found.motion_confidence
    if sure < 0.5:
        return tr("Not known"), sure
    speed = (motion.forward_m_s**2 + motion.right_m_s**2 + motion.up_m_s**2) ** 0.5
    return (tr("Stands still") if speed < 0.05 else tr("Moves at {speed:.0f} km/h", speed=3.6 * speed)), sure


def object_words(shot: ShotScene) -> str:
    """`14 vehicles, 3 street lights`, or how many in all where they are of many kinds."""
    of_kind = Counter(thing.kind for thing in shot.objects)
    words = [counted(kind, n) for kind in ObjectKind if (n := of_kind[kind])]
    return ", ".join(words) if len(words) <= _KINDS_NAMED else tr("{count} objects", count=len(shot.objects))


def names(things: tuple[SceneObject, ...]) -> dict[ObjectId, str]:
    """A name for each: its kind, and its number where there are several of it."""
    total, seen = Counter(thing.kind for thing in things), Counter[ObjectKind]()
    named = {}
    for thing in things:
        seen[thing.kind] += 1
        named[thing.id] = f"{title(thing.kind)}{f' {seen[thing.kind]}' if total[thing.kind] > 1 else ''}"
    return named


def object_line(shot: ShotScene, thing: SceneObject) -> str:
    """Where it comes from, how sure that is, and how long it is there."""
    if shot.is_by_hand(thing.id):
        origin = tr("Found, changed by hand") if shot.was_found(thing.id) else tr("Placed by hand")
    else:
        origin = tr("Found, {percent} % sure", percent=round(100 * thing.confidence))
    words = [origin]
    if thing.kind.moves:
        first, last = max(thing.spots[0].frame, 0), min(thing.spots[-1].frame, shot.frame_count - 1)
        words.append(
            tr("whole shot")
            if (first, last) == (0, shot.frame_count - 1)
            else tr("frames {first} to {last}", first=first, last=last)
        )
    elif thing.repeat_m:
        words.append(tr("every {metres:.0f} m", metres=thing.repeat_m))
    return ", ".join(words)


def field_of_view_deg(shot: ShotScene) -> float:
    """Across the picture's width."""
    return 2.0 * degrees(atan(0.5 * shot.aspect / shot.scene.camera.focal))
