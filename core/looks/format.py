"""Recipes as readable JSON. What this Weathervane does not know is left out of the recipe and said, and stays in the file.

{"translator": {"id": "atmosphere", "version": "1.9", "weights": ""}, "seed": 1, "amount": 1.0,
 "condition": {"sun": 1.0, "sun_elevation": -9.0}, "curves": {"rain": [{"time": {"seconds": "1/2"}, …}]},
 "length": "4/1", "masks": null}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite

import msgspec

from core.condition import AXES, Condition
from core.document.integrity import check_clip
from core.document.look_edits import exact_keys
from core.document.model import AMOUNT, AMOUNT_AXIS, NO_MEDIA, Clip, Curve, Keyframe, Mask
from core.document.recipe import Recipe
from core.document.storage import from_builtins, to_json
from core.errors import EditRejected, LookError
from core.ids import AxisId, ClipId, TranslatorId
from core.timebase import ZERO, Time, TimeRange
from core.words import Note, tr


class _Translator(msgspec.Struct):
    id: str
    version: str = ""
    weights: str = ""


class _Recipe(msgspec.Struct):
    translator: _Translator
    condition: dict[str, float]
    seed: int = 1
    amount: float = 1.0
    curves: dict[str, tuple[Keyframe, ...]] = {}
    length: Fraction = Fraction(0)
    masks: tuple[Mask, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadRecipe:
    """A recipe from a file. `notes` say in a sentence each what of it is not known here."""

    recipe: Recipe
    notes: tuple[Note, ...] = ()


def encode_recipe(recipe: Recipe) -> bytes:
    """As JSON; its name is kept by whoever keeps it."""
    return to_json(
        _Recipe(
            _Translator(recipe.translator, recipe.version, recipe.weights),
            {str(axis): value for axis, value in recipe.base},
            recipe.seed,
            recipe.amount,
            {str(curve.axis): curve.keys for curve in recipe.curves},
            recipe.length.seconds,
            recipe.masks,
        )
    )


def decode_recipe(stored: object, name: str) -> ReadRecipe:
    """From decoded JSON. Raises `LookError` where it is no recipe, or contradicts itself."""
    try:
        found: _Recipe = from_builtins(stored, _Recipe)
        return _checked(found, name)
    except (msgspec.ValidationError, ValueError, EditRejected) as error:
        reason = str(error).rstrip(".")
        raise LookError(tr("The look “{name}” cannot be used: {reason}.", name=name, reason=reason)) from None


def _checked(found: _Recipe, name: str) -> ReadRecipe:
    if not found.translator.id.strip() or not 0 <= found.seed < 2**31 or found.length < 0:
        raise ValueError("its translator, seed or length makes no sense")
    unknown = sorted({*found.condition, *found.curves} - {*AXES, AMOUNT})
    notes = [
        Note("This Weathervane has no condition “{axis}”; it is left out and stays in the file.", axis=axis)
        for axis in unknown
    ]
    base, held = _held(found.condition)
    notes += [
        Note("{axis} lay outside its range and is held at {value:g}.", axis=Note(AXES[axis].label), value=base[axis])
        for axis in held
    ]
    curves = tuple(
        Curve(axis, exact_keys(axis, found.curves[axis])) for axis in (AMOUNT, *AXES) if found.curves.get(axis)
    )
    recipe = Recipe(
        name=name,
        base=base,
        amount=AMOUNT_AXIS.quantise(AMOUNT_AXIS.held(found.amount)),
        curves=curves,
        length=Time(found.length),
        masks=found.masks,
        translator=TranslatorId(found.translator.id),
        seed=found.seed,
        version=found.translator.version,
        weights=found.translator.weights,
    )
    check_clip("masks", _bearer(recipe))
    return ReadRecipe(recipe, tuple(notes))


def _held(condition: Mapping[str, float]) -> tuple[Condition, tuple[AxisId, ...]]:
    """The values of known axes inside their ranges, and the axes that had to be brought there."""
    known = {axis: condition[axis] for axis in AXES if axis in condition}
    if not all(map(isfinite, known.values())):
        raise ValueError("a value is not a number")
    inside = {axis: AXES[axis].held(value) for axis, value in known.items()}
    return Condition.of(inside), tuple(axis for axis, value in known.items() if inside[axis] != value)


def _bearer(recipe: Recipe) -> Clip:
    """A clip that wears what of a recipe can be checked apart from media."""
    clip = Clip(ClipId("clip"), NO_MEDIA, "", ZERO, TimeRange(ZERO, Time(Fraction(1))))
    return replace(clip, masks=recipe.masks or ())
