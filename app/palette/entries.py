"""What the palette offers for a query: actions, and a condition with its value. Pure, but for what runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.palette.matching import match
from app.widgets.param_spec import ParamSpec
from core.condition import SCHEMA, Axis
from core.document.model import AMOUNT_AXIS
from core.errors import UsageError
from core.words import inline, msg, tr

RECENT_KEPT: Final = 12
REASONS: Final[Mapping[str, str]] = {
    "clip": msg("select a picture clip first"),
    "clips": msg("select a clip first"),
    "media": msg("add a clip first"),
    "bin": msg("select a medium in the bin first"),
    "undo": msg("nothing to undo"),
    "redo": msg("nothing to redo"),
    "mask": msg("select a mask first"),
}
"""Why an action is grey, by what it needs."""
_VALUE: Final = re.compile(r"(?P<name>.*?\D)\s*(?P<value>[-+\u2212]?\d+(?:[.,]\d+)?)\s*(?P<unit>[%°\w/]*)\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row. `reason` says why it cannot be run now; empty where it can."""

    id: str
    text: str
    where: str
    keys: str = ""
    reason: str = ""
    run: Callable[[], object] = field(default=lambda: None, compare=False)


@dataclass(frozen=True, slots=True)
class Found:
    entry: Entry
    at: tuple[int, ...] = ()
    """Letters of the text that were matched."""


def ranked(query: str, entries: Sequence[Entry], recent: Sequence[str]) -> tuple[Found, ...]:
    """The best first. Without a query what was run lately comes first, then the order of the menus; an action that
    cannot be run stands behind one of about the same worth that can."""
    newest = {id_: RECENT_KEPT - n for n, id_ in enumerate(recent)}
    if not query.strip():
        order = sorted(entries, key=lambda e: -newest.get(e.id, 0))
        return tuple(Found(entry) for entry in order)
    scored = []
    for number, entry in enumerate(entries):
        found = match(query, entry.text)
        outer = match(query, f"{entry.text} {entry.where}")
        if outer is None:
            continue
        score = max(found.score if found else -1e9, outer.score - 6.0)
        score += 0.5 * newest.get(entry.id, 0) - (4.0 if entry.reason else 0.0)
        within = tuple(i for i in outer.at if i < len(entry.text))
        scored.append((-score, number, Found(entry, found.at if found else within)))
    return tuple(found for _, _, found in sorted(scored, key=lambda each: each[:2]))


@dataclass(frozen=True, slots=True)
class Setting:
    """A condition and the stored value that was asked for, or why it cannot be had."""

    axis: Axis
    value: float
    problem: str = ""

    @property
    def text(self) -> str:
        spec = ParamSpec.of_axis(self.axis, quiet_unit=False)
        return tr("Set {condition} to {value}", condition=inline(tr(self.axis.label)), value=spec.spoken(self.value))


def setting_of(query: str) -> Setting | None:
    """`haze 40`, `sun elevation -6`, `rain 80 %`: the condition named best, and its value as a person reads it."""
    parts = _VALUE.fullmatch(query)
    name = parts["name"].strip() if parts else ""
    if not parts or len(name) < 2:
        return None
    named = [(m.score, axis) for axis in (AMOUNT_AXIS, *SCHEMA) if (m := match(name, tr(axis.label)))]
    named = [(s, a) for s, a in named if parts["unit"] == a.shown_unit] or named
    if not named:
        return None
    _, axis = max(named, key=lambda each: each[0])
    spec = ParamSpec.of_axis(axis)
    try:
        return Setting(axis, spec.parse(parts["value"].lstrip("+"), 0.0))
    except UsageError as error:
        return Setting(axis, spec.clamped(axis.neutral), error.message)
