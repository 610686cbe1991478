"""Reads `plugins/<id>/plugin.toml` into a `TranslatorSpec`. Imports nothing of the plugin, nor torch.

id = "atmosphere"                # the folder's name
version = "1"                    # bumped by whoever changes its pixels
title = "Atmosphere"
entry = "translator:create"      # module:factory below the folder; called with the torch.device
axes = ["sun", "rain"]           # condition axes it answers to
analyses = ["sky", "depth"]      # maps it needs
temporal = "frame"               # optional
size_multiple = 1                # optional: sides must divide by this
api = 1                          # optional
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

from core.condition import AXES
from core.errors import PluginError
from core.extension.spec import MapKind, TemporalKind, TranslatorSpec
from core.ids import TranslatorId
from core.words import tr

MANIFEST_NAME: Final = "plugin.toml"
API: Final = 1
"""The contract this build speaks; a manifest that asks for a later one is refused."""

_KEYS: Final = ("id", "version", "title", "entry", "axes", "analyses", "temporal", "size_multiple", "api")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_ENTRY: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_T = TypeVar("_T")


def load_manifest(folder: Path) -> TranslatorSpec:
    """The spec of the plugin in `folder`. Raises `PluginError` that names the file and the key."""
    file = folder / MANIFEST_NAME
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise PluginError(folder.name, tr("{path} cannot be read ({reason}).", path=file, reason=problem)) from problem
    return _Reader(folder, file, table).spec()


class _Reader:
    """One table being read; every complaint carries the file and the key."""

    def __init__(self, folder: Path, file: Path, table: Mapping[str, object]) -> None:
        self._folder, self._file, self._table = folder, file, table

    def spec(self) -> TranslatorSpec:
        api = self._whole("api", 1)
        if api > API:
            raise self._wrong(
                "api", tr("is {api}, but this version of Weathervane speaks {newest}", api=api, newest=API)
            )
        for key in self._table:
            if key not in _KEYS:
                raise self._wrong(key, tr("is not a key of a plugin; choose from {known}", known=", ".join(_KEYS)))
        name = self._text("id")
        if name != self._folder.name or not _NAME.fullmatch(name):
            raise self._wrong(
                "id", tr("is '{name}'; it must be the folder's name, in small letters, digits and _", name=name)
            )
        axes = self._some_of("axes", {str(axis): axis for axis in AXES})
        if not axes:
            raise self._wrong("axes", tr("is empty; name at least one condition"))
        entry = self._text("entry")
        if not _ENTRY.fullmatch(entry):
            raise self._wrong("entry", tr("is '{entry}'; write it as module:factory", entry=entry))
        temporal = self._one_of("temporal", {kind.value: kind for kind in TemporalKind}, TemporalKind.FRAME.value)
        return TranslatorSpec(
            id=TranslatorId(name),
            version=self._text("version"),
            title=self._text("title"),
            entry=entry,
            axes=axes,
            analyses=self._some_of("analyses", {kind.value: kind for kind in MapKind}),
            temporal=temporal,
            size_multiple=self._whole("size_multiple", 1),
            api=api,
            folder=str(self._folder),
        )

    def _text(self, key: str) -> str:
        value = self._table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, tr("is missing") if value is None else tr("must be text"))
        return value

    def _whole(self, key: str, default: int) -> int:
        value = self._table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._wrong(key, tr("must be a whole number from 1 up"))
        return value

    def _one_of(self, key: str, choices: Mapping[str, _T], default: str) -> _T:
        value = self._table.get(key, default)
        if not isinstance(value, str) or value not in choices:
            raise self._wrong(key, tr("has {value!r}; choose from {known}", value=value, known=", ".join(choices)))
        return choices[value]

    def _some_of(self, key: str, choices: Mapping[str, _T]) -> tuple[_T, ...]:
        """A list of distinct choices, in the schema's order, so that the spec does not depend on how it was typed."""
        value = self._table.get(key)
        if not isinstance(value, list):
            raise self._wrong(key, tr("is missing") if value is None else tr("must be a list"))
        for item in value:
            if not isinstance(item, str) or item not in choices:
                raise self._wrong(key, tr("has {value!r}; choose from {known}", value=item, known=", ".join(choices)))
        return tuple(choice for name, choice in choices.items() if name in value)

    def _wrong(self, key: str, what: str) -> PluginError:
        said = tr("'{key}' in {path} {what}.", key=key, path=self._file, what=what)
        return PluginError(self._folder.name, said)
