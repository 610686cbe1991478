"""Cache keys: a result is named by a digest of everything that can change it, and of nothing else.

Nothing is ever invalidated: an edit changes names, an undo finds the old ones again.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction

DECIMALS = 9
"""A float must already be rounded to this many places: whoever renders with it renders the rounded value."""


class UnkeyableError(TypeError):
    """A value that has no canonical text. A programming error, so it is not shown as a user's mistake."""


def stage_key(stage: str, version: int | str, params: object, inputs: tuple[str, ...] = ()) -> str:
    """Name of a stage's output: 40 hex digits. `inputs` are the names of what it reads, in order. Raises `UnkeyableError`."""
    document = [stage, version, canonical(params), list(inputs)]
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def canonical(value: object) -> object:
    """The value as JSON that has one spelling. Frozen dataclasses are spelled by field, so a renamed field is a new name."""
    match value:
        case None | bool() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return canonical(value.value)
        case int():
            return int(value)
        case float():
            return _exact(value)
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case tuple() | list():
            return [canonical(item) for item in value]
        case Mapping():
            if not all(isinstance(name, str) for name in value):
                raise UnkeyableError("a mapping is keyed only if its names are text")
            return {str(name): canonical(item) for name, item in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {f.name: canonical(getattr(value, f.name)) for f in fields(value) if f.compare}
    raise UnkeyableError(f"a {type(value).__name__} cannot be part of a cache key")


def _exact(value: float) -> float:
    if not math.isfinite(value) or round(value, DECIMALS) != value:
        raise UnkeyableError(f"{value!r} is not quantised; round it before it is rendered and hashed")
    return value + 0.0  # one zero
