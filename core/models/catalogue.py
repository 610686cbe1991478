"""The catalogue: models that are known, kept as data in `resources/models.toml`. Reading it fetches nothing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from core.errors import ModelError
from core.models.tasks import Task
from core.resources import resource
from core.words import tr


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model that its maker publishes."""

    id: str
    title: str
    task: Task
    address: str
    licence: str
    licence_address: str
    input: str
    """What goes in and what comes out, for people."""
    sha256: str = ""
    """Of the file; empty where it is not known, and then the file is never fetched for anybody."""
    size: int = 0
    """Bytes; 0 where not known."""

    @property
    def suffix(self) -> str:
        return PurePosixPath(urlsplit(self.address).path).suffix

    @property
    def can_be_fetched(self) -> bool:
        return bool(self.sha256 and self.size)


@cache
def catalogue() -> tuple[ModelEntry, ...]:
    """Every known model, in the order of the file."""
    return load_catalogue(resource("models.toml"))


def load_catalogue(path: Path) -> tuple[ModelEntry, ...]:
    """The models of one file, a table each. Raises `ModelError` naming the one that cannot be read."""
    made = []
    for id_, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        try:
            made.append(ModelEntry(id=id_, **{**entry, "task": Task(entry["task"])}))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                tr("Model '{id}' in {name} cannot be read: {error}.", id=id_, name=path.name, error=error)
            ) from None
    return tuple(made)
