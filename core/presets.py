"""Named conditions, kept as data in `resources/presets.toml` and checked against the schema when first read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.condition import Condition
from core.errors import UsageError
from core.resources import resource


@dataclass(frozen=True, slots=True)
class Preset:
    """A condition with a name. `group` is the heading it stands under in the look browser."""

    id: str
    title: str
    description: str
    condition: Condition
    group: str


@cache
def presets() -> tuple[Preset, ...]:
    """All of them, in the order in which they are shown. Raises `UsageError` naming the preset that breaks the schema."""
    return load_presets(resource("presets.toml"))


def load_presets(path: Path) -> tuple[Preset, ...]:
    """Presets of one file: a table per preset with title, description, group and a table of axis values."""
    made = []
    for id_, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        try:
            condition = Condition.of({name: float(value) for name, value in entry["condition"].items()})
            made.append(Preset(id_, entry["title"], entry["description"], condition, entry["group"]))
        except KeyError as error:
            raise UsageError(f"Preset '{id_}' in {path.name} has no {error.args[0]}.") from None
        except (UsageError, ValueError, TypeError, AttributeError) as error:
            raise UsageError(f"Preset '{id_}' in {path.name} cannot be used: {error}") from None
    return tuple(made)


def preset_named(name: str) -> Preset:
    """The preset with this id or title; case, spaces, hyphens and underscores do not matter. Raises `UsageError`."""
    wanted = _folded(name)
    for preset in presets():
        if wanted in (_folded(preset.id), _folded(preset.title)):
            return preset
    raise UsageError(f"There is no preset '{name}'; choose from {', '.join(p.id for p in presets())}.")


def parse_preset_argument(text: str) -> tuple[Preset, float]:
    """`drizzle`, `drizzle:0.7` or `drizzle:70%` as a preset and its strength 0..1. Raises `UsageError`."""
    name, colon, amount = text.partition(":")
    preset = preset_named(name)
    if not colon:
        return preset, 1.0
    try:
        strength = float(amount[:-1]) / 100.0 if amount.endswith("%") else float(amount)
    except ValueError:
        raise UsageError(f"The strength of preset '{name}' must be a number, not '{amount}'.") from None
    if not 0.0 <= strength <= 1.0:
        raise UsageError(f"The strength of preset '{name}' runs from 0 to 1, not {amount}.")
    return preset, strength


def _folded(name: str) -> str:
    return "".join(c for c in name.casefold() if c not in " -_")
