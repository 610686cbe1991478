"""What is known of a shot, in words: what was found, how it stands now, and what that comes to. Pure."""

from __future__ import annotations

from collections import Counter
from math import atan, degrees
from typing import Final

from app.scene_book import ShotScene
from app.theme.painting import minus
from core.objects import ObjectId, ObjectKind, SceneObject
from core.scene import Presence

Found = tuple[str, float | None]
"""(in words, how sure 0..1 or None where nothing is guessed)."""
NOT_YET: Final = "Not looked for yet"
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
        return ("There is sky, as you said" if said is Presence.PRESENT else "No sky, as you said"), None
    if shot.found is None:
        return NOT_YET, None
    painted = ", painted over" if shot.said.sky_strokes else ""
    return ("Found" if shot.found.has_sky else "Not found") + painted, shot.found.sky_confidence


def ground_words(shot: ShotScene) -> Found:
    if shot.said.corrections.horizon is not None:
        return "Below your horizon", None
    if shot.found is None:
        return NOT_YET, None
    return ("Found" if shot.found.has_ground else "No ground plane"), shot.found.ground_confidence


def horizon_words(shot: ShotScene) -> Found:
    row = minus(f"{100 * shot.scene.camera.horizon:.1f} % down")
    if shot.said.corrections.horizon is not None:
        return f"{row}, as you said", None
    if shot.found is None:
        return NOT_YET, None
    return (row if shot.found.horizon_confidence >= 0.5 else f"{row}, a guess"), shot.found.horizon_confidence


def motion_words(shot: ShotScene) -> Found:
    if shot.found is None:
        return NOT_YET, None
    motion, sure = shot.found.motion, shot.found.motion_confidence
    if sure < 0.5:
        return "Not known", sure
    speed = (motion.forward_m_s**2 + motion.right_m_s**2 + motion.up_m_s**2) ** 0.5
    return ("Stands still" if speed < 0.05 else f"Moves at {3.6 * speed:.0f} km/h"), sure


def object_words(shot: ShotScene) -> str:
    """`14 vehicles, 3 street lights`, or how many in all where they are of many kinds."""
    counted = Counter(thing.kind for thing in shot.objects)
    words = [f"{n} {kind}{'s' if n != 1 else ''}" for kind in ObjectKind if (n := counted[kind])]
    return ", ".join(words) if len(words) <= _KINDS_NAMED else f"{len(shot.objects)} objects"


def names(things: tuple[SceneObject, ...]) -> dict[ObjectId, str]:
    """A name for each: its kind, and its number where there are several of it."""
    total, seen = Counter(thing.kind for thing in things), Counter[ObjectKind]()
    named = {}
    for thing in things:
        seen[thing.kind] += 1
        named[thing.id] = f"{thing.kind.capitalize()}{f' {seen[thing.kind]}' if total[thing.kind] > 1 else ''}"
    return named


def object_line(shot: ShotScene, thing: SceneObject) -> str:
    """Where it comes from, how sure that is, and how long it is there."""
    if shot.is_by_hand(thing.id):
        origin = "Found, changed by hand" if shot.was_found(thing.id) else "Placed by hand"
    else:
        origin = f"Found, {thing.confidence:.0%} sure".replace("%", " %")
    words = [origin]
    if thing.kind.moves:
        first, last = max(thing.spots[0].frame, 0), min(thing.spots[-1].frame, shot.frame_count - 1)
        words.append("whole shot" if (first, last) == (0, shot.frame_count - 1) else f"frames {first} to {last}")
    elif thing.repeat_m:
        words.append(f"every {thing.repeat_m:.0f} m")
    return ", ".join(words)


def field_of_view_deg(shot: ShotScene) -> float:
    """Across the picture's width."""
    return 2.0 * degrees(atan(0.5 * shot.aspect / shot.scene.camera.focal))
