"""What a person may type into a number: `46`, `46*1.2`, `(3+4)/2`, `+5` (more than now), `*1.2` (times now), with or without the unit."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from core.errors import UsageError
from core.words import tr

_BINARY: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_AS_TYPED: Final = str.maketrans({"\u2212": "-", "\u00d7": "*", "\u00f7": "/", ",": "."})
_LONGEST: Final = 64
"""Characters; nobody types more into a number, and the parser stays shallow."""


def evaluate(text: str, current: float, unit: str = "") -> float:
    """The number meant by `text` when the field holds `current`. Raises `UsageError` for anything that is not arithmetic.

    A leading `+`, `*` or `/` works on the current value; a leading minus is a negative number, as typed everywhere else.
    """
    cleaned = text.translate(_AS_TYPED).strip().removesuffix(unit).strip()
    if not cleaned or len(cleaned) > _LONGEST:
        raise UsageError(tr("Type a number."))
    relative = cleaned[0] in "+*/"
    try:
        value = _value(ast.parse(f"({current!r}){cleaned}" if relative else cleaned, mode="eval").body)
    except (SyntaxError, ZeroDivisionError, OverflowError, RecursionError, ValueError):
        raise UsageError(tr("'{text}' is not a number.", text=text)) from None
    if not math.isfinite(value):
        raise UsageError(tr("'{text}' is not a number.", text=text))
    return value


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _value(inner)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left), _value(right))
        case _:
            raise ValueError("not arithmetic")
