"""What a person prefers: a few typed values in one small JSON file. The editor reads it; the command line does not."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec

from core.document.storage import reason_of, write_atomically
from core.errors import WeathervaneError
from core.places import cache_dir, config_dir
from core.words import tr

FILE: Final = "settings.json"
MEMORY_MIB: Final = (256, 65536)
DISK_GIB: Final = (1, 1000)
VERSIONS: Final = (2, 100)
SYSTEM_LANGUAGE: Final = "system"

_Memory = Annotated[int, msgspec.Meta(ge=MEMORY_MIB[0], le=MEMORY_MIB[1])]
_Disk = Annotated[int, msgspec.Meta(ge=DISK_GIB[0], le=DISK_GIB[1])]
_Versions = Annotated[int, msgspec.Meta(ge=VERSIONS[0], le=VERSIONS[1])]


class Device(StrEnum):
    """Where the renderer computes; `auto` is the fastest there is."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class Theme(StrEnum):
    NORMAL = "normal"
    HIGH_CONTRAST = "high-contrast"


class PreviewSize(StrEnum):
    """The size of the picture at rest. `auto` suits it to the height of the media."""

    AUTO = "auto"
    QUARTER = "quarter"
    HALF = "half"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Binding:
    """The keys a person gave to an action, as portable key sequences; none where it was taken away."""

    action: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """Budgets in MiB and GiB; `cache_folder` is empty for the usual place."""

    device: Device = Device.AUTO
    memory_mib: _Memory = 1024
    """Finished results held in memory."""
    analyses_gib: _Disk = 4
    proxies_gib: _Disk = 8
    cache_folder: str = ""
    preview: PreviewSize = PreviewSize.AUTO
    theme: Theme = Theme.NORMAL
    versions_kept: _Versions = 8
    """Saves kept of each project."""
    shortcuts: tuple[Binding, ...] = ()
    """Only what differs from the table of actions."""
    recent_commands: tuple[str, ...] = ()
    """Ids of actions run from the command palette, newest first."""
    tour_seen: bool = False
    language: str = SYSTEM_LANGUAGE
    """The code of one of `core.words.LANGUAGES`; anything else is what the system prefers."""

    @property
    def cache_place(self) -> Path:
        """Where analyses and proxies are to lie."""
        return Path(self.cache_folder) if self.cache_folder else cache_dir()

    @property
    def has_cache_place(self) -> bool:
        """Whether that folder is there and can be written: a disk may be unplugged."""
        return not self.cache_folder or can_be_written(Path(self.cache_folder))


class SettingsError(WeathervaneError):
    """The preferences could not be written."""


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    settings: Settings
    notice: str = ""
    """A sentence for the person where the file could not be used; empty otherwise."""


def can_be_written(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK)


def settings_path() -> Path:
    return config_dir() / FILE


def load_settings(*, sets_aside: bool = True) -> LoadedSettings:
    """The stored preferences. A damaged file is set aside and the defaults are used: that is said once, for the next
    reading finds none; without `sets_aside` it is only looked at. Never raises."""
    path = settings_path()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return LoadedSettings(Settings())
    except OSError as error:
        return LoadedSettings(
            Settings(),
            tr("The preferences in {path} cannot be read: {reason}.", path=path, reason=reason_of(error)),
        )
    try:
        return LoadedSettings(msgspec.json.decode(content, type=Settings))
    except (msgspec.DecodeError, RecursionError):  # a value of the wrong type is a DecodeError too
        aside = path.with_suffix(".damaged.json")
        if sets_aside:
            with contextlib.suppress(OSError):
                path.replace(aside)
        return LoadedSettings(
            Settings(),
            tr(
                "The preferences were damaged and are at their defaults again; the old file is kept as {aside}.",
                aside=aside,
            ),
        )


def save_settings(settings: Settings) -> None:
    """Whole or not at all. Raises `SettingsError`."""
    path = settings_path()
    try:
        write_atomically(path, msgspec.json.format(msgspec.json.encode(settings), indent=2))
    except OSError as error:
        raise SettingsError(
            tr("The preferences were not saved in {path}: {reason}.", path=path, reason=reason_of(error))
        ) from None
