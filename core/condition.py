"""Condition: what a colorist dials. One schema for the panel, the command line, keyframes and plugins.

An axis has a unit, a range, a neutral value at which it does nothing at all, and a quantum to which values are
rounded *before* they are hashed or rendered, so that a key and a picture always agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.errors import UsageError
from core.ids import AxisId
from core.words import msg, tr


class AxisGroup(StrEnum):
    """Where an axis stands in the panel."""

    LIGHT = msg("Light")
    WEATHER = msg("Weather")
    GROUND = msg("Ground")
    SEASON = msg("Season")
    CAMERA = msg("Camera")


class AxisKind(StrEnum):
    AMOUNT = "amount"
    """0..1 or -1..1, shown as per cent."""
    QUANTITY = "quantity"
    """A physical quantity in its own unit."""
    ANGLE = "angle"
    """Degrees on a circle; interpolates the short way round and wraps at the range's end."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One dial. `low`..`high` is the legal range in `unit`; `gate` names the axis without which this one has no effect."""

    id: AxisId
    label: str
    group: AxisGroup
    kind: AxisKind
    unit: str
    low: float
    high: float
    neutral: float
    quantum: float
    help: str
    gate: AxisId | None = None

    @property
    def shown_scale(self) -> float:
        """Factor from the stored value to the number a person reads (amounts are shown as per cent)."""
        return 100.0 if self.kind is AxisKind.AMOUNT else 1.0

    @property
    def shown_unit(self) -> str:
        return "%" if self.kind is AxisKind.AMOUNT else self.unit

    def quantise(self, value: float) -> float:
        """The nearest value that is rendered and hashed. Raises `UsageError` outside the range or if not finite."""
        if not math.isfinite(value):
            raise UsageError(tr("{name} must be a number.", name=tr(self.label)))
        if self.kind is AxisKind.ANGLE:
            value = self.low + (value - self.low) % (self.high - self.low)
        elif not self.low <= value <= self.high:
            raise UsageError(
                tr(
                    "{name} runs from {low:g} to {high:g}, not {value:g}.",
                    name=tr(self.label),
                    low=self.low,
                    high=self.high,
                    value=value,
                )
            )
        steps = round((value - self.neutral) / self.quantum)
        exact = round(self.neutral + steps * self.quantum, 9) + 0.0
        if self.kind is AxisKind.ANGLE and exact >= self.high:
            exact -= self.high - self.low
        return exact

    def mix(self, a: float, b: float, t: float) -> float:
        """`a` at t = 0, `b` at t = 1; angles the short way round. Not quantised."""
        if self.kind is not AxisKind.ANGLE:
            return a + (b - a) * t
        span = self.high - self.low
        return self.low + (a + self.step(a, b) * t - self.low) % span

    def step(self, a: float, b: float) -> float:
        """How far `b` lies from `a`; angles the short way round."""
        if self.kind is not AxisKind.ANGLE:
            return b - a
        span = self.high - self.low
        return (b - a + span / 2) % span - span / 2

    def held(self, value: float) -> float:
        """The value inside the range; angles go round. Not quantised."""
        if self.kind is AxisKind.ANGLE:
            return self.low + (value - self.low) % (self.high - self.low)
        return min(max(value, self.low), self.high)


def _amount(id_: str, label: str, group: AxisGroup, help_: str, *, low: float = 0.0, gate: str | None = None) -> Axis:
    gate_id = AxisId(gate) if gate else None
    return Axis(AxisId(id_), label, group, AxisKind.AMOUNT, "", low, 1.0, 0.0, 0.001, help_, gate_id)


SUN: Final = AxisId("sun")
SUN_ELEVATION: Final = AxisId("sun_elevation")
SUN_AZIMUTH: Final = AxisId("sun_azimuth")
CLOUD: Final = AxisId("cloud")
HAZE: Final = AxisId("haze")
RAIN: Final = AxisId("rain")
SNOW: Final = AxisId("snow")
WETNESS: Final = AxisId("wetness")
SNOW_COVER: Final = AxisId("snow_cover")
WIND_SPEED: Final = AxisId("wind_speed")
WIND_FROM: Final = AxisId("wind_from")
LIGHTNING: Final = AxisId("lightning")
RAIN_ON_LENS: Final = AxisId("rain_on_lens")
PRACTICALS: Final = AxisId("practicals")
EXPOSURE: Final = AxisId("exposure")
WHITE_BALANCE: Final = AxisId("white_balance")
FOLIAGE: Final = AxisId("foliage")

_L, _W, _G, _S, _C = AxisGroup.LIGHT, AxisGroup.WEATHER, AxisGroup.GROUND, AxisGroup.SEASON, AxisGroup.CAMERA

