"""Where Weathervane keeps what is not the user's own file: journals, caches, logs. One folder to delete, one to move."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "Weathervane"


def _place(kind: str, default: str) -> Path:
    """`WEATHERVANE_HOME` puts everything below one folder: for tests, portable installs and render farms."""
    home = os.environ.get("WEATHERVANE_HOME")
    path = Path(home) / kind if home else Path(default)
    path.mkdir(parents=True, exist_ok=True)
    return path


def data_dir() -> Path:
    """Journals, backups, looks: what must survive. Created on demand."""
    return _place("data", platformdirs.user_data_dir(APP_NAME, appauthor=False))


def cache_dir() -> Path:
    """Rendered frames, analyses, proxies, thumbnails: may be deleted at any time. Created on demand."""
    return _place("cache", platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def config_dir() -> Path:
    """Preferences and window layout. Created on demand."""
    return _place("config", platformdirs.user_config_dir(APP_NAME, appauthor=False))
