"""Upgrades: how a project or journal record of an older schema becomes one of the next, as plain dictionaries.

Schema 2 brought what is said of the scene of a medium, schema 3 where found vehicles were seen that were removed or changed,
and how strongly an object shines; the schemas before say nothing of it, which needs no step: such vehicles go by their ids. Whoever changes
the stored shape of a project or a command raises `SCHEMA`, adds the step that leads from the version before, and keeps a
golden file of it in `tests/data`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

SCHEMA: Final = 3
"""Version of the project as it is written today."""

Step = Callable[[dict[str, Any]], dict[str, Any]]

PROJECT_STEPS: Final[Mapping[int, Step]] = {}
"""Schema n -> the function that takes a project from n to n + 1."""
RECORD_STEPS: Final[Mapping[int, Step]] = {}
"""Schema n -> the function that takes a journal record from n to n + 1."""


def upgraded(
    value: dict[str, Any], schema: int, *, to: int = SCHEMA, steps: Mapping[int, Step] = PROJECT_STEPS
) -> dict[str, Any]:
    """The dictionary brought from `schema` to `to`, one step at a time. A version without a step keeps its shape."""
    for version in range(schema, to):
        if version in steps:
            value = steps[version](value)
    return value
