"""KeyMap: which keys belong to which action, once a person has had their say. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from app.actions.table import ACTIONS, BY_ID, ActionSpec
from core.settings import Binding


@dataclass(frozen=True, slots=True)
class KeyMap:
    """The table's keys, with what differs from them laid over. A key belongs to one action at most."""

    changed: tuple[Binding, ...] = ()

    @classmethod
    def of(cls, bindings: Iterable[Binding]) -> Self:
        """From stored bindings: those of actions that are gone are passed over, and who names a key first has it."""
        taken: set[str] = set()
        kept = []
        for binding in bindings:
            if binding.action in BY_ID:
                kept.append(Binding(binding.action, tuple(k for k in binding.keys if k not in taken)))
                taken.update(binding.keys)
        return cls(tuple(kept))

    def keys(self, id_: str) -> tuple[str, ...]:
        """Portable key sequences of an action, the first is shown."""
        own = self._own(id_)
        if own is not None:
            return own
        given = {key for binding in self.changed for key in binding.keys}
        return tuple(key for key in BY_ID[id_].keys if key not in given)

    def _own(self, id_: str) -> tuple[str, ...] | None:
        return next((b.keys for b in self.changed if b.action == id_), None)

    def owner(self, key: str, besides: str = "") -> ActionSpec | None:
        """The action that has this key."""
        return next((s for s in ACTIONS if s.id != besides and key in self.keys(s.id)), None)

    def is_changed(self, id_: str) -> bool:
        return self.keys(id_) != BY_ID[id_].keys

    def with_keys(self, id_: str, keys: tuple[str, ...]) -> KeyMap:
        """The action has exactly these keys; who had one of them loses it."""
        own = {s.id: self.keys(s.id) for s in ACTIONS}
        own = {other: tuple(k for k in had if k not in keys) for other, had in own.items()}
        own[id_] = keys
        return KeyMap(tuple(Binding(i, k) for i, k in own.items() if k != BY_ID[i].keys))

    def reset(self, id_: str) -> KeyMap:
        """The table's keys again, also where another action has one of them now."""
        return self.with_keys(id_, BY_ID[id_].keys)
