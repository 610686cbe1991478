"""What a parameter row needs to know of its parameter. Values are stored values; `scale` turns them into what a person reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from app.theme.painting import minus
from app.widgets.arithmetic import evaluate
from core.condition import Axis, AxisKind
from core.errors import UsageError
from core.words import num, tr


class OutOfRange(UsageError):
    """A number beyond what the parameter can be."""


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """`low`..`high`, `neutral` (the default) and `quantum` in stored units. `label` is gathered for the catalogue from its
    place, `help` has to be marked."""

    label: str
    low: float
    high: float
    neutral: float
    quantum: float
    scale: float = 1.0
    unit: str = ""
    wraps: bool = False
    help: str = ""
    quiet_unit: bool = False
    """Leave the unit out of the field: a column of amounts needs no column of per cent signs."""

    is_two_sided: bool = False
    """Fills from its neutral value and not from its low end."""
    nudge: float = 0.0
    """One arrow key in stored units; 0 leaves it to `step`."""

    @classmethod
    def of_axis(cls, axis: Axis, label: str = "", *, quiet_unit: bool = True) -> Self:
        wraps = axis.kind is AxisKind.ANGLE
        return cls(
            label or axis.label,
            axis.low,
            axis.high,
            axis.neutral,
            axis.quantum,
            axis.shown_scale,
            axis.shown_unit,
            wraps=wraps,
            is_two_sided=axis.low < axis.neutral < axis.high,
            help=axis.help,
            quiet_unit=quiet_unit and axis.kind is AxisKind.AMOUNT,
        )

    @property
    def title(self) -> str:
        """The label in the person's language."""
        return tr(self.label)

    @property
    def step(self) -> float:
        """One arrow key, or 4 px of scrubbing: 1 for a range of about 100, else the power of ten of a hundredth of it."""
        if self.nudge:
            return self.nudge
        shown = 10.0 ** math.floor(math.log10((self.high - self.low) * self.scale / 100.0) + 1e-9)
        return shown / self.scale

    @property
    def grows_from(self) -> float:
        """Where the fill begins."""
        return self.neutral if self.is_two_sided else self.low

    def clamped(self, value: float) -> float:
        """The nearest storable value: wrapped or held in range, and quantised."""
        if self.wraps:
            value = self.low + (value - self.low) % (self.high - self.low)
        value = self.neutral + round((value - self.neutral) / self.quantum) * self.quantum
        return round(min(self.high, max(self.low, value)), 9) + 0.0

    def fraction(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)

    def text(self, value: float) -> str:
        """The number as read, with a true minus and no unit: as many decimals as the quantum has; per cents only when needed."""
        shown, quantum = value * self.scale, self.quantum * self.scale
        decimals = max(0, -math.floor(math.log10(quantum) + 1e-9))
        if self.unit == "%" and abs(shown - round(shown)) < quantum / 2:
            decimals = 0
        return minus(num(shown or 0.0, f".{decimals}f"))

    @property
    def range_text(self) -> str:
        return minus(tr("{low:g} to {high:g}", low=self.low * self.scale, high=self.high * self.scale))

    def spoken(self, value: float) -> str:
        return f"{self.text(value)} {self.unit}".strip()

    def parse(self, text: str, current: float) -> float:
        """A typed value, quantised. Raises `UsageError` for what is no number, `OutOfRange` when it lies outside."""
        value = evaluate(text, current * self.scale, self.unit) / self.scale
        slack = self.quantum / 2
        if not self.wraps and not self.low - slack <= value <= self.high + slack:
            raise OutOfRange(tr("{label} runs from {range}.", label=self.title, range=self.range_text))
        return self.clamped(value)
