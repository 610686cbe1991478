"""What a look is called where there is room for a few words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.condition import NEUTRAL, Condition
from core.document.model import Interpolation, Look
from core.document.recipe import BLENDED
from core.presets import presets
from core.words import msg, tr

STACKED = " + "
"""Between the presets of a look that were laid over one another."""
AS_SHOT, CUSTOM = msg("As shot"), msg("Custom")
KINDS: Final = {
    Interpolation.LINEAR: msg("Linear"),
    Interpolation.SMOOTH: msg("Smooth"),
    Interpolation.HOLD: msg("Hold"),
    Interpolation.EASE_OUT: msg("Ease out"),
    Interpolation.EASE_IN: msg("Ease in"),
    Interpolation.BEZIER: msg("Bézier"),
}
"""How curves leave a keyframe, in words."""


def look_name(look: Look, unnamed: str = "") -> str:
    """`As shot`, `Night`, `Night + Drizzle`, or `Night (edited)` once a condition was changed or animated by hand."""
    if look.is_as_shot:
        return tr(AS_SHOT)
    name = said(look.name)
    return tr("{name} (edited)", name=name) if is_edited(look) else name or unnamed or tr(CUSTOM)


def said(name: str) -> str:
    """The stored name of a look as it is shown: titles of presets are translated, what a person typed is not."""
    return BLENDED.join(map(_part_said, name.split(BLENDED)))


def _part_said(name: str) -> str:
    if name in (AS_SHOT, CUSTOM):
        return tr(name)
    return STACKED.join(map(tr, name.split(STACKED))) if _condition_named(name) is not None else name


def stored_name(look: Look) -> str:
    """What a look is called where its name is kept: in English, whatever the person's language."""
    return look.name or (AS_SHOT if look.is_as_shot else CUSTOM)


def looks_name(looks: Sequence[Look], unnamed: str = "") -> str:
    """Of looks that lie over each other, the lowest first: `Drizzle + Night`. Those that change nothing are not named."""
    named = [look_name(look, unnamed) for look in looks if not look.is_as_shot]
    return STACKED.join(named) or tr(AS_SHOT)


def is_edited(look: Look) -> bool:
    """Whether a look named after presets is no longer theirs. One that was named otherwise has nothing to differ from."""
    named = _condition_named(look.name)
    return named is not None and (bool(look.curves) or look.base != named)


def _condition_named(name: str) -> Condition | None:
    """The presets of a name laid over one another in order, or None where one of them is not a preset."""
    by_title = {preset.title: preset.condition for preset in presets()}
    parts = [by_title.get(title) for title in name.split(STACKED)]
    result = NEUTRAL
    for part in parts:
        if part is None:
            return None
        result = result.overlaid(part, 1.0)
    return result