SCHEMA: Final[tuple[Axis, ...]] = (
    _amount("sun", msg("Relight"), _L, msg("How far the light as shot gives way to the sun set below.")),
    Axis(
        SUN_ELEVATION,
        msg("Sun elevation"),
        _L,
        AxisKind.QUANTITY,
        "°",
        -18.0,
        90.0,
        45.0,
        0.1,
        msg("Height of the sun above the horizon; below 0 it has set, below −6 the lamps decide."),
        SUN,
    ),
    Axis(
        SUN_AZIMUTH,
        msg("Sun azimuth"),
        _L,
        AxisKind.ANGLE,
        "°",
        0.0,
        360.0,
        0.0,
        0.1,
        msg("Where the sun stands, clockwise from straight ahead of the camera."),
        SUN,
    ),
    _amount("practicals", msg("Practicals"), _L, msg("Street lamps, windows and headlights switched on.")),
    _amount("cloud", msg("Cloud cover"), _W, msg("From the sky as shot to a closed deck.")),
    _amount("haze", msg("Haze"), _W, msg("Mist to dense fog; below zero takes haze out."), low=-1.0),
    _amount("rain", msg("Rain"), _W, msg("Falling rain, from a drizzle to a downpour.")),
    _amount("rain_on_lens", msg("Rain on lens"), _W, msg("Drops that land on the lens, hang, creep down and dry.")),
    _amount("snow", msg("Snowfall"), _W, msg("Falling snow.")),
    _amount("lightning", msg("Lightning"), _W, msg("Flashes in the cloud; how often and how bright.")),
    Axis(
        WIND_SPEED,
        msg("Wind speed"),
        _W,
        AxisKind.QUANTITY,
        "m/s",
        0.0,
        30.0,
        0.0,
        0.1,
        msg("Drives rain, snow, fog banks and clouds."),
    ),
    Axis(
        WIND_FROM,
        msg("Wind from"),
        _W,
        AxisKind.ANGLE,
        "°",
        0.0,
        360.0,
        0.0,
        0.1,
        msg("Where the wind comes from, clockwise from straight ahead."),
        WIND_SPEED,
    ),
    _amount("wetness", msg("Wetness"), _G, msg("Damp to standing water on the ground.")),
    _amount("snow_cover", msg("Snow cover"), _G, msg("Snow lying on the ground.")),
    _amount("foliage", msg("Foliage turn"), _S, msg("Green leaves turn to autumn; below zero they freshen."), low=-1.0),
    Axis(EXPOSURE, msg("Exposure"), _C, AxisKind.QUANTITY, "EV", -6.0, 6.0, 0.0, 0.01, msg("Stops, applied last.")),
    Axis(
        WHITE_BALANCE,
        msg("White balance"),
        _C,
        AxisKind.QUANTITY,
        "K",
        2000.0,
        15000.0,
        6500.0,
        10.0,
        msg("Colour temperature the camera is balanced for; 6500 leaves the picture alone, lower is cooler."),
    ),
)
"""Every axis, in panel order."""

AXES: Final[Mapping[AxisId, Axis]] = {axis.id: axis for axis in SCHEMA}


def axis_named(name: str) -> Axis:
    """The axis with this id. Raises `UsageError` naming the nearest ids."""
    axis = AXES.get(AxisId(name))
    if axis is None:
        raise UsageError(f"There is no condition '{name}'; choose from {', '.join(AXES)}.")
    return axis


@dataclass(frozen=True, slots=True)
class Condition:
    """A point in the schema. Only values away from neutral are stored, quantised, in schema order; equality is therefore meaning."""

    values: tuple[tuple[AxisId, float], ...] = ()

    @staticmethod
    def of(values: Mapping[AxisId, float] | Mapping[str, float]) -> Condition:
        """Validate, quantise and order. Raises `UsageError` for an unknown axis or a value out of range."""
        given = {axis_named(name).id: value for name, value in values.items()}
        kept = ((a.id, a.quantise(given[a.id])) for a in SCHEMA if a.id in given)
        return Condition(tuple((id_, v) for id_, v in kept if v != AXES[id_].neutral))

    def __getitem__(self, axis: AxisId) -> float:
        for id_, value in self.values:
            if id_ == axis:
                return value
        return AXES[axis].neutral

    def __iter__(self) -> Iterator[tuple[AxisId, float]]:
        return iter(self.values)

    def with_value(self, axis: AxisId, value: float) -> Condition:
        return Condition.of({**dict(self.values), axis: value})

    @property
    def is_neutral(self) -> bool:
        """Whether this condition leaves the source exactly as it is: every axis neutral, or gated by one that is."""
        return not self.effective.values

    @property
    def effective(self) -> Condition:
        """Without the values that have no effect because their gate is at neutral. Used for keys and for rendering."""
        here = dict(self.values)
        return Condition(tuple((id_, v) for id_, v in self.values if (gate := AXES[id_].gate) is None or gate in here))

    def mixed(self, other: Condition, t: float) -> Condition:
        """Every axis from here (t = 0) to `other` (t = 1); a direction whose gate is off on one side is taken from the other."""
        result: dict[AxisId, float] = {}
        for axis in SCHEMA:
            a, b = self[axis.id], other[axis.id]
            if axis.gate is not None:
                a_off, b_off = (c[axis.gate] == AXES[axis.gate].neutral for c in (self, other))
                if a_off != b_off:
                    a, b = (b, b) if a_off else (a, a)
            result[axis.id] = axis.mix(a, b, t)
        return Condition.of(result)

    def overlaid(self, other: Condition, strength: float) -> Condition:
        """`other` laid over this: only the axes it sets move, by `strength` 0..1. How presets stack.

        A gate it does not set is the one here: a preset of a low sun moves a sun that shines already.
        """
        return self.mixed(Condition.of({**dict(self.values), **dict(other.values)}), strength)


NEUTRAL: Final = Condition()


def parse_value(axis: Axis, text: str) -> float:
    """A value as a person types it: `0.46`, `46%`, `-9`, with or without the unit. Raises `UsageError`."""
    cleaned = text.strip().replace("\u2212", "-")
    scale = 1.0
    if cleaned.endswith("%") and axis.kind is AxisKind.AMOUNT:
        cleaned, scale = cleaned[:-1], 0.01
    elif axis.unit and cleaned.endswith(axis.unit):
        cleaned = cleaned[: -len(axis.unit)]
    try:
        value = float(cleaned)
    except ValueError:
        raise UsageError(f"{axis.label} needs a number, not '{text}'.") from None
    return axis.quantise(value * scale)
