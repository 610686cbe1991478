"""Composition root: builds the renderer from its parts and passes everything by constructor.

Importing this is cheap; torch and the rest load inside `build_engine`, on the thread that will own them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.places import cache_dir, data_dir
from core.render.messages import Event

if TYPE_CHECKING:
    from core.extension.registry import Registry
    from core.media.proxy import ProxyShelf
    from core.models.adapters import ModelSet
    from core.models.store import ModelStore
    from core.render.engine import Engine
    from core.render.services import Services

RESULTS_BYTES: Final = 1 << 30
PICTURES_BYTES: Final = 768 << 20
ANALYSES_BYTES: Final = 4 << 30
PROXIES_BYTES: Final = 8 << 30


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


def proxy_shelf() -> ProxyShelf:
    """The proxies in the cache folder. Reads nothing yet."""
    from core.media.proxy import ProxyShelf

    return ProxyShelf(cache_dir() / "proxies", PROXIES_BYTES)


def build_engine(device: str, emit: Callable[[Event], None]) -> Engine:
    """The engine, for the calling thread. `device` is as in `core.device`. Raises `UsageError` for one that is not here."""
    # Read by OpenMP when torch loads: threads that wait must sleep, not spin, or the window and other programs starve
    # the renderer (on two busy cores a frame then takes twice as long; on idle ones it costs nothing).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from core.analysis.analyser import Analyser
    from core.render.engine import Engine

    return Engine(build_services(device), emit, lambda: Analyser(model_set()))


def build_services(device: str, *, with_models: bool = True) -> Services:
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
            results=MemoryCache(RESULTS_BYTES, kept_bytes),
            pictures=MemoryCache(PICTURES_BYTES, picture_bytes),
            disk=DiskCache(cache_dir() / "analyses", ANALYSES_BYTES),
        ),
        device=device_named(device),
        threads=engine_threads(),
        open_proxy=ProxyDecoder,
    )
