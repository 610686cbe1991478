"""The translators at hand: listed without importing them, built on demand, and kept from taking the program down.

A plugin is foreign code: whatever goes wrong in it becomes a `PluginError` in plain words, and its row a grey one.
Importable without torch.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from core.errors import PluginError, is_out_of_memory
from core.extension.manifest import MANIFEST_NAME, load_manifest
from core.extension.spec import TranslatorSpec
from core.ids import TranslatorId
from core.words import tr

if TYPE_CHECKING:
    import torch

    from core.extension.translator import Translator


class Registry:
    """Plugins found in `folders`, the first folder that has an id winning it.

    The folders are read once, here. `specs`, `broken` and `spec` may be called from any thread; `create` and
    `mark_broken` belong to the engine thread.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._specs: dict[TranslatorId, TranslatorSpec] = {}
        self._broken: dict[TranslatorId, str] = {}
        for root in folders:
            for folder in sorted(file.parent for file in root.glob(f"*/{MANIFEST_NAME}")):
                self._add(folder)

    def _add(self, folder: Path) -> None:
        plugin_id = TranslatorId(folder.name)
        if plugin_id in self._specs or plugin_id in self._broken:
            return
        try:
            self._specs[plugin_id] = load_manifest(folder)
        except PluginError as problem:
            self._broken[plugin_id] = problem.message.removeprefix(f"{plugin_id}: ")

    def specs(self) -> tuple[TranslatorSpec, ...]:
        """Every translator that can be read and has not failed, by id."""
        return tuple(spec for id_, spec in sorted(self._specs.items()) if id_ not in self._broken)

    def broken(self) -> tuple[tuple[TranslatorId, str], ...]:
        """Every plugin that cannot be used and why, by id."""
        return tuple(sorted(self._broken.items()))

    def spec(self, translator_id: TranslatorId) -> TranslatorSpec:
        """Raises `PluginError` if there is no such translator, or it is broken."""
        if (reason := self._broken.get(translator_id)) is not None:
            raise PluginError(translator_id, reason)
        if translator_id not in self._specs:
            known = ", ".join(spec.id for spec in self.specs()) or "none"
            raise PluginError(translator_id, tr("There is no such translator; installed: {known}.", known=known))
        return self._specs[translator_id]

    def create(self, translator_id: TranslatorId, device: torch.device) -> Translator:
        """Import the plugin and build its translator on `device`.

        Raises `PluginError`, and again at once from then on: code that failed to load is not run twice. Where memory ran
        out, that error itself: the plugin is not to blame.
        """
        spec = self.spec(translator_id)
        try:
            translator: Translator = _entry(spec)(device)
            for method in ("translate", "close"):
                if not callable(getattr(translator, method, None)):
                    raise TypeError(f"what {spec.entry} built has no {method}()")
        except (Exception, SystemExit) as problem:
            if is_out_of_memory(problem):  # it may be there the next time
                raise
            raise self.mark_broken(translator_id, problem) from problem
        return translator

    def mark_broken(self, translator_id: TranslatorId, problem: BaseException) -> PluginError:
        """Remember that this plugin failed, and return the error to show."""
        what = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
        reason = self._broken.setdefault(
            translator_id, tr("The translator failed and was switched off ({what}).", what=what)
        )
        return PluginError(translator_id, reason)


def _entry(spec: TranslatorSpec) -> Callable[[torch.device], Translator]:
    module_name, _, factory = spec.entry.partition(":")
    module = importlib.import_module(f"{_package_of(Path(spec.folder))}.{module_name}")
    found: Callable[[torch.device], Translator] = getattr(module, factory)
    return found


def _package_of(folder: Path) -> str:
    """Name of the package that the plugin's modules belong to.

    A folder inside an importable package, as the built-in `plugins`, keeps its natural name, so that it has one set of
    modules whoever imports it. Any other folder gets a package of its own that no other plugin can collide with.
    """
    parent = folder.parent.name
    if parent.isidentifier() and importlib.util.find_spec(parent) is not None:
        found = importlib.util.find_spec(f"{parent}.{folder.name}")
        places = () if found is None else found.submodule_search_locations or ()
        if any(Path(place).resolve() == folder.resolve() for place in places):
            return f"{parent}.{folder.name}"
    digest = hashlib.blake2b(str(folder.resolve()).encode(), digest_size=4).hexdigest()
    own = f"weathervane_plugin_{folder.name}_{digest}"
    if own not in sys.modules:
        package = ModuleType(own)
        package.__path__ = [str(folder)]
        sys.modules[own] = package
    return own
