"""KeyMap: which keys belong to which action, once a person has had their say. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

from app.actions.table import ACTIONS, BY_ID, ActionSpec
from core.settings import Binding

_SHIFTED: Final = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))
"""What Shift makes of a key on the US keyboard and on those like it."""


@cache
def press(keys: str) -> str:
    """One name for each press of a portable key sequence: `?`, `Shift+?` and `Shift+/` are all `Shift+/`, for Qt takes any
    of the three for the others where a keyboard has them on one key."""
    return ", ".join(map(_chord, keys.split(", ")))


def _chord(keys: str) -> str:
    head, last = (keys[:-1], "+") if keys.endswith("+") else (keys[: keys.rfind("+") + 1], keys[keys.rfind("+") + 1 :])
    held = {word for word in head.split("+") if word}
    if last in _SHIFTED:
        held.add("Shift")
        last = _SHIFTED[last]
    return "+".join((*sorted(held), last))


def without(keys: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Those whose press is none of the others'."""
    gone = set(map(press, others))
    return tuple(key for key in keys if press(key) not in gone)


@dataclass(frozen=True, slots=True)
class KeyMap:
    """The table's keys, with what differs from them laid over. A press belongs to one action at most."""

    changed: tuple[Binding, ...] = ()

    @classmethod
    def of(cls, bindings: Iterable[Binding]) -> Self:
        """From stored bindings: those of actions that are gone are passed over, and who names a key first has it."""
        taken: set[str] = set()
        kept = []
        for binding in bindings:
            if binding.action in BY_ID:
                kept.append(Binding(binding.action, without(binding.keys, taken)))
                taken.update(binding.keys)
        return cls(tuple(kept))

    def keys(self, id_: str) -> tuple[str, ...]:
        """Portable key sequences of an action, the first is shown."""
        own = self._own(id_)
        if own is not None:
            return own
        given = {key for binding in self.changed for key in binding.keys}
        return without(BY_ID[id_].keys, given)

    def _own(self, id_: str) -> tuple[str, ...] | None:
        return next((b.keys for b in self.changed if b.action == id_), None)

    def owner(self, key: str, besides: str = "") -> ActionSpec | None:
        """The action that has this press."""
        return next((s for s in ACTIONS if s.id != besides and not without((key,), self.keys(s.id))), None)

    def is_changed(self, id_: str) -> bool:
        return self.keys(id_) != BY_ID[id_].keys

    def with_keys(self, id_: str, keys: tuple[str, ...]) -> KeyMap:
        """The action has exactly these keys; who had one of them loses it."""
        own = {s.id: self.keys(s.id) for s in ACTIONS}
        own = {other: without(had, keys) for other, had in own.items()}
        own[id_] = keys
        return KeyMap(tuple(Binding(i, k) for i, k in own.items() if k != BY_ID[i].keys))

    def reset(self, id_: str) -> KeyMap:
        """The table's keys again, also where another action has one of them now."""
        return self.with_keys(id_, BY_ID[id_].keys)
