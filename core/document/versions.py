"""Versions: the saves that are kept of each project file, as a person sees them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from core.document.history import History
from core.document.recovery import OpenedProject
from core.document.storage import backups, decode_project, reason_of
from core.errors import ProjectError
from core.words import tr


@dataclass(frozen=True, slots=True)
class Version:
    """One save. `number` grows with every save, `saved_s` is in seconds since the epoch, `size` in bytes."""

    path: Path
    number: int
    saved_s: float
    size: int


def versions(project: Path) -> tuple[Version, ...]:
    """The saves kept of the project file at this place, newest first."""
    found = []
    for path in backups(project):
        with contextlib.suppress(OSError):  # another window may have rotated it away
            facts = path.stat()
            found.append(Version(path, int(path.stem), facts.st_mtime, facts.st_size))
    return tuple(found)


def open_version(version: Version, project: Path) -> OpenedProject:
    """A save as an untitled project, its media found as the project file finds them. Raises `ProjectError`."""
    try:
        content = version.path.read_bytes()
    except OSError as error:
        raise ProjectError(
            tr(
                "Version {number} of {name} cannot be read: {reason}.",
                number=version.number,
                name=project.name,
                reason=reason_of(error),
            )
        ) from None
    stored = decode_project(
        content, tr("Version {number} of {name}", number=version.number, name=project.name), project.resolve().parent
    )
    named = replace(stored.project, name=tr("{stem} (version {number})", stem=project.stem, number=version.number))
    return OpenedProject(named, None, History(), None, None)
