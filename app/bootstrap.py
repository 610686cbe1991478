"""Composition root: builds the renderer from its parts and passes everything by constructor.

Importing this is cheap; torch and the rest load inside `build_engine`, on the thread that will own them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from core.places import cache_dir, data_dir
from core.render.messages import Event

if TYPE_CHECKING:
    from core.extension.registry import Registry
    from core.ids import TranslatorId
    from core.media.proxy import ProxyShelf
    from core.models.adapters import ModelSet
    from core.models.store import ModelStore
    from core.render.engine import Engine
    from core.render.services import Services
    from core.settings import Settings

PICTURES_BYTES: Final = 768 << 20


@dataclass(frozen=True, slots=True)
class Budgets:
    """How much the caches may take, and where those on disk lie (None: the usual place)."""

    results_bytes: int = 1 << 30
    analyses_bytes: int = 4 << 30
    proxies_bytes: int = 8 << 30
    place: Path | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """A place that is not there now gives way to the usual one."""
        place = settings.cache_place if settings.has_cache_place else None
        return cls(settings.memory_mib << 20, settings.analyses_gib << 30, settings.proxies_gib << 30, place)

    def folder(self, name: str) -> Path:
        return (self.place or cache_dir()) / name


USUAL: Final = Budgets()


def build_registry() -> Registry:
    """Every translator: the built-in ones, and those in the user's own folder. Imports no plugin."""
    from core.extension.registry import Registry

    shipped = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1])) / "plugins"
    return Registry((shipped, data_dir() / "plugins"))


def model_store() -> ModelStore:
    """The optional models in the user's own folder. Reads nothing yet."""
    from core.models.store import ModelStore

    return ModelStore(data_dir() / "models")


def model_set(*, enabled: bool = True) -> ModelSet:
    """The optional models that are in use, or none. Never raises: what cannot be used is said in its notes."""
    from core.models.adapters import NONE
    from core.models.loading import load_models

    return load_models(model_store()) if enabled else NONE


def made_with() -> Callable[[TranslatorId], tuple[str, str]]:
    """Says with what a look is made here: a translator's version, and a name for the files of the optional models in use;
    each empty where there is none. Translators are read once, models whenever it is asked."""
    registry, store = build_registry(), model_store()

    def tell(translator: TranslatorId) -> tuple[str, str]:
        version = next((spec.version for spec in registry.specs() if spec.id == translator), "")
        return version, store.digest()

    return tell


def proxy_shelf(budgets: Budgets = USUAL) -> ProxyShelf:
    """The proxies in the cache folder. Reads nothing yet."""
    from core.media.proxy import ProxyShelf

    return ProxyShelf(budgets.folder("proxies"), budgets.proxies_bytes)


def build_engine(device: str, emit: Callable[[Event], None], budgets: Budgets = USUAL) -> Engine:
    """The engine, for the calling thread. `device` is as in `core.device`. Raises `UsageError` for one that is not here."""
    # Read by OpenMP when torch loads: threads that wait must sleep, not spin, or the window and other programs starve
    # the renderer (on two busy cores a frame then takes twice as long; on idle ones it costs nothing).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from core.analysis.analyser import Analyser
    from core.render.engine import Engine

    return Engine(build_services(device, budgets=budgets), emit, lambda: Analyser(model_set()))


def build_services(device: str, *, with_models: bool = True, budgets: Budgets = USUAL) -> Services:
    """All that the renderer needs. Raises `UsageError`."""
    from core.analysis.analyser import Analyser
    from core.color import ColorPipeline
    from core.device import device_named
    from core.media.decoder import Decoder
    from core.media.index import frame_index
    from core.media.proxy import ProxyDecoder
    from core.render.cache import DiskCache, MemoryCache
    from core.render.services import RenderCache, Services, kept_bytes, picture_bytes
    from core.threads import engine_threads

    return Services(
        open_decoder=Decoder,
        open_index=frame_index,
        color=ColorPipeline(),
        analyser=Analyser(model_set(enabled=with_models)),
        translators=build_registry(),
        cache=RenderCache(
            results=MemoryCache(budgets.results_bytes, kept_bytes),
            pictures=MemoryCache(PICTURES_BYTES, picture_bytes),
            disk=DiskCache(budgets.folder("analyses"), budgets.analyses_bytes),
        ),
        device=device_named(device),
        threads=engine_threads(),
        open_proxy=ProxyDecoder,
    )
